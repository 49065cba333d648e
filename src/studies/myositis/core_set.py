"""The course of the core set measures in every patient."""

from collections.abc import Sequence

import pandas as pd

from analysis.cohort import Cohort


def spaghetti_frames(
    group: Cohort, measures: pd.DataFrame, *, visits: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each patient's course and the mean of everybody with a value, as the figure of courses reads them.

    Returns
    -------
    tuple of DataFrame
        Values: `subject_id`, `visit` (week), `variable`, `value`. Means: `visit`, `variable`, `n`, `estimate`.
    """
    weeks = {visit.id: visit.week for visit in group.study.visits}
    shown = [visit for visit in (group.study.baseline_visit, *visits) if len(group.due_at(visit))]
    values = []
    for measure in measures:
        long = group.numbers(measure.variable, shown).rename(columns=weeks).stack()  # noqa: PD013
        long = long.rename("value").rename_axis(["subject_id", "visit"]).reset_index()
        values.append(long.assign(variable=measure.variable))
    stacked = pd.concat(values, ignore_index=True).dropna(subset="value")
    grouped = stacked.groupby(["variable", "visit"], sort=False)["value"]
    return stacked, grouped.agg(n="size", estimate="mean").reset_index()
