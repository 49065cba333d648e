"""Numbers of the two registered final reports against R's, computed from the same published datasets (`r/final.R`)."""

import csv
import io
import json
from functools import cache
from pathlib import Path

import pytest
from reports.pages import published
from reports.r.export import NEEDED, digest

R = json.loads((Path(__file__).parent / "r" / "final.json").read_text(encoding="utf-8"))


@cache
def results_of(study):
    lines = csv.DictReader(io.StringIO(published(study, "final", "results.csv")))
    names = ("analysis", "variable", "visit", "group", "statistic")
    return {tuple("" if row[name] == "all" else row[name] for name in names): row for row in lines}


@pytest.mark.parametrize("study", NEEDED)
def test_values_are_those_of_r(study):
    rows = results_of(study)
    if digest(study) != R["data"][study]:
        pytest.skip(
            "the datasets are no longer those that R read: run tests/reports/r/export.py and final.R again"
        )
    compared = [value for value in R["values"] if value["study"] == study]
    assert len(compared) > 60
    for value in compared:
        row = rows[tuple(value[name] for name in ("analysis", "variable", "visit", "group", "statistic"))]
        assert float(row["value"]) == pytest.approx(value["value"], rel=value["tol"], abs=1e-12), row[
            "result_id"
        ]
