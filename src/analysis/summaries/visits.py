"""Who came: subjects with each planned visit, and with each endpoint at it."""

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.language import tr
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study


def summarise_visits(
    assessments: pd.DataFrame,
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    visits: Collection[str] | None = None,
    due: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Count, for every planned visit, the subjects seen and those with a value of each endpoint.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Its visits and endpoints.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str, optional
        Visits to count; all planned ones by default.
    due : DataFrame, optional
        Whether each visit (columns) is due for each subject (index); by default all are.

    Returns
    -------
    DataFrame
        Rows of the results table, analysis ``attendance``: variable ``visit`` for being seen, else the endpoint; ``n``
        is the number of subjects due. An endpoint has no rows at a visit at which it is not planned and was never
        assessed. Nobody is counted, with the reason, where the study file reads no table of visits.
    """
    recorded = "visits" in study.tables or not assessments.empty
    note = "" if recorded else tr("The study file reads no visits.")
    frames = []
    for group, ids in members.items():
        for visit in [visit for visit in study.visits if visits is None or visit.id in visits]:
            expected = ids if due is None else ids[due.loc[ids, visit.id]]
            for variable, count in _counts(assessments, measures, expected, visit.id, study).items():
                frames.append(
                    results.rows_of(
                        {
                            "count": count if recorded else math.nan,
                            "n": len(expected),
                            "n_missing": len(expected) - count,
                        },
                        note=note,
                        analysis="attendance",
                        variable=variable,
                        population=population,
                        visit=visit.id,
                        group=group,
                    )
                )
    return results.stack(frames)


def _counts(assessments: pd.DataFrame, measures: pd.DataFrame, ids: pd.Index, visit: str, study) -> dict:
    """Of some subjects, those seen at a visit and those with a value of each endpoint."""
    seen = assessments[assessments["visit_id"].eq(visit) & among(assessments["subject_id"], ids)]
    known = measures[
        measures["visit_id"].eq(visit) & among(measures["subject_id"], ids) & measures["value"].notna()
    ]
    counts = {"visit": seen["subject_id"].nunique()}
    for entry in study.endpoints:
        count = known.loc[known["variable"].eq(entry.variable), "subject_id"].nunique()
        if count or visit in (study.baseline_visit, *entry.visits):
            counts[entry.id] = count
    return counts
