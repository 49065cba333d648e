"""An interim report at another data cut, without rendering it: datasets, cells of its notebooks, ids of its text."""

import ast
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from checkout import ROOT

from pipeline import prepare, resolve
from pipeline.notebooks import RESULTS
from pipeline.project import as_json


@dataclass
class Interim:
    """What came of an interim report at one date."""

    failed: dict[str, str] = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)
    folder: Path | None = None


def interim_at(folder: Path, study: str, day: str, *, only=None) -> Interim:
    """Prepare the datasets of a study's interim report as of a day and run its notebooks in this process."""
    found = resolve._read(ROOT, study, "interim")
    place = folder / study / "interim"
    place.mkdir(parents=True, exist_ok=True)
    settings = place / "asked.json"
    content = {
        "study": found.study,
        "analysis": {**found.analysis, "data_cut": day},
        "criteria": found.criteria,
        "data_cut": day,
        "state": "interim",
    }
    settings.write_text(as_json(content), encoding="utf-8")
    outcome = Interim(folder=place)
    prepare.prepare(settings=settings, root=ROOT, index=place / "data" / "index.json")
    with patch.dict(os.environ, {"STUDY_BUILD": str(folder)}):
        for entry in found.analysis["notebooks"]:
            if only is None or entry["name"] in only:
                given = {"study": study, "report": "interim", **entry["parameters"]}
                try:
                    outcome.rows += run_cells(ROOT / "notebooks" / f"{entry['name']}.ipynb", given)
                except Exception as error:  # every failure is told, with its notebook
                    outcome.failed[entry["name"]] = f"{type(error).__name__}: {error}"
    return outcome


def run_cells(notebook: Path, given: dict) -> list[dict]:
    """Run the cells of a notebook in this process as JupyterLab would; the results that it publishes."""
    names: dict = {}
    published: list[dict] = []
    cells = [c for c in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    with _displays(published):
        for number, cell in enumerate(cells):
            try:
                _run("".join(cell["source"]), names, published)
            except Exception as error:
                first = next(line for line in cell["source"] if line.strip() and not line.startswith("#|"))
                error.add_note(f"cell {number}: {first.strip()}")
                error.args = (f"cell {number} ({first.strip()}): {error}",)
                raise
            if "parameters" in cell["metadata"].get("tags", []):
                names.update(given)
    return published


def _run(source: str, names: dict, published: list[dict]) -> None:
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    body = tree.body[:-1] if last else tree.body
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last:
        _show(eval(compile(ast.Expression(last.value), "cell", "eval"), names), published)


def _show(shown, published: list[dict]) -> None:
    """What JupyterLab does with the last value of a cell; pictures are laid out, not painted."""
    if hasattr(shown, "figure") and hasattr(shown, "alt"):
        shown.figure.draw_without_rendering()
    elif hasattr(shown, "_repr_mimebundle_"):
        data = shown._repr_mimebundle_()
        data = data[0] if isinstance(data, tuple) else data
        published += json.loads(data.get(RESULTS, {"rows": "[]"})["rows"])


@contextmanager
def _displays(published: list[dict]):
    """``display(x)`` in a cell."""

    def display(*shown, **_):
        for one in shown:
            _show(one, published)

    with patch("IPython.display.display", display), patch("builtins.display", display, create=True):
        yield
