"""Dates in their order: life, disease and study; start and stop; visits; swaps that would put them right."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.membership import looked_up
from analysis.read import rules, windows

# Subject-level dates in the order they must have; equal dates are in order.
ORDER = (
    ("birth_date", "disease_onset_date"),
    ("disease_onset_date", "dx_date"),
    ("dx_date", "consent_date"),
    ("birth_date", "consent_date"),
    ("consent_date", "baseline_date"),
    ("baseline_date", "discontinuation_date"),
    ("baseline_date", "last_contact_date"),
    ("consent_date", "death_date"),
)


def span(rows: pd.DataFrame, name: str) -> tuple[pd.Series, pd.Series]:
    """The first and last day a date can mean: one day, or the month or year of a partial date.

    Parameters
    ----------
    rows : DataFrame
        With the date column, holding the first possible day, and its precision column (D, M, Y) where it has one.

    Returns
    -------
    (Series, Series) of datetime64
    """
    first = rows[name]
    precision = rows.get(f"{name.removesuffix('_date')}_precision")
    if precision is None:
        return first, first
    month_end = first + pd.offsets.MonthEnd(0)
    year_end = pd.to_datetime(first.dt.year.map("{:.0f}-12-31".format, na_action="ignore"), errors="coerce")
    last = first.mask(precision.eq("M").fillna(False), month_end).mask(
        precision.eq("Y").fillna(False), year_end
    )
    return first, last


def subject_order(subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Pairs of a subject's dates that cannot be in their order, however their unknown parts are filled in."""
    found = []
    for before, after in ORDER:
        if before in subjects and after in subjects:
            first, _ = span(subjects, before)
            _, last = span(subjects, after)
            rows = subjects.index[first > last]
            text = f"{before} lies after {after}"
            found.append(rules.finding(rows, after, "D7", rules.shown_days(last[rows]), "", text))
    return found


def start_stop(
    rows: pd.DataFrame, subjects: pd.DataFrame, *, earliest: str | None = None, half_open: bool = False
) -> list[pd.DataFrame]:
    """Stops before starts; where swapping the two fits all else known, the swap is proposed, not applied.

    `earliest` names a date of the subject before which nothing of this table can start; `half_open` says that a stop
    is the first day without, as for drug courses.
    """
    if not {"start_date", "stop_date"} <= set(rows):
        return []
    start, stop = rows["start_date"], rows["stop_date"]
    _, last_stop = span(rows, "stop_date")
    wrong = start > last_stop
    people = subjects.set_index("subject_id")
    last_day = start - pd.Timedelta(days=int(half_open))
    swap = wrong & _fits(rows, people, stop, last_day, earliest)
    shown, proposed = rules.shown_days(start), rules.shown_days(stop)
    raw, new = shown + " to " + proposed, proposed + " to " + shown
    found = [rules.finding(rows.index[swap], "start_date", "D8", raw[swap], new[swap])]
    rest = rows.index[wrong & ~swap]
    found.append(rules.finding(rest, "start_date", "D7", raw[rest], "", "start_date lies after stop_date"))
    if "ongoing" in rows:
        both = rows.index[rows["ongoing"].fillna(False).astype(bool) & stop.notna()]
        text = "is ongoing and has a stop date"
        found.append(rules.finding(both, "stop_date", "D7", proposed[both], "", text))
    return found


def _fits(rows, people: pd.DataFrame, start: pd.Series, stop: pd.Series, earliest: str | None) -> pd.Series:
    """Whether dates agree with birth, an earliest day, last contact and death."""
    fits = pd.Series(True, index=rows.index)
    for name, early in (
        ("birth_date", True),
        (earliest, True),
        ("death_date", False),
        ("last_contact_date", False),
    ):
        if name in people:
            limit = looked_up(rows["subject_id"], people[name])
            fits &= ~((start < limit) if early else (stop > limit))
    return fits


def after_death(rows: pd.DataFrame, subjects: pd.DataFrame, name: str) -> list[pd.DataFrame]:
    """Rows dated after the subject's death."""
    if "death_date" not in subjects or name not in rows:
        return []
    death = looked_up(rows["subject_id"], subjects.set_index("subject_id")["death_date"])
    late = rows.index[rows[name] > death]
    return [rules.finding(late, name, "S9", rules.shown_days(rows.loc[late, name]))]


