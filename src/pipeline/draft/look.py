"""One source column looked at as a whole: kind of values, range, codes, unit, and what is doubtful."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.columns.units import canonical
from analysis.read.dates import Calendar, day
from analysis.read.numbers import number
from analysis.read.raw import Verdict
from analysis.read.text import FALSE_WORDS, TRUE_WORDS, missing_reason, normalise, same_code
from pipeline.draft.names import counted

FEW = 12  # a text with at most so many different values is a category
SENTINELS = ("-9", "-99", "-999", "99", "999", "9999", "-8", "-7", "-1", "888", "777")
REDCAP_MISSING = frozenset(
    ("NI", "INV", "UNK", "NASK", "ASKU", "NAV", "MSK", "NAVU", "NP", "QS", "QI", "TRC", "UNC", "DER", "OTH")
)
SMALLEST = 0.0001  # the smallest step that is told apart
NEARLY = 0.95  # of the different values: so many must read as a date or a number for the column to be one


OPEN = Verdict()  # of a column of which nothing is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one column of a source holds.

    Attributes
    ----------
    kind : str
        empty, yes_no, number, date, category or text.
    low, high, step : float
        Of a number: its range, and the smallest step that its values show; of any other kind no number (NaN).
    codes : dict
        Meaning by code, from a dictionary or value labels.
    missing : tuple of str
        Numbers that lie apart from all others and are taken for codes of missing.
    doubts : tuple of str
        What is not sure, in words.
    """

    name: str
    kind: str
    rows: int
    known: int
    distinct: int
    texts: tuple[str, ...] = ()
    low: float = math.nan
    high: float = math.nan
    whole: bool = False
    step: float = math.nan
    label: str = ""
    unit: str | None = None
    codes: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ()
    date_order: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def digits(self) -> int | None:
        """Decimals to show of numbers with four or more, as those of a calculation are: three digits of the largest."""
        largest = max(abs(self.low), abs(self.high))
        if self.kind != "number" or self.step > SMALLEST or not largest:
            return None
        return min(max(2 - math.floor(math.log10(largest)), 0), 4)


def look(
    cells: pd.Series,
    *,
    label: str = "",
    codes: Mapping[str, str] | None = None,
    unit: str = "",
    verdict: Verdict = OPEN,
) -> Seen:
    """Judge one column.

    Parameters
    ----------
    cells : Series of str
        The cells as the source hands them over; its name is that of the column.
    label : str
        What a dictionary or the file itself calls it.
    codes : mapping, optional
        Meaning by code, from a dictionary or value labels.
    unit : str
        The unit that a dictionary gives.
    verdict : Verdict
        What reading decides for the whole column: its decimal sign, the order of day and month.
    """
    name = str(cells.name)
    counts = cells.fillna("").map(normalise).value_counts()
    there = counts[[missing_reason(text) is None for text in counts.index]]
    base: dict[str, Any] = {
        "name": name,
        "rows": len(cells),
        "known": int(there.sum()),
        "distinct": len(there),
        "label": label,
    }
    base["unit"] = canonical(unit) or unit_of(unit) or unit_of(name) or unit_of(label)
    if there.empty:
        return Seen(kind="empty", **base)
    texts = sorted(there.index, key=_in_order)
    if codes:
        return _coded(base, texts, dict(codes), verdict)
    if (
        len(set(map(same_code, texts)) & TRUE_WORDS)
        and set(map(same_code, texts)) <= TRUE_WORDS | FALSE_WORDS
    ):
        alone = len(texts) == 1 and base["known"] < base["rows"]
        doubt = ("only `yes` occurs: a blank is read as not known, not as no",) if alone else ()
        return Seen(kind="yes_no", texts=tuple(texts), doubts=doubt, **base)
    if "___" in name and set(texts) <= {"0", "1"}:
        return Seen(kind="yes_no", texts=tuple(texts), **base)  # a box of REDCap that nobody ticked
    coded = [text for text in texts if text in REDCAP_MISSING]
    if coded and (found := _numbers([text for text in texts if text not in coded], there, base, verdict)):
        doubt = f"taken for codes of missing, as REDCap has them: {', '.join(coded)}"  # type: ignore[assignment]
        return replace(found, missing=(*found.missing, *coded), doubts=(*found.doubts, doubt))  # type: ignore[arg-type]
    if found := _dates(texts, base, verdict) or _numbers(texts, there, base, verdict):
        return found
    if unread := _open(texts, verdict):
        return Seen(kind="text", doubts=(unread,), **base)
    few = len(texts) <= FEW and len(texts) < max(2, 0.6 * base["known"])
    return Seen(kind="category" if few else "text", texts=tuple(texts) if few else (), **base)


def _in_order(text: str) -> tuple:
    """Numbers by size before words by letter."""
    found = re.fullmatch(r"[+-]?\d+(\.\d+)?", text)
    return (0, float(text), "") if found else (1, 0.0, text)


def _open(texts: list[str], verdict: Verdict) -> str:
    """What must be said before a column of numbers or dates can be read; nothing where it is none."""
    signs = [number(text, decimal=verdict.decimal).status for text in texts]
    if signs.count("open") and signs.count("open") + signs.count("ok") >= NEARLY * len(texts):
        return "left out, as its comma or point may be a decimal sign or part thousands off: say which by `decimal:`"
    if verdict.calendar.order == "" and any(
        day(text, calendar=verdict.calendar).status == "contradictory" for text in texts
    ):
        return "left out, as day and month change places in it: say which comes first by `date_order:`"
    return ""


