"""The Chinese font in pages and PDF: only what is used, and only where it is."""

import base64
import re
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.render import page, typeface, typeset
from pipeline.render.typeface import MARKS, with_font, with_marks

PAGE = "<html><head><meta charset='utf-8'><style>p{}</style></head><body><p>%s</p></body></html>"


def glyphs(html):
    from fontTools.ttLib import TTFont

    font = TTFont(BytesIO(base64.b64decode(re.search(r"data:font/woff;base64,([^\"]+)", html)[1])))
    return {chr(code) for code in font.getBestCmap()}


def test_a_page_carries_the_characters_it_shows_and_no_others():
    assert glyphs(with_font(PAGE % "风湿 &#x514D;（DAS28）")) == set("风湿免（）")


def test_a_page_without_chinese_text_is_left_as_it_is():
    html = PAGE % "Change in DAS28, µg/m² ≥ 1 – 2"
    assert with_font(html) == html
    script = PAGE.replace("<body>", "<body><script>// 风</script>") % "plain"
    assert with_font(script) == script


def test_the_policy_of_the_page_lets_the_font_in_and_nothing_of_the_network():
    html = page.finish(PAGE % "风湿")
    assert "font-src data:" in html
    assert "default-src 'none'" in html


def test_a_pdf_has_the_font_without_a_font_of_the_machine(tmp_path):
    source = tmp_path / "a.typ"
    source.write_text('#set text(font: ("Libertinus Serif", "Study Sans SC"))\n风湿免疫科\n')
    content = typeset.compile_pdf(source, tmp_path / "a.pdf").read_bytes()
    assert b"StudySansSC" in content


@pytest.mark.parametrize("name", ["report.css", "typst-template.typ"])
def test_every_list_of_fonts_ends_in_the_one_that_is_always_there(name):
    from pipeline.render.style import asset

    text = asset(name)
    lists = re.findall(r"--(?:sans|serif|mono):[^;]+;|#let report-fonts\(.*?\n\}", text, re.DOTALL)
    assert lists
    assert all("Study Sans SC" in entry or ": var(--" in entry for entry in lists)


def test_quotation_marks_never_fall_to_a_chinese_face_for_want_of_a_latin_one():
    assert glyphs(with_marks(PAGE % "plain")) == set(MARKS)
    sheet = (Path(typeface.__file__).with_name("assets") / "report.css").read_text(encoding="utf-8")
    stacks = re.findall(r"--(?:latin|sans|serif): ([^;]+);", sheet.split("@media")[0])
    own = re.compile(r"system-ui$|(?:sans-)?serif$|.*(?:CJK|PingFang|Hiragino|YaHei|Song|SimSun| SC)")
    assert len(stacks) == 3
    for stack in stacks:
        plain = re.sub("⟪[^⟫]*⟫", "", stack).replace("var(--latin)", "Marks of the page")
        names = [name.strip(' "\n') for name in plain.split(",")]
        assert not any(own.match(name) for name in names[: names.index("Marks of the page")]), stack
