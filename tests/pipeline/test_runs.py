"""Runs that are kept: immutable, complete, verifiable offline, and made again from nothing but their own record."""

import json
import os
from datetime import UTC, datetime

import pytest
from faults.harness import RENDER, Victim, copy_of, make_victim

from pipeline.project import Project, UserError, sha256
from pipeline.runs import keep
from pipeline.runs.verify import find_run, problems_of
from pipeline.share.patterns import PATTERNS, secrets_in


@pytest.fixture(scope="module")
def rendered(tmp_path_factory) -> Victim:
    """Two runs of the tiny study, the second with two patients more."""
    made = make_victim(tmp_path_factory.mktemp("runs"))
    for n in (3, 5):
        made.write_data(n)
        answer = made.study(*RENDER)
        assert answer.code == 0, answer.text
    return made


@pytest.fixture
def own(rendered, tmp_path) -> Victim:
    return copy_of(rendered, tmp_path / "own")


def runs(victim: Victim) -> list:
    return keep.runs_of(Project(victim.root), "tiny", "interim")


def test_no_id_of_a_run_is_taken_for_anything_of_a_patient():
    """It stands on every page, and what a page is taken to tell blocks scheduled renders."""
    texts = [
        f"run {number:04d}-{day:%Y%m%dT%H%M}Z · rendered {day:%Y-%m-%d %H:%M} UTC"
        for number in [*range(1, 130), *range(130, 12000, 37)]
        for day in (datetime(2026, 11, 29, 18, 9), datetime(2031, 3, 1, 0, 0))
    ]
    taken = {text: kind for text in texts for kind, _ in secrets_in(text, PATTERNS)}
    assert taken == {}


def test_a_run_holds_what_it_was_made_from_and_what_was_made(rendered):
    first, second = runs(rendered)
    manifest = json.loads((second / "manifest.json").read_text(encoding="utf-8"))
    there = {file.relative_to(second).as_posix() for file in second.rglob("*") if file.is_file()}
    assert there == {*manifest["files"], "manifest.json"}
    assert {
        "inputs/data/tiny/people.csv",
        "inputs/params/tiny/study.yml",
        "inputs/notebooks/tiny.ipynb",
        "inputs/reports/tiny/interim.qmd",
        "inputs/requirements.lock",
        "inputs/src/analysis/rates.py",
        "settings.json",
        "data/subjects.parquet",
        "notebooks/tiny.ipynb",
        "results/tiny.json",
        "report/index.html",
        "report/results.csv",
    } <= there
    assert (second / "manifest.json").read_bytes() == (
        rendered.published("tiny", "interim") / "manifest.json"
    ).read_bytes()
    assert manifest["rows"] == {"people": 5}
    assert {"numpy", "pandas"} < set(manifest["libraries"])
    assert first.name[:4] == "0001" and second.name[:4] == "0002"


def test_what_is_equal_is_stored_once(rendered):
    first, second = runs(rendered)
    for name in ("inputs/src/analysis/rates.py", "inputs/params/tiny/study.yml"):
        assert (first / name).stat().st_ino == (second / name).stat().st_ino
    name = "inputs/data/tiny/people.csv"
    assert (first / name).stat().st_ino != (second / name).stat().st_ino


def test_a_run_is_read_only_and_its_owners_alone(rendered):
    for run in runs(rendered):
        for entry in [run, *run.rglob("*")]:
            assert not entry.stat().st_mode & 0o222, entry
        assert run.stat().st_mode & 0o077 == 0
    for folder in (rendered.file("build", "state"), rendered.published("tiny", "interim")):
        for entry in [folder, *folder.rglob("*")]:
            assert entry.stat().st_mode & 0o077 == 0, entry


