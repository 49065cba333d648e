"""Loss to follow-up: who was lost, and weighting those who stayed to stand for all (sensitivity analysis)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.identified import check_independent, separated_terms
from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_finite,
    check_level,
    check_roles,
    check_share,
    check_unique,
    numbers,
    yes_no,
)
from analysis.language import named, tr


@dataclass(frozen=True, slots=True)
class LossByExposure:
    """Loss per group with a test that it is the same in all."""

    groups: pd.DataFrame
    statistic: float
    df: int
    p_value: float
    n_missing: int
    method: str


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the subjects who stayed (NaN for those lost or without covariates), and how uneven they are."""

    weights: pd.Series
    probability: pd.Series
    effective_n: float
    largest: float
    mean: float
    n_retained: int
    n_lost: int
    n_missing: int
    method: str


@dataclass(frozen=True, slots=True)
class WeightedMean:
    """A weighted mean or proportion."""

    estimate: float
    se: float
    conf_low: float
    conf_high: float
    n: int
    n_missing: int
    method: str


def loss_by_exposure(
    subjects: pd.DataFrame, *, lost: str, exposure: str, interval: Callable[..., Any], confidence_level: float
) -> LossByExposure:
    """Loss to follow-up per group of exposure.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    lost, exposure : str
        Boolean column and group column; rows with either missing are counted in `n_missing`.
    interval : callable
        `interval(events, n, confidence_level=...)` with conf_low and conf_high, such as `proportions.wilson`.

    Returns
    -------
    LossByExposure
        Fisher's exact test for two groups; Pearson's chi-squared (no correction) for more. NaN with one group, or
        where nobody or everybody was lost.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> cohort = pd.DataFrame({"drug": ["a"] * 4 + ["b"] * 4, "lost": [True, True, True, False] + [False] * 4})
    >>> found = loss_by_exposure(cohort, lost="lost", exposure="drug", confidence_level=0.95,
    ...     interval=lambda k, n, confidence_level: SimpleNamespace(conf_low=0, conf_high=1))
    >>> found.groups["estimate"].tolist(), round(found.p_value, 6)
    ([0.75, 0.0], 0.142857)
    """
    check_level(confidence_level)
    check_roles(lost=lost, exposure=exposure)
    check_columns(subjects, [lost, exposure], "subjects")
    yes_no(subjects[lost], lost)
    rows = subjects[[lost, exposure]].dropna()
    if not len(rows):
        raise NotEstimable(
            "nobody has both {lost} and {exposure}", lost=named(lost), exposure=named(exposure)
        )
    flags = rows[lost].astype(bool)
    table = []
    for name, part in flags.groupby(rows[exposure], observed=True):
        n, events = len(part), int(part.sum())
        limits = interval(events, n, confidence_level=confidence_level)
        row = {exposure: name, "n": n, "lost": events, "estimate": events / n}
        said = {"method": getattr(limits, "method", "")}
        table.append({**row, "conf_low": limits.conf_low, "conf_high": limits.conf_high, **said})
    groups = pd.DataFrame(table)
    statistic, df, p_value, method = _same_loss(groups)
    n_missing = len(subjects) - len(rows)
    return LossByExposure(groups, statistic, df, p_value, n_missing, method)


