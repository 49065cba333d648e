"""Tidy frames of statistics as rows of the results table."""

from collections.abc import Mapping

import pandas as pd

from analysis import results

KEY_COLUMNS = ("variable", "visit", "group", "unit", "note")


def rows_from(
    frame: pd.DataFrame,
    *,
    analysis: str,
    population: str = "",
    unit: str = "",
    kind: str | Mapping[str, str] = "",
) -> pd.DataFrame:
    """Each line of a tidy frame as the rows of one result.

    Parameters
    ----------
    frame : DataFrame
        One line per result. `variable` is needed; `visit`, `group`, `unit`, `note` and `method` are used where they
        are there; every other column of numbers is a statistic; a `proportion`, or one
        that ends in ``_share``, is a fraction of one. Text is not a result and is left out.
    analysis, population : str
        Parts of the id.
    unit : str
        Unit where the frame has no column of that name.
    kind : str or mapping
        What kind of number each statistic is, where its name does not say (`analysis.kinds`).

    Examples
    --------
    >>> frame = pd.DataFrame({"variable": ["cdai"], "visit": ["W24"], "mean": [12.5], "n": [20]})
    >>> rows_from(frame, analysis="activity", population="COHORT")["result_id"].tolist()
    ['activity.cohort.cdai.w24.all.mean', 'activity.cohort.cdai.w24.all.n']
    """
    made = []
    for line in frame.to_dict("records"):
        keys = {name: line.pop(name) for name in KEY_COLUMNS if name in line}
        keys = {name: value for name, value in keys.items() if isinstance(value, str)}
        settled = {"unit": unit, **keys}
        made.append(results.rows_of(line, analysis=analysis, population=population, kind=kind, **settled))
    rows = results.stack(made)
    shares = rows["statistic"].eq("proportion") | rows["statistic"].str.endswith("_share")
    return rows.assign(unit=rows["unit"].mask(shares, "proportion"))
