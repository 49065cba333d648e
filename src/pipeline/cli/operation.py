"""Commands for whoever operates scheduled renders: ``health``."""

from typing import Annotated

import typer

from pipeline.cli.shared import app, out
from pipeline.project import Project


@app.command()
def health(
    max_age: Annotated[
        str | None, typer.Option(metavar="26h", help="How old the last good scheduled render may be.")
    ] = None,
) -> None:
    """One line for a monitor: exit code 0 when scheduled renders are well, 1 when they are not."""
    from pipeline.health import examine

    found = examine(Project.find(), max_age=max_age)
    out.print(found.line, highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(0 if found.well else 1)
