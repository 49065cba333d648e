"""Sentences of alternative texts: numbers as tables print them, lists of points, long series shortened."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import pandas as pd

from analysis.language import mark, semicolons, tr, trn
from analysis.numbers import MISSING, fixed, percent, whole

MANY = 12
WEEK = mark("Week")
NOT_TOLD = ContextVar("what stands for a number that is not there", default=MISSING)
COUNTED = {
    "patient": lambda n: trn("{n} patient", "{n} patients", n),
    "participant": lambda n: trn("{n} participant", "{n} participants", n),
    "subject": lambda n: trn("{n} subject", "{n} subjects", n),
    "course": lambda n: trn("{n} course", "{n} courses", n),
    "score": lambda n: trn("{n} score", "{n} scores", n),
    "administration": lambda n: trn("{n} administration", "{n} administrations", n),
    "rarer combination": lambda n: trn("{n} rarer combination", "{n} rarer combinations", n),
    "untold combination": lambda n: trn(
        "{n} combination whose number is not told", "{n} combinations whose numbers are not told", n
    ),
    "laboratory value": lambda n: trn("{n} laboratory value", "{n} laboratory values", n),
}


def interval_text(row: Any, *, digits: int, share: bool = False) -> str:
    """An estimate with its interval.

    Examples
    --------
    >>> interval_text(pd.Series({"estimate": -4.2, "conf_low": -6.0, "conf_high": -2.4}), digits=1)
    '−4.2 (−6.0 to −2.4)'
    """
    shown = percent if share else fixed
    estimate, low, high = row["estimate"], row["conf_low"], row["conf_high"]
    if pd.isna(low) or pd.isna(high):
        return shown(estimate, digits)
    ends = {"low": shown(low, digits), "high": shown(high, digits)}
    return tr("{shown} ({low} to {high})", shown=shown(estimate, digits), **ends)


def count(n: int) -> str:
    """A count without decimals, however the frame stored it; where there is none a dash, or what `NOT_TOLD` says.

    Examples
    --------
    >>> count(20.0), count(None)
    ('20', '–')
    """
    return NOT_TOLD.get() if pd.isna(n) else whole(n)


def at_visit(visit: str, time: str = "") -> str:
    """A visit by its name, or by its number after the unit of time.

    Examples
    --------
    >>> at_visit("Baseline", "Week"), at_visit(24.0, "Week")
    ('Baseline', 'Week 24')
    """
    if isinstance(visit, str):
        return visit
    if time in (WEEK, tr(WEEK)):
        return tr("Week {n}", n=f"{visit:g}")
    return f"{time} {visit:g}".strip()


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    Examples
    --------
    >>> plural(1, "patient"), plural(3, "patient")
    ('1 patient', '3 patients')
    """
    return COUNTED[noun](count)


def listed(points: Iterable[str]) -> str:
    """Points as one sentence part."""
    return semicolons(points)


def shortened(points: Sequence[str], *, rows: int) -> str:
    """All points where the whole figure has few, else the first and the last of the series."""
    return listed(points if rows <= MANY or len(points) < 3 else [points[0], points[-1]])
