"""An interim report at another data cut, without rendering it: datasets, cells of its notebooks, ids of its text."""

import ast
import json
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from checkout import ROOT

from analysis.language import ENGLISH, speaking
from analysis.media import RESULTS
from pipeline import prepare, resolve
from pipeline.project import as_json
from pipeline.texts import in_language

LABEL = re.compile(r"#\| label: (\S+)")


@dataclass
class Interim:
    """What came of an interim report at one date."""

    failed: dict[str, str] = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)  # what is shown, by the cell that shows it
    folder: Path | None = None


def interim_at(folder: Path, study: str, day: str, *, only=None, lang: str = "en") -> Interim:
    """Prepare the datasets of a study's interim report as of a day and run its notebooks in this process.

    `lang` is the language of what they show.
    """
    found = resolve._read(ROOT, study, "interim")
    own = ROOT / "params" / study / f"{lang}.po"
    place = folder / study / "interim"
    place.mkdir(parents=True, exist_ok=True)
    settings = place / "asked.json"
    content = {
        "study": {**in_language(found.study, lang, own), "lang": lang},
        "analysis": {**found.analysis, "data_cut": day},
        "criteria": in_language(found.criteria, lang, own, keep=("label",)),
        "data_cut": day,
        "state": "interim",
    }
    settings.write_text(as_json(content), encoding="utf-8")
    outcome = Interim(folder=place)
    with speaking(ENGLISH), patch.dict(os.environ, {"STUDY_BUILD": str(folder)}):
        prepare.prepare(settings=settings, root=ROOT, index=place / "data" / "index.json")
        for entry in found.analysis["notebooks"]:
            if only is None or entry["name"] in only:
                given = {"study": study, "report": "interim", **entry["parameters"]}
                try:
                    outcome.rows += run_cells(
                        ROOT / "notebooks" / f"{entry['name']}.ipynb", given, shown=outcome.texts
                    )
                except Exception as error:  # every failure is told, with its notebook
                    outcome.failed[entry["name"]] = f"{type(error).__name__}: {error}"
    return outcome


def run_cells(notebook: Path, given: dict, *, shown: list | None = None) -> list[dict]:
    """Run the cells of a notebook in this process as JupyterLab would; the results that it publishes.

    What its cells show (tables, captions, texts of figures and what is said in their place) goes to `shown`.
    """
    names: dict = {}
    published: list[dict] = []
    cells = [c for c in json.loads(notebook.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    texts: list[str] = []
    with _displays(published, texts):
        for number, cell in enumerate(cells):
            try:
                texts.clear()
                _run("".join(cell["source"]), names, published, texts)
                if shown is not None:
                    label = LABEL.search("".join(cell["source"]))
                    shown += [(label[1] if label else notebook.stem, text) for text in texts]
            except Exception as error:
                first = next(line for line in cell["source"] if line.strip() and not line.startswith("#|"))
                error.add_note(f"cell {number}: {first.strip()}")
                error.args = (f"cell {number} ({first.strip()}): {error}",)
                raise
            if "parameters" in cell["metadata"].get("tags", []):
                names.update(given)
    return published


def _run(source: str, names: dict, published: list[dict], texts: list[str]) -> None:
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    body = tree.body[:-1] if last else tree.body
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last:
        _show(eval(compile(ast.Expression(last.value), "cell", "eval"), names), published, texts)


def _show(shown, published: list[dict], texts: list[str]) -> None:
    """What JupyterLab does with the last value of a cell; pictures are laid out, not painted."""
    if hasattr(shown, "figure") and hasattr(shown, "alt"):
        shown.figure.draw_without_rendering()
        texts += [shown.alt, *texts_of_figure(shown.figure)]
    elif hasattr(shown, "_repr_mimebundle_"):
        data = shown._repr_mimebundle_()
        data = data[0] if isinstance(data, tuple) else data
        texts += [text for text in [data.get("text/markdown")] if text]
        published += json.loads(data.get(RESULTS, {"rows": "[]"})["rows"])


@contextmanager
def _displays(published: list[dict], texts: list[str]):
    """``display(x)`` in a cell."""

    def display(*shown, metadata=None, **_):
        texts.extend((metadata or {}).values())
        for one in shown:
            _show(one, published, texts)

    with patch("IPython.display.display", display), patch("builtins.display", display, create=True):
        yield


def texts_of_figure(figure) -> list[str]:
    """Every text that a figure shows, in the language of the report."""
    from matplotlib.text import Text

    from analysis.figures.drawn import _in_language

    _in_language(figure)
    return [text.get_text() for text in figure.findobj(Text)]
