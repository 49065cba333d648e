"""The long table of scores: value, category, status and missing components of each score at each visit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.scoring.flags import require_columns
from analysis.scoring.haq import HAQ_AIDS
from analysis.scoring.muscle import MMT_COLUMNS
from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.registry import INSTRUMENTS, Instrument
from analysis.scoring.vectors import choose, to_floats

KEYS = ("subject_id", "visit_id")
OK, MISSING, RANGE_ERROR = "ok", "missing_component", "range_error"
_BOX = Limits(0, 1, whole=True)
_LIMITS = RANGES | dict.fromkeys(HAQ_AIDS, _BOX) | dict.fromkeys(MMT_COLUMNS, RANGES["mmt_muscle"])


@dataclass(frozen=True, slots=True)
class _Inputs:
    """Columns of one instrument, cleaned, and where values were missing or out of range."""

    frame: pd.DataFrame
    missing: dict[str, np.ndarray]
    out_of_range: dict[str, np.ndarray]


def score_table(visits: pd.DataFrame, *, instruments: Iterable[str]) -> pd.DataFrame:
    """Score a table of visits; nothing is refused, what cannot be scored says why.

    Parameters
    ----------
    visits : DataFrame
        One row per visit with the columns of the tidy table of visits (global assessments in mm, single items and
        joints counted), laboratory values as ``crp_mg_l`` and ``esr_mm_h``. Key columns ``subject_id`` and
        ``visit_id`` are carried along if present.
    instruments : iterable of str
        Names of `INSTRUMENTS`.

    Returns
    -------
    DataFrame
        One row per visit and instrument: the keys, ``score`` (name of the instrument), ``value`` (unrounded, NaN
        without one), ``category`` (text, NA where the instrument has none), ``status`` ("ok", "missing_component",
        "range_error"), ``missing_list`` (names of columns missing or out of range, separated by commas; also where
        the rule of the instrument gave a value nevertheless), ``version`` and ``note`` (a replacement that was made).
        The index is that of `visits`, repeated.

    Raises
    ------
    ValueError
        An unknown instrument, or text where numbers are expected.
    KeyError
        A column that an instrument needs is absent.

    Examples
    --------
    >>> visits = pd.DataFrame({"subject_id": ["S01", "S02", "S03"], "visit_id": "W00", "tjc28": [8, 8, 29],
    ...     "sjc28": [6, None, 6], "ptga_mm": 60, "phga_mm": 55})
    >>> score_table(visits, instruments=["cdai"])[["subject_id", "value", "category", "status", "missing_list"]]
      subject_id  value category             status missing_list
    0        S01   25.5     high                 ok
    1        S02    NaN     <NA>  missing_component        sjc28
    2        S03    NaN     <NA>        range_error        tjc28
    """
    chosen = [choose(name, INSTRUMENTS, "instrument") for name in instruments]
    for instrument in chosen:
        require_columns(visits, _needed(instrument, visits))
    tables = [_rows(visits, instrument) for instrument in chosen]
    return pd.concat(tables) if tables else _rows(visits.iloc[:0], INSTRUMENTS["eq_vas"]).iloc[:0]


def _needed(instrument: Instrument, visits: pd.DataFrame) -> tuple[str, ...]:
    """Columns that must be there; recorded totals need not where their parts are."""
    if instrument.name == "mmt8" and set(MMT_COLUMNS) <= set(visits.columns):
        return ()
    return instrument.needs


def _rows(visits: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """One instrument at every visit."""
    inputs = _clean(visits, instrument)
    rejected = np.any([np.zeros(len(visits), bool), *inputs.out_of_range.values()], axis=0)
    scored = instrument.score(inputs.frame).astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan)
    values = pd.Series(np.where(rejected, np.nan, scored), index=visits.index)
    status = np.select([rejected, values.isna()], [RANGE_ERROR, MISSING], OK)
    columns = {key: visits[key] for key in KEYS if key in visits.columns} | {
        "score": pd.Series(instrument.name, index=visits.index, dtype="string"),
        "value": values,
        "category": _category(values, instrument),
        "status": pd.Series(status, index=visits.index, dtype="string"),
        "missing_list": _missing_list(inputs, visits.index),
        "version": pd.Series(instrument.version, index=visits.index, dtype="string"),
        "note": _note(inputs.frame, values, instrument),
    }
    return pd.DataFrame(columns, index=visits.index)


def _clean(visits: pd.DataFrame, instrument: Instrument) -> _Inputs:
    """Numbers within their ranges; everything else is NaN and remembered."""
    columns, missing, out_of_range = {}, {}, {}
    other_form = _other_form(visits, instrument)
    for name in (*instrument.needs, *instrument.uses):
        if name not in visits.columns:
            if name in instrument.needs:
                columns[name] = np.full(len(visits), np.nan)
            continue
        values = to_floats(visits[name], name).astype(np.float64)
        wrong = _limits(instrument, name).outside(values) & ~other_form
        columns[name] = np.where(wrong | other_form, np.nan, values)
        if wrong.any():
            out_of_range[name] = wrong
        if name not in HAQ_AIDS:
            missing[name] = np.isnan(values) & ~other_form
    if instrument.only_where is not None and other_form.any():
        missing[instrument.only_where[0]] = other_form
    return _Inputs(pd.DataFrame(columns, index=visits.index), missing, out_of_range)


def _limits(instrument: Instrument, name: str) -> Limits:
    """Limits of one column of an instrument: its own, else the usual ones."""
    found = instrument.limits.get(name) or _LIMITS.get(name)
    if found is None:
        raise KeyError(
            f"instrument {instrument.name}: column {name} has no limits; give them in scoring/ranges.py"
        )
    return found


def _other_form(visits: pd.DataFrame, instrument: Instrument) -> np.ndarray:
    """True where the visit is known to have used another form of the instrument."""
    if instrument.only_where is None or instrument.only_where[0] not in visits.columns:
        return np.zeros(len(visits), bool)
    column, value = instrument.only_where
    used = visits[column]
    return (used.notna() & (used != value).fillna(False)).to_numpy(dtype=bool)


def _category(values: pd.Series, instrument: Instrument) -> pd.Series:
    """The category as text, NA where there is none."""
    if instrument.category is None:
        return pd.Series(pd.NA, index=values.index, dtype="string")
    return instrument.category(values).astype("string")


def _missing_list(inputs: _Inputs, index: pd.Index) -> pd.Series:
    """Names of the columns that gave no usable value, joined; empty where all did."""
    lacking = {k: v.copy() for k, v in inputs.missing.items()}
    for name, wrong in inputs.out_of_range.items():
        lacking[name] = lacking.get(name, np.zeros(len(index), bool)) | wrong
    pattern = np.zeros(len(index), dtype=np.int64)  # numbered as they first occur
    for column in lacking.values():
        pattern = pd.factorize(2 * pattern + column)[0]
    first = np.flatnonzero(~pd.Series(pattern).duplicated())
    named = [",".join(name for name, column in lacking.items() if column[row]) for row in first]
    text = np.array(named, dtype=object)[pattern]
    return pd.Series(text, index=index, dtype="string")


def _note(frame: pd.DataFrame, values: pd.Series, instrument: Instrument) -> pd.Series:
    """The replacement that was made, where a value rests on one."""
    notes = pd.Series("", index=frame.index, dtype="string")
    if instrument.replaced is None:
        return notes
    return notes.mask((instrument.replaced(frame) & values.notna()).to_numpy(), instrument.replaced_text)
