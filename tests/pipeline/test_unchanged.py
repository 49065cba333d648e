"""When a finished render may be taken as still finished without asking pytask."""

import os
import time
from types import SimpleNamespace

import pytest

from pipeline import unchanged
from pipeline.nodes import Made
from pipeline.project import Project
from pipeline.request import Request

REQUEST = Request(studies=["s"], reports=["final"])


@pytest.fixture
def project(tmp_path):
    """A checkout with one input of each kind, one product, and a file of the study elsewhere."""
    root = tmp_path / "checkout"
    for name in ("params/s/study.yml", "src/analysis/a.py", "notebooks/n.ipynb", "reports/s/final.qmd"):
        file = root / name
        file.parent.mkdir(parents=True)
        file.write_text("as it was", encoding="utf-8")
    (root / "_quarto.yml").write_text("project:\n", encoding="utf-8")
    (root / "reports" / "_site").mkdir()
    (root / "reports" / "_site" / "index.html").write_text("made", encoding="utf-8")
    (tmp_path / "export.csv").write_text("id\n1\n", encoding="utf-8")
    return Project(root)


def task(project):
    """A task that makes the page."""
    return SimpleNamespace(
        produces={"page": Made(name="page", file=project.root / "reports" / "_site" / "index.html")}
    )


def gathered(project, live=(), ago: float = 0.0):
    """What a run gathered that reads an export from elsewhere; its snapshot was begun so many seconds ago."""
    source = {"id": "people", "type": "csv", "path": str(project.root.parent / "export.csv")}
    found = SimpleNamespace(live=list(live), study={"sources": [source]})
    return SimpleNamespace(
        project=project, started=time.time() + 1 - ago, reports=[SimpleNamespace(found=found)]
    )


def kept(project, **given):
    """Remember a complete render of the project."""
    tasks = [task(project)]
    unchanged.keep(project, REQUEST, tasks, unchanged.inputs_before(gathered(project, **given), tasks))
    return project


def test_nothing_is_known_of_a_request_that_was_never_complete(project):
    assert not unchanged.is_unchanged(project, REQUEST)


def test_an_untouched_checkout_is_unchanged(project):
    assert unchanged.is_unchanged(kept(project), REQUEST)


@pytest.mark.parametrize(
    "name",
    [
        "params/s/study.yml",
        "src/analysis/a.py",
        "notebooks/n.ipynb",
        "reports/s/final.qmd",
        "_quarto.yml",
        "reports/_site/index.html",
        "../export.csv",
    ],
)
@pytest.mark.parametrize("how", ["written", "removed", "replaced with the same time"])
def test_a_touched_file_is_a_change(project, name, how):
    file = kept(project).root / name
    before = file.stat()
    if how == "removed":
        file.unlink()
    elif how == "written":
        file.write_text("another text", encoding="utf-8")
    else:
        new = file.with_name("new")
        new.write_text("x" * before.st_size, encoding="utf-8")
        new.replace(file)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert not unchanged.is_unchanged(project, REQUEST)


@pytest.mark.parametrize(
    "name", ["params/s/interim.yml", "src/analysis/b.py", "reports/s/_more.qmd", "locks.json"]
)
def test_a_new_file_is_a_change(project, name):
    (kept(project).root / name).write_text("new", encoding="utf-8")
    assert not unchanged.is_unchanged(project, REQUEST)


def test_what_was_written_while_rendering_is_a_change(project):
    tasks = [task(project)]
    seen = unchanged.inputs_before(gathered(project), tasks)
    (project.root / "params" / "s" / "study.yml").write_text("edited meanwhile", encoding="utf-8")
    unchanged.keep(project, REQUEST, tasks, seen)
    assert not unchanged.is_unchanged(project, REQUEST)


def test_another_request_is_not_known(project):
    kept(project)
    other = Request(studies=["s"], reports=["final"], formats=("html", "docx"))
    assert not unchanged.is_unchanged(project, other)


def test_a_source_without_a_file_is_always_asked_again(project):
    assert not unchanged.is_unchanged(kept(project, live=["database"]), REQUEST)


def test_what_was_written_since_the_snapshot_was_begun_is_not_taken_for_seen(project):
    assert unchanged.inputs_before(gathered(project, ago=60), [task(project)]) is None


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"inputs": 1, "products": {}}', "\x00\x01"])
def test_what_is_kept_and_cannot_be_read_is_not_believed(project, content):
    kept(project)
    (file,) = project.build.glob("state/complete-*.json")
    file.write_text(content, encoding="utf-8")
    assert not unchanged.is_unchanged(project, REQUEST)
