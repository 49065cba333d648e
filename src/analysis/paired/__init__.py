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
from .describe import Description, describe_change
from .differences import (
    PairedEstimate,
    agresti_min_difference,
    newcombe_difference,
    odds_ratio_exact,
    odds_ratio_midp,
    tango_difference,
    wald_difference,
)
from .effects import (
    EffectSize,
    baseline_effect_size,
    cohen_dav,
    cohen_dav_rms,
    cohen_drm,
    cohen_dz,
    effect_sizes,
    hedges_gav,
    hedges_gz,
    probability_improved,
    rank_biserial,
    standardised_response_mean,
)
from .endpoints import analyse_endpoints
from .means import MeanChange, compare_means
from .pairs import Pairs, match_pairs, settled_change
from .ranks import RankComparison, compare_ranks
from .resampling import BootstrapInterval, bootstrap_change, bootstrap_endpoints
from .responders import ResponderRate, flag_responders, responder_rate
from .shift import Location, hodges_lehmann, median_change
from .signed_rank import ZERO_WORDS
from .signs import SignComparison, sign_test

__all__ = [
    "ZERO_WORDS",
    "BootstrapInterval",
    "Description",
    "EffectSize",
    "Location",
    "McNemar",
    "MeanChange",
    "PairedEstimate",
    "PairedTable",
    "Pairs",
    "ProportionChange",
    "RankComparison",
    "ResponderRate",
    "SignComparison",
    "agresti_min_difference",
    "analyse_endpoints",
    "baseline_effect_size",
    "bootstrap_change",
    "bootstrap_endpoints",
    "cohen_dav",
    "cohen_dav_rms",
    "cohen_drm",
    "cohen_dz",
    "compare_means",
    "compare_proportions",
    "compare_ranks",
    "describe_change",
    "effect_sizes",
    "flag_responders",
    "hedges_gav",
    "hedges_gz",
    "hodges_lehmann",
    "match_pairs",
    "mcnemar_asymptotic",
    "mcnemar_exact",
    "mcnemar_midp",
    "median_change",
    "newcombe_difference",
    "odds_ratio_exact",
    "odds_ratio_midp",
    "probability_improved",
    "rank_biserial",
    "responder_rate",
    "settled_change",
    "sign_test",
    "standardised_response_mean",
    "tabulate_pairs",
    "tango_difference",
    "wald_difference",
]
