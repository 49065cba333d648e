"""Each pre-specified covariate on its own."""

import numpy as np
import pandas as pd

from analysis.prediction.covariates import columns_of, complete_rows, levels_of, standardise
from analysis.prediction.logistic import NoMaximum, newton


def univariable_odds(subjects: pd.DataFrame, *, outcome, covariates, confidence_level) -> pd.DataFrame:
    """Odds ratio of each covariate alone, by maximum likelihood.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject. Each covariate uses the rows where it and the outcome are known.
    outcome : str
        Boolean column; covariates are numbers (odds ratio per unit) or text (against the first level).
    confidence_level : float
        Between 0 and 1; Wald limits, likelihood ratio p (one per covariate, all levels together).

    Returns
    -------
    DataFrame
        covariate, term, estimate, conf_low, conf_high, statistic (likelihood ratio), df, p_value, n, n_missing,
        events, note, method. Where a covariate separates the outcomes there is no estimate (NaN) and the note
        says so.

    Examples
    --------
    >>> cohort = pd.DataFrame({"remission": [1, 1, 1, 0, 0, 0, 1, 0], "acpa": [0, 0, 1, 1, 1, 0, 0, 1]})
    >>> table = univariable_odds(cohort, outcome="remission", covariates=["acpa"], confidence_level=0.95)
    >>> table["estimate"].round(6).tolist()
    [0.111111]
    """
    parts = [_one(subjects, outcome, name, confidence_level) for name in covariates]
    return pd.concat(parts, ignore_index=True)


def _one(subjects, outcome, covariate, confidence_level):
    """Rows of one covariate."""
    from scipy.stats import chi2, norm

    rows, values = complete_rows(subjects, outcome, [covariate])
    columns = columns_of(rows, [covariate], levels_of(rows, [covariate]))
    mean, spread = standardise(columns.to_numpy(), columns.columns)
    design = np.column_stack([np.ones(len(rows)), (columns.to_numpy() - mean) / spread])
    rate = values.mean()
    null = len(values) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    common = {
        "covariate": covariate,
        "term": list(columns.columns),
        "df": columns.shape[1],
        "n": len(rows),
        "n_missing": len(subjects) - len(rows),
        "events": int(values.sum()),
        "method": "Logistic regression, Wald limits, likelihood ratio test",
    }
    try:
        fitted = newton(design, values, penalty=0.0)
    except NoMaximum:
        empty = dict.fromkeys(["estimate", "conf_low", "conf_high", "statistic", "p_value"], float("nan"))
        return _ordered(pd.DataFrame({**common, **empty, "note": "separates the outcomes: no estimate"}))
    beta = fitted.coefficients[1:] / spread
    se = np.sqrt(np.diag(np.linalg.inv(fitted.information)))[1:] / spread
    half = norm.ppf(0.5 + confidence_level / 2) * se
    statistic = 2 * (fitted.log_likelihood - null)
    found = {
        "estimate": np.exp(beta),
        "conf_low": np.exp(beta - half),
        "conf_high": np.exp(beta + half),
        "statistic": statistic,
        "p_value": float(chi2.sf(statistic, columns.shape[1])),
        "note": "",
    }
    return _ordered(pd.DataFrame({**common, **found}))


def _ordered(table):
    """Columns in reading order."""
    first = ["covariate", "term", "estimate", "conf_low", "conf_high", "statistic", "df", "p_value"]
    return table[[*first, "n", "n_missing", "events", "note", "method"]]
