"""`study health`: whether scheduled renders are well, in one line, with nothing of a patient in it."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pipeline.files import read_json
from pipeline.operating import UNITS
from pipeline.project import Project, UserError
from pipeline.scheduled import NAME, renders_of

ORDER = ("CRITICAL", "WARNING", "OK")


@dataclass(frozen=True, slots=True)
class Health:
    """Whether all is well, and the line that says so."""

    well: bool
    line: str


def examine(project: Project, *, max_age: str | None = None, now: datetime | None = None) -> Health:
    """Look at `status.json`: how the last scheduled render ended, and how old the last good one is.

    Parameters
    ----------
    project : Project
    max_age : str, optional
        Such as ``26h`` or ``8d``; without it, the last good render may be as old as the schedule allows.
    now : datetime, optional
        For tests.
    """
    now = now or datetime.now(UTC)
    if not (project.site / NAME).is_file():
        return Health(False, f"CRITICAL: no scheduled render has written {NAME} yet")
    status = read_json(project.site / NAME)
    renders = renders_of(status or {})
    if not renders:
        return Health(False, f"CRITICAL: {NAME} cannot be read; the next scheduled render writes it anew")
    found = {name: _examine(entry, max_age, now) for name, entry in renders.items()}
    name, worst = min(
        found.items(), key=lambda entry: (entry[1].well, ORDER.index(entry[1].line.split(":")[0]))
    )
    more = f"; {name}" if len(found) > 1 else ""
    return Health(worst.well, f"{worst.line}{more}")


def _examine(status: dict, max_age: str | None, now: datetime) -> Health:
    """The last render of one request."""
    if not all(_is_time(status.get(name)) for name in ("last_good", "stale_after", "failing_since")):
        return Health(False, f"CRITICAL: {NAME} cannot be read; the next scheduled render writes it anew")
    if not status.get("last_good"):
        return Health(
            False, f"CRITICAL: no scheduled render was good yet; the last one ended {status.get('ending')}"
        )
    age = now - datetime.fromisoformat(status["last_good"])
    hours = age.total_seconds() / 3600
    told = f"last good render {hours:.1f} hours ago, last ending: {status.get('ending')}"
    if max_age and age.total_seconds() > seconds_of(max_age):
        return Health(False, f"CRITICAL: {told}, more than {max_age}")
    if (stale := status.get("stale_after")) and now > datetime.fromisoformat(stale):
        return Health(False, f"CRITICAL: {told}; the next was due by {stale}")
    if status.get("failing_since"):
        return Health(False, f"WARNING: failing since {status['failing_since']}, {told}")
    if age.total_seconds() < -60:
        return Health(False, "WARNING: the last good render lies in the future; was the clock put back?")
    return Health(True, f"OK: {told}")


def _is_time(value: Any) -> bool:
    """Whether an entry is a time with its zone, or not there."""
    if value is None:
        return True
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except (TypeError, ValueError):
        return False


def seconds_of(text: str) -> float:
    """A span of time such as 26h.

    Examples
    --------
    >>> seconds_of("26h")
    93600.0
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(s|min|h|d)\s*", text)
    if not found:
        raise UserError(f"{text!r} is no span of time; write it as 90min, 26h or 8d")
    return float(found[1]) * UNITS[found[2]]
