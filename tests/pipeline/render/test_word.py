"""The Word document: real tables, captions that Word can renumber, running header and footer."""

import re
import zipfile

import pytest

from analysis.language import speaking
from pipeline.render import render

ENGINES = ["embedded", pytest.param("quarto", marks=pytest.mark.quarto)]


@pytest.fixture(params=ENGINES)
def parts(request, rendered) -> dict[str, str]:
    return read(rendered("docx", request.param).path)


def read(file) -> dict[str, str]:
    """The parts of a Word file that are text, by name."""
    with zipfile.ZipFile(file) as archive:
        return {
            name: archive.read(name).decode("utf-8") for name in archive.namelist() if name.endswith(".xml")
        }


def paragraphs(xml: str, style: str) -> list[str]:
    found = re.findall(rf'<w:p>(?:(?!</w:p>).)*?w:val="{style}"(?:(?!</w:p>).)*</w:p>', xml, re.DOTALL)
    return ["".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", paragraph)) for paragraph in found]


def test_every_table_is_a_table_of_its_own_with_a_head_that_repeats(parts):
    document = parts["word/document.xml"]
    assert document.count("<w:tbl>") == 7
    assert "<w:tbl>" not in re.sub(r"<w:tbl>((?!<w:tbl>).)*?</w:tbl>", "", document, flags=re.DOTALL)
    tables = re.findall(r"<w:tbl>.*?</w:tbl>", document, re.DOTALL)
    assert all("<w:tblHeader" in table for table in tables)


def test_captions_are_paragraphs_of_their_own_style(parts):
    document = parts["word/document.xml"].replace("\u00a0", " ")
    assert paragraphs(document, "TableCaption")[:2] == [
        "Table 1: Baseline characteristics, n = 20",
        "Table 2: Change from baseline in CDAI, “observed cases”, 95 % CI",
    ]
    assert paragraphs(document, "ImageCaption") == [
        "Figure 1: Mean CDAI by visit, n = 18",
        "Figure 2: A drawing of the design",
    ]


def test_caption_numbers_are_fields(parts):
    document = parts["word/document.xml"]
    assert document.count("SEQ Table \\* ARABIC") == 7
    assert document.count("SEQ Figure \\* ARABIC") == 2


def test_no_paragraph_has_two_sets_of_properties(parts):
    for paragraph in re.findall(r"<w:p>.*?</w:p>", parts["word/document.xml"], re.DOTALL):
        assert paragraph.count("<w:pPr>") <= 1


def test_cover_banner_and_contents_come_before_the_text(parts):
    document = parts["word/document.xml"]
    assert paragraphs(document, "CoverRow")[0] == "Registry: NCT04946669"
    assert paragraphs(document, "BannerState") == ["Interim, data not locked. Numbers may still change."]
    assert paragraphs(document, "TOC1")[0] == "1. Summary"
    assert document.index("Synthetic data: no real patient") < document.index('w:val="Heading1"')


def test_header_and_footer_say_what_this_is(parts):
    assert "NCT04946669  Abatacept in refractory dermatomyositis" in parts["word/header1.xml"]
    assert "Interim" in parts["word/header1.xml"]
    assert "Data cut: 2025-06-30" in parts["word/footer1.xml"]
    assert "NUMPAGES" in parts["word/footer1.xml"]


def test_the_wide_table_stands_on_a_landscape_page(parts):
    sections = re.findall(r"<w:sectPr.*?</w:sectPr>", parts["word/document.xml"], re.DOTALL)
    assert ['w:orient="landscape"' in section for section in sections] == [False, True, False]
    assert "headerReference" in sections[0]


def test_text_of_other_formats_is_left_out(parts):
    document = parts["word/document.xml"]
    assert "This copy can be edited" in document
    assert "Numbers can be opened" not in document
    assert "?@" not in document


def test_pictures_carry_their_alternative_text(parts):
    assert 'descr="Mean CDAI falls from 24.1 to 15.8 at week 24."' in parts["word/document.xml"]


def test_header_shows_the_words_of_a_link(stage_with, tmp_path):
    stage = stage_with(registry="[NCT04946669](https://clinicaltrials.gov/study/NCT04946669)")
    made = render(stage, to="docx", output=tmp_path / "x.docx", engine="embedded")
    with zipfile.ZipFile(made.path) as archive:
        assert ">NCT04946669  Abatacept" in archive.read("word/header1.xml").decode("utf-8")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_picture_taller_than_the_page_is_made_to_fit(stage_with, tmp_path, engine):
    from matplotlib.figure import Figure

    picture = '![A tall one](tall.png){#fig-tall fig-alt="Nothing is drawn."}'
    made = stage_with(f"---\ntitle: T\n---\n\n# Flow\n\n{picture}\n\nSee @fig-tall.\n")
    Figure(figsize=(4, 16), dpi=150).savefig(made / "tall.png")
    output = tmp_path / "tall.docx"
    render(made, to="docx", output=output, engine=engine)
    with zipfile.ZipFile(output) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    width, height = map(int, re.search(r'<wp:extent cx="(\d+)" cy="(\d+)"', document).groups())
    assert height <= 6.0 * 914_400
    assert width / height == pytest.approx(4 / 16, rel=0.01)


def test_the_head_of_a_chinese_document_is_in_chinese_and_its_text_follows_the_contents(stage_with, tmp_path):
    stage = stage_with("---\ntitle: 报告\n---\n\n# 摘要 {#sec-a}\n\n文字。\n", lang="zh", state="draft")
    with speaking("zh"):
        made = render(stage, to="docx", output=tmp_path / "x.docx", engine="embedded").path
    parts = read(made)
    rules = re.findall(
        r'<w:noLineBreaks(?:After|Before) w:lang="zh-CN" w:val="([^"]*)"', parts["word/settings.xml"]
    )
    assert len(rules) == 2 and all("～" in signs for signs in rules)
    heads = [part for name, part in parts.items() if re.match(r"word/header\d*\.xml", name)]
    assert heads and all("草案" in part and "Draft" not in part for part in heads)
    contents = parts["word/document.xml"].rsplit('w:val="Heading1"', 1)[0]
    assert 'w:type="page"' not in contents


GROUPED = (
    "::: {#tbl-x}\n\n```{=html}\n<table><thead><tr><th>Drug</th><th>n</th></tr></thead><tbody>"
    '<tr><th scope="rowgroup" colspan="2">Biological</th></tr><tr><th scope="row">abatacept</th><td>4</td></tr>'
    "</tbody></table>\n```\n\nDrugs\n\n:::\n"
)


@pytest.mark.parametrize("engine", ENGINES)
def test_numbers_of_a_supplement_bear_their_letter_once_wherever_they_stand(stage_with, tmp_path, engine):
    text = f"# First {{#sec-a}}\n\n## Below {{#sec-b}}\n\nSee @sec-b and @tbl-x.\n\n# Free\n\n{GROUPED}"
    stage = stage_with(f"---\ntitle: T\n---\n\n{text}", **{"number-prefix": "S"})
    document = read(render(stage, to="docx", output=tmp_path / "x.docx", engine=engine).path)[
        "word/document.xml"
    ]
    assert paragraphs(document, "TOC1") == ["S1. First", "S2. Free"]
    assert paragraphs(document, "TOC2") == ["S1.1 Below"]
    assert "SS" not in "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", document))
    assert "See Section S1.1 and Table S1." in paragraphs(document.replace("\u00a0", " "), "FirstParagraph")


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_of_a_name_under_a_group_begin_below_each_other(stage_with, tmp_path, engine):
    stage = stage_with(f"---\ntitle: T\n---\n\n# First\n\n{GROUPED}\n\nSee @tbl-x.\n")
    parts = read(render(stage, to="docx", output=tmp_path / "x.docx", engine=engine).path)
    assert paragraphs(parts["word/document.xml"], "TableStepped") == ["abatacept"]
    style = re.search(
        r'<w:style [^>]*w:styleId="TableStepped".*?</w:style>', parts["word/styles.xml"], re.DOTALL
    )
    assert re.search(r'<w:ind w:left="[1-9]\d+"', style[0])
