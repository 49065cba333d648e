"""Running a plan: snapshot first, then pytask executes what is not up to date, one run of a folder at a time."""

import contextlib
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import compiled, publish, unchanged
from pipeline.cluster import workers_at
from pipeline.ending import Code
from pipeline.files import remove_tree, write_whole
from pipeline.gather import Gathered, gather
from pipeline.inputs import Store
from pipeline.kernels.server import ForkServer
from pipeline.operating import Operation, operation_of
from pipeline.plan import Plan, Request, tasks
from pipeline.project import Project
from pipeline.runs import keep
from pipeline.scratch import scratch, sweep
from pipeline.secrets import hide
from pipeline.site_lock import site_lock
from pipeline.watch import Watch

CONFIG = "[tool.pytask.ini_options]\nstrict_markers = true\n"
LOCK = "pytask.lock"
warm: ForkServer | None = None  # of the process that stayed (`pipeline.warm.staying`), in its copies
HALF_WRITTEN = (  # by a run that was killed: the folder, and what in it goes when the next run begins
    ("reports/_site", ".*.partial"),
    ("build", "state/.*.partial"),
    ("build", "*/*/.*.partial"),
    ("build", "*/*/*/.*.partial"),
    ("build", "*/*/sites/*/.*.partial"),
    ("build", "*/*/sites/*/*/.*.partial"),
    ("build", "**/notebooks/*.partial.ipynb"),
    ("locks", "*/.partial-*"),
    ("locks", "*/sap/.partial-*"),
)


def run(
    project: Project,
    request: Request,
    *,
    workers: int,
    explain: bool = False,
    scheduler: str | None = None,
    only: str | None = None,
    watch: Watch | None = None,
    server: ForkServer | None = None,
    wait: float = 0,
) -> Any:
    """Run what is not up to date; returns pytask's session.

    `only` keeps the tasks whose name ends with it: ``datasets`` prepares what the notebooks read. `server` is one that
    stays warm between runs (`warm_server`); without it each run has its own. `wait` is how many seconds one that
    holds the folder is waited for.
    """
    operation = operation_of(project.root)
    server = server or warm
    watch = watch or Watch(project, operation)
    watch.workers, watch.scheduler = workers_at(scheduler, workers) if scheduler else workers, scheduler
    if explain:
        return _explain(project, request, operation, watch)
    sweep()
    held = site_lock(project, doing=request.words, limit=operation.run_limit, wait=wait)
    with scratch() as folder, held as left:
        watch.began_at = time.monotonic()
        if left:
            watch.warn(
                f"an earlier run did not end by itself (process {left.get('process')}); taking up where it stopped"
            )
        heal(project, operation)
        own = contextlib.nullcontext(server) if server else warm_server(project, operation)
        with watch, own as forking:
            watch.server = forking
            with gather(project, request, operation, folder=folder) as gathered:
                session = _run_gathered(project, gathered, watch, only, stays=server is not None)
        compiled.remember(project)
        return session


def _run_gathered(
    project: Project, gathered: Gathered, watch: Watch, only: str | None, *, stays: bool = False
):
    plan = tasks(gathered)
    plan.tasks = [task for task in plan.tasks if task.name.endswith(only or "")]
    for warning in plan.warnings:
        watch.warn(warning)
    if stays and watch.server:
        watch.server.imports = watch.server.imports or tuple(plan.imports)
        watch.server.address()  # begun by this thread: a process dies with the thread that began it
    seen = unchanged.inputs_before(gathered, plan.tasks)
    session = _build(project.build / "state", plan, watch)
    gathered.hashes.save()
    if session.exit_code != 0 and not only:  # lists what stands, though its task was left out
        publish.index(project, project.site / "index.html", group=gathered.operation.site_group)
    if session.exit_code == 0 and not only:
        unchanged.keep(project, gathered.request, plan.tasks, seen)
    return session


