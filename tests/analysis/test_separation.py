"""Separated outcomes: found from the data, whatever the unit; Firth's estimates against R."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import longitudinal, survival
from analysis.firth import firth_logistic
from analysis.identified import separated_terms
from analysis.inputs import NotEstimable

OF_R = json.loads((Path(__file__).parent / "r" / "firth.json").read_text(encoding="utf-8"))
COHORT = pd.DataFrame(OF_R["data"])
DESIGNS = {
    "ordinary": COHORT[["age", "acpa"]],
    "quasi": pd.DataFrame({"age": COHORT["age"], "b": COHORT["drug"].eq("b"), "c": COHORT["drug"].eq("c")}),
    "complete": COHORT[["same"]],
}


def with_intercept(columns):
    return columns.astype(float).assign(intercept=1.0)[["intercept", *columns]]


@pytest.mark.parametrize("name", DESIGNS)
def test_firth_equals_r(name):
    expected = OF_R["results"][name]
    table = firth_logistic(with_intercept(DESIGNS[name]), COHORT["remission"], confidence_level=0.95)
    assert table["coefficient"].tolist() == pytest.approx(expected["coefficient"], rel=1e-6)
    assert np.log(table["conf_low"]).tolist() == pytest.approx(expected["low"], rel=1e-6)
    assert np.log(table["conf_high"]).tolist() == pytest.approx(expected["high"], rel=1e-6)
    assert table["statistic"].tolist() == pytest.approx(expected["statistic"], rel=1e-6)
    assert table["p_value"].tolist() == pytest.approx(expected["p_value"], rel=1e-5)


@pytest.mark.parametrize("unit", 10.0 ** np.arange(-6, 7, 2))
def test_separation_is_found_in_every_unit(unit):
    found = {
        name: separated_terms(with_intercept(columns * unit).to_numpy(), COHORT["remission"].to_numpy())
        for name, columns in DESIGNS.items()
    }
    assert found["ordinary"] == {}
    assert found["quasi"] == {3: "-"}
    assert found["complete"] == {0: "-", 1: "+"}


def test_overlap_by_a_single_subject_is_no_separation():
    x = np.arange(20.0)
    y = (x > 9.5).astype(int)
    design = np.column_stack([np.ones(20), x])
    assert separated_terms(design, y) == {0: "-", 1: "+"}
    y[[9, 10]] = [1, 0]
    assert separated_terms(design, y) == {}


def test_counts_that_are_all_zero_in_a_group_have_no_finite_ratio():
    design = np.column_stack([np.ones(6), [0, 0, 0, 1, 1, 1]])
    assert separated_terms(design, np.array([1, 0, 2, 0, 0, 0]), family="poisson") == {1: "-"}
    assert separated_terms(design, np.array([1, 0, 2, 0, 1, 0]), family="poisson") == {}


def test_outcome_equal_to_a_covariate_is_named_in_repeated_outcomes():
    rows = pd.DataFrame({"subject_id": np.repeat(range(40), 2), "x": [0, 1] * 40, "y": [0, 1] * 40})
    with pytest.raises(NotEstimable, match="no finite estimate for"):
        longitudinal.gee(
            rows,
            outcome="y",
            covariates=["x"],
            family="binomial",
            correlation="independence",
            confidence_level=0.95,
        )


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_cox_names_who_orders_all_events_and_who_is_made_up_by_others(unit):
    rng = np.random.default_rng(8)
    rows = pd.DataFrame({"day": rng.permutation(60) + 1.0, "stop": True, "age": unit * rng.normal(55, 9, 60)})
    rows = rows.assign(rf=rows["day"] <= 30, twice=2 * rows["age"] + unit)
    given = {"time": "day", "event": "stop", "confidence_level": 0.95}
    assert survival.cox(rows, covariates=["age"], **given).coefficients["term"].tolist() == ["age"]
    with pytest.raises(NotEstimable, match=r"separates events from non-events \(rf\)"):
        survival.cox(rows.assign(rf=rows["rf"].astype(float)), covariates=["age", "rf"], **given)
    with pytest.raises(NotEstimable, match=r"cannot tell apart from others: twice"):
        survival.cox(rows, covariates=["age", "twice"], **given)
