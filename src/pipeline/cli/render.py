"""Commands that make reports: ``study render``, ``study watch``."""

from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli.shared import Studies, app, date_of, err, formats_of, language_of, one_of, out
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
    lang: Annotated[
        str | None, typer.Option(help="Language of the reports, en or zh; as the study says if absent.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say what would run and why; run nothing.")] = False,
    scheduler: Annotated[
        str | None,
        typer.Option(
            "--scheduler",
            "--cluster",
            help="Spread the work: the address of a Dask scheduler, or local:4 for 4 processes here.",
        ),
    ] = None,
    scheduled: Annotated[
        bool,
        typer.Option(help="For machines: fewer rows block, status.json is written, unchanged ends with 10."),
    ] = False,
    accept_fewer_rows: Annotated[
        bool, typer.Option(help="Confirm that sources may have fewer rows than in the last run.")
    ] = False,
    site: Annotated[
        list[str] | None,
        typer.Option(
            help="Only the report of this site, by its key under sites; may be given several times."
        ),
    ] = None,
    sites: Annotated[bool, typer.Option(help="The reports of the sites, where a study names some.")] = True,
    from_run: Annotated[
        str | None, typer.Option("--from", metavar="RUN", help="Make a kept run again, from its own record.")
    ] = None,
) -> None:
    """Render reports; only what changed runs again."""
    from pipeline.cluster import address_of
    from pipeline.request import Request

    project = Project.find()
    if from_run:
        raise typer.Exit(_again(project, from_run))
    request = Request(
        studies=project.choose(studies or []),
        reports=one_of(report, REPORTS, "report"),
        formats=to and formats_of(to),
        as_of=date_of(as_of),
        renderer=renderer and one_of(renderer, ("quarto", "embedded"), "renderer")[0],
        scheduled=scheduled,
        fewer_rows=accept_fewer_rows,
        language=language_of(lang),
        sites=tuple(site) if site else None if sites else (),
    )
    options = {"workers": workers, "scheduler": scheduler and address_of(scheduler)}
    if scheduled and not explain:
        from pipeline import scheduled as machine

        ended = machine.render(project, request, **options)  # type: ignore[arg-type]
        (err if ended.code else out).print(ended.line)
        raise typer.Exit(int(ended.code))
    raise typer.Exit(_render(project, request, explain=explain, **options))


def _render(project: Project, request, *, explain: bool, **options) -> int:
    from pipeline import ahead, unchanged

    if not explain and unchanged.is_unchanged(project, request):
        return _say_ready(project, nothing_done=True)
    if not explain and not options["scheduler"]:
        ahead.begin(project.build / "snapshot" / "src")
    from pipeline import runner

    watch = runner.Watch(project, runner.operation_of(project.root))
    session = runner.run(project, request, explain=explain, watch=watch, **options)
    if explain:
        return 0
    code = _tell(project, watch, session)
    if not options["scheduler"]:
        from pipeline.warm.staying import stay

        stay(project, watch.operation)
    return code


@app.command()
def watch(
    studies: Studies = None,
    report: Annotated[str | None, typer.Option(help="interim or final; both when not given.")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Data cut: nothing later is seen.")
    ] = None,
    workers: Annotated[int, typer.Option("-n", "--workers", help="Tasks at a time.", min=1)] = 2,
    renderer: Annotated[
        str | None, typer.Option(help="quarto or embedded; the embedded one, which is faster.")
    ] = "embedded",
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; a free one when 0.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Open the pages in the browser.")] = True,
) -> None:
    """Render whenever a file is saved, and show the pages anew in a browser of this machine."""
    from pipeline.request import Request
    from pipeline.warm import Asked, keep_warm

    project = Project.find()
    request = Request(
        studies=project.choose(studies or []),
        reports=one_of(report, REPORTS, "report"),
        formats=("html",),
        sites=(),
        as_of=date_of(as_of),
        renderer=renderer and one_of(renderer, ("quarto", "embedded"), "renderer")[0],
    )
    keep_warm(project, Asked(request, workers=workers, port=port, browser=browser))


def _tell(project: Project, watch, session) -> int:
    """Say what became of the request; the exit code is 0 only when all of it is there."""
    from pytask import TaskOutcome

    from pipeline.runner import failure_code, failures

    for name, message in failures(project, session):
        err.print(f"\n[bold red]Failed:[/] {escape(name)}\n{escape(message)}", markup=True)
    if code := failure_code(watch, session):
        err.print("\nNothing was replaced for the reports that failed; the last good ones stay.")
        return int(code)
    outcomes = {report.outcome for report in session.execution_reports}
    return _say_ready(project, nothing_done=outcomes <= {TaskOutcome.SKIP_UNCHANGED})


def _say_ready(project: Project, *, nothing_done: bool) -> int:
    """Say where the reports are, and that they were there already when nothing ran."""
    if nothing_done:
        out.print("Nothing to do: every report is up to date.")
    out.print(f"Reports: {(project.site / 'index.html').relative_to(project.root)}")
    return 0


def _again(project: Project, name: str) -> int:
    from pipeline.runs.again import make_again

    made = make_again(project, name)
    out.print(made.line)
    return 0 if made.same else 1
