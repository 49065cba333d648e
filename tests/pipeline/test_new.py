"""A third study in one command: it carries its own name, nobody else's identity, and it renders."""

import re

import pytest
from checkout import Checkout, of_project

from pipeline.new import PART, new_study, replace_section
from pipeline.project import Project, UserError


@pytest.fixture
def place(tmp_path) -> Checkout:
    return of_project(tmp_path / "checkout", "dm_abatacept", "ra_auranofin")


@pytest.fixture
def project(place) -> Project:
    return Project(place.root)


@pytest.mark.parametrize("name", ["My study", "2nd", "_x", "dm-copy", "été", "", "a" * 41, "../up"])
def test_a_name_that_cannot_be_a_folder_is_refused(project, name):
    with pytest.raises(UserError, match="cannot name a study"):
        new_study(project, name, like="dm_abatacept")


@pytest.mark.parametrize("name", ["ra_auranofin", "handbook"])
def test_a_name_that_is_taken_is_refused_and_nothing_changes(project, name):
    before = sorted(project.root.rglob("*"))
    with pytest.raises(UserError, match="choose another name"):
        new_study(project, name, like="dm_abatacept")
    assert sorted(project.root.rglob("*")) == before


def test_the_new_study_carries_nothing_of_the_other_ones_identity(project):
    from analysis import read

    new_study(project, "my_study", like="dm_abatacept")
    texts = [*project.root.glob("params/my_study/*"), *project.root.glob("reports/my_study/*")]
    parts = list(project.root.glob("reports/_parts/_my_study_*"))
    assert len(texts) > 4
    assert parts, "the report's own parts are copied"
    for file in [*texts, *parts]:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"dm_abatacept|NCT04946669|Nanjing|Wenfeng", text), file.name
    made = read.study(project.root / "params" / "my_study" / "study.yml")
    assert (made.id, made.short_title, made.registry.id) == ("my_study", "My study", "UNREGISTERED")
    assert made.title.startswith("My study")
    assert made.synthetic, "the data are still the example's"
    sources = read.source_files(made, project.root)
    assert made.planned_n == 100, "a placeholder, not the size of the other study"
    assert made.caveats == ["The data are still those of an example that this study was started from."]
    looked = (project.root / "params" / "my_study" / "interim.yml").read_text(encoding="utf-8")
    assert "#" not in looked, "what was said of the other study's look"
    assert len(sources) > 4
    assert all(file.is_file() and "my_study" in file.parts for file in sources)


def test_everything_the_reader_needs_stays_as_it_was(project):
    from analysis import read

    new_study(project, "my_study", like="dm_abatacept")
    old, made = (
        read.study(project.root / "params" / name / "study.yml") for name in ("dm_abatacept", "my_study")
    )
    for part in ("visits", "endpoints", "responses", "populations", "statistics", "groups", "eligibility"):
        assert getattr(made, part) == getattr(old, part), part
    assert list(made.tables) == list(old.tables)


def test_parts_that_several_studies_share_stay_shared(place, project):
    sources = [file.read_text(encoding="utf-8") for file in place.file("reports/ra_auranofin").glob("*.qmd")]
    others = {part for source in sources for part in PART.findall(source)}
    new_study(project, "my_study", like="dm_abatacept")
    for report in ("interim", "final"):
        wanted = PART.findall(place.file("reports/my_study", f"{report}.qmd").read_text(encoding="utf-8"))
        assert wanted
        assert all(place.file("reports/_parts", part).is_file() for part in wanted)
        assert all(part.startswith("_my_study_") or part in others for part in wanted)


def test_a_part_that_speaks_of_the_other_study_is_copied_whoever_takes_it_in(place, project):
    part = place.file("reports/_parts/_dm_status.qmd")
    part.write_text(part.read_text(encoding="utf-8") + "\nSee NCT04946669.\n", encoding="utf-8")
    with place.file("reports/ra_auranofin/final.qmd").open("a", encoding="utf-8") as file:
        file.write("\n{{< include parts/_dm_status.qmd >}}\n")
    new_study(project, "my_study", like="dm_abatacept")
    text = place.file("reports/_parts/_my_study_dm_status.qmd").read_text(encoding="utf-8")
    assert "NCT04946669" not in text
    assert "{{< meta registry >}}" in text


