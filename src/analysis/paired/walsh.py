"""Order statistics of the n(n + 1)/2 Walsh averages (x_i + x_j)/2, i <= j, in O(n) memory.

Up to a few hundred values all sums are formed, with many ties those of distinct values. Beyond, the sums below a bound
are counted from the sorted values (one search per value), the bound is bisected until few sums are left, and only those
are formed. Ties are carried as weights, so rounded scales of 50,000 pairs stay small.
"""

from functools import lru_cache

import numpy as np

_ALL_SUMS_MAX = 600
_NARROW = 1e-13


def walsh_order_statistics(values: np.ndarray, orders: np.ndarray | list[int]) -> np.ndarray:
    """The Walsh averages of the given 1-based orders, ascending from 1 to n(n + 1)/2."""
    wanted = np.asarray(orders, dtype=np.int64)
    distinct, weights = np.unique(values, return_counts=True)
    few = 2 * len(distinct) <= len(values)
    if len(values) <= _ALL_SUMS_MAX and not few:
        sums = np.add.outer(values, values).take(_upper_triangle(len(values)))
        sums.partition(wanted - 1)
        return sums[wanted - 1] / 2
    if len(distinct) <= _ALL_SUMS_MAX:
        return _weighted(distinct, weights, wanted)
    reach = np.concatenate([[0], np.cumsum(weights)])
    return np.array([_selected(distinct, weights, reach, int(order)) for order in wanted]) / 2


@lru_cache(maxsize=32)
def _upper_triangle(n: int) -> np.ndarray:
    """Places of the pairs i <= j in an n x n table read row by row."""
    return np.flatnonzero(np.triu(np.ones((n, n), dtype=bool)))


def pseudomedian_orders(n: int) -> tuple[int, int]:
    """Orders of the middle Walsh averages, equal when their number is odd."""
    n_sums = n * (n + 1) // 2
    return (n_sums + 1) // 2, n_sums // 2 + 1


def _weighted(distinct: np.ndarray, weights: np.ndarray, orders: np.ndarray | list[int]) -> np.ndarray:
    """Order statistics from all sums of distinct values, each weighted by how often it occurs."""
    i, j = np.triu_indices(len(distinct))
    times = np.where(i == j, weights[i] * (weights[i] + 1) // 2, weights[i] * weights[j])
    sums = distinct[i] + distinct[j]
    order = np.argsort(sums)
    return sums[order[np.searchsorted(np.cumsum(times[order]), orders)]] / 2


def _n_at_most(distinct, weights, reach, bound: float) -> int:
    """How many sums x_i + x_j, i <= j, are at most the bound."""
    both_ways = int((weights * reach[np.searchsorted(distinct, bound - distinct, side="right")]).sum())
    own = int(weights[: np.searchsorted(2 * distinct, bound, side="right")].sum())
    return (both_ways + own) // 2


def _selected(distinct, weights, reach, order: int) -> float:
    """The sum of the given order, by bisection on the count and a final look at the few sums left."""
    low, high = 2 * distinct[0], 2 * distinct[-1]
    narrow = _NARROW * max(abs(low), abs(high))
    low -= narrow + np.finfo(float).tiny
    below, upto = 0, int(reach[-1] * (reach[-1] + 1) // 2)
    while upto - below > 4 * len(distinct) and high - low > narrow:
        middle = low + (high - low) / 2
        count = _n_at_most(distinct, weights, reach, middle)
        low, high, below, upto = (
            (low, middle, below, count) if count >= order else (middle, high, count, upto)
        )
    return _among(distinct, weights, low, high, order - below)


def _spans(distinct, low, high):
    """For each i the range of j >= i with low < x_i + x_j <= high."""
    own = np.arange(len(distinct))
    start = np.maximum(np.searchsorted(distinct, low - distinct, side="right"), own)
    stop = np.searchsorted(distinct, high - distinct, side="right")
    return start, np.maximum(stop, start)


def _among(distinct, weights, low, high, order: int) -> float:
    """The sum of the given order among those in (low, high]."""
    start, stop = _spans(distinct, low, high)
    length = stop - start
    i = np.repeat(np.arange(len(distinct)), length)
    j = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length) + np.repeat(start, length)
    times = np.where(i == j, weights[i] * (weights[i] + 1) // 2, weights[i] * weights[j])
    sums = distinct[i] + distinct[j]
    ascending = np.argsort(sums, kind="stable")
    place = min(int(np.searchsorted(np.cumsum(times[ascending]), order)), len(sums) - 1)
    return float(sums[ascending[place]])
