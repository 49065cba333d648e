"""Power and sample size of the paired t test, and precision of intervals for a planned number of patients."""

import numpy as np

_LARGEST = 10_000_000


def paired_t_power(n: float, *, effect: float, alpha: float, sided: int = 2) -> float:
    """Power of the paired t test.

    Parameters
    ----------
    n : float
        Number of pairs, 2 or more.
    effect : float
        d_z: mean change over the SD of the change.
    alpha : float
        Level of the test.
    sided : {1, 2}
        2 counts rejections on both sides.

    Examples
    --------
    >>> round(paired_t_power(27, effect=0.8 / 1.4, alpha=0.05), 6)
    0.815417
    """
    from scipy.special import nctdtr, stdtrit

    _check(alpha, sided)
    if not n >= 2:
        raise ValueError(f"n: expected 2 or more pairs, got {n}")
    df, shift = n - 1, abs(effect) * np.sqrt(n)
    critical = stdtrit(df, 1 - alpha / sided)
    upper = 1 - np.nan_to_num(nctdtr(df, shift, critical), nan=0.0)  # far out the function gives NaN
    lower = 1 - np.nan_to_num(nctdtr(df, -shift, critical), nan=1.0) if sided == 2 else 0.0
    return float(upper + lower)


def paired_t_size(*, effect: float, alpha: float, power: float, sided: int = 2) -> float:
    """Number of pairs for a power, as the exact solution; round up for the plan.

    For the signed-rank test divide by its relative efficiency: about 0.955 for normal changes.

    Examples
    --------
    >>> import math
    >>> [math.ceil(paired_t_size(effect=d, alpha=0.05, power=0.8)) for d in (0.5, 0.66, 0.8)]
    [34, 21, 15]
    """
    from scipy.optimize import brentq

    _check(alpha, sided)
    _check_power(power)
    if not effect:
        raise ValueError("effect: no sample size detects an effect of 0")

    def shortfall(n):
        return paired_t_power(n, effect=effect, alpha=alpha, sided=sided) - power

    if shortfall(2) >= 0:
        return 2.0
    top = 4.0
    while shortfall(top) < 0:
        if top > _LARGEST:
            raise ValueError(f"effect: {effect:g} needs more than {_LARGEST} pairs")
        top *= 2
    return float(brentq(shortfall, 2, top, xtol=1e-10))


def detectable_effect(n: float, *, alpha: float, power: float, sided: int = 2) -> float:
    """Smallest d_z the paired t test finds with the power.

    Examples
    --------
    >>> [round(detectable_effect(n, alpha=0.05, power=0.8), 6) for n in (20, 18, 200)]
    [0.660442, 0.700723, 0.199064]
    """
    from scipy.optimize import brentq

    _check(alpha, sided)
    _check_power(power)

    def shortfall(effect):
        return paired_t_power(n, effect=effect, alpha=alpha, sided=sided) - power

    top = 1.0
    while shortfall(top) < 0:
        top *= 2
    return float(brentq(shortfall, 0, top, xtol=1e-12))


def precision_of_mean_change(n: float, *, sd_change: float, confidence_level: float = 0.95) -> float:
    """Half-width of the t interval of a mean change, should the SD of the change be as planned.

    Examples
    --------
    >>> round(precision_of_mean_change(20, sd_change=5), 3)
    2.34
    """
    from scipy.special import stdtrit

    _check(1 - confidence_level, 2)
    if not (n >= 2 and sd_change >= 0):
        raise ValueError(
            f"n, sd_change: expected 2 or more pairs and an SD of 0 or more, got {n} and {sd_change}"
        )
    return float(stdtrit(n - 1, (1 + confidence_level) / 2) * sd_change / np.sqrt(n))


def precision_of_proportion(n: int, *, proportion: float, confidence_level: float = 0.95) -> float:
    """Expected width of the Wilson interval of a rate, over the binomial distribution of the count.

    Examples
    --------
    >>> round(precision_of_proportion(20, proportion=0.5), 3)
    0.393
    """
    from scipy.special import bdtr, ndtri

    _check(1 - confidence_level, 2)
    if n < 1 or not 0 <= proportion <= 1:
        raise ValueError(
            f"n, proportion: expected 1 or more patients and a proportion, got {n} and {proportion}"
        )
    z, k = float(ndtri((1 + confidence_level) / 2)), np.arange(n + 1)
    width = 2 * z * np.sqrt(k * (n - k) / n + z**2 / 4) / (n + z**2)
    probability = np.diff(bdtr(k, n, proportion), prepend=0.0)
    return float((probability * width).sum())


def _check(alpha: float, sided: int) -> None:
    """Refuse impossible levels."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: expected a number between 0 and 1, got {alpha}")
    if sided not in (1, 2):
        raise ValueError(f"sided: expected 1 or 2, got {sided}")


def _check_power(power: float) -> None:
    """Refuse impossible powers."""
    if not 0 < power < 1:
        raise ValueError(f"power: expected a number between 0 and 1, got {power}")
