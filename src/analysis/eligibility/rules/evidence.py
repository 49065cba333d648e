"""Courses as rows of evidence, made when somebody asks for words."""

import numpy as np
import pandas as pd

from analysis import exposure
from analysis.keys import keys
from analysis.language import tr

COURSE_COLUMNS = ("subject_id", "drug", "class", "start_min", "stop_max", "problem")
FAILURE_COLUMNS = (
    "subject_id", "moa", "drug", "stop_reason", "start_min", "stop_max", "days_min", "days_max", "failed",
)  # fmt: skip


def courses_used(courses: pd.DataFrame) -> pd.DataFrame:
    """Give courses in order: drug, start, stop as used (cut at the index date), and what is unsure about them."""
    ordered = _by_start(courses)
    problem = ordered["problem"].astype("str").fillna("")
    note = np.where(problem == "", "", " (" + problem.str.replace("_", " ") + ")")
    uncoded = np.where(ordered["class"] == "unknown", tr(" (drug not coded)"), "")
    return _dated(ordered).assign(note=pd.Series(note, index=ordered.index, dtype="str") + uncoded)


def failed_courses(failures: pd.DataFrame) -> pd.DataFrame:
    """Give the courses judged in criterion 1 of difficult-to-treat arthritis, in order."""
    return _dated(_by_start(failures))


def _by_start(courses):
    """Sort within subjects by start, whatever the order of the rows was; subjects keep their places."""
    owner = keys(courses["subject_id"])
    wanted = np.lexsort((keys(courses["drug"]), courses["stop_max"], courses["start_min"], owner))
    order = np.empty(len(courses), dtype=np.int64)
    order[np.argsort(owner, kind="stable")] = wanted
    return courses.take(order)


def _dated(courses):
    """Give start and stop as dates."""
    return courses.assign(
        start=exposure.from_days(courses["start_min"]), stop=exposure.from_days(courses["stop_max"])
    )
