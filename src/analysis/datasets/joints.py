"""28-joint counts of the assessments: recorded, else counted from the single joints; this is the only place."""

import pandas as pd

COUNTS = {"tjc28": "tj_", "sjc28": "sj_"}  # count, and what the names of its single joints begin with


def count_28_joints(assessments: pd.DataFrame) -> pd.DataFrame:
    """Complete `tjc28` and `sjc28` where the form has no count; joints that could not be assessed are pro-rated.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit, single joints as ``tj_...``, ``sj_...`` and ``jna_...``.

    Returns
    -------
    DataFrame
        With `tjc28` and `sjc28` as every score, description and comparison uses them, and the counts as they were
        recorded under `tjc28_recorded` and `sjc28_recorded`. Assessments without single joints stay as they are.
    """
    from analysis import scoring

    added = {}
    columns = set(assessments.columns)
    for total, prefix in COUNTS.items():
        if total in columns and {prefix + joint for joint in scoring.JOINT_SETS["28"]} <= columns:
            marks = "jna_" if any(name.startswith("jna_") for name in columns) else None
            counted = scoring.count_joints(assessments, "28", prefix=prefix, not_assessable_prefix=marks)
            recorded = assessments[total].astype(float)
            added |= {total: recorded.fillna(counted["count"].astype(float)), f"{total}_recorded": recorded}
    return assessments.assign(**added)


def count_completed(assessments: pd.DataFrame) -> int:
    """How many counts of tender joints were not recorded and stand for single joints."""
    if "tjc28_recorded" not in assessments:
        return 0
    return int((assessments["tjc28_recorded"].isna() & assessments["tjc28"].notna()).sum())
