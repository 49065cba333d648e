"""A record that is locked: a folder that bears the second it was made in, sealed, chained to those before, read only.

Locks of data (`pipeline.lock`) and of plans (`pipeline.planned`) are such records; each says itself what is in one.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.ending import LockError
from pipeline.files import make_read_only, read_json, remove_tree, sync_tree
from pipeline.project import Project, as_json, sha256
from pipeline.seal import require_sealed, seal

NAME = "%Y-%m-%dT%H%M%SZ"
PATTERN = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9][0-9][0-9][0-9][0-9]Z"
STEP = 0.05  # seconds


@dataclass(frozen=True, slots=True)
class Lock:
    """A locked state of a study or of its plan: its folder, its `lock.json`, and whether it is signed."""

    folder: Path
    record: dict
    signed: bool = False

    @property
    def summary(self) -> dict:
        """What the settings of a report say of its lock; another lock makes another summary."""
        named = {"name": self.folder.name, "locked_at": self.record["locked_at"]}
        return {**named, "sha256": sha256(self.folder / "lock.json"), "signed": self.signed}


def newest(
    project: Project, study: str, home: Path, *, is_whole: Callable[[dict], bool], remedy: str
) -> Lock | None:
    """The newest record in a folder, or None.

    Parameters
    ----------
    project : Project
    study : str
    home : Path
        The folder of the records.
    is_whole : callable
        Whether a record holds what it must.
    remedy : str
        What becomes of the study where the folder of a spoilt record is removed.

    Raises
    ------
    LockError
        If the record cannot be read, or is not the one that was sealed.
    """
    folders = sorted(folder for folder in home.glob(PATTERN) if folder.is_dir())
    if not folders:
        return None
    file = folders[-1] / "lock.json"
    record = read_json(file)
    if record is None or not is_whole(record):
        raise LockError(
            f"{file.relative_to(project.root)} cannot be read; restore it, or remove its folder to {remedy}"
        )
    return Lock(folders[-1], record, signed=require_sealed(project, study, folders))


def put_in_place(
    project: Project, study: str, home: Path, fill: Callable[[Path], dict | None]
) -> Path | None:
    """Make a record: laid out aside, sealed, and in its place as a whole.

    Parameters
    ----------
    project : Project
    study : str
    home : Path
        The folder of the records.
    fill : callable
        Given the folder, writes what belongs to the record and returns its entries; None where there is nothing to do.

    Returns
    -------
    Path or None
        The folder of the record.
    """
    now = free_moment(home)
    folder = home / f"{now:{NAME}}"
    partial = folder.with_name(f".partial-{os.getpid()}")
    partial.mkdir(parents=True)
    try:
        entries = fill(partial)
        if entries is None:
            return None
        head = {"study": study, "name": folder.name, "locked_at": now.isoformat(timespec="seconds")}
        (partial / "lock.json").write_text(as_json({**head, **entries}), encoding="utf-8")
        seal(partial, project, study)
        sync_tree(partial)
        partial.rename(folder)
    finally:
        remove_tree(partial)
    make_read_only(folder)
    return folder


def free_moment(folder: Path) -> datetime:
    """Now; where a lock was made this very second, the next one: a lock is told by the second of its name."""
    while (folder / f"{(now := datetime.now(UTC)):{NAME}}").exists():
        time.sleep(STEP)
    return now
