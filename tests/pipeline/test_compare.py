"""Two reports compared number by number."""

import csv
import fnmatch
import io
import json
import re

import pytest
from checkout import Checkout
from small_study import small_study

from analysis.language import speaking
from analysis.result_ids import COLUMNS
from pipeline import compare
from pipeline.compare import differences, read_results
from pipeline.compare.named import Names
from pipeline.compare.phrases import ANALYSES
from pipeline.project import Project, UserError

ROW = dict.fromkeys(COLUMNS, "") | {"study": "s", "report": "final", "n": "20", "n_missing": "0"}

BEFORE = {
    "a.all.n": {"statistic": "n", "value": "20"},
    "a.all.mean": {"statistic": "mean", "value": "10.0"},
    "a.all.sd": {"statistic": "sd", "value": "2.0"},
    "a.all.p_value": {"statistic": "p_value", "value": "0.04", "method": "t"},
    "a.all.median": {"statistic": "median", "value": ""},
    "a.all.gone": {"statistic": "estimate", "value": "1.0"},
}


def write(file, rows: dict[str, dict]):
    """A results table with these rows; what is not given is as in ROW."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, "notebook"], restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({**ROW, "result_id": name, **row} for name, row in rows.items())
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.getvalue(), encoding="utf-8")
    return file


def compared(folder, changes: dict[str, dict | None], *, tolerance: float = 0, relative: float = 0):
    """The differences between BEFORE and BEFORE with changes; None takes a row away."""
    rows = {name: {**BEFORE.get(name, {}), **(changes.get(name) or {})} for name in {**BEFORE, **changes}}
    after = {name: row for name, row in rows.items() if changes.get(name, {}) is not None}
    files = write(folder / "a" / "results.csv", BEFORE), write(folder / "b" / "results.csv", after)
    return differences(*map(read_results, files), tolerance=tolerance, relative=relative)


def test_the_same_report_differs_in_nothing(tmp_path):
    assert compared(tmp_path, {}) == []


def test_the_order_of_the_rows_does_not_matter(tmp_path):
    files = [
        write(tmp_path / "a.csv", BEFORE),
        write(tmp_path / "b.csv", dict(reversed(BEFORE.items()))),
    ]
    assert differences(*map(read_results, files), tolerance=0, relative=0) == []


def test_a_change_is_given_absolute_and_relative(tmp_path):
    (found,) = compared(tmp_path, {"a.all.mean": {"value": "-10.5"}})
    assert (found.what, found.before, found.after) == ("changed", 10.0, -10.5)
    assert found.difference == -20.5
    assert found.relative == -2.05


def test_a_change_from_zero_has_no_relative_size(tmp_path):
    files = [write(tmp_path / f"{v}.csv", {"x": {"statistic": "mean", "value": v}}) for v in ("0.0", "0.5")]
    (found,) = differences(*map(read_results, files), tolerance=0, relative=0)
    assert (found.difference, found.relative) == (0.5, None)


def test_added_and_removed_results_are_told_apart(tmp_path):
    found = compared(tmp_path, {"a.all.gone": None, "a.all.new": {"statistic": "estimate", "value": "3.0"}})
    assert [(entry.result_id, entry.what, entry.before, entry.after) for entry in found] == [
        ("a.all.gone", "removed", 1.0, None),
        ("a.all.new", "added", None, 3.0),
    ]


@pytest.mark.parametrize(
    ("value", "tolerance", "relative", "n"),
    [
        ("10.25", 0, 0, 1),
        ("10.25", 0.25, 0, 0),  # just as far as allowed
        ("10.25", 0.24, 0, 1),
        ("12.5", 0, 0.2, 0),  # 2.5 is a fifth of the larger value
        ("12.5", 0, 0.19, 1),
    ],
)
def test_values_within_the_tolerance_are_the_same(tmp_path, value, tolerance, relative, n):
    found = compared(tmp_path, {"a.all.mean": {"value": value}}, tolerance=tolerance, relative=relative)
    assert len(found) == n


def test_no_tolerance_hides_another_number_of_subjects(tmp_path):
    found = compared(tmp_path, {"a.all.mean": {"n": "19", "n_missing": "1"}}, tolerance=1000, relative=1)
    assert [(entry.n_before, entry.n_after, entry.note) for entry in found] == [(20, 19, "missing: 0 -> 1")]


def test_a_value_that_appears_or_vanishes_is_a_change(tmp_path):
    found = compared(
        tmp_path, {"a.all.mean": {"value": ""}, "a.all.median": {"value": "9.0"}}, tolerance=1000
    )
    assert {(entry.result_id, entry.before, entry.after) for entry in found} == {
        ("a.all.mean", 10.0, None),
        ("a.all.median", None, 9.0),
    }


def test_another_method_or_unit_is_a_change_though_the_number_stays(tmp_path):
    found = compared(tmp_path, {"a.all.p_value": {"method": "exact"}, "a.all.sd": {"unit": "mm"}})
    assert {entry.note for entry in found} == {"method: t -> exact", "unit:  -> mm"}
    assert {entry.difference for entry in found} == {0.0}


def test_counts_come_first_then_other_numbers_of_subjects_then_the_largest_change(tmp_path):
    found = compared(
        tmp_path,
        {
            "a.all.mean": {"value": "11.0"},
            "a.all.sd": {"value": "2.0", "n": "19"},
            "a.all.n": {"value": "19"},
            "a.all.p_value": {"value": "0.08"},
            "a.all.gone": None,
        },
    )
    assert [entry.result_id for entry in found] == [
        "a.all.n",
        "a.all.sd",
        "a.all.p_value",
        "a.all.mean",
        "a.all.gone",
    ]


def test_the_csv_holds_the_numbers_unrounded(tmp_path):
    (row,) = csv.DictReader(
        io.StringIO(compare.as_csv(compared(tmp_path, {"a.all.mean": {"value": "10.1"}})))
    )
    assert float(row["difference"]) == 10.1 - 10.0
    assert row["result_id"] == "a.all.mean"
    assert row["n_after"] == "20.0"


# ---------------------------------------------------------------- what can be named, and what is refused


@pytest.fixture
def project(tmp_path) -> Project:
    """A project with two published results tables."""
    root = tmp_path / "project"
    write(root / "reports/_site/ra/interim/results.csv", BEFORE)
    write(
        root / "reports/_site/ra/final/results.csv", {**BEFORE, "a.all.n": {"statistic": "n", "value": "19"}}
    )
    (root / "params").mkdir()
    (root / "_quarto.yml").touch()
    return Project(root)


def test_a_report_is_named_by_study_and_report_folder_or_file(project):
    file = project.site / "ra" / "final" / "results.csv"
    for name in ("ra/final", str(file.parent), str(file)):
        assert compare.results_file(project, name).samefile(file)


def test_an_unknown_report_gets_the_nearest_name(project):
    with pytest.raises(UserError, match="did you mean ra/final"):
        compare.results_file(project, "ra/finl")
    with pytest.raises(UserError, match="published are ra/final, ra/interim"):
        compare.results_file(project, "zzz")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "is no results table: it has no column"),
        (
            "{head}x,,,,,,,,mean,1.0,,,1,0,\nx,,,,,,,,mean,1.0,,,1,0,\n",
            r"results\.csv:3: the result x is there twice",
        ),
        ("{head}x,,,,,,,,mean,one,,,1,0,\n", r"results\.csv:2: x holds a value that is no number"),
    ],
)
def test_a_file_that_is_no_results_table_is_refused(tmp_path, text, message):
    file = tmp_path / "results.csv"
    file.write_text(text.replace("{head}", ",".join(COLUMNS) + "\n"), encoding="utf-8")
    with pytest.raises(UserError, match=message):
        read_results(file)


def test_the_exit_code_says_equal_different_or_error(project):
    checkout = Checkout(project.root)
    same = checkout.study("diff", "ra/final", "ra/final")
    assert same.code == 0
    assert "6 results, all the same" in same.text
    different = checkout.study("diff", "ra/interim", "ra/final")
    assert different.code == 1
    assert "ra/interim -> ra/final\n1 changed of 6 results\n" in different.text
    assert "  a.all.n  20 -> 19\n" in different.text
    assert max(len(line) for line in different.text.splitlines()) <= 80
    data = json.loads(checkout.study("diff", "ra/interim", "ra/final", "--to", "json").text)
    assert data["tables"]["results"][0]["after"] == 19.0
    listed = checkout.study("diff", "ra/interim", "ra/final", "--to", "csv")
    assert listed.code == 1
    assert listed.text.splitlines()[1] == "a.all.n,changed,20.0,19.0,-1.0,-0.05,20.0,20.0,"
    assert checkout.study("diff", "ra/interim", "ra/finl").code == 2
    assert checkout.study("diff", "ra/interim", "ra/final", "--tolerance", "1").code == 0


# ---------------------------------------------------------------- built for reading


def side(folder, values: dict[str, str], people: list[tuple[str, int]], **manifest):
    """One side with a kept run: results, a manifest, and the patients of its datasets."""
    import pandas as pd

    from pipeline.compare.comparison import Side

    run = folder / "run"
    (run / "data").mkdir(parents=True)
    pd.DataFrame(people, columns=["subject_id", "age"]).to_parquet(run / "data" / "subjects.parquet")
    rows = {
        "flow.all.enrolled.all.all.n": {
            "statistic": "n",
            "analysis": "flow",
            "value": values["n"],
            "notebook": "flow",
        },
        "change_mean.all.cdai.w12.all.estimate": {
            "statistic": "estimate",
            "analysis": "change_mean",
            "variable": "CDAI",
            "visit": "W12",
            "value": values["estimate"],
            "notebook": "change",
        },
    }
    none = dict.fromkeys(("finding", "caution", "figure", "figure_finding"))
    headline = {**none, "numbers": [], "certainty": []}
    settings = {"study": small_study().model_dump(mode="json"), "analysis": {"headline": headline}}
    (run / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    cell = "#| label: tbl-change\n#| tbl-cap: Change from baseline\n#| shows: change_*\ntable"
    (run / "notebooks").mkdir()
    (run / "notebooks" / "change.ipynb").write_text(
        json.dumps({"cells": [{"cell_type": "code", "source": [cell]}]}), encoding="utf-8"
    )
    described = {"data": [], "rows": {}, "data_cut": "all data", "state": "interim", **manifest}
    return Side(folder.name, read_results(write(folder / "results.csv", rows)), described, run)


@pytest.fixture
def comparison(tmp_path):
    """Two runs that differ in every way."""
    return held_against(tmp_path)


def held_against(tmp_path):
    from pipeline.compare.comparison import compare as hold_against

    before = side(
        tmp_path / "before",
        {"n": "3", "estimate": "-4.123456"},
        [("P1", 50), ("P2", 60), ("P3", 70)],
        data=[{"source": "people", "sha256": "a"}],
        rows={"people": 3},
        params={"study.yml": "1", "final.yml": "1"},
        libraries={"numpy": "2.3"},
        modules={"src/analysis/rates.py": "1"},
    )
    after = side(
        tmp_path / "after",
        {"n": "3", "estimate": "-4.123457"},
        [("P1", 51), ("P2", 60), ("P4", 70)],
        data=[{"source": "people", "sha256": "b"}],
        rows={"people": 4},
        params={"study.yml": "2", "final.yml": "1"},
        libraries={"numpy": "2.4"},
        modules={"src/analysis/rates.py": "2"},
    )
    return hold_against(before, after)


def test_headline_numbers_come_first_and_two_that_differ_look_different(comparison):
    from pipeline.compare.told import as_text

    text = as_text(comparison)
    first = text.partition("WHAT CHANGED")[0]
    assert "  Primary: CDAI, Week 12  -4.123456 -> -4.123457\n  Enrolled  3 (same)\n" in first
    assert max(map(len, text.splitlines())) <= 80


def test_results_are_told_by_the_words_and_the_tables_of_the_report(comparison):
    from pipeline.compare.told import as_html, as_section, as_text

    name = "Mean change in CDAI at week 12"
    assert f"  Change from baseline: 1 of 1\n    {name}  -4.123456 -> -4.123457" in as_text(comparison)
    assert f"<th scope='row'>{name}</th>" in as_html(comparison)
    told = json.loads(comparison.as_json())
    assert [entry["label"] for entry in told["tables"]["Change from baseline"]] == [name]
    assert [entry["label"] for entry in told["headlines"]] == ["Primary: CDAI, Week 12", "Enrolled"]
    section = as_section(comparison)
    assert "- Primary: CDAI, Week 12: -4.123456 before, -4.123457 now" in section
    assert "Results that differ, by table: Change from baseline: 1 of 1." in section
    assert not re.search(r"\w+\.\w+\.\w+\.\w+", as_text(comparison) + section)  # no id anywhere


def test_the_section_of_a_chinese_report_is_chinese(tmp_path):
    from pipeline.compare.told import as_section

    with speaking("zh"):
        section = as_section(held_against(tmp_path))
    left = set(re.findall(r"[A-Za-z_]{3,}", section)) - {"CDAI", "numpy", "src", "analysis", "rates"}
    assert left <= {"Week", "people", "study", "yml", "sec", "since", "last", "all", "data", "None"}, left


def test_every_analysis_that_a_notebook_shows_has_words(root):
    shown = {name for table in Names(notebooks=root / "notebooks").tables for name in table.analyses}
    assert len(shown) > 80
    assert [name for name in sorted(shown) if not fnmatch.filter(ANALYSES, name)] == []


def test_causes_are_named_by_kind(comparison):
    assert comparison.causes == [
        "data people: 3 rows before, 4 now",
        "parameters: study.yml",
        "code: src/analysis/rates.py",
        "environment: numpy 2.3 -> 2.4",
    ]


def test_patients_who_came_left_and_changed_are_told_locally_and_counted_in_a_report(comparison):
    from pipeline.compare.told import as_html, as_line, as_section, as_text

    assert comparison.patients.came == ("P4",)
    assert comparison.patients.left == ("P3",)
    assert comparison.patients.changed == {"P1": ("subjects",)}
    assert "1 came: P4" in as_text(comparison)
    for told in (as_section(comparison), as_line(comparison)):
        assert "1 came, 1 left, 1 changed" in told
        assert not [name for name in ("P1", "P3", "P4") if name in told]
    assert "P4" in as_html(comparison)


def test_the_order_of_rows_is_no_change_of_a_patient(tmp_path):
    import pandas as pd

    from pipeline.compare.patients import patients

    rows = pd.DataFrame({"subject_id": ["P1", "P1", "P2"], "week": [0, 4, 0]})
    for name, frame in (("a", rows), ("b", rows.iloc[::-1])):
        (tmp_path / name).mkdir()
        frame.to_parquet(tmp_path / name / "subjects.parquet", index=False)
    assert patients(tmp_path / "a", tmp_path / "b").counted == "0 came, 0 left, 0 changed"


def test_the_page_is_fit_to_be_opened_offline(comparison):
    from pipeline.compare.told import as_html
    from pipeline.render.checks import check_page

    assert check_page(as_html(comparison)) == []
