"""Missing data: what is missing, what single-value rules do with it, and multiple imputation with Rubin's rules.

Every strategy is named in the result it gives, so that a table can hold one row or column per strategy. Carrying
the last value forward is offered for comparison with older trials and labelled as discouraged.
"""

from analysis.missing.binary import impute_binary
from analysis.missing.carried import derive_bocf, derive_locf
from analysis.missing.imputation import (
    imputations_needed,
    impute_by_matching,
    impute_changes,
    impute_ratios,
)
from analysis.missing.patterns import count_by_visit, count_patterns, is_monotone
from analysis.missing.pooling import Pooled, pool, pool_imputed, pool_shares, tipping_point
from analysis.missing.responders import flag_nonresponder_imputed, summarise_responders

__all__ = [
    "Pooled",
    "count_by_visit",
    "count_patterns",
    "derive_bocf",
    "derive_locf",
    "flag_nonresponder_imputed",
    "imputations_needed",
    "impute_binary",
    "impute_by_matching",
    "impute_changes",
    "impute_ratios",
    "is_monotone",
    "pool",
    "pool_imputed",
    "pool_shares",
    "summarise_responders",
    "tipping_point",
]
