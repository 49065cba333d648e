"""The six IMACS core set measures of the same patients before and after, as the response criteria read them."""

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from analysis.study import Study

PLAIN = ["phga_mm", "ptga_mm", "mmt8", "haq_di", "extramuscular_mm"]


def core_set_pair(
    baseline: pd.DataFrame, followup: pd.DataFrame, *, enzyme_rule: str = "baseline"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Core set frames of two visits, with the muscle enzyme that was most abnormal at baseline followed at both.

    Parameters
    ----------
    baseline, followup : DataFrame
        By subject, with the core set measures, the score ``haq_di`` and ``mmt8``, and enzymes (``ck_u_l``,
        ``ck_uln``, ...).
    enzyme_rule : {"baseline", "each_visit"}
        The enzyme of baseline throughout, or the most abnormal one at each visit.

    Returns
    -------
    tuple of DataFrame
        Columns `analysis.scoring.CORE_SET_COLUMNS`.
    """
    from analysis import scoring

    before = scoring.most_abnormal_enzyme(baseline)
    if enzyme_rule == "each_visit":
        after = scoring.most_abnormal_enzyme(followup)
    else:
        after = scoring.followed_enzyme(followup, before["enzyme_name"])
    columns = list(scoring.CORE_SET_COLUMNS)
    return baseline[PLAIN].join(before)[columns], followup[PLAIN].join(after)[columns]


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
