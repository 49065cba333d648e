"""What must hold before anything is published: settings that belong together, rows that are all there, code at rest."""

import json
from pathlib import Path

from pipeline.ending import BlockedByData, StillChanging
from pipeline.files import read_json
from pipeline.marks import mark
from pipeline.project import Project, sha256
from pipeline.published import manifest_at


def prepared_settings(folder: Path, asked: Path) -> dict:
    """The settings that the datasets were prepared with, which must be those of this run.

    Raises
    ------
    RuntimeError
        If cut, parameters and datasets do not belong together.
    """
    kept, index = folder / "settings.json", read_json(folder / "data" / "index.json") or {}
    if not kept.is_file() or not sha256(kept) == index.get("settings") == sha256(asked):
        raise RuntimeError(
            f"the datasets of {folder.parent.name}/{folder.name} were prepared with other settings; render again"
        )
    return json.loads(kept.read_text(encoding="utf-8"))


def rows_before(project: Project, study: str, report: str) -> dict[str, int]:
    """The rows of each source in the last published run; in the last one kept where the site does not tell."""
    from pipeline.runs.keep import runs_of

    places = [project.site / study / report, *reversed(runs_of(project, study, report))]
    found = ((manifest_at(place) or {}).get("rows") for place in places)
    return next((rows for rows in found if isinstance(rows, dict) and rows), {})


def guard_rows(index: Path, *, before: dict[str, int], guard: str) -> list[str]:
    """Stop where a source has fewer rows than in the last published run, if that is to block; else tell.

    Returns
    -------
    list of str
        What the user is told; nothing where it was confirmed.

    Raises
    ------
    BlockedByData
        Which source, how many rows then and now, and how to confirm.
    """
    now = json.loads(index.read_text(encoding="utf-8"))["rows"]
    fewer = [
        f"{name}: {before[name]} rows before, {now.get(name, 0)} now"
        for name in before
        if now.get(name, 0) < before[name]
    ]
    if fewer and guard == "block":
        raise BlockedByData(
            "fewer rows than in the last published run; see whether the export is complete, and confirm with "
            "--accept-fewer-rows if it is:\n  " + "\n  ".join(fewer)
        )
    if fewer and guard == "tell":
        return [
            f"fewer rows than in the last published run ({'; '.join(fewer)}); see whether the export is complete"
        ]
    return []


def require_same_code(project: Project, run: dict) -> None:
    """Stop when a module that this process may have loaded was written to since the run began.

    Raises
    ------
    StillChanging
        Which.
    """
    changed = [name for name, was in run["watched"].items() if mark(project.root / name) != was]
    if changed:
        raise StillChanging(
            f"code was changed during the run ({', '.join(changed[:3])}{' and more' if len(changed) > 3 else ''}); "
            "nothing was replaced, render again"
        )
