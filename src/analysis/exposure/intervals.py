"""Days covered by half-open intervals: union, overlap and wash-out per subject, without a loop over subjects.

One idea carries all of it. Intervals are sorted by subject and start, and a running maximum of the stops tells what
is already covered: an interval adds what lies beyond it. Subjects are kept apart by adding a multiple of a span longer
than any date, so that one running maximum serves all of them.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.exposure.dates import to_days

SPAN = np.int64(1) << 32


def added_days(group: np.ndarray, start: ArrayLike, stop: ArrayLike) -> np.ndarray:
    """Give the days each interval adds to those of its group that start before it (arrays)."""
    order, reach, start_key, before = _sweep(group, start, stop)
    added = np.empty(len(order), dtype=np.int64)
    added[order] = np.maximum(reach - np.maximum(start_key, before), 0)
    return added


def _sweep(group, start, stop):
    """Sort intervals by group and start; give order, running reach, start and reach of those before."""
    offset = np.asarray(group, dtype=np.int64) * SPAN
    start_key = offset + start
    order = np.argsort(start_key, kind="stable")
    start_key = start_key[order]
    reach = np.maximum.accumulate((offset + np.maximum(stop, start))[order])
    before = np.concatenate([np.full(min(1, len(reach)), np.iinfo(np.int64).min), reach[:-1]])
    return order, reach, start_key, before


def in_order(group: np.ndarray, *days: Any) -> np.ndarray:
    """Order rows by group (whole numbers from 0), then by day numbers; by one sort of one number where that fits."""
    low = min((int(values.min(initial=0)) for values in days), default=0)
    width = max((int(values.max(initial=0)) for values in days), default=0) - low + 1
    key = np.asarray(group, dtype=np.int64)
    if (int(key.max(initial=0)) + 1) * width ** len(days) >= 2**63:
        return np.lexsort((*reversed(days), key))
    for values in days:
        key = key * width + (values - np.int64(low))
    return np.argsort(key, kind="stable")


def merged(group: np.ndarray, start: ArrayLike, stop: ArrayLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Merge intervals that touch or overlap; give group, start, stop of what remains (arrays, sorted)."""
    kept = np.flatnonzero(np.asarray(stop) > np.asarray(start))
    group, start, stop = (np.asarray(values)[kept] for values in (group, start, stop))
    order, reach, start_key, before = _sweep(group, start, stop)
    opens = np.flatnonzero(start_key > before)
    ends = np.append(opens[1:], len(order)) - 1 if len(opens) else opens
    of = group[order][opens]
    return of, start[order][opens], reach[ends] - of.astype(np.int64) * SPAN


def union(intervals: pd.DataFrame) -> pd.DataFrame:
    """Merge the intervals of each subject into ones that neither touch nor overlap.

    Parameters
    ----------
    intervals : DataFrame
        ``subject_id``, ``start``, ``stop``: datetimes or whole day numbers, half-open. Empty ones vanish.

    Returns
    -------
    DataFrame
        The same three columns, sorted by subject (in order of appearance) and start.

    Examples
    --------
    Methotrexate and, overlapping it, leflunomide (A.22): 396 days, not the 487 of the two added.

    >>> both = pd.DataFrame({"subject_id": ["a", "a"],
    ...                      "start": pd.to_datetime(["2023-01-01", "2023-06-01"]),
    ...                      "stop": pd.to_datetime(["2023-08-31", "2024-02-01"])})
    >>> union(both).assign(days=lambda rows: (rows["stop"] - rows["start"]).dt.days)
      subject_id      start       stop  days
    0          a 2023-01-01 2024-02-01   396
    """
    codes, subjects = pd.factorize(intervals["subject_id"])
    ends = intervals[["start", "stop"]]
    dated = ends.dtypes.map(pd.api.types.is_datetime64_any_dtype).all()
    if ends.isna().any(axis=None):
        raise ValueError(
            f"{ends.isna().any(axis=1).sum()} intervals lack start or stop; bound them first (courses)"
        )
    numbers = {
        name: ends[name].to_numpy().astype("datetime64[D]").astype(np.int64) if dated else ends[name]
        for name in ends
    }
    group, start, stop = merged(codes, numbers["start"], numbers["stop"])
    back = (
        (lambda days: days.astype("datetime64[D]").astype("datetime64[s]")) if dated else (lambda days: days)
    )
    return pd.DataFrame({"subject_id": subjects.take(group), "start": back(start), "stop": back(stop)})


