"""From visits and drug courses to durations: when did it first happen, how long was the drug kept."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd


def derive_first_event(
    visits: pd.DataFrame, *, event: str, day: str, subject: str | Sequence[str] = "subject_id"
) -> pd.DataFrame:
    """Time to the first visit at which a flag is True, censored at the last visit at which it was assessed.

    Parameters
    ----------
    visits : DataFrame
        One row per subject and visit.
    event, day, subject : str
        Boolean column (NA: not assessed), day since the origin (a number), subject.

    Returns
    -------
    DataFrame
        subject, time, event; a subject without any assessed visit has NA in both and stays in the frame. The
        event was found at a visit: it happened at some time since the visit before (interval censoring).

    Examples
    --------
    >>> visits = pd.DataFrame({"subject_id": ["1", "1", "2", "2"], "day": [0, 84, 0, 84],
    ...                        "remission": [False, True, False, pd.NA]})
    >>> derive_first_event(visits, event="remission", day="day").values.tolist()
    [['1', 84.0, True], ['2', 0.0, False]]
    """
    assessed = visits.loc[visits[event].notna() & visits[day].notna()]
    happened = assessed.loc[assessed[event].astype(bool)].groupby(subject)[day].min()
    last = assessed.groupby(subject)[day].max()
    subjects = pd.Index(visits[subject].dropna().unique(), name=subject)
    time = happened.reindex(subjects).fillna(last.reindex(subjects)).astype(float)
    flag = pd.Series(subjects.isin(happened.index), index=subjects, dtype="boolean").mask(time.isna())
    return pd.DataFrame({"time": time, "event": flag}).reset_index()


def derive_drug_survival(
    courses: pd.DataFrame,
    *,
    data_cut: date,
    start: str = "start_date",
    stop: str = "stop_date",
    reason: str = "stop_reason",
    not_failure: Sequence[str] = (),
) -> pd.DataFrame:
    """Days on drug per course, whether it was stopped and why; courses running at the data cut are censored.

    Parameters
    ----------
    courses : DataFrame
        One row per drug course; all columns are kept.
    data_cut : date
        Last day of observation: a course without stop, or with a later one, is censored here.
    not_failure : sequence of str
        Stop reasons that censor instead of counting as a stop (for example "remission", "pregnancy").

    Returns
    -------
    DataFrame
        The courses with time (days, stop minus start), event, reason ("censored", the stop reason, or
        "unknown" where a stopped course names none). A course without start, or that starts after the data
        cut, has NA.

    Examples
    --------
    >>> courses = pd.DataFrame({"start_date": ["2024-01-01", "2024-01-01"], "stop_date": ["2024-01-31", None],
    ...                         "stop_reason": ["adverse_event", None]})
    >>> derive_drug_survival(courses, data_cut="2024-03-01")[["time", "reason"]].values.tolist()
    [[30.0, 'adverse_event'], [60.0, 'censored']]
    """
    began, ended, cut = pd.to_datetime(courses[start]), pd.to_datetime(courses[stop]), pd.Timestamp(data_cut)
    if (ended < began).any():
        raise ValueError(
            f"{int((ended < began).sum())} courses stop before they start: correct {start!r} or {stop!r}"
        )
    stopped = (ended <= cut) & ~courses[reason].isin(list(not_failure))
    days = (ended.fillna(cut).clip(upper=cut) - began).dt.days.astype(float)
    known = days.notna() & (days >= 0)
    why = pd.Series(
        np.where(stopped, courses[reason].fillna("unknown"), "censored"), index=courses.index, dtype=object
    )
    return courses.assign(
        time=days.where(known),
        event=stopped.astype("boolean").mask(~known),
        reason=why.astype("string").mask(~known),
    )
