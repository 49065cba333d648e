"""ANCOVA, GEE, mixed models and independent samples against R; identities and edges."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import longitudinal


def rows_of(r_reference, group):
    rows = {row["method"]: row for row in r_reference["results"] if row["group"] == group}
    assert rows
    return rows


def agree(found, row, tol=None):
    reference = {name: value for name, value in row["result"].items() if value != "NA"}
    assert {name: found[name] for name in reference} == pytest.approx(
        reference, rel=tol or row["tol"], abs=1e-9
    )


@pytest.fixture(scope="module")
def dystonia(shared_data):
    visits = pd.read_csv(shared_data / "cdystonia.csv").assign(treat=lambda f: f["treat"].astype(str))
    base = visits.query("week == 0").set_index(["site", "id"])["twstrs"].rename("base")
    return visits.join(base, on=["site", "id"]).assign(change=lambda f: f["twstrs"] - f["base"])


def ancova_cases(shared_data, dystonia):
    anorexia = pd.read_csv(shared_data / "anorexia.csv").assign(change=lambda f: f["Postwt"] - f["Prewt"])
    auranofin = pd.read_csv(shared_data / "ra_auranofin.csv").query("time == 5")
    auranofin = auranofin.assign(
        change=auranofin["y"] - auranofin["baseline"], trt=auranofin["trt"].astype(str)
    )
    weights = {"covariates": ["Prewt"], "group": "Treat", "reference": "Cont"}
    return {
        ("change_on_baseline_arm", "anorexia.csv"): (
            anorexia,
            {"response": "change", **weights},
            {"Treat=": "Treat"},
        ),
        ("post_on_baseline_arm", "anorexia.csv"): (
            anorexia,
            {"response": "Postwt", **weights},
            {"Treat=": "Treat"},
        ),
        ("change_on_baseline_arm", "ra_auranofin.csv"): (
            auranofin,
            {"response": "change", "covariates": ["baseline", "age"], "group": "trt"},
            {"trt=": "trt"},
        ),
        ("change_on_baseline_arm", "cdystonia.csv"): (
            dystonia.query("week == 4"),
            {"response": "change", "covariates": ["base"], "group": "treat"},
            {"treat=": "treat", "base": "twstrs0"},
        ),
    }


def test_ancova_equals_r(shared_data, r_reference, dystonia):
    rows = {(r["method"], r["data"]): r for r in r_reference["results"] if r["group"] == "ancova"}
    cases = ancova_cases(shared_data, dystonia)
    assert set(rows) == {*cases, ("adjusted_means_week4", "cdystonia.csv")}
    for key, (subjects, options, names) in cases.items():
        model = longitudinal.ancova(subjects, errors="classical", confidence_level=0.95, **options)
        found = {"n": model.n, "df": model.df, "sigma": model.sigma, "r2": model.r_squared}
        short = {"est": "estimate", "se": "se_classical", "p": "p_value", "lo": "conf_low", "hi": "conf_high"}
        for term in model.coefficients.itertuples():
            name = term.term.replace("(intercept)", "(Intercept)")
            for ours, theirs in names.items():
                name = name.replace(ours, theirs) if ours != "base" or name == "base" else name
            found |= {f"{name}|{k}": getattr(term, v) for k, v in {**short, "se_hc3": "se_hc3"}.items()}
        agree(found, rows[key])


def test_adjusted_means_equal_r(r_reference, dystonia):
    row = rows_of(r_reference, "ancova")["adjusted_means_week4"]
    model = longitudinal.ancova(
        dystonia.query("week == 4"),
        response="change",
        covariates=["base"],
        group="treat",
        errors="classical",
        confidence_level=0.95,
    )
    means = model.adjusted_means
    found = {f"treat{m.group}|emmean": m.estimate for m in means.itertuples()}
    agree(found | {f"treat{m.group}|se": m.se for m in means.itertuples()}, row)


def test_robust_errors_drive_the_tests_when_asked_for(dystonia):
    options = {"response": "change", "covariates": ["base"], "group": "treat", "confidence_level": 0.95}
    week_4 = dystonia.query("week == 4")
    robust, classical = (
        longitudinal.ancova(week_4, errors=e, **options).coefficients for e in ("hc3", "classical")
    )
    pd.testing.assert_series_equal(robust["se"], robust["se_hc3"], check_names=False)
    pd.testing.assert_series_equal(classical["se"], classical["se_classical"], check_names=False)
    assert (robust["p_value"] != classical["p_value"]).all()


def test_two_samples_equal_r(r_reference, dystonia):
    rows = rows_of(r_reference, "two_sample")
    week_16 = dystonia.query("week == 16")
    high, placebo = (week_16.query("treat == @t")["change"] for t in ("3", "1"))
    means = longitudinal.compare_group_means(high, placebo, confidence_level=0.95)
    found = {"t": means.statistic, "df": means.df, "p": means.p_value}
    agree(found | {"ci_low": means.conf_low, "ci_high": means.conf_high}, rows["welch_t_of_change"])
    ranks = longitudinal.compare_group_ranks(high, placebo, resolution_decimals=8)
    agree({"W": ranks.statistic, "p": ranks.p_value}, rows["mann_whitney_of_change"])


def test_normality_equals_r(r_reference):
    rows = [row for row in r_reference["results"] if row["group"] == "normality"]
    assert len(rows) > 25
    for row in rows:
        sample = r_reference["samples"][row["sample"]]
        before, after = (
            pd.to_numeric(pd.Series(sample[side]), errors="coerce") for side in ("before", "after")
        )
        w, p = longitudinal.check_normality(after - before)
        # float noise in the differences of edge_huge moves p by a few parts in a million
        agree({"W": w, "p": p}, row, tol=1e-5)


@pytest.fixture(scope="module")
def respiratory(shared_data):
    visits = pd.read_csv(shared_data / "respiratory.csv")
    return visits.assign(male=(visits["sex"] == "M") * 1, trA=(visits["treat"] == "A") * 1)


RENAMED = {
    "(intercept)": "(Intercept)",
    "center=2": "factor(center)2",
    "time=3": "factor(time)3",
    "time=5": "factor(time)5",
}


def gee_values(model):
    found = {"alpha": model.correlation, "n": model.n}
    for row in model.coefficients.itertuples():
        name = RENAMED.get(row.term, row.term)
        found |= {f"{name}|est": row.coefficient, f"{name}|se_robust": row.se, f"{name}|p": row.p_value}
    return found


@pytest.mark.parametrize("correlation", ["independence", "exchangeable", "ar1"])
def test_gee_equals_r_on_the_respiratory_trial(respiratory, r_reference, correlation):
    row = rows_of(r_reference, "gee")[f"geeglm_binomial_{correlation}"]
    model = longitudinal.gee(
        respiratory,
        outcome="outcome",
        covariates=["baseline", "trA", "male", "age", "center"],
        references={"center": 1},
        subject=["center", "id"],
        position="visit",
        family="binomial",
        correlation=correlation,
        confidence_level=0.95,
    )
    # geepack reports its own estimate of the scale, which has no part in robust inference; with ar1 it stopped early
    reference = {k: v for k, v in row["result"].items() if k != "scale"}
    found = gee_values(model)
    if correlation != "ar1":
        # statsmodels divides the squares by n - p and the products by pairs - p, geepack by n and pairs
        found["alpha"] *= 444 / (444 - 6) * (666 - 6) / 666
    agree(found, {"result": reference, "tol": row["tol"]}, tol=1e-3 if correlation == "ar1" else None)


@pytest.mark.parametrize(
    ("family", "outcome"), [("gaussian", "das"), ("binomial", "remission"), ("poisson", "flares")]
)
def test_gaps_between_positions_count_as_in_geepack(family, outcome):
    of_r = json.loads((Path(__file__).parent / "r" / "gee.json").read_text(encoding="utf-8"))
    rows, expected = pd.DataFrame(of_r["data"]), of_r["results"][family]
    model = longitudinal.gee(
        rows.sample(frac=1, random_state=2),
        outcome=outcome,
        covariates=["wave", "x"],
        family=family,
        correlation="ar1",
        position="wave",
        subject="id",
        confidence_level=0.95,
    )
    assert model.coefficients["coefficient"].tolist() == pytest.approx(expected["coefficient"], rel=1e-6)
    assert model.coefficients["se"].tolist() == pytest.approx(expected["se"], rel=1e-6)
    assert model.correlation == pytest.approx(expected["alpha"], rel=1e-6)


def test_gee_equals_r_on_the_auranofin_trial(shared_data, r_reference):
    visits = pd.read_csv(shared_data / "ra_auranofin.csv")
    visits = visits.assign(
        good=(visits["y"] >= 4).astype("boolean").mask(visits["y"].isna()), drug=visits["trt"] - 1
    )
    model = longitudinal.gee(
        visits,
        outcome="good",
        covariates=["baseline", "drug", "age", "time"],
        references={"time": 1},
        subject="id",
        family="binomial",
        correlation="exchangeable",
        confidence_level=0.95,
    )
    agree(gee_values(model), rows_of(r_reference, "gee")["geeglm_binomial_auranofin"])
    assert (model.n_rows_missing, model.n_missing) == (18, 1)
    table = model.coefficients
    np.testing.assert_allclose(np.log(table["estimate"]), table["coefficient"])


def test_bias_reduced_errors_are_larger(respiratory):
    few = respiratory.query("id <= 8")
    options = {"outcome": "outcome", "covariates": ["trA"], "subject": ["center", "id"], "family": "binomial"}
    plain, reduced = (
        longitudinal.gee(few, correlation="exchangeable", bias_reduced=b, confidence_level=0.95, **options)
        for b in (False, True)
    )
    assert (reduced.coefficients["se"] > plain.coefficients["se"]).all()


def test_mixed_model_equals_r_within_the_optimiser(dystonia, r_reference):
    row = rows_of(r_reference, "mixed_model")["lmer_twstrs_change"]
    model = longitudinal.mixed_model(
        dystonia.query("week > 0"),
        response="change",
        covariates=["base", "treat", "week", "treat:week"],
        references={"week": 2},
        subject=["site", "id"],
        confidence_level=0.95,
    )
    found = {"reml_crit": -2 * model.log_likelihood}
    for term in model.coefficients.itertuples():
        name = term.term.replace("(intercept)", "(Intercept)").replace("treat=", "tr").replace("week=", "wk")
        found |= {f"{name}|est": term.estimate, f"{name}|se": term.se}
    # df and p of lmerTest are met by mmrm with compound symmetry; here tests are z tests
    wanted = {k: v for k, v in row["result"].items() if not k.endswith("satt")}
    agree(found, {"result": wanted, "tol": row["tol"]}, tol=1e-3)


def test_random_slopes_are_found():
    rng = np.random.default_rng(4)
    month = np.tile([0.0, 3, 6, 9], 80)
    level, slope = (np.repeat(rng.normal(m, s, 80), 4) for m, s in ((5, 1), (-0.2, 0.1)))
    visits = pd.DataFrame({"subject_id": np.repeat(range(80), 4), "month": month})
    visits = visits.assign(das28=level + slope * month + rng.normal(0, 0.3, 320))
    model = longitudinal.mixed_model(
        visits, response="das28", covariates=["month"], random_slope="month", confidence_level=0.95
    )
    assert model.coefficients["estimate"].tolist() == pytest.approx([5, -0.2], abs=0.3)
    assert np.sqrt(np.diag(model.random_covariance)).tolist() == pytest.approx([1, 0.1], rel=0.3)
    assert model.residual_sd == pytest.approx(0.3, rel=0.15)


def test_random_effect_without_variance_is_refused():
    rng = np.random.default_rng(5)
    visits = pd.DataFrame(
        {"subject_id": np.tile(range(40), 3), "y": rng.normal(size=120), "x": rng.normal(size=120)}
    )
    visits = visits.assign(y=visits["y"] - visits.groupby("subject_id")["y"].transform("mean"))
    with pytest.raises(ValueError, match=r"no variance|did not converge"):
        longitudinal.mixed_model(visits, response="y", covariates=["x"], confidence_level=0.95)


VISITS = pd.DataFrame(
    {
        "subject_id": [1, 1, 2, 2, 3, 3, 4, 4],
        "x": [0, 1] * 4,
        "y": [0, 1] * 4,
        "z": 1.0,
        "arm": list("aabbaabb"),
    }
)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"covariates": ["x"]}, r"separated: no finite estimate for \(intercept\), x"),
        ({"covariates": ["z"], "position": "z"}, "repeat a subject and visit"),
        ({"covariates": ["x"], "confidence_level": 95}, "confidence_level: expected"),
        ({"covariates": ["x"], "outcome": "arm"}, "no numbers"),
        ({"covariates": ["z"]}, "cannot tell apart"),
        ({"covariates": ["x"], "outcome": "z"}, "does not vary"),
        ({"covariates": ["x"], "family": "gamma"}, "family must be"),
        ({"covariates": ["x"], "correlation": "ar1"}, "needs position"),
        ({"covariates": ["arm"], "references": {"arm": "c"}}, "is not among"),
    ],
)
def test_equations_without_an_answer_are_refused(options, message):
    given = {
        "outcome": "y",
        "family": "binomial",
        "correlation": "exchangeable",
        "confidence_level": 0.95,
    } | options
    with pytest.raises(ValueError, match=message):
        longitudinal.gee(VISITS, **given)


def test_small_and_constant_samples_are_refused():
    with pytest.raises(ValueError, match="two values in each"):
        longitudinal.compare_group_means([1.0, np.nan], [1.0, 2.0], confidence_level=0.95)
    with pytest.raises(ValueError, match="neither sample varies"):
        longitudinal.compare_group_means([1.0, 1.0], [2.0, 2.0], confidence_level=0.95)
    with pytest.raises(ValueError, match="nothing to rank"):
        longitudinal.compare_group_ranks([1.0, 1.0], [1.0, 1.0], resolution_decimals=0)
    assert np.isnan(longitudinal.check_normality([1.0, 1.0, 1.0])).all()
    with pytest.raises(ValueError, match="cannot estimate"):
        longitudinal.ancova(
            VISITS.head(2), response="y", covariates=["x"], errors="hc3", confidence_level=0.95
        )
    with pytest.raises(ValueError, match="errors must be"):
        longitudinal.ancova(VISITS, response="y", covariates=["x"], errors="hc0", confidence_level=0.95)
    with pytest.raises(ValueError, match="more than one visit"):
        longitudinal.mixed_model(
            VISITS.assign(subject_id=range(8)), response="y", covariates=["x"], confidence_level=0.95
        )


def test_ties_on_paper_tie_in_the_ranks():
    first, second = [0.1 + 0.2, 0.5], [0.3, 0.3]
    assert longitudinal.compare_group_ranks(first, second, resolution_decimals=8).statistic == 3.0


def test_a_random_intercept_that_one_optimiser_takes_for_flat_is_found():
    of_r = json.loads((Path(__file__).parent / "r" / "entry.json").read_text(encoding="utf-8"))
    visits = pd.DataFrame(of_r["data"]["long"]).astype({"y": float})
    found = longitudinal.mixed_model(
        visits, response="y", covariates=["week", "arm"], random_slope=None, confidence_level=0.95
    )
    assert found.coefficients["estimate"].tolist() == pytest.approx(of_r["lmer"]["estimate"], rel=1e-4)
    sd = float(np.sqrt(found.random_covariance.iloc[0, 0]))
    assert [sd, found.residual_sd] == pytest.approx(of_r["lmer"]["sd"], rel=1e-3)
