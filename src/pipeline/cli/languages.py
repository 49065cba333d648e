"""The command about languages: ``study texts``."""

from typing import Annotated

import typer

from pipeline.cli.shared import app, out
from pipeline.project import Project


@app.command()
def texts(
    study: Annotated[
        str | None, typer.Argument(help="A study's own words; the project's when absent.")
    ] = None,
    lang: Annotated[str, typer.Option(help="The language; a new one begins a new file.")] = "zh",
    check: Annotated[bool, typer.Option(help="Write nothing; code 1 if anything is not translated.")] = False,
) -> None:
    """Bring the catalogue of a language up to date: new texts come in, unused ones go, what is missing is listed."""
    from pipeline import catalogue

    project = Project.find()
    own = study and project.choose([study])[0]
    found = catalogue.project_texts(project.root)
    if own:
        known = catalogue.told(catalogue.read_catalogue(catalogue.file_of(project.root, lang)))
        found = {k: v for k, v in catalogue.study_own_texts(project.root, own).items() if k not in known}
    file = catalogue.file_of(project.root, lang, own)
    missing, gone = catalogue.update(file, found, write=not check)
    for text in missing:
        out.print(f"{text.places[0]}: {text.english}")
    shown = file.relative_to(project.root) if file.is_relative_to(project.root) else file
    said = f"{shown}: {len(found)} texts, {len(missing)} not translated, {len(gone)} no longer used"
    out.print(said)
    raise typer.Exit(1 if check and (missing or gone) else 0)
