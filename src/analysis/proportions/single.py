"""One proportion with its interval, from counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis import inputs
from analysis.inputs import check_level
from analysis.language import tr
from analysis.shapes import as_numbers, shaped, shared_index

_HALVINGS = 100


@dataclass(frozen=True, slots=True)
class Proportion:
    """A proportion k/n; fields are floats, or arrays (Series) when counts were. NaN where n is 0."""

    estimate: float
    conf_low: float
    conf_high: float
    n_events: float
    n: float
    confidence_level: float
    method: str


def clopper_pearson(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Exact (Clopper-Pearson) interval of a proportion: at least its level for every true value, hence wide.

    Parameters
    ----------
    k, n : int, array or Series
        Number with the event, and of all; 0 <= k <= n. A Series keeps its index.
    confidence_level : float
        0.95 by default.

    Returns
    -------
    Proportion
        NaN where n is 0 or a count is missing.

    Raises
    ------
    ValueError
        For counts that are negative, fractional or larger than n; for indexes that differ.

    References
    ----------
    Clopper CJ, Pearson ES. The use of confidence or fiducial limits. Biometrika 1934;26:404-413.
    doi:10.1093/biomet/26.4.404

    Examples
    --------
    >>> rate = clopper_pearson(9, 20)
    >>> rate.estimate, round(rate.conf_low, 6), round(rate.conf_high, 6)
    (0.45, 0.230578, 0.684722)
    """
    return _interval(k, n, confidence_level, _exact_limits, tr("Clopper-Pearson exact"))


