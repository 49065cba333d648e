"""Prediction: agreement with statsmodels and scikit-learn, known cases, optimism, edges."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import prediction
from analysis.firth import firth_logistic
from analysis.prediction import validation
from analysis.prediction.development import Development, Stacked
from analysis.prediction.ridge import fit_columns


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(12)
    n = 250
    frame = pd.DataFrame(
        {"cdai": rng.normal(28, 9, n), "age": rng.normal(55, 12, n), "acpa": rng.random(n) < 0.7}
    )
    frame = frame.assign(smoking=rng.choice(["ever", "never", "current"], n), noise=rng.normal(size=n))
    log_odds = 1 - 0.08 * (frame["cdai"] - 28) - 0.8 * frame["acpa"] - 0.5 * (frame["smoking"] == "ever")
    remission = pd.array(rng.random(n) < 1 / (1 + np.exp(-log_odds)), dtype="boolean")
    return frame.assign(remission=remission, age=frame["age"].where(frame.index % 25 != 0))


COVARIATES = ["cdai", "acpa", "smoking", "noise"]


def test_univariable_odds_equal_statsmodels(cohort):
    import statsmodels.api as sm

    table = prediction.univariable_odds(
        cohort, outcome="remission", covariates=["age", "smoking"], confidence_level=0.95
    ).set_index("term")
    known = cohort.dropna(subset=["age"])
    theirs = sm.Logit(known["remission"].astype(float), sm.add_constant(known[["age"]])).fit(disp=0)
    age = table.loc["age"]
    assert age["estimate"] == pytest.approx(np.exp(theirs.params["age"]), rel=1e-6)
    assert [age["conf_low"], age["conf_high"]] == pytest.approx(
        np.exp(theirs.conf_int().loc["age"]).tolist(), rel=1e-6
    )
    assert age["p_value"] == pytest.approx(theirs.llr_pvalue, rel=1e-6)
    assert (age["n"], age["n_missing"]) == (240, 10)
    assert table.loc[["smoking=ever", "smoking=never"], "df"].tolist() == [2, 2]


def test_covariate_that_separates_has_the_penalised_estimate_and_says_so():
    rows = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1], "x": [1, 2, 3, 4, 5, 6]})
    table = prediction.univariable_odds(rows, outcome="y", covariates=["x"], confidence_level=0.95)
    design = pd.DataFrame({"(intercept)": 1.0, "x": rows["x"].astype(float)})
    penalised = firth_logistic(design, rows["y"], confidence_level=0.95).iloc[1]
    found = table.iloc[0]
    assert [found[name] for name in ("estimate", "conf_low", "conf_high", "p_value")] == pytest.approx(
        [penalised[name] for name in ("estimate", "conf_low", "conf_high", "p_value")], rel=1e-6
    )
    assert "separates" in found["note"]
    assert "Firth" in found["method"]


def test_covariate_that_nobody_has_keeps_its_row_with_the_reason():
    rows = pd.DataFrame({"y": [0, 1, 0, 1], "x": [1.0] * 4, "z": [1.0, 2, 2, 1]})
    table = prediction.univariable_odds(rows, outcome="y", covariates=["x", "z"], confidence_level=0.95)
    assert table["status"].tolist() == ["not estimated", "estimated"]
    assert "do not vary" in table["note"].iloc[0]


def test_ridge_equals_scikit_learn(cohort):
    from sklearn.linear_model import LogisticRegression

    model = prediction.fit_ridge(cohort, outcome="remission", covariates=["cdai", "noise"], penalty=7.0)
    columns = cohort[["cdai", "noise"]].to_numpy()
    scaled = (columns - columns.mean(0)) / columns.std(0)
    theirs = LogisticRegression(C=1 / 7.0, tol=1e-10, max_iter=1000).fit(
        scaled, cohort["remission"].astype(int)
    )
    np.testing.assert_allclose(model.coefficients["per_sd"], theirs.coef_[0], rtol=1e-4)
    np.testing.assert_allclose(
        prediction.predict(model, cohort), theirs.predict_proba(scaled)[:, 1], rtol=1e-4
    )


def test_penalty_shrinks_from_maximum_likelihood_to_prevalence(cohort):
    weak, strong = (
        prediction.fit_ridge(cohort, outcome="remission", covariates=COVARIATES, penalty=p)
        for p in (1e-8, 1e8)
    )
    assert weak.effective_df == pytest.approx(5, abs=1e-6)
    assert strong.effective_df == pytest.approx(0, abs=1e-4)
    np.testing.assert_allclose(prediction.predict(strong, cohort), cohort["remission"].mean(), atol=1e-5)
    chosen = prediction.fit_ridge(cohort, outcome="remission", covariates=COVARIATES)
    assert 0 < chosen.effective_df < 5
    assert chosen.penalty > 0.01


def test_prediction_is_missing_where_a_covariate_is(cohort):
    model = prediction.fit_ridge(cohort, outcome="remission", covariates=["age", "smoking"])
    assert model.n_missing == 10
    assert prediction.predict(model, cohort).isna().sum() == 10
    with pytest.raises(ValueError, match="has not seen"):
        prediction.predict(model, cohort.assign(smoking="cigars"))


def test_performance_of_predictions():
    from sklearn.metrics import brier_score_loss, roc_auc_score

    rng = np.random.default_rng(3)
    probability = rng.uniform(0.05, 0.95, 500).round(2)
    outcome = rng.random(500) < probability
    found = prediction.measure_performance(outcome, probability)
    assert found.auc == pytest.approx(roc_auc_score(outcome, probability))
    assert found.brier == pytest.approx(brier_score_loss(outcome, probability))
    assert found.calibration_slope == pytest.approx(1, abs=0.2)
    assert found.calibration_intercept == pytest.approx(0, abs=0.25)
    too_sure = 1 / (1 + (1 / probability - 1) ** 2)  # twice the log odds
    doubled = prediction.measure_performance(outcome, too_sure)
    assert doubled.calibration_slope == pytest.approx(found.calibration_slope / 2, rel=1e-6)
    assert doubled.auc == found.auc


def test_perfect_calibration_slope_of_a_model_on_its_own_data(cohort):
    model = prediction.fit_ridge(cohort, outcome="remission", covariates=COVARIATES, penalty=0)
    found = prediction.measure_performance(cohort["remission"], prediction.predict(model, cohort))
    assert (found.calibration_intercept, found.calibration_slope) == pytest.approx((0, 1), abs=1e-6)


def test_optimism_of_noise_is_removed():
    rng = np.random.default_rng(8)
    noise = pd.DataFrame(rng.normal(size=(80, 8)), columns=list("abcdefgh")).assign(
        y=rng.permutation(80) % 2 == 0
    )
    options = {"outcome": "y", "covariates": list("abcdefgh"), "n_resamples": 60, "penalty": 0.01}
    table = prediction.validate_ridge(noise, seed=1, **options).performance.set_index("measure")
    assert table.loc["auc", "apparent"] > 0.6
    assert table.loc["auc", "corrected"] == pytest.approx(0.5, abs=0.1)
    assert table.loc["calibration_slope", "corrected"] < 0.7
    np.testing.assert_allclose(table["corrected"], table["apparent"] - table["optimism"])
    again = prediction.validate_ridge(noise, seed=1, **options).performance.set_index("measure")
    pd.testing.assert_frame_equal(table, again)


def test_penalty_is_chosen_anew_in_each_resample(cohort):
    options = {"outcome": "remission", "covariates": COVARIATES, "n_resamples": 8, "seed": 2}
    chosen = prediction.validate_ridge(cohort, **options).performance
    given = prediction.validate_ridge(cohort, penalty=0.01, **options).performance
    assert (chosen["optimism"] != given["optimism"]).all()


def test_optimism_is_that_of_refitting_each_resample_as_a_frame(cohort):
    rows = cohort[["remission", *COVARIATES]].dropna().reset_index(drop=True)
    draws, gaps = np.random.default_rng(3), []
    for _ in range(12):
        sample = rows.iloc[draws.integers(0, len(rows), len(rows))].reset_index(drop=True)
        model = prediction.fit_ridge(sample, outcome="remission", covariates=COVARIATES)
        within = prediction.measure_performance(sample["remission"], prediction.predict(model, sample))
        without = prediction.measure_performance(rows["remission"], prediction.predict(model, rows))
        gaps.append(within.auc - without.auc)
    found = prediction.validate_ridge(
        cohort, outcome="remission", covariates=COVARIATES, n_resamples=12, seed=3
    ).performance.set_index("measure")
    assert found.loc["auc", "optimism"] == pytest.approx(np.mean(gaps), rel=1e-9)


def test_a_resample_without_a_level_has_no_model(cohort):
    rare = cohort.assign(smoking=np.where(cohort.index < 2, "pipe", "never"))
    found = prediction.validate_ridge(
        rare, outcome="remission", covariates=["cdai", "smoking"], n_resamples=30, seed=1
    ).performance
    assert 0 < found["n_failed"].iloc[0] < 15  # two of 250 are missed by 13 % of resamples


def test_calibration_groups_hold_everybody_once():
    rng = np.random.default_rng(5)
    probability = rng.uniform(0.1, 0.9, 103)
    outcome = rng.random(103) < probability

    def no_interval(events, n, *, confidence_level):
        return SimpleNamespace(conf_low=0.0, conf_high=1.0)

    table = prediction.calibration_curve(
        outcome, probability, n_groups=10, interval=no_interval, confidence_level=0.95
    )
    assert table["n"].sum() == 103
    assert table["events"].sum() == outcome.sum()
    assert table["predicted"].is_monotonic_increasing
    assert (table["predicted"] * table["n"]).sum() / 103 == pytest.approx(probability.mean())


def test_net_benefit_by_hand():
    # 10 subjects, 4 events; at 0.2 the model acts on 5 (3 events): 3/10 - 2/10 * 0.25
    outcome = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    probability = [0.9, 0.8, 0.2, 0.3, 0.6, 0.1, 0.1, 0.1, 0.1, 0.1]
    row = prediction.decision_curve(outcome, probability, thresholds=[0.2]).iloc[0]
    assert row["model"] == pytest.approx(0.3 - 0.2 * 0.25)
    assert row["everybody"] == pytest.approx(0.4 - 0.6 * 0.25)
    with pytest.raises(ValueError, match="between 0 and 1"):
        prediction.decision_curve(outcome, probability, thresholds=[1.0])


def test_sample_size_criteria_by_their_formulas():
    found = prediction.required_size(n_parameters=10, prevalence=0.3, r2_cox_snell=0.15)
    assert found.for_overall_risk == np.ceil((1.96 / 0.05) ** 2 * 0.3 * 0.7)
    assert 10 / (-0.1 * np.log(1 - 0.15 / 0.9)) == pytest.approx(found.for_shrinkage, abs=1)
    assert found.n == max(found.for_shrinkage, found.for_small_optimism, found.for_overall_risk)
    assert found.events_per_parameter == pytest.approx(found.n * 0.03)
    with pytest.raises(ValueError, match="its maximum here"):
        prediction.required_size(n_parameters=10, prevalence=0.3, r2_cox_snell=0.9)
    with pytest.raises(ValueError, match="prevalence"):
        prediction.required_size(n_parameters=10, prevalence=0, r2_cox_snell=0.1)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"y": [0, 0], "x": [1, 2]}), "does not vary"),
        (pd.DataFrame({"y": [0, 2], "x": [1, 2]}), "True or False"),
        (pd.DataFrame({"y": [0, 1], "x": [1, 1]}), "do not vary"),
    ],
)
def test_data_without_an_answer_are_refused(frame, message):
    with pytest.raises(ValueError, match=message):
        prediction.fit_ridge(frame, outcome="y", covariates=["x"])


def test_unpenalised_model_of_separated_outcomes_is_refused():
    frame = pd.DataFrame({"y": [0, 0, 0, 1, 1, 1], "x": [1, 2, 3, 4, 5, 6]})
    with pytest.raises(ValueError, match="separates the outcomes"):
        prediction.fit_ridge(frame, outcome="y", covariates=["x"], penalty=0)
    assert (
        prediction.fit_ridge(frame, outcome="y", covariates=["x"], penalty=1)
        .coefficients["odds_ratio"]
        .item()
        > 1
    )


def test_predictions_of_certainty_and_of_others_are_refused():
    with pytest.raises(ValueError, match="strictly between"):
        prediction.measure_performance([0, 1], [0.0, 0.5])
    with pytest.raises(ValueError, match="share one index"):
        prediction.measure_performance(pd.Series([0, 1]), pd.Series([0.1, 0.2], index=[4, 5]))
    one_sided = prediction.measure_performance([1, 1], [0.4, 0.5])
    assert np.isnan(one_sided.auc)
    assert np.isnan(one_sided.calibration_intercept)


def with_gaps(cohort, share=0.3):
    """The cohort with values of age and CDAI missing, likelier where the noise is high."""
    gone = np.random.default_rng(4).random(len(cohort)) < share * (1 + np.sign(cohort["noise"]))
    return cohort.assign(
        cdai=cohort["cdai"].mask(gone), age=cohort["age"].mask(gone.shift(1, fill_value=False))
    )


def test_nothing_missing_nothing_imputed(cohort):
    rows = cohort[["remission", *COVARIATES]].dropna()
    options = {"outcome": "remission", "covariates": COVARIATES, "n_resamples": 6, "seed": 3}
    plain, asked = (prediction.validate_ridge(rows, n_imputations=m, **options) for m in (0, 20))
    pd.testing.assert_frame_equal(plain.performance, asked.performance)
    pd.testing.assert_frame_equal(plain.calibration, asked.calibration)
    assert asked.n_imputed == 0


def test_incomplete_subjects_stay_in_the_model(cohort):
    lacking = with_gaps(cohort)
    names = ["cdai", "age", "noise"]
    kept = prediction.fit_ridge(lacking, outcome="remission", covariates=names, n_imputations=20, seed=1)
    left = prediction.fit_ridge(lacking, outcome="remission", covariates=names)
    assert kept.n == len(lacking) > left.n
    assert kept.n_imputed == lacking[names].isna().any(axis=1).sum()
    whole = prediction.fit_ridge(cohort.dropna(subset=names), outcome="remission", covariates=names)
    assert kept.coefficients["per_sd"].iloc[0] == pytest.approx(
        whole.coefficients["per_sd"].iloc[0], abs=0.25
    )


def test_a_row_completed_twenty_times_counts_once(cohort):
    """Copies with the same values and weights that sum to one give the model of the rows themselves."""
    rows = cohort[["remission", "cdai", "noise"]].dropna()
    data = Development.of(rows, "remission", ["cdai", "noise"], gaps=False)
    once = data.completed(np.random.default_rng(1), 0)
    copies = np.repeat(np.arange(len(rows)), np.where(np.arange(len(rows)) < 50, 20, 1))
    weights = np.where(copies < 50, 1 / 20, 1.0)
    again = Stacked(once.columns[copies], once.outcome[copies], copies, weights)
    for penalty in (None, 3.0):
        plain, stacked = (fit_columns(one, terms=data.terms, penalty=penalty) for one in (once, again))
        assert stacked[0] == pytest.approx(plain[0], rel=1e-9)
        np.testing.assert_allclose(stacked[1], plain[1], rtol=1e-9)


def test_who_is_to_be_predicted_is_completed_without_the_outcome(cohort):
    """Exchanging all outcomes leaves the completed covariates of prediction as they are."""
    lacking = with_gaps(cohort)
    names = ["cdai", "age", "noise"]
    other = lacking.assign(remission=~lacking["remission"])
    filled = [
        Development.of(frame, "remission", names, gaps=True).completed(
            np.random.default_rng(1), 5, by_outcome=False
        )
        for frame in (lacking, other)
    ]
    np.testing.assert_array_equal(filled[0].columns, filled[1].columns)


def test_optimism_of_noise_is_removed_with_values_imputed_in_each_resample():
    rng = np.random.default_rng(8)
    noise = pd.DataFrame(rng.normal(size=(80, 6)), columns=list("abcdef"))
    noise = noise.mask(rng.random(noise.shape) < 0.1).assign(y=rng.permutation(80) % 2 == 0)
    found = prediction.validate_ridge(
        noise, outcome="y", covariates=list("abcdef"), n_resamples=60, seed=1, penalty=0.01, n_imputations=5
    )
    auc = found.performance.set_index("measure").loc["auc"]
    assert auc["corrected"] == pytest.approx(0.5, abs=0.1)
    assert auc["apparent"] - auc["corrected"] > 0.08
    assert found.n == 80


def test_calibration_of_noise_is_flat_once_corrected():
    """A model of noise looks calibrated where it was made; corrected, its curve lies nearer the prevalence."""
    rng = np.random.default_rng(8)
    noise = pd.DataFrame(rng.normal(size=(120, 8)), columns=list("abcdefgh"))
    noise = noise.assign(y=rng.permutation(120) % 2 == 0)
    found = prediction.validate_ridge(
        noise, outcome="y", covariates=list("abcdefgh"), n_resamples=80, seed=1, penalty=0.01
    )
    rise = {name: np.ptp(found.calibration[name].dropna()) for name in ("apparent", "corrected")}
    assert rise["corrected"] < 0.8 * rise["apparent"]
    assert found.mean_error_corrected > found.mean_error
    np.testing.assert_allclose(
        found.calibration["corrected"], found.calibration["apparent"] - found.calibration["optimism"]
    )


def test_a_covariate_nobody_has_is_named(cohort):
    with pytest.raises(ValueError, match=r"without any value cannot predict: age"):
        prediction.fit_ridge(
            cohort.assign(age=np.nan), outcome="remission", covariates=["cdai", "age"], n_imputations=5
        )


# ---------------------------------------------------------------- R (tests/analysis/r/prediction.R)
OF_R = json.loads((Path(__file__).parent / "r" / "prediction.json").read_text(encoding="utf-8"))
NAMES = ["age", "crp", "rf"]


class Drawn:
    """Gives the resamples that R drew."""

    def __init__(self, rows):
        self.rows = iter(rows)

    def integers(self, low, high, size):
        return np.array(next(self.rows))


def in_r(monkeypatch, rows, **options):
    """A validation in R's resamples."""
    monkeypatch.setattr(validation.np.random, "default_rng", lambda seed: Drawn(rows))
    return prediction.validate_ridge(
        pd.DataFrame(OF_R["data"]), outcome="good", covariates=NAMES, n_resamples=len(rows), seed=1, **options
    )


