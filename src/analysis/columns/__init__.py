"""The tidy tables, declared once: every column's name, type, unit, range, allowed values and CDISC name.

`read` fills these tables; a study file adds columns of its own.
Types are ``str``, ``category``, ``int``, ``float``, ``date`` and ``boolean``. In a frame, text and categories
have pandas' ``string`` dtype, numbers (whole ones too) ``float64``, dates ``datetime64[us]`` and yes/no values
``boolean``; missing is NA, NaN or NaT, never 0 or False.
"""

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analysis.columns.courses import ADVERSE_EVENTS, DEVIATIONS, DOSES, INTERCURRENT_EVENTS, TREATMENTS
from analysis.columns.declare import DTYPES, Column
from analysis.columns.labs import ANALYTES, LABS
from analysis.columns.subjects import SUBJECTS
from analysis.columns.visits import HAQ_AIDS, JOINTS_28, JOINTS_68, MUSCLES, SIDES, VISITS
from analysis.columns.words import in_words

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ANALYTES",
    "DTYPES",
    "HAQ_AIDS",
    "JOINTS_28",
    "JOINTS_68",
    "MUSCLES",
    "SIDES",
    "TABLES",
    "Column",
    "column",
    "empty",
    "in_words",
    "nearest",
]


def by_name(table: str, declared: Iterable[Column]) -> dict[str, Column]:
    """The columns of a table by their names.

    Raises
    ------
    ValueError
        If two columns bear one name; the second would take the place of the first.

    Examples
    --------
    >>> list(by_name("visits", [Column("pain_mm", "float", "Pain"), Column("visit_date", "date", "Date")]))
    ['pain_mm', 'visit_date']
    """
    held: dict[str, Column] = {}
    for column in declared:
        if column.name in held:
            raise ValueError(f"table {table}: column {column.name} is declared twice")
        held[column.name] = column
    return held


TABLES: dict[str, dict[str, Column]] = {
    table: by_name(table, declared)
    for table, declared in {
        "subjects": SUBJECTS,
        "visits": VISITS,
        "treatments": TREATMENTS,
        "adverse_events": ADVERSE_EVENTS,
        "labs": LABS,
        "doses": DOSES,
        "deviations": DEVIATIONS,
        "intercurrent_events": INTERCURRENT_EVENTS,
    }.items()
}


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name a wrong one may have meant, or nothing.

    Examples
    --------
    >>> nearest("tcj28", ["tjc28", "sjc28", "ptga_mm"])
    "; did you mean 'tjc28'?"
    >>> nearest("id", ["age", "ID"])
    "; did you mean 'ID'?"
    """
    names = [str(k) for k in known]
    same = [k for k in names if k.casefold() == str(name).casefold()]
    close = same or difflib.get_close_matches(str(name), names, n=1, cutoff=0.55)
    return f"; did you mean '{close[0]}'?" if close else ""


def column(table: str, name: str) -> Column:
    """Look up one declared column.

    Raises
    ------
    KeyError
        With the nearest declared name, if the table or the column is not declared.

    Examples
    --------
    >>> column("visits", "ptga_mm").unit
    'mm'
    """
    if table not in TABLES:
        raise KeyError(f"no tidy table '{table}'{nearest(table, TABLES)}")
    if name not in TABLES[table]:
        raise KeyError(f"table {table} has no column '{name}'{nearest(name, TABLES[table])}")
    return TABLES[table][name]


def empty(declared: Iterable[Column]) -> "pd.DataFrame":
    """A table with the declared columns and no row."""
    import pandas as pd

    return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in declared})
