"""The page in a real browser: offline, on a phone, in the dark, by keyboard, with scripts off, for screen readers."""

import re

import pytest
from browsing import DESKTOP, PHONE

from pipeline.render import render, render_index

pytestmark = pytest.mark.browser

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]


@pytest.fixture
def open_report(open_page, rendered):
    """Function: an engine -> the page that it made of the small report, in a fresh window."""
    return lambda engine="embedded", **settings: open_page(rendered("html", engine).path, **settings)


@pytest.mark.parametrize("engine", ENGINES)
def test_page_asks_for_nothing_and_logs_nothing(open_report, engine):
    tab = open_report(engine)
    assert tab.said == []
    assert [url for url in tab.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in tab.asked if url.startswith("file:")]) == 1


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_page_never_scrolls_sideways(open_report, engine, size):
    tab = open_report(engine, viewport=size)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_accessibility_has_no_violations(open_report, violations, engine, scheme, size):
    tab = open_report(engine, viewport=size, color_scheme=scheme, bypass_csp=True)
    assert violations(tab) == {}


def test_details_of_a_number_are_accessible_when_open(open_report, violations):
    tab = open_report(bypass_csp=True)
    tab.locator(".result-open").first.click()
    assert violations(tab) == {}


def test_a_number_tells_its_origin_by_keyboard(open_report):
    tab = open_report()
    button = tab.locator(".result-open").nth(1)
    button.focus()
    tab.keyboard.press("Enter")
    details = tab.get_by_role("dialog")
    assert "change.cdai.w24.estimate" not in details.inner_text()  # the id is for who asks for it
    details.locator("summary").click()
    assert "change.cdai.w24.estimate" in details.inner_text()
    assert "paired t" in details.inner_text()
    assert "Notebook\nchange" in details.inner_text()
    assert button.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Escape")
    assert details.count() == 0
    assert tab.evaluate("document.activeElement.className") == "result-open"


def test_a_number_with_its_interval_is_broken_like_the_words_around_it(open_report):
    tab = open_report(viewport=PHONE)
    kinds = "[...document.querySelectorAll('main .result-open')].map(one => getComputedStyle(one).display)"
    assert set(tab.evaluate(kinds)) == {"inline"}


def test_listing_sorts_by_number_and_back(open_report):
    tab = open_report()
    column = (
        "[...document.querySelectorAll('#tbl-listing tbody tr')].map(row => Number(row.cells[3].textContent))"
    )
    tab.locator("#tbl-listing th button", has_text="Day").click()
    days = tab.evaluate(column)
    assert days == sorted(days)
    assert tab.locator("#tbl-listing th[aria-sort=ascending]").inner_text() == "Day"
    tab.locator("#tbl-listing th button", has_text="Day").click()
    assert tab.evaluate(column) == sorted(days, reverse=True)


def test_tabs_work_by_keyboard_and_open_for_a_link(open_report):
    tab = open_report()
    assert tab.locator("#tbl-observed").is_visible()
    assert not tab.locator("#tbl-imputed").is_visible()
    tab.get_by_role("tab", name="Observed").focus()
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#tbl-imputed").is_visible()
    tab.get_by_role("tab", name="Observed").click()
    tab.evaluate("location.hash = '#tbl-imputed'")
    tab.wait_for_function("document.getElementById('tbl-imputed').offsetHeight > 0")


def test_a_caption_leads_back_to_the_text(open_report):
    tab = open_report()
    back = tab.locator("#tbl-change figcaption .backlinks a")
    assert back.count() == 2
    assert back.first.get_attribute("aria-label") == "Back to mention 1 of Table\u00a02"
    target = back.first.get_attribute("href")
    assert tab.locator(target).inner_text() == "Table\u00a02"


def test_a_wide_table_scrolls_in_its_own_frame_by_keyboard(open_report):
    tab = open_report(viewport=PHONE)
    frame = tab.locator("#tbl-wide .table-scroll")
    assert frame.evaluate("frame => frame.scrollWidth > frame.clientWidth")
    assert frame.get_attribute("tabindex") == "0"
    narrow = tab.locator("#tbl-criteria .table-scroll")
    assert narrow.get_attribute("tabindex") is None


def test_contents_are_folded_on_a_phone_and_open_on_a_desk(open_report):
    assert not open_report(viewport=PHONE).locator("#TOC details > ul").first.is_visible()
    assert open_report().locator("#TOC details > ul").first.is_visible()