def wilson(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Wilson's score interval of a proportion: on average at its level; the default for response rates.

    A 95 % interval covers 95.4 % on average and 92.5 % at the least favourable true rate at n = 20, 93.3 % at n = 200
    (docs/coverage.md): where 95 % must be guaranteed take `clopper_pearson`. Parameters, result and errors as there.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference. JASA 1927;22:209-212.
    doi:10.1080/01621459.1927.10502953
    Brown LD, Cai TT, DasGupta A. Interval estimation for a binomial proportion. Stat Sci 2001;16:101-133.
    doi:10.1214/ss/1009213286

    Examples
    --------
    >>> rate = wilson(9, 20)
    >>> round(rate.conf_low, 6), round(rate.conf_high, 6)
    (0.258198, 0.657915)
    >>> wilson(0, 20).conf_low
    0.0
    """
    return _interval(k, n, confidence_level, _wilson_limits, tr("Wilson score"))


def wilson_corrected(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Wilson's interval with continuity correction (Newcombe 1998, method 4): rarely below its level.

    Parameters, result and errors as `clopper_pearson`. Reference: Newcombe RG. Stat Med 1998;17:857-872.

    Examples
    --------
    >>> rate = wilson_corrected(0, 1)
    >>> rate.conf_low, round(rate.conf_high, 6)
    (0.0, 0.945379)
    """
    return _interval(
        k, n, confidence_level, _wilson_corrected_limits, tr("Wilson score with continuity correction")
    )


def midp(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Mid-p interval of a proportion: the exact tails count half of the observed value; near its level on average.

    A 95 % interval covers 93.3 % at the least favourable true rate at n = 20 (docs/coverage.md): where 95 % must be
    guaranteed take `clopper_pearson`.

    Parameters, result and errors as `clopper_pearson`. Reference: Berry G, Armitage P. Mid-P confidence intervals:
    a brief review. The Statistician 1995;44:417-423. doi:10.2307/2348891

    Examples
    --------
    >>> rate = midp(9, 20)
    >>> rate.conf_low > clopper_pearson(9, 20).conf_low, rate.conf_high < clopper_pearson(9, 20).conf_high
    (True, True)
    """
    return _interval(k, n, confidence_level, _midp_limits, tr("mid-p exact"))


def jeffreys(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Jeffreys' interval (equal tails of Beta(k + 1/2, n - k + 1/2)), with limit 0 at k = 0 and 1 at k = n.

    A 95 % interval covers 89.6 % at the least favourable true rate at n = 20 (docs/coverage.md): `wilson` does better,
    `clopper_pearson` guarantees 95 %.

    Parameters, result and errors as `clopper_pearson`. Reference: Brown, Cai, DasGupta 2001, doi:10.1214/ss/1009213286

    Examples
    --------
    >>> rate = jeffreys(0, 1)
    >>> rate.conf_low, round(rate.conf_high, 6)
    (0.0, 0.853254)
    """
    return _interval(k, n, confidence_level, _jeffreys_limits, tr("Jeffreys"))


def agresti_coull(k: ArrayLike, n: ArrayLike, *, confidence_level: float = 0.95) -> Proportion:
    """Agresti-Coull interval: Wald around the centre of Wilson's, cut to [0, 1].

    A 95 % interval covers 93.2 % at the least favourable true rate at n = 20 (docs/coverage.md): where 95 % must be
    guaranteed take `clopper_pearson`.

    Parameters, result and errors as `clopper_pearson`. Reference: Agresti A, Coull BA. Am Stat 1998;52:119-126.
    doi:10.1080/00031305.1998.10480550

    Examples
    --------
    >>> rate = agresti_coull(9, 20)
    >>> round(rate.conf_low, 3), round(rate.conf_high, 3)
    (0.258, 0.658)
    """
    return _interval(k, n, confidence_level, _agresti_coull_limits, tr("Agresti-Coull"))


def _interval(k, n, confidence_level, limits, name) -> Proportion:
    """Check counts, apply the limits where there are any, give the result the shape of the input."""
    index = shared_index(k=k, n=n)
    events, sizes = np.broadcast_arrays(as_numbers(k), as_numbers(n))
    check_counts(events, sizes, confidence_level)
    usable = (sizes > 0) & ~np.isnan(events)
    x, m = np.where(usable, events, 0.0), np.where(usable, sizes, 1.0)
    low, high = limits(x, m, (1 - confidence_level) / 2)
    fields = (np.where(usable, values, np.nan) for values in (x / m, low, high))
    estimate, low, high = (shaped(values, index) for values in fields)
    method = tr(
        "proportion, {confidence_level:g} % {name} interval",
        confidence_level=100 * confidence_level,
        name=name,
    )
    return Proportion(
        estimate, low, high, shaped(events, index), shaped(sizes, index), confidence_level, method
    )


def check_counts(k: np.ndarray, n: np.ndarray, confidence_level: float) -> None:
    """Refuse impossible counts and levels."""
    check_level(confidence_level)
    inputs.check_counts(k, "k")
    inputs.check_counts(n, "n")
    if (k > n).any():
        raise ValueError(f"k: {int((k > n).sum())} counts are larger than n")


def _exact_limits(x, n, tail):
    from scipy.special import betaincinv

    low = np.where(x > 0, betaincinv(np.maximum(x, 1), n - x + 1, tail), 0.0)
    return low, np.where(x < n, betaincinv(x + 1, np.maximum(n - x, 1), 1 - tail), 1.0)


def _wilson_limits(x, n, tail):
    from scipy.special import ndtri

    z = -ndtri(tail)
    half = z * np.sqrt(x * (n - x) / n + z**2 / 4)
    low, high = (x + z**2 / 2 - half) / (n + z**2), (x + z**2 / 2 + half) / (n + z**2)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _wilson_corrected_limits(x, n, tail):
    from scipy.special import ndtri

    z, p = -ndtri(tail), x / n
    below = z * np.sqrt(np.maximum(z**2 - 2 - 1 / n + 4 * p * (n * (1 - p) + 1), 0))
    above = z * np.sqrt(np.maximum(z**2 + 2 - 1 / n + 4 * p * (n * (1 - p) - 1), 0))
    low = (2 * x + z**2 - 1 - below) / (2 * (n + z**2))
    high = (2 * x + z**2 + 1 + above) / (2 * (n + z**2))
    return np.where(x == 0, 0.0, np.maximum(low, 0)), np.where(x == n, 1.0, np.minimum(high, 1))


def _jeffreys_limits(x, n, tail):
    from scipy.special import betaincinv

    low, high = betaincinv(x + 0.5, n - x + 0.5, tail), betaincinv(x + 0.5, n - x + 0.5, 1 - tail)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _agresti_coull_limits(x, n, tail):
    from scipy.special import ndtri

    z = -ndtri(tail)
    centre = (x + z**2 / 2) / (n + z**2)
    half = z * np.sqrt(centre * (1 - centre) / (n + z**2))
    return np.maximum(centre - half, 0), np.minimum(centre + half, 1)


def _midp_limits(x, n, tail):
    """Where P(X > x) + P(X = x)/2 is tail and 1 - tail; 0 at x = 0, 1 at x = n."""
    low, high = _half_tail_root(x, n, tail), _half_tail_root(x, n, 1 - tail)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _half_tail_root(x, n, target):
    """Probability at which the halved upper tail, rising in it, reaches the target; by bisection."""
    low, high = np.zeros(np.shape(x)), np.ones(np.shape(x))
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        short = _half_upper_tail(x, n, middle) < target
        low, high = np.where(short, middle, low), np.where(short, high, middle)
    return (low + high) / 2


def _half_upper_tail(x, n, p):
    """P(X > x) + P(X = x)/2."""
    from scipy.special import betainc

    at_least = np.where(x > 0, betainc(np.maximum(x, 1), n - x + 1, p), 1.0)
    above = np.where(x < n, betainc(x + 1, np.maximum(n - x, 1), p), 0.0)
    return (at_least + above) / 2
