"""Every score that the assessments allow, long."""

from collections.abc import Iterable

import pandas as pd

KEYS = ["subject_id", "visit_id"]


def derive_scores(assessments: pd.DataFrame) -> pd.DataFrame:
    """Score every instrument whose components the study collects.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.

    Returns
    -------
    DataFrame
        `analysis.scoring.score_table` of the instruments that have a value at one visit at least.
    """
    from analysis import scoring

    visits = with_general_health(with_joint_counts(assessments.reset_index(drop=True)))
    scores = scoring.score_table(visits, instruments=possible_scores(visits.columns)).reset_index(drop=True)
    used = scores.groupby("score")["value"].transform("count") > 0
    return scores[used].reset_index(drop=True)


def possible_scores(columns: Iterable[str]) -> list[str]:
    """The instruments whose components are among these columns.

    Examples
    --------
    >>> possible_scores(["pain_mm", "cdasi_activity", "ptga_mm"])
    ['pain_mm', 'cdasi_activity']
    """
    from analysis import scoring

    there = set(columns)
    muscles = set(scoring.MMT_COLUMNS) <= there
    return [
        name
        for name, found in scoring.INSTRUMENTS.items()
        if set(found.needs) <= there or (name == "mmt8" and muscles)
    ]


def with_joint_counts(assessments: pd.DataFrame) -> pd.DataFrame:
    """28-joint counts from single joints where the form has no count; joints not assessable are pro-rated by rule."""
    from analysis import scoring

    added = {}
    columns = set(assessments.columns)
    for prefix, total in (("tj_", "tjc28"), ("sj_", "sjc28")):
        if total in columns and {prefix + joint for joint in scoring.JOINT_SETS["28"]} <= columns:
            marks = "jna_" if any(name.startswith("jna_") for name in columns) else None
            counted = scoring.count_joints(assessments, "28", prefix=prefix, not_assessable_prefix=marks)
            added[total] = assessments[total].astype(float).fillna(counted["count"].astype(float))
    return assessments.assign(**added)


def with_general_health(assessments: pd.DataFrame) -> pd.DataFrame:
    """The patient global stands for general health (DAS28) in a study that does not ask for it apart."""
    if "gh_mm" in assessments or "ptga_mm" not in assessments:
        return assessments
    return assessments.assign(gh_mm=assessments["ptga_mm"])
