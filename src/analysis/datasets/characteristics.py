"""One row per subject: what is known at baseline, for the table of who was studied."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.scoring.possible import possible_scores, with_general_health

if TYPE_CHECKING:
    from analysis.study import Study


def characterise(
    subjects: pd.DataFrame, assessments: pd.DataFrame, scores: pd.DataFrame | None, *, study: "Study"
) -> pd.DataFrame:
    """Subject records joined with assessments and scores of the baseline visit.

    Parameters
    ----------
    subjects : DataFrame
        One row per screened subject.
    assessments : DataFrame
        One row per subject and planned visit.
    scores : DataFrame or None
        Long scores.
    study : analysis.study.Study
        Its baseline visit.

    Returns
    -------
    DataFrame
        One row per subject; a column of `subjects` wins over one of the same name at the visit.
    """
    at_baseline = assessments[assessments["visit_id"].eq(study.baseline_visit)].drop(columns="visit_id")
    wide = at_baseline[["subject_id", *at_baseline.columns.difference(subjects.columns, sort=False)]]
    joined = subjects.merge(wide, on="subject_id", how="left", validate="one_to_one")
    if scores is None:
        return joined
    scored = scores[scores["visit_id"].eq(study.baseline_visit)]
    values = scored.pivot(index="subject_id", columns="score", values="value")
    joined = joined.merge(values[values.columns.difference(joined.columns)], on="subject_id", how="left")
    to_come = [
        name for name in possible_scores(with_general_health(assessments).columns) if name not in joined
    ]
    empty = pd.DataFrame(float("nan"), index=joined.index, columns=to_come)
    return pd.concat([joined, empty], axis=1) if to_come else joined
