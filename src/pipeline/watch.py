"""What is said of a run while it goes on: what runs, how many tasks are left and for how long, warnings as they come.

The same goes into ``build/log/run.log``, a line a task, and what each task took into ``build/state/times.json``,
from which the next run tells the time it will take.
"""

import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from typing import Any

from pytask import ExecutionReport, TaskOutcome

from pipeline.console import Terminal
from pipeline.ending import Code, LimitReached, code_of
from pipeline.files import read_json, write_whole
from pipeline.kernels.server import ForkServer
from pipeline.operating import Operation
from pipeline.project import Project, as_json
from pipeline.secrets import hide

WORDS = {
    TaskOutcome.SUCCESS: "done",
    TaskOutcome.FAIL: "FAILED",
    TaskOutcome.SKIP_PREVIOUS_FAILED: "left out",
    TaskOutcome.SKIP_UNCHANGED: "unchanged",
}
USUAL = 3.0  # seconds that a task is taken to need when nothing is known of it
PARTS = "parts"
LAST_RUN = "last_run.json"
SHOWN = 6


def times_of(project: Project) -> dict[str, float]:
    """The seconds that each task took the last time it ran."""
    content = read_json(project.build / "state" / "times.json") or {}
    return {name: float(spent) for name, spent in content.items() if isinstance(spent, int | float)}


