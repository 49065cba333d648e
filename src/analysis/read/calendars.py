"""How the dates of a column are read: order of day and month, what numbers count from; judged by the whole column."""

import re
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.read import epochs
from analysis.read.cells import Cells, Kind, Origin
from analysis.read.dates import Calendar, Day, made
from analysis.read.text import missing_reason, normalise

TEXT, DATE, MISSING = int(Kind.TEXT), int(Kind.DATE), int(Kind.MISSING)
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?\d{4}(?!\d)")
_WRITTEN = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_COMPACT = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_SERIAL = re.compile(
    r"[1-7]\d{4}(?:\.\d+)?"
)  # a spreadsheet's days from 1927 to 2118; four digits are a year
SMALL = 1000  # all days of 1957 to 1962, or months, or days of a study
OTHER_STEPS = (
    "is a small number: days since 1960 (say so by `epoch: 1960`), or months, weeks or days of the study, whose format "
    "is lost"
)
NEAR = 10  # years around the written dates of a column in which its serial numbers must lie


def judge(
    cells: Cells,
    origin: Origin,
    *,
    declared: frozenset[str],
    order: str | None,
    epoch: str | None,
    zone: str | None,
) -> Calendar:
    """How the dates of a column are read, by the study file (`order`, `epoch`), its source and its own cells."""
    texts = pa.array([str(text) for text in cells.texts], type=pa.string())
    rows = cells.used()
    iso = np.asarray(pc.match_substring_regex(texts, r"^\d{4}-\d{2}-\d{2}"))
    usual = int(rows[iso & (cells.kinds == Kind.TEXT)].sum())
    rest = np.flatnonzero(~iso & (rows > 0))
    there = [(str(cells.texts[n]).strip(), int(cells.kinds[n]), int(rows[n])) for n in rest]
    written = [(normalise(text), n) for text, kind, n in there if kind == TEXT and text]
    numbers = [
        (text, kind)
        for text, kind, _ in there
        if kind not in (DATE, MISSING) and _NUMBER.fullmatch(text) and missing_reason(text, declared) is None
    ]
    dated = [str(cells.texts[n])[:10] for n in np.flatnonzero(iso & (rows > 0))] if numbers else []
    counted = _counted(numbers, [*dated, *(text for text, _ in written)], origin, epoch)
    return Calendar(order or _order(written, usual), zone, counted)


def _order(written: list[tuple[str, int]], iso: int) -> str | None:
    """The order that dates ending with the year show; "" where they contradict each other; None where it is open."""
    seen, first, second = 0, 0, 0
    for text, rows in written:
        match = _YEAR_LAST.match(text)
        if match:
            one, two = int(match[1]), int(match[2])
            seen, first, second = seen + rows, first + rows * (one > 12), second + rows * (two > 12)
    if first and second:
        return ""
    usual = seen >= 0.5 * (iso + sum(rows for _, rows in written))
    return None if not usual else "dmy" if first else "mdy" if second else None


def _counted(numbers: list, written: list[str], origin: Origin, epoch: str | None):
    """What reads a number of this column as a date; None where nobody says what it counts from."""
    if not numbers:
        return None
    if origin.calendar and not epoch:
        return partial(_of_calendar, origin.calendar)
    if all(_COMPACT.fullmatch(text) or re.fullmatch(r"(?:19|20)\d{2}", text) for text, _ in numbers):
        return None  # dates and years written without signs between: `dates` reads them
    typed = [float(text) for text, kind in numbers if kind == Kind.NUMBER]
    source = origin.epoch if typed else None
    values = typed or [float(text) for text, _ in numbers if _SERIAL.fullmatch(text)]
    if epoch:
        source, values = epoch, [float(text) for text, _ in numbers if not _is_plain(text)]
    if source and values:
        count = epochs.counting(source, np.array(values))
        if count is not None and not epoch and _may_be_other_steps(count, values):
            return _of_other_steps
        return None if count is None else partial(_of_count, count)
    return _beside_written(values, written)


def _may_be_other_steps(count: epochs.Count, values: list[float]) -> bool:
    """Whether numbers of a statistical program are so small that months, weeks or study days are as likely as days."""
    return count.step == "days" and count.epoch == "1960" and max(map(abs, values)) < SMALL


def _is_plain(text: str) -> bool:
    """Whether a number is a date or a year without signs between."""
    return bool(_COMPACT.fullmatch(text) or re.fullmatch(r"(?:19|20)\d{2}", text))


def _of_count(count: epochs.Count, value: float) -> Day | None:
    """The day of a number; in a sheet a number such as 2021 may be a year as well."""
    if count.epoch in ("1900", "1904") and 1900 <= value <= 2100 and value == int(value):
        return Day("unparseable", reason="may be a year or a day number")
    found = count.day(value)
    said = f"a number of {count.step} counted from {count.epoch}"
    return Day("ok", found, "D", said, ("D2",)) if found else None


def _of_calendar(calendar: str, value: float) -> Day | None:
    """The month or year of a number of Stata's other steps."""
    found = epochs.month_of(calendar, value)
    if found is None:
        return None
    return made(*found, None, "D2")._replace(reason=f"a number of {calendar}")


def _beside_written(values: list[float], written: list[str]):
    """Serial numbers in a column of written dates are a spreadsheet's where that puts them near those dates."""
    years = [int(match[1]) for text in written if (match := _WRITTEN.match(text))]
    count = epochs.counting("1900", np.array(values)) if years and values else None
    if count is None:
        return None
    first, last = date(max(min(years) - NEAR, 1900), 1, 1), date(max(years) + NEAR, 12, 31)
    days = [count.day(value) for value in values]
    if not all(day is not None and first <= day <= last for day in days):
        return None
    return partial(_of_serial, count)


def _of_serial(count: epochs.Count, value: float) -> Day | None:
    """The day of a number that is written as serial numbers are."""
    return _of_count(count, value) if _SERIAL.fullmatch(f"{value:g}".split("e")[0]) else None


def _of_other_steps(value: float) -> Day:
    """What is said of a number that may count months, weeks or study days."""
    return Day("counted", reason=OTHER_STEPS)
