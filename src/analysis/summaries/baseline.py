"""Who was studied: baseline characteristics by group."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis import results
from analysis.summaries.shared import moments


def summarise_baseline(
    characteristics: pd.DataFrame, members: dict, *, variables: Sequence[Any], population: str
) -> pd.DataFrame:
    """Describe baseline characteristics in each group and in all.

    Parameters
    ----------
    characteristics : DataFrame
        Indexed by subject id; numbers, booleans and categories in columns.
    members : dict of str to Index
        Subject ids per group.
    variables : sequence
        Entries with `variable`: the lines of the table, in order.
    population : str
        Name of the analysis set, for the results.

    Returns
    -------
    DataFrame
        Rows of the results table, analysis ``baseline``. Numbers: n, mean, SD, median, quartiles, range.
        Categories: one row with `count` and one with `proportion` per category, of those with a known value.
    """
    everyone = {**members, "all": pd.Index([id_ for ids in members.values() for id_ in ids])}
    frames = []
    for entry in variables:
        if entry.variable not in characteristics:
            raise KeyError(f"baseline_table names {entry.variable!r}, which is not in the data")
        of_all = characteristics[entry.variable].reindex(everyone["all"])
        for group, ids in everyone.items():
            values = of_all.reindex(ids)
            keys = {
                "analysis": "baseline",
                "variable": entry.variable,
                "population": population,
                "group": group,
            }
            if _numeric(values):
                frames.append(results.rows_of(moments(values), **keys))
            else:
                frames += _categories(values, _levels(of_all), keys)
    return results.stack(frames)


def _numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _levels(values: pd.Series) -> list:
    """The lines of a category, the same in every group: a group without one of them shows a 0."""
    if pd.api.types.is_bool_dtype(values):
        return [True]
    if isinstance(values.dtype, pd.CategoricalDtype):
        return list(values.cat.categories)
    return sorted(values.dropna().unique())


def _categories(values: pd.Series, levels: list, keys: dict) -> list[pd.DataFrame]:
    """Counts and shares; the category stands in the place of the visit, which baseline has only one of."""
    known = values.dropna()
    counts = {level: int(known.eq(level).sum()) for level in levels}
    missing = int(values.isna().sum())
    return [
        results.rows_of({"n": len(known), "n_missing": missing}, **keys),
        *(
            results.rows_of(
                {
                    "count": count,
                    "proportion": count / len(known) if len(known) else float("nan"),
                    "n": len(known),
                },
                unit="proportion",
                note=str(level),
                visit=str(level),
                **keys,
            )
            for level, count in counts.items()
        ),
    ]
