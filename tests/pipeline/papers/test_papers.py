"""`study sap` and `study manuscript`, as a user types them, for the public trial."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from small_study import small_study

from analysis.language import tr
from pipeline.papers import make, methods
from pipeline.papers.checklist import BY_DESIGN, checklist
from pipeline.papers.exhibits import exhibits_of
from pipeline.papers.journals import JOURNALS, journal_of, style_of
from pipeline.papers.manuscript import MOST, Draft, _title_page, chosen_exhibits
from pipeline.papers.methods import cited
from pipeline.papers.origin import Origin
from pipeline.papers.plan_text import Exhibit
from pipeline.papers.prose import parts_of, section
from pipeline.papers.write import _said
from pipeline.project import UserError
from pipeline.publish import in_words_of
from pipeline.publish.cover import study_facts
from pipeline.publish.documents import REFERENCE
from pipeline.reach import Code
from pipeline.render.source import Line
from pipeline.resolve import resolve
from pipeline.words import words_of as words_of_study


def text_of(docx) -> str:
    with zipfile.ZipFile(docx) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    seen = re.sub(r"<w:instrText\b.*?</w:instrText>", "", xml)  # the code of a field, which no reader sees
    return re.sub(r"<[^>]*>", "", re.sub(r"</w:p>", "\n", seen))


def words_of(page) -> str:
    html = re.sub(r"<(script|style)\b.*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_the_plan_says_what_is_fixed_and_tells_no_result(work):
    answer = work.study("sap", "ra_auranofin", "--to", "html,docx", "--renderer", "embedded")
    assert answer.code == 0, answer.text
    page = words_of(work.file("papers", "ra_auranofin", "sap.html"))
    for said in (
        *("Statistical analysis plan", "This plan is not locked", "Objectives", "Estimands", "Analysis sets"),
        *(
            "Visits and windows",
            "Outcomes with their roles",
            "Hierarchy of hypotheses",
            "Missing data",
            "Interim looks",
        ),
        *("To compare patients' own assessment", "Shells of tables and figures", "All (n = …)", "xx (xx.x)"),
    ):
        assert said in page.replace("’", "'"), said
    assert re.search(r"Approved by \(principal investigator\)\s+Version|Approved by", page)
    found = work.values("ra_auranofin", "final")
    for name in (
        "difference_mmrm.analysed.self_assessment.m5.auranofin.estimate",
        "flow.all.arm_auranofin.all.all.n",
    ):
        shown = f"{found[name]:.2f}" if found[name] % 1 else f"{found[name]:.0f}"
        assert not re.search(rf"(?<![\d.]){re.escape(shown)}(?![\d.])", page), name
    assert "Shells of tables and figures" in text_of(work.file("papers", "ra_auranofin", "sap.docx"))


def test_the_manuscript_tells_results_by_id_with_five_exhibits_and_its_checklist(work):
    answer = work.study(
        "manuscript", "ra_auranofin", "--to", "docx", "--renderer", "embedded", "--journal", "rheumatology"
    )
    assert answer.code == 0, answer.text
    text = text_of(work.file("papers", "ra_auranofin", "manuscript.docx"))
    for said in (
        "Abstract",
        "Objectives",
        "Conclusions",
        "Introduction",
        "Statistical analysis",
        "Reporting checklist",
    ):
        assert said in text, said
    enrolled = work.values("ra_auranofin", "final")["flow.all.enrolled.all.all.n"]
    assert f"Of the {enrolled:.0f} patients in the public data" in text.replace("\xa0", " ")
    assert "[To be written: names of all authors]" in text
    assert (
        len(set(re.findall(r"(?:Figure|Table) \d+: ", text.replace("\xa0", " ")))) <= MOST + 1
    )  # and the checklist
    assert "[1]" in text  # as the journal cites


def test_a_locked_plan_is_held_against_the_report(work):
    locked = work.study("lock", "ra_auranofin", "--sap")
    assert locked.code == 0 and "is locked" in locked.text, locked.text
    assert "Nothing to do" in work.study("lock", "ra_auranofin", "--sap").text
    name = "params/ra_auranofin/study.yml"
    work.edit(name, "seed: 1986", "seed: 1987")
    work.edit(
        name,
        "baseline_table:\n",
        "plan_changes:\n  - {what: statistics.seed, reason: The seed was mistyped.}\nbaseline_table:\n",
    )
    made = work.study("render", "ra_auranofin", "--report", "final", "--renderer", "embedded")
    assert made.code == 0, made.text
    page = words_of(work.published("ra_auranofin", "final") / "index.html")
    assert "What was done otherwise than planned" in page
    assert "1 entries differ" in page or "1 entry differs" in page
    assert "statistics.seed 1986 1987 The seed was mistyped." in page
    assert "Reports had been made from data 2 times before the plan was locked" in page
    work.edit(name, "seed: 1987", "seed: 1986")
    checked = work.study("check", "ra_auranofin")
    assert checked.code == 1
    assert "plan_changes names 'statistics.seed', which does not differ from the locked plan" in checked.text
    record = next(work.file("locks", "ra_auranofin", "sap").glob("*/lock.json"))
    record.chmod(0o600)
    record.write_text(record.read_text(encoding="utf-8").replace("1986", "1987"), encoding="utf-8")
    broken = work.study("render", "ra_auranofin", "--report", "final", "--renderer", "embedded")
    assert broken.code != 0 and "was edited after it was made" in broken.text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sap", "ra_auranofn"), "Did you mean ra_auranofin?"),
        (("sap", "ra_auranofin", "--to", "odt"), "format 'odt' is none of html, docx, pdf"),
        (("sap", "ra_auranofin", "--lang", "xx"), "language 'xx' is none of en, zh"),
        (("manuscript", "ra_auranofin", "--to", "html"), "format 'html' is none of docx, pdf"),
        (("manuscript", "ra_auranofin", "--journal", "rheumatolgy"), "Did you mean rheumatology?"),
        (("manuscript", "ra_auranofin", "--report", "midterm"), "report 'midterm' is none of interim, final"),
        (("sap", "ra_auranofin", "--renderer", "word"), "renderer 'word' is none of quarto, embedded"),
    ],
)
def test_a_wrong_name_is_told(auranofin, words, said):
    answer = auranofin.study(*words)
    assert answer.code == 2 or answer.code == 1
    assert said in " ".join(answer.text.split())


def test_every_journal_has_a_style_that_is_read():
    for journal in JOURNALS.values():
        assert "<bibliography" in style_of(journal)
    with pytest.raises(UserError, match="ard: Annals of the Rheumatic Diseases"):
        journal_of("nature")


@pytest.mark.parametrize("design", sorted(BY_DESIGN))
def test_every_item_of_a_guideline_has_a_place_or_is_open(design):
    everywhere = {place for _, _, places in BY_DESIGN[design].items for place in places or ()}
    filled = "\n".join(checklist(design, everywhere, set()))
    assert "**open**" not in filled
    assert "\n".join(checklist(design, set(), set())).count("**open**") == sum(
        places is not None for _, _, places in BY_DESIGN[design].items
    )


def test_flow_baseline_and_harm_are_shown_before_others():
    labels = ["fig-a", "tbl-b", "tbl-c", "fig-flow", "tbl-baseline", "tbl-d", "tbl-ae-overview"]
    kept = [one.label for one in chosen_exhibits([Exhibit("n", label, "") for label in labels], [])]
    assert kept == ["fig-a", "tbl-b", "fig-flow", "tbl-baseline", "tbl-ae-overview"]


def test_a_sentence_cites_only_what_the_list_of_references_has():
    assert cited("Shares [@a; @b].", {"b"}) == "Shares [@b]."


def test_who_signs_is_empty_until_filled_in(root):
    rows = []
    for file in sorted((root / "reports").rglob("*.qmd")):
        text = file.read_text(encoding="utf-8")
        for table in re.findall(r"((?:^\|.*\n)+)\n: Signatures", text, re.MULTILINE):
            rows += [line.strip().strip("|").split("|") for line in table.splitlines()[2:]]
    assert rows
    assert {cell.strip() for _, *cells in rows for cell in cells} == {"&nbsp;"}


def test_no_author_is_named_for_the_authors():
    study = {
        **small_study().model_dump(mode="json", by_alias=True),
        "lang": "en",
        "investigators": ["A. Person"],
    }
    draft = Draft(
        Origin(Path(), "final", {"study": study}, {}, [], Path()), [], [], [], JOURNALS["ard"], set(), []
    )
    page = "\n".join(_title_page(draft))
    assert "**Authors.** [[To be written: names of all authors]]{.gap}" in page
    assert "**Principal investigators.** A. Person" in page


META = re.compile(r"\{\{< meta ([\w-]+) >\}\}")
OF_A_RUN = {
    "data-cut",
    "state-word",
    "report-label",
    "state",
    "leaving-reasons",
}  # no paper takes these parts


@pytest.mark.parametrize("study", ["ra_cohort", "dm_abatacept", "ra_auranofin"])
def test_a_paper_tells_every_fact_that_the_text_of_a_report_names(root, study):
    found = resolve(root, study, "final", code=Code(root / "src"), kept=None)
    settings = {"study": {**found.study, "lang": "en"}}
    origin = Origin(Path("run"), "final", settings, {}, [], root)
    with in_words_of(settings, root):
        told = {*words_of_study(origin.study)[0], *study_facts(origin.study), *_said(origin, "", "")}
    text = (root / "reports" / study / "final.qmd").read_text(encoding="utf-8")
    parts = re.findall(r"include parts/(\S+)", text)
    files = [root / "reports" / "_parts" / part for part in parts]
    texts = [text, *(file.read_text(encoding="utf-8") for file in files if file.exists())]
    assert {name for one in texts for name in META.findall(one)} - told - OF_A_RUN == set()


def test_a_manuscript_has_fields_for_the_numbers_that_its_text_kept(tmp_path):
    (tmp_path / "index.qmd").write_text(
        "Of {{< var flow.all.enrolled.all.all.n >}} patients.", encoding="utf-8"
    )
    (tmp_path / "_metadata.yml").write_text("{}", encoding="utf-8")
    numbers = {"enrolled": {"all": {"all": {"n": "20"}}}, "screened": {"all": {"all": {"n": "27"}}}}
    make.add_fields(tmp_path, {"flow": {"all": numbers}})
    said = (tmp_path / "_metadata.yml").read_text(encoding="utf-8")
    assert "result:flow.all.enrolled.all.all.n" in said
    assert "screened" not in said


@pytest.mark.parametrize("study, called", [("ra_cohort", "participants"), ("dm_abatacept", "patients")])
def test_a_paper_calls_those_studied_as_the_study_does(root, study, called):
    found = resolve(root, study, "final", code=Code(root / "src"), kept=None)
    settings = {"study": {**found.study, "lang": "en"}}
    with in_words_of(settings, root):
        said = json.dumps(_said(Origin(Path("run"), "final", settings, {}, [], root), "", ""))
        assert f"{found.study['planned_n']} {called}" in said
        assert tr("{n} patients were planned.", n=20) == f"20 {called} were planned."


def test_a_finding_goes_with_its_exhibit_and_is_no_paragraph_of_the_results():
    text = [
        "# Harm {#sec-harm}",
        "Events were few.",
        "",
        "::: {.finds}",
        "Of 20 patients 3 had one.",
        "",
        "{{< embed notebooks/safety.ipynb#tbl-ae >}}",
        ":::",
        "",
        "{{< embed notebooks/safety.ipynb#tbl-sae >}}",
    ]
    lines = [Line(line, "x.qmd", n) for n, line in enumerate(text)]
    assert section(parts_of(lines), "sec-harm") == ["Events were few."]
    assert [(one.label, one.finding) for one in exhibits_of(lines)] == [
        ("tbl-ae", "Of 20 patients 3 had one."),
        ("tbl-sae", ""),
    ]


def test_a_label_ends_where_a_chinese_sign_follows():
    numbers = {"tbl-x": "补充表S2"}
    assert make.elsewhere(["@tbl-x见补充材料；另见@tbl-x。"], numbers) == [
        "补充表S2见补充材料；另见补充表S2。"
    ]
    assert REFERENCE.findall("@fig-waterfall将每个评分与可达到的最高评分对照") == ["fig-waterfall"]


def test_a_sentence_on_what_the_paper_lacks_goes_though_its_line_begins_with_a_number():
    line = "{{< var a.all.b.all.all.n >}}例达到。[@fig-x]把每个评分对照。"
    assert make.settled([line]) == ["{{< var a.all.b.all.all.n >}}例达到。"]


@pytest.mark.parametrize("study", ["ra_cohort", "dm_abatacept", "ra_auranofin"])
def test_a_manuscript_has_one_primary_outcome_at_the_visit_of_the_settings(root, study):
    found = resolve(root, study, "final", code=Code(root / "src"), kept=None).study
    chosen = (found.get("settings") or {}).get("primary")
    with in_words_of({"study": {**found, "lang": "en"}}, root):
        said = " ".join(methods.visits_and_outcomes(found))
        (primary,) = re.findall(r"The primary outcome was: (.*?)\.(?:\s|$)", said)
        if chosen:
            assert primary.endswith(f", at week {chosen['visit'].lstrip('W')}")
