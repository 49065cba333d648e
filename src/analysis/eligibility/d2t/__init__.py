"""Difficult-to-treat rheumatoid arthritis: the EULAR definition, its operational choices, and an alternative."""

from analysis.eligibility.d2t.definition import classify, d2t
from analysis.eligibility.d2t.sensitivity import d2t_sensitivity
from analysis.eligibility.d2t.settings import D2TSettings, settings_from
from analysis.eligibility.d2t.stratafit import d2t_stratafit

__all__ = ["D2TSettings", "classify", "d2t", "d2t_sensitivity", "d2t_stratafit", "settings_from"]
