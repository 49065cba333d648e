"""EQ-5D index values from published national value sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.scoring.ranges import Limits
from analysis.scoring.vectors import as_numbers, choose, evaluate

DIMENSIONS = ("eq5d_mo", "eq5d_sc", "eq5d_ua", "eq5d_pd", "eq5d_ad")


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set in thousandths: decrements by dimension and level, constants for any problem and any level 3."""

    decrements: tuple[tuple[int, ...], ...]
    citation: str
    any_problem: int = 0
    any_worst: int = 0

    @property
    def lowest(self) -> float:
        """The value of the worst state."""
        return (1000 - sum(d[-1] for d in self.decrements) - self.any_problem - self.any_worst) / 1000


VALUE_SETS_5L = {
    "CN": ValueSet(
        (
            (0, 66, 158, 287, 345),
            (0, 48, 116, 210, 253),
            (0, 45, 107, 194, 233),
            (0, 58, 138, 252, 302),
            (0, 49, 118, 215, 258),
        ),
        "Luo N, Liu G, Li M, et al. Value Health 2017;20:662-9. doi:10.1016/j.jval.2016.11.016",
    ),
    "HK": ValueSet(
        (
            (0, 109, 182, 371, 529),
            (0, 87, 113, 271, 352),
            (0, 67, 94, 234, 282),
            (0, 76, 147, 307, 354),
            (0, 80, 140, 293, 348),
        ),
        "Wong ELY, Ramos-Goni JM, Cheung AWL, et al. Patient 2018;11:235-47. doi:10.1007/s40271-017-0278-0",
    ),
}
VALUE_SETS_3L = {
    "UK": ValueSet(
        ((0, 69, 314), (0, 104, 214), (0, 36, 94), (0, 123, 386), (0, 71, 236)),
        "Dolan P. Med Care 1997;35:1095-108. doi:10.1097/00005650-199711000-00002",
        any_problem=81,
        any_worst=269,
    ),
    "CN": ValueSet(
        ((0, 99, 246), (0, 105, 208), (0, 74, 193), (0, 92, 236), (0, 86, 205)),
        "Liu GG, Wu H, Li M, et al. Value Health 2014;17:597-604. doi:10.1016/j.jval.2014.05.007",
        any_problem=39,
        any_worst=22,
    ),
}


def _index(levels: dict[str, Any], values: ValueSet, *, n_levels: int) -> Any:
    """One minus the decrements, summed in thousandths so that the published decimals come out exactly."""
    tables = [np.array([0, *d], dtype=np.float64) for d in values.decrements]

    def kernel(*columns: np.ndarray) -> np.ndarray:
        missing = np.any([np.isnan(c) for c in columns], axis=0)
        places = [np.where(missing, 1, c).astype(np.int64) for c in columns]
        loss = np.sum([table[p] for table, p in zip(tables, places)], axis=0)
        loss += values.any_problem * np.any([p > 1 for p in places], axis=0)
        loss += values.any_worst * np.any([p == n_levels for p in places], axis=0)
        return np.where(missing, np.nan, (1000 - loss) / 1000)

    limits = dict.fromkeys(DIMENSIONS, Limits(1, n_levels, whole=True))
    return as_numbers(*evaluate(kernel, levels, limits=limits))


def eq5d_5l(
    mo: ArrayLike, sc: ArrayLike, ua: ArrayLike, pd: ArrayLike, ad: ArrayLike, *, value_set: str
) -> Any:
    """EQ-5D-5L index value.

    Parameters
    ----------
    mo, sc, ua, pd, ad : int, array or Series
        Levels 1 (no problems) to 5 of mobility, self-care, usual activities, pain/discomfort, anxiety/depression.
    value_set : {"CN", "HK"}
        China (Luo 2017) or Hong Kong (Wong 2018). Values of different sets are different variables.

    Returns
    -------
    float, array or Series
        1 for no problems, -0.391 (China) or -0.865 (Hong Kong) for the worst state. Missing where any dimension is.

    Raises
    ------
    ValueError
        A level other than 1 to 5, an unknown value set, or Series with different index labels.

    References
    ----------
    Luo N, Liu G, Li M, et al. Value Health 2017;20:662-9. doi:10.1016/j.jval.2016.11.016
    Wong ELY, Ramos-Goni JM, Cheung AWL, et al. Patient 2018;11:235-47. doi:10.1007/s40271-017-0278-0

    Examples
    --------
    >>> eq5d_5l(2, 1, 2, 3, 2, value_set="CN"), eq5d_5l(5, 5, 5, 5, 5, value_set="CN")
    (0.702, -0.391)
    """
    values = choose(value_set, VALUE_SETS_5L, "EQ-5D-5L value set")
    return _index(dict(zip(DIMENSIONS, (mo, sc, ua, pd, ad))), values, n_levels=5)


def eq5d_3l(
    mo: ArrayLike, sc: ArrayLike, ua: ArrayLike, pd: ArrayLike, ad: ArrayLike, *, value_set: str
) -> Any:
    """EQ-5D-3L index value (time trade-off), only for forms with three levels.

    Parameters
    ----------
    mo, sc, ua, pd, ad : int, array or Series
        Levels 1 (no problems) to 3 of mobility, self-care, usual activities, pain/discomfort, anxiety/depression.
    value_set : {"UK", "CN"}
        United Kingdom (Dolan 1997) or China (Liu 2014).

    Returns
    -------
    float, array or Series
        1 for no problems, -0.594 (UK) or -0.149 (China) for the worst state. Missing where any dimension is. Never
        to be mixed with values from five-level forms in one series.

    Raises
    ------
    ValueError
        A level other than 1 to 3, an unknown value set, or Series with different index labels.

    References
    ----------
    Dolan P. Med Care 1997;35:1095-108. doi:10.1097/00005650-199711000-00002
    Liu GG, Wu H, Li M, et al. Value Health 2014;17:597-604. doi:10.1016/j.jval.2014.05.007

    Examples
    --------
    >>> eq5d_3l(3, 3, 2, 2, 1, value_set="UK"), eq5d_3l(3, 3, 2, 2, 1, value_set="CN")
    (-0.037, 0.319)
    """
    values = choose(value_set, VALUE_SETS_3L, "EQ-5D-3L value set")
    return _index(dict(zip(DIMENSIONS, (mo, sc, ua, pd, ad))), values, n_levels=3)
