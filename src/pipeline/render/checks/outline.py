"""What a reader finds on a page, whichever renderer made it: the measure that both are held to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SILENT = {"script", "style", "annotation"}


@dataclass
class Outline:
    """Headings, captions, references, numbers, tables and pictures, in reading order."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    references: list[tuple[str, str]] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    tables: list[list[list[str]]] = field(default_factory=list)
    captioned: list[bool] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    banners: list[str] = field(default_factory=list)
    bibliography: list[str] = field(default_factory=list)


def outline(html: str) -> Outline:
    """Read a page; white space is made uniform, scripts and styles are not read."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def _flat(parts: list[str]) -> str:
    return re.sub(r"\s+", " ", "".join(parts)).strip()


class _Reader(HTMLParser):
    """Collects the text of the elements that matter while they are open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found = Outline()
        self.open: list[str] = []
        self.captures: list[tuple[int, list[str], object]] = []
        self.floats: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.found.alts.append(attributes.get("alt", ""))
        if tag in VOID:
            return
        self.open.append(tag)
        classes = attributes.get("class", "").split()
        if "quarto-float-tbl" in classes and tag == "figure":
            self.floats.append(len(self.open))
        self._start(tag, attributes, classes)

    def _start(self, tag: str, attributes: dict, classes: list[str]) -> None:
        found = self.found
        if tag in HEADINGS and "title" not in classes:
            self._capture(lambda text: found.headings.append((int(tag[1]), text)))
        elif tag in ("figcaption", "caption"):
            self._capture(found.captions.append)
            if tag == "caption" and found.captioned:
                found.captioned[-1] = True
        elif tag == "a" and "quarto-xref" in classes:
            self._capture(lambda text: found.references.append((text, attributes.get("href", ""))))
        elif tag == "span" and "result" in classes:
            self._capture(lambda text: found.numbers.append((attributes.get("data-id", ""), text)))
        elif "banner" in classes:
            self._capture(found.banners.append)
        elif "csl-entry" in classes:
            self._capture(found.bibliography.append)
        elif tag == "table":
            found.tables.append([])
            found.captioned.append(bool(self.floats))
        elif tag == "tr" and found.tables:
            found.tables[-1].append([])
        elif tag in ("td", "th") and found.tables and found.tables[-1]:
            self._capture(found.tables[-1][-1].append)

    def _capture(self, done: object) -> None:
        self.captures.append((len(self.open), [], done))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in SILENT:
            return
        for _, parts, _ in self.captures:
            parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in self.open:
            return
        while self.open:
            closed = self.open.pop()
            self._finish(len(self.open) + 1)
            if closed == tag:
                break

    def _finish(self, depth: int) -> None:
        while self.captures and self.captures[-1][0] >= depth:
            _, parts, done = self.captures.pop()
            done(_flat(parts))  # type: ignore[operator]
        while self.floats and self.floats[-1] >= depth:
            self.floats.pop()
