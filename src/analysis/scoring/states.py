"""Remission, low, moderate and high disease activity; ACR/EULAR remission; EULAR response."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import as_category, choose, evaluate, flag, ordered
from analysis.thresholds import settle

STATES = ordered("remission", "low", "moderate", "high")
RESPONSES = ordered("none", "moderate", "good")

# Upper limits of remission, low and moderate. DAS28 remission is below its limit, all other bands include theirs.
CUTOFFS = {
    "das28_esr": (2.6, 3.2, 5.1),
    "das28_crp": (2.6, 3.2, 5.1),
    "cdai": (2.8, 10.0, 22.0),
    "sdai": (3.3, 11.0, 26.0),
}
CRP_CUTOFFS = {"esr": (2.6, 3.2, 5.1), "fleischmann2017": (2.4, 2.9, 4.6)}
PTGA_LIMIT_MM = {"1.0": 10.0, "2.0": 20.0}
CRP_LIMIT_MG_L = 10.0


def state_limits() -> dict[str, dict[str, float]]:
    """Upper limits of remission, low and moderate disease activity, by instrument.

    Returns
    -------
    dict
        For each instrument the limits of remission, low and moderate, in the instrument's own unit. Each band includes
        its limit, but remission by DAS28, which lies below it.

    Examples
    --------
    >>> state_limits()["cdai"]
    {'remission': 2.8, 'low': 10.0, 'moderate': 22.0}
    """
    return {name: dict(zip(STATES.categories, limits)) for name, limits in CUTOFFS.items()}


def _limits_of(instrument: str, crp_cutoffs: str) -> tuple[float, float, float]:
    limits = choose(instrument, CUTOFFS, "instrument")
    other = choose(crp_cutoffs, CRP_CUTOFFS, "crp_cutoffs")
    return other if instrument == "das28_crp" else limits


@cache
def last_within(limit: float, *, itself: bool = True) -> float:
    """The largest number that, settled, is at most (or, without `itself`, below) a limit.

    Comparing with it is the same as comparing settled values, without having to settle them: settling is monotone.
    """
    inside, outside = (limit, limit + 2e-8) if itself else (limit - 2e-8, limit)
    while (middle := (inside + outside) / 2) not in (inside, outside):
        within = settle(middle) <= limit if itself else settle(middle) < limit
        inside, outside = (middle, outside) if within else (inside, middle)
    return inside


def disease_state(score: ArrayLike, instrument: str, *, crp_cutoffs: str = "esr") -> Any:
    """Disease activity state by the instrument's own cut-offs.

    =================== =========== =========== ============ ======
    instrument          remission   low         moderate     high
    =================== =========== =========== ============ ======
    das28_esr           < 2.6       2.6 to 3.2  > 3.2 to 5.1 > 5.1
    das28_crp           < 2.6       2.6 to 3.2  > 3.2 to 5.1 > 5.1
    the same, its own   < 2.4       2.4 to 2.9  > 2.9 to 4.6 > 4.6
    sdai                <= 3.3      > 3.3 to 11 > 11 to 26   > 26
    cdai                <= 2.8      > 2.8 to 10 > 10 to 22   > 22
    =================== =========== =========== ============ ======

    Parameters
    ----------
    score : float, array or Series
        The unrounded score.
    instrument : {"das28_esr", "das28_crp", "cdai", "sdai"}
    crp_cutoffs : {"esr", "fleischmann2017"}
        Cut-offs for DAS28-CRP: those of DAS28-ESR, by habit and for comparability, or its own ("the same, its own").
        Report both.

    Returns
    -------
    str, Categorical or Series
        "remission" < "low" < "moderate" < "high", as an ordered category; NA where the score is missing.

    Raises
    ------
    ValueError
        An unknown instrument or set of cut-offs, or a score outside its range.

    References
    ----------
    Smolen JS, Aletaha D. Nat Rev Rheumatol 2015;11:276-89. doi:10.1038/nrrheum.2015.8
    Fleischmann RM, van der Heijde D, Gardiner PV, et al. RMD Open 2017;3:e000382. doi:10.1136/rmdopen-2016-000382

    Examples
    --------
    >>> disease_state(2.6, "das28_esr"), disease_state(0.1 + 2.7, "cdai")
    ('low', 'remission')
    >>> disease_state(2.5, "das28_crp"), disease_state(2.5, "das28_crp", crp_cutoffs="fleischmann2017")
    ('remission', 'low')
    """
    limits = _limits_of(instrument, crp_cutoffs)
    strict = instrument.startswith("das28")
    bands = [last_within(limit, itself=not (strict and limit == limits[0])) for limit in limits]

    def kernel(values: np.ndarray) -> np.ndarray:
        codes = (values > bands[0]).astype(np.int8)
        codes += values > bands[1]
        codes += values > bands[2]
        codes -= np.isnan(values)  # nothing above is true of NaN: 0 becomes -1
        return codes

    out, aligned = evaluate(kernel, {instrument: score}, dtype=np.int8)
    return as_category(out, aligned, STATES)


def within_all(*limited: tuple[np.ndarray, float]) -> np.ndarray:
    """Codes: 0 if a value is above its limit, else -1 if one is missing, else 1."""
    missing = np.any([np.isnan(values) for values, _ in limited], axis=0)
    exceeded = np.any([settle(values) > limit for values, limit in limited], axis=0)
    return np.where(exceeded, 0, np.where(missing, -1, 1)).astype(np.int8)


def boolean_remission(
    tjc28: ArrayLike, sjc28: ArrayLike, crp_mg_l: ArrayLike, ptga_mm: ArrayLike, version: str = "2.0"
) -> Any:
    """ACR/EULAR Boolean remission: TJC28 <= 1, SJC28 <= 1, CRP <= 10 mg/L (1 mg/dL) and PtGA within its limit.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28.
    crp_mg_l : float, array or Series
        CRP in mg/L, 0 to 400.
    ptga_mm : float, array or Series
        Patient's global assessment, 0 to 100 mm.
    version : {"2.0", "1.0"}
        PtGA at most 20 mm (2022 revision) or at most 10 mm (2011).

    Returns
    -------
    bool, BooleanArray or Series
        A known failure decides, whatever else is missing; otherwise a missing item makes the answer NA.

    Raises
    ------
    ValueError
        An unknown version, a value outside its range, or Series with different index labels.

    References
    ----------
    Felson DT, Smolen JS, Wells G, et al. Arthritis Rheum 2011;63:573-86. doi:10.1002/art.30129
    Studenic P, Aletaha D, de Wit M, et al. Ann Rheum Dis 2023;82:74-80. doi:10.1136/ard-2022-223413

    Examples
    --------
    >>> boolean_remission(1, 1, 10, 15), boolean_remission(1, 1, 10, 15, version="1.0")
    (True, False)
    >>> boolean_remission(0, 0, None, 10), boolean_remission(3, 0, None, 10)
    (<NA>, False)
    """
    limit = choose(version, PTGA_LIMIT_MM, "version of the Boolean remission criteria")

    def kernel(tjc: np.ndarray, sjc: np.ndarray, crp: np.ndarray, ptga: np.ndarray) -> np.ndarray:
        return within_all((tjc, 1.0), (sjc, 1.0), (crp, CRP_LIMIT_MG_L), (ptga, limit))

    return flag(kernel, tjc28=tjc28, sjc28=sjc28, crp_mg_l=crp_mg_l, ptga_mm=ptga_mm)


def eular_response(baseline: ArrayLike, followup: ArrayLike, *, cutoffs: str = "esr") -> Any:
    """EULAR response from DAS28 at baseline and follow-up.

    ================== ================= ==================== ==================
    DAS28 at follow-up improvement > 1.2 > 0.6, at most 1.2   at most 0.6
    ================== ================= ==================== ==================
    <= 3.2             good              moderate             none
    > 3.2 to 5.1       moderate          moderate             none
    > 5.1              moderate          none                 none
    ================== ================= ==================== ==================

    Parameters
    ----------
    baseline, followup : float, array or Series
        DAS28 of one and the same version, 0 to 10, unrounded. By convention also used with DAS28-CRP.
    cutoffs : {"esr", "fleischmann2017"}
        The limits on the follow-up score: 3.2 and 5.1 as published, or 2.9 and 4.6, the limits proposed for
        DAS28-CRP; the latter is a choice of this project, to be reported as a sensitivity analysis.

    Returns
    -------
    str, Categorical or Series
        "none" < "moderate" < "good", as an ordered category; NA where either score is missing.

    Raises
    ------
    ValueError
        A value outside its range, or Series with different index labels.

    References
    ----------
    van Gestel AM, Prevoo MLL, van 't Hof MA, et al. Arthritis Rheum 1996;39:34-40. doi:10.1002/art.1780390105

    Examples
    --------
    >>> eular_response(4.4, 3.2), eular_response(4.41, 3.2), eular_response(5.7, 5.1)
    ('moderate', 'good', 'none')
    """
    _, low, high = choose(cutoffs, CRP_CUTOFFS, "cutoffs")

    def kernel(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        improvement, reached = settle(before - after), settle(after)
        moderate = (improvement > 1.2) | (improvement > 0.6) & (reached <= high)
        codes = moderate.astype(np.int8)
        codes += (improvement > 1.2) & (reached <= low)
        codes[np.isnan(improvement)] = -1
        return codes

    limits = {"baseline": RANGES["das28"], "followup": RANGES["das28"]}
    out, aligned = evaluate(
        kernel, {"baseline": baseline, "followup": followup}, dtype=np.int8, limits=limits
    )
    return as_category(out, aligned, RESPONSES)
