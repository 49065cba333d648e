"""Scores and responses of rheumatoid arthritis and myositis: one function per published definition.

Scalars give floats and strings, Series keep their index, missing stays missing, a value outside its allowed range
is refused. Units are in the argument names; global assessments are in mm (0-100).
"""

from analysis.scoring.cdai import cdai, sdai
from analysis.scoring.core_set import CORE_SET_COLUMNS
from analysis.scoring.das28 import das28_crp, das28_esr
from analysis.scoring.haq import haq_categories, haq_di
from analysis.scoring.imacs import imacs_changes, imacs_improvement
from analysis.scoring.states import boolean_remission, disease_state, eular_response
from analysis.scoring.tis import ENZYME_RANGE_XULN, total_improvement_score

__all__ = [
    "CORE_SET_COLUMNS",
    "ENZYME_RANGE_XULN",
    "boolean_remission",
    "cdai",
    "das28_crp",
    "das28_esr",
    "disease_state",
    "eular_response",
    "haq_categories",
    "haq_di",
    "imacs_changes",
    "imacs_improvement",
    "sdai",
    "total_improvement_score",
]
