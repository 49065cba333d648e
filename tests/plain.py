"""Plain statistics for checking reports: nothing of `analysis` is used here."""

from fractions import Fraction
from math import sqrt
from statistics import NormalDist, mean, median, stdev

import numpy as np
from scipy import integrate, optimize
from scipy.special import gammaln


def t_quantile(p: float, df: int) -> float:
    """Quantile of Student's t by integrating its density."""
    front = np.exp(gammaln((df + 1) / 2) - gammaln(df / 2)) / sqrt(df * np.pi)

    def above_half(x):
        return integrate.quad(lambda t: front * (1 + t * t / df) ** (-(df + 1) / 2), 0, x, epsabs=1e-13)[0]

    return optimize.brentq(lambda x: above_half(x) + 0.5 - p, 0, 50, xtol=1e-12)


def t_interval(changes: list[float]) -> tuple[float, float, float]:
    """Mean with its 95 % t interval."""
    half = t_quantile(0.975, len(changes) - 1) * stdev(changes) / sqrt(len(changes))
    return mean(changes), mean(changes) - half, mean(changes) + half


def wilson(k: int, n: int) -> tuple[float, float, float]:
    """Share with Wilson's 95 % interval: the roots of (p - k/n)^2 = z^2 p (1 - p) / n."""
    z2 = NormalDist().inv_cdf(0.975) ** 2
    roots = np.roots([1 + z2 / n, -(2 * k + z2) / n, (k / n) ** 2])
    return k / n, float(min(roots)), float(max(roots))


def midranks(values: list[float]) -> list[Fraction]:
    """Ranks from 1, equal values sharing the mean of theirs."""
    below = {value: sum(other < value for other in values) for value in set(values)}
    same = {value: values.count(value) for value in set(values)}
    return [Fraction(2 * below[value] + same[value] + 1, 2) for value in values]


def counts_of_sums(doubled: list[int]) -> list[int]:
    """How many of the 2^n choices of signs give each sum of positive doubled ranks.

    The counts stand side by side in one large integer; a rank r multiplies the generating function by 1 + x^r,
    which is a shift and an addition.
    """
    size = len(doubled) // 8 + 1  # bytes that hold a count of at most 2^n
    packed = 1
    for rank in doubled:
        packed += packed << (8 * size * rank)
    digits = packed.to_bytes(size * (sum(doubled) + 1), "little")
    return [int.from_bytes(digits[at : at + size], "little") for at in range(0, len(digits), size)]


def signed_rank_pratt(changes: list[float]) -> tuple[float, float]:
    """Sum of positive ranks and exact two-sided p; zeros are ranked with the rest and then dropped."""
    ranks = midranks([abs(change) for change in changes])
    kept = [(int(2 * rank), change > 0) for rank, change in zip(ranks, changes) if change != 0]
    observed = sum(rank for rank, positive in kept if positive)
    counts = counts_of_sums([rank for rank, _ in kept])
    centre = Fraction(len(counts) - 1, 2)
    as_far = sum(n for place, n in enumerate(counts) if abs(place - centre) >= abs(observed - centre))
    return observed / 2, float(Fraction(as_far, 2 ** len(kept)))


def hodges_lehmann(changes: list[float]) -> tuple[float, float, float]:
    """Median of the Walsh averages with the interval between their order statistics (95 %, exact)."""
    walsh = sorted((a + b) / 2 for i, a in enumerate(changes) for b in changes[i:])
    counts = counts_of_sums(list(range(1, len(changes) + 1)))
    limit, total, place = Fraction(25, 1000) * 2 ** len(changes), 0, 0
    while total + counts[place] < limit:
        total += counts[place]
        place += 1
    return median(walsh), walsh[place - 1], walsh[-place]


def garwood(events: int, years: float) -> tuple[float, float]:
    """Exact Poisson 95 % limits of a rate, by solving for the means at which the tails are 2.5 %."""

    def tail(at_most: int, mu: float) -> float:
        k = np.arange(at_most + 1)
        return float(np.exp(k * np.log(mu) - mu - gammaln(k + 1)).sum())

    top = events + 10 * sqrt(events + 1) + 20
    high = optimize.brentq(lambda mu: tail(events, mu) - 0.025, 1e-9, top, xtol=1e-12)
    low = (
        optimize.brentq(lambda mu: 1 - tail(events - 1, mu) - 0.025, 1e-9, top, xtol=1e-12) if events else 0.0
    )
    return low / years, high / years
