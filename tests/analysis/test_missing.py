"""Missing data: worked cases D.9, D.10, D.12 of the reference, R's pooling, properties of imputation."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worked_cases import CDASI_BY_VISIT, CDASI_VISITS

from analysis import missing

NA = np.nan
# The eight subjects of the worked case D.11: weeks 0, 12, 24.
VISITS = CDASI_VISITS
CDASI = pd.DataFrame(CDASI_BY_VISIT, columns=VISITS, index=pd.Index(list("12345678"), name="subject_id"))
LONG = CDASI.reset_index().melt("subject_id", var_name="visit_id", value_name="cdasi")


def change_at_week_24(filled):
    wide = filled.pivot_table(index="subject_id", columns="visit_id", values="cdasi")
    return (wide["w24"] - wide["w00"]).dropna()


def test_last_value_carried_forward_gives_the_published_change():
    change = change_at_week_24(missing.derive_locf(LONG, value="cdasi", visits=VISITS, carry_baseline=True))
    assert (change.mean(), len(change)) == (-5.875, 8)
    observed = change_at_week_24(LONG)
    assert (observed.mean(), len(observed)) == (-6.0, 7)


def test_baseline_carried_forward_counts_the_missing_as_unchanged():
    filled = missing.derive_bocf(LONG, value="cdasi", visits=VISITS)
    assert change_at_week_24(filled).mean() == -42 / 8
    assert filled.query("subject_id == '4' and visit_id == 'w12'")["cdasi"].item() == 25


def test_each_value_says_how_it_came_about():
    filled = missing.derive_locf(LONG, value="cdasi", visits=[*VISITS, "w48"], carry_baseline=False)
    assert (
        filled.query("subject_id == '6'")["method"].tolist()
        == ["observed", "observed"] + ["LOCF (discouraged)"] * 2
    )
    only_baseline = LONG.query("subject_id == '1' and visit_id == 'w00'")
    filled = missing.derive_locf(only_baseline, value="cdasi", visits=VISITS, carry_baseline=False)
    assert filled["method"].tolist() == ["observed", "missing", "missing"]
    filled = missing.derive_locf(only_baseline, value="cdasi", visits=VISITS, carry_baseline=True)
    assert filled["cdasi"].tolist() == [22, 22, 22]


def test_visit_held_twice_is_refused():
    with pytest.raises(ValueError, match="repeat a subject and visit"):
        missing.derive_bocf(pd.concat([LONG, LONG.head(1)]), value="cdasi", visits=VISITS)


def test_patterns_and_visits_are_counted():
    patterns = missing.count_patterns(CDASI)
    assert patterns["n"].tolist() == [6, 1, 1]
    assert patterns["n"].sum() == len(CDASI)
    assert not missing.is_monotone(CDASI)
    assert missing.is_monotone(CDASI.drop("4"))
    counted = missing.count_by_visit(LONG, value="cdasi", visits=VISITS, subjects=CDASI.index)
    assert counted["n_missing"].tolist() == [0, 1, 1]


def wilson(events, n, *, confidence_level):
    """Wilson's interval, written out a second time for the test."""
    from types import SimpleNamespace

    from scipy.stats import norm

    z2 = norm.ppf(0.5 + confidence_level / 2) ** 2
    centre, half = (events + z2 / 2) / (n + z2), np.sqrt(z2 * (events * (n - events) / n + z2 / 4)) / (n + z2)
    return SimpleNamespace(conf_low=centre - half, conf_high=centre + half)


def test_nine_of_twenty_with_four_missing():
    response = pd.Series([True] * 9 + [False] * 7 + [pd.NA] * 4, dtype="boolean")
    table = missing.summarise_responders(response, interval=wilson, confidence_level=0.95).set_index(
        "strategy"
    )
    assert table["estimate"].tolist() == [9 / 16, 9 / 20, 9 / 20, 13 / 20]
    imputed = table.loc["non-responder imputation"]
    assert [round(100 * imputed[side], 1) for side in ("conf_low", "conf_high")] == [25.8, 65.8]
    assert table["n_missing"].tolist() == [4] * 4


def test_failed_treatment_is_no_response_and_administrative_gaps_stay_missing():
    # response | failed | administrative | counted as | why
    rows = [
        (True, False, False, True),  # responded
        (True, True, False, False),  # responded on rescue medication
        (pd.NA, False, False, False),  # missing
        (pd.NA, False, True, pd.NA),  # visit cancelled for everybody
        (True, False, True, True),  # administrative flag says nothing about a value that is there
        (True, pd.NA, False, True),  # failure unknown is not failure
    ]
    response, failed, administrative, expected = (pd.Series(c, dtype="boolean") for c in zip(*rows))
    found = missing.flag_nonresponder_imputed(response, failed=failed, administrative=administrative)
    pd.testing.assert_series_equal(found, expected)


