"""Regression to the mean of endpoints that were entry criteria."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from analysis.language import tr

if TYPE_CHECKING:
    import pandas as pd


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


@dataclass(frozen=True, slots=True)
class ChangeBeyond:
    """Mean change less the change expected from selection, with the tests against that and against zero."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    df: int
    observed: float
    expected: float
    p_zero: float
    n_pairs: int
    n_missing: int
    confidence_level: float
    method: str
    note: str


def change_beyond_selection(
    baseline: "pd.Series", followup: "pd.Series", *, expected: float, confidence_level: float
) -> ChangeBeyond:
    """Mean change beyond what selection alone explains.

    Where an entry criterion makes some change certain, a test against zero tests a hypothesis that nobody holds.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it: the subjects who were selected.
    expected : float
        Change expected from selection alone, follow-up minus baseline (`expected_regression_to_mean`), in the unit of
        the measure. Taken as known: give a range of it over what may be assumed of reliability.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    ChangeBeyond
        `estimate` is `observed` minus `expected` with the t interval of the mean change, moved by as much; `p_value`
        tests it against 0, `p_zero` the observed change against 0. Without an interval `note` says why.

    References
    ----------
    Mee RW, Chua TC. Regression toward the mean and the paired sample t test. Am Stat 1991;45:39-42.
    doi:10.1080/00031305.1991.10475763.

    Examples
    --------
    Five who were chosen because they scored high, and would have lost 3 points without any effect:

    >>> import pandas as pd
    >>> before, after = pd.Series([22.0, 25, 31, 27, 30]), pd.Series([18.0, 21, 24, 25, 26])
    >>> found = change_beyond_selection(before, after, expected=-3, confidence_level=0.95)
    >>> round(found.estimate, 2), round(found.p_zero, 4), round(found.p_value, 4)
    (-1.2, 0.0063, 0.208)
    """
    from analysis.paired import compare_means
    from analysis.paired.means import t_p_value

    if not np.isfinite(expected):
        raise ValueError(f"expected: a finite change in the unit of the measure, got {expected}")
    found = compare_means(baseline, followup, confidence_level=confidence_level)
    beyond = found.estimate - expected
    statistic = beyond / found.standard_error if found.p_value == found.p_value else float("nan")
    return ChangeBeyond(
        estimate=beyond,
        conf_low=found.conf_low - expected,
        conf_high=found.conf_high - expected,
        statistic=statistic,
        p_value=float(t_p_value(statistic, found.df, "two-sided")),
        df=found.df,
        observed=found.estimate,
        expected=expected,
        p_zero=found.p_value,
        n_pairs=found.n_pairs,
        n_missing=found.n_missing,
        confidence_level=confidence_level,
        method=tr("{method}, moved by the change expected from selection", method=found.method),
        note=found.note,
    )


def oldham_correlation(baseline: ArrayLike, followup: ArrayLike) -> float:
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
