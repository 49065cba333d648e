"""The command line as its user meets it: mistakes in one line, the right exit code, faults with file and line."""

import re
import subprocess
import sys

import pytest
from checkout import Checkout, of_project

from pipeline import cli


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Checkout:
    """A checkout with one study; tests that change files take `own`."""
    return of_project(tmp_path_factory.mktemp("cli") / "checkout", "ra_auranofin")


@pytest.fixture
def own(tmp_path) -> Checkout:
    return of_project(tmp_path / "checkout", "ra_auranofin")


@pytest.fixture
def run(monkeypatch, capsys):
    """The command line in this process: exit code and what was said."""

    def call(where: Checkout, *words: str) -> tuple[int, str]:
        monkeypatch.chdir(where.root)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys, "argv", ["study", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code or 0, re.sub(r"\x1b\[[\d;]*m", "", printed.out + printed.err)

    return call


# Mistakes on the command line: code 2, one line that says what to write instead, no traceback.
MISTAKES = [
    (("render", "ra_auranofn"), "there is no study 'ra_auranofn'", "Did you mean ra_auranofin?"),
    (("check", "xyz"), "there is no study 'xyz'", "Studies here: ra_auranofin"),
    (("render", "--as-of", "2025-06-31"), "--as-of '2025-06-31' is not a date", "2025-06-30"),
    (("render", "--as-of", "30.6.2025"), "'30.6.2025' is not a date", "write it as"),
    (("render", "--to", "html,odt"), "format 'odt' is none of", "html, docx, pdf"),
    (("render", "--report", "finale"), "report 'finale' is none of", "interim, final"),
    (("render", "--renderer", "pandoc"), "renderer 'pandoc' is none of", "quarto, embedded"),
    (("render", "-n", "0"), "Invalid value for", "--workers"),
    (("render", "[bold]x"), "there is no study '[bold]x'", "Studies here"),
    (("lab", "--report", "finale"), "report 'finale' is none of", "interim, final"),
    (("new", "My Study", "--like", "ra_auranofin"), "cannot name a study", "my_study"),
    (("new", "mine", "--like", "ra_auranofn"), "there is no study 'ra_auranofn'", "ra_auranofin?"),
    (("new", "ra_auranofin", "--like", "ra_auranofin"), "is there already", "choose another name"),
    (("rendr",), "No such command 'rendr'", "render"),
]


@pytest.mark.parametrize(("words", "what", "instead"), MISTAKES, ids=[" ".join(m[0]) for m in MISTAKES])
def test_a_mistake_is_told_with_what_to_write_instead(run, place, words, what, instead):
    code, text = run(place, *words)
    assert code == 2
    assert what in text
    assert instead in text
    assert "Traceback" not in text


def test_outside_a_checkout_it_says_so(run, tmp_path):
    code, text = run(Checkout(tmp_path), "status")
    assert code == 2
    assert "is not inside a project" in text


def test_without_a_command_the_help_lists_them(run, place):
    _, text = run(place)
    for command in ("render", "check", "status", "doctor", "lab", "new"):
        assert re.search(rf"\b{command}\b", text), command


def test_the_entry_point_says_the_same_without_a_traceback(place):
    answer = place.study("render", "ra_auranofn")
    assert answer.code == 2
    assert "Did you mean ra_auranofin?" in answer.text
    assert "Traceback" not in answer.text


def test_starting_the_command_line_loads_neither_pandas_nor_scipy():
    heavy = [
        "pandas",
        "numpy",
        "scipy",
        "statsmodels",
        "matplotlib",
        "pytask",
        "jupyter_client",
        "papermill",
        "pydantic",
    ]
    code = f"import sys, pipeline.cli; print([n for n in {heavy!r} if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_render_leaves_tables_and_figures_to_the_processes_that_make_them():
    heavy = ("pandas", "numpy", "scipy", "matplotlib")
    code = f"import sys, pipeline.runner; print([n for n in {heavy!r} if n in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


def test_a_study_in_order_is_found_in_order(run, place):
    code, text = run(place, "check", "ra_auranofin")
    assert (code, "in order" in text) == (0, True), text


# Planted faults: file, text, what stands there instead, and what `study check` must say.
STUDY, FINAL = "params/ra_auranofin/study.yml", "params/ra_auranofin/final.yml"
SOURCE = "reports/ra_auranofin/final.qmd"
FAULTS = {
    "unknown key": (STUDY, "planned_n: null", "planed_n: 302", r"study\.yml:7: planed_n: unknown key.*planned_n"),
    "wrong choice": (STUDY, "design: randomised", "design: random", r"study\.yml:6: design: 'random' is not one"),
    "wrong date": (STUDY, "baseline_visit: W00", "period: {start: 2024-02-30, end: 2025-01-01}\nbaseline_visit: W00",
        r"study\.yml:23: period\.start: is no day of the calendar"),
    "unknown visit": (STUDY, "visits: [M1, M3, M5]", "visits: [M1, M4]", r"study\.yml:\d+: endpoints\[0\].*M4"),
    "key twice": (STUDY, "planned_n: null", "planned_n: null\nplanned_n: 303", r"study\.yml:8: .*written twice"),
    "unknown source column": (STUDY, "age: age", "age: agee", r"agee.*age"),
    "unknown key of a report": (FINAL, "notebooks:", "notebook:", r"final\.yml:2: notebook: unknown key.*notebooks"),
    "notebook that is not there": (FINAL, "name: flow", "name: flo",
        r"final\.yml:4: notebooks\[1\]\.name: no notebook 'flo'; did you mean 'flow'"),
    "wrong parameter": (FINAL, "- name: flow", "- name: flow\n    parameters: {populaton: ALL}",
        r"final\.yml:5: .*notebook flow: unknown parameter 'populaton'"),
    "cell of a notebook that does not run": (SOURCE, "notebooks/flow.ipynb", "notebooks/safety.ipynb",
        r"reports/ra_auranofin/final\.qmd:\d+: embeds safety"),
    "cell that a notebook does not have": (SOURCE, "flow.ipynb#tbl-attendance", "flow.ipynb#tbl-attendances",
        r"reports/ra_auranofin/final\.qmd:\d+: no cell of flow 'tbl-attendances'; did you mean 'tbl-attendance'"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_check_finds_a_planted_fault_and_says_where(run, own, fault):
    name, old, new, said = FAULTS[fault]
    file = own.file(name)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    code, told = run(own, "check", "ra_auranofin")
    assert code == 1
    assert re.search(said, told), told
    assert "to put right" in told
    assert "Traceback" not in told


def test_check_names_a_data_file_that_is_not_there(run, tmp_path):
    own = of_project(tmp_path / "checkout", "dm_abatacept")
    own.edit("params/dm_abatacept/study.yml", "data/dm_abatacept/lab.csv", "data/dm_abatacept/laboratory.csv")
    code, told = run(own, "check", "dm_abatacept")
    assert code == 1
    assert re.search(
        r"^params/dm_abatacept/study\.yml:\d+: sources\[\d\]\.path: there is no file data/.*/laboratory\.csv; did "
        r"you mean '.*\.csv'\? Put the export there, or correct the path$",
        told,
        re.MULTILINE,
    )


def test_check_names_a_report_source_that_is_not_there(run, own):
    own.file("reports/ra_auranofin/interim.qmd").unlink()
    code, told = run(own, "check", "ra_auranofin")
    assert (code, "reports/ra_auranofin/interim.qmd: the report's source is not there" in told) == (1, True)


def test_a_render_that_cannot_start_says_why_and_publishes_nothing(run, own):
    own.edit(STUDY, "planned_n: null", "planned_n: many")
    code, told = run(own, "render", "ra_auranofin")
    assert code == 2
    assert re.search(r"study\.yml:7: planned_n: .*integer", told)
    assert not own.file("reports/_site").exists()


def test_status_of_a_fresh_checkout_says_what_to_do(run, place):
    code, text = run(place, "status")
    assert (code, "run `study render`" in text) == (0, True)
