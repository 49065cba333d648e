"""Limits of two independent proportions by inverting a score test: the rates that a hypothetical difference leaves."""

from collections.abc import Callable

Counts = tuple[float, float, float, float]  # events and subjects of the first group, then of the second
HALVINGS = 100


def second_rate(counts: Counts, difference: float) -> float:
    """Second proportion at maximum likelihood, given that the first is so much above it.

    The log-likelihood is concave, so that its slope is bisected.

    Examples
    --------
    >>> round(second_rate((8, 20, 2, 20), 0.0), 6)
    0.25
    """
    x1, n1, x2, n2 = counts
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    for _ in range(HALVINGS):
        p2 = (low + high) / 2
        p1 = p2 + difference
        if not (0 < p1 < 1 and 0 < p2 < 1):
            break
        slope = x1 / p1 - (n1 - x1) / (1 - p1) + x2 / p2 - (n2 - x2) / (1 - p2)
        low, high = (p2, high) if slope > 0 else (low, p2)
    return (low + high) / 2


def limit(score: Callable[[float], float], inside: float, edge: float, z: float) -> float:
    """Where a score statistic reaches z, by bisection between the estimate and the edge.

    Examples
    --------
    >>> round(limit(lambda value: 10 * value, 0.0, 1.0, 1.96), 6)
    0.196
    """
    outside = edge
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if abs(score(middle)) <= z else (inside, middle)
    return (inside + outside) / 2
