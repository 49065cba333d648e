"""Study files: every problem at once, each with file, line, key and the nearest valid name."""

import re
from pathlib import Path

import pytest
from small_study import small_study

from analysis import read
from analysis.study import StudyFileError, as_study

STUDIES = ["dm_abatacept", "ra_auranofin", "ra_cohort"]
MINIMAL = """\
id: small
title: A small study
short_title: Small
institution: Nowhere
design: single_arm
planned_n: 2
synthetic: true
visit_by: window
visits:
  - {id: W00, label: Baseline, target_day: 1, window: [-14, 1]}
  - {id: W04, label: Week 4, target_day: 29, window: [15, 42]}
baseline_visit: W00
sources:
  - {id: export, type: csv, path: export.csv}
tables:
  subjects:
    - from: export
      columns:
        subject_id: id
        sex: {column: sex, codes: {1: M, 2: F}}
  visits:
    - from: export
      columns:
        subject_id: id
        visit_date: date
        ptga_mm: {column: ptga, unit: cm}
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
endpoints:
  - {id: ptga, variable: ptga_mm, label: Patient global, role: primary, higher_is_better: false, visits: [W04]}
"""


def problems(tmp_path: Path, *changes: tuple[str, str], text: str = MINIMAL) -> list:
    """What is wrong with the minimal study file after some replacements."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = tmp_path / "study.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError) as caught:
        read.study(file)
    return caught.value.problems


def test_a_complete_file_is_accepted(tmp_path):
    file = tmp_path / "study.yml"
    file.write_text(MINIMAL, encoding="utf-8")
    study = read.study(file)
    assert study.visits[1].window == [15, 42]
    assert study.tables["subjects"][0].mapped()["sex"].codes == {"1": "M", "2": "F"}


def test_unknown_key_gets_line_and_nearest_name(tmp_path):
    (found,) = problems(tmp_path, ("planned_n: 2", "planned_n: 2\nshort_titel: Small"))
    assert (found.line, found.key) == (7, "short_titel")
    assert "did you mean 'short_title'" in found.message


def test_unknown_key_deep_in_the_file_gets_its_line_too(tmp_path):
    (found,) = problems(tmp_path, ("unit: cm}", "unti: cm}"))
    assert found.line == 26
    assert found.key.startswith("tables.visits[0].columns.ptga_mm")
    assert "did you mean 'unit'" in found.message


def test_an_endpoint_of_the_other_table_is_told_where_it_lies(tmp_path):
    films = ("ptga_mm: {column: ptga, unit: cm}", "svdh_erosion: e\n        svdh_jsn: j")
    (found,) = problems(tmp_path, films, ("variable: ptga_mm", "variable: svdh_total"))
    assert found.message == "svdh_total is a score; write `table: scores` beside it"
    (found,) = problems(
        tmp_path, ("variable: ptga_mm", "table: scores, variable: phga_mm"), ("ptga_mm:", "phga_mm:")
    )
    assert found.message == "phga_mm is a variable of visits, not a score; leave out `table: scores`"


def test_all_problems_are_listed_at_once_in_the_order_of_the_file(tmp_path):
    found = problems(
        tmp_path,
        ("planned_n: 2", "planed_n: 2"),
        ("window: [15, 42]", "window: [42, 15]"),
        ("design: single_arm", "design: singel_arm"),
    )
    lines = [problem.line or 0 for problem in found]
    assert lines == sorted(lines)
    assert {"design", "planed_n"} <= {problem.key for problem in found}
    text = str(StudyFileError(found))
    assert text.startswith("3 problems:")
    assert "did you mean 'single_arm'" in text


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("baseline_visit: W00", "baseline_visit: W_00"), 12, "no visit 'W_00'; did you mean 'W00'"),
        (("from: export", "from: exprot"), 17, "no source 'exprot'; did you mean 'export'"),
        (
            ("ptga_mm: {column", "ptga_m: {column"),
            26,
            "no column of visits 'ptga_m'; did you mean 'ptga_mm'",
        ),
        (("unit: cm", "unit: kg"), 26, "unit 'kg' cannot become mm"),
        (("unit: cm", "unit: furlong"), 26, "unit 'furlong' cannot become mm"),
        (("2: F}", "2: W}"), 20, "code 2: 'W' is not allowed"),
        (("window: [15, 42]", "window: [1, 42]"), 11, "overlaps the window of W00"),
        (("window: [15, 42]", "window: [30, 42]"), 11, "target day lies outside the window"),
        (("window: [-14, 1]", "window: [-14, 0]"), 10, "target day lies outside"),
        (("window: [15, 42]", "window: [0, 42]"), 11, "there is no day 0"),
        ((", window: [15, 42]", ""), 11, "needs target_day and window"),
        (("primary_population: ALL", "primary_population: AL"), 29, "no population 'AL'; did you mean 'ALL'"),
        (("rule: enrolled", "rule: per_protocol"), 28, "needs the table `deviations`"),
        (("variable: ptga_mm", "variable: ptga"), 31, "no variable of visits 'ptga'; did you mean 'ptga_mm'"),
        (("visits: [W04]", "visits: [W4]"), 31, "no visit 'W4'; did you mean 'W04'"),
        (("visits: [W04]", "visits: [W00]"), 31, "lists the baseline visit"),
        (("higher_is_better: false", "higher_is_better: true"), 31, "contradicts the declaration of ptga_mm"),
        (("type: csv, path: export.csv", "type: csv"), 14, "a source of type csv needs path"),
        (("type: csv", "type: cvs"), 14, "did you mean 'csv'"),
        (("synthetic: true", "synthetic: perhaps"), 7, "must be true or false"),
        (("planned_n: 2", "planned_n: two"), 6, "planned_n"),
        (("subject_id: id\n        sex", "sex"), 17, "needs a mapping of subject_id"),
        (("{column: ptga, unit: cm}", "{column: ptga, value: 3}"), 26, "exactly one of"),
        (("sex: {column: sex", "patient_sex: {column: sex"), 20, "no column of subjects 'patient_sex'"),
    ],
)
def test_contradiction_is_named_at_its_line(tmp_path, change, line, message):
    found = problems(tmp_path, change)
    assert any(problem.line == line and message in str(problem) for problem in found), [str(p) for p in found]


def test_per_protocol_without_a_record_of_deviations_must_say_that_nobody_is_left_out_for_one(tmp_path):
    file = tmp_path / "study.yml"
    text = MINIMAL.replace("rule: enrolled}", "rule: per_protocol, deviations: []}")
    file.write_text(text, encoding="utf-8")
    assert read.study(file).populations["ALL"].deviations == []


def test_a_key_written_twice_is_an_error_not_a_choice(tmp_path):
    (found,) = problems(tmp_path, ("planned_n: 2", "planned_n: 2\nplanned_n: 3"))
    assert (found.line, found.key) == (7, "planned_n")
    assert "twice (first in line 6)" in found.message


def test_missing_file_and_broken_yaml_say_so(tmp_path):
    with pytest.raises(StudyFileError, match="there is no such file"):
        read.study(tmp_path / "none.yml")
    (found,) = problems(tmp_path, ("visits:\n", "visits: [\n"))
    assert "is not valid YAML" in found.message and found.line


@pytest.mark.parametrize("text", ["", "- a list\n", "just words\n"])
def test_file_that_is_no_mapping_is_refused(tmp_path, text):
    (found,) = problems(tmp_path, text=text)
    assert "key: value" in found.message


@pytest.mark.parametrize(
    ("given", "kept"), [("NO", "NO"), ("1.10", "1.10"), ("012", "012"), ("1e3", "1e3"), ("yes", "yes")]
)
def test_yaml_does_not_change_what_is_written(tmp_path, given, kept):
    file = tmp_path / "study.yml"
    file.write_text(MINIMAL.replace("institution: Nowhere", f"institution: {given}"), encoding="utf-8")
    assert read.study(file).institution == kept


def test_a_folded_text_of_several_lines_is_one_line_and_nothing_else(tmp_path):
    file = tmp_path / "study.yml"
    folded = "title: >-\n  A small\n  study of\n  three lines\n\n  and a second paragraph\n"
    file.write_text(MINIMAL.replace("title: A small study\n", folded, 1), encoding="utf-8")
    assert read.study(file).title == "A small study of three lines\nand a second paragraph"


def test_codes_01_and_1_are_two_codes(tmp_path):
    file = tmp_path / "study.yml"
    file.write_text(MINIMAL.replace("codes: {1: M, 2: F}", "codes: {1: M, 01: F}"), encoding="utf-8")
    assert read.study(file).tables["subjects"][0].mapped()["sex"].codes == {"1": "M", "01": "F"}


@pytest.mark.parametrize("day", ["2024-13-01", "2023-02-30", "1704067200", "2024/03/05"])
def test_date_must_be_a_day_written_iso(tmp_path, day):
    found = problems(tmp_path, ("planned_n: 2", f"planned_n: 2\nperiod: {{start: {day}, end: 2025-01-01}}"))
    assert [problem.key for problem in found] == ["period.start"]


def test_free_parameters_have_numbers_and_booleans(tmp_path):
    (tmp_path / "study.yml").write_text(MINIMAL, encoding="utf-8")
    file = tmp_path / "final.yml"
    given = "{a: 1, b: 2.5, c: true, d: NO, e: [1, x], f: null}"
    file.write_text(f"report: final\nnotebooks: [{{name: n, parameters: {given}}}]\n", encoding="utf-8")
    (entry,) = read.analysis(file, read.study(tmp_path / "study.yml")).notebooks
    assert entry.parameters == {"a": 1, "b": 2.5, "c": True, "d": "NO", "e": [1, "x"], "f": None}


def test_a_study_without_a_package_has_no_settings(tmp_path):
    (problem,) = problems(tmp_path, ("planned_n: 2", "planned_n: 2\nsettings: {primary: cdai}"))
    assert (problem.key, problem.message) == ("settings.primary", "unknown key")


def test_an_unknown_package_is_refused_with_the_nearest_one(tmp_path):
    (problem,) = problems(tmp_path, ("planned_n: 2", "planned_n: 2\npackage: studies.artritis"))
    assert problem.key == "package"
    assert "did you mean 'studies.arthritis'" in problem.message
    assert "there are studies.arthritis, studies.myositis" in problem.message


@pytest.mark.parametrize("name", STUDIES)
def test_study_survives_json(root, name):
    study = read.study(root / "params" / name / "study.yml")
    again = as_study(study.model_dump(mode="json", by_alias=True))
    assert again.model_dump() == study.model_dump()


def test_the_studies_of_this_project_are_the_ones_checked_here(root):
    assert {file.parent.name for file in root.glob("params/*/study.yml")} == set(STUDIES)


@pytest.mark.parametrize("report", ["interim", "final"])
@pytest.mark.parametrize("name", STUDIES)
def test_the_studies_of_this_project_are_valid(root, name, report):
    file = root / "params" / name / "study.yml"
    study = read.study(file)
    assert study.id == name
    assert read.analysis(file.with_name(f"{report}.yml"), study).report == report


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("report: final\ndata_cut: 2024-01-01\nnotebooks: [{name: a}]\n", "final report takes all data"),
        ("report: interim\nthrough_visit: W4\nnotebooks: [{name: a}]\n", "did you mean 'W04'"),
        ("report: interim\ndata_cutt: 2024-01-01\nnotebooks: [{name: a}]\n", "did you mean 'data_cut'"),
        ("report: interim\nnotebooks: []\n", "notebooks"),
        ("report: interim\nnotebooks: [{name: a}, {name: a}]\n", "listed twice"),
        ("report: interim\nnotebooks: [{name: a}]\nformats: [htm]\n", "did you mean 'html'"),
    ],
)
def test_report_file_is_checked_against_its_study(tmp_path, text, message):
    (tmp_path / "study.yml").write_text(MINIMAL, encoding="utf-8")
    (tmp_path / "interim.yml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyFileError, match=re.escape(message)):
        read.analysis(tmp_path / "interim.yml", read.study(tmp_path / "study.yml"))


@pytest.mark.parametrize(
    ("section", "told"),
    [("groups", "declare groups"), ("safety", "no section `safety:`"), ("hierarchy", "declare statistics")],
)
def test_a_section_that_is_needed_and_not_there_is_asked_for(section, told):
    with pytest.raises(ValueError, match=told):
        getattr(small_study(), f"needed_{section}")()
