"""`study render --scheduled`: one render for a machine, with an exit code for each ending and a `status.json` to read.

Beside what every render does: fewer rows than in the last run block it, the pages say when the next version is due and
mark themselves out of date after that, and whoever watches is told when it begins to fail and when it is well again.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline import ahead, notice, unchanged
from pipeline.ending import MEANING, Code, Ending, code_of, is_told
from pipeline.files import leave_to, read_json, write_whole
from pipeline.operating import Operation, operation_of
from pipeline.project import Project, as_json
from pipeline.published import published_manifests
from pipeline.secrets import hide

if TYPE_CHECKING:
    from pipeline.plan import Request

NAME = "status.json"
WELL = (Code.DONE, Code.UNCHANGED)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a scheduled render ended: its exit code, and one line about it."""

    code: Code
    line: str


def render(project: Project, request: "Request", *, workers: int, scheduler: str | None) -> Ended:
    """Render what was asked for, write `status.json` and tell who wants to know.

    A fault of this program is raised, after it was told as a failure.
    """
    began, fault, failing = datetime.now(UTC), None, [Code.NO_SPACE]
    try:
        operation = operation_of(project.root)
        code, messages = _render(project, request, operation, workers=workers, scheduler=scheduler)
    except Exception as error:
        operation = _operation_or_default(project)
        code, messages = code_of(error), [hide(str(error), project.root)]
        if not (is_told(error) or isinstance(error, OSError)):
            fault = error
        elif code == Code.FAILED and not isinstance(error, Ending | OSError):
            code = Code.MISTAKE
    try:
        if code != Code.LOCKED:  # the run that holds the lock writes its own
            failing = _write_status(project, operation, request, began, code, messages)
    finally:  # also where the status cannot be written, on a full disk
        if code != Code.LOCKED:
            notice.send(project, operation, max(failing, default=code))
    if fault:
        raise fault
    line = f"{MEANING[code]}: {' | '.join(' '.join(text.split()) for text in messages) or _done(project)}"
    return Ended(code, line)


def _done(project: Project) -> str:
    return (project.site / "index.html").relative_to(project.root).as_posix()


def _operation_or_default(project: Project) -> Operation:
    try:
        return operation_of(project.root)
    except Exception:
        return Operation()


def _render(project: Project, request, operation: Operation, **options) -> tuple[Code, list[str]]:
    if not unchanged.is_unchanged(project, request):
        if not options["scheduler"]:
            ahead.begin(project.build / "snapshot" / "src")
        from pytask import TaskOutcome

        from pipeline import runner

        watch = runner.Watch(project, operation)
        session = runner.run(project, request, watch=watch, wait=operation.run_limit, **options)
        failed = [
            f"{name}: {message}" for name, message in runner.failures(project, session, unattended=True)
        ]
        if code := runner.failure_code(watch, session):
            return code, failed or watch.warnings
        if any(report.outcome == TaskOutcome.SUCCESS for report in session.execution_reports):
            return Code.DONE, []
    from pipeline import freshness

    freshness.renew(project, request, operation)
    return Code.UNCHANGED, []


def _write_status(
    project: Project, operation: Operation, request, began: datetime, code: Code, messages
) -> list[Code]:
    """What any monitor can read: how the last render ended, when, what is published, and the same of the last render of
    each other request; the codes of those that fail.

    Two lines of a crontab are two requests: that one of them is well says nothing of the other.
    """
    from pipeline.gather import next_due

    kept = read_json(project.site / NAME) or {}
    others = {
        name: entry for name, entry in renders_of(kept).items() if not _is_covered(project, request, entry)
    }
    before = renders_of(kept).get(request.words, {})
    well = code in WELL
    ended = datetime.now(UTC).isoformat(timespec="seconds")
    content = {
        "ending": MEANING[code],
        "code": int(code),
        "began": began.isoformat(timespec="seconds"),
        "ended": ended,
        "last_good": ended if well else before.get("last_good"),
        "failing_since": None if well else before.get("failing_since") or ended,
        "studies": list(request.studies),
        "reports": list(request.reports),
        "messages": [] if well else messages,
        **next_due(operation, request.studies, began),
    }
    renders = {**others, request.words: content}
    write_whole(
        project.site / NAME, as_json({**content, "published": published(project), "renders": renders})
    )
    leave_to([project.site / NAME], operation.site_group)
    return [Code(entry["code"]) for entry in renders.values() if entry["code"] not in WELL]


def renders_of(status: dict) -> dict[str, dict]:
    """The last render of each request, by its words; entries that are not whole are left out."""
    renders = status.get("renders")
    found = renders.items() if isinstance(renders, dict) else ()
    return {name: entry for name, entry in found if isinstance(entry, dict) and _is_whole(entry)}


def _is_whole(entry: dict) -> bool:
    lists = ("studies", "reports", "messages")
    texts = ("last_good", "failing_since", "stale_after", "next_expected")
    return (
        entry.get("code") in list(Code)
        and all(isinstance(entry.get(name), list) for name in lists)
        and all(isinstance(entry.get(name), str | None) for name in texts)
    )


def _is_covered(project: Project, request, entry: dict) -> bool:
    """Whether nobody has to look after an earlier request any more: a wider one has come, or its studies are gone."""
    wider = {*entry["studies"]} <= {*request.studies} and {*entry["reports"]} <= {*request.reports}
    return wider or not {*entry["studies"]} & {*project.studies()}


def published(project: Project) -> dict[str, dict]:
    """What is published: run, cut, state and time of each report."""
    found = {}
    for file, manifest in published_manifests(project):
        names = ("run", "data_cut", "state", "rendered_at")
        found[file.parent.relative_to(project.site).as_posix()] = {name: manifest.get(name) for name in names}
    return found
