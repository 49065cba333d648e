"""Rows of the results table for a single-arm study of myositis: core set, response, skin, lungs, steroids.

Everything starts from a `Cohort`: the analysis set at a data cut, with who was due at which visit and which
intercurrent events came before it.
"""

from analysis.summaries.dm.change import change_rows, spaghetti_frames
from analysis.summaries.dm.cohort import Cohort, by_visit, cohort, due_by_visit, improvement_at, visits_until
from analysis.summaries.dm.doses import (
    BY_ROUTE,
    ROUTES,
    TREATMENT,
    describe_bands,
    exposure_by_patient,
    exposure_by_route,
    numbers_rows,
    undated,
)
from analysis.summaries.dm.events import (
    dose_course,
    dose_increases,
    failed_before,
    intercurrent,
    withdrawals,
)
from analysis.summaries.dm.gaps import missing_rows
from analysis.summaries.dm.imputed import imputed_rows
from analysis.summaries.dm.lung import LUNG_ANSWERS, lung_rows, subgroup
from analysis.summaries.dm.measures import (
    CORE_SET,
    LUNG,
    REPORTED,
    SF36_DOMAINS,
    SKIN,
    STEROIDS,
    Measure,
    exploratory_outcomes,
)
from analysis.summaries.dm.patients import (
    DISEASE,
    LUNG_DISEASE,
    REFRACTORINESS,
    characteristic_rows,
    describe_disease,
    is_cadm,
    prior_drugs,
    refractoriness,
)
from analysis.summaries.dm.profiles import (
    ATTAINABLE,
    cadm_point_rows,
    event_words,
    points_by_patient,
    profile_by_patient,
    waterfall_scores,
)
from analysis.summaries.dm.response import (
    TIS_LEVELS,
    agreement_rows,
    certain_rows,
    failed_at,
    imacs_response,
    response_rows,
    tis_responses,
    tis_rows,
)
from analysis.summaries.dm.sensitivity import (
    COMPARISONS,
    RESPONSE_VARIANTS,
    comparison_rows,
    subgroup_members,
    subgroup_rows,
    variant_rows,
)
from analysis.summaries.dm.skin import CDASI_LABELS, cdasi_responses, paired_values, regression_rows
from analysis.summaries.dm.steroids import (
    COMPOSITE,
    STEROID_ANSWERS,
    cumulative_rows,
    steroid_rows,
    timeline_events,
    timeline_frames,
)

__all__ = [
    "ATTAINABLE",
    "BY_ROUTE",
    "CDASI_LABELS",
    "COMPARISONS",
    "COMPOSITE",
    "CORE_SET",
    "DISEASE",
    "LUNG",
    "LUNG_ANSWERS",
    "LUNG_DISEASE",
    "REFRACTORINESS",
    "REPORTED",
    "RESPONSE_VARIANTS",
    "ROUTES",
    "SF36_DOMAINS",
    "SKIN",
    "STEROIDS",
    "STEROID_ANSWERS",
    "TIS_LEVELS",
    "TREATMENT",
    "Cohort",
    "Measure",
    "agreement_rows",
    "by_visit",
    "cadm_point_rows",
    "cdasi_responses",
    "certain_rows",
    "change_rows",
    "characteristic_rows",
    "cohort",
    "comparison_rows",
    "cumulative_rows",
    "describe_bands",
    "describe_disease",
    "dose_course",
    "dose_increases",
    "due_by_visit",
    "event_words",
    "exploratory_outcomes",
    "exposure_by_patient",
    "exposure_by_route",
    "failed_at",
    "failed_before",
    "imacs_response",
    "improvement_at",
    "imputed_rows",
    "intercurrent",
    "is_cadm",
    "lung_rows",
    "missing_rows",
    "numbers_rows",
    "paired_values",
    "points_by_patient",
    "prior_drugs",
    "profile_by_patient",
    "refractoriness",
    "regression_rows",
    "response_rows",
    "spaghetti_frames",
    "steroid_rows",
    "subgroup",
    "subgroup_members",
    "subgroup_rows",
    "timeline_events",
    "timeline_frames",
    "tis_responses",
    "tis_rows",
    "undated",
    "variant_rows",
    "visits_until",
    "waterfall_scores",
    "withdrawals",
]
