"""Scores and responses of rheumatoid arthritis and myositis: one function per published definition.

Scalars give floats and strings, Series keep their index, missing stays missing, a value outside its allowed range
is refused. Units are in the argument names; global assessments are in mm (0-100).
"""

from analysis.scoring.acr import acr_response
from analysis.scoring.cdai import cdai, sdai
from analysis.scoring.core_set import CORE_SET_COLUMNS
from analysis.scoring.das28 import das28_crp, das28_esr
from analysis.scoring.eq5d import VALUE_SETS_3L, VALUE_SETS_5L, eq5d_3l, eq5d_5l
from analysis.scoring.haq import HAQ_AIDS, HAQ_ITEMS, haq_categories, haq_di
from analysis.scoring.imacs import imacs_changes, imacs_improvement
from analysis.scoring.index_response import cdai_improvement, cdai_worsening, index_response
from analysis.scoring.joints import JOINT_SETS, count_joints
from analysis.scoring.mcid import important_differences, reached_difference
from analysis.scoring.patient_reported import facit_fatigue, pain_response, rapid3, rapid3_state, sf36_summary
from analysis.scoring.ra_classification import ACR_1987_ITEMS, acr_1987, acr_eular_2010
from analysis.scoring.sharp import sharp_progression, svdh_total
from analysis.scoring.states import boolean_remission, disease_state, eular_response
from analysis.scoring.targets import (
    SIX_MONTHS_DAYS,
    TWO_VISITS_DAYS,
    boolean_remission_without_crp,
    index_remission,
    low_disease_activity,
    sustained_target,
)
from analysis.scoring.tis import ENZYME_RANGE_XULN, total_improvement_score

__all__ = [
    "ACR_1987_ITEMS",
    "CORE_SET_COLUMNS",
    "ENZYME_RANGE_XULN",
    "HAQ_AIDS",
    "HAQ_ITEMS",
    "JOINT_SETS",
    "SIX_MONTHS_DAYS",
    "TWO_VISITS_DAYS",
    "VALUE_SETS_3L",
    "VALUE_SETS_5L",
    "acr_1987",
    "acr_eular_2010",
    "acr_response",
    "boolean_remission",
    "boolean_remission_without_crp",
    "cdai",
    "cdai_improvement",
    "cdai_worsening",
    "count_joints",
    "das28_crp",
    "das28_esr",
    "disease_state",
    "eq5d_3l",
    "eq5d_5l",
    "eular_response",
    "facit_fatigue",
    "haq_categories",
    "haq_di",
    "imacs_changes",
    "imacs_improvement",
    "important_differences",
    "index_remission",
    "index_response",
    "low_disease_activity",
    "pain_response",
    "rapid3",
    "rapid3_state",
    "reached_difference",
    "sdai",
    "sf36_summary",
    "sharp_progression",
    "sustained_target",
    "svdh_total",
    "total_improvement_score",
]
