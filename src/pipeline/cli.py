"""The command line: ``study render``, ``check``, ``status``, ``doctor``, ``lab``, ``new``."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.project import REPORTS, Project, UserError, sha256

app = typer.Typer(
    help="Analyse studies of refractory rheumatic disease and render their reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
out, err = Console(), Console(stderr=True)

Studies = Annotated[
    list[str] | None, typer.Argument(help="Folders in params/; every study when none is named.")
]


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
        reports=_one_of(report, REPORTS, "report"),
        formats=to and _formats(to),
        as_of=_date(as_of),
        renderer=renderer and _one_of(renderer, ("quarto", "embedded"), "renderer")[0],
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


@app.command()
def check(study: Annotated[str, typer.Argument(help="A folder in params/.")]) -> None:
    """Say what is wrong with a study's files, without running anything."""
    from pipeline.checks import check_study

    project = Project.find()
    (name,) = project.choose([study])
    problems = check_study(project, name)
    for problem in problems:
        err.print(escape(problem), highlight=False, soft_wrap=True)
    if problems:
        err.print(f"\n[bold red]{len(problems)} to put right[/] in study {name}.")
        raise typer.Exit(1)
    out.print(
        f"Study {name}: parameters, data files, notebooks and report sources are in order.", soft_wrap=True
    )


@app.command()
def lock(study: Annotated[str, typer.Argument(help="A folder in params/.")]) -> None:
    """Lock a study's data: a read-only snapshot with hashes, from which final reports are rendered."""
    from pipeline.snapshot import lock_study

    project = Project.find()
    (name,) = project.choose([study])
    made, new = lock_study(project, name)
    folder = made.folder.relative_to(project.root)
    if not new:
        out.print(f"Nothing to do: {folder} holds data, parameters and code as they are.", soft_wrap=True)
        return
    out.print(f"Study {name} is locked: {folder}", highlight=False)
    for source, entry in made.record["sources"].items():
        out.print(f"  {source}: {entry['rows']} rows of {entry['path']}", highlight=False)
    out.print("Commit its lock.json to show what was locked and when; removing the folder unlocks the data.")


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="study/report, a published folder or its results.csv.")],
    after: Annotated[str, typer.Argument(help="The one to compare with it.")],
    tolerance: Annotated[float, typer.Option(help="Values this close are the same.", min=0)] = 0,
    relative: Annotated[
        float, typer.Option(help="The same as a share of the larger value, such as 1e-9.", min=0)
    ] = 0,
    to: Annotated[str, typer.Option(help="table or csv.")] = "table",
) -> None:
    """Compare two reports number by number; exit code 0 equal, 1 different, 2 error."""
    from pipeline import compare

    project = Project.find()
    _one_of(to, ("table", "csv"), "format")
    rows = [compare.read_results(compare.results_file(project, name)) for name in (before, after)]
    found = compare.differences(*rows, tolerance=tolerance, relative=relative)
    if to == "csv":
        print(compare.as_csv(found), end="")
    elif found:
        out.print(compare.as_table(found, title=f"{before} -> {after}: {len(found)} results differ"))
    else:
        out.print(f"{len(rows[0])} results, all the same.", highlight=False)
    raise typer.Exit(1 if found else 0)


@app.command()
def share(
    study: Annotated[str, typer.Argument(help="A folder in params/.")],
    report: Annotated[str, typer.Option(help="interim or final.")] = "final",
    policy: Annotated[
        str, typer.Option(help="Who will read it: team, opensafely-7-5, strict-10 or manitoba-5.")
    ] = "team",
    file: Annotated[str | None, typer.Option("--out", metavar="FILE", help="The file to write.")] = None,
    every: Annotated[bool, typer.Option("--all", help="List every finding, not the first few.")] = False,
) -> None:
    """Write a report to one file that is safe to send, or list what keeps it from being so."""
    from pathlib import Path

    from pipeline.share import POLICIES, listed
    from pipeline.share import share as share_report

    project = Project.find()
    (name,) = project.choose([study])
    rules = POLICIES[_one_of(policy, tuple(POLICIES), "policy")[0]]
    _one_of(report, REPORTS, "report")
    shared = share_report(project, name, report, policy=rules, out=file and Path(file))
    for line in listed(shared.findings, most=None if every else 10):
        err.print(line, highlight=False, markup=False, soft_wrap=True)
    for kind, n in shared.skipped.items():
        err.print(f"Not looked for, too short to tell from other text: {n} x {kind}.", highlight=False)
    if shared.file is None:
        err.print(
            f"\n[bold red]{len(shared.findings)} findings[/] keep {name}/{report} from {rules.readers}."
        )
        raise typer.Exit(1)
    out.print(f"{shared.file} may go to {rules.readers}.", highlight=False, soft_wrap=True)
    out.print(f"SHA-256 {sha256(shared.file)}", highlight=False, soft_wrap=True)


@app.command()
def status() -> None:
    """List the published reports, their data cut, state and whether their files are as they were published."""
    from pipeline.status import status_table

    out.print(status_table(Project.find()))


@app.command()
def doctor() -> None:
    """Look over this machine: versions, Quarto, browsers, fonts, and combinations known to fail."""
    from pipeline.doctor import examine

    findings = examine(Project.find())
    for finding in findings:
        out.print(finding.line(), highlight=False, soft_wrap=True)
    if any(finding.level == "error" for finding in findings):
        raise typer.Exit(1)


@app.command()
def lab(
    study: Annotated[str | None, typer.Argument(help="Prepare this study's datasets first.")] = None,
    report: Annotated[str, typer.Option(help="interim or final.")] = "final",
    port: Annotated[int | None, typer.Option(help="Port for JupyterLab.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
) -> None:
    """Open the notebooks in JupyterLab, with the datasets they read prepared."""
    from pipeline.lab import open_lab

    project = Project.find()
    (chosen,) = _one_of(report, REPORTS, "report")
    studies = project.choose([study] if study else [])
    raise typer.Exit(open_lab(project, studies=studies, report=chosen, port=port, browser=browser))


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
        out.print(line, highlight=False, soft_wrap=True)


@app.command()
def handbook(
    renderer: Annotated[
        str | None, typer.Option(help="quarto or embedded; Quarto when it is installed.")
    ] = None,
) -> None:
    """Render the handbook into reports/_site/handbook/."""
    from pipeline.handbook import render_handbook

    project = Project.find()
    engine = renderer and _one_of(renderer, ("quarto", "embedded"), "renderer")[0]
    first, *_ = render_handbook(project, engine=engine)
    out.print(f"Handbook: {first.relative_to(project.root)}", highlight=False)


def _one_of(value: str | None, allowed: tuple[str, ...], what: str) -> tuple[str, ...]:
    if value is None:
        return allowed
    if value not in allowed:
        raise UserError(f"{what} {value!r} is none of {', '.join(allowed)}")
    return (value,)


def _formats(text: str) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    for part in chosen:
        _one_of(part, ("html", "docx", "pdf"), "format")
    return ("html", *(part for part in chosen if part != "html"))


def _date(text: str | None) -> str | None:
    from datetime import date

    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise UserError(f"--as-of {text!r} is not a date; write it as 2025-06-30") from None


def main() -> None:
    """Entry point: the user's mistakes are told in a line, without a traceback."""
    try:
        app()
    except Exception as error:
        if not isinstance(error, UserError) and type(error).__name__ not in (
            "StudyFileError",
            "NotebookError",
            "RenderError",
            "SourceError",
        ):
            raise
        err.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(2)
