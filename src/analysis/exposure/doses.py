"""Daily dose over time from courses: a step function per subject, with the days whose dose is not known kept apart."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.exposure.dates import to_days
from analysis.exposure.intervals import covered, in_order, merged, subject_codes
from analysis.thresholds import DECIMALS, settle

UNITS = 10**DECIMALS  # doses are added up as whole hundred-millionths: sums are exact and return to zero


def dose_steps(courses: pd.DataFrame, dose: pd.Series, subjects: pd.Index) -> pd.DataFrame:
    """Add up the courses of each subject into a daily dose that is constant between changes.

    Parameters
    ----------
    courses : DataFrame
        From `analysis.exposure.courses`, filtered to the drugs that count.
    dose : Series
        Daily dose of each course, in one unit; NaN where it is not known.
    subjects : Index
        Subject ids.

    Returns
    -------
    DataFrame
        ``subject`` (position in `subjects`), ``start``, ``stop`` (day numbers, half-open), ``dose`` (NaN on days on
        which some course's dose, or whether it was taken at all, is not known), ``known`` (the doses that are known,
        added up: the least the daily dose can be). Days without any course have no row.
    """
    group = subject_codes(courses["subject_id"], subjects)
    return steps(group, courses, np.asarray(dose, dtype=float))


def steps(group: np.ndarray, courses: pd.DataFrame, dose: ArrayLike) -> pd.DataFrame:
    """Sweep over starts and stops; `group` tells whose doses are added up."""
    segment = _segments(group, courses, dose)
    day = np.concatenate([segment["start"], segment["stop"]])
    owner = np.tile(segment["group"], 2)
    order = in_order(owner, day)
    known = ~np.isnan(segment["dose"])
    sums = {
        name: np.cumsum(np.concatenate([value, -value])[order])
        for name, value in (
            ("dose", np.rint(np.where(known, segment["dose"], 0.0) * UNITS).astype(np.int64)),
            ("open", np.ones(len(known), dtype=np.int64)),
            ("unknown", (~known).astype(np.int64)),
        )
    }
    owner, day = owner[order], day[order]
    last = np.append((owner[1:] == owner[:-1]) & (day[1:] > day[:-1]), False)
    kept = np.flatnonzero(last & (sums["open"] > 0))
    least = sums["dose"][kept] / UNITS
    value = np.where(sums["unknown"][kept] > 0, np.nan, least)
    ends = {"start": day[kept], "stop": day[kept + 1]}
    return pd.DataFrame({"subject": owner[kept]} | ends | {"dose": value, "known": least})


def _segments(group, courses, dose):
    """Split courses into what is certain, with its dose, and the doubtful days before and after, without one."""
    start_min, start_max, stop_min, stop_max = (
        courses[covered(courses, name)].to_numpy().astype(np.int64)
        for name in ("start_min", "start_max", "stop_min", "stop_max")
    )
    sure_stop = np.maximum(stop_min, start_max)
    before, after = np.minimum(start_max, stop_max), np.maximum(np.minimum(sure_stop, stop_max), start_min)
    parts = [
        (start_max, sure_stop, dose),
        (start_min, before, np.full(len(dose), np.nan)),
        (after, stop_max, np.full(len(dose), np.nan)),
    ]
    start, stop, value = (np.concatenate([part[i] for part in parts]) for i in range(3))
    kept = stop > start
    return {"group": np.tile(group, 3)[kept], "start": start[kept], "stop": stop[kept], "dose": value[kept]}


def dose_at_index(courses: pd.DataFrame, dose: ArrayLike, index_date: pd.Series) -> pd.Series:
    """Give the daily dose on the day before the index date; 0 without a course on that day, NaN where not known.

    Parameters as in `dose_steps`; `index_date` by subject id.
    """
    found = dose_steps(courses, dose, index_date.index)
    end = to_days(index_date)
    current = found[found["stop"].to_numpy() == end[found["subject"].to_numpy()]]
    result = np.zeros(len(end))
    result[current["subject"].to_numpy()] = current["dose"].to_numpy()
    return pd.Series(result, index=index_date.index).where(index_date.notna())


def days_at_dose(
    courses: pd.DataFrame, dose: ArrayLike, index_date: pd.Series, *, at_least: float
) -> pd.DataFrame:
    """Count the days without a break, up to the index date, on which the daily dose reached a level.

    Parameters
    ----------
    courses, dose, index_date
        As in `dose_steps`; `index_date` by subject id.
    at_least : float
        Daily dose, in the unit of `dose`.

    Returns
    -------
    DataFrame
        By subject: ``days_min`` (an unknown dose counted as nothing), ``days_max`` (counted as enough). Doses only add
        up, so a known one that reaches the level decides, whatever is given beside it.
    """
    found = dose_steps(courses, dose, index_date.index)
    reached = settle(found["known"]) >= settle(at_least)
    sure, possible = (
        _run(found[which], to_days(index_date)) for which in (reached, reached | found["dose"].isna())
    )
    return pd.DataFrame({"days_min": sure, "days_max": possible}, index=index_date.index)


def _run(found, end):
    """Give for each group the length of the unbroken stretch that ends on its last day."""
    group, start, stop = merged(
        found["subject"].to_numpy(), found["start"].to_numpy(), found["stop"].to_numpy()
    )
    current = stop == end[group]
    days = np.zeros(len(end), dtype=np.int64)
    days[group[current]] = stop[current] - start[current]
    return days


def stable_dose_days(
    courses: pd.DataFrame, index_date: pd.Series, *, dose_columns: list[str], same_dose: str = "daily"
) -> pd.DataFrame:
    """Count, for each subject and drug, the days up to the index date on an unchanged dose.

    Parameters
    ----------
    courses : DataFrame
        From `analysis.exposure.courses`, with ``drug`` and `dose_columns`. A change of dose is a new row.
    index_date : Series of datetime
        By subject id.
    dose_columns : list of str
        Columns with dose, unit and frequency, in this order; the latter two where collected. Without a dose it is not
        known.
    same_dose : {"daily", "each", "written"}
        When two doses are the same: equal amount a day, equal amount as often, or equal words.

    Returns
    -------
    DataFrame
        One row a subject and drug taken on the last day before the index date, or possibly so: ``subject_id``,
        ``drug``, ``days_min`` (unknown doses counted as a change), ``days_max`` (counted as no change).
    """
    subjects = index_date.index
    owner = subject_codes(courses["subject_id"], subjects).astype(np.int64)
    drug = pd.factorize(courses["drug"], use_na_sentinel=False)[0]
    group, _ = pd.factorize(owner * (drug.max(initial=0) + 1) + drug)
    _, first = np.unique(group, return_index=True)  # the row that a subject's drug is first met in
    found = steps(group, courses, _dose_marks(courses, list(dose_columns), same_dose))
    end = to_days(index_date)[owner[first]]
    final = found.dropna(subset="dose").groupby("subject")["dose"].last().reindex(found["subject"]).to_numpy()
    same, unknown = found["dose"].to_numpy() == final, found["dose"].isna().to_numpy()
    days = {"days_min": _run(found[same], end), "days_max": _run(found[same | unknown], end)}
    rows = pd.DataFrame(
        {"subject_id": subjects.take(owner[first]), "drug": courses["drug"].array.take(first)}
    )
    return rows.assign(**days).query("days_max > 0").reset_index(drop=True)


def _dose_marks(courses, dose_columns, same_dose):
    """Give each distinct dose a number such that sums of different sets of doses differ."""
    from analysis import drugs

    if dose_columns[0] not in courses:
        raise KeyError(
            f"treatments has no column {dose_columns[0]!r}, needed to tell whether the dose changed"
        )
    names = dict(zip(dose_columns, ("dose", "dose_unit", "frequency")))
    written = courses[[name for name in dose_columns if name in courses]].rename(columns=names)
    codes, texts = pd.factorize(drugs.dose_keys(written, same=same_dose), use_na_sentinel=True)
    marks = (pd.util.hash_array(np.asarray(texts, dtype=object)) >> np.uint64(32)).astype(float)
    return np.append(marks, np.nan)[codes]
