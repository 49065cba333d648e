"""Commands about papers beside the reports: ``manuscript``, ``sap``."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import app, err, language_of, one_of, out
from pipeline.project import REPORTS, Project, UserError

Name = Annotated[str, typer.Argument(help="A folder in params/.")]
Lang = Annotated[str | None, typer.Option(help="Language, when not the study's own: en, zh.")]
Renderer = Annotated[str | None, typer.Option(help="quarto or embedded; Quarto where it is installed.")]


def _formats(text: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    """The formats of a list with commas, none of them added."""
    chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
    if not chosen:
        raise UserError(f"no format is named; write one or more of {', '.join(allowed)}")
    for part in chosen:
        one_of(part, allowed, "format")
    return chosen


def _engine(name: str | None) -> str | None:
    return name and one_of(name, ("quarto", "embedded"), "renderer")[0]


@app.command()
def sap(
    study: Name,
    to: Annotated[str, typer.Option(help="html, docx, pdf, with commas.")] = "html,docx,pdf",
    lang: Lang = None,
    renderer: Renderer = None,
) -> None:
    """Write the statistical analysis plan of a study, with the shell of every table and figure."""
    from pipeline.papers.write import SAP_FORMATS, write_sap

    project = Project.find()
    (name,) = project.choose([study])
    made = write_sap(
        project, name, language=language_of(lang), formats=_formats(to, SAP_FORMATS), engine=_engine(renderer)
    )
    for file in made:
        out.print(file.relative_to(project.root).as_posix(), highlight=False, soft_wrap=True)


@app.command()
def manuscript(
    study: Name,
    report: Annotated[str | None, typer.Option(help="interim or final; the last that the study has.")] = None,
    journal: Annotated[
        str, typer.Option(help="Whose style: ard, ar (Arthritis & Rheumatology), rheumatology.")
    ] = "ard",
    to: Annotated[str, typer.Option(help="docx, pdf, with commas.")] = "docx,pdf",
    lang: Lang = None,
    renderer: Renderer = None,
    refresh: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Fill the numbers of this edited Word file anew; nothing else is written."
        ),
    ] = None,
) -> None:
    """Write the draft of a manuscript: methods from the parameters, results by id, the checklist of its guideline."""
    from pipeline.papers.write import MANUSCRIPT_FORMATS, refill_manuscript, write_manuscript

    project = Project.find()
    (name,) = project.choose([study])
    wanted = report and one_of(report, REPORTS, "report")[0]
    if refresh:
        done = refill_manuscript(project, name, refresh, report=wanted, language=language_of(lang))
        out.print(
            f"{refresh}: {done.numbers} numbers, {done.changed} of them new", highlight=False, soft_wrap=True
        )
        for lost in done.lost:
            err.print(f"  {lost} is no result any more; its number was left", highlight=False, soft_wrap=True)
        raise typer.Exit(1 if done.lost else 0)
    made = write_manuscript(
        project,
        name,
        report=wanted,
        journal=journal,
        language=language_of(lang),
        formats=_formats(to, MANUSCRIPT_FORMATS),
        engine=_engine(renderer),
    )
    for file in made:
        out.print(file.relative_to(project.root).as_posix(), highlight=False, soft_wrap=True)
