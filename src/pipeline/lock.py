"""The data lock, and what it makes of a report: draft, interim, locked or final.

`study lock STUDY` (module `snapshot`) writes a read-only folder ``locks/<study>/<UTC date and time>/``. The newest one
rules. A final report is final when everything it rests on is as it was locked: data, parameters, criteria, notebooks,
report text, code and environment. Whatever differs is named and makes it a draft. Unlocking is removing the folder.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from pipeline.ending import LockError
from pipeline.files import read_json
from pipeline.lock_record import Lock, newest
from pipeline.project import REPORTS, Project, sha256
from pipeline.seal import edited
from pipeline.sites import places_below

ORDER = ("draft", "locked", "final")
KINDS = {
    "params": "parameters",
    "notebooks": "notebook",
    "text": "report text",
    "code": "code",
    "environment": "environment",
}
OWN = "refractory-rheum-analysis"
SHOWN = 12  # differences told before the rest is counted


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a report, the lock it rests on, if any, and what differs from the lock that there is."""

    state: str
    lock: Lock | None = None
    differs: tuple[str, ...] = ()
    broken: Lock | None = None

    def as_settings(self) -> dict:
        """The entries `state` and `lock` of a report's settings, and what keeps it from being final."""
        return {"state": self.state, "lock": self.lock and self.lock.summary, "differs": list(self.differs)}

    @property
    def told(self) -> list[str]:
        """What the user is told of a lock that the report does not rest on."""
        if self.broken is None:
            return []
        return [
            f"a draft, for it differs from what was locked at {self.broken.record['locked_at']} "
            f"({self.broken.folder.name}): " + "; ".join(shortened(self.differs))
        ]


def shortened(lines: tuple[str, ...]) -> list[str]:
    """The first lines, and how many more there are."""
    more = len(lines) - SHOWN
    return [*lines[:SHOWN], *([f"and {more} more"] if more > 0 else [])]


def state_of(gathered: Any, asked: Any) -> Standing:
    """The state of a report, from its files and the data lock: the one place where it is decided.

    An interim report is interim, locked data or not. A final report is a draft while there is no lock, or when anything
    differs from it, and final when nothing does. ``state:`` in the report's file can hold it back (draft, locked),
    and can insist (locked, final): a report that may not be so is then not made at all. A data cut from the command
    line holds it at locked, for a final report takes all data.

    Parameters
    ----------
    gathered : Gathered
        The snapshot that the report will be made from.
    asked : Asked
        The report.

    Raises
    ------
    LockError
        If the lock is damaged or was edited, or the state asked for cannot be.
    """
    study, analysis, project = asked.found.study, asked.found.analysis, gathered.project
    wanted, report, as_of = analysis["state"], analysis["report"], gathered.request.as_of
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
    if damaged := list(damage(lock)):
        raise LockError(_explain(project, study["id"], lock, damaged))
    differs = tuple(differences(lock.record, circumstances(gathered, asked)))
    if differs and wanted in ("locked", "final"):
        raise LockError(_explain(project, study["id"], lock, shortened(differs)))
    if differs:
        return Standing("draft", differs=differs, broken=lock)
    return Standing(min(wanted or "final", "locked" if as_of else "final", key=ORDER.index), lock)


def current(project: Project, study: str) -> Lock | None:
    """The newest lock of a study, or None.

    Raises
    ------
    LockError
        If its record cannot be read, or is not the one that was sealed, or not the one that kept runs rest on.
    """
    lock = newest(
        project,
        study,
        locks_of(project, study),
        is_whole=lambda record: "locked_at" in record,
        remedy="unlock the data",
    )
    if lock:
        _require_as_in_runs(project, study, lock)
    return lock


def _require_as_in_runs(project: Project, study: str, lock: Lock) -> None:
    """Stop where a kept run rests on this lock and knows another record: one that was sealed anew fits its own seal."""
    from pipeline.runs.keep import runs_of

    below = [folder.relative_to(project.runs).parts for folder in places_below(project.runs)]
    places = ["/".join(place) for name, *place in below if name == study]
    for run in (run for place in places for run in runs_of(project, study, place)):
        known = (read_json(run / "manifest.json") or {}).get("lock")
        if not isinstance(known, dict) or known.get("name") != lock.folder.name:
            continue
        if known.get("sha256") != lock.summary["sha256"]:
            raise edited(
                lock.folder.relative_to(project.root).as_posix(),
                f"the run {run.name} that rests on it knows another record",
            )


def locks_of(project: Project, study: str) -> Path:
    """The folder of all locks of a study."""
    return project.root / "locks" / study


