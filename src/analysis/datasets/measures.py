"""The long table of measurements that the analyses of change read: subject, visit, variable, value."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.datasets.assessments import KEYS

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def measure(assessments: pd.DataFrame, *, study: "Study", scores: pd.DataFrame | None = None) -> pd.DataFrame:
    """Every endpoint of the study, and every score, at every planned visit.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.
    study : analysis.study.Study
        Its endpoints name the variables.
    scores : DataFrame, optional
        Long scores (`subject_id`, `visit_id`, `score`, `value`, `category`, `status`).

    Returns
    -------
    DataFrame
        `subject_id`, `visit_id`, `variable`, `value` (float; NaN is missing), `category`, `status` (``ok`` or why
        there is no value). A variable assessed at no visit of a subject has no rows for that subject.
    """
    wanted = dict.fromkeys([entry.variable for entry in study.endpoints if entry.table == "visits"])
    wanted |= dict.fromkeys(row.variable for row in study.baseline_table if row.variable in assessments)
    scored = [] if scores is None else scores["score"].unique()
    numeric = [
        name
        for name in wanted
        if name in assessments and name not in scored and pd.api.types.is_numeric_dtype(assessments[name])
    ]
    numbers = {
        name: assessments[name].astype("Float64").to_numpy("float64", na_value=np.nan) for name in numeric
    }
    values = assessments[KEYS].assign(**numbers)  # yes and no among them as 1 and 0
    long = values.melt(id_vars=KEYS, value_vars=numeric, var_name="variable", value_name="value")
    long = long.assign(
        value=long["value"].astype("float64"),
        category=pd.Series(pd.NA, index=long.index, dtype="string"),
        status=long["value"].isna().map({True: "missing_component", False: "ok"}),
    )
    if scores is None or not len(scored):
        return long
    more = scores.rename(columns={"score": "variable"})[[*KEYS, "variable", "value", "category", "status"]]
    return pd.concat([long, more], ignore_index=True)


def leading_endpoint(study: "Study") -> "Endpoint | None":
    """The endpoint that says whether a visit was assessed: the primary one, else the first; None without endpoints."""
    first = study.endpoints[0] if study.endpoints else None
    return next((entry for entry in study.endpoints if entry.role == "primary"), first)


def scores_without_pairs(
    measures: pd.DataFrame, visits: pd.DataFrame | None, *, study: "Study"
) -> list[tuple[tuple, str]]:
    """Scores that are endpoints and that no subject has at baseline and later, though subjects have both visits.

    Returns
    -------
    list of (place, text)
        The place in the study file and what to tell.
    """
    if visits is None or visits.empty or "visit_id" not in visits:
        return []
    found = []
    for n, entry in enumerate(study.endpoints):
        if entry.table != "scores":
            continue
        known = measures[measures["variable"].eq(entry.variable) & measures["value"].notna()]
        (first, later), (one, other) = (_before_and_after(rows, entry, study) for rows in (visits, known))
        both = first.intersection(later)
        if len(both) and one.intersection(other).empty:
            text = (
                f"no pair: {len(one)} subjects have {entry.variable} at {study.baseline_visit}, {len(other)} at a "
                f"later visit, nobody at both, though {len(both)} have both visits. Are all its components mapped?"
            )
            found.append((("endpoints", n, "variable"), text))
    return found


def _before_and_after(rows: pd.DataFrame, entry: "Endpoint", study: "Study") -> tuple[pd.Index, pd.Index]:
    """Who has a row at baseline, and who at a visit of the endpoint."""
    first, later = rows["visit_id"].eq(study.baseline_visit), rows["visit_id"].isin(entry.visits)
    return tuple(pd.Index(rows.loc[chosen, "subject_id"].unique()) for chosen in (first, later))
