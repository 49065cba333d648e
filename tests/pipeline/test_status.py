"""What `study status` says of a published report, its files and what it was made from."""

import json
from io import StringIO

import pytest
from checkout import Checkout, of_project
from rich.console import Console

from pipeline.project import Project, as_json, sha256
from pipeline.status import changed_inputs, changed_outputs, status_table


@pytest.fixture
def project(tmp_path) -> Project:
    """A checkout with one published report."""
    root = of_project(tmp_path / "checkout", "dm_abatacept").root
    (root / "data/dm_abatacept").unlink()  # a link to the data that are committed
    (root / "data/dm_abatacept").mkdir()
    (root / "data/dm_abatacept/lab.csv").write_text("as published", encoding="utf-8")
    folder = root / "reports/_site/dm_abatacept/final"
    folder.mkdir(parents=True)
    for name in ("index.html", "results.csv"):
        (folder / name).write_text(name, encoding="utf-8")
    params, data = root / "params/dm_abatacept", root / "data/dm_abatacept/lab.csv"
    manifest = {
        "study_id": "dm_abatacept",
        "report": "final",
        "state": "draft",
        "data_cut": "all data",
        "rendered_at": "2026-01-31T08:15:42+00:00",
        "params": {file.name: sha256(file) for file in params.glob("*.yml")},
        "data": [
            {"source": "lab", "path": "data/dm_abatacept/lab.csv", "sha256": sha256(data)},
            {"source": "register", "path": None, "sha256": "of a database query"},
        ],
        "outputs": {name: sha256(folder / name) for name in ("index.html", "results.csv")},
    }
    (folder / "manifest.json").write_text(as_json(manifest), encoding="utf-8")
    return Project(root)


def parts(project):
    folder = project.site / "dm_abatacept/final"
    return folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def told(project):
    console = Console(width=100, file=StringIO())
    console.print(status_table(project))
    return console.file.getvalue()


def test_a_report_as_published_has_changed_in_nothing(project):
    text = told(project)
    assert "dm_abatacept final" in text
    assert "2026-01-31 08:15" in text
    assert "nothing" in text


def test_a_page_that_was_edited_or_lost_is_named(project):
    folder, manifest = parts(project)
    (folder / "index.html").write_text("other", encoding="utf-8")
    (folder / "results.csv").unlink()
    assert changed_outputs(folder, manifest) == ["index.html", "results.csv"]
    assert "index.html, results.csv" in told(project)


def test_data_and_parameters_that_changed_since_are_named(project):
    _, manifest = parts(project)
    Checkout(project.root).edit("params/dm_abatacept/study.yml", "planned_n: 20", "planned_n: 21")
    (project.root / "data/dm_abatacept/lab.csv").rename(project.root / "elsewhere.csv")
    assert changed_inputs(project, manifest) == ["lab.csv", "study.yml"]


def test_the_other_reports_parameters_do_not_matter(project):
    _, manifest = parts(project)
    Checkout(project.root).edit("params/dm_abatacept/interim.yml", "report: interim", "report: interim ")
    assert changed_inputs(project, manifest) == []


def test_where_nothing_is_published_the_table_says_what_to_do(tmp_path):
    assert "run `study render`" in told(Project(tmp_path))
