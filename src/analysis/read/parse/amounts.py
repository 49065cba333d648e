"""Raw columns read as numbers: plain ones together, unusual ones one by one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analysis.columns import Column
from analysis.columns.units import ELAPSED, canonical, factor
from analysis.read import numbers
from analysis.read.cells import Kind
from analysis.read.parse.findings import Item, Typed, emit, missing_items, no_value
from analysis.read.raw import Part, Raw
from analysis.thresholds import settle

OPEN_PERCENT = "stands beside cells shown as per cent, but is not shown so: a share of 1, or per cent?"
PLAIN = {".": r"^[+-]?\d+(?:\.\d+)?$", ",": r"^[+-]?\d+(?:,\d+)?$", None: r"^[+-]?\d+$"}


@dataclass(frozen=True, slots=True)
class Numbers:
    """Contents read as numbers: `amounts`, those shown as `percent`, and the unusual ones one by one."""

    places: np.ndarray
    texts: np.ndarray
    amounts: np.ndarray
    percent: np.ndarray
    odd: dict[int, numbers.Number]


def read_numbers(raw: Raw) -> Numbers:
    """The contents of a raw column as numbers."""
    read = [_numbers(part) for part in raw.parts]
    starts = raw.starts()
    return Numbers(
        raw.places(),
        np.concatenate([part.cells.texts for part in raw.parts]),
        np.concatenate([values for values, _, _ in read]),
        np.concatenate([percent for _, percent, _ in read]),
        {n + start: item for start, (_, _, odd) in zip(starts, read) for n, item in odd.items()},
    )


def _numbers(part: Part) -> tuple[np.ndarray, np.ndarray, dict[int, numbers.Number]]:
    """Values, marks of per cent, and the unusual contents of one part."""
    cells, verdict = part.cells, part.verdict
    texts = pa.array([str(text) for text in cells.texts], type=pa.string())
    typed = (cells.kinds == Kind.NUMBER) | (cells.kinds == Kind.PERCENT) | (cells.kinds == Kind.BOOLEAN)
    plain = np.asarray(pc.match_substring_regex(texts, PLAIN[verdict.decimal])) & (cells.kinds == Kind.TEXT)
    plain |= typed & np.asarray(pc.match_substring_regex(texts, PLAIN["."]))
    chosen = texts.filter(pa.array(plain))
    if verdict.decimal == ",":
        chosen = pc.replace_substring(chosen, ",", ".")
    values = np.full(len(texts), np.nan)
    values[plain] = np.asarray(pc.cast(pc.utf8_ltrim(chosen, "+"), pa.float64())) + 0.0  # -0 is 0
    plain &= ~np.isinf(values)
    codes = [float(code) for code in verdict.declared if numbers.PLAIN.fullmatch(code)]
    declared = plain & np.isin(values, codes) if codes else np.zeros(len(values), dtype=bool)
    odd = {int(n): numbers.Number("missing", reason="declared") for n in np.flatnonzero(declared)}
    values[declared] = np.nan
    for n in np.flatnonzero(~plain):
        odd[int(n)] = item = _odd_number(str(cells.texts[n]), cells.kinds[n], part)
        values[n] = item.value
    return values, cells.kinds == Kind.PERCENT, odd


def _odd_number(text: str, kind: int, part: Part) -> numbers.Number:
    """A content that is no plain number."""
    verdict = part.verdict
    if kind == Kind.MISSING:
        return numbers.Number("missing", reason="declared", text=verdict.reasons.get(text.lstrip("."), ""))
    if kind == Kind.NO_VALUE:
        return numbers.Number("no_value", reason=no_value(text))
    if kind == Kind.DATE:
        return numbers.Number("unparseable", reason="is a date")
    item = numbers.number(text, verdict.declared, decimal=verdict.decimal)
    if item.status == "missing" and item.reason == "declared":
        return item._replace(text=verdict.reasons.get(text.strip(), ""))
    if item.status == "open" and verdict.why:
        return item._replace(reason=f"{verdict.why}: {item.reason}")
    return item


def without_open_percent(read: Numbers) -> Numbers:
    """Numbers up to 1 without a format, beside cells shown as per cent, refused: 0.5 may be 50 %, or a half of one."""
    open_ = ~read.percent & (read.amounts > 0) & (read.amounts <= 1) & bool(read.percent.any())
    refused = {
        int(n): numbers.Number("open", reason=OPEN_PERCENT)
        for n in np.flatnonzero(open_)
        if int(n) not in read.odd
    }
    amounts = np.where(np.isin(np.arange(len(open_)), list(refused)), np.nan, read.amounts)
    return Numbers(read.places, read.texts, amounts, read.percent, {**read.odd, **refused})


def number_column(
    read: Numbers, index: Any, column: Column, mapping: Any, unit: Raw | None, keeps_side: bool
) -> Typed:
    """A number in the column's unit and range; beyond a limit it keeps its side where a column is there for it."""
    if column.unit == "%":
        read = without_open_percent(read)
    if unit is not None:
        read, index_units = _by_unit(read, unit)
    else:
        index_units = [mapping.unit] * len(read.texts)
    scale, bad_unit = _scales(read, index_units, column)
    with np.errstate(invalid="ignore"):
        values = np.where(scale == 1.0, read.amounts, settle(read.amounts * scale))
        if column.unit == "day" and canonical(mapping.unit or "") in ELAPSED:
            # study day 1 begins with the baseline; there is no day 0
            values = np.floor(values) + (values >= 0)
        outside = _outside(values, column)
        fraction = (values != np.round(values)) & np.isfinite(values) & (column.type == "int")
    sided = np.zeros(len(values), dtype=bool)
    for n, item in read.odd.items():
        sided[n] = item.status == "ok" and item.censor != "none"
    refused = sided & (not keeps_side)
    good = np.where(outside | fraction | refused, np.nan, values)
    items = _number_items(read, values, scale, bad_unit, refused)
    if outside.any():
        low, high = (f"{x:g}" if x is not None else "any" for x in (column.low, column.high))
        text = f"outside the possible range {low} to {high}"
        items += [Item(int(n), "R1", "", text) for n in np.flatnonzero(outside & ~refused)]
    items += [Item(int(n), "R2") for n in np.flatnonzero(fraction & ~outside & ~refused)]
    found = emit(read.places, read.texts, index, column.name, items)
    beside = {f"{column.name}_censor": _sides(read, good, index)} if keeps_side else {}
    return Typed(pd.Series(good[read.places], index=index, dtype="float64"), beside, found)


