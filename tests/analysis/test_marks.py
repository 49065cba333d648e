"""Tables with a row per patient, and figures with a mark per patient, say so themselves."""

import ast
from pathlib import Path

import pandas as pd
import pytest

from analysis import media, tables

FIGURES = Path(__file__).resolve().parents[2] / "src" / "analysis" / "figures"
ONE_BY_ONE = {"paired", "spaghetti", "tis_waterfall", "swimmer", "dose_timelines", "lab_shift"}


@pytest.mark.parametrize("head", ["受试者", "患者", "编号", "Subject", "x"])
def test_a_listing_is_marked_by_its_data_not_by_its_heading(head):
    rows = pd.DataFrame({"subject_id": ["RA-001"], "age": [50.0]})
    assert tables.frame_table(rows, labels={"subject_id": head})._repr_mimebundle_()[media.MARKS] == {
        "per_patient": True
    }


def test_a_table_of_counts_is_not_marked():
    assert media.MARKS not in tables.frame_table(pd.DataFrame({"sex": ["F"], "n": [12]}))._repr_mimebundle_()


def test_every_figure_of_single_patients_is_marked():
    marked = set()
    for file in FIGURES.glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "per_patient=True" in ast.unparse(node):
                marked.add(node.name)
    assert marked == ONE_BY_ONE
