"""``operation.toml``: how the reports of this folder are run, in one small file that may be absent.

A name that is not known is refused with the nearest one: a limit that is misspelt would be no limit.
"""

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any

from pipeline.files import write_whole
from pipeline.project import UserError

NAME = "operation.toml"
OTHERS = "*"  # the studies that are not named
UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
SIZES = {"k": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


@dataclass(frozen=True, slots=True)
class Operation:
    """What ``operation.toml`` can say, with what holds when it does not.

    Attributes
    ----------
    every : str, dict or None
        When scheduled renders are due, such as ``Mon 06:00``; what the pages say of the next one follows from it. By
        study where they are due at different times, ``*`` standing for the others.
    grace : int
        Seconds after the due time from which a page calls itself out of date.
    keep : int
        Runs of each report that are kept.
    site_group : str or None
        The group of the system that may read the published reports; nobody but their owner when absent.
    readers : str
        The profile (`pipeline.share.profiles`) of those who may read the published reports: what a page may show.
    run_limit, read_limit, cell_limit : int
        Seconds for a whole run, for reading one study's data, and for one cell of a notebook.
    memory_limit : int
        Bytes that the reading of data, or one notebook, may hold.
    unpacked_limit, cells_limit : int
        Bytes that a workbook may unpack to, and cells that the rectangle of one of its sheets may have.
    settle : float
        Seconds that a data file must have been left alone before it is read.
    patience : float
        Seconds that a file still growing is waited for.
    keep_warm : int
        Seconds that a process stays after a render, for the next one to begin at once; none does when 0.
    on_failure, on_recovery : str or None
        A command, or an http address, that is told when scheduled renders begin to fail and when they are well again.
    """

    every: str | Mapping[str, str] | None = None
    grace: int = 6 * 3600
    keep: int = 10
    site_group: str | None = None
    readers: str = "local"
    run_limit: int = 4 * 3600
    read_limit: int = 1800
    cell_limit: int = 600
    memory_limit: int = 0
    unpacked_limit: int = 2 * 2**30
    cells_limit: int = 200_000_000
    settle: float = 1.0
    patience: float = 20.0
    keep_warm: int = 0
    on_failure: str | None = None
    on_recovery: str | None = None

    def every_of(self, study: str) -> str | None:
        """When renders of a study are due."""
        if self.every is None or isinstance(self.every, str):
            return self.every
        return self.every.get(study, self.every.get(OTHERS))

    @property
    def memory(self) -> int:
        """The limit of memory in bytes: what is set, or nine tenths of what the machine has."""
        if self.memory_limit or not hasattr(os, "sysconf"):
            return self.memory_limit
        return int(0.9 * os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))


def operation_of(root: Path) -> Operation:
    """The settings of the folder `root`.

    Raises
    ------
    UserError
        If the file is no TOML, has a name that is not known, or a value of another kind.
    """
    file = root / NAME
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Operation()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{NAME} cannot be read ({error})") from None
    return _parsed(text)


@lru_cache(maxsize=8)
def _parsed(text: str) -> Operation:
    try:
        given = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{NAME} is not valid TOML: {error}") from None
    known = {field.name: field for field in fields(Operation)}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"it knows {', '.join(known)}"
            raise UserError(f"{NAME} has an entry {name!r} that is not known; {hint}")
        is_own = name == "every" and isinstance(value, dict)
        values[name] = _times(value) if is_own else _value(name, value, type(known[name].default))
    if "every" in values:
        from pipeline.schedule.times import Every

        for text in _times(values["every"]).values():
            Every.parse(text)
    if "site_group" in values:
        _require_group(values["site_group"])
    if "readers" in values:
        from pipeline.share.profiles import PROFILES

        if values["readers"] not in PROFILES:
            raise UserError(f"{NAME}: readers = {values['readers']!r} is none of {', '.join(PROFILES)}")
    return Operation(**values)


def _times(every: str | Mapping[str, str]) -> dict[str, str]:
    """When renders are due, by study."""
    if isinstance(every, str):
        return {OTHERS: every}
    for study, text in every.items():
        if not isinstance(text, str):
            raise UserError(f"{NAME}: every.{study} must be text, not {text!r}")
    return dict(every)


def _require_group(name: str) -> None:
    try:
        import grp
    except ImportError:  # Windows: who may read a folder is set there
        raise UserError(
            f"{NAME}: site_group is for systems with groups; open the folder by its properties"
        ) from None
    try:
        grp.getgrnam(name)
    except KeyError:
        raise UserError(f"{NAME}: site_group = {name!r}: there is no such group on this machine") from None


def _value(name: str, value, kind: type):
    """One entry: text, or a number that may carry a unit (``90 min``, ``4 G``)."""
    if kind in (type(None), str):
        if not isinstance(value, str):
            raise UserError(f"{NAME}: {name} must be text, not {value!r}")
        return value
    if isinstance(value, str):
        value = _with_unit(name, value, SIZES if name in ("memory_limit", "unpacked_limit") else UNITS)
    if isinstance(value, bool) or not isinstance(value, int | float) or value < (1 if name == "keep" else 0):
        raise UserError(f"{NAME}: {name} must be a number, not {value!r}")
    return kind(value)


def _with_unit(name: str, text: str, units: dict[str, int]) -> float:
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*", text)
    if not found or found[2] not in units:
        raise UserError(f"{NAME}: {name} = {text!r} is no number with one of the units {', '.join(units)}")
    return float(found[1]) * units[found[2]]


def remember_every(root: Path, every: str, studies: Sequence[str] = ()) -> None:
    """Write when renders are due into the file, of these studies or of all, leaving everything else as it stands."""
    file = root / NAME
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    known = _times(operation_of(root).every or {}) if studies else {}
    times = known | dict.fromkeys(studies or [OTHERS], every)
    listed = ", ".join(f"{json.dumps(study)} = {json.dumps(time)}" for study, time in times.items())
    line = f"every = {{{listed}}}" if studies else f"every = {json.dumps(every)}"
    new, found = re.subn(r"(?m)^every\s*=.*$", lambda _: line, text, count=1)
    new = new if found else f"{line}\n{text}"
    _parsed(new)  # a table of that name, too, would be one too many
    write_whole(file, new)
