"""Interstitial lung disease: change of FVC and DLCO by the three definitions of progression."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.flags import (
    all_true,
    any_true,
    boolean,
    count_range,
    decided,
    flag_matrix,
    known,
    require_columns,
)
from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.vectors import align, check, to_floats
from analysis.thresholds import settle

ONE_YEAR_DAYS = 366
TWO_YEARS_DAYS = 731


def lung_change(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    days: ArrayLike | None = None,
    window_days: tuple[int, int] | None = None,
) -> pd.DataFrame:
    """Absolute and relative change of FVC and DLCO in per cent predicted, and progression of lung disease.

    =========== ================================================================================================
    definition  progression
    =========== ================================================================================================
    OMERACT     FVC at least 10 % lower (relative), or 5 to less than 10 % with DLCO at least 15 % lower (relative)
    PPF 2022    two of three: worse symptoms; FVC at least 5 points or DLCO at least 10 points lower (absolute)
                within one year; radiological progression
    INBUILD     FVC at least 10 % lower (relative), or 5 to less than 10 % with worse symptoms or radiology, within
                24 months
    =========== ================================================================================================

    Parameters
    ----------
    baseline, followup : DataFrame
        The same patients (same index) with ``fvc_pp`` and ``dlco_pp``, per cent predicted by one reference equation
        (10 to 160). The follow-up may have ``symptoms_worse`` and ``radiology_worse`` (1, 0, missing).
    days : float, array or Series, optional
        Days between the measurements. Without it the windows of the definitions are taken as kept.
    window_days : tuple of int, optional
        Longest interval for PPF and for INBUILD, 366 and 731 days if not given; beyond it the answer is NA.

    Returns
    -------
    DataFrame
        ``fvc_points``, ``fvc_relative``, ``dlco_points``, ``dlco_relative`` (change, negative is worse);
        ``omeract_progression``, ``omeract_improvement`` (the mirror image), ``ppf_physiology``, ``ppf_progression``
        and ``inbuild_progression`` (True, False, NA). The thresholds of OMERACT and PPF are from memory.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value outside its range; rows that do not match.

    References
    ----------
    Khanna D, Mittoo S, Aggarwal R, et al. J Rheumatol 2015;42:2168-71. doi:10.3899/jrheum.141182
    Raghu G, Remy-Jardin M, Richeldi L, et al. Am J Respir Crit Care Med 2022;205:e18-47. doi:10.1164/rccm.202202-0399ST
    Flaherty KR, Wells AU, Cottin V, et al. N Engl J Med 2019;381:1718-27. doi:10.1056/NEJMoa1908681

    Examples
    --------
    >>> before, after = (pd.DataFrame({"fvc_pp": [f], "dlco_pp": [d]}) for f, d in ((60, 50), (55, 42)))
    >>> lung_change(before, after)[["fvc_points", "fvc_relative", "omeract_progression"]].round(2)
       fvc_points  fvc_relative  omeract_progression
    0        -5.0         -8.33                 True
    """
    columns = _changes(baseline, followup)
    fvc, dlco = columns["fvc_relative"], columns["dlco_relative"]
    ppf_days, inbuild_days = window_days or (ONE_YEAR_DAYS, TWO_YEARS_DAYS)
    signs = flag_matrix(
        followup, ("symptoms_worse", "radiology_worse"), optional=("symptoms_worse", "radiology_worse")
    )
    fell = {
        p: known(columns[f"{p}_points"] <= -x, columns[f"{p}_points"]) for p, x in (("fvc", 5), ("dlco", 10))
    }
    physiology = _inside(any_true(np.stack(list(fell.values()))), days, ppf_days, baseline.index)
    of_three = np.vstack([signs, physiology])
    inbuild = _inside(_progressed(-fvc, any_true(signs)), days, inbuild_days, baseline.index)
    answers = {
        "omeract_progression": _progressed(-fvc, known(dlco <= -15, dlco)),
        "omeract_improvement": _progressed(fvc, known(dlco >= 15, dlco)),
        "ppf_physiology": physiology,
        "ppf_progression": decided(*count_range(of_three), 2),
        "inbuild_progression": inbuild,
    }
    return pd.DataFrame(columns | {k: boolean(v) for k, v in answers.items()}, index=baseline.index)


def _changes(baseline: pd.DataFrame, followup: pd.DataFrame) -> dict[str, np.ndarray]:
    """Change in points and in per cent of baseline."""
    if not baseline.index.equals(followup.index):
        raise ValueError(
            "baseline and follow-up do not hold the same rows in the same order; reindex the follow-up first"
        )
    columns = {}
    for name in ("fvc", "dlco"):
        column = f"{name}_pp"
        pair = []
        for frame in (baseline, followup):
            require_columns(frame, [column])
            pair.append(to_floats(frame[column], column).astype(np.float64))
            check(column, pair[-1], frame.index, limits=RANGES[column])
        points = settle(pair[1] - pair[0])
        columns |= {f"{name}_points": points, f"{name}_relative": settle(points / pair[0] * 100)}
    return columns


def _progressed(decline: np.ndarray, support: np.ndarray) -> np.ndarray:
    """10 % or more decides; 5 to less than 10 % needs support, which may be missing."""
    return any_true(
        np.stack([known(decline >= 10, decline), all_true(np.stack([known(decline >= 5, decline), support]))])
    )


def _inside(answer: np.ndarray, days: Any, longest: int, index: pd.Index) -> np.ndarray:
    """The answer where the interval is within the window, NaN beyond it."""
    if days is None:
        return answer
    reference = pd.Series(answer, index=index)
    aligned = align({"answer": reference, "days": days})
    interval = aligned.arrays["days"].astype(np.float64)
    check("days", interval, index, limits=Limits(0, 36_525, "days", above=True))
    return np.where(interval <= longest, answer, np.nan)