@pytest.mark.parametrize(("penalty", "name"), [(7.0, "given"), (7.0, "glmnet"), (None, "chosen")])
def test_ridge_is_that_of_r(penalty, name):
    model = prediction.fit_ridge(
        pd.DataFrame(OF_R["data"]), outcome="good", covariates=NAMES, penalty=penalty
    )
    expected = OF_R[name]
    assert model.intercept == pytest.approx(expected["intercept"], rel=1e-5)
    assert model.coefficients["coefficient"].tolist() == pytest.approx(expected["slopes"], rel=1e-5)
    if "df" in expected:
        assert model.effective_df == pytest.approx(expected["df"], rel=1e-6)
    assert model.penalty == pytest.approx(expected.get("penalty", 7.0))


@pytest.mark.parametrize(("name", "penalty", "some"), [("validated", 7.0, 25), ("validated_chosen", None, 8)])
def test_optimism_of_performance_and_calibration_is_that_of_r_in_the_same_resamples(
    monkeypatch, name, penalty, some
):
    found, expected = in_r(monkeypatch, OF_R["resamples"][:some], penalty=penalty), OF_R[name]
    table = found.performance.set_index("measure")
    for measure in ("auc", "brier", "scaled_brier", "calibration_intercept", "calibration_slope"):
        assert table.loc[measure, "apparent"] == pytest.approx(
            expected["apparent"][measure], rel=1e-4, abs=1e-6
        )
        assert table.loc[measure, "optimism"] == pytest.approx(
            expected["optimism"][measure], rel=1e-4, abs=1e-6
        )
    curve = found.calibration
    assert curve["predicted"].tolist() == pytest.approx(expected["predicted"], rel=1e-5)
    assert curve["apparent"].tolist() == pytest.approx(expected["curve"], rel=1e-5)
    assert curve["optimism"].tolist() == pytest.approx(
        numbers_of(expected["curve_optimism"]), abs=1e-5, nan_ok=True
    )
    assert found.mean_error == pytest.approx(expected["mean_error"], rel=1e-5)


def numbers_of(values):
    return [np.nan if value is None else value for value in values]
