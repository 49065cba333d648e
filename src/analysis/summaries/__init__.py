"""Rows of the results table for the questions every study asks: who, how much change, how many responders.

Each function takes datasets and the study's settings and returns rows ready for `analysis.results`; the statistics
themselves are those of `paired`, `proportions` and their siblings.
"""

from analysis.summaries.baseline import summarise_baseline
from analysis.summaries.change import summarise_change
from analysis.summaries.course import course_by_visit
from analysis.summaries.due_rules import compare_due_rules
from analysis.summaries.hierarchy import (
    compare_hypotheses,
    hierarchy_rows,
    judge_hierarchy,
    list_hypotheses,
)
from analysis.summaries.looks import boundaries, final_level, look_rows
from analysis.summaries.repeated import summarise_repeated, summarise_transitions
from analysis.summaries.responders import rates_by_visit, summarise_responders
from analysis.summaries.safety import (
    SafetySet,
    highest_multiples,
    laboratory_shifts,
    overview,
    safety_notes,
    safety_set,
    special_interest,
    summarise_safety,
)
from analysis.summaries.scores import compare_recorded, describe_scores
from analysis.summaries.shared import group_members, visits_wide
from analysis.summaries.strategies import summarise_strategies
from analysis.summaries.tipping import summarise_tipping
from analysis.summaries.visits import summarise_visits

__all__ = [
    "SafetySet",
    "boundaries",
    "compare_due_rules",
    "compare_hypotheses",
    "compare_recorded",
    "course_by_visit",
    "describe_scores",
    "final_level",
    "group_members",
    "hierarchy_rows",
    "highest_multiples",
    "judge_hierarchy",
    "laboratory_shifts",
    "list_hypotheses",
    "look_rows",
    "overview",
    "rates_by_visit",
    "safety_notes",
    "safety_set",
    "special_interest",
    "summarise_baseline",
    "summarise_change",
    "summarise_repeated",
    "summarise_responders",
    "summarise_safety",
    "summarise_strategies",
    "summarise_tipping",
    "summarise_transitions",
    "summarise_visits",
    "visits_wide",
]
