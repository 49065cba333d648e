"""Pages that nothing changed in are told when the next version is due; otherwise they would call themselves out of
date.

Only the two times in the page and what the manifest says of them change, in one step; the run that made it stays as
it is.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.files import leave_to, put_in_place, remove_tree, sync_tree
from pipeline.gather import next_due
from pipeline.operating import Operation
from pipeline.project import Project, as_json, sha256
from pipeline.published import manifest_at
from pipeline.site_lock import site_lock
from pipeline.sites import FOLDER, places_below

if TYPE_CHECKING:
    from pipeline.plan import Request


def renew(project: Project, request: "Request", operation: Operation) -> list[str]:
    """Give the pages of a request the time of the next version; the reports that had another one."""
    if not operation.every:
        return []
    now, renewed = datetime.now(UTC), []
    doing = f"renewing the due times after {request.words}"
    with site_lock(project, doing=doing, wait=operation.run_limit):
        for study in request.studies:
            due = next_due(operation, [study], now)
            for place, manifest in _published(project, study, request):
                if due["stale_after"] and manifest.get("stale_after") != due["stale_after"]:
                    _renew(project, study, place, manifest, due, operation)
                    renewed.append(f"{study}/{place}")
    return renewed


def _published(project: Project, study: str, request: "Request") -> Iterator[tuple[str, dict]]:
    """The pages of a request: in the language asked for, else in that of the study."""
    for folder in places_below(project.site):
        name, *place = folder.relative_to(project.site).parts
        manifest = manifest_at(folder) or {}
        own = place[0] == manifest.get("report")
        is_asked = manifest.get("language") == request.language if request.language else own
        if name == study and manifest.get("report") in request.reports and is_asked:
            yield "/".join(place), manifest


def _renew(
    project: Project, study: str, report: str, manifest: dict, due: dict, operation: Operation
) -> None:
    from pipeline.publish import keep_below, partial_of
    from pipeline.publish.cover import minute

    target = project.site / study / report
    partial = partial_of(project, study, report)
    remove_tree(partial)
    shutil.copytree(target, partial, ignore=shutil.ignore_patterns(FOLDER))
    pages = sorted(partial.glob("*.html"))
    for page in pages:
        html = page.read_text(encoding="utf-8")
        for key in ("stale_after", "next_expected"):
            if before := manifest.get(key):
                html = html.replace(before, due[key]).replace(minute(before), minute(due[key]))
        page.write_text(html, encoding="utf-8", newline="\n")
    outputs = {**manifest["outputs"], **{page.name: sha256(page) for page in pages}}
    content = {
        **manifest,
        **due,
        "outputs": outputs,
        "looked_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (partial / "manifest.json").write_text(as_json(content), encoding="utf-8")
    leave_to([partial, *partial.iterdir()], operation.site_group)
    keep_below(partial, target)
    sync_tree(partial)
    put_in_place(partial, target)
