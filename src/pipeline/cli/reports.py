"""Commands about published reports: ``diff``, ``share``, ``status``."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import app, err, one_of, out
from pipeline.project import REPORTS, Project, sha256


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="study/report, a published folder or its results.csv.")],
    after: Annotated[str, typer.Argument(help="The one to compare with it.")],
    tolerance: Annotated[float, typer.Option(help="Values this close are the same.", min=0)] = 0,
    relative: Annotated[
        float, typer.Option(help="The same as a share of the larger value, such as 1e-9.", min=0)
    ] = 0,
    to: Annotated[str, typer.Option(help="text, html, json, or csv with every number.")] = "text",
    file: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write it there.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every changed result, not the first few.")] = False,
) -> None:
    """Compare two reports or runs: headline numbers, changes by table, causes; code 0 equal, 1 different, 2 error."""
    from pipeline import compare
    from pipeline.compare.comparison import compare as hold_against
    from pipeline.compare.comparison import side_of
    from pipeline.compare.told import as_html, as_text

    project = Project.find()
    one_of(to, ("text", "html", "json", "csv"), "format")
    sides = [side_of(project, name) for name in (before, after)]
    found = hold_against(*sides, tolerance=tolerance, relative=relative)
    told = {
        "text": lambda: as_text(found, every=every),
        "html": lambda: as_html(found),
        "json": found.as_json,
        "csv": lambda: compare.as_csv(found.found),
    }[to]()
    if file:
        file.write_text(told, encoding="utf-8")
        out.print(f"{file}: {found.counted}", highlight=False, soft_wrap=True)
    else:
        print(told, end="")
    raise typer.Exit(1 if found.found else 0)


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
    rules = POLICIES[one_of(policy, tuple(POLICIES), "policy")[0]]
    one_of(report, REPORTS, "report")
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
