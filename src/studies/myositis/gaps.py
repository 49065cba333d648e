"""What is missing of what was due."""

import pandas as pd

from analysis import results
from studies.myositis.cohort import Cohort, by_visit


def missing_rows(group: Cohort, measures, *, study, visits) -> pd.DataFrame:
    """How many of those due have each measure at each visit: rows of the analysis ``known``."""
    frames = []
    for measure in measures:
        wide = by_visit(group, measure.variable, visits)
        for visit in visits:
            due = wide.loc[group.due[visit], visit]
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
