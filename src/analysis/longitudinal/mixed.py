"""Linear mixed models: subjects differ in level, and may differ in slope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_finite,
    check_level,
    check_roles,
    check_subjects,
    numbers,
    subject_keys,
    varies,
)
from analysis.language import listed, tr
from analysis.longitudinal.gee import check_doubles
from analysis.longitudinal.terms import design_of, names_of, orthogonal

FLAT = 1e-8  # variance of a random effect as a share of that within subjects, both without unit
OPTIMISERS = ("lbfgs", "bfgs", "powell")


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted model; `random_covariance` is that of intercept (and slope), `residual_sd` within subjects.

    `n` counts rows used and `n_rows_missing` those left out; `n_missing` subjects of whom no row was usable.
    """

    coefficients: pd.DataFrame
    random_covariance: pd.DataFrame
    residual_sd: float
    log_likelihood: float
    n_subjects: int
    n: int
    n_rows_missing: int
    n_missing: int
    method: str


def mixed_model(
    observations: pd.DataFrame,
    *,
    response: str,
    covariates: Sequence[str],
    confidence_level: float,
    subject: str | list[str] = "subject_id",
    position: str | None = None,
    random_slope: str | None = None,
    references: Mapping[str, Any] | None = None,
) -> MixedModel:
    """Fit a linear mixed model by restricted maximum likelihood.

    Parameters
    ----------
    observations : DataFrame
        One row per subject and visit; incomplete rows are left out and counted (missing at random).
    response : str
        Column of the value.
    covariates : sequence of str
        Numbers, text columns (indicators), and products "a:b".
    subject : str or list of str
        Column, or columns together, that make a subject.
    position : str, optional
        Column with the visit: a subject may stand at each once. Without it rows equal in every column are refused.
    random_slope : str, optional
        Column (time) in which subjects have their own slopes, correlated with their intercepts.
    references : mapping, optional
        Column to reference level; naming a numeric column makes its values levels.

    Returns
    -------
    MixedModel
        Tests are z tests: with few subjects they are too optimistic. A random intercept alone is the compound
        symmetry of `analysis.mmrm`, which has Kenward-Roger's errors and degrees of freedom.

    Raises
    ------
    ValueError
        For doubled rows and values that are no finite numbers.
    NotEstimable
        With too few rows, terms that cannot be told apart, a random effect without variance, or no convergence.

    References
    ----------
    Laird NM, Ware JH. Biometrics 1982;38:963-74. doi:10.2307/2529876.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> visits = pd.DataFrame({"subject_id": np.repeat(range(20), 3), "month": [0.0, 3, 6] * 20})
    >>> level = np.repeat(rng.normal(5, 1, 20), 3)
    >>> visits = visits.assign(das28=level - 0.2 * visits["month"] + rng.normal(0, 0.3, 60))
    >>> model = mixed_model(visits, response="das28", covariates=["month"], confidence_level=0.95)
    >>> model.n_subjects, bool(model.coefficients["estimate"][1] < 0)
    (20, True)
    """
    check_level(confidence_level)
    keys = subject_keys(subject)
    more = [name for name in (random_slope, position) if name]
    used = list(dict.fromkeys([*keys, response, *names_of(covariates), *more]))
    check_roles(response=response, covariates=covariates)
    check_columns(observations, used, "observations")
    check_subjects(observations, keys)
    check_finite(observations, used)
    numbers(observations[response], response)
    check_doubles(observations, keys, position)
    rows = observations[used].dropna()
    design = design_of(rows, covariates, references)
    subjects = rows.groupby(keys, sort=False).ngroup().to_numpy()
    if len(rows) <= design.shape[1] or len(np.unique(subjects)) == len(rows):
        raise NotEstimable("a mixed model needs more rows than terms and subjects with more than one visit")
    names = ["(intercept)", *([random_slope] if random_slope else [])]
    random = np.column_stack([np.ones(len(rows)), *([rows[random_slope]] if random_slope else [])])
    fitted = _fit(rows[response].to_numpy(float), design.to_numpy(), random.astype(float), subjects)
    return MixedModel(
        coefficients=_coefficients(fitted, design.columns, confidence_level),
        random_covariance=pd.DataFrame(fitted.random, index=names, columns=names),
        residual_sd=fitted.residual_sd,
        log_likelihood=fitted.log_likelihood,
        n_subjects=len(np.unique(subjects)),
        n=len(rows),
        n_rows_missing=len(observations) - len(rows),
        n_missing=int(observations.groupby(keys).ngroups - len(np.unique(subjects))),
        method=tr(
            "Linear mixed model, random {listed}, REML, z tests",
            listed=listed(["intercept", *names[1:]]),
        ),
    )


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fit on the scale of the data as they were given."""

    beta: np.ndarray
    errors: np.ndarray
    random: np.ndarray
    residual_sd: float
    log_likelihood: float


def _fit(response, design, random, subjects):
    """Fit by statsmodels without units and lead back; each optimiser fails on some data, so the first to end counts."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    if not varies(response):
        raise NotEstimable("the response does not vary")
    centre, unit = response.mean(), response.std()
    columns, triangle = orthogonal(design)
    length = np.sqrt((random**2).mean(axis=0))
    model = MixedLM((response - centre) / unit, columns, groups=subjects, exog_re=random / length)
    ended = []
    for method in OPTIMISERS:
        ended += [one for one in [_attempt(model, method)] if one is not None]
        if ended and not _flat(ended[-1]):
            break
    if not ended:
        raise NotEstimable("the mixed model did not converge")
    fitted = ended[-1]
    if _flat(fitted):
        raise NotEstimable(
            "a random effect has no variance here: leave out the random slope, or use analysis.mmrm"
        )
    back = np.linalg.inv(triangle)
    beta = unit * back @ np.asarray(fitted.fe_params)
    beta[0] += centre
    n_terms = len(beta)
    covariance = np.asarray(fitted.cov_params())[:n_terms, :n_terms]
    shift = (len(response) - n_terms) * np.log(unit) + np.log(np.abs(np.diag(triangle))).sum()
    return Fitted(
        beta=beta,
        errors=unit * np.sqrt(np.einsum("ij,jk,ik->i", back, covariance, back)),
        random=np.asarray(fitted.cov_re) * unit**2 / np.outer(length, length),
        residual_sd=float(unit * np.sqrt(fitted.scale)),
        log_likelihood=float(fitted.llf - shift),
    )


def _flat(fitted):
    """Whether a random effect has no variance, or the likelihood broke down: an optimiser may end there wrongly."""
    least = np.linalg.eigvalsh(np.asarray(fitted.cov_re))[0]
    return least < FLAT * fitted.scale or not np.isfinite(fitted.llf)


def _attempt(model, method):
    """One optimiser's converged fit, or nothing."""
    import warnings

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(reml=True, method=method)
        except np.linalg.LinAlgError:
            return None
        usable = fitted.converged and np.isfinite(fitted.bse_fe).all()
    return fitted if usable else None


def _coefficients(fitted, terms, confidence_level):
    """One row per fixed effect; without a test where the model leaves no error."""
    from scipy.stats import norm

    beta, se = fitted.beta, fitted.errors
    statistic = np.divide(beta, se, out=np.full(len(se), np.nan), where=se > 0)
    half = norm.ppf(0.5 + confidence_level / 2) * se
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": beta,
            "se": se,
            "statistic": statistic,
            "p_value": 2 * norm.sf(np.abs(statistic)),
            "conf_low": beta - half,
            "conf_high": beta + half,
        }
    )
