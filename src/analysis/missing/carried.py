"""Single values carried to missing visits: last observation and baseline observation.

Both are discouraged as primary analysis: they assume no change after drop-out, understate uncertainty and can be
wrong in either direction (National Research Council 2010, doi:10.17226/12955; EMA/CPMP/EWP/1776/99 Rev. 1).
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.language import tr


def derive_locf(
    observations: pd.DataFrame,
    *,
    value: str,
    visits: Sequence[Any],
    carry_baseline: bool,
    subject: str | Sequence[str] = "subject_id",
    visit: str = "visit_id",
) -> pd.DataFrame:
    """Fill missing visits with the last observed value (LOCF; discouraged, for comparison only).

    Parameters
    ----------
    observations : DataFrame
        One row per subject and visit; absent rows count as missing.
    value : str
        Column to fill.
    visits : sequence
        Planned visits in order; the first is baseline. Every subject gets a row at each.
    carry_baseline : bool
        Whether a subject without any later value keeps the baseline value.

    Returns
    -------
    DataFrame
        subject, visit, value and `method`: "observed", "LOCF (discouraged)" or "missing".

    Raises
    ------
    ValueError
        If a subject has a visit twice.

    Examples
    --------
    >>> seen = pd.DataFrame({"subject_id": ["6", "6"], "visit_id": ["w00", "w12"], "cdasi": [27.0, 22.0]})
    >>> derive_locf(seen, value="cdasi", visits=["w00", "w12", "w24"], carry_baseline=True)["cdasi"].tolist()
    [27.0, 22.0, 22.0]
    """
    wide = _planned(observations, value, visits, subject, visit)
    carried = wide.ffill(axis=1)
    if not carry_baseline:
        later = wide.iloc[:, 1:].ffill(axis=1)
        carried = pd.concat([wide.iloc[:, :1], later], axis=1)
    return _labelled(wide, carried, value, tr("LOCF (discouraged)"))


def derive_bocf(
    observations: pd.DataFrame,
    *,
    value: str,
    visits: Sequence[Any],
    subject: str | Sequence[str] = "subject_id",
    visit: str = "visit_id",
) -> pd.DataFrame:
    """Fill missing visits with the baseline value: whoever is missing is taken to have returned to baseline.

    Parameters and result as in `derive_locf`; `method` is "BOCF" where a value was filled.

    Examples
    --------
    >>> seen = pd.DataFrame({"subject_id": ["6", "6"], "visit_id": ["w00", "w12"], "cdasi": [27.0, 22.0]})
    >>> derive_bocf(seen, value="cdasi", visits=["w00", "w12", "w24"])["cdasi"].tolist()
    [27.0, 22.0, 27.0]
    """
    wide = _planned(observations, value, visits, subject, visit)
    carried = wide.apply(lambda column: column.fillna(wide.iloc[:, 0]))
    return _labelled(wide, carried, value, "BOCF")


def _planned(observations, value, visits, subject, visit):
    """One row per subject, one column per planned visit; a visit held twice is refused."""
    twice = observations.duplicated([subject, visit])
    if twice.any():
        some = observations.loc[twice, subject].unique()[:5].tolist()
        raise ValueError(
            f"{int(twice.sum())} rows repeat a subject and visit (subjects {some}): keep one of each"
        )
    wide = observations.set_index([subject, visit])[value].unstack()
    return wide.reindex(columns=pd.Index(list(visits), name=visit))


def _labelled(wide, carried, value, name):
    """Back to one row per subject and visit, each value with how it came about."""
    values = carried.stack(future_stack=True)  # noqa: PD013, row by row, in the order of the visits
    filled = values.rename(value).reset_index()
    observed = wide.notna().to_numpy().ravel()
    label = (
        pd.Series(name, index=filled.index).mask(observed, "observed").mask(filled[value].isna(), "missing")
    )
    return filled.assign(method=label)
