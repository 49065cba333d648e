"""Commands for whoever operates scheduled renders: ``schedule``, ``health``, ``profile``."""

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.shared import app, out
from pipeline.project import Project


@app.command()
def schedule(
    every: Annotated[str, typer.Option(help="When: 'Mon 06:00', 'Mon-Fri 18:30', 'daily 05:00'.")],
    studies: Annotated[
        list[str] | None, typer.Argument(help="Studies; every one when none is named.")
    ] = None,
    to: Annotated[Path | None, typer.Option(metavar="DIR", help="Where to write; build/schedule/.")] = None,
    install: Annotated[bool, typer.Option(help="Install and start the systemd timer of this user.")] = False,
) -> None:
    """Write what makes systemd, cron, Windows or a workflow start scheduled renders; install it if asked."""
    import shutil
    import sys

    from pipeline.operating import NAME, operation_of, remember_every
    from pipeline.schedule.times import Every
    from pipeline.schedule.units import Job, written
    from pipeline.schedule.units import install as install_units

    project = Project.find()
    when = Every.parse(every)
    program = Path(sys.executable).with_name("study")
    chosen = project.choose(studies) if studies else []
    quarto = shutil.which("quarto")
    more = Path(quarto).parent if quarto else None
    job = Job(project.root, program, when, chosen, operation_of(project.root), more)
    remember_every(project.root, every, chosen)
    folder = to or project.build / "schedule"
    folder.mkdir(parents=True, exist_ok=True)
    files = written(job)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        out.print(str(folder / name))
    whose = f" for {', '.join(chosen)}" if chosen else ""
    out.print(f"{NAME} says every = {every!r}{whose}: pages tell when the next version is due.")
    if install:
        for command in install_units(files, Path.home() / ".config" / "systemd" / "user"):
            out.print(" ".join(command))


@app.command()
def health(
    max_age: Annotated[
        str | None, typer.Option(metavar="26h", help="How old the last good scheduled render may be.")
    ] = None,
) -> None:
    """One line for a monitor: exit code 0 when scheduled renders are well, 1 when they are not."""
    from pipeline.health import examine

    found = examine(Project.find(), max_age=max_age)
    out.print(found.line)
    raise typer.Exit(0 if found.well else 1)


@app.command()
def profile(
    studies: Annotated[list[str] | None, typer.Argument(help="Only of these studies.")] = None,
    most: Annotated[int, typer.Option(help="So many tasks.", min=1)] = 20,
) -> None:
    """Show where the time of the last runs went: per task, and within notebooks per phase."""
    from pipeline.profile import lines

    project = Project.find()
    for line in lines(project, project.choose(studies or []), most=most):
        out.print(line)
