"""Blocks that add columns to the rows of other blocks: one visit, several forms."""

from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.language import mark
from analysis.read import rules
from analysis.read.absence import DECLARED
from analysis.read.table import ORIGIN, Table, together

LATER = mark("superseded by a later entry")
QUIET = frozenset({"__person__", "study"})  # columns that say nothing of the subject


def join(table: Table, other: Table) -> Table:
    """Add the columns of another block to the rows with the same subject (and visit).

    A cell that is filled already keeps its value. One form for a visit entered twice goes to both entries; of more
    forms than entries the last ones count. A form whose visit was set aside goes with it; a form without a visit
    becomes a visit of its own, a form without a subject is set aside.
    """
    other = _last_entries(table, other)
    other = _follow_set_aside(table, other)
    into = _partners(table, other)
    if table.name == "subjects":
        alone = into.index[into.isna()]
        other = other.set_aside(alone, "unknown subject", rules.finding(alone, "subject_id", "K4", ""))
        into = into.drop(index=alone)
    into = into.where(into.notna(), pd.Series(into.index, index=into.index)).astype("int64")
    first = into[~into.index.duplicated()]
    went = other.links["into"].map(first).fillna(other.links["into"])
    links = other.links.assign(into=went.astype("int64"))
    places = other.findings.index.to_series().map(first)
    findings = other.findings.set_axis(
        places.fillna(other.findings.index.to_series()).astype("int64"), axis=0
    )
    moved = replace(other, links=links, findings=findings)
    rows, differing = _with_columns(table, other, into)
    return replace(table, rows=rows, **together([table, moved])).with_findings(*differing)


def keys(rows: pd.DataFrame) -> list[str]:
    """What names a row across blocks: the subject, and the visit where there is one."""
    return [name for name in ("subject_id", "visit_id") if name in rows]


def _last_entries(table: Table, other: Table) -> Table:
    """Of more forms than visits to put them in, the last entered ones count."""
    on = keys(other.rows)
    rows = other.rows[on].assign(from_end=other.rows[::-1].groupby(on, dropna=False).cumcount())
    there = table.rows.groupby(on, dropna=False).size().rename("there")
    rows = rows.join(there, on=on)
    room = rows["there"].fillna(1).clip(lower=1)
    spare = rows.index[rows["from_end"] >= room]
    return other.set_aside(spare, LATER, rules.finding(spare, "", "K2", ""))


def _follow_set_aside(table: Table, other: Table) -> Table:
    """Forms of a visit (or subject) that was set aside share its fate."""
    on = keys(other.rows)
    alive = pd.MultiIndex.from_frame(table.rows[on])
    gone = table.gone.assign(fate=table.fates[~table.fates.index.duplicated()].reindex(table.gone.index))
    gone = gone[gone["fate"].ne("exact duplicate") & gone["fate"].ne(LATER)].drop_duplicates(on)
    fates = other.rows[on].join(gone.set_index(on)["fate"], on=on)["fate"]
    lost = fates.notna() & ~pd.MultiIndex.from_frame(other.rows[on]).isin(alive)
    for fate in fates[lost].unique():
        other = other.set_aside(fates.index[lost & fates.eq(fate)], fate)
    return other


def _partners(table: Table, other: Table) -> pd.Series:
    """For each form the visit it goes into; missing where there is none. A single form goes into every entry."""
    on = keys(other.rows)
    left = table.rows[on].assign(again=table.rows.groupby(on, dropna=False).cumcount(), uid=table.rows.index)
    right = other.rows[on].assign(
        again=other.rows.groupby(on, dropna=False).cumcount(), form=other.rows.index
    )
    single = other.rows.groupby(on, dropna=False)[on[0]].transform("size").eq(1)
    broad = right[single].drop(columns="again").merge(left.drop(columns="again"), on=on, how="left")
    exact = right[~single].merge(left, on=[*on, "again"], how="left")
    pairs = pd.concat([broad[["form", "uid"]], exact[["form", "uid"]]])
    return pd.Series(pairs["uid"].to_numpy(), index=pd.Index(pairs["form"]))


def _with_columns(table: Table, other: Table, into: pd.Series) -> tuple[pd.DataFrame, list]:
    """The rows with the forms' columns, rows of their own for forms without a partner, and values that differ.

    A box that only repeats an untouched 0 yields to a form that knows more.
    """
    rows, forms = table.rows, other.rows
    on = keys(forms)
    boxes = [name for name in other.weak if name in forms]
    strong = forms.assign(**{name: forms[name].mask(untouched(other, name, forms.index)) for name in boxes})
    added, known = (frame.loc[into.index].set_axis(pd.Index(into), axis=0) for frame in (forms, strong))
    new = added[~added.index.isin(rows.index)]
    if len(new):
        rows = pd.concat([rows, new[[name for name in new if name in (*on, *ORIGIN)]]])
    added, known = added.reindex(rows.index), known.reindex(rows.index)
    columns = [name for name in added if name not in (*on, *ORIGIN)]
    filled, found = {}, []
    for name in columns:
        if name not in rows:
            filled[name] = added[name]
            continue
        here = rows[name].mask(untouched(table, name, rows.index)) if name in table.weak else rows[name]
        differ = (here.notna() & known[name].notna() & here.ne(known[name])).fillna(False)
        if differ.any() and name not in QUIET:
            shown, kept = (values[differ].astype("string").array for values in (added[name], here))
            text = "two blocks give different values; that of the first is kept"
            found.append(rules.finding(rows.index[differ], name, "K2", shown, kept, text))
        filled[name] = here.fillna(known[name])
        if name in table.weak or name in boxes:
            every = [
                declared(table, name, pd.Series(rows.index, index=rows.index)),
                declared(other, name, into),
            ]
            silent = pd.concat(every).groupby(level=0).any().reindex(rows.index, fill_value=False)
            filled[name] = filled[name].fillna(rows[name].fillna(added[name]).mask(silent))
    return rows.assign(**filled), found


def untouched(table: Table, name: str, index: pd.Index) -> Any:
    """Rows where a box only repeats an untouched 0."""
    return table.weak[name].reindex(index).eq(1).to_numpy(dtype=bool)


def declared(table: Table, name: str, into: pd.Series) -> pd.Series:
    """Whether any form that went into a row declares a box missing; False for a column that is no box."""
    if name not in table.weak:
        return pd.Series(dtype=bool)
    return table.weak[name].reindex(into.index).eq(DECLARED).groupby(into.to_numpy()).any()
