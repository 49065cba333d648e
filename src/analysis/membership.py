"""Who of a column is among given ids, in time that does not grow with every id."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd


def among(column: pd.Series | pd.Index, ids: Iterable[Any]) -> Any:
    """As the `isin` of pandas, which turns each id of text into an object of its own (7 microseconds each).

    Parameters
    ----------
    column : Series or Index
        Ids, any number of times.
    ids : iterable
        Those looked for; order and repetition do not matter.

    Returns
    -------
    Series or array of bool
        A Series has the index of the column. Nothing known is among nothing known only where both lack an id.

    Examples
    --------
    >>> among(pd.Series(["P1", "P2", "P1"]), ["P1", "P9"]).tolist()
    [True, False, True]
    """
    wanted = (ids if isinstance(ids, pd.Index) else pd.Index(list(ids))).unique()
    found = wanted.get_indexer(pd.Index(column)) >= 0 if len(wanted) else np.zeros(len(column), dtype=bool)
    return pd.Series(found, index=column.index, name=column.name) if isinstance(column, pd.Series) else found
