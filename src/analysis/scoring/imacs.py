"""IMACS preliminary definition of improvement in myositis (2004)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analysis.scoring.core_set import MEASURES, CoreSetPairs, pair_core_set
from analysis.thresholds import settle

IMPROVED_BY = 20.0
WORSE_BY = 25.0
NEEDED = 3
WORSE_ALLOWED = 2
NO_LIMIT = 1e9  # an enzyme that was not measured has no highest multiple


def imacs_improvement(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    worse_ge: bool = True,
    require_enzyme_abnormal: bool = True,
    mmt_max: int = 150,
    enzyme_rule: str = "baseline",
) -> pd.Series:
    """Whether the IMACS definition of improvement is met.

    At least three of the six core set measures improved by 20 % or more of their baseline, no more than two worse
    by 25 % or more, and muscle strength (MMT-8) not among the latter.

    Parameters
    ----------
    baseline, followup : DataFrame
        The same patients and columns as for `total_improvement_score`.
    worse_ge : bool
        Worse by 25 % or more (the definition) or by more than 25 % (False, as NCT04946669 words its failure rule).
    require_enzyme_abnormal : bool
        An enzyme within normal limits at baseline does not count as improved. A choice of this project; report both.
    mmt_max : {150, 80}
        Highest possible MMT-8.
    enzyme_rule : {"baseline", "each_visit"}
        As for `total_improvement_score`.

    Returns
    -------
    Series of boolean
        Decided from the values there are where none of the missing ones, within the range of its measure, could
        change the answer, else NA.
        From a baseline of 0 a measure where lower is better cannot improve, and any increase counts as worse; an
        MMT-8 above a baseline of 0 counts as improved. The original paper is silent about both.

    Raises
    ------
    KeyError, ValueError
        As for `total_improvement_score`.

    References
    ----------
    Rider LG, Giannini EH, Brunner HI, et al. Arthritis Rheum 2004;50:2281-90. doi:10.1002/art.20349

    Examples
    --------
    >>> from analysis.scoring import CORE_SET_COLUMNS
    >>> columns = list(CORE_SET_COLUMNS)
    >>> before = pd.DataFrame([[60, 65, 118, 1.625, "CK", 2400, 200, 40]], index=["T2"], columns=columns)
    >>> after = pd.DataFrame([[35, 45, 130, 1.0, "CK", 600, 200, 25]], index=["T2"], columns=columns)
    >>> imacs_improvement(before, after)
    T2    True
    dtype: boolean
    """
    detail = imacs_changes(
        baseline,
        followup,
        worse_ge=worse_ge,
        require_enzyme_abnormal=require_enzyme_abnormal,
        mmt_max=mmt_max,
        enzyme_rule=enzyme_rule,
    )
    return detail["imacs_improvement"].rename(None)


def imacs_changes(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    worse_ge: bool = True,
    require_enzyme_abnormal: bool = True,
    mmt_max: int = 150,
    enzyme_rule: str = "baseline",
) -> pd.DataFrame:
    """Relative change of each core set measure and the counts behind `imacs_improvement`.

    Parameters
    ----------
    baseline, followup, worse_ge, require_enzyme_abnormal, mmt_max, enzyme_rule
        As for `imacs_improvement`.

    Returns
    -------
    DataFrame
        ``relative_<measure>``: improvement in per cent of baseline, positive is better (-inf for an increase from
        0); ``n_improved``, ``n_worse``, ``measures_missing``; ``mmt8_worse`` and ``imacs_improvement`` (True, False,
        NA).

    Examples
    --------
    >>> from analysis.scoring import CORE_SET_COLUMNS
    >>> columns = list(CORE_SET_COLUMNS)
    >>> before = pd.DataFrame([[60, 60, 150, 0, "CK", 100, 200, 60]], index=["T7"], columns=columns)
    >>> after = pd.DataFrame([[0, 0, 150, 0, "CK", 80, 200, 0]], index=["T7"], columns=columns)
    >>> imacs_changes(before, after).loc["T7", "n_improved"].item()
    3
    >>> imacs_changes(before, after, require_enzyme_abnormal=False).loc["T7", "n_improved"].item()
    4
    """
    pairs = pair_core_set(baseline, followup, mmt_max=mmt_max, enzyme_rule=enzyme_rule)
    relative = {m: settle(_relative(pairs, m)) for m in MEASURES}
    missing = {m: np.isnan(relative[m]) for m in MEASURES}
    best, worst = (
        {m: settle(_extreme(pairs, m, mmt_max, best=side)) for m in MEASURES} for side in (True, False)
    )
    counts_as_gain = {m: np.ones(len(pairs.index), dtype=bool) for m in MEASURES}
    if require_enzyme_abnormal:
        counts_as_gain["enzyme"] = ~(settle(pairs.baseline["enzyme"]) <= 1)
    improved = {m: (relative[m] >= IMPROVED_BY) & counts_as_gain[m] for m in MEASURES}
    may_improve = {m: missing[m] & (best[m] >= IMPROVED_BY) & counts_as_gain[m] for m in MEASURES}
    below = np.less_equal if worse_ge else np.less
    worse = {m: below(relative[m], -WORSE_BY) for m in MEASURES}
    may_worsen = {m: missing[m] & below(worst[m], -WORSE_BY) for m in MEASURES}
    counts = {"n_improved": _count(improved), "n_worse": _count(worse), "measures_missing": _count(missing)}
    columns: dict[str, Any] = {f"relative_{m}": relative[m] for m in MEASURES} | counts
    columns["mmt8_worse"] = pd.arrays.BooleanArray(worse["mmt8"], may_worsen["mmt8"])
    columns["imacs_improvement"] = _decide(
        counts, _count(may_improve), _count(may_worsen), columns["mmt8_worse"]
    )
    return pd.DataFrame(columns, index=pairs.index)


def _relative(pairs: CoreSetPairs, measure: str) -> np.ndarray:
    """Improvement in per cent of baseline, positive is better."""
    return _improvement(pairs.baseline[measure], pairs.followup[measure], measure)


def _improvement(before: np.ndarray, after: np.ndarray, measure: str) -> np.ndarray:
    """The share of the baseline in per cent; an increase from 0 is infinite."""
    gain = after - before if measure == "mmt8" else before - after
    change = np.where(gain == 0, 0.0, np.copysign(np.inf, gain))
    change = np.where(np.isnan(gain), np.nan, change)
    return np.divide(gain * 100, before, out=change, where=before > 0)


def _extreme(pairs: CoreSetPairs, measure: str, mmt_max: float, *, best: bool) -> np.ndarray:
    """The best or the worst improvement that values not known allow, both within the range of the measure."""
    highest = {"mmt8": float(mmt_max), "haq_di": 3.0, "enzyme": NO_LIMIT}.get(measure, 100.0)
    good, bad = (highest, 0.0) if measure == "mmt8" else (0.0, highest)
    first, last = (bad, good) if best else (good, bad)
    before, after = pairs.baseline[measure], pairs.followup[measure]
    return _improvement(
        np.where(np.isnan(before), first, before), np.where(np.isnan(after), last, after), measure
    )


def _count(flags: dict[str, np.ndarray]) -> np.ndarray:
    return np.sum([flags[m] for m in MEASURES], axis=0)


def _decide(
    counts: dict[str, np.ndarray],
    may_improve: np.ndarray,
    may_worsen: np.ndarray,
    strength: pd.arrays.BooleanArray,
) -> pd.arrays.BooleanArray:
    """True or False where the missing values cannot change the answer, NA elsewhere."""
    improved, worse = counts["n_improved"], counts["n_worse"]
    weaker, may_be_weaker = strength.to_numpy(bool, na_value=False), strength.isna()
    refuted = (improved + may_improve < NEEDED) | (worse > WORSE_ALLOWED) | weaker
    proven = (improved >= NEEDED) & (worse + may_worsen <= WORSE_ALLOWED) & ~weaker & ~may_be_weaker
    return pd.arrays.BooleanArray(proven, ~(refuted | proven))