def _coded(base: dict, texts: list[str], codes: dict[str, str], verdict: Verdict) -> Seen:
    """A column whose codes are explained; those that are not are a doubt."""
    known = {same_code(code): meaning for code, meaning in codes.items()}
    strange = [text for text in texts if same_code(text) not in known]
    if strange and len(strange) == len(texts):
        return look(pd.Series(texts, name=base["name"]), label=base["label"], verdict=verdict)
    doubts = (
        (f"no meaning in the dictionary, so rejected: {counted(len(strange), 'value')}",) if strange else ()
    )
    words = {same_code(word) for word in known.values()}
    yes_no = set(known) <= {"0", "1"} and words <= TRUE_WORDS | FALSE_WORDS
    kind = "yes_no" if yes_no else "category"
    return Seen(kind=kind, texts=tuple(dict.fromkeys(codes.values())), codes=codes, doubts=doubts, **base)


def _dates(texts: list[str], base: dict, verdict: Verdict) -> Seen | None:
    """A column of dates; numbers alone are none, and an order of day and month is found in the column or doubted."""
    if not any(re.search(r"[-/.年]|[A-Za-z]{3}", text) for text in texts):
        return None
    known = verdict.calendar.order
    for order in (known,) if known is not None else (None, "dmy", "mdy"):
        read = [day(text, calendar=verdict.calendar._replace(order=order)) for text in texts]
        good = sum(item.status == "ok" for item in read)
        if good == len(texts) or (order is None and good >= NEARLY * len(texts)):
            days = [item.day for item in read if item.day]
            rest = len(texts) - good
            doubts = [f"no dates, so rejected: {counted(rest, 'value')}"] if rest else []
            if (
                known is None
                and order == "dmy"
                and all(day(text, calendar=Calendar("mdy")).status == "ok" for text in texts)
            ):
                doubts.append("every date can be read as day-month or month-day; day-month is taken")
            shown = (min(days).isoformat(), max(days).isoformat())
            return Seen(kind="date", texts=shown, date_order=order, doubts=tuple(doubts), **base)
    return None


def _numbers(texts: list[str], there: pd.Series, base: dict, verdict: Verdict) -> Seen | None:
    """A column of numbers, without the codes of missing that lie apart from them."""
    read = {text: number(text, decimal=verdict.decimal) for text in texts}
    good = {text: item.value for text, item in read.items() if item.status == "ok"}
    if not good or len(good) < NEARLY * len(texts):
        return None
    apart = _apart(good)
    values = sorted({value for text, value in good.items() if text not in apart})
    beyond = sum(item.censor in ("left", "right") for item in read.values())
    if beyond > 0.2 * len(texts):
        return None  # classes such as <6m and >6m, not measurements
    rest = len(texts) - len(good)
    doubts = [f"no numbers, so rejected: {counted(rest, 'value')}"] if rest else []
    if apart:
        told = ", ".join(f"{text} ({counted(there[text], 'time')})" for text in apart)
        doubts.append(f"taken for codes of missing, as they lie apart from all other values: {told}")
    if beyond:
        doubts.append("holds values beyond a limit (<, >)")
    units = {item.unit for item in read.values() if item.unit}
    if len(units) == 1 and not base["unit"]:
        base = {**base, "unit": unit_of(f"({next(iter(units))})")}
    whole = all(value == round(value) for value in values)
    shown = tuple(f"{value:g}" for value in values) if whole and len(values) <= FEW else ()
    return Seen(
        kind="number",
        low=values[0],
        high=values[-1],
        whole=whole,
        step=1 if whole else _step(values),
        missing=tuple(apart),
        texts=shown,
        doubts=tuple(doubts),
        **base,
    )


def _apart(good: dict[str, float]) -> list[str]:
    """Sentinels such as 999 or -9 that lie far from every other value."""
    usual = [value for text, value in good.items() if text not in SENTINELS]
    if len(usual) < 3:
        return []
    low, high = min(usual), max(usual)
    room = max(high - low, 1.0)
    return [
        text
        for text, value in good.items()
        if text in SENTINELS and (value > high + room or (value < 0 <= low) or value < low - room)
    ]


def _step(values: list[float]) -> float:
    """The smallest step that the decimals of the values show, 0.0001 at least.

    Examples
    --------
    >>> _step([30.9677419354839, 58.0]), _step([72.25, 70.5])
    (0.0001, 0.01)
    """
    decimals = max(len(f"{value:.4f}".rstrip("0").partition(".")[2]) for value in values)
    return round(10.0**-decimals, decimals)


def unit_of(text: str) -> str | None:
    """The unit that a name or label ends with or holds in brackets, in the project's spelling.

    Examples
    --------
    >>> unit_of("CRP (mg/dL)"), unit_of("weight_kg"), unit_of("crp_mg_l"), unit_of("Body height, cm"), unit_of("pain")
    ('mg/dL', 'kg', 'mg/L', 'cm', None)
    """
    for inside in re.findall(r"[(\[（]([^)\]）]+)[)\]）]", text):
        if found := canonical(inside):
            return found
    if "," in text and (found := canonical(text.rpartition(",")[2].strip())):
        return found
    parts = re.split(r"[_. ]", text)
    for length in (3, 2, 1):
        if len(parts) > length and len("".join(parts[-length:])) > 1:
            ended = canonical("/".join(parts[-length:]))
            if ended and ended not in ("%",):
                return ended
    return None


def rounded(low: float, high: float, *, whole: bool = False) -> tuple[float, float]:
    """Limits for a variable of the study from the range seen: half of it as room; 0 where nothing lies below it."""
    room = max(0.5 * (high - low), 0.1 * abs(high)) or 1.0
    power = 10 ** math.floor(math.log10(room)) if room > 0 else 1
    power = max(power, 1) if whole else power
    lower, upper = math.floor((low - room) / power) * power, math.ceil((high + room) / power) * power
    return (0.0 if low >= 0 > lower else float(lower)), float(upper)
