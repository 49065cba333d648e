"""The table of faults in the handbook names every test of this folder, and no other."""

import ast
import re
from pathlib import Path


def test_the_table_of_the_handbook_names_every_fault(root):
    text = (root / "docs" / "schedule.qmd").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", text)
    files = [file for file in Path(__file__).parent.glob("test_*.py") if file != Path(__file__)]
    own = {
        entry.name
        for file in files
        for entry in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(entry, ast.FunctionDef) and entry.name.startswith("test_")
    }
    assert len(named) == len(set(named))
    assert set(named) == own
