"""Linear mixed models: subjects differ in level, and may differ in slope."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.longitudinal.terms import design_of

OPTIMISERS = ("lbfgs", "bfgs", "powell")


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted model; `random_covariance` is that of intercept (and slope), `residual_sd` within subjects."""

    coefficients: pd.DataFrame
    random_covariance: pd.DataFrame
    residual_sd: float
    log_likelihood: float
    n_subjects: int
    n: int
    n_missing: int
    method: str


def mixed_model(
    observations: pd.DataFrame,
    *,
    response,
    covariates,
    confidence_level,
    subject="subject_id",
    random_slope=None,
    references=None,
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
    random_slope : str, optional
        Column (time) in which subjects have their own slopes, correlated with their intercepts.
    references : mapping, optional
        Column to reference level; naming a numeric column makes its values levels.

    Returns
    -------
    MixedModel
        Tests are z tests: with few subjects they are too optimistic. A random intercept alone is the compound
        symmetry of `analysis.mmrm`, which has Satterthwaite degrees of freedom.

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
    keys = [subject] if isinstance(subject, str) else list(subject)
    columns = dict.fromkeys(part for covariate in covariates for part in covariate.split(":"))
    used = list(dict.fromkeys([*keys, response, *columns, *([random_slope] if random_slope else [])]))
    rows = observations[used].dropna()
    design = design_of(rows, covariates, references)
    subjects = rows.groupby(keys, sort=False).ngroup().to_numpy()
    if len(rows) <= design.shape[1] or len(np.unique(subjects)) == len(rows):
        raise ValueError("a mixed model needs more rows than terms and subjects with more than one visit")
    names = ["(intercept)", *([random_slope] if random_slope else [])]
    random = np.column_stack([np.ones(len(rows)), *([rows[random_slope]] if random_slope else [])])
    fitted = _fit(rows[response].to_numpy(float), design.to_numpy(), random, subjects)
    return MixedModel(
        coefficients=_coefficients(fitted, design.columns, confidence_level),
        random_covariance=pd.DataFrame(np.asarray(fitted.cov_re), index=names, columns=names),
        residual_sd=float(np.sqrt(fitted.scale)),
        log_likelihood=float(fitted.llf),
        n_subjects=len(np.unique(subjects)),
        n=len(rows),
        n_missing=len(observations) - len(rows),
        method=f"Linear mixed model, random {' and '.join(['intercept', *names[1:]])}, REML, z tests",
    )


def _fit(response, design, random, subjects):
    """Fit by statsmodels; its optimisers each fail on some data, so the first that converges counts."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    model = MixedLM(response, design, groups=subjects, exog_re=random)
    attempts = (_attempt(model, method) for method in OPTIMISERS)
    fitted = next((one for one in attempts if one is not None), None)
    if fitted is None:
        raise ValueError("the mixed model did not converge")
    if np.linalg.eigvalsh(np.asarray(fitted.cov_re))[0] < 1e-8 * fitted.scale:
        raise ValueError(
            "a random effect has no variance here: leave out the random slope, or use analysis.mmrm"
        )
    return fitted


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
    """One row per fixed effect."""
    from scipy.stats import norm

    beta, se = np.asarray(fitted.fe_params), np.asarray(fitted.bse_fe)
    half = norm.ppf(0.5 + confidence_level / 2) * se
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": beta,
            "se": se,
            "statistic": beta / se,
            "p_value": 2 * norm.sf(np.abs(beta / se)),
            "conf_low": beta - half,
            "conf_high": beta + half,
        }
    )
