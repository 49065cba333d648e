"""Every element of the outline of the dermatomyositis reports stands in the report, where it belongs.

The list below is the outline. On the rendered page an element must be there, captioned, filled and referred to; where
no page was rendered, the source must embed it and refer to it.
"""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "reports" / "dm_abatacept"
SITE = ROOT / "reports" / "_site" / "dm_abatacept"
REPORTS = ("interim", "final")
MARK = {"interim": "I", "final": "F"}
WRITTEN_AT_RENDER = {"tbl-abbreviations"}  # the abbreviations a report uses are known when it is rendered

# number of the outline, what it is, reports it belongs to, labels that make it up
OUTLINE = [
    (1, "Title page", "IF", ["tbl-signatures"]),
    (2, "Synopsis", "IF", ["sec-synopsis"]),
    (3, "Estimand table", "IF", ["tbl-estimand"]),
    (4, "Flow", "IF", ["fig-flow"]),
    (5, "Eligibility audit", "IF", ["tbl-criteria"]),
    (6, "Baseline", "IF", ["tbl-baseline", "tbl-disease", "tbl-prior-drugs"]),
    (7, "Refractoriness", "IF", ["tbl-refractoriness"]),
    (8, "Exposure and adherence", "IF", ["tbl-exposure", "tbl-omitted"]),
    (9, "Core set measures by visit", "IF", ["tbl-core-set"]),
    (10, "Courses of the core set measures", "IF", ["fig-core-set"]),
    (11, "Primary: TIS", "IF", ["tbl-tis-response", "tbl-tis"]),
    (12, "TIS waterfall", "IF", ["fig-waterfall"]),
    (13, "IMACS definition and discordance", "IF", ["tbl-imacs", "tbl-tis-imacs"]),
    (14, "TIS points per patient", "F", ["tbl-tis-points"]),
    (15, "CDASI and responders", "IF", ["tbl-cdasi", "tbl-cdasi-response"]),
    (16, "CDASI paired with regression to the mean", "IF", ["fig-cdasi"]),
    (17, "Lung function", "F", ["tbl-lung", "tbl-lung-progression"]),
    (18, "Glucocorticoids", "IF", ["tbl-steroids", "tbl-steroid-response", "tbl-steroid-cumulative"]),
    (19, "Dose timelines", "F", ["fig-doses"]),
    (20, "Patient-reported outcomes", "F", ["tbl-pro", "tbl-sf36"]),
    (21, "Intercurrent events", "IF", ["tbl-intercurrent"]),
    (22, "Adverse events, overview with rates", "IF", ["tbl-ae-overview"]),
    (
        23,
        "Adverse events by term, by grade, serious",
        "IF",
        ["tbl-ae-soc-pt", "tbl-aesi", "tbl-ae-grade", "tbl-sae"],
    ),
    (24, "Laboratory shifts", "IF", ["tbl-lab-shift", "fig-lab-shift"]),
    (25, "Missing data and strategies", "F", ["tbl-missing", "tbl-missing-strategies"]),
    (26, "Sensitivity", "F", ["tbl-sensitivity", "tbl-methods"]),
    (27, "Subgroups", "F", ["tbl-subgroups"]),
    (28, "Interpretation", "IF", ["sec-interpretation", "sec-change-contents", "sec-limitations"]),
    (
        29,
        "Checklists, profiles, query log, software",
        "IF",
        ["tbl-checklist", "tbl-profiles", "tbl-query-list", "tbl-software", "tbl-files"],
    ),
]
CASES = [
    pytest.param(report, labels, id=f"{report}-{number}-{name}")
    for number, name, where, labels in OUTLINE
    for report in REPORTS
    if MARK[report] in where
]
FINAL_ONLY = [label for _, _, where, labels in OUTLINE if where == "F" for label in labels]
# Tables of results: the footnote says the analysis set with its size.
ANALYSED = [
    "tbl-disease",
    "tbl-refractoriness",
    "tbl-exposure",
    "tbl-core-set",
    "tbl-tis-response",
    "tbl-imacs",
    "tbl-cdasi",
    "tbl-steroids",
    "tbl-intercurrent",
]
CAUSAL = r"abatacept (?:improved|reduced|led to|caused|is effective|was effective)|due to abatacept"


def source(report: str) -> str:
    """The report's source with its shared parts in place."""
    text = (SOURCES / f"{report}.qmd").read_text(encoding="utf-8")

    def part(match):
        return (ROOT / "reports" / "_parts" / match[1]).read_text(encoding="utf-8")

    return re.sub(r"\{\{< include parts/(\S+) >\}\}", part, text)


