"""Difficult-to-treat RA at entry, work-up, and treatment before entry."""

import pandas as pd

from analysis import numbers
from analysis.tables.table import Table
from studies.arthritis.tables.cells import quartiles

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
        (
            row["label"],
            [
                numbers.count_percent(row["count"], row["n"]),
                numbers.whole(row["n_missing"]),
                numbers.fixed(100 * row["decided_share"], 1),
            ],
        )
        for row in ordered.to_dict("records")
    ]
    blocks = [GROUPS[name] for name in ordered["variable"]]
    for frame, block in ((mechanisms, "Mechanisms of action failed"), (results, "Result of the definition")):
        for row in frame.to_dict("records"):
            label = RESULTS.get(row["visit"], row["visit"])
            lines.append((label, [numbers.count_percent(row["count"], row["n"]), *[numbers.MISSING] * 2]))
            blocks.append(block)
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=["Met, n (% of all)", "Not decided, n", "Met, % of those decided"],
    )
    return Table(body.rename_axis("Criterion"), groups=blocks, notes=notes)


def entry_table(lines: pd.DataFrame, *, notes=()) -> Table:
    """Lay out `summarise_entry`: a block per kind of drug, mechanisms with their drugs below them.

    Parameters
    ----------
    lines : DataFrame
        Who began or took what.
    notes : sequence of str
        Footnotes.
    """
    rows = lines.to_dict("records")
    cells = [
        [
            numbers.count_percent(row["count"], row["n"]),
            _share_of(row["with_conventional"], row["count"]),
        ]
        for row in rows
    ]
    names = [("– " if row["level"] else "") + row["label"] for row in rows]
    columns = ["n (% of all)", "Of these with a conventional drug, n (%)"]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(names, name="Treatment"))
    return Table(body, groups=list(lines["block"]), notes=notes)


def _share_of(count: float, total: int) -> str:
    return numbers.MISSING if count != count else numbers.count_percent(count, total)


REASONS = {
    "all": "All switches",
    "inefficacy": "– after inefficacy",
    "intolerance": "– after an adverse event or intolerance",
    "other": "– after another reason",
    "not recorded": "– reason not recorded",
}


def switch_table(switches: pd.DataFrame, *, notes=()) -> Table:
    """Lay out `count_switches`: a line per reason."""
    cells = [
        [numbers.whole(row["switches"]), numbers.count_percent(row["count"], row["n"])]
        for row in switches.to_dict("records")
    ]
    names = pd.Index([REASONS[name] for name in switches["variable"]], name="Switch")
    columns = ["Switches", "Participants, n (%)"]
    return Table(pd.DataFrame(cells, columns=columns, index=names), notes=notes)


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