@pytest.mark.parametrize(
    ("how", "name"),
    [
        ("changed", "report/results.csv was changed"),
        ("removed", "report/results.csv is missing"),
        ("added", "report/more.csv was added"),
    ],
)
def test_verify_finds_any_change(own, how, name):
    run = runs(own)[0]
    assert problems_of(run) == []
    file = run / "report" / "results.csv"
    file.parent.chmod(0o700)
    file.chmod(0o600)
    if how == "changed":
        file.write_text(file.read_text(encoding="utf-8").replace("3", "4"), encoding="utf-8")
    elif how == "removed":
        file.unlink()
    else:
        (file.parent / "more.csv").touch()
    name = (
        "report/more.csv was added"
        if how == "added"
        else f"report/results.csv {'is missing' if how == 'removed' else 'was changed'}"
    )
    assert name in problems_of(run)
    answer = own.study("verify", f"tiny/interim/{run.name}")
    assert answer.code == 1
    assert name in answer.text


def test_a_page_edited_in_the_site_leaves_the_run_as_it_was(own):
    page = own.published("tiny", "interim") / "index.html"
    page.write_text("edited", encoding="utf-8")
    assert problems_of(runs(own)[-1]) == []


def test_a_kept_run_is_made_again_from_its_own_record(own):
    first = runs(own)[0]
    own.file("data", "tiny", "people.csv").unlink()
    own.file("notebooks", "tiny.ipynb").unlink()
    own.file("params", "tiny", "study.yml").write_text("nonsense", encoding="utf-8")
    published = own.bytes_published()
    answer = own.study("render", "--from", f"tiny/interim/{first.name}")
    assert answer.code == 0, answer.text
    assert "the same results table byte for byte" in answer.text
    made = own.file("build", "again", f"tiny-interim-{first.name}")
    made = made / "reports" / "_site" / "tiny" / "interim" / "results.csv"
    assert sha256(made) == sha256(first / "report" / "results.csv")
    assert own.bytes_published() == published


def test_runs_are_found_by_name(rendered):
    project = Project(rendered.root)
    first, second = runs(rendered)
    assert find_run(project, f"tiny/interim/{first.name}") == first
    assert find_run(project, "tiny/interim") == second
    assert find_run(project, first.name) == first
    with pytest.raises(UserError, match=f"there is no run 'x'; there are tiny/interim/{first.name}"):
        find_run(project, "x")


def test_the_list_says_which_one_is_published(rendered):
    lines = rendered.study("runs").text.splitlines()
    assert len(lines) == 2
    assert "published" not in lines[0]
    assert lines[1].endswith("interim, cut all data, published")


def lay(project: Project, number: int, **manifest) -> None:
    """A kept run that holds nothing but its manifest."""
    folder = project.runs / "s" / "final" / f"{number:04d}-20250101T0000Z"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_the_oldest_go_but_not_the_published_one_nor_those_on_a_lock(tmp_path):
    project = Project(tmp_path)
    for number in range(1, 8):
        lay(project, number, lock={"name": "x"} if number == 2 else None)
    published = project.site / "s" / "final"
    published.mkdir(parents=True)
    (published / "manifest.json").write_text(json.dumps({"run": "0003-20250101T0000Z"}), encoding="utf-8")
    gone = keep.prune(project, "s", "final", most=3)
    assert [name[:4] for name in gone] == ["0001", "0004"]
    left = [run.name[:4] for run in keep.runs_of(project, "s", "final")]
    assert left == ["0002", "0003", "0005", "0006", "0007"]


def test_runs_are_counted_whatever_the_clock_says(tmp_path):
    project = Project(tmp_path)
    lay(project, 9)
    assert keep.next_id(project, "s", "final", datetime(1999, 1, 1, tzinfo=UTC)) == "0010-19990101T0000Z"
    (project.runs / "s" / "final" / ".0011-20250101T0000Z.partial").mkdir()
    keep.sweep(project)
    assert os.listdir(project.runs / "s" / "final") == ["0009-20250101T0000Z"]  # noqa: PTH208
