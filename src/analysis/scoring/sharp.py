"""Radiographic damage and progression by the Sharp/van der Heijde score."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.progression import DAYS_A_YEAR, WINDOW, rapid
from analysis.scoring.flags import boolean, known
from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.vectors import align, check, number
from analysis.thresholds import settle

PROGRESSION = 0.5


def svdh_total(svdh_erosion: ArrayLike, svdh_jsn: ArrayLike) -> Any:
    """Total Sharp/van der Heijde score: erosions (0 to 280) plus joint space narrowing (0 to 168).

    Parameters
    ----------
    svdh_erosion, svdh_jsn : float, array or Series
        Mean of the readers.

    Returns
    -------
    float, array or Series
        0 to 448; missing where either part is.

    References
    ----------
    van der Heijde D. J Rheumatol 2000;27:261-3.

    Examples
    --------
    >>> svdh_total(20.5, 11)
    31.5
    """
    return number(np.add, svdh_erosion=svdh_erosion, svdh_jsn=svdh_jsn)


def sharp_progression(
    baseline: ArrayLike,
    followup: ArrayLike,
    days: ArrayLike,
    *,
    smallest_detectable_change: float | None = None,
    rapid_window_days: tuple[float, float] | None = WINDOW,
) -> pd.DataFrame:
    """Radiographic progression between two total scores.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Total score, 0 to 448.
    days : float, array or Series
        Days between the two radiographs, more than 0.
    smallest_detectable_change : float, optional
        Of the readers of this study; without it ``above_sdc`` is NA.
    rapid_window_days : tuple of float, optional
        Interval between radiographs in which an increase of 5 or more counts as rapid without annualising; 5 in 366
        days is 4.99 a year. None takes the annual rate alone. A choice of this project.

    Returns
    -------
    DataFrame
        ``change``, ``change_per_year``; ``progression`` (> 0), ``progression_above_half`` (> 0.5), ``above_sdc``;
        ``rapid_annualised`` (5 or more a year) and ``rapid`` (that, or 5 or more within the window).

    Raises
    ------
    ValueError
        A score outside its range, no time between the radiographs, or rows that do not match.

    References
    ----------
    van der Heijde D. J Rheumatol 2000;27:261-3.
    Nagy G, Roodenrijs NMT, Welsing PMJ, et al. Ann Rheum Dis 2021;80:31-5. doi:10.1136/annrheumdis-2020-217344

    Examples
    --------
    >>> sharp_progression(10, 15, 366)[["change_per_year", "rapid_annualised", "rapid"]].round(4)
       change_per_year  rapid_annualised  rapid
    0           4.9898             False   True
    """
    aligned = align({"baseline": baseline, "followup": followup, "days": days})
    limits = {
        "baseline": RANGES["svdh_total"],
        "followup": RANGES["svdh_total"],
        "days": Limits(0, 36_525, "days", above=True),
    }
    before, after, interval = (a.astype(np.float64) for a in aligned.arrays.values())
    for name, values in (("baseline", before), ("followup", after), ("days", interval)):
        check(name, values, aligned.index, limits=limits[name])
    change = settle(after - before)
    annual = change * DAYS_A_YEAR / interval
    fast = rapid(change, interval, rule="annualised")
    either = fast if rapid_window_days is None else rapid(change, interval, window=rapid_window_days)
    sdc = (
        np.full(len(change), np.nan)
        if smallest_detectable_change is None
        else known(change > smallest_detectable_change, change)
    )
    columns = {
        "change": change,
        "change_per_year": annual,
        "progression": boolean(known(change > 0, change)),
        "progression_above_half": boolean(known(change > PROGRESSION, change)),
        "above_sdc": boolean(sdc),
        "rapid_annualised": boolean(fast),
        "rapid": boolean(either),
    }
    return pd.DataFrame(columns, index=aligned.index)
