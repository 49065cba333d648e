"""Commands about published reports: ``diff``, ``status``."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import app, one_of, out
from pipeline.project import Project


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
    from analysis.language import ENGLISH, speaking
    from pipeline import compare
    from pipeline.compare.comparison import compare as hold_against
    from pipeline.compare.comparison import sides
    from pipeline.compare.told import as_html, as_text

    project = Project.find()
    one_of(to, ("text", "html", "json", "csv"), "format")
    with sides(project, before, after) as held:
        found = hold_against(*held, tolerance=tolerance, relative=relative)
        with speaking(ENGLISH, level=found.names.level):
            told = {
                "text": lambda: as_text(found, every=every),
                "html": lambda: as_html(found),
                "json": found.as_json,
                "csv": lambda: compare.as_csv(found.found),
            }[to]()
    if file:
        file.write_text(told, encoding="utf-8")
        out.print(f"{file}: {found.counted}")
    else:
        out.print(told, end="")
    raise typer.Exit(1 if found.found else 0)


@app.command()
def status() -> None:
    """List the published reports, their data cut, state and whether their files are as they were published."""
    from pipeline.status import status_table

    out.print(status_table(Project.find()), soft_wrap=False)
