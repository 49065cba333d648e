"""Rows and frames for the reports of the refractory rheumatoid arthritis cohort.

Every module answers the question of one notebook; the statistics are those of `survival`, `missing`, `mmrm`,
`prediction`, `phenotypes`, `weighting`, `paired` and `proportions`.
"""

from studies.arthritis.activity import by_visit, count_states, describe_by_visit
from studies.arthritis.baseline import failed_courses, with_derived, years_difficult
from studies.arthritis.change import change_when_due, model_change
from studies.arthritis.cohort import Cohort
from studies.arthritis.difficult import (
    ITEMS,
    SUB_ITEMS,
    classify_difficult,
    count_items,
    count_levels,
    difficult_rule,
    mechanisms_failed,
    sub_item_flags,
    sub_item_labels,
)
from studies.arthritis.entry import begun_at_entry, count_switches, summarise_entry
from studies.arthritis.films import summarise_films
from studies.arthritis.history import (
    MECHANISMS,
    courses_before,
    fates,
    last_known,
    sequences,
    summarise_history,
)
from studies.arthritis.markers import change_of_markers, describe_markers
from studies.arthritis.methods import choices_made, numbers_for_text
from studies.arthritis.phenotypes import find_phenotypes, heat_map_rows, phenotype_variables
from studies.arthritis.predictors import benefit_long, fit_predictors, predictor_frame
from studies.arthritis.recruitment import enrolment_by_month
from studies.arthritis.regression import expected_regression
from studies.arthritis.reported import change_of_reported, shares_reached
from studies.arthritis.rows import rows_from
from studies.arthritis.target import reasons_unchanged, summarise_target, target_flags, treatment_changes
from studies.arthritis.times import (
    MEDIAN,
    curves_by_group,
    new_courses,
    share_retained,
    stops_by_reason,
    time_to_loss,
    time_to_target,
)
from studies.arthritis.variants import vary_change, vary_target
from studies.arthritis.work_up import count_work_up

__all__ = [
    "ITEMS",
    "MECHANISMS",
    "MEDIAN",
    "SUB_ITEMS",
    "Cohort",
    "begun_at_entry",
    "benefit_long",
    "by_visit",
    "change_of_markers",
    "change_of_reported",
    "change_when_due",
    "choices_made",
    "classify_difficult",
    "count_items",
    "count_levels",
    "count_states",
    "count_switches",
    "count_work_up",
    "courses_before",
    "curves_by_group",
    "describe_by_visit",
    "describe_markers",
    "difficult_rule",
    "enrolment_by_month",
    "expected_regression",
    "failed_courses",
    "fates",
    "find_phenotypes",
    "fit_predictors",
    "heat_map_rows",
    "last_known",
    "mechanisms_failed",
    "model_change",
    "new_courses",
    "numbers_for_text",
    "phenotype_variables",
    "predictor_frame",
    "reasons_unchanged",
    "rows_from",
    "sequences",
    "share_retained",
    "shares_reached",
    "stops_by_reason",
    "sub_item_flags",
    "sub_item_labels",
    "summarise_entry",
    "summarise_films",
    "summarise_history",
    "summarise_target",
    "target_flags",
    "time_to_loss",
    "time_to_target",
    "treatment_changes",
    "vary_change",
    "vary_target",
    "with_derived",
    "years_difficult",
]
