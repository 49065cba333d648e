"""Which values are missing together, and at which visits."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def count_patterns(measurements: pd.DataFrame) -> pd.DataFrame:
    """Count subjects by pattern of missing columns, the commonest pattern first.

    Parameters
    ----------
    measurements : DataFrame
        One row per subject, one column per visit or variable.

    Returns
    -------
    DataFrame
        One boolean column per measurement (True: observed), then n, share and columns_missing (how many).

    Examples
    --------
    >>> wide = pd.DataFrame({"w00": [5.0, 6.0, 7.0], "w24": [3.0, None, 4.0]})
    >>> count_patterns(wide)[["w24", "n"]].values.tolist()
    [[True, 2], [False, 1]]
    """
    columns = list(measurements.columns)
    observed = measurements.notna()
    counted = observed.groupby(columns, sort=False).size().rename("n").reset_index()
    counted = counted.assign(
        share=counted["n"] / len(measurements), columns_missing=(~counted[columns]).sum(axis=1)
    )
    return counted.sort_values(
        ["n", "columns_missing"], ascending=[False, True], kind="stable", ignore_index=True
    )


def is_monotone(measurements: pd.DataFrame) -> bool:
    """Whether nobody returns after a missing visit: columns in order of time, no value after a gap.

    Examples
    --------
    >>> is_monotone(pd.DataFrame({"w00": [5.0, 6.0], "w12": [4.0, None], "w24": [3.0, 2.0]}))
    False
    """
    observed = measurements.notna().to_numpy()
    return bool((observed[:, 1:] <= observed[:, :-1]).all())


def count_by_visit(
    observations: pd.DataFrame,
    *,
    value: str,
    visits: Sequence[Any],
    subjects: Sequence[Any],
    subject: str | Sequence[str] = "subject_id",
    visit: str = "visit_id",
) -> pd.DataFrame:
    """Count observed and missing values per visit against the subjects expected there.

    Parameters
    ----------
    observations : DataFrame
        One row per subject and visit; absent rows count as missing.
    value : str
        Column to count.
    visits, subjects : sequence
        The planned visits in order, and everybody who should have been seen.

    Returns
    -------
    DataFrame
        visit, n_expected, n, n_missing, share_missing. The method of counting is by subject, each once per visit.

    Examples
    --------
    >>> seen = pd.DataFrame({"subject_id": ["1", "2", "1"], "visit_id": ["w00", "w00", "w24"], "das": [5, 6, 3.1]})
    >>> count_by_visit(seen, value="das", visits=["w00", "w24"], subjects=["1", "2"])["n_missing"].tolist()
    [0, 1]
    """
    expected = pd.Index(subjects).unique()
    present = observations.loc[observations[value].notna() & observations[subject].isin(expected)]
    counted = present.groupby(visit)[subject].nunique().reindex(list(visits), fill_value=0)
    return pd.DataFrame(
        {
            visit: list(visits),
            "n_expected": len(expected),
            "n": counted.to_numpy(),
            "n_missing": len(expected) - counted.to_numpy(),
            "share_missing": 1 - counted.to_numpy() / (len(expected) or np.nan),
        }
    )
