"""Events and terms by group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import tr
from analysis.tables.general.wording import groups_shown
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def events_table(rows: pd.DataFrame, *, study: "Study", stub: str, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_events`: a line per kind of event or term, a column per group.

    Parameters
    ----------
    rows : DataFrame
        Rows of one analysis of it.
    study : analysis.study.Study
        Labels of the groups.
    stub : str
        What the lines are.
    notes : sequence of str
        Footnotes.
    """
    shown = groups_shown(rows, study)
    cells: dict[str, list[str]] = {label: [] for label in shown.values()}
    for variable in dict.fromkeys(rows["variable"]):
        for group, label in shown.items():
            found = pick(rows, variable=variable, group=group)
            share = numbers.count_percent(int(found["count"]), int(found["n"])) if found["n"] else "0"
            cells[label].append(f"{share}, {numbers.whole(found['events'])}")
    kinds = {
        "any": tr("Any event"),
        "serious": tr("Serious events"),
        "mild": tr("Mild events"),
        "moderate": tr("Moderate events"),
        "severe": tr("Severe events"),
    }
    lines = [kinds.get(str(name), str(name)) for name in dict.fromkeys(rows["variable"])]
    body = pd.DataFrame(cells, index=pd.Index(lines, name=stub))
    said = tr(
        "Subjects with an event (%), and events, as recorded; nothing is asked of doses or time at risk."
    )
    return Table(body, notes=[*notes, said, *([] if lines else [tr("No event is recorded.")])])
