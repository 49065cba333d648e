"""The complete paired analysis of many endpoints at once."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.inputs import check_choice, check_level

from .endpoint_columns import improvement_columns, mean_columns, rank_columns, shift_columns
from .pairs import as_values, check_ids, check_same_ids, settled_change
from .ranks import EXACT_MAX
from .signed_rank import ZERO_RULES


def analyse_endpoints(
    baseline: pd.DataFrame,
    followup: pd.DataFrame,
    *,
    higher_is_better: bool | Mapping,
    zeros: str,
    confidence_level: float = 0.95,
    resolution: float | Mapping | None = None,
    shift_zeros: str = "keep",
    exact_max: int = EXACT_MAX,
) -> pd.DataFrame:
    """Mean change, exact signed-rank test, Hodges-Lehmann interval and effect sizes of every endpoint.

    The numbers are those of `compare_means`, `compare_ranks`, `hodges_lehmann`, `rank_biserial`, `probability_improved`
    and the standardised effect sizes, from the same code, computed for all endpoints together.

    Parameters
    ----------
    baseline, followup : DataFrame
        One row per subject (index: subject id), one column per endpoint, the same columns on both sides in any order;
        each endpoint in one unit, missing as NaN or NA. Subjects are paired by id, endpoint by endpoint.
    higher_is_better : bool or mapping of endpoint to bool
        Direction of improvement.
    zeros : {"wilcoxon", "pratt"}
        Zero rule of the signed-rank test; see `compare_ranks`.
    confidence_level : float
        0.95 by default.
    resolution : float or mapping of endpoint to float, optional
        The instruments' steps; see `settled_change`.
    shift_zeros : {"keep", "drop"}
        Zero rule of the Hodges-Lehmann estimate; see `hodges_lehmann`.
    exact_max : int
        Largest number of non-zero changes (pairs, for Hodges-Lehmann) treated exactly.

    Returns
    -------
    DataFrame
        Index `endpoint`, one row each: `n_pairs`, `n_missing`, `n_zero`, `n_nonzero`; mean and SD at both visits and of
        the change (follow-up minus baseline); `mean_conf_low`, `mean_conf_high`, `t`, `df`, `t_p_value`; `w_positive`,
        `w_negative`, `rank_p_value`, `rank_exact`; `hl`, `hl_level` (reached) and its limits; effect sizes `d_z`,
        `g_z`, `d_av`, `g_av`, `d_av_rms`, `es_baseline`, `d_rm`, `rank_biserial`, `probability_improved`, each with
        `_conf_low` and `_conf_high`; `higher_is_better` and `improved` (the mean moved in that direction); `t_note` and
        `rank_note` where a test is not possible or cannot reach 0.05.

    Raises
    ------
    ValueError
        For columns that differ, an endpoint without a declared direction, and as `match_pairs`.

    Examples
    --------
    >>> before = pd.DataFrame({"cdasi": [22, 18, 30, 25, 14, 27], "mmt8": [60, 71, 66, 58, 70, 65]}, index=[*"abcdef"])
    >>> after = pd.DataFrame({"cdasi": [12, 15, 18, 25, 10, 20], "mmt8": [66, 72, 70, 65, 75, 67]}, index=[*"abcdef"])
    >>> table = analyse_endpoints(before, after, higher_is_better={"cdasi": False, "mmt8": True}, zeros="pratt")
    >>> table[["n_pairs", "mean_change", "rank_p_value", "hl", "improved"]].round(4)
              n_pairs  mean_change  rank_p_value   hl  improved
    endpoint
    cdasi           6      -6.0000        0.0625 -6.0      True
    mmt8            6       4.1667        0.0312  4.0      True
    """
    check_level(confidence_level)
    check_choice("zeros", zeros, ZERO_RULES)
    check_choice("shift_zeros", shift_zeros, ("keep", "drop"))
    names, before, after = _matched_arrays(baseline, followup)
    better = _per_endpoint("higher_is_better", higher_is_better, names).astype(bool)
    change = _settled(before, after, _per_endpoint("resolution", resolution, names))
    n_pairs = (~np.isnan(change)).sum(axis=1)
    columns = {"n_pairs": n_pairs, "n_missing": change.shape[1] - n_pairs}
    columns |= mean_columns(before, after, confidence_level)
    columns |= rank_columns(change, zeros, exact_max, confidence_level)
    columns |= shift_columns(change, shift_zeros, exact_max, confidence_level)
    columns |= improvement_columns(change, better, columns["mean_change"], confidence_level)
    return pd.DataFrame(columns, index=pd.Index(names, name="endpoint"))


def _matched_arrays(baseline, followup):
    """Endpoint names, and both sides as endpoints x subjects over all ids seen."""
    for side, frame in (("baseline", baseline), ("followup", followup)):
        if not isinstance(frame, pd.DataFrame):
            raise ValueError(f"{side}: expected a frame, one row per subject and one column per endpoint")
        if frame.columns.has_duplicates:
            raise ValueError(f"{side}: an endpoint occurs in more than one column")
        check_ids(frame.index, side)
    odd = baseline.columns.symmetric_difference(followup.columns)
    if len(odd):
        raise ValueError(f"{len(odd)} endpoints are on one side only ({', '.join(map(str, odd[:5]))})")
    check_same_ids(baseline.index, followup.index)
    ids = baseline.index.append(followup.index.difference(baseline.index, sort=False))
    sides = (_numbers(frame[baseline.columns].reindex(ids)) for frame in (baseline, followup))
    return list(baseline.columns), *sides


def _numbers(frame: pd.DataFrame) -> np.ndarray:
    """Endpoints x subjects, floats; refuses text and infinite values, naming the endpoint."""
    if all(dtype.kind in "fiub" for dtype in frame.dtypes):
        values = frame.to_numpy(dtype=float, na_value=np.nan).T
        if not np.isinf(values).any():
            return np.ascontiguousarray(values)
    return np.stack([as_values(frame[name], f"endpoint {name}").to_numpy() for name in frame.columns])


def _per_endpoint(what: str, given, names: list) -> np.ndarray:
    """One value per endpoint, from one for all or a mapping; a missing declaration is an error."""
    if not isinstance(given, Mapping):
        return np.array([given] * len(names), dtype=object)
    lacking = [str(name) for name in names if name not in given]
    if lacking and what != "resolution":
        raise ValueError(f"{what}: not declared for {len(lacking)} endpoints ({', '.join(lacking[:5])})")
    return np.array([given.get(name) for name in names], dtype=object)


def _settled(before, after, resolution) -> np.ndarray:
    """Settled changes; NaN where the pair is incomplete."""
    change = settled_change(before, after)
    for row, step in enumerate(resolution):
        if step is not None:
            change[row] = settled_change(before[row], after[row], resolution=step)
    return change
