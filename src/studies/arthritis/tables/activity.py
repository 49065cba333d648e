"""Disease activity by visit, and what participants report."""

import pandas as pd

from analysis import numbers
from analysis.columns.decimals import mean_digits
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.arthritis.tables.cells import of_total, quartiles, share, spread


def visit_table(described: pd.DataFrame, *, study, entries, notes=()) -> Table:
    """Lay out `describe_by_visit`: a block per variable, a column per visit.

    Parameters
    ----------
    described : DataFrame
        `variable`, `visit`, n, mean, SD, median, quartiles.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of Described
        In order; means get one more decimal than single values, two at most.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    visits = [visit for visit in labels if visit in set(described["visit"])]
    found = described.set_index(["variable", "visit"])
    lines, blocks = {}, []
    for entry in entries:
        name, digits = entry.variable, entry.digits
        more = min(mean_digits(name, digits), 2)
        at = [found.loc[(name, visit)] for visit in visits]
        lines[name, "n"] = [numbers.whole(row["n"]) for row in at]
        lines[name, "mean (SD)"] = [spread(row.get("mean"), row.get("sd"), more) for row in at]
        lines[name, "median [quartiles]"] = [
            quartiles(row.get("median"), row.get("q1"), row.get("q3"), digits) for row in at
        ]
        blocks += [entry.label] * 3
    body = pd.DataFrame(
        list(lines.values()), index=[kind for _, kind in lines], columns=[labels[v] for v in visits]
    )
    return Table(body.rename_axis("Measure"), groups=blocks, notes=notes)


def model_table(modelled: pd.DataFrame, pairs: pd.DataFrame, *, study, notes=()) -> Table:
    """Lay out `model_change` beside the complete pairs: a block per endpoint, a line per visit.

    Parameters
    ----------
    modelled : DataFrame
        Mean changes by the mixed model.
    pairs : DataFrame
        Rows of the analysis ``change_mean``.
    study : analysis.study.Study
        Labels of visits and endpoints.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    named = {entry.id: entry for entry in study.endpoints}
    lines, blocks = [], []
    for row in modelled.to_dict("records"):
        entry = named[row["variable"]]
        digits = min(mean_digits(entry.variable, entry.digits or 0), 2)
        at = pairs[pairs["variable"].eq(row["variable"]) & pairs["visit"].eq(row["visit"])]
        complete = pick(at, analysis="change_mean")
        shown = [
            numbers.estimate_interval(found["estimate"], found["conf_low"], found["conf_high"], digits)
            for found in (row, complete)
        ]
        of_due = of_total(row["n_due"] - row["n_missing"], row["n_due"])
        lines.append(
            [shown[0], numbers.whole(row["n"]), shown[1], numbers.whole(complete["n_pairs"]), of_due]
        )
        blocks.append(named[row["variable"]].label)
    columns = ["Change (95 % CI)", "n", "Change (95 % CI) ", "Pairs", "Known, of those due"]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in modelled["visit"]])
    spanners = {"Mixed model (the estimand)": columns[:2], "Complete pairs": columns[2:4]}
    return Table(body.rename_axis("Visit"), spanners=spanners, groups=blocks, notes=notes)


def regression_table(lines: pd.DataFrame, *, study, notes=()) -> Table:
    """Lay out `expected_regression`: a block per score, a line per assumed correlation.

    Parameters
    ----------
    lines : DataFrame
        With `label`, what the score is called with its cut-off.
    study : analysis.study.Study
        Labels of visits.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label.lower() for visit in study.visits}
    rows = lines.to_dict("records")
    cells = [
        [
            numbers.fixed(row["correlation"], 2),
            spread(row["mean"], row["sd"], 1),
            numbers.fixed(row["estimate"], 1),
            numbers.fixed(row["observed"], 1),
            numbers.whole(row["n"]),
        ]
        for row in rows
    ]
    names = ["Correlation of " + " and ".join(labels[visit] for visit in row["pair"]) for row in rows]
    columns = ["Correlation", "Mean (SD)", "Expected change", "Observed change", "n"]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(names, name="Assumption"))
    return Table(body, groups=list(lines["label"]), notes=notes)


def reported_table(changes: pd.DataFrame, *, study, entries, notes=()) -> Table:
    """Lay out `change_of_reported`: a block per measure, a line per visit.

    Parameters
    ----------
    changes : DataFrame
        Paired changes and shares that reached the important difference.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of ReportedMeasure
        Labels and decimals.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    named = {entry.variable: entry for entry in entries}
    lines, blocks = [], []
    for row in changes.to_dict("records"):
        entry = named[row["variable"]]
        digits = max(entry.digits, 1)
        lines.append(
            [
                numbers.whole(row["n_pairs"]),
                spread(row["mean_baseline"], row["sd_baseline"], digits),
                spread(row["mean_followup"], row["sd_followup"], digits),
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], digits),
                *_reached(row),
            ]
        )
        named_by = f"; important difference {row['threshold']:g}" if entry.difference else ""
        blocks.append(entry.label + named_by)
    columns = ["Pairs", "Baseline", "Visit", "Change (95 % CI)", "n/N", "% (95 % CI)", "n/N ", "% (95 % CI) "]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in changes["visit"]])
    spanners = {
        "Mean (SD)": columns[1:3],
        "Reached it, missing is non-response": columns[4:6],
        "Reached it, as observed": columns[6:],
    }
    return Table(body.rename_axis("Visit"), spanners=spanners, groups=blocks, notes=notes)


def _reached(row: dict) -> list[str]:
    """Who reached the important difference, of those due and of pairs; dashes where there is no such difference."""
    if row["threshold"] != row["threshold"]:
        return [numbers.MISSING] * 4
    return [
        of_total(row["reached"], row["n_due"]),
        share(row["share"], row["share_low"], row["share_high"]),
        of_total(row["reached"], row["n_pairs"]),
        share(row["seen_share"], row["seen_low"], row["seen_high"]),
    ]
