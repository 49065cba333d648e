"""The IMACS core set over the visits: the enzyme that is followed, and the improvement scores."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.responses.core_set import PLAIN, core_set_pair

if TYPE_CHECKING:
    from analysis.study import Study


def with_followed_enzyme(assessments: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """The assessments with ``enzyme_xuln``: the most abnormal enzyme of baseline, in multiples of its upper limit.

    A study that does not collect the core set has none.
    """
    from analysis import scoring

    if not {"phga_mm", "ptga_mm", "extramuscular_mm"} <= set(assessments.columns):
        return assessments
    names = [name for name in assessments if name.endswith(("_u_l", "_uln"))]
    of = assessments[["subject_id", "visit_id", *names]]
    at = {visit.id: of[of["visit_id"].eq(visit.id)].set_index("subject_id") for visit in study.visits}
    baseline, multiples = at[study.baseline_visit], []
    for visit, now in at.items():
        ids = baseline.index.intersection(now.index)
        followed = scoring.most_abnormal_enzyme(baseline.loc[ids])["enzyme_name"]
        after = scoring.followed_enzyme(now.loc[ids], followed)
        multiple = (after["enzyme_u_l"] / after["enzyme_uln"]).rename("enzyme_xuln")
        multiples.append(multiple.rename_axis("subject_id").reset_index().assign(visit_id=visit))
    return assessments.merge(
        pd.concat(multiples), on=["subject_id", "visit_id"], how="left", validate="one_to_one"
    )


def improvement_scores(wide: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """Total Improvement Score and IMACS improvement at every visit after baseline, with the points per measure.

    Returns
    -------
    DataFrame
        `subject_id`, `visit_id` and the columns of `analysis.scoring.total_improvement_score`, with ``imacs`` and
        ``enzyme_name``; empty where the study does not collect the core set.
    """
    from analysis import scoring

    if not {*PLAIN} <= set(wide.columns):
        return pd.DataFrame({"subject_id": pd.Series(dtype="string"), "visit_id": pd.Series(dtype="string")})
    by_visit = {
        visit.id: wide[wide["visit_id"].eq(visit.id)].set_index("subject_id") for visit in study.visits
    }
    baseline = by_visit.pop(study.baseline_visit)
    frames = []
    for visit, followup in by_visit.items():
        ids = baseline.index.intersection(followup.index)
        before, after = core_set_pair(baseline.loc[ids], followup.loc[ids])
        found = scoring.total_improvement_score(before, after)
        found = found.assign(
            imacs=scoring.imacs_improvement(before, after), enzyme_name=before["enzyme_name"], visit_id=visit
        )
        frames.append(found.rename_axis("subject_id").reset_index())
    return pd.concat(frames, ignore_index=True)
