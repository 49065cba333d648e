"""Dates from cells of text: ISO, slashes, dots, Chinese, Excel serials, partial; and what stays a question."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from analysis.read.text import missing_reason, normalise

_TIME = re.compile(r"(?:T|\s+)\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?$")
_UNKNOWN = re.compile(r"[-/.](?:un|unk|uk|xx|\?\?|00|不详)(?=$|[-/.])", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_TWO_DIGIT_YEAR = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{2}年.*")
_NAMED_MONTH = re.compile(r"(\d{1,2})[- ]?([a-z]{3})[a-z]*[- ]?(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES.split(), 1)}
_SERIAL_DAY_0 = date(1899, 12, 30)  # Excel's 1900 system, which counts a 29 February 1900
_SERIAL_FIRST, _SERIAL_LAST = 10000, 73415  # 1927-05-18 to 2100; four digits are a year


class Day(NamedTuple):
    """A cell read as a date. `status` is ok, missing, ambiguous, two_digit_year or unparseable.

    `precision` is D, M or Y; a partial date holds its first possible day.
    """

    status: str
    day: date | None = None
    precision: str = ""
    reason: str = ""
    repairs: tuple[str, ...] = ()


def day(raw: str, declared: frozenset[str] = frozenset(), *, order: str | None = None) -> Day:
    """Read one cell as a date.

    Parameters
    ----------
    raw : str
        The cell as exported.
    declared : frozenset of str
        Codes the study file declares as missing.
    order : {"dmy", "mdy"}, optional
        How the source writes dates that end with the year; without it 03/05/2024 is ambiguous.

    Examples
    --------
    >>> day("2024年3月5日").day == day("45356").day == day("2024.03.05").day
    True
    >>> day("03/05/2024").status, day("03/05/2024", order="dmy").day.isoformat()
    ('ambiguous', '2024-05-03')
    >>> day("2024-03").precision, day("24/3/5").status
    ('M', 'two_digit_year')
    """
    text = normalise(raw)
    if (reason := missing_reason(text, declared)) is not None:
        return Day("missing", reason=reason)
    bare = _TIME.sub("", text).lower()
    for reader in (_year_first, _serial, _named_month):
        if (found := reader(_UNKNOWN.sub("", bare))) is not None:
            return found
    if match := _YEAR_LAST.fullmatch(bare):
        return _year_last(*map(int, match.groups()), order)
    if _TWO_DIGIT_YEAR.fullmatch(bare):
        return Day("two_digit_year", reason="has a year of two digits")
    return Day("unparseable", reason="is not a date")


def _made(year: int, month: int | None, dom: int | None, *repairs: str) -> Day:
    """A day from its parts; parts that make no day of the calendar are refused."""
    precision = "D" if dom else "M" if month else "Y"
    try:
        made = date(year, month or 1, dom or 1)
    except ValueError:
        return Day("unparseable", reason="is no day of the calendar")
    if not 1900 <= year <= 2100:
        return Day("unparseable", reason="has a year outside 1900 to 2100")
    return Day("ok", made, precision, repairs=repairs)


def _year_first(text: str) -> Day | None:
    """2024-03-05, 2024/3/5, 2024.03.05, 20240305, Chinese; and the partial forms."""
    for pattern in (_YEAR_FIRST, _CHINESE, _COMPACT):
        if match := pattern.fullmatch(text):
            year, month, dom = (int(part) if part else None for part in match.groups())
            iso = pattern is _YEAR_FIRST and re.fullmatch(r"\d{4}(-\d{2}){0,2}", text)
            return _made(year, month, dom, *([] if iso else ["D1"]))
    return None


def _serial(text: str) -> Day | None:
    """Days since 1899-12-30, as spreadsheets export dates that lost their format."""
    match = _SERIAL.fullmatch(text)
    if not match or not _SERIAL_FIRST <= int(match[1]) <= _SERIAL_LAST:
        return None
    return Day("ok", _SERIAL_DAY_0 + timedelta(days=int(match[1])), "D", repairs=("D2",))


def _named_month(text: str) -> Day | None:
    """5 Mar 2024, 05MAR2024."""
    match = _NAMED_MONTH.fullmatch(text)
    if not match or match[2] not in _MONTHS:
        return None
    return _made(int(match[3]), _MONTHS[match[2]], int(match[1]), "D1")


def _year_last(one: int, two: int, year: int, order: str | None) -> Day:
    """03/05/2024: readable only if the order is declared or one part cannot be a month."""
    if order == "dmy" or (order is None and (one > 12 or one == two)):
        return _made(year, two, one, "D1")
    if order == "mdy" or (order is None and two > 12):
        return _made(year, one, two, "D1")
    return Day("ambiguous", reason="could be day-month or month-day")
