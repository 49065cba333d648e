"""From a study's exports to the analysis datasets of one report, as Parquet files with an index."""

import contextlib
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.files import put_in_place, read_json, remove_tree, write_whole
from pipeline.laps import Laps
from pipeline.project import as_json, sha256

if TYPE_CHECKING:
    import pandas as pd

FATES = (
    "fates"  # of a study with several sites: of every row of the exports, whose it is and what became of it
)
AS_READ = {
    name: f"{name}_as_read" for name in ("subjects", "treatments")
}  # likewise, before they were completed


def prepare(*, settings: Path | str, root: Path | str, index: Path | str, rests_on: str = "") -> None:
    """Read, derive and store the datasets of one report; those of another report of the study where they are the same.

    Parameters
    ----------
    settings : Path
        The resolved settings of the report: the study and the analysis, as JSON. They are stored beside the datasets:
        what was asked and what was made of it belong together.
    root : Path
        The snapshot of the checkout, against which the files of the study file are looked up.
    index : Path
        The name, rows and hash of every dataset and of every file that was read, and the rows of each source.
    rests_on : str
        Digest of what the datasets rest on beside the settings: code, libraries, files. Nothing is shared without it.
    """
    settings, root, index, laps = Path(settings), Path(root), Path(index), Laps()
    asked = settings.read_bytes()
    content, folder = json.loads(asked), index.parent
    fresh = folder.with_name(f".{folder.name}.partial")
    key = _key(content, rests_on)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.parent.parent / "prepare.lock", key):
        remove_tree(fresh)
        fresh.mkdir()
        made = _of_another_report(folder, fresh, key) or _derive(content, root, fresh, laps)
        told = {**made, "key": key, "settings": hashlib.sha256(asked).hexdigest()}
        (fresh / index.name).write_text(as_json(told), encoding="utf-8")
        (folder.parent / "settings.json").unlink(
            missing_ok=True
        )  # until both are there, neither is to be trusted
        put_in_place(fresh, folder)
    write_whole(folder.parent / "settings.json", asked)
    laps.done("writing")
    laps.keep(folder.parent, "datasets")


def _key(content: Mapping, rests_on: str) -> str:
    """What the datasets are made from: the same for an interim and a final report of one cut."""
    parts = [content["study"], content["criteria"], content["data_cut"], content["analysis"]["through_visit"]]
    return (
        hashlib.sha256(json.dumps([rests_on, *parts], sort_keys=True).encode()).hexdigest()
        if rests_on
        else ""
    )


@contextlib.contextmanager
def _alone(file: Path, key: str) -> Iterator[None]:
    """Let nobody else prepare the same meanwhile; what is different goes on beside it."""
    if not key or sys.platform == "win32":  # both prepare it, then
        yield
        return
    import fcntl

    with file.open("w") as stream:
        fcntl.lockf(stream, fcntl.LOCK_EX, 1, int(key[:8], 16))
        yield


def _of_another_report(folder: Path, fresh: Path, key: str) -> dict[str, Any] | None:
    """The datasets that another report of the study was given, copied and whole; None where there are none."""
    for index in sorted(folder.parent.parent.glob("*/data/index.json")) if key else ():
        made = read_json(index) or {}
        if made.get("key") != key:
            continue
        try:
            for name, described in made["datasets"].items():
                copied = shutil.copyfile(index.with_name(f"{name}.parquet"), fresh / f"{name}.parquet")
                if sha256(copied) != described["sha256"]:
                    raise ValueError(name)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue  # it is being replaced, or was spoilt
        return made
    return None


def _derive(content: Mapping, root: Path, fresh: Path, laps: Laps) -> dict[str, Any]:
    """Read and derive into a folder; what the index says of it."""
    from analysis import datasets, read
    from analysis.language import use
    from analysis.sites import patients_by_site
    from analysis.study import Analysis, as_study

    use(content["study"]["lang"], root / "params" / content["study"]["id"] / f"{content['study']['lang']}.po")
    study, analysis = as_study(content["study"]), Analysis.model_validate(content["analysis"])
    criteria = content["criteria"]
    cut = date.fromisoformat(content["data_cut"]) if content["data_cut"] else None
    outcome = _read(study, root, as_of=cut, through_visit=analysis.through_visit)
    laps.done("reading")
    derived = datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=criteria)
    if cut is None and analysis.through_visit is None:
        _with_pairs(derived["measures"], outcome.tables.get("visits"), study, root)
    differing = datasets.findings(outcome.tables, derived, study=study)
    derived["queries"] = read.with_queries(outcome.queries, differing)
    derived["accounting"] = outcome.accounting
    derived["sources"] = outcome.sources
    if criteria:
        derived["assurance"] = datasets.assure(read.assurance_cases(root, study.id), criteria=criteria)
    laps.done("deriving")
    if study.sites:
        derived |= {FATES: outcome.fates, **{kept: outcome.tables[name] for name, kept in AS_READ.items()}}
    return {
        "datasets": described({**outcome.tables, **derived}, fresh),
        "files": outcome.files.to_dict("records"),
        "rows": rows_read(outcome.accounting),
        **({"sites": patients_by_site(outcome.tables["subjects"], study=study)} if study.sites else {}),
    }


def described(frames: Mapping[str, "pd.DataFrame"], folder: Path) -> dict[str, dict]:
    """Store datasets in a folder; what the index says of each."""

    def store(name: str) -> dict:
        file = folder / f"{name}.parquet"
        frames[name].to_parquet(file, index=False)
        return {"rows": len(frames[name]), "columns": frames[name].shape[1], "sha256": sha256(file)}

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(frames, pool.map(store, frames), strict=True))


def rows_read(accounting: "pd.DataFrame") -> dict[str, int]:
    """How many rows each source has."""
    if not len(accounting):
        return {}
    read = accounting[accounting["kind"] == "read"]
    return {name: int(n) for name, n in read.groupby("source")["n"].max().items()}


def _read(study, root: Path, **limits):
    """The tables of a study; what is wrong is told with its lines in study.yml, which the settings do not know."""
    from analysis import read
    from analysis.study import StudyFileError

    try:
        return _sound(read.tables(study, root=root, **limits))
    except StudyFileError as error:
        file = root / "params" / study.id / "study.yml"
        problems = error.problems
        try:
            _sound(read.tables(read.study(file), root=root, **limits))
        except StudyFileError as located:
            problems = located.problems
        name = file.relative_to(root).as_posix()
        raise StudyFileError([replace(problem, file=name) for problem in problems]) from None


def _sound(outcome):
    """What was read, unless its totals say that the mapping is wrong."""
    from analysis.study import StudyFileError

    if outcome.problems:
        raise StudyFileError(outcome.problems)
    return outcome


def _with_pairs(measures, visits, study, root: Path) -> None:
    """Stop where a score that is an endpoint has no pair, though subjects have both visits."""
    from analysis import datasets, read
    from analysis.study import StudyFileError

    found = datasets.scores_without_pairs(measures, visits, study=study)
    if found:
        file = root / "params" / study.id / "study.yml"
        located = read.study(file) if file.is_file() else study
        raise StudyFileError([located.problem(place, text) for place, text in found])
