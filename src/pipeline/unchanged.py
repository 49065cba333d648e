"""A second look at a finished render: when no file has been touched since, there is nothing to plan.

pytask compares the contents of every file of every task, which takes seconds. What it found is kept here together with
the size, inode and change time of every file of the checkout, of the files a study is read from and of all that was
made. While these are the same its answer would be the same; whenever one differs, pytask decides as always.
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from pipeline.project import Project, as_json, write_if_changed

LEFT_OUT = {"build", "_site", "__pycache__"}


def is_unchanged(project: Project, request) -> bool:
    """Whether this request was complete and nothing it saw or made has been touched since."""
    kept = _kept(project, request)
    if not kept.is_file():
        return False
    seen = json.loads(kept.read_text(encoding="utf-8"))
    inputs = _marks({*_inputs(project)} - {project.root / "pytask.lock"})
    return inputs.items() <= seen["inputs"].items() and all(
        _marks(map(Path, seen[part])) == seen[part] for part in seen
    )


def inputs_before(project: Project, tasks: Iterable) -> dict | None:
    """The marks of what is about to be read; None when a source can change without any file changing."""
    tasks = list(tasks)
    if any(_is_live(task) for task in tasks):
        return None
    produced = {path for task in tasks for path in _paths(task.produces)} | {project.root / "pytask.lock"}
    needed = {path for task in tasks for path in _paths(task.depends_on)}
    return _marks({*_inputs(project), *needed} - produced)


def keep(project: Project, request, tasks: Iterable, inputs: dict | None) -> None:
    """Remember a render in which every task was complete."""
    if inputs is None:
        return
    made = {path for task in tasks for path in _paths(task.produces)} | {project.root / "pytask.lock"}
    write_if_changed(_kept(project, request), as_json({"inputs": inputs, "products": _marks(made)}))


def _kept(project: Project, request) -> Path:
    """Where a request is remembered; another renderer or Python on the way makes it another request."""
    quarto = shutil.which("quarto")
    around = {"python": sys.executable, "quarto": quarto and [os.path.realpath(quarto), _mark(Path(quarto))]}
    key = as_json({**asdict(request), **around, "root": project.root})
    return project.build / "state" / f"complete-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def _inputs(project: Project) -> Iterator[Path]:
    """Every file of the checkout but what is made and logs; files elsewhere are among what the tasks depend on."""
    for folder, folders, files in os.walk(project.root):
        folders[:] = [name for name in folders if name not in LEFT_OUT and not name.startswith(".")]
        yield from (Path(folder, name) for name in files if not name.endswith(".log"))


def _marks(files: Iterable[Path]) -> dict[str, list[int] | None]:
    """What changes when a file is written, replaced or removed, by its path."""
    return {os.fspath(file): _mark(file) for file in files}


def _mark(file: Path) -> list[int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return [status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns]


def _paths(nodes) -> Iterator[Path]:
    from pytask import PathNode
    from pytask.tree_util import tree_leaves

    return (Path(node.path) for node in tree_leaves(nodes) if isinstance(node, PathNode))


def _is_live(task) -> bool:
    """Whether a task is made to run by the time of asking."""
    return "asked" in task.depends_on and task.depends_on["asked"].value is not None
