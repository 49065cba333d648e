"""Durations and event indicators, checked once for every method of this package."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, numbers, yes_no


def complete_subjects(time: ArrayLike, event: ArrayLike, entry: ArrayLike, **labels: Any) -> tuple[Any, Any]:
    """Complete rows with `time`, `event`, `entry` and labels; and the number of incomplete rows."""
    columns = {"time": time, "event": event, "entry": 0.0 if entry is None else entry}
    columns |= {name: "all" if value is None else value for name, value in labels.items()}
    _check_indexes(columns.values())
    n_rows = len(np.atleast_1d(np.asarray(time)))
    _check_lengths(columns, n_rows)
    plain = {k: v.to_numpy() if isinstance(v, pd.Series) else v for k, v in columns.items()}
    rows = pd.DataFrame(plain, index=range(n_rows))
    complete = rows.dropna()
    check_durations(rows["time"], rows["event"], None if entry is None else rows["entry"])
    times, entries = complete["time"].astype(float), complete["entry"].astype(float)
    if len(complete) == 0:
        raise NotEstimable("no subject has both a time and an event indicator")
    at = -1.0 if entry is None else entries
    return complete.assign(time=times, event=complete["event"].astype(bool), entry=at), n_rows - len(complete)


def check_durations(time: ArrayLike, event: ArrayLike, entry: ArrayLike | None = None) -> None:
    """Refuse times that are negative, infinite or no numbers, events other than yes/no, entry not before time."""
    times = numbers(time, "time")
    if count := int((times < 0).sum()):
        raise ValueError(f"times must be finite and not negative: {count} are not; correct them")
    yes_no(event, "event")
    if entry is not None and (late := int((numbers(entry, "entry") >= times).sum())):
        raise ValueError(f"entry must come before time: {late} rows do not")


def _check_lengths(columns, n_rows):
    """Refuse columns that do not have a value for each subject."""
    sizes = {name: np.size(column) for name, column in columns.items() if np.ndim(column)}
    if set(sizes.values()) - {n_rows}:
        said = ", ".join(f"{name} {size}" for name, size in sizes.items())
        raise ValueError(f"time, event, entry and group: expected a value for each subject, got {said}")


def _check_indexes(columns):
    """Refuse Series that do not speak of the same subjects."""
    indexes = [column.index for column in columns if isinstance(column, pd.Series)]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        raise ValueError("time, event, entry and group must share one index: align them by subject first")


def risk_table(subjects: pd.DataFrame) -> pd.DataFrame:
    """Events, censorings and numbers at risk at each distinct time."""
    times = np.unique(subjects["time"])
    ends = np.sort(subjects["time"].to_numpy())
    entries = np.sort(subjects["entry"].to_numpy())
    at_risk = np.searchsorted(entries, times, side="left") - np.searchsorted(ends, times, side="left")
    events = subjects.loc[subjects["event"], "time"]
    died = np.searchsorted(np.sort(events), times, "right") - np.searchsorted(np.sort(events), times, "left")
    left = np.searchsorted(ends, times, "right") - np.searchsorted(ends, times, "left") - died
    return pd.DataFrame({"time": times, "n_risk": at_risk, "n_event": died, "n_censored": left})
