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


OTHER_DATA = "the datasets are no longer those that R read: run tests/reports/r/export.py and final.R again"


@pytest.mark.parametrize("study", NEEDED)
def test_values_are_those_of_r(study):
    """Whatever the datasets have become since: R's numbers stand until R is asked again."""
    rows = results_of(study)
    compared = [value for value in R["values"] if value["study"] == study]
    assert len(compared) > 60
    wrong = [told for value in compared if (told := difference(value, rows))]
    assert not wrong, "\n".join([*([] if digest(study) == R["data"][study] else [OTHER_DATA]), *wrong])


def difference(value, rows):
    """What is wrong with a result beside R's number; nothing where they agree."""
    key = tuple(value[name] for name in ("analysis", "variable", "visit", "group", "statistic"))
    if key not in rows:
        return f"no result {'.'.join(key)}"
    ours = float(rows[key]["value"])
    if ours == pytest.approx(value["value"], rel=value["tol"], abs=1e-12):
        return ""
    return f"{rows[key]['result_id']}: {ours!r}, by R {value['value']!r}"
