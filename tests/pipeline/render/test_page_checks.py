"""Faults that are found on a rendered page."""

import pytest

from pipeline.render.checks import check_page, outline
from pipeline.render.page import finish, script_hashes

PAGE = '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"></head><body>{}</body></html>'


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("<p><strong>?@tbl-x</strong></p>", "reference that leads nowhere: '?@tbl-x'"),
        ("<p>?var:change.n</p>", "value that does not exist: '?var:change.n'"),
        ("<p>?meta:state</p>", "value that does not exist: '?meta:state'"),
        ("<p>{{&lt; embed x &gt;}}</p>", "shortcode left as it is"),
        ("<p>(<strong>smith2020?</strong>)</p>", "citation that is not in the bibliography"),
        ('<img src="https://x.org/a.png" alt="a">', "fetches 'https://x.org/a.png'"),
        ('<img src="a.png" alt="a">', "fetches 'a.png'"),
        ('<link rel="stylesheet" href="a.css">', "fetches 'a.css'"),
        ('<script src="a.js"></script>', "fetches 'a.js'"),
        ("<style>@import 'a.css';</style>", "fetches 'a.css'"),
        ("<style>p{background:url(a.png)}</style>", "fetches 'a.png'"),
        ('<div data-notebook="/home/me/x.ipynb"></div>', "names a path of this machine: '/home/me/x.ipynb'"),
        ("<p>file:///x</p>", "names a path of this machine"),
        ('<p id="a"></p><p id="a"></p>', "id 'a' is given 2 times"),
        ('<img src="data:image/png;base64,AAAA">', "picture 1 has no alternative text"),
        ("<table><tr><td>1</td></tr></table>", "table 1 (beginning ['1']) has no caption"),
    ],
)
def test_faults_of_a_page_are_named(body, message):
    assert any(message in str(problem) for problem in check_page(PAGE.format(body)))


def test_links_for_the_reader_are_no_loads():
    assert check_page(PAGE.format('<a href="https://doi.org/10.1/x">DOI</a><a href="#top">up</a>')) == []


def test_a_page_that_is_too_large_is_a_fault():
    assert "is 0.0 MB, more than 0.0 MB" in str(check_page(PAGE.format("x" * 100), largest=100)[0])


def test_finishing_strips_what_the_machine_left():
    html = finish(PAGE.format('<div data-notebook="/tmp/x.ipynb" data-tags="[1]" class="cell">x</div>'))
    assert '<div class="cell">x</div>' in html


def test_finishing_a_page_with_other_line_ends_keeps_the_script_running():
    html = finish(PAGE.format("<script>\r\nlet a = 1;\r\n</script>"))
    assert "\r" not in html
    assert all(source in html for source in script_hashes(html))
    assert len(script_hashes(html)) == 1


def test_a_page_without_scripts_allows_none():
    assert "script-src 'none'" in finish(PAGE.format("<p>x</p>"))


def test_outline_reads_text_across_markup_and_entities():
    found = outline(
        PAGE.format(
            "<h2>A <em>b</em>&nbsp;&amp; c</h2><table><caption>T</caption><tr><th>x</th></tr></table>"
        )
    )
    assert found.headings == [(2, "A b & c")]
    assert found.captions == ["T"]
    assert found.tables == [[["x"]]]
    assert found.captioned == [True]
