"""Rubin's rules for estimates from imputed data, and the delta-adjusted tipping point."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import check_level, check_share
from analysis.language import tr


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate from several imputations; `total` = `within` + (1 + 1/m) `between`."""

    estimate: float
    se: float
    conf_low: float
    conf_high: float
    statistic: float
    df: float
    p_value: float
    within: float
    between: float
    total: float
    relative_increase: float
    share_missing: float
    fraction_missing: float
    n_imputations: int
    method: str


def pool(
    estimates: Sequence[float], variances: Sequence[float], *, complete_df: float, confidence_level: float
) -> Pooled:
    """Combine estimates over imputations by Rubin's rules with Barnard-Rubin degrees of freedom.

    Parameters
    ----------
    estimates, variances : sequence of float
        Estimate and squared standard error from each imputed data set, two or more.
    complete_df : float
        Degrees of freedom had nothing been missing (infinity for large-sample estimates).
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    Pooled
        `share_missing` is lambda, the share of the total variance due to missing data; `fraction_missing` the
        fraction of missing information. Without variation between imputations lambda is exactly 0 (R's mice
        sets it to 0.0001, which lowers the degrees of freedom in the fourth digit).

    References
    ----------
    Rubin DB. Multiple Imputation for Nonresponse in Surveys. 1987. doi:10.1002/9780470316696.
    Barnard J, Rubin DB. Biometrika 1999;86:948-55. doi:10.1093/biomet/86.4.948.

    Examples
    --------
    >>> result = pool([1.50, 1.62, 1.41, 1.55, 1.58], [0.16, 0.15, 0.17, 0.16, 0.155],
    ...               complete_df=17, confidence_level=0.95)
    >>> round(result.estimate, 6), round(result.df, 5), round(result.p_value, 7)
    (1.532, 14.45958, 0.0020449)
    """
    from scipy.stats import t

    estimates, variances = np.asarray(estimates, float), np.asarray(variances, float)
    check_level(confidence_level)
    if not complete_df > 0:
        raise ValueError(f"complete_df: expected positive degrees of freedom, got {complete_df}")
    _check_pool(estimates, variances)
    m = len(estimates)
    within, between = float(variances.mean()), float(estimates.var(ddof=1))  # type: ignore[attr-defined]
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total if total > 0 else 0.0
    df = _barnard_rubin(m, share, complete_df)
    increase = share / (1 - share) if share < 1 else float("inf")
    centre, se = float(estimates.mean()), float(np.sqrt(total))  # type: ignore[attr-defined]
    statistic = centre / se if se > 0 else float("nan")
    half = float(t.ppf(0.5 + confidence_level / 2, df)) * se
    return Pooled(
        estimate=centre,
        se=se,
        conf_low=centre - half,
        conf_high=centre + half,
        statistic=statistic,
        df=df,
        p_value=float(2 * t.sf(abs(statistic), df)),
        within=within,
        between=between,
        total=total,
        relative_increase=increase,
        share_missing=share,
        fraction_missing=(increase + 2 / (df + 3)) / (increase + 1) if np.isfinite(increase) else 1.0,
        n_imputations=m,
        method=tr("Rubin's rules over {m} imputations, Barnard-Rubin degrees of freedom", m=m),
    )


def pool_shares(shares: Sequence[float] | np.ndarray, n: int, *, confidence_level: float) -> Pooled:
    """Combine proportions over imputations: the mean share, its limits by Rubin's rules on the logit scale.

    Parameters
    ----------
    shares : sequence of float
        Proportion in each imputed data set, two or more.
    n : int
        Subjects in each.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    Pooled
        `estimate` is the mean of the shares; limits stay inside 0 and 1, all else is of the logit. Where a share is 0
        or 1 in some data set its logit does not exist: there are no limits, and `method` says so.

    Examples
    --------
    >>> found = pool_shares([0.45, 0.5, 0.4, 0.45], 20, confidence_level=0.95)
    >>> round(found.estimate, 3), round(found.conf_low, 3), round(found.conf_high, 3)
    (0.45, 0.223, 0.7)
    """
    given = np.asarray(shares, float)
    if n < 2 or ((given < 0) | (given > 1)).any():
        raise ValueError(f"shares: expected proportions of 2 or more subjects, got {n} subjects")
    if given.min() <= 0 or given.max() >= 1:
        check_level(confidence_level)
        empty: dict[str, Any] = dict.fromkeys((field.name for field in fields(Pooled)), float("nan"))
        said = tr("none, as a rate is 0 or 1 in some data set")
        empty |= {"estimate": float(given.mean()), "n_imputations": len(given), "method": said}
        return Pooled(**empty)
    logits, variances = np.log(given / (1 - given)), 1 / (n * given * (1 - given))
    pooled = pool(logits, variances, complete_df=n - 1, confidence_level=confidence_level)
    low, high = (float(1 / (1 + np.exp(-limit))) for limit in (pooled.conf_low, pooled.conf_high))
    return replace(pooled, estimate=float(given.mean()), conf_low=low, conf_high=high)


