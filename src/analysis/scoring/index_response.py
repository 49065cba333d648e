"""Relative and absolute response by CDAI and SDAI."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import as_category, as_flags, choose, evaluate, ordered
from analysis.thresholds import settle

INDEX_RESPONSES = ordered("none", "minor", "moderate", "major")
RELATIVE_RESPONSE = (50.0, 70.0, 85.0)
CDAI_TIERS = ((22.0, 12.0), (10.0, 6.0))  # baseline above 22; baseline of 10 and more
CDAI_LOWEST_TIER = 1.0
CDAI_WORSENING_IN_LDA = 2.0
CDAI_LDA = 10.0


def index_response(baseline: ArrayLike, followup: ArrayLike, instrument: str) -> Any:
    """SDAI or CDAI 50/70/85: relative improvement from baseline.

    Parameters
    ----------
    baseline, followup : float, array or Series
        The unrounded scores.
    instrument : {"cdai", "sdai"}

    Returns
    -------
    str, Categorical or Series
        "none" < "minor" (50 % or more) < "moderate" (70 %) < "major" (85 %); NA where a score is missing or the
        baseline is 0.

    Raises
    ------
    ValueError
        A score outside its range, an unknown instrument, or Series with different index labels.

    References
    ----------
    Aletaha D, Martinez-Avila J, Kvien TK, Smolen JS. Ann Rheum Dis 2012;71:1190-6.
    doi:10.1136/annrheumdis-2012-201491

    Examples
    --------
    >>> index_response(40, 20, "cdai"), index_response(40, 20.01, "cdai"), index_response(30, 4.5, "sdai")
    ('minor', 'none', 'major')
    """
    limit = choose(instrument, {k: RANGES[k] for k in ("cdai", "sdai")}, "instrument")

    def kernel(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        whole = np.where(before > 0, before, np.nan)
        percent = settle((whole - after) / whole * 100)
        codes = np.searchsorted(RELATIVE_RESPONSE, percent, side="right").astype(np.int8)
        codes[np.isnan(percent)] = -1
        return codes

    limits = {"baseline": limit, "followup": limit}
    out, aligned = evaluate(
        kernel, {"baseline": baseline, "followup": followup}, dtype=np.int8, limits=limits
    )
    return as_category(out, aligned, INDEX_RESPONSES)


def cdai_improvement(baseline: ArrayLike, followup: ArrayLike) -> Any:
    """Whether CDAI improved by its minimal important difference, which depends on the baseline.

    At least 12 from a baseline above 22, 6 from 10 to 22, 1 from below 10. The paper says "10-22": a baseline of
    exactly 10 needs 6.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Unrounded CDAI, 0 to 76.

    Returns
    -------
    bool, BooleanArray or Series
        NA where a score is missing.

    References
    ----------
    Curtis JR, Yang S, Chen L, et al. Arthritis Care Res 2015;67:1345-53. doi:10.1002/acr.22606

    Examples
    --------
    >>> cdai_improvement(30, 18), cdai_improvement(22.1, 16), cdai_improvement(9.9, 8.9)
    (True, False, True)
    """

    def kernel(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        settled = settle(before)
        (high, of_high), (middle, of_middle) = CDAI_TIERS
        needed = np.where(settled > high, of_high, np.where(settled >= middle, of_middle, CDAI_LOWEST_TIER))
        improvement = settle(before - after)
        return np.where(np.isnan(improvement), -1, improvement >= needed).astype(np.int8)

    return _cdai_flags(kernel, baseline, followup)


def cdai_improvement_between(before: tuple[Any, Any], after: tuple[Any, Any]) -> pd.Series:
    """Whether CDAI improved by its minimal important difference, of scores known by their least and most.

    Parameters
    ----------
    before, after : tuple of Series
        The least and the most the CDAI can be at baseline and at the visit, 0 to 76; the same where it is known.

    Returns
    -------
    Series of boolean
        NA where the extremes leave it open, or nothing is known.

    Examples
    --------
    >>> known = pd.Series([30.0])
    >>> cdai_improvement_between((known, known), (pd.Series([8.0]), pd.Series([18.0]))).tolist()
    [True]
    """
    (first_low, first_high), (last_low, last_high) = (
        [settle(bound.to_numpy(dtype=float)) for bound in bounds] for bounds in (before, after)
    )
    (high, of_high), (middle, of_middle) = CDAI_TIERS
    tiers = ((high, np.inf, of_high), (middle, high, of_middle), (-np.inf, middle, CDAI_LOWEST_TIER))
    sure, possible = np.full(len(first_low), True), np.full(len(first_low), False)
    for least, most, needed in tiers:
        begins = (first_high > least) if least == high else (first_high >= least)
        ends = (first_low < most) if most == middle else (first_low <= most)
        of_tier = begins & ends
        low, top = np.clip(first_low, least, most), np.clip(first_high, least, most)
        sure &= ~of_tier | (settle(low - last_high) >= needed)
        possible |= of_tier & (settle(top - last_low) >= needed)
    unknown = np.isnan(first_low + first_high + last_low + last_high) | (sure != possible)
    answer = pd.array(sure, dtype="boolean")
    answer[unknown] = pd.NA
    return pd.Series(answer, index=before[0].index)


def cdai_worsening(baseline: ArrayLike, followup: ArrayLike) -> Any:
    """Whether CDAI rose by 2 or more in a patient in low disease activity or remission.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Unrounded CDAI, 0 to 76.

    Returns
    -------
    bool, BooleanArray or Series
        NA where a score is missing or the baseline is above 10, for which no difference was derived.

    References
    ----------
    Curtis JR, Yang S, Chen L, et al. Arthritis Care Res 2015;67:1345-53. doi:10.1002/acr.22606

    Examples
    --------
    >>> cdai_worsening(6, 8), cdai_worsening(6, 7.9), cdai_worsening(20, 30)
    (True, False, <NA>)
    """

    def kernel(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        rise = settle(after - before)
        open_question = np.isnan(rise) | (settle(before) > CDAI_LDA)
        return np.where(open_question, -1, rise >= CDAI_WORSENING_IN_LDA).astype(np.int8)

    return _cdai_flags(kernel, baseline, followup)


def _cdai_flags(kernel: Any, baseline: Any, followup: Any) -> Any:
    limits = {"baseline": RANGES["cdai"], "followup": RANGES["cdai"]}
    return as_flags(
        *evaluate(kernel, {"baseline": baseline, "followup": followup}, dtype=np.int8, limits=limits)
    )
