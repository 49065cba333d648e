"""The HTML page that the embedded renderer makes of the small report."""

import base64
import hashlib
import re

import pytest

from pipeline.render import RenderError, render
from pipeline.render.checks import check_page, outline


def test_sections_are_numbered_and_the_references_section_is_not(page):
    found = outline(page).headings
    assert found == [
        (1, "1 Summary"),
        (1, "2 Methods"),
        (2, "2.1 Sample"),
        (2, "2.2 中文 and symbols"),
        (1, "3 Results"),
        (2, "3.1 Change"),
        (2, "3.2 All visits"),
        (2, "3.3 Listing"),
        (2, "3.4 Criteria in words"),
        (1, "References"),
    ]


def test_figures_and_tables_are_numbered_in_reading_order(page):
    assert outline(page).captions == [
        "Table 1: Baseline characteristics, n = 20",
        "Table 2: Change from baseline in CDAI, “observed cases”, 95 % CI",
        "Figure 1: Mean CDAI by visit, n = 18",
        "Table 3: Responders, observed cases",
        "Table 4: Responders, non-responder imputation",
        "Table 5: Core set measures by visit",
        "Table 6: Adverse events",
        "Table 7: Categories of CDAI.",
        "Figure 2: A drawing of the design",
    ]


def test_references_name_the_number_of_what_they_point_to(page):
    assert outline(page).references == [
        ("Table 2", "#tbl-change"),
        ("Figure 1", "#fig-change"),
        ("Table 1", "#tbl-baseline"),
        ("Section 2", "#sec-methods"),
        ("1", "#fig-change"),
        ("Table 2", "#tbl-change"),
        ("Table 5", "#tbl-wide"),
        ("Figure 2", "#fig-design"),
        ("Table 4", "#tbl-imputed"),
    ]


def test_numbers_carry_their_result_id(page):
    assert outline(page).numbers == [("flow.enrolled.n", "20"), ("change.cdai.w24.estimate", "−8.3")]


def test_alternative_text_computed_in_the_notebook_reaches_the_picture(page):
    assert "Mean CDAI falls from 24.1 to 15.8 at week 24." in outline(page).alts
    assert all(outline(page).alts)


def test_only_the_content_of_this_state_and_format_is_shown(page):
    assert "This is an interim look" in page
    assert "belongs to the final report" not in page
    assert "Numbers can be opened" in page
    assert "This copy can be edited" not in page


def test_banners_state_what_the_report_is(page):
    assert outline(page).banners == [
        "Interim, data not locked. Numbers may still change.",
        "Synthetic data: no real patient is described.",
    ]


def test_a_final_report_on_real_data_has_no_banner(stage_with, tmp_path):
    stage = stage_with(state="final", synthetic=False)
    made = render(stage, to="html", output=tmp_path / "final.html", engine="embedded")
    assert outline(made.path.read_text(encoding="utf-8")).banners == []


def test_cover_is_a_list_of_terms(page):
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)
    assert rows == [
        ("Registry", "NCT04946669"),
        ("Report", "Interim report"),
        ("State", "Interim"),
        ("Data cut", "2025-06-30"),
        ("Institution", "风湿免疫科"),
        ("Versions", "code 0123456789ab, pandas 3.1"),
    ]


def test_table_heads_say_what_they_head(page):
    table = re.search(r'id="tbl-baseline".*?</table>', page, re.DOTALL)[0]
    assert '<th colspan="2" style="text-align: center;" scope="colgroup">Antibody</th>' in table
    assert re.search(r'<th[^>]*scope="col">All <span class="whole">\(n = 20\)</span></th>', table)
    assert re.search(r'<th[^>]*scope="rowgroup"><span class="block-name">Demography</span></th>', table)
    assert re.search(r'<th[^>]*scope="row">Age, years</th>', table)
    assert "<th></th>" not in table


def test_decimals_stand_in_line(page):
    """The two durations differ by one decimal: the shorter one is filled up with a figure space."""
    table = re.search(r'id="tbl-baseline".*?</table>', page, re.DOTALL)[0]
    columns = re.search(r"Duration, years</th>\s*(<td.*?</td>)\s*(<td.*?</td>)", table, re.DOTALL)
    assert 'text-align: right;">2.1</td>' in columns[1]
    wide = re.search(r'id="tbl-criteria".*?</table>', page, re.DOTALL)[0]
    assert 'text-align: right;">≤ 2.8</td>' in wide


def test_citations_are_resolved_and_listed(page):
    assert "(<a" in page
    assert outline(page).bibliography[1].startswith("Student. 1908. “The Probable Error of a Mean.”")


def test_math_is_mathml(page):
    assert page.count("<math") == 2
    assert "MathJax" not in page


def test_content_policy_allows_exactly_the_scripts_of_the_page(page):
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    scripts = re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL)
    digests = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", policy)) == digests
    assert "default-src 'none'" in policy
    assert "connect-src 'none'" in policy


