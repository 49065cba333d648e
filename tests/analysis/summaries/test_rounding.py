"""Rounding is one rule for all statistics of a row: the endpoint's resolution, else that of its variable."""

import pandas as pd
from small_study import small_study

from analysis.summaries.change import summarise_change

WEIGHT = {
    "id": "weight",
    "variable": "weight_kg",
    "label": "Weight",
    "role": "primary",
    "higher_is_better": False,
    "visits": ["W12"],
}
# S1 really lost 0.1 kg, S2 shows the noise of single precision, S3 less than the scale can show, S4 gained 1 kg
BEFORE = {"S1": 70.1, "S2": 7.1 * 10, "S3": 60.0, "S4": 80.0}
AFTER = {"S1": 70.0, "S2": 70.99999904632568, "S3": 59.96, "S4": 81.0}


def compared(**endpoint) -> pd.Series:
    """The statistics of the change at week 12, by analysis and statistic."""
    rows = [
        {"subject_id": subject, "visit_id": visit, "variable": "weight_kg", "value": value}
        for visit, values in (("W00", BEFORE), ("W12", AFTER))
        for subject, value in values.items()
    ]
    study = small_study(endpoints=[{**WEIGHT, **endpoint}])
    members = {"all": pd.Index(list(BEFORE))}
    found = summarise_change(pd.DataFrame(rows), members, study=study, population="ALL")
    return found[found["visit"].eq("W12")].set_index(["analysis", "statistic"])["value"]


def test_the_endpoint_inherits_the_resolution_of_its_variable():
    # the scale shows tenths of a kilogram: one improved, two unchanged, one worse, and as many zeros among the ranks
    found = compared()
    assert [found["improved", name] for name in ("count", "unchanged", "worse")] == [1, 2, 1]
    assert found["change_ranks", "n_nonzero"] == 2


def test_its_own_resolution_goes_before_that_of_the_variable():
    found = compared(resolution=0.01)
    assert [found["improved", name] for name in ("count", "unchanged", "worse")] == [2, 1, 1]
    assert found["change_ranks", "n_nonzero"] == 3


def test_a_minimal_difference_is_judged_on_the_rounded_change():
    found = compared(minimal_difference={"value": 0.05, "source": "made up"})
    assert found["improved_minimal", "estimate"] == 0.25  # 0.04 kg rounds to no change
