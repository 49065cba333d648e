"""Absence is no value: rows that hold nothing, and unticked boxes of a form nobody touched."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.read.raw import Raw
from analysis.read.table import ORIGIN, Table

if TYPE_CHECKING:
    from analysis.study import Study

NO_ENTRY = "no entry"
DECLARED = 2


def weak(raw: dict[str, Raw], index: pd.Index) -> pd.DataFrame:
    """For every checkbox of the table: 1 where it only repeats an untouched 0, 2 where it is declared missing."""
    marks = {name: (column, mark) for name, column in raw.items() if (mark := column.weak()) is not None}
    made = {
        name: np.where(column.declared_missing(), DECLARED, mark) for name, (column, mark) in marks.items()
    }
    return pd.DataFrame(made, index=index)


def entries(
    study: "Study", table: Table, block: Any, raw: dict[str, Raw], index: pd.Index
) -> tuple[np.ndarray, np.ndarray] | None:
    """Rows of the source with any cell filled beside the keys, and those where this is more than untouched boxes.

    A cell that cannot be read is filled all the same. None where the block maps nothing but keys.
    """
    fixed = {name for name, mapping in block.mapped().items() if mapping.value is not None}
    keys = {name for name, column in study.columns(table.name).items() if column.key}
    skip = {*fixed, *keys, "visit_id", *ORIGIN}
    names = [name for name in raw if name not in skip and not name.startswith("__")]
    if not names:
        return None
    filled, more = np.zeros(len(index), dtype=bool), np.zeros(len(index), dtype=bool)
    for name in names:
        there = ~raw[name].blank()
        untouched = raw[name].weak()
        filled |= there
        more |= there if untouched is None else there & ~untouched
    return filled, more


def set_aside_empty(study: "Study", table: Table, block: Any, raw: dict[str, Raw], index: pd.Index) -> Table:
    """Set aside rows in which no mapped column but the keys holds anything.

    Untouched boxes alone count as nothing where another row of the same subject (and visit) holds more. A subject keeps
    a row in the table of subjects.
    """
    found = entries(study, table, block, raw, index)
    if found is None or table.rows.empty:
        return table
    filled, more = (pd.Series(mark, index=index).reindex(table.rows.index) for mark in found)
    keys = [name for name in ("subject_id", "visit_id") if name in table.rows]
    empty = ~filled
    if (filled & ~more).any():
        group = table.rows.groupby(keys, dropna=False).ngroup()
        empty |= filled & ~more & more.groupby(group).transform("any")
    if table.name == "subjects" and not block.join and empty.any():
        subject = table.rows["subject_id"]
        nothing_else = (~empty).groupby(subject).transform("any").eq(False)
        empty &= ~(nothing_else & ~subject.duplicated())
    rows = table.rows.index[empty.to_numpy(dtype=bool)]
    return table.set_aside(rows, NO_ENTRY) if len(rows) else table
