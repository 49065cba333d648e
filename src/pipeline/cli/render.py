"""Commands that make reports: ``study render``."""

from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli.shared import Studies, app, date_of, err, formats_of, one_of, out
from pipeline.project import REPORTS, Project


@app.command()
def render(
    studies: Studies = None,
    report: Annotated[str | None, typer.Option(help="interim or final; both when not given.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Data cut: nothing later is seen.")
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            help="Formats, separated by commas: html, docx, pdf; as the report's file says if absent."
        ),
    ] = None,
    workers: Annotated[int, typer.Option("-n", "--workers", help="Tasks at a time.", min=1)] = 2,
    renderer: Annotated[
        str | None, typer.Option(help="quarto or embedded; Quarto when it is installed.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say what would run and why; run nothing.")] = False,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler to spread the work.")
    ] = None,
) -> None:
    """Render reports; only what changed runs again."""
    from pipeline import plan, runner, unchanged

    project = Project.find()
    request = plan.Request(
        studies=project.choose(studies or []),
        reports=one_of(report, REPORTS, "report"),
        formats=to and formats_of(to),
        as_of=date_of(as_of),
        renderer=renderer and one_of(renderer, ("quarto", "embedded"), "renderer")[0],
    )
    if not explain and unchanged.is_unchanged(project, request):
        raise typer.Exit(_say_ready(project, nothing_done=True))
    outcome = runner.run(project, request, workers=workers, explain=explain, scheduler=scheduler)
    if not explain:
        raise typer.Exit(_tell(project, request, outcome))


def _tell(project: Project, request, session) -> int:
    """Say what became of the request; the exit code is 0 only when all of it is there."""
    from pytask import TaskOutcome

    from pipeline import publish

    outcomes = [report.outcome for report in session.execution_reports]
    failed = [entry for entry in session.execution_reports if entry.outcome == TaskOutcome.FAIL]
    for entry in failed:
        said = escape(f"{entry.task.name}\n{entry.exc_info[1]}")
        err.print(f"\n[bold red]Failed:[/] {said}", highlight=False, soft_wrap=True)
    if failed or session.exit_code != 0:
        publish.index(project, project.site / "index.html")  # lists what stands, though its task was left out
        err.print(
            "\nNothing was replaced for the reports that failed; the last good ones stay.", highlight=False
        )
        return 1
    return _say_ready(project, nothing_done=set(outcomes) <= {TaskOutcome.SKIP_UNCHANGED})


def _say_ready(project: Project, *, nothing_done: bool) -> int:
    """Say where the reports are, and that they were there already when nothing ran."""
    if nothing_done:
        out.print("Nothing to do: every report is up to date.")
    out.print(f"Reports: {(project.site / 'index.html').relative_to(project.root)}", highlight=False)
    return 0