def test_nobody_observed_gives_no_rate():
    response = pd.Series([pd.NA, pd.NA], dtype="boolean")
    table = missing.summarise_responders(response, interval=wilson, confidence_level=0.95).set_index(
        "strategy"
    )
    assert np.isnan(table.loc["as observed", "estimate"])
    assert table.loc["best case", "estimate"] == 1


def test_flags_of_other_subjects_are_refused():
    response = pd.Series([True, False], dtype="boolean")
    with pytest.raises(ValueError, match="index of response"):
        missing.flag_nonresponder_imputed(response, failed=pd.Series([True, False], index=[5, 6]))


def test_pooling_equals_the_worked_case():
    found = missing.pool(
        [1.50, 1.62, 1.41, 1.55, 1.58], [0.16, 0.15, 0.17, 0.16, 0.155], complete_df=17, confidence_level=0.95
    )
    expected = {"estimate": 1.532, "within": 0.159, "between": 0.00657, "total": 0.166884, "se": 0.408514}
    expected |= {"relative_increase": 0.049585, "share_missing": 0.047242, "df": 14.45958}
    expected |= {"conf_low": 0.658429, "conf_high": 2.405571}
    assert {k: getattr(found, k) for k in expected} == pytest.approx(expected, rel=1e-5)
    assert round(found.p_value, 7) == 0.0020449
    large = missing.pool(
        [1.50, 1.62, 1.41, 1.55, 1.58], [0.159] * 5, complete_df=np.inf, confidence_level=0.95
    )
    assert large.df == pytest.approx(1792.240, rel=1e-5)


def test_pooling_equals_r(r_reference):
    names = {"qbar": "estimate", "ubar": "within", "b": "between", "t": "total", "df": "df"}
    names |= {"r": "relative_increase", "fmi": "fraction_missing"}
    rows = [row for row in r_reference["results"] if row["group"] == "rubin"]
    assert len(rows) == 3
    for row in rows:
        q, u, n, k = (row["vectors"][name] for name in ("Q", "U", "n", "k"))
        found = missing.pool(q, u, complete_df=n - k, confidence_level=0.95)
        # mice sets lambda to 0.0001 where the imputations agree; with the true 0 the degrees of freedom are
        # (nu + 1)/(nu + 3) nu, larger by one part in ten thousand.
        tol = row["tol"] if found.between > 0 else 2e-4
        for theirs, ours in names.items():
            assert abs(getattr(found, ours) - row["result"][theirs]) <= max(
                tol * abs(row["result"][theirs]), 1e-9
            )


def test_agreeing_imputations_lose_nothing_but_the_small_sample_term():
    found = missing.pool([1, 1, 1], [0.2, 0.2, 0.2], complete_df=19, confidence_level=0.95)
    assert found.df == 20 / 22 * 19


@given(st.lists(st.floats(-5, 5), min_size=2, max_size=8), st.floats(0.01, 4), st.floats(2, 300))
def test_pooled_df_never_exceed_the_complete_ones_and_sign_does_not_matter(estimates, variance, df):
    found = missing.pool(estimates, [variance] * len(estimates), complete_df=df, confidence_level=0.95)
    mirrored = missing.pool(
        [-e for e in estimates], [variance] * len(estimates), complete_df=df, confidence_level=0.95
    )
    assert found.df <= df
    assert mirrored.p_value == pytest.approx(found.p_value)
    assert mirrored.conf_low == pytest.approx(-found.conf_high)


@pytest.mark.parametrize(
    ("q", "u"), [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, NA], [1.0, 1.0]), ([1, 2], [1, -1])]
)
def test_what_cannot_be_pooled_is_refused(q, u):
    with pytest.raises(ValueError, match=r"pairs|finite"):
        missing.pool(q, u, complete_df=10, confidence_level=0.95)


@pytest.fixture(scope="module")
def incomplete():
    rng = np.random.default_rng(3)
    baseline = rng.normal(5.5, 1, 200)
    followup = 1 + 0.5 * baseline + rng.normal(0, 0.5, 200)
    dropped = rng.random(200) < 1 / (1 + np.exp(-2 * (baseline - 5.5)))  # the sicker ones leave: MAR
    wide = pd.DataFrame({"w00": baseline, "w24": followup, "male": rng.random(200) < 0.3})
    return wide, wide.assign(w24=wide["w24"].mask(dropped))


