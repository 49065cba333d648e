"""Generalised estimating equations for repeated outcomes: population-averaged effects with robust errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.identified import separated_terms
from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_counts,
    check_finite,
    check_level,
    check_once,
    check_roles,
    check_subjects,
    numbers,
    ratio_of,
    subject_keys,
    yes_no,
)
from analysis.language import mark, named, tr
from analysis.longitudinal.terms import design_of, names_of, orthogonal

FAMILIES = (mark("binomial"), mark("gaussian"), mark("poisson"))
NO_SPREAD = 1e-14  # of a variance on columns without unit
CORRELATIONS = (mark("independence"), mark("exchangeable"), mark("ar1"))


@dataclass(frozen=True, slots=True)
class Gee:
    """Fitted equations; `coefficients` has odds or rate ratios as `estimate` (differences for gaussian).

    `n` counts rows used and `n_rows_missing` those left out; `n_missing` subjects of whom no row was usable. The
    `correlation` of ar1 is that of rows at the smallest gap between positions.
    """

    coefficients: pd.DataFrame
    correlation: float
    n_subjects: int
    n: int
    n_rows_missing: int
    n_missing: int
    method: str


def gee(
    observations: pd.DataFrame,
    *,
    outcome: str,
    covariates: Sequence[str],
    family: str,
    correlation: str,
    confidence_level: float,
    subject: str | list[str] = "subject_id",
    position: str | None = None,
    references: Mapping[str, Any] | None = None,
    bias_reduced: bool = False,
) -> Gee:
    """Fit generalised estimating equations.

    Parameters
    ----------
    observations : DataFrame
        One row per subject and visit; incomplete rows are left out and counted (missing completely at random, or
        given the covariates, is assumed).
    outcome : str
        Boolean or 0/1 for binomial (repeated remission), a number for gaussian, a count for poisson.
    covariates : sequence of str
        Numbers, text columns (indicators), and products "a:b".
    family, correlation : str
        One of `FAMILIES` with its canonical link; one of `CORRELATIONS`.
    subject : str or list of str
        Column, or columns together, that make a subject.
    position : str, optional
        Column with the place of the visit in time (number of the visit, week); needed for ar1, whose correlation
        falls with the distance between positions, gaps and unequal steps included. A position held twice is refused.
    references : mapping, optional
        Column to reference level; naming a numeric column makes its values levels (visit numbers).
    bias_reduced : bool
        Mancl-DeRouen errors, for fewer than about 40 subjects.

    Returns
    -------
    Gee
        All three correlations agree with R's geepack (ar1 with its `waves`).

    Raises
    ------
    ValueError
        For outcomes that do not fit the family, doubled rows or positions, infinite values.
    NotEstimable
        Where the outcome does not vary, terms cannot be told apart or separate the outcomes (named), or the equations
        do not converge.

    References
    ----------
    Liang KY, Zeger SL. Biometrika 1986;73:13-22. doi:10.1093/biomet/73.1.13.
    Mancl LA, DeRouen TA. Biometrics 2001;57:126-34. doi:10.1111/j.0006-341X.2001.00126.x.

    Examples
    --------
    >>> visits = pd.DataFrame({"subject_id": [1, 1, 2, 2, 3, 3, 4, 4], "month": [0, 6] * 4,
    ...                        "remission": [0, 1, 0, 0, 0, 1, 1, 1]})
    >>> model = gee(visits, outcome="remission", covariates=["month"], family="binomial",
    ...             correlation="exchangeable", confidence_level=0.95)
    >>> model.coefficients["term"].tolist(), model.n_subjects
    (['(intercept)', 'month'], 4)
    """
    _check(family, correlation, position)
    check_level(confidence_level)
    keys = subject_keys(subject)
    check_roles(outcome=outcome, covariates=covariates)
    used = list(dict.fromkeys([*keys, outcome, *names_of(covariates), *([position] if position else [])]))
    rows = _usable(observations, used, keys, outcome, family, position)
    response = rows[outcome].astype(float)
    if response.nunique() < 2:
        raise NotEstimable(
            "the outcome {name} does not vary in {n} complete rows", name=named(outcome), n=len(rows)
        )
    design = design_of(rows, covariates, references)
    _check_separation(design, response.to_numpy(), family)
    subjects = rows.groupby(keys, sort=False).ngroup()
    fitted = _fit(
        response, design, subjects, rows[position] if position else None, family, correlation, bias_reduced
    )
    return Gee(
        coefficients=_coefficients(fitted, design.columns, family, confidence_level),
        correlation=float("nan") if correlation == "independence" else fitted.correlation,
        n_subjects=int(subjects.nunique()),
        n=len(rows),
        n_rows_missing=len(observations) - len(rows),
        n_missing=int(observations.groupby(keys).ngroups - subjects.nunique()),
        method=tr(
            "GEE, {family}, {correlation} working correlation, {part} standard errors, z tests",
            family=family,
            correlation=correlation,
            part="Mancl-DeRouen" if bias_reduced else "robust",
        ),
    )


def _check(family, correlation, position):
    """Known family and correlation; ar1 needs the order of the visits."""
    if family not in FAMILIES or correlation not in CORRELATIONS:
        raise ValueError(f"family must be one of {FAMILIES} and correlation one of {CORRELATIONS}")
    if correlation == "ar1" and position is None:
        raise ValueError("the ar1 correlation needs position, the column with the number of the visit")


def _usable(observations, used, keys, outcome, family, position):
    """Complete rows in the order of subjects and positions, after the checks of the input."""
    check_columns(observations, used, "observations")
    check_subjects(observations, keys)
    check_finite(observations, used)
    answers = {"binomial": yes_no, "poisson": numbers, "gaussian": numbers}[family](
        observations[outcome], outcome
    )
    if family == "poisson":
        check_counts(answers, outcome)
    if position is not None:
        numbers(observations[position], position)
    check_doubles(observations, keys, position)
    rows = observations[used].dropna()
    return rows.sort_values([*keys, *([position] if position else [])], kind="stable")


def check_doubles(observations: pd.DataFrame, keys: Any, position: Any) -> Any:
    """Refuse a position held twice by one subject; without positions, rows that are equal in every column."""
    if position is not None:
        return check_once(observations.dropna(subset=[position]), keys, position)
    if (count := int(observations.duplicated().sum())) and len(observations.columns) > len(keys) + 1:
        raise ValueError(f"{count} rows are doubled, equal in every column: keep one of each")
    return None


def _check_separation(design, response, family):
    """Say which terms have no finite estimate."""
    if family == "gaussian":
        return
    if infinite := separated_terms(design.to_numpy(), response, family=family):
        names = [design.columns[j] for j in infinite]
        raise NotEstimable("the outcomes are separated: no finite estimate for {names}", names=named(*names))


def _fit(response, design, subjects, position, family, correlation, bias_reduced):
    """Solve the equations on columns without unit and lead back; no convergence is an error."""
    import warnings

    from statsmodels.genmod import families
    from statsmodels.genmod.cov_struct import Exchangeable, Independence
    from statsmodels.genmod.generalized_estimating_equations import GEE

    from analysis.longitudinal.spacing import SpacedAutoregressive

    structures = {"independence": Independence, "exchangeable": Exchangeable, "ar1": SpacedAutoregressive}
    centre, unit = (response.mean(), response.std()) if family == "gaussian" else (0.0, 1.0)
    columns, triangle = orthogonal(design.to_numpy())
    model = GEE(
        ((response - centre) / unit).to_numpy(),
        columns,
        groups=subjects.to_numpy(),
        time=None if position is None else position.to_numpy(float)[:, None],
        family=getattr(families, family.capitalize())(),
        cov_struct=structures[correlation](),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(
            maxiter=300, ctol=1e-9 * len(columns), cov_type="bias_reduced" if bias_reduced else "robust"
        )
    back = np.linalg.inv(triangle)
    beta = unit * back @ np.asarray(fitted.params)
    beta[0] += centre
    variance = np.einsum("ij,jk,ik->i", back, np.asarray(fitted.cov_params()), back)
    if not fitted.converged or not np.isfinite(variance).all():
        raise NotEstimable("the estimating equations did not converge")
    if (variance <= NO_SPREAD * np.einsum("ij,ij->i", back, back)).any():
        raise NotEstimable("a term does not differ between subjects: there is no robust error")
    errors = unit * np.sqrt(variance)
    correlation = getattr(fitted.cov_struct, "dep_params", float("nan"))
    return Equations(
        beta, errors, float(np.atleast_1d(correlation)[0]) if correlation is not None else float("nan")
    )


@dataclass(frozen=True, slots=True)
class Equations:
    """Solved equations on the scale of the columns as they were given."""

    beta: np.ndarray
    errors: np.ndarray
    correlation: float


def _coefficients(fitted, terms, family, confidence_level):
    """One row per term; ratios for log and logit links."""
    from scipy.stats import norm

    beta, se = fitted.beta, fitted.errors
    half = norm.ppf(0.5 + confidence_level / 2) * se
    scale = (lambda x: x) if family == "gaussian" else ratio_of
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = beta / se
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": scale(beta),
            "conf_low": scale(beta - half),
            "conf_high": scale(beta + half),
            "coefficient": beta,
            "se": se,
            "statistic": statistic,
            "p_value": 2 * norm.sf(np.abs(statistic)),
        }
    )
