"""Pages of a PDF as a reader holds them: lines with their places, where ink is, and what is wrong with them.

For what was printed from a page, made by a renderer, or made of a Word file: the faults are the same.
"""

import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

MM = 72 / 25.4
TOP, BOTTOM = 20 * MM, 17 * MM  # what running heads and feet take
EDGE = 8 * MM  # nothing is printed nearer to the edge of the sheet
LEAST = 0.18  # of a page's height that is filled, unless it is the last
RESOLUTION = 36
HUGE = 40  # points: only the mark across a draft is as high
NUMBER = r"[−-]?\d[\d,]*(?:\.\d+)?"
# how a line ends, and how the next begins, where a number was torn from what belongs to it
TORN = [
    (re.compile(r"(?:^|[\s(])\d{2}(?:\.\d)?$"), re.compile(r"^% (?:CI|CrI)\b")),
    (re.compile(r"\d\s?%$"), re.compile(r"^(?:CI|CrI)\b")),
    (re.compile(r"\([^()]*(?:CI|CrI)$"), re.compile(rf"^{NUMBER} to\b")),
    (re.compile(rf"(?:^|\s|\(){NUMBER} to$"), re.compile(rf"^{NUMBER}[);,.\]]*(?:\s|$)")),
    (re.compile(rf"CI {NUMBER}$"), re.compile(rf"^to {NUMBER}")),
    (re.compile(r"[−<>≤≥±=(\[]$"), re.compile(r"^\d")),
    (re.compile(r"\bp$"), re.compile(r"^[=<]\s?\d")),
]
TORN_CHINESE = [
    (re.compile(rf"{NUMBER}%?～$"), re.compile(rf"^{NUMBER}")),
    (re.compile(rf"{NUMBER}%?$"), re.compile(rf"^～{NUMBER}")),
    (re.compile(r"CI：$"), re.compile(rf"^{NUMBER}%?～")),
]


@dataclass(frozen=True, slots=True)
class Line:
    """Words beside each other: their text, their box in points from the top left, the block they belong to."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    block: int
    words: tuple[tuple[str, float, float, float, float], ...] = ()


@dataclass
class Sheet:
    """One page."""

    number: int
    width: float
    height: float
    lines: list[Line]
    rows: list[bool] = field(repr=False)  # by row of pixels: whether anything is drawn there

    @cached_property
    def body(self) -> list[Line]:
        """The lines between the running head and foot, from above."""
        inside = [
            line for line in self.lines if line.top >= TOP - 4 and line.bottom <= self.height - BOTTOM + 4
        ]
        return sorted(inside, key=lambda line: line.bottom)

    def drawn(self, above: float, below: float) -> float:
        """Points, between two heights, from the first to the last row with ink; 0 where there is none."""
        scale = len(self.rows) / self.height
        inked = [
            n for n in range(int(above * scale), int(below * scale)) if n < len(self.rows) and self.rows[n]
        ]
        return (inked[-1] - inked[0] + 1) / scale if inked else 0.0


def sheets(file: Path) -> list[Sheet]:
    """The pages of a PDF."""
    text = subprocess.run(
        [shutil.which("pdftotext"), "-bbox-layout", file, "-"], capture_output=True, check=True
    ).stdout.decode("utf-8")
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)
    tree = ElementTree.fromstring(re.sub(r'\sxmlns="[^"]*"|<!DOCTYPE[^>]*>', "", text))
    pictures = _pictures(file)
    return [_sheet(number, page, pictures[number - 1]) for number, page in enumerate(tree.iter("page"), 1)]


def _sheet(number: int, page, rows: list[bool]) -> Sheet:
    lines = []
    for place, block in enumerate(page.iter("block")):
        for line in block.iter("line"):
            words = tuple((word.text or "", *_box(word)) for word in line.iter("word"))
            if _box(line)[3] - _box(line)[1] < HUGE:
                lines.append(Line(" ".join(word[0] for word in words), *_box(line), place, words))
    return Sheet(number, float(page.get("width")), float(page.get("height")), lines, rows)


def _box(node) -> tuple[float, float, float, float]:
    return tuple(float(node.get(side)) for side in ("xMin", "yMin", "xMax", "yMax"))  # type: ignore[return-value]


def _pictures(file: Path) -> list[list[bool]]:
    """Of each page, which rows of pixels hold ink that is darker than the mark across a draft."""
    command = [shutil.which("pdftoppm"), "-r", str(RESOLUTION), "-gray", file]
    raw, made = subprocess.run(command, capture_output=True, check=True).stdout, []
    while raw:
        head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", raw)
        wide, high = int(head[1]), int(head[2])
        pixels, raw = raw[head.end() : head.end() + wide * high], raw[head.end() + wide * high :]
        made.append([min(pixels[n * wide : (n + 1) * wide]) < 190 for n in range(high)])
    return made


@dataclass
class Known:
    """What a document's page holds: its heads, captions of tables and figures, rows that only name a group."""

    heads: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    figures: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    listed: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, html: str) -> "Known":
        """From the HTML of the same document."""
        body = re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)
        captions = re.findall(r"<figcaption[^>]*>(.*?)</figcaption>", body, re.DOTALL)
        tables = re.findall(r"quarto-float-tbl[^>]*>\s*<figcaption[^>]*>(.*?)</figcaption>", body, re.DOTALL)
        heads = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", body, re.DOTALL)
        contents = re.search(r'<nav id="TOC".*?</nav>', body, re.DOTALL)
        groups = re.findall(r'<th[^>]*scope="rowgroup"[^>]*>((?:(?!</th>).)*)</th>\s*</tr>', body)
        return cls(
            set(map(words, heads)) - {""},
            set(map(words, tables)) - {""},
            set(map(words, captions)) - set(map(words, tables)) - {""},
            set(map(words, groups)) - {""},
            [words(text) for text in re.findall(r"<a[^>]*>(.*?)</a>", contents[0], re.DOTALL)]
            if contents
            else [],
        )


