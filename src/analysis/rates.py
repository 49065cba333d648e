"""Event rates per person-time with exact intervals, and their ratio."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs import check_counts, check_level
from analysis.language import tr
from analysis.shapes import as_numbers, shaped, shared_index

_HALVINGS = 200


@dataclass(frozen=True, slots=True)
class Rate:
    """Events per `per` person-years; fields are floats, or arrays (Series) when the input was. NaN without exposure."""

    estimate: float
    conf_low: float
    conf_high: float
    n_events: float
    person_years: float
    per: float
    confidence_level: float
    method: str


@dataclass(frozen=True, slots=True)
class RateRatio:
    """Ratio of two rates, first over second."""

    estimate: float
    conf_low: float
    conf_high: float
    p_value: float
    n_events_first: int
    n_events_second: int
    confidence_level: float
    method: str


def poisson_exact(
    events: ArrayLike, person_years: ArrayLike, *, confidence_level: float = 0.95, per: float = 1.0
) -> Rate:
    """Rate of events with Garwood's exact interval.

    Parameters
    ----------
    events : int, array or Series
        Number of events, or of subjects with a first event.
    person_years : float, array or Series
        Exposure in years: days / 365.25, days counted as stop - start + 1; up to the first event for first events.
        A Series keeps its index.
    confidence_level : float
        0.95 by default.
    per : float
        Person-years the rate is given for: 1 by default, 100 for the usual safety table.

    Returns
    -------
    Rate
        No events: the lower limit is 0 and the upper one that of a two-sided interval (3.689/exposure at 95 %).
        No events in no time, or a missing value: NaN.

    Raises
    ------
    ValueError
        For events without exposure, negative exposure, or counts that are negative or fractional.

    References
    ----------
    Garwood F. Fiducial limits for the Poisson distribution. Biometrika 1936;28:437-442. doi:10.1093/biomet/28.3-4.437
    Ulm K. Am J Epidemiol 1990;131:373-375. doi:10.1093/oxfordjournals.aje.a115507

    Examples
    --------
    >>> rate = poisson_exact(5, 18.4, per=100)
    >>> round(rate.estimate, 6), round(rate.conf_low, 6), round(rate.conf_high, 6)
    (27.173913, 8.823296, 63.414848)
    """
    return _interval(
        events, person_years, confidence_level, per, _garwood_limits, tr("exact Poisson (Garwood)")
    )


def poisson_midp(
    events: ArrayLike, person_years: ArrayLike, *, confidence_level: float = 0.95, per: float = 1.0
) -> Rate:
    """Rate of events with the mid-p interval: narrower than the exact one, near its level on average.

    Parameters, result and errors as `poisson_exact`. With no events the lower limit is 0. For rare events it may cover
    less than its level: where 95 % must be guaranteed take `poisson_exact`.

    Examples
    --------
    >>> rate = poisson_midp(0, 10)
    >>> rate.conf_low, round(rate.conf_high, 6)
    (0.0, 0.299573)
    """
    return _interval(events, person_years, confidence_level, per, _midp_limits, tr("mid-p Poisson"))


def rate_ratio(
    events: int,
    person_years: float,
    reference_events: int,
    reference_person_years: float,
    *,
    confidence_level: float = 0.95,
) -> RateRatio:
    """Ratio of two rates with the exact interval and test, conditional on the total number of events.

    Parameters
    ----------
    events, reference_events : int
        Events in the group and in the reference group.
    person_years, reference_person_years : float
        Exposure of both, in the same unit, positive.
    confidence_level : float
        0.95 by default.

    Returns
    -------
    RateRatio
        Two-sided p adds all outcomes at most as probable as the observed one (as R's `poisson.test`), while the
        interval has equal tails: near the level the two may disagree. Without any event everything is NaN and p is 1.

    Examples
    --------
    >>> ratio = rate_ratio(10, 100, 20, 110)
    >>> round(ratio.estimate, 6), round(ratio.conf_low, 6), round(ratio.conf_high, 6), round(ratio.p_value, 6)
    (0.55, 0.229907, 1.231101, 0.143734)
    """
    from scipy.stats import binomtest

    counts, years = np.array([events, reference_events]), np.array([person_years, reference_person_years])
    _check(counts.astype(float), years.astype(float), confidence_level, 1.0)
    if np.isnan(counts.astype(float)).any() or np.isnan(years.astype(float)).any():
        raise ValueError("events, person_years: a ratio needs the numbers of both groups, one is missing")
    if not (years > 0).all():
        raise ValueError("person_years: both groups need exposure above 0")
    method = tr(
        "rate ratio, {confidence_level:g} % exact interval conditional on the total of events",
        confidence_level=100 * confidence_level,
    )
    total = int(counts.sum())
    if total == 0:
        nan = float("nan")
        return RateRatio(nan, nan, nan, 1.0, 0, 0, confidence_level, method)
    scale = reference_person_years / person_years
    test = binomtest(int(events), total, person_years / (person_years + reference_person_years))
    share = test.proportion_ci(confidence_level, method="exact")
    low, high, estimate = (_odds(value) * scale for value in (share.low, share.high, events / total))
    p = float(test.pvalue)
    return RateRatio(estimate, low, high, p, int(events), int(reference_events), confidence_level, method)


def _odds(share: float) -> float:
    """Odds of a share; infinite at 1."""
    return float(share / (1 - share)) if share < 1 else float("inf")


def _interval(events, person_years, confidence_level, per, limits, name) -> Rate:
    """Check the input, apply the limits where there is exposure, give the result the shape of the input."""
    index = shared_index(events=events, person_years=person_years)
    x, years = np.broadcast_arrays(as_numbers(events), as_numbers(person_years))
    _check(x, years, confidence_level, per)
    usable = (years > 0) & ~np.isnan(x)
    low, high = limits(np.where(usable, x, 0.0), (1 - confidence_level) / 2)
    time = np.where(usable, years, np.nan)
    estimate, low, high = (shaped(values / time * per, index) for values in (x, low, high))
    method = tr(
        "rate per {per:g} person-years, {confidence_level:g} % {name} interval",
        per=per,
        confidence_level=100 * confidence_level,
        name=name,
    )
    return Rate(estimate, low, high, shaped(x, index), shaped(years, index), per, confidence_level, method)


def _garwood_limits(x, tail):
    """Exact limits of a Poisson mean."""
    from scipy.special import gammaincinv

    low = np.where(x > 0, gammaincinv(np.maximum(x, 1), tail), 0.0)
    return low, gammaincinv(x + 1, 1 - tail)


def _midp_limits(x, tail):
    """Where P(X > x) + P(X = x)/2 is tail and 1 - tail; the lower limit is 0 at x = 0."""
    _, high = _garwood_limits(x, tail)
    low, upper = _half_tail_root(x, tail, high), _half_tail_root(x, 1 - tail, high)
    return np.where(x == 0, 0.0, low), upper


def _half_tail_root(x, target, high):
    """Mean at which the halved upper tail, rising in it, reaches the target; by bisection below the exact limit."""
    from scipy.special import gammainc

    low = np.zeros(np.shape(x))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        at_least = np.where(x > 0, gammainc(np.maximum(x, 1), middle), 1.0)
        short = (at_least + gammainc(x + 1, middle)) / 2 < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def _check(x: np.ndarray, years: np.ndarray, confidence_level: float, per: float) -> None:
    """Refuse impossible counts, exposures and levels."""
    check_level(confidence_level)
    if not per > 0:
        raise ValueError(f"per: expected a positive number of person-years, got {per}")
    check_counts(x, "events")
    if (years < 0).any() or np.isinf(years).any():
        raise ValueError("person_years: expected finite numbers, 0 or more")
    if ((years == 0) & (x > 0)).any():
        raise ValueError(
            f"person_years: {int(((years == 0) & (x > 0)).sum())} rows have events but no exposure"
        )
