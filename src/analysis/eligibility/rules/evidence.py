"""Courses as rows of evidence."""

import pandas as pd

from analysis import exposure


def courses_used(courses: pd.DataFrame) -> pd.DataFrame:
    """Give courses for evidence: drug, start, stop as used (cut at the index date), and what is unsure about them."""
    note = (
        courses["problem"]
        .astype("str")
        .fillna("")
        .where(lambda text: text == "", lambda text: " (" + text + ")")
    )
    uncoded = pd.Series(" (drug not coded)", index=courses.index).where(courses["class"] == "unknown", "")
    return courses[["subject_id", "drug"]].assign(
        start=exposure.from_days(courses["start_min"]),
        stop=exposure.from_days(courses["stop_max"]),
        note=note + uncoded,
    )


def failed_courses(failures: pd.DataFrame) -> pd.DataFrame:
    """Give the courses judged in criterion 1 for evidence."""
    columns = ["subject_id", "moa", "drug", "stop_reason", "days_min", "days_max", "failed"]
    return failures[columns].assign(
        start=exposure.from_days(failures["start_min"]), stop=exposure.from_days(failures["stop_max"])
    )
