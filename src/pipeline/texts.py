"""The texts of a report in its language: the study file, the prose of its pages, captions of its notebooks.

The sources stay as they are, in English: structure, numbers and references exist once. A text is taken whole (a
paragraph, a heading, an item, a cell, a caption), looked up, and put back in its place; see `analysis.language`.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from analysis.language import ENGLISH, SPACELESS, current, mark, speaking, tr

# Entries of a study file and of a list of criteria that a reader sees; all others name something.
SHOWN = {
    *(
        "label",
        "labels",
        "title",
        "short_title",
        "institution",
        "caveats",
        "description",
        "protocol",
        "handling",
    ),
    *(
        "basis",
        "dictionary",
        "ethics",
        "funding",
        "text",
        "resolution",
        "note",
        "item",
        "section",
        "attribute",
        "primary",
        "second",
    ),
    *("finding", "caution", "certainty", "figure_finding"),
}
INSIDE = {
    *(("discrepancies", "registry"), ("looks", "reason"), ("minimal_difference", "source")),
    *(("objectives", "secondary"), ("objectives", "exploratory"), ("plan_changes", "reason")),
}
DATA = {"sources", "tables", "drugs", "ranges"}  # these speak of the export, in its own words

ATTRIBUTES = re.compile(r"^(.*?)(\s*\{[#.][^{}<>]*\})\s*$", re.DOTALL)
HEADING = re.compile(r"^(#{1,6}\s+)(.*)$")
ITEM = re.compile(r"^(\s*(?:[-*+]|\d+[.)])\s+)(.*)$")
CAPTION = re.compile(r"^(:\s+)(.*)$")
KEY = re.compile(r"^((?:title|subtitle|abstract|description):\s*)(.*)$")
WHOLE = re.compile(r"^\s*(?::::.*|\{\{<\s*(?:embed|include)\s[^>]*>\}\}|<!--.*-->)\s*$")
RULE = re.compile(r"^\|[\s:|-]+\|$")
OPTION = re.compile(r"^(#\|\s*(?:tbl-cap|fig-cap|fig-alt):\s*)(.*)$")
# Pandoc takes Chinese characters beside a reference for a part of it: its key is put in brackets of its own.
REFERENCE = re.compile(r"(?<![\[;@A-Za-z0-9])(?<!; )@((?:fig|tbl|sec)-[A-Za-z0-9_-]*[A-Za-z0-9])")
AUTHOR = re.compile(r"(?<=[\u2e80-\u9fff])@([A-Za-z][A-Za-z0-9_]*)(?=[\u2e80-\u9fff])")
MARKED = re.compile("⟦(.*?)⟧", re.DOTALL)


PAGE_TAGS = {"zh": "zh-Hans"}  # how HTML calls a language, where that is not its name
REFERENCES = {"fig": mark("Figure"), "tbl": mark("Table")}


def report_language_metadata() -> dict:
    """The same for a report, which cites by numbers where the words of an author-date style are not English."""
    found = language_metadata()
    return found and {**found, "csl": "_style/numbered.csl"}


def language_metadata() -> dict:
    """What the renderers must know of the language; nothing for English, which the project's own settings say."""
    if current() == ENGLISH:
        return {}
    names = {f"{kind}-{part}": tr(word) for kind, word in REFERENCES.items() for part in ("title", "prefix")}
    return {
        "lang": current(),
        "page-lang": PAGE_TAGS.get(current(), current()),
        "toc-title": tr("Contents"),
        "crossref": {**names, "sec-prefix": "", "title-delim": tr(":")},
        "language": {"section-title-references": tr("References")},
    }


def in_language(content: Any, language: str, *own: Path, keep: Collection[str] = ()) -> Any:
    """What a study file says, with the texts that a reader sees in that language.

    Parameters
    ----------
    content : dict
        A study, an analysis or a list of criteria as resolved.
    language : str
    *own : Path
        The study's own catalogue.
    keep : collection of str
        Entries that stay, because results are named by them; tables look them up when they show them.
    """
    if language == ENGLISH:
        return content
    with speaking(language, *own):
        return _walked(content, "", "", tr, keep)


