"""Responders in two groups, from counts: difference, ratio and odds ratio with intervals, and exact tests."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_counts, check_level, limit_words
from analysis.language import tr
from analysis.score_limits import limit, second_rate

LARGEST = 1e12
MOST_TABLES = 36_000_000  # that an exact test weighs, in half a gigabyte


@dataclass(frozen=True, slots=True)
class CountComparison:
    """Responders of a group against a reference; fields that a method does not give are NaN."""

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    events: int
    n: int
    reference_events: int
    reference_n: int
    n_missing: int
    confidence_level: float
    method: str


def newcombe(
    events: int, n: int, reference_events: int, reference_n: int, *, confidence_level: float
) -> CountComparison:
    """Difference of proportions with Newcombe's hybrid score interval (his method 10).

    Parameters
    ----------
    events, n, reference_events, reference_n : int
        Responders and sizes of the group and of the reference.
    confidence_level : float
        Between 0 and 1.

    References
    ----------
    Newcombe RG. Stat Med 1998;17:873-90.

    Examples
    --------
    >>> found = newcombe(8, 20, 2, 20, confidence_level=0.95)
    >>> round(found.estimate, 3), round(found.conf_low, 5), round(found.conf_high, 5)
    (0.3, 0.02936, 0.52528)
    """
    from scipy.special import ndtri

    x1, n1, x2, n2 = _checked(events, n, reference_events, reference_n, confidence_level)
    z = float(ndtri(0.5 + confidence_level / 2))
    (low1, high1), (low2, high2) = _wilson(x1, n1, z), _wilson(x2, n2, z)
    p1, p2 = x1 / n1, x2 / n2
    low = p1 - p2 - np.hypot(p1 - low1, high2 - p2)
    high = p1 - p2 + np.hypot(high1 - p1, p2 - low2)
    method = tr(
        "difference of proportions, {confidence_level} Newcombe interval",
        confidence_level=limit_words(confidence_level),
    )
    return _found((p1 - p2, low, high), np.nan, (x1, n1, x2, n2), confidence_level, method)


def miettinen_nurminen_difference(
    events: int, n: int, reference_events: int, reference_n: int, *, confidence_level: float
) -> CountComparison:
    """Difference of proportions with the score interval and test of Miettinen and Nurminen.

    The variance is taken at the restricted maximum likelihood, times N/(N - 1). Parameters as `newcombe`.

    References
    ----------
    Miettinen O, Nurminen M. Stat Med 1985;4:213-26. doi:10.1002/sim.4780040211.

    Examples
    --------
    >>> found = miettinen_nurminen_difference(8, 20, 2, 20, confidence_level=0.95)
    >>> round(found.conf_low, 5), round(found.conf_high, 5), round(found.p_value, 5)
    (0.03047, 0.54059, 0.03052)
    """
    from scipy.special import ndtr, ndtri

    counts = _checked(events, n, reference_events, reference_n, confidence_level)
    x1, n1, x2, n2 = counts
    z = float(ndtri(0.5 + confidence_level / 2))
    estimate = x1 / n1 - x2 / n2
    low, high = (limit(lambda d: _difference_score(counts, d), estimate, edge, z) for edge in (-1.0, 1.0))
    p_value = 2 * float(ndtr(-abs(_difference_score(counts, 0.0))))
    method = tr(
        "difference of proportions, {confidence_level} Miettinen-Nurminen score interval and test",
        confidence_level=limit_words(confidence_level),
    )
    return _found((estimate, low, high), p_value, counts, confidence_level, method)


def risk_ratio(
    events: int, n: int, reference_events: int, reference_n: int, *, confidence_level: float
) -> CountComparison:
    """Ratio of proportions with the score interval of Miettinen and Nurminen (Koopman's, times N/(N - 1)).

    Without an event in the reference the ratio and its upper limit are infinite, without one in the group 0. Without
    any event there is no ratio. Parameters as `newcombe`.

    References
    ----------
    Miettinen O, Nurminen M. Stat Med 1985;4:213-26. Koopman PAR. Biometrics 1984;40:513-7. doi:10.2307/2531405.

    Examples
    --------
    >>> found = risk_ratio(8, 20, 2, 20, confidence_level=0.95)
    >>> round(found.estimate, 3), round(found.conf_low, 4), round(found.conf_high, 3)
    (4.0, 1.1167, 15.743)
    """
    from scipy.special import ndtr, ndtri

    counts = _checked(events, n, reference_events, reference_n, confidence_level)
    x1, n1, x2, n2 = counts
    if x1 + x2 == 0:
        raise NotEstimable("no event in either group: there is no ratio")
    z = float(ndtri(0.5 + confidence_level / 2))
    estimate = (x1 / n1) / (x2 / n2) if x2 else float("inf")

    def score(log_ratio):
        return _ratio_score(counts, np.exp(log_ratio))

    centre = np.log(min(max(estimate, 1 / LARGEST), LARGEST))
    edge = np.log(LARGEST)
    low = 0.0 if x1 == 0 else float(np.exp(limit(score, centre, -edge, z)))
    high = float("inf") if x2 == 0 else float(np.exp(limit(score, centre, edge, z)))
    p_value = 2 * float(ndtr(-abs(_difference_score(counts, 0.0))))
    method = tr(
        "ratio of proportions, {confidence_level} Miettinen-Nurminen score interval and test",
        confidence_level=limit_words(confidence_level),
    )
    return _found((estimate, low, high), p_value, counts, confidence_level, method)


def exact_odds_ratio(
    events: int, n: int, reference_events: int, reference_n: int, *, confidence_level: float
) -> CountComparison:
    """Odds ratio given both margins (conditional maximum likelihood) with the exact interval, and Fisher's test.

    As R's `fisher.test`. Infinite or 0 where a cell is empty. Parameters as `newcombe`.

    References
    ----------
    Fisher RA. J R Stat Soc 1935;98:39-82. doi:10.2307/2342435.

    Examples
    --------
    >>> found = exact_odds_ratio(8, 20, 2, 20, confidence_level=0.95)
    >>> round(found.estimate, 3), round(found.p_value, 5)
    (5.735, 0.06483)
    """
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    counts = _checked(events, n, reference_events, reference_n, confidence_level)
    x1, n1, x2, n2 = counts
    if x1 + x2 in (0, n1 + n2):
        raise NotEstimable("all subjects of both groups had the same outcome: there is no odds ratio")
    table = np.array([[x1, n1 - x1], [x2, n2 - x2]])
    found = odds_ratio(table, kind="conditional")
    limits = found.confidence_interval(confidence_level)
    p_value = float(fisher_exact(table).pvalue)
    method = tr(
        "conditional odds ratio, {confidence_level} exact interval, Fisher's exact test",
        confidence_level=limit_words(confidence_level),
    )
    values = (float(found.statistic), float(limits.low), float(limits.high))
    return _found(values, p_value, counts, confidence_level, method)


def fisher_test(events: int, n: int, reference_events: int, reference_n: int) -> float:
    """P value of Fisher's exact test, two-sided; 1 where all outcomes are the same.

    Examples
    --------
    >>> round(fisher_test(8, 20, 2, 20), 5)
    0.06483
    """
    from scipy.stats import fisher_exact

    x1, n1, x2, n2 = _checked(events, n, reference_events, reference_n, 0.95)
    return float(fisher_exact(np.array([[x1, n1 - x1], [x2, n2 - x2]])).pvalue)


def exact_unconditional(events: int, n: int, reference_events: int, reference_n: int) -> float:
    """P value of Boschloo's exact unconditional test, two-sided: never above its level, more powerful than Fisher's.

    The largest probability, over the common rate, of a table whose Fisher p is as small; rates on a grid of a
    thousandth. There is none for more than 36 million tables (6,000 subjects in each of two equal groups).

    References
    ----------
    Boschloo RD. Stat Neerl 1970;24:1-9. doi:10.1111/j.1467-9574.1970.tb00104.x.

    Examples
    --------
    >>> round(exact_unconditional(8, 20, 2, 20), 4)
    0.0386
    """
    x1, n1, x2, n2 = _checked(events, n, reference_events, reference_n, 0.95)
    if (n1 + 1) * (n2 + 1) > MOST_TABLES:
        raise NotEstimable("too many subjects for the exact unconditional test, which weighs every table")
    ways = _log_ways(n1, n2)
    extreme = _as_small(x1, x2, *ways)
    rates = np.linspace(0.001, 0.999, 999)[:, None]
    counts = [np.arange(len(of)) for of in ways]
    first, second = (
        np.exp(of + k * np.log(rates) + (k[-1] - k) * np.log1p(-rates))
        for of, k in zip(ways, counts, strict=True)
    )
    chances = (first * (second @ extreme.T.astype(float))).sum(axis=1)
    return float(min(1.0, chances.max()))


def _log_ways(*sizes: int) -> list[np.ndarray]:
    """Logarithms of the binomial coefficients of each size."""
    from scipy.special import gammaln

    factorials = gammaln(np.arange(max(sizes) + 1) + 1.0)
    return [factorials[n] - factorials[: n + 1] - factorials[n::-1] for n in sizes]


def _as_small(x1: int, x2: int, *ways: np.ndarray) -> np.ndarray:
    """Which tables of two groups have a Fisher p as small as the one seen; one row per count of the first group."""
    n1, n2 = (len(of) - 1 for of in ways)
    p = np.empty((n1 + 1, n2 + 1))
    for total in range(n1 + n2 + 1):
        k = np.arange(max(0, total - n2), min(n1, total) + 1)
        mass = ways[0][k] + ways[1][total - k]
        mass = np.exp(mass - mass.max())
        order = np.sort(mass)
        below = np.searchsorted(order, mass * (1 + 1e-7), side="right")
        p[k, total - k] = np.cumsum(order)[below - 1] / order.sum()
    return p <= p[x1, x2] * (1 + 1e-7)


def _checked(events, n, reference_events, reference_n, confidence_level):
    """Counts as integers; impossible ones, and empty groups, are refused."""
    check_level(confidence_level)
    values = {"events": events, "n": n, "reference_events": reference_events, "reference_n": reference_n}
    for name, value in values.items():
        check_counts(np.array([value], dtype=float), name)
        if pd.isna(value):
            raise ValueError(f"{name}: expected a count, got nothing")
    if events > n or reference_events > reference_n:
        raise ValueError("events: more than there are subjects")
    if not n or not reference_n:
        raise NotEstimable("a group has nobody in it: there is nothing to compare")
    return int(events), int(n), int(reference_events), int(reference_n)


def _found(values, p_value, counts, confidence_level, method) -> CountComparison:
    estimate, low, high = (float(value) for value in values)
    return CountComparison(estimate, low, high, float(p_value), *counts, 0, confidence_level, method)  # type: ignore[call-arg]


def _wilson(x, n, z):
    """Limits of one proportion."""
    half = z * np.sqrt(x * (n - x) / n + z**2 / 4)
    low, high = (x + z**2 / 2 - half) / (n + z**2), (x + z**2 / 2 + half) / (n + z**2)
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def _difference_score(counts, difference):
    """Score statistic of Miettinen and Nurminen for a hypothetical difference."""
    x1, n1, x2, n2 = counts
    p2 = second_rate(counts, difference)
    p1 = min(max(p2 + difference, 0.0), 1.0)
    return _standardised(x1 / n1 - x2 / n2 - difference, p1, n1, p2, n2, 1.0)


def _ratio_score(counts, ratio):
    """Score statistic for a hypothetical ratio, at the restricted maximum likelihood (a quadratic equation)."""
    x1, n1, x2, n2 = counts
    a, c = (n1 + n2) * ratio, x1 + x2
    b = -(n1 * ratio + x1 + n2 + x2 * ratio)
    p2 = 2 * c / (-b + np.sqrt(max(b * b - 4 * a * c, 0.0)))
    p1 = min(p2 * ratio, 1.0)
    return _standardised(x1 / n1 - ratio * x2 / n2, p1, n1, p2, n2, ratio)


def _standardised(distance, p1, n1, p2, n2, ratio):
    """A distance over its error, times the root of (N - 1)/N."""
    total = n1 + n2
    variance = (p1 * (1 - p1) / n1 + ratio**2 * p2 * (1 - p2) / n2) * total / (total - 1)
    if variance <= 0:
        return 0.0 if abs(distance) < 1e-15 else float(np.copysign(np.inf, distance))
    return float(distance / np.sqrt(variance))
