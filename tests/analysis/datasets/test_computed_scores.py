"""A score that the export brings computed: states, responses, shares and figures from it, on the path of a study."""

import pandas as pd
import pytest
from small_study import rows, small_study

from analysis import datasets, figures, read, summaries

STUDY = """\
id: early
title: Early arthritis
short_title: Early
institution: Nowhere
design: cohort
planned_n: 4
synthetic: true
visit_by: label
visits: [{id: M0, label: Baseline}, {id: M6, label: Month 6}]
baseline_visit: M0
sources: [{id: wide, type: csv, path: wide.csv}]
variables: {das28: {table: visits, type: float, label: DAS28, range: [0, 10]}}
scores: {das28_crp: {column: das28, states: das28_crp}}
tables:
  subjects: [{from: wide, columns: {subject_id: id}}]
  visits:
    - {from: wide, columns: {subject_id: id, visit_id: {value: M0}, das28: das28_0}}
    - {from: wide, columns: {subject_id: id, visit_id: {value: M6}, das28: das28_6}}
populations: {ALL: {label: All, rule: enrolled}}
primary_population: ALL
endpoints:
  - {id: das, variable: das28_crp, table: scores, label: DAS28, role: primary, higher_is_better: false, visits: [M6]}
responses:
  - {id: good, label: Good response, rule: eular_response, settings: {response: good, score: das28_crp}, visits: [M6]}
  - {id: low, label: Low activity, rule: disease_state, settings: {instrument: das28_crp, at_most: low}, visits: [M6]}
  - id: minimal
    label: Better by 1.2
    rule: important_difference
    settings: {variable: das28_crp, improvement: 1.2, higher_is_better: false}
    visits: [M6]
"""
# id, baseline, month 6: both sides of the limits
WIDE = """\
id,das28_0,das28_6
A,5.2,2.59
B,4.4,3.2
C,3.21,3.2
D,5.1,
"""


@pytest.fixture(scope="module")
def derived(tmp_path_factory):
    folder = tmp_path_factory.mktemp("early")
    (folder / "study.yml").write_text(STUDY, encoding="utf-8")
    (folder / "wide.csv").write_text(WIDE, encoding="utf-8")
    study = read.study(folder / "study.yml")
    report = type("Report", (), {"data_cut": None, "through_visit": None})
    tables = read.tables(study, root=folder).tables
    return study, datasets.derive(tables, study=study, analysis=report, criteria={})


def test_states_are_those_of_the_instrument_that_is_named(derived):
    _, frames = derived
    states = frames["scores"].pivot(index="subject_id", columns="visit_id", values="category")
    assert states["M0"].tolist() == ["high", "moderate", "moderate", "moderate"]  # 5.2, 4.4, 3.21, 5.1
    assert states["M6"].astype(object).where(states["M6"].notna(), None).tolist() == [
        "remission",
        "low",
        "low",
        None,
    ]


def test_responses_are_judged_on_it(derived):
    _, frames = derived
    found = frames["responses"].pivot(index="subject_id", columns="endpoint", values="value")
    assert found["good"].tolist()[:3] == [True, False, False]  # B improved by 1.2, not by more
    assert found["low"].tolist()[:3] == [True, True, True]
    assert found["minimal"].tolist()[:3] == [True, True, False]
    assert "D" not in found.index  # not seen at month 6: no answer, and no "no"


def test_it_is_an_endpoint_with_changes_and_a_line_of_the_figure(derived):
    study, frames = derived
    members = {"all": pd.Index(list("ABCD"))}
    change = summaries.summarise_change(frames["measures"], members, study=study, population="ALL")
    mean = change.query("analysis == 'change_mean' and statistic == 'estimate'")["value"]
    assert mean.tolist() == pytest.approx([(-2.61 - 1.2 - 0.01) / 3])
    course = summaries.course_by_visit(frames["measures"], members, study=study)
    drawn = figures.mean_by_visit(course, label={"das28_crp": "DAS28-CRP"}, time="Visit", mark=None)
    assert "4.5" in drawn.alt


def test_a_value_outside_the_range_of_the_instrument_is_no_value():
    from analysis.datasets.scores import derive_scores

    visits = pd.DataFrame({"subject_id": ["A", "B"], "visit_id": "W00", "mine": [3.0, 70.0]})
    study = small_study(scores={"das28_crp": {"column": "mine", "states": "das28_crp"}})
    found = derive_scores(visits, computed=study.scores)
    assert rows(found, "value", "category", "status") == [[3.0, "low", "ok"], [None, None, "range_error"]]


def test_it_stands_in_place_of_what_the_components_give():
    from analysis.datasets.scores import derive_scores

    parts = {"tjc28": [8], "sjc28": [6], "ptga_mm": [60], "phga_mm": [55]}
    visits = pd.DataFrame({"subject_id": ["A"], "visit_id": "W00", "cdai_site": [20.0], **parts})
    study = small_study(scores={"cdai": {"column": "cdai_site"}})
    both = derive_scores(visits).query("score == 'cdai'"), derive_scores(visits, computed=study.scores)
    assert [frame.query("score == 'cdai'")["value"].tolist() for frame in both] == [[25.5], [20.0]]


def test_a_name_that_is_no_instrument_is_found():
    from analysis.study.catalogue import Catalogue
    from analysis.study.lookup import unknown_names

    study = small_study(scores={"das28": {"column": "mine", "states": "das28_crp"}})
    told = dict(
        unknown_names(
            study.scores, Catalogue(study), annotation=type(study).model_fields["scores"].annotation
        )
    )
    assert any("das28" in text and "das28_crp" in text for text in told.values())
