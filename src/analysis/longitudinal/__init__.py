"""Courses over visits and differences between groups: ANCOVA, GEE, mixed models, two independent samples.

Subjects of a cohort are followed repeatedly: `gee` answers for the population (marginal odds, with robust errors),
`mixed_model` for the subject (random intercept and slope). Means by visit with missing values are the business of
`analysis.mmrm`.
"""

from analysis.longitudinal.ancova import Ancova, ancova
from analysis.longitudinal.gee import Gee, gee
from analysis.longitudinal.groups import (
    GroupComparison,
    check_normality,
    compare_group_means,
    compare_group_ranks,
)
from analysis.longitudinal.mixed import MixedModel, mixed_model

__all__ = [
    "Ancova",
    "Gee",
    "GroupComparison",
    "MixedModel",
    "ancova",
    "check_normality",
    "compare_group_means",
    "compare_group_ranks",
    "gee",
    "mixed_model",
]
