"""Adverse events by drug in an observational cohort: was the subject on the drug, or shortly off it, at onset?

Courses are half-open, from the start to the first day without the drug. Attribution is worst-case only: an event
is counted for every drug whose window holds it, so the columns of a table by drug do not add up to the events, and
no drug is blamed by it. Windows of the same drug or class are joined before days are counted.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.exposure import union
from analysis.language import mark
from analysis.safety.person_time import event_rates
from analysis.shapes import dates_of


def derive_windows(
    treatments: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    by: str,
    lag_days: Any,
    opens: str = "enrol_date",
    closes: str = "last_contact_date",
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Windows of exposure under observation: one row per subject, drug (or class) and unbroken window.

    Parameters
    ----------
    treatments : DataFrame
        Drug courses with start_date and stop_date; a missing start is taken as before observation, a missing stop
        as still running (worst case).
    subjects : DataFrame
        One row per subject with the first and last day of observation.
    by : str
        Column of `treatments` to attribute to: drug, class or moa. Courses without it are "(not coded)".
    lag_days : float or mapping
        Days after the end of a course on which it still counts [P]; a mapping gives them per value of `by`.

    Returns
    -------
    DataFrame
        subject, `by`, start, stop (half-open), days.

    Examples
    --------
    >>> courses = pd.DataFrame({"subject_id": ["1"], "class": ["bDMARD"], "start_date": ["2024-01-01"],
    ...                         "stop_date": ["2024-02-01"]})
    >>> subjects = pd.DataFrame({"subject_id": ["1"], "enrol_date": ["2024-01-11"],
    ...                          "last_contact_date": ["2024-12-31"]})
    >>> derive_windows(courses, subjects, by="class", lag_days=30)["days"].tolist()
    [51]
    """
    label = treatments[by].astype(object).fillna(mark("(not coded)"))
    lag = label.map(lag_days) if isinstance(lag_days, dict) else pd.Series(lag_days, index=treatments.index)
    if lag.isna().any():
        raise KeyError(f"lag_days names no lag for {sorted(label[lag.isna()].unique())}")
    span = subjects.set_index(subject)
    enrolled = dates_of(treatments[subject], span[opens])
    last_day = dates_of(treatments[subject], span[closes]) + pd.Timedelta(days=1)
    after = pd.to_datetime(treatments["stop_date"]) + pd.to_timedelta(lag, unit="D")
    begun = (
        pd.to_datetime(treatments["start_date"]).fillna(enrolled).where(lambda day: day > enrolled, enrolled)
    )
    over = after.fillna(last_day).where(lambda day: day < last_day, last_day)
    clipped = pd.DataFrame({subject: treatments[subject], by: label, "start": begun, "stop": over})
    return _joined(clipped.loc[clipped["start"] < clipped["stop"]], by, subject)


def attribute_to_courses(
    adverse_events: pd.DataFrame,
    windows: Any,
    *,
    by: Any,
    onset: str = "onset_date",
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """One row per event and drug (or class) whose window holds the onset; "none" where there was no exposure.

    Examples
    --------
    >>> windows = pd.DataFrame({"subject_id": ["1"], "class": ["bDMARD"], "start": pd.to_datetime(["2024-01-11"]),
    ...                         "stop": pd.to_datetime(["2024-03-02"])})
    >>> events = pd.DataFrame({"subject_id": ["1", "1"], "onset_date": pd.to_datetime(["2024-03-01", "2024-03-02"])})
    >>> attribute_to_courses(events, windows, by="class")["class"].tolist()
    ['bDMARD', 'none']
    """
    if by in adverse_events:
        raise ValueError(f"adverse_events already has a column {by!r}: rename it")
    numbered = adverse_events.assign(_event=range(len(adverse_events)))
    paired = numbered.merge(windows, on=subject, how="inner")
    held = paired.loc[(paired[onset] >= paired["start"]) & (paired[onset] < paired["stop"])]
    alone = numbered.loc[~numbered["_event"].isin(held["_event"])].assign(**{by: "none"})
    both = pd.concat([held[[*numbered.columns, by]], alone])
    return both.sort_values(["_event", by], ignore_index=True).drop(columns="_event")


def summarise_attributed(
    attributed: Any,
    windows: Any,
    *,
    by: Any,
    confidence_level: float,
    per: float = 100.0,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Event rate per drug (or class): all events attributed to it over all its days under observation.

    Returns
    -------
    DataFrame
        As `event_rates`, one row per value of `by`; events without exposure ("none") have no days and no rate.

    Examples
    --------
    >>> windows = pd.DataFrame({"subject_id": ["1"], "class": ["bDMARD"], "days": [365.25]})
    >>> attributed = pd.DataFrame({"subject_id": ["1", "1"], "class": ["bDMARD", "none"]})
    >>> summarise_attributed(attributed, windows, by="class", confidence_level=0.95)["estimate"].tolist()
    [100.0]
    """
    days = windows.groupby([by, subject], as_index=False)["days"].sum()
    key = days[by].astype(str) + "\x1f" + days[subject].astype(str)
    exposed = days.assign(_key=key)
    own = attributed.loc[attributed[by] != "none"]
    events = pd.DataFrame({"_key": own[by].astype(str) + "\x1f" + own[subject].astype(str)})
    return event_rates(
        events, exposed, confidence_level=confidence_level, group=by, days="days", per=per, subject="_key"
    )


def _joined(clipped, by, subject):
    """Join windows of one subject and drug that touch or overlap."""
    parts = [
        union(part[[subject, "start", "stop"]].rename(columns={subject: "subject_id"})).assign(**{by: name})
        for name, part in clipped.groupby(by)
    ]
    if not parts:
        return clipped.assign(days=pd.Series(dtype="int64"))
    windows = pd.concat(parts, ignore_index=True).rename(columns={"subject_id": subject})
    return windows[[subject, by, "start", "stop"]].assign(days=(windows["stop"] - windows["start"]).dt.days)
