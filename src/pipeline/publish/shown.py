"""Which table shows a result: the first, in the order of the report, whose cell names the result's analysis."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from pipeline.render.notebook import cell_options, source_text


def shown_in(notebooks: Iterable[tuple[str, dict]]) -> Callable[[dict], str | None]:
    r"""Function: a row of results -> the label of its table; None where no table says that it shows it.

    Parameters
    ----------
    notebooks : iterable of str and dict
        Names and executed notebooks, in the order of the report.

    Examples
    --------
    >>> lines = ["#| label: tbl-tis", "#| shows: tis, response_*"]
    >>> cell = {"cell_type": "code", "source": "\n".join(lines)}
    >>> place = shown_in([("dm_tis", {"cells": [cell]})])
    >>> place({"notebook": "dm_tis", "analysis": "response_nri"}), place({"notebook": "flow", "analysis": "tis"})
    ('tbl-tis', None)
    """
    tables = [
        (name, [part.strip() for part in options["shows"].split(",")], options["label"])
        for name, notebook in notebooks
        for options in map(_options, notebook["cells"])
        if "shows" in options and options.get("label", "").startswith("tbl-")
    ]

    def place(row: dict) -> str | None:
        for notebook, analyses, label in tables:
            if notebook == row["notebook"] and any(fnmatchcase(row["analysis"], name) for name in analyses):
                return label
        return None

    return place


def _options(cell: dict) -> dict[str, str]:
    """The options of a code cell."""
    return {} if cell["cell_type"] != "code" else cell_options(source_text(cell["source"]))
