"""Manual muscle testing of eight groups (MMT-8), one side or both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.flags import require_columns
from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import check, choose, to_floats

AXIAL = "neck_flexors"
LIMB_MUSCLES = (
    "deltoid",
    "biceps",
    "wrist_extensors",
    "gluteus_maximus",
    "gluteus_medius",
    "quadriceps",
    "ankle_dorsiflexors",
)
SIDES = {"right": "left", "left": "right"}
MMT_COLUMNS = (f"mmt_{AXIAL}", *(f"mmt_{muscle}_{side}" for muscle in LIMB_MUSCLES for side in SIDES))
MAX_SUBSTITUTED_GROUPS = 1


def mmt8(muscles: pd.DataFrame, *, max_substituted_groups: int = MAX_SUBSTITUTED_GROUPS) -> pd.DataFrame:
    """MMT-8 of both sides, 0 to 150: neck flexors once, seven limb muscles right and left.

    Parameters
    ----------
    muscles : DataFrame
        ``mmt_neck_flexors`` and ``mmt_<muscle>_right``, ``mmt_<muscle>_left`` for deltoid, biceps, wrist_extensors,
        gluteus_maximus, gluteus_medius, quadriceps and ankle_dorsiflexors, each 0 to 10 on the Kendall scale (never
        the 0 to 5 scale). Pain or contracture is missing, not 0.
    max_substituted_groups : int
        Groups in which one missing side may be taken from the other. No rule is published; this is a choice of this
        project. With more such groups, or a group missing on both sides, the total is missing.

    Returns
    -------
    DataFrame
        ``mmt8`` (0 to 150), ``substituted_groups`` and ``missing_groups`` (counts).

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value outside 0 to 10.

    References
    ----------
    Rider LG, Koziol D, Giannini EH, et al. Arthritis Care Res 2010;62:465-72. doi:10.1002/acr.20035

    Examples
    --------
    >>> muscles = pd.DataFrame([[6] + [9] * 14], columns=MMT_COLUMNS)
    >>> mmt8(muscles)
        mmt8  substituted_groups  missing_groups
    0  132.0                   0               0
    """
    total, taken, absent = _column(muscles, AXIAL), [], [np.isnan(_column(muscles, AXIAL))]
    for muscle in LIMB_MUSCLES:
        right, left = _column(muscles, f"{muscle}_right"), _column(muscles, f"{muscle}_left")
        taken.append(np.isnan(right) != np.isnan(left))
        absent.append(np.isnan(right) & np.isnan(left))
        total = total + np.where(np.isnan(right), left, right) + np.where(np.isnan(left), right, left)
    return _total(total, taken, absent, max_substituted_groups, muscles.index)


def mmt8_one_side(
    muscles: pd.DataFrame, side: str, *, max_substituted_groups: int = MAX_SUBSTITUTED_GROUPS
) -> pd.DataFrame:
    """MMT-8 of one side (the dominant one), 0 to 80. It is never converted into the 150-point total.

    Parameters
    ----------
    muscles : DataFrame
        As for `mmt8`; the columns of the other side may be absent.
    side : {"right", "left"}
    max_substituted_groups : int
        As for `mmt8`.

    Returns
    -------
    DataFrame
        ``mmt8`` (0 to 80), ``substituted_groups`` and ``missing_groups`` (counts).

    Examples
    --------
    >>> mmt8_one_side(pd.DataFrame([[6] + [9] * 14], columns=MMT_COLUMNS), "right")["mmt8"].item()
    69.0
    """
    other = choose(side, SIDES, "side")
    total, taken, absent = _column(muscles, AXIAL), [], [np.isnan(_column(muscles, AXIAL))]
    for muscle in LIMB_MUSCLES:
        own, opposite = (
            _column(muscles, f"{muscle}_{side}"),
            _column(muscles, f"{muscle}_{other}", optional=True),
        )
        taken.append(np.isnan(own) & ~np.isnan(opposite))
        absent.append(np.isnan(own) & np.isnan(opposite))
        total = total + np.where(np.isnan(own), opposite, own)
    return _total(total, taken, absent, max_substituted_groups, muscles.index)


def _column(muscles: pd.DataFrame, name: str, *, optional: bool = False) -> np.ndarray:
    """One muscle as checked floats; an absent optional one is missing throughout."""
    column = f"mmt_{name}"
    if optional and column not in muscles.columns:
        return np.full(len(muscles), np.nan)
    require_columns(muscles, [column])
    values = to_floats(muscles[column], column).astype(np.float64)
    check(column, values, muscles.index, limits=RANGES["mmt_muscle"])
    return values


def _total(
    total: np.ndarray, taken: list[np.ndarray], absent: list[np.ndarray], max_taken: int, index: pd.Index
) -> pd.DataFrame:
    """The total, missing where too many groups were filled in from the other side."""
    groups, missing = np.sum(taken, axis=0), np.sum(absent, axis=0)
    score = np.where(groups > max_taken, np.nan, total)
    return pd.DataFrame({"mmt8": score, "substituted_groups": groups, "missing_groups": missing}, index=index)
