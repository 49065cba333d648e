"""The tables and figures of a report: where they stand, and by which methods their numbers are made."""

from collections.abc import Iterable

from analysis.language import current, tr
from pipeline.papers.plan_text import Exhibit
from pipeline.papers.prose import is_finding
from pipeline.publish.documents import HEADING
from pipeline.render.checks.stage import CLOSE, OPEN
from pipeline.render.notebook import cell_options, source_text
from pipeline.render.source import SHORTCODE, Line

MOST = 6  # methods told of one exhibit


def exhibits_of(lines: Iterable[Line]) -> list[Exhibit]:
    """Every table and figure that a text embeds, with the section of the first level above it and its finding."""
    found, chapter, depth, finding = [], "", 0, None
    for line in lines:
        if line.code:
            continue
        finding = _finding(line.text, finding)
        depth += bool(OPEN.match(line.text)) - bool(CLOSE.match(line.text))
        match = None if depth else HEADING.match(line.text)
        if match and len(match[1]) == 1:
            chapter = match[2]
        for code in SHORTCODE.finditer(line.text):
            file, _, label = code[2].partition("#")
            if code[1] == "embed" and label.startswith(("fig-", "tbl-")):
                name = file.rpartition("/")[2].removesuffix(".ipynb")
                found.append(Exhibit(name, label, chapter, "\n".join(finding or ()).strip()))
    return list({one.label: one for one in found}.values())


def _finding(line: str, told: list[str] | None) -> list[str] | None:
    """The sentence of a division that tells what its exhibit finds, up to this line; None outside of such ones."""
    opens = OPEN.match(line)
    if opens or CLOSE.match(line):
        return [] if opens and is_finding(opens[1]) else None
    return told if told is None or line.startswith("{{< embed") else [*told, line]


def run_exhibits(exhibits: Iterable[Exhibit], executed: dict[str, dict]) -> list[Exhibit]:
    """Those that the notebooks of a run have; one that was added to the text since has no shell yet."""
    return [one for one in exhibits if one.notebook in executed and _cell(executed[one.notebook], one.label)]


def _cell(notebook: dict, label: str) -> dict | None:
    """The options of the cell of that label."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            options = cell_options(source_text(cell["source"]))
            if options.get("label") == label:
                return options
    return None


def methods_of(
    exhibits: Iterable[Exhibit], executed: dict[str, dict], rows: list[dict]
) -> dict[str, list[str]]:
    """By label, the methods of the results that a table shows; in another language those that are translated."""
    made: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["method"] and row["analysis"] != "hierarchy":
            made.setdefault((row["notebook"], row["analysis"]), []).append(row["method"])
    told = {}
    for one in exhibits:
        wanted = _shown(executed[one.notebook], one.label)
        methods = dict.fromkeys(m for name in wanted for m in made.get((one.notebook, name), []))
        said = [tr(m) for m in methods if current() == "en" or tr(m) != m]
        told[one.label] = said[:MOST]
    return told


def _shown(notebook: dict, label: str) -> list[str]:
    """The analyses whose results a cell says it shows."""
    shown = str((_cell(notebook, label) or {}).get("shows", ""))
    return [name.strip() for name in shown.split(",") if name.strip() not in ("", "none")]
