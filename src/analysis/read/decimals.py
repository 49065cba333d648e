"""Decimal comma or point: decided for a whole column, by its own cells, its file, or the study file.

`170,5` and `0,875` can only have a decimal comma, `0.5` and `1,250.5` only a point; `12,500` may be either. A column
is read by the sign its own certain cells have; else by that of its file; else what hangs on it is refused.
"""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analysis.read.cells import Cells, Kind
from analysis.read.numbers import parts
from analysis.read.text import normalise

_COMMA = re.compile(r"\d+,\d+|,\d+|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:['’ ]\d{3})+,\d+")
_POINT = re.compile(
    r"\d+\.\d+|\.\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:['’]\d{3})+\.\d+"
)
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PLAIN = r"^[+-]?\d+$"
_CERTAIN_POINT = r"^[+-]?(?:0\d*\.\d+|\d{4,}\.\d+|\d+\.(?:\d{1,2}|\d{4,}))$"
_SEPARATED = r"\d[.,]\d|^[^\w]*[.,]\d|[０-９]|\d[ '’\x{00a0}\x{202f}]\d{3}"  # may hold a sign worth a look
SLIP = 0.05  # a share of cells in the other sign that is a slip of the hand, not another habit


class Signs(NamedTuple):
    """How many rows of a column are certain of a comma, of a point, may be either (by sign), are numbers at all."""

    comma: int = 0
    point: int = 0
    open_comma: int = 0
    open_point: int = 0
    numbers: int = 0


class Decision(NamedTuple):
    """The decimal sign of a column (None: open) and why."""

    sign: str | None
    why: str


def signs(cells: Cells) -> Signs:
    """Count what the written numbers of a column say about its decimal sign."""
    rows, written = cells.used(), cells.kinds == Kind.TEXT
    texts = pa.array(np.where(written, cells.texts, "").tolist(), type=pa.string())
    plain = np.asarray(pc.match_substring_regex(texts, _PLAIN))
    point = np.asarray(pc.match_substring_regex(texts, _CERTAIN_POINT))
    found = Signs(point=int(rows[point].sum()), numbers=int(rows[plain | point].sum()))
    separated = np.asarray(pc.match_substring_regex(texts, _SEPARATED))
    rest = np.flatnonzero(written & separated & ~plain & ~point & (rows > 0))
    for n in rest:
        found = _counted(found, str(cells.texts[n]), int(rows[n]))
    return found


def _counted(found: Signs, text: str, rows: int) -> Signs:
    """The counts with one more content."""
    read = parts(normalise(text))
    if read is None:
        return found
    digits, found = read.digits, found._replace(numbers=found.numbers + rows)
    if _EITHER.fullmatch(digits):
        name = "open_comma" if "," in digits else "open_point"
    elif _COMMA.fullmatch(digits):
        name = "comma"
    elif _POINT.fullmatch(digits):
        name = "point"
    else:
        return found
    return found._replace(**{name: getattr(found, name) + rows})


def of_file(columns: list[Signs], delimiter: str | None) -> Decision:
    """What a whole file says: the sign of all its columns that are certain, else a semicolon between its cells."""
    comma = sum(found.comma > 0 and not found.point for found in columns)
    point = sum(found.point > 0 and not found.comma for found in columns)
    if comma and not point:
        return Decision(",", "the file's other columns have a decimal comma")
    if point and not comma:
        return Decision(".", "the file's other columns have a decimal point")
    if comma and point:
        return Decision(None, "the file has decimal commas and decimal points")
    return Decision("", "delimiter ;" if delimiter == ";" else "nothing in the file says so")


def decide(found: Signs, file: Decision, *, given: str | None, delimiter: str | None) -> Decision:
    """The decimal sign of a column.

    Examples
    --------
    >>> nothing = Decision("", "nothing in the file says so")
    >>> decide(Signs(comma=3, open_comma=2), nothing, given=None, delimiter=",").sign
    ','
    >>> decide(Signs(open_comma=2), nothing, given=None, delimiter=",").sign is None
    True
    >>> decide(Signs(open_comma=2), nothing, given=None, delimiter=";").sign
    ','
    """
    if given:
        return Decision(given, "named by `decimal:`")
    if found.comma and found.point:
        return _majority(found, file)
    if found.comma:
        alone = file.sign == "." and found.comma < SLIP * found.numbers
        return file if alone else Decision(",", "its cells have a decimal comma")
    if found.point:
        return Decision(".", "its cells have a decimal point")
    if not found.open_comma and not found.open_point:
        return Decision(file.sign or ".", "it has whole numbers")
    if file.sign != "":
        return file
    if delimiter == ";" and not found.open_point:
        return Decision(",", "cells with a comma between semicolons")
    if delimiter == "," and not found.open_comma:
        return Decision(".", "cells with a point between commas")
    return Decision(None, file.why)


def _majority(found: Signs, file: Decision) -> Decision:
    """The sign of nearly all certain cells, or of most where the file has it, too; else it stays open."""
    sign = "," if found.comma > found.point else "."
    rare = min(found.comma, found.point) / (found.comma + found.point)
    if rare <= SLIP:
        return Decision(sign, "nearly all its cells have it")
    if file.sign == sign and found.comma != found.point:
        return file
    return Decision(None, "its cells have decimal commas and decimal points")
