"""A project folder for drafts, and the tables that a drafted study reads."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from checkout import ROOT

from analysis import datasets, read
from pipeline.draft import draft_study
from pipeline.project import Project


@pytest.fixture
def drafted(tmp_path):
    """Function: a name and files -> the drafted study, its study file, tables and datasets."""
    (tmp_path / "params").mkdir()
    (tmp_path / "notebooks").symlink_to(ROOT / "notebooks")

    def make(name: str, *files: str | Path):
        said = draft_study(Project(tmp_path), name, [str(file) for file in files])
        folder = tmp_path / "params" / name
        study = read.study(folder / "study.yml")
        report = read.analysis(folder / "final.yml", study)
        outcome = read.tables(study, root=tmp_path)
        return SimpleNamespace(
            said=said,
            text=(folder / "study.yml").read_text(encoding="utf-8"),
            study=study,
            report=report,
            tables=outcome.tables,
            queries=outcome.queries,
            data=datasets.derive(outcome.tables, study=study, analysis=report, criteria={}),
            root=tmp_path,
        )

    return make
