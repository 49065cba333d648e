"""The handbook's recipe for a table of one's own, walked as it stands."""

import json
import os
import re
from unittest.mock import patch

import pytest
from at_dates import run_cells
from checkout import ROOT

from pipeline import prepare, resolve
from pipeline.project import as_json

RECIPE = re.search(
    r"\{#sec-own-table\}\n(.*?)\n# ", (ROOT / "docs/edit_a_notebook.qmd").read_text(encoding="utf-8"), re.S
)[1]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """The results of the notebook that the recipe's blocks make, by id, on the public trial."""
    folder = tmp_path_factory.mktemp("own")
    cells = [
        {"cell_type": "code", "source": block.splitlines(keepends=True), "metadata": {}}
        for block in re.findall(r"```python\n(.*?)```", RECIPE, re.S)
    ]
    cells[0]["metadata"] = {"tags": ["parameters"]}
    notebook = folder / "quartiles.ipynb"
    notebook.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    found = resolve._read(ROOT, "ra_auranofin", "final")
    place = folder / "ra_auranofin" / "final"
    place.mkdir(parents=True)
    content = {"study": found.study, "analysis": found.analysis, "criteria": found.criteria}
    (place / "asked.json").write_text(as_json({**content, "data_cut": None, "state": "draft"}))
    prepare.prepare(settings=place / "asked.json", root=ROOT, index=place / "data" / "index.json")
    with patch.dict(os.environ, {"STUDY_BUILD": str(folder)}):
        rows = run_cells(notebook, {"study": "ra_auranofin", "report": "final"})
    return {row["result_id"]: row for row in rows}


def test_the_numbers_are_those_of_the_data(published, shared_data):
    import pandas as pd

    raw = pd.read_csv(shared_data / "ra_auranofin.csv")
    known = raw.loc[raw["time"].eq(3), "y"].dropna()
    id_ = "quartiles.all.self_assessment.m3.all"
    assert published[f"{id_}.n"]["value"] == len(known)
    for name, share in {"q1": 0.25, "median": 0.5, "q3": 0.75}.items():
        assert published[f"{id_}.{name}"]["value"] == known.quantile(share)


def test_visits_come_in_order_of_time_and_every_number_the_recipe_names_is_there(published):
    visits = list(dict.fromkeys(row["visit"] for row in published.values()))
    assert visits == ["W00", "M1", "M3", "M5"]
    named = re.findall(r"`(quartiles\.all[\w.]+)`", RECIPE)
    assert named and set(named) <= set(published)
    assert "notebooks/quartiles.ipynb#tbl-quartiles" in RECIPE
