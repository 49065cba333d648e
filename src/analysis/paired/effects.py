"""Effect sizes of a change between two visits; each names its denominator."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import check_level
from analysis.language import mark, tr

from . import standardised
from .moments import pair_moments
from .pairs import Pairs, match_pairs, settled_change
from .risk_difference import tango_limits
from .signed_rank import doubled_ranks

STANDARDISED = {
    "d_z": (standardised.cohen_dz, mark("SD of the change"), mark("noncentral t")),
    "g_z": (
        standardised.hedges_gz,
        mark("SD of the change, Hedges-corrected (exact J)"),
        mark("noncentral t times J"),
    ),
    "d_av": (
        standardised.cohen_dav,
        mark("mean of baseline and follow-up SD"),
        mark("normal, Bonett's variance"),
    ),
    "d_av_rms": (
        standardised.cohen_dav_rms,
        mark("root mean square of both SDs"),
        mark("normal, Bonett's variance"),
    ),
    "g_av": (
        standardised.hedges_gav,
        mark("mean of both SDs, Hedges-corrected (exact J)"),
        mark("normal, Bonett's variance"),
    ),
    "es_baseline": (
        standardised.baseline_effect_size,
        mark("baseline SD"),
        mark("normal, Bonett's variance"),
    ),
    "d_rm": (
        standardised.cohen_drm,
        mark("SD of the change, corrected for correlation"),
        mark("none: see bootstrap_change"),
    ),
}


@dataclass(frozen=True, slots=True)
class EffectSize:
    """An effect size; `denominator` says what the change was divided by."""

    estimate: float
    conf_low: float
    conf_high: float
    n_pairs: int
    n_missing: int
    denominator: str
    confidence_level: float
    method: str


def cohen_dz(baseline: pd.Series, followup: pd.Series, *, confidence_level: float = 0.95) -> EffectSize:
    """Mean change divided by the SD of the change; the same number as the standardised response mean.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    confidence_level : float
        Level of the noncentral t interval, 0.95 by default.

    Returns
    -------
    EffectSize
        Signed as the change, follow-up minus baseline. NaN below two pairs or when all changes are equal.

    Raises
    ------
    ValueError
        As `match_pairs`; or for a level outside (0, 1).

    Notes
    -----
    The interval is exact for normal changes. With strongly skewed (lognormal) changes it covers 92 % at 20 pairs and
    76 % at 200, with a five-step score 93.8 % at 200 (docs/coverage.md): report `probability_improved` there.

    References
    ----------
    Cohen J. Statistical Power Analysis for the Behavioral Sciences, 2nd ed. Erlbaum 1988.
    Cumming G, Finch S. Educ Psychol Meas 2001;61:532-574. doi:10.1177/0013164401614002

    Examples
    --------
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> effect = cohen_dz(before, after)
    >>> round(effect.estimate, 6), round(effect.conf_low, 6), round(effect.conf_high, 6)
    (-1.18254, -1.914551, -0.420266)
    """
    return _standardised(baseline, followup, "d_z", confidence_level)


def standardised_response_mean(
    baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95
) -> EffectSize:
    """Standardised response mean (Liang 1990, Med Care 28:632-642): another name of `cohen_dz`."""
    return _standardised(baseline, followup, "d_z", confidence_level)


def hedges_gz(baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95) -> EffectSize:
    """`cohen_dz` times Hedges' exact small-sample factor J with n - 1 df (Hedges 1981); the interval times J too.

    NaN below 3 pairs, where J is not defined. Coverage as `cohen_dz`: below 94 % with skewed changes, where
    `probability_improved` is the better choice.
    """
    return _standardised(baseline, followup, "g_z", confidence_level)


def cohen_dav(baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95) -> EffectSize:
    """Mean change divided by the mean of the baseline and the follow-up SD (Lakens 2013).

    Parameters and result as `cohen_dz`. The interval is a normal one with Bonett's variance, large-sample:
    `bootstrap_change` gives a BCa interval.

    References
    ----------
    Lakens D. Front Psychol 2013;4:863. doi:10.3389/fpsyg.2013.00863
    Bonett DG. Confidence intervals for standardized linear contrasts of means. Psychol Methods 2008;13:99-109.
    doi:10.1037/1082-989X.13.2.99

    Examples
    --------
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> round(cohen_dav(before, after).estimate, 6)
    -1.165601
    """
    return _standardised(baseline, followup, "d_av", confidence_level)


def cohen_dav_rms(baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95) -> EffectSize:
    """Mean change divided by the root mean square of both SDs (Cumming); interval of Bonett (2008), as `cohen_dav`."""
    return _standardised(baseline, followup, "d_av_rms", confidence_level)


def hedges_gav(baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95) -> EffectSize:
    """`cohen_dav` times Hedges' exact J with n - 1 df; the interval times J too."""
    return _standardised(baseline, followup, "g_av", confidence_level)


