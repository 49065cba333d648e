"""`study lab my_study` shows my study; the notebook in the file keeps its own defaults."""

import asyncio
import json
import shutil

import pytest

from pipeline.asked import ASKED, AskedContents, parameters_of
from pipeline.lab import asked_for, lab_command
from pipeline.project import Project


@pytest.fixture
def contents(root, tmp_path, monkeypatch):
    shutil.copy2(root / "notebooks" / "change.ipynb", tmp_path / "change.ipynb")
    given = {"*": {"study": "my_study", "report": "interim"}, "change": {"pooled": True}}
    monkeypatch.setenv(ASKED, json.dumps(given))
    return AskedContents(root_dir=str(tmp_path))


def opened(contents):
    return asyncio.run(contents.get("change.ipynb"))


def stored(contents):
    from pathlib import Path

    content = json.loads((Path(contents.root_dir) / "change.ipynb").read_text(encoding="utf-8"))
    return "".join(parameters_of(content)["source"])


def test_the_parameters_cell_shows_what_was_asked_for(contents):
    shown = parameters_of(opened(contents)["content"])["source"]
    assert 'study: str = "my_study"  # folder in params/' in shown
    assert 'report: str = "interim"  # interim or final' in shown
    assert "pooled: bool = True  # " in shown
    assert 'population: str = ""  # ' in shown


def test_saving_leaves_the_defaults_of_the_file_unless_somebody_changed_them(contents):
    before = stored(contents)
    model = opened(contents)
    asyncio.run(contents.save(model, "change.ipynb"))
    assert stored(contents) == before
    cell = parameters_of(model["content"])
    cell["source"] = cell["source"].replace('population: str = ""', 'population: str = "FAS"')
    asyncio.run(contents.save(model, "change.ipynb"))
    assert 'population: str = "FAS"' in stored(contents)


def test_the_report_file_of_the_study_gives_the_parameters(root):
    asked = asked_for(Project(root), "ra_auranofin", "interim")
    assert asked["*"] == {"study": "ra_auranofin", "report": "interim"}
    assert asked["change"] == {"pooled": True}
    assert "pipeline.asked.AskedContents" in lab_command(Project(root), port=None, browser=False)
