"""Change of the cohort: of those due, by the mixed model, and what regression to the mean lets expect."""

import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import results
from analysis.language import speaking, tr
from studies.arthritis.change import change_when_due, expected_regression, model_change
from studies.arthritis.predictors import predictor_frame
from studies.arthritis.pro import change_of_reported, shares_reached
from studies.arthritis.sensitivity import sensitivity_table
from studies.arthritis.sensitivity.choices import changes_by_method, under_sets
from studies.arthritis.settings import Covariate, ReportedMeasure

VISITS = ["W00", "W12", "W24"]
ENDPOINT = SimpleNamespace(
    id="cdai",
    variable="cdai",
    unit=None,
    scale="continuous",
    higher_is_better=False,
    resolution=0.1,
    visits=["W12", "W24"],
    zeros=None,
    minimal_difference=None,
)
STUDY = SimpleNamespace(
    baseline_visit="W00",
    endpoints=[ENDPOINT],
    statistics=SimpleNamespace(confidence_level=0.95, exact_max=1000, zeros="pratt", continuity=False),
    resolution=lambda endpoint: endpoint.resolution,
)
IDS = [f"P{number:02d}" for number in range(12)]


@pytest.fixture(scope="module")
def wide():
    draws = np.random.default_rng(7).normal(size=(12, 3))
    values = pd.DataFrame(25 + 6 * draws[:, [0]] + 4 * draws - [0, 3, 6], index=IDS, columns=VISITS).clip(
        1, 70
    )
    values.loc["P00", "W24"] = np.nan  # due, not seen
    values.loc["P11", ["W12", "W24"]] = np.nan  # not yet due
    long = values.round(1).rename_axis("subject_id").reset_index()
    return long.melt("subject_id", var_name="visit_id", value_name="cdai")


@pytest.fixture(scope="module")
def due():
    frame = pd.DataFrame(True, index=pd.Index(IDS), columns=VISITS)
    frame.loc["P11", ["W12", "W24"]] = False
    return frame


def changes(wide, due):
    measures = wide.assign(variable="cdai", value=wide["cdai"])
    return change_when_due(measures, due, study=STUDY, population="COHORT", visits=VISITS, tests=True)


def test_who_is_not_yet_due_is_not_missing(wide, due):
    found = results.stack([changes(wide, due)]).set_index("result_id")["value"]
    assert found["change_mean.cohort.cdai.w24.all.n_pairs"] == 10
    assert found["change_mean.cohort.cdai.w24.all.n_missing"] == 1
    assert found["summary.cohort.cdai.w00.all.n"] == 12


def test_the_table_of_changes_and_the_sensitivity_table_hold_the_same_numbers(wide, due):
    shown = changes(wide, due).set_index("result_id")["value"]
    modelled = model_change(wide, due, study=STUDY, endpoints=[ENDPOINT], visits=VISITS)
    lines = changes_by_method(wide, due, study=STUDY, entry=ENDPOINT, visit="W24", visits=VISITS)
    by_label = {line["label"].partition(":")[0]: line for line in lines}
    headline = modelled.set_index("visit").loc["W24"]
    for name in ("estimate", "conf_low", "conf_high"):
        assert by_label["Observed pairs"][name] == shown[f"change_mean.cohort.cdai.w24.all.{name}"]
        assert by_label["Primary"][name] == headline[name]
    assert by_label["Primary"]["n_missing"] == headline["n_missing"] == 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_changes_are_points_and_shares_per_cent_in_every_language(wide, due, lang):
    with speaking(lang):
        changes = changes_by_method(wide, due, study=STUDY, entry=ENDPOINT, visit="W24", visits=VISITS)
        share = {"label": "As observed", "group": tr("Missing values and events"), "n": 10, "n_missing": 1}
        targets = [{**share, "count": 3, "estimate": 0.3, "conf_low": 0.1, "conf_high": 0.6}]
        shown = sensitivity_table(pd.DataFrame(targets), pd.DataFrame(changes)).body.iloc[:, -1]
    first = [float(re.match(r"[−\d.]+", text)[0].replace("−", "-")) for text in shown]
    assert first == [30.0, *(round(line["estimate"], 1) for line in changes)]


def test_the_mixed_model_of_complete_data_is_the_mean_of_the_differences(wide):
    complete = wide[~wide["subject_id"].isin(["P00", "P11"])]
    ids = pd.Index(complete["subject_id"].unique())
    everybody = pd.DataFrame(True, index=ids, columns=VISITS)
    found = model_change(complete, everybody, study=STUDY, endpoints=[ENDPOINT], visits=VISITS)
    values = complete.pivot(index="subject_id", columns="visit_id", values="cdai")
    expected = (values["W24"] - values["W00"]).mean()
    assert found.set_index("visit").loc["W24", "estimate"] == pytest.approx(expected, abs=1e-6)


