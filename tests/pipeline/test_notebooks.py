"""Running a notebook: parameters are checked first, failures name their cell, nothing half-done is left behind."""

import json

import nbformat
import pytest

from pipeline import notebooks

PARAMETERS = (
    'study: str = "x"  # folder\nreport: str = "final"  # which\nlevel: float = 0.95  # between 0 and 1'
)


def write(folder, *cells, tagged=True, name="question"):
    """A notebook whose first code cell holds the parameters."""
    first = nbformat.v4.new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]} if tagged else {})
    content = nbformat.v4.new_notebook(cells=[first, *map(nbformat.v4.new_code_cell, cells)])
    file = folder / f"{name}.ipynb"
    nbformat.write(content, file)
    return file


def run(file, folder, **given):
    target = folder / "out" / file.name
    notebooks.run(file, target, parameters={"study": "x", "report": "final", **given}, folder=folder)
    return target


def test_given_values_reach_the_cells_and_ids_alone_are_recorded(tmp_path):
    target = run(write(tmp_path, "print(level * 2)"), tmp_path, level=0.9)
    executed = nbformat.read(target, as_version=4)
    assert executed.cells[-1].outputs[0].text == "1.8\n"
    assert "papermill" not in executed.metadata
    assert not any("papermill" in cell.metadata or "execution" in cell.metadata for cell in executed.cells)
    assert str(tmp_path) not in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"levle": 0.9}, "unknown parameter 'levle'; did you mean 'level'"),
        ({"level": "0.9"}, "parameter 'level' is str, expected float"),
        ({"level": True}, "parameter 'level' is bool, expected float"),
    ],
)
def test_a_wrong_parameter_stops_before_a_kernel_starts(tmp_path, given, message):
    with pytest.raises(notebooks.NotebookError, match=message):
        run(write(tmp_path, "print(1)"), tmp_path, **given)
    assert not (tmp_path / "out" / "question.ipynb").exists()


def test_parameters_marked_in_a_comment_only_are_refused(tmp_path):
    with pytest.raises(notebooks.NotebookError, match="no cell is tagged 'parameters' in its metadata"):
        run(write(tmp_path, "print(1)", tagged=False), tmp_path)


def test_a_failing_cell_is_named_and_the_last_good_output_stays(tmp_path):
    good = run(write(tmp_path, "print('first')"), tmp_path)
    before = good.read_text(encoding="utf-8")
    with pytest.raises(
        notebooks.NotebookError, match=r"notebook question, cell 4 \('1 / 0'\): ZeroDivisionError"
    ):
        run(write(tmp_path, "print('second')", "1 / 0"), tmp_path)
    assert good.read_text(encoding="utf-8") == before
    assert "second" in good.with_suffix(".failed.ipynb").read_text(encoding="utf-8")
    assert not good.with_suffix(".partial.ipynb").exists()


def test_a_success_removes_the_copy_of_an_earlier_failure(tmp_path):
    with pytest.raises(notebooks.NotebookError):
        run(write(tmp_path, "1 / 0"), tmp_path)
    good = run(write(tmp_path, "print(1)"), tmp_path)
    assert not good.with_suffix(".failed.ipynb").exists()


def test_a_cell_that_hangs_is_ended(tmp_path):
    file = write(tmp_path, "import time; time.sleep(60)")
    with pytest.raises(notebooks.NotebookError, match="Timeout"):
        notebooks.run(
            file,
            tmp_path / "out.ipynb",
            parameters={"study": "x", "report": "final"},
            folder=tmp_path,
            cell_timeout=2,
        )


def test_warnings_of_the_kernel_do_not_travel_with_the_output(tmp_path):
    target = run(write(tmp_path, "import sys; print('secret path', file=sys.stderr)"), tmp_path)
    printed = [
        output for cell in nbformat.read(target, as_version=4).cells for output in cell.get("outputs", [])
    ]
    assert printed == []


def test_published_rows_are_collected_in_order(tmp_path):
    file = write(
        tmp_path,
        "from analysis import results",
        "rows = results.rows_of({'estimate': 1.5, 'conf_low': float('nan'), 'n': 3}, analysis='a', variable='v')",
        "results.publish(rows, study=study, report=report)",
    )
    rows = notebooks.published_results(run(file, tmp_path))
    assert [(row["result_id"], row["value"]) for row in rows] == [
        ("a.all.v.all.all.estimate", 1.5),
        ("a.all.v.all.all.conf_low", None),
        ("a.all.v.all.all.n", 3.0),
    ]
    assert json.loads(json.dumps(rows)) == rows
