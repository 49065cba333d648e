"""A frame as a table: counts, lists and listings."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers
from analysis.columns import in_words
from analysis.language import as_the_study_says, tr
from analysis.tables.headers import HEADERS
from analysis.tables.table import Table


def frame_table(
    frame: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    digits: Mapping[str, int | Sequence[int]] | None = None,
    planned: Sequence[str] = (),
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
        Decimals of number columns, one for all rows or one a row; whole numbers by default.
    planned : sequence of str
        Columns whose numbers are of the plan and count nobody.
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
    patients = "subject_id" in frame.columns
    of_plan = [labels.get(name, name) for name in planned]
    return Table(shown.set_index(shown.columns[0]), notes=notes, per_patient=patients, planned=of_plan)


TERMS = {"pt", "soc"}  # as recorded, or as the study's own catalogue says them
RECORDED = {
    "subject_id",
    "term_verbatim",
    "description",
    "drug",
    "drug_raw",
    "citation",
    "source",
    "subjects",
}


def _said(column: str, value: object) -> str:
    """A cell in words: coded values and words of the program in the language of the report, data as recorded."""
    words = str(in_words(column, value))
    if column in TERMS:
        return as_the_study_says(words)
    return words if column in RECORDED else tr(words)


def decimals_needed(frame: pd.DataFrame, *, at_most: int) -> list[int]:
    """Decimals of each row that show all its numbers as they are, up to a limit; missing ones need none.

    Examples
    --------
    >>> decimals_needed(pd.DataFrame({"low": [0.0, 0.03], "high": [150.0, 78.5]}), at_most=2)
    [0, 2]
    """
    settled = frame.astype(float).round(at_most)
    rows = [[numbers.decimals_of(value, 0) for value in row if value == value] for row in settled.to_numpy()]
    return [max(needed, default=0) for needed in rows]


def _text(values: pd.Series, digits: int | Sequence[int] | None, column: str) -> list[str]:
    if pd.api.types.is_bool_dtype(values):
        return ["–" if pd.isna(value) else tr("yes") if value else tr("no") for value in values]
    if pd.api.types.is_numeric_dtype(values):
        places = [digits or 0] * len(values) if digits is None or isinstance(digits, int) else digits
        return [
            numbers.fixed(None if pd.isna(value) else float(value), most)
            for value, most in zip(values, places, strict=True)
        ]
    if pd.api.types.is_datetime64_any_dtype(values):
        return ["–" if pd.isna(value) else value.date().isoformat() for value in values]
    return [
        "–" if value is None or value is pd.NA or value != value else _said(column, value) for value in values
    ]