def derive_retention_weights(
    subjects: pd.DataFrame,
    *,
    retained: str,
    covariates: Sequence[str],
    stabilised: bool,
    truncate: tuple[float, float] | None = None,
) -> Weights:
    """Inverse probability of staying in the study, given baseline covariates.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    retained : str
        Boolean column: seen at the visit in question. Missing counts as missing, not as lost.
    covariates : sequence of str
        Baseline columns, numbers or text, that predict both loss and outcome; complete (impute them first), or
        the subject has no weight and is counted in `n_missing`.
    stabilised : bool
        Multiply by the overall probability of staying: the weights then average about 1.
    truncate : (float, float), optional
        Quantiles at which weights are cut, (0.01, 0.99) for example; says so in `method`.

    Returns
    -------
    Weights
        `effective_n` is Kish's (sum of weights squared over sum of squared weights).

    Raises
    ------
    ValueError
        Where nobody was lost or kept, or a covariate decides loss completely (no one to stand for the lost).

    References
    ----------
    Hernan MA, Robins JM. Causal Inference: What If. 2020, chapter 12. Cole SR, Hernan MA. Am J Epidemiol
    2008;168:656-64. doi:10.1093/aje/kwn164.

    Examples
    --------
    >>> cohort = pd.DataFrame({"severe": [0] * 4 + [1] * 4,
    ...                        "seen": [True, True, True, False, True, True, False, False]})
    >>> found = derive_retention_weights(cohort, retained="seen", covariates=["severe"], stabilised=False)
    >>> found.weights.dropna().round(4).tolist()
    [1.3333, 1.3333, 1.3333, 2.0, 2.0]
    """
    check_roles(retained=retained, covariates=covariates)
    check_columns(subjects, [retained, *covariates], "subjects")
    check_unique(subjects.index, "subjects")
    check_finite(subjects, covariates)
    yes_no(subjects[retained], retained)
    for quantile in truncate or ():
        check_share("truncate", quantile, example="0.01")
    rows = subjects[[retained, *covariates]].dropna()
    seen = rows[retained].astype(bool)
    if seen.all() or not seen.any():
        raise NotEstimable(
            "{name} is the same for all {n} complete rows: there is nothing to weight",
            name=named(retained),
            n=len(rows),
        )
    probability = pd.Series(_stay(rows[list(covariates)], seen), index=rows.index)
    weights = (seen.mean() if stabilised else 1.0) / probability[seen]
    if truncate is not None:
        weights = weights.clip(*np.quantile(weights, truncate))
    return Weights(
        weights=weights.reindex(subjects.index).rename("weight"),
        probability=probability.reindex(subjects.index).rename("probability"),
        effective_n=float(weights.sum() ** 2 / (weights**2).sum()),
        largest=float(weights.max()),
        mean=float(weights.mean()),
        n_retained=int(seen.sum()),
        n_lost=int((~seen).sum()),
        n_missing=len(subjects) - len(rows),
        method=_method(stabilised, truncate),
    )


def _method(stabilised: bool, truncate: tuple[float, float] | None) -> str:
    """What the weights are, in one sentence."""
    if truncate is None:
        plain = tr("Inverse probability of retention, logistic model")
        return tr("Inverse probability of retention, logistic model, stabilised") if stabilised else plain
    low, high = (f"{quantile:g}" for quantile in truncate)
    if stabilised:
        return tr(
            "Inverse probability of retention, logistic model, stabilised, cut at quantiles {low} and {high}",
            low=low,
            high=high,
        )
    return tr(
        "Inverse probability of retention, logistic model, cut at quantiles {low} and {high}",
        low=low,
        high=high,
    )


def weighted_mean(values: pd.Series, weights: pd.Series, *, confidence_level: float) -> WeightedMean:
    """Mean (or proportion, of a boolean) of weighted values with a robust interval.

    Parameters
    ----------
    values, weights : Series
        One index; subjects without value or weight are left out and counted.

    Returns
    -------
    WeightedMean
        Normal limits with the sandwich error of the weighted mean; taking the weights as known makes them a
        little wide.

    Examples
    --------
    >>> found = weighted_mean(pd.Series([1.0, 3.0]), pd.Series([3.0, 1.0]), confidence_level=0.95)
    >>> found.estimate
    1.5
    """
    from scipy.special import ndtri

    if not values.index.equals(weights.index):
        raise ValueError("values and weights must share one index: align them by subject first")
    check_level(confidence_level)
    measured, given = numbers(values, "values"), numbers(weights, "weights")
    if (given < 0).any():
        raise ValueError(f"weights: {int((given < 0).sum())} are negative")
    known = ~np.isnan(measured) & ~np.isnan(given)
    if known.sum() < 2:
        raise NotEstimable("a weighted mean needs two subjects with value and weight")
    kept, w = measured[known], given[known]
    if not w.sum() > 0:
        raise NotEstimable("all weights are 0: nobody counts")
    estimate = float(w @ kept / w.sum())
    se = float(np.sqrt(np.sum((w * (kept - estimate)) ** 2)) / w.sum())
    half = float(ndtri(0.5 + confidence_level / 2)) * se
    return WeightedMean(
        estimate=estimate,
        se=se,
        conf_low=estimate - half,
        conf_high=estimate + half,
        n=int(known.sum()),
        n_missing=int((~known).sum()),
        method=tr("Weighted mean, robust {CI}"),
    )


