"""The table of visits: who was seen, and who has a value of each endpoint."""

import pandas as pd

from analysis import numbers
from analysis.tables.table import Table


def attendance_table(rows: pd.DataFrame, *, study, notes=()) -> Table:
    """Lay out `summarise_visits`: a block per group, a line for being seen and one per endpoint."""
    labels = {"visit": "Seen at the visit", **{entry.id: entry.label for entry in study.endpoints}}
    counts = rows[rows["statistic"].eq("count")]
    visits = [visit for visit in study.visits if visit.id in set(counts["visit"])]
    lines, blocks = [], []
    for group in counts["group"].unique():
        of_group = counts[counts["group"].eq(group)]
        size = int(of_group["n"].iloc[0])
        name = "All" if group == "all" else study.groups.labels.get(group, group)
        for variable, label in labels.items():
            by_visit = of_group[of_group["variable"].eq(variable)].set_index("visit")["value"]
            lines.append((label, [numbers.count_percent(int(by_visit[v.id]), size) for v in visits]))
            blocks.append(f"{name} (n = {size})")
    body = pd.DataFrame(
        [cells for _, cells in lines],
        columns=[v.label for v in visits],
        index=[label for label, _ in lines],
    )
    return Table(body.rename_axis("Subjects"), groups=blocks, notes=[*notes, "n (% of the analysis set)."])
