"""Carry numbers in, checked and in chunks, and answers out in the shape they came in.

Every score of this package is a kernel on float arrays. What surrounds it is the same for all: scalars, arrays and
Series are aligned, values outside the allowed range are refused, the kernel runs over chunks that fit the
processor's cache, and the answer goes back as a float, an array or a Series with the index that came in.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.ranges import RANGES, Limits

CHUNK = 32_768
THREADS_FROM = 16  # chunks, about half a million rows
MAX_THREADS = 8
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Aligned:
    """Named one-dimensional arrays of one length and the shape to give back."""

    arrays: dict[str, np.ndarray]
    length: int
    index: pd.Index | None
    scalar: bool

    def chunk(self, start: int) -> list[np.ndarray]:
        """One piece of every column, as floats."""
        stop = start + CHUNK
        return [a[start:stop].astype(np.float64, copy=False) for a in self.arrays.values()]


def nearest(name: Any, known: Iterable[str]) -> str:
    """The end of an error message: the nearest known name, and all of them."""
    names = [str(k) for k in known]
    close = difflib.get_close_matches(str(name), names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{hint} Known: {', '.join(names)}."


def choose(value: ArrayLike, table: Mapping[str, Any], what: str) -> Any:
    """The entry of a table of choices, or a ValueError that lists them."""
    if value in table:
        return table[value]
    raise ValueError(f"unknown {what} {value!r}{nearest(value, table)}")


def to_floats(values: ArrayLike, name: str) -> np.ndarray:
    """Numbers as a one-dimensional array; missing in any spelling becomes NaN, text is refused."""
    if isinstance(values, (pd.Series, pd.Index)) or hasattr(values, "isna"):
        plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "biuf"
        masked = not plain and getattr(values.dtype, "kind", "O") in "biuf"  # such as boolean with NA
        raw = (
            values.to_numpy(dtype=np.float64, na_value=np.nan)
            if masked
            else values.to_numpy(dtype=None if plain else object)
        )
    else:
        raw = np.asarray(np.nan if values is None or values is pd.NA else values)
    if raw.dtype.kind == "O":
        raw = _objects_to_floats(raw, name)
    if raw.dtype.kind not in "biuf":
        raise ValueError(f"{name}: numbers expected, found {raw.dtype}; read the column as numbers first")
    if raw.ndim > 1:
        raise ValueError(f"{name}: one column expected, found an array of shape {raw.shape}")
    return raw


def _objects_to_floats(raw: np.ndarray, name: str) -> np.ndarray:
    missing = pd.isna(raw)
    known = raw[~missing]
    if any(isinstance(v, (str, bytes)) for v in known.ravel()):
        raise ValueError(f"{name}: numbers expected, found text; read the column as numbers first")
    floats = np.full(raw.shape, np.nan)
    floats[~missing] = known.astype(np.float64)
    return floats


def align(inputs: Mapping[str, Any]) -> Aligned:
    """Bring inputs to one length and order; Series are matched by their index labels.

    Raises
    ------
    ValueError
        Two Series with different index labels, or arrays of different lengths.
    """
    index = _common_index(inputs)
    arrays = {k: to_floats(_in_order(v, index, k), k) for k, v in inputs.items()}
    lengths = {a.size for a in arrays.values() if a.ndim} | ({len(index)} if index is not None else set())
    if len(lengths) > 1:
        sizes = ", ".join(f"{k} {a.size}" for k, a in arrays.items() if a.ndim)
        raise ValueError(f"columns of different lengths: {sizes}; give one value per row in each")
    scalar = not lengths
    length = lengths.pop() if lengths else 1
    return Aligned({k: _repeatable(a, length) for k, a in arrays.items()}, length, index, scalar)


def _repeatable(values: np.ndarray, length: int) -> np.ndarray:
    """A column of the full length; a single value is repeated without being copied."""
    return values if values.ndim else np.broadcast_to(values, (length,))


def _common_index(inputs: Mapping[str, Any]) -> pd.Index | None:
    """The index of the first Series."""
    return next((v.index for v in inputs.values() if isinstance(v, pd.Series)), None)


def _in_order(value: Any, index: pd.Index | None, name: str) -> Any:
    """A Series in the order of `index`; anything else as it is."""
    if index is None or not isinstance(value, pd.Series) or value.index is index or value.index.equals(index):
        return value
    other = value.index
    if len(other) != len(index) or not (other.is_unique and index.is_unique and other.isin(index).all()):
        raise ValueError(
            f"{name}: its index ({len(other)} labels) does not match that of the first Series ({len(index)} labels); "
            "align both to the same rows first"
        )
    return value.reindex(index)


def check(name: str, values: np.ndarray, index: pd.Index | None, *, limits: Limits | None = None) -> None:
    """Refuse values outside their allowed range, naming how many and where, never the values."""
    limits = limits or RANGES[name]
    bad = np.flatnonzero(limits.outside(values))
    if bad.size == 0:
        return
    rows = bad if index is None else index[bad]
    shown = ", ".join(str(r) for r in rows[:SHOWN]) + (", ..." if bad.size > SHOWN else "")
    raise ValueError(
        f"{name}: {bad.size} value(s) outside {limits}, in row(s) {shown}; check the unit and correct the data"
    )


def evaluate(
    kernel: Callable[..., np.ndarray],
    inputs: Mapping[str, Any],
    *,
    dtype: type = np.float64,
    limits: Mapping[str, Limits] | None = None,
) -> tuple[np.ndarray, Aligned]:
    """Run a kernel over checked chunks of aligned inputs; each input is checked against the range of its name."""
    aligned = align(inputs)
    bounds = [(limits or RANGES)[name] for name in inputs]
    out = np.empty(aligned.length, dtype)

    def fill(block: range) -> None:
        for start in block:
            chunk = aligned.chunk(start)
            if not all(bound.surely_holds(values) for bound, values in zip(bounds, chunk)):
                _check_all(aligned, bounds)
            out[start : start + CHUNK] = kernel(*chunk)

    _in_threads(fill, range(0, aligned.length, CHUNK))
    return out, aligned


def _check_all(aligned: Aligned, bounds: list[Limits]) -> None:
    """Check whole columns, so that an error names all rows."""
    for (name, values), bound in zip(aligned.arrays.items(), bounds):
        check(name, values, aligned.index, limits=bound)


def _in_threads(fill: Callable[[range], None], chunks: range) -> None:
    """Run over all chunks, on all processors where there are many: NumPy computes outside the interpreter lock."""
    n_threads = 1 if len(chunks) < THREADS_FROM else min(os.cpu_count() or 1, MAX_THREADS)
    if n_threads == 1:
        fill(chunks)
        return
    with ThreadPoolExecutor(n_threads) as pool:
        for _ in pool.map(fill, (chunks[i::n_threads] for i in range(n_threads))):
            pass  # an error of a thread is raised here


def as_numbers(out: np.ndarray, aligned: Aligned) -> Any:
    """A float, an array or a Series."""
    if aligned.index is not None:
        return pd.Series(out, index=aligned.index, copy=False)
    return float(out[0]) if aligned.scalar else out


def as_category(codes: np.ndarray, aligned: Aligned, labels: pd.CategoricalDtype) -> Any:
    """Codes (-1 is missing) as a string or NA, a Categorical, or a categorical Series."""
    if aligned.scalar:
        return pd.NA if codes[0] < 0 else labels.categories[codes[0]]
    values = pd.Categorical.from_codes(codes, dtype=labels, validate=False)
    return values if aligned.index is None else pd.Series(values, index=aligned.index, copy=False)


def as_flags(codes: np.ndarray, aligned: Aligned) -> Any:
    """Codes (1 yes, 0 no, -1 missing) as a bool or NA, a BooleanArray, or a boolean Series."""
    if aligned.scalar:
        return pd.NA if codes[0] < 0 else bool(codes[0])
    values = pd.arrays.BooleanArray(codes == 1, codes < 0)
    return values if aligned.index is None else pd.Series(values, index=aligned.index, copy=False)


def number(kernel: Callable[..., np.ndarray], **inputs: Any) -> Any:
    """Score as numbers."""
    return as_numbers(*evaluate(kernel, inputs))


def flag(kernel: Callable[..., np.ndarray], **inputs: Any) -> Any:
    """Score as yes, no or missing; the kernel gives the codes 1, 0 and -1."""
    return as_flags(*evaluate(kernel, inputs, dtype=np.int8))


def category(kernel: Callable[..., np.ndarray], labels: pd.CategoricalDtype, **inputs: Any) -> Any:
    """Score as a category; the kernel gives codes, -1 for missing."""
    return as_category(*evaluate(kernel, inputs, dtype=np.int8), labels)


def ordered(*names: str) -> pd.CategoricalDtype:
    """An ordered set of categories, lowest first."""
    return pd.CategoricalDtype(list(names), ordered=True)
