"""Two and more groups: what differs between them, by how much, with its interval.

Differences of adjusted means are those of `analysis.longitudinal.ancova` (one visit) and `analysis.mmrm.compare_groups`
(all visits); times to an event those of `analysis.survival`. Here are responders (`compare_responders` and its single
methods), ranks (`mann_whitney_exact`, `hodges_lehmann_shift`), strata (`cochran_mantel_haenszel`) and subgroups
(`subgroup_effects`). Every difference is the group minus the reference, every ratio the group over the reference.

Randomised groups are described at baseline without p values: a difference there is chance by design.
"""

from analysis.groups.counts import (
    CountComparison,
    exact_odds_ratio,
    exact_unconditional,
    fisher_test,
    miettinen_nurminen_difference,
    newcombe,
    risk_ratio,
)
from analysis.groups.ranks import RankDifference, hodges_lehmann_shift, mann_whitney_exact
from analysis.groups.responders import compare_responders
from analysis.groups.strata import StratifiedComparison, cochran_mantel_haenszel
from analysis.groups.subgroups import SubgroupEffects, subgroup_effects

__all__ = [
    "CountComparison",
    "RankDifference",
    "StratifiedComparison",
    "SubgroupEffects",
    "cochran_mantel_haenszel",
    "compare_responders",
    "exact_odds_ratio",
    "exact_unconditional",
    "fisher_test",
    "hodges_lehmann_shift",
    "mann_whitney_exact",
    "miettinen_nurminen_difference",
    "newcombe",
    "risk_ratio",
    "subgroup_effects",
]
