"""Before/after statistics of two visits, paired by subject id; change is follow-up minus baseline."""

from .binary import (
    McNemar,
    PairedTable,
    ProportionChange,
    compare_proportions,
    mcnemar_asymptotic,
    mcnemar_exact,
    mcnemar_midp,
    tabulate_pairs,
)
from .means import MeanChange, compare_means
from .pairs import Pairs, match_pairs, settled_change
from .ranks import RankComparison, compare_ranks
from .shift import Location, hodges_lehmann, median_change
from .signs import SignComparison, sign_test

__all__ = [
    "Location",
    "McNemar",
    "MeanChange",
    "PairedTable",
    "Pairs",
    "ProportionChange",
    "RankComparison",
    "SignComparison",
    "compare_means",
    "compare_proportions",
    "compare_ranks",
    "hodges_lehmann",
    "match_pairs",
    "mcnemar_asymptotic",
    "mcnemar_exact",
    "mcnemar_midp",
    "median_change",
    "settled_change",
    "sign_test",
    "tabulate_pairs",
]
