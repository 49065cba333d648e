"""One run of a folder at a time: a lock that says whose it is and until when, and that dies with its owner.

The lock is the system's (flock), so it is free again whatever became of the process that held it; the text in the
file is for people, and tells the next run of an end that was not its own.
"""

import contextlib
import errno
import hashlib
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from pipeline.ending import LimitReached, Locked
from pipeline.files import read_json
from pipeline.project import Project, UserError

if sys.platform != "win32":
    import fcntl


HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
STEP = 0.5  # seconds between two looks whether it is free


@contextlib.contextmanager
def site_lock(project: Project, *, doing: str, limit: float = 0, wait: float = 0) -> Iterator[dict | None]:
    """Hold the lock of a folder, or say who has it.

    Parameters
    ----------
    project : Project
    doing : str
        What is done meanwhile, for whoever is refused.
    limit : float
        Seconds within which it will be over; 0 when nobody knows.
    wait : float
        Seconds that it is waited for. Of those who would do the same one waits: it begins later than all that the
        others could have seen, and does their work.

    Yields
    ------
    dict or None
        What the last owner left behind when it did not end by itself.

    Raises
    ------
    Locked
        If another process has it and it is not waited for, or one that would do the same waits already.
    LimitReached
        If it was waited for in vain.
    UserError
        If the disk knows no locks.
    """
    file = project.build / "state" / "running"
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a+", encoding="utf-8") as stream:
        if not _taken(stream):
            _wait(stream, file, doing, wait)
        left = read_json(file)
        _write(stream, _owner(doing, limit))
        try:
            yield left
        finally:
            _write(stream, None)


def _wait(stream, file: Path, doing: str, seconds: float) -> None:
    """Be the next one to have the lock."""
    if not seconds:
        raise Locked(f"{_refusal(file)}; wait for it to end.{_overdue(file)}")
    until = time.monotonic() + seconds
    name = hashlib.sha256(doing.encode()).hexdigest()[:12]
    with file.with_name(f"waiting-{name}").open("a+", encoding="utf-8") as place:
        if not _taken(place):
            raise Locked(f"{_refusal(file)}, and another one that does the same waits for it already")
        while not _taken(stream):
            if time.monotonic() > until:
                raise LimitReached(f"{_refusal(file)}: waited for {seconds:g} seconds.{_overdue(file)}")
            time.sleep(STEP)


def _taken(stream) -> bool:
    """Whether the lock is ours now; False where another process has it."""
    try:
        if sys.platform != "win32":
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    except OSError as error:
        if error.errno in HELD:
            return False
        raise UserError(
            f"{stream.name} cannot be locked ({error.strerror}): its disk knows no locks, and two runs would spoil "
            "each other's work. Have the share mounted with locks, or put this folder on a local disk"
        ) from None
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
    return f"another render of this checkout is running ({who}: {what})"


def _overdue(file: Path) -> str:
    """What there is to do about an owner whose time is over."""
    until = (read_json(file) or {}).get("until")
    if not isinstance(until, str) or until >= datetime.now(UTC).isoformat(timespec="seconds"):
        return ""
    return f" It was to be over by {until}: see whether it hangs, and end it if so."