def circumstances(gathered: Any, asked: Any) -> dict:
    """Everything a report rests on, as a lock records it: data, parameters, notebooks, text, code, environment."""
    snapshot, found = gathered.snapshot, asked.found
    others = {f"params/{asked.study}/{name}.yml" for name in REPORTS if name != asked.report}
    sources = {
        source["id"]: {
            "type": source["type"],
            "path": shown_path(source),
            "sha256": snapshot.hashes.get(asked.data.get(source["id"], "")),
        }
        for source in found.study["sources"]
    }
    params = {name: h for name, h in snapshot.below(f"params/{asked.study}").items() if name not in others}
    params |= {name: snapshot.hashes[name] for name in found.assurance}
    return {
        "sources": sources,
        "params": params,
        "notebooks": snapshot.below(*(f"notebooks/{name}.ipynb" for name in found.notebooks)),
        "text": {name: snapshot.hashes[name] for name in asked.sources},
        "code": modules_of(gathered, asked),
        "environment": {
            "Python": gathered.python,
            "requirements.lock": snapshot.hashes.get("requirements.lock"),
            **libraries(),
        },
    }


def modules_of(gathered: Any, asked: Any) -> dict[str, str]:
    """The hash of every module that a task of a report can reach: reading, deriving, notebooks and page."""
    return gathered.code.reach(["pipeline.work", "pipeline.prepare", *_imported(gathered, asked)])


def _imported(gathered, asked) -> list[str]:
    """What the notebooks of a report import."""
    from pipeline.reach import notebook_names

    found: set[str] = set()
    for name in asked.found.notebooks:
        file = gathered.snapshot.root / "notebooks" / f"{name}.ipynb"
        if file.is_file():
            found |= set(notebook_names(json.loads(file.read_text(encoding="utf-8"))))
    return sorted(found)


@lru_cache(maxsize=1)
def libraries() -> dict[str, str]:
    """The version of every library that this project needs, directly or through another."""
    waiting, seen, found = [OWN], set(), {}
    while waiting:
        name = waiting.pop()
        seen.add(name)
        try:
            said = _said_of(metadata.distribution(name))
        except metadata.PackageNotFoundError:  # of another system, or one that can be left out
            continue
        found[name] = dict(said)["Version"]
        needed = {
            _plain(re.split(r"[^\w.\-]", value)[0])
            for key, value in said
            if key == "Requires-Dist" and "extra ==" not in value
        }
        waiting += sorted(needed - seen - set(waiting))
    found.pop(OWN, None)
    return dict(sorted(found.items()))


def _said_of(library: metadata.Distribution) -> list[tuple[str, str]]:
    """The lines of a library's description; its text, which is long, is not parsed."""
    head = (library.read_text("METADATA") or library.read_text("PKG-INFO") or "").partition("\n\n")[0]
    return [(key, value) for key, _, value in (line.partition(": ") for line in head.splitlines())]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def differences(record: Mapping, now: Mapping) -> Iterator[str]:
    """A line for everything that is not as it was locked."""
    yield from _source_differences(record["sources"], now["sources"])
    for kind, word in KINDS.items():
        before, after = record.get(kind) or {}, now[kind]
        for name in sorted({*before, *after}):
            if name not in before:
                yield f"{name}: new {word}"
            elif name not in after:
                yield f"{name}: missing {word}"
            elif before[name] != after[name]:
                versions = [str(side[name]) for side in (before, after)]
                told = f" ({versions[0]} when locked, {versions[1]} now)" if len(versions[0]) < 40 else ""
                yield f"{name}: changed {word}{told}"


def _source_differences(locked: Mapping, now: Mapping) -> Iterator[str]:
    for name, source in now.items():
        was = locked.get(name)
        if was is None:
            yield f"{source['path']}: new data (source {name})"
        elif was["type"] != source["type"]:
            yield f"{source['path']}: changed data (source {name} was {was['type']}, is {source['type']})"
        elif was["sha256"] != source["sha256"]:
            yield f"{source['path']}: changed data"
    for gone in sorted(locked.keys() - now.keys()):
        yield f"{locked[gone]['path']}: missing data (source {gone} is no longer in the study file)"


def damage(lock: Lock) -> Iterator[str]:
    """A line for every copy in the lock's folder that is not what was copied; copies may be kept elsewhere."""
    for source in lock.record["sources"].values():
        file = lock.folder / (source["copy"] or "none")
        if source["copy"] and file.is_file() and sha256(file) != source["copy_sha256"]:
            yield f"damaged  {source['copy']} in the folder of the lock itself"


def _explain(project: Project, study: str, lock: Lock, problems: list[str]) -> str:
    folder = lock.folder.relative_to(project.root).as_posix()
    copied = any(source["copy"] for source in lock.record["sources"].values())
    restore = (
        f"Restore what was locked (data: cp -r {folder}/sources/. .)" if copied else "Restore what was locked"
    )
    return "\n".join(
        [
            f"the final report of {study} is not rendered: it differs from what was locked at "
            f"{lock.record['locked_at']} ({folder})",
            *(f"  {problem}" for problem in problems),
            f"{restore}, or lock the study as it is now (study lock {study}), or unlock it by removing that "
            f"folder (chmod -R u+w {folder} && rm -r {folder}).",
        ]
    )


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


def refuse(*, message: str, **_: Any) -> None:
    """Fail with a message: what the plan runs in place of a report that may not be rendered."""
    raise LockError(message)
