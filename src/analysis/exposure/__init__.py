"""Exposure to drugs: courses with partial dates, days covered, overlap, wash-out and stable dose, up to an index date.

Courses are half-open, ``[start, stop)``: the stop date is the first day without the drug. Two rows of one drug a day
apart are one course, and an administration lasts as long as the drug acts (`coverage`). What is not known exactly
is carried as two extremes, and every duration comes as ``days_min`` and ``days_max``: a criterion is decided only where
both fall on the same side of its threshold (`at_least`).
"""

from analysis.exposure.courses import PROBLEMS, courses, queries
from analysis.exposure.coverage import EFFECT_DAYS
from analysis.exposure.dates import date_bounds, from_days, to_days
from analysis.exposure.doses import days_at_dose, dose_at_index, dose_steps, stable_dose_days
from analysis.exposure.intervals import at_least, covered_days, overlap_days, union, washout_days

__all__ = [
    "EFFECT_DAYS",
    "PROBLEMS",
    "at_least",
    "courses",
    "covered_days",
    "date_bounds",
    "days_at_dose",
    "dose_at_index",
    "dose_steps",
    "from_days",
    "overlap_days",
    "queries",
    "stable_dose_days",
    "to_days",
    "union",
    "washout_days",
]
