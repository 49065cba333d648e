"""Rows of one table found in another by their key, without a loop over the keys."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def positions(keys: pd.Series, known: Any) -> np.ndarray:
    """Where each key stands among the known ones (each once); -1 where it does not.

    Examples
    --------
    >>> positions(pd.Series(["b", "x", None], dtype="string"), ["a", "b"]).tolist()
    [1, -1, -1]
    """
    if not len(keys):
        return np.array([], dtype=np.int64)
    found = pc.index_in(_texts(keys), value_set=_texts(known), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1)).astype(np.int64)


def _texts(keys) -> pa.Array:
    """Keys as a column of texts."""
    made = pa.array(keys, from_pandas=True)
    made = made.combine_chunks() if isinstance(made, pa.ChunkedArray) else made
    return made.cast(pa.large_string())


def among(keys: pd.Series, known: Any) -> pd.Series:
    """Whether each key is among the known ones; a missing key is not."""
    return pd.Series(positions(keys, pd.Series(known).drop_duplicates()) >= 0, index=keys.index)


def looked_up(keys: pd.Series, table: pd.Series) -> pd.Series:
    """The value of the table at each key; missing where the key is not there.

    Examples
    --------
    >>> table = pd.Series([1.5, 2.5], index=pd.Index(["a", "b"], dtype="string"))
    >>> looked_up(pd.Series(["b", "x"], dtype="string"), table).tolist()
    [2.5, nan]
    """
    found = positions(keys, table.index)
    values = table.array.take(found, allow_fill=True)
    return pd.Series(values, index=keys.index)
