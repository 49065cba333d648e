"""Joint counts of the 28, 66 and 68 joint sets from single joints."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.scoring.flags import require_columns, to_flags
from analysis.scoring.vectors import choose
from analysis.thresholds import settle

SIDES = ("right", "left")
_FINGERS = (*(f"mcp{i}" for i in range(1, 6)), *(f"pip{i}" for i in range(1, 6)))
_OF_28 = ("shoulder", "elbow", "wrist", *_FINGERS, "knee")
_OF_66 = (
    "tmj",
    "sternoclavicular",
    "acromioclavicular",
    *_OF_28,
    *(f"dip{i}" for i in range(2, 6)),
    "ankle",
    "tarsus",
    *(f"mtp{i}" for i in range(1, 6)),
    *(f"toe{i}" for i in range(1, 6)),
)


def _both_sides(joints: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"{joint}_{side}" for joint in joints for side in SIDES)


JOINT_SETS: dict[str, tuple[str, ...]] = {
    "28": _both_sides(_OF_28),
    "66": _both_sides(_OF_66),
    "68": _both_sides((*_OF_66, "hip")),
}
MAX_NOT_ASSESSED = 0.10


def count_joints(
    joints: pd.DataFrame,
    joint_set: str,
    *,
    prefix: str = "",
    not_assessable_prefix: str | None = None,
    max_not_assessed: float = MAX_NOT_ASSESSED,
) -> pd.DataFrame:
    """Count affected joints of a set, pro-rated for the few that could not be assessed.

    Parameters
    ----------
    joints : DataFrame
        One finding (tender, or swollen), one column per joint and side: ``wrist_right``, ``mcp2_left``, ... as listed
        in `JOINT_SETS`; 1 affected, 0 not affected, missing where not assessable (prosthetic, fused or injected
        joints are not 0). The thumb's interphalangeal joint is ``pip1``, the interphalangeal joints of a toe are one
        joint (``toe1`` to ``toe5``), ``tmj`` is the temporomandibular joint. Other columns are not looked at.
    joint_set : {"28", "66", "68"}
        28 joints; 66 for swelling (without hips); 68 for tenderness.
    prefix : str
        What the columns of the finding begin with: ``tj_`` and ``sj_`` in the table of visits.
    not_assessable_prefix : str, optional
        Prefix of columns that mark a joint as not assessable (``jna_``): the finding of such a joint is not used.
    max_not_assessed : float
        Share of joints that may be not assessed; above it the count is missing. A choice of this project.

    Returns
    -------
    DataFrame
        ``count`` (pro-rated: affected times set size over assessed; unrounded), ``n_assessed`` and ``pro_rated``.

    Raises
    ------
    KeyError
        A joint of the set has no column.
    ValueError
        A finding other than 0 or 1, or an unknown set.

    References
    ----------
    Prevoo MLL, van 't Hof MA, Kuper HH, et al. Arthritis Rheum 1995;38:44-8. doi:10.1002/art.1780380107

    Examples
    --------
    >>> joints = pd.DataFrame(0.0, index=["S01"], columns=list(JOINT_SETS["28"]))
    >>> joints.loc["S01", ["wrist_left", "knee_left", "mcp1_left", "pip1_left"]] = 1
    >>> joints.loc["S01", ["shoulder_left", "shoulder_right"]] = None
    >>> count_joints(joints, "28").round(6)
           count  n_assessed  pro_rated
    S01  4.307692          26       True
    """
    columns = choose(joint_set, JOINT_SETS, "joint set")
    require_columns(joints, [prefix + c for c in columns])
    affected, assessed = np.zeros(len(joints)), np.zeros(len(joints), dtype=np.int64)
    for column in columns:
        finding = to_flags(joints[prefix + column], prefix + column)
        if not_assessable_prefix is not None and (mark := not_assessable_prefix + column) in joints.columns:
            finding = np.where(to_flags(joints[mark], mark) == 1, np.nan, finding)
        affected += finding == 1
        assessed += ~np.isnan(finding)
    return _pro_rated(
        affected, assessed, size=len(columns), max_not_assessed=max_not_assessed, index=joints.index
    )


def _pro_rated(
    affected: np.ndarray, assessed: np.ndarray, *, size: int, max_not_assessed: float, index: Any
) -> pd.DataFrame:
    """The count, scaled to the full set where enough joints were assessed."""
    enough = (settle((size - assessed) / size) <= settle(max_not_assessed)) & (assessed > 0)
    count = np.divide(affected * size, assessed, out=np.full(len(affected), np.nan), where=enough)
    return pd.DataFrame(
        {"count": count, "n_assessed": assessed, "pro_rated": enough & (assessed < size)}, index=index
    )