def test_a_weaker_correlation_lets_expect_more_regression_to_the_mean():
    draws = np.random.default_rng(3).normal(size=(400, 4))
    stable = 20 + 8 * draws[:, 0]
    values = pd.DataFrame(
        {
            "W00": 20 + 8 * draws[:, 1],
            "W48": stable + draws[:, 2],
            "W72": stable + draws[:, 3],
        }
    )
    found = expected_regression(
        values, baseline="W00", visit="W48", pairs=[("W48", "W72"), ("W00", "W48")], cutoff=20, level=0.95
    )
    by_formula = found[~found["by_mean"]]
    strong, weak = by_formula["expected"]
    assert by_formula["correlation"].iloc[0] > 0.9 > by_formula["correlation"].iloc[1]
    assert weak < strong < 0
    above = values[values["W00"] > 20]
    assert found["observed"].iloc[0] == pytest.approx((above["W48"] - above["W00"]).mean())
    assert found["n_pairs"].iloc[0] == len(above)
    np.testing.assert_allclose(found["estimate"], found["observed"] - found["expected"])
    assert (found["p_zero"] == found["p_zero"].iloc[0]).all()
    assert (found["p_value"] > found["p_zero"]).all()


@pytest.mark.parametrize("sicker", [False, True])
def test_change_that_selection_alone_gives_is_no_change_beyond_it(sicker):
    """A stable score measured with error, selected above a limit: the test against zero rejects, the other does not.

    Where of those little above the limit only some enter, what is expected by the mean of those selected still holds.
    """
    draws = np.random.default_rng(5).normal(size=(4000, 4))
    values = pd.DataFrame(20 + 8 * draws[:, [0]] + 4 * draws[:, 1:], columns=["W00", "W48", "W72"])
    if sicker:
        values.loc[values["W00"].between(24, 32) & (values.index % 4 > 0), "W00"] = np.nan
    both = expected_regression(
        values, baseline="W00", visit="W48", pairs=[("W48", "W72")], cutoff=24, level=0.95
    ).set_index("by_mean")
    assert (both["p_zero"] < 1e-6).all()
    for by_mean, found in both.iterrows():
        holds = found["conf_low"] < 0 < found["conf_high"]
        assert holds == (by_mean or not sicker), (by_mean, found)
    above = values[values["W00"] > both["cutoff"].iloc[0]]
    correlation, mean = (
        np.corrcoef(values["W48"], values["W72"])[0, 1],
        values[["W48", "W72"]].to_numpy().mean(),
    )
    assert both.loc[True, "expected"] == pytest.approx((1 - correlation) * (mean - above["W00"].mean()))


def test_participants_counted_may_be_those_in_time_or_those_eligible():
    known = pd.Series(pd.array([True, False, None, True], dtype="boolean"), index=list("abcd"))
    closed = pd.Series([True, True, True, False], index=list("abcd"))
    in_time, eligible = under_sets(known, closed=closed, eligible=pd.Index(["a", "b"]), level=0.95)
    assert (in_time["count"], in_time["n"], in_time["n_missing"]) == (1, 3, 1)
    assert (eligible["count"], eligible["n"]) == (1, 2)


def test_an_important_difference_is_reached_of_those_due_or_of_pairs(wide, due):
    measures = wide.rename(columns={"cdai": "pain_mm"}).assign(eq_vas=50.0)
    entries = [
        ReportedMeasure(variable=name, label=name, digits=0, difference=difference)
        for name, difference in {"pain_mm": "pain_mm", "eq_vas": None}.items()
    ]
    found = change_of_reported(measures, due, entries=entries, study=STUDY, visits=["W24"])
    pain = found.set_index("variable").loc["pain_mm"]
    assert (pain["n_due"], pain["n_pairs"]) == (11, 10)
    assert pain["share"] == pain["reached"] / 11 and pain["seen_share"] == pain["reached"] / 10
    assert np.isnan(found.set_index("variable").loc["eq_vas", "share"])
    listed = shares_reached(found, strategy="missing is non-response")
    assert listed["variable"].tolist() == ["pain_mm"] and listed["n"].tolist() == [11]


def test_a_doubling_needs_values_above_zero():
    people = pd.DataFrame({"crp_mg_l": [8.0, 2.0]}, index=["a", "b"])
    outcome = pd.Series(pd.array([True, False], dtype="boolean"), index=["a", "b"])
    chosen = [Covariate(variable="crp_mg_l", label="CRP", log2=True)]
    frame = predictor_frame(people, outcome, covariates=chosen)
    assert frame["crp_mg_l"].tolist() == [3.0, 1.0]
    with pytest.raises(ValueError, match="crp_mg_l: 1 values are not above zero"):
        predictor_frame(people.assign(crp_mg_l=[8.0, 0.0]), outcome, covariates=chosen)
