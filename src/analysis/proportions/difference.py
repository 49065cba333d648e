"""Difference of two independent proportions with its interval, from counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.language import tr
from analysis.score_limits import limit, second_rate

from .single import check_counts, wilson


@dataclass(frozen=True, slots=True)
class ProportionDifference:
    """Difference of two independent proportions, first minus second; NaN where a group is empty."""

    estimate: float
    conf_low: float
    conf_high: float
    n_first: int
    n_second: int
    confidence_level: float
    method: str


def newcombe_difference(
    k_first: int, n_first: int, k_second: int, n_second: int, *, confidence_level: float = 0.95
) -> ProportionDifference:
    """Difference of two independent proportions, first minus second, with Newcombe's hybrid score interval.

    Parameters
    ----------
    k_first, n_first, k_second, n_second : int
        Events and sizes of the two groups.

    References
    ----------
    Newcombe RG. Interval estimation for the difference between independent proportions: comparison of eleven methods
    (method 10). Stat Med 1998;17:873-890.

    Examples
    --------
    >>> difference = newcombe_difference(8, 20, 2, 20)
    >>> round(difference.estimate, 3), round(difference.conf_low, 5), round(difference.conf_high, 5)
    (0.3, 0.02936, 0.52528)
    """
    first = wilson(k_first, n_first, confidence_level=confidence_level)
    second = wilson(k_second, n_second, confidence_level=confidence_level)
    estimate = first.estimate - second.estimate
    below = np.hypot(first.estimate - first.conf_low, second.conf_high - second.estimate)
    above = np.hypot(first.conf_high - first.estimate, second.estimate - second.conf_low)
    method = tr(
        "difference of independent proportions, {confidence_level:g} % Newcombe interval",
        confidence_level=100 * confidence_level,
    )
    return ProportionDifference(
        estimate,
        float(estimate - below),
        float(estimate + above),
        n_first,
        n_second,
        confidence_level,
        method,
    )


def score_difference(
    k_first: ArrayLike,
    n_first: ArrayLike,
    k_second: ArrayLike,
    n_second: ArrayLike,
    *,
    confidence_level: float = 0.95,
) -> ProportionDifference:
    """Difference of two independent proportions, first minus second, with Mee's score interval.

    The score statistic takes the variance at the restricted maximum likelihood (Miettinen-Nurminen without their
    n/(n - 1)). Parameters as `newcombe_difference`.

    References
    ----------
    Mee RW. Confidence bounds for the difference between two probabilities. Biometrics 1984;40:1175-1176.
    Miettinen O, Nurminen M. Stat Med 1985;4:213-226. doi:10.1002/sim.4780040211

    Examples
    --------
    >>> difference = score_difference(8, 20, 2, 20)
    >>> round(difference.conf_low, 5), round(difference.conf_high, 5)
    (0.03413, 0.53787)
    """
    from scipy.special import ndtri

    for k, n in ((k_first, n_first), (k_second, n_second)):
        check_counts(np.asarray(k, dtype=float), np.asarray(n, dtype=float), confidence_level)
    z = float(ndtri((1 + confidence_level) / 2))
    counts = (k_first, n_first, k_second, n_second)
    estimate = k_first / n_first - k_second / n_second if n_first and n_second else float("nan")
    low, high = (
        limit(lambda difference: _score(counts, difference), estimate, edge, z)
        if estimate == estimate
        else float("nan")
        for edge in (-1.0, 1.0)
    )
    method = tr(
        "difference of independent proportions, {confidence_level:g} % score interval (Mee)",
        confidence_level=100 * confidence_level,
    )
    return ProportionDifference(estimate, low, high, n_first, n_second, confidence_level, method)


def _score(counts, difference: float) -> float:
    """Score statistic for a hypothetical difference."""
    x1, n1, x2, n2 = counts
    p2 = second_rate(counts, difference)
    p1 = min(max(p2 + difference, 0.0), 1.0)
    variance = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    distance = x1 / n1 - x2 / n2 - difference
    if variance <= 0:
        return 0.0 if distance == 0 else float(np.inf)
    return float(distance / np.sqrt(variance))
