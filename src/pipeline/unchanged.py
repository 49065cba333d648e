"""A second look at a finished render: when no file has been touched since, there is nothing to plan.

pytask compares the state of every input and product of every task, which takes seconds. What it found is kept here
together with the size, inode and times of every file of the checkout, of the files a study is read from and of all
that was made. While these are the same its answer would be the same; whenever one differs, or what is kept cannot
be read, pytask decides as always.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.files import files_below, read_json, write_whole
from pipeline.marks import mark
from pipeline.project import Project, as_state

if TYPE_CHECKING:
    from pipeline.plan import Request

TICK = 0.02  # seconds: file systems round their times
LEFT_OUT = {"build", "runs", "_site", "__pycache__"}


def is_unchanged(project: Project, request: "Request") -> bool:
    """Whether this request was complete and nothing it saw or made has been touched since."""
    seen = read_json(_kept(project, request))
    if seen is None or not all(isinstance(seen.get(part), dict) for part in ("inputs", "products")):
        return False
    inputs = _marks(_inputs(project))
    return inputs.items() <= seen["inputs"].items() and all(
        _marks(map(Path, seen[part])) == seen[part] for part in ("inputs", "products")
    )


def inputs_before(gathered: Any, tasks: Iterable) -> dict | None:
    """The marks of the inputs; None when a source can change without any file changing, or one changed meanwhile.

    They are taken after the snapshot: what was written since it was begun is told by its time.
    """
    if any(asked.found.live for asked in gathered.reports):
        return None
    elsewhere = [
        file
        for asked in gathered.reports
        for source in asked.found.study["sources"]
        if (file := _file_of(source, gathered.project.root))
    ]
    marks = _marks({*_inputs(gathered.project), *elsewhere})
    newest = max((max(seen[2], seen[3]) for seen in marks.values() if seen), default=0)
    return marks if newest < (gathered.started - TICK) * 10**9 else None


def marks_of_sources(project: Project) -> dict[str, list[int] | None]:
    """The marks of every file of the checkout that a report can be made from: all but tests, handbook, benchmarks."""
    return _marks(_inputs(project, {*LEFT_OUT, "tests", "docs", "benchmarks", "locks"}))


def _file_of(source: dict, root: Path) -> Path | None:
    from pipeline.lock import file_of

    return file_of(source, root)


def keep(project: Project, request: "Request", tasks: Iterable, inputs: dict | None) -> None:
    """Remember a render in which every task was complete."""
    if inputs is None:
        return
    made = {path for task in tasks for path in _paths(task.produces)}
    write_whole(_kept(project, request), as_state({"inputs": inputs, "products": _marks(made)}))


def _kept(project: Project, request) -> Path:
    """Where a request is remembered; another renderer or Python on the way makes it another request."""
    quarto = shutil.which("quarto")
    around = {"python": sys.executable, "quarto": quarto and [os.path.realpath(quarto), mark(Path(quarto))]}
    key = as_state({**asdict(request), **around, "root": project.root})
    return project.build / "state" / f"complete-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def _inputs(project: Project, but: Collection[str] = LEFT_OUT) -> Iterator[Path]:
    """Every file of the checkout but what is made and logs, also in folders that are links to others.

    Files elsewhere are among what the tasks depend on.
    """
    files = files_below(project.root, but=lambda name: name in but or name.startswith("."))
    yield from (file for file in files if not file.name.endswith(".log"))


def _marks(files: Iterable[Path]) -> dict[str, list[int] | None]:
    """What changes when a file is written, replaced or removed, by its path."""
    return {os.fspath(file): mark(file) for file in files}


def _paths(nodes) -> Iterator[Path]:
    from pytask.tree_util import tree_leaves

    return (file for node in tree_leaves(nodes) for file in getattr(node, "files", [node.file]))
