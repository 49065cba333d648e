"""The table of a response under both rules of who is due."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import mark
from analysis.tables.cells import count_of, share_of
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def due_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `summaries.compare_due_rules`: a line per visit, the rule that waits first.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``due_closed`` and ``due_or_seen`` of one response.
    study : analysis.study.Study
        Labels of visits, confidence level.
    notes : sequence of str
        Footnotes.
    """
    lines, index = [], []
    for visit in study.visits:
        closed, seen = (
            pick(rows, analysis=analysis, visit=visit.id) for analysis in ("due_closed", "due_or_seen")
        )
        if seen:
            early = numbers.whole(seen["n_only"])
            lines.append([count_of(closed), share_of(closed), count_of(seen), share_of(seen), early])
            index.append(visit.label)
    interval = numbers.level(study.statistics.confidence_level)
    columns = ["n/N", f"% ({interval})", "n/N ", f"% ({interval}) ", mark("Seen early")]
    spanners = {
        mark("Window has closed"): columns[:2],
        mark("Window has closed, or visit took place"): columns[2:],
    }
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name="Visit"))
    return Table(body, spanners=spanners, notes=notes)
