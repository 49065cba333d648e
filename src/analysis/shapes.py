"""Scalars, arrays and Series in, the same shape out."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def as_numbers(values: ArrayLike) -> np.ndarray:
    """Floats of a scalar, an array or a Series; None and NA are NaN."""
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=float, na_value=np.nan)
    return np.asarray(np.nan if values is None or values is pd.NA else values, dtype=float)


def shared_index(**inputs: Any) -> pd.Index | None:
    """The index of the Series among the named inputs; different ones are refused, None without a Series.

    Examples
    --------
    >>> shared_index(events=pd.Series([1, 2]), person_years=10.0)
    RangeIndex(start=0, stop=2, step=1)
    """
    indexes = [one.index for one in inputs.values() if isinstance(one, pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        raise ValueError(f"{' and '.join(inputs)} must share one index: align them first")
    return indexes[0] if indexes else None


def shaped(values: np.ndarray, index: pd.Index | None) -> Any:
    """A float for a scalar, a Series where there is an index, else the array.

    Examples
    --------
    >>> shaped(np.array(0.5), None)
    0.5
    """
    if index is not None:
        return pd.Series(values, index=index)
    return float(values) if values.ndim == 0 else values


def dates_of(ids: pd.Series, by_subject: pd.Series) -> pd.Series:
    """The date of each row's subject; pandas' own `map` fails where nobody has one yet.

    Examples
    --------
    >>> nobody = pd.Series([], index=pd.Index([], dtype="string"), dtype="datetime64[us]")
    >>> dates_of(pd.Series(["A"]), nobody).isna().tolist()
    [True]
    """
    found = by_subject.reindex(pd.Index(ids)) if len(by_subject) else pd.Series(pd.NaT, index=range(len(ids)))
    return pd.Series(found.to_numpy(dtype="datetime64[us]"), index=ids.index)