def _sides(read: Numbers, good: np.ndarray, index) -> pd.Series:
    """On which side of a limit each known number lies."""
    side = np.full(len(good), "none", dtype=object)
    for n, item in read.odd.items():
        side[n] = item.censor or "none"
    side[np.isnan(good)] = None
    return pd.Series(side[read.places], index=index, dtype="string")


def _by_unit(read: Numbers, unit: Raw) -> tuple[Numbers, list[str | None]]:
    """The contents once more for every unit they stand beside."""
    texts = np.array([str(text).strip() for text in unit.as_text()], dtype=object)
    codes, units = pd.factorize(texts)
    both, pairs = pd.factorize(read.places.astype(np.int64) * len(units) + codes)
    content = pairs // len(units)
    odd: dict[int, numbers.Number] = {
        n: read.odd[int(c)] for n, c in enumerate(content) if int(c) in read.odd
    }
    again = Numbers(both, read.texts[content], read.amounts[content], read.percent[content], odd)
    return again, [units[pair % len(units)] or None for pair in pairs]


def _scales(read: Numbers, units: list, column: Column) -> tuple[np.ndarray, np.ndarray]:
    """The factor of every content, and those whose unit cannot become the column's."""
    known = {unit: _factor(unit, column) for unit in set(units)}
    scale = np.array([known[unit] if known[unit] is not None else np.nan for unit in units], dtype=float)
    there = np.isfinite(read.amounts)
    if column.unit == "%":
        scale = np.where(read.percent, 100.0, scale)
    for n, item in read.odd.items():
        if item.status == "ok" and item.unit:
            own = _factor(item.unit, column)
            scale[n] = np.nan if own is None else own
    return scale, there & np.isnan(scale)


def _factor(unit: str | None, column: Column) -> float | None:
    """What turns a value in its written (or declared) unit into the column's unit."""
    return factor(unit, column.unit) if unit and column.unit else (1.0 if not unit else None)


def _outside(values: np.ndarray, column: Column) -> np.ndarray:
    """Values outside the column's hard limits."""
    low = values < column.low if column.low is not None else np.zeros(len(values), dtype=bool)
    return low | (values > column.high) if column.high is not None else low


def _number_items(read: Numbers, values, scale, bad_unit, sided) -> list[Item]:
    """What was found about the unusual contents of a column of numbers."""
    items = [Item(int(n), "U1") for n in np.flatnonzero(bad_unit)]
    reasons = {n: item.reason for n, item in read.odd.items() if item.status == "missing"}
    items += missing_items(reasons, {n: item.text for n, item in read.odd.items()})
    for n, item in read.odd.items():
        new = f"{values[n]:g}"
        if item.status == "ok" and not sided[n]:
            items += [Item(n, rule, new) for rule in item.repairs]
            items += [Item(n, "N5", new)] if item.unit and scale[n] not in (1.0,) and not bad_unit[n] else []
        items += refused_items(n, item)
    return items + [Item(int(n), "N12") for n in np.flatnonzero(sided)]


def refused_items(n: int, item: numbers.Number) -> list[Item]:
    """Why a content is no number of the column."""
    rule = {"unparseable": "N8", "qualitative": "N9", "open": "N11", "no_value": "X1"}.get(item.status)
    return [Item(n, rule, "", item.text if rule == "N9" else item.reason)] if rule else []