def before_consent(visits: pd.DataFrame, subjects: pd.DataFrame) -> list[pd.DataFrame]:
    """Visits dated before consent."""
    if "consent_date" not in subjects or "visit_date" not in visits:
        return []
    consent = looked_up(visits["subject_id"], subjects.set_index("subject_id")["consent_date"])
    early = visits.index[visits["visit_date"] < consent]
    raw = rules.shown_days(visits.loc[early, "visit_date"])
    return [rules.finding(early, "visit_date", "D7", raw, "", "visit_date lies before consent_date")]


def visit_order(visits: pd.DataFrame, planned: Sequence) -> list[pd.DataFrame]:
    """Visits whose dates do not rise with their entered labels."""
    place = {visit.id: n for n, visit in enumerate(planned)}
    dated = visits.assign(place=visits["entered"].map(place)).dropna(subset=["place", "visit_date"])
    dated = dated.sort_values(["subject_id", "place"], kind="stable")
    before = dated.groupby("subject_id")["visit_date"].shift()
    wrong = dated.index[dated["visit_date"] < before]
    return [rules.finding(wrong, "visit_date", "V3", rules.shown_days(dated.loc[wrong, "visit_date"]))]


def day_month_swaps(visits: pd.DataFrame, planned: Sequence, day_one: Mapping) -> list[pd.DataFrame]:
    """Visits outside the window of their entered label that swapping day and month would bring into it."""
    limits = {visit.id: visit.window for visit in planned if visit.window}
    rows = visits[visits["entered"].isin(limits) & visits["visit_date"].notna()]
    first = rows["entered"].map({label: window[0] for label, window in limits.items()}).astype(float)
    last = rows["entered"].map({label: window[1] for label, window in limits.items()}).astype(float)
    outside = ~rows["day"].between(first, last) & rows["day"].notna() & rows["visit_date"].dt.day.le(12)
    rows, first, last = rows[outside], first[outside], last[outside]
    when = rows["visit_date"]
    parts = {"year": when.dt.year, "month": when.dt.day, "day": when.dt.month}
    swapped = pd.to_datetime(pd.DataFrame(parts, index=rows.index)).astype("datetime64[us]")
    start = looked_up(rows["subject_id"], day_one).astype("datetime64[us]")
    day = windows.study_day(swapped, start)
    hit = rows.index[day.between(first, last)]
    raw, new = rules.shown_days(when[hit]), rules.shown_days(swapped[hit])
    return [rules.finding(hit, "visit_date", "D9", raw, new)]


def outside_window(visits: pd.DataFrame) -> list[pd.DataFrame]:
    """Visits whose entered label and date do not agree, visits without a date, doubles and open baselines."""
    entered, label, status = visits["entered"], visits["visit_label"], visits["window_status"]
    raw = rules.shown_days(visits["visit_date"]) if "visit_date" in visits else pd.Series("", visits.index)
    off = status.isin(["early", "late"])
    moved = (
        status.eq("in") & entered.notna() & ~entered.str.startswith("UNS").fillna(False) & label.ne(entered)
    )
    lost = status.eq("unscheduled") & entered.notna() & ~entered.str.startswith("UNS").fillna(True)
    double = status.eq("dup_not_used")
    found = [
        rules.finding(visits.index[off], "visit_date", "V1", raw[off], "", "outside the window of its label"),
        rules.finding(
            visits.index[moved], "visit_date", "V1", entered[moved], label[moved], "entered as another visit"
        ),
        rules.finding(
            visits.index[lost], "visit_date", "V1", entered[lost], "UNS", "in no window of a planned visit"
        ),
        rules.finding(visits.index[double], "visit_date", "V4", raw[double]),
        rules.finding(visits.index[visits["open"]], "visit_date", "V2", raw[visits["open"]]),
    ]
    if "visit_date" in visits and visits["visit_date"].notna().any():
        undated = visits["visit_date"].isna() & ~_says_why(visits)
        found.append(rules.finding(visits.index[undated], "visit_date", "V5", ""))
    return found


def _says_why(visits: pd.DataFrame) -> np.ndarray | pd.Series:
    """Whether a visit without a date is known not to have taken place."""
    reason = visits["missing_reason"].notna() if "missing_reason" in visits else False
    done = visits["visit_done"].eq(False).fillna(False) if "visit_done" in visits else False
    return pd.Series(False, index=visits.index) | reason | done
