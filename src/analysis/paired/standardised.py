"""Standardised mean changes of many endpoints at once: estimates and limits from moments."""

import numpy as np

from .moments import Moments
from .noncentral import noncentrality_limits

Limits = tuple[np.ndarray, np.ndarray, np.ndarray]  # estimates with their lower and upper limits


def hedges_factor(df: np.ndarray) -> np.ndarray:
    """Exact small-sample factor J = G(df/2) / (sqrt(df/2) G((df - 1)/2)) (Hedges 1981); NaN below 2 df."""
    from scipy.special import gammaln

    df = np.asarray(df, dtype=float)
    usable = np.where(df >= 2, df, np.nan)
    return np.exp(gammaln(usable / 2) - gammaln((usable - 1) / 2)) / np.sqrt(usable / 2)


def ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, NaN where the denominator is 0."""
    return np.asarray(numerator) / np.where(np.asarray(denominator) > 0, denominator, np.nan)


def cohen_dz(moments: Moments, confidence_level: float) -> Limits:
    """Mean change over the SD of the change, noncentral t limits."""
    root = np.sqrt(np.maximum(moments.n, 1))
    estimate = ratio(moments.mean_change, moments.sd_change)
    low, high = noncentrality_limits(estimate * root, np.maximum(moments.n - 1, 1), confidence_level)
    return estimate, low / root, high / root


def hedges_gz(moments: Moments, confidence_level: float) -> Limits:
    """J times d_z and its limits."""
    factor = hedges_factor(moments.n - 1)
    estimate, low, high = cohen_dz(moments, confidence_level)
    return factor * estimate, factor * low, factor * high


def cohen_dav(moments: Moments, confidence_level: float) -> Limits:
    """Mean change over the mean of the two SDs (Lakens 2013), limits in the manner of Bonett (2008).

    Bonett's steps with this divisor: var(s) = s^2/(2 df), cov(s1, s2) = r^2 s1 s2/(2 df) under normality.
    """
    first, second = moments.sd_baseline, moments.sd_followup
    spread = first**2 + second**2 + 2 * _shared_variance(moments) * first * second
    return _limits_by_divisor(moments, (first + second) / 2, spread, confidence_level)


def cohen_dav_rms(moments: Moments, confidence_level: float) -> Limits:
    """Mean change over the root mean square of the two SDs (Cumming), limits of Bonett (2008)."""
    first, second = moments.sd_baseline**2, moments.sd_followup**2
    divisor = np.sqrt((first + second) / 2)
    spread = ratio(first**2 + second**2 + 2 * _shared_variance(moments) * first * second, divisor**2)
    return _limits_by_divisor(moments, divisor, spread, confidence_level)


def hedges_gav(moments: Moments, confidence_level: float) -> Limits:
    """J times d_av and its limits."""
    factor = hedges_factor(moments.n - 1)
    estimate, low, high = cohen_dav(moments, confidence_level)
    return factor * estimate, factor * low, factor * high


def baseline_effect_size(moments: Moments, confidence_level: float) -> Limits:
    """Mean change over the baseline SD (Kazis 1989, Glass), limits of Bonett (2008)."""
    estimate = ratio(moments.mean_change, moments.sd_baseline)
    df = np.maximum(moments.n - 1, 1)
    variance = estimate**2 / (2 * df) + ratio(moments.sd_change**2, df * moments.sd_baseline**2)
    return _normal_limits(estimate, variance, confidence_level)


def cohen_drm(moments: Moments, confidence_level: float) -> Limits:
    """d_z times sqrt(2(1 - r)) (Morris and DeShon 2002); no closed limits: NaN."""
    estimate = ratio(moments.mean_change, moments.sd_change) * np.sqrt(2 * (1 - moments.correlation))
    missing = np.full(np.shape(estimate), np.nan)
    return estimate, missing, missing


def _shared_variance(moments: Moments) -> np.ndarray:
    """Squared correlation, 0 where a side is constant."""
    return np.where(np.isnan(moments.correlation), 0.0, moments.correlation) ** 2


def _limits_by_divisor(moments: Moments, divisor, spread, confidence_level: float):
    """Estimate and limits from the variances of the divisor (spread/8 df) and of the mean change."""
    estimate, df = ratio(moments.mean_change, divisor), np.maximum(moments.n - 1, 1)
    variance = estimate**2 * ratio(spread, 8 * df * divisor**2) + ratio(moments.sd_change**2, df * divisor**2)
    return _normal_limits(estimate, variance, confidence_level)


def _normal_limits(estimate, variance, confidence_level: float):
    """Symmetric limits from a variance."""
    from scipy.special import ndtri

    half = ndtri((1 + confidence_level) / 2) * np.sqrt(variance)
    return estimate, estimate - half, estimate + half


def all_effects(moments: Moments, confidence_level: float) -> dict:
    """Every standardised mean change with its limits; the corrected ones from the uncorrected, which cost the time."""
    dz, dav = cohen_dz(moments, confidence_level), cohen_dav(moments, confidence_level)
    factor = hedges_factor(moments.n - 1)
    return {
        "d_z": dz,
        "g_z": tuple(factor * part for part in dz),
        "d_av": dav,
        "g_av": tuple(factor * part for part in dav),
        "d_av_rms": cohen_dav_rms(moments, confidence_level),
        "es_baseline": baseline_effect_size(moments, confidence_level),
        "d_rm": cohen_drm(moments, confidence_level),
    }
