"""Commands about a study's files: ``check``, ``draft``, ``lock``, ``new``."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli.shared import app, err, out
from pipeline.project import Project


@app.command()
def check(study: Annotated[str, typer.Argument(help="A folder in params/.")]) -> None:
    """Say what is wrong with a study's files, without running anything."""
    from pipeline.checks import examine_study, read_tables_shown

    project = Project.find()
    (name,) = project.choose([study])
    problems, outcome = examine_study(project, name)
    for table in read_tables_shown(outcome) if outcome is not None else ():
        out.print(table, soft_wrap=False)
    for problem in problems:
        err.print(problem)
    if problems:
        err.print(f"\n[bold red]{len(problems)} to put right[/] in study {escape(name)}.", markup=True)
        raise typer.Exit(1)
    out.print(f"Study {name}: parameters, data files, notebooks and report sources are in order.")


@app.command()
def lock(
    study: Annotated[str, typer.Argument(help="A folder in params/.")],
    new_key: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Make a key for signing; the private part goes into FILE."),
    ] = None,
    sap: Annotated[
        bool, typer.Option("--sap", help="Lock the plan of analysis instead of the data.")
    ] = False,
) -> None:
    """Lock a study: a sealed read-only record with hashes, on which final reports rest; or its plan of analysis."""
    from pipeline.seal import PRIVATE
    from pipeline.seal import new_key as make_key
    from pipeline.snapshot import lock_study

    project = Project.find()
    (name,) = project.choose([study])
    if new_key:
        public = make_key(project, name, new_key)
        out.print(f"{public.relative_to(project.root)} belongs to the study: commit it.")
        out.print(f"{new_key} is for whoever may lock; {PRIVATE} names it. Keep it elsewhere.")
        return
    if sap:
        _lock_plan(project, name)
        return
    made, new = lock_study(project, name)
    folder = made.folder.relative_to(project.root)
    if not new:
        out.print(f"Nothing to do: {folder} holds data, parameters and code as they are.")
        return
    out.print(f"Study {name} is locked: {folder}")
    for source, entry in made.record["sources"].items():
        out.print(f"  {source}: {entry['rows']} rows of {entry['path']}")
    out.print("Commit its lock.json to show what was locked and when; removing the folder unlocks the data.")


def _lock_plan(project: Project, name: str) -> None:
    from pipeline.papers.locking import lock_plan

    plan, new = lock_plan(project, name)
    folder = plan.folder.relative_to(project.root)
    if not new:
        out.print(f"Nothing to do: {folder} holds every entry of the plan as it is.", soft_wrap=True)
        return
    out.print(f"The plan of analysis of {name} is locked: {folder}", highlight=False, soft_wrap=True)
    out.print(f"  {len(plan.record['plan'])} entries, {len(plan.record['files'])} files", highlight=False)
    if plan.record["seen"]["runs"]:
        out.print(
            f"  Reports had been made from the data {plan.record['seen']['runs']} times before; the final report "
            "will say so.",
            soft_wrap=True,
        )
    out.print("Commit the folder to show what was planned and when.", soft_wrap=True)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Short name of the study, for folders: my_study.")],
    like: Annotated[str, typer.Option(help="The study to start from.")],
) -> None:
    """Start a study of your own from one that works."""
    from pipeline.new import new_study

    project = Project.find()
    (source,) = project.choose([like])
    for line in new_study(project, name, like=source):
        out.print(line)


@app.command()
def draft(
    name: Annotated[str, typer.Argument(help="Short name of the study, for folders: my_study.")],
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Exports (CSV, Excel, SAS, SPSS, Stata, Parquet) and a REDCap data dictionary, if there is one; "
            "redcap:URL_VARIABLE:TOKEN_VARIABLE for a REDCap project by its API.",
        ),
    ],
) -> None:
    """Look at exports and write a first study from them that already renders."""
    from pipeline.draft import draft_study

    for line in draft_study(Project.find(), name, files):
        out.print(line)
