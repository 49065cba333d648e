"""Whether a tidy table is as its columns are declared."""

from collections.abc import Iterable

import pandas as pd

from analysis.columns import TABLES, Column


def faults(name: str, table: pd.DataFrame, *, extra: Iterable[Column] = ()) -> list[str]:
    """What in a tidy table is not as declared: types, limits, whole numbers, allowed values, keys without a value.

    A column may be absent (a study collects what it collects), a key may not.
    """
    declared = [*TABLES.get(name, {}).values(), *extra]
    found = [f"{column.name} is absent" for column in declared if column.key and column.name not in table]
    for column in declared:
        if column.name in table:
            found += [f"{column.name}: {text}" for text in _faults(table[column.name], column)]
    return found


def _faults(values: pd.Series, column: Column) -> Iterable[str]:
    known = values.dropna()
    if str(values.dtype) != column.dtype:
        yield f"has type {values.dtype}, declared {column.dtype}"
        return
    if column.key and values.isna().any():
        yield "is a key and lacks a value"
    if column.low is not None and (known < column.low).any():
        yield f"holds values below {column.low}"
    if column.high is not None and (known > column.high).any():
        yield f"holds values above {column.high}"
    if column.type == "int" and (known != known.round()).any():
        yield "holds values that are not whole"
    if column.allowed and not known.isin(column.allowed).all():
        yield f"holds values that are none of {', '.join(column.allowed)}"
