"""Categories as numbers to group by: a missing one is refused, for -1 is the group of somebody else."""

import numpy as np
import pandas as pd


def keys(categories: pd.Series) -> np.ndarray:
    """Give the code of every row's category; a row without one is an error.

    Raises
    ------
    ValueError
        Naming the column and how many rows have no category.

    Examples
    --------
    >>> keys(pd.Series(["b", "a", "b"], dtype="category"))
    array([1, 0, 1])
    >>> keys(pd.Series(["b", None], name="drug", dtype="category"))
    Traceback (most recent call last):
    ValueError: 1 of 2 rows have no 'drug': a missing category is no group; name it before counting by it
    """
    codes = categories.cat.codes.to_numpy().astype(np.int64)
    lost = int((codes < 0).sum())
    if lost:
        raise ValueError(
            f"{lost} of {len(codes)} rows have no {categories.name!r}: a missing category is no group; "
            "name it before counting by it"
        )
    return codes
