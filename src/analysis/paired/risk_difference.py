"""Limits of a paired difference of proportions, from counts."""

import numpy as np

_HALVINGS = 60


def tango_limits(lost, gained, n, confidence_level: float):
    """Tango's score limits of (gained - lost)/n; arrays allowed, NaN where n is 0."""
    from scipy.special import ndtri

    lost, gained, n = (np.asarray(counts, dtype=float) for counts in (lost, gained, n))
    z = float(ndtri((1 + confidence_level) / 2))
    low = _tango_root(lost, gained, n, z)
    high = -_tango_root(gained, lost, n, z)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def _tango_root(lost, gained, n, z):
    """Lower limit: the smallest difference whose score is at most z, by bisection on [-1, estimate]."""
    safe = np.maximum(n, 1)
    low, high = np.full(np.broadcast(lost, gained, n).shape, -1.0), (gained - lost) / safe
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        rejected = _tango_score(middle, lost, gained, safe) > z
        low, high = np.where(rejected, middle, low), np.where(rejected, high, middle)
    return (low + high) / 2


def _tango_score(difference, lost, gained, n):
    """Score statistic for a hypothetical difference, its nuisance probability at the restricted maximum likelihood."""
    linear = -lost - gained + (2 * n - gained + lost) * difference
    constant = -lost * difference * (1 - difference)
    nuisance = (np.sqrt(np.maximum(linear**2 - 8 * n * constant, 0)) - linear) / (4 * n)
    variance = n * (2 * nuisance + difference * (1 - difference))
    distance = gained - lost - n * difference
    with np.errstate(divide="ignore", invalid="ignore"):
        score = distance / np.sqrt(np.maximum(variance, 0))
    return np.where(distance == 0, 0.0, score)
