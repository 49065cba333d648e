"""Tables for reports: the last step, where statistics become text.

`Table` is what a notebook shows; the other functions lay out rows of the results table as the report's tables.
"""

from analysis.tables.attendance import attendance_table
from analysis.tables.baseline import baseline_table
from analysis.tables.change import change_table, endpoints_shown, rank_table
from analysis.tables.due_rules import due_table
from analysis.tables.eligibility import criteria_rules_table, near_miss_table, screening_table
from analysis.tables.frames import decimals_needed, frame_table
from analysis.tables.general.agreement import pairs_table
from analysis.tables.general.by_visit import category_table, known_table, last_seen_table, model_table
from analysis.tables.general.comparison import comparison_table
from analysis.tables.general.events import events_table
from analysis.tables.general.groups import subgroup_table, unadjusted_table
from analysis.tables.general.times import restricted_table, times_table
from analysis.tables.hierarchy import exploratory_notes, hierarchy_table, looks_table
from analysis.tables.laboratory import laboratory_change_table, laboratory_level_table
from analysis.tables.repeated import repeated_table, transition_table
from analysis.tables.responders import responder_table, response_notes
from analysis.tables.rows import pick
from analysis.tables.safety import grade_table, overview_table, shift_tables, term_table
from analysis.tables.strategies import difference_table, strategies_table
from analysis.tables.table import Table
from analysis.tables.tipping import tipping_table

__all__ = [
    "Table",
    "attendance_table",
    "baseline_table",
    "category_table",
    "change_table",
    "comparison_table",
    "criteria_rules_table",
    "decimals_needed",
    "difference_table",
    "due_table",
    "endpoints_shown",
    "events_table",
    "exploratory_notes",
    "frame_table",
    "grade_table",
    "hierarchy_table",
    "known_table",
    "laboratory_change_table",
    "laboratory_level_table",
    "last_seen_table",
    "looks_table",
    "model_table",
    "near_miss_table",
    "overview_table",
    "pairs_table",
    "pick",
    "rank_table",
    "repeated_table",
    "responder_table",
    "response_notes",
    "restricted_table",
    "screening_table",
    "shift_tables",
    "strategies_table",
    "subgroup_table",
    "term_table",
    "times_table",
    "tipping_table",
    "transition_table",
    "unadjusted_table",
]
