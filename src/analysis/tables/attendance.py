"""The table of visits: who was seen, and who has a value of each endpoint."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.language import tr
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def attendance_table(rows: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_visits`: a block per group, lines for being due and seen and one per endpoint."""
    labels = {"visit": tr("Seen at the visit"), **{entry.id: entry.label for entry in study.endpoints}}
    found = rows.pivot_table(
        index=["group", "variable", "visit"], columns="statistic", values="value", sort=False
    )
    visits = [visit for visit in study.visits if visit.id in set(rows["visit"])]
    names = study.groups.labels if study.groups else {}
    lines, blocks = [], []
    for group in rows["group"].unique():
        of_group = found.loc[group]
        size = int(of_group["n"].max())
        due = of_group.loc["visit"]["n"].reindex([visit.id for visit in visits])
        made = [(label, _line(of_group.loc[name], visits)) for name, label in labels.items()]
        if due.lt(size).any():
            made.insert(0, (tr("Due by the data cut"), [numbers.whole(n) for n in due]))
        lines += made
        name = tr("All") if group == "all" else names.get(group, group)
        blocks += [tr("{label} (n = {n})", label=name, n=size)] * len(made)
    body = pd.DataFrame(
        [cells for _, cells in lines],
        columns=[visit.label for visit in visits],
        index=[label for label, _ in lines],
    )
    return Table(
        body.rename_axis(tr("Subjects")),
        groups=blocks,
        notes=[*notes, tr("n (% of those due at the visit).")],
    )


def _line(counted: pd.DataFrame, visits) -> list[str]:
    """Counts and percentages by visit; a dash where nothing was planned or visits are not known."""
    known = counted.dropna(subset="count") if "count" in counted else counted.iloc[:0]
    return [
        numbers.count_percent(int(known.loc[visit.id, "count"]), int(known.loc[visit.id, "n"]))
        if visit.id in known.index
        else numbers.MISSING
        for visit in visits
    ]