def test_theme_can_be_switched(open_report):
    tab = open_report(color_scheme="light")
    paper = "getComputedStyle(document.body).backgroundColor"
    before = tab.evaluate(paper)
    tab.get_by_role("button", name="Dark page").click()
    assert tab.evaluate(paper) != before
    tab.get_by_role("button", name="Light page").click()
    assert tab.evaluate(paper) == before


def test_everything_is_readable_with_scripts_off(open_report):
    tab = open_report(java_script_enabled=False, viewport=PHONE)
    for ident in ("tbl-observed", "tbl-imputed", "tbl-listing", "fig-change"):
        assert tab.locator(f"#{ident}").is_visible()
    assert tab.locator("span.result").first.inner_text() == "20"
    assert tab.locator("#TOC details > ul").first.is_visible()
    assert tab.locator("button").count() == 0


def test_paper_shows_what_is_folded_on_the_screen(open_report):
    tab = open_report()
    tab.emulate_media(media="print")
    assert tab.locator("#tbl-imputed").is_visible()
    assert not tab.locator(".theme-toggle").is_visible()
    assert not tab.locator(".backlinks").first.is_visible()


def test_a_report_past_its_date_says_so_itself(open_page, stage_with, tmp_path):
    from pipeline.render import render

    stage = stage_with(**{"stale-after": "2020-01-01T00:00:00Z"})
    made = render(stage, to="html", output=tmp_path / "stale.html", engine="embedded")
    assert open_page(made.path).locator(".banner-stale").is_visible()
    stage = stage_with(**{"stale-after": "2999-01-01T00:00:00Z"})
    made = render(stage, to="html", output=tmp_path / "fresh.html", engine="embedded")
    assert not open_page(made.path).locator(".banner-stale").is_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_list_of_reports_is_readable_and_accessible(open_page, violations, tmp_path, size):
    report = {
        "study": "A study",
        "registry": "NCT1",
        "report": "interim",
        "folder": "a",
        "files": ["report.pdf"],
    }
    file = tmp_path / "index.html"
    file.write_text(render_index([report, report | {"report": "final"}]), encoding="utf-8")
    tab = open_page(file, viewport=size, bypass_csp=True)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert tab.said == []
    assert violations(tab) == {}


def test_only_the_pages_own_script_may_run(open_page, rendered, tmp_path):
    """A script smuggled into the page is stopped by its content policy."""
    html = rendered("html").path.read_text(encoding="utf-8")
    file = tmp_path / "changed.html"
    file.write_text(
        re.sub("</body>", "<script>document.title = 'changed'</script></body>", html), encoding="utf-8"
    )
    tab = open_page(file)
    assert tab.title() != "changed"
    assert any("Content Security Policy" in text for text in tab.said)


def test_search_finds_a_number_in_the_text_and_shows_what_stands_about_it(open_report):
    tab = open_report()
    number = tab.locator("main p .result").first
    value = number.inner_text()
    tab.fill(".search input", value)
    assert value in " ".join(tab.locator(".search li a").all_inner_texts())
    place = number.evaluate("one => '#' + one.closest('p').id")
    assert tab.locator(f".search li a[href='{place}']").count() == 1
    tab.fill(".search input", "a word that no report has")
    assert tab.locator(".search li a").count() == 0


COMMAND = "study draft my_first export.csv visits.xlsx dictionary.csv --and-whatever-else-belongs-to-it"


def test_a_long_command_is_read_whole_on_a_phone(open_page, stage_with, tmp_path):
    stage = stage_with(f"---\ntitle: Handbook\n---\n\n# Start {{#sec-a}}\n\n```bash\n{COMMAND}\n```\n")
    made = render(stage, to="html", output=tmp_path / "x.html", engine="embedded").path
    tab = open_page(made, viewport=PHONE)
    assert tab.evaluate(
        "[...document.querySelectorAll('pre')].map(one => one.scrollWidth - one.clientWidth)"
    ) == [0]


def test_state_of_a_report_stands_below_its_name_however_short_that_is(open_report):
    tab = open_report(viewport=DESKTOP)
    tab.evaluate("document.querySelectorAll('.strip > p').forEach(one => { one.textContent = '期中报告' })")
    top = tab.evaluate("document.querySelector('.strip .banner').getBoundingClientRect().top")
    assert top >= tab.evaluate("document.querySelector('.strip > p').getBoundingClientRect().bottom")
