"""English that is left in a Chinese report: runs of Latin words that nothing but a missed text accounts for.

What may stand in Latin letters is known by where it comes from: a translation that keeps it (names of instruments,
tests and people), what sites recorded in free text or in coded terms, names of columns, files, packages and units,
citations. A run that is the key of a message with another translation was not looked up, whoever else has it.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib.metadata import distributions

import pandas as pd
from checkout import ROOT

from analysis.columns import TABLES
from analysis.language import FOLDER
from analysis.scoring.mcid import IMPORTANT_DIFFERENCES
from analysis.scoring.registry import INSTRUMENTS
from pipeline import catalogue

RUN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z][A-Za-z'’]*(?:[ -][A-Za-z][A-Za-z'’]*)*(?![A-Za-z0-9])")
ADDRESS = re.compile(r"[A-Za-z0-9_./-]*[A-Za-z0-9][_/.]+[A-Za-z][A-Za-z0-9_./-]*")
CODED = {
    "pt",
    "soc",
    "term_verbatim",
    "drug_raw",
    "description",
}  # as recorded, also where a message reads the same
OUT = {"drug"}  # named by the program's dictionary
PROGRAMS = "Python pandoc Quarto Linux typst"
VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
SHOWN = ("aria-label", "alt", "title", "placeholder")
BREAKS = {
    "p",
    "td",
    "th",
    "li",
    "dt",
    "dd",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "figcaption",
    "caption",
    "button",
    "summary",
}


def runs(text: str) -> set[str]:
    """Words in Latin letters that stand together, without what is an address or an abbreviation."""
    found = RUN.findall(ADDRESS.sub(" | ", html.unescape(text)))
    return {run for run in found if re.search("[a-z]{3}", run)}


@dataclass(frozen=True)
class Known:
    """What may stand in Latin letters in the reports of a study.

    Attributes
    ----------
    kept : set of str
        Runs that a translation keeps, names and citations, and text as sites recorded it.
    coded : set of str
        Terms and descriptions as recorded.
    keys : set of str
        Messages that read otherwise in Chinese.
    """

    kept: frozenset[str]
    coded: frozenset[str]
    keys: frozenset[str]

    def left(self, text: str) -> list[str]:
        """The runs of a text that are English."""
        return sorted(run for run in runs(text) - self.coded if run in self.keys or run not in self.kept)


def known(study: str, tables: Mapping[str, pd.DataFrame], sources: Iterable[str]) -> Known:
    """What a study's catalogues, its data, the names of its sources and the project's lists of names account for."""
    kept, keys = _told(study)
    named = _names().union(*map(runs, sources))
    recorded, coded = set(), set()
    for table, frame in tables.items():
        free = {name for name, column in TABLES.get(table, {}).items() if column.type == "str"} - OUT
        for name in frame.columns.intersection(list(free | CODED)):
            values = " | ".join(frame[name].dropna().astype(str).unique())
            (coded if name in CODED else recorded).update(runs(values))
    return Known(kept | recorded | named, frozenset(coded), keys - named)


@cache
def _told(study: str) -> tuple[frozenset[str], frozenset[str]]:
    """Runs in the translations that hold for a study, and messages that are one run and read otherwise in Chinese."""
    kept, keys = set(), set()
    for file in (FOLDER / "zh.po", ROOT / "params" / study / "zh.po"):
        for (english, _), forms in catalogue.told(catalogue.read_catalogue(file)).items():
            for form in forms:
                kept |= runs(re.sub(r"\{[^{}]*\}|[*`]", " | ", form))
            if RUN.fullmatch(english) and english not in forms:
                keys.add(english)
    return frozenset(kept), frozenset(keys - kept)


@cache
def _names() -> frozenset[str]:
    """Names of columns, packages, programs and units, and citations."""
    columns = [column for table in TABLES.values() for column in table.values()]
    scores = [text for score in INSTRUMENTS.values() for text in (score.citation, score.version)]
    cited = [one.source for one in IMPORTANT_DIFFERENCES.values() if re.search(r"\d{4};", one.source)]
    packages = [package.name for package in distributions()]
    names = [*(column.name for column in columns), *packages, *PROGRAMS.split(), *scores, *cited]
    return frozenset(
        run for name in [*names, *(column.unit or "" for column in columns)] for run in runs(name)
    )


class _Page(HTMLParser):
    """The texts of a page, each with the label it stands under; code and references are none."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str, bool]] = []
        self.texts: list[tuple[str, str]] = []
        self.line = ""
        self.feed(page)
        self._end()

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        classes = given.get("class", "").split()
        quiet = (
            tag in ("script", "style", "code", "pre") or given.get("id") == "refs" or "citation" in classes
        )
        if tag in BREAKS:
            self._end()
        if not self._quiet():
            self.texts += [(self._place(), given[name]) for name in SHOWN if given.get(name)]
        if tag not in VOID:
            self.open.append((tag, given.get("id", ""), quiet))

    def handle_endtag(self, tag):
        if tag in BREAKS:
            self._end()
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        self.line += " | " if self._quiet() else data

    def _end(self):
        if self.line.strip(" |\n"):
            self.texts.append((self._place(), " ".join(self.line.split())))
        self.line = ""

    def _quiet(self):
        return any(quiet for *_, quiet in self.open)

    def _place(self):
        return next((ident for _, ident, _ in reversed(self.open) if ident), "")


def texts_of_page(page: str) -> list[tuple[str, str]]:
    """What a page says, text by text, and where."""
    return _Page(page).texts


def english_in(texts: Iterable[tuple[str, str]], names: Known) -> Iterator[str]:
    """The English left in texts, each with its place."""
    for place, text in texts:
        yield from (f"{place}: {run!r} in {text[:80]!r}" for run in names.left(text))
