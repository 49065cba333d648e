"""Who came: subjects with each planned visit, and with each endpoint at it."""

import pandas as pd

from analysis import results


def summarise_visits(
    assessments: pd.DataFrame, measures: pd.DataFrame, members: dict, *, study, population: str, visits=None
):
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

    Returns
    -------
    DataFrame
        Rows of the results table, analysis ``attendance``: variable ``visit`` for being seen, else the endpoint.
    """
    frames = []
    for group, ids in members.items():
        seen = assessments[assessments["subject_id"].isin(ids)]
        known = measures[measures["subject_id"].isin(ids) & measures["value"].notna()]
        for visit in [visit for visit in study.visits if visits is None or visit.id in visits]:
            counts = {"visit": seen.loc[seen["visit_id"].eq(visit.id), "subject_id"].nunique()}
            for entry in study.endpoints:
                at_visit = known["visit_id"].eq(visit.id) & known["variable"].eq(entry.variable)
                counts[entry.id] = known.loc[at_visit, "subject_id"].nunique()
            for variable, count in counts.items():
                frames.append(
                    results.rows_of(
                        {"count": count, "n": len(ids), "n_missing": len(ids) - count},
                        analysis="attendance",
                        variable=variable,
                        population=population,
                        visit=visit.id,
                        group=group,
                    )
                )
    return results.stack(frames)
