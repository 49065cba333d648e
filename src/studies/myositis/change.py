"""Change from baseline of any measure at each visit, in those who were due."""

import pandas as pd

from analysis import paired, results
from analysis.summaries.change import compare
from analysis.summaries.shared import moments
from studies.myositis.cohort import Cohort, by_visit

TESTS = ("p_value", "statistic", "sum_negative", "z")


def change_rows(group: Cohort, measures, *, study, visits, tests: bool) -> pd.DataFrame:
    """Describe each visit and compare it with baseline.

    Parameters
    ----------
    group : Cohort
        The patients.
    measures : sequence of Measure
        What to compare.
    study : analysis.study.Study
        Baseline visit and statistical choices.
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
    after = [visit for visit in visits if len(group.due[visit])]
    frames = []
    for measure in measures:
        wide = by_visit(group, measure.variable, [study.baseline_visit, *after])
        keys = {"variable": measure.id, "population": group.population}
        for visit in wide:
            found = moments(wide.loc[group.due[visit], visit])
            frames.append(results.rows_of(found, analysis="summary", visit=visit, unit=measure.unit, **keys))
        for visit in after:
            due = wide.loc[group.due[visit]]
            pair = due[study.baseline_visit], due[visit]
            frames += compare(*pair, measure, study=study, visit=visit, group="", **keys)
            size = paired.cohen_dz(*pair, confidence_level=study.statistics.confidence_level)
            frames.append(results.rows_of(size, analysis="change_dz", visit=visit, **keys))
    rows = results.stack(frames)
    return rows if tests else rows[~rows["statistic"].isin(TESTS)].reset_index(drop=True)


def spaghetti_frames(group: Cohort, measures, *, study, visits) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each patient's course and the mean of everybody with a value, as the figure of courses reads them.

    Returns
    -------
    tuple of DataFrame
        Values: `subject_id`, `visit` (week), `variable`, `value`. Means: `visit`, `variable`, `n`, `estimate`.
    """
    weeks = {visit.id: visit.week for visit in study.visits}
    shown = [visit for visit in (study.baseline_visit, *visits) if len(group.due[visit])]
    values = []
    for measure in measures:
        long = by_visit(group, measure.variable, shown).rename(columns=weeks).stack()  # noqa: PD013
        long = long.rename("value").rename_axis(["subject_id", "visit"]).reset_index()
        values.append(long.assign(variable=measure.variable))
    stacked = pd.concat(values, ignore_index=True).dropna(subset="value")
    grouped = stacked.groupby(["variable", "visit"], sort=False)["value"]
    return stacked, grouped.agg(n="size", estimate="mean").reset_index()
