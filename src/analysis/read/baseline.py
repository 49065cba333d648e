"""Baseline by variable: the last value known up to day 1, whichever visit it was taken at (CDISC's ABLFL).

The study file chooses it by `baseline_by: variable`; else the baseline is what the baseline visit holds.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.membership import among
from analysis.read import rules
from analysis.read.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

CARRIED = ("int", "float", "boolean", "category")
LEFT = frozenset({"window_status", "missing_reason", "predose", "visit_done", "visit_day"})


def by_variable(study: "Study", tables: dict[str, Table]) -> dict[str, Table]:
    """The tables with the baseline visit of every subject holding the last value known up to day 1."""
    if study.baseline_by != "variable":
        return tables
    made = dict(tables)
    if "visits" in tables:
        made["visits"] = _visits(study, tables["visits"])
    if "labs" in tables:
        made["labs"] = _results(study, tables["labs"])
    return made


def _before_treatment(rows: pd.DataFrame, day: str) -> pd.DataFrame:
    """Rows up to day 1 that were not taken after the first dose, in the order of their days."""
    known = rows[day].le(1)
    if "predose" in rows:
        known &= ~(rows[day].eq(1) & rows["predose"].eq(False).fillna(False))
    return rows[known.to_numpy(dtype=bool)].sort_values(day, kind="stable")


def _visits(study, table: Table) -> Table:
    """Visits with the last known values in the baseline visit; subjects without one get it from their last visit."""
    rows, visit = table.rows, study.baseline_visit
    early = _before_treatment(rows, "visit_day")
    if early.empty:
        return table
    declared = study.columns("visits")
    names = [
        name for name in rows if name in declared and declared[name].type in CARRIED and name not in LEFT
    ]
    last = early.groupby("subject_id")[names].last()
    at = rows.index[rows["visit_id"].eq(visit).fillna(False)]
    lacking = early[~among(early["subject_id"], rows.loc[at, "subject_id"])].drop_duplicates(
        "subject_id", keep="last"
    )
    added = lacking.assign(visit_id=visit, visit_label=visit).set_axis(_new_names(rows, len(lacking)))
    whole = pd.concat([rows, added]) if len(added) else rows
    at = at.append(added.index)
    at = at[among(whole.loc[at, "subject_id"], last.index).to_numpy()]
    found = []
    for name in names:
        known = whole.loc[at, "subject_id"].map(last[name])
        other = known.notna() & whole.loc[at, name].ne(known).fillna(True)
        hit = at[other.to_numpy(dtype=bool)]
        if len(hit):
            column = whole[name].copy()
            column.loc[hit] = known[hit].astype(column.dtype)
            whole = whole.assign(**{name: column})
            found.append(rules.finding(hit, name, "V6", "", known[hit].astype("string").array))
    return replace(table, rows=whole).with_findings(*found)


def _new_names(rows: pd.DataFrame, count: int) -> np.ndarray:
    """Names of rows that come from no row of a source."""
    return -2 - np.arange(count)


def _results(study, table: Table) -> Table:
    """Results with the last known one up to day 1 as that of the baseline visit, analyte by analyte."""
    rows, visit = table.rows, study.baseline_visit
    known = rows["value_std"].notna() | rows["value_text"].notna()
    early = _before_treatment(rows[known], "sample_day")
    chosen = early.drop_duplicates(["subject_id", "analyte"], keep="last").index
    pairs = pd.MultiIndex.from_frame(rows[["subject_id", "analyte"]])
    decided = pairs.isin(pd.MultiIndex.from_frame(rows.loc[chosen, ["subject_id", "analyte"]]))
    spare = rows["visit_id"].eq(visit).fillna(False) & decided & ~rows.index.isin(chosen)
    moved = chosen[rows.loc[chosen, "visit_id"].ne(visit).fillna(True).to_numpy(dtype=bool)]
    label = rows["visit_id"].mask(spare).mask(rows.index.isin(chosen), visit)
    status = rows["window_status"].mask(spare, "dup_not_used")
    found = rules.finding(moved, "visit_id", "V6", rows.loc[moved, "visit_id"].fillna("").array, visit)
    return replace(table, rows=rows.assign(visit_id=label, window_status=status)).with_findings(found)