def words(text: str) -> str:
    """What is read of a piece of HTML or of a line, without numbers of sections, in plain blanks.

    Examples
    --------
    >>> words('<span class="header-section-number">2.1</span> Skin&nbsp;disease')
    'Skin disease'
    """
    plain = unescape(re.sub(r"<[^>]+>", " ", text))
    plain = re.sub(r"[\s\u00a0\u2003\u2007\u2008\u202f]+", " ", plain).strip()
    return re.sub(r"^S?\d+(?:\.\d+)*\.?\s+", "", plain)


def faults(pages: list[Sheet], known: Known) -> list[str]:
    """Everything wrong with the pages of a document."""
    found = []
    for place, sheet in enumerate(pages):
        last = place == len(pages) - 1
        found += [f"page {sheet.number}: {text}" for text in _of_sheet(sheet, known, last=last)]
    return found


def _of_sheet(sheet: Sheet, known: Known, *, last: bool) -> Iterator[str]:
    if not last:
        yield from stranded(sheet, known)
        yield from nearly_empty(sheet)
    yield from clipped(sheet)
    yield from broken(sheet)
    yield from torn_figures(sheet, known)


def stranded(sheet: Sheet, known: Known) -> Iterator[str]:
    """A head, a caption above its table, or a row that names a group, with nothing of its own on the page."""
    if not sheet.body:
        return
    line = sheet.body[-1]
    if sheet.drawn(line.bottom + 3, sheet.height - BOTTOM) > 4:
        return
    beside = [one for one in sheet.body if one.bottom > line.top + 2 and one is not line]
    listed = sum(_ends(words(one.text), known.heads) for one in sheet.body) > 4  # a page of contents
    text = words(line.text)
    again = (
        sum(words(one.text) == text for one in sheet.body) > 1
    )  # an entry of the contents, and the head itself
    if beside or (listed and not again):
        return
    above = [one for one in sheet.body[:-1] if one.block == line.block]
    whole = words(f"{above[-1].text} {line.text}") if above else ""
    for kind, texts in (("head", known.heads), ("caption", known.tables), ("group", known.groups)):
        if text in texts or (whole and _ends(whole, texts)):
            yield f"stranded {kind}: {line.text!r}"
            return


def _ends(text: str, texts: Collection[str]) -> bool:
    """Whether a line is one of the texts, or the last line of one."""
    return text in texts or (len(text) > 12 and any(one.endswith(" " + text) for one in texts))


def nearly_empty(sheet: Sheet) -> Iterator[str]:
    """A page with next to nothing on it."""
    filled = sheet.drawn(TOP - 4, sheet.height - BOTTOM)
    if filled < LEAST * sheet.height:
        yield f"nearly empty: {' / '.join(line.text for line in sheet.body)[:120]!r}"


def clipped(sheet: Sheet) -> Iterator[str]:
    """Words beyond the margins, or words over one another."""
    for line in sheet.lines:
        if line.right > sheet.width - EDGE or line.left < EDGE or line.bottom > sheet.height - 4:
            yield f"beyond the margin: {line.text[:60]!r}"
    boxes = sorted((word for line in sheet.body for word in line.words), key=lambda word: word[1])
    for n, (text, _, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[n + 1 :]:
            if left2 >= right:
                break
            # by the middles of the words: the boxes of Chinese fonts reach far above and below their signs
            apart = abs((top + bottom) - (top2 + bottom2)) / 2
            if min(right, right2) - left2 > 2.5 and apart < 0.5 * min(bottom - top, bottom2 - top2):
                yield f"over one another: {text!r} and {other!r}"


def broken(sheet: Sheet) -> Iterator[str]:
    """A number torn from its interval, its sign or its unit by the end of a line."""
    for line, following in zip(sheet.lines, sheet.lines[1:], strict=False):
        if following.top < line.bottom - 3:
            continue
        # lines in Chinese stand far apart: each is a block of its own
        looked_for = TORN_CHINESE + (TORN if line.block == following.block else [])
        first, second = words_kept(line.text), words_kept(following.text)
        if any(ends.search(first) and begins.search(second) for ends, begins in looked_for):
            yield f"broken estimate: {line.text[-30:]!r} | {following.text[:30]!r}"


def words_kept(text: str) -> str:
    """A line in plain blanks."""
    return re.sub(r"[\s\u00a0\u2007\u2008\u202f]+", " ", text).strip()


def torn_figures(sheet: Sheet, known: Known) -> Iterator[str]:
    """The caption of a figure at the head of a page: its figure is on another one."""
    if not sheet.body:
        return
    line = sheet.body[0]
    text = words(line.text)
    begins = any(len(text) > 12 and caption.startswith(text) for caption in known.figures)
    if begins and sheet.drawn(TOP - 4, line.top - 2) < 30:
        yield f"figure on another page than its caption: {line.text[:60]!r}"


def missing_contents(pages: list[Sheet], listed: Collection[str]) -> list[str]:
    """Entries of the contents that the first pages of the document do not print."""
    printed = words_kept(" ".join(line.text for sheet in pages[:6] for line in sheet.lines))
    closed = re.sub(r"[\s.]", "", printed)
    return [entry for entry in listed if re.sub(r"[\s.]", "", words_kept(entry)) not in closed]
