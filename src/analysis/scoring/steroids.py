"""Glucocorticoids: prednisone equivalents, dose over time, sparing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.membership import among
from analysis.scoring.flags import all_true, boolean, known, require_columns
from analysis.scoring.ranges import RANGES, Limits
from analysis.scoring.vectors import align, as_numbers, check, choose, evaluate, flag, to_floats
from analysis.thresholds import settle

# Milligrams that equal 5 mg of prednisone. From memory of the usual tables; for deflazacort they give 6 to 7.5.
PREDNISONE_5MG_EQUIVALENTS: Mapping[str, float] = MappingProxyType(
    {
        "prednisone": 5.0,
        "prednisolone": 5.0,
        "methylprednisolone": 4.0,
        "triamcinolone": 4.0,
        "dexamethasone": 0.75,
        "betamethasone": 0.6,
        "hydrocortisone": 20.0,
        "cortisone": 25.0,
        "deflazacort": 6.0,
    }
)
LOW_DOSE_MG_DAY = 7.5
VERY_LOW_DOSE_MG_DAY = 5.0
MODERATE_TIS = 40.0


def prednisone_equivalent(
    dose_mg: ArrayLike, drug: str, *, equivalents: Mapping[str, float] = PREDNISONE_5MG_EQUIVALENTS
) -> Any:
    """Dose of a glucocorticoid in mg of prednisone.

    Parameters
    ----------
    dose_mg : float, array or Series
        Dose of `drug`, 0 to 6000 mg.
    drug : str
        Generic name, a key of `equivalents`.
    equivalents : mapping
        Milligrams that equal 5 mg of prednisone, by drug.

    Returns
    -------
    float, array or Series
        Prednisone equivalent in mg; missing where the dose is.

    Raises
    ------
    ValueError
        An unknown drug or a dose outside its range.

    Examples
    --------
    >>> prednisone_equivalent(6, "methylprednisolone"), prednisone_equivalent(30, "hydrocortisone")
    (7.5, 7.5)
    """
    per_5mg = choose(drug, equivalents, "glucocorticoid")
    limits = {"dose_mg": Limits(0, 6000, "mg")}
    return as_numbers(*evaluate(lambda dose: dose * 5 / per_5mg, {"dose_mg": dose_mg}, limits=limits))


def steroid_exposure(
    courses: pd.DataFrame, *, start: Any, stop: Any, include_pulses: bool, subjects: Any = None
) -> pd.DataFrame:
    """Cumulative and mean daily prednisone dose of each patient in a window.

    Parameters
    ----------
    courses : DataFrame
        One row per course: ``subject_id``, ``start_date``, ``stop_date`` (the first day without it; missing if
        ongoing), ``prednisone_mg_day`` (0 to 1000) and, if pulses are to be left out, ``pulse`` (1, 0). Days without
        a course count as 0 mg; courses that overlap add up.
    start, stop : date, or Series by subject
        The window, start included and stop not.
    include_pulses : bool
        Whether intravenous pulses count.
    subjects : list, optional
        Patients to report; those without a course have 0 mg. By default those with a course.

    Returns
    -------
    DataFrame
        By subject: ``days``, ``cumulative_mg`` and ``mean_mg_day``, missing where a course in the window has no dose
        or no start.

    Raises
    ------
    KeyError, ValueError
        A column is absent; a dose outside its range; a course or window that stops before it starts.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-01-29", "2024-02-26", "2024-03-25", "2024-06-17"])
    >>> courses = pd.DataFrame({"subject_id": "A", "start_date": days[:-1], "stop_date": days[1:],
    ...     "prednisone_mg_day": [20, 15, 10, 7.5]})
    >>> steroid_exposure(courses, start=days[0], stop=days[-1], include_pulses=True)
                days  cumulative_mg  mean_mg_day
    subject_id
    A            168         1890.0        11.25
    """
    require_columns(courses, ["subject_id", "start_date", "stop_date", "prednisone_mg_day"])
    rows = courses
    if not include_pulses:
        require_columns(courses, ["pulse"])
        rows = courses[courses["pulse"] != 1]
    wanted = pd.Index(courses["subject_id"].unique() if subjects is None else subjects, name="subject_id")
    first, last = (_by_subject(limit, wanted) for limit in (start, stop))
    if (last <= first).any():
        raise ValueError("the window stops before it starts; check start and stop")
    rows = rows[among(rows["subject_id"], wanted)]
    total = _milligrams(rows, first, last).groupby(rows["subject_id"]).agg(lambda v: v.sum(skipna=False))
    cumulative = total.reindex(wanted, fill_value=0.0).astype(np.float64)
    days = (last - first).dt.days
    return pd.DataFrame(
        {"days": days, "cumulative_mg": cumulative, "mean_mg_day": cumulative / days}, index=wanted
    )


def _by_subject(limit: Any, subjects: pd.Index) -> pd.Series:
    """One date per subject, from one date or a Series."""
    if isinstance(limit, pd.Series):
        return pd.to_datetime(limit.reindex(subjects))
    return pd.Series(pd.Timestamp(limit), index=subjects)


def _milligrams(rows: pd.DataFrame, first: pd.Series, last: pd.Series) -> pd.Series:
    """Dose of each course inside the window; missing where it cannot be known."""
    dose = to_floats(rows["prednisone_mg_day"], "prednisone_mg_day").astype(np.float64)
    check("prednisone_mg_day", dose, rows.index, limits=RANGES["prednisone_mg_day"])
    begins, ends = pd.to_datetime(rows["start_date"]), pd.to_datetime(rows["stop_date"])
    if (ends < begins).any():
        shown = ", ".join(map(str, rows.index[ends < begins][:5]))
        raise ValueError(f"{int((ends < begins).sum())} course(s) stop before they start, in row(s) {shown}")
    window = [
        pd.Series(limit.reindex(rows["subject_id"]).to_numpy(), index=rows.index) for limit in (first, last)
    ]
    inside = np.minimum(ends.fillna(window[1]), window[1]) - begins.where(begins > window[0], window[0])
    days = inside.dt.days.clip(lower=0).where(begins.notna() | (ends <= window[0]))
    return (days * dose).where(days != 0, 0.0)


def response_at_low_dose(
    tis: ArrayLike,
    prednisone_mg_day: ArrayLike,
    *,
    tis_at_least: float = MODERATE_TIS,
    low_mg_day: float = LOW_DOSE_MG_DAY,
) -> Any:
    """At least moderate improvement together with a low dose of glucocorticoids.

    Parameters
    ----------
    tis : float, array or Series
        Total Improvement Score, 0 to 100.
    prednisone_mg_day : float, array or Series
        Prednisone equivalent in mg/day, 0 to 1000.
    tis_at_least, low_mg_day : float
        Limits, themselves included. A composite of this project; name it in the analysis plan.

    Returns
    -------
    bool, BooleanArray or Series
        A known failure decides; otherwise a missing part makes the answer NA.

    Examples
    --------
    >>> response_at_low_dose(40, 7.5), response_at_low_dose(40, 8), response_at_low_dose(None, 8)
    (True, False, False)
    """

    def kernel(score: np.ndarray, dose: np.ndarray) -> np.ndarray:
        parts = [known(settle(score) >= tis_at_least, score), known(settle(dose) <= low_mg_day, dose)]
        return np.nan_to_num(all_true(np.stack(parts)), nan=-1).astype(np.int8)

    return flag(kernel, tis=tis, prednisone_mg_day=prednisone_mg_day)


def steroid_sparing(
    baseline: ArrayLike,
    followup: ArrayLike,
    *,
    low_mg_day: float = LOW_DOSE_MG_DAY,
    very_low_mg_day: float = VERY_LOW_DOSE_MG_DAY,
) -> pd.DataFrame:
    """Change of the daily prednisone dose and the responder definitions in use; there is no consensus on one.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Prednisone equivalent in mg/day, 0 to 1000; the dose prescribed on the day before the visit.
    low_mg_day, very_low_mg_day : float
        Limits of the low doses, themselves included.

    Returns
    -------
    DataFrame
        ``percent_reduction`` (missing from 0 mg), ``reduced_25`` and ``reduced_50`` (25 and 50 % or more; NA from 0
        mg), ``low_dose``, ``very_low_dose``, ``steroid_free``, ``increased`` (True, False, NA).

    Examples
    --------
    >>> steroid_sparing(20, 15)[["percent_reduction", "reduced_25", "reduced_50", "low_dose"]]
       percent_reduction  reduced_25  reduced_50  low_dose
    0               25.0        True       False     False
    """
    aligned = align({"baseline": baseline, "followup": followup})
    before, after = (a.astype(np.float64) for a in aligned.arrays.values())
    for name, values in (("baseline", before), ("followup", after)):
        check(name, values, aligned.index, limits=RANGES["prednisone_mg_day"])
    dose, change = settle(after), settle(after - before)
    percent = settle(np.divide(-change * 100, before, out=np.full(aligned.length, np.nan), where=before > 0))
    flags = {
        "reduced_25": known(percent >= 25, percent),
        "reduced_50": known(percent >= 50, percent),
        "low_dose": known(dose <= low_mg_day, dose),
        "very_low_dose": known(dose <= very_low_mg_day, dose),
        "steroid_free": known(dose == 0, dose),
        "increased": known(change > 0, change),
    }
    columns = {"percent_reduction": percent} | {k: boolean(v) for k, v in flags.items()}
    return pd.DataFrame(columns, index=aligned.index)
