"""ACR20/50/70, ACR-N and the hybrid ACR measure."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.scoring.flags import boolean, decided, require_columns
from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import check, choose, nearest, ordered, to_floats
from analysis.thresholds import settle

JOINT_COLUMNS = {"28": ("tjc28", "sjc28"), "66/68": ("tjc68", "sjc66")}
ACUTE_PHASE = ("crp_mg_l", "esr_mm_h")
OTHER_MEASURES = ("ptga_mm", "phga_mm", "pain_mm", "haq_di")
ACR_LEVELS = ordered("none", "ACR20", "ACR50", "ACR70")
NEEDED_OF_FIVE = 3
# Limits of the hybrid score by ACR status (none, 20, 50, 70).
HYBRID_LOW = np.array([-np.inf, 20.0, 50.0, 70.0])
HYBRID_HIGH = np.array([19.99, 49.99, 69.99, np.inf])
WORST_PERCENT = -100.0


def acr_response(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    joints: str,
    acute_phase: str,
    missing_of_five: str = "not_improved",
) -> pd.DataFrame:
    """ACR20, ACR50 and ACR70, ACR-N and the hybrid ACR measure.

    ACR x: at least x % improvement in both tender and swollen joints and in at least three of five: patient's
    and physician's global, pain, HAQ-DI, acute phase reactant.

    Parameters
    ----------
    baseline, followup : DataFrame
        The same patients (same index) with the joint counts, ``ptga_mm``, ``phga_mm``, ``pain_mm`` (0 to 100 mm),
        ``haq_di`` (0 to 3) and the acute phase reactant.
    joints : {"28", "66/68"}
        Columns ``tjc28`` and ``sjc28``, or ``tjc68`` and ``sjc66`` (to be preferred where collected).
    acute_phase : {"crp_mg_l", "esr_mm_h"}
        One reactant, the same at both visits.
    missing_of_five : {"not_improved", "unknown"}
        A missing one of the five counts as not improved, or leaves the answer open where it decides. A choice of
        this project. A missing joint count leaves the answer open unless the other one rules it out; a baseline of 0
        does, too.

    Returns
    -------
    DataFrame
        ``percent_<measure>`` (improvement in per cent of baseline, unrounded, missing where either value is; from a
        baseline of 0 it is 0 without and -infinite with an increase); ``acr20``, ``acr50``, ``acr70`` (True, False,
        NA); ``acr_level``; ``acr_n``, the lowest of the two joint improvements and the third best of the five;
        ``mean_percent`` of the seven with worsening capped at -100 %; ``hybrid_acr``. The last three are missing where
        they cannot be computed.

    Raises
    ------
    KeyError
        A column is absent.
    ValueError
        Different rows, a value outside its range, or an unknown setting.

    References
    ----------
    Felson DT, Anderson JJ, Boers M, et al. Arthritis Rheum 1995;38:727-35. doi:10.1002/art.1780380602
    ACR Committee to Reevaluate Improvement Criteria. Arthritis Rheum 2007;57:193-202. doi:10.1002/art.22552

    Examples
    --------
    >>> columns = ["sjc28", "tjc28", "ptga_mm", "pain_mm", "phga_mm", "haq_di", "crp_mg_l"]
    >>> before = pd.DataFrame([[8, 12, 50, 35, 60, 0.850, 15]], columns=columns)
    >>> after = pd.DataFrame([[4, 7, 20, 25, 30, 0.350, 10]], columns=columns)
    >>> acr_response(before, after, joints="28", acute_phase="crp_mg_l")[["acr_level", "acr_n", "hybrid_acr"]].round(4)
      acr_level    acr_n  hybrid_acr
    0     ACR20  41.6667     46.0564
    """
    counts = choose(joints, JOINT_COLUMNS, "joint set")
    choose(acute_phase, dict.fromkeys(ACUTE_PHASE), "acute phase reactant")
    if missing_of_five not in ("not_improved", "unknown"):
        raise ValueError(
            f"unknown missing_of_five {missing_of_five!r}{nearest(missing_of_five, ('not_improved', 'unknown'))}"
        )
    five = (*OTHER_MEASURES, acute_phase)
    percent = _improvements(baseline, followup, (*counts, *five))
    both, others = np.stack([percent[c] for c in counts]), np.stack([percent[c] for c in five])
    no_room = np.any([to_floats(baseline[c], c) == 0 for c in counts], axis=0)
    met = {
        x: _reached(both, others, x, no_room=no_room, open_missing=missing_of_five == "unknown")
        for x in (20, 50, 70)
    }
    level = np.where(np.isnan(met[20] + met[50] + met[70]), np.nan, met[20] + met[50] + met[70])
    mean = np.mean(np.maximum(np.vstack([both, others]), WORST_PERCENT), axis=0)
    columns = {f"percent_{k}": v for k, v in percent.items()}
    columns |= {f"acr{x}": boolean(flags) for x, flags in met.items()}
    columns |= {
        "acr_level": pd.Categorical.from_codes(
            np.where(np.isnan(level), -1, level).astype(np.int8), dtype=ACR_LEVELS
        ),
        "acr_n": np.minimum(both.min(axis=0), _third_best(others)),
        "mean_percent": mean,
        "hybrid_acr": _hybrid(mean, level),
    }
    return pd.DataFrame(columns, index=baseline.index)


def _improvements(
    baseline: pd.DataFrame, followup: pd.DataFrame, columns: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """Improvement of each measure in per cent of its baseline."""
    for frame in (baseline, followup):
        require_columns(frame, columns)
    if not baseline.index.equals(followup.index):
        raise ValueError(
            "baseline and follow-up do not hold the same rows in the same order; reindex the follow-up first"
        )
    percent = {}
    for name in columns:
        before, after = (to_floats(f[name], name).astype(np.float64) for f in (baseline, followup))
        check(name, before, baseline.index, limits=RANGES[name])
        check(name, after, followup.index, limits=RANGES[name])
        from_zero = np.where(np.isnan(before + after), np.nan, np.where(after > 0, -np.inf, 0.0))
        percent[name] = np.divide((before - after) * 100, before, out=from_zero, where=before > 0)
    return percent


def _reached(
    both: np.ndarray, others: np.ndarray, x: float, *, no_room: np.ndarray, open_missing: bool
) -> np.ndarray:
    """Kleene: both joint counts and at least three of the five improved by x per cent; none improves from 0."""
    both, others = settle(both), settle(others)
    improved = (others >= x).sum(axis=0)
    possible = improved + np.isnan(others).sum(axis=0) if open_missing else improved
    three = decided(improved, possible, NEEDED_OF_FIVE)
    joints_fail = (both < x).any(axis=0) | no_room
    unknown = np.isnan(both).any(axis=0) | np.isnan(three)
    return np.where(joints_fail | (three == 0), 0.0, np.where(unknown, np.nan, 1.0))


def _third_best(others: np.ndarray) -> np.ndarray:
    """Third largest of the five; a missing one ranks last, and with fewer than three there is none."""
    enough = (~np.isnan(others)).sum(axis=0) >= NEEDED_OF_FIVE
    ranked = np.sort(np.where(np.isnan(others), -np.inf, others), axis=0)[::-1]
    return np.where(enough, ranked[NEEDED_OF_FIVE - 1], np.nan)


def _hybrid(mean: np.ndarray, level: np.ndarray) -> np.ndarray:
    """The mean improvement, kept within the limits of the ACR status."""
    place = np.where(np.isnan(level), 0, level).astype(int)
    return np.where(np.isnan(level), np.nan, np.clip(mean, HYBRID_LOW[place], HYBRID_HIGH[place]))
