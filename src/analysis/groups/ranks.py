"""Ranks of two groups: Mann-Whitney's exact test with ties, and the shift between them."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_level, limit_words, numbers
from analysis.language import tr

EXACT_MAX = 100  # subjects of both groups up to which the distribution is enumerated
SIGNIFICANT = 12


@dataclass(frozen=True, slots=True)
class RankDifference:
    """Group against reference; `estimate` is what the function says, `statistic` U of the group."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    achieved_level: float
    n: int
    reference_n: int
    n_missing: int
    method: str
    note: str


def mann_whitney_exact(
    group: ArrayLike, reference: ArrayLike, *, exact_max: int = EXACT_MAX
) -> RankDifference:
    """Mann-Whitney test from the permutation distribution of the ranks, ties included.

    Parameters
    ----------
    group, reference : array or Series
        Values of each; missing ones are left out and counted. Values equal to twelve digits tie.
    exact_max : int
        Up to this many subjects all allocations are counted; beyond, the normal approximation with ties and continuity
        correction.

    Returns
    -------
    RankDifference
        `estimate` is the probability that a subject of the group has a higher value than one of the reference, ties as
        half. Two-sided p: allocations whose rank sum is as far from its mean as the observed one. Where all values are
        equal p is 1.

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. Streitberg B, Roehmel J. EDV Med Biol 1986;12:12-9.

    Examples
    --------
    >>> found = mann_whitney_exact([3, 4, 5, 5], [1, 2, 3])
    >>> found.statistic, round(found.p_value, 6)
    (11.5, 0.085714)
    """
    a, b, n_missing = _samples(group, reference)
    ranks = _doubled_ranks(np.concatenate([a, b]))
    observed = int(ranks[: len(a)].sum())
    statistic = observed / 2 - len(a) * (len(a) + 1) / 2
    exact = len(ranks) <= exact_max
    p_value = _exact_p(ranks, len(a), observed) if exact else _normal_p(ranks, len(a), observed)
    how = (
        tr("exact permutation distribution")
        if exact
        else tr("normal approximation with continuity correction")
    )
    return RankDifference(
        estimate=statistic / (len(a) * len(b)),
        conf_low=float("nan"),
        conf_high=float("nan"),
        statistic=statistic,
        p_value=p_value,
        achieved_level=float("nan"),
        n=len(a),
        reference_n=len(b),
        n_missing=n_missing,
        method=tr("Mann-Whitney test, {how}, ties as mid-ranks", how=how),
        note=tr("all values are equal: p is 1") if np.ptp(ranks) == 0 else "",
    )


def hodges_lehmann_shift(
    group: ArrayLike, reference: ArrayLike, *, confidence_level: float, exact_max: int = EXACT_MAX
) -> RankDifference:
    """Shift between two groups: the median of all differences, with the interval that inverts Mann-Whitney's test.

    Parameters
    ----------
    group, reference, exact_max
        As `mann_whitney_exact`.
    confidence_level : float
        Nominal level; the level reached without ties is in `achieved_level`, and `note` says where it falls short.

    Returns
    -------
    RankDifference
        `estimate` in the unit of the values, group minus reference.

    References
    ----------
    Hodges JL, Lehmann EL. Ann Math Stat 1963;34:598-611. doi:10.1214/aoms/1177704172.

    Examples
    --------
    >>> found = hodges_lehmann_shift([5.1, 6.2, 7.0, 8.4], [1.0, 2.5, 3.1, 4.4], confidence_level=0.95)
    >>> found.estimate, found.conf_low, found.conf_high, round(found.achieved_level, 4)
    (3.95, 0.7, 7.4, 0.9714)
    """
    check_level(confidence_level)
    a, b, n_missing = _samples(group, reference)
    differences = np.sort(_settled(np.subtract.outer(a, b).ravel(), np.abs(np.r_[a, b]).max()))
    order, achieved = _order(len(a), len(b), confidence_level, exact_max)
    tested = mann_whitney_exact(a, b, exact_max=exact_max)
    short = achieved < confidence_level - 1e-9
    return RankDifference(
        estimate=float(np.median(differences)),
        conf_low=float(differences[order - 1]),
        conf_high=float(differences[len(differences) - order]),
        statistic=tested.statistic,
        p_value=tested.p_value,
        achieved_level=achieved,
        n=len(a),
        reference_n=len(b),
        n_missing=n_missing,
        method=tr(
            "Hodges-Lehmann shift, {confidence_level} interval from the rank sum distribution",
            confidence_level=limit_words(confidence_level),
        ),
        note=tr("the interval reaches only {achieved:.2f} %", achieved=100 * achieved) if short else "",
    )


