"""A table from its lines."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.tables.table import Table

Line = tuple[str | None, str, Sequence[str]]


def grid(
    lines: Sequence[Line],
    *,
    stub: str,
    columns: Sequence[str],
    spanners: Mapping[str, Sequence[str]] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table from its lines, each a block, a row header and the cells.

    Examples
    --------
    >>> grid([("TIS", "Week 24", ["6/20"])], stub="Visit", columns=["n/N"]).body
              n/N
    Visit
    Week 24  6/20
    """
    body = pd.DataFrame(
        [list(cells) for _, _, cells in lines], columns=list(columns), index=[label for _, label, _ in lines]
    )
    blocks = [block for block, _, _ in lines]
    grouped = blocks if any(block is not None for block in blocks) else None
    return Table(body.rename_axis(stub), spanners=spanners or {}, groups=grouped, notes=list(notes))
