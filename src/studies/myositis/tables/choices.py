"""What depends on choices: sensitivity, methods of comparison, missing values, subgroups."""

from collections.abc import Mapping

import pandas as pd

from analysis import numbers
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.tables.grid import count_of, estimate_of, exact_of, grid, mean_of, share_of


def variant_grid(rows: pd.DataFrame, labels: Mapping[str, str], *, notes=()) -> Table:
    """The primary response under each variant, one line each."""
    lines = []
    for name, label in labels.items():
        found = pick(rows, analysis="sensitivity", variable=name)
        lines.append((None, label, [count_of(found), share_of(found), exact_of(found)]))
    return grid(lines, stub="Analysis", columns=["n/N", "% (95 % CI)", "Exact CI"], notes=notes)


def comparison_grid(rows: pd.DataFrame, measures, labels: Mapping[str, str], *, notes=()) -> Table:
    """The change of each measure by each method: a block per measure, a line per method."""
    lines = []
    for measure in measures:
        for name, label in labels.items():
            found = pick(rows, analysis=f"compare_{name}", variable=measure.id)
            if found:
                cells = [
                    numbers.whole(found["n_pairs"]),
                    estimate_of(found, measure.digits + 1),
                    numbers.p_value(found["p_value"]),
                ]
                lines.append((measure.title, label, cells))
    return grid(lines, stub="Method", columns=["Pairs", "Change (95 % CI)", "p"], notes=notes)


def known_grid(rows: pd.DataFrame, measures, *, study, visits, notes=()) -> Table:
    """Values known of those due: a line per measure, a column per visit."""
    shown = [visit for visit in study.visits if visit.id in visits]
    lines = []
    for measure in measures:
        found = [pick(rows, analysis="known", variable=measure.id, visit=visit.id) for visit in shown]
        lines.append((None, measure.label, [count_of(cell) for cell in found]))
    return grid(lines, stub="Measure", columns=[visit.label for visit in shown], notes=notes)


def subgroup_grid(rows: pd.DataFrame, members: Mapping[tuple[str, str], object], *, notes=()) -> Table:
    """Response and change in each subgroup: a block per grouping, a line per subgroup."""
    lines = []
    for of, name in members:
        response, tis, skin = (
            pick(rows, analysis=f"subgroup_{what}", group=f"{of} {name}")
            for what in ("response", "tis", "cdasi")
        )
        median = f"{numbers.fixed(tis.get('median'), 1)} (n = {numbers.whole(tis['n'])})"
        change = f"{mean_of(skin, 1)}, n = {numbers.whole(skin['n'])}" if skin.get("n") else numbers.MISSING
        lines.append((of, name, [count_of(response), share_of(response), median, change]))
    columns = ["TIS 40 or more, n/N", "% (95 % CI)", "TIS, median", "CDASI change, mean (SD)"]
    return grid(lines, stub="Subgroup", columns=columns, notes=notes)
