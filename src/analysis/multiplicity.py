"""Adjustment of p values for several endpoints, and hierarchies of endpoints.

Missing p values stay missing and do not count: an endpoint that could not be tested takes nothing from the others.
Hierarchies are stricter: there a missing p value stops the sequence.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.language import Texts, tr
from analysis.thresholds import settle


def bonferroni(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Bonferroni-adjusted p values: m times p, at most 1.

    Parameters
    ----------
    p_values : array-like or Series
        Values in [0, 1]; NaN stays NaN and does not count in m. A Series keeps its index.

    Raises
    ------
    ValueError
        For a value outside [0, 1].

    Examples
    --------
    >>> bonferroni([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(3).tolist()
    [0.006, 0.072, 0.126, 0.204, 0.294, 1.0]
    """
    return _adjusted(p_values, lambda p: len(p) * p)


def holm(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Holm-adjusted p values: controls the familywise error whatever the dependence. Parameters as `bonferroni`.

    Holm S. A simple sequentially rejective multiple test procedure. Scand J Stat 1979;6:65-70.

    Examples
    --------
    >>> holm([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(3).tolist()
    [0.006, 0.06, 0.084, 0.102, 0.102, 0.2]
    """
    return _adjusted(p_values, lambda p: np.maximum.accumulate(p * np.arange(len(p), 0, -1)))


def hochberg(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Hochberg-adjusted p values: for independent or positively dependent tests. Parameters as `bonferroni`.

    Hochberg Y. Biometrika 1988;75:800-802. doi:10.1093/biomet/75.4.800

    Examples
    --------
    >>> hochberg([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(3).tolist()
    [0.006, 0.06, 0.084, 0.098, 0.098, 0.2]
    """
    return _adjusted(p_values, lambda p: _minimum_from_above(p * np.arange(len(p), 0, -1)))


def hommel(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Hommel-adjusted p values: as Hochberg, a little more powerful. Parameters as `bonferroni`.

    Hommel G. Biometrika 1988;75:383-386. doi:10.1093/biomet/75.2.383

    Examples
    --------
    >>> hommel([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(4).tolist()
    [0.006, 0.0525, 0.0653, 0.0735, 0.098, 0.2]
    """
    return _adjusted(p_values, _hommel_sorted)


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Benjamini-Hochberg-adjusted p values: controls the false discovery rate. Parameters as `bonferroni`.

    Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300. doi:10.1111/j.2517-6161.1995.tb02031.x

    Examples
    --------
    >>> benjamini_hochberg([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(4).tolist()
    [0.006, 0.036, 0.042, 0.051, 0.0588, 0.2]
    """
    return _adjusted(p_values, lambda p: _minimum_from_above(p * len(p) / np.arange(1, len(p) + 1)))


def benjamini_yekutieli(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Benjamini-Yekutieli-adjusted p values: false discovery rate whatever the dependence. Parameters as `bonferroni`.

    Benjamini Y, Yekutieli D. Ann Stat 2001;29:1165-1188. doi:10.1214/aos/1013699998

    Examples
    --------
    >>> benjamini_yekutieli([0.001, 0.012, 0.021, 0.034, 0.049, 0.2]).round(5).tolist()
    [0.0147, 0.0882, 0.1029, 0.12495, 0.14406, 0.49]
    """

    def sorted_adjusted(p):
        ranks = np.arange(1, len(p) + 1)
        return _minimum_from_above(p * len(p) / ranks * (1 / ranks).sum())

    return _adjusted(p_values, sorted_adjusted)


def fixed_sequence(p_values: ArrayLike) -> np.ndarray | pd.Series:
    """Adjusted p values of a fixed sequence: the largest p so far; tested in the order given.

    Parameters
    ----------
    p_values : array-like or Series
        In the order the protocol fixes. After a missing p value nothing is tested: all later ones are NaN.

    Examples
    --------
    >>> fixed_sequence([0.01, 0.04, 0.02, 0.3, 0.001]).tolist()
    [0.01, 0.04, 0.04, 0.3, 0.3]
    >>> fixed_sequence([0.01, float("nan"), 0.02]).tolist()
    [0.01, nan, nan]
    """
    p = _checked(p_values)
    return _like(p_values, np.maximum.accumulate(p))  # NaN propagates


def endpoint_hierarchy(
    endpoints: pd.DataFrame, *, alpha: float, within: str | Mapping[str, str]
) -> pd.DataFrame:
    """Serial gatekeeping over families of endpoints.

    Families are tested in ascending order of `family`, each at the full alpha with the named adjustment within
    it; the next family is opened only when every hypothesis of this one is rejected. Endpoints without a family are
    exploratory: shown, never tested.

    Parameters
    ----------
    endpoints : DataFrame
        One row per endpoint (any index); columns `family` (1, 2, ...; missing for exploratory) and `p_value`. The
        order of the rows is the order within a fixed sequence. An endpoint of a family without p value could not be
        tested: it counts among the hypotheses of its family, is never passed, and closes what follows.
    alpha : float
        Familywise level, two-sided like the p values.
    within : str or mapping of family to str
        Adjustment within a family, or within each: ``holm``, ``hochberg``, ``hommel``, ``bonferroni``, or
        ``fixed_sequence`` (one after another, until one is not rejected). A family of one needs none.

    Returns
    -------
    DataFrame
        The endpoints with `p_adjusted` (NaN where not tested; the largest of the adjusted p of everything opened
        before it and its own), `status` ("rejected", "not rejected", "not tested", "exploratory") and `reason`.

    Raises
    ------
    ValueError
        For missing columns, a p value outside [0, 1], alpha outside (0, 1) or an unknown adjustment.

    References
    ----------
    Dmitrienko A, D'Agostino R. Traditional multiplicity adjustment methods in clinical trials. Stat Med
    2013;32:5172-5218. doi:10.1002/sim.5990

    Examples
    --------
    >>> endpoints = pd.DataFrame(
    ...     {"family": [1, 2, 2, 3, None], "p_value": [0.01, 0.02, 0.04, 0.001, 0.0001]},
    ...     index=["tis", "haq_di", "mmt8", "ck", "biomarker"],
    ... )
    >>> endpoint_hierarchy(endpoints, alpha=0.05, within="holm")[["p_adjusted", "status"]]
               p_adjusted        status
    tis              0.01      rejected
    haq_di           0.04      rejected
    mmt8             0.04      rejected
    ck               0.04      rejected
    biomarker         NaN   exploratory
    """
    _check_hierarchy(endpoints, alpha)
    p = endpoints["p_value"]
    result = endpoints.assign(p_adjusted=np.nan, status="exploratory", reason=tr("not in the hierarchy"))
    gate, closed_by = 0.0, None
    for level, members, name in _steps(endpoints["family"], within):
        if closed_by is not None:
            whole = tr("family {family:g} was not rejected in full", family=closed_by)
            said = tr("an earlier one of its family was not rejected") if closed_by == level else whole
            result.loc[members, ["status", "reason"]] = ["not tested", said]
            continue
        # a hypothesis without p value counts as one that was not rejected: it does not make it easier for the others
        adjusted = np.maximum(_WITHIN[name](p[members].fillna(1.0)), gate).where(p[members].notna())
        result.loc[members, "p_adjusted"] = adjusted
        rejected = settle(adjusted) <= settle(alpha)
        result.loc[members, "status"] = np.where(rejected, "rejected", "not rejected")
        result.loc[members, "reason"] = np.where(
            adjusted.isna(),
            tr("no p value"),
            tr("family {family:g}, {method}", family=level, method=NAMES[name]),
        )
        gate = adjusted.max() if adjusted.notna().all() else 1.0
        closed_by = None if rejected.all() else level
    return result


NAMES = Texts(
    {
        "holm": "Holm",
        "hochberg": "Hochberg",
        "hommel": "Hommel",
        "bonferroni": "Bonferroni",
        "fixed_sequence": "fixed sequence",
    }
)
_WITHIN = {
    **{"holm": holm, "hochberg": hochberg, "hommel": hommel, "bonferroni": bonferroni},
    "fixed_sequence": fixed_sequence,
}


def _steps(family: pd.Series, within):
    """What is tested together, in order: level, members and adjustment; a fixed sequence is a step for each member."""
    for level in sorted(family.dropna().unique()):
        name = within if isinstance(within, str) else within.get(level)
        if name not in _WITHIN:
            raise ValueError(
                f"within: expected one of {', '.join(_WITHIN)} for family {level:g}, got {name!r}"
            )
        members = family.index[family == level]
        for step in [[one] for one in members] if name == "fixed_sequence" else [members]:
            yield level, step, name


def _check_hierarchy(endpoints: pd.DataFrame, alpha: float) -> None:
    """Refuse frames without the columns, repeated endpoints and impossible levels."""
    lacking = {"family", "p_value"} - set(endpoints.columns)
    if lacking:
        raise ValueError(f"endpoints: columns {', '.join(sorted(lacking))} are missing")
    if endpoints.index.has_duplicates:
        raise ValueError("endpoints: an endpoint occurs more than once in the index")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: expected a number between 0 and 1, got {alpha}")


def _checked(p_values) -> np.ndarray:
    """P values as floats; refuses values outside [0, 1]."""
    if isinstance(p_values, pd.Series):
        p = p_values.to_numpy(dtype=float, na_value=np.nan)
    else:
        p = np.asarray(p_values, dtype=float)
    outside = (p < 0) | (p > 1)
    if outside.any():
        raise ValueError(f"p_values: {int(outside.sum())} values are outside 0 to 1")
    return p


def _like(p_values, adjusted: np.ndarray):
    """A Series for a Series, else an array."""
    if isinstance(p_values, pd.Series):
        return pd.Series(adjusted, index=p_values.index, name=p_values.name)
    return adjusted


def _adjusted(p_values, adjust_sorted):
    """Apply an adjustment of ascending p values to the known ones, back in their places."""
    p = _checked(p_values)
    known = np.flatnonzero(~np.isnan(p))
    places = known[np.argsort(p[known], kind="stable")]
    adjusted = np.full(p.shape, np.nan)
    if len(places):
        adjusted[places] = np.minimum(adjust_sorted(p[places]), 1)
    return _like(p_values, adjusted)


def _minimum_from_above(p: np.ndarray) -> np.ndarray:
    """Running minimum from the largest p downwards."""
    return np.minimum.accumulate(p[::-1])[::-1]


def _hommel_sorted(p: np.ndarray) -> np.ndarray:
    """Hommel's adjustment of ascending p values (algorithm of Wright 1992, doi:10.2307/2532694)."""
    m = len(p)
    adjusted = np.full(m, (m * p / np.arange(1, m + 1)).min())
    floor = adjusted.copy()
    for size in range(m - 1, 1, -1):
        first = m - size + 1
        upper = (size * p[first:] / np.arange(2, size + 1)).min()
        adjusted[:first] = np.minimum(size * p[:first], upper)
        adjusted[first:] = adjusted[first - 1]
        floor = np.maximum(floor, adjusted)
    return np.maximum(floor, p)
