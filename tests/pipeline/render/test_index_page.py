"""The page that lists all reports."""

import re

import chinese
import pytest

from pipeline.render import render_index

REPORT = {
    "study": "Difficult-to-treat RA <cohort>",
    "registry": "NCT07126431",
    "report": "interim",
    "state": "interim",
    "data_cut": "2025-06-30",
    "rendered_at": "2025-07-01T08:12:00+00:00",
    "synthetic": True,
    "folder": "ra_cohort/interim",
    "files": ["index.html", "report.docx", "results.csv"],
}


def test_each_report_links_to_its_page_and_files():
    html = render_index([REPORT])
    assert re.findall(r'<a href="(ra_cohort[^"]*)"', html) == [
        "ra_cohort/interim/index.html",
        "ra_cohort/interim/report.docx",
        "ra_cohort/interim/results.csv",
        "ra_cohort/interim/manifest.json",
    ]
    assert "2025-07-01 08:12:00 UTC" in html


def test_reports_of_one_study_stand_together():
    html = render_index(
        [REPORT, REPORT | {"report": "final", "folder": "ra_cohort/final"}, {"study": "Other"}]
    )
    assert html.count("<h2") == 2
    assert "3 reports of 2 studies" in html


def test_titles_are_text_not_markup():
    assert "Difficult-to-treat RA &lt;cohort&gt;" in render_index([REPORT])


def test_synthetic_studies_say_so():
    assert "no real patient is described" in render_index([REPORT])
    assert "no real patient is described" not in render_index([REPORT | {"synthetic": False}])


def test_a_page_without_reports_says_so():
    assert "No report has been rendered yet." in render_index([])


def test_the_list_has_the_content_policy_of_the_reports():
    assert "script-src 'sha256-" in render_index([REPORT])


def test_the_handbook_is_linked_when_it_has_been_rendered():
    assert 'href="handbook/index.html">Handbook</a>' in render_index([REPORT], handbook="handbook/index.html")
    assert "handbook" not in render_index([REPORT]).lower()


def test_each_report_tells_its_finding_and_how_far_the_study_has_come():
    found = {"finding": "9 of 20 <improved>", "progress": {"screened": 24, "enrolled": 19, "planned": 20}}
    html = render_index([REPORT | found])
    assert '<a href="ra_cohort/interim/index.html">Interim report</a>: 9 of 20 &lt;improved&gt;' in html
    assert "24 screened, 19 enrolled of 20 planned." in html
    assert 'data-made="2025-07-01T08:12:00+00:00"' in html


def test_the_list_of_chinese_reports_has_no_english_of_its_own():
    said = {
        "study": "难治性类风湿关节炎队列",
        "study_id": "ra_cohort",
        "registry": "NCT07126431",
        "language": "zh",
    }
    seen = {"progress": {"screened": 228, "enrolled": 177, "planned": 200, "due": 888, "done": 867}}
    files = ["index.html", "supplement.html", "summary.html", "summary.pdf", "report.docx", "results.csv"]
    reports = [
        {**said, **seen, "report": report, "state": state, "data_cut": "2025-06-30", "synthetic": True}
        | {
            "rendered_at": "2026-11-30T07:16:25+00:00",
            "finding": "计划200例，已入组177例",
            "since_last": "结果不变",
        }
        | {"folder": f"ra_cohort/{report}", "files": files, "stale_after": "2026-12-31T00:00:00+00:00"}
        for report, state in (("interim", "interim"), ("final", "draft"), ("final", "final"))
    ]
    for shown in (reports, reports[:1], []):
        page = render_index(
            shown or [{**said, "folder": "ra_cohort/final", "files": []}], handbook="handbook/index.html"
        )
        assert list(chinese.english_in(chinese.texts_of_page(page), chinese.known("ra_cohort", {}, []))) == []


@pytest.mark.browser
def test_on_a_phone_every_column_of_the_list_is_in_sight_and_no_day_is_broken(open_page, tmp_path):
    finding = "Refractory rheumatoid arthritis: 177 of 200 planned participants enrolled by 2025-06-30"
    (tmp_path / "index.html").write_text(render_index([REPORT | {"finding": finding}]), encoding="utf-8")
    tab = open_page(tmp_path / "index.html", viewport={"width": 390, "height": 844})
    boxes = [cell.bounding_box() for cell in tab.locator("tbody td").all()]
    name = tab.locator("tbody th").bounding_box()
    assert len(boxes) == 4 and all(box["x"] == name["x"] and box["width"] == name["width"] for box in boxes)
    assert all(box["x"] + box["width"] <= 390 for box in boxes)
    heads = tab.locator("tbody td").evaluate_all(
        "all => all.map(one => getComputedStyle(one, '::before').content)"
    )
    assert [head.split('"')[1].strip() for head in heads] == ["State", "Files", "Data cut", "Rendered"]
    assert tab.locator(".finding .whole").evaluate("one => one.getClientRects().length") == 1
