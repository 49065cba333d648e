"""Means, standard deviations and t statistics of many endpoints at once (rows are endpoints, columns pairs)."""

from dataclasses import dataclass

import numpy as np

from .pairs import NOISE


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments of complete pairs, one entry per endpoint; a constant side has SD exactly 0."""

    n: np.ndarray
    mean_baseline: np.ndarray
    mean_followup: np.ndarray
    sd_baseline: np.ndarray
    sd_followup: np.ndarray
    mean_change: np.ndarray
    sd_change: np.ndarray
    correlation: np.ndarray


def pair_moments(baseline: np.ndarray, followup: np.ndarray) -> Moments:
    """Moments of each row; a pair with NaN on either side is left out on both."""
    complete = ~(np.isnan(baseline) | np.isnan(followup))
    n = complete.sum(axis=-1)
    mean_b, dev_b = _centred(baseline, complete, n)
    mean_f, dev_f = _centred(followup, complete, n)
    mean_d, dev_d = _centred(followup - baseline, complete, n)
    scale = np.maximum(np.abs(mean_b), np.abs(mean_f))
    sd_b, sd_f = _sd(dev_b, n, np.abs(mean_b)), _sd(dev_f, n, np.abs(mean_f))
    sd_d = _sd(dev_d, n, scale)
    return Moments(n, mean_b, mean_f, sd_b, sd_f, mean_d, sd_d, _correlation(dev_b, dev_f, sd_b, sd_f, n))


def _centred(values, complete, n):
    """Means, and deviations from them with 0 where the pair is incomplete."""
    filled = np.where(complete, values, 0.0)
    mean = np.divide(filled.sum(axis=-1), n, out=np.full(n.shape, np.nan), where=n > 0)
    return mean, np.where(complete, filled - mean[..., None], 0.0)


def _sd(deviations, n, scale):
    """Sample SD (n - 1); below 1e-12 of the scale of the values it is rounding noise and set to 0."""
    squares = (deviations**2).sum(axis=-1)
    sd = np.sqrt(np.divide(squares, n - 1, out=np.full(n.shape, np.nan), where=n > 1))
    return np.where(sd <= NOISE * scale, 0.0, sd)


def _correlation(dev_b, dev_f, sd_b, sd_f, n):
    """Pearson correlation; NaN below 3 pairs or where a side is constant, exactly 1 or -1 but for rounding."""
    spread = sd_b * sd_f * (n - 1)
    products = (dev_b * dev_f).sum(axis=-1)
    r = np.divide(products, spread, out=np.full(n.shape, np.nan), where=(spread > 0) & (n > 2))
    return np.where(np.abs(np.abs(r) - 1) < NOISE, np.sign(r), r)


def t_interval(
    moments: Moments, confidence_level: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Statistic, standard error and two-sided limits of the mean change; NaN below 2 pairs or without spread."""
    from scipy.special import stdtrit

    df = np.maximum(moments.n - 1, 1)
    usable = (moments.n > 1) & (moments.sd_change > 0)
    se = np.where(usable, moments.sd_change, np.nan) / np.sqrt(np.maximum(moments.n, 1))
    half = stdtrit(df, (1 + confidence_level) / 2) * se
    return moments.mean_change / se, se, moments.mean_change - half, moments.mean_change + half