def test_imputation_keeps_what_was_observed_and_borrows_the_rest(incomplete):
    _, observed = incomplete
    imputed = missing.impute_by_matching(observed, n_imputations=3, seed=11)
    known = observed["w24"].notna()
    for _, one in imputed.groupby("imputation"):
        pd.testing.assert_frame_equal(one.drop(columns="imputation")[known], observed[known])
        assert one["w24"].isin(observed.loc[known, "w24"]).all()
    assert imputed["male"].dtype == bool


def test_imputation_depends_on_the_seed_alone(incomplete):
    _, observed = incomplete
    first, again, other = (missing.impute_by_matching(observed, n_imputations=1, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


def test_imputation_removes_the_bias_of_leaving_out_the_missing(incomplete):
    complete, observed = incomplete
    imputed = missing.impute_by_matching(observed, n_imputations=20, seed=5)
    pooled = missing.pool_imputed(
        imputed,
        lambda one: (one["w24"].mean(), one["w24"].var() / len(one)),
        complete_df=199,
        confidence_level=0.95,
    )
    truth = complete["w24"].mean()
    assert abs(pooled.estimate - truth) < 0.3 * abs(observed["w24"].mean() - truth)
    assert pooled.conf_low < truth < pooled.conf_high
    assert pooled.total > pooled.within


def test_flag_with_missing_values_is_imputed_as_a_flag():
    wide = pd.DataFrame(
        {"age": [40.0, 50, 60, 70, 45], "ild": pd.array([True, False, True, None, False], "boolean")}
    )
    imputed = missing.impute_by_matching(wide, n_imputations=2, seed=1)
    assert imputed["ild"].dtype == "boolean"
    assert imputed["ild"].notna().all()


# Enzymes in multiples of the upper limit of normal: skewed, one far above all others and lost to follow-up.
ENZYMES = pd.DataFrame(
    {
        "w00": [0.5, 0.8, 1.5, 2.0, 3.0, 4.0, 6.0, 9.0, 30.0, 2.5],
        "w12": [0.5, 0.7, 1.2, 1.5, 2.5, 3.0, 5.0, 7.0, 24.0, NA],
        "w24": [0.4, 0.7, 1.0, 1.2, 2.0, 2.5, NA, 6.0, NA, NA],
    }
)


def test_ratios_are_imputed_by_their_logarithms_and_given_back_as_values():
    found = missing.impute_ratios(ENZYMES, n_imputations=3, seed=11)
    logs = np.log(ENZYMES)
    ratios = logs.assign(w12=logs["w12"] - logs["w00"], w24=logs["w24"] - logs["w00"])
    plain = missing.impute_by_matching(ratios, n_imputations=3, seed=11)
    for visit in ("w12", "w24"):
        np.testing.assert_allclose(found[visit], np.exp(plain["w00"]) * np.exp(plain[visit]), rtol=1e-12)
    for _, one in found.groupby("imputation"):
        pd.testing.assert_frame_equal(one[["w00", "w12", "w24"]].where(ENZYMES.notna()), ENZYMES)


def test_a_ratio_is_borrowed_so_that_who_began_highest_stays_above_all_donors():
    by_ratio = missing.impute_ratios(ENZYMES, n_imputations=20, seed=1).loc[8, "w24"] / 30
    seen = (ENZYMES["w24"] / ENZYMES["w00"]).dropna()
    assert all(np.isclose(seen, ratio).any() for ratio in by_ratio)
    assert (by_ratio * 30).min() > ENZYMES["w24"].max()
    by_value = missing.impute_by_matching(ENZYMES, n_imputations=20, seed=1).loc[8, "w24"]
    assert by_value.max() <= ENZYMES["w24"].max()  # matching the values cannot go beyond what was seen


def test_what_is_imputed_as_a_ratio_is_above_0():
    assert (missing.impute_ratios(ENZYMES, n_imputations=5, seed=2)[["w00", "w12", "w24"]] > 0).all(axis=None)


def test_a_value_without_a_baseline_is_kept():
    course = ENZYMES.assign(w00=ENZYMES["w00"].where(ENZYMES.index != 0))
    found = missing.impute_ratios(course, n_imputations=2, seed=1).loc[0]
    assert found["w00"].notna().all()
    assert found["w24"].tolist() == [0.4, 0.4]


@pytest.mark.parametrize("value", [0.0, -0.1])
def test_what_has_no_logarithm_is_refused(value):
    with pytest.raises(ValueError, match="1 values are not above 0 and have no logarithm"):
        missing.impute_ratios(ENZYMES.replace(0.4, value), n_imputations=2, seed=1)


@pytest.mark.parametrize(
    ("column", "message"), [([NA, NA, NA], "without any observed"), (["a", None, "b"], "text columns")]
)
def test_what_cannot_be_imputed_is_refused(column, message):
    with pytest.raises(ValueError, match=message):
        missing.impute_by_matching(pd.DataFrame({"a": [1.0, 2, 3], "b": column}), n_imputations=2, seed=1)


def test_at_least_twenty_imputations():
    assert missing.imputations_needed(CDASI) == 25
    assert missing.imputations_needed(CDASI.dropna()) == 20


def test_tipping_point_moves_only_the_imputed_values(incomplete):
    _, observed = incomplete
    imputed = missing.impute_by_matching(observed, n_imputations=5, seed=5)

    def change(one):
        difference = one["w24"] - one["w00"]
        return difference.mean(), difference.var() / len(difference)

    table = missing.tipping_point(
        imputed,
        change,
        column="w24",
        was_missing=observed["w24"].isna(),
        deltas=[0, 1, 2, 3, 4, 5, 6],
        alpha=0.05,
        complete_df=199,
        confidence_level=0.95,
    )
    share = observed["w24"].isna().mean()
    np.testing.assert_allclose(np.diff(table["estimate"]), share)
    assert table["holds"].iloc[0]
    assert not table["holds"].iloc[-1]  # by then the change points the other way


def test_binary_answers_are_drawn_with_the_probability_of_the_model():
    rng = np.random.default_rng(4)
    cohort = pd.DataFrame({"x": rng.normal(size=400)})
    true = 1 / (1 + np.exp(-(0.5 + 1.2 * cohort["x"])))
    answers = pd.Series(rng.random(400) < true, dtype="boolean")
    gone = rng.random(400) < 0.3
    given = cohort.assign(acr20=answers.mask(gone))
    filled = missing.impute_binary(given, outcome="acr20", covariates=["x"], n_imputations=200, seed=2)
    shares = filled.groupby(level=0)["acr20"].mean()
    drawn = shares[gone]
    assert drawn.mean() == pytest.approx(true[gone].mean(), abs=0.05)
    assert np.corrcoef(drawn, true[gone])[0, 1] > 0.97
    assert shares[~gone].tolist() == answers[~gone].astype(float).tolist()


def test_binary_answers_that_a_covariate_separates_are_still_drawn_with_doubt():
    given = pd.DataFrame({"arm": list("aaaabbbb") + ["a"] * 40 + ["b"] * 40})
    answers = [False] * 4 + [True] * 4 + [None] * 80
    filled = missing.impute_binary(
        given.assign(y=pd.array(answers, "boolean")),
        outcome="y",
        covariates=["arm"],
        n_imputations=50,
        seed=1,
    )
    rates = filled.iloc[8:].groupby("arm")["y"].mean()
    assert 0.02 < rates["a"] < 0.3
    assert 0.7 < rates["b"] < 0.98


def test_binary_answers_without_variation_or_complete_covariates_are_refused():
    given = pd.DataFrame({"x": [1.0, 2, 3], "y": pd.array([True, True, None], "boolean")})
    with pytest.raises(ValueError, match="does not vary"):
        missing.impute_binary(given, outcome="y", covariates=["x"], n_imputations=2, seed=1)
    with pytest.raises(ValueError, match="must be complete"):
        missing.impute_binary(
            given.assign(x=[1.0, None, 2.0]), outcome="y", covariates=["x"], n_imputations=2, seed=1
        )


def test_binary_imputation_gives_the_share_and_the_variance_of_mice():
    theirs = json.loads((Path(__file__).parent / "r" / "binary.json").read_text(encoding="utf-8"))
    data = pd.DataFrame({name: theirs["data"][name] for name in ("x", "arm")})
    answers = pd.array([None if one in (None, "NA") else bool(one) for one in theirs["data"]["y"]], "boolean")
    gone = pd.isna(answers)
    assert gone.sum() == theirs["gaps"]
    filled = missing.impute_binary(
        data.assign(y=answers), outcome="y", covariates=["x", "arm"], n_imputations=theirs["m"], seed=3
    )
    shares = filled.groupby("imputation")["y"].mean()
    assert shares.mean() == pytest.approx(theirs["share"], abs=0.004)  # drawn a thousand times on each side
    assert shares.var() == pytest.approx(theirs["between"], rel=0.15)
    by_subject = filled.groupby(level=0)["y"].mean()[gone]
    thirds = by_subject.groupby(pd.qcut(data["x"][gone].rank(), 3, labels=False)).mean()
    assert thirds.tolist() == pytest.approx(theirs["thirds"], abs=0.01)
