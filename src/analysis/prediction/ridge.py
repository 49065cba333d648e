"""Ridge logistic regression with the penalty chosen by Akaike's criterion."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import ratio_of
from analysis.language import tr
from analysis.prediction.covariates import columns_of, standardise
from analysis.prediction.development import Development, Stacked
from analysis.prediction.logistic import expit, newton

PENALTIES = tuple(float(p) for p in 10 ** np.arange(-2, 3.26, 0.25))


@dataclass(frozen=True, slots=True)
class RidgeModel:
    """A fitted model; `coefficients` has log odds per unit, odds ratios, and log odds per standard deviation."""

    coefficients: pd.DataFrame
    intercept: float
    penalty: float
    effective_df: float
    n: int
    n_missing: int
    n_imputed: int
    events: int
    method: str
    covariates: tuple[str, ...] = field(repr=False)
    levels: dict = field(repr=False)


def fit_ridge(
    subjects: pd.DataFrame,
    *,
    outcome: str,
    covariates: Sequence[str],
    penalty: float | None = None,
    n_imputations: int = 0,
    seed: int = 0,
) -> RidgeModel:
    """Fit the penalised model to pre-specified covariates.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject; without a known outcome, or incomplete without `n_imputations`, it is left out and counted.
    outcome : str
        Boolean column.
    covariates : sequence of str
        Named before the outcome was looked at. Numbers or text.
    penalty : float, optional
        Weight of the squared standardised slopes. Without it the one of `PENALTIES` with the highest likelihood
        ratio statistic minus twice the effective degrees of freedom.
    n_imputations, seed : int
        With a number above 0, missing numbers among the covariates are imputed so often by predictive mean matching
        from the other covariates and the outcome. The model is fitted once to all completed rows, each weighted by one
        over its copies, so that every subject counts once and there is one penalty (stacking; Wood 2008).

    Returns
    -------
    RidgeModel
        Coefficients are shrunken: no interval or p value is given, because none would have its level. `n_imputed` are
        the subjects with an imputed covariate.

    References
    ----------
    le Cessie S, van Houwelingen JC. Appl Stat 1992;41:191-201. doi:10.2307/2347628.
    Wood AM, White IR, Royston P. Stat Med 2008;27:3227-46. doi:10.1002/sim.3177.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> cohort = pd.DataFrame({"cdai": rng.normal(25, 8, 150)})
    >>> cohort = cohort.assign(remission=rng.random(150) < 1 / (1 + np.exp(0.15 * (cohort["cdai"] - 20))))
    >>> model = fit_ridge(cohort, outcome="remission", covariates=["cdai"])
    >>> bool(model.coefficients["odds_ratio"].item() < 1), 0 < model.effective_df < 1
    (True, True)
    """
    data = Development.of(subjects, outcome, covariates, gaps=n_imputations > 0)
    stacked = data.completed(np.random.default_rng([seed, 0]), n_imputations)
    intercept, slopes, chosen, fitted = fit_columns(stacked, terms=data.terms, penalty=penalty)
    table = {"term": data.terms, "coefficient": slopes, "odds_ratio": ratio_of(slopes)}
    way = tr("by AIC") if penalty is None else "given"
    said = tr("Ridge logistic regression, penalty {chosen:g} {way}", chosen=chosen, way=way)
    return RidgeModel(
        coefficients=pd.DataFrame({**table, "per_sd": fitted.coefficients[1:]}),
        intercept=intercept,
        penalty=chosen,
        effective_df=fitted.effective_df,
        n=len(data.answers),
        n_missing=len(subjects) - len(data.answers),
        n_imputed=data.n_incomplete,
        events=int(data.answers.sum()),
        method=tr("{said}, {n_imputations} imputations stacked", said=said, n_imputations=n_imputations)
        if data.n_incomplete
        else said,
        covariates=tuple(covariates),
        levels=data.levels,
    )


def fit_columns(stacked: Stacked, *, terms: Any, penalty: Any = None) -> tuple[Any, Any, Any, Any]:
    """Intercept and slopes on the scale of the columns, the penalty, and the fit on standardised columns."""
    mean, spread = standardise(stacked.columns, terms, stacked.weights)
    design = np.column_stack([np.ones(len(stacked.columns)), (stacked.columns - mean) / spread])
    if penalty is not None and not 0 <= penalty < np.inf:
        raise ValueError(f"penalty: expected a number, 0 or more, got {penalty}")
    chosen, fitted = choose_penalty(design, stacked, PENALTIES if penalty is None else (penalty,))
    slopes = fitted.coefficients[1:] / spread
    return float(fitted.coefficients[0] - slopes @ mean), slopes, chosen, fitted


def predict(model: RidgeModel, subjects: pd.DataFrame) -> pd.Series:
    """Predicted probability per row; NaN where a covariate is missing."""
    columns = columns_of(subjects, model.covariates, model.levels)
    log_odds = model.intercept + columns.to_numpy() @ model.coefficients["coefficient"].to_numpy()
    return pd.Series(expit(log_odds), index=subjects.index, name="probability")


def choose_penalty(design: Any, stacked: Stacked, penalties: Any) -> tuple[Any, Any]:
    """The penalty with the best Akaike criterion and its fit; from strong to weak, each starting at the last."""
    tried, start = [], None
    for penalty in sorted(penalties, reverse=True):
        fitted = newton(design, stacked.outcome, penalty=penalty, start=start, weights=stacked.weights)
        start = fitted.coefficients
        criterion = fitted.log_likelihood - fitted.effective_df
        tried.append((criterion, float(penalty), fitted))
    _, chosen, best = max(tried, key=lambda one: one[0])  # of equals the first, which is the strongest
    return chosen, best
