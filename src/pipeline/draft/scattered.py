"""Rows at times of their own: visits with windows that a draft proposes for them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.columns.units import ELAPSED

FEWEST = 13  # different times; fewer are visits
MOST_SHARED = 0.3  # share of the subjects that have a row at one time on average; more are visits
MOST = 8  # visits proposed
UNITS = {  # by the name of a column of time
    **dict.fromkeys(("week", "weeks", "wk", "woche", "semaine", "周"), "weeks"),
    **dict.fromkeys(("month", "months", "mo", "monat", "mois", "月"), "months"),
    **dict.fromkeys(("year", "years"), "years"),
}
STUDY_DAY = frozenset(("ady", "studyday", "study_day", "visitdy", "vsdy"))
DAY = frozenset(("day", "days"))


class Window(NamedTuple):
    """A visit that is proposed: its first and last study day, and the day it aims at."""

    first: int
    last: int
    target: int

    @property
    def shown(self) -> str:
        """What the visit is called."""
        return "Baseline" if self.first <= 1 <= self.last else f"Day {self.target}"


def unit_of(word: str, times: pd.Series) -> tuple[str | None, str]:
    """What a column of time counts from baseline, None for study days; and what is not sure about it.

    Examples
    --------
    >>> unit_of("months", pd.Series([0.0, 1.5])), unit_of("ady", pd.Series([1.0, 29]))
    (('months', ''), (None, ''))
    """
    if word in UNITS:
        return UNITS[word], ""
    if word in STUDY_DAY or (word in DAY and times.min() >= 1):
        return None, ""
    known = (
        "" if word in DAY else "{name} is taken for days since baseline; write `unit: weeks`, months or years"
    )
    return "days", known


def study_days(times: pd.Series, unit: str | None) -> pd.Series:
    """Study days of times: day 1 begins with the baseline, and there is no day 0.

    Examples
    --------
    >>> study_days(pd.Series([-1.0, 0, 4]), "weeks").tolist()
    [-7.0, 1.0, 29.0]
    """
    if unit is None:
        return times
    days = np.floor(np.round(times * ELAPSED[unit], 8))
    return days + (days >= 0)


def propose(days: pd.Series, subjects: pd.Series) -> list[Window]:
    """Windows that hold every row: the baseline where most subjects have one, then as many rows in each.

    Parameters
    ----------
    days : Series
        Study days, one for each row.
    subjects : Series
        Whose row it is.

    Returns
    -------
    list of Window
        In order of time and without gaps; none where the rows lie at planned times, or too close together.

    Examples
    --------
    >>> days = pd.Series([1, 20, 33, 1, 25, 41, 1, 30, 38, 1, 22, 47, 1, 28, 36.0] + [1, 26, 44.0])
    >>> [tuple(window) for window in propose(days, pd.Series(list("aaabbbcccdddeeefff")))]
    [(1, 1, 1), (2, 30, 25), (31, 47, 39)]
    """
    known = days.dropna()
    distinct, people = known.nunique(), subjects[known.index].nunique()
    per_subject = subjects[known.index].value_counts()
    if distinct < FEWEST or len(known) > MOST_SHARED * people * distinct or per_subject.median() < 2:
        return []
    first = known.groupby(subjects[known.index]).min()
    start, end = int(known.min()), int(known.max())
    wanted = min(MOST, round(float(per_subject.median())))
    found = []
    if first.le(1).mean() >= 0.5:
        found.append(Window(min(start, 1), 1, 1))
    later = known[known > 1] if found else known
    places = np.linspace(0, 1, max(wanted - len(found), 1) + 1)[1:]
    for place in places:
        low = found[-1].last + 1 if found else start
        last = end if place == 1 else int(later.quantile(place, interpolation="lower"))
        inside = later[later.between(low, last)]
        if len(inside):
            found.append(Window(low, last, int(inside.median())))
    return found if len(found) > 1 else []
