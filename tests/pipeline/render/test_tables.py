"""How numbers in tables are set: flush right, decimals in line, whatever renderer and format follow."""

import re

import pytest

from pipeline.render import render

TEXT = """
::: {{#tbl-x}}
| Item | Value |
|------|{rule}|
{rows}

Caption.
:::
"""


@pytest.fixture
def cells(stage_with, tmp_path):
    def get(*values: str, rule: str = "-------") -> list[tuple[str, str]]:
        rows = "\n".join(f"| row {n} | {value} |" for n, value in enumerate(values))
        stage = stage_with(TEXT.format(rows=rows, rule=rule))
        page = render(stage, to="html", output=tmp_path / "x.html", engine="embedded").path.read_text("utf-8")
        return re.findall(r"<td(?: class=\"whole\")?(?: style=\"text-align: (\w+);\")?>(.*?)</td>", page)

    return get


def test_numbers_without_an_alignment_are_set_flush_right(cells):
    assert cells("1", "2") == [("right", "1"), ("right", "2")]


def test_words_stay_flush_left(cells):
    assert cells("1", "many") == [("", "1"), ("", "many")]


def test_an_alignment_given_is_kept(cells):
    assert cells("1", "2", rule=":-----:") == [("center", "1"), ("center", "2")]


def test_shorter_numbers_are_filled_up_to_the_longest_decimals(cells):
    assert cells("10", "2.5", "−0.25") == [
        ("right", "10\u2008\u2007\u2007"),
        ("right", "2.5\u2007"),
        ("right", "−0.25"),
    ]


def test_a_dash_for_missing_does_not_stop_the_alignment(cells):
    assert cells("1.5", "–", "2.25") == [("right", "1.5\u2007"), ("right", "–"), ("right", "2.25")]


def test_dates_are_no_numbers(cells):
    whole = '<span class="whole">{}</span>'.format
    assert cells("2025-06-30", "2025-07-01") == [("", whole("2025-06-30")), ("", whole("2025-07-01"))]


def test_counts_with_percentages_are_not_filled_up(cells):
    assert cells("6 (75.0)", "15 (7.5)") == [("right", "6 (75.0)"), ("right", "15 (7.5)")]


def test_the_name_of_an_antibody_is_not_spelled_out_as_an_event(stage_with, tmp_path):
    said = [{"name": "SAE", "text": "SAE：严重不良事件"}, {"name": "ULN", "text": "ULN：正常上限"}]
    rows = "| 抗体 | 例 |\n|:--|--:|\n| 抗SAE抗体 | 1 |\n| ULN | 2 |"
    source = f"---\ntitle: 报告\n---\n\n::: {{#tbl-x}}\n{rows}\n\n抗体\n:::\n"
    stage = stage_with(source, **{"document": "main", "spelled-out": said, "spelled-out-list": "A；B。"})
    page = render(stage, to="html", output=tmp_path / "x.html", engine="embedded").path.read_text("utf-8")
    assert "ULN：正常上限" in page
    assert "严重不良事件" not in page
