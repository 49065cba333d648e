"""Who could have been seen at each visit by the cut-off: one rule for the denominators of every study.

A visit is due for a participant when its window has closed by the last day of observation, or when the visit took
place: who was seen in a window that is still open counts, with the values recorded there. Who left, died or was lost
stays due: a missing value is then missing, not "not yet".
"""

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from analysis.language import commas, inside, tr
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study


def last_day(
    subjects: pd.DataFrame, visits: pd.DataFrame | None = None, *, data_cut: str | date | None
) -> pd.Timestamp | None:
    """The day up to which the report knows: its data cut, else the last day on which anybody was heard of.

    A report without a data cut is no report on a study that is over: who has not come yet may still come.

    Parameters
    ----------
    subjects : DataFrame
        `last_contact_date`, where it is recorded.
    visits : DataFrame, optional
        `visit_date`, where it is recorded.
    data_cut : date, str or None
        The data cut.

    Returns
    -------
    Timestamp or None
        None where the data carry no dates.

    Examples
    --------
    >>> subjects = pd.DataFrame({"last_contact_date": pd.to_datetime(["2026-03-01", None])})
    >>> last_day(subjects, data_cut=None).date(), last_day(subjects, data_cut="2025-06-30").date()
    (datetime.date(2026, 3, 1), datetime.date(2025, 6, 30))
    """
    if data_cut:
        return pd.Timestamp(data_cut)
    known = [(subjects, "last_contact_date")] + ([] if visits is None else [(visits, "visit_date")])
    dates = [pd.to_datetime(table[name]).max() for table, name in known if name in table]
    return max((day for day in dates if pd.notna(day)), default=None)


def flag_closed(start: pd.Series, *, study: "Study", until: pd.Timestamp | str | None) -> pd.DataFrame:
    """Whether the window of each visit had closed by the last day of observation.

    Parameters
    ----------
    start : Series
        Day 1 (`baseline_date`) by participant.
    study : analysis.study.Study
        Visits with windows in study days; day 1 is baseline, there is no day 0.
    until : Timestamp, str or None
        Last day of observation, from `last_day`; None: the data carry no dates, and every visit is due.

    Returns
    -------
    DataFrame
        Booleans by participant (index) and visit (columns). A visit without a window has closed for everybody; a
        participant without a day 1 has no closed window.
    """
    first = pd.to_datetime(start)
    closed = {}
    for visit in study.visits:
        if visit.window is None or until is None:
            closed[visit.id] = pd.Series(True, index=start.index)
            continue
        last = visit.window[1]
        closes = first + pd.to_timedelta(last - 1 if last > 0 else last, unit="D")
        closed[visit.id] = closes.le(pd.Timestamp(until)) & first.notna()
    return pd.DataFrame(closed)


def flag_seen(visits: pd.DataFrame, ids: pd.Index, *, study: "Study") -> pd.DataFrame:
    """Whether each visit took place: it has a date, or is marked as done.

    Parameters
    ----------
    visits : DataFrame
        `subject_id`, `visit_id`, `visit_date` and, where collected, `visit_done`: what was recorded by the last day
        of observation.
    ids : Index
        Participants.
    study : analysis.study.Study
        Visits.

    Returns
    -------
    DataFrame
        Booleans by participant (index) and visit (columns).
    """
    took_place = pd.Series(False, index=visits.index)
    if "visit_date" in visits:
        took_place = visits["visit_date"].notna()
    if "visit_done" in visits:
        took_place = took_place | visits["visit_done"].astype("boolean").fillna(False)
    held = visits[took_place.astype(bool)]
    seen = {
        visit.id: among(ids, held.loc[held["visit_id"].eq(visit.id), "subject_id"]) for visit in study.visits
    }
    return pd.DataFrame(seen, index=ids)


def flag_due(start: pd.Series, visits: pd.DataFrame, *, study: "Study", until: pd.Timestamp) -> pd.DataFrame:
    """Whether each visit is due: its window has closed by the last day of observation, or it took place.

    Parameters
    ----------
    start : Series
        Day 1 (`baseline_date`) by participant.
    visits : DataFrame
        As in `flag_seen`.
    study, until
        As in `flag_closed`.

    Returns
    -------
    DataFrame
        Booleans by participant (index) and visit (columns).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> study = SimpleNamespace(visits=[SimpleNamespace(id="W12", window=(57, 126))])
    >>> start = pd.Series(pd.to_datetime(["2024-01-01", "2024-02-01", "2024-02-01"]), index=["a", "b", "c"])
    >>> visits = pd.DataFrame(
    ...     {"subject_id": ["b"], "visit_id": ["W12"], "visit_date": pd.to_datetime(["2024-04-20"])}
    ... )
    >>> flag_due(start, visits, study=study, until="2024-05-05")["W12"].to_dict()
    {'a': True, 'b': True, 'c': False}
    """
    return flag_closed(start, study=study, until=until) | flag_seen(visits, start.index, study=study)


def count_early(due: pd.DataFrame, closed: pd.DataFrame) -> pd.Series:
    """How many are due at each visit only because they were seen in a window still open, by visit; none left out.

    Examples
    --------
    >>> due = pd.DataFrame({"W12": [True, True], "W24": [True, False]})
    >>> count_early(due, pd.DataFrame({"W12": [True, True], "W24": [False, False]})).to_dict()
    {'W24': 1}
    """
    early = (due & ~closed).sum()
    return early[early > 0].astype(int)


def describe_due(due: pd.DataFrame, closed: pd.DataFrame, *, study: "Study", visits: Collection[str]) -> str:
    """Footnote on the denominator: who is due, and how many were seen in a window still open.

    Parameters
    ----------
    due, closed : DataFrame
        As `flag_due` and `flag_closed` give them.
    study : analysis.study.Study
        Labels of the visits.
    visits : collection of str
        Visits of the table.
    """
    early = count_early(due, closed)
    shown = [visit for visit in study.visits if visit.id in visits and visit.id in early]
    counts = commas(tr("{n} at {visit}", n=early[visit.id], visit=inside(visit.label)) for visit in shown)
    return tr(
        "Due: the visit window had closed by then, or the visit took place. Seen in a window still open: {counts}.",
        counts=counts or tr("nobody"),
    )
