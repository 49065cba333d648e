"""`study lock STUDY --sap`: the plan of analysis as it is now, sealed, before the data are locked.

The folder holds the record (every entry of the plan, see `pipeline.planned`), its seal, the files that it was read
from, and the plan as a document where one was written.
"""

import shutil
from pathlib import Path

from pipeline import lock, planned
from pipeline.ending import LockError
from pipeline.lock_record import Lock, put_in_place
from pipeline.project import Project, UserError, sha256
from pipeline.reach import Code
from pipeline.resolve import resolve
from pipeline.runs.keep import runs_of
from pipeline.site_lock import site_lock


def lock_plan(project: Project, study: str) -> tuple[Lock, bool]:
    """Lock the plan of analysis of a study.

    Returns
    -------
    Lock, bool
        The plan that rules now, and whether it was locked just now: where every entry is as in the newest one, there
        is nothing to do.

    Raises
    ------
    UserError
        If the study has no final report, or `study check` finds anything wrong.
    """
    from pipeline.checks import check_study

    if "final" not in project.reports(study):
        raise UserError(
            f"study {study} has no final report (params/{study}/final.yml), which the plan of analysis is for"
        )
    if problems := check_study(project, study):
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise UserError(
            f"the plan of {study} is not locked; put right what `study check {study}` finds:\n{listed}"
        )
    with site_lock(project, doing=f"locking the plan of {study}"):
        return _lock(project, study)


def _lock(project: Project, study: str) -> tuple[Lock, bool]:
    found = resolve(project.root, study, "final", code=Code(project.root / "src"), kept=None)
    plan = planned.facts(found.study, found.analysis, found.criteria)
    previous = planned.current_plan(project, study)
    if previous and previous.record["plan"] == plan:
        return previous, False

    def fill(folder: Path) -> dict:
        return {"plan": plan, "seen": _seen(project, study), "files": _copied(project, study, folder)}

    put_in_place(project, study, planned.plans_of(project, study), fill)
    made = planned.current_plan(project, study)
    if made is None:
        raise LockError(f"the lock of the plan of {study} was taken away as soon as it was made")
    return made, True


def _seen(project: Project, study: str) -> dict:
    """What was known of the data: how many reports had been made from them, and whether they had been locked."""
    places = [folder.name for folder in (project.runs / study).glob("*") if folder.is_dir()]
    data = lock.current(project, study)
    return {
        "runs": sum(len(runs_of(project, study, place)) for place in places),
        "data_locked_at": data.record["locked_at"] if data else None,
    }


def _copied(project: Project, study: str, folder: Path) -> dict[str, str]:
    """Copy what the plan is written in; the hash of each file."""
    files = [*sorted((project.root / "params" / study).glob("*.yml"))]
    files += sorted((project.root / "reports" / study).glob("final.qmd"))
    files += sorted((project.root / "papers" / study).glob("sap*"))
    copied = {}
    for file in files:
        name = file.relative_to(project.root)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, folder / name)
        copied[name.as_posix()] = sha256(file)
    return copied
