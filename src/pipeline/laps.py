"""Where the time of a task goes, phase by phase, for `study profile`."""

import time
from pathlib import Path

from pipeline.files import write_whole
from pipeline.project import as_json


class Laps:
    """Seconds of each phase, in the order in which they were gone through."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._last = time.monotonic()

    def done(self, phase: str) -> None:
        """A phase has ended, and the next begins."""
        now = time.monotonic()
        self.spent[phase] = round(self.spent.get(phase, 0.0) + now - self._last, 3)
        self._last = now

    def keep(self, folder: Path, task: str) -> None:
        """Store them with what the task made in the folder of its report."""
        write_whole(folder / "times" / f"{task}.json", as_json(self.spent))
