"""Keeping runs: laid out aside, synced, made read-only, put in place by one rename; the oldest go."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from pipeline.files import link, make_read_only, read_json, remove_tree, sync_folder, sync_tree, write_whole
from pipeline.project import Project, as_json, sha256
from pipeline.published import manifest_at
from pipeline.sites import places_below

if sys.platform != "win32":  # Windows keeps a file that is open from being removed
    import fcntl

NUMBER = re.compile(r"(\d{4,})-\d{8}T\d{4}Z")
LIVE = "/rows.pickle"


def runs_of(project: Project, study: str, report: str) -> list[Path]:
    """The kept runs of a report, the oldest first.

    They are counted, for a clock can be moved back.
    """
    folder = project.runs / study / report
    found = [entry for entry in folder.glob("*") if NUMBER.fullmatch(entry.name) and entry.is_dir()]
    return sorted(found, key=lambda entry: _number(entry.name))


def next_id(project: Project, study: str, report: str, now: datetime) -> str:
    """The id of the next run: its number, and when it was made."""
    published = str(_published(project, study, report).get("run", ""))
    last = max(_number(name) for name in (published, *(run.name for run in runs_of(project, study, report))))
    return f"{last + 1:04d}-{now:%Y%m%dT%H%MZ}"


def _number(name: str) -> int:
    """The number of a run by its id; 0 where this is none."""
    found = NUMBER.fullmatch(name)
    return int(found[1]) if found else 0


def _published(project: Project, study: str, report: str) -> dict:
    return manifest_at(project.site / study / report) or {}


def keep_run(project: Project, run: dict, manifest: dict, folder: Path, made: Path) -> Path:
    """Lay out a run and put it in place.

    Parameters
    ----------
    project : Project
    run : dict
        See `pipeline.gather.Gathered.facts`.
    manifest : dict
        What the published manifest says; the list of all files is added.
    folder : Path
        Where datasets, executed notebooks and results were built.
    made : Path
        The rendered report.

    Returns
    -------
    Path
        The folder of the run.
    """
    target = project.runs / run["study"] / run["place"] / manifest["run"]
    partial = target.with_name(f".{target.name}.partial")
    remove_tree(partial)
    snapshot = Path(run["snapshot"])
    for name in run["inputs"]:
        if (snapshot / name).is_file():  # data sets of packages stay in their packages
            link(snapshot / name, partial / "inputs" / name)
    for part in ("data", "notebooks", "results", "times"):
        for file in sorted((folder / part).glob("*")):
            if file.is_file() and ".partial" not in file.name and ".failed" not in file.name:
                link(file, partial / part / file.name)
    link(folder / "settings.json", partial / "settings.json")
    for file in sorted(made.iterdir()):
        link(file, partial / "report" / file.name)
    known = {f"inputs/{name}": digest for name, digest in run["inputs"].items() if not name.endswith(LIVE)}
    manifest = {**manifest, "files": hashes_below(partial, known)}
    write_whole(partial / "manifest.json", as_json(manifest))
    sync_tree(partial)
    make_read_only(partial)
    partial.chmod(0o700)
    partial.rename(target)
    target.chmod(0o500)
    sync_folder(target.parent)
    return target


def hashes_below(folder: Path, known: Mapping[str, str] | None = None) -> dict[str, str]:
    """SHA-256 of every file of a run but its manifest, by its path in the run; read where it is not known."""
    files = {
        file.relative_to(folder).as_posix(): file for file in sorted(folder.rglob("*")) if file.is_file()
    }
    files.pop("manifest.json", None)
    return {name: (known or {}).get(name) or sha256(file) for name, file in files.items()}


@contextmanager
def in_use(run: Path) -> Iterator[None]:
    """Keep a run from going while it is read.

    Raises
    ------
    FileNotFoundError
        If it has gone.
    """
    file = run / "manifest.json"
    with file.open("rb") as stream:
        if sys.platform != "win32":
            fcntl.flock(stream, fcntl.LOCK_SH)  # waits where it is just going
        if not file.exists():
            raise FileNotFoundError(f"the run {run.name} is no longer kept")
        yield


@contextmanager
def _alone(run: Path) -> Iterator[bool]:
    """Whether nobody reads a run, and nobody begins to meanwhile; one without a manifest is nobody's."""
    with ExitStack() as held:
        try:
            stream = held.enter_context((run / "manifest.json").open("rb"))
            if sys.platform != "win32":
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        except OSError:
            pass
        yield True


def prune(project: Project, study: str, report: str, *, most: int) -> list[str]:
    """Remove all but the last runs of a report; those published, being read, or resting on a lock stay.

    Returns
    -------
    list of str
        The ids of the runs that went.
    """
    used = (read_json(project.site / study / report / "manifest.json") or {}).get("run")
    gone = []
    for folder in runs_of(project, study, report)[:-most]:
        manifest = read_json(folder / "manifest.json") or {}
        if folder.name == used or manifest.get("lock"):
            continue
        with _alone(folder) as alone:
            if alone:  # out of sight first: a run is whole or not there
                away = folder.with_name(f".{folder.name}.gone")
                folder.chmod(0o700)
                folder.rename(away)
                remove_tree(away)
                gone.append(folder.name)
    return gone


def sweep(project: Project) -> None:
    """Remove what killed runs left half laid out or half removed."""
    for place in places_below(project.runs):
        for entry in [*place.glob(".*.partial"), *place.glob(".*.gone")]:
            remove_tree(entry)


def manifest_of(folder: Path) -> dict:
    """The manifest of a run."""
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
