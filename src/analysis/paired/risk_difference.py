"""Limits of a paired difference of proportions, from counts."""

from typing import Any

import numpy as np

_HALVINGS = 60


def tango_limits(
    lost: float | np.ndarray, gained: float | np.ndarray, n: float | np.ndarray, confidence_level: float
) -> tuple[Any, Any]:
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


def wilson_limits(k: float, n: float, confidence_level: float) -> tuple[float, float]:
    """Wilson's score limits of one proportion."""
    from scipy.special import ndtri

    z = float(ndtri((1 + confidence_level) / 2))
    half = z * np.sqrt(k * (n - k) / n + z**2 / 4)
    low, high = (k + z**2 / 2 - half) / (n + z**2), (k + z**2 / 2 + half) / (n + z**2)
    return (0.0 if k == 0 else float(low)), (1.0 if k == n else float(high))


def newcombe_limits(
    kept: float | np.ndarray,
    lost: float | np.ndarray,
    gained: float | np.ndarray,
    never: float | np.ndarray,
    confidence_level: float,
) -> tuple[float, float]:
    """Newcombe's method 10 for (gained - lost)/n: Wilson limits of both margins, joined through their correlation."""
    n = kept + lost + gained + never
    before, after = kept + lost, kept + gained
    p1, p2 = before / n, after / n
    low1, high1 = wilson_limits(before, n, confidence_level)
    low2, high2 = wilson_limits(after, n, confidence_level)
    phi = _corrected_phi(kept, lost, gained, never)
    below = (p2 - low2) ** 2 - 2 * phi * (p2 - low2) * (high1 - p1) + (high1 - p1) ** 2
    above = (high2 - p2) ** 2 - 2 * phi * (high2 - p2) * (p1 - low1) + (p1 - low1) ** 2
    return p2 - p1 - float(np.sqrt(max(below, 0))), p2 - p1 + float(np.sqrt(max(above, 0)))


def _corrected_phi(kept, lost, gained, never) -> float:
    """Correlation of the two visits with Newcombe's correction when positive; 0 when a margin is empty."""
    n = kept + lost + gained + never
    margins = (kept + lost) * (gained + never) * (kept + gained) * (lost + never)
    if margins == 0:
        return 0.0
    product = kept * never - lost * gained
    corrected = max(product - n / 2, 0) if product > 0 else product
    return corrected / margins**0.5


def wald_limits(
    lost: float | np.ndarray, gained: float | np.ndarray, n: float | np.ndarray, confidence_level: float
) -> tuple[float, float]:
    """Wald limits of (gained - lost)/n."""
    from scipy.special import ndtri

    difference = (gained - lost) / n
    half = float(ndtri((1 + confidence_level) / 2)) * np.sqrt(gained + lost - (gained - lost) ** 2 / n) / n
    return difference - float(half), difference + float(half)
