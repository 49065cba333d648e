"""Change from baseline of any measure at each visit, in those who were due."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import paired, results
from analysis.cohort import Cohort
from analysis.summaries.change import compare
from analysis.summaries.shared import moments
from analysis.tables.change import Shown

if TYPE_CHECKING:
    from analysis.study import Study

TESTS = ("p_value", "statistic", "sum_negative", "z")


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


def measures_shown(measures: Sequence[Any], *, study: "Study") -> list[Shown]:
    """Measures as the tables of change show them, at every visit after baseline that has results."""
    after = [visit.id for visit in study.visits if visit.id != study.baseline_visit]
    return [Shown(measure.id, measure.title, after, measure.digits + 1) for measure in measures]
