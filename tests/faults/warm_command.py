"""The process behind `warm.Warm`: it renders in a fork for each line that it reads."""

import os
import sys
from pathlib import Path

import pytask  # noqa: F401  (before the fork, with all that a render needs)

from pipeline import publish, runner, unchanged  # noqa: F401
from pipeline.cli import shared  # noqa: F401
from pipeline.operating import operation_of
from pipeline.project import Project
from pipeline.request import Request

REQUEST = Request(studies=["tiny"], reports=["interim"], renderer="embedded")


def serve() -> None:
    """Read lines until there are no more."""
    os.umask(0o077)
    project = Project(Path.cwd())
    with runner.warm_server(project, operation_of(project.root), stays=True) as server:
        server.address()
        for _ in sys.stdin:
            pid = os.fork()
            if pid == 0:
                os._exit(render(project, server))
            code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            print(f"ended {code}", flush=True)


def render(project: Project, server) -> int:
    """What `study render` does, with a server that stays."""
    if unchanged.is_unchanged(project, REQUEST):
        return 0
    watch = runner.Watch(project, operation_of(project.root))
    session = runner.run(project, REQUEST, workers=2, watch=watch, server=server)
    for name, message in runner.failures(project, session):
        print(name, message, flush=True)
    sys.stdout.flush()
    return int(runner.failure_code(watch, session))
