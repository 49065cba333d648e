"""Difficult-to-treat RA at entry, work-up, and treatment before entry."""

import pandas as pd

from analysis import numbers
from analysis.tables.ra_cells import quartiles
from analysis.tables.table import Table

GROUPS = {
    "c1": "Criterion 1",
    "csdmard_failed": "Criterion 1",
    "contraindicated": "Criterion 1",
    "access_restricted": "Criterion 1",
    "c2": "Criterion 2",
    "c2a": "Criterion 2",
    "c2b": "Criterion 2",
    "c2c": "Criterion 2",
    "c2d": "Criterion 2",
    "c2e": "Criterion 2",
    "c3": "Criterion 3",
    "c3_doc": "Criterion 3",
    "c3_pt": "Criterion 3",
}
RESULTS = {
    "yes": "Difficult to treat",
    "yes_access_exception": "Difficult to treat by the access exception",
    "no": "Not difficult to treat",
    "indeterminate": "Not decided",
}
CLASSES = {
    "csDMARD": "Conventional synthetic",
    "csDMARD_CN": "Plant DMARDs used in China",
    "bDMARD": "Biological",
    "tsDMARD": "Targeted synthetic",
}


def difficult_table(
    items: pd.DataFrame, mechanisms: pd.DataFrame, results: pd.DataFrame, *, notes=()
) -> Table:
    """Lay out `count_items` and `count_levels`: criteria, mechanisms failed, and the result.

    Parameters
    ----------
    items : DataFrame
        From `count_items`.
    mechanisms, results : DataFrame
        From `count_levels`: number of mechanisms failed; result of the definition.
    notes : sequence of str
        Footnotes.
    """
    ordered = items.set_index("variable").loc[list(GROUPS)].reset_index()
    lines = [
        (row["label"], [numbers.count_percent(row["count"], row["n"]), numbers.whole(row["n_missing"])])
        for row in ordered.to_dict("records")
    ]
    blocks = [GROUPS[name] for name in ordered["variable"]]
    for frame, block in ((mechanisms, "Mechanisms of action failed"), (results, "Result of the definition")):
        for row in frame.to_dict("records"):
            label = RESULTS.get(row["visit"], row["visit"])
            lines.append((label, [numbers.count_percent(row["count"], row["n"]), numbers.MISSING]))
            blocks.append(block)
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=["Met, n (%)", "Not decided, n"],
    )
    return Table(body.rename_axis("Criterion"), groups=blocks, notes=notes)


def history_table(history: pd.DataFrame, *, notes=()) -> Table:
    """Lay out `summarise_history`: a block per class, its drugs with their mechanism.

    Parameters
    ----------
    history : DataFrame
        Exposure per class, mechanism and drug.
    notes : sequence of str
        Footnotes.
    """
    lines, blocks = [], []
    for name, label in CLASSES.items():
        of_class = history[history["parent"].eq(name)]
        whole = of_class[of_class["level"].eq("class")]
        parts = of_class[of_class["level"].eq("moa")] if name in ("bDMARD", "tsDMARD") else of_class.iloc[:0]
        drugs = of_class[of_class["level"].eq("drug")].sort_values("count", ascending=False)
        for level, rows in (("any", whole), ("mechanism", parts), ("drug", drugs)):
            for row in rows.sort_values("count", ascending=False).to_dict("records"):
                title = {"any": "Any", "mechanism": f"Mechanism: {row['variable']}"}.get(
                    level, row["variable"]
                )
                lines.append((title, _exposure(row)))
                blocks.append(label)
    columns = ["Exposed, n (%)", "Courses", "Days, median [quartiles]", *STOPS.values()]
    body = pd.DataFrame([cells for _, cells in lines], index=[label for label, _ in lines], columns=columns)
    return Table(
        body.rename_axis("Drug"), spanners={"Why the course ended": columns[3:]}, groups=blocks, notes=notes
    )


STOPS = {
    "inefficacy": "Inefficacy",
    "intolerance": "Adverse event or intolerance",
    "remission": "Remission",
    "other": "Other",
    "unknown": "Not known",
    "ongoing": "Ongoing",
}


def _exposure(row: dict) -> list[str]:
    return [
        numbers.count_percent(row["count"], row["n"]),
        numbers.whole(row["courses"]),
        quartiles(row["median_days"], row["q1_days"], row["q3_days"], 0),
        *(numbers.whole(row[reason]) for reason in STOPS),
    ]
