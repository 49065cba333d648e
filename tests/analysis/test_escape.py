"""Text from data stays text: whatever stands in a cell, no output takes it for something else."""

import io
import re

import pandas as pd
import pytest

from analysis import escape, figures
from analysis.read.text import normalise
from analysis.tables import Table
from pipeline.publish import as_csv

HOSTILE = [
    "Head\x0bache",
    "\u202eehcadaeH",
    "a\x00b",
    "\ufffe",
    "Z" + "\u0301" * 200,
    "{{< include /etc/passwd >}}",
    "{{% x %}}",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</td></tr></table><h1>x",
    "```{=html}",
    "$\\frac{1}{$",
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "\x1b[31mred",
    "[bold]x[/bold]",
    "|a|b|",
    "---",
    "!!python/object:x",
    "&lt;b&gt;",
    "头痛\u200b",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_a_table_is_text(text):
    shown = Table(pd.DataFrame({"Term": [text]}, index=pd.Index([text], name="Row"))).markdown()
    tags = re.findall(r"</?([^\s<>/]+)", shown.split("<tbody>")[1].split("</tbody>")[0])
    assert tags == ["tr", "th", "th", "td", "td", "tr"] and "{{" not in shown
    assert all(escape.is_clean(line) for line in shown.splitlines())


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_read_is_clean(text):
    assert escape.is_clean(normalise(text))
    assert len(normalise("Z" + "\u0301" * 200)) < 6


@pytest.mark.parametrize("text", HOSTILE)
def test_a_figure_draws_it(text):
    rows = pd.DataFrame({"term": [text], "group": ["all"], "n": [9], "share": [0.45], "n_subjects": [20]})
    with figures.style.sheet(height=1, mark=None) as sheet:
        sheet.text(0.1, 0.5, escape.clean(rows["term"][0]))
    assert figures.Drawn(sheet, "x").png().startswith(b"\x89PNG")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_runs_nothing(text):
    row = {"result_id": "a", "note": text, "variable": text, "value": -4.2, "notebook": "x"}
    (read,) = pd.read_csv(io.StringIO(as_csv([row])), dtype=str, keep_default_na=False).to_dict("records")
    assert not read["note"].lstrip().startswith(("=", "+", "@", "-")) and read["value"] == "-4.2"


def test_unseen_characters_in_a_text_are_taken_out_with_a_query(tmp_path):
    from analysis.read.rules import RULES

    assert RULES["N10"].status == "repaired"
    assert escape.clean("Head\x0bache") == "Headache" and not escape.is_clean("Head\x0bache")
