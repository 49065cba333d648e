"""Running a plan: pytask executes what is not up to date, one render of a checkout at a time."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator

from pipeline import unchanged
from pipeline.plan import Request, tasks
from pipeline.project import Project, UserError


def run(
    project: Project,
    request: Request,
    *,
    workers: int,
    explain: bool = False,
    scheduler: str | None = None,
    only: str | None = None,
):
    """Run what is not up to date; returns pytask's session.

    `only` keeps the tasks whose name ends with it: ``datasets`` prepares what the notebooks read.
    """
    import pytask

    from pipeline.kernels import fork_server

    planned = [task for task in tasks(project, request) if task.name.endswith(only or "")]
    seen = unchanged.inputs_before(project, planned)
    with one_at_a_time(project), contextlib.ExitStack() as stack:
        if not explain:
            stack.enter_context(fork_server())
        if scheduler:
            from distributed import Client

            stack.enter_context(Client(scheduler))
        stack.enter_context(_lean_pytask())
        session = pytask.build(
            tasks=planned,
            paths=project.build,
            config=project.root / "pyproject.toml",
            n_workers=1 if explain else workers,
            parallel_backend=_backend(explain, scheduler),
            capture="no",
            show_traceback=False,
            explain=explain,
            n_entries_in_table=8,
        )
        if session.exit_code == 0 and not explain and not only:
            unchanged.keep(project, request, planned, seen)
        return session


@contextlib.contextmanager
def _lean_pytask() -> Iterator[None]:
    """Keep pytask from mirroring its lock file in SQLite, and from sleeping up to a second after a task has ended."""
    from unittest.mock import patch

    with (
        patch("_pytask.database.create_database", lambda url: None),
        patch("pytask_parallel.execute._Sleeper.sleep", lambda self: time.sleep(0.02)),
    ):
        yield


def _backend(explain: bool, scheduler: str | None) -> str:
    """Who executes; with an executor, pytask would run what it is only asked to explain."""
    if explain:
        return "none"
    return "dask" if scheduler else "threads"


@contextlib.contextmanager
def one_at_a_time(project: Project) -> Iterator[None]:
    """Hold the lock of the build folder, or say who has it."""
    file = project.build / "state" / "running"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise UserError(
                f"another render of this checkout is running ({lock.read().strip()}); wait for it to end"
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, since {time.strftime('%Y-%m-%d %H:%M:%S')}\n")
        lock.flush()
        yield
