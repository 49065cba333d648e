"""Exposure-adjusted incidence: all events, and first events, per 100 person-years with exact limits.

Limits are `rates.poisson_exact` (Garwood F. Biometrika 1936;28:437-42, doi:10.1093/biomet/28.3-4.437).
"""

from collections.abc import Sequence
from datetime import date

import pandas as pd

from analysis import rates
from analysis.language import mark, tr

DAYS_PER_YEAR = 365.25


def derive_person_time(
    subjects: pd.DataFrame,
    *,
    first: str = "first_dose_date",
    last: str = "last_dose_date",
    data_cut: date | None = None,
    days: str = "days_at_risk",
) -> pd.DataFrame:
    """Add the days at risk: last minus first day plus one.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    first, last : str
        Columns with the first and last day at risk.
    data_cut : date, optional
        Last day of observation, taken where `last` is missing or later. Without it a missing last day gives NaN.

    Raises
    ------
    ValueError
        Where the last day comes before the first.

    Examples
    --------
    >>> subjects = pd.DataFrame({"first_dose_date": ["2024-01-01"], "last_dose_date": ["2024-06-16"]})
    >>> derive_person_time(subjects)["days_at_risk"].tolist()
    [168.0]
    """
    begins, ends = pd.to_datetime(subjects[first]), pd.to_datetime(subjects[last])
    if data_cut is not None:
        ends = ends.fillna(pd.Timestamp(data_cut)).clip(upper=pd.Timestamp(data_cut))
    at_risk = (ends - begins).dt.days + 1.0
    if (at_risk < 1).any():
        raise ValueError(
            f"{int((at_risk < 1).sum())} subjects have {last!r} before {first!r}: correct the dates"
        )
    return subjects.assign(**{days: at_risk})


def event_rates(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    confidence_level: float,
    group: str | None = None,
    days: str = "days_at_risk",
    per: float = 100.0,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Rate of events, every event counted: events over all time at risk.

    Parameters
    ----------
    adverse_events : DataFrame
        The events that count, one row each.
    subjects : DataFrame
        The safety set with the days at risk; the denominator.
    group : str, optional
        Column of `subjects` to report by.
    per : float
        Person-years the rate is given for.

    Returns
    -------
    DataFrame
        One row per group: n, n_missing (subjects without known time at risk; they and their events take no part),
        n_subjects (with an event), events, person_years, estimate, conf_low, conf_high, method. No event in no
        time gives NaN; events in no time are an error.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": list("abcd"), "days_at_risk": [168.0] * 4})
    >>> events = pd.DataFrame({"subject_id": ["a", "a", "b"]})
    >>> event_rates(events, subjects, confidence_level=0.95)["estimate"].round(2).tolist()
    [163.06]
    """
    check_members(adverse_events, subjects, subject)
    counted = subjects.assign(
        events=subjects[subject].map(adverse_events[subject].value_counts()).fillna(0), time=subjects[days]
    )
    return _rates(counted, group, confidence_level, per, mark("Rate of all events"))


def first_event_rates(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    confidence_level: float,
    first: str = "first_dose_date",
    onset: str = "onset_date",
    group: str | None = None,
    days: str = "days_at_risk",
    per: float = 100.0,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Incidence rate of first events: subjects with an event over the time to the first one, or to the end.

    Parameters as in `event_rates`; `first` is the first day at risk, `onset` the date of the event (see
    `derive_emergence`). The day of the event counts. An event after the days at risk (in the residual period)
    counts with all days at risk.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["a", "b"], "first_dose_date": ["2024-01-01"] * 2,
    ...                          "days_at_risk": [168.0] * 2})
    >>> events = pd.DataFrame({"subject_id": ["a", "a"], "onset_date": ["2024-01-31", "2024-02-09"]})
    >>> round(first_event_rates(events, subjects, confidence_level=0.95)["person_years"].item() * 365.25)
    199
    """
    check_members(adverse_events, subjects, subject)
    dates = pd.to_datetime(adverse_events[onset])
    if dates.isna().any():
        raise ValueError(f"{int(dates.isna().sum())} events have no {onset!r}: place incomplete dates first")
    first_onset = dates.groupby(adverse_events[subject]).min().reindex(subjects[subject])
    earliest = first_onset.set_axis(subjects.index)
    until = (earliest - pd.to_datetime(subjects[first])).dt.days + 1.0
    if (until < 1).any():
        raise ValueError(
            f"{int((until < 1).sum())} subjects have an event before {first!r}: it is not emergent"
        )
    known = subjects[days]
    counted = subjects.assign(
        events=earliest.notna().astype(float), time=until.where(until < known, known).where(known.notna())
    )
    return _rates(counted, group, confidence_level, per, mark("Incidence rate of first events"))


def check_members(adverse_events: pd.DataFrame, subjects: pd.DataFrame, subject: str | Sequence[str]) -> None:
    """Subjects once each, events only of them; otherwise a count and a few ids."""
    if subjects[subject].duplicated().any():
        twice = subjects.loc[subjects[subject].duplicated(), subject]
        some = ", ".join(map(str, twice.unique()[:5]))
        raise ValueError(
            f"subjects: {twice.nunique()} occur more than once, in more than one row ({some}); keep one row of each"
        )
    outside = ~adverse_events[subject].isin(subjects[subject])
    if outside.any():
        some = adverse_events.loc[outside, subject].unique()[:5].tolist()
        raise ValueError(f"{int(outside.sum())} events belong to subjects outside the safety set: {some}")


def _rates(counted, group, confidence_level, per, name):
    """One row per group with exact limits."""
    if (counted["time"] <= 0).any():
        raise ValueError(f"{int((counted['time'] <= 0).sum())} subjects have no day at risk: leave them out")
    if group and counted[group].isna().any():
        raise ValueError(f"{int(counted[group].isna().sum())} subjects have no {group!r}")
    grouped = counted.groupby(group, observed=False) if group and len(counted) else [("all", counted)]
    return pd.DataFrame(
        [{group or "group": key, **_one_rate(part, confidence_level, per, name)} for key, part in grouped]
    )


def _one_rate(part, confidence_level, per, name):
    """Events, person-years and their rate for one group."""
    part = part[["events", "time"]].astype("float64")  # of nobody, they would be text
    known = part.loc[part["time"].notna()]
    events, years = int(known["events"].sum()), float(known["time"].sum()) / DAYS_PER_YEAR
    rate = rates.poisson_exact(events, years, confidence_level=confidence_level, per=per)
    return {
        "n": len(part),
        "n_missing": len(part) - len(known),
        "n_subjects": int((known["events"] > 0).sum()),
        "events": events,
        "person_years": years,
        "estimate": float(rate.estimate),
        "conf_low": float(rate.conf_low),
        "conf_high": float(rate.conf_high),
        "method": tr(
            "{name} per {per:g} person-years, exact Poisson {confidence_level:.0%} interval (Garwood)",
            name=name,
            per=per,
            confidence_level=confidence_level,
        ),
    }
