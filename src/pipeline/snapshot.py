"""`study lock`: a read-only snapshot of a study's data, with everything needed to tell later that nothing changed.

``locks/<study>/<UTC date and time>/`` holds ``lock.json`` (hashes of sources, parameters, code and environment, row
counts, time), ``sources/`` (a copy of every source file under its own path) and, for databases, REDCap's API and
package data, ``tables/`` (the tidy tables as Parquet). The copies hold data of patients: a ``.gitignore`` in the folder
keeps them out of version control, while `lock.json` can be committed; whoever wants the copies committed removes it.
"""

import os
import shutil
import stat
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from pipeline import lock
from pipeline.project import Project, UserError, as_json, code_digest, sha256, write_if_changed

IGNORE = "# copies of the data; lock.json alone is meant for version control\nsources/\ntables/\n"


def lock_study(project: Project, name: str) -> tuple[lock.Lock, bool]:
    """Lock the data of a study as they are now.

    Parameters
    ----------
    project : Project
    name : str
        Folder of the study in ``params/``.

    Returns
    -------
    Lock, bool
        The lock that rules now, and whether it was made just now: where data, parameters, code and environment are
        those of the newest lock, there is nothing to do.

    Raises
    ------
    UserError
        If `study check` finds anything wrong, or a file changes meanwhile.
    """
    from analysis import read
    from pipeline.checks import check_study

    if problems := check_study(project, name):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise UserError(f"study {name} is not locked; put right what `study check {name}` finds:\n{listed}")
    study = read.study(project.root / "params" / name / "study.yml")
    now = datetime.now(UTC)
    folder = lock.locks_of(project, name) / f"{now:%Y-%m-%dT%H%M%SZ}"
    partial = folder.with_name(f".partial-{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        record = {"study": name, "locked_at": now.isoformat(timespec="seconds")}
        record |= _snapshot(project, study, partial)
        previous = lock.current(project, name)
        if previous and _same(previous.record, record):
            return previous, False
        if folder.exists():
            raise UserError(f"{folder.relative_to(project.root)} was made this very second; try again")
        write_if_changed(partial / "lock.json", as_json(record))
        write_if_changed(partial / ".gitignore", IGNORE)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    _make_read_only(folder)
    return lock.Lock(folder, record), True


def _snapshot(project: Project, study, folder: Path) -> dict:
    """Copy the sources, read them, and say what they are; refuse sources that change meanwhile."""
    from analysis import read

    described = [source.model_dump(mode="json", by_alias=True) for source in study.sources]
    sources = {source["id"]: _copy(source, project.root, folder) for source in described}
    outcome = read.tables(study, root=project.root)
    exported = any(source.path is None for source in study.sources)
    tables = {name: _table(name, table, folder, exported) for name, table in outcome.tables.items()}
    for source in described:
        again = _hashes(source, project.root)
        if any(again[key] != sources[source["id"]][key] for key in again):
            raise UserError(f"{lock.shown_path(source)} changed while it was being locked; try again")
    record = {"sources": sources, "tables": tables, "accounting": outcome.accounting.to_dict("records")}
    if damaged := list(lock.damage(lock.Lock(folder, record))):
        raise UserError("the copies are not what was read; try again:\n" + "\n".join(damaged))
    return {**record, **_circumstances(project, study.id)}


def _copy(source: dict, root: Path, folder: Path) -> dict:
    """One source: hash, size and rows, and its file copied under its own path."""
    rows, _ = lock.rows_and_content(source, root)
    entry = {"type": source["type"], "path": lock.shown_path(source), "rows": rows, "copy": None}
    if source["path"]:
        inside = lock.shown_path(source) == source["path"]
        copy = (
            Path("sources", source["path"])
            if inside
            else Path("sources", "outside", source["id"], entry["path"])
        )
        (folder / copy).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / source["path"], folder / copy)
        entry["copy"] = copy.as_posix()
    if source["type"] == "package":
        entry["version"] = metadata.version(source["package"])
    return {**entry, **_hashes(source, root)}


def _hashes(source: dict, root: Path) -> dict:
    """What tells whether a source is still the same: the hash of its file, or of a database's rows."""
    file = lock.file_of(source, root)
    if file is None:
        return {"bytes": None, "sha256": None, "content": lock.rows_and_content(source, root)[1]}
    return {"bytes": file.stat().st_size, "sha256": sha256(file), "content": None}


def _table(name: str, table, folder: Path, exported: bool) -> dict:
    """Rows of a tidy table, and its copy where a source has no file to copy."""
    if not exported:
        return {"rows": len(table), "copy": None, "sha256": None}
    file = folder / "tables" / f"{name}.parquet"
    file.parent.mkdir(exist_ok=True)
    table.to_parquet(file, index=False)
    return {"rows": len(table), "copy": f"tables/{name}.parquet", "sha256": sha256(file)}


def _circumstances(project: Project, study: str) -> dict:
    """Parameters, code and environment at the time of locking."""
    from hashlib import sha256 as digest

    params = sorted((project.root / "params" / study).glob("*.yml"))
    code = {
        part: digest(code_digest(project.root / "src" / part).encode()).hexdigest()
        for part in ("analysis", "studies", "pipeline")
    }
    return {
        "params": {file.name: sha256(file) for file in params},
        "code": code,
        "environment": sha256(project.root / "requirements.lock"),
    }


def _same(before: dict, now: dict) -> bool:
    """Whether a new lock would say what the old one says, times apart."""
    return (
        all(before.get(key) == now[key] for key in ("params", "code", "environment"))
        and all(
            _identity(before["sources"].get(key)) == _identity(source)
            for key, source in now["sources"].items()
        )
        and before["sources"].keys() == now["sources"].keys()
    )


def _identity(source: dict | None) -> tuple | None:
    return source and (source["type"], source["path"], source["sha256"], source["content"])


def _make_read_only(folder: Path) -> None:
    """Take write permission from every file and folder of a lock, its own folder last."""
    for entry in [*sorted(folder.rglob("*"), reverse=True), folder]:
        entry.chmod(entry.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
