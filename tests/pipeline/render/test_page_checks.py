"""Faults that are found on a rendered page."""

import pytest

from pipeline.render.checks import check_page, outline
from pipeline.render.page import SCRIPT, digest, finish, strange_scripts
from pipeline.render.style import asset

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


def test_the_projects_own_script_runs_whatever_its_line_ends():
    own = asset("report.js").replace("\n", "\r\n")
    html = finish(PAGE.format(f"<script>\r\n{own}\r\n</script>"))
    assert "\r" not in html and strange_scripts(html) == []
    assert digest(SCRIPT.search(html)[2]) in html.split("script-src")[1].split(";")[0]


@pytest.mark.parametrize("script", ["let a = 1;", asset("report.js") + "alert(1)", ""])
def test_a_script_that_came_with_data_or_a_renderer_does_not_run_and_is_told(script):
    html = finish(PAGE.format(f"<p>a</p><script>{script}</script>"))
    assert digest(script) not in html.split("script-src")[1].split(";")[0]
    assert any("not the project's own" in str(problem) for problem in check_page(html))


def test_a_path_is_told_with_its_place():
    body = '<table id="tbl-sae"><tr><td>see file:///srv/x</td></tr></table>'
    told = "\n".join(map(str, check_page(PAGE.format(body))))
    assert "names a path of this machine: 'file:///srv/x' in #tbl-sae, after 'see'" in told


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
