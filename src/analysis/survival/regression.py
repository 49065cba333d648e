"""What hastens an event: Cox regression and concordance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.identified import check_independent, monotone_terms
from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_finite,
    check_level,
    check_roles,
    numbers,
    ratio_of,
    yes_no,
)
from analysis.language import named, tr
from analysis.survival.observed_times import check_durations
from analysis.thresholds import settle

SUSPECT = (
    3.0  # coefficient or error per SD of its column from which a likelihood without maximum is looked for
)


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


def cox(
    subjects: pd.DataFrame,
    *,
    time: str,
    event: str,
    covariates: Sequence[str],
    confidence_level: float,
    entry: str | None = None,
    strata: str | None = None,
) -> Cox:
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
        For times, events and covariates that are none.
    NotEstimable
        Without events, with covariates that do not vary or that others make up (named), or where the likelihood has no
        maximum because a covariate orders all events (named).

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

    check_level(confidence_level)
    used = [time, event, *covariates, *([entry] if entry else []), *([strata] if strata else [])]
    check_roles(time=time, event=event, covariates=covariates, entry=entry, strata=strata)
    check_columns(subjects, used, "subjects")
    check_durations(subjects[time], subjects[event], subjects[entry] if entry else None)
    check_finite(subjects, covariates)
    complete = subjects[list(dict.fromkeys(used))].dropna()
    status = complete[event].astype(float).to_numpy()
    if status.sum() == 0:
        raise NotEstimable(
            "a Cox model needs events: {name} has none in {n} complete rows",
            name=named(event),
            n=len(complete),
        )
    design = _indicators(complete[list(covariates)])
    durations = complete[time].to_numpy(float)
    fitted = _fit_cox(durations, design, status, complete, entry=entry, strata=strata)
    statistic = 2 * (fitted.log_likelihood - fitted.null)
    return Cox(
        coefficients=_hazard_ratios(fitted, design.columns, confidence_level),
        log_likelihood=fitted.log_likelihood,
        statistic=statistic,
        df=design.shape[1],
        p_value=float(chi2.sf(statistic, design.shape[1])),
        concordance=concordance(durations, status.astype(bool), design.to_numpy() @ fitted.beta),
        n=len(complete),
        n_missing=len(subjects) - len(complete),
        events=int(status.sum()),
        method=tr("Cox proportional hazards, Efron ties, Wald intervals; overall likelihood ratio test"),
    )


@dataclass(frozen=True, slots=True)
class FittedDesign:
    """Complete rows of a Cox model as arrays, with its coefficients."""

    time: np.ndarray
    event: np.ndarray
    entry: np.ndarray
    stratum: np.ndarray
    design: np.ndarray
    terms: tuple
    beta: np.ndarray


def fitted_design(
    subjects: pd.DataFrame,
    *,
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> FittedDesign:
    """What `cox` fits, for the checks of the model."""
    cox(
        subjects,
        time=time,
        event=event,
        covariates=covariates,
        entry=entry,
        strata=strata,
        confidence_level=0.95,
    )
    used = [time, event, *covariates, *([entry] if entry else []), *([strata] if strata else [])]
    complete = subjects[list(dict.fromkeys(used))].dropna()
    design = _indicators(complete[list(covariates)])
    status = complete[event].astype(float).to_numpy()
    durations = complete[time].to_numpy(float)
    fitted = _fit_cox(durations, design, status, complete, entry=entry, strata=strata)
    return FittedDesign(
        time=durations,
        event=status.astype(bool),
        entry=complete[entry].to_numpy(float) if entry else np.full(len(complete), -np.inf),
        stratum=pd.factorize(complete[strata])[0] if strata else np.zeros(len(complete), dtype=int),
        design=(design - design.mean()).to_numpy(),
        terms=tuple(design.columns),
        beta=fitted.beta,
    )


def concordance(time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> float:
    """Harrell's C: among pairs of known order, the share where the higher risk failed first, ties as half.

    References
    ----------
    Harrell FE, et al. JAMA 1982;247:2543-6. doi:10.1001/jama.1982.03320430047030.

    Examples
    --------
    >>> concordance([1, 2, 3], [True, True, False], [3.0, 2.0, 1.0])
    1.0
    """
    check_durations(time, event)
    time, answers, risk = numbers(time, "time"), yes_no(event, "event"), numbers(risk, "risk")
    if np.isnan([time, answers, risk]).any():
        raise ValueError("time, event, risk: values are missing; leave those subjects out first")
    event = answers == 1
    risk = settle(risk)  # equal covariates must tie whatever the order of summation
    concordant = comparable = 0.0
    for moment, own in zip(time[event], risk[event]):
        later = (time > moment) | ((time == moment) & ~event)
        concordant += np.sum(own > risk[later]) + 0.5 * np.sum(own == risk[later])
        comparable += later.sum()
    return float(concordant / comparable) if comparable else float("nan")


def _indicators(covariates):
    """Numbers as they are, others as indicators against the first level; columns that others make up are refused."""
    design = pd.get_dummies(covariates, drop_first=True, dtype=float).astype(float)
    constant = [name for name in design if design[name].nunique() < 2]
    if constant or design.shape[1] == 0:
        raise NotEstimable(
            "covariates that do not vary cannot be estimated: {names}", names=named(*(constant or covariates))
        )
    check_independent((design - design.mean()).to_numpy(), design.columns)
    return design


@dataclass(frozen=True, slots=True)
class Hazards:
    """A fit on the scale of the covariates as they were given."""

    beta: np.ndarray
    errors: np.ndarray
    log_likelihood: float
    null: float


def _fit_cox(durations, design, status, complete, *, entry, strata):
    """Fit by statsmodels with Efron ties on standardised columns; a likelihood without maximum is said, not fitted."""
    import warnings

    from statsmodels.duration.hazard_regression import PHReg

    spread = design.std().to_numpy()
    entries = _after_ties(complete[entry].to_numpy(float), durations) if entry else None
    strata_of = pd.factorize(complete[strata])[0] if strata else None
    model = PHReg(
        durations,
        ((design - design.mean()) / spread).to_numpy(),
        status=status,
        ties="efron",
        entry=entries,
        strata=strata_of,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fitted = model.fit(disp=0)
            beta, errors = np.asarray(fitted.params), np.asarray(fitted.bse)
        except np.linalg.LinAlgError:
            beta = errors = np.full(design.shape[1], np.inf)
    if not np.isfinite(errors).all() or max(np.abs(beta).max(), errors.max()) > SUSPECT:
        infinite = monotone_terms(
            design.to_numpy(), durations, status.astype(bool), entry=entries, strata=strata_of
        )
        names = [design.columns[j] for j in infinite]
        if names or not np.isfinite(errors).all():
            raise NotEstimable(
                "the Cox likelihood has no maximum: a covariate separates events from non-events ({names})",
                names=named(*names) or tr("which one cannot be told"),
            )
    null = float(model.loglike(np.zeros(design.shape[1])))
    return Hazards(beta / spread, errors / spread, float(fitted.llf), null)


def _after_ties(entries, durations):
    """Entries moved up by half the smallest step of time: who enters at an event's time is not at risk of it.

    statsmodels takes them as at risk, R and the other functions of this package do not.
    """
    return entries + np.diff(np.unique(np.r_[entries, durations])).min() / 2


def _hazard_ratios(fitted, terms, confidence_level):
    """One row per term: hazard ratio, limits, log hazard ratio and Wald test."""
    from scipy.special import ndtri
    from scipy.stats import norm

    z = ndtri(0.5 + confidence_level / 2)
    coefficient, se = fitted.beta, fitted.errors
    return pd.DataFrame(
        {
            "term": list(terms),
            "estimate": ratio_of(coefficient),
            "conf_low": ratio_of(coefficient - z * se),
            "conf_high": ratio_of(coefficient + z * se),
            "log_estimate": coefficient,
            "se": se,
            "statistic": coefficient / se,
            "p_value": 2 * norm.sf(np.abs(coefficient / se)),
        }
    )
