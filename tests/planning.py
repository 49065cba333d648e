"""A request gathered and planned in a checkout, as a run does it, without running anything."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from pipeline import plan
from pipeline.gather import Gathered, gather
from pipeline.operating import Operation
from pipeline.project import Project
from pipeline.request import Request


@contextlib.contextmanager
def gathered(checkout, **asked) -> Iterator[Gathered]:
    """The snapshot of a request."""
    request = Request(**{"reports": ["interim", "final"], "renderer": "embedded", **asked})
    with tempfile.TemporaryDirectory() as folder:
        operation = Operation(settle=0)
        with gather(Project(checkout.root), request, operation, folder=Path(folder)) as found:
            yield found


@contextlib.contextmanager
def planned(checkout, **asked) -> Iterator[dict]:
    """The tasks of a request by name."""
    with gathered(checkout, **asked) as found:
        yield {task.name: task for task in plan.tasks(found).tasks}
