"""Limits of the noncentrality of a t statistic, for intervals of standardised mean changes."""

import numpy as np

FAR = (
    2000.0  # from here the distribution function is lost, and the limit of large values is right to 1 / FAR^2
)


def noncentrality_limits(
    t: float | np.ndarray, df: float | np.ndarray, confidence_level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Noncentralities under which t is the upper and the lower tail quantile (Cumming and Finch 2001); elementwise.

    Solved on |t| and mirrored, because the noncentral distribution function loses its value for negative t.
    """
    t, df = np.broadcast_arrays(np.asarray(t, dtype=float), np.asarray(df, dtype=float))
    tail = (1 - confidence_level) / 2
    lower, upper = _noncentrality(np.abs(t), df, 1 - tail), _noncentrality(np.abs(t), df, tail)
    return np.where(t < 0, -upper, lower), np.where(t < 0, -lower, upper)


def _noncentrality(t, df, probability: float) -> np.ndarray:
    """Noncentrality with P(T <= t) = probability, for t >= 0; NaN where t is.

    For large t only the spread of the SD is left: the noncentrality over t is a chi variable over the root of its df.
    """
    from scipy.optimize.elementwise import bracket_root, find_root
    from scipy.special import chdtri, ndtri

    limits = np.full(t.shape, np.nan)
    far = np.isfinite(t) & (df >= 1) & (t > FAR)
    limits[far] = t[far] * np.sqrt(chdtri(df[far], probability) / df[far])
    known = np.isfinite(t) & (df >= 1) & ~far
    if known.any():
        args = (t[known], df[known], np.full(int(known.sum()), probability))
        spread = np.sqrt(1 + t[known] ** 2 / (2 * df[known]))
        guess = (
            t[known] - ndtri(probability) * spread
        )  # normal approximation; the bracket grows where it is too narrow
        bracket = bracket_root(_excess, guess - 0.1 * spread, guess + 0.1 * spread, args=args).bracket
        limits[known] = find_root(_excess, bracket, args=args).x
    return limits


def _excess(noncentrality, t, df, probability):
    """P(T <= t) minus the probability asked for; falls with the noncentrality."""
    from scipy.special import nctdtr

    below = nctdtr(df, noncentrality, t)
    lost = np.where(noncentrality < t, 1.0, 0.0)  # far out the function gives NaN
    return np.where(np.isnan(below), lost, below) - probability
