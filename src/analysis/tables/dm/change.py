"""Change from baseline: a block per measure, a line per visit."""

import pandas as pd

from analysis import numbers
from analysis.tables.dm.grid import estimate_of, grid, mean_of, median_of, range_of
from analysis.tables.hierarchy import exploratory_note
from analysis.tables.rows import pick
from analysis.tables.table import Table

COLUMNS = ("n", "Mean (SD)", "Change (95 % CI)", "HL (95 % CI)", "p", "dz")
VALUES = ("n (missing)", "Mean (SD)", "Median [IQR]", "Range")


def values_grid(rows: pd.DataFrame, measures, *, study, notes=()) -> Table:
    """Lay out the values at each visit of `summaries.dm.change_rows`: mean, median, range of everybody with a value.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analysis ``summary``.
    measures : sequence of Measure
        Measures in the order of display.
    study : analysis.study.Study
        Labels of the visits.
    """
    lines = []
    for measure in measures:
        for visit in study.visits:
            found = pick(rows, analysis="summary", variable=measure.id, visit=visit.id)
            if found:
                more = measure.digits + 1
                cells = [_known(found), mean_of(found, more), median_of(found, more), range_of(found, more)]
                lines.append((measure.title, visit.label, cells))
    return grid(lines, stub="Visit", columns=VALUES, notes=notes)


def change_grid(rows: pd.DataFrame, measures, *, study, tests: bool, notes=()) -> Table:
    """Lay out `summaries.dm.change_rows`.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``summary``, ``change_mean``, ``change_shift``, ``change_ranks``, ``change_dz``.
    measures : sequence of Measure
        Measures in the order of display.
    study : analysis.study.Study
        Labels of the visits.
    tests : bool
        Whether the column of p values is shown, with the note on which are exploratory; only a final report tests.
    """
    lines = []
    for measure in measures:
        found = rows[rows["variable"].eq(measure.id)]
        known = set(found["visit"])
        lines += [
            (measure.title, visit.label, _cells(found[found["visit"].eq(visit.id)], measure.digits, tests))
            for visit in study.visits
            if visit.id in known
        ]
    shown = [name for name in COLUMNS if tests or name != "p"]
    said = ["n: patients with a value (missing of those due)."]
    if tests:
        compared = rows.loc[
            rows["variable"].isin([measure.id for measure in measures]), ["variable", "visit"]
        ]
        said.append(exploratory_note(study, shown=compared.itertuples(index=False)))
    return grid(lines, stub="Visit", columns=shown, notes=[*notes, *said])


def _cells(found: pd.DataFrame, digits: int, tests: bool) -> list[str]:
    summary, more = pick(found, analysis="summary"), digits + 1
    mean, shift, ranks, size = (
        pick(found, analysis=name) for name in ("change_mean", "change_shift", "change_ranks", "change_dz")
    )
    test = [numbers.p_value(ranks.get("p_value"))] if tests else []
    return [
        _known(summary),
        mean_of(summary, more),
        estimate_of(mean, more),
        estimate_of(shift, more),
        *test,
        numbers.fixed(size.get("estimate"), 2),
    ]


def _known(summary) -> str:
    return f"{numbers.whole(summary['n'])} ({numbers.whole(summary['n_missing'])})"
