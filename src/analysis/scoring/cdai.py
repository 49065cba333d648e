"""CDAI and SDAI, the sums of joints and global assessments."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.scoring.vectors import number


def _index(tjc28: np.ndarray, sjc28: np.ndarray, *tenths: np.ndarray) -> np.ndarray:
    """Joints plus the parts that enter as tenths: globals (mm as cm) and CRP (mg/L as mg/dL)."""
    total = tenths[0] + tenths[1]
    for part in tenths[2:]:
        total += part
    total /= 10
    total += tjc28
    total += sjc28
    return total


def cdai(tjc28: ArrayLike, sjc28: ArrayLike, ptga_mm: ArrayLike, phga_mm: ArrayLike) -> Any:
    """Clinical Disease Activity Index: ``TJC28 + SJC28 + PtGA + PhGA``, globals in cm.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28 (a fraction where pro-rated).
    ptga_mm, phga_mm : float, array or Series
        Patient's and physician's global assessment in **mm**, 0 to 100; the index takes them as cm.

    Returns
    -------
    float, array or Series
        0 to 76, unrounded. Missing where any component is.

    Raises
    ------
    ValueError
        A value outside its range, or Series with different index labels.

    References
    ----------
    Aletaha D, Nell VPK, Stamm T, et al. Arthritis Res Ther 2005;7:R796-806. doi:10.1186/ar1740

    Examples
    --------
    >>> cdai(8, 6, 60, 55)
    25.5
    """
    return number(_index, tjc28=tjc28, sjc28=sjc28, ptga_mm=ptga_mm, phga_mm=phga_mm)


def sdai(
    tjc28: ArrayLike, sjc28: ArrayLike, ptga_mm: ArrayLike, phga_mm: ArrayLike, crp_mg_l: ArrayLike
) -> Any:
    """Simplified Disease Activity Index: CDAI plus CRP in mg/dL.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28 (a fraction where pro-rated).
    ptga_mm, phga_mm : float, array or Series
        Patient's and physician's global assessment in **mm**, 0 to 100; the index takes them as cm.
    crp_mg_l : float, array or Series
        CRP in **mg/L**, 0 to 400; the index takes it as mg/dL.

    Returns
    -------
    float, array or Series
        0 to 116 (0 to 86 with a CRP up to 10 mg/dL), unrounded. Missing where any component is.

    Raises
    ------
    ValueError
        A value outside its range, or Series with different index labels.

    References
    ----------
    Smolen JS, Breedveld FC, Schiff MH, et al. Rheumatology 2003;42:244-57. doi:10.1093/rheumatology/keg072

    Examples
    --------
    >>> round(sdai(14, 10, 72, 70, 45.5), 8)
    42.75
    """
    return number(
        _index,
        tjc28=tjc28,
        sjc28=sjc28,
        ptga_mm=ptga_mm,
        phga_mm=phga_mm,
        crp_mg_l=crp_mg_l,
    )
