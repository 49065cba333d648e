"""What the summaries share: subjects of each group, and measurements as one column per visit."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study


def group_members(
    subjects: pd.DataFrame,
    populations: pd.DataFrame,
    *,
    study: "Study",
    population: str,
    pooled: bool = False,
) -> dict:
    """Subject ids of an analysis set, by group in the order of display; one group ``all`` without grouping.

    Parameters
    ----------
    subjects, populations : DataFrame
        One row per subject.
    study : analysis.study.Study
        Its `groups`, if any.
    population : str
        Name of an analysis set.
    pooled : bool
        One group ``all`` although the study has groups: an interim look at a randomised trial stays blind to the arms.

    Returns
    -------
    dict of str to Index
        A subject without a group is an error: it would vanish from every table.
    """
    if population not in populations:
        known = ", ".join(name for name in populations.columns if name != "subject_id")
        raise KeyError(f"there is no analysis set {population!r}; the study file defines {known}")
    ids = pd.Index(populations.loc[populations[population], "subject_id"])
    if pooled or study.groups is None:
        return {"all": ids}
    group = subjects.set_index("subject_id")[study.groups.variable].reindex(ids)
    without = group.index[~group.isin(study.groups.order)]
    if len(without):
        raise ValueError(
            f"{len(without)} subjects of {population} have no {study.groups.variable} among {study.groups.order} "
            f"(e.g. {', '.join(without[:5])})"
        )
    return {name: group.index[group.eq(name)] for name in study.groups.order}


def visits_wide(measures: pd.DataFrame, variable: str, ids: pd.Index, visits: list[str]) -> pd.DataFrame:
    """One variable as a frame of subjects by visits; NaN where a subject has no value."""
    rows = measures[measures["variable"].eq(variable) & among(measures["subject_id"], ids)]
    wide = rows.pivot(index="subject_id", columns="visit_id", values="value")
    return wide.reindex(index=ids, columns=visits).astype(float)


def moments(values: pd.Series) -> dict:
    """n, missing, mean, SD, median, quartiles and range of one column of numbers.

    Quartiles are by linear interpolation (R's type 7).
    """
    known = values.dropna().to_numpy(dtype=float)
    if not len(known):
        return {"n": 0, "n_missing": int(values.isna().sum())}
    q1, median, q3 = np.quantile(known, [0.25, 0.5, 0.75])
    return {
        "n": len(known),
        "n_missing": int(values.isna().sum()),
        "mean": float(known.mean()),
        "sd": float(known.std(ddof=1)) if len(known) > 1 else np.nan,
        "median": float(median),
        "q1": float(q1),
        "q3": float(q3),
        "min": float(known.min()),
        "max": float(known.max()),
    }


def by_visit(wide: pd.DataFrame, variable: str, ids: pd.Index, visits: list[str]) -> pd.DataFrame:
    """One column of the visits as a frame of participants by visits; NaN where there is no value."""
    if variable not in wide:
        raise KeyError(f"the visits have no column {variable!r}")
    spread = wide[among(wide["subject_id"], ids)].pivot(
        index="subject_id", columns="visit_id", values=variable
    )
    return spread.reindex(index=ids, columns=visits)
