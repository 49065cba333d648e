"""What runs when: everything at first, nothing when nothing changed, and after a change only what depends on it."""

import json
import re
import shutil

import pytest
from planning import planned as planned_in

from pipeline.project import Project, UserError
from pipeline.site_lock import site_lock

FINAL = ("render", "ra_auranofin", "--report", "final", "--renderer", "embedded")


def ran(answer, word: str = "done") -> list[str]:
    """The tasks that ended like this, the study's name left out."""
    rows = re.findall(r"^ *\d+/\d+  (\S+) +[\d.]+ s  (.+)$", answer.text, re.MULTILINE)
    return sorted(name.removeprefix("ra_auranofin/") for outcome, name in rows if outcome == word)


def would_run(answer) -> list[str]:
    """The tasks that pytask's table says would be executed, the study's name left out."""
    rows = re.findall(r"^│ (.+?)\s+│ (\S+)\s+│$", answer.text, re.MULTILINE)
    return sorted(name.removeprefix("ra_auranofin/") for name, outcome in rows if outcome == "w")


def insert_cell(checkout, notebook: str, place: int, source: str) -> None:
    """A code cell more in a notebook of the checkout."""
    file = checkout.file("notebooks", f"{notebook}.ipynb")
    content = json.loads(file.read_text(encoding="utf-8"))
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "id": "inserted",
        "metadata": {},
        "outputs": [],
        "source": source,
    }
    content["cells"].insert(place, cell)
    file.write_text(json.dumps(content), encoding="utf-8")


# ---------------------------------------------------------------- everything, then nothing


def test_a_first_render_makes_every_report_and_the_index(auranofin):
    for report in ("interim", "final"):
        made = {file.name for file in auranofin.published("ra_auranofin", report).iterdir()}
        assert made == {
            *("index.html", "supplement.html", "summary.html", "summary.pdf"),
            *("results.csv", "manifest.json"),
        }
    index = auranofin.file("reports", "_site", "index.html").read_text(encoding="utf-8")
    assert 'href="ra_auranofin/interim/index.html"' in index
    assert 'href="ra_auranofin/final/index.html"' in index


def test_a_second_render_does_nothing_and_says_so(work):
    before = {file: file.stat().st_mtime_ns for file in work.file("reports", "_site").rglob("*.*")}
    answer = work.study("render", "--renderer", "embedded")
    assert answer.code == 0
    assert "Nothing to do: every report is up to date." in answer.text
    assert ran(answer) == []
    assert {file: file.stat().st_mtime_ns for file in work.file("reports", "_site").rglob("*.*")} == before


# ---------------------------------------------------------------- one thing changed


def test_a_changed_parameter_runs_its_notebook_and_its_report_only(work):
    new = "- name: baseline\n    parameters: {population: ALL}"
    work.edit("params/ra_auranofin/final.yml", "- name: baseline", new)
    text = work.file("reports", "ra_auranofin", "final.qmd")  # which names the numbers of that population
    text.write_text(
        text.read_text(encoding="utf-8").replace(" baseline.analysed.", " baseline.all."), encoding="utf-8"
    )
    untouched = work.page("ra_auranofin", "interim")
    answer = work.study("render", "--renderer", "embedded")
    assert answer.code == 0
    assert ran(answer) == ["final: baseline", "final: report", "index"]
    assert work.page("ra_auranofin", "interim") == untouched
    assert "baseline.all.age.all.all.mean" in work.values("ra_auranofin", "final")
    assert "Nothing to do" not in answer.text


