"""Events known to lie between two visits: Turnbull's estimate of the curve, without pretending to know the day."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable
from analysis.language import tr

STEPS, SETTLED, NOTHING = 20_000, 1e-12, 1e-10


@dataclass(frozen=True, slots=True)
class IntervalCensored:
    """`curve` has left, right (where the event probability lies), mass, and survival at the right end."""

    curve: pd.DataFrame
    median_low: float
    median_high: float
    n: int
    n_missing: int
    events: int
    method: str


def turnbull(left: ArrayLike, right: ArrayLike) -> IntervalCensored:
    """Nonparametric maximum likelihood curve from intervals in which the event happened.

    Parameters
    ----------
    left, right : array or Series
        The event happened after `left` (last visit without it) and not after `right` (first visit with it); `right`
        missing or infinite: not seen by `left`; equal: known exactly. Rows without `left` are left out and counted.

    Returns
    -------
    IntervalCensored
        The curve is only known outside the intervals of `curve`; within one it falls somewhere. The median lies between
        `median_low` and `median_high` (NaN: not reached).

    References
    ----------
    Turnbull BW. J R Stat Soc B 1976;38:290-5. doi:10.1111/j.2517-6161.1976.tb01597.x.

    Examples
    --------
    >>> found = turnbull([0, 3, 3, 6], [3, 6, 6, None])
    >>> found.curve[["left", "right", "mass"]].values.tolist()
    [[0.0, 3.0, 0.25], [3.0, 6.0, 0.5], [6.0, inf, 0.25]]
    """
    starts, ends, n_missing = _checked(left, right)
    low, high, inside = _innermost(starts, ends)
    mass = _maximise(inside)
    kept = mass > NOTHING
    low, high, mass = low[kept], high[kept], mass[kept] / mass[kept].sum()
    survival = np.maximum(1 - np.cumsum(mass), 0.0)
    below = np.flatnonzero(survival <= 0.5 + NOTHING)
    at = below[0] if len(below) and np.isfinite(high[below[0]]) else None
    return IntervalCensored(
        curve=pd.DataFrame({"left": low, "right": high, "mass": mass, "survival": survival}),
        median_low=float(low[at]) if at is not None else float("nan"),
        median_high=float(high[at]) if at is not None else float("nan"),
        n=len(starts),
        n_missing=n_missing,
        events=int(np.isfinite(ends).sum()),
        method=tr("Turnbull's nonparametric maximum likelihood estimate for interval-censored times"),
    )


def _checked(left, right):
    """Starts and ends of the intervals, ends infinite where the event was not seen."""
    first = pd.Series(np.asarray(left, dtype=object)).astype("Float64").to_numpy(float, na_value=np.nan)
    second = pd.Series(np.asarray(right, dtype=object)).astype("Float64").to_numpy(float, na_value=np.inf)
    if len(first) != len(second):
        raise ValueError(f"left and right differ in length: {len(first)} and {len(second)}")
    known = ~np.isnan(first)
    first, second = first[known], np.where(np.isnan(second[known]), np.inf, second[known])
    if not np.isfinite(first).all() or (first < 0).any():
        raise ValueError("left: times must be finite and not negative")
    if count := int((second < first).sum()):
        raise ValueError(f"{count} intervals end before they begin: correct left or right")
    if not len(first):
        raise NotEstimable("no subject has an interval")
    return first, second, int((~known).sum())


def _innermost(starts, ends):
    """Places that can hold probability, a start followed by an end, and which intervals hold which of them.

    At one time an exact event begins first, then intervals end, then others begin, open on the left.
    """
    exact = starts == ends
    begins = [(t, -1 if point else 1) for t, point in zip(starts, exact, strict=True)]
    stops = [(t, 0) for t in ends]
    rank = {mark: number for number, mark in enumerate(sorted({*begins, *stops}))}
    kinds = {rank[mark]: "start" for mark in begins} | {rank[mark]: "end" for mark in stops}
    places = [n for n in range(len(rank) - 1) if kinds[n] == "start" and kinds[n + 1] == "end"]
    moments = [time for time, _ in sorted(rank)]
    first, last = (np.array([rank[mark] for mark in marks])[:, None] for marks in (begins, stops))
    at = np.array(places)
    inside = (first <= at) & (at + 1 <= last)
    return np.array([moments[n] for n in places]), np.array([moments[n + 1] for n in places]), inside


def _maximise(inside):
    """Self-consistent masses by expectation and maximisation."""
    if not inside.any(axis=1).all():
        raise NotEstimable("some intervals hold no place for the event: correct left or right")
    mass = np.full(inside.shape[1], 1 / inside.shape[1])
    for _ in range(STEPS):
        share = inside * mass
        share /= share.sum(axis=1, keepdims=True)
        ahead = share.mean(axis=0)
        if np.abs(ahead - mass).max() < SETTLED:
            break
        mass = ahead
    return ahead
