"""The answer stands on the first screen of every report, at a desk and on a phone."""

import re

import pytest

pytestmark = pytest.mark.browser

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
BOTTOM = (
    "one => Math.max(...[...document.querySelectorAll(one)].map(node => node.getBoundingClientRect().bottom))"
)


@pytest.fixture
def report(page):
    """A main report."""
    if page.name != "index.html" or 'class="first-screen"' not in page.read_text(encoding="utf-8"):
        pytest.skip("no main report")
    return page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_finding_caution_and_numbers_are_seen_without_scrolling(open_page, report, size):
    tab = open_page(report, viewport=size)
    assert tab.locator(".key-number").count() == 4
    for part in ("h1.title", ".caution", ".key-number", ".strip"):
        assert tab.evaluate(BOTTOM, part) <= size["height"], part


def test_at_a_desk_certainty_and_downloads_are_seen_too_and_most_of_the_figure(open_page, report):
    tab = open_page(report, viewport=DESK)
    assert tab.evaluate(BOTTOM, ".certainty") <= DESK["height"]
    assert tab.locator(".first-figure img").bounding_box()["y"] < 0.6 * DESK["height"]
    assert tab.locator(".certainty > ul > li").count() == 3


def test_the_title_holds_a_number_or_a_direction_and_is_the_name_of_the_page(open_page, report):
    tab = open_page(report)
    title = " ".join(tab.locator("h1.title").inner_text().split())
    assert re.search(r"\d|improved|worsened|better|worse|not clear", title)
    assert tab.title() == title


def test_nothing_lies_over_the_text(open_page, report):
    tab = open_page(report, viewport=PHONE)
    fixed = "[...document.querySelectorAll('body *')].filter(one => getComputedStyle(one).position === 'fixed').length"
    assert tab.evaluate(fixed) == 0


def test_search_finds_captions_and_leads_to_them(open_page, report):
    tab = open_page(report, viewport=DESK)
    caption = tab.locator("main figcaption").first.evaluate("node => node.firstChild.textContent")
    tab.fill(".search input", caption.split()[-1].strip(".,"))
    link = tab.locator(".search li a").first
    target = link.get_attribute("href")[1:]
    assert tab.locator(f"[id='{target}']").count() == 1


def test_the_folded_part_holds_versions_and_the_citation_is_at_hand(open_page, report):
    tab = open_page(report)
    assert not tab.locator("details.about").evaluate("node => node.open")
    assert "Versions" in tab.locator("details.about dt").all_text_contents()
    assert tab.locator(".downloads button").inner_text() == "Copy citation"
