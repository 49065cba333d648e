"""2016 ACR/EULAR myositis response criteria: the Total Improvement Score (TIS)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analysis.scoring.core_set import ENZYMES, MEASURES, CoreSetPairs, pair_core_set
from analysis.scoring.vectors import Aligned, as_category, choose, nearest, ordered
from analysis.thresholds import settle

# The 90 % range of natural history in multiples of the upper limit of normal: from memory of the criteria's
# footnote, to be confirmed with the published calculator before a primary analysis.
ENZYME_RANGE_XULN: Mapping[str, float] = MappingProxyType(
    {"CK": 15.0, "ALD": 6.0, "LDH": 3.0, "AST": 3.0, "ALT": 3.0}
)

# Bands of absolute percentage change, open on the left and closed on the right, and the points of each band.
BANDS = (5.0, 15.0, 25.0, 40.0)
MMT_BANDS = (2.0, 10.0, 20.0, 30.0)
POINTS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "phga": (0.0, 7.5, 15.0, 17.5, 20.0),
        "ptga": (0.0, 2.5, 5.0, 7.5, 10.0),
        "mmt8": (0.0, 10.0, 20.0, 27.5, 32.5),
        "haq_di": (0.0, 5.0, 7.5, 7.5, 10.0),
        "enzyme": (0.0, 2.5, 5.0, 7.5, 7.5),
        "extramuscular": (0.0, 7.5, 12.5, 15.0, 20.0),
    }
)
TIS_THRESHOLDS = {"adult": (20.0, 40.0, 60.0), "juvenile": (30.0, 45.0, 70.0)}
TIS_CATEGORIES = ordered("none", "minimal", "moderate", "major")
_SCALE = {"phga": 100.0, "ptga": 100.0, "haq_di": 3.0, "extramuscular": 100.0}


def total_improvement_score(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    thresholds: str = "adult",
    mmt_max: int = 150,
    enzyme_rule: str = "baseline",
    enzyme_range_xuln: Mapping[str, float] = ENZYME_RANGE_XULN,
    normal_enzyme_can_improve: bool = True,
) -> pd.DataFrame:
    """Total Improvement Score of each patient, with the points of each core set measure.

    Each measure's improvement as a percentage of its **range** (not of its baseline) earns points by band; the
    score is their sum. Worsening earns 0.

    ============= ============ =========== ============ ============ ======
    measure       <= 5 %       > 5 to 15   > 15 to 25   > 25 to 40   > 40
    ============= ============ =========== ============ ============ ======
    phga          0            7.5         15           17.5         20
    ptga          0            2.5         5            7.5          10
    haq_di        0            5           7.5          7.5          10
    enzyme        0            2.5         5            7.5          7.5
    extramuscular 0            7.5         12.5         15           20
    mmt8          0 (<= 2 %)   10 (to 10)  20 (to 20)   27.5 (to 30) 32.5
    ============= ============ =========== ============ ============ ======

    Parameters
    ----------
    baseline, followup : DataFrame
        The same patients (the same index labels, each once) with the columns ``phga_mm``, ``ptga_mm`` and
        ``extramuscular_mm`` (0 to 100 mm), ``mmt8`` (0 to `mmt_max`), ``haq_di`` (0 to 3), ``enzyme_name`` (CK,
        ALD, LDH, AST or ALT in any case), ``enzyme_u_l`` (U/L) and ``enzyme_uln`` (its upper limit of normal, U/L).
    thresholds : {"adult", "juvenile"}
        Minimal, moderate and major improvement at 20, 40, 60 or at 30, 45, 70.
    mmt_max : {150, 80}
        Highest possible MMT-8: both sides or one side. One is never converted into the other.
    enzyme_rule : {"baseline", "each_visit"}
        Follow the enzyme that was most abnormal at baseline, the reading of the criteria taken here, or compare
        the most abnormal one of each visit, each as a fraction of its own range, as a sensitivity analysis.
    enzyme_range_xuln : mapping
        Range of each enzyme in multiples of its upper limit of normal. Not read in the primary source: confirm
        it, and report a change of it.
    normal_enzyme_can_improve : bool
        Whether `tis_max_attainable` counts the points of an enzyme that is within its normal range at baseline. It may
        still fall and earns them in ``tis``, so only the default keeps the maximum from being below an attained score;
        False shows what is left to gain if normal counts as best.

    Returns
    -------
    DataFrame
        The index of `baseline` and the columns

        - ``percent_<measure>``: improvement in per cent of the range, positive is better;
        - ``points_<measure>`` for phga, ptga, mmt8, haq_di, enzyme and extramuscular;
        - ``tis``: 0 to 100, missing unless all six measures are there at both visits;
        - ``tis_min``: the sum of the points there are, missing measures counting 0: points only add, so that the score
          is at least this;
        - ``tis_max``: with missing measures counting all that the value that is known leaves room for, within the range
          of the measure (all points, where neither is): the score is at most this;
        - ``tis_category``: "none" < "minimal" < "moderate" < "major", the highest reached; NA where tis is missing;
        - ``tis_max_attainable``: the score if every measure went from its baseline value to its best (an enzyme to 0);
        - ``enzyme_normal_at_baseline``: True, False or NA.

    Raises
    ------
    KeyError
        A column is absent.
    ValueError
        Different patients, a value out of range, an unknown enzyme or setting, or another enzyme at follow-up.

    References
    ----------
    Aggarwal R, Rider LG, Ruperto N, et al. Ann Rheum Dis 2017;76:792-801. doi:10.1136/annrheumdis-2017-211400
    Rider LG, Aggarwal R, Pistorio A, et al. Ann Rheum Dis 2017;76:782-91. doi:10.1136/annrheumdis-2017-211401

    Examples
    --------
    >>> from analysis.scoring import CORE_SET_COLUMNS
    >>> columns = list(CORE_SET_COLUMNS)
    >>> before = pd.DataFrame([[60, 65, 118, 1.625, "CK", 2400, 200, 40]], index=["T2"], columns=columns)
    >>> after = pd.DataFrame([[35, 45, 130, 1.0, "CK", 600, 200, 25]], index=["T2"], columns=columns)
    >>> total_improvement_score(before, after)[["points_phga", "points_mmt8", "tis", "tis_category"]]
        points_phga  points_mmt8   tis tis_category
    T2         15.0         10.0  52.5     moderate
    """
    limits = choose(thresholds, TIS_THRESHOLDS, "set of thresholds")
    ranges = _enzyme_ranges(enzyme_range_xuln)
    pairs = pair_core_set(baseline, followup, mmt_max=mmt_max, enzyme_rule=enzyme_rule)
    percent = _percent_of_range(pairs, ranges, mmt_max)
    points = {m: _points(percent[m], m) for m in MEASURES}
    total = np.sum([points[m] for m in MEASURES], axis=0)
    normal = settle(pairs.baseline["enzyme"]) <= 1
    columns = {f"percent_{m}": percent[m] for m in MEASURES}
    columns |= {f"points_{m}": points[m] for m in MEASURES}
    columns |= {
        "tis": total,
        "tis_min": np.nansum([points[m] for m in MEASURES], axis=0),
        "tis_max": _at_most(points, _best_case(pairs, ranges, mmt_max)),
        "tis_category": _categories(total, limits),
        "tis_max_attainable": _attainable(pairs, ranges, mmt_max, normal & (not normal_enzyme_can_improve)),
        "enzyme_normal_at_baseline": pd.arrays.BooleanArray(normal, np.isnan(pairs.baseline["enzyme"])),
    }
    return pd.DataFrame(columns, index=pairs.index)


def _enzyme_ranges(by_name: Mapping[str, float]) -> np.ndarray:
    """Ranges in the order of ENZYMES, NaN last for an unknown enzyme."""
    if absent := [e for e in ENZYMES if not by_name.get(e, 0) > 0]:
        raise ValueError(f"enzyme_range_xuln needs a positive range for {', '.join(absent)}")
    if unknown := [e for e in by_name if e not in ENZYMES]:
        raise ValueError(
            f"unknown muscle enzyme {unknown[0]!r} in enzyme_range_xuln{nearest(unknown[0], ENZYMES)}"
        )
    return np.array([by_name[e] for e in ENZYMES] + [np.nan])


def _percent_of_range(pairs: CoreSetPairs, ranges: np.ndarray, mmt_max: int) -> dict[str, np.ndarray]:
    """Improvement in per cent of the measure's range, positive is better."""
    before, after = pairs.baseline, pairs.followup
    percent = {m: (before[m] - after[m]) / span * 100 for m, span in _SCALE.items()}
    percent["mmt8"] = (after["mmt8"] - before["mmt8"]) / mmt_max * 100
    first = before["enzyme"] / ranges[pairs.enzyme]
    percent["enzyme"] = (first - after["enzyme"] / ranges[pairs.followup_enzyme]) * 100
    return percent