def covariate_balance(subjects: pd.DataFrame, weights: Weights, *, covariates: pd.DataFrame) -> pd.DataFrame:
    """Standardised differences between those kept and everybody, before and after weighting.

    Returns
    -------
    DataFrame
        term, everybody, retained, weighted (means), difference and difference_weighted (over the standard
        deviation of everybody).
    """
    known = weights.probability.notna()
    columns = _indicators(subjects.loc[known, list(covariates)])
    w = weights.weights.loc[known]
    kept = w.notna()
    everybody, spread = columns.mean(), columns.std()
    retained = columns.loc[kept].mean()
    weighted = columns.loc[kept].mul(w[kept], axis=0).sum() / w[kept].sum()
    return pd.DataFrame(
        {
            "term": columns.columns,
            "everybody": everybody.to_numpy(),
            "retained": retained.to_numpy(),
            "weighted": weighted.to_numpy(),
            "difference": ((retained - everybody) / spread).to_numpy(),
            "difference_weighted": ((weighted - everybody) / spread).to_numpy(),
        }
    )


def _same_loss(groups):
    """Test that loss is the same in all groups."""
    from scipy.stats import chi2_contingency, fisher_exact

    nan = float("nan")
    table = np.array([groups["lost"], groups["n"] - groups["lost"]])
    if len(groups) < 2 or (table.sum(axis=1) == 0).any():
        return nan, 0, nan, "No test: one group, or nobody or everybody lost"
    if len(groups) == 2:
        return nan, 0, float(fisher_exact(table).pvalue), "Fisher's exact test"
    test = chi2_contingency(table, correction=False)
    return float(test.statistic), int(test.dof), float(test.pvalue), "Pearson's chi-squared test"


def _indicators(covariates):
    """Numbers as they are, text and categories as indicators."""
    return pd.get_dummies(covariates, drop_first=True, dtype=float, prefix_sep="=").astype(float)


def _stay(covariates, seen):
    """Probability of staying by logistic regression; no maximum is an error."""
    import warnings

    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    columns = _indicators(covariates)
    spread = columns.std()
    if (spread == 0).any():
        raise NotEstimable("covariates that do not vary: {names}", names=named(*spread.index[spread == 0]))
    centred = columns - columns.mean()
    check_independent(centred.to_numpy(), columns.columns)
    design = np.column_stack([np.ones(len(columns)), centred / spread])
    if infinite := separated_terms(design, seen.to_numpy(float)):
        names = [columns.columns[j - 1] for j in infinite if j]
        raise NotEstimable(
            "a covariate decides loss completely ({names}): nobody is left to stand for those lost",
            names=named(*names),
        )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = GLM(seen.to_numpy(float), design, family=Binomial()).fit(maxiter=200, tol=1e-12)
    probability = np.asarray(fitted.fittedvalues)
    if not fitted.converged or probability.min() < 1e-6 or probability.max() > 1 - 1e-6:
        raise NotEstimable("a covariate decides loss completely: nobody is left to stand for those lost")
    return probability
