"""Visits placed in their windows by date, or their labels checked against the windows.

Study days follow CDISC: day 1 is baseline, the day before is day -1, there is no day 0. Of two visits in one window the
one nearer to the planned day counts, of two equally near the later; the other keeps its data and is not used. A value
taken after the first dose never becomes baseline. Visits in no window stay, as unscheduled.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

UNSCHEDULED = "UNS"


def study_day(day: pd.Series, day_one: pd.Series) -> pd.Series:
    """Study day of a date; missing where either date is.

    Parameters
    ----------
    day, day_one : Series of datetime64
        Aligned by index.

    Examples
    --------
    >>> days = pd.to_datetime(pd.Series(["2024-03-01", "2024-02-29", "2024-03-02"]))
    >>> study_day(days, pd.Series(pd.Timestamp("2024-03-01"), index=days.index)).tolist()
    [1.0, -1.0, 2.0]
    """
    elapsed = (day - day_one).dt.days.astype(float)
    return elapsed.where(elapsed < 0, elapsed + 1)


def elapsed_days(study_days: Any) -> Any:
    """Days since day 1, without the gap at day 0."""
    return np.where(
        np.asarray(study_days, dtype=float) > 0, np.asarray(study_days, dtype=float) - 1, study_days
    )


def place(
    rows: pd.DataFrame,
    planned: Sequence,
    *,
    by: str,
    baseline: str,
    predose_on_day_one: bool | None,
    per: Sequence[str] = (),
) -> pd.DataFrame:
    """Place visits (or samples) in the planned visits.

    Parameters
    ----------
    rows : DataFrame
        `subject_id`, `day` (study day), `entered` (the visit as entered, or missing), `predose` (yes, no, missing).
    planned : sequence of Visit
        With `id`, `target_day` and `window` (first and last study day) where there are windows.
    by : {"window", "label"}
        Whether dates or the entered labels decide. Rows without a date are placed by their label either way.
    baseline : str
        The baseline visit.
    predose_on_day_one : bool or None
        What holds on day 1 where `predose` is missing; None leaves it open, and the row is not used as baseline.
    per : sequence of str
        Further columns within which a visit may occur once (the analyte, for samples).

    Returns
    -------
    DataFrame
        `visit_label` (planned visit or UNS), `window_status` (in, early, late, undated, unscheduled, dup_not_used)
        and `open` (day-1 rows whose `predose` is missing).
    """
    known = {visit.id for visit in planned}
    entered = rows["entered"].where(rows["entered"].isin(known))
    dated = rows["day"].notna()
    label = _by_window(rows["day"], planned) if by == "window" else entered
    label = label.where(dated, entered) if by == "window" else label
    label_before = label
    post, unsure = _after_dose(rows, predose_on_day_one)
    not_baseline = label.eq(baseline).fillna(False) & (post | unsure)
    label = label.mask(not_baseline)
    status = _status(rows["day"], label, planned)
    used = _chosen(rows, label, planned, per)
    double = label.notna() & ~used
    return pd.DataFrame(
        {
            "visit_label": label.mask(double).fillna(UNSCHEDULED).astype("string"),
            "window_status": status.mask(double, "dup_not_used").astype("string"),
            "open": label_before.eq(baseline).fillna(False) & rows["day"].eq(1) & rows["predose"].isna(),
        },
        index=rows.index,
    )


def _by_window(day: pd.Series, planned: Sequence) -> pd.Series:
    """The planned visit whose window holds the day."""
    label = pd.Series(pd.NA, index=day.index, dtype="string")
    for visit in planned:
        if visit.window:
            label = label.mask(day.between(*visit.window), visit.id)
    return label


def _after_dose(rows: pd.DataFrame, on_day_one: bool | None) -> tuple[pd.Series, pd.Series]:
    """Rows known to be taken after the first dose, and day-1 rows where nobody says."""
    given = rows["predose"].astype("boolean")
    first_day = rows["day"].eq(1)
    known = given if on_day_one is None else given.mask(given.isna() & first_day, on_day_one)
    after = rows["day"].gt(1) | (first_day & known.eq(False).fillna(False))
    return after, first_day & known.isna()


def _status(day: pd.Series, label: pd.Series, planned: Sequence) -> pd.Series:
    """In the window, early, late; undated; in no planned visit."""
    first = label.map({visit.id: visit.window[0] for visit in planned if visit.window}).astype(float)
    last = label.map({visit.id: visit.window[1] for visit in planned if visit.window}).astype(float)
    status = pd.Series("in", index=day.index, dtype="string")
    status = status.mask(day < first, "early").mask(day > last, "late")
    status = status.mask(day.isna() | first.isna(), "undated")
    return status.mask(label.isna(), "unscheduled")


def _chosen(rows: pd.DataFrame, label: pd.Series, planned: Sequence, per: Sequence[str]) -> pd.Series:
    """The row used for each subject and visit: dated, nearest to the planned day, then the later."""
    target = label.map(
        {visit.id: visit.target_day for visit in planned if visit.target_day is not None}
    ).astype(float)
    ranked = rows[["subject_id", *per]].assign(
        label=label,
        undated=rows["day"].isna(),
        distance=np.abs(elapsed_days(rows["day"]) - elapsed_days(target)),
        earliness=-rows["day"],
        order=-np.arange(len(rows)),
    )
    ranked = ranked[label.notna()].sort_values(["undated", "distance", "earliness", "order"])
    first = ~ranked.duplicated(["subject_id", *per, "label"])
    return first.reindex(rows.index, fill_value=False)


def visit_names(rows: pd.DataFrame, label: pd.Series) -> pd.Series:
    """A name for every visit, unique per subject: its label, or UNS-01, UNS-02 by date."""
    extra = rows[label.eq(UNSCHEDULED)]
    ordered = extra.sort_values(["subject_id", "day"], kind="stable")
    number = ordered.groupby("subject_id", dropna=False).cumcount() + 1
    names = UNSCHEDULED + "-" + number.astype("string").str.zfill(2)
    return label.mask(label.eq(UNSCHEDULED), names.reindex(label.index))
