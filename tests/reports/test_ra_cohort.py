"""Every element of the outline of the rheumatoid arthritis reports stands in the report, where it belongs.

The list below is the outline. On the rendered page an element must be there, captioned, filled and referred to; where
no page was rendered, the source must embed it and refer to it.
"""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "reports" / "ra_cohort"
REPORTS = ("interim", "final")

# number of the outline, what it is, reports it belongs to, labels that make it up
OUTLINE = [
    (1, "Title page", "IF", []),
    (2, "Synopsis", "IF", ["sec-synopsis", "tbl-synopsis"]),
    (3, "Deviations and registry discrepancies", "IF", ["tbl-discrepancies", "tbl-deviations"]),
    (4, "Flow", "IF", ["fig-flow"]),
    (5, "Eligibility audit", "IF", ["tbl-criteria"]),
    (6, "Recruitment", "I", ["fig-recruitment"]),
    (7, "Baseline characteristics, treatment at entry", "IF", ["tbl-baseline", "tbl-entry-treatment"]),
    (8, "D2T criteria and sub-items", "IF", ["tbl-d2t"]),
    (9, "UpSet of criterion 2", "IF", ["fig-upset"]),
    (10, "Prior DMARD exposure", "IF", ["tbl-history"]),
    (11, "Swimmer of drug sequences", "F", ["fig-swimmer"]),
    (12, "Disease activity by visit", "IF", ["tbl-activity"]),
    (13, "Mean activity by visit", "IF", ["fig-course"]),
    (14, "Remission and low disease activity", "IF", ["tbl-remission"]),
    (15, "Disease states", "IF", ["fig-states"]),
    (16, "ACR, EULAR and CDAI responses", "F", ["tbl-improvement"]),
    (17, "Time to target, drug survival", "F", ["fig-time-to-target", "fig-drug-survival"]),
    (18, "Patient-reported outcomes", "IF", ["tbl-pro"]),
    (19, "Treat to target", "IF", ["tbl-t2t"]),
    (20, "Biomarkers", "F", ["tbl-markers"]),
    (21, "Phenotypes", "F", ["fig-phenotypes"]),
    (22, "Predictors", "F", ["tbl-predictors", "tbl-performance"]),
    (23, "Calibration, decision curve", "F", ["fig-calibration", "fig-decision"]),
    (24, "Radiographic progression", "F", ["tbl-films"]),
    (25, "Adverse events", "IF", ["tbl-ae-overview", "tbl-eair", "tbl-aesi", "tbl-sae"]),
    (26, "Missing data, loss by exposure", "IF", ["fig-missing", "tbl-missing", "tbl-loss"]),
    (27, "Sensitivity", "F", ["tbl-sensitivity", "tbl-definitions"]),
    (28, "Limitations", "IF", ["sec-limitations"]),
    (29, "Query log and checklists", "IF", ["tbl-queries", "tbl-query-list", "tbl-strobe", "tbl-ptc"]),
    (30, "Software, seed, reproducibility", "IF", ["sec-software", "tbl-software", "tbl-files"]),
]
MARK = {"interim": "I", "final": "F"}
WRITTEN_AT_RENDER = {"tbl-abbreviations"}  # the abbreviations a report uses are known when it is rendered
# Tables whose footnote must say the analysis set and its size.
ANALYSED = [
    "tbl-d2t",
    "tbl-history",
    "tbl-activity",
    "tbl-remission",
    "tbl-pro",
    "tbl-t2t",
    "tbl-eair",
    "tbl-loss",
]
CASES = [
    pytest.param(report, labels, id=f"{report}-{number}-{name}")
    for number, name, where, labels in OUTLINE
    for report in REPORTS
    if MARK[report] in where
]
ABSENT = [label for _, _, where, labels in OUTLINE if where == "F" for label in labels]


def source(report: str) -> str:
    """The report's source with its shared parts in place."""
    text = (SOURCES / f"{report}.qmd").read_text(encoding="utf-8")

    def part(match):
        return (ROOT / "reports" / "_parts" / match[1]).read_text(encoding="utf-8")

    return re.sub(r"\{\{< include parts/(\S+) >\}\}", part, text)


