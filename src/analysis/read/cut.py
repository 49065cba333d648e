"""The data cut: what happened after it is invisible, and what was going on at it is going on.

A row dated after the cut is set aside. In a row dated before, dates after the cut are taken out together with what
hangs on them: a course or an event is then ongoing, a disposition or death not yet known.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.read import windows
from analysis.read.table import Table
from analysis.shapes import dates_of

AFTER = "after the data cut"
AFTER_SUBJECT = "subject entered after the data cut"
AFTER_VISIT = "after the last visit looked at"

# The date that says when a row of a table came about; for subjects the first of these that is known.
ROW_DATE = {
    "subjects": ("consent_date", "screen_date", "enrol_date"),
    "visits": ("visit_date",),
    "treatments": ("start_date",),
    "adverse_events": ("start_date",),
    "labs": ("sample_date",),
    "doses": ("dose_date",),
    "deviations": ("deviation_date",),
    "intercurrent_events": ("event_date",),
}

# A date after the cut: which cells go with it, and which then hold something else.
HANGS_ON = {
    ("treatments", "stop_date"): ({"stop_precision", "stop_reason"}, {"ongoing": True}),
    ("adverse_events", "stop_date"): ({"stop_precision", "outcome"}, {"ongoing": True}),
    ("subjects", "discontinuation_date"): ({"discontinuation_reason"}, {}),
    ("subjects", "enrol_date"): ({"screen_status"}, {"enrolled": False}),
}


def cut_block(table: Table, as_of: date | None, *, joins: bool) -> Table:
    """One block of a table as it stood at the cut.

    `joins` marks a block that adds columns to rows of other blocks: without a row date of its own, a row whose every
    date lies after the cut is set aside.
    """
    if as_of is None or table.rows.empty:
        return table
    limit = pd.Timestamp(as_of)
    when = _row_date(table)
    if when is None and joins:
        dates = table.rows.select_dtypes("datetime")
        when = dates.min(axis=1) if len(dates.columns) else None
    if when is not None:
        late = table.rows.index[when > limit]
        table = table.set_aside(late, AFTER) if len(late) else table
    return _hide_cells(table, limit)


def _row_date(table: Table) -> pd.Series | None:
    """When each row came about, where the block says so."""
    given = [name for name in ROW_DATE.get(table.name, ()) if name in table.rows]
    return table.rows[given].bfill(axis=1).iloc[:, 0] if given else None


def _hide_cells(table: Table, limit: pd.Timestamp) -> Table:
    """Take out dates after the cut, what hangs on them, and the findings about them."""
    rows, findings = table.rows, table.findings
    for name in rows.select_dtypes("datetime").columns:
        late = rows[name] > limit
        if not late.any():
            continue
        gone, becomes = HANGS_ON.get((table.name, name), (set(), {}))
        hidden = [name, *(other for other in gone if other in rows)]
        rows = rows.assign(**{other: rows[other].mask(late) for other in hidden})
        current = {
            other: rows.get(other, _unknown(rows)).mask(late, value) for other, value in becomes.items()
        }
        rows = rows.assign(**current)
        about = findings.index.isin(rows.index[late]) & findings["variable"].isin([*hidden, *becomes])
        findings = findings[~about]
    return replace(table, rows=rows, findings=findings)


def _unknown(rows: pd.DataFrame) -> pd.Series:
    """A yes/no column of which nothing is known."""
    return pd.Series(pd.NA, index=rows.index, dtype="boolean")


def cut_undated(table: Table, planned: Any, day_one: pd.Series, as_of: date | None, label: str) -> Table:
    """Set aside undated rows of visits that were not yet due: planned after the cut.

    A visit recorded as missed has no date; without this rule a later cut's missed visits would show at an earlier one.
    """
    if as_of is None or label not in table.rows:
        return table
    dated = _row_date(table)
    target = {visit.id: visit.target_day for visit in planned if visit.target_day is not None}
    due = dates_of(table.rows["subject_id"], day_one) + pd.to_timedelta(
        windows.elapsed_days(table.rows[label].map(target).astype(float)), unit="D"
    )
    unknown = dated.isna() if dated is not None else pd.Series(True, index=table.rows.index)
    late = table.rows.index[unknown & (due > pd.Timestamp(as_of))]
    return table.set_aside(late, AFTER) if len(late) else table


def cut_through(table: Table, planned: Any, through: str | None, label: str) -> Table:
    """Set aside rows of planned visits after a given one (for data without dates)."""
    if through is None or label not in table.rows:
        return table
    order = [visit.id for visit in planned]
    later = set(order[order.index(through) + 1 :])
    rows = table.rows.index[table.rows[label].isin(later)]
    return table.set_aside(rows, AFTER_VISIT) if len(rows) else table