def baseline_effect_size(
    baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95
) -> EffectSize:
    """Mean change divided by the baseline SD (Kazis 1989, Med Care 27:S178-S189; Glass); interval of Bonett (2008).

    NaN when all baseline values are equal. Where a minimal baseline was an entry criterion the baseline SD is cut
    short and this effect size is inflated. With strongly skewed (lognormal) changes the 95 % interval covers 87 % at 20
    pairs and 93 % at 200 (docs/coverage.md): report `probability_improved` there.
    """
    return _standardised(baseline, followup, "es_baseline", confidence_level)


def cohen_drm(baseline: ArrayLike, followup: ArrayLike, *, confidence_level: float = 0.95) -> EffectSize:
    """d_z times sqrt(2(1 - r)) (Morris and DeShon 2002, doi:10.1037/1082-989X.7.1.105).

    There is no closed interval: limits are NaN, `bootstrap_change` gives one. NaN when a side is constant.
    """
    return _standardised(baseline, followup, "d_rm", confidence_level)


def rank_biserial(
    baseline: pd.Series,
    followup: pd.Series,
    *,
    confidence_level: float = 0.95,
    zeros: str = "wilcoxon",
    resolution: float | None = None,
) -> EffectSize:
    """Matched-pairs rank-biserial correlation (W+ - W-)/(W+ + W-), from -1 (all fell) to 1 (all rose).

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    confidence_level : float
        Level of the interval.
    zeros : {"wilcoxon", "pratt"}
        "wilcoxon" drops pairs without change (Kerby's definition, the default). "pratt" ranks them and divides by the
        sum of all ranks, so that unchanged patients pull towards 0; it has no interval here.
    resolution : float, optional
        The instrument's step; see `settled_change`.

    Returns
    -------
    EffectSize
        The interval is Fisher's z with the null variance of the signed ranks, as R's effectsize gives it. It shrinks
        to a point at -1 and 1, and a 95 % interval covers 90 % at 20 pairs and 92 % at 200 (docs/coverage.md):
        `probability_improved` has the better interval.

    References
    ----------
    Kerby DS. The simple difference formula. Compr Psychol 2014;3:11.IT.3.1. doi:10.2466/11.IT.3.1

    Examples
    --------
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> round(rank_biserial(before, after).estimate, 6)
    -0.963636
    """
    check_level(confidence_level)
    pairs = match_pairs(baseline, followup)
    change = settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    ranks, positive = doubled_ranks(change, zeros)
    estimate = rank_biserial_estimate(ranks, positive, len(change), zeros)
    low, high = rank_biserial_limits(estimate, len(ranks) if zeros == "wilcoxon" else 0, confidence_level)
    method = tr("matched-pairs rank-biserial correlation, zeros: {zeros}, Fisher z interval", zeros=zeros)
    return _effect(pairs, (estimate, low, high), tr("sum of ranks"), confidence_level, method)


def rank_biserial_estimate(ranks: ArrayLike, positive: ArrayLike, n_pairs: int, zeros: str) -> float:
    """Difference of the rank sums over the sum of all ranks."""
    total = n_pairs * (n_pairs + 1) if zeros == "pratt" else ranks.sum()
    return float((ranks[positive].sum() - ranks[~positive].sum()) / total) if len(ranks) else float("nan")


def rank_biserial_limits(
    estimate: ArrayLike, n_nonzero: ArrayLike, confidence_level: float
) -> tuple[Any, Any]:
    """Fisher z limits with the null variance n(n + 1)(2n + 1)/6 of the rank sum difference; NaN without pairs."""
    from scipy.special import ndtri

    n = np.where(np.asarray(n_nonzero) > 0, n_nonzero, np.nan)
    se = np.sqrt(n * (n + 1) * (2 * n + 1) / 6) / (n * (n + 1) / 2)
    half = ndtri((1 + confidence_level) / 2) * se
    with np.errstate(divide="ignore"):
        z = np.arctanh(estimate)
    return np.tanh(z - half), np.tanh(z + half)


