"""Eligibility: criteria as data, one three-valued flag each, the evidence in words, and the flow of participants.

`assess` runs a study's criteria; `flow`, `near_misses`, `criteria_table`, `discrepancies` and `marks_table` report
on the outcome; `d2t` and its companions define difficult-to-treat rheumatoid arthritis.
"""

from analysis.eligibility.audit import criteria_table, discrepancies, marks_table, near_misses
from analysis.eligibility.criteria import Criterion, Protocol, read_protocol, setting_names
from analysis.eligibility.d2t import D2TSettings, d2t, d2t_sensitivity, d2t_stratafit
from analysis.eligibility.engine import Assessment, assess
from analysis.eligibility.findings import Finding
from analysis.eligibility.flow import check_flow, flow
from analysis.eligibility.known import Known, as_known
from analysis.eligibility.rules import RULES

__all__ = [
    "RULES",
    "Assessment",
    "Criterion",
    "D2TSettings",
    "Finding",
    "Known",
    "Protocol",
    "as_known",
    "assess",
    "check_flow",
    "criteria_table",
    "d2t",
    "d2t_sensitivity",
    "d2t_stratafit",
    "discrepancies",
    "flow",
    "marks_table",
    "near_misses",
    "read_protocol",
    "setting_names",
]
