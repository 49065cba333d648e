"""Sources of the reports, and their rendered pages as this checkout holds them.

A test that asks for a page that was not rendered is skipped.
"""

import json
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]


def source(study: str, report: str) -> str:
    """The report's source with its shared parts in place, and the figure of its first screen."""
    settings = YAML(typ="safe").load((ROOT / "params" / study / f"{report}.yml").read_text(encoding="utf-8"))
    notebook, _, label = settings["headline"]["figure"].partition("#")
    first = f"{{{{< embed notebooks/{notebook}.ipynb#{label} >}}}}\n"
    text = first + (ROOT / "reports" / study / f"{report}.qmd").read_text(encoding="utf-8")

    def part(match):
        return (ROOT / "reports" / "_parts" / match[1]).read_text(encoding="utf-8")

    return re.sub(r"\{\{< include parts/(\S+) >\}\}", part, text)


def published(study: str, report: str, name: str) -> str:
    """The text of a published file; skips where the report was not rendered."""
    folder = ROOT / "reports" / "_site" / study / report
    if not (folder / "index.html").is_file():
        pytest.skip(f"the {report} report of {study} was not rendered here")
    return (folder / name).read_text(encoding="utf-8-sig")


def manifest(study: str, report: str) -> dict:
    """What the published report says of itself."""
    return json.loads(published(study, report, "manifest.json"))


class Page(HTMLParser):
    """What carries a label: its text, its cells, its images' alternative texts; all links inside, cover and banners."""

    VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self, text: str):
        super().__init__()
        self.open, self.text, self.cells, self.links, self.images = [], {}, {}, set(), {}
        self.cover = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", text))
        self.banners = dict(re.findall(r'<p class="banner banner-(\w+)"[^>]*>(.*?)</p>', text))
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if (given.get("href") or "").startswith("#"):
            self.links.add(given["href"][1:])
        if tag not in self.VOID:
            self.open.append((tag, given.get("id")))
        if (given.get("href") or "").startswith(("index.html#", "supplement.html#")):
            self.links.add(given["href"].partition("#")[2])
        for label in self._inside():
            if tag == "td":
                self.cells[label] = self.cells.get(label, 0) + 1
            if tag == "img":
                self.images.setdefault(label, []).append(given.get("alt") or "")

    def handle_endtag(self, tag):
        while self.open and tag not in self.VOID:
            if self.open.pop()[0] == tag:
                break

    def handle_data(self, data):
        for label in self._inside():
            self.text[label] = self.text.get(label, "") + data

    def _inside(self):
        return {label for _, label in self.open if label}


@cache
def page(study: str, report: str) -> Page:
    """The published main report and its supplement, read once as if they were one."""
    return Page("".join(published(study, report, name) for name in ("index.html", "supplement.html")))
