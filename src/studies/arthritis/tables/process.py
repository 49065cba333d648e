"""Treat to target by visit; radiographic progression; immune markers."""

import pandas as pd

from analysis import numbers
from analysis.tables.table import Table
from studies.arthritis.tables.cells import of_total, quartiles, share

STEPS = {
    "Seen, of those due": ("seen", "due"),
    "Target missed, of those with a known state": ("missed", "assessed"),
    "Change of therapy recorded, of those who missed it": ("decided", "missed"),
    "DMARD begun or stopped within the days allowed, of those who missed it": ("changed", "missed"),
}
KINDS = {
    "progression": "Any progression (above 0)",
    "progression_above_half": "Progression above 0.5",
    "above_sdc": "Above the smallest detectable change",
    "rapid_annualised": "Rapid: 5 points a year or more",
    "rapid": "Rapid: that, or 5 points between yearly films",
}


def target_table(process: pd.DataFrame, *, study, notes=()) -> Table:
    """Lay out `summarise_target`: a line per step, n/N and per cent per visit."""
    labels = {visit.id: visit.label for visit in study.visits}
    lines, blocks = [], []
    for title, (name, over) in STEPS.items():
        rows = process.to_dict("records")
        lines.append(("n/N", [of_total(row[name], row[over]) for row in rows]))
        lines.append(
            (
                "% (95 % CI)",
                [share(row[f"{name}_share"], row[f"{name}_low"], row[f"{name}_high"]) for row in rows],
            )
        )
        blocks += [title] * 2
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[labels[visit] for visit in process["visit"]],
    )
    return Table(body.rename_axis("Step"), groups=blocks, notes=notes)


def film_table(films: pd.DataFrame, *, study, notes=()) -> Table:
    """Lay out `summarise_films`: a column per visit with films."""
    labels = {visit.id: visit.label for visit in study.visits}
    rows = films.to_dict("records")
    lines = [
        ("Pairs of films (missing)", [f"{row['n_pairs']:.0f} ({row['n_missing']:.0f})" for row in rows]),
        ("Score at baseline, mean", [numbers.fixed(row["mean_baseline"], 1) for row in rows]),
        (
            "Change, mean (95 % CI)",
            [
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 2)
                for row in rows
            ],
        ),
        ("Change, median [quartiles]", [quartiles(row["q50"], row["q25"], row["q75"], 1) for row in rows]),
        (
            "Change, 5th to 95th percentile",
            [numbers.interval(row["q05"], row["q95"], 1) for row in rows],
        ),
        ("Change a year, mean", [numbers.fixed(row["per_year"], 2) for row in rows]),
        ("Smallest detectable change", [numbers.fixed(row["sdc"], 2) for row in rows]),
    ]
    for kind, label in KINDS.items():
        cells = [
            f"{numbers.whole(row[kind])}; {share(row[f'{kind}_share'], row[f'{kind}_low'], row[f'{kind}_high'])}"
            for row in rows
        ]
        lines.append((f"{label}, n; % (95 % CI)", cells))
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[labels[visit] for visit in films["visit"]],
    )
    return Table(body.rename_axis("Sharp/van der Heijde total (0-448)"), notes=notes)


def marker_table(
    described: pd.DataFrame, changes: pd.DataFrame, other: pd.DataFrame, *, study, notes=()
) -> Table:
    """Lay out `describe_markers` and `change_of_markers`: a block per marker, a line per visit.

    Parameters
    ----------
    described, changes, other : DataFrame
        Values; ratios to baseline; ratios under the other rule for results below the limit.
    study : analysis.study.Study
        Labels of the visits.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    ratios = changes.set_index(["variable", "visit"])
    others = other.set_index(["variable", "visit"])
    lines, blocks = [], []
    for row in described.to_dict("records"):
        key = (row["variable"], row["visit"])
        ratio = ["", "", "", ""]
        if key in ratios.index:
            found, second = ratios.loc[key], others.loc[key]
            ratio = [
                numbers.whole(found["n_pairs"]),
                numbers.estimate_interval(found["estimate"], found["conf_low"], found["conf_high"], 2),
                numbers.p_value(found["p_adjusted"]),
                numbers.fixed(second["estimate"], 2),
            ]
        lines.append(
            [
                numbers.whole(row["n"]),
                numbers.count_percent(row["below"], row["n"]),
                quartiles(row.get("median"), row.get("q1"), row.get("q3"), 1),
                *ratio,
            ]
        )
        blocks.append(row["label"])
    columns = [
        "n",
        "Below the limit, n (%)",
        "Median [quartiles]",
        "Pairs",
        "Ratio (95 % CI)",
        "Adjusted p",
        "Ratio, other rule",
    ]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in described["visit"]])
    spanners = {"Compared with baseline": columns[3:]}
    return Table(body.rename_axis("Visit"), spanners=spanners, groups=blocks, notes=notes)


CLASSES = {
    "csDMARD": "Conventional synthetic DMARD",
    "csDMARD_CN": "Plant DMARD used in China",
    "bDMARD": "Biological DMARD",
    "tsDMARD": "Targeted synthetic DMARD",
    "GC": "Glucocorticoid",
}


def rate_table(rates: pd.DataFrame, *, notes=()) -> Table:
    """Lay out rates per class of drug: a block per kind of event, a line per class."""
    order = {name: number for number, name in enumerate(CLASSES)}
    sorted_rates = rates.sort_values("group", key=lambda names: names.map(order)).sort_values(
        "variable",
        key=lambda kinds: kinds.map({kind: n for n, kind in enumerate(rates["variable"].unique())}),
        kind="stable",
    )
    lines = [
        [
            numbers.whole(row["events"]),
            numbers.fixed(row["person_years"], 1),
            numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 1),
        ]
        for row in sorted_rates.to_dict("records")
    ]
    index = pd.Index([CLASSES[name] for name in sorted_rates["group"]], name="Class")
    body = pd.DataFrame(lines, columns=["Events", "Person-years", "Rate (95 % CI)"], index=index)
    return Table(body, groups=list(sorted_rates["label"]), notes=notes)
