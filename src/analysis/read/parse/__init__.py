"""Columns of cells turned into typed columns, with a finding for each repair, rejection and doubt.

Plain contents (ISO dates, digits with the column's decimal sign, words without odd signs) are read together; only what
is unusual is looked at one by one, once for all rows that hold it.
"""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.columns import Column
from analysis.read.parse.amounts import OPEN_PERCENT, Numbers, number_column, read_numbers
from analysis.read.parse.days import date_column, read_days
from analysis.read.parse.findings import NO_ROW, Item, Typed, about_column, emit, no_value
from analysis.read.parse.words import (
    boolean_column,
    decode,
    formula_items,
    joined_items,
    read_words,
    text_column,
)
from analysis.read.raw import Raw

__all__ = [
    "AS_IS",
    "NO_ROW",
    "OPEN_PERCENT",
    "Item",
    "Numbers",
    "Typed",
    "about_column",
    "emit",
    "formula_items",
    "joined_items",
    "no_value",
    "read_column",
    "read_numbers",
    "read_words",
]


class AsIs(NamedTuple):
    """What a column that no key of the study file maps is read by: its cells as they are."""

    codes: dict | None = None
    unit: str | None = None


AS_IS = AsIs()


def read_column(
    raw: Raw,
    index: pd.Index,
    column: Column,
    mapping: Any,
    *,
    partial: bool = True,
    keeps_side: bool = False,
    unit: Raw | None = None,
) -> Typed:
    """Read one raw column as its declared type.

    Parameters
    ----------
    raw : Raw
        The cells with the verdict on their column.
    index : Index
        Names of the rows.
    column : Column
        The tidy column they fill.
    mapping : ColumnMap
        Codes and unit from the study file.
    partial : bool
        Whether a date may lack its day or month; where it may not, such a date is rejected.
    keeps_side : bool
        Whether the table has a column for the side of a number beyond a limit; where not, such a number is rejected.
    unit : Raw, optional
        The unit of every row, where a column of the source holds it.
    """
    found: list[pd.DataFrame] = []
    if mapping.codes:
        decoded = [decode(part, column, mapping.codes) for part in raw.parts]
        places, texts = raw.places(), np.concatenate([part.cells.texts for part in raw.parts])
        found = emit(
            places, texts, index, column.name, joined_items(raw.parts, [items for _, items in decoded])
        )
        raw = Raw(tuple(part for part, _ in decoded))
    if column.type == "date":
        typed = date_column(read_days(raw), index, column, partial)
    elif column.type in ("int", "float"):
        typed = number_column(read_numbers(raw), index, column, mapping, unit, keeps_side)
    else:
        typed = (boolean_column if column.type == "boolean" else text_column)(raw, index, column)
    return typed._replace(findings=[*found, *typed.findings])
