"""Two independent samples, and whether values look normal."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_level, numbers, varies
from analysis.language import commas, tr


@dataclass(frozen=True, slots=True)
class GroupComparison:
    """Comparison of two independent samples, first minus second."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    df: float
    p_value: float
    n_first: int
    n_second: int
    n_missing: int
    method: str


def compare_group_means(first: ArrayLike, second: ArrayLike, *, confidence_level: float) -> GroupComparison:
    """Difference of means with Welch's t test and interval; variances may differ.

    Raises ValueError with fewer than two values in a sample or where neither sample varies.

    References
    ----------
    Welch BL. Biometrika 1947;34:28-35. doi:10.1093/biomet/34.1-2.28.

    Examples
    --------
    >>> result = compare_group_means([5.0, 6, 7, 8], [1.0, 2, 3, 4], confidence_level=0.95)
    >>> result.estimate, round(result.df, 6)
    (4.0, 6.0)
    """
    from scipy.stats import ttest_ind

    (a, b), n_missing = _samples(first, second)
    check_level(confidence_level)
    if not varies(a) and not varies(b):
        raise NotEstimable("neither sample varies: there is no test of their means")
    test = ttest_ind(a, b, equal_var=False)
    limits = test.confidence_interval(confidence_level)
    return GroupComparison(
        estimate=float(a.mean() - b.mean()),
        conf_low=float(limits.low),
        conf_high=float(limits.high),
        statistic=float(test.statistic),
        df=float(test.df),
        p_value=float(test.pvalue),
        n_first=len(a),
        n_second=len(b),
        n_missing=n_missing,
        method=tr("Welch t test, {confidence_level:.0%} interval", confidence_level=confidence_level),
    )


def compare_group_ranks(
    first: np.ndarray, second: np.ndarray, *, resolution_decimals: int
) -> GroupComparison:
    """Mann-Whitney test: probability that a value of the first sample exceeds one of the second, ties as half.

    Parameters
    ----------
    first, second : array
        Values; missing ones are left out and counted.
    resolution_decimals : int
        Decimals to which values are rounded before ranking, so that values equal on paper tie.

    Returns
    -------
    GroupComparison
        `estimate` is the probability, `statistic` is U of the first sample (R's W); normal approximation with
        ties and continuity correction. No interval is given (NaN).

    References
    ----------
    Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60. doi:10.1214/aoms/1177730491.

    Examples
    --------
    >>> compare_group_ranks([3, 4, 5], [1, 2, 3], resolution_decimals=0).statistic
    8.5
    """
    from scipy.stats import mannwhitneyu

    (a, b), n_missing = _samples(first, second)
    a, b = np.round(a, resolution_decimals), np.round(b, resolution_decimals)
    nan = float("nan")
    if np.ptp(np.concatenate([a, b])) == 0:
        raise NotEstimable("all values are equal: there is nothing to rank")
    test = mannwhitneyu(a, b, use_continuity=True, method="asymptotic")
    return GroupComparison(
        estimate=float(test.statistic) / (len(a) * len(b)),
        conf_low=nan,
        conf_high=nan,
        statistic=float(test.statistic),
        df=nan,
        p_value=float(test.pvalue),
        n_first=len(a),
        n_second=len(b),
        n_missing=n_missing,
        method=tr("Mann-Whitney test, normal approximation with ties and continuity correction"),
    )


def check_normality(values: ArrayLike) -> tuple[float, float]:
    """Shapiro-Wilk W and p; a description, not a gate for choosing the test. NaN for fewer than 3 or equal values.

    References
    ----------
    Royston P. Appl Stat 1995;44:547-51 (AS R94). doi:10.2307/2986146.

    Examples
    --------
    >>> w, p = check_normality([1.0, 2, 3, 4, 5, 6])
    >>> round(w, 4)
    0.9819
    """
    from scipy.stats import shapiro

    values = numbers(values, "values")
    values = values[~np.isnan(values)]
    if len(values) < 3 or np.ptp(values) == 0:
        return float("nan"), float("nan")
    test = shapiro(values)
    return float(test.statistic), float(test.pvalue)


def _samples(first, second):
    """Observed values of both samples, two or more each, and the number missing."""
    both = [numbers(sample, name) for sample, name in ((first, "first"), (second, "second"))]
    observed = [sample[~np.isnan(sample)] for sample in both]
    if min(map(len, observed)) < 2:
        raise NotEstimable(
            "two values in each sample are needed: found {sizes}",
            sizes=commas(str(len(sample)) for sample in observed),
        )
    return observed, sum(map(len, both)) - sum(map(len, observed))
