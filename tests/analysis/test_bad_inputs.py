"""Hundreds of bad texts, made by systematic mutation: cleaned on entry, and text in every output, none of them more."""

import csv
import io
import json
import re
import xml.etree.ElementTree as ET

import pandas as pd
import pytest
import yaml
from rich.table import Table as RichTable

from analysis import escape
from analysis.read.text import normalise
from analysis.tables import Table
from pipeline.console import Terminal
from pipeline.publish import as_csv

WORDS = ("Headache", "头痛", "γ-GT", "ALT")
UNSEEN = [chr(code) for code in (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, *range(0x80, 0xA0))]
UNSEEN += [
    *"\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068"
]
UNSEEN += [*"\u2069\ufeff\ufff9\ufffe\uffff\U000e0001\U000e0041"]
MARKUP = [
    *(
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg/onload=alert(1)>",
        "</td></tr></table><h1>",
    ),
    *(
        "<!--",
        "]]>",
        "<![CDATA[",
        "&#x3c;script&#x3e;",
        "&amp;lt;",
        "<a href='javascript:alert(1)'>",
        "<style>*{}",
    ),
    *(
        "{{< include /etc/passwd >}}",
        "{{< var a >}}",
        "{{% x %}}",
        "{{{< meta x >}}}",
        "```{=html}",
        ":::",
        "$$",
        "$x$",
    ),
    *(
        "\\input{/etc/passwd}",
        "\\frac{1}{",
        "[x](javascript:alert(1))",
        "![x](http://a/b.png)",
        "`r 1`",
        "[^1]",
        "@fig-x",
    ),
    *(
        "#| label: x",
        "---\ntitle: x\n---",
        "| a | b |",
        "* a",
        "1. a",
        "~~a~~",
        "^a^",
        "_a_",
        "**a**",
        "#eval(read(x))",
    ),
]
FORMULAS = [
    f"{sign}{rest}"
    for sign in ("=", "+", "@", "-", "\t=", "\r=", " =", "|")
    for rest in ("HYPERLINK(1)", "cmd|' /C calc'!A0", "SUM(A1:A9)", "1+1", "DDE(1)")
]
YAML = [
    *(
        "!!python/object/apply:os.system [x]",
        "*a",
        "&a [*a]",
        "yes",
        "NO",
        "1:30",
        "0x1F",
        "1e3",
        "null",
        "~",
        "{a: b",
        "[a",
    ),
    *(
        "- a",
        "? a",
        "a: b: c",
        "%YAML 1.1",
        "|",
        ">",
        "'",
        '"',
        "2025-01-01",
        "#",
        "a #b",
        "!!binary aGk=",
        "<<: *a",
    ),
]
TERMINAL = [
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "[bold]x[/bold]",
    "[/]",
    "[link=http://a]x[/link]",
    "\\[red]",
    "\x9b31m",
]
PATHS = [
    "../../etc/passwd",
    "file:///etc/passwd",
    "C:\\Users\\x",
    "\\\\server\\share",
    "/home/x/y",
    "~/x",
    "CON",
    "a/b",
]
STACKED = [base + mark * 60 for base in "Zeo" for mark in "\u0301\u0336\u0489\u20dd"]
ENCODINGS = [
    word.encode(kind).decode("latin-1")
    for word in ("γ-GT", "头痛", "Müller")
    for kind in ("utf-8", "utf-16-le")
]
LONE = ["a\ud800b", "\udfff", "x\ud83d", "\ude00y"]
LONG = ["x" * 30_000, "头" * 10_000, "(" * 5_000, "<b>" * 3_000, "[" * 4_000, "a\u0301" * 5_000]
BAD = [
    *(f"{word[:2]}{sign}{word[2:]}" for sign in UNSEEN for word in WORDS[:3]),
    *MARKUP,
    *FORMULAS,
    *YAML,
    *TERMINAL,
    *PATHS,
    *STACKED,
    *ENCODINGS,
    *LONE,
    *LONG,
]
SEEN = [text[:20].encode("unicode_escape").decode() for text in BAD]


def test_there_are_hundreds_and_each_once():
    assert len(set(BAD)) == len(BAD) >= 300


@pytest.mark.parametrize("text", BAD, ids=SEEN)
def test_a_bad_text_is_cleaned_on_entry_and_stays_text_in_every_output(text):
    kept = normalise(text)
    assert escape.is_clean(kept) and escape.clean(escape.clean(text)) == escape.clean(text)
    _in_html(text)
    _in_csv(text)
    _in_the_terminal(text)
    assert yaml.safe_load(json.dumps({"a": escape.clean(text)})) == {"a": escape.clean(text)}


def _in_html(text: str) -> None:
    """A cell of a table, which Word and PDF are made from: well-formed, one cell, its text that of the data."""
    frame = pd.DataFrame({"Term": [text]}, index=pd.Index([text], name="Row", dtype=object), dtype=object)
    shown = Table(frame).html()
    cells = [cell for cell in ET.fromstring(shown).iter() if cell.tag in ("td", "th")]
    assert [len(list(cell)) for cell in cells] == [0] * 4 and "{{" not in shown
    assert cells[-1].text is None or cells[-1].text == escape.clean(text)


def _in_csv(text: str) -> None:
    """A cell of results.csv: the next row is what it was, and no spreadsheet runs it."""
    rows = [{"result_id": name, "note": note, "value": -4.2} for name, note in (("a", text), ("b", "next"))]
    read = list(csv.DictReader(io.StringIO(as_csv(rows))))
    assert [row["result_id"] for row in read] == ["a", "b"] and read[1]["note"] == "next"
    assert not re.match(r"\s*[=+@|]", read[0]["note"]) and read[0]["value"] == "-4.2"


def _in_the_terminal(text: str) -> None:
    """What is printed, also in a table, holds no escape sequence, and no markup, mark or name is taken for rich's."""
    if len(text) > 1000:
        return
    console = Terminal(file=io.StringIO(), width=2000, color_system=None)
    console.print(text, end="")
    assert _without_blanks(console.file.getvalue()) == _without_blanks(escape.clean(text))
    grid = RichTable.grid()
    grid.add_row(text)
    console.print(grid, soft_wrap=False)
    assert escape.is_clean(console.file.getvalue().replace("\n", ""))


def _without_blanks(text: str) -> str:
    return "".join(text.split())