def test_comments_of_the_study_file_survive(project):
    new_study(project, "my_study", like="dm_abatacept")
    old, made = (
        (project.root / "params" / name / "study.yml").read_text(encoding="utf-8").splitlines()
        for name in ("dm_abatacept", "my_study")
    )
    sections = [line for line in old if line.startswith("# -----")]
    assert len(sections) > 3
    explained = [line.partition(" # ")[2] for line in old[old.index(sections[0]) :] if " # " in line]
    assert len(explained) > 5
    assert [line for line in made if line.startswith("# -----")] == sections
    assert [words for words in explained if not any(line.endswith(f" # {words}") for line in made)] == []


def test_only_what_the_study_reads_is_copied(project):
    new_study(project, "my_study", like="dm_abatacept")
    copied = {file.name for file in (project.root / "data" / "my_study").iterdir()}
    assert {"lab.csv", "medication.xlsx", "data_dictionary.csv", "README.md"} <= copied
    assert not copied & {"truth_subjects.csv", "dirty_cells.csv", "files.csv"}


def test_a_study_without_files_can_be_started_from_too(project):
    from pipeline.checks import check_study

    new_study(project, "second_look", like="ra_auranofin")
    assert check_study(project, "second_look") == []


def test_a_fault_in_the_source_leaves_nothing_behind(place, project):
    from analysis.study import StudyFileError

    place.edit("params/dm_abatacept/study.yml", "design: single_arm", "design: single")
    with pytest.raises(StudyFileError, match="single_arm"):
        new_study(project, "my_study", like="dm_abatacept")
    assert not list(project.root.glob("**/*my_study*"))


def test_reports_say_that_their_text_must_be_rewritten(project):
    new_study(project, "my_study", like="dm_abatacept")
    for report in ("interim", "final"):
        text = (project.root / "reports/my_study" / f"{report}.qmd").read_text(encoding="utf-8")
        assert text.startswith("---\ntitle: My study\n")
        assert "This text was written for another study" in text


def test_a_section_with_a_list_at_the_margin_is_replaced_whole():
    text = "id: a\ninvestigators:\n- One\n- Two\ntitle: T\n"
    assert replace_section(text, "investigators", "") == "id: a\ntitle: T\n"


@pytest.mark.slow
def test_the_new_study_checks_and_renders_in_one_command(tmp_path):
    place = of_project(tmp_path / "checkout", "dm_abatacept")
    started = place.study("new", "my_study", "--like", "dm_abatacept")
    assert started.code == 0, started.text
    assert "study render my_study" in started.text
    place.file("params/my_study/final.yml").write_text(
        "report: final\nnotebooks:\n  - name: flow\n  - name: dm_design\n", encoding="utf-8"
    )
    place.file("reports/my_study/final.qmd").write_text(
        "---\ntitle: My study\n---\n\n# Patients {#sec-patients}\n\n"
        "{{< var flow.all.enrolled.all.all.n >}} of {{< meta registry >}} in @fig-flow; see @tbl-registry.\n\n"
        "{{< embed notebooks/flow.ipynb#fig-flow >}}\n\n{{< embed notebooks/dm_design.ipynb#tbl-registry >}}\n",
        encoding="utf-8",
    )
    done = place.study("render", "my_study", "--report", "final", "--renderer", "embedded")
    assert done.code == 0, done.text
    page = place.page("my_study", "final")
    assert "My study" in page
    assert "not registered yet" in page
    assert "UNREGISTERED" in page
    assert "NCT04946669" not in page
    assert place.manifest("my_study", "final")["study_id"] == "my_study"
