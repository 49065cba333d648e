"""The numbers that a reader looks for first: who is in the study, and the primary endpoint."""

import math
from collections.abc import Mapping

FIRST = ("estimate", "with_ci", "p_value")
MOST = 8


def headlines(rows: Mapping[str, Mapping], primary: set[str]) -> list[str]:
    """The ids of the headline numbers of a results table, at most eight.

    Parameters
    ----------
    rows : mapping
        Rows of the table by id.
    primary : set of str
        Ids and variables of the primary endpoints.
    """
    counted = [
        name for name, row in rows.items() if row.get("analysis") == "flow" and row.get("statistic") == "n"
    ]
    about = {endpoint.lower() for endpoint in primary}
    first = [
        name
        for name, row in rows.items()
        if str(row.get("variable")).lower() in about and row.get("statistic") in FIRST and "." in name
    ]
    if not counted and not first:  # a study that has neither: its counts of persons
        counted = [name for name, row in rows.items() if row.get("statistic") == "n"]
    return [*counted[:3], *first[: MOST - min(3, len(counted))]]


def shown(value: float | None, other: float | None = None) -> str:
    """A number for reading: four significant digits, more where two would look the same."""
    if value is None:
        return "none"
    if float(value).is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    for digits in range(4, 17):
        text = f"{value:.{digits}g}"
        if other is None or math.isclose(value, other, rel_tol=0, abs_tol=0) or text != f"{other:.{digits}g}":
            return text
    return repr(value)
