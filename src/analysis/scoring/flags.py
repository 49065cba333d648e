"""Yes, no and missing as whole columns: reading them, and the Kleene rules for combining them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.vectors import SHOWN, to_floats


def to_flags(values: object, name: str) -> np.ndarray:
    """One column as 1, 0 and NaN; anything else is refused."""
    flags = np.atleast_1d(to_floats(values, name)).astype(np.float64)
    wrong = np.flatnonzero(~(np.isnan(flags) | (flags == 0) | (flags == 1)))
    if wrong.size:
        where = values.index[wrong] if isinstance(values, pd.Series) else wrong
        rows = ", ".join(map(str, where[:SHOWN]))
        raise ValueError(
            f"{name}: {wrong.size} value(s) that are neither yes (1), no (0) nor missing, in row(s) {rows}"
        )
    return flags


def flag_matrix(
    frame: pd.DataFrame, columns: tuple[str, ...], *, optional: tuple[str, ...] = ()
) -> np.ndarray:
    """Columns of yes, no and missing as rows of floats; an absent optional column is missing throughout."""
    require_columns(frame, [c for c in columns if c not in optional])
    blank = np.full(len(frame), np.nan)
    rows = [to_flags(frame[c], c) if c in frame.columns else blank for c in columns]
    return np.stack(rows) if rows else np.empty((0, len(frame)))


def require_columns(frame: pd.DataFrame, columns: list[str] | tuple[str, ...]) -> None:
    """Refuse a frame without these columns."""
    if absent := [c for c in columns if c not in frame.columns]:
        raise KeyError(f"column(s) absent: {', '.join(absent)}; found {', '.join(map(str, frame.columns))}")


def all_true(flags: np.ndarray) -> np.ndarray:
    """Kleene conjunction down the rows."""
    flags = np.asarray(flags)
    return np.where((flags == 0).any(axis=0), 0.0, np.where(np.isnan(flags).any(axis=0), np.nan, 1.0))


def any_true(flags: np.ndarray) -> np.ndarray:
    """Kleene disjunction down the rows."""
    flags = np.asarray(flags)
    return np.where((flags == 1).any(axis=0), 1.0, np.where(np.isnan(flags).any(axis=0), np.nan, 0.0))


def count_range(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How many rows hold at least and at most, the missing ones being open."""
    held = (flags == 1).sum(axis=0)
    return held, held + np.isnan(flags).sum(axis=0)


def decided(lowest: np.ndarray, highest: np.ndarray, needed: float) -> np.ndarray:
    """1 if even the lowest possible value suffices, 0 if not even the highest does, NaN between."""
    return np.where(lowest >= needed, 1.0, np.where(highest < needed, 0.0, np.nan))


def known(holds: np.ndarray, *values: np.ndarray) -> np.ndarray:
    """A comparison as 1 and 0, NaN where a value it rests on is missing."""
    missing = np.any([np.isnan(v) for v in values], axis=0)
    return np.where(missing, np.nan, holds.astype(np.float64))


def boolean(flags: np.ndarray, index: pd.Index | None = None) -> pd.Series | pd.arrays.BooleanArray:
    """1, 0 and NaN as a boolean column with NA."""
    values = pd.arrays.BooleanArray(flags == 1, np.isnan(flags))
    return values if index is None else pd.Series(values, index=index)
