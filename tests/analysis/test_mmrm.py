"""MMRM: worked case D.11, R's nlme and lmerTest, equality with simpler methods where they agree, and edges."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worked_cases import CDASI_BY_VISIT, CDASI_VISITS

from analysis import mmrm

NA = np.nan
VISITS = CDASI_VISITS


def long(values, visits=VISITS):
    wide = pd.DataFrame(values, columns=visits).rename_axis("subject_id").reset_index()
    return wide.melt("subject_id", var_name="visit_id", value_name="y")


def fitted(values, visits=VISITS, **options):
    return mmrm.fit(long(values, visits), response="y", visits=visits, **options)


def test_worked_case_by_restricted_likelihood():
    model = fitted(CDASI_BY_VISIT, inference="satterthwaite")
    assert model.structure == "unstructured"
    assert model.coefficients["estimate"].tolist() == pytest.approx([23.5, -3.338281, -6.390243], abs=5e-7)
    assert model.coefficients["se"].tolist() == pytest.approx([2.275647, 1.123834, 1.874506], abs=5e-7)
    assert model.log_likelihood == pytest.approx(-49.507006, abs=5e-7)
    expected = [[41.4286, 27.2772, 18.0105], [27.2772, 23.1731, 20.2825], [18.0105, 20.2825, 22.5423]]
    np.testing.assert_allclose(model.covariance, expected, atol=5e-5)
    assert (model.n_subjects, model.n_observed, model.n_values_missing, model.n_missing) == (8, 22, 2, 0)


def test_worked_case_by_likelihood():
    model = fitted(CDASI_BY_VISIT, reml=False)
    assert model.coefficients["estimate"].tolist() == pytest.approx([23.5, -3.335573, -6.390940], abs=5e-7)
    assert model.log_likelihood == pytest.approx(-51.907906, abs=5e-7)


def test_worked_case_with_equal_correlations():
    model = fitted(CDASI_BY_VISIT, structures=["compound_symmetry"])
    assert model.coefficients["estimate"].tolist()[1:] == pytest.approx([-3.518891, -6.167364], abs=5e-7)
    assert model.log_likelihood == pytest.approx(-57.108869, abs=5e-7)
    assert not model.empirical


@pytest.fixture(scope="module")
def dystonia(shared_data):
    visits = pd.read_csv(shared_data / "cdystonia.csv")
    keys = ["site", "id"]
    base = visits.query("week == 0").set_index(keys)["twstrs"].rename("base")
    later = visits.query("week > 0").join(base, on=keys)
    return later.assign(change=later["twstrs"] - later["base"])


def of_dystonia(dystonia, structure):
    return mmrm.fit(
        dystonia,
        response="change",
        visits=[2, 4, 8, 12, 16],
        subject=["site", "id"],
        visit="week",
        group="treat",
        covariates=["base"],
        structures=[structure],
        inference="satterthwaite",
    )


ROWS = {
    "gls_unstructured_twstrs_change": "unstructured",
    "gls_ar1_twstrs_change": "ar1",
    "lmer_twstrs_change": "compound_symmetry",
}


@pytest.mark.parametrize("method", ROWS)
def test_model_equals_r(dystonia, r_reference, method):
    (row,) = [
        r for r in r_reference["results"] if r["group"] in ("mmrm", "mixed_model") and r["method"] == method
    ]
    model = of_dystonia(dystonia, ROWS[method])
    found = {}
    for term in model.grid.terms:
        name = term.replace("(intercept)", "(Intercept)").replace("group=", "tr").replace("visit=", "wk")
        one = mmrm.contrast(model, {term: 1}, confidence_level=0.95)
        found |= {f"{name}|est": one.estimate, f"{name}|se": one.se}
        found |= {f"{name}|df_satt": one.df, f"{name}|p_satt": one.p_value}
    pairs = mmrm.compare_groups(model, confidence_level=0.95)
    for pair in pairs.itertuples():
        first, second = pair.group.split(" - ")
        found |= {f"contrast_tr{first}-tr{second}_wk{pair.visit}|est": pair.estimate}
        found |= {f"contrast_tr{first}-tr{second}_wk{pair.visit}|se": pair.se}
    covariance = model.covariance.to_numpy()
    found |= {
        "logLik_reml": model.log_likelihood,
        "reml_crit": -2 * model.log_likelihood,
        "n": model.n_observed,
    }
    found |= {"sigma": np.sqrt(covariance[0, 0]), "phi": covariance[0, 1] / covariance[0, 0]}
    assert {name: found[name] for name in row["result"]} == pytest.approx(
        row["result"], rel=row["tol"], abs=1e-9
    )


KR_CONTRASTS = {
    "intercept": {"(intercept)": 1},
    "change_a": {"visit=w24": 1},
    "difference_w24": {"group=b": 1, "group=b:visit=w24": 1},
    "difference_of_change": {"group=b:visit=w24": 1},
}
KR_JOINT = {
    "joint_interaction": [{"group=b:visit=w12": 1}, {"group=b:visit=w24": 1}],
    "joint_visits": [{"visit=w12": 1}, {"visit=w24": 1}],
}


@pytest.fixture(scope="module")
def of_r():
    return json.loads((Path(__file__).parent / "r" / "mmrm.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("structure", ["unstructured", "compound_symmetry"])
def test_kenward_roger_equals_pbkrtest(of_r, structure):
    expected = of_r["results"][structure]
    rows = pd.DataFrame(of_r["data"])
    model = mmrm.fit(rows, response="y", visits=VISITS, group="arm", structures=[structure])
    assert model.log_likelihood == pytest.approx(expected["log_likelihood"], abs=1e-8)
    for name, weights in KR_CONTRASTS.items():
        found = mmrm.contrast(model, weights, confidence_level=0.95)
        assert {key: getattr(found, key) for key in expected["contrasts"][name]} == pytest.approx(
            expected["contrasts"][name], rel=2e-6
        )
    for name, hypotheses in KR_JOINT.items():
        found, row = mmrm.joint_test(model, hypotheses), expected[name]
        assert (
            found.statistic,
            found.df,
            found.df_denominator,
            found.p_value,
            found.scaling,
        ) == pytest.approx([row[key] for key in ("statistic", "df1", "df2", "p_value", "scaling")], rel=2e-6)


@pytest.mark.parametrize("weights", ["equal", "observed"])
def test_means_over_the_levels_of_a_covariate_equal_emmeans(weights):
    """The third site has a tenth of the subjects: by equal weights it counts a third."""
    of_r = json.loads((Path(__file__).parent / "r" / "means.json").read_text(encoding="utf-8"))
    rows = pd.DataFrame(of_r["data"])
    model = mmrm.fit(
        rows, response="y", visits=VISITS, group="arm", covariates=["site", "age"], inference="satterthwaite"
    )
    assert model.log_likelihood == pytest.approx(of_r["log_likelihood"], abs=1e-6)
    found = mmrm.visit_means(model, confidence_level=0.95, weights=weights).set_index(["visit", "group"])
    expected = pd.DataFrame(of_r[weights]).set_index(["visit", "group"]).reindex(found.index)
    np.testing.assert_allclose(found["estimate"], expected["estimate"], rtol=1e-5)
    np.testing.assert_allclose(found["se"], expected["se"], rtol=1e-3)
    assert not np.allclose(*(pd.DataFrame(of_r[name])["estimate"] for name in ("equal", "observed")))


def test_weights_of_the_means_are_looked_up():
    with pytest.raises(ValueError, match="weights: expected one of observed, equal, got 'proportional'"):
        mmrm.visit_means(fitted(CDASI_BY_VISIT), confidence_level=0.95, weights="proportional")


def test_worked_case_with_kenward_roger(of_r):
    found = mmrm.contrast(fitted(CDASI_BY_VISIT), {"visit=w24": 1}, confidence_level=0.95)
    expected = of_r["worked_change_w24"]
    assert {name: getattr(found, name) for name in expected} == pytest.approx(expected, rel=2e-6)


@pytest.mark.parametrize(
    ("seen", "given"), [(2, False), (3, False), (8, False), (9, False), (10, True), (20, True)]
)
def test_nearly_empty_visit_has_an_estimate_and_no_interval(seen, given):
    values = complete(20, 3, seed=8)
    values[seen:, 2] = NA
    row = mmrm.change_from_baseline(fitted(values), confidence_level=0.95).iloc[-1]
    assert np.isfinite(row["estimate"])
    assert np.isfinite(row["conf_low"]) == given
    assert np.isfinite(row["p_value"]) == given
    assert (row["status"], row["n"]) == ("estimated" if given else "no interval", seen)
    assert given or row["note"] == f"seen in {seen} of 20 subjects: no interval below 10"


def test_joint_test_needs_hypotheses_of_their_own_and_kenward_roger():
    model = fitted(CDASI_BY_VISIT)
    with pytest.raises(ValueError, match="made up by the others"):
        mmrm.joint_test(model, [{"visit=w12": 1}, {"visit=w12": 2}])
    plain = fitted(CDASI_BY_VISIT, inference="satterthwaite")
    with pytest.raises(ValueError, match="needs a model with Kenward-Roger"):
        mmrm.joint_test(plain, [{"visit=w12": 1}])
    with pytest.raises(ValueError, match="restricted maximum likelihood"):
        fitted(CDASI_BY_VISIT, reml=False, inference="kenward_roger")


@pytest.mark.parametrize("unit", 10.0 ** np.arange(-6, 7))
def test_unit_changes_the_unit_of_the_answer_alone(unit):
    # skewed enzymes of different spread by visit: the structure once depended on the unit
    rng = np.random.default_rng(3)
    base = rng.lognormal(7, 1.2, 12)
    values = np.column_stack([base, base * rng.lognormal(-0.8, 0.5, 12), base * rng.lognormal(-1.5, 0.7, 12)])
    values[[2, 7], 2] = NA
    table, scaled = (
        mmrm.change_from_baseline(fitted(f), confidence_level=0.95) for f in (values, unit * values)
    )
    assert fitted(unit * values).structure == "unstructured"
    np.testing.assert_allclose(scaled["estimate"], unit * table["estimate"], rtol=1e-6)
    np.testing.assert_allclose(scaled["conf_low"], unit * table["conf_low"], rtol=1e-6)
    np.testing.assert_allclose(scaled["df"], table["df"], rtol=1e-5)


def complete(n, n_visits, seed):
    rng = np.random.default_rng(seed)
    factor = np.tril(rng.normal(size=(n_visits, n_visits))) + 2 * np.eye(n_visits)
    return rng.normal(size=(n, n_visits)) @ factor.T + np.arange(n_visits)


def test_complete_data_give_the_paired_t_test():
    from scipy.stats import ttest_rel

    values = complete(12, 4, seed=1)
    visits = list("abcd")
    table = mmrm.change_from_baseline(fitted(values, visits), confidence_level=0.95)
    for v, row in enumerate(table.itertuples(), start=1):
        paired = ttest_rel(values[:, v], values[:, 0])
        interval = paired.confidence_interval(0.95)
        assert row.statistic == pytest.approx(paired.statistic, rel=1e-6)
        assert row.df == pytest.approx(11, rel=1e-5)
        assert (row.conf_low, row.conf_high) == pytest.approx(tuple(interval), rel=1e-5)


def test_single_visit_is_least_squares():
    import statsmodels.api as sm

    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {"subject_id": range(30), "visit_id": "w24", "y": rng.normal(size=30), "age": rng.normal(size=30)}
    )
    frame = frame.assign(arm=np.where(frame["subject_id"] % 2, "b", "a"))
    model = mmrm.fit(frame, response="y", visits=["w24"], group="arm", covariates=["age"])
    ordinary = sm.OLS(frame["y"], np.column_stack([np.ones(30), frame["arm"] == "b", frame["age"]])).fit()
    one = mmrm.contrast(model, {"group=b": 1}, confidence_level=0.95)
    assert (one.estimate, one.se, one.df) == pytest.approx(
        (ordinary.params["x1"], ordinary.bse["x1"], 27), rel=1e-6
    )


@pytest.mark.parametrize("structure", ["unstructured", "heterogeneous_toeplitz", "heterogeneous_ar1", "ar1"])
def test_gradient_of_each_structure_agrees_with_differences(structure):
    from analysis.mmrm.structures import STRUCTURES, jacobian, start_values

    covariance = np.array(
        [[4.0, 1.5, 1.0, 0.8], [1.5, 3.0, 1.2, 0.9], [1.0, 1.2, 5.0, 2.0], [0.8, 0.9, 2.0, 4.0]]
    )
    theta = start_values(structure, covariance) + 0.1
    for q, exact in enumerate(jacobian(structure, theta, 4)):
        step = 1e-6 * np.eye(len(theta))[q]
        numeric = (STRUCTURES[structure](theta + step, 4) - STRUCTURES[structure](theta - step, 4)) / 2e-6
        np.testing.assert_allclose(exact, numeric, atol=1e-7)


def test_richer_structures_never_fit_worse():
    values = complete(40, 4, seed=3)
    values[::5, 2] = NA
    order = ["ar1", "heterogeneous_ar1", "heterogeneous_toeplitz", "unstructured"]
    found = [fitted(values, list("abcd"), structures=[s]).log_likelihood for s in order]
    assert (np.diff(found) > -1e-8).all()
    assert fitted(values, list("abcd"), structures=["compound_symmetry"]).log_likelihood <= found[-2]


def test_two_visits_make_toeplitz_and_unstructured_the_same():
    values = complete(15, 2, seed=4)
    unstructured, toeplitz = (
        fitted(values, ["a", "b"], structures=[s]) for s in ("unstructured", "heterogeneous_toeplitz")
    )
    np.testing.assert_allclose(unstructured.covariance, toeplitz.covariance, rtol=1e-4)


def test_row_order_scale_and_sign_of_the_response():
    frame = long(CDASI_BY_VISIT)
    shuffled = frame.sample(frac=1, random_state=1)
    table, again, scaled = (
        mmrm.change_from_baseline(mmrm.fit(f, response="y", visits=VISITS), confidence_level=0.95)
        for f in (frame, shuffled, shuffled.assign(y=-10 * shuffled["y"]))
    )
    np.testing.assert_allclose(again["estimate"], table["estimate"], rtol=1e-6)
    np.testing.assert_allclose(scaled["estimate"], -10 * table["estimate"], rtol=1e-6)
    np.testing.assert_allclose(scaled["df"], table["df"], rtol=1e-4)
    np.testing.assert_allclose(scaled["conf_low"], -10 * table["conf_high"], rtol=1e-4)


def test_absent_rows_and_missing_responses_are_the_same():
    frame = long(CDASI_BY_VISIT)
    with_rows, without = (mmrm.fit(f, response="y", visits=VISITS) for f in (frame, frame.dropna()))
    assert with_rows.log_likelihood == pytest.approx(without.log_likelihood)
    assert without.n_values_missing == 2


def test_too_few_subjects_for_an_unstructured_covariance_fall_back_and_say_so():
    # five subjects, six visits: no unstructured covariance exists
    values = complete(5, 6, seed=5)
    model = fitted(values, list("abcdef"))
    assert model.structure != "unstructured"
    assert model.attempts[0][0] == "unstructured"
    assert model.attempts[-1] == (model.structure, "converged")


def test_last_resort_has_empirical_errors_that_equal_the_paired_t_test_in_complete_data():
    from scipy.stats import ttest_rel

    values = complete(5, 6, seed=6)
    model = fitted(values, list("abcdef"), structures=["unstructured", "compound_symmetry"])
    assert model.empirical
    assert "empirical" in model.method
    table = mmrm.change_from_baseline(model, confidence_level=0.95)
    paired = [ttest_rel(values[:, v], values[:, 0]) for v in range(1, 6)]
    np.testing.assert_allclose(table["statistic"], [p.statistic for p in paired], rtol=1e-6)
    np.testing.assert_allclose(table["df"], 4, rtol=1e-6)
    np.testing.assert_allclose(
        table["se"].iloc[0], model.coefficients.set_index("term").loc["visit=b", "se"], rtol=1e-8
    )


def test_visits_never_seen_together_leave_the_unstructured_covariance():
    values = complete(20, 3, seed=7)
    values[:10, 1] = NA
    values[10:, 2] = NA
    model = fitted(values)
    assert "w12 and w24 were seen together in fewer than two subjects" in model.attempts[0][1]


@pytest.fixture
def two_arms():
    values = complete(40, 3, seed=8)
    frame = long(values).assign(arm=lambda f: np.where(f["subject_id"] < 20, "a", "b"))
    return frame.assign(age=40.0 + frame["subject_id"] % 7, y=frame["y"].mask(frame.index % 11 == 5))


def test_contrasts_add_up(two_arms):
    model = mmrm.fit(two_arms, response="y", visits=VISITS, group="arm", covariates=["age"])
    means = mmrm.visit_means(model, confidence_level=0.9).set_index(["visit", "group"])["estimate"]
    changes = mmrm.change_from_baseline(model, confidence_level=0.9).set_index(["visit", "group"])["estimate"]
    levels = mmrm.compare_groups(model, confidence_level=0.9).set_index("visit")["estimate"]
    differences = mmrm.compare_groups(model, confidence_level=0.9, baseline="w00").set_index("visit")[
        "estimate"
    ]
    assert levels["w24"] == pytest.approx(means["w24", "b"] - means["w24", "a"])
    assert changes["w24", "a"] == pytest.approx(means["w24", "a"] - means["w00", "a"])
    assert differences["w24"] == pytest.approx(changes["w24", "b"] - changes["w24", "a"])


def test_common_baseline_leaves_no_difference_there(two_arms):
    model = mmrm.fit(two_arms, response="y", visits=VISITS, group="arm", common_baseline=True)
    means = mmrm.visit_means(model, confidence_level=0.95).set_index(["visit", "group"])["estimate"]
    assert means["w00", "a"] == pytest.approx(means["w00", "b"])
    assert mmrm.compare_groups(model, confidence_level=0.95)["visit"].tolist() == ["w12", "w24"]


def test_reference_group_turns_the_sign(two_arms):
    forward, backward = (
        mmrm.compare_groups(
            mmrm.fit(two_arms, response="y", visits=VISITS, group="arm", reference=r), confidence_level=0.95
        )
        for r in ("a", "b")
    )
    np.testing.assert_allclose(forward["estimate"], -backward["estimate"], rtol=1e-6)
    assert backward["group"].tolist() == ["a - b"] * 3


def test_effect_of_a_covariate_at_each_visit(two_arms):
    model = mmrm.fit(two_arms, response="y", visits=VISITS, covariates_by_visit=["age"])
    assert model.grid.terms == (
        "(intercept)",
        "visit=w12",
        "visit=w24",
        "age",
        "age:visit=w12",
        "age:visit=w24",
    )
    assert model.optimum.solution.coefficients.shape == (6,)


def test_each_row_counts_who_was_seen(two_arms):
    model = mmrm.fit(two_arms, response="y", visits=VISITS, group="arm")
    table = mmrm.visit_means(model, confidence_level=0.95)
    seen = two_arms.dropna(subset="y").groupby(["visit_id", "arm"]).size()
    assert table["n"].tolist() == seen.tolist()
    assert (table["n"] + table["n_missing"]).tolist() == [20] * 6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: pd.concat([f, f.head(1)]), "repeat a subject and visit"),
        (lambda f: f.assign(visit_id=f["visit_id"].replace("w12", "w13")), "not planned"),
        (lambda f: f.assign(y=f["y"].mask(f["visit_id"] == "w12")), "visits without any value"),
        (lambda f: f.assign(visit_id=f["visit_id"].where(f["visit_id"] != "w12")), "rows have no visit"),
        (lambda f: f.assign(subject_id=f["subject_id"].where(f["subject_id"] != 3)), "name no subject"),
        (lambda f: f.assign(y=f["y"].replace(22.0, np.inf)), "values are infinite"),
        (lambda f: f.assign(y=5.0), "does not vary"),
        (lambda f: f[f["subject_id"] == 0], "cannot estimate"),
    ],
)
def test_frames_without_an_answer_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        mmrm.fit(change(long(CDASI_BY_VISIT)), response="y", visits=VISITS)


def test_terms_that_cannot_be_told_apart_are_named(two_arms):
    copied = two_arms.assign(again=two_arms["age"] * 2)
    with pytest.raises(ValueError, match="again"):
        mmrm.fit(copied, response="y", visits=VISITS, covariates=["age", "again"])


def test_wrong_names_are_refused(two_arms):
    with pytest.raises(ValueError, match="unknown covariance structures"):
        mmrm.fit(two_arms, response="y", visits=VISITS, structures=["spatial"])
    with pytest.raises(ValueError, match="reference group"):
        mmrm.fit(two_arms, response="y", visits=VISITS, group="arm", reference="c")
    model = mmrm.fit(two_arms, response="y", visits=VISITS)
    with pytest.raises(ValueError, match="no groups"):
        mmrm.compare_groups(model, confidence_level=0.95)
    with pytest.raises(KeyError, match="no terms"):
        mmrm.contrast(model, {"sex": 1}, confidence_level=0.95)
    with pytest.raises(KeyError, match="no visit"):
        mmrm.change_from_baseline(model, confidence_level=0.95, baseline="w99")
    moved = two_arms.assign(arm=np.where(two_arms["visit_id"] == "w24", "b", two_arms["arm"]))
    with pytest.raises(ValueError, match="more than one 'arm'"):
        mmrm.fit(moved, response="y", visits=VISITS, group="arm")


def test_a_condensed_pattern_says_of_the_model_what_its_subjects_say():
    from analysis.mmrm.likelihood import condensed, group_patterns, solve, stacked

    rng = np.random.default_rng(8)
    arm, baseline = rng.integers(0, 2, 90), rng.normal(1e3, 5, 90)
    design = np.stack(
        [
            np.column_stack([np.ones(90), arm, baseline, np.full(90, v == 1), arm * (v == 2)])
            for v in range(3)
        ],
        axis=1,
    )
    responses = rng.normal(200, 9, (90, 3))
    responses[rng.random((90, 3)) < 0.2] = NA
    whole = group_patterns(responses, design)
    fewer = [condensed(one) for one in whole]
    assert (
        sum(len(one.responses) for one in fewer)
        < sum(len(one.responses) for one in whole)
        == 90 - int(np.isnan(responses).all(axis=1).sum())
    )
    covariance = np.array([[80.0, 30, 20], [30, 70, 25], [20, 25, 90]])
    for reml in (True, False):
        one, other = (solve(stacked(rows, 3), covariance, reml=reml) for rows in (whole, fewer))
        assert other.deviance == pytest.approx(one.deviance, rel=1e-11)
        np.testing.assert_allclose(other.coefficients, one.coefficients, rtol=1e-8)
        np.testing.assert_allclose(other.slope, one.slope, rtol=1e-6, atol=1e-8)


def test_the_slope_of_the_likelihood_agrees_with_differences():
    from analysis.mmrm.likelihood import group_patterns, solve, stacked

    rng = np.random.default_rng(9)
    responses = rng.normal(size=(40, 3)) * [1, 2, 3]
    responses[::4, 1] = NA
    responses[1::5, 2] = NA
    rows = stacked(group_patterns(responses, np.stack([np.eye(3)] * 40)), 3)
    covariance = np.array([[1.0, 0.4, 0.2], [0.4, 4.0, 1.1], [0.2, 1.1, 9.0]])
    found = solve(rows, covariance, reml=True)
    for t, u in [(0, 0), (1, 1), (0, 2), (1, 2)]:
        step = np.zeros((3, 3))
        step[t, u] = step[u, t] = 1e-5
        up, down = (solve(rows, covariance + sign * step, reml=True).deviance for sign in (1, -1))
        expected = found.slope[t, u] * (1 if t == u else 2)
        assert (up - down) / 2e-5 == pytest.approx(expected, rel=1e-5, abs=1e-6)
