"""Treatment before entry by class, mechanism and drug: how long, why stopped; sequences for the figure."""

import numpy as np
import pandas as pd

DMARDS = ("csDMARD", "csDMARD_CN", "bDMARD", "tsDMARD")
MECHANISMS = {
    "TNFi": "TNF inhibitor",
    "IL6i": "IL-6 inhibitor",
    "CTLA4Ig": "Abatacept",
    "CD20": "Rituximab",
    "JAKi": "JAK inhibitor",
    "BLyS_APRIL": "Telitacicept",
}
REASONS = {
    "primary_inefficacy": "inefficacy",
    "secondary_inefficacy": "inefficacy",
    "adverse_event": "intolerance",
    "intolerance": "intolerance",
    "contraindication": "intolerance",
    "remission": "remission",
}
STOPS = ("inefficacy", "intolerance", "remission", "other", "unknown", "ongoing")


def courses_before(treatments: pd.DataFrame, index_date: pd.Series) -> pd.DataFrame:
    """DMARD courses begun before the index date, cut at it, with their length and why they ended.

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses (``class``, ``moa``, ``drug``).
    index_date : Series of datetime
        By subject id; courses of others are left out.

    Returns
    -------
    DataFrame
        The courses with `days` (up to the index date; NaN where a date is not known) and `stopped`: inefficacy,
        intolerance, remission, other, unknown, or ongoing at the index date.
    """
    from analysis import exposure

    wanted = treatments["subject_id"].isin(index_date.index) & treatments["class"].isin(DMARDS)
    known = exposure.courses(treatments[wanted].reset_index(drop=True), index_date)
    known = known[known["used"]]
    days = known["stop_max"].sub(known["start_min"]).astype(float)
    reason = known["stop_reason"].astype("string").map(REASONS)
    stated = known["stop_reason"].notna()
    why = reason.mask(reason.isna() & stated, "other").mask(reason.isna() & ~stated, "unknown")
    running = known["ended"].astype("boolean").eq(False).fillna(False)
    return known.assign(
        days=days.mask(unknown_length(known) | days.lt(0)), stopped=why.mask(running, "ongoing")
    )


def summarise_history(courses: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Exposure before entry per class, mechanism and drug.

    Parameters
    ----------
    courses : DataFrame
        From `courses_before`.
    ids : Index
        Analysis set.

    Returns
    -------
    DataFrame
        `level` (class, moa, drug), `variable`, `parent` (class of a mechanism or drug), `n` (analysis set), `count`
        (exposed), `proportion`, `courses`, `median_days`, `q1_days`, `q3_days` (of courses with known length) and one
        column per reason of `STOPS` (courses).
    """
    lines = []
    for level, keys in (("class", ["class"]), ("moa", ["class", "moa"]), ("drug", ["class", "moa", "drug"])):
        for name, group in courses.groupby(keys, dropna=False, sort=False):
            label = name[-1]
            lines.append(
                {"level": level, "variable": str(label), "parent": str(name[0]), **_exposure(group, ids)}
            )
    return pd.DataFrame(lines)


def _exposure(group: pd.DataFrame, ids: pd.Index) -> dict:
    exposed, days = group["subject_id"].nunique(), group["days"].dropna().to_numpy(float)
    q1, median, q3 = np.quantile(days, [0.25, 0.5, 0.75]) if len(days) else (np.nan,) * 3
    reasons = group["stopped"].value_counts()
    return {
        "n": len(ids),
        "count": exposed,
        "proportion": exposed / len(ids) if len(ids) else np.nan,
        "courses": len(group),
        "median_days": float(median),
        "q1_days": float(q1),
        "q3_days": float(q3),
        **{reason: int(reasons.get(reason, 0)) for reason in STOPS},
    }


def sequences(treatments: pd.DataFrame, index_date: pd.Series, *, until: pd.Timestamp) -> pd.DataFrame:
    """Courses of biological and targeted synthetic drugs by mechanism, in months from entry, for the swimmer figure.

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses.
    index_date : Series of datetime
        Day of entry (month 0) by subject id.
    until : Timestamp
        Last day known; a course that still runs ends there.

    Returns
    -------
    DataFrame
        `subject_id`, `drug` (mechanism in words), `start`, `end` (months), `ongoing`; participants in the order of
        their first course, the earliest first. Courses without usable dates are left out.
    """
    from analysis import exposure

    wanted = treatments["subject_id"].isin(index_date.index) & treatments["class"].isin(["bDMARD", "tsDMARD"])
    cut = pd.Series(until, index=index_date.index)
    known = exposure.courses(treatments[wanted].reset_index(drop=True), cut)
    known = known[known["used"] & ~unknown_length(known)]
    entry = known["subject_id"].map(exposure_days(index_date))
    months = 365.25 / 12
    drawn = pd.DataFrame(
        {
            "subject_id": known["subject_id"],
            "drug": known["moa"].map(MECHANISMS).fillna("Other"),
            "start": known["start_min"].sub(entry) / months,
            "end": known["stop_max"].sub(entry) / months,
            "ongoing": known["ended"].astype("boolean").eq(False).fillna(False).astype(bool),
        }
    )
    first = drawn.groupby("subject_id")["start"].transform("min")
    return drawn.assign(first=first).sort_values(["first", "subject_id", "start"]).drop(columns="first")


def unknown_length(courses: pd.DataFrame) -> pd.Series:
    """Courses whose dates do not tell when they began or how long they lasted."""
    return courses["problem"].astype("string").isin(["start_missing", "stop_before_start"]).fillna(False)


def exposure_days(dates: pd.Series) -> pd.Series:
    """Dates as days since 1970-01-01, by the index of the dates."""
    from analysis.exposure.dates import to_days

    return pd.Series(to_days(pd.to_datetime(dates)), index=dates.index)
