"""Rooms of the general notebooks: questions that ask nothing of a disease, answered for whatever a study collects.

Each function takes datasets, the members of each group and the study, and returns rows of the results table; what the
data cannot give is a row with the reason.
"""

from analysis.summaries.general.agreement import agreement, correlate
from analysis.summaries.general.comparison import comparisons, differences_drawn, summarise_comparison
from analysis.summaries.general.events import summarise_events
from analysis.summaries.general.known import gaps_drawn, known_by_visit, last_seen
from analysis.summaries.general.laboratory import results_by_visit, summarise_laboratory
from analysis.summaries.general.model import model_course, summarise_model
from analysis.summaries.general.shares import (
    category_variables,
    levels_of,
    shares_drawn,
    summarise_categories,
)
from analysis.summaries.general.subgroups import (
    scale_of_subgroups,
    subgroups_drawn,
    summarise_strata,
    summarise_subgroups,
)
from analysis.summaries.general.times import curves, summarise_times
from analysis.summaries.general.unadjusted import summarise_unadjusted

__all__ = [
    "agreement",
    "category_variables",
    "comparisons",
    "correlate",
    "curves",
    "differences_drawn",
    "gaps_drawn",
    "known_by_visit",
    "last_seen",
    "levels_of",
    "model_course",
    "results_by_visit",
    "scale_of_subgroups",
    "shares_drawn",
    "subgroups_drawn",
    "summarise_categories",
    "summarise_comparison",
    "summarise_events",
    "summarise_laboratory",
    "summarise_model",
    "summarise_strata",
    "summarise_subgroups",
    "summarise_times",
    "summarise_unadjusted",
]
