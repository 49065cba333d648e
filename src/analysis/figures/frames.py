"""What figures ask of the frames they draw: columns that exist, an order, places on an axis."""

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

COUNT_PT = 23.0  # points on the axis that a count needs


def need(frame: pd.DataFrame, columns: Sequence[str], *, values: Sequence[str] = ()) -> pd.DataFrame:
    """The rows that can be drawn: all columns are there, and none of `values` is missing.

    Raises
    ------
    KeyError
        A column is missing; the message names the nearest one that exists.

    Examples
    --------
    >>> need(pd.DataFrame({"visits": ["w0"]}), ["visit"])
    Traceback (most recent call last):
    KeyError: "the frame has no column 'visit'; did you mean 'visits'?"
    """
    for name in columns:
        if name not in frame.columns:
            near = get_close_matches(name, [str(column) for column in frame.columns], n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; it has {list(frame.columns)}"
            raise KeyError(f"the frame has no column {name!r}{hint}")
    return frame.dropna(subset=list(values)) if values else frame


def in_order(column: pd.Series) -> list:
    """Distinct values: in the order of the categories, of the numbers, or else of first appearance.

    Examples
    --------
    >>> in_order(pd.Series(["Week 4", "Week 0", "Week 4"]))
    ['Week 4', 'Week 0']
    """
    present = column.dropna()
    if isinstance(column.dtype, pd.CategoricalDtype):
        seen = set(present)
        return [value for value in column.cat.categories if value in seen]
    distinct = list(dict.fromkeys(present))
    return sorted(distinct) if pd.api.types.is_numeric_dtype(column.dtype) else distinct


def places(column: pd.Series, *, panels: int = 1) -> dict:
    """Where each visit stands on the x axis: a number at its own value, a name at its rank.

    Numbers too close together for their labels and counts stand at their ranks, too.

    Parameters
    ----------
    column : Series
        The visits.
    panels : int
        Panels of the figure; two stand side by side from two on.

    Examples
    --------
    >>> places(pd.Series(["Week 0", "Week 4"])), places(pd.Series([0, 24, 4]))
    ({'Week 0': 0.0, 'Week 4': 1.0}, {0: 0.0, 4: 4.0, 24: 24.0})
    >>> places(pd.Series([0, 24, 4]), panels=6)
    {0: 0.0, 4: 1.0, 24: 2.0}
    """
    values = in_order(column)
    if pd.api.types.is_numeric_dtype(column.dtype) and _room_for(values, panels):
        return {value: float(value) for value in values}
    return {value: float(rank) for rank, value in enumerate(values)}


def _room_for(values: list, panels: int) -> bool:
    """Whether the closest two of some ascending numbers leave room for a three-digit count."""
    axis_pt = 310 if panels == 1 else 130
    gaps = np.diff(np.asarray(values, dtype=float))
    return len(gaps) == 0 or axis_pt * gaps.min() / gaps.sum() >= COUNT_PT


def parts(frame: pd.DataFrame, column: str) -> list[tuple[object, pd.DataFrame]]:
    """The frame split by a column in its order; one part without a name where the column is absent."""
    if column not in frame.columns:
        return [(None, frame)]
    return [(name, frame[frame[column] == name]) for name in in_order(frame[column])]


def share_check(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse per cent where a fraction of one is expected."""
    for name in columns:
        values = frame[name].to_numpy(dtype=float, na_value=np.nan)
        outside = int(((values < 0) | (values > 1)).sum())
        if outside:
            raise ValueError(
                f"{name}: {outside} values outside 0 to 1; give shares as fractions, not per cent"
            )
