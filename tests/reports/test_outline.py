"""Every element of the outlines of the registered reports stands in the report, where it belongs.

On the rendered page an element must be there, captioned, filled and referred to; where no page was rendered, the source
must embed it and refer to it.
"""

import re
from collections import Counter
from html import unescape

import pytest
from reports.outlines import MARK, OUTLINES, REPORTS
from reports.pages import ROOT, manifest, page, published, source

from pipeline.publish.documents import divided, numbers_of
from pipeline.render.source import Line, mark_code
from pipeline.texts import texts_of

WRITTEN_AT_RENDER = {"tbl-abbreviations"}  # the abbreviations a report uses are known when it is rendered
INTERIM_ONLY = r':::: \{\.content-visible when-meta="is-interim"\}.*?\n::::\n'
ELEMENTS = [
    pytest.param(study, report, labels, id=f"{study}-{report}-{number}-{name}")
    for study, outline in OUTLINES.items()
    for number, name, where, labels in outline.elements
    for report in REPORTS
    if MARK[report] in where and labels
]
FINAL_ONLY = [(study, label) for study, outline in OUTLINES.items() for label in outline.final_only()]
every_study = pytest.mark.parametrize("study", OUTLINES)
every_report = pytest.mark.parametrize("report", REPORTS)


def names(text: str, label: str) -> bool:
    """Whether a sentence of the source refers to the label."""
    return bool(re.search(rf"@{label}(?![\w-])", text))


@every_study
def test_the_outline_has_its_elements_each_with_labels_but_the_title_page(study):
    outline = OUTLINES[study]
    assert [number for number, *_ in outline.elements] == list(range(1, outline.size + 1))
    assert [name for _, name, _, labels in outline.elements if not labels] in ([], ["Title page"])


@pytest.mark.parametrize(("study", "report", "labels"), ELEMENTS)
def test_the_source_holds_the_element_and_refers_to_it(study, report, labels):
    text = source(study, report)
    for label in labels:
        there = re.search(rf"notebooks/\w+\.ipynb#{label} |\{{#{label}\}}", text)
        assert there, f"{label} is neither embedded nor written"
        assert names(text, label) or label in OUTLINES[study].unnamed, f"nothing refers to {label}"


@pytest.mark.parametrize(("study", "report", "labels"), ELEMENTS)
def test_the_page_shows_the_element_captioned_and_filled(study, report, labels):
    shown = page(study, report)
    for label in labels:
        assert shown.text.get(label, "").strip(), f"{label} is not on the page"
        assert label in shown.links or label in OUTLINES[study].unnamed, f"nothing links to {label}"
        if label.startswith("tbl-"):
            assert re.search(r"Table\s+S?\d+", shown.text[label]), f"{label} has no numbered caption"
            assert shown.cells.get(label, 0) >= 2, f"{label} is empty"
        if label.startswith("fig-"):
            assert re.search(r"Figure\s+S?\d+", shown.text[label]), f"{label} has no numbered caption"
            assert any(len(alt) > 40 for alt in shown.images.get(label, [])), (
                f"{label} has no alternative text"
            )


@pytest.mark.parametrize(("study", "label"), FINAL_ONLY)
def test_what_belongs_to_the_final_report_is_not_in_the_source_of_the_interim_one(study, label):
    assert not re.search(rf"[@#]{label}(?![\w-])", source(study, "interim"))


@pytest.mark.parametrize(("study", "label"), FINAL_ONLY)
def test_what_belongs_to_the_final_report_is_not_on_the_page_of_the_interim_one(study, label):
    assert label not in page(study, "interim").text


@every_study
@every_report
def test_the_text_refers_to_everything_it_shows(study, report):
    text = source(study, report)
    _, *embedded = re.findall(r"notebooks/\w+\.ipynb#([\w-]+) ", text)
    assert embedded
    assert [label for label in embedded if not names(text, label)] == []


@every_study
@every_report
def test_the_main_report_shows_eight_exhibits_at_most_and_has_few_heads(study, report):
    text = source(study, report)
    text = text if report == "interim" else re.sub(INTERIM_ONLY, "", text, flags=re.DOTALL)
    main = divided(mark_code([Line(line, "", 0) for line in text.splitlines()]))["main"]
    assert 4 <= len([label for label in numbers_of(main, "") if label.startswith(("fig-", "tbl-"))]) <= 8
    assert 4 <= len([line for line in main if line.text.startswith("# ")]) <= 8


@every_study
@every_report
def test_the_main_report_has_2500_words_at_most(study, report):
    text = published(study, report, "index.html")
    text = re.sub(r"<(script|style|nav|figure|table)\b.*?</\1>", " ", text, flags=re.DOTALL)
    text = re.sub(r'<div id="refs".*', " ", text, flags=re.DOTALL)
    prose = re.findall(r"<(p|li)\b[^>]*>(.*?)</\1>", text, re.DOTALL)
    words = sum(len(re.sub(r"<[^>]+>", " ", one).split()) for _, one in prose)
    assert 300 < words <= 2500


CAPTION = re.compile(r"<figcaption\b[^>]*>(.*?)</figcaption>", re.DOTALL)
FINDING = re.compile(
    r'^[^<]*<span class="caption-finding">\s*<strong>(.*?)</strong>\s*</span>\s*<span class="caption-shown">',
    re.DOTALL,
)
NO_VALUE = re.compile(r"(?<!\w)(?:–|NA|NR|NE|None|nan)(?!\w)|not estimable")


