"""Things entered twice: exact duplicates, two entries for one thing, one event under two numbers."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.read import rules
from analysis.read.cells import Export
from analysis.read.identifiers import PERSON
from analysis.read.joins import LATER, declared, untouched
from analysis.read.mapping import Chosen
from analysis.read.parse import Item
from analysis.read.raw import Raw
from analysis.read.table import ORIGIN, PLACE, Table, no_findings

__all__ = ["Item", "context", "exact", "merged", "same_events", "two_entries"]

# What may exist once: two rows that agree in these columns are two entries for one thing.
ONCE = {
    "subjects": ["subject_id"],
    "visits": ["subject_id", "visit_id", "visit_date"],
    "labs": ["subject_id", "analyte", "sample_date", "visit_id"],
}
WHEN = {"visits": ("visit_day", "visit_id", "visit_date"), "labs": ("sample_day", "visit_id", "sample_date")}
OWN_DAY = "day where nothing else says when"
SAME_EVENT = {"adverse_events": ["subject_id", "term_verbatim", "start_date"]}
REDCAP_KEYS = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")


def context(export: Export, chosen: Chosen, times: int) -> list[np.ndarray]:
    """What makes rows of a REDCap export different things, though their cells agree: event, form, instance."""
    return [
        np.tile(export.columns[name].places[chosen.rows], times) for name in REDCAP_KEYS if name in export
    ]


def exact(table: Table, raw: dict[str, Raw], index: pd.Index, more: list[np.ndarray]) -> Table:
    """Set aside rows that say exactly what an earlier row of the same source says."""
    names = [name for name in ("subject_id", "visit_id") if name in raw]
    keys = pd.DataFrame({name: raw[name].places() for name in names})
    keys = keys.assign(**{f"context{n}": column for n, column in enumerate(more)})
    again = np.flatnonzero(keys.duplicated(keep=False))  # only these can be equal in every column
    if not len(again):
        return table
    cells = {name: column.as_text()[again] for name, column in raw.items()}
    cells |= {f"context{n}": column[again] for n, column in enumerate(more)}
    double = index[again][pd.DataFrame(cells).duplicated().to_numpy()].intersection(table.rows.index)
    if not len(double):
        return table
    return table.set_aside(double, "exact duplicate", rules.finding(double, "", "K1", ""))


def two_entries(table: Table) -> Table:
    """Entries for one thing as one row: a blank (or an untouched box) yields, of two values the later counts.

    Where neither a visit nor a date says when, the study day does. An entry that contradicts a later one is set aside
    with a query per value; one that does not goes into the other.
    """
    on = [name for name in ONCE.get(table.name, []) if name in table.rows]
    if not on:
        return table
    day, *named = WHEN.get(table.name, ("",))
    if day not in table.rows:
        return merged(_with_dates(table, on), on)
    alone = table.rows[[name for name in named if name in table.rows]].isna().all(axis=1)
    dated = replace(table, rows=table.rows.assign(**{OWN_DAY: table.rows[day].where(alone)}))
    once = merged(_with_dates(dated, on), [*on, OWN_DAY])
    return replace(once, rows=once.rows.drop(columns=OWN_DAY))


def _with_dates(table: Table, on: list[str]) -> Table:
    """Undated rows of a visit that has one date and nothing that contradicts them, given that date."""
    rows = table.rows
    if "visit_date" not in on or "visit_id" not in on:
        return table
    undated = rows["visit_date"].isna() & rows["subject_id"].notna() & rows["visit_id"].notna()
    undated &= ~rows["visit_id"].str.startswith("UNS").fillna(False)
    if not undated.any() or undated.all():
        return table
    keys = rows["subject_id"].str.cat(rows["visit_id"], sep="\x1f")
    near = rows[keys.isin(keys[undated])]
    dated = near.dropna(subset="visit_date")
    dated = dated.assign(key=keys[dated.index])
    one = dated.groupby("key")["visit_date"].agg(["nunique", "first"]).query("nunique == 1")["first"]
    fits = undated & keys.isin(one.index)
    if not fits.any():
        return table
    fits &= ~_contradicts(table, rows[fits], dated, keys).reindex(rows.index, fill_value=False)
    return replace(table, rows=rows.assign(visit_date=rows["visit_date"].where(~fits, keys.map(one))))


def _contradicts(table: Table, rows: pd.DataFrame, dated: pd.DataFrame, keys: pd.Series) -> pd.Series:
    """Rows with a value that the dated row of their visit has otherwise."""
    last, own = dated.groupby("key").last(), keys[rows.index]
    found = pd.Series(False, index=rows.index)
    for name in _values(table, ["subject_id", "visit_id", "visit_date"]):
        other = own.map(last[name]) if name in last else None
        if other is not None:
            here = (
                rows[name] if name not in table.weak else rows[name].mask(untouched(table, name, rows.index))
            )
            found |= (here.notna() & other.notna() & here.ne(other)).fillna(False).astype(bool)
    return found


def _values(table: Table, on: list[str]) -> list[str]:
    """The columns that hold values."""
    return [name for name in table.rows.columns if name not in {*on, *ORIGIN}]


def merged(table: Table, on: list[str]) -> Table:
    """The table with one row per thing; see `two_entries`."""
    rows = table.rows
    again = rows.duplicated(on, keep=False) & rows["subject_id"].notna()
    if not again.any():
        return table
    near = rows[again.to_numpy(dtype=bool)]
    group = near.groupby(on, dropna=False, sort=False).ngroup()
    names, last, contrary, filled = _values(table, on), {}, pd.Series(False, index=near.index), 0
    found = []
    for name in names:
        value = near[name].replace("", pd.NA) if name == PERSON else near[name]
        strong = value.mask(untouched(table, name, near.index)) if name in table.weak else value
        kept = strong.groupby(group).last()
        if name in table.weak:  # an untouched box says nothing where another row declares the group missing
            silent = declared(table, name, group)
            last[name] = kept.fillna(value.groupby(group).last().mask(silent))
        else:
            last[name] = kept
        other = group.map(kept)
        differ = (strong.notna() & strong.ne(other)).fillna(False).astype(bool)
        filled = filled + strong.notna().astype(int)
        if differ.any() and name != PERSON:
            contrary |= differ
            found.append((name, differ, value, other))
    host = _hosts(group, contrary, filled)
    findings = [
        rules.finding(
            pd.Index(group[differ].map(host)),
            name,
            "K2",
            _texts(value[differ]).array,
            _texts(other[differ]).array,
        )
        for name, differ, value, other in found
    ]
    return _put_together(table, near, group, host, contrary, last, findings)


def _hosts(group: pd.Series, contrary: pd.Series, filled: pd.Series) -> pd.Series:
    """The row each thing keeps: of those that contradict no later one the fullest, of equally full ones the last."""
    ranked = pd.DataFrame({"group": group, "filled": filled, "order": np.arange(len(group))})
    ranked = ranked[~contrary].sort_values(["filled", "order"])
    return pd.Series(ranked.index, index=ranked["group"].to_numpy()).groupby(level=0).last()


def _put_together(table: Table, near, group, host, contrary, last, findings) -> Table:
    """The table with the kept rows filled, contradicting entries set aside and the others gone into the kept row."""
    rows, to = table.rows, group.map(host)
    stays = to == near.index
    kept = near.index[stays]
    whole = {name: rows[name] for name in last}
    for name, values in last.items():
        whole[name] = rows[name].copy()
        whole[name].loc[kept] = group[kept].map(values).astype(rows[name].dtype).array
    joined = near.index[~stays & ~contrary]
    moved = table.links["into"].map(to[joined])
    links = table.links.assign(into=moved.fillna(table.links["into"]).astype("int64"))
    gone = near.loc[joined].reindex(columns=PLACE)
    gone = pd.concat([table.gone, gone]) if len(table.gone) else gone
    result = replace(table, rows=rows.assign(**whole).drop(index=joined), links=links, gone=gone)
    result = result.set_aside(near.index[contrary.to_numpy(dtype=bool)], LATER)
    return result.with_findings(pd.concat([no_findings(), *findings]))


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
