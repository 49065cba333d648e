"""Sentences of alternative texts: numbers as tables print them, lists of points, long series shortened."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from analysis.numbers import MISSING, fixed, percent, whole

MANY = 12


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
    return f"{shown(estimate, digits)} ({shown(low, digits)} to {shown(high, digits)})"


def count(n: int) -> str:
    """A count without decimals, however the frame stored it; a dash where there is none.

    Examples
    --------
    >>> count(20.0), count(None)
    ('20', '–')
    """
    return MISSING if pd.isna(n) else whole(n)


def at_visit(visit: str, time: str = "") -> str:
    """A visit by its name, or by its number after the unit of time.

    Examples
    --------
    >>> at_visit("Baseline", "Week"), at_visit(24.0, "Week")
    ('Baseline', 'Week 24')
    """
    return visit if isinstance(visit, str) else f"{time} {visit:g}".strip()


def plural(count: int, noun: str) -> str:
    """A count with its noun.

    Examples
    --------
    >>> plural(1, "patient"), plural(3, "patient")
    ('1 patient', '3 patients')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def listed(points: Iterable[str]) -> str:
    """Points as one sentence part."""
    return "; ".join(points)


def shortened(points: Sequence[str], *, rows: int) -> str:
    """All points where the whole figure has few, else the first and the last of the series."""
    return listed(points if rows <= MANY or len(points) < 3 else [points[0], points[-1]])