def test_page_is_fit_to_be_sent(page):
    assert check_page(page) == []
    assert "papermill" not in page
    assert "2025-07-01T08:00:00" not in page
    assert "/home/somebody" not in page


def test_same_source_gives_the_same_bytes(stage, page, tmp_path):
    again = render(stage, to="html", output=tmp_path / "again.html", engine="embedded")
    assert again.path.read_text(encoding="utf-8") == page


def test_a_failed_render_leaves_the_last_good_page(stage_with, tmp_path):
    output = tmp_path / "index.html"
    output.write_text("the last good page", encoding="utf-8")
    with pytest.raises(RenderError, match="tbl-chnage"):
        render(stage_with("See @tbl-chnage."), to="html", output=output, engine="embedded")
    assert output.read_text(encoding="utf-8") == "the last good page"
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["index.html"]


def test_unknown_formats_and_engines_are_refused(stage, tmp_path):
    with pytest.raises(ValueError, match="to must be one of"):
        render(stage, to="odt", output=tmp_path / "x.odt")
    with pytest.raises(ValueError, match="engine must be one of"):
        render(stage, to="html", output=tmp_path / "x.html", engine="word")


@pytest.mark.parametrize(
    ("around", "first"),
    [
        ('<div class="first-figure">\n', True),
        (
            '<div class="first-figure">\n<div class="quarto-embed-nb-cell">\n<div id="cell-fig-a" class="cell">\n',
            True,
        ),
        ('<div class="first-figure"></div>\n<div class="cell">\n', False),
        ("", False),
    ],
    ids=["embedded", "quarto", "after it", "elsewhere"],
)
def test_the_figure_of_the_first_screen_is_narrow_while_it_stands_beside_text(around, first):
    from pipeline.render.figures import BESIDE, SCREEN, with_extras

    page = f'{around}<div id="fig-a" class="x"><figure><img src="data:,a"/></figure></div>'
    made = with_extras(page, {"fig-a": {"mark": "DRAFT", "narrow": "data:,b", "csv": "n\n1\n"}})
    image = '<img data-adapts="pixels" src="data:,a"/>'
    assert f'<source media="{BESIDE if first else SCREEN}" srcset="data:,b">{image}</picture>' in made
    assert made.count("DRAFT") == 1 and 'download="fig-a.csv"' in made


def test_an_interval_stands_at_the_end_of_its_cell_and_in_no_other():
    from pipeline.render.figures import with_extras

    rows = [
        '<tr class="odd"><th scope="rowgroup" colspan="3">CDAI</th></tr>',
        '<tr><th scope="row">Week 12</th><td>3 (0)</td><td>-2.7</td></tr>',
        '<tr><th scope="row">Week 24</th><td>2 (1)</td><td>–</td></tr>',
    ]
    page = '<div id="{}"><table><thead><tr><td></td></tr></thead><tbody>{}</tbody></table></div>'
    two = "".join(page.format(name, "\n".join(rows)) for name in ("tbl-a", "tbl-b"))
    made = with_extras(two, {"tbl-b": {"intervals": [[0, 1, 0, 25.5, 60, 100]]}})
    drawn = (
        '<span class="interval" aria-hidden="true" style="--low:0%;--at:25.5%;--high:60%;--none:100%"></span>'
    )
    assert made.count(drawn) == 1
    assert made.replace(drawn, "") == two
    assert f"<td>-2.7{drawn}</td>" in made.split('id="tbl-b"')[1]


def test_on_a_dark_page_a_drawing_has_its_colours_and_pixels_turn_over_but_not_a_picture_of_others():
    from base64 import b64decode, b64encode

    from pipeline.render.figures import with_extras

    def figure(svg: str) -> str:
        held = b64encode(svg.encode()).decode()
        return f'<div id="fig-a"><figure><img src="data:image/svg+xml;base64,{held}"/></figure></div>'

    line = '<svg><path style="stroke: #1c2127"/></svg>'
    narrow = f"data:image/svg+xml;base64,{b64encode(line.encode()).decode()}"
    made = with_extras(figure(line), {"fig-a": {"mark": "", "narrow": narrow}})
    drawings = [b64decode(one).decode() for one in re.findall(r"base64,([^\"]+)", made)]
    assert len(drawings) == 2
    assert all('[style*="stroke: #1c2127"]{stroke:#e4e7ea!important}' in one for one in drawings)
    assert made.count('data-adapts="colours"') == made.count("data-adapts") == 1
    pixels = figure('<svg><image href="data:,"/></svg>')
    drawn = pixels.replace("<img", '<img data-adapts="pixels"')
    assert with_extras(pixels, {"fig-a": {"mark": ""}}).startswith(drawn[: drawn.index("</figure>")])
    assert with_extras(pixels, {}) == pixels
