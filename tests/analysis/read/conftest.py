"""A small study for the tests of reading: six files, drawn as tables."""

from pathlib import Path
from typing import ClassVar

import pytest

from analysis import read

STUDY = """\
id: small
title: A small study
short_title: Small
institution: Nowhere
design: single_arm
planned_n: 3
synthetic: true
visit_by: window
day_one: baseline_date
predose_on_day_one: true
visits:
  - {id: W00, label: Baseline, target_day: 1, window: [-14, 1]}
  - {id: W04, label: Week 4, target_day: 29, window: [15, 42]}
  - {id: W12, label: Week 12, target_day: 85, window: [57, 126]}
baseline_visit: W00
sources:
  - {id: people, type: csv, path: people.csv}
  - {id: visits, type: csv, path: visits.csv}
  - {id: forms, type: csv, path: forms.csv}
  - {id: drugs, type: csv, path: drugs.csv}
  - {id: lab, type: csv, path: lab.csv}
  - {id: events, type: csv, path: events.csv}
missing: ["-9"]
tables:
  subjects:
    - from: people
      columns:
        subject_id: id
        sex: {column: sex, codes: {1: M, 2: F}}
        consent_date: consent
        baseline_date: baseline
        death_date: death
      same_names: [birth_date]
  visits:
    - from: visits
      rows:
        event_column: event
        events: {week_0: W00, week_4: W04, week_12: W12, other: UNS}
      columns:
        subject_id: id
        visit_date: date
        tjc28: tender
        ptga_mm: {column: ptga_cm, unit: cm}
    - from: forms
      join: true
      rows:
        event_column: event
        events: {week_0: W00, week_4: W04, week_12: W12, other: UNS}
      columns: {subject_id: id, pain_mm: pain}
  treatments:
    - from: drugs
      columns: {subject_id: id, drug_raw: drug, start_date: start, stop_date: stop, ongoing: ongoing, stop_reason: why}
  labs:
    - from: lab
      columns: {subject_id: id, sample_date: date, analyte: test, value_raw: result, unit_raw: unit, uln: uln}
  adverse_events:
    - from: events
      columns: {subject_id: id, term_verbatim: term, start_date: start, stop_date: stop, outcome: outcome}
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
"""

FILES = {
    "people": """\
id,name,initials,sex,birth_date,consent,baseline,death
S1,Li,L,1,1980-05-01,2024-01-01,2024-01-08,
S2,Wang,W,2,1975-02,2024-02-01,2024-02-05,2024-06-30
S3,Zhao,Z,2,1990-01-01,2024-06-01,2024-06-03,
""",
    "visits": """\
id,event,date,tender,ptga_cm
S1,week_0,2024-01-08,12,6.5
S1,week_4,2024-02-05,8,4.0
S1,week_12,2024-04-01,2,1.5
S2,week_0,2024-02-05,20,8
S2,week_4,2024-03-04,18,7
S3,week_0,2024-06-03,9,5
""",
    "forms": """\
id,event,pain
S1,week_0,70
S1,week_4,50
S1,week_12,20
S2,week_0,80
S3,week_0,60
""",
    "drugs": """\
id,drug,start,stop,ongoing,why
S1,methotrexate,2023-01-01,2024-03-01,0,adverse_event
S1,leflunomide,2024-03-02,,1,
S2,methotrexate,2022,,1,
""",
    "lab": """\
id,date,test,result,unit,uln
S1,2024-01-08,CRP,<0.5,mg/L,8
S1,2024-02-05,CRP,1.2,mg/dL,0.8
S2,2024-02-05,CK,10,ukat/L,3
S3,2024-06-03,CRP,未查,mg/L,8
""",
    "events": """\
id,term,start,stop,outcome
S1,nausea,2024-01-20,2024-03-20,recovered
S2,rash,2024-03,,not_recovered
""",
}


class SmallStudy:
    """The small study in a folder of its own; tests append rows or replace parts."""

    study = STUDY
    files = FILES
    _known: ClassVar[dict] = {}

    def __init__(self, folder: Path):
        self.folder = folder

    def write(self, *, study: str = STUDY, files: dict[str, str] | None = None, **more: str) -> Path:
        """Write the study file and its sources; `more` appends rows to a source."""
        for name, text in {**FILES, **(files or {})}.items():
            (self.folder / f"{name}.csv").write_text(text + more.get(name, ""), encoding="utf-8")
        (self.folder / "study.yml").write_text(study, encoding="utf-8")
        return self.folder / "study.yml"

    def read(self, *, as_of=None, through_visit=None, **given):
        """Read the small study after writing it; unchanged, it is read once per cut."""
        if not given and (as_of, through_visit) in self._known:
            return self._known[as_of, through_visit]
        study = read.study(self.write(**given))
        outcome = read.tables(study, root=self.folder, as_of=as_of, through_visit=through_visit)
        return outcome if given else self._known.setdefault((as_of, through_visit), outcome)

    @staticmethod
    def aside(outcome, table: str, source: str) -> dict[str, int]:
        """Why rows of a source were set aside."""
        lines = outcome.accounting.query("table == @table and source == @source and kind == 'set aside'")
        return dict(zip(lines["reason"], lines["n"]))

    @staticmethod
    def rules(outcome, **where) -> list[str]:
        """The rules of the queries at a place."""
        log = outcome.queries
        for name, value in where.items():
            log = log[log[name] == value]
        return sorted(log["rule_id"])


@pytest.fixture
def small(tmp_path) -> SmallStudy:
    """The small study."""
    return SmallStudy(tmp_path)
