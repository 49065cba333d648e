"""Who came: subjects with each planned visit, and with each endpoint at it."""

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import results
from analysis.language import tr
from analysis.membership import positions

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
        seen, known = (_placed(rows, ids) for rows in (assessments, measures[measures["value"].notna()]))
        for visit in [visit for visit in study.visits if visits is None or visit.id in visits]:
            expected = np.ones(len(ids), dtype=bool) if due is None else due.loc[ids, visit.id].to_numpy()
            for variable, count in _counts(seen, known, expected, visit.id, study).items():
                frames.append(
                    results.rows_of(
                        {
                            "count": count if recorded else math.nan,
                            "n": int(expected.sum()),
                            "n_missing": int(expected.sum()) - count,
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


def _placed(rows: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The rows of these subjects, with the place of each among them."""
    place = positions(rows["subject_id"], ids)
    names = [name for name in ("visit_id", "variable") if name in rows]
    return rows.loc[place >= 0, names].assign(place=place[place >= 0])


def _counts(seen: pd.DataFrame, known: pd.DataFrame, expected: np.ndarray, visit: str, study) -> dict:
    """Of the subjects expected, those seen at a visit and those with a value of each endpoint."""

    def people(rows: pd.DataFrame) -> int:
        came = np.zeros(len(expected), dtype=bool)
        came[rows["place"]] = True
        return int((came & expected).sum())

    seen, known = (rows[rows["visit_id"].eq(visit)] for rows in (seen, known))
    counts = {"visit": people(seen)}
    for entry in study.endpoints:
        count = people(known[known["variable"].eq(entry.variable)])
        if count or visit in (study.baseline_visit, *entry.visits):
            counts[entry.id] = count
    return counts