class Watch:
    """The eyes on one run.

    Parameters
    ----------
    project : Project
    operation : Operation
        Its `run_limit` is the time after which the run is ended.
    console : Terminal, optional
        Where to speak; standard error when not given.
    """

    def __init__(self, project: Project, operation: Operation, console: Terminal | None = None):
        self.project, self.operation = project, operation
        self.console = console or Terminal(stderr=True)
        self.workers = 1
        self.scheduler: str | None = None
        self.server: ForkServer | None = None
        self.began_at = time.monotonic()
        self.ahead = 0.0  # seconds for the snapshot and the plan
        self.running: dict[str, float] = {}
        self.left: list[str] = []
        self.times: dict[str, float] = {}
        self.known = times_of(project)
        self.outcomes: dict[str, str] = {}
        self.codes: list[Code] = []
        self.warnings: list[str] = []
        self._log, self._status, self._nodes = None, None, {}

    # ------------------------------------------------------------ the run

    def __enter__(self) -> "Watch":
        folder = self.project.build / "log"
        folder.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            (folder / "run.log").replace(folder / "run.log.1")
        self._log = (folder / "run.log").open("w", encoding="utf-8")  # type: ignore[assignment]
        if self.console.is_terminal:
            self._status = self.console.status("taking the snapshot", spinner="dots")  # type: ignore[assignment]
            self._status.start()  # type: ignore[attr-defined]
        return self

    def __exit__(self, *_) -> None:
        if self._status:
            self._status.stop()
            self._status = None
        with contextlib.suppress(OSError):
            self._log.close()  # type: ignore[attr-defined]
            state = self.project.build / "state"
            write_whole(state / "times.json", as_json({**self.known, **self.times}))
            if self.times:
                tasks = time.monotonic() - self.began_at - self.ahead
                spent = {"ahead": round(self.ahead, 3), "tasks": round(tasks, 3), "workers": self.workers}
                write_whole(state / LAST_RUN, as_json(spent))

    def plan(self, plan: Any) -> None:
        """What there is to do."""
        self.ahead = time.monotonic() - self.began_at
        self.left = [task.name for task in plan.tasks]
        self._nodes = {
            node.name: node
            for task in plan.tasks
            for node in task.depends_on.values()
            if getattr(node, "parts", None)
        }

    def executor(self) -> contextlib.AbstractContextManager[Executor]:
        """Who executes: threads here, or the workers of a Dask scheduler."""
        from pipeline.hooks import local

        if self.scheduler is None:
            return local(self.workers)
        from pipeline.cluster import executor_at

        return executor_at(self.scheduler, self.project)

    # ------------------------------------------------------------ tasks

    def urgency(self, names: Sequence[str]) -> list[tuple[float, int]]:
        """How early each task of the plan should begin, of those that are ready: the highest first.

        It is the seconds from its beginning to the end of its report, as long as each task took the last time, or the
        same notebook in another report; of equal ones the first in the plan comes first.
        """
        elsewhere = {name.partition(": ")[2]: spent for name, spent in self.known.items()}
        ways: dict[str, tuple[float, float]] = {}  # of each report: it alone, and the longest way to its end
        found = []
        for number, name in reversed(list(enumerate(names))):
            place, _, what = name.partition(": ")
            takes = self.known.get(name, elsewhere.get(what, USUAL))
            report, longest = ways.get(place, (0.0, 0.0))
            way = takes + {"report": 0.0, "datasets": longest}.get(what, report)
            ways[place] = (takes if what == "report" else report, max(longest, way))
            found.append((way, -number))
        return found[::-1]

    def began(self, task: str) -> None:
        """A task has begun."""
        self.running[task] = time.monotonic()
        self._show()

    def ended(self, task: str, report: ExecutionReport) -> None:
        """A task has ended, or was found to be up to date."""
        took = time.monotonic() - self.running.pop(task) if task in self.running else 0.0
        if task in self.left:
            self.left.remove(task)
        word = WORDS.get(report.outcome, str(report.outcome))
        self.outcomes[task] = word
        if report.outcome == TaskOutcome.SUCCESS:
            self.times[task] = round(took, 3)
            self.keep_parts(report.task)
        why = ""
        if report.outcome == TaskOutcome.FAIL:
            self.codes.append(code_of(report.exc_info[1]))
            why = ": " + " ".join(hide(str(report.exc_info[1]), self.project.root).split())[:500]
        self._write(f"{word:<9} {took:7.1f} s  {task}{why}")
        if report.outcome in (TaskOutcome.SUCCESS, TaskOutcome.FAIL) and not self._status:
            self.console.print(f"{self._count()}  {word:<6} {took:6.1f} s  {task}")
        self._show()

    def tick(self, session: Any) -> None:
        """End the run when its time is over."""
        limit = self.operation.run_limit
        if time.monotonic() - self.began_at > limit and not session.should_stop:
            if self.server:
                self.server.close()
            session.should_stop = True
            self.codes.append(Code.LIMIT)
            self.warn(
                f"the run took longer than the limit of {limit} seconds (run_limit in operation.toml) and was ended"
            )
            raise LimitReached(f"the run took longer than the limit of {limit} seconds")
        self._show()

    def warn(self, text: str) -> None:
        """Say something now that holds nothing up."""
        text = hide(text, self.project.root)
        if text in self.warnings:
            return
        self.warnings.append(text)
        self._write(f"warning              {text}")
        self.console.print(f"Warning: {text}")

    def _count(self) -> str:
        total = len(self.left) + len(self.outcomes)
        return f"{len(self.outcomes):>{len(str(total))}}/{total}"

    def _show(self) -> None:
        if self._status:
            now = ", ".join(name.replace(": ", " ") for name in list(self.running)[:2])
            self._status.update(f"{self._count()} {now or 'planning'}, {self.time_left()} left")

    def time_left(self) -> str:
        """How long it will take, from what each task took the last time."""
        now = time.monotonic()
        ahead = sum(self.known.get(name, USUAL) for name in self.left if name not in self.running)
        ahead += sum(max(0.0, self.known.get(name, USUAL) - (now - at)) for name, at in self.running.items())
        seconds = ahead / max(1, self.workers)
        return f"about {seconds / 60:.0f} min" if seconds > 90 else f"about {seconds:.0f} s"

    def _write(self, line: str) -> None:
        if self._log:
            with contextlib.suppress(OSError, ValueError):
                self._log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")
                self._log.flush()

    # ------------------------------------------------------------ what changed

    def keep_parts(self, task: Any) -> None:
        """Keep what the states of a task's inputs are made of, by digest, to tell later which part has changed."""
        folder = self.project.build / "state" / PARTS
        for node in task.depends_on.values():
            parts = getattr(node, "parts", None)
            digest = node.state() if parts else None
            if digest and not (folder / f"{digest}.json").is_file():
                with contextlib.suppress(OSError):
                    write_whole(folder / f"{digest}.json", as_json(parts))

    def changed_parts(self, reason: Any) -> str:
        """The names of the parts that differ, for one of pytask's reasons; empty where nothing is known of them."""
        node = self._nodes.get(reason.node_name)
        before = reason.details.get("old_hash")
        if node is None or not before:
            return ""
        was = read_json(self.project.build / "state" / PARTS / f"{before}.json")
        if was is None or not all(isinstance(part, str) for part in was.values()):
            return ""
        now = node.parts
        changed = [name for name in sorted({*was, *now}) if was.get(name) != now.get(name)]
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        return "; ".join(changed[:SHOWN]) + more
