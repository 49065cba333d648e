"""Things entered twice: exact duplicates, two entries for one thing, one event under two numbers."""

import numpy as np
import pandas as pd

from analysis.read import rules
from analysis.read.identifiers import PERSON
from analysis.read.joins import LATER
from analysis.read.table import ORIGIN, Table, no_findings

# What may exist once: two rows that agree in these columns are two entries for one thing.
ONCE = {
    "subjects": ["subject_id"],
    "visits": ["subject_id", "visit_id", "visit_date"],
    "labs": ["subject_id", "analyte", "sample_date", "visit_id"],
}
SAME_EVENT = {"adverse_events": ["subject_id", "term_verbatim", "start_date"]}


def exact(table: Table, raw: dict[str, pd.Series]) -> Table:
    """Set aside rows that say exactly what an earlier row of the same source says."""
    keys = pd.DataFrame({name: raw[name].fillna("") for name in ("subject_id", "visit_id") if name in raw})
    again = np.flatnonzero(keys.duplicated(keep=False))  # only these can be equal in every column
    cells = pd.DataFrame({name: column.array.take(again) for name, column in raw.items()}, keys.index[again])
    cells = cells.fillna("")
    double = cells.index[cells.duplicated()].intersection(table.rows.index)
    return (
        table.set_aside(double, "exact duplicate", rules.finding(double, "", "K1", ""))
        if len(double)
        else table
    )


def two_entries(table: Table) -> Table:
    """Of two different entries for one thing keep the later entered, provisionally, and say what differs."""
    on = [name for name in ONCE.get(table.name, []) if name in table.rows]
    if not on:
        return table
    rows = table.rows[table.rows["subject_id"].notna()]
    earlier = rows.index[rows.duplicated(on, keep="last")]
    if not len(earlier):
        return table
    kept = rows[~rows.duplicated(on, keep="last")]
    pairs = (
        rows.loc[earlier]
        .reset_index(names="uid")
        .merge(kept.reset_index(names="kept"), on=on, how="left", suffixes=("", "_kept"))
    )
    return table.set_aside(earlier, LATER, _differences(table, pairs, on))


def _differences(table: Table, pairs: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    """One finding per variable in which the two entries differ, on the row that is kept."""
    found = []
    for name in table.rows.columns.difference([*on, *ORIGIN, PERSON], sort=False):
        if f"{name}_kept" in pairs:
            one, other = _texts(pairs[name]), _texts(pairs[f"{name}_kept"])
            differ = one.ne(other)
            found.append(
                rules.finding(
                    pd.Index(pairs["kept"])[differ], name, "K2", one[differ].array, other[differ].array
                )
            )
    return pd.concat([no_findings(), *found])


def _texts(values: pd.Series) -> pd.Series:
    """Values as the query log shows them; missing ones as nothing."""
    shown = (
        rules.shown(values).replace("nan", "")
        if values.dtype == float
        else values.astype("string").fillna("")
    )
    return shown.astype("string")


def same_events(table: Table) -> Table:
    """Note events that seem entered twice under two numbers; both stay."""
    on = SAME_EVENT.get(table.name, [])
    if not on or not set(on) <= set(table.rows):
        return table
    rows = table.rows.dropna(subset=on)
    again = rows.index[rows.duplicated(on)]
    return table.with_findings(rules.finding(again, on[1], "K6", rows.loc[again, on[1]].array))
