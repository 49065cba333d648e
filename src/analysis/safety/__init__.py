"""Safety: which adverse events count, how many, how often per time at risk, and laboratory grades.

The package stands above `analysis.rates` (exact Poisson limits) and `analysis.exposure` (union of courses); nothing
statistical imports it. An order that works: `derive_emergence` (or `derive_under_observation` in a cohort without
study drug), `derive_event_flags`, then the tables and rates on the events that count.
"""

from analysis.safety.attribution import attribute_to_courses, derive_windows, summarise_attributed
from analysis.safety.crosscheck import ANSWERS, compare_with_laboratory
from analysis.safety.emergence import derive_emergence, derive_under_observation
from analysis.safety.grading import CTCAE_V5, LabRule, grade_laboratory
from analysis.safety.person_time import derive_person_time, event_rates, first_event_rates
from analysis.safety.shift import derive_worst_grades, shift_table
from analysis.safety.special import KINDS, derive_special_interest, kinds_of_interest
from analysis.safety.tables import (
    OVERVIEW,
    count_terms,
    count_worst_grades,
    derive_event_flags,
    summarise_overview,
)

__all__ = [
    "ANSWERS",
    "CTCAE_V5",
    "KINDS",
    "OVERVIEW",
    "LabRule",
    "attribute_to_courses",
    "compare_with_laboratory",
    "count_terms",
    "count_worst_grades",
    "derive_emergence",
    "derive_event_flags",
    "derive_person_time",
    "derive_special_interest",
    "derive_under_observation",
    "derive_windows",
    "derive_worst_grades",
    "event_rates",
    "first_event_rates",
    "grade_laboratory",
    "kinds_of_interest",
    "shift_table",
    "summarise_attributed",
    "summarise_overview",
]
