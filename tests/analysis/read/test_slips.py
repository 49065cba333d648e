"""Names that only the contents of the exports can tell to be slips: identifiers, REDCap forms, events."""

import pandas as pd
import pytest

from analysis import read
from analysis.study import StudyFileError

STUDY = """
id: small
title: A small study
short_title: Small
institution: Nowhere
design: cohort
planned_n: 2
synthetic: true
visit_by: label
visits: [{id: W00, label: Baseline}, {id: W12, label: Week 12}]
baseline_visit: W00
sources:
  - {id: export, type: csv, path: export.csv}
identifiers: [ward]
tables:
  subjects:
    - from: export
      rows: {instrument: ""}
      columns: {subject_id: record_id, sex: sex}
  adverse_events:
    - from: export
      rows: {instrument: adverse_event}
      columns: {subject_id: record_id, ae_id: redcap_repeat_instance, term_verbatim: term}
  visits:
    - from: export
      rows: {events: {week_0_arm_1: W00, week_12_arm_1: W12}}
      columns: {subject_id: record_id, pain_mm: pain}
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
"""
ROWS = pd.DataFrame(
    {
        "record_id": ["1", "1", "1"],
        "redcap_event_name": ["week_0_arm_1", "week_12_arm_1", "week_0_arm_1"],
        "redcap_repeat_instrument": ["", "", "adverse_event"],
        "redcap_repeat_instance": ["", "", "1"],
        "sex": ["F", "", ""],
        "pain": ["10", "20", ""],
        "term": ["", "", "Headache"],
        "ward": ["7", "", ""],
    }
)


def read_with(folder, old="", new="", rows=ROWS):
    rows.to_csv(folder / "export.csv", index=False)
    (folder / "study.yml").write_text(STUDY.replace(old, new, 1) if old else STUDY, encoding="utf-8")
    return read.tables(read.study(folder / "study.yml"), root=folder)


def test_forms_and_events_that_are_there_are_read(tmp_path):
    assert read_with(tmp_path).tables["adverse_events"]["term_verbatim"].tolist() == ["Headache"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[ward]", "[wrad]", "identifiers[0]: no source has a column 'wrad'; did you mean 'ward'?"),
        ("adverse_event}", "adverse_evnet}", "no form 'adverse_evnet'; did you mean 'adverse_event'?"),
        ("week_12_arm_1", "week_12_amr_1", "no event 'week_12_amr_1'; did you mean 'week_12_arm_1'?"),
    ],
)
def test_a_slip_is_told_with_what_the_export_holds(tmp_path, old, new, message):
    with pytest.raises(StudyFileError) as caught:
        read_with(tmp_path, old, new)
    assert message in str(caught.value)


def test_a_form_or_event_nobody_has_filled_in_yet_is_no_slip(tmp_path):
    early = ROWS[ROWS["redcap_event_name"].eq("week_0_arm_1") & ROWS["redcap_repeat_instrument"].eq("")]
    assert len(read_with(tmp_path, rows=early).tables["adverse_events"]) == 0
