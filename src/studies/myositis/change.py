"""Change from baseline of any measure at each visit, in those who were due."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers, paired, results
from analysis.cohort import Cohort
from analysis.language import mark
from analysis.summaries.change import compare
from analysis.summaries.shared import moments
from analysis.tables.cells import estimate_of, mean_of, median_of
from analysis.tables.grid import grid
from analysis.tables.hierarchy import exploratory_note
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

TESTS = ("p_value", "statistic", "sum_negative", "z")


COLUMNS = (
    "n",
    mark("Mean (SD)"),
    mark("Change ({CI})"),
    mark("HL ({CI})"),
    "p",
    mark("dz ({CI})"),
    mark("Median [IQR]"),
)


def change_rows(
    group: Cohort, measures: Sequence[Any], *, visits: Sequence[str], tests: bool
) -> pd.DataFrame:
    """Describe each visit and compare it with baseline.

    Parameters
    ----------
    group : Cohort
        The patients.
    measures : sequence of Measure
        What to compare.
    visits : sequence of str
        Visits after baseline; those at which nobody was due are left out.
    tests : bool
        Whether p values are kept; a descriptive report has none.

    Returns
    -------
    DataFrame
        Rows of the results table: ``summary`` (everybody with a value), ``change_mean``, ``change_shift``,
        ``change_ranks``, ``improved`` and ``change_dz`` (complete pairs of those due).
    """
    after = [visit for visit in visits if len(group.due_at(visit))]
    frames = []
    for measure in measures:
        wide = group.numbers(measure.variable, [group.study.baseline_visit, *after])
        keys = {"variable": measure.id, "population": group.population}
        for visit in wide:
            found = moments(wide.loc[group.due_at(visit), visit])
            frames.append(results.rows_of(found, analysis="summary", visit=visit, unit=measure.unit, **keys))
        for visit in after:
            due = wide.loc[group.due_at(visit)]
            pair = due[group.study.baseline_visit], due[visit]
            frames += compare(*pair, measure, study=group.study, visit=visit, group="", **keys)
            size = paired.cohen_dz(*pair, confidence_level=group.study.statistics.confidence_level)
            frames.append(results.rows_of(size, analysis="change_dz", visit=visit, **keys))
    rows = results.stack(frames)
    return rows if tests else rows[~rows["statistic"].isin(TESTS)].reset_index(drop=True)


def change_grid(
    rows: pd.DataFrame, measures: Sequence[Any], *, study: "Study", tests: bool, notes: Sequence[str] = ()
) -> Table:
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
        mark(
            "n: patients with a value (missing of those due). Change is follow-up minus baseline in "
            "complete pairs; HL is the Hodges-Lehmann estimate; dz is the mean change over its SD, with an "
            "interval for normal changes."
        )
    ]
    if tests:
        said.append(
            mark(
                "The interval of HL comes from the signed-rank distribution without ties and zeros, the p value "
                "allows for them: the interval may reach 0 where p is below 0.05."
            )
        )
        compared = rows.loc[
            rows["variable"].isin([measure.id for measure in measures]), ["variable", "visit"]
        ]
        said.append(exploratory_note(study, shown=compared.itertuples(index=False)))
    return grid(lines, stub=mark("Visit"), columns=shown, notes=[*notes, *said])


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
