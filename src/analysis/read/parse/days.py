"""Raw columns read as dates: days in ISO form quickly, others one by one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.columns import Column
from analysis.read import dates
from analysis.read.cells import Kind
from analysis.read.parse.findings import Item, Typed, emit, missing_items, no_value
from analysis.read.raw import Part, Raw

# days that every month has; the 29th to 31st are looked at one by one
_ISO = r"^(?:19\d\d|20\d\d)-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$|^(?:19\d\d|20\d\d)-(?:0[13-9]|1[0-2])-(?:29|30)$"


@dataclass(frozen=True, slots=True)
class Days:
    """Contents read as dates: `days`, how exactly each is known, and the unusual ones one by one."""

    places: np.ndarray
    texts: np.ndarray
    days: np.ndarray
    precision: np.ndarray
    odd: dict[int, dates.Day]


def read_days(raw: Raw) -> Days:
    """The contents of a raw column as dates."""
    read = [_days(part) for part in raw.parts]
    starts = raw.starts()
    return Days(
        raw.places(),
        np.concatenate([part.cells.texts for part in raw.parts]),
        np.concatenate([values for values, _, _ in read]),
        np.concatenate([precision for _, precision, _ in read]),
        {n + start: item for start, (_, _, odd) in zip(starts, read) for n, item in odd.items()},
    )


def _days(part: Part) -> tuple[np.ndarray, np.ndarray, dict[int, dates.Day]]:
    """Days, how exactly they are known, and the unusual contents of one part."""
    cells, verdict = part.cells, part.verdict
    size = len(cells.texts)
    values, precision = np.full(size, "NaT", dtype="datetime64[us]"), np.full(size, None, dtype=object)
    odd: dict[int, dates.Day] = {}
    texts = pa.array([str(text) for text in cells.texts], type=pa.string())
    plain = np.asarray(pc.match_substring_regex(texts, _ISO)) & (cells.kinds < Kind.NO_VALUE)
    if verdict.declared:
        plain &= ~np.isin(cells.texts.astype(str), list(verdict.declared))
    values[plain] = np.array(cells.texts[plain].tolist(), dtype="datetime64[D]")
    precision[plain] = "D"
    for n in np.flatnonzero(~plain):
        odd[int(n)] = item = _odd_day(str(cells.texts[n]), cells.kinds[n], verdict)
        precision[n] = item.precision or None
        if item.status == "ok":
            values[n] = item.day
    return values, precision, odd


def _odd_day(text: str, kind: int, verdict) -> dates.Day:
    """A content that is no plain day."""
    if kind == Kind.MISSING:
        return dates.Day("missing", reason="declared")
    if kind == Kind.NO_VALUE:
        return dates.Day("no_value", reason=no_value(text))
    return dates.day(text, verdict.declared, calendar=verdict.calendar)


_RULES = {
    "ambiguous": "D4",
    "contradictory": "D10",
    "counted": "D11",
    "zoned": "D12",
    "two_digit_year": "D5",
    "unparseable": "D6",
    "no_value": "X1",
}


def date_column(read: Days, index: Any, column: Column, partial: bool) -> Typed:
    """A date; the precision column beside it says whether day or month is missing."""
    missing = {n: item.reason for n, item in read.odd.items() if item.status == "missing"}
    items = missing_items(missing)
    values = read.days.copy()
    for n, item in read.odd.items():
        shown = item.day.isoformat() if item.day else ""
        if item.status == "ok" and item.precision != "D":
            known = f"only the {'month' if item.precision == 'M' else 'year'} is known"
            items.append(Item(n, "D3" if partial else "D6", shown, known))
            values[n] = values[n] if partial else np.datetime64("NaT", "us")
            items += [Item(n, "D2", shown, item.reason or None)] if "D2" in item.repairs else []
        elif item.status == "ok":
            items += [Item(n, rule, shown, item.reason or None) for rule in item.repairs]
        elif item.status in _RULES:
            items.append(Item(n, _RULES[item.status], "", item.reason))
    found = emit(read.places, read.texts, index, column.name, items)
    beside = {}
    if partial:
        precision = pd.Series(read.precision[read.places], index=index, dtype="string")
        beside = {f"{column.name.removesuffix('_date')}_precision": precision}
    return Typed(pd.Series(values[read.places], index=index), beside, found)
