"""Mean time free of the event up to a limit, and its difference between groups; needs no proportional hazards."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_level, limit_words
from analysis.language import named, tr
from analysis.survival.observed_times import complete_subjects, risk_table


@dataclass(frozen=True, slots=True)
class RestrictedMean:
    """Area under the Kaplan-Meier curve up to `limit`; for a difference group minus reference."""

    estimate: float
    se: float
    conf_low: float
    conf_high: float
    statistic: float
    p_value: float
    limit: float
    n: int
    n_missing: int
    events: int
    method: str


def restricted_mean(
    time: ArrayLike,
    event: ArrayLike,
    *,
    limit: float,
    confidence_level: float,
    entry: ArrayLike | None = None,
) -> RestrictedMean:
    """Restricted mean survival time with Greenwood-type error and normal limits.

    Parameters
    ----------
    time, event, entry
        As `kaplan_meier`.
    limit : float
        Time up to which the mean is taken, named before looking; not beyond the last observed time.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    RestrictedMean
        No test (NaN): a mean of one group has nothing to be compared with. Where no event happened before the limit the
        mean is the limit, without error.

    References
    ----------
    Royston P, Parmar MK. BMC Med Res Methodol 2013;13:152. doi:10.1186/1471-2288-13-152.

    Examples
    --------
    >>> found = restricted_mean([1, 2, 2, 3, 5, 8], [1, 0, 1, 1, 0, 1], limit=4, confidence_level=0.95)
    >>> round(found.estimate, 4), round(found.se, 4)
    (2.9444, 0.4698)
    """
    from scipy.special import ndtri

    check_level(confidence_level)
    subjects, n_missing = complete_subjects(time, event, entry)
    mean, variance = _area(subjects, limit)
    half = float(ndtri(0.5 + confidence_level / 2) * np.sqrt(variance))
    known = variance > 0
    return RestrictedMean(
        estimate=mean,
        se=float(np.sqrt(variance)),
        conf_low=mean - half if known else float("nan"),
        conf_high=mean + half if known else float("nan"),
        statistic=float("nan"),
        p_value=float("nan"),
        limit=float(limit),
        n=len(subjects),
        n_missing=n_missing,
        events=int((subjects["event"] & (subjects["time"] <= limit)).sum()),
        method=tr(
            "Restricted mean to {limit:g}, {confidence_level} normal interval",
            limit=limit,
            confidence_level=limit_words(confidence_level),
        ),
    )


def compare_restricted_means(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    reference: ArrayLike,
    limit: Any,
    confidence_level: float,
    entry: ArrayLike | None = None,
) -> RestrictedMean:
    """Difference of restricted means between a group and the reference.

    Parameters
    ----------
    group : array or Series
        Two groups, `reference` one of them; the others as `restricted_mean` takes them.

    Examples
    --------
    >>> found = compare_restricted_means([1, 2, 3, 4, 5, 6], [1] * 6, ["a", "a", "a", "b", "b", "b"], reference="a",
    ...                                  limit=3, confidence_level=0.95)
    >>> found.estimate
    1.0
    """
    from scipy.special import ndtr, ndtri

    check_level(confidence_level)
    subjects, n_missing = complete_subjects(time, event, entry, group=group)
    names = sorted(subjects["group"].unique(), key=str)
    if len(names) != 2 or reference not in names:
        raise ValueError(f"two groups are compared, {reference!r} being one of them: found {names}")
    other = next(name for name in names if name != reference)
    areas = [_area(subjects[subjects["group"].eq(name)], limit) for name in (other, reference)]
    difference, variance = areas[0][0] - areas[1][0], areas[0][1] + areas[1][1]
    if not variance > 0:
        raise NotEstimable("no event before {limit:g} in either group: the means do not vary", limit=limit)
    se = float(np.sqrt(variance))
    half = float(ndtri(0.5 + confidence_level / 2)) * se
    return RestrictedMean(
        estimate=difference,
        se=se,
        conf_low=difference - half,
        conf_high=difference + half,
        statistic=difference / se,
        p_value=float(2 * ndtr(-abs(difference / se))),
        limit=float(limit),
        n=len(subjects),
        n_missing=n_missing,
        events=int((subjects["event"] & (subjects["time"] <= limit)).sum()),
        method=tr(
            "Difference of restricted means to {limit:g} ({other} - {reference}), {confidence_level} normal "
            "interval, z test",
            limit=limit,
            other=named(other),
            reference=named(reference),
            confidence_level=limit_words(confidence_level),
        ),
    )


def _area(subjects, limit):
    """Area under the curve up to the limit, and its variance."""
    if not limit > 0:
        raise ValueError(f"limit: expected a time above 0, got {limit}")
    table = risk_table(subjects)
    last = float(table["time"].iloc[-1])
    if limit > last and table["n_event"].iloc[-1] < table["n_risk"].iloc[-1]:
        raise NotEstimable(
            "nobody was observed up to {limit:g}: the last time is {last:g}; take a lower limit",
            limit=limit,
            last=last,
        )
    table = table[table["time"] <= limit]
    times, at_risk = table["time"].to_numpy(float), table["n_risk"].to_numpy(float)
    died = table["n_event"].to_numpy(float)
    survival = np.cumprod(1 - died / np.maximum(at_risk, 1))
    steps = np.diff(np.r_[0.0, times, limit])
    area = np.r_[1.0, survival] * steps
    ahead = np.cumsum(area[::-1])[::-1][1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.where(at_risk > died, died / (at_risk * (at_risk - died)), 0.0)
    return float(area.sum()), float((ahead**2 * greenwood).sum())
