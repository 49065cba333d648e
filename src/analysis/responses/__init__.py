"""Responses: what counts as one, judged from the baseline and the follow-up of the same subjects."""

from analysis.responses.core_set import core_set_pair
from analysis.responses.rules import RULES, try_rule

__all__ = ["RULES", "core_set_pair", "try_rule"]
