"""Treat-to-target: remission and low disease activity by index, and whether a target was kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.flags import boolean, require_columns, to_flags
from analysis.scoring.states import PTGA_LIMIT_MM, disease_state, within_all
from analysis.scoring.vectors import as_flags, choose, evaluate, flag
from analysis.thresholds import settle

REMISSION_INDEX = {"cdai": 2.8, "sdai": 3.3}
TWO_VISITS_DAYS = 84
SIX_MONTHS_DAYS = 182


def index_remission(score: ArrayLike, instrument: str) -> Any:
    """ACR/EULAR index-based remission: SDAI <= 3.3 or CDAI <= 2.8.

    Parameters
    ----------
    score : float, array or Series
        The unrounded score.
    instrument : {"cdai", "sdai"}

    Returns
    -------
    bool, BooleanArray or Series
        NA where the score is missing.

    References
    ----------
    Felson DT, Smolen JS, Wells G, et al. Arthritis Rheum 2011;63:573-86. doi:10.1002/art.30129
    Studenic P, Aletaha D, de Wit M, et al. Ann Rheum Dis 2023;82:74-80. doi:10.1136/ard-2022-223413

    Examples
    --------
    >>> index_remission(0.1 + 2.7, "cdai"), index_remission(3.31, "sdai")
    (True, False)
    """
    limit = choose(instrument, REMISSION_INDEX, "instrument")
    out, aligned = evaluate(
        lambda values: np.where(np.isnan(values), -1, settle(values) <= limit).astype(np.int8),
        {instrument: score},
        dtype=np.int8,
    )
    return as_flags(out, aligned)


def boolean_remission_without_crp(
    tjc28: ArrayLike, sjc28: ArrayLike, ptga_mm: ArrayLike, *, version: str
) -> Any:
    """Boolean remission for clinical practice, without the acute phase item.

    Parameters
    ----------
    tjc28, sjc28 : float, array or Series
        Tender and swollen joints of the 28, 0 to 28.
    ptga_mm : float, array or Series
        Patient's global assessment, 0 to 100 mm.
    version : {"2.0", "1.0"}
        PtGA at most 20 mm, or at most 10 mm.

    Returns
    -------
    bool, BooleanArray or Series
        A known failure decides; otherwise a missing item makes the answer NA.

    References
    ----------
    Studenic P, Aletaha D, de Wit M, et al. Ann Rheum Dis 2023;82:74-80. doi:10.1136/ard-2022-223413

    Examples
    --------
    >>> boolean_remission_without_crp(1, 1, 20, version="2.0")
    True
    """
    limit = choose(version, PTGA_LIMIT_MM, "version of the Boolean remission criteria")
    return flag(
        lambda t, s, p: within_all((t, 1.0), (s, 1.0), (p, limit)),
        tjc28=tjc28,
        sjc28=sjc28,
        ptga_mm=ptga_mm,
    )


def low_disease_activity(score: ArrayLike, instrument: str, *, crp_cutoffs: str = "esr") -> Any:
    """Low disease activity or remission: CDAI <= 10, SDAI <= 11, DAS28 <= 3.2 (DAS28-CRP <= 2.9 by its own cut-offs).

    Parameters
    ----------
    score : float, array or Series
        The unrounded score.
    instrument : {"das28_esr", "das28_crp", "cdai", "sdai"}
    crp_cutoffs : {"esr", "fleischmann2017"}
        As for `disease_state`.

    Returns
    -------
    bool, BooleanArray or Series
        NA where the score is missing.

    Examples
    --------
    >>> low_disease_activity(10.0, "cdai"), low_disease_activity(10.1, "cdai"), low_disease_activity(2.0, "cdai")
    (True, False, True)
    """
    state = disease_state(score, instrument, crp_cutoffs=crp_cutoffs)
    if state is pd.NA or isinstance(state, str):
        return pd.NA if state is pd.NA else state in ("remission", "low")
    codes = (state.cat if isinstance(state, pd.Series) else state).codes
    low = np.where(np.asarray(codes) < 0, np.nan, np.asarray(codes) <= 1)
    return boolean(low, state.index if isinstance(state, pd.Series) else None)


def sustained_target(
    visits: pd.DataFrame, target: str, *, min_days: int, subject: str = "subject_id", date: str = "visit_date"
) -> pd.DataFrame:
    """Per patient, when a target was first met and whether it was kept over consecutive visits.

    Parameters
    ----------
        visits : DataFrame
            One row per patient and visit, in any order, with the patient, the date and the target (True, False, NA).
        target : str
            Name of the boolean column, for example of `low_disease_activity`.
        min_days : int
            Days between the first and the last of the consecutive visits that meet the target:
            `TWO_VISITS_DAYS` (84, two visits 12 weeks apart) or `SIX_MONTHS_DAYS` (182: the six months of the EULAR
    P22 glossary as 26 weeks).
        subject, date : str
            Names of the columns.

    Returns
    -------
        DataFrame
            By patient: ``first_met`` (date or NaT), ``longest_days`` (of consecutive visits known to meet the target)
            and ``sustained``, which is NA where a visit with an unknown target decides.

    Raises
    ------
        KeyError, ValueError
            A column is absent; a visit has no date or the target is not boolean.

    Examples
    --------
        >>> visits = pd.DataFrame({"subject_id": ["A", "A", "B", "B", "B"], "met": [True, True, True, False, True],
        ...     "visit_date": pd.to_datetime(["2024-03-25", "2024-06-17", "2024-03-25", "2024-06-17", "2024-12-02"])})
        >>> sustained_target(visits, "met", min_days=84)
                    first_met  longest_days  sustained
        subject_id
        A          2024-03-25            84       True
        B          2024-03-25             0      False
    """
    require_columns(visits, [subject, date, target])
    if visits[date].isna().any():
        raise ValueError(
            f"{date}: {int(visits[date].isna().sum())} visit(s) without a date; set them aside first"
        )
    rows = (
        visits[[subject, date]]
        .assign(met=to_flags(visits[target], target))
        .sort_values([subject, date], kind="stable")
    )
    longest = _longest_run(rows.assign(met=rows["met"] == 1), subject, date)
    possible = _longest_run(rows.assign(met=rows["met"] != 0), subject, date)
    first = rows[rows["met"] == 1].groupby(subject, sort=True)[date].min().reindex(longest.index)
    kept = np.where(longest >= min_days, 1.0, np.where(possible < min_days, 0.0, np.nan))
    return pd.DataFrame(
        {"first_met": first, "longest_days": longest, "sustained": boolean(kept)}, index=longest.index
    )


def _longest_run(rows: pd.DataFrame, subject: str, date: str) -> pd.Series:
    """Longest time in days between first and last visit of a run of met visits, 0 without one."""
    who = pd.factorize(rows[subject])[0]
    new_run = (rows["met"] != rows["met"].shift()).to_numpy(dtype=bool) | (np.diff(who, prepend=-1) != 0)
    runs = rows.assign(run=new_run.cumsum()).loc[rows["met"]].groupby([subject, "run"])[date]
    longest = (runs.max() - runs.min()).dt.days.groupby(subject).max()
    subjects = pd.Index(rows[subject].unique(), name=subject)
    return longest.reindex(subjects, fill_value=0).astype("int64").sort_index()
