"""The published pages in a real browser, as a collaborator opens them: offline, at a desk and on a phone."""

import json

import pandas as pd
import pytest
from browsing import DESKTOP, PHONE
from checkout import ROOT
from chinese import english_in, known, texts_of_page

pytestmark = pytest.mark.browser
SITE = ROOT / "reports" / "_site"

at_both_sizes = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
WIDER = """() => [...document.querySelectorAll('main *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
        && !one.closest('[tabindex="0"], .table-scroll, svg, math'))
    .slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(
    "page", sorted(SITE.glob("*/*-zh/*.html")), ids=lambda page: page.relative_to(SITE).as_posix()
)
def test_a_chinese_page_holds_no_english(page):
    """Of those that this checkout has rendered; without pages what notebooks show is looked at by `studies`."""
    study, report = page.relative_to(SITE).parts[:2]
    folder = ROOT / "build" / study / report
    tables = {file.stem: pd.read_parquet(file) for file in (folder / "data").glob("*.parquet")}
    sources = json.loads((folder / "settings.json").read_text(encoding="utf-8"))["study"]["sources"]
    names = known(study, tables, [source["id"] for source in sources])
    assert list(english_in(texts_of_page(page.read_text(encoding="utf-8")), names)) == []


LOST = """() => [...document.querySelectorAll('a[href^="#"]')].map(one => decodeURIComponent(one.hash.slice(1)))
    .filter(id => id && !document.getElementById(id))"""
LINKS = """() => [...document.querySelectorAll('a[href]')].map(one => one.getAttribute('href'))
    .filter(link => !/^(#|[a-z]+:)/.test(link))"""
PICTURES = "[...document.images].map(one => [one.alt.trim().length, one.naturalWidth])"


@at_both_sizes
def test_page_is_quiet_offline_never_scrolls_sideways_and_all_it_shows_and_names_is_there(
    open_page, page, size
):
    tab = open_page(page, viewport=size)
    assert tab.said == []
    assert [url for url in tab.asked if not url.startswith("data:")] == [page.resolve().as_uri()]
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"], tab.evaluate(WIDER)
    assert tab.evaluate(LOST) == []
    assert [link for link in tab.evaluate(LINKS) if not (page.parent / link.split("#")[0]).is_file()] == []
    pictures = tab.evaluate(PICTURES)
    assert all(words > 20 and width > 0 for words, width in pictures), pictures
    assert len(pictures) >= tab.locator("figure.quarto-float-fig").count()


@at_both_sizes
def test_accessibility_has_no_violations(open_page, page, violations, size):
    assert violations(open_page(page, viewport=size, bypass_csp=True)) == {}
