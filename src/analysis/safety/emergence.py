"""Which adverse events count: treatment-emergent ones, or those that arose under observation.

Incomplete dates are placed so that an event is rather counted than lost (clinical reference C.1): day unknown is
the first of the month, or the first dose where that falls into the month; month unknown likewise within the year;
nothing known is the first dose, unless the event had ended before it. A stop that lies before the start is a
contradiction and ends nothing: the start decides.
"""

from collections.abc import Sequence

import pandas as pd

from analysis.language import mark

STARTED, WORSENED, WORSENED_UNDATED = (
    mark("started within"),
    mark("worsened within"),
    mark("worsened, date unknown"),
)
BEFORE, ENDED, AFTER, UNKNOWN = (
    mark("before window"),
    mark("ended before window"),
    mark("after window"),
    mark("no window"),
)


def derive_emergence(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    residual_days: float,
    worsened: str | None = None,
    first_dose: str = "first_dose_date",
    last_dose: str = "last_dose_date",
    first_dose_time: str | None = None,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Flag treatment-emergent adverse events (ICH E9): begun, or worse, from the first dose on.

    Parameters
    ----------
    adverse_events : DataFrame
        subject_id, start_date, and where collected start_precision (D, M, Y), start_time (HH:MM), stop_date,
        stop_precision, ctcae_grade_max, baseline_grade (grade before treatment of a pre-existing condition).
    subjects : DataFrame
        One row per subject with first and last dose. No last dose: still treated, the window is open.
    residual_days : float
        Days after the last dose on which an event still counts [P]; 28 after subcutaneous abatacept is the
        proposal of the reference, five half-lives the alternative.
    worsened : str, optional
        Column with the date on which a pre-existing condition worsened. Without a date a condition that became
        worse counts.
    first_dose_time : str, optional
        Column of `subjects` with the time (HH:MM) of the first dose. Where both times are known an event earlier
        on the same day is not emergent; otherwise the day of the first dose counts.

    Returns
    -------
    DataFrame
        The events with start_imputed (date), start_imputation (none, day, month, all), onset_date (start, or when
        it worsened), teae (boolean; NA for a subject without first dose) and teae_reason.

    References
    ----------
    ICH E9 Statistical Principles for Clinical Trials, 1998, glossary.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["1"], "first_dose_date": ["2024-03-10"],
    ...                          "last_dose_date": ["2024-08-25"]})
    >>> events = pd.DataFrame({"subject_id": ["1"] * 3, "start_precision": ["D", "M", "D"],
    ...                        "start_date": ["2024-03-09", "2024-03-01", "2024-10-01"]})
    >>> derive_emergence(events, subjects, residual_days=28)["teae"].tolist()
    [False, True, False]
    """
    window = subjects[[subject]].assign(
        opens=pd.to_datetime(subjects[first_dose]),
        closes=pd.to_datetime(subjects[last_dose]) + pd.Timedelta(days=residual_days),
        time=subjects[first_dose_time] if first_dose_time else pd.NA,
    )
    return _derive(adverse_events, window, flag="teae", worsened=worsened, subject=subject)


def derive_under_observation(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    opens: str = "enrol_date",
    closes: str = "last_contact_date",
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Flag adverse events that arose or worsened under observation: the rule of a cohort without study drug.

    As `derive_emergence`, with the window from `opens` to `closes` (both days count; no last day: open) and the
    columns under_observation and under_observation_reason. Attribution to drugs is by `attribute_to_courses`.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["1"], "enrol_date": ["2024-03-10"], "last_contact_date": [None]})
    >>> events = pd.DataFrame({"subject_id": ["1"], "start_date": ["2024-03-10"]})
    >>> derive_under_observation(events, subjects)["under_observation"].tolist()
    [True]
    """
    window = subjects[[subject]].assign(
        opens=pd.to_datetime(subjects[opens]), closes=pd.to_datetime(subjects[closes]), time=pd.NA
    )
    return _derive(adverse_events, window, flag="under_observation", worsened=None, subject=subject)


