"""What the tasks of a plan do: read and derive, run a notebook, render and publish a report, list what is published."""

import os
from pathlib import Path
from typing import Any

from pipeline import notebooks, publish
from pipeline.files import read_json, write_whole
from pipeline.project import Project, as_json, as_lines, write_if_changed


def prepare_datasets(
    *,
    settings: str,
    root: str,
    index: Path,
    rests_on: str,
    limit: int,
    rows: dict,
    guard: str,
    soon: list[str],
    **_: Any,
) -> None:
    """Read the exports and derive the datasets, in a process of their own where that can be."""
    from pipeline.kernels import call

    given = {"settings": settings, "root": root, "index": index.as_posix(), "rests_on": rests_on}
    call("pipeline.prepare:prepare", limit=limit, soon=soon, **given)
    if (
        guard == "block"
    ):  # at once, and not when notebooks have run for an hour; else it is told with the report
        publish.guard_rows(index, before=rows, guard=guard)


def cut_datasets(
    *,
    settings: str,
    root: str,
    index: Path,
    of_all: Path,
    limit: int,
    rows: dict,
    guard: str,
    soon: list[str],
    **_: Any,
) -> None:
    """Cut the datasets of one site from those of all, in a process of its own where that can be."""
    from pipeline.kernels import call

    given = {"settings": settings, "root": root, "index": index.as_posix(), "of_all": of_all.as_posix()}
    call("pipeline.cut:cut", limit=limit, soon=soon, **given)
    if guard == "block":
        publish.guard_rows(index, before=rows, guard=guard)


def range_sites(*, root: str, folders: dict[str, str], limit: int, **_: Any) -> None:
    """Write what each site is shown of the others, in a process of its own where that can be."""
    from pipeline.kernels import call

    call("pipeline.others:write_ranges", limit=limit, root=root, folders=as_json(folders))


def run_notebook(
    *,
    source: str,
    parameters: dict,
    folder: str,
    build: str,
    reads: str,
    executed: Path,
    results: Path,
    limit: int,
    imports: list[str],
    **_: Any,
) -> None:
    """Execute one notebook and store what it published for the results table, and what it read.

    Of a site with too few patients for numbers none is executed, and nothing published.
    """
    seen = Path(reads)
    seen.parent.mkdir(parents=True, exist_ok=True)
    seen.unlink(missing_ok=True)
    index = read_json(executed.parent.parent / "data" / "index.json") or {}
    if not index.get("site", {}).get("reported", True):
        write_whole(executed, as_json({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        write_if_changed(results, as_lines([]))
        seen.write_text("*\n", encoding="utf-8")
        return
    spent = notebooks.run(
        Path(source),
        executed,
        parameters=parameters,
        folder=Path(folder),
        cell_timeout=limit,
        environment={
            "STUDY_BUILD": build,
            "STUDY_READS": os.fspath(seen),
            "STUDY_PREPARED": os.fspath(executed.parent.parent),
        },
        imports=imports,
    )
    write_if_changed(results, as_lines(notebooks.published_results(executed)))
    with seen.open("a", encoding="utf-8") as stream:
        stream.write("end\n")
    write_whole(executed.parent.parent / "times" / f"{executed.stem}.json", as_json(spent))


def render_report(*, settings: str, root: str, run: dict, renderer: str | None, **_: Any) -> list[str]:
    """Render one report, keep the run and publish it; what the user should know."""
    return publish.report(project=Project(Path(root)), run=run, asked=Path(settings), renderer=renderer)


def render_index(*, root: str, index: Path, group: str | None, **_: Any) -> None:
    """Render the page over all published reports."""
    publish.index(Project(Path(root)), index, group=group)
