"""The data lock, and what it makes of a report: draft, interim, locked or final.

`study lock STUDY` (module `snapshot`) writes a read-only folder ``locks/<study>/<UTC date and time>/``. The newest one
rules. A final report is final when its sources are, bit for bit, those of the lock; when any of them differs it is
not rendered, and every difference is named. Unlocking is removing the folder.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256 as digest
from pathlib import Path
from types import SimpleNamespace

from pipeline.project import Project, UserError, sha256

ORDER = ("draft", "locked", "final")
PATTERN = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z"


class LockError(UserError):
    """A report that its data lock, or the state asked for in its file, does not allow."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked state of a study's data: its folder and the content of its `lock.json`."""

    folder: Path
    record: dict

    @property
    def summary(self) -> dict:
        """What the settings of a report say of its lock; another lock makes another summary."""
        named = {"name": self.folder.name, "locked_at": self.record["locked_at"]}
        return {**named, "sha256": sha256(self.folder / "lock.json")}


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a report, and the lock it rests on, if any."""

    state: str
    lock: Lock | None = None

    def as_settings(self) -> dict:
        """The entries `state` and `lock` of a report's settings."""
        return {"state": self.state, "lock": self.lock and self.lock.summary}


def state_of(project: Project, study: Mapping, analysis: Mapping, *, as_of: str | None = None) -> Standing:
    """The state of a report, from its study, its file and the data lock: the one place where it is decided.

    An interim report is interim, locked data or not. A final report is a draft while there is no lock, and final when
    there is one and the sources are as they were locked. ``state:`` in the report's file can hold it back (draft,
    locked), never advance it; a data cut from the command line holds it at locked, for a final report takes all data.

    Parameters
    ----------
    project : Project
    study, analysis : mapping
        Contents of study.yml and of interim.yml or final.yml, as resolved.
    as_of : str, optional
        Data cut given on the command line.

    Raises
    ------
    LockError
        If files differ from the lock (each is named), or the state asked for cannot be.
    """
    wanted, report = analysis["state"], analysis["report"]
    where = f"params/{study['id']}/{report}.yml says state: {wanted}"
    if report == "interim":
        if wanted not in (None, "interim", "draft"):
            raise LockError(f"{where}, but an interim report is interim or draft; change or remove that line")
        return Standing(wanted or "interim")
    if wanted == "interim":
        raise LockError(f"{where}, but a final report is draft, locked or final; change or remove that line")
    lock = current(project, study["id"])
    if lock is None:
        if wanted in ("locked", "final"):
            raise LockError(
                f"{where}, but the data are not locked; run `study lock {study['id']}` or remove that line"
            )
        return Standing("draft")
    require_unchanged(project, study, lock)
    reached = min(wanted or "final", "locked" if as_of else "final", key=ORDER.index)
    return Standing(reached, lock)


