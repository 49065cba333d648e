"""A third study in one command: it carries its own name, nobody else's identity, and it renders."""

import re

import pytest
from checkout import ROOT, Checkout, of_project

from pipeline.new import EMBED, GENERAL, OPENING, PART, _expanded, new_study, replace_section
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
    assert len(texts) > 4
    for file in texts:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"dm_abatacept|NCT04946669|Nanjing|Wenfeng", text), file.name
    made = read.study(project.root / "params" / "my_study" / "study.yml")
    assert (made.id, made.short_title, made.registry.id) == ("my_study", "My study", "UNREGISTERED")
    assert made.title.startswith("My study")
    assert made.synthetic, "the data are still the example's"
    sources = read.source_files(made, project.root)
    assert made.planned_n == 100, "a placeholder, not the size of the other study"
    assert made.caveats == ["The data are still those of an example that this study was started from."]
    assert made.period is None, "the other study's period"
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
    for part in ("visits", "endpoints", "responses", "groups", "eligibility"):
        assert getattr(made, part) == getattr(old, part), part
    rules = [{name: one.rule for name, one in study.populations.items()} for study in (old, made)]
    assert rules[0] == rules[1]
    assert made.statistics.multiplicity == old.statistics.multiplicity
    assert list(made.tables) == list(old.tables)


PROSE = re.compile(r"^(?!---|title:|subtitle:|bibliography:|#|:::|\{\{<|$)")


def words_of(text: str) -> set[str]:
    """Sentences of a text, shortcodes and marks left out."""
    plain = re.sub(r"\{\{<.*?>\}\}|[*_`@]", "", text)
    return {part.strip() for part in re.split(r"(?<=[.;:])\s+|\n\n", plain) if len(part.split()) > 5}


def test_the_reports_hold_the_tables_and_figures_and_none_of_the_words(place, project):
    for like in ("dm_abatacept", "ra_auranofin"):
        name = f"from_{like.partition('_')[0]}"
        new_study(project, name, like=like)
        for report in ("interim", "final"):
            old = place.file("reports", like, f"{report}.qmd").read_text(encoding="utf-8")
            expanded = "\n".join(_expanded(project, old))
            made = place.file("reports", name, f"{report}.qmd").read_text(encoding="utf-8")
            shown = [found[0] for found in EMBED.finditer(expanded)]
            assert sorted(set(shown)) == sorted(found[0] for found in EMBED.finditer(made))
            assert words_of(made) & words_of(expanded) == set()
            assert made.startswith(f"---\ntitle: {name.replace('_', ' ').capitalize()}\n")
            prose = [line for line in made.splitlines() if PROSE.match(line)]
            assert prose == OPENING.strip().splitlines()[2:]
            parts = set(PART.findall(made))
            assert parts <= set(GENERAL) and all(
                place.file("reports/_parts", part).is_file() for part in parts
            )


def test_general_parts_speak_of_no_study(root):
    studies = re.compile(r"abatacept|auranofin|dermatomyositis|rheumatoid|arthritis|NCT\d", re.IGNORECASE)
    for part in GENERAL:
        text = (root / "reports" / "_parts" / part).read_text(encoding="utf-8")
        assert not studies.search(text), part


def test_what_was_said_of_the_other_study_beside_its_lines_is_gone(project):
    new_study(project, "my_study", like="dm_abatacept")
    old, made = (
        (project.root / "params" / name / "study.yml").read_text(encoding="utf-8").splitlines()
        for name in ("dm_abatacept", "my_study")
    )
    sections = [line for line in old if line.startswith("# -----")]
    assert len(sections) > 3
    assert [line for line in made if line.startswith("# -----")] == sections
    explained = [line.partition(" # ")[2] for line in old if " # " in line]
    assert len(explained) > 5
    assert [words for words in explained if any(line.endswith(f" # {words}") for line in made)] == []
    text = "\n".join(made)
    assert "At least one dose of abatacept" not in text and "No interim analysis was registered" not in text


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


def _said_by_the_chapter(pattern: str) -> str:
    """What the chapter shows in a block, in one line."""
    chapter = (ROOT / "docs" / "bring_your_data.qmd").read_text(encoding="utf-8")
    return " ".join(re.search(rf"```(?:text|yaml)\n({pattern}.*?)```", chapter, re.S)[1].split())


def test_the_chapter_on_ones_own_data_says_what_is_seen(project):
    import openpyxl

    from analysis import read
    from analysis.study import StudyFileError

    new_study(project, "my_study", like="dm_abatacept")
    folder, file = project.root / "data" / "my_study", project.root / "params" / "my_study" / "study.yml"
    (folder / "lung.csv").unlink()
    told = _said_by_the_chapter("params/my_study/study.yml:\\d+: sources")
    with pytest.raises(StudyFileError) as refused:
        read.tables(read.study(file), root=project.root)
    place, reason = told.partition(" 1 to put right")[0].split(": there")
    assert place in str(refused.value) and reason in str(refused.value)

    book = openpyxl.Workbook()
    book.active.append(["Patient", "Visit", "Date", "FVC (mL)", "FVC %", "DLCO %"])
    book.active.append(["DM-01", "Baseline", "2021-02-04", 1750, 72.2, 93.0])
    book.active.append(["DM-01", "Week 24", "2021-07-25", 1780, 73.4, 91.6])
    book.save(folder / "lung_function.xlsx")
    chapter = (ROOT / "docs" / "bring_your_data.qmd").read_text(encoding="utf-8")
    line, block = (
        re.search(rf"```yaml\n(  +- {start}.*?)```", chapter, re.S)[1]
        for start in ("{id: lung", "from: lung")
    )
    text = re.sub(r"  - \{id: lung,.*\n", line, file.read_text(encoding="utf-8"))
    text = re.sub(r"    - from: lung\n(?:      .*\n)+", block, text)
    file.write_text(text.replace("column: FVC (mL)", "column: FVC (ml)"), encoding="utf-8")
    with pytest.raises(StudyFileError) as refused:
        read.tables(read.study(file), root=project.root)
    assert _said_by_the_chapter("params/my_study/study.yml:\\d+: tables") in " ".join(
        str(refused.value).split()
    )

    file.write_text(text, encoding="utf-8")
    visits = read.tables(read.study(file), root=project.root).tables["visits"]
    first = visits.query("subject_id == 'DM-01' and visit_id == 'W00'").iloc[0]
    assert (first["fvc_l"], first["fvc_pp"], first["dlco_pp"]) == (1.75, 72.2, 93.0)
