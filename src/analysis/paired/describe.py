"""Descriptive row of a before/after endpoint."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.inputs import check_choice

from .moments import pair_moments
from .pairs import match_pairs, settled_change

if TYPE_CHECKING:
    import pandas as pd

QUARTILES = {"linear": "linear", "sas": "averaged_inverted_cdf"}


@dataclass(frozen=True, slots=True)
class Description:
    """Complete pairs in numbers; NaN where too few."""

    n_pairs: int
    n_missing: int
    mean_baseline: float
    sd_baseline: float
    mean_followup: float
    sd_followup: float
    mean_change: float
    sd_change: float
    median_change: float
    q1_change: float
    q3_change: float
    correlation: float
    shapiro_w: float
    shapiro_p: float


def describe_change(
    baseline: "pd.Series", followup: "pd.Series", *, quartiles: str = "linear"
) -> Description:
    """Means, SDs, median and quartiles of the change, correlation and Shapiro-Wilk of the complete pairs.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    quartiles : {"linear", "sas"}
        Definition of the quartiles: "linear" is type 7 (R, NumPy, Excel), "sas" is type 2 (SAS's default). They
        differ in small samples.

    Returns
    -------
    Description
        The Shapiro-Wilk test of the changes is descriptive: it does not choose the test. NaN below 3 pairs, when all
        changes are equal, and above 5000 pairs, where its p is not accurate.

    References
    ----------
    Hyndman RJ, Fan Y. Sample quantiles in statistical packages. Am Stat 1996;50:361-365.
    doi:10.1080/00031305.1996.10473566

    Examples
    --------
    >>> import pandas as pd
    >>> first = pd.Series([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    >>> second = pd.Series([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    >>> row = describe_change(first, second, quartiles="sas")
    >>> row.median_change, row.q1_change, row.q3_change
    (1.3, 1.0, 1.8)
    """
    check_choice("quartiles", quartiles, tuple(QUARTILES))
    pairs = match_pairs(baseline, followup)
    moments = pair_moments(pairs.baseline.to_numpy()[None], pairs.followup.to_numpy()[None])
    change = settled_change(pairs.baseline, pairs.followup)
    empty = np.full(3, np.nan)
    q1, median, q3 = (
        np.quantile(change, [0.25, 0.5, 0.75], method=QUARTILES[quartiles]) if len(change) else empty  # type: ignore[call-overload]
    )
    return Description(  # type: ignore[call-arg]
        pairs.n_pairs,
        pairs.n_missing,
        *(float(values[0]) for values in (moments.mean_baseline, moments.sd_baseline)),
        *(float(values[0]) for values in (moments.mean_followup, moments.sd_followup)),
        *(float(values[0]) for values in (moments.mean_change, moments.sd_change)),
        *(float(value) for value in (median, q1, q3)),
        float(moments.correlation[0]),
        *_shapiro(pairs.change.to_numpy(), spread=float(moments.sd_change[0])),
    )


def _shapiro(change: np.ndarray, *, spread: float) -> tuple[float, float]:
    """Shapiro-Wilk statistic and p; NaN where it is not defined."""
    if not 3 <= len(change) <= 5000 or not spread > 0:
        return float("nan"), float("nan")
    from scipy.stats import shapiro

    test = shapiro(change)
    return float(test.statistic), float(test.pvalue)
