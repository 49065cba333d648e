"""`study lock`: a read-only record of a study, with everything needed to tell later that nothing changed.

``locks/<study>/<UTC date and time>/`` holds ``lock.json`` (hashes of data, parameters, notebooks, report text, code and
environment, row counts, time), its seal, ``sources/`` (a copy of every source file under its own path; the rows of
databases and of REDCap's API as Parquet). The copies hold data of patients: a ``.gitignore`` in the folder keeps
them out of version control, while `lock.json` and `seal.json` can be committed; whoever wants the copies committed
removes it.
"""

import shutil
from importlib import metadata
from pathlib import Path

from pipeline import children, lock
from pipeline.ending import LockError
from pipeline.gather import gather
from pipeline.lock_record import Lock, put_in_place
from pipeline.operating import operation_of
from pipeline.plan import Request
from pipeline.prepare import rows_read
from pipeline.project import Project, UserError, sha256
from pipeline.runner import warm_server
from pipeline.scratch import scratch
from pipeline.site_lock import site_lock

IGNORE = "# copies of the data; lock.json and seal.json alone are meant for version control\nsources/\n"
COMPARED = ("sources", *lock.KINDS)


def lock_study(project: Project, name: str) -> tuple[Lock, bool]:
    """Lock a study as it is now.

    Parameters
    ----------
    project : Project
    name : str
        Folder of the study in ``params/``.

    Returns
    -------
    Lock, bool
        The lock that rules now, and whether it was made just now: where everything is as in the newest lock, there is
        nothing to do.

    Raises
    ------
    UserError
        If `study check` finds anything wrong, a file changes meanwhile, or a render is going on.
    """
    from pipeline.checks import check_study

    if problems := check_study(project, name):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise UserError(f"study {name} is not locked; put right what `study check {name}` finds:\n{listed}")
    reports = project.reports(name)
    request = Request(studies=[name], reports=[reports[-1]], sites=())
    operation = operation_of(project.root)
    with (
        scratch() as folder,
        site_lock(project, doing=f"locking {name}"),
        warm_server(project, operation),  # in whose processes live sources are read within limits
        gather(project, request, operation, folder=folder) as gathered,
    ):
        return _lock_gathered(project, name, gathered)


def _lock_gathered(project: Project, name: str, gathered) -> tuple[Lock, bool]:
    (asked,) = gathered.reports

    def fill(folder: Path) -> dict | None:
        known = lock.circumstances(gathered, asked)
        record = known | _contents(gathered, asked, known["sources"], folder)
        previous = lock.current(project, name)
        if previous and all(_identity(previous.record, key) == _identity(record, key) for key in COMPARED):
            return None
        (folder / ".gitignore").write_text(IGNORE, encoding="utf-8")
        return record

    made = put_in_place(project, name, lock.locks_of(project, name), fill)
    current = lock.current(project, name)
    if current is None:
        raise LockError(f"the lock of {name} was removed as soon as it was made")
    return current, made is not None


def _contents(gathered, asked, sources: dict, folder: Path) -> dict:
    """Copy the sources out of the snapshot, read them within the limits of a render, and count."""
    counted = children.apart(
        lambda: _counted(asked.found.study, gathered.snapshot.root),
        about="reading the data",
        limit=gathered.operation.read_limit,
        memory=gathered.operation.memory,
    )
    read_rows, described = counted.pop("read"), {}
    for source in asked.found.study["sources"]:
        name = asked.data[source["id"]]
        entry = {
            **sources[source["id"]],
            "rows": read_rows.get(source["id"], 0),
            "copy": None,
            "bytes": None,
        }
        if source["type"] == "package":
            entry["version"] = metadata.version(source["package"])
        else:
            copy = Path("sources") / (Path(name).with_suffix(".parquet") if source["path"] is None else name)
            (folder / copy).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(gathered.snapshot.root / copy.relative_to("sources"), folder / copy)
            entry |= {"copy": copy.as_posix(), "bytes": (folder / copy).stat().st_size}
            entry["copy_sha256"] = sha256(folder / copy)
        described[source["id"]] = entry
    return {"sources": described, **counted}


def _counted(study: dict, root: Path) -> dict:
    """What reading the data of a study gives, in numbers: rows of each source and table, and the whole accounting."""
    from analysis import read
    from analysis.study import Study

    outcome = read.tables(Study.model_validate(study), root=root)
    return {
        "read": rows_read(outcome.accounting),
        "tables": {name: {"rows": len(table)} for name, table in outcome.tables.items()},
        "accounting": outcome.accounting.to_dict("records"),
    }


def _identity(record: dict, key: str):
    """What makes two records the same, sources by what they hold."""
    if key != "sources":
        return record.get(key)
    return {name: (s["type"], s["path"], s["sha256"]) for name, s in record["sources"].items()}
