"""Classification of rheumatoid arthritis: 2010 ACR/EULAR and 1987 ACR criteria."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.flags import (
    any_true,
    boolean,
    count_range,
    decided,
    flag_matrix,
    require_columns,
    to_flags,
)
from analysis.scoring.ranges import Limits
from analysis.scoring.vectors import check, to_floats
from analysis.thresholds import settle

NEEDED_POINTS = 6
MAX_POINTS = {"joints": 5, "serology": 3, "acute_phase": 1, "duration": 1}
HIGH_POSITIVE_XULN = 3.0
SIX_WEEKS = 6.0
ACR_1987_ITEMS = (
    "morning_stiffness",
    "three_joint_areas",
    "hand_joints",
    "symmetric",
    "nodules",
    "rheumatoid_factor",
    "radiographic_changes",
)
ACR_1987_NEEDED = 4
_2010_COLUMNS = {
    "large_joints": Limits(0, 10, "joints", whole=True),
    "small_joints": Limits(0, 30, "joints", whole=True),
    "rf": Limits(0, 1e6),
    "rf_uln": Limits(0, 1e6, above=True),
    "acpa": Limits(0, 1e6),
    "acpa_uln": Limits(0, 1e6, above=True),
    "weeks": Limits(0, 5200, "weeks"),
}


def acr_eular_2010(patients: pd.DataFrame) -> pd.DataFrame:
    """2010 ACR/EULAR classification criteria for rheumatoid arthritis.

    For patients with definite synovitis of at least one joint that no other disease explains better.

    Parameters
    ----------
    patients : DataFrame
        ``large_joints`` (shoulder, elbow, hip, knee, ankle; 0 to 10) and ``small_joints`` (MCP, PIP, second to
        fifth MTP, thumb IP, wrist; 0 to 30), tender or swollen; ``rf``, ``acpa`` and their upper limits of normal
        ``rf_uln``, ``acpa_uln``; ``acute_phase_abnormal`` (CRP or ESR above normal; 1, 0, missing); ``weeks`` of
        synovitis; optionally ``erosive`` (typical erosions with a compatible history).
        A test reported only as positive goes in as a value of 1.5 with an upper limit of 1 (low positive).

    Returns
    -------
    DataFrame
        ``points_joints`` (0, 1, 2, 3, 5), ``points_serology`` (0, 2, 3), ``points_acute_phase``,
        ``points_duration`` (0, 1), ``score`` (missing unless all four are known), ``score_min`` and ``score_max``
        (unknown domains at none and at all of their points) and ``classified``: True from 6 points or with typical
        erosions, False where even the maximum is below 6, NA between. One serology result is enough for its domain.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value outside its range.

    References
    ----------
    Aletaha D, Neogi T, Silman AJ, et al. Ann Rheum Dis 2010;69:1580-8. doi:10.1136/ard.2010.138461

    Examples
    --------
    >>> patients = pd.DataFrame({"large_joints": [0], "small_joints": [6], "rf": [60], "rf_uln": [20], "acpa": [5],
    ...     "acpa_uln": [20], "acute_phase_abnormal": [1], "weeks": [8]})
    >>> acr_eular_2010(patients)[["points_joints", "points_serology", "score", "classified"]]
       points_joints  points_serology  score  classified
    0            3.0              2.0    7.0        True
    """
    require_columns(patients, (*_2010_COLUMNS, "acute_phase_abnormal"))
    values = {}
    for name, limits in _2010_COLUMNS.items():
        values[name] = to_floats(patients[name], name).astype(np.float64)
        check(name, values[name], patients.index, limits=limits)
    weeks = values["weeks"]
    points = {
        "joints": _joint_points(values["large_joints"], values["small_joints"]),
        "serology": np.fmax(
            _antibody_points(values["rf"], values["rf_uln"]),
            _antibody_points(values["acpa"], values["acpa_uln"]),
        ),
        "acute_phase": to_flags(patients["acute_phase_abnormal"], "acute_phase_abnormal"),
        "duration": np.where(np.isnan(weeks), np.nan, settle(weeks) >= SIX_WEEKS),
    }
    return _classify_2010(points, patients)


def _joint_points(large: np.ndarray, small: np.ndarray) -> np.ndarray:
    """Points of joint involvement; missing if either count is."""
    total = large + small
    conditions = [np.isnan(total), (total > 10) & (small >= 1), small >= 4, small >= 1, large >= 2]
    return np.select(conditions, [np.nan, 5.0, 3.0, 2.0, 1.0], 0.0)


def _antibody_points(value: np.ndarray, uln: np.ndarray) -> np.ndarray:
    """0 up to the limit, 2 up to three times the limit, 3 above."""
    multiple = settle(value / uln)
    return np.select(
        [np.isnan(multiple), multiple > HIGH_POSITIVE_XULN, multiple > 1], [np.nan, 3.0, 2.0], 0.0
    )


def _classify_2010(points: dict[str, np.ndarray], patients: pd.DataFrame) -> pd.DataFrame:
    lowest = np.sum([np.nan_to_num(p, nan=0) for p in points.values()], axis=0)
    highest = np.sum([np.where(np.isnan(p), MAX_POINTS[k], p) for k, p in points.items()], axis=0)
    answer = decided(lowest, highest, NEEDED_POINTS)
    if "erosive" in patients.columns:
        answer = any_true(np.stack([answer, to_flags(patients["erosive"], "erosive")]))
    columns = {f"points_{k}": p for k, p in points.items()}
    columns |= {"score": np.sum(list(points.values()), axis=0), "score_min": lowest, "score_max": highest}
    return pd.DataFrame(columns | {"classified": boolean(answer)}, index=patients.index)


def acr_1987(patients: pd.DataFrame) -> pd.DataFrame:
    """1987 ACR classification criteria for rheumatoid arthritis: four of seven.

    Parameters
    ----------
    patients : DataFrame
        Yes (1), no (0) or missing in ``morning_stiffness`` (an hour or more), ``three_joint_areas`` (of 14),
        ``hand_joints`` (wrist, MCP or PIP), ``symmetric``, each for six weeks or more, ``nodules``,
        ``rheumatoid_factor`` and ``radiographic_changes`` of hands or wrists.

    Returns
    -------
    DataFrame
        ``n_met`` (items known to be met), ``n_possible`` (with the missing ones) and ``classified``: True from four
        items, False where not even the missing ones could make four, NA between.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a value that is neither yes nor no.

    References
    ----------
    Arnett FC, Edworthy SM, Bloch DA, et al. Arthritis Rheum 1988;31:315-24. doi:10.1002/art.1780310302

    Examples
    --------
    >>> patients = pd.DataFrame([[1, 1, 1, None, None, None, None]], columns=ACR_1987_ITEMS)
    >>> acr_1987(patients)
       n_met  n_possible classified
    0      3           7       <NA>
    """
    met, possible = count_range(flag_matrix(patients, ACR_1987_ITEMS))
    answer = boolean(decided(met, possible, ACR_1987_NEEDED))
    return pd.DataFrame({"n_met": met, "n_possible": possible, "classified": answer}, index=patients.index)