def covered_days(courses: pd.DataFrame, subjects: pd.Index) -> pd.DataFrame:
    """Count the days on at least one of the courses, per subject, at both extremes of what is known.

    Parameters
    ----------
    courses : DataFrame
        From `analysis.exposure.courses`, filtered to the drugs that count.
    subjects : Index
        Subject ids wanted; who has no course has 0 days.

    Returns
    -------
    DataFrame
        Indexed by subject: ``days_min``, ``days_max`` (int), ``imputed`` (a month was taken as its 15th).
    """
    codes = subject_codes(courses["subject_id"], subjects)
    shortest, longest = (_total(codes, *ends, len(subjects)) for ends in extremes(courses))  # type: ignore[call-arg]
    imputed = np.bincount(codes, weights=courses["imputed"], minlength=len(subjects)) > 0
    return pd.DataFrame({"days_min": shortest, "days_max": longest, "imputed": imputed}, index=subjects)


def extremes(courses: pd.DataFrame) -> tuple[Any, Any]:
    """Give (start, stop) of the shortest and of the longest intervals the courses may be."""
    ends = ("start_min", "start_max", "stop_min", "stop_max")
    numbers = {name: courses[covered(courses, name)].to_numpy() for name in ends}
    return (numbers["start_max"], numbers["stop_min"]), (numbers["start_min"], numbers["stop_max"])


def covered(courses: pd.DataFrame, name: str) -> Any:
    """Give the column that says what a course covers, where `analysis.exposure.courses` has made it."""
    return f"cover_{name}" if f"cover_{name}" in courses else name


def _total(codes, start, stop, n):
    """Sum the covered days of each of n groups."""
    return np.bincount(codes, weights=added_days(codes, start, stop), minlength=n).astype(np.int64)


def overlap_days(first: pd.DataFrame, second: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Count the days on both of two sets of courses, such as glucocorticoid and immunosuppressant.

    Parameters and result as in `covered_days`. Days need not be consecutive.

    Notes
    -----
    Days in both are days in one, plus days in the other, minus days in either.
    """
    both = pd.concat([first, second])
    parts = [covered_days(courses, subjects) for courses in (first, second, both)]
    days = {name: parts[0][name] + parts[1][name] - parts[2][name] for name in ("days_min", "days_max")}
    return pd.DataFrame(days | {"imputed": parts[2]["imputed"]})


def washout_days(courses: pd.DataFrame, index_date: pd.Series) -> pd.DataFrame:
    """Count the days from the last stop of each drug to the index date; 0 while the drug is taken.

    Parameters
    ----------
    courses : DataFrame
        From `analysis.exposure.courses`.
    index_date : Series of datetime
        By subject id.

    Returns
    -------
    DataFrame
        One row a subject and drug: ``subject_id``, ``drug``, ``days_min``, ``days_max``.
    """
    last = (
        courses.groupby(["subject_id", "drug"], observed=True, sort=False)[["stop_min", "stop_max"]]
        .max()
        .reset_index()
    )
    end = to_days(index_date).astype(np.int64)[subject_codes(last["subject_id"], index_date.index)]
    return last[["subject_id", "drug"]].assign(
        days_min=end - last["stop_max"], days_max=end - last["stop_min"]
    )


def at_least(days: pd.DataFrame, threshold: float, *, strict: bool = False) -> pd.Series:
    """Compare durations with a threshold: True or False where both extremes agree, NA where they do not.

    Parameters
    ----------
    days : DataFrame
        ``days_min``, ``days_max``.
    threshold : float
        Days.
    strict : bool
        More than the threshold instead of at least.

    Examples
    --------
    >>> days = pd.DataFrame({"days_min": [364, 365, 200], "days_max": [364, 365, 500]})
    >>> at_least(days, 365).tolist(), at_least(days, 365, strict=True).tolist()
    ([False, True, <NA>], [False, False, <NA>])
    """
    over = days.gt(threshold) if strict else days.ge(threshold)
    return over["days_min"].astype("boolean").mask(over["days_min"] != over["days_max"])


def subject_codes(subject_id: pd.Series, subjects: pd.Index) -> np.ndarray:
    """Give the position of each row's subject in `subjects`; a subject that is not there is an error."""
    if isinstance(subject_id.dtype, pd.CategoricalDtype) and subject_id.cat.categories.equals(subjects):
        codes = subject_id.cat.codes.to_numpy()
    else:
        codes = pd.Index(subjects).get_indexer(subject_id)
    if (codes < 0).any():
        lost = subject_id[codes < 0].drop_duplicates()
        raise ValueError(f"{len(lost)} subjects are not in the subjects table, first {lost.head(3).tolist()}")
    return codes
