"""The mechanical part of how notebooks are written: see the handbook, "Edit a notebook"."""

import ast
import json
import re
from pathlib import Path

import nbformat
import pytest

from analysis.study.catalogue import KINDS
from pipeline.parameters import declared, is_text

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
FILES = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def text(cell):
    return "".join(cell["source"])


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def tagged(notebook):
    return [cell for cell in code(notebook) if "parameters" in cell["metadata"].get("tags", [])]


def test_there_are_notebooks():
    assert FILES


def test_notebooks_are_committed_without_outputs(notebook):
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code(notebook))


def test_the_title_asks_a_question_and_the_records_in_scope_are_said(notebook):
    first = text(notebook["cells"][0])
    assert re.match(r"# [^\n]+\?\n\n\S", first), (
        "the first cell is '# Question?' and a paragraph on the records"
    )


def test_parameters_are_tagged_typed_and_explained_without_an_equals_sign(notebook):
    (cell,) = tagged(notebook)
    for line in text(cell).splitlines():
        assert re.fullmatch(r"\w+: (str|int|float|bool|list\[str\]) = [^#]+  # [^=]+", line), line


def test_text_parameters_say_what_they_name(notebook):
    for parameter in declared(nbformat.reads(json.dumps(notebook), as_version=4)).values():
        known = parameter.choices or parameter.kind in {*KINDS, "text"} or "." in parameter.kind
        assert known or not is_text(parameter), f"{parameter.name}: '{parameter.kind}' is no kind of name"


def test_cells_have_at_most_15_lines(notebook):
    """The declaration of what a table shows is no line of code."""
    lines = {
        text(cell).splitlines()[0]: re.sub(
            r"^#\| shows:.*\n", "", text(cell).strip(), flags=re.M
        ).splitlines()
        for cell in code(notebook)
        if text(cell).strip()
    }
    assert not [first for first, kept in lines.items() if len(kept) > 15]


def test_every_table_says_which_results_it_shows(notebook):
    """A release tells no other number of it; `none` where no number is of patients."""
    tables = [text(cell) for cell in code(notebook) if re.search(r"^#\| label: tbl-", text(cell), re.M)]
    assert not [source for source in tables if not re.search(r"^#\| shows: [\w*, ]+$", source, re.M)]


def test_no_function_class_or_magic_is_defined(notebook):
    for cell in code(notebook):
        assert not re.search(r"^\s*[%!]", text(cell), re.M)
        tree = ast.parse(text(cell))
        assert not [
            n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
        ]


def test_no_name_is_assigned_twice(notebook):
    seen = {}
    for number, cell in enumerate(code(notebook)):
        for statement in ast.parse(text(cell)).body:
            targets = (
                statement.targets
                if isinstance(statement, ast.Assign)
                else [getattr(statement, "target", None)]
            )
            if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
                continue
            for name in (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)):
                assert name not in seen, f"{name} is assigned again in code cell {number}"
                seen[name] = number


def test_labels_have_captions_and_are_unique(notebook):
    labels = []
    for cell in code(notebook):
        if found := re.search(r"^#\| label: (\S+)$", text(cell), re.M):
            kind = found[1].split("-")[0]
            assert kind in {"tbl", "fig"}
            assert f"#| {kind}-cap: " in text(cell)
            labels.append(found[1])
    assert len(labels) == len(set(labels))


def test_no_number_is_typed_in_prose(notebook):
    allowed = r"95 %|F\.?\d|\d{4}-\d{2}-\d{2}|2010|1987|2017|2016|2\.0|1\.0|DAS28|ACR ?20|EQ-5D|SF-36|MMT-8|NCT\d+|E9"
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            prose = re.sub(allowed, "", text(cell))
            assert not re.search(r"(?<![\w.-])\d+([.,]\d+)?(?![\w-])", prose), text(cell)


def test_the_last_cell_publishes_results(notebook):
    assert "results.publish(" in text(code(notebook)[-1])