class Page(HTMLParser):
    """What carries a label: its text, how many cells and images it holds, and what links to it."""

    VOID = frozenset(
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
    )

    def __init__(self, text: str):
        super().__init__()
        self.open, self.text, self.cells, self.links, self.images = [], {}, {}, set(), {}
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if (given.get("href") or "").startswith("#"):
            self.links.add(given["href"][1:])
        if tag not in self.VOID:
            self.open.append((tag, given.get("id")))
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


@pytest.fixture(scope="module")
def pages():
    made = {}
    for report in REPORTS:
        file = ROOT / "reports" / "_site" / "ra_cohort" / report / "index.html"
        if file.is_file():
            made[report] = Page(file.read_text(encoding="utf-8"))
    return made


def test_the_outline_has_its_thirty_elements():
    assert [number for number, *_ in OUTLINE] == list(range(1, 31))


@pytest.mark.parametrize(("report", "labels"), CASES)
def test_the_source_holds_the_element_and_refers_to_it(report, labels):
    text = source(report)
    for label in labels:
        there = re.search(rf"notebooks/\w+\.ipynb#{label} |\{{#{label}\}}", text)
        assert there, f"{label} is neither embedded nor written"
        if not label.startswith("sec-"):
            assert re.search(rf"@{label}\b(?!-)", text), f"nothing refers to {label}"


@pytest.mark.parametrize(("report", "labels"), CASES)
def test_the_page_shows_the_element_captioned_and_filled(report, labels, pages):
    if report not in pages:
        pytest.skip(f"the {report} report was not rendered here")
    page = pages[report]
    for label in labels:
        assert page.text.get(label, "").strip(), f"{label} is not on the page"
        assert label in page.links or label.startswith("sec-"), f"nothing links to {label}"
        if label.startswith("tbl-"):
            assert re.search(r"Table\s+\d+", page.text[label]), f"{label} has no numbered caption"
            assert page.cells.get(label, 0) >= 2, f"{label} is empty"
        if label.startswith("fig-"):
            assert re.search(r"Figure\s+\d+", page.text[label]), f"{label} has no numbered caption"
            assert any(len(alt) > 40 for alt in page.images.get(label, [])), (
                f"{label} has no alternative text"
            )


@pytest.mark.parametrize("label", ABSENT)
def test_what_belongs_to_the_final_report_is_not_in_the_interim_one(label):
    text = source("interim")
    assert f"#{label}" not in text
    assert f"@{label}" not in text


@pytest.mark.parametrize("report", REPORTS)
def test_every_reference_of_the_source_has_its_target(report):
    text = source(report)
    for label in set(re.findall(r"@((?:tbl|fig|sec)-[\w-]+)", text)) - WRITTEN_AT_RENDER:
        assert re.search(rf"#{label}[ }}]", text), f"@{label} points nowhere"


@pytest.mark.parametrize("report", REPORTS)
def test_tables_say_their_analysis_set_and_size(report, pages):
    if report not in pages:
        pytest.skip(f"the {report} report was not rendered here")
    for label in ANALYSED:
        assert re.search(r"Analysis set: .+?, n = \d+", pages[report].text[label]), label


@pytest.mark.parametrize("report", REPORTS)
def test_the_state_stands_on_the_page_and_follows_from_the_lock(report, pages):
    if report not in pages:
        pytest.skip(f"the {report} report was not rendered here")
    text = (ROOT / "reports" / "_site" / "ra_cohort" / report / "index.html").read_text(encoding="utf-8")
    manifest = json.loads(
        (ROOT / "reports" / "_site" / "ra_cohort" / report / "manifest.json").read_text(encoding="utf-8")
    )
    assert "NCT07126431" in text
    assert "Synthetic data" in text
    if report == "interim":
        assert "not locked" in text
        assert "2025-06-30" in text
    assert manifest