class Page(HTMLParser):
    """What carries an id: its text, its table cells, the alternative texts of its images; and all links inside."""

    EMPTY = frozenset(["area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"])

    def __init__(self, text: str):
        super().__init__()
        self.stack, self.text, self.cells, self.images, self.links = [], {}, {}, {}, set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if (given.get("href") or "").startswith("#"):
            self.links.add(given["href"][1:])
        if tag not in self.EMPTY:
            self.stack.append((tag, given.get("id")))
        for label in self.labels():
            if tag == "td":
                self.cells[label] = self.cells.get(label, 0) + 1
            if tag == "img":
                self.images.setdefault(label, []).append(given.get("alt") or "")

    def handle_endtag(self, tag):
        while self.stack and tag not in self.EMPTY:
            if self.stack.pop()[0] == tag:
                break

    def handle_data(self, data):
        for label in self.labels():
            self.text[label] = self.text.get(label, "") + data

    def labels(self):
        return {label for _, label in self.stack if label}


@pytest.fixture(scope="module")
def pages():
    made = {}
    for report in REPORTS:
        file = SITE / report / "index.html"
        if file.is_file():
            made[report] = Page(file.read_text(encoding="utf-8"))
    return made


def page_of(pages, report):
    if report not in pages:
        pytest.skip(f"the {report} report was not rendered here")
    return pages[report]


def test_the_outline_has_its_29_elements():
    assert [number for number, *_ in OUTLINE] == list(range(1, 30))


@pytest.mark.parametrize(("report", "labels"), CASES)
def test_the_source_holds_the_element_and_refers_to_it(report, labels):
    text = source(report)
    for label in labels:
        there = re.search(rf"notebooks/\w+\.ipynb#{label} |\{{#{label}\}}", text)
        assert there, f"{label} is neither embedded nor written"
        assert re.search(rf"@{label}\b(?!-)", text), f"nothing refers to {label}"


@pytest.mark.parametrize(("report", "labels"), CASES)
def test_the_page_shows_the_element_captioned_and_filled(report, labels, pages):
    page = page_of(pages, report)
    for label in labels:
        assert page.text.get(label, "").strip(), f"{label} is not on the page"
        if label.startswith("tbl-"):
            assert re.search(r"Table\s+\d+", page.text[label]), f"{label} has no numbered caption"
            assert page.cells.get(label, 0) >= 2, f"{label} is empty"
        if label.startswith("fig-"):
            assert re.search(r"Figure\s+\d+", page.text[label]), f"{label} has no numbered caption"
            assert any(len(alt) > 40 for alt in page.images.get(label, [])), (
                f"{label} has no alternative text"
            )


@pytest.mark.parametrize("label", FINAL_ONLY)
def test_what_belongs_to_the_final_report_is_not_in_the_interim_one(label):
    assert f"#{label} " not in source("interim")
    assert not re.search(rf"@{label}\b(?!-)", source("interim"))


@pytest.mark.parametrize("report", REPORTS)
def test_the_text_refers_to_everything_it_shows(report):
    text = source(report)
    for label in re.findall(r"notebooks/\w+\.ipynb#([\w-]+) ", text):
        assert re.search(rf"@{label}\b(?!-)", text), f"nothing refers to {label}"


@pytest.mark.parametrize("report", REPORTS)
def test_every_reference_has_its_target(report):
    text = source(report)
    for label in set(re.findall(r"@((?:tbl|fig|sec)-[\w-]+)", text)) - WRITTEN_AT_RENDER:
        assert re.search(rf"#{label}[ }}]", text), f"@{label} points nowhere"


@pytest.mark.parametrize("report", REPORTS)
def test_tables_say_their_analysis_set_and_size(report, pages):
    page = page_of(pages, report)
    for label in ANALYSED:
        assert re.search(r"Analysis set: Full analysis set, n = \d+", page.text[label]), label


def test_the_interim_report_has_no_p_values(pages):
    page = page_of(pages, "interim")
    shown = " ".join(
        page.text[label] for _, _, _, labels in OUTLINE for label in labels if label in page.text
    )
    assert not re.search(r"\bp [=<] ?0\.\d", shown)
    assert ".p >" not in source("interim")
    assert "p_value" not in (SITE / "interim" / "results.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("report", REPORTS)
def test_no_sentence_gives_abatacept_as_the_cause(report):
    assert not re.search(CAUSAL, source(report), re.IGNORECASE)


@pytest.mark.parametrize("report", REPORTS)
def test_the_report_says_what_kind_of_study_it_is_and_that_it_was_registered_late(report):
    text = " ".join(source(report).split())
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
    checklist = (ROOT / "reports" / "_parts" / "_dm_checklist.qmd").read_text(encoding="utf-8")
    rows = [line for line in checklist.splitlines() if line.startswith("| ") and "Guideline" not in line]
    assert len(rows) >= 22
    without = [row for row in rows if "@sec-" not in row]
    assert [row.split("|")[1].strip() for row in without] == ["Baseline equivalence: not applicable"]
