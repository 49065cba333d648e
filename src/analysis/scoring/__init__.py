"""Scores and responses of rheumatoid arthritis and myositis: one function per published definition.

Scalars give floats and strings, Series keep their index, missing stays missing, a value outside its allowed range
is refused. Units are in the argument names; global assessments are in mm (0-100).
"""

from analysis.scoring.acr import acr_response
from analysis.scoring.cdai import cdai, sdai
from analysis.scoring.core_set import CORE_SET_COLUMNS
from analysis.scoring.das28 import das28_crp, das28_esr
from analysis.scoring.dermatomyositis import bohan_peter, cadm, dermatomyositis_by_items
from analysis.scoring.enzymes import followed_enzyme, most_abnormal_enzyme
from analysis.scoring.eq5d import VALUE_SETS_3L, VALUE_SETS_5L, eq5d_3l, eq5d_5l
from analysis.scoring.haq import HAQ_AIDS, HAQ_ITEMS, haq_band, haq_categories, haq_di
from analysis.scoring.iim import IIM_ITEMS, iim_2017
from analysis.scoring.imacs import imacs_changes, imacs_improvement
from analysis.scoring.index_response import (
    cdai_improvement,
    cdai_improvement_between,
    cdai_worsening,
    index_response,
)
from analysis.scoring.joints import JOINT_SETS, count_joints
from analysis.scoring.lung import lung_change
from analysis.scoring.mcid import important_differences, reached_difference
from analysis.scoring.muscle import MMT_COLUMNS, mmt8, mmt8_one_side
from analysis.scoring.patient_reported import facit_fatigue, pain_response, rapid3, rapid3_state, sf36_summary
from analysis.scoring.ra_classification import ACR_1987_ITEMS, acr_1987, acr_eular_2010
from analysis.scoring.registry import INSTRUMENTS, Instrument, instrument_table
from analysis.scoring.sharp import sharp_progression, svdh_total
from analysis.scoring.skin import cdasi_response, cdasi_severity
from analysis.scoring.states import boolean_remission, disease_state, eular_response, state_limits
from analysis.scoring.steroids import (
    PREDNISONE_5MG_EQUIVALENTS,
    prednisone_equivalent,
    response_at_low_dose,
    steroid_exposure,
    steroid_sparing,
)
from analysis.scoring.table import score_table
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
    "IIM_ITEMS",
    "INSTRUMENTS",
    "JOINT_SETS",
    "MMT_COLUMNS",
    "PREDNISONE_5MG_EQUIVALENTS",
    "SIX_MONTHS_DAYS",
    "TWO_VISITS_DAYS",
    "VALUE_SETS_3L",
    "VALUE_SETS_5L",
    "Instrument",
    "acr_1987",
    "acr_eular_2010",
    "acr_response",
    "bohan_peter",
    "boolean_remission",
    "boolean_remission_without_crp",
    "cadm",
    "cdai",
    "cdai_improvement",
    "cdai_improvement_between",
    "cdai_worsening",
    "cdasi_response",
    "cdasi_severity",
    "count_joints",
    "das28_crp",
    "das28_esr",
    "dermatomyositis_by_items",
    "disease_state",
    "eq5d_3l",
    "eq5d_5l",
    "eular_response",
    "facit_fatigue",
    "followed_enzyme",
    "haq_band",
    "haq_categories",
    "haq_di",
    "iim_2017",
    "imacs_changes",
    "imacs_improvement",
    "important_differences",
    "index_remission",
    "index_response",
    "instrument_table",
    "low_disease_activity",
    "lung_change",
    "mmt8",
    "mmt8_one_side",
    "most_abnormal_enzyme",
    "pain_response",
    "prednisone_equivalent",
    "rapid3",
    "rapid3_state",
    "reached_difference",
    "response_at_low_dose",
    "score_table",
    "sdai",
    "sf36_summary",
    "sharp_progression",
    "state_limits",
    "steroid_exposure",
    "steroid_sparing",
    "sustained_target",
    "svdh_total",
    "total_improvement_score",
]
