"""Disease activity by visit: components, composite scores, states, remission and low disease activity."""

import pandas as pd

from analysis.summaries.shared import moments

STATES = ("remission", "low", "moderate", "high")


def by_visit(wide: pd.DataFrame, variable: str, ids: pd.Index, visits: list[str]) -> pd.DataFrame:
    """One column of the visits as a frame of participants by visits; NaN where there is no value."""
    if variable not in wide:
        raise KeyError(f"the visits have no column {variable!r}")
    spread = wide[wide["subject_id"].isin(ids)].pivot(index="subject_id", columns="visit_id", values=variable)
    return spread.reindex(index=ids, columns=visits)


def describe_by_visit(wide: pd.DataFrame, ids: pd.Index, *, variables, visits: list[str]) -> pd.DataFrame:
    """n, mean, SD, median, quartiles and range of each variable at each visit, of everybody with a value.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns (see `analysis.datasets.with_scores`).
    ids : Index
        Analysis set.
    variables : sequence of str
        Columns, in the order of display.
    visits : list of str
        Planned visits.

    Returns
    -------
    DataFrame
        `variable`, `visit` and the statistics of `moments`; `n_missing` counts the rest of the analysis set.
    """
    lines = []
    for variable in variables:
        values = by_visit(wide, variable, ids, visits).astype(float)
        lines += [{"variable": variable, "visit": visit, **moments(values[visit])} for visit in visits]
    return pd.DataFrame(lines)


def count_states(
    wide: pd.DataFrame, due: pd.DataFrame, *, instrument: str, visits: list[str]
) -> pd.DataFrame:
    """Participants in each disease state at each visit, of those due at it.

    Returns
    -------
    DataFrame
        `visit`, `state` (remission, low, moderate, high, missing), `n`, `total` (due at the visit), `share`.
    """
    states = by_visit(wide, f"{instrument}_category", due.index, visits)
    lines = []
    for visit in visits:
        of_visit = states.loc[due[visit], visit].astype("string").fillna("missing")
        for state in (*STATES, "missing"):
            n, total = int(of_visit.eq(state).sum()), len(of_visit)
            share = n / total if total else float("nan")
            lines.append({"visit": visit, "state": state, "n": n, "total": total, "share": share})
    return pd.DataFrame(lines)
