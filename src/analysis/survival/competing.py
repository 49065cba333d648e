"""Cumulative incidence of competing reasons: why a drug was stopped, when only one reason can come first."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_level
from analysis.language import tr
from analysis.survival.observed_times import complete_subjects, risk_table


@dataclass(frozen=True, slots=True)
class CumulativeIncidence:
    """One curve per reason; `curve` has reason, time, n_risk, n_event, estimate, se, conf_low, conf_high."""

    n: int
    n_missing: int
    events: pd.Series
    confidence_level: float
    curve: pd.DataFrame
    method: str


def cumulative_incidence(
    time: ArrayLike,
    reason: Any,
    *,
    confidence_level: float,
    entry: ArrayLike | None = None,
    censored: str = "censored",
) -> CumulativeIncidence:
    """Aalen-Johansen estimate: the probability of having had each reason first, by each time.

    One minus Kaplan-Meier for a single reason overstates it, because it treats those who stopped for another
    reason as if they could still stop for this one.

    Parameters
    ----------
    time : array or Series
        Duration, zero or more.
    reason : array or Series of str
        First reason, or `censored`. Missing reasons are counted in `n_missing`, not taken as censored.
    confidence_level : float
        Between 0 and 1; limits on the log(-log) scale of one minus the incidence, with the Greenwood-type variance:
        with a single reason they are those of Kaplan and Meier. R's survfit takes log(-log) of the incidence itself.

    References
    ----------
    Aalen OO, Johansen S. Scand J Stat 1978;5:141-50. Marubini E, Valsecchi MG. Analysing Survival Data from
    Clinical Trials and Observational Studies. 1995, eq. 10.12.

    Examples
    --------
    >>> result = cumulative_incidence(
    ...     [1, 2, 3, 4], ["inefficacy", "adverse_event", "censored", "inefficacy"], confidence_level=0.95)
    >>> result.curve.query("reason == 'inefficacy'")["estimate"].tolist()
    [0.25, 0.25, 0.25, 0.75]
    """
    check_level(confidence_level)
    if blank := int(pd.Series(np.asarray(reason, dtype=object)).astype("string").str.strip().eq("").sum()):
        raise ValueError(f"reason: {blank} are blank; name them, or mark them as missing")
    event = _happened(reason, censored)
    subjects, n_missing = complete_subjects(time, event, entry, reason=reason)
    if not subjects["event"].any():
        raise NotEstimable("no reason was observed: none of {n} subjects had an event", n=len(subjects))
    table = risk_table(subjects)
    reasons = sorted(subjects.loc[subjects["event"], "reason"].unique())
    curves = [_one_reason(subjects, table, name, confidence_level) for name in reasons]
    return CumulativeIncidence(
        n=len(subjects),
        n_missing=n_missing,
        events=subjects.loc[subjects["event"], "reason"].value_counts().reindex(reasons),
        confidence_level=confidence_level,
        curve=pd.concat(curves, ignore_index=True),
        method=tr(
            "Aalen-Johansen cumulative incidence, pointwise {confidence_level:.0%} log-log interval of one minus it",
            confidence_level=confidence_level,
        ),
    )


def _happened(reason, censored):
    """Whether any reason was given; missing stays missing."""
    index = reason.index if isinstance(reason, pd.Series) else None
    given = pd.Series(np.asarray(reason, dtype=object), index=index)
    happened = (given != censored).astype(object).mask(given.isna())
    return happened if isinstance(reason, pd.Series) else happened.to_numpy()


def _one_reason(subjects, table, name, confidence_level):
    """Curve of one reason with its variance and limits."""
    from scipy.special import ndtri

    own = subjects.loc[subjects["event"] & (subjects["reason"] == name), "time"]
    events = table["time"].map(own.value_counts()).fillna(0).to_numpy(float)
    at_risk, died = table["n_risk"].to_numpy(float), table["n_event"].to_numpy(float)
    before = np.r_[1.0, np.cumprod(1 - died / at_risk)[:-1]]
    incidence = np.cumsum(before * events / at_risk)
    se = np.sqrt(np.maximum(_variance(incidence, before, events, died, at_risk), 0.0))
    with np.errstate(all="ignore"):
        remaining = np.log1p(-incidence)
        spread = ndtri(0.5 + confidence_level / 2) * se / ((1 - incidence) * np.abs(remaining))
        low, high = -np.expm1(remaining * np.exp(-spread)), -np.expm1(remaining * np.exp(spread))
    return pd.DataFrame(
        {
            "reason": name,
            "time": table["time"],
            "n_risk": table["n_risk"],
            "n_event": events.astype(int),
            "estimate": incidence,
            "se": se,
            "conf_low": low,
            "conf_high": high,
        }
    )


def _variance(incidence, before, events, died, at_risk):
    """Greenwood-type variance (Marubini and Valsecchi 1995, eq. 10.12) at each time."""
    with np.errstate(divide="ignore", invalid="ignore"):
        all_causes = np.where(died < at_risk, died / (at_risk * (at_risk - died)), 0.0)
    own = before**2 * events * (at_risk - events) / at_risk**3
    shared = before * events / at_risk**2
    ahead = np.tril(incidence[:, None] - incidence[None, :])
    return ahead**2 @ all_causes + np.cumsum(own) - 2 * ahead @ shared