def _points(percent: np.ndarray, measure: str) -> np.ndarray:
    """Points by band; missing stays missing."""
    bands = MMT_BANDS if measure == "mmt8" else BANDS
    table = np.array([*POINTS[measure], np.nan])
    settled = settle(percent)
    place = np.where(np.isnan(settled), np.int8(len(table) - 1), np.int8(0))
    for limit in bands:
        place += settled > limit
    return table[place]


def _categories(total: np.ndarray, limits: tuple[float, ...]) -> Any:
    codes = np.searchsorted(limits, settle(total), side="right").astype(np.int8)
    codes[np.isnan(total)] = -1
    return as_category(codes, Aligned({}, len(total), None, False), TIS_CATEGORIES)


def _room(pairs: CoreSetPairs, ranges: np.ndarray, mmt_max: int) -> dict[str, np.ndarray]:
    """Improvement in per cent of the range if a measure went from its baseline to its best value."""
    before = pairs.baseline
    room = {m: before[m] / span * 100 for m, span in _SCALE.items()}
    room["mmt8"] = (mmt_max - before["mmt8"]) / mmt_max * 100
    room["enzyme"] = before["enzyme"] / ranges[pairs.enzyme] * 100
    return room


def _best_case(pairs: CoreSetPairs, ranges: np.ndarray, mmt_max: int) -> dict[str, np.ndarray]:
    """The most improvement in per cent of the range that the known one of the two values allows."""
    room = _room(pairs, ranges, mmt_max)
    after = {m: (span - pairs.followup[m]) / span * 100 for m, span in _SCALE.items()}
    after["mmt8"] = pairs.followup["mmt8"] / mmt_max * 100
    return room | {m: np.where(np.isnan(room[m]), after[m], room[m]) for m in after}


def _at_most(points: dict[str, np.ndarray], room: dict[str, np.ndarray]) -> np.ndarray:
    """The highest the score can be: known points, and for missing ones the most that can be."""
    parts = []
    for m in MEASURES:
        most = _points(room[m], m)
        parts.append(np.where(np.isnan(points[m]), np.where(np.isnan(most), POINTS[m][-1], most), points[m]))
    return np.sum(parts, axis=0)


def _attainable(pairs: CoreSetPairs, ranges: np.ndarray, mmt_max: int, no_gain: np.ndarray) -> np.ndarray:
    """The score if every measure went to its best value; `no_gain` marks enzymes that cannot earn points."""
    room = _room(pairs, ranges, mmt_max)
    room["enzyme"] = np.where(no_gain, 0.0, room["enzyme"])
    return np.sum([_points(room[m], m) for m in MEASURES], axis=0)
