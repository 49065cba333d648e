"""From executed notebooks and a report's source to the published page: stage, render, check, put in place.

A report appears under its address only when everything asked for was rendered and checked; until then the last
good one stays. `manifest.json` is written last and lists what the page was made from.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

from analysis.language import speaking
from pipeline import changes
from pipeline.awaited import awaited_rows
from pipeline.files import leave_to, put_in_place, remove_tree, sync_tree
from pipeline.laps import Laps
from pipeline.planned import section as plan_section
from pipeline.project import Project, sha256
from pipeline.publish.cover import cover_block, describe_renderer
from pipeline.publish.disclosure import guard_disclosure
from pipeline.publish.documents import FILES, MAIN, documents
from pipeline.publish.first_screen import first_screen
from pipeline.publish.guards import guard_rows, prepared_settings, require_same_code, rows_before
from pipeline.publish.listing import index
from pipeline.publish.record import manifest
from pipeline.publish.results import as_csv, collected_results, progress
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
    return speaking(study["lang"], own, level=study["statistics"]["confidence_level"])


def _publish(project: Project, run: dict, content: dict, renderer: str | None) -> list[str]:
    from pipeline.runs import keep

    study, name, laps = run["study"], run["place"], Laps()
    folder = project.build / study / name
    told = guard_rows(
        folder / "data" / "index.json", before=rows_before(project, study, name), guard=run["guard"]
    )
    now = datetime.now(UTC)
    stage = fresh(folder / "stage")
    rows = collected_results(
        [folder / "results" / f"{entry['name']}.json" for entry in content["analysis"]["notebooks"]]
    )
    screen = first_screen(content, rows, words_of(content["study"])[1])
    rows += awaited_rows(Path(run["snapshot"]), content, rows, screen=screen)
    ident = keep.next_id(project, study, name, now)
    cover = {
        **cover_block(content, renderer, code_version=run["code_version"]),
        "run": ident,
        "rendered_at": now.isoformat(timespec="seconds"),
    }
    cover |= {key: run[key] for key in ("next_expected", "stale_after", "document")}
    known = manifest(project, content, folder, cover, run)
    since = changes.since_last(project, rows, folder, known) if run["report"] == "interim" else None
    section = since and since.section
    fill_stage(
        stage,
        source=Path(run["snapshot"]),
        folder=folder,
        content=content,
        rows=rows,
        cover=cover,
        screen=screen,
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
        "progress": progress(rows, content["study"]["planned_n"]),
        "outputs": {file.name: sha256(file) for file in sorted(made.iterdir())},
    }
    kept = keep.keep_run(project, run, described, folder, made)
    place(kept, project.site / study / name, project.site / f".{study}-{name}.partial", group=run["group"])
    keep.prune(project, study, name, most=run["keep"])
    laps.done("keeping")
    laps.keep(folder, "report")
    return told


def place(kept: Path, target: Path, partial: Path, *, group: str | None) -> None:
    """Publish what a run made, in one step: copies, so that nothing done to the site touches the run."""
    remove_tree(partial)
    partial.mkdir(parents=True)
    for file in [*sorted((kept / "report").iterdir()), kept / "manifest.json"]:
        shutil.copyfile(file, partial / file.name)
    leave_to([partial, *partial.iterdir()], group)
    sync_tree(partial)
    put_in_place(partial, target)
    leave_to([target.parent], group)


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
