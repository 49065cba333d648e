"""Sign test: how many changed up, how many down."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.inputs import check_choice, check_level
from analysis.language import tr

from .pairs import ALTERNATIVES, match_pairs, settled_change

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SignComparison:
    """Sign test; `estimate` is the share of positive among the non-zero changes, with its exact interval."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    n_positive: int
    n_negative: int
    n_zero: int
    n_pairs: int
    n_missing: int
    confidence_level: float
    alternative: str
    method: str


def sign_test(
    baseline: "pd.Series",
    followup: "pd.Series",
    *,
    confidence_level: float = 0.95,
    alternative: str = "two-sided",
    resolution: float | None = None,
) -> SignComparison:
    """Exact sign test of the change between two visits.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    confidence_level : float
        Level of the Clopper-Pearson interval of the share of positive changes.
    alternative : {"two-sided", "less", "greater"}
        Direction of the change under the alternative hypothesis.
    resolution : float, optional
        The instrument's step; see `settled_change`.

    Returns
    -------
    SignComparison
        `statistic` is the number of positive changes. Pairs without change are dropped and counted in `n_zero`; p is 1
        when no change is left, NaN without a pair.

    References
    ----------
    Dixon WJ, Mood AM. The statistical sign test. JASA 1946;41:557-566. doi:10.1080/01621459.1946.10501898

    Examples
    --------
    >>> import pandas as pd
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> signs = sign_test(before, after)
    >>> signs.n_positive, signs.n_negative, signs.n_zero, signs.p_value
    (1, 9, 2, 0.021484375)
    """
    check_level(confidence_level)
    check_choice("alternative", alternative, ALTERNATIVES)
    pairs = match_pairs(baseline, followup)
    change = settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    up, down = int((change > 0).sum()), int((change < 0).sum())
    low, high = exact_share_interval(up, up + down, confidence_level)
    return SignComparison(
        estimate=up / (up + down) if up + down else float("nan"),
        conf_low=low,
        conf_high=high,
        statistic=float(up),
        p_value=binomial_half_p(up, up + down, alternative) if pairs.n_pairs else float("nan"),
        n_positive=up,
        n_negative=down,
        n_zero=pairs.n_pairs - up - down,
        n_pairs=pairs.n_pairs,
        n_missing=pairs.n_missing,
        confidence_level=confidence_level,
        alternative=alternative,
        method=tr(
            "sign test, {alternative}, exact binomial, pairs without change dropped", alternative=alternative
        ),
    )


def binomial_half_p(k: int, n: int, alternative: str = "two-sided") -> float:
    """Exact binomial p value of k in n against 1/2; 1 when n is 0."""
    from scipy.special import bdtr

    if n == 0:
        return 1.0
    if alternative == "less":
        return float(bdtr(k, n, 0.5))
    if alternative == "greater":
        return float(bdtr(n - k, n, 0.5))
    return float(min(1.0, 2 * bdtr(min(k, n - k), n, 0.5)))


def binomial_half_mass(k: int, n: int) -> float:
    """Probability of exactly k in n at 1/2."""
    return math.comb(n, k) / 2**n


def exact_share_interval(k: int, n: int, confidence_level: float) -> tuple[float, float]:
    """Clopper-Pearson limits of k in n; NaN when n is 0."""
    from scipy.special import betaincinv

    if n == 0:
        return float("nan"), float("nan")
    tail = (1 - confidence_level) / 2
    low = float(betaincinv(k, n - k + 1, tail)) if k else 0.0
    return low, float(betaincinv(k + 1, n - k, 1 - tail)) if k < n else 1.0
