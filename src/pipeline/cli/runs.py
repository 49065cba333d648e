"""Commands about kept runs: ``runs``, ``verify``."""

from typing import Annotated

import typer
from rich.markup import escape

from pipeline.cli.shared import app, err, out
from pipeline.project import Project


@app.command()
def runs(
    study: Annotated[str | None, typer.Argument(help="Only of this study.")] = None,
) -> None:
    """List the runs that are kept: what was published when, from which data cut, and on which lock it rests."""
    from pipeline.files import read_json
    from pipeline.published import manifest_at
    from pipeline.runs.verify import all_runs

    project = Project.find()
    chosen = project.choose([study]) if study else None
    lines = []
    for run in all_runs(project):
        manifest = read_json(run / "manifest.json") or {}
        name = run.relative_to(project.runs).as_posix()
        if chosen is None or name.split("/")[0] in chosen:
            published = manifest_at(project.site / run.parent.relative_to(project.runs)) or {}
            mark = "published" if published.get("run") == run.name else ""
            locked = f"lock {manifest['lock']['name']}" if manifest.get("lock") else ""
            facts = [manifest.get("state", "?"), f"cut {manifest.get('data_cut', '?')}", locked, mark]
            lines.append(f"{name}  {', '.join(fact for fact in facts if fact)}")
    for line in lines or ["No run is kept yet: run `study render`."]:
        out.print(line)


@app.command()
def verify(
    run: Annotated[
        str,
        typer.Argument(
            help="study/report/id, or study/report for its last run; of a site study/report/sites/key."
        ),
    ],
) -> None:
    """Hold every file of a kept run against the hashes of its manifest; needs no network."""
    from pipeline.project import sha256
    from pipeline.runs.keep import in_use
    from pipeline.runs.verify import find_run, problems_of

    folder = find_run(Project.find(), run)
    with in_use(folder):
        found = problems_of(folder)
    for line in found:
        err.print(line)
    if found:
        run = escape(folder.name)
        err.print(f"\n[bold red]{len(found)} files[/] of run {run} are not as they were kept.", markup=True)
        raise typer.Exit(1)
    digest = sha256(folder / "manifest.json")
    out.print(f"Run {folder.name} is as it was kept. SHA-256 of its manifest: {digest}")
