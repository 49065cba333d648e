"""Dates from cells: ISO, slashes, dots, Chinese, named months, partial, with times; and what stays a question.

The order of day and month, and what numbers count from, are decided for a whole column by `analysis.read.calendars`.
"""

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis.read.text import missing_reason, normalise

_TIME = re.compile(
    r"(?:t|\s+|:)\s*(?:(?P<half>上午|下午|凌晨|晚上|中午)\s*)?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<meridiem>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?$"
)
_WEEKDAY = re.compile(
    r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+|\s*\(?(?:星期|周)[一二三四五六日天]\)?$"
)
_UN = r"(?:unk|un|uk|nk|xx|\?\?|00|不详)"
_UNKNOWN = re.compile(r"[-/.](?:un|unk|uk|nk|xx|\?\?|00|不详)(?=$|[-/.])")
_YEAR_FIRST = re.compile(r"(\d{4})(?:[-/.](\d{1,2}))?(?:[-/.](\d{1,2}))?")
_MONTH_LOST = re.compile(rf"(\d{{4}})-(?:{_UN}|-)-\d{{1,2}}")
_CHINESE = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_STAMP = re.compile(r"((?:19|20)\d{6})(?:t(\d{2})(\d{2})(\d{2})?|(\d{2})(\d{2})(\d{2}))(?=$|[^\d])")
_CLOCK = re.compile(r"(\d{1,2})[点时](?:(\d{1,2})分)?(?:\d{1,2}秒)?$")
_YEAR_LAST = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{1,2})\s?[-/.]\s?(\d{4})")
_DAY_LOST = re.compile(rf"{_UN}[-/.](\d{{1,2}}|{_UN})[-/.](\d{{4}})")
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4})")
_TWO_DIGIT_YEAR = re.compile(
    r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,2}|\d{2}年.*|\d{1,2}[- ]?[a-z]{3,9}[- ]?\d{2}|[a-z]{3,9}[-' ]\d{2}"
)
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th)?[- .]*(?P<month>[^\W\d]{3,10})\.?[- ,]*(?P<year>\d{4})"),
    re.compile(
        r"(?P<month>[^\W\d]{3,10})\.?[- ]*(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,\s*|[- ]+)(?P<year>\d{4})"
    ),
    re.compile(r"(?P<year>\d{4})[- ](?P<month>[^\W\d]{3,10})\.?[- ](?P<day>\d{1,2})"),
    re.compile(rf"(?:{_UN}[- ]?)?(?P<month>(?!unk)[^\W\d]{{3,10}})\.?[-, ]*(?P<year>\d{{4}})"),
)
_LOST = re.compile(rf"(?:\d{{1,2}}|{_UN})[- ]?(?:unk|un|uk|xx|xxx|\?\?\?)[- ]?(\d{{4}})")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
_SHORT = {"sept": 9, "mrz": 3, "mär": 3, "maer": 3, "okt": 10, "dez": 12, "janv": 1, "fév": 2, "févr": 2, "avr": 4,
          "juil": 7, "aoû": 8, "déc": 12, "ene": 1, "abr": 4, "ago": 8, "dic": 12}  # fmt: skip


def _months() -> dict[str, int]:
    """Names of months, full and (English) of three letters."""
    full = {name: n for names in _MONTHS for n, name in enumerate(names.split(), 1)}
    return {**full, **{name[:3]: n for n, name in enumerate(_MONTHS[0].split(), 1)}, **_SHORT}


MONTHS = _months()


class Calendar(NamedTuple):
    """How the dates of a column are read.

    `order` is dmy or mdy, None where it is open, "" where the column contradicts itself. `zone` is the study's time
    zone. Numbers are `counted` by a function of the number; None where nobody says what they count from.
    """

    order: str | None = None
    zone: str | None = None
    counted: object = None


OPEN_CALENDAR = Calendar()


class Day(NamedTuple):
    """A cell read as a date. `status` is ok, missing, ambiguous, contradictory, counted, zoned, two_digit_year or
    unparseable.

    `precision` is D, M or Y; a partial date holds its first possible day.
    """

    status: str
    day: date | None = None
    precision: str = ""
    reason: str = ""
    repairs: tuple[str, ...] = ()


def day(raw: str, declared: frozenset[str] = frozenset(), *, calendar: Calendar = OPEN_CALENDAR) -> Day:
    """Read one cell as a date.

    Parameters
    ----------
    raw : str
        The cell as exported.
    declared : frozenset of str
        Codes the study file declares as missing.
    calendar : Calendar
        What is known of the column: order of day and month, time zone, what numbers count from.

    Examples
    --------
    >>> day("2024年3月5日").day == day("Mar 5, 2024").day == day("05MAR2024:10:30:00").day == date(2024, 3, 5)
    True
    >>> day("03/05/2024").status, day("03/05/2024", calendar=Calendar("dmy")).day.isoformat()
    ('ambiguous', '2024-05-03')
    >>> day("UN-MAR-2021").precision, day("03/2021").precision, day("24/3/5").status
    ('M', 'M', 'two_digit_year')
    """
    text = normalise(raw)
    if (reason := missing_reason(text, declared)) is not None:
        return Day("missing", reason=reason)
    bare, clock = _split(_with_colons(_WEEKDAY.sub("", text.lower())))
    if clock is None:
        return Day("unparseable", reason="has no time of the day after its date")
    found = _date(bare, calendar)
    if clock and clock["zone"] and found.status == "ok":
        return _shifted(found, clock, calendar.zone)
    is_unusual = text != str(raw).strip() or not text.isascii()
    return found if found.repairs or not is_unusual else found._replace(repairs=("N1",))


