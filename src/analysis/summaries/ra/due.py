"""Who could have been seen by the cut-off: the denominator of a cohort that is still running."""

import pandas as pd


def last_day(subjects: pd.DataFrame, *, data_cut) -> pd.Timestamp:
    """The day up to which the report knows: its data cut, else the last contact with any participant.

    Examples
    --------
    >>> subjects = pd.DataFrame({"last_contact_date": pd.to_datetime(["2026-03-01", None])})
    >>> last_day(subjects, data_cut=None).date(), last_day(subjects, data_cut="2025-06-30").date()
    (datetime.date(2026, 3, 1), datetime.date(2025, 6, 30))
    """
    if data_cut:
        return pd.Timestamp(data_cut)
    return pd.to_datetime(subjects["last_contact_date"]).max()


def flag_due(subjects: pd.DataFrame, ids: pd.Index, *, study, until: pd.Timestamp) -> pd.DataFrame:
    """Whether the window of each visit had closed by the cut-off.

    Who left the study, died or was lost stays due: a missing response is then missing, not "not yet".

    Parameters
    ----------
    subjects : DataFrame
        `subject_id` and `baseline_date` (study day 1).
    ids : Index
        Participants of the analysis set.
    study : analysis.study.Study
        Visits with windows in study days; day 1 is baseline, there is no day 0.
    until : Timestamp
        Last day of observation.

    Returns
    -------
    DataFrame
        Booleans by participant (index) and visit (columns). A visit without a window is due for everybody; a
        participant without a date of baseline is due for none that has one.
    """
    start = pd.to_datetime(subjects.set_index("subject_id")["baseline_date"]).reindex(ids)
    closed = {}
    for visit in study.visits:
        if visit.window is None:
            closed[visit.id] = pd.Series(True, index=ids)
            continue
        last = visit.window[1]
        closes = start + pd.to_timedelta(last - 1 if last > 0 else last, unit="D")
        closed[visit.id] = closes.le(until) & start.notna()
    return pd.DataFrame(closed)
