"""Columns of text turned into typed columns, with a finding for each repair, rejection and doubt.

Every distinct text is read once and mapped back, so a column costs what its distinct values cost.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.columns import Column, nearest
from analysis.columns.units import factor
from analysis.escape import clean, is_clean
from analysis.read import dates, numbers, rules
from analysis.read.text import FALSE_WORDS, TRUE_WORDS, missing_reason, normalise, same_code
from analysis.thresholds import settle


class Cells(NamedTuple):
    """A typed column, further columns that belong to it (precision, censoring), and the findings."""

    column: pd.Series
    beside: dict[str, pd.Series]
    findings: list[pd.DataFrame]


class Distinct(NamedTuple):
    """The distinct texts of a column, read, and for each row which of them it holds."""

    codes: np.ndarray
    texts: list[str]
    read: list

    def take(self, values, index, dtype) -> pd.Series:
        """Per-row values from values per distinct text."""
        return pd.Series(pd.array(list(values), dtype=dtype).take(self.codes), index=index)

    def rows(self, wanted: list[bool], index) -> tuple[pd.Index, np.ndarray]:
        """The rows whose text is wanted, and which text each holds."""
        hit = np.asarray(wanted, dtype=bool)[self.codes] if self.texts else np.zeros(0, dtype=bool)
        return index[hit], self.codes[hit]


def distinct(raw: pd.Series, reader: Callable) -> Distinct:
    """Read each distinct text of a column once."""
    codes, texts = pd.factorize(raw.fillna(""))
    words = [str(text) for text in texts.to_numpy(dtype=object)]
    return Distinct(codes, words, [reader(word) for word in words])


def read_column(
    raw: pd.Series, column: Column, mapping, missing: frozenset[str], *, partial: bool = True
) -> Cells:
    """Read one column of text as its declared type.

    Parameters
    ----------
    raw : Series of str
        The cells as exported.
    column : Column
        The tidy column they fill.
    mapping : ColumnMap
        Codes, unit, date order and missing codes from the study file.
    missing : frozenset of str
        Codes that mean missing in every source of the study.
    partial : bool
        Whether a date may lack its day or month; where it may not, such a date is rejected.
    """
    declared = missing | frozenset(mapping.missing)
    unknown = []
    if mapping.codes:
        raw, unknown = _decode(raw, column, mapping.codes, declared)
    if column.type == "date":
        cells = _read_date(raw, column, mapping, declared, partial)
    else:
        cells = _READERS[column.type](raw, column, mapping, declared)
    return cells._replace(findings=[*unknown, *cells.findings])


def _log(
    found: Distinct, index, column: Column, rule: str, wanted, new=None, message=None
) -> list[pd.DataFrame]:
    """A finding for every row whose text is wanted."""
    if not any(wanted):
        return []
    rows, which = found.rows(wanted, index)
    raw = [found.texts[i] for i in which]
    shown = [new[i] for i in which] if new is not None else ""
    text = [message[i] for i in which] if message is not None else None
    return [rules.finding(rows, column.name, rule, raw, shown, text)]


def _decode(raw: pd.Series, column: Column, codes: dict[str, str], declared: frozenset[str]):
    """Replace codes by what the study file says they mean; unknown codes become missing and are logged."""
    table = {same_code(code): value for code, value in codes.items()}
    kept = {same_code(value): value for value in codes.values()}

    def reader(text):
        if missing_reason(normalise(text), declared) is not None and same_code(text) not in table:
            return text
        return table.get(same_code(text), kept.get(same_code(text)))

    found = distinct(raw, reader)
    unknown = [value is None for value in found.read]
    words = [
        f"is not among the declared codes{nearest(text, codes)}" if strange else ""
        for text, strange in zip(found.texts, unknown)
    ]
    findings = _log(found, raw.index, column, "C1", unknown, message=words)
    return found.take([value or "" for value in found.read], raw.index, "string"), findings


def _missing_findings(found: Distinct, index, column, reasons: list[str]) -> list[pd.DataFrame]:
    """Words and codes for missing values, with the reason they give."""
    worded = [reason not in ("", "blank", "declared") for reason in reasons]
    coded = [reason == "declared" for reason in reasons]
    return [
        *_log(found, index, column, "N6", worded, reasons),
        *_log(found, index, column, "N7", coded, ["missing"] * len(reasons)),
    ]


def _read_number(raw: pd.Series, column: Column, mapping, declared) -> Cells:
    """A number in the column's unit and range; left-censored values keep the limit as value."""
    found = distinct(raw, lambda text: numbers.number(text, declared))
    read: list[numbers.Number] = found.read
    scale = [_factor(item.unit or mapping.unit, column) if item.status == "ok" else 1.0 for item in read]
    values = [_scaled(item.value, f) for item, f in zip(read, scale)]
    bad_range = [_outside(value, column) for value in values]
    fraction = [column.type == "int" and not np.isnan(v) and v != round(v) for v in values]
    good = [np.nan if low or part else v for v, low, part in zip(values, bad_range, fraction)]
    index, shown = raw.index, [f"{v:g}" for v in values]
    in_cell = [item.unit != "" and f not in (None, 1.0) for item, f in zip(read, scale)]
    words = [f"outside the possible range {column.low:g} to {column.high:g}" if b else "" for b in bad_range]
    findings = [
        *_missing_findings(
            found, index, column, [item.reason if item.status == "missing" else "" for item in read]
        ),
        *_repairs(found, index, column, shown),
        *_log(found, index, column, "N5", in_cell, shown),
        *_log(
            found,
            index,
            column,
            "N8",
            [i.status == "unparseable" for i in read],
            message=[i.reason for i in read],
        ),
        *_log(
            found,
            index,
            column,
            "N9",
            [i.status == "qualitative" for i in read],
            message=[i.text for i in read],
        ),
        *_log(found, index, column, "U1", [f is None for f in scale]),
        *_log(found, index, column, "R1", bad_range, message=words),
        *_log(found, index, column, "R2", [part and not bad for part, bad in zip(fraction, bad_range)]),
    ]
    return Cells(found.take(good, index, "float64"), {}, findings)


