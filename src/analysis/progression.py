"""Rapid radiographic progression: one definition, at entry and during follow-up."""

import numpy as np

from analysis.thresholds import settle

DAYS_A_YEAR = 365.25
RAPID = 5.0
WINDOW = (300, 430)
RULES = ("eular", "annualised", "raw")


def rapid(
    change: np.ndarray,
    days: np.ndarray,
    *,
    rule: str = "eular",
    minimum: float = RAPID,
    window: tuple[float, float] = WINDOW,
) -> np.ndarray:
    """Tell whether a change of the Sharp/van der Heijde score is rapid: 1, 0, or NaN where it is not known.

    Parameters
    ----------
    change, days : array of float
        Points between two films, and the days between them.
    rule : {"eular", "annualised", "raw"}
        The definition asks for 5 points at 1 year. As it stands ("eular"): at least 5 points a year, or at least 5
        between films about a year apart, for 5 points in 366 days are 4.99 a year. Or one of the halves alone.
    minimum : float
        Points.
    window : tuple of float
        Days between films that are about a year apart.

    References
    ----------
    Nagy G, Roodenrijs NMT, Welsing PMJ, et al. Ann Rheum Dis 2021;80:31-5. doi:10.1136/annrheumdis-2020-217344

    Examples
    --------
    >>> rapid([5, 5, 3, 5], [365, 366, 182, 500]).tolist(), rapid([5], [366], rule="annualised").tolist()
    ([1.0, 1.0, 1.0, 0.0], [0.0])
    """
    change, days = np.asarray(change, dtype=float), np.asarray(days, dtype=float)
    known = ~np.isnan(change) & ~np.isnan(days)
    limit = settle(minimum)
    yearly = settle(change * DAYS_A_YEAR / np.where(days > 0, days, np.nan)) >= limit
    plain = (settle(change) >= limit) & (days >= window[0]) & (days <= window[1])
    found = {"eular": yearly | plain, "annualised": yearly, "raw": plain}[rule]
    return np.where(known, found.astype(float), np.nan)
