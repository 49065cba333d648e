"""What processes used: processor time, and memory with what they share counted once."""

import re
import resource
from pathlib import Path


def cpu_seconds() -> float:
    """Seconds of processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_in(folder: Path) -> int:
    """Bytes that the processes at work in a folder hold, what they share counted once; 0 where /proc does not tell."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve().is_relative_to(folder.resolve()):
                rollup = (process / "smaps_rollup").read_text(encoding="utf-8")
                total += 1024 * int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
        except (OSError, TypeError):
            continue  # a process that has just ended
    return total
