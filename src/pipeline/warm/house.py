"""Render, wait for a saved file, render again: in one process, with one forked server."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import runner
from pipeline.console import Terminal
from pipeline.operating import operation_of
from pipeline.project import Project, UserError
from pipeline.request import Request
from pipeline.unchanged import marks_of_sources
from pipeline.warm.pages import Pages

LOOK = 0.15  # seconds between two looks at the files
CALM = 0.1  # seconds without a change after which a save counts as ended
AGAIN = "STUDY_WATCH_AGAIN"  # port and token, handed on when the process begins anew
MAIN = "from pipeline.entry import main; main()"
OF_THE_PROGRAM = ("src/", "requirements.lock", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Asked:
    """What `study watch` was asked for.

    Attributes
    ----------
    request : Request
    workers : int
        Tasks at a time.
    port : int
        Port of the loopback interface; 0 takes a free one.
    browser : bool
        Whether to open the pages in a browser.
    """

    request: Request
    workers: int = 2
    port: int = 0
    browser: bool = True


def keep_warm(project: Project, asked: Asked, console: Terminal | None = None) -> None:
    """Render, and again after each change, until Ctrl-C.

    Where the program's own code changed, the process begins anew: what is loaded is then no longer what lies there.
    """
    console = console or Terminal(stderr=True)
    port, token = os.environ.pop(AGAIN, f"{asked.port} ").split(" ")
    reports = [f"{study}/{report}" for study in asked.request.studies for report in asked.request.reports]
    with Pages(project, reports, port=int(port), token=token) as pages:
        console.print(f"Watching {', '.join(reports)}; Ctrl-C ends it.\nPages: {pages.address}")
        if asked.browser and not token:
            _open(pages.address)
        try:
            changed = _rounds(project, asked, pages, console)
        except KeyboardInterrupt:
            console.print("Ended; the reports stay as they are.")
            return
        console.print(f"{_named(changed)} is part of the program: beginning anew.")
        os.environ[AGAIN] = f"{pages.port} {pages.token}"
    os.execv(sys.executable, [sys.executable, "-c", MAIN, *sys.argv[1:]])


def _rounds(project: Project, asked: Asked, pages: Pages, console: Terminal) -> list[str]:
    """Render after each change; the files that changed when the program's own code is among them."""
    seen = marks_of_sources(project)
    with runner.warm_server(project, operation_of(project.root), stays=True) as server:
        _round(project, asked, pages, console, server)
        while True:
            now = _after_a_change(project, seen)
            changed = sorted(name for name in {*seen, *now} if seen.get(name) != now.get(name))
            seen = now
            names = [Path(name).relative_to(project.root).as_posix() for name in changed]
            if any(name.startswith(OF_THE_PROGRAM) for name in names):
                return names
            console.print(f"\n{_named(names)} changed")
            _round(project, asked, pages, console, server)


def _after_a_change(project: Project, seen: Mapping) -> dict:
    """Wait until a file is another one, and until nothing is being written any more."""
    while (now := marks_of_sources(project)) == seen:
        time.sleep(LOOK)
    while True:
        time.sleep(CALM)
        before, now = now, marks_of_sources(project)
        if now == before:
            return now


def _round(project: Project, asked: Asked, pages: Pages, console: Terminal, server: Any) -> None:
    """One render; what goes wrong is told here and in the browser, and the next change is waited for."""
    pages.tell("rendering")
    if server:
        server.reopen()
    began = time.monotonic()
    try:
        operation = operation_of(project.root)
        watch, wait = runner.Watch(project, operation, console), operation.run_limit
        given = {"workers": asked.workers, "watch": watch, "server": server, "wait": wait}
        session = runner.run(project, asked.request, **given)
        failed = runner.failures(project, session)
    except mistakes() as error:
        failed = [("the files", str(error))]
    for name, message in failed:
        console.print(f"Failed: {name}\n{message}", style="red")
    took = time.monotonic() - began
    if failed:
        pages.tell("failed", "\n".join(f"{name}: {message}" for name, message in failed))
    else:
        console.print(f"Up to date after {took:.1f} s")
        pages.tell("ready", f"{took:.1f} s")


def mistakes() -> tuple[type[Exception], ...]:
    """The errors that a user's own files can cause while they are gathered."""
    from analysis.study import StudyFileError
    from pipeline.ending import Ending

    return (UserError, OSError, StudyFileError, Ending)


def _named(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _open(address: str, opener: Callable[[str], bool] | None = None) -> None:
    import webbrowser

    (opener or webbrowser.open)(address)
