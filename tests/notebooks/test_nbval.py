"""The notebooks once more by nbval, in ordinary kernels: every cell runs, and the published numbers are the same.

What papermill executed is the reference. nbval is lax, so that text, tables and pictures may differ in form; only the
cell that publishes the results is tagged to be compared, with every row at full precision.
"""

import json
import os
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest

from analysis.media import RESULTS

pytest.importorskip("nbval", reason="nbval is not installed")
PLANTED = "planted"  # a copy with one number changed, which must be found


@pytest.fixture(scope="module")
def outcomes(auranofin, tmp_path_factory) -> dict[str, list[str]]:
    """By notebook, how each cell of code went: passed or failed."""
    folder = tmp_path_factory.mktemp("nbval")
    for file in sorted((auranofin.built("ra_auranofin", "final") / "notebooks").glob("*.ipynb")):
        content = tagged(nbformat.read(file, as_version=4))
        nbformat.write(content, folder / file.name)
        if file.stem == "flow":
            change_first_number(content)
            nbformat.write(content, folder / f"{PLANTED}.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbval-lax",
        "--nbval-current-env",
        "-p",
        "no:cacheprovider",
        "-q",
    ]
    given = {**os.environ, "STUDY_BUILD": str(auranofin.root / "build")}
    subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder), "--junitxml", "cells.xml", "."],
        cwd=folder, env=given, check=False, capture_output=True,
    )  # fmt: skip
    found: dict[str, list[str]] = {}
    for case in ElementTree.parse(folder / "cells.xml").iter("testcase"):
        name = case.get("classname").removesuffix(".ipynb").split(".")[-1]
        bad = case.find("failure") is not None or case.find("error") is not None
        found.setdefault(name, []).append("failed" if bad else "passed")
    return found


def publishing(notebook):
    """The cell that shows the results, with that output."""
    return next(
        (cell, output)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if RESULTS in output.get("data", {})
    )


def tagged(notebook):
    """The executed notebook, its published numbers marked for comparison."""
    cell, _ = publishing(notebook)
    cell.metadata.setdefault("tags", []).append("nbval-check-output")
    return notebook


def change_first_number(notebook) -> None:
    _, output = publishing(notebook)
    rows = json.loads(output["data"][RESULTS]["rows"])
    rows[0]["value"] += 1
    output["data"][RESULTS]["rows"] = json.dumps(rows)


def test_every_cell_runs_and_publishes_the_numbers_of_the_report(outcomes):
    good = {name: cells for name, cells in outcomes.items() if name != PLANTED}
    assert set(good) == {"data_quality", "flow", "baseline", "change", "comparison", "missing_values"}
    assert {name: set(cells) for name, cells in good.items()} == {name: {"passed"} for name in good}


def test_one_changed_number_is_found(outcomes):
    *before, last = outcomes[PLANTED]
    assert (set(before), last) == ({"passed"}, "failed")
