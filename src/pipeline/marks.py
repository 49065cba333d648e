"""What tells that a file was written or replaced, without reading it; and hashes kept for files that were not."""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.files import read_json, sync_tree, write_whole
from pipeline.project import as_state, sha256

SETTLED = 2 * 10**9  # nanoseconds: a file written within this time of being read may be written again unseen


def mark(file: Path) -> list[int] | None:
    """Size, inode and times of a file; None when there is none."""
    try:
        status = file.stat()
    except OSError:
        return None
    return [status.st_size, status.st_ino, status.st_mtime_ns, status.st_ctime_ns]


class Hashes:
    """SHA-256 of files, kept in a file of state by their marks.

    A hash is kept only when the file had been left alone for a while before it was read: what is written twice within
    one tick of the clock of a file system has the same mark both times.
    """

    def __init__(self, kept: Path):
        self._kept = kept
        content = read_json(kept) or {}
        self._known = {name: value for name, value in content.items() if _is_entry(value)}
        self._changed = False

    def known(self, file: Path) -> str | None:
        """The hash of a file as it is now, if it is known without reading it."""
        held = self._known.get(os.fspath(file))
        return held[1] if held and held[0] == mark(file) else None

    def of(self, file: Path, read: Callable[[Path], str] = sha256) -> str:
        """The hash of a file, read when it is not known."""
        if found := self.known(file):
            return found
        before = mark(file)
        found = read(file)
        self.keep(file, before, found)
        return found

    def keep(self, file: Path, seen: list[int] | None, digest: str) -> None:
        """Remember a hash for a file that had this mark when it was opened."""
        if seen and time.time_ns() - max(seen[2], seen[3]) > SETTLED and mark(file) == seen:
            self._known[os.fspath(file)] = [seen, digest]
            self._changed = True

    def save(self) -> None:
        """Store what is known of files that still exist.

        Their content is synced first: after a loss of power, a file that is known must be the one that was hashed.
        """
        if self._changed:
            self._kept.parent.mkdir(parents=True, exist_ok=True)
            sync_tree(self._kept.parent)
            there = {name: value for name, value in self._known.items() if os.path.exists(name)}  # noqa: PTH110 (of thousands)
            write_whole(self._kept, as_state(there))
            self._changed = False


def _is_entry(value) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], list)
        and isinstance(value[1], str)
        and len(value[1]) == 2 * hashlib.sha256().digest_size
    )