def _derive(adverse_events, window, *, flag, worsened, subject):
    """Place each event in its subject's window and say why it counts or not."""
    if window[subject].duplicated().any():
        some = window.loc[window[subject].duplicated(), subject].tolist()[:5]
        raise ValueError(f"subjects must have one row each: {some} have more")
    own = window.set_index(subject).reindex(adverse_events[subject]).set_axis(adverse_events.index)
    opens, closes = own["opens"], own["closes"].fillna(pd.Timestamp.max.normalize())
    ended = _ended(adverse_events, opens)
    start, imputation = _impute_start(adverse_events, opens, ended)
    early = (start < opens) | _earlier_that_day(adverse_events, start, own)
    moved = _date(adverse_events, worsened)
    pre_existing = early & _worse(adverse_events, moved)
    reason = pd.Series(STARTED, index=adverse_events.index, dtype="string")
    reason = reason.mask(start > closes, AFTER).mask(early, BEFORE)
    reason = reason.mask(pre_existing & moved.isna(), WORSENED_UNDATED)
    reason = reason.mask(pre_existing & (moved >= opens) & (moved <= closes), WORSENED)
    reason = reason.mask(ended, ENDED).mask(opens.isna(), UNKNOWN)
    counts = reason.isin([STARTED, WORSENED, WORSENED_UNDATED]).astype("boolean").mask(opens.isna())
    onset = start.mask(reason.eq(WORSENED), moved).mask(reason.eq(WORSENED_UNDATED), opens)
    return adverse_events.assign(
        start_imputed=start,
        start_imputation=imputation,
        onset_date=onset,
        **{flag: counts, f"{flag}_reason": reason},
    )


def _impute_start(adverse_events, opens, ended):
    """Start date with unknown parts placed conservatively, and which part was unknown."""
    recorded, precision = _date(adverse_events, "start_date"), _precision(adverse_events, "start")
    month_start = recorded.dt.to_period("M").dt.start_time
    year_start = recorded.dt.to_period("Y").dt.start_time
    same_year = recorded.dt.year == opens.dt.year
    same_month = same_year & (recorded.dt.month == opens.dt.month)
    placed = recorded.mask(precision == "M", month_start.mask(same_month & ~ended, opens))
    placed = placed.mask(precision == "Y", year_start.mask(same_year & ~ended, opens))
    placed = placed.mask(recorded.isna() & ~ended, opens)
    imputation = precision.map({"D": "none", "M": "day", "Y": "month"}).mask(recorded.isna(), "all")
    return placed, imputation.astype("string")


def _ended(adverse_events, opens):
    """Whether an event had ended before the window; a stop before the earliest possible start says nothing."""
    stop = _latest_stop(adverse_events)
    return (stop < opens) & ~(stop < _date(adverse_events, "start_date"))


def _latest_stop(adverse_events):
    """Last day on which an event can have ended, given how much of the date is known."""
    stop, precision = _date(adverse_events, "stop_date"), _precision(adverse_events, "stop")
    month_end = stop.dt.to_period("M").dt.end_time.dt.normalize()
    year_end = stop.dt.to_period("Y").dt.end_time.dt.normalize()
    return stop.mask(precision == "M", month_end).mask(precision == "Y", year_end)


def _worse(adverse_events, moved):
    """Whether a condition became worse: by its grades, or by a date of worsening where a grade is unknown."""
    change = _column(adverse_events, "ctcae_grade_max") - _column(adverse_events, "baseline_grade")
    return (change > 0) | (change.isna() & moved.notna())


def _earlier_that_day(adverse_events, start, own):
    """Whether an event of the first-dose day began before the dose, where both times are known."""
    if "start_time" not in adverse_events:
        return pd.Series(False, index=adverse_events.index)
    began = pd.to_timedelta(adverse_events["start_time"].astype("string") + ":00", errors="coerce")
    dosed = pd.to_timedelta(own["time"].astype("string") + ":00", errors="coerce")
    return (start == own["opens"]) & (began < dosed)


def _date(frame, column):
    """A date column without time, all missing where it was not collected."""
    if column is None or column not in frame:
        return pd.Series(pd.NaT, index=frame.index, dtype="datetime64[us]")
    return pd.to_datetime(frame[column]).dt.normalize()


def _precision(frame, stem):
    """How much of a date is known: D, M or Y; D where nothing is said."""
    column = f"{stem}_precision"
    known = (
        frame[column].astype("string") if column in frame else pd.Series(pd.NA, frame.index, dtype="string")
    )
    wrong = ~known.isin(["D", "M", "Y"]) & known.notna()
    if wrong.any():
        raise ValueError(f"{column} must be D, M or Y: {int(wrong.sum())} rows hold something else")
    return known.fillna("D")


def _column(frame, name):
    """A numeric column, all missing where it was not collected."""
    return frame[name].astype(float) if name in frame else pd.Series(float("nan"), index=frame.index)