def _repairs(found: Distinct, index, column: Column, shown: list[str]) -> list[pd.DataFrame]:
    """Findings for every way in which a number was written unusually."""
    rules_ = ("N1", "N2", "N3", "N4")
    return [
        f for r in rules_ for f in _log(found, index, column, r, [r in i.repairs for i in found.read], shown)
    ]


def _factor(unit: str | None, column: Column) -> float | None:
    """What turns a value in its written (or declared) unit into the column's unit."""
    return factor(unit, column.unit) if unit and column.unit else (1.0 if not unit else None)


def _scaled(value: float, scale: float | None) -> float:
    """A value in another unit, without the noise of binary multiplication; as entered where nothing is converted."""
    if scale is None:
        return float("nan")
    return value if scale == 1.0 else float(settle(value * scale))


def _outside(value: float, column: Column) -> bool:
    """Whether a value lies outside the column's hard limits."""
    low = column.low is not None and value < column.low
    return bool(low or (column.high is not None and value > column.high))


def _read_date(raw: pd.Series, column: Column, mapping, declared, partial_allowed: bool) -> Cells:
    """A date; the precision column beside it says whether day or month is missing."""
    found = distinct(raw, lambda text: dates.day(text, declared, order=mapping.date_order))
    read: list[dates.Day] = found.read
    index, shown = raw.index, [item.day.isoformat() if item.day else "" for item in read]
    status = [item.status for item in read]
    partial = [item.precision in ("M", "Y") for item in read]
    words = [f"only the {'month' if item.precision == 'M' else 'year'} is known" for item in read]
    findings = [
        *_missing_findings(
            found, index, column, [item.reason if item.status == "missing" else "" for item in read]
        ),
        *_log(
            found,
            index,
            column,
            "D1",
            ["D1" in item.repairs and not p for item, p in zip(read, partial)],
            shown,
        ),
        *_log(found, index, column, "D2", ["D2" in item.repairs for item in read], shown),
        *_log(found, index, column, "D3" if partial_allowed else "D6", partial, shown, words),
        *_log(
            found, index, column, "D4", [s == "ambiguous" for s in status], message=[i.reason for i in read]
        ),
        *_log(found, index, column, "D5", [s == "two_digit_year" for s in status]),
        *_log(
            found, index, column, "D6", [s == "unparseable" for s in status], message=[i.reason for i in read]
        ),
    ]
    known = [item.day if partial_allowed or item.precision == "D" else None for item in read]
    days = np.array([day or "NaT" for day in known], dtype="datetime64[us]")
    values = pd.Series(days[found.codes] if len(days) else days, index=index)
    precision = found.take([item.precision or None for item in read], index, "string")
    beside = {f"{column.name.removesuffix('_date')}_precision": precision} if partial_allowed else {}
    return Cells(values, beside, findings)


def _read_text(raw: pd.Series, column: Column, mapping, declared) -> Cells:
    """Text, or one of the allowed values of a category."""
    allowed = {same_code(value): value for value in column.allowed}

    def reader(text):
        plain = normalise(text)
        reason = missing_reason(plain, declared)
        if reason is not None and same_code(text) not in allowed:
            return None, reason
        return (allowed.get(same_code(text)), "") if allowed else (plain, "")

    found = distinct(raw, reader)
    reasons = [reason for _, reason in found.read]
    unknown = [value is None and not reason for value, reason in found.read]
    words = [
        f"is not one of {', '.join(column.allowed)}{nearest(text, column.allowed)}" if strange else ""
        for text, strange in zip(found.texts, unknown)
    ]
    unseen = [not is_clean(text) for text in found.texts]
    findings = [
        *_log(found, raw.index, column, "N10", unseen, [clean(text) for text in found.texts]),
        *_missing_findings(found, raw.index, column, reasons),
        *_log(found, raw.index, column, "C1", unknown, message=words),
    ]
    return Cells(found.take([value for value, _ in found.read], raw.index, "string"), {}, findings)


def _read_boolean(raw: pd.Series, column: Column, mapping, declared) -> Cells:
    """Yes or no in the usual words; anything else is rejected, never taken for no."""

    def reader(text):
        plain, code = normalise(text), same_code(text)
        if code in TRUE_WORDS or code in FALSE_WORDS:
            return code in TRUE_WORDS, ""
        return None, missing_reason(plain, declared) or "unknown word"

    found = distinct(raw, reader)
    reasons = [reason if reason != "unknown word" else "" for _, reason in found.read]
    unknown = [reason == "unknown word" for _, reason in found.read]
    unseen = [not is_clean(text) for text in found.texts]
    findings = [
        *_log(found, raw.index, column, "N10", unseen, [clean(text) for text in found.texts]),
        *_missing_findings(found, raw.index, column, reasons),
        *_log(found, raw.index, column, "C1", unknown, message=["is neither yes nor no"] * len(unknown)),
    ]
    return Cells(found.take([value for value, _ in found.read], raw.index, "boolean"), {}, findings)


_READERS = {
    "int": _read_number,
    "float": _read_number,
    "str": _read_text,
    "category": _read_text,
    "boolean": _read_boolean,
}
