"""Columns of the many-endpoints table, from arrays of endpoints x subjects."""

from typing import Any

import numpy as np

from .effects import improved_share, rank_biserial_limits
from .means import t_notes, t_p_value
from .moments import pair_moments, t_interval
from .ranks import rank_note
from .shift import shift_and_limits, signed_rank_order
from .signed_rank import asymptotic_p_value, doubled_ranks, exact_p_value
from .standardised import all_effects


def mean_columns(before: np.ndarray, after: np.ndarray, confidence_level: float) -> dict:
    """Moments, t test and standardised effect sizes."""
    moments = pair_moments(before, after)
    t, _, low, high = t_interval(moments, confidence_level)
    columns = {
        "mean_baseline": moments.mean_baseline,
        "sd_baseline": moments.sd_baseline,
        "mean_followup": moments.mean_followup,
        "sd_followup": moments.sd_followup,
        "mean_change": moments.mean_change,
        "sd_change": moments.sd_change,
        "mean_conf_low": low,
        "mean_conf_high": high,
        "t": t,
        "df": np.maximum(moments.n - 1, 0),
        "t_p_value": t_p_value(t, moments.n - 1, "two-sided"),
        "t_note": t_notes(moments),
    }
    for name, values in all_effects(moments, confidence_level).items():
        columns |= _with_limits(name, values)
    return columns


def rank_columns(change: np.ndarray, zeros: str, exact_max: int, confidence_level: float) -> dict:
    """Signed-rank test and rank-biserial correlation."""
    rows = [_rank_row(row[~np.isnan(row)], zeros, exact_max) for row in change]
    names = ("n_zero", "n_nonzero", "w_positive", "w_negative", "rank_p_value", "rank_biserial", "rank_note")
    columns = {name: np.array(values) for name, values in zip(names, zip(*rows, strict=True), strict=True)}
    columns["rank_exact"] = columns["n_nonzero"] <= exact_max
    low, high = rank_biserial_limits(columns["rank_biserial"], columns["n_nonzero"], confidence_level)
    return columns | {"rank_biserial_conf_low": low, "rank_biserial_conf_high": high}


def _rank_row(change, zeros: str, exact_max: int) -> tuple:
    """Signed-rank numbers of one endpoint."""
    ranks, positive = doubled_ranks(change, zeros)
    n_zero = len(change) - len(ranks)
    up, down = float(ranks[positive].sum() / 2), float(ranks[~positive].sum() / 2)
    if len(change) == 0:
        p = np.nan
    elif len(ranks) <= exact_max:
        p = exact_p_value(ranks, positive, "two-sided")
    else:
        p = asymptotic_p_value(ranks, positive, "two-sided", continuity=False)
    dropped = (
        ranks if zeros == "wilcoxon" else ranks - 2 * n_zero
    )  # ranks after dropping the zeros below them
    biserial = (2 * dropped[positive].sum() - dropped.sum()) / dropped.sum() if len(ranks) else np.nan
    return n_zero, len(ranks), up, down, p, biserial, rank_note(len(change), len(ranks))


def shift_columns(change: np.ndarray, zeros: str, exact_max: int, confidence_level: float) -> dict:
    """Hodges-Lehmann estimates with their limits."""
    rows = [_shift_row(row, zeros, exact_max, confidence_level) for row in change]
    return dict(
        zip(("hl", "hl_conf_low", "hl_conf_high", "hl_level"), np.array(rows).reshape(-1, 4).T, strict=True)
    )


def _shift_row(row, zeros: str, exact_max: int, confidence_level: float) -> tuple:
    """Hodges-Lehmann numbers of one endpoint."""
    used = row[~np.isnan(row) & ((row != 0) | (zeros == "keep"))]
    order, achieved = signed_rank_order(len(used), confidence_level, exact_max)
    return *shift_and_limits(used, order), achieved


def improvement_columns(
    change: np.ndarray, higher_is_better: Any, mean_change: np.ndarray, confidence_level: float
) -> dict:
    """Chance to be better at follow-up, and whether the mean moved in the good direction."""
    up, down = (change > 0).sum(axis=1), (change < 0).sum(axis=1)
    better, worse = np.where(higher_is_better, up, down), np.where(higher_is_better, down, up)
    share = improved_share(better, worse, (~np.isnan(change)).sum(axis=1), confidence_level)
    return _with_limits("probability_improved", share) | {
        "higher_is_better": higher_is_better,
        "improved": np.where(higher_is_better, mean_change > 0, mean_change < 0),
    }


def _with_limits(name: str, values) -> dict:
    """Columns of an estimate and its limits."""
    return dict(zip((name, f"{name}_conf_low", f"{name}_conf_high"), values, strict=True))