def _with_colons(text: str) -> str:
    """A time written without colons (20240305T1030, 20240305103000, 10时30分) with them.

    Examples
    --------
    >>> _with_colons("20240305103000"), _with_colons("20240305t1030z"), _with_colons("2024年3月5日 10时5分")
    ('20240305 10:30', '20240305 10:30z', '2024年3月5日 10:05')
    """
    if match := _STAMP.match(text):
        hour, minute = (match[2], match[3]) if match[2] else (match[5], match[6])
        return f"{match[1]} {hour}:{minute}{text[match.end() :]}"
    return _CLOCK.sub(lambda found: f"{found[1]}:{(found[2] or '0').zfill(2)}", text)


def _split(text: str) -> tuple[str, dict | None]:
    """A date and its time: {} without one, None where it is no time of the day."""
    match = _TIME.search(text)
    if not match:
        return text, {}
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    half = (match["meridiem"] or "")[:1]
    if half and not 1 <= hour <= 12:
        return text, None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if match["half"] in ("下午", "晚上") and hour < 12:
        hour += 12
    good = (hour < 24 and minute < 60 and second < 60) or (hour, minute, second) == (24, 0, 0)
    clock = {"hour": hour, "minute": minute, "second": second, "zone": match["zone"]}
    return text[: match.start()].strip(), clock if good else None


def _shifted(found: Day, clock: dict, zone: str | None) -> Day:
    """The day in the study's time zone of a time with an offset."""
    if zone is None:
        return Day("zoned", reason="has a time with an offset; name the study's by `time_zone:`")
    if found.day is None or found.precision != "D":
        return Day("unparseable", reason="has a time, but no day")
    offset = re.fullmatch(r"([+-])(\d{2}):?(\d{2})?", clock["zone"])
    minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1) if offset else 0
    start = datetime(found.day.year, found.day.month, found.day.day)
    moment = start + timedelta(
        hours=clock["hour"], minutes=clock["minute"] - minutes, seconds=clock["second"]
    )
    local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
    return found._replace(day=local, repairs=("D1",))


def _date(text: str, calendar: Calendar) -> Day:
    """A date without time."""
    if calendar.counted and _NUMBER.fullmatch(text) and (found := calendar.counted(float(text))):  # type: ignore[operator]
        return found
    for reader in (_year_first, _partial, _named_month):
        if (found := reader(text)) is not None:
            return found
    if match := _YEAR_LAST.fullmatch(text):
        return _year_last(*map(int, match.groups()), calendar.order)  # type: ignore[arg-type, call-arg]
    if _NUMBER.fullmatch(text):
        reason = "is a number of days or seconds; say what it counts from by `epoch:`"
        return Day("counted", reason=reason)
    if _TWO_DIGIT_YEAR.fullmatch(text):
        return Day("two_digit_year", reason="year of two digits")
    return Day("unparseable", reason="is not a date")


def made(year: int, month: int | None, dom: int | None, *repairs: str) -> Day:
    """A day from its parts; parts that make no day of the calendar are refused."""
    precision = "D" if dom else "M" if month else "Y"
    try:
        built = date(year, month or 1, dom or 1)
    except ValueError:
        return Day("unparseable", reason="is no day of the calendar")
    if not 1900 <= year <= 2100:
        return Day("unparseable", reason="has a year outside 1900 to 2100")
    return Day("ok", built, precision, repairs=repairs)


def _year_first(text: str) -> Day | None:
    """2024-03-05, 2024/3/5, 2024.03.05, 20240305, Chinese; and the partial forms."""
    if match := _MONTH_LOST.fullmatch(text):
        return made(int(match[1]), None, None)
    known = _UNKNOWN.sub("", text)
    for pattern in (_YEAR_FIRST, _CHINESE, _COMPACT):
        if match := pattern.fullmatch(known):
            month, dom = (int(part) if part else None for part in match.groups()[1:])
            iso = pattern is _YEAR_FIRST and re.fullmatch(r"\d{4}(-\d{2}){0,2}", text)
            return made(int(match[1]), month, dom, *([] if iso else ["D1"]))
    return None


def _partial(text: str) -> Day | None:
    """03/2021, UN/03/2021, UN-UNK-2021, UNUNK2021."""
    if match := _MONTH_YEAR.fullmatch(text):
        return made(int(match[2]), int(match[1]), None, "D1")
    if match := _DAY_LOST.fullmatch(text):
        month = int(match[1]) if match[1].isdigit() and match[1] != "00" else None
        return made(int(match[2]), month, None, "D1")
    if match := _LOST.fullmatch(text):
        return made(int(match[1]), None, None, "D1")
    return None


def _named_month(text: str) -> Day | None:
    """5 Mar 2024, 05MAR2024, Mar 5, 2024, 2024-Mar-05, MAR2021, UN-MAR-2021."""
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match and match["month"] in MONTHS:
            dom = match.groupdict().get("day")
            return made(int(match["year"]), MONTHS[match["month"]], int(dom) if dom else None, "D1")
    return None


def _year_last(one: int, two: int, year: int, order: str | None) -> Day:
    """03/05/2024: readable only if the order is known or one part cannot be a month."""
    if order == "":
        reason = "day and month change places in this column; say which comes first by `date_order:`"
        return Day("contradictory", reason=reason)
    if order == "dmy" or (order is None and (one > 12 or one == two)):
        return made(year, two, one, "D1")
    if order == "mdy" or (order is None and two > 12):
        return made(year, one, two, "D1")
    return Day("ambiguous", reason="could be day-month or month-day; say which by `date_order:`")
