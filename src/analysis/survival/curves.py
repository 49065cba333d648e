"""Kaplan-Meier curves, their medians and intervals, and numbers at risk."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import check_level
from analysis.language import tr
from analysis.survival.observed_times import complete_subjects, risk_table

HALF_TOLERANCE = float(np.sqrt(np.finfo(float).eps))


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """A survival curve with pointwise intervals; a median or limit that is not reached is NaN."""

    n: int
    n_missing: int
    events: int
    median: float
    median_low: float
    median_high: float
    restricted_mean: float
    confidence_level: float
    curve: pd.DataFrame
    method: str


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    confidence_level: float,
    interval: str = "log-log",
    entry: ArrayLike | None = None,
) -> KaplanMeier:
    """Kaplan-Meier estimate with Greenwood standard errors.

    Parameters
    ----------
    time, event : array or Series
        Duration, zero or more, and whether the event happened.
    confidence_level : float
        Between 0 and 1.
    interval : {"log-log", "log"}
        Scale on which the pointwise interval is symmetric. Log-log stays inside 0 and 1.
    entry : array or Series, optional
        Time at which each subject came under observation.

    Returns
    -------
    KaplanMeier
        Where the curve is 1 (log-log only) or 0 the interval does not exist and is NaN.

    References
    ----------
    Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-81. doi:10.1080/01621459.1958.10501452.
    Kalbfleisch JD, Prentice RL. The Statistical Analysis of Failure Time Data. 2nd ed. 2002.

    Examples
    --------
    >>> result = kaplan_meier([1, 2, 2, 3, 5, 8], [1, 0, 1, 1, 0, 1], confidence_level=0.95)
    >>> result.median, result.events
    (3.0, 4)
    """
    subjects, n_missing = complete_subjects(time, event, entry)
    curve = _with_limits(_curve(subjects), confidence_level, interval)
    times = curve["time"].to_numpy()
    return KaplanMeier(
        n=len(subjects),
        n_missing=n_missing,
        events=int(subjects["event"].sum()),
        median=_crossing(times, curve["survival"]),
        median_low=_crossing(times, curve["conf_low"]),
        median_high=_crossing(times, curve["conf_high"]),
        restricted_mean=_restricted_mean(curve),
        confidence_level=confidence_level,
        curve=curve,
        method=tr(
            "Kaplan-Meier, Greenwood error, pointwise {confidence_level:.0%} {interval} interval",
            confidence_level=confidence_level,
            interval=interval,
        ),
    )


def survival_at(result: KaplanMeier, times: ArrayLike) -> pd.DataFrame:
    """Read a curve at given times: one row per time, NaN after the last observed time.

    Examples
    --------
    >>> result = kaplan_meier([1, 2, 2, 3, 5, 8], [1, 0, 1, 1, 0, 1], confidence_level=0.95)
    >>> survival_at(result, [2])["estimate"].round(4).tolist()
    [0.6667]
    """
    times = np.atleast_1d(np.asarray(times, float))
    columns = {"survival": "estimate", "se": "se", "conf_low": "conf_low", "conf_high": "conf_high"}
    position = np.searchsorted(result.curve["time"], times, side="right")
    before_first = {"survival": 1.0, "se": 0.0, "conf_low": np.nan, "conf_high": np.nan}
    after_last = times > result.curve["time"].iloc[-1]
    read = {
        name: np.where(after_last, np.nan, np.r_[before_first[column], result.curve[column]][position])
        for column, name in columns.items()
    }
    return pd.DataFrame({"time": times, **read})


def numbers_at_risk(
    time: ArrayLike,
    event: ArrayLike,
    *,
    times: ArrayLike,
    group: str | None = None,
    entry: ArrayLike | None = None,
) -> pd.DataFrame:
    """Count subjects at risk just before each time, events and censorings up to and including it, per group.

    Examples
    --------
    >>> numbers_at_risk([1, 2, 2, 3], [1, 0, 1, 1], times=[0, 2])["n_risk"].tolist()
    [4, 3]
    """
    subjects, _ = complete_subjects(time, event, entry, group=group)
    rows = [
        {
            "group": name,
            "time": moment,
            "n_risk": int(_at_risk(part, moment).sum()),
            "n_event": int(((part["time"] <= moment) & part["event"]).sum()),
            "n_censored": int(((part["time"] <= moment) & ~part["event"]).sum()),
        }
        for name, part in subjects.groupby("group", observed=True)
        for moment in times
    ]
    return pd.DataFrame(rows)


def _at_risk(subjects, moment):
    """Under observation just before a time; at the origin those observed from it."""
    entered = (subjects["entry"] < moment) | ((subjects["entry"] <= 0) & (moment <= 0))
    return entered & (subjects["time"] >= moment)


def _curve(subjects):
    """Product-limit estimate and Greenwood standard error at each distinct time."""
    table = risk_table(subjects)
    at_risk, events = table["n_risk"].to_numpy(float), table["n_event"].to_numpy(float)
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(np.where(events > 0, events / (at_risk * (at_risk - events)), 0.0))
        return table.assign(survival=survival, se=survival * np.sqrt(greenwood))


def _with_limits(curve, confidence_level, interval):
    """Add pointwise limits on the log or log(-log) scale."""
    from scipy.special import ndtri

    if interval not in ("log-log", "log"):
        raise ValueError(f"interval must be 'log-log' or 'log', not {interval!r}")
    check_level(confidence_level)
    z = ndtri(0.5 + confidence_level / 2)
    survival, se = curve["survival"].to_numpy(), curve["se"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = z * se / survival
        if interval == "log":
            low, high = survival * np.exp(-relative), np.minimum(survival * np.exp(relative), 1.0)
        else:
            spread = relative / np.log(survival)
            low, high = survival ** np.exp(-spread), survival ** np.exp(spread)
            low, high = np.where(survival < 1, low, np.nan), np.where(survival < 1, high, np.nan)
    return curve.assign(conf_low=low, conf_high=high)


def _crossing(times, curve):
    """First time at or below one half; the middle of the step where the curve runs exactly along one half."""
    curve = np.asarray(curve, float)
    below = np.flatnonzero(curve < 0.5 + HALF_TOLERANCE)
    if len(below) == 0:
        return float("nan")
    first = below[0]
    lower = np.flatnonzero(curve < curve[first])
    if abs(curve[first] - 0.5) < HALF_TOLERANCE and len(lower):
        return float((times[first] + times[lower[0]]) / 2)
    return float(times[first])


def _restricted_mean(curve):
    """Area under the curve up to the last observed time."""
    return float(np.diff(np.r_[0.0, curve["time"]]) @ np.r_[1.0, curve["survival"].to_numpy()[:-1]])
