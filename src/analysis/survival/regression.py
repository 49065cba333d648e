"""What hastens an event: Cox regression and concordance."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.thresholds import settle


@dataclass(frozen=True, slots=True)
class Cox:
    """Hazard ratios; `coefficients` has one row per term with the ratio as `estimate`."""

    coefficients: pd.DataFrame
    log_likelihood: float
    statistic: float
    df: int
    p_value: float
    concordance: float
    n: int
    n_missing: int
    events: int
    method: str


def cox(subjects: pd.DataFrame, *, time, event, covariates, confidence_level, entry=None, strata=None) -> Cox:
    """Cox proportional hazards, ties by Efron's approximation.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    time, event, entry, strata : str
        Columns: duration, event, time of coming under observation, stratum.
    covariates : sequence of str
        Numeric columns enter as they are; text and categorical columns as indicators against the first level.

    Raises
    ------
    ValueError
        Without events, with a covariate that does not vary, or where the likelihood has no maximum.

    References
    ----------
    Cox DR. J R Stat Soc B 1972;34:187-220.
    Efron B. J Am Stat Assoc 1977;72:557-65. doi:10.1080/01621459.1977.10480613.

    Examples
    --------
    >>> cohort = pd.DataFrame({"day": [5, 8, 12, 3, 9, 14], "stopped": [1, 1, 0, 1, 1, 0],
    ...                        "rf": [1, 0, 0, 0, 1, 1]})
    >>> fitted = cox(cohort, time="day", event="stopped", covariates=["rf"], confidence_level=0.95)
    >>> fitted.events, fitted.coefficients["term"].tolist()
    (4, ['rf'])
    """
    from scipy.stats import chi2

    used = [time, event, *covariates, *([entry] if entry else []), *([strata] if strata else [])]
    complete = subjects[used].dropna()
    status = complete[event].astype(float).to_numpy()
    if status.sum() == 0:
        raise ValueError(
            f"a Cox model needs events: column {event!r} has none in {len(complete)} complete rows"
        )
    design = _indicators(complete[list(covariates)])
    durations = complete[time].to_numpy(float)
    fitted = _fit_cox(durations, design, status, complete, entry=entry, strata=strata)
    statistic = float(2 * (fitted.llf - fitted.model.loglike(np.zeros(design.shape[1]))))
    return Cox(
        coefficients=_hazard_ratios(fitted, design.columns, confidence_level),
        log_likelihood=float(fitted.llf),
        statistic=statistic,
        df=design.shape[1],
        p_value=float(chi2.sf(statistic, design.shape[1])),
        concordance=concordance(durations, status.astype(bool), design.to_numpy() @ fitted.params),
        n=len(complete),
        n_missing=len(subjects) - len(complete),
        events=int(status.sum()),
        method="Cox proportional hazards, Efron ties, Wald intervals; overall likelihood ratio test",
    )


def concordance(time, event, risk) -> float:
    """Harrell's C: among pairs of known order, the share where the higher risk failed first, ties as half.

    References
    ----------
    Harrell FE, et al. JAMA 1982;247:2543-6. doi:10.1001/jama.1982.03320430047030.

    Examples
    --------
    >>> concordance([1, 2, 3], [True, True, False], [3.0, 2.0, 1.0])
    1.0
    """
    time, event = np.asarray(time, float), np.asarray(event, bool)
    risk = settle(np.asarray(risk, float))  # equal covariates must tie whatever the order of summation
    concordant = comparable = 0.0
    for moment, own in zip(time[event], risk[event]):
        later = (time > moment) | ((time == moment) & ~event)
        concordant += np.sum(own > risk[later]) + 0.5 * np.sum(own == risk[later])
        comparable += later.sum()
    return float(concordant / comparable) if comparable else float("nan")


def _indicators(covariates):
    """Numeric columns as they are, others as indicators against the first level; constant columns refused."""
    design = pd.get_dummies(covariates, drop_first=True, dtype=float).astype(float)
    constant = [name for name in design if design[name].nunique() < 2]
    if constant or design.shape[1] == 0:
        raise ValueError(f"covariates that do not vary cannot be estimated: {constant or list(covariates)}")
    return design


def _fit_cox(durations, design, status, complete, *, entry, strata):
    """Fit by statsmodels with Efron ties; a diverging coefficient is an error, not an answer."""
    import warnings

    from statsmodels.duration.hazard_regression import PHReg

    centred = (design - design.mean()).to_numpy()
    model = PHReg(
        durations,
        centred,
        status=status,
        ties="efron",
        entry=complete[entry].to_numpy(float) if entry else None,
        strata=complete[strata].to_numpy() if strata else None,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = model.fit(disp=0)
    scaled = np.abs(fitted.params) * design.std().to_numpy()
    if not np.isfinite(fitted.bse).all() or (scaled > 10).any():
        raise ValueError("the Cox likelihood has no maximum: a covariate separates events from non-events")
    return fitted


def _hazard_ratios(fitted, terms, confidence_level):
    """One row per term: hazard ratio, limits, log hazard ratio and Wald test."""
    from scipy.special import ndtri
    from scipy.stats import norm

    z = ndtri(0.5 + confidence_level / 2)
    coefficient, se = np.asarray(fitted.params), np.asarray(fitted.bse)
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": np.exp(coefficient),
            "conf_low": np.exp(coefficient - z * se),
            "conf_high": np.exp(coefficient + z * se),
            "log_estimate": coefficient,
            "se": se,
            "statistic": coefficient / se,
            "p_value": 2 * norm.sf(np.abs(coefficient / se)),
        }
    )