def pool_imputed(
    imputed: pd.DataFrame,
    analysis: Callable[..., Any],
    *,
    complete_df: float,
    confidence_level: float,
    imputation: str = "imputation",
) -> Any:
    """Run one analysis on each imputed data set and pool.

    Parameters
    ----------
    imputed : DataFrame
        Imputed data sets one below the other, numbered in the column `imputation`.
    analysis : callable
        Takes one data set, returns (estimate, variance).

    Examples
    --------
    >>> imputed = pd.DataFrame({"imputation": [1, 1, 2, 2], "change": [-1.0, -3.0, -1.0, -2.0]})
    >>> pool_imputed(imputed, lambda one: (one["change"].mean(), one["change"].var() / len(one)),
    ...              complete_df=1, confidence_level=0.95).estimate
    -1.75
    """
    results = [analysis(part.drop(columns=imputation)) for _, part in imputed.groupby(imputation)]
    estimates, variances = zip(*results)
    return pool(estimates, variances, complete_df=complete_df, confidence_level=confidence_level)


def tipping_point(
    imputed: pd.DataFrame,
    analysis: Callable[..., Any],
    *,
    column: str,
    was_missing: pd.Series,
    deltas: Sequence[float],
    alpha: float,
    complete_df: float,
    confidence_level: float,
    imputation: str = "imputation",
) -> pd.DataFrame:
    """Shift the imputed values by growing amounts until the conclusion changes (missing not at random).

    Parameters
    ----------
    imputed, analysis, complete_df, confidence_level
        As in `pool_imputed`.
    column : str
        Column whose imputed values are shifted; values may leave the scale, nothing is clipped.
    was_missing : Series of bool
        By subject (the index of the imputed rows): whether `column` was imputed.
    deltas : sequence of float
        Shifts in the unit of the column, from none to worst.
    alpha : float
        Two-sided level at which the conclusion is drawn.

    Returns
    -------
    DataFrame
        One row per delta: the pooled result, and `holds`: below alpha on the side of the first delta. The first
        row where it does not hold is the tipping point.

    References
    ----------
    Cro S, et al. Stat Med 2020;39:2815-42. doi:10.1002/sim.8569.

    Examples
    --------
    >>> imputed = pd.DataFrame({"imputation": [1, 1, 1, 2, 2, 2], "change": [-2.4, -2.6, -2.5] * 2},
    ...                        index=["1", "2", "3"] * 2)
    >>> mean = lambda one: (one["change"].mean(), one["change"].var() / len(one))
    >>> tipping_point(imputed, mean, column="change", was_missing=pd.Series([False, False, True], ["1", "2", "3"]),
    ...               deltas=[0, 4], alpha=0.05, complete_df=2, confidence_level=0.95)["holds"].tolist()
    [True, False]
    """
    check_share("alpha", alpha)
    shifted = pd.Series(imputed.index.map(was_missing), index=imputed.index)
    if shifted.isna().any():
        raise ValueError(
            f"was_missing lacks {int(shifted.isna().sum())} of the imputed rows: index it by subject"
        )
    rows = []
    for delta in deltas:
        moved = imputed.assign(**{column: imputed[column] + delta * shifted.astype(float)})
        pooled = pool_imputed(
            moved, analysis, complete_df=complete_df, confidence_level=confidence_level, imputation=imputation
        )
        rows.append({"delta": delta, **asdict(pooled)})
    table = pd.DataFrame(rows)
    same_side = np.sign(table["estimate"]) == np.sign(table["estimate"].iloc[0])
    return table.assign(holds=(table["p_value"] < alpha) & same_side)


def _barnard_rubin(m, share, complete_df):
    """Degrees of freedom of Barnard and Rubin (1999); share 0 leaves the observed-data part alone."""
    if np.isinf(complete_df):
        return float((m - 1) / share**2) if share**2 > 0 else float("inf")
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    return float(observed * (m - 1) / (m - 1 + observed * share**2))  # 1 / (1 / old + 1 / observed)


def _check_pool(estimates, variances):
    """Two or more finite estimates, each with a variance that is not negative."""
    if len(estimates) != len(variances) or len(estimates) < 2:
        raise ValueError(
            f"pooling needs two or more pairs, not {len(estimates)} estimates, {len(variances)} variances"
        )
    if not np.isfinite(estimates).all() or not np.isfinite(variances).all() or (variances < 0).any():
        raise ValueError("estimates and variances must be finite, variances not negative: an analysis failed")
