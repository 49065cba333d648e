"""From a study's exports to the analysis datasets of one report, as Parquet files with an index."""

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

from pipeline.project import as_json, sha256, write_if_changed


def prepare(*, settings: Path | str, root: Path | str, index: Path | str) -> None:
    """Read, derive and store the datasets of one report.

    Parameters
    ----------
    settings : Path
        The resolved settings of the report: the study and the analysis, as JSON.
    root : Path
        The checkout, against which the files of the study file are looked up.
    index : Path
        Written last: the name, rows and hash of every dataset, and of every file that was read.
    """
    from analysis import datasets, read
    from analysis.study import Analysis, as_study

    settings, root, index = Path(settings), Path(root), Path(index)
    content = json.loads(settings.read_text(encoding="utf-8"))
    study, analysis = as_study(content["study"]), Analysis.model_validate(content["analysis"])
    criteria = content["criteria"]
    cut = date.fromisoformat(content["data_cut"]) if content["data_cut"] else None
    outcome = _read(study, root, as_of=cut, through_visit=analysis.through_visit)
    derived = datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=criteria)
    differing = datasets.findings(outcome.tables, derived, study=study)
    derived["queries"] = read.with_queries(outcome.queries, differing)
    derived["accounting"] = outcome.accounting
    if criteria:
        derived["assurance"] = datasets.assure(read.assurance_cases(root, study.id), criteria=criteria)
    frames = {**outcome.tables, **derived}
    folder = index.parent
    fresh = folder.with_name(folder.name + ".partial")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    described = {}
    for name, frame in frames.items():
        file = fresh / f"{name}.parquet"
        frame.to_parquet(file, index=False)
        described[name] = {"rows": len(frame), "columns": frame.shape[1], "sha256": sha256(file)}
    write_if_changed(
        fresh / index.name, as_json({"datasets": described, "files": outcome.files.to_dict("records")})
    )
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _read(study, root: Path, **limits):
    """The tables of a study; what is wrong is told with its lines in study.yml, which the settings do not know."""
    from analysis import read
    from analysis.study import StudyFileError

    try:
        return read.tables(study, root=root, **limits)
    except StudyFileError as error:
        file = root / "params" / study.id / "study.yml"
        problems = error.problems
        try:
            read.tables(read.study(file), root=root, **limits)
        except StudyFileError as located:
            problems = located.problems
        name = file.relative_to(root).as_posix()
        raise StudyFileError([replace(problem, file=name) for problem in problems]) from None
