"""Proportions from counts: one, and the difference of two independent ones, with named intervals."""

from .difference import ProportionDifference, newcombe_difference, score_difference
from .single import Proportion, agresti_coull, clopper_pearson, jeffreys, midp, wilson, wilson_corrected

__all__ = [
    "Proportion",
    "ProportionDifference",
    "agresti_coull",
    "clopper_pearson",
    "jeffreys",
    "midp",
    "newcombe_difference",
    "score_difference",
    "wilson",
    "wilson_corrected",
]
