"""One temporary folder for a run, for everything it and its children write on the way; swept when its owner is gone."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from pipeline.files import remove_tree

if sys.platform != "win32":
    import fcntl

PREFIX = "study-"
OWNER = ".owner"


@contextlib.contextmanager
def scratch() -> Iterator[Path]:
    """Make the folder, point every program's temporary files into it, and remove it afterwards."""
    before, chosen = os.environ.get("TMPDIR"), tempfile.tempdir
    runtime = os.environ.get("JUPYTER_RUNTIME_DIR")
    folder, owner = owned_folder(tempfile.gettempdir())
    with owner:
        os.environ["TMPDIR"] = tempfile.tempdir = os.fspath(folder)
        os.environ["JUPYTER_RUNTIME_DIR"] = os.fspath(folder / "jupyter")
        try:
            yield folder
        finally:
            tempfile.tempdir = chosen
            _restore("TMPDIR", before)
            _restore("JUPYTER_RUNTIME_DIR", runtime)
            remove_tree(folder)


def owned_folder(place: str) -> tuple[Path, TextIO]:
    """A folder in `place` that `sweep` removes when its owner is gone, and the file by which it is held."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    owner = (folder / OWNER).open("w")
    if sys.platform != "win32":
        fcntl.flock(owner, fcntl.LOCK_EX)
    return folder, owner


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def sweep() -> int:
    """Remove the folders of runs that were killed; how many there were."""
    if sys.platform == "win32":
        return 0
    swept = 0
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and _left_alone(folder / OWNER):
                remove_tree(folder)
                swept += 1
    return swept


def _left_alone(owner: Path) -> bool:
    """Whether nobody holds the folder; one without this file is none of ours."""
    with owner.open("r") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
