"""One run of a folder at a time: a lock that says whose it is and until when, and that dies with its owner.

The lock is the system's (flock), so it is free again whatever became of the process that held it; the text in the
file is for people, and tells the next run of an end that was not its own.
"""

import contextlib
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.ending import Locked
from pipeline.files import read_json
from pipeline.project import Project

if sys.platform != "win32":
    import fcntl


@contextlib.contextmanager
def site_lock(project: Project, *, doing: str, limit: float = 0) -> Iterator[dict | None]:
    """Hold the lock of a folder, or say who has it.

    Parameters
    ----------
    project : Project
    doing : str
        What is done meanwhile, for whoever is refused.
    limit : float
        Seconds within which it will be over; 0 when nobody knows.

    Yields
    ------
    dict or None
        What the last owner left behind when it did not end by itself.

    Raises
    ------
    Locked
        If another process has it.
    """
    file = project.build / "state" / "running"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as stream:
        if not _taken(stream):
            raise Locked(_refusal(file))
        left = read_json(file)
        _write(stream, _owner(doing, limit))
        try:
            yield left
        finally:
            _write(stream, None)


def _taken(stream) -> bool:
    try:
        if sys.platform != "win32":
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError:
        return False
    return True


def _owner(doing: str, limit: float) -> dict:
    now = time.time()
    since = datetime.fromtimestamp(now, UTC).isoformat(timespec="seconds")
    until = datetime.fromtimestamp(now + limit, UTC).isoformat(timespec="seconds") if limit else None
    return {
        "doing": doing,
        "process": os.getpid(),
        "host": socket.gethostname(),
        "since": since,
        "until": until,
    }


def _write(stream, owner: dict | None) -> None:
    """Nothing but the lock itself rests on this text: a full disk does not keep anybody from working."""
    with contextlib.suppress(OSError):
        stream.seek(0)
        stream.truncate(0)
        if owner:
            stream.write(json.dumps(owner) + "\n")
        stream.flush()


def _refusal(file: Path) -> str:
    owner = read_json(file) or {}
    what = owner.get("doing", "another run of this folder")
    who = f"process {owner.get('process', 'unknown')}, since {owner.get('since', 'an unknown time')}"
    late = ""
    if isinstance(until := owner.get("until"), str) and until < datetime.now(UTC).isoformat(
        timespec="seconds"
    ):
        late = f" It was to be over by {until}: see whether it hangs, and end it if so."
    return f"another render of this checkout is running ({who}: {what}); wait for it to end.{late}"
