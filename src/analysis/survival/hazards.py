"""Whether hazards stay proportional: a score test of coefficients that change with time."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_choice
from analysis.language import tr
from analysis.survival.regression import fitted_design

TRANSFORMS = ("km", "rank", "identity", "log")


def check_proportional_hazards(
    subjects: pd.DataFrame,
    *,
    time: ArrayLike,
    event: ArrayLike,
    covariates: pd.DataFrame,
    transform: str = "km",
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> pd.DataFrame:
    """Test, for each covariate of a Cox model and for all, that its effect is the same at all times.

    Parameters
    ----------
    subjects, time, event, covariates, entry, strata
        As `cox`.
    transform : {"km", "rank", "identity", "log"}
        Scale of time on which a trend of the coefficient is looked for; one minus the Kaplan-Meier curve by default.

    Returns
    -------
    DataFrame
        term ("all" for the joint test), statistic, df, p_value, n, n_missing, events, method. A small p value speaks
        against one hazard ratio for the whole time: report the difference of restricted means
        (`compare_restricted_means`).

    References
    ----------
    Grambsch PM, Therneau TM. Biometrika 1994;81:515-26. doi:10.1093/biomet/81.3.515. As the score test of R's cox.zph
    (survival 3).

    Examples
    --------
    >>> cohort = pd.DataFrame({"day": [5, 8, 12, 3, 9, 14, 7, 2], "stopped": [1, 1, 0, 1, 1, 0, 1, 1],
    ...                        "rf": [1, 0, 0, 0, 1, 1, 0, 1]})
    >>> table = check_proportional_hazards(cohort, time="day", event="stopped", covariates=["rf"])
    >>> table["term"].tolist(), table["df"].tolist()
    (['rf', 'all'], [1, 1])
    """
    from scipy.stats import chi2

    check_choice("transform", transform, TRANSFORMS)
    model = fitted_design(subjects, time=time, event=event, covariates=covariates, entry=entry, strata=strata)
    scale = _scale(model, transform)
    score, information = _sums(model, scale)
    n_terms = len(model.beta)
    rows = []
    for j, name in [*enumerate(model.terms), (slice(None), "all")]:
        chosen = np.arange(n_terms)[j].ravel() if isinstance(j, slice) else np.array([j])
        kept = np.r_[np.arange(n_terms), n_terms + chosen]
        u, own = score[n_terms + chosen], information[np.ix_(kept, kept)]
        cross, base = own[n_terms:, :n_terms], own[:n_terms, :n_terms]
        variance = own[n_terms:, n_terms:] - cross @ np.linalg.solve(base, cross.T)
        if np.linalg.matrix_rank(variance) < len(chosen):
            raise NotEstimable("too few events at different times to look for a trend of the hazard ratio")
        statistic = float(u @ np.linalg.solve(variance, u))
        p_value = float(chi2.sf(statistic, len(chosen)))
        rows.append({"term": name, "statistic": statistic, "df": len(chosen), "p_value": p_value})
    method = tr(
        "Score test of proportional hazards (Grambsch-Therneau), time scale {transform}", transform=transform
    )
    counted = {
        "n": len(model.time),
        "n_missing": len(subjects) - len(model.time),
        "events": int(model.event.sum()),
    }
    return pd.DataFrame(rows).assign(**counted, method=method)


def _scale(model, transform):
    """The scale of time at each subject's end, centred over the events."""
    at = np.unique(model.time[model.event])
    if transform == "identity":
        values = at
    elif transform == "log":
        values = np.log(at)
    elif transform == "rank":
        own = np.searchsorted(np.sort(model.time[model.event]), at, side="left")
        upto = np.searchsorted(np.sort(model.time[model.event]), at, side="right")
        values = (own + 1 + upto) / 2
    else:
        values = _before(model, at)
    times = np.sort(model.time[model.event])
    centre = np.mean(values[np.searchsorted(at, times)])
    return dict(zip(at, values - centre, strict=True))


def _before(model, at):
    """One minus the Kaplan-Meier curve just before each event time."""
    curve, values = 1.0, []
    for moment in at:
        values.append(1 - curve)
        at_risk = (model.time >= moment) & (model.entry < moment)
        curve *= 1 - ((model.time == moment) & model.event).sum() / at_risk.sum()
    return np.array(values)


def _sums(model, scale):
    """Score and information of the model with each covariate and its product with the scale, at the fit (Efron)."""
    n_terms = len(model.beta)
    score, information = np.zeros(2 * n_terms), np.zeros((2 * n_terms, 2 * n_terms))
    weights = np.exp(model.design @ model.beta)
    for stratum in np.unique(model.stratum):
        own = model.stratum == stratum
        for moment in np.unique(model.time[own & model.event]):
            at_risk = own & (model.time >= moment) & (model.entry < moment)
            fails = own & model.event & (model.time == moment)
            spread, distance = _one_time(model.design, weights, at_risk, fails)
            g = np.array([1.0, scale[moment]])
            score += np.kron(g, distance)
            information += np.kron(np.outer(g, g), spread)
    return score, information


def _one_time(design, weights, at_risk, fails):
    """Covariance of the covariates of those at risk, and how far those who failed are from their mean."""
    n_failed = int(fails.sum())
    spread = np.zeros((design.shape[1], design.shape[1]))
    distance = design[fails].sum(axis=0)
    for k in range(n_failed):
        w = np.where(at_risk, weights, 0.0) - k / n_failed * np.where(fails, weights, 0.0)
        mean = w @ design / w.sum()
        spread += (design.T * w) @ design / w.sum() - np.outer(mean, mean)
        distance = distance - mean
    return spread, distance
