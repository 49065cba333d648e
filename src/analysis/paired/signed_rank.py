"""Null distribution of Wilcoxon's signed-rank sum, exact under ties and zeros.

Conditional on the observed ranks each change is positive or negative with probability 1/2. The distribution of
the sum of positive ranks is built by dynamic programming over doubled midranks, which are whole numbers (the shift
algorithm of Streitberg and Rohmel 1986).
"""

from functools import lru_cache

import numpy as np

from analysis.language import Texts

ZERO_RULES = ("wilcoxon", "pratt")
ZERO_WORDS = Texts({"wilcoxon": "zeros dropped (Wilcoxon)", "pratt": "zeros ranked, then dropped (Pratt)"})
_SCALE_EVERY = 900  # counts of sign patterns stay below 2**1023
_NEAR = 64  # numbers of pairs that share what is the same in their distributions


def doubled_ranks(change: np.ndarray, zeros: str) -> tuple[np.ndarray, np.ndarray]:
    """Twice the midranks of the non-zero absolute changes, and which of them are positive.

    "wilcoxon" drops zeros before ranking; "pratt" ranks them with the rest and then drops their ranks.
    """
    ranked = change[change != 0] if zeros == "wilcoxon" else change
    size = np.abs(ranked)
    order = size.argsort(kind="stable")
    first = np.flatnonzero(np.diff(size[order], prepend=-1.0))  # where a group of ties begins
    last = np.append(first[1:], len(ranked))
    ranks = np.empty(len(ranked), dtype=np.int64)
    ranks[order] = np.repeat(first + last + 1, last - first)
    return ranks[ranked != 0], ranked[ranked != 0] > 0


def lower_tail(ranks: np.ndarray, bound: int) -> float:
    """P(sum of doubled positive ranks <= bound), by dynamic programming up to `bound` only."""
    if bound < 0:
        return 0.0
    step = int(np.gcd.reduce(ranks)) if len(ranks) else 1
    ranks, bound = np.sort(ranks) // step, bound // step
    total = int(ranks.sum())
    if bound >= total:
        return 1.0
    if 2 * bound >= total:  # the upper half is the shorter way
        return 1.0 - lower_tail(ranks, total - bound - 1)
    if ranks[-1] == len(ranks) and (np.diff(ranks) == 1).all():
        return float(untied_lower_half(len(ranks))[bound])
    shares, others = _halves(ranks, bound)
    cumulated = np.cumsum(others)
    rest = np.minimum(bound - np.arange(len(shares)), len(cumulated) - 1)
    return float((shares * cumulated[rest]).sum())  # not a BLAS dot: its threads cost more than the sum


def _halves(ranks: np.ndarray, bound: int) -> tuple[np.ndarray, np.ndarray]:
    """Distributions of two halves of the ranks: shorter arrays than one for all.

    With many ties both halves are the same but for the groups of odd size, and the second is built from the first.
    """
    values, times = np.unique(ranks, return_counts=True)
    odd = values[times % 2 == 1]
    if 4 * len(odd) > len(ranks):
        return _shares(ranks[::2], bound), _shares(ranks[1::2], bound)
    shares = _shares(np.repeat(values, times // 2), bound)
    longer = np.zeros(min(bound, len(shares) - 1 + int(odd.sum())) + 1)
    longer[: len(shares)] = shares
    return shares, _pattern_shares(odd, len(longer) - 1, start=longer)


def _shares(ranks: np.ndarray, bound: int) -> np.ndarray:
    """Share of the sign patterns for each sum up to the bound; the upper half of the range mirrors the lower."""
    total = int(ranks.sum())
    if bound <= total // 2:
        return _pattern_shares(ranks, bound)
    lower = _pattern_shares(ranks, total // 2)
    return np.concatenate([lower, lower[: (total + 1) // 2][::-1]])[: bound + 1]


def _pattern_shares(ranks: np.ndarray, bound: int, *, start: np.ndarray | None = None) -> np.ndarray:
    """Share of the sign patterns whose positive ranks sum to 0, 1, ..., bound; ranks ascending, added to a start."""
    old = np.eye(1, bound + 1)[0] if start is None else start.copy()
    new = np.zeros(bound + 1)
    top = 0 if start is None else bound
    for done, rank in enumerate(ranks.tolist(), start=1):
        if rank <= bound:
            top = min(bound, top + rank)
            new[:rank] = old[:rank]
            np.add(old[rank : top + 1], old[: top + 1 - rank], out=new[rank : top + 1])
            old, new = new, old
        if done % _SCALE_EVERY == 0:
            old = np.ldexp(old, -_SCALE_EVERY)
    return np.ldexp(old, -(len(ranks) % _SCALE_EVERY))


@lru_cache(maxsize=8)
def _untied_shares(n: int) -> np.ndarray:
    """Share of the sign patterns of n untied ranks for each sum that a number of ranks up to the next step asks for.

    Sample sizes of one study lie close together, and each continues from the same ranks.
    """
    most = (n + _NEAR) * (n + _NEAR + 1) // 4
    return _pattern_shares(np.arange(1, n + 1), most)


@lru_cache(maxsize=256)
def untied_lower_half(n: int) -> np.ndarray:
    """P(W <= w) for w = 0 ... floor(S/2) of n untied ranks, S = n(n + 1)/2."""
    bound, base = n * (n + 1) // 4, n - n % _NEAR
    ranks = np.arange(base + 1, n + 1)
    table = np.cumsum(_pattern_shares(ranks, bound, start=_untied_shares(base)[: bound + 1]))
    table.flags.writeable = False
    return table


def exact_p_value(ranks: np.ndarray, positive: np.ndarray, alternative: str) -> float:
    """P value of the observed sum among all sign patterns; 1 without a non-zero change."""
    observed, total = int(ranks[positive].sum()), int(ranks.sum())
    if alternative == "less":
        return lower_tail(ranks, observed)
    if alternative == "greater":
        return lower_tail(ranks, total - observed)
    smaller = min(observed, total - observed)
    return 1.0 if 2 * smaller == total else min(1.0, 2 * lower_tail(ranks, smaller))


def normal_deviate(ranks: np.ndarray, positive: np.ndarray) -> tuple[float, float]:
    """Sum of positive ranks minus its null mean, and its null SD given ties and zeros (ranks not doubled)."""
    centred = (ranks[positive].sum() - ranks.sum() / 2) / 2
    return float(centred), float(np.sqrt((ranks.astype(float) ** 2).sum()) / 4)


def asymptotic_p_value(
    ranks: np.ndarray, positive: np.ndarray, alternative: str, *, continuity: bool
) -> float:
    """Normal approximation with the variance of the observed ranks; NaN without a non-zero change."""
    from scipy.special import ndtr

    centred, sd = normal_deviate(ranks, positive)
    if sd == 0:
        return 1.0
    shift = {"two-sided": np.sign(centred), "less": -1.0, "greater": 1.0}[alternative] * 0.5 * continuity
    z = (centred - shift) / sd
    if alternative == "two-sided":
        return float(min(1.0, 2 * ndtr(-abs(z))))
    return float(ndtr(z) if alternative == "less" else ndtr(-z))
