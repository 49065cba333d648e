"""Mixed model for repeated measures: means by visit from all observed values, without imputing any.

The response at the planned visits has a mean that depends on visit (and group, and covariates) and a covariance
between visits that is estimated without structure where the data allow it. Missing visits are taken as missing at
random given what was observed. Estimation is by restricted maximum likelihood over the marginal covariance; standard
errors and degrees of freedom are Kenward and Roger's.

If an unstructured covariance does not converge, simpler ones follow in the order of `FALLBACK`; the last, compound
symmetry, comes with empirical standard errors because it is surely wrong in detail. Every attempt and the reason
for leaving it stay in the result.
"""

from analysis.mmrm.contrasts import change_from_baseline, compare_groups, contrast, joint_test, visit_means
from analysis.mmrm.fit import FALLBACK, Mmrm, fit
from analysis.mmrm.reference import ReferenceBased, reference_based_difference

__all__ = [
    "FALLBACK",
    "Mmrm",
    "ReferenceBased",
    "change_from_baseline",
    "compare_groups",
    "contrast",
    "fit",
    "joint_test",
    "reference_based_difference",
    "visit_means",
]
