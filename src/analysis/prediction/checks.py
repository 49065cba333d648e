"""How good predictions are: discrimination, calibration, net benefit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import check_level, numbers, yes_no
from analysis.language import tr
from analysis.prediction.logistic import NoMaximum, newton


@dataclass(frozen=True, slots=True)
class Performance:
    """Performance of predicted probabilities; calibration is perfect at intercept 0 and slope 1."""

    auc: float
    brier: float
    scaled_brier: float
    calibration_intercept: float
    calibration_slope: float
    n: int
    n_missing: int
    events: int


def measure_performance(outcome: ArrayLike, probability: ArrayLike) -> Performance:
    """Area under the curve, Brier score, calibration-in-the-large and calibration slope.

    Parameters
    ----------
    outcome, probability : array or Series
        True/False and predicted probability strictly between 0 and 1; rows with either missing are left out.

    Returns
    -------
    Performance
        `scaled_brier` is 1 for perfect predictions and 0 for predicting the prevalence.

    References
    ----------
    Steyerberg EW, et al. Epidemiology 2010;21:128-38. doi:10.1097/EDE.0b013e3181c30fb2.

    Examples
    --------
    >>> measure_performance([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).auc
    0.75
    """
    values, predicted, n_missing = _observed(outcome, probability)
    found = measures(values, predicted)
    return Performance(**found, n=len(values), n_missing=n_missing, events=int(values.sum()))


def measures(outcome: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The measures of `Performance` for complete arrays of 0/1 and probabilities strictly between."""
    log_odds = np.log(predicted / (1 - predicted))
    rate = outcome.mean()
    brier = float(np.mean((outcome - predicted) ** 2))
    return {
        "auc": _auc(outcome, predicted),
        "brier": brier,
        "scaled_brier": 1 - brier / float(rate * (1 - rate)) if 0 < rate < 1 else float("nan"),
        "calibration_intercept": _in_the_large(outcome, log_odds),
        "calibration_slope": _slope(outcome, log_odds),
    }


def smooth_calibration(outcome: np.ndarray, predicted: np.ndarray, grid: np.ndarray) -> np.ndarray:
    """Lowess of the outcome on the prediction (two thirds of the subjects, no robustness), read at points of a grid.

    NaN at points outside the predictions, and where the predictions do not vary.
    """
    from statsmodels.nonparametric.smoothers_lowess import lowess

    inside = (grid >= predicted.min()) & (grid <= predicted.max())
    found = np.full(len(grid), np.nan)
    if inside.any() and np.ptp(predicted) > 0:
        with np.errstate(divide="ignore", invalid="ignore"):
            found[inside] = lowess(outcome, predicted, frac=2 / 3, it=0, xvals=grid[inside])
    return found


def calibration_curve(
    outcome: ArrayLike,
    probability: ArrayLike,
    *,
    n_groups: int,
    interval: Callable[..., Any],
    confidence_level: float,
) -> pd.DataFrame:
    """Mean predicted probability and observed rate in groups of equal size by predicted probability.

    Parameters
    ----------
    interval : callable
        `interval(events, n, confidence_level=...)` with conf_low and conf_high, such as `proportions.wilson`.

    Returns
    -------
    DataFrame
        group, n, events, predicted, observed, conf_low, conf_high, method.
    """
    check_level(confidence_level)
    values, predicted, _ = _observed(outcome, probability)
    order = np.argsort(predicted, kind="stable")
    rows = []
    for number, members in enumerate(np.array_split(order, min(n_groups, len(order))), start=1):
        events, n = int(values[members].sum()), len(members)
        limits = interval(events, n, confidence_level=confidence_level)
        row = {"group": number, "n": n, "events": events, "predicted": float(predicted[members].mean())}
        rows.append(
            {**row, "observed": events / n, "conf_low": limits.conf_low, "conf_high": limits.conf_high}
        )
    return pd.DataFrame(rows).assign(
        method=tr("Calibration in {n} groups of predicted probability", n=len(rows))
    )


def decision_curve(
    outcome: ArrayLike, probability: ArrayLike, *, thresholds: Sequence[float]
) -> pd.DataFrame:
    """Net benefit of acting on the prediction, of acting on everybody and on nobody.

    Parameters
    ----------
    thresholds : sequence of float
        Probabilities, between 0 and 1, from which one would act.

    Returns
    -------
    DataFrame
        threshold, model, everybody, nobody (net benefit per subject), n, n_missing.

    References
    ----------
    Vickers AJ, Elkin EB. Med Decis Making 2006;26:565-74. doi:10.1177/0272989X06295361.

    Examples
    --------
    >>> decision_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], thresholds=[0.5])["model"].tolist()
    [0.25]
    """
    values, predicted, n_missing = _observed(outcome, probability)
    at = np.asarray(list(thresholds), float)
    if ((at <= 0) | (at >= 1)).any():
        raise ValueError("thresholds must lie between 0 and 1")
    odds = at / (1 - at)
    acted = predicted[None, :] >= at[:, None]
    true, false = (acted & (values == 1)).mean(axis=1), (acted & (values == 0)).mean(axis=1)
    rate = values.mean()
    return pd.DataFrame(
        {
            "threshold": at,
            "model": true - false * odds,
            "everybody": rate - (1 - rate) * odds,
            "nobody": 0.0,
            "n": len(values),
            "n_missing": n_missing,
        }
    )


def _observed(outcome, probability):
    """Complete pairs as numbers; probabilities of exactly 0 or 1 are refused."""
    both = isinstance(outcome, pd.Series) and isinstance(probability, pd.Series)
    if both and not outcome.index.equals(probability.index):
        raise ValueError("outcome and probability must share one index: align them by subject first")
    values, predicted = yes_no(outcome, "outcome"), numbers(probability, "probability")
    if len(values) != len(predicted):
        raise ValueError(f"outcome and probability differ in length: {len(values)} and {len(predicted)}")
    known = ~np.isnan(values) & ~np.isnan(predicted)
    values, predicted = values[known], predicted[known]
    if len(values) == 0 or ((predicted <= 0) | (predicted >= 1)).any():
        raise ValueError("probabilities must lie strictly between 0 and 1, and one outcome must be known")
    return values, predicted, int((~known).sum())


def _auc(values, predicted):
    """Probability that an event is predicted higher than a non-event, ties as half; NaN with one outcome only."""
    from scipy.stats import rankdata

    events = values.sum()
    others = len(values) - events
    if events == 0 or others == 0:
        return float("nan")
    ranks = rankdata(np.round(predicted, 12))
    return float((ranks[values == 1].sum() - events * (events + 1) / 2) / (events * others))


def _slope(values, log_odds):
    """Coefficient of the log odds in a logistic model of the outcome; NaN where there is none."""
    if np.ptp(log_odds) < 1e-12 or values.min() == values.max():
        return float("nan")
    try:
        return float(
            newton(np.column_stack([np.ones(len(values)), log_odds]), values, penalty=0.0).coefficients[1]
        )
    except NoMaximum:
        return float("nan")


def _in_the_large(values, log_odds):
    """Shift of the log odds that makes the mean prediction equal to the observed rate."""
    from scipy.optimize import brentq

    from analysis.prediction.logistic import expit

    if values.min() == values.max():
        return float("nan")
    return float(brentq(lambda shift: expit(log_odds + shift).mean() - values.mean(), -50, 50, xtol=1e-12))
