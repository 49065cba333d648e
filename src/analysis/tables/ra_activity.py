"""Disease activity by visit, and what participants report."""

import pandas as pd

from analysis import numbers
from analysis.tables.ra_cells import of_total, quartiles, share, spread
from analysis.tables.table import Table


def visit_table(described: pd.DataFrame, *, study, entries, notes=()) -> Table:
    """Lay out `describe_by_visit`: a block per variable, a column per visit.

    Parameters
    ----------
    described : DataFrame
        `variable`, `visit`, n, mean, SD, median, quartiles.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of mapping
        `variable`, `label`, `digits` (of single values; means get one more, two at most), in order.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    visits = [visit for visit in labels if visit in set(described["visit"])]
    found = described.set_index(["variable", "visit"])
    lines, blocks = {}, []
    for entry in entries:
        name, digits = entry["variable"], entry["digits"]
        at = [found.loc[(name, visit)] for visit in visits]
        lines[name, "n"] = [numbers.whole(row["n"]) for row in at]
        lines[name, "mean (SD)"] = [spread(row.get("mean"), row.get("sd"), min(digits + 1, 2)) for row in at]
        lines[name, "median [quartiles]"] = [
            quartiles(row.get("median"), row.get("q1"), row.get("q3"), digits) for row in at
        ]
        blocks += [entry["label"]] * 3
    body = pd.DataFrame(
        list(lines.values()), index=[kind for _, kind in lines], columns=[labels[v] for v in visits]
    )
    return Table(body.rename_axis("Measure"), groups=blocks, notes=notes)


def reported_table(changes: pd.DataFrame, *, study, entries, notes=()) -> Table:
    """Lay out `change_of_reported`: a block per measure, a line per visit.

    Parameters
    ----------
    changes : DataFrame
        Paired changes and shares that reached the important difference.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of mapping
        `variable`, `label`, `digits`.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    named = {entry["variable"]: entry for entry in entries}
    lines, blocks = [], []
    for row in changes.to_dict("records"):
        entry = named[row["variable"]]
        digits = max(entry["digits"], 1)
        lines.append(
            [
                numbers.whole(row["n_pairs"]),
                spread(row["mean_baseline"], row["sd_baseline"], digits),
                spread(row["mean_followup"], row["sd_followup"], digits),
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], digits),
                of_total(row["reached"], row["n_pairs"]),
                share(row["share"], row["share_low"], row["share_high"]),
            ]
        )
        blocks.append(f"{entry['label']}; important difference {numbers.fixed(row['threshold'], 2)}")
    columns = ["Pairs", "Baseline", "Visit", "Change (95 % CI)", "n/N", "% (95 % CI)"]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in changes["visit"]])
    spanners = {"Mean (SD)": columns[1:3], "Reached the important difference": columns[4:]}
    return Table(body.rename_axis("Visit"), spanners=spanners, groups=blocks, notes=notes)
