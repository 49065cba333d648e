"""Whether survival differs between groups: the log-rank test."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable
from analysis.language import tr
from analysis.survival.observed_times import complete_subjects


@dataclass(frozen=True, slots=True)
class LogRank:
    """Comparison of survival between groups; `groups` holds observed and expected events."""

    statistic: float
    df: int
    p_value: float
    n: int
    n_missing: int
    groups: pd.DataFrame
    method: str


def log_rank(
    time: ArrayLike,
    event: ArrayLike,
    group: str | None,
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> LogRank:
    """Log-rank test that survival is the same in every group.

    With `strata` (an array or Series like the others) groups are compared within each stratum and the differences
    summed, as R's survdiff with strata().

    Groups that were never at risk at an event take no part (as in R's survdiff). Raises NotEstimable with
    fewer than two groups or without any event.

    References
    ----------
    Peto R, Peto J. J R Stat Soc A 1972;135:185-207. doi:10.2307/2344317.

    Examples
    --------
    >>> log_rank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"]).df
    1
    """
    from scipy.stats import chi2

    subjects, n_missing = complete_subjects(time, event, entry, group=group, stratum=strata)
    names = sorted(subjects["group"].unique())
    if len(names) < 2 or not subjects["event"].any():
        raise NotEstimable(
            "a log-rank test needs two groups and an event: found {groups} groups and {events} events",
            groups=len(names),
            events=int(subjects["event"].sum()),
        )
    sums = [_log_rank_sums(part, names) for _, part in subjects.groupby("stratum", observed=True)]
    observed, expected, covariance = (sum(parts) for parts in zip(*sums, strict=True))
    tested = np.flatnonzero(expected > 0)[:-1]
    if len(tested) == 0:
        raise NotEstimable("only one of the groups was still at risk when events happened")
    difference = (observed - expected)[tested]
    statistic = float(difference @ np.linalg.pinv(covariance[np.ix_(tested, tested)]) @ difference)
    counts = subjects.groupby("group").size().reindex(names).to_numpy()
    return LogRank(
        statistic=statistic,
        df=len(tested),
        p_value=float(chi2.sf(statistic, len(tested))),
        n=len(subjects),
        n_missing=n_missing,
        groups=pd.DataFrame({"group": names, "n": counts, "observed": observed, "expected": expected}),
        method=tr("Log-rank test") if strata is None else tr("Stratified log-rank test"),
    )


def _log_rank_sums(subjects, names):
    """Observed and expected events per group and the hypergeometric covariance of their difference."""
    times = np.unique(subjects.loc[subjects["event"], "time"])
    ends, entries, happened = (subjects[c].to_numpy() for c in ("time", "entry", "event"))
    member = subjects["group"].to_numpy() == np.array(names, dtype=object)[:, None]
    present = (ends[:, None] >= times) & (entries[:, None] < times)
    fails = (ends[:, None] == times) & happened[:, None]
    at_risk, events = member @ present.astype(float), member @ fails.astype(float)
    total, died = at_risk.sum(0), events.sum(0)
    share = at_risk / np.maximum(total, 1)
    spread = np.where(total > 1, died * (total - died) / np.maximum(total - 1, 1), 0.0)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    return events.sum(1), share @ died, covariance
