"""Files that are whole or not there: written aside, synced, renamed; state is read with suspicion.

A process can be killed, a disk can fill and power can fail at any moment. What others rely on is therefore written
under another name, synced, and put in place by one rename; and whoever reads state takes anything unreadable for
not there.
"""

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
HERE = -100  # AT_FDCWD


def write_whole(file: Path, content: str | bytes) -> None:
    """Put a file in place in one step: after a crash at any moment it is the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as stream:
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a loss of power; no harm where a system cannot."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make everything below `folder` survive a loss of power, in one request to its file system where that can be."""
    if sys.platform == "linux":
        handle = os.open(folder, os.O_RDONLY)
        try:
            if ctypes.CDLL(None).syncfs(handle) == 0:
                return
        finally:
            os.close(handle)
    for entry in [*folder.rglob("*"), folder]:
        sync_folder(entry)


def read_json(file: Path, *, kind: type = dict) -> Any:
    """The content of a file of state; None when it is missing, unreadable, or not what such a file holds."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, kind) else None


def link(source: Path | str, target: Path | str) -> None:
    """The same file under a second name; a copy where links are not to be had."""
    try:
        os.link(source, target)
    except FileNotFoundError:
        folder = Path(target).parent
        if folder.is_dir():
            raise
        folder.mkdir(parents=True, exist_ok=True)
        link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def files_below(folder: Path, *, but: Callable[[str], bool] = lambda name: False) -> Iterator[Path]:
    """Every file below a folder, through folders that are links to others, too; a link into itself leads nowhere.

    Parameters
    ----------
    folder : Path
    but : callable
        Whether a folder of this name is left out, with all below it.
    """
    above: dict[str, tuple[str, ...]] = {os.fspath(folder): (os.path.realpath(folder),)}
    for place, folders, files in os.walk(folder, followlinks=True):
        inside, kept = above.pop(place), []
        for name in sorted(folders):
            if but(name):
                continue
            path = os.path.join(place, name)  # noqa: PTH118 (as os.walk writes it)
            real = os.path.realpath(path) if os.path.islink(path) else os.path.join(inside[-1], name)  # noqa: PTH114, PTH118
            if real not in inside:
                above[path] = (*inside, real)
                kept.append(name)
        folders[:] = kept
        yield from (Path(place, name) for name in files)


def exchange(first: Path, second: Path) -> bool:
    """Swap two folders in one step of the file system; False where it has no such step."""
    if sys.platform != "linux":
        return False
    answer = ctypes.CDLL(None, use_errno=True).renameat2(
        HERE, os.fsencode(first), HERE, os.fsencode(second), EXCHANGE
    )
    return answer == 0


def put_in_place(fresh: Path, target: Path) -> None:
    """Make `fresh` the folder `target`, whatever was there before, in one step where the system can.

    Where it cannot exchange two folders, files are replaced one by one, the manifest last: a manifest whose hashes
    agree with the files beside it then tells that the folder is complete. Files of before that are no more go, too.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        fresh.rename(target)
    elif exchange(fresh, target):
        remove_tree(fresh)
    else:
        made = sorted(fresh.iterdir(), key=lambda file: file.name == "manifest.json")
        for file in made:
            if not file.is_dir():  # what lies below stays as it is
                file.replace(target / file.name)
        for name in {file.name for file in target.iterdir()} - {file.name for file in made}:
            (target / name).unlink()
        remove_tree(fresh)
    sync_folder(target.parent)


def remove_tree(folder: Path) -> None:
    """Remove a folder, read-only parts included; nothing happens where there is none."""

    def allow(function, path, _):
        with contextlib.suppress(OSError):
            Path(path).parent.chmod(0o700)
            Path(path).chmod(0o700)
            function(path)

    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, onerror=allow)


def make_read_only(folder: Path) -> None:
    """Take write permission from every file and folder, the innermost first."""
    for entry in [*sorted(folder.rglob("*"), reverse=True), folder]:
        entry.chmod(entry.stat().st_mode & ~0o222)


def leave_to(files: Iterable[Path], group: str | None) -> None:
    """Open published files to a group for reading; without a group they stay their owner's alone."""
    for file in files:
        if group:
            shutil.chown(file, group=group)
        file.chmod((0o750 if file.is_dir() else 0o640) if group else (0o700 if file.is_dir() else 0o600))


def is_full(error: BaseException) -> bool:
    """Whether an error, or one that it came from, says that no space is left."""
    seen = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
