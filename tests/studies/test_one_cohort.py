"""One cohort and one derivation for all studies, on the example data: who is due, and that a name has one value."""

from datetime import date

import pandas as pd
import pytest

from analysis import datasets, read
from analysis.cohort import Cohort

COUNTS = ["tjc28", "sjc28"]
DERIVED = ["rf_positive", "acpa_positive", "seropositive", "d2t_years"]


def prepared(root, name: str, as_of: date | None = None):
    """Study and datasets of a final report, without a data cut of its own."""
    folder = root / "params" / name
    study = read.study(folder / "study.yml")
    report = read.analysis(folder / "final.yml", study)
    criteria = read.criteria(folder / study.eligibility)
    tidy = read.tables(study, root=root, as_of=as_of).tables
    return study, {**tidy, **datasets.derive(tidy, study=study, analysis=report, criteria=criteria)}


@pytest.fixture(scope="module")
def arthritis(root) -> Cohort:
    study, tables = prepared(root, "ra_cohort")
    return Cohort(tables, study, "COHORT", visits=[visit.id for visit in study.visits])


# ---------------------------------------------------------------- who is due
def test_who_is_not_yet_due_is_no_non_responder_where_the_report_has_no_data_cut(root):
    study, tables = prepared(root, "dm_abatacept", as_of=date(2022, 2, 15))
    cohort = Cohort(tables, study, "FAS")
    assert cohort.due.sum().to_dict() == {"W00": 19, "W04": 18, "W12": 17, "W24": 10, "W48": 2}
    assert len(cohort.due_at("W24")) == 10


def test_once_all_data_are_in_everybody_is_due(root):
    study, tables = prepared(root, "dm_abatacept")
    assert set(Cohort(tables, study, "FAS").due.sum()) == {20}


# ---------------------------------------------------------------- one name, one value
def at_baseline(cohort: Cohort, name: str) -> pd.Series:
    return cohort.values(name, [cohort.study.baseline_visit]).iloc[:, 0].astype(float)


def test_joint_counts_of_entry_are_the_pro_rated_ones(arthritis):
    assert (round(at_baseline(arthritis, "tjc28").mean(), 2), at_baseline(arthritis, "tjc28").count()) == (
        8.98,
        200,
    )
    raw = at_baseline(arthritis, "tjc28_recorded")
    assert (round(raw.mean(), 2), raw.count()) == (8.93, 195)


def test_the_change_of_joint_counts_is_that_of_the_pro_rated_ones(arthritis):
    wide = arthritis.numbers("tjc28", ["W00", "W48"])
    raw = arthritis.numbers("tjc28_recorded", ["W00", "W48"])
    assert round((wide["W48"] - wide["W00"]).mean(), 2) == -2.86
    assert round((raw["W48"] - raw["W00"]).mean(), 2) == -2.69


@pytest.mark.parametrize("name", COUNTS)
def test_a_joint_count_is_the_same_in_every_dataset(arthritis, name):
    expected, ids = at_baseline(arthritis, name), arthritis.ids
    measures, first = arthritis.tables["measures"], arthritis.study.baseline_visit
    long = measures[measures["variable"].eq(name) & measures["visit_id"].eq(first)].set_index("subject_id")
    assert long["value"].reindex(ids).equals(expected)
    assert arthritis.subjects[name].astype(float).equals(expected)


def test_no_variable_of_two_datasets_has_two_values(arthritis):
    """Whatever stands in `characteristics` and at the baseline visit is one value; so it is in `measures`."""
    first = arthritis.wide[arthritis.wide["visit_id"].eq(arthritis.study.baseline_visit)]
    visit = first.set_index("subject_id").reindex(arthritis.ids)
    both = [
        name
        for name in arthritis.subjects.columns.intersection(visit.columns)
        if pd.api.types.is_numeric_dtype(visit[name])
    ]
    assert {*COUNTS, "cdai", "crp_mg_l", "prednisone_mg_day"} <= set(both)
    own = set(arthritis.tables["subjects"].columns)  # recorded for the subject, not of the visit
    apart = [
        name
        for name in both
        if name not in own and not visit[name].astype(float).equals(arthritis.subjects[name].astype(float))
    ]
    assert apart == []


# ---------------------------------------------------------------- what the baseline table lists
def test_every_line_of_a_baseline_table_is_in_the_datasets(root, arthritis):
    listed = [row.variable for row in arthritis.study.baseline_table]
    assert set(DERIVED) <= set(listed)
    assert [name for name in listed if name not in arthritis.subjects] == []


def test_duration_of_difficult_disease_is_known_where_two_mechanisms_had_failed(arthritis):
    known = arthritis.subjects["d2t_years"]
    assert known.notna().sum() == 195
    assert (arthritis.subjects.loc[known.notna(), "n_moa"] >= 2).all()
