"""What is missing of what was due."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.cohort import Cohort
from analysis.language import mark
from analysis.tables.cells import count_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def missing_rows(group: Cohort, measures: pd.DataFrame, *, visits: Sequence[str]) -> pd.DataFrame:
    """How many of those due have each measure at each visit: rows of the analysis ``known``."""
    frames = []
    for measure in measures:
        wide = group.numbers(measure.variable, visits)
        for visit in visits:
            due = wide.loc[group.due_at(visit), visit]
            frames.append(
                results.rows_of(
                    {"count": int(due.notna().sum()), "n": len(due), "n_missing": int(due.isna().sum())},
                    analysis="known",
                    variable=measure.id,
                    visit=visit,
                    population=group.population,
                )
            )
    return results.stack(frames)


def known_grid(
    rows: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    study: "Study",
    visits: Sequence[str],
    notes: Sequence[str] = (),
) -> Table:
    """Values known of those due: a line per measure, a column per visit."""
    shown = [visit for visit in study.visits if visit.id in visits]
    lines = []
    for measure in measures:
        found = [pick(rows, analysis="known", variable=measure.id, visit=visit.id) for visit in shown]
        lines.append((None, measure.label, [count_of(cell) for cell in found]))
    return grid(lines, stub=mark("Measure"), columns=[visit.label for visit in shown], notes=notes)
