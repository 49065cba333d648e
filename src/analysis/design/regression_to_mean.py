"""Regression to the mean of endpoints that were entry criteria."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def expected_regression_to_mean(
    *, mean: float, sd: float, correlation: float, cutoff: float, selected: str = "above"
) -> float:
    """Mean change expected without any effect, because patients were selected beyond a cutoff.

    Parameters
    ----------
    mean, sd : float
        Of the measure in the population before selection (not in the selected patients).
    correlation : float
        Test-retest correlation over the interval, -1 to 1; 1 means no regression.
    cutoff : float
        Entry criterion, in the unit of the measure.
    selected : {"above", "below"}
        Which side of the cutoff enters.

    Returns
    -------
    float
        Follow-up minus baseline: negative when selected above (values fall), positive when selected below. Assumes
        a normal measure.

    References
    ----------
    Barnett AG, van der Pols JC, Dobson AJ. Regression to the mean: what it is and how to deal with it. Int J Epidemiol
    2005;34:215-220. doi:10.1093/ije/dyh299

    Examples
    --------
    DAS28 above 5.1, and CDASI above 14:

    >>> round(expected_regression_to_mean(mean=4.5, sd=1.2, correlation=0.6, cutoff=5.1), 6)
    -0.547717
    >>> round(expected_regression_to_mean(mean=12, sd=8, correlation=0.7, cutoff=14), 6)
    -2.31253
    """
    from scipy.special import log_ndtr

    if not sd > 0 or not -1 <= correlation <= 1:
        raise ValueError(
            f"sd, correlation: expected a positive SD and a correlation, got {sd} and {correlation}"
        )
    if selected not in ("above", "below"):
        raise ValueError(f"selected: expected above or below, got {selected!r}")
    direction = 1 if selected == "above" else -1
    z = direction * (cutoff - mean) / sd
    hazard = np.exp(-(z**2) / 2 - log_ndtr(-z)) / np.sqrt(2 * np.pi)
    return float(-direction * (1 - correlation) * sd * hazard) + 0.0


def oldham_correlation(baseline: "ArrayLike", followup: "ArrayLike") -> float:
    """Correlation of the change with the mean of both visits, free of the coupling of change with baseline.

    Parameters
    ----------
    baseline, followup : array-like
        Complete pairs in the same order (see `paired.match_pairs`); at least 3.

    Returns
    -------
    float
        0 when both visits vary equally; NaN when change or mean is constant. Do not correlate change with baseline.

    References
    ----------
    Oldham PD. A note on the analysis of repeated measurements of the same subjects. J Chronic Dis 1962;15:969-977.
    doi:10.1016/0021-9681(62)90116-9

    Examples
    --------
    >>> round(oldham_correlation([1.0, 2, 3, 4], [1.5, 2, 2.5, 3.5]), 4)
    -0.9168
    """
    before, after = np.asarray(baseline, dtype=float), np.asarray(followup, dtype=float)
    if before.shape != after.shape or before.ndim != 1 or len(before) < 3:
        raise ValueError(
            "baseline, followup: expected complete pairs in two arrays of equal length, 3 or more"
        )
    if np.isnan(before).any() or np.isnan(after).any():
        raise ValueError("baseline, followup: incomplete pairs; take those of paired.match_pairs")
    change, middle = after - before, (after + before) / 2
    if np.ptp(change) == 0 or np.ptp(middle) == 0:
        return float("nan")
    return float(np.corrcoef(change, middle)[0, 1])