def test_a_comment_in_the_study_file_runs_nothing(work):
    file = work.file("params", "ra_auranofin", "study.yml")
    file.write_text("# a remark\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert "Nothing to do" in work.study(*FINAL).text


def test_explain_says_what_would_run_and_why_and_runs_nothing(work):
    insert_cell(work, "change", 2, "1 / 0")
    answer = work.study(*FINAL, "--explain")
    assert answer.code == 0
    assert would_run(answer) == ["final: change", "final: report", "index"]
    assert re.search(r"final: change\s+• \S*notebooks/change\.ipynb: Changed", answer.text)
    assert re.search(r"final: report\s+• Preceding \S*final: change would be executed", answer.text)
    assert "Nothing to do" not in answer.text
    assert "Nothing to do" not in work.study(*FINAL, "--explain").text


def test_numbers_of_a_notebook_that_is_no_longer_run_are_gone(work):
    left = work.built("ra_auranofin", "final") / "results" / "former.json"
    content = (left.parent / "flow.json").read_text(encoding="utf-8")
    left.write_text(content.replace('"flow.', '"former.'), encoding="utf-8")
    with work.file("reports", "ra_auranofin", "final.qmd").open("a", encoding="utf-8") as file:
        file.write("\n::: {.callout-note}\nA remark.\n:::\n")
    answer = work.study(*FINAL)
    assert ran(answer) == ["final: report", "index"]
    assert not [name for name in work.values("ra_auranofin", "final") if name.startswith("former.")]


# ---------------------------------------------------------------- failures


def test_a_failing_notebook_is_named_and_the_last_good_report_stays(work):
    insert_cell(work, "change", 2, "subjects = {}\nsubjects['P01']")
    before = {file.name: file.read_bytes() for file in work.published("ra_auranofin", "final").iterdir()}
    answer = work.study(*FINAL)
    assert answer.code == 1
    assert "notebook change, cell 4 ('subjects = {}'): KeyError: 'P01'" in answer.text
    assert "Traceback" not in answer.text
    assert "Nothing was replaced for the reports that failed" in answer.text
    assert {
        file.name: file.read_bytes() for file in work.published("ra_auranofin", "final").iterdir()
    } == before
    failed = work.built("ra_auranofin", "final") / "notebooks" / "change.failed.ipynb"
    assert "KeyError" in failed.read_text(encoding="utf-8")


def test_the_index_lists_what_stands_though_one_report_failed(work):
    (work.published("ra_auranofin", "interim") / "report.docx").unlink(missing_ok=True)
    index = work.file("reports", "_site", "index.html")
    index.write_text('<a href="ra_auranofin/interim/report.docx">of an earlier render</a>', encoding="utf-8")
    for report, text in (("interim", "One more sentence.\n"), ("final", "See @tbl-chnage.\n")):
        with work.file("reports", "ra_auranofin", f"{report}.qmd").open("a", encoding="utf-8") as file:
            file.write(f"\n{text}")
    assert work.study("render", "ra_auranofin", "--renderer", "embedded").code == 1
    assert "One more sentence." in work.page("ra_auranofin", "interim")
    links = re.findall(r'href="(ra_auranofin/[^"#]+)"', index.read_text(encoding="utf-8"))
    assert {"ra_auranofin/interim/index.html", "ra_auranofin/final/index.html"} <= set(links)
    assert [link for link in links if not (index.parent / link).is_file()] == []


def test_what_the_report_names_and_does_not_exist_is_told_with_file_and_line(work):
    source = work.file("reports", "ra_auranofin", "final.qmd")
    first = len(source.read_text(encoding="utf-8").splitlines()) + 1
    with source.open("a", encoding="utf-8") as file:
        file.write("See @tbl-chnage.\n\n")
        file.write("{{< embed notebooks/change.ipynb#tbl-chnage >}}\n\n")
        file.write("{{< embed notebooks/chnage.ipynb#tbl-change >}}\n\n")
        file.write("{{< var change_mean.analysed.self_assessment.m5.auranofin.estimat >}}\n")
    before = work.page("ra_auranofin", "final")
    answer = work.study(*FINAL)
    assert answer.code == 1
    assert ran(answer, "FAILED") == ["final: report"]
    for line, message in [
        (first, "@tbl-chnage: no such label; nearest is 'tbl-change'"),
        (first + 2, "notebooks/change.ipynb has no cell labelled 'tbl-chnage'; nearest is 'tbl-change'"),
        (first + 4, "notebook notebooks/chnage.ipynb does not exist; nearest is 'notebooks/change.ipynb'"),
        (
            first + 6,
            "result change_mean.analysed.self_assessment.m5.auranofin.estimat does not exist; nearest is",
        ),
    ]:
        assert f"reports/ra_auranofin/final.qmd:{line}: {message}" in answer.text
    assert work.page("ra_auranofin", "final") == before


def test_a_second_render_at_the_same_time_is_refused(work):
    with site_lock(Project(work.root), doing="rendering all"):
        answer = work.study(*FINAL)
    assert answer.code == 5
    assert re.search(
        r"another render of this checkout is running \(process \d+, since .+: rendering all\); wait",
        answer.text,
    )
    assert "Nothing to do" in work.study(*FINAL).text


def test_a_missing_data_file_is_told_by_the_name_and_line_in_the_study_file(tmp_path):
    from checkout import of_project

    checkout = of_project(tmp_path / "one", "dm_abatacept")
    data = checkout.file("data", "dm_abatacept")
    source = data.resolve()
    data.unlink()
    shutil.copytree(source, data)
    (data / "lab.csv").rename(data / "labs.csv")
    text = checkout.file("params", "dm_abatacept", "study.yml").read_text(encoding="utf-8")
    (line,) = [n for n, row in enumerate(text.splitlines(), 1) if "data/dm_abatacept/lab.csv" in row]
    answer = checkout.study("render", "dm_abatacept", "--report", "final", "--renderer", "embedded")
    assert answer.code == 1
    assert re.search(
        rf"^  params/dm_abatacept/study\.yml:{line}: sources\[\d\]\.path: source \w+: there is no file "
        r"data/dm_abatacept/lab\.csv; did you mean 'labs\.csv'\? Put the export there, or correct the path$",
        answer.text,
        re.MULTILINE,
    )
    assert "requires missing node" not in answer.text
    assert str(tmp_path) not in answer.text.partition("Failed:")[2]
    assert "Traceback" not in answer.text


def test_a_report_whose_data_file_has_gone_is_not_up_to_date(tmp_path):
    from checkout import of_project

    checkout = of_project(tmp_path / "one", "ra_cohort")

    def datasets():
        with planned_in(checkout, studies=["ra_cohort"], reports=["final"]) as tasks:
            return tasks["ra_cohort/final: datasets"]

    before = datasets()
    data = checkout.file("data", "ra_cohort")
    source = data.resolve()
    data.unlink()
    with pytest.raises(UserError, match="there is no file data/ra_cohort/"):
        datasets().function(message=datasets().depends_on["message"].load())
    data.symlink_to(source)
    assert datasets().function is before.function


# ---------------------------------------------------------------- the plan as such


@pytest.fixture(scope="module")
def planned(root, tmp_path_factory):
    """The tasks of all studies of the project, planned in a checkout of their own."""
    from checkout import of_project

    folder = tmp_path_factory.mktemp("planned") / "checkout"
    studies = Project(root).studies()
    checkout = of_project(folder, *studies)
    with planned_in(checkout, studies=studies) as tasks:
        return checkout, tasks


def inputs(task) -> list[str]:
    """The names of what a task depends on."""
    from pytask.tree_util import tree_leaves

    return [node.name for node in tree_leaves(task.depends_on)]


def test_no_task_depends_on_a_file_of_another_study(planned):
    _, tasks = planned
    studies = sorted({name.split("/")[0] for name in tasks if "/" in name})
    assert len(studies) >= 3
    for name, task in tasks.items():
        others = [study for study in studies if not name.startswith(study + "/")]
        seen = [file for file in inputs(task) for study in others if f"/{study}/" in file]
        assert name == "index" or seen == []


def test_datasets_depend_on_every_file_they_are_read_from(planned):
    _, tasks = planned
    names = inputs(tasks["ra_cohort/final: datasets"])
    seen = {name.rsplit("/", 1)[-1] for name in names}
    assert {"screening.csv", "medication.xlsx", "requirements.lock", "Python"} <= seen
    assert {"settings of ra_cohort/final", "code of ra_cohort/final: datasets"} <= set(names)


def test_every_input_of_a_task_is_a_node_of_its_own(planned):
    from pytask.tree_util import tree_leaves

    _, tasks = planned
    for task in tasks.values():
        nodes = tree_leaves(task.depends_on)
        assert len({node.name for node in nodes}) == len({node.signature for node in nodes}) == len(nodes)


def test_a_study_without_that_report_is_an_error(tmp_path):
    from checkout import of_project

    checkout = of_project(tmp_path / "one", "ra_auranofin")
    checkout.file("params", "ra_auranofin", "interim.yml").unlink()
    with (
        pytest.raises(UserError, match="none of ra_auranofin defines interim"),
        planned_in(checkout, studies=["ra_auranofin"], reports=["interim"]),
    ):
        pass
