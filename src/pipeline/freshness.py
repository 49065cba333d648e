"""Pages that nothing changed in are told when the next version is due; otherwise they would call themselves out of
date.

Only the two times in the page and what the manifest says of them change, in one step; the run that made it stays as
it is.
"""

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.files import leave_to, put_in_place, remove_tree, sync_tree
from pipeline.gather import next_due
from pipeline.operating import Operation
from pipeline.project import Project, as_json, sha256
from pipeline.published import manifest_at
from pipeline.site_lock import site_lock

if TYPE_CHECKING:
    from pipeline.plan import Request


def renew(project: Project, request: "Request", operation: Operation) -> list[str]:
    """Give the pages of a request the time of the next version; the reports that had another one."""
    if not operation.every:
        return []
    now, renewed = datetime.now(UTC), []
    due = next_due(operation, now)
    with site_lock(project, doing="renewing the due times"):
        for study in request.studies:
            for report in request.reports:
                manifest = manifest_at(project.site / study / report)
                if manifest and manifest.get("stale_after") != due["stale_after"]:
                    _renew(project, study, report, manifest, due, operation)
                    renewed.append(f"{study}/{report}")
    return renewed


def _renew(
    project: Project, study: str, report: str, manifest: dict, due: dict, operation: Operation
) -> None:
    from pipeline.publish.cover import minute

    target = project.site / study / report
    partial = project.site / f".{study}-{report}.partial"
    remove_tree(partial)
    shutil.copytree(target, partial)
    html = (target / "index.html").read_text(encoding="utf-8")
    for key in ("stale_after", "next_expected"):
        if before := manifest.get(key):
            html = html.replace(before, due[key]).replace(minute(before), minute(due[key]))
    (partial / "index.html").write_text(html, encoding="utf-8", newline="\n")
    outputs = {**manifest["outputs"], "index.html": sha256(partial / "index.html")}
    content = {
        **manifest,
        **due,
        "outputs": outputs,
        "looked_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    (partial / "manifest.json").write_text(as_json(content), encoding="utf-8")
    leave_to([partial, *partial.iterdir()], operation.site_group)
    sync_tree(partial)
    put_in_place(partial, target)
