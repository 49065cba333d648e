"""Each pre-specified covariate on its own."""

import numpy as np
import pandas as pd

from analysis.firth import firth_logistic, joint_statistic
from analysis.identified import separated_terms
from analysis.inputs import NotEstimable, check_level, ratio_of
from analysis.language import mark, tr
from analysis.prediction.covariates import columns_of, complete_rows, levels_of, standardise
from analysis.prediction.logistic import newton

SEPARATED = mark("separates the outcomes: Firth's penalised estimate, profile limits")


def univariable_odds(
    subjects: pd.DataFrame, *, outcome: str, covariates: pd.DataFrame, confidence_level: float
) -> pd.DataFrame:
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
        events, note, status, method. Where a covariate separates the outcomes (found by linear programming) no
        maximum likelihood estimate exists: estimate, limits and test are those of Firth's penalised likelihood, and
        note and method say so. A covariate that cannot be judged (it does not vary, or nobody has it) keeps its row
        with the reason.

    Examples
    --------
    >>> cohort = pd.DataFrame({"remission": [1, 1, 1, 0, 0, 0, 1, 0], "acpa": [0, 0, 1, 1, 1, 0, 0, 1]})
    >>> table = univariable_odds(cohort, outcome="remission", covariates=["acpa"], confidence_level=0.95)
    >>> table["estimate"].round(6).tolist()
    [0.111111]
    """
    check_level(confidence_level)
    parts = [_one(subjects, outcome, name, confidence_level) for name in covariates]
    return pd.concat(parts, ignore_index=True)


def _one(subjects, outcome, covariate, confidence_level):
    """Rows of one covariate; what cannot be estimated is one row with the reason."""
    try:
        rows, values = complete_rows(subjects, outcome, [covariate])
        columns = columns_of(rows, [covariate], levels_of(rows, [covariate]))
        standardise(columns.to_numpy(), columns.columns)
    except NotEstimable as reason:
        n = int(subjects[[outcome, covariate]].notna().all(axis=1).sum())
        counts = {"n": n, "n_missing": len(subjects) - n, "status": "not estimated", "note": str(reason)}
        return _ordered(pd.DataFrame([{"covariate": covariate, "term": covariate, "method": "", **counts}]))
    design = pd.concat([pd.Series(1.0, columns.index, name="(intercept)"), columns], axis=1)
    separated = separated_terms(design.to_numpy(), values)
    found = (_penalised if separated else _plain)(design, values, confidence_level)
    common = {
        "covariate": covariate,
        "term": list(columns.columns),
        "df": columns.shape[1],
        "n": len(rows),
        "n_missing": len(subjects) - len(rows),
        "events": int(values.sum()),
        "status": "estimated",
    }
    return _ordered(pd.DataFrame({**common, **found}))


def _plain(design, values, confidence_level):
    """Maximum likelihood with Wald limits and the likelihood ratio test of all terms together."""
    from scipy.stats import chi2, norm

    columns = design.to_numpy()[:, 1:]
    mean, spread = standardise(columns, design.columns[1:])
    fitted = newton(np.column_stack([np.ones(len(values)), (columns - mean) / spread]), values, penalty=0.0)
    beta = fitted.coefficients[1:] / spread
    se = np.sqrt(np.diag(np.linalg.inv(fitted.information)))[1:] / spread
    half = norm.ppf(0.5 + confidence_level / 2) * se
    rate = values.mean()
    null = len(values) * (rate * np.log(rate) + (1 - rate) * np.log(1 - rate))
    statistic = 2 * (fitted.log_likelihood - null)
    return {
        "estimate": ratio_of(beta),
        "conf_low": ratio_of(beta - half),
        "conf_high": ratio_of(beta + half),
        "statistic": statistic,
        "p_value": float(chi2.sf(statistic, columns.shape[1])),
        "note": "",
        "method": tr("Logistic regression, Wald limits, likelihood ratio test"),
    }


def _penalised(design, values, confidence_level):
    """Firth's estimates with the penalised likelihood ratio test of all terms together."""
    from scipy.stats import chi2

    table = firth_logistic(design, values, confidence_level=confidence_level).iloc[1:]
    statistic = joint_statistic(design, values)
    return {
        **{name: table[name].to_numpy() for name in ("estimate", "conf_low", "conf_high")},
        "statistic": statistic,
        "p_value": float(chi2.sf(statistic, design.shape[1] - 1)),
        "note": SEPARATED,
        "method": table["method"].iloc[0],
    }


def _ordered(table):
    """Columns in reading order."""
    first = ["covariate", "term", "estimate", "conf_low", "conf_high", "statistic", "df", "p_value"]
    return table.reindex(columns=[*first, "n", "n_missing", "events", "note", "status", "method"])
