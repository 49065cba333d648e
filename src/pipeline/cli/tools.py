"""Commands around the studies: ``doctor``, ``lab``, ``handbook``."""

from typing import Annotated

import typer

from pipeline.cli.shared import app, one_of, out
from pipeline.project import REPORTS, Project


@app.command()
def doctor() -> None:
    """Look over this machine: versions, Quarto, browsers, fonts, and combinations known to fail."""
    from pipeline.doctor import examine

    findings = examine(Project.find())
    for finding in findings:
        out.print(finding.line(), markup=True)
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
    (chosen,) = one_of(report, REPORTS, "report")
    studies = project.choose([study] if study else [])
    raise typer.Exit(open_lab(project, studies=studies, report=chosen, port=port, browser=browser))


@app.command()
def handbook(
    renderer: Annotated[
        str | None, typer.Option(help="quarto or embedded; Quarto when it is installed.")
    ] = None,
) -> None:
    """Render the handbook into reports/_site/handbook/."""
    from pipeline.handbook import render_handbook

    project = Project.find()
    engine = renderer and one_of(renderer, ("quarto", "embedded"), "renderer")[0]
    first, *_ = render_handbook(project, engine=engine)
    out.print(f"Handbook: {first.relative_to(project.root)}")