def shown_texts(content: Any) -> list[str]:
    """The texts of a study file that a reader sees."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    _walked(content, "", "", note)
    return found


def _walked(value: Any, key: str, above: str, put: Callable[[str], str], keep: Collection[str] = ()) -> Any:
    if isinstance(value, dict):
        return {
            name: item if name in DATA else _walked(item, key if key == "labels" else name, key, put, keep)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_walked(item, key, above, put, keep) for item in value]
    if (
        isinstance(value, str)
        and value.strip()
        and key not in keep
        and (key in SHOWN or (above, key) in INSIDE)
    ):
        return put(value)
    return value


def prose(text: str, put: Callable[[str], str] = tr) -> str:
    r"""A page of a report with each of its texts replaced; shortcodes and references stand inside the texts.

    Parameters
    ----------
    text : str
        The source (.qmd).
    put : callable
        What becomes of a text.

    Examples
    --------
    >>> prose("# Safety {#sec-safety}\n\nNone\ndied.\n", str.upper)
    '# SAFETY {#sec-safety}\n\nNONE DIED.\n'
    """
    out: list[str] = []
    for kind, lead, body, tail in pieces(text):
        if kind == "row":
            cells = [f" {put(cell)} " if cell else " " for cell in body.split("\0")]
            out.append(f"|{'|'.join(cells)}|")
        elif kind == "key":
            shown = put(body)
            out.append(f"{lead}{tail if shown == body else json.dumps(shown, ensure_ascii=False)}")
        else:
            out.append(f"{lead}{put(body)}{tail}" if kind == "text" else lead)
    shown = "\n".join(out) + ("\n" if text.endswith("\n") else "")
    if current() not in SPACELESS:
        return shown
    return AUTHOR.sub(r" @\1 ", REFERENCE.sub(r"[@\1]", shown))


def texts_of(text: str) -> list[str]:
    """The texts of a page."""
    found = []
    for kind, _, body, _ in pieces(text):
        found += [cell for cell in body.split("\0") if cell] if kind == "row" else [body] if body else []
    return found


def pieces(text: str) -> Iterator[tuple[str, str, str, str]]:
    """A page in its pieces: kind (text, row, key, whole), what stands before the text, the text, what stands after."""
    lines = text.splitlines()
    place, fence = 0, ""
    if lines and lines[0].strip() == "---":
        yield "whole", lines[0], "", ""
        place = 1
        while place < len(lines) and lines[place].strip() != "---":
            if found := KEY.match(lines[place]):
                yield "key", found[1], found[2].strip().strip('"'), found[2]
            else:
                yield "whole", lines[place], "", ""
            place += 1
    while place < len(lines):
        line = lines[place]
        place += 1
        if opened := re.match(r"^\s*(`{3,}|~{3,})", line):
            fence = "" if fence and opened[1].startswith(fence) else fence or opened[1]
            yield "whole", line, "", ""
        elif (
            fence
            or not line.strip()
            or WHOLE.match(line)
            or RULE.match(line.strip())
            or line.strip() == "---"
        ):
            yield "whole", line, "", ""
        elif line.startswith("|"):
            yield "row", "", "\0".join(cell.strip() for cell in line.strip().strip("|").split("|")), ""
        else:
            found = HEADING.match(line) or ITEM.match(line) or CAPTION.match(line)
            lead, body = (found[1], found[2]) if found else ("", line)
            if not line.startswith("#"):
                while place < len(lines) and _continues(lines[place]):
                    body = f"{body} {lines[place]}"
                    place += 1
            attributes = ATTRIBUTES.match(body) if found else None
            tail = attributes[2] if attributes else ""
            yield "text", lead, " ".join((attributes[1] if attributes else body).split()), tail


def _continues(line: str) -> bool:
    return bool(line.strip()) and not (
        WHOLE.match(line)
        or HEADING.match(line)
        or ITEM.match(line)
        or CAPTION.match(line)
        or line.startswith(("|", "```"))
    )


def captions(content: dict, put: Callable[[str], str] = tr) -> dict:
    """A notebook with the captions of its cells replaced; it is not changed itself."""
    content = json.loads(json.dumps(content))
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            source = cell["source"] if isinstance(cell["source"], str) else "".join(cell["source"])
            cell["source"] = "\n".join(_caption(line, put) for line in source.split("\n"))
    return content


def _caption(line: str, put: Callable[[str], str]) -> str:
    found = OPTION.match(line)
    if not found:
        return line
    text = json.loads(found[2]) if found[2].startswith('"') else found[2].strip()
    shown = put(text)
    return line if shown == text else f"{found[1]}{json.dumps(shown, ensure_ascii=False)}"


def marked(text: str, put: Callable[[str], str] = tr) -> str:
    """A file of the look with its texts, which stand between ⟦ and ⟧, in the current language."""
    return MARKED.sub(lambda found: put(re.sub(r"\s+", " ", found[1])), text)


def translated_pages(folder: Path) -> None:
    """Put the pages of a stage (index and parts) into the current language; English ones stay as they are."""
    if current() == ENGLISH:
        return
    for file in sorted(folder.rglob("*.qmd")):
        file.write_text(prose(file.read_text(encoding="utf-8")), encoding="utf-8")
