"""Bootstrap intervals (BCa) of paired statistics that have no closed one."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import check_choice, check_level, check_whole
from analysis.language import tr

from . import standardised
from .moments import pair_moments
from .pairs import NOISE, match_pairs

_BATCH = 500


def _standard(compute):
    """A statistic of two samples along the last axis, from a function of moments."""
    return lambda before, after, axis=-1: compute(pair_moments(before, after), 0.95)[0]


STATISTICS = {
    "mean": lambda before, after, axis=-1: (after - before).mean(axis=axis),
    "d_av": _standard(lambda moments, level: (_mean_sd(moments),)),
    "d_av_rms": _standard(lambda moments, level: (_root_sd(moments),)),
    "d_rm": _standard(standardised.cohen_drm),
    "d_z": _standard(lambda moments, level: (standardised.ratio(moments.mean_change, moments.sd_change),)),
    "es_baseline": _standard(
        lambda moments, level: (standardised.ratio(moments.mean_change, moments.sd_baseline),)
    ),
}


def _mean_sd(moments):
    """Mean change over the mean SD."""
    return standardised.ratio(moments.mean_change, (moments.sd_baseline + moments.sd_followup) / 2)


def _root_sd(moments):
    """Mean change over the root mean square SD."""
    squares = (moments.sd_baseline**2 + moments.sd_followup**2) / 2
    return standardised.ratio(moments.mean_change, np.sqrt(squares))


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """A statistic with its bootstrap interval; NaN limits with the reason in `note`."""

    estimate: float
    conf_low: float
    conf_high: float
    standard_error: float
    n_pairs: int
    n_missing: int
    confidence_level: float
    n_resamples: int
    seed: int
    method: str
    note: str


def bootstrap_change(
    baseline: pd.Series,
    followup: pd.Series,
    *,
    statistic: str,
    seed: int,
    n_resamples: int = 9999,
    confidence_level: float = 0.95,
) -> BootstrapInterval:
    """BCa bootstrap interval of a paired statistic; pairs are resampled (scipy.stats.bootstrap).

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    statistic : {"mean", "d_z", "d_av", "d_av_rms", "d_rm", "es_baseline"}
        What is estimated.
    seed : int
        Of the random generator; the same seed gives the same interval.
    n_resamples : int
        9999 by default.
    confidence_level : float
        0.95 by default.

    Notes
    -----
    BCa intervals cover less than their level below about 20 pairs. There is none for the median, on purpose: its
    interval is exact in `median_change`, and the acceleration of tied medians would be rounding noise.

    References
    ----------
    Efron B. Better bootstrap confidence intervals. JASA 1987;82:171-185. doi:10.1080/01621459.1987.10478410

    Examples
    --------
    >>> first = pd.Series([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    >>> second = pd.Series([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    >>> interval = bootstrap_change(first, second, statistic="mean", seed=1)
    >>> 1.0 < interval.conf_low < 1.1, 2.5 < interval.conf_high < 2.8
    (True, True)
    """
    check_level(confidence_level)
    check_choice("statistic", statistic, tuple(STATISTICS))
    pairs = match_pairs(baseline, followup)
    sides = pairs.baseline.to_numpy()[None], pairs.followup.to_numpy()[None]
    estimate, low, high, se = (
        values[0] for values in resampled(*sides, statistic, seed, n_resamples, confidence_level)
    )
    note = "" if np.isfinite(low) else tr("no interval: too few pairs, or the resamples do not vary")
    method = tr(
        "{statistic}, {confidence_level:g} % BCa bootstrap interval, {n_resamples} resamples, seed {seed}",
        statistic=statistic,
        confidence_level=100 * confidence_level,
        n_resamples=n_resamples,
        seed=seed,
    )
    numbers = (float(value) for value in (estimate, low, high, se))
    return BootstrapInterval(  # type: ignore[call-arg]
        *numbers,  # type: ignore[arg-type]
        pairs.n_pairs,
        pairs.n_missing,
        confidence_level,
        n_resamples,
        seed,
        method,
        note,
    )


def bootstrap_endpoints(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    statistic: str,
    seed: int,
    n_resamples: int = 9999,
    confidence_level: float = 0.95,
) -> pd.DataFrame:
    """`bootstrap_change` for every endpoint of two wide frames, batched over endpoints with equally many pairs.

    Parameters
    ----------
    baseline, followup : DataFrame
        One row per subject (index: subject id), one column per endpoint, the same columns on both sides.

    Returns
    -------
    DataFrame
        Index `endpoint`; columns estimate, conf_low, conf_high, standard_error, n_pairs. Numbers are those of
        `bootstrap_change` with the same seed.
    """
    check_level(confidence_level)
    check_choice("statistic", statistic, tuple(STATISTICS))
    matched = {name: match_pairs(baseline[name], followup[name]) for name in baseline.columns}
    sizes = pd.Series({name: pairs.n_pairs for name, pairs in matched.items()}, dtype=int)
    parts = []
    for size, names in sizes.groupby(sizes).groups.items():
        before = np.stack([matched[name].baseline.to_numpy() for name in names])
        after = np.stack([matched[name].followup.to_numpy() for name in names])
        values = np.column_stack(resampled(before, after, statistic, seed, n_resamples, confidence_level))
        columns = ["estimate", "conf_low", "conf_high", "standard_error"]
        parts.append(pd.DataFrame(values, index=names, columns=columns).assign(n_pairs=size))
    return pd.concat(parts).loc[list(baseline.columns)].rename_axis("endpoint")


def resampled(
    before: np.ndarray,
    after: np.ndarray,
    statistic: str,
    seed: int,
    n_resamples: int,
    confidence_level: float,
) -> tuple[Any, Any, Any, Any]:
    """Estimate, limits and standard error of each row (endpoints x pairs, no NaN)."""
    from scipy.stats import bootstrap

    check_whole("n_resamples", n_resamples, least=2)
    check_whole("seed", seed, least=0)
    compute = STATISTICS[statistic]
    empty = np.full(len(before), np.nan)
    if before.shape[1] < 2:
        return (compute(before, after) if before.shape[1] else empty), empty, empty, empty
    with warnings.catch_warnings():  # degenerate endpoints get NaN limits, which is what we report
        warnings.simplefilter("ignore")
        result = bootstrap(
            (before, after),
            compute,
            paired=True,
            vectorized=True,
            axis=-1,
            n_resamples=n_resamples,
            batch=_BATCH,
            confidence_level=confidence_level,
            method="BCa",
            rng=np.random.default_rng(seed),
        )
    low, high = result.confidence_interval
    estimate, se = compute(before, after), np.asarray(result.standard_error)
    varies = se > NOISE * np.abs(estimate)
    return estimate, np.where(varies, low, np.nan), np.where(varies, high, np.nan), se
