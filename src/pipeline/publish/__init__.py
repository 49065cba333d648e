"""From executed notebooks and a report's source to the published page: stage, render, check, put in place.

A report appears under its address only when everything asked for was rendered and checked; until then the last
good one stays. `manifest.json` is written last and lists what the page was made from.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from analysis.language import PEOPLE, speaking
from pipeline import changes, sites
from pipeline.awaited import awaited_rows
from pipeline.files import leave_to, link, put_in_place, read_json, remove_tree, sync_tree
from pipeline.laps import Laps
from pipeline.others import rows_of_site
from pipeline.planned import section as plan_section
from pipeline.project import Project, UserError, sha256
from pipeline.publish import of_site
from pipeline.publish.cover import cover_block, describe_renderer
from pipeline.publish.disclosure import guard_disclosure
from pipeline.publish.documents import FILES, MAIN, documents
from pipeline.publish.first_screen import first_screen
from pipeline.publish.guards import guard_rows, prepared_settings, require_same_code, rows_before
from pipeline.publish.listing import index
from pipeline.publish.record import manifest
from pipeline.publish.results import as_csv, collected_results, more_than_there_are, progress
from pipeline.publish.staging import digits_of, fill_stage, fresh, line_as_written, write_yaml
from pipeline.render import RenderError, render, require_sound
from pipeline.words import words_of

__all__ = [
    "as_csv",
    "collected_results",
    "describe_renderer",
    "digits_of",
    "guard_rows",
    "in_words_of",
    "index",
    "page",
    "report",
    "results_of",
    "rows_before",
    "write_yaml",
]


def page(to: str) -> str:
    """The file name of a report in one format."""
    return FILES[MAIN][to]


def report(*, project: Project, run: dict, asked: Path, renderer: str | None) -> list[str]:
    """Stage, render, check, keep and publish one report in every format asked for.

    Parameters
    ----------
    project : Project
    run : dict
        What the run is made from; see `pipeline.gather.Gathered.facts`.
    asked : Path
        The settings that this run resolved.
    renderer : str or None

    Returns
    -------
    list of str
        What the user should know though it held nothing up.

    Raises
    ------
    StillChanging
        If the code was written to during the run.
    BlockedByData
        If a source has fewer rows than in the last run and that blocks.
    BlockedByDisclosure
        If the page shows what its readers may not see and that blocks.
    """
    content = prepared_settings(project.build / run["study"] / run["place"], asked)
    with in_words_of(content, Path(run["snapshot"])):
        return _publish(project, run, content, renderer)


def in_words_of(content: dict, root: Path) -> AbstractContextManager[None]:
    """Texts in the language and at the confidence level of a study, as its resolved settings say."""
    study = content["study"]
    own = root / "params" / study["id"] / f"{study['lang']}.po"
    level, people = study["statistics"]["confidence_level"], PEOPLE[study["design"]]
    return speaking(study["lang"], own, level=level, people=people)


def _publish(project: Project, run: dict, content: dict, renderer: str | None) -> list[str]:
    from pipeline.runs import keep

    study, name, laps = run["study"], run["place"], Laps()
    folder = project.build / study / name
    told = guard_rows(
        folder / "data" / "index.json", before=rows_before(project, study, name), guard=run["guard"]
    )
    told += of_site.told_of_all(folder)
    now = datetime.now(UTC)
    stage = fresh(folder / "stage")
    rows = results_of(folder, content)
    screen = first_screen(of_site.as_shown(content, folder), rows, words_of(content["study"])[1])
    if of_site.is_reported(folder, content):
        rows += awaited_rows(Path(run["snapshot"]), content, rows, screen=screen)
    ident = keep.next_id(project, study, name, now)
    cover = {
        **cover_block(content, renderer, code_version=run["code_version"]),
        "run": ident,
        "rendered_at": now.isoformat(timespec="seconds"),
    }
    cover |= {key: run[key] for key in ("next_expected", "stale_after", "document")}
    known = manifest(project, content, folder, cover, run)
    own = of_site.section_of(content, folder, rows) if run["site"] else ""
    since = changes.since_last(project, rows, folder, known) if run["report"] == "interim" else None
    section = since and since.section
    fill_stage(
        stage,
        source=Path(run["snapshot"]),
        folder=folder,
        content=content,
        rows=rows,
        cover=cover,
        screen=screen + own,
        since=section,  # type: ignore[arg-type]
        planned=plan_section(content["plan"]),
    )
    made = fresh(folder / "rendered")
    with as_written(stage, f"reports/{study}/{run['report']}.qmd"):
        for to in run["formats"]:
            require_sound(stage, to)
        for document in documents(stage, formats=run["formats"], work=fresh(folder / "documents")):
            output = made / document.file
            laps.done("laying out")
            render(document.stage, to=document.to, output=output, engine=renderer, memory=run["memory"])
            laps.done(document.file)
    (made / "results.csv").write_text(as_csv(rows), encoding="utf-8")
    told += guard_disclosure(run, folder, made, said=known)
    laps.done("searching")
    require_same_code(project, run)
    described = {
        **known,
        "since_last": since and since.line,
        "finding": finding_of(made / FILES[MAIN]["html"]),
        "progress": progress(rows, planned_of(content)),
        "outputs": {file.name: sha256(file) for file in sorted(made.iterdir())},
    }
    kept = keep.keep_run(project, run, described, folder, made)
    place(kept, project.site / study / name, partial_of(project, study, name), group=run["group"])
    keep.prune(project, study, name, most=run["keep"])
    laps.done("keeping")
    laps.keep(folder, "report")
    return told


def partial_of(project: Project, study: str, name: str) -> Path:
    """Where a report is laid out before it is put in its place."""
    return project.site / f".{study}-{sites.flat(name)}.partial"


def place(kept: Path, target: Path, partial: Path, *, group: str | None) -> None:
    """Publish what a run made, in one step: copies, so that nothing done to the site touches the run.

    The reports of the sites, which lie below that of all, stay.
    """
    remove_tree(partial)
    partial.mkdir(parents=True)
    for file in [*sorted((kept / "report").iterdir()), kept / "manifest.json"]:
        shutil.copyfile(file, partial / file.name)
    leave_to([partial, *partial.iterdir()], group)
    with placing(target):
        keep_below(partial, target)
        sync_tree(partial)
        put_in_place(partial, target)
        leave_to([target.parent], group)


def keep_below(partial: Path, target: Path) -> None:
    """What lies below a published report, in the folder that takes its place."""
    if (target / sites.FOLDER).is_dir():
        shutil.copytree(target / sites.FOLDER, partial / sites.FOLDER, copy_function=link)


@contextmanager
def placing(target: Path) -> Iterator[None]:
    """Let nobody else put a report of the same study in its place meanwhile: one may lie below the other."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    site = next(place for place in target.parents if place.name == "_site")
    site.mkdir(parents=True, exist_ok=True)
    handle = os.open(site, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def results_of(folder: Path, content: dict) -> list[dict]:
    """The results of a report as built: those of its notebooks, and what a site is shown of the others."""
    names = [entry["name"] for entry in content["analysis"]["notebooks"]]
    found = collected_results([folder / "results" / f"{name}.json" for name in names])
    people = (read_json(folder / "data" / "index.json") or {}).get("datasets", {}).get("subjects")
    if people and (wrong := more_than_there_are(found, people["rows"])):
        raise UserError(wrong)
    return [*found, *rows_of_site(folder, content)]


def planned_of(content: dict) -> int | None:
    """The planned size; none for a site for which the study file plans none."""
    is_planned = not content.get("site") or content["site"]["planned"]
    return content["study"]["planned_n"] if is_planned else None


def finding_of(page: Path) -> str | None:
    """What a report found, as its page is called; None where no page was made."""
    named = (
        re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"), re.DOTALL)
        if page.is_file()
        else None
    )
    return unescape(" ".join(named[1].split())) if named else None


@contextmanager
def as_written(stage: Path, source: str) -> Iterator[None]:
    """Tell faults of a stage by the files that the author edits, not by their copies."""
    try:
        yield
    except RenderError as error:
        if not error.problems:
            raise
        origin = {"index.qmd": source} | {
            f"parts/{file.name}": f"reports/_parts/{file.name}" for file in (stage / "parts").iterdir()
        }
        problems = [
            replace(found, file=origin.get(found.file, found.file), line=line_as_written(stage, found))
            for found in error.problems
        ]
        raise RenderError(str(error).splitlines()[0], tuple(problems)) from None
