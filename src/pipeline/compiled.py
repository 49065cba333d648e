"""Compiled code of a run, in ``build/pycache``: used again only where it is as the last run left it.

Python holds the head of a compiled file against its source, and takes the rest on trust: one that a loss of power or a
copy cut short ends every later process that imports it.
"""

import os
from pathlib import Path

from pipeline.files import files_below, read_json, write_whole
from pipeline.marks import mark
from pipeline.project import Project, as_state

KEPT = "compiled.json"
BOOT = Path("/proc/sys/kernel/random/boot_id")


def folder_of(project: Project) -> Path:
    """Where the compiled code of runs lies."""
    return project.build / "pycache"


def trust(project: Project) -> None:
    """Remove every file that was touched since the last run ended, and all after the machine was started anew."""
    kept = read_json(project.build / "state" / KEPT) or {}
    marks = kept.get("marks") if kept.get("boot") == _boot() else None
    for file in files_below(folder_of(project)):
        if not isinstance(marks, dict) or marks.get(os.fspath(file)) != mark(file):
            file.unlink(missing_ok=True)


def remember(project: Project) -> None:
    """A run has ended by itself: what it has compiled is whole."""
    marks = {os.fspath(file): mark(file) for file in files_below(folder_of(project))}
    write_whole(project.build / "state" / KEPT, as_state({"boot": _boot(), "marks": marks}))


def _boot() -> str:
    """Which start of the machine this is; the same text where nobody knows."""
    try:
        return BOOT.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