def _samples(group, reference):
    """Observed values of both, rounded to twelve digits, and the number missing."""
    both = [numbers(values, name) for values, name in ((group, "group"), (reference, "reference"))]
    seen = [values[~np.isnan(values)] for values in both]
    if not all(map(len, seen)):
        raise NotEstimable("a group has no value: there is nothing to compare")
    largest = np.abs(np.concatenate(seen)).max()
    rounded = [_settled(values, largest) for values in seen]
    return *rounded, sum(map(len, both)) - sum(map(len, seen))


def _settled(values, largest):
    """Values without the noise of the last digits of the largest."""
    if largest == 0:
        return values
    unit = 10.0 ** (SIGNIFICANT - 1 - np.floor(np.log10(largest)))
    return np.round(values * unit) / unit


def _doubled_ranks(values):
    """Twice the mid-ranks, whole numbers."""
    from scipy.stats import rankdata

    return np.round(2 * rankdata(values)).astype(int)


def _exact_p(ranks, n, observed):
    """Share of the allocations of n subjects whose sum of ranks is as far from its mean as the observed one."""
    sums = _allocations(tuple(sorted(ranks)), n)
    centre = n * ranks.sum() / len(ranks)
    reach = np.arange(len(sums))
    extreme = np.abs(reach - centre) >= abs(observed - centre) - 1e-6
    return float(min(1.0, sums[extreme].sum() / sums.sum()))


@lru_cache(maxsize=64)
def _allocations(ranks, n):
    """How many (as shares of all) subsets of n ranks have each sum; by adding one rank after the other."""
    top = sum(sorted(ranks)[-n:])
    table = np.zeros((n + 1, top + 1))
    table[0, 0] = 1.0
    for done, rank in enumerate(ranks, start=1):
        for size in range(min(n, done), 0, -1):
            table[size, rank:] += table[size - 1, : top + 1 - rank]
        if done % 32 == 0:
            table /= table.max()
    table.flags.writeable = False
    return table[n]


def _normal_p(ranks, n, observed):
    """Normal approximation with the variance of the observed ranks."""
    from scipy.special import ndtr

    total = len(ranks)
    half = ranks / 2
    spread = np.sqrt(n * (total - n) / (total * (total - 1)) * ((half - half.mean()) ** 2).sum())
    if spread == 0:
        return 1.0
    distance = max(abs(observed / 2 - n * half.mean()) - 0.5, 0.0)
    return float(min(1.0, 2 * ndtr(-distance / spread)))


def _order(n, m, confidence_level, exact_max):
    """Which differences bound the interval, and the level they reach."""
    alpha = 1 - confidence_level
    if n + m > exact_max:
        from scipy.special import ndtri

        spread = np.sqrt(n * m * (n + m + 1) / 12)
        return max(round(n * m / 2 + float(ndtri(alpha / 2)) * spread), 1), confidence_level
    sums = _allocations(tuple(2 * np.arange(1, n + m + 1)), n)[n * (n + 1) :: 2]
    lower = np.cumsum(sums) / sums.sum()
    order = max(int(np.searchsorted(lower, alpha / 2 * (1 - 1e-12))), 1)
    return order, float(1 - 2 * lower[order - 1])
