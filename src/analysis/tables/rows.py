"""Looking up numbers among the rows of the results table."""

import numpy as np
import pandas as pd


def pick(rows: pd.DataFrame, **keys: str) -> dict[str, float]:
    """The statistics of one result, by name; missing ones are absent.

    Parameters
    ----------
    rows : DataFrame
        Rows of the results table.
    **keys : str
        Values of `analysis`, `variable`, `visit`, `group`, `population` that identify one result.

    Examples
    --------
    >>> rows = pd.DataFrame({"analysis": ["a", "a"], "statistic": ["n", "mean"], "value": [3.0, 1.5]})
    >>> pick(rows, analysis="a")
    {'n': 3.0, 'mean': 1.5}
    """
    chosen = np.ones(len(rows), dtype=bool)
    for name, value in keys.items():
        chosen &= np.asarray(rows[name].array == value, dtype=bool)
    at = np.flatnonzero(chosen)
    named, values = (rows[name].to_numpy()[at].tolist() for name in ("statistic", "value"))
    found = dict(zip(named, values, strict=True))
    if len(found) < len(named):
        raise ValueError(f"{keys} do not identify one result; add population, visit or group")
    return found


def each(rows: pd.DataFrame, *keys: str) -> dict[tuple[str, ...], dict[str, float]]:
    """What `pick` finds, for every combination of these keys at once.

    Examples
    --------
    >>> rows = pd.DataFrame({"visit": ["w4", "w8"], "statistic": ["n", "n"], "value": [3.0, 2.0]})
    >>> each(rows, "visit")
    {('w4',): {'n': 3.0}, ('w8',): {'n': 2.0}}
    """
    found: dict[tuple[str, ...], dict[str, float]] = {}
    columns = [rows[name].to_numpy().tolist() for name in (*keys, "statistic", "value")]
    for *combination, statistic, value in zip(*columns, strict=True):
        result = found.setdefault(tuple(combination), {})
        if statistic in result:
            raise ValueError(f"{combination} do not identify one result; add population, visit or group")
        result[statistic] = value
    return found


def methods(rows: pd.DataFrame, analysis: str) -> list[str]:
    """The method sentences of an analysis, each once."""
    found = rows.loc[rows["analysis"].eq(analysis), "method"]
    return [text for text in found.drop_duplicates() if text]
