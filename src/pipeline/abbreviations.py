"""The list of abbreviations of a report: those of the project's list that its text, tables or captions use."""

import csv
import json
import re
from collections.abc import Iterable
from pathlib import Path

from analysis.language import semicolons, tr
from pipeline.project import write_if_changed

LIST, PARTS = "_abbreviations.csv", "_*abbreviations.qmd"  # a study may have a copy of its own
INCLUDE = re.compile(r"\{\{<\s*include\s+(\S+)\s*>\}\}")
WORDS = ("text/markdown", "text/html", "text/plain")


EVERYBODY = {"CI", "SD"}  # spelled out in the list alone


def under_tables(stage: Path) -> dict:
    """What the renderers must know to spell out under a table of the main report what it abbreviates."""
    named = {name: meaning for name, meaning in _known(stage).items() if name not in EVERYBODY}
    texts = {name: tr("{label}: {value}", label=name, value=tr(meaning)) for name, meaning in named.items()}
    return {
        "spelled-out": [{"name": name, "text": text} for name, text in texts.items()],
        "spelled-out-list": semicolons(["A", "B"]) + tr(".", context="full stop"),
    }


def _known(stage: Path) -> dict[str, str]:
    with (stage / "parts" / LIST).open(encoding="utf-8", newline="") as file:
        return {row["abbreviation"]: row["meaning"] for row in csv.DictReader(file)}


def write_abbreviations(stage: Path) -> None:
    """Fill the part that lists the abbreviations a staged report uses."""
    known = _known(stage)
    texts = list(included_texts(stage, stage / "index.qmd"))
    texts += [text for file in sorted(stage.glob("notebooks/*.ipynb")) for text in shown_texts(file)]
    used = used_abbreviations(texts, known)
    lines = [f"| {name} | {tr(known[name])} |" for name in used]
    table = "\n".join(
        [f"| {tr('Abbreviation')} | {tr('Meaning')} |", "|:-------|:-------------------------|", *lines]
    )
    for part in (stage / "parts").glob(PARTS):
        write_if_changed(part, f"{table}\n\n: {tr('Abbreviations')} {{#tbl-abbreviations}}\n")


def included_texts(stage: Path, file: Path) -> Iterable[str]:
    """The text of a report and of the parts it takes in; parts of other studies lie beside them, unread."""
    text = file.read_text(encoding="utf-8")
    yield text
    for part in (stage / name for name in INCLUDE.findall(text)):
        if part.is_file():  # the renderer says which one is not there
            yield from included_texts(stage, part)


def shown_texts(notebook: Path) -> Iterable[str]:
    """What the labelled cells of an executed notebook show, with their captions."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or "#| label:" not in source:
            continue
        yield "\n".join(line for line in source.splitlines() if line.startswith("#|"))
        for output in cell["outputs"]:
            yield from ("".join(output.get("data", {}).get(kind, "")) for kind in WORDS)


def used_abbreviations(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    """Those that stand in a text as words of their own, in alphabetical order.

    Examples
    --------
    >>> used_abbreviations(["CDAI of 10 or less, b/tsDMARDs"], ["CDAI", "SDAI", "DMARD", "b/tsDMARD"])
    ['b/tsDMARD', 'CDAI']
    """
    text = "\n".join(texts)
    there = (name for name in known if name in text)  # a search by pattern takes far longer to find nothing
    # beside a Chinese sign a name is a word of its own, but 抗SAE抗体 is anti-SAE
    found = [
        name for name in there if re.search(rf"(?<![\w/抗-]){re.escape(name)}s?(?![\w/])", text, re.ASCII)
    ]
    return sorted(found, key=str.casefold)
