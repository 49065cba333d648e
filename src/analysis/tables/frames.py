"""A frame as a table: counts, lists and listings."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers
from analysis.columns import in_words
from analysis.tables.headers import HEADERS
from analysis.tables.table import Table


def frame_table(
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    digits: Mapping[str, int] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """Show a frame; the first column becomes the row header. Coded values are written in words.

    Parameters
    ----------
    frame : DataFrame
        Rows in the order of display.
    labels : mapping, optional
        Header of a column where it is not the usual one (`HEADERS`, else the column's name).
    digits : mapping, optional
        Decimals of number columns; whole numbers by default.
    notes : sequence of str
        Footnotes.

    Examples
    --------
    >>> frame_table(pd.DataFrame({"reason": ["no date"], "n": [3]})).body
              n
    Why
    no date   3
    """
    labels, digits = {**HEADERS, **(labels or {})}, digits or {}
    text = {name: _text(frame[name], digits.get(name), name) for name in frame.columns}
    shown = pd.DataFrame(text).rename(columns=labels)
    return Table(shown.set_index(shown.columns[0]), notes=notes)


def _text(values: pd.Series, digits: int | None, column: str) -> list[str]:
    if pd.api.types.is_bool_dtype(values):
        return ["–" if pd.isna(value) else "yes" if value else "no" for value in values]
    if pd.api.types.is_numeric_dtype(values):
        return [numbers.fixed(None if pd.isna(value) else float(value), digits or 0) for value in values]
    if pd.api.types.is_datetime64_any_dtype(values):
        return ["–" if pd.isna(value) else value.date().isoformat() for value in values]
    return [
        "–" if value is None or value is pd.NA or value != value else str(in_words(column, value))
        for value in values
    ]
