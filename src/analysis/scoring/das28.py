"""DAS28 with ESR or CRP, with and without the patient's general health."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.scoring.vectors import number

ESR_FLOOR = 1.0


def _joints(tjc28: np.ndarray, sjc28: np.ndarray) -> np.ndarray:
    total = np.sqrt(tjc28)
    total *= 0.56
    swollen = np.sqrt(sjc28)
    swollen *= 0.28
    total += swollen
    return total


def _with_esr(tjc28: np.ndarray, sjc28: np.ndarray, esr: np.ndarray, esr_floor: float) -> np.ndarray:
    acute = np.maximum(esr, esr_floor)
    np.log(acute, out=acute)
    acute *= 0.70
    acute = acute + _joints(tjc28, sjc28)
    return acute


def _with_crp(tjc28: np.ndarray, sjc28: np.ndarray, crp: np.ndarray) -> np.ndarray:
    acute = np.log1p(crp)
    acute *= 0.36
    return acute + _joints(tjc28, sjc28)


def das28_esr(
    tjc28: ArrayLike,
    sjc28: ArrayLike,
    esr_mm_h: ArrayLike,
    gh_mm: ArrayLike | None = None,
    *,
    esr_floor: float = ESR_FLOOR,
) -> Any:
    """DAS28 with the erythrocyte sedimentation rate.

    ``0.56 sqrt(TJC28) + 0.28 sqrt(SJC28) + 0.70 ln(ESR) + 0.014 GH``; without GH the three-variable form
    ``(0.56 sqrt(TJC28) + 0.28 sqrt(SJC28) + 0.70 ln(ESR)) 1.08 + 0.16``.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28 (a fraction where pro-rated).
    esr_mm_h : float, array or Series
        ESR in mm/h, 0 to 150.
    gh_mm : float, array or Series, optional
        Patient's general health, 0 to 100 mm. None asks for the three-variable form; it is another variable and
        does not belong into one series with the four-variable form. A missing value inside a column is missing.
    esr_floor : float
        An ESR below it is replaced by it, because ln(0) does not exist: a convention of this project, not a
        published rule.

    Returns
    -------
    float, array or Series
        0 to about 9.4, unrounded. Missing where any component is.

    Raises
    ------
    ValueError
        A value outside its range, or Series with different index labels.

    References
    ----------
    Prevoo MLL, van 't Hof MA, Kuper HH, et al. Arthritis Rheum 1995;38:44-8. doi:10.1002/art.1780380107

    Examples
    --------
    >>> round(das28_esr(4, 5, 7, 50), 6), round(das28_esr(4, 5, 7), 6)
    (3.808236, 3.516895)
    """
    if gh_mm is None:
        return number(
            lambda t, s, esr: _with_esr(t, s, esr, esr_floor) * 1.08 + 0.16,
            tjc28=tjc28,
            sjc28=sjc28,
            esr_mm_h=esr_mm_h,
        )
    return number(
        lambda t, s, esr, gh: _with_esr(t, s, esr, esr_floor) + 0.014 * gh,
        tjc28=tjc28,
        sjc28=sjc28,
        esr_mm_h=esr_mm_h,
        gh_mm=gh_mm,
    )


def das28_crp(tjc28: ArrayLike, sjc28: ArrayLike, crp_mg_l: ArrayLike, gh_mm: ArrayLike | None = None) -> Any:
    """DAS28 with C-reactive protein.

    ``0.56 sqrt(TJC28) + 0.28 sqrt(SJC28) + 0.36 ln(CRP + 1) + 0.014 GH + 0.96``; without GH the three-variable
    form ``(0.56 sqrt(TJC28) + 0.28 sqrt(SJC28) + 0.36 ln(CRP + 1)) 1.10 + 1.15``.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28 (a fraction where pro-rated).
    crp_mg_l : float, array or Series
        CRP in mg/L (not mg/dL), 0 to 400. A value below the detection limit comes in already substituted.
    gh_mm : float, array or Series, optional
        Patient's general health, 0 to 100 mm. None asks for the three-variable form.

    Returns
    -------
    float, array or Series
        0.96 to about 9.0, unrounded. Missing where any component is.

    Raises
    ------
    ValueError
        A value outside its range, or Series with different index labels.

    References
    ----------
    Wells G, Becker JC, Teng J, et al. Ann Rheum Dis 2009;68:954-60. doi:10.1136/ard.2007.084459

    Examples
    --------
    >>> round(das28_crp(4, 5, 7, 50), 6), round(das28_crp(4, 5, 7), 6)
    (4.154698, 3.894168)
    """
    if gh_mm is None:
        return number(
            lambda t, s, crp: _with_crp(t, s, crp) * 1.10 + 1.15, tjc28=tjc28, sjc28=sjc28, crp_mg_l=crp_mg_l
        )
    return number(
        lambda t, s, crp, gh: _with_crp(t, s, crp) + 0.014 * gh + 0.96,
        tjc28=tjc28,
        sjc28=sjc28,
        crp_mg_l=crp_mg_l,
        gh_mm=gh_mm,
    )
