"""What the dermatomyositis reports must say, and must not, beyond their outline."""

import re

import pytest
from reports.outlines import REPORTS
from reports.pages import page, published, source

CAUSAL = r"abatacept (?:improved|reduced|led to|caused|is effective|was effective)|due to abatacept"


def p_values(report: str) -> tuple[list[str], list[str]]:
    """What a page shows of p values: those in its text, and the heads of their columns."""
    html = published("dm_abatacept", report, "index.html")
    in_text = re.findall(r"\bp [=<>] ?0\.\d+", page("dm_abatacept", report).text["top"])
    return in_text, re.findall(r"<th[^>]*>\s*((?:\w+ )*p)\s*</th>", html)


def test_the_interim_report_has_no_p_values():
    assert p_values("interim") == ([], [])
    assert "p_value" not in published("dm_abatacept", "interim", "results.csv")


def test_the_final_report_has_p_values_where_they_were_looked_for():
    in_text, heads = p_values("final")
    assert in_text
    assert {"p", "Adjusted p"} <= set(heads)
    assert "p_value" in published("dm_abatacept", "final", "results.csv")


def test_the_source_of_the_interim_report_asks_for_no_p_value():
    assert ".p >" not in source("dm_abatacept", "interim")


@pytest.mark.parametrize("report", REPORTS)
def test_no_sentence_gives_abatacept_as_the_cause(report):
    assert not re.search(CAUSAL, source("dm_abatacept", report), re.IGNORECASE)


@pytest.mark.parametrize("report", REPORTS)
def test_the_report_says_what_kind_of_study_it_is_and_that_it_was_registered_late(report):
    text = " ".join(source("dm_abatacept", report).split())
    for words in (
        "single-arm, open-label, exploratory",
        "20 patients",
        "retrospective",
        "{{< meta registry >}}",
        "synthetic",
    ):
        assert words in text, words


@pytest.mark.parametrize("report", REPORTS)
def test_the_checklist_points_to_sections_of_the_report(report):
    text = source("dm_abatacept", report)
    checklist = text[: text.index("{#tbl-checklist}")].rpartition("| Item | Guideline | Where |")[2]
    rows = [line.split("|") for line in checklist.splitlines() if line.startswith("| ")]
    assert len(rows) >= 22
    places = {item.strip(): re.findall(r"@(sec-[\w-]+)", where) for _, item, _, where, _ in rows}
    assert [item for item, named in places.items() if not named] == ["Baseline equivalence: not applicable"]
    lost = {
        label for named in places.values() for label in named if not re.search(rf"\{{#{label}[ }}]", text)
    }
    assert lost == set()
