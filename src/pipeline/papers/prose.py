"""The prose of a report, section by section, for the papers that say the same.

A section is found by the label of its heading, which every language keeps. What belongs to the report alone goes:
embedded cells, divisions that only lay out, references to its other sections.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pipeline.publish.documents import HEADING
from pipeline.render.checks.stage import CLOSE, OPEN
from pipeline.render.source import SHORTCODE, Line

LABEL = re.compile(r"#([\w-]+)")
USED = re.compile(r"\{\{<\s*var\s+(\S+)\s*>\}\}")
# A sentence ends before a blank and what can begin another one, or at a full stop of Chinese.
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z*@\[{])|(?<=[。！？])")
BRACKETS = re.compile(r"\s?[(（][^()（）]*@sec-[^()（）]*[)）]")
TO_SECTION = re.compile(r"\[?@sec-[\w-]*\w\]?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a report: its heading and what stands under it before the next heading."""

    label: str
    level: int
    title: str
    body: tuple[str, ...]


def parts_of(lines: Iterable[Line]) -> list[Part]:
    """The sections of a text in their order; headings inside divisions are no sections.

    Examples
    --------
    >>> text = ["# Methods {#sec-methods}", "", "Twenty patients.", "## Sets {#sec-sets}", "All."]
    >>> [(p.label, p.title, p.body) for p in parts_of([Line(t, "x.qmd", n) for n, t in enumerate(text)])]
    [('sec-methods', 'Methods', ('', 'Twenty patients.')), ('sec-sets', 'Sets', ('All.',))]
    """
    found: list[tuple[str, int, str, list[str]]] = []
    depth = 0
    for line in lines:
        opens = not line.code and OPEN.match(line.text)
        depth += bool(opens) - bool(not opens and not line.code and depth and CLOSE.match(line.text))
        match = None if line.code or depth else HEADING.match(line.text)
        if match:
            label = LABEL.search(match[3] or "")
            found.append((label[1] if label else "", len(match[1]), match[2], []))
        elif found:
            found[-1][3].append(line.text)
    return [Part(label, level, title, tuple(body)) for label, level, title, body in found]


def section(parts: list[Part], *labels: str) -> list[str]:
    """The blocks of the first of these sections that the report has, those of its subsections after them."""
    for label in labels:
        place = next((n for n, part in enumerate(parts) if part.label == label), None)
        if place is None:
            continue
        taken = [parts[place].body]
        for part in parts[place + 1 :]:
            if part.level <= parts[place].level:
                break
            taken.append(part.body)
        return [block for body in taken for block in blocks(body)]
    return []


def is_finding(attributes: str) -> bool:
    """Whether the attributes of a division say that it holds a finding and its exhibit.

    Examples
    --------
    >>> is_finding("{.finds}"), is_finding("{.supplement}")
    (True, False)
    """
    return ".finds" in attributes.strip("{}").split()


def _without_findings(body: Iterable[str]) -> Iterator[str]:
    """The lines of a section without the divisions that tell a finding: it belongs to the caption of its exhibit."""
    inside = False
    for line in body:
        opens = OPEN.match(line)
        if opens and is_finding(opens[1]):
            inside = True
        if not inside:
            yield line
        if inside and CLOSE.match(line):
            inside = False


def blocks(body: Iterable[str]) -> Iterator[str]:
    """The paragraphs, lists and tables of a section; a division that holds a labelled table is one block."""
    kept: list[bool] = []
    block: list[str] = []
    for line in _without_findings(body):
        opens, closes = OPEN.match(line), CLOSE.match(line)
        if opens:
            kept.append("#tbl-" in opens[1])
        whole = any(kept)
        if closes and kept:
            shown = kept.pop()
            if shown:
                block.append(line)
            whole = any(kept)
        elif not opens or kept[-1]:
            block += (
                []
                if _is_embed(line) or not (line.strip() or whole)
                else [line.lstrip("#").strip() if _is_title(line) else line]
            )
        if block and not whole and (not line.strip() or closes or (opens and not kept[-1])):
            yield "\n".join(block)
            block = []
    if block:
        yield "\n".join(block)


def _is_embed(line: str) -> bool:
    found = SHORTCODE.search(line)
    return found is not None and found[1] in ("embed", "include")


def _is_title(line: str) -> bool:
    return HEADING.match(line) is not None


def is_prose(block: str) -> bool:
    """Whether a block is a paragraph or a list, and no table or division."""
    return not block.lstrip().startswith((":::", "|", "```"))


def without_sections(text: str) -> str:
    """A text without references to sections of the report it comes from.

    Examples
    --------
    >>> without_sections("Windows are wide (@sec-windows). All stay (@tbl-flow, @sec-sets).")
    'Windows are wide. All stay (@tbl-flow).'
    """

    def bracket(match: re.Match) -> str:
        inner = match[0].strip()[1:-1]
        kept = [part for part in re.split(r"[,;，、；]\s*", inner) if not TO_SECTION.search(part)]
        lead = " " if match[0][:1].isspace() else ""
        return f"{lead}{match[0].strip()[0]}{', '.join(kept)}{match[0].strip()[-1]}" if kept else ""

    return BRACKETS.sub(bracket, text)


def sentences(text: str) -> list[str]:
    """A paragraph in its sentences."""
    return [part for part in SENTENCE.split(" ".join(text.split())) if part]


def only(block: str, stays: Callable[[str], bool]) -> str:
    """A block with those of its sentences that may stay; items of a list are each looked at."""
    if not is_prose(block):
        return block if stays(block) else ""
    items = re.split(r"\n(?=[-*] )", block)
    kept = [" ".join(one for one in sentences(item) if stays(one)) for item in items]
    return "\n".join(item for item in kept if item.strip("-* "))


def results_named(text: str) -> list[str]:
    """The ids of results that a text shows."""
    return USED.findall(text)
