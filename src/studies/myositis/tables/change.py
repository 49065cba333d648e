"""Change from baseline: a block per measure, a line per visit."""

import pandas as pd

from analysis import numbers
from analysis.tables.hierarchy import exploratory_note
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.tables.grid import estimate_of, grid, mean_of, median_of

COLUMNS = ("n", "Mean (SD)", "Change (95 % CI)", "HL (95 % CI)", "p", "dz (95 % CI)", "Median [IQR]")


def change_grid(rows: pd.DataFrame, measures, *, study, tests: bool, notes=()) -> Table:
    """Lay out `change_rows`: baseline and each visit, with the change from baseline.

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
    said = [
        "n: patients with a value (missing of those due). Change is follow-up minus baseline in complete pairs; HL is"
        " the Hodges-Lehmann estimate; dz is the mean change over its SD, with an interval for normal changes."
    ]
    if tests:
        said.append(
            "The interval of HL comes from the signed-rank distribution without ties and zeros, the p value allows for"
            " them: the interval may reach 0 where p is below 0.05."
        )
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
        estimate_of(size, 2),
        median_of(summary, more),
    ]


def _known(summary) -> str:
    return f"{numbers.whole(summary['n'])} ({numbers.whole(summary['n_missing'])})"