def current(project: Project, study: str) -> Lock | None:
    """The newest lock of a study, or None."""
    folders = sorted(folder for folder in locks_of(project, study).glob(PATTERN) if folder.is_dir())
    if not folders:
        return None
    file = folders[-1] / "lock.json"
    try:
        return Lock(folders[-1], json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        raise LockError(
            f"{file.relative_to(project.root)} cannot be read; restore it, or remove its folder to unlock the data"
        ) from None


def locks_of(project: Project, study: str) -> Path:
    """The folder of all locks of a study."""
    return project.root / "locks" / study


def require_unchanged(project: Project, study: Mapping, lock: Lock) -> None:
    """Stop when any source file is not the one that was locked, naming each.

    Raises
    ------
    LockError
        Every changed, missing, new or dropped source, and what to do.
    """
    problems = [*_differences(project, study, lock), *damage(lock)]
    if problems:
        raise LockError(_explain(project, study["id"], lock, problems))


def _differences(project: Project, study: Mapping, lock: Lock) -> Iterator[str]:
    """A line for every source that is not as it was locked; databases are compared when they are read."""
    locked = lock.record["sources"]
    for source in study["sources"]:
        name, file = shown_path(source), file_of(source, project.root)
        was = locked.get(source["id"])
        if was is None:
            yield f"new      {name} (source {source['id']})"
        elif file is None or was["sha256"] is None:
            if (file is None) != (was["sha256"] is None):
                yield f"changed  {name} (source {source['id']} was {was['type']}, is {source['type']})"
        elif not file.is_file():
            yield f"missing  {name}"
        elif sha256(file) != was["sha256"]:
            yield f"changed  {name} ({was['bytes']} bytes when locked, {file.stat().st_size} now)"
    for gone in sorted(locked.keys() - {source["id"] for source in study["sources"]}):
        yield f"missing  {locked[gone]['path']} (source {gone} is no longer in the study file)"


def damage(lock: Lock) -> Iterator[str]:
    """A line for every copy in the lock's folder that is not what was copied; copies may be kept elsewhere."""
    kept = {s["copy"]: s["sha256"] for s in lock.record["sources"].values() if s["copy"]}
    kept |= {t["copy"]: t["sha256"] for t in lock.record["tables"].values() if t["copy"]}
    for copy, locked in kept.items():
        file = lock.folder / copy
        if file.is_file() and sha256(file) != locked:
            yield f"damaged  {copy} in the folder of the lock itself"


def _explain(project: Project, study: str, lock: Lock, problems: list[str]) -> str:
    folder = lock.folder.relative_to(project.root).as_posix()
    copied = any(source["copy"] for source in lock.record["sources"].values())
    restore = f"Restore what was locked (cp -r {folder}/sources/. .)" if copied else "Restore what was locked"
    return "\n".join(
        [
            f"the final report of {study} is not rendered: the data differ from those locked at "
            f"{lock.record['locked_at']} ({folder})",
            *(f"  {problem}" for problem in problems),
            f"{restore}, or lock the data as they are now (study lock {study}), or unlock them by removing that "
            f"folder (chmod -R u+w {folder} && rm -r {folder}).",
        ]
    )


def confirm(*, settings: Path, root: Path, index: Path) -> None:
    """After reading: what was read is what was locked, databases included.

    Parameters
    ----------
    settings : Path
        The settings of a report.
    root : Path
        The checkout.
    index : Path
        What `prepare` says it has read.

    Raises
    ------
    LockError
        If the report rests on a lock and a source was read in another state.
    """
    content = json.loads(settings.read_text(encoding="utf-8"))
    if not content["lock"]:
        return
    project, study = Project(root), content["study"]
    lock = current(project, study["id"])
    if lock is None or lock.summary != content["lock"]:
        raise LockError(f"the data lock of {study['id']} was changed during the run; render again")
    read = {entry["source"]: entry for entry in json.loads(index.read_text(encoding="utf-8"))["files"]}
    problems = []
    for source in study["sources"]:
        was = lock.record["sources"][source["id"]]
        if was["sha256"] is None:
            problems += _live_difference(source, was, root)
        elif read[source["id"]]["sha256"] != was["sha256"]:
            problems.append(f"changed  {shown_path(source)} (while the report was made)")
    if problems:
        raise LockError(_explain(project, study["id"], lock, problems))


def _live_difference(source: Mapping, was: Mapping, root: Path) -> list[str]:
    rows, content = rows_and_content(source, root)
    if content == was["content"]:
        return []
    return [f"changed  {shown_path(source)} ({was['rows']} rows when locked, {rows} now)"]


def rows_and_content(source: Mapping, root: Path) -> tuple[int, str]:
    """Rows of a source, and a digest of them that does not depend on the order in which they arrive."""
    from analysis.read.sources import read_source
    from analysis.study.mapping import Source

    frame = read_source(Source.model_validate(source), root).frame()
    lines = sorted(json.dumps(row, ensure_ascii=False) for row in frame.fillna("").values.tolist())
    return len(frame), digest("\n".join([json.dumps(list(frame.columns)), *lines]).encode()).hexdigest()


def file_of(source: Mapping, root: Path) -> Path | None:
    """The file of a source; None for databases and REDCap's API."""
    from analysis.read.locate import source_file

    return source_file(SimpleNamespace(**source), root)


def shown_path(source: Mapping) -> str:
    """How a source is called: its path inside the project, the name of a file elsewhere, its data set or its id."""
    if path := source["path"]:
        inside = not Path(path).is_absolute() and ".." not in Path(path).parts
        return path if inside else Path(path).name
    return f"{source['package']} {source['dataset']}" if source["type"] == "package" else source["id"]


def refuse(*, message: str, **_) -> None:
    """Fail with a message: what the plan runs in place of a report that may not be rendered."""
    raise LockError(message)
