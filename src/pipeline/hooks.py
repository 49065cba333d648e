"""pytask's hooks: how tasks are handed out, and what is said while they run.

Registered as a plugin of pytask (entry point ``pytask``), which is its public way. Each hook leaves sessions alone
that are not runs of this project.
"""

import contextlib
import sys
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, ThreadPoolExecutor, wait
from typing import Any

from pytask import ExecutionReport, Session, hookimpl
from pytask.tree_util import tree_map

from pipeline.ending import THREADS, LimitReached

TICK = 0.5  # seconds between two looks at the clock


@hookimpl
def pytask_parse_config(config: dict[str, Any]) -> None:
    """Keep states in the lock file alone: the database would be asked for each file of each task, and kept nowhere."""
    if config.get("study_watch") is not None:
        config["pm"].unregister(name="_pytask.database")


@hookimpl(tryfirst=True)
def pytask_execute_build(session: Session) -> bool | None:
    """Hand out tasks as soon as they are ready, and take each back the moment it has ended."""
    watch = session.config.get("study_watch")
    if watch is None or session.config["explain"]:
        return None
    with watch.executor() as executor:
        _hand_out(session, watch, executor)
    return True


def _hand_out(session: Session, watch, executor: Executor) -> None:
    running: dict = {}
    scheduler, tasks = session.scheduler, session.tasks
    urgent = watch.urgency([task.name for task in tasks])
    scheduler.priorities.update(zip((task.signature for task in tasks), urgent, strict=True))
    while scheduler.is_active() and not session.should_stop:
        if free := watch.workers - len(running):
            for name in scheduler.get_ready(free):
                _start(session, name, executor, running)
        if not running:
            continue
        done, _ = wait(running, timeout=TICK, return_when=FIRST_COMPLETED)
        for future in done:
            _take_back(session, running.pop(future), future)
        watch.tick(session)


def _start(session: Session, name: str, executor: Executor, running: dict) -> None:
    task = session.dag.nodes[name]
    session.hook.pytask_execute_task_log_start(session=session, task=task)
    try:
        session.hook.pytask_execute_task_setup(session=session, task=task)
    except Exception:
        _report(session, task, ExecutionReport.from_task_and_exception(task, sys.exc_info()))
        return
    session.config["study_watch"].began(task.name)
    running[executor.submit(run_task, task.function, _arguments(task))] = task


def _arguments(task) -> dict[str, Any]:
    """What the function of a task is given: the values of its inputs, and the paths of what it makes."""
    given = {name: tree_map(lambda node: node.load(), nodes) for name, nodes in task.depends_on.items()}
    return given | {
        name: tree_map(lambda node: node.load(True), nodes) for name, nodes in task.produces.items()
    }


def run_task(function: Any, arguments: dict) -> list[str] | None:
    """Run the function of a task, here or on another machine; what it returns is told to the user."""
    from pipeline.cluster import on_worker

    return on_worker(function, arguments) if "distributed.worker" in sys.modules else function(**arguments)


def _take_back(session: Session, task, future) -> None:
    try:
        for text in future.result() or ():
            session.config["study_watch"].warn(f"{task.name.partition(': ')[0]}: {text}")
        session.hook.pytask_execute_task_teardown(session=session, task=task)
        report = ExecutionReport.from_task(task)
    except Exception:
        report = ExecutionReport.from_task_and_exception(task, sys.exc_info())
    _report(session, task, report)


def _report(session: Session, task, report: ExecutionReport) -> None:
    session.hook.pytask_execute_task_process_report(session=session, report=report)
    session.config["study_watch"].ended(task.name, report)
    session.hook.pytask_execute_task_log_end(session=session, task=task, report=report)
    session.execution_reports.append(report)
    session.scheduler.done(task.signature)


@hookimpl(tryfirst=True)
def pytask_execute_task_log_end(session: Session, report: ExecutionReport) -> None:
    """Where it is asked why a task would run, say which part of what it depends on has changed."""
    explained = report.task.attributes.get("explanation")
    watch = session.config.get("study_watch")
    if explained is None or watch is None:
        return
    for reason in explained.reasons:
        if parts := watch.changed_parts(reason):
            reason.node_name = f"{reason.node_name} ({parts})"


@contextlib.contextmanager
def local(workers: int) -> Iterator[Executor]:
    """Threads of this process; what is heavy runs in processes of its own.

    A task that goes on when the time of the run is over is not waited for; the command takes it along as it ends.
    """
    executor, over = ThreadPoolExecutor(max_workers=workers, thread_name_prefix=THREADS), False
    try:
        yield executor
    except LimitReached:
        over = True
        raise
    finally:
        executor.shutdown(wait=not over, cancel_futures=over)


def seconds() -> float:
    """A clock that is never put back."""
    return time.monotonic()
