"""Where the tables of a report show a result: the first, in the order of the report, whose cell names the result's
analysis and in which its number is found.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from analysis import media
from pipeline.publish.placed import Line, are_called, lines_of, lines_that_show
from pipeline.render.notebook import cell_options, source_text


@dataclass(frozen=True, slots=True)
class Place:
    """The label of a table and, where one row alone can be it, the row's number and the words at its head."""

    table: str
    row: int | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Shown:
    notebook: str
    analyses: tuple[str, ...]
    label: str
    lines: tuple[Line, ...]


def shown_in(
    notebooks: Iterable[tuple[str, dict]], rows: Collection[Mapping[str, Any]]
) -> Callable[[Mapping[str, Any], Mapping[str, str]], Place | None]:
    r"""Function: a row of results and what it is called -> its place; None where no table shows it.

    Parameters
    ----------
    notebooks : iterable of str and dict
        Names and executed notebooks, in the order of the report.
    rows : collection of mapping
        The results table, whose rows with one id but for the statistic are looked for together.

    Examples
    --------
    >>> lines = ["#| label: tbl-tis", "#| shows: tis, response_*"]
    >>> body = "<tr><th>Week 24</th><td>12/20</td></tr>"
    >>> table = f"<table><thead><tr><th>Visit</th><th>n/N</th></tr></thead><tbody>{body}</tbody></table>"
    >>> outputs = [{"data": {"text/html": table}}]
    >>> cell = {"cell_type": "code", "source": "\n".join(lines), "outputs": outputs}
    >>> told = {"notebook": "dm_tis", "analysis": "response_nri", "value": 12.0, "denominator": 20.0}
    >>> row = told | {"result_id": "response_nri.fas.tis.w24.all.count", "statistic": "count"}
    >>> place = shown_in([("dm_tis", {"cells": [cell]})], [row])
    >>> place(row, {"visit": "Week 24"})
    Place(table='tbl-tis', row=1, words=('Week 24',))
    >>> place(row | {"notebook": "flow"}, {}) is None
    True
    """
    tables = [
        _Shown(name, tuple(part.strip() for part in options["shows"].split(",")), options["label"], lines)
        for name, notebook in notebooks
        for options, lines in map(_read, notebook["cells"])
        if "shows" in options and options.get("label", "").startswith("tbl-")
    ]
    together = defaultdict(list)
    for each in rows:
        together[_without_statistic(each)].append(each)

    def place(row: Mapping[str, Any], named: Mapping[str, str]) -> Place | None:
        siblings = together[_without_statistic(row)]
        those = [
            table
            for table in tables
            if table.notebook == row["notebook"] and _is_of(row["analysis"], table.analyses)
        ]
        by_name = are_called((line for table in those for line in table.lines), named.get("variable", ""))
        shows = [
            (table, lines_that_show(table.lines, row, siblings, named, by_name=by_name)) for table in those
        ]
        sole = [(table, lines[0]) for table, lines in shows if len(lines) == 1]
        if sole and (named.get("variable") or sum(len(lines) for _, lines in shows) == 1):
            table, line = sole[0]
            return Place(table.label, line.number, line.words)
        listed = [table for table, lines in shows if lines or not table.lines]
        return Place(listed[0].label) if listed else None

    return place


def _without_statistic(row: Mapping[str, Any]) -> str:
    return row["result_id"].rpartition(".")[0]


def _is_of(analysis: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(analysis, name) for name in patterns)


def _read(cell: dict) -> tuple[dict[str, str], tuple[Line, ...]]:
    """The options of a code cell, and the rows of its table; none of a listing, whose rows are patients."""
    if cell["cell_type"] != "code":
        return {}, ()
    options = cell_options(source_text(cell["source"]))
    outputs = [out.get("data", {}) for out in cell.get("outputs", ())]
    if "shows" not in options or any(media.MARKS in out for out in outputs):
        return options, ()
    shown = (source_text(out.get("text/html", "")) for out in outputs)
    return options, tuple(line for html in shown for line in lines_of(html))
