"""Two reports compared number by number."""

import csv
import io

import pytest
from checkout import Checkout

from analysis.results import COLUMNS
from pipeline import compare
from pipeline.compare import differences, read_results
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
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
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
    assert [(entry.n_before, entry.n_after, entry.note) for entry in found] == [(20, 19, "n_missing: 0 -> 1")]


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
    assert (same.code, same.text) == (0, "6 results, all the same.\n")
    different = checkout.study("diff", "ra/interim", "ra/final")
    assert different.code == 1
    assert "ra/interim -> ra/final: 1 results differ" in different.text
    assert "-1" in different.text
    listed = checkout.study("diff", "ra/interim", "ra/final", "--to", "csv")
    assert listed.code == 1
    assert listed.text.splitlines()[1] == "a.all.n,changed,20.0,19.0,-1.0,-0.05,20.0,20.0,"
    assert checkout.study("diff", "ra/interim", "ra/finl").code == 2
    assert checkout.study("diff", "ra/interim", "ra/final", "--tolerance", "1").code == 0