@pytest.mark.parametrize("study", [*OUTLINES, "ra_auranofin"])
@every_report
def test_every_caption_of_the_main_report_opens_with_its_finding_by_result_id(study, report):
    captions = CAPTION.findall(published(study, report, "index.html"))
    assert 4 <= len(captions) <= 8
    found = [FINDING.match(caption.strip()) for caption in captions]
    assert [caption for caption, opened in zip(captions, found) if not opened] == []
    told = [opened[1] for opened in found if opened]
    assert [one for one in told if 'class="result"' not in one or "data-id=" not in one] == []
    assert [one for one in told if NO_VALUE.search(re.sub(r"<[^>]*>", "", one))] == []


@pytest.mark.parametrize("study", [*OUTLINES, "ra_auranofin"])
@every_report
def test_what_a_table_of_the_main_report_abbreviates_is_spelled_out_under_it(study, report):
    shown = published(study, report, "index.html")
    floats = re.findall(r'<figure class="quarto-float quarto-float-tbl[^"]*">.*?</figure>', shown, re.DOTALL)
    listed = (ROOT / "reports" / "_parts" / "_abbreviations.csv").read_text(encoding="utf-8").splitlines()[1:]
    known = {line.partition(",")[0] for line in listed} - {"CI", "SD"}
    assert floats and known
    for one in floats:
        told = " ".join(re.findall(r'<span class="table-note">(.*?)</span>', one, re.DOTALL))
        cells = " ".join(
            re.sub(r"<[^>]*>", " ", cell) for cell in re.findall(r"<table.*?</table>", one, re.DOTALL)
        )
        used = {
            name for name in known if re.search(rf"(?<![\w/-]){re.escape(name)}s?(?![\w/])", unescape(cells))
        }
        assert sorted(name for name in used if f"{name}: " not in unescape(told)) == []


EXHIBIT = r"@(?:tbl|fig)-[\w-]*\w"
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z@\[{*])")
POINTS = re.compile(
    rf"^{EXHIBIT}\s+\w|\b(?:is|are|stands?)\b[^,;:()@]*\bin {EXHIBIT}\.?$"
)  # begins with the exhibit as its subject, or ends by saying where something stands


@pytest.mark.parametrize("study", [*OUTLINES, "ra_auranofin"])
@every_report
def test_no_sentence_only_points_at_a_table_or_figure(study, report):
    sentences = [one for text in texts_of(source(study, report)) for one in SENTENCE.split(text)]
    assert len(sentences) > 30
    assert [one for one in sentences if POINTS.search(one) and "{{< var" not in one] == []


def test_words_of_direction_follow_the_model_whose_table_stands_beside_them():
    lines = mark_code([Line(line, "", 0) for line in source("dm_abatacept", "final").splitlines()])
    text = "\n".join(line.text for line in divided(lines)["main"])
    told = {found.split(".")[0] for found in re.findall(r"var (\S+)\.moved", text)}
    assert told == {"hierarchy", "missing_mmrm"}  # one model; a change of complete pairs may point elsewhere


@every_study
@every_report
def test_every_reference_has_its_target(study, report):
    text = source(study, report)
    named = set(re.findall(r"@((?:tbl|fig|sec)-[\w-]+)", text)) - WRITTEN_AT_RENDER
    assert named
    assert [label for label in named if not re.search(rf"#{label}[ }}]", text)] == []


@every_study
@every_report
def test_the_methods_say_once_what_the_tables_are_of_and_how_many(study, report):
    outline, text = OUTLINES[study], source(study, report)
    assert text.count("a table is of the primary analysis set ({{< meta analysis-set >}})") == 1
    assert f"{{{{< var {outline.analysed} >}}}}" in text
    shown = published(study, report, "supplement.html")
    assert f"primary analysis set ({outline.analysis_set})" in shown


@every_study
@every_report
def test_what_holds_for_several_tables_is_said_in_the_methods_and_not_under_each(study, report):
    pages = [published(study, report, name) for name in ("index.html", "supplement.html")]
    notes = re.findall(r'<span class="table-note"[^>]*>(.*?)</span>', "".join(pages), re.DOTALL)
    sentences = [one for note in notes for one in re.split(r"(?<=\.) (?=[A-Z])", re.sub(r"\s+", " ", note))]
    assert len(notes) > 20
    assert {one: times for one, times in Counter(sentences).items() if times > 3} == {}


@every_study
@every_report
def test_the_title_page_says_registry_state_and_data_cut_as_the_manifest_has_them(study, report):
    outline, shown, said = OUTLINES[study], page(study, report), manifest(study, report)
    assert shown.cover["Registry"] == said["registry"] == outline.registry
    assert shown.cover["Data cut"] == said["data_cut"]
    assert shown.banners["synthetic"].startswith("Synthetic data") and said["synthetic"]
    assert said["state"] in shown.banners or said["state"] == "final"
    if report == "interim":
        assert (said["state"], said["data_cut"]) == ("interim", outline.interim_cut)
        assert "not locked" in shown.banners["interim"]