def probability_improved(
    baseline: pd.Series,
    followup: pd.Series,
    *,
    higher_is_better: bool,
    confidence_level: float = 0.95,
    resolution: float | None = None,
) -> EffectSize:
    """P(improved) + P(unchanged)/2: the chance that a patient is better at follow-up than at baseline.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    higher_is_better : bool
        Direction of improvement of the instrument.
    confidence_level : float
        0.95 by default.
    resolution : float, optional
        The instrument's step; see `settled_change`.

    Returns
    -------
    EffectSize
        0.5 means as many better as worse. The measure is (1 + D)/2 with D the proportion improved minus the proportion
        worse in the same patients, so its interval is Tango's score interval for D; NaN without a pair.

    References
    ----------
    Tango T. Stat Med 1998;17:891-908.

    Examples
    --------
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> round(probability_improved(before, after, higher_is_better=False).estimate, 4)
    0.8333
    """
    check_level(confidence_level)
    pairs = match_pairs(baseline, followup)
    change = settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    up, down = int((change > 0).sum()), int((change < 0).sum())
    better, worse = (up, down) if higher_is_better else (down, up)
    values = improved_share(better, worse, pairs.n_pairs, confidence_level)
    method = tr("P(improved) + P(unchanged)/2, Tango score interval")
    return _effect(pairs, values, "pairs", confidence_level, method)


def improved_share(
    better: ArrayLike, worse: ArrayLike, n: ArrayLike, confidence_level: float
) -> tuple[Any, Any, Any]:
    """P(improved) + P(unchanged)/2 with Tango limits; arrays allowed, NaN where n is 0."""
    low, high = tango_limits(worse, better, n, confidence_level)
    size = np.where(np.asarray(n) > 0, n, np.nan)
    return (1 + (np.asarray(better) - worse) / size) / 2, (1 + low) / 2, (1 + high) / 2


def effect_sizes(baseline: pd.Series, followup: pd.Series, *, confidence_level: float = 0.95) -> pd.DataFrame:
    """All standardised mean changes of one endpoint, one row each, with their denominators.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.

    Returns
    -------
    DataFrame
        Index `effect`; columns estimate, conf_low, conf_high, n_pairs, n_missing, denominator, method.

    Examples
    --------
    >>> before = pd.Series([22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28])
    >>> after = pd.Series([12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21])
    >>> effect_sizes(before, after).loc[["d_z", "d_av", "es_baseline"], "estimate"].round(3).to_dict()
    {'d_z': -1.183, 'd_av': -1.166, 'es_baseline': -1.005}
    """
    rows = [_standardised(baseline, followup, name, confidence_level) for name in STANDARDISED]
    columns = ["estimate", "conf_low", "conf_high", "n_pairs", "n_missing", "denominator", "method"]
    cells = {column: [getattr(row, column) for row in rows] for column in columns}
    return pd.DataFrame(cells, index=pd.Index(list(STANDARDISED), name="effect"))


def _standardised(baseline, followup, name: str, confidence_level: float) -> EffectSize:
    """One standardised mean change, from the same code as the many-endpoints function."""
    check_level(confidence_level)
    compute, denominator, interval = STANDARDISED[name]
    pairs = match_pairs(baseline, followup)
    moments = pair_moments(pairs.baseline.to_numpy()[None], pairs.followup.to_numpy()[None])
    values = (part[0] for part in compute(moments, confidence_level))
    method = tr(
        "{name}: mean change / {denominator}; interval: {interval}",
        name=name,
        denominator=denominator,
        interval=interval,
    )
    return _effect(pairs, values, denominator, confidence_level, method)


def _effect(pairs: Pairs, values, denominator: str, confidence_level: float, method: str) -> EffectSize:
    """Result with its counts."""
    estimate, low, high = (float(value) for value in values)
    return EffectSize(
        estimate, low, high, pairs.n_pairs, pairs.n_missing, denominator, confidence_level, method
    )