def _build(state: Path, plan: Plan, watch: Watch, *, explain: bool = False):
    """Let pytask do it; its own state lies in `state`, and what it would keep in a database is kept nowhere."""
    import pytask

    config = state / "pytask.toml"
    write_whole(config, CONFIG)
    (state / ".pytask").mkdir(exist_ok=True)
    watch.plan(plan)
    pytask.console.quiet = not explain  # what there is to say while it runs is said by `watch`
    return pytask.build(
        tasks=plan.tasks,
        paths=state,
        config=config,
        database_url="sqlite://",
        capture="no",
        show_traceback=False,
        disable_warnings=True,
        explain=explain,
        verbose=1 if explain else 0,
        study_watch=watch,
    )


@contextlib.contextmanager
def warm_server(
    project: Project, operation: Operation, *, stays: bool = False
) -> Iterator[ForkServer | None]:
    """The server that kernels are forked from; it runs the code of the snapshot.

    One that stays while runs come and go, each with a snapshot of its own, runs the code of the checkout: whoever keeps
    it begins it anew when that changes.
    """
    from pipeline.kernels import fork_server
    from pipeline.kernels.server import Code

    place = project.root if stays else project.build / "snapshot"
    code = Code(place / "src", compiled=compiled.folder_of(project))
    with fork_server(memory=operation.memory, code=code) as server:
        yield server


def _explain(project: Project, request: Request, operation: Operation, watch: Watch):
    """Say what would run and why; everything that this writes lies in a folder of its own."""
    with scratch() as folder, warm_server(project, operation, stays=True):
        for name in (LOCK, f"{LOCK}.journal"):
            with contextlib.suppress(OSError):
                shutil.copyfile(project.build / "state" / name, folder / name)
        _heal_pytask(folder)
        with gather(project, request, operation, folder=folder, looking=True) as gathered:
            return _build(folder, tasks(gathered), watch, explain=True)


def heal(project: Project, operation: Operation) -> None:
    """Remove what killed runs left, and state that cannot be read: it is made anew."""
    state = project.build / "state"
    _heal_pytask(state)
    compiled.trust(project)
    Store(project, operation).sweep()
    keep.sweep(project)
    for place, pattern in HALF_WRITTEN:
        for entry in (project.root / place).glob(pattern):
            remove_tree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)


def _heal_pytask(state: Path) -> None:
    """Pytask stops at a lock file that it cannot read."""
    import msgspec

    file = state / LOCK
    try:
        content = msgspec.toml.decode(file.read_bytes())
        if content.get("lock-version") == "1" and isinstance(content.get("task", []), list):
            return
    except FileNotFoundError:
        if not (state / f"{LOCK}.journal").exists():
            return
        if _is_journal(state / f"{LOCK}.journal"):
            return
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, AttributeError):
        pass
    for name in (file, state / f"{LOCK}.journal"):
        name.unlink(missing_ok=True)


def _is_journal(file: Path) -> bool:
    """Whether the first line of a journal is one; pytask cuts off what follows a line that is none."""
    try:
        with file.open(encoding="utf-8") as stream:
            first = stream.readline()
    except (OSError, UnicodeDecodeError):
        return False
    return first.startswith('{"lock_version":"1"') or '"lock_version":"1"' in first or not first.strip()


def failures(project: Project, session: Any, *, unattended: bool = False) -> list[tuple[str, str]]:
    """The tasks that failed, and why, without any secret; `unattended` also without what code says of the data."""
    from pytask import TaskOutcome

    def why(error: Any) -> str:
        return getattr(error, "unattended", str(error)) if unattended else str(error)

    return [
        (entry.task.name, hide(why(entry.exc_info[1]), project.root))
        for entry in session.execution_reports
        if entry.outcome == TaskOutcome.FAIL
    ]


def failure_code(watch: Watch, session: Any) -> Code:
    """The exit code of a run: of what failed, the gravest in the order of the codes' table; 0 when nothing did."""
    if session.exit_code == 0 and not watch.codes:
        return Code.DONE
    return max(watch.codes, default=Code.FAILED)
