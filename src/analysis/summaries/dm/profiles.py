"""One line per patient: disease, treatment, course, events."""

import pandas as pd

from analysis.summaries.dm.cohort import Cohort, by_visit, improvement_at
from analysis.summaries.dm.patients import is_cadm
from analysis.summaries.dm.response import failed_at


def waterfall_scores(group: Cohort, visit: str) -> pd.DataFrame:
    """Scores of everybody due at a visit, as the waterfall reads them: who was not seen has none."""
    seen = improvement_at(group, visit)
    return pd.DataFrame(
        {
            "tis": seen["tis"].astype(float),
            "tis_category": seen["tis_category"],
            "tis_max_attainable": attainable(group).reindex(seen.index),
            "cadm": is_cadm(group.subjects).reindex(seen.index),
        }
    ).reset_index()


def attainable(group: Cohort) -> pd.Series:
    """The highest score each patient's baseline values leave room for, whatever visits there are."""
    return group.improvement.groupby("subject_id")["tis_max_attainable"].max()


def points_by_patient(group: Cohort, visit: str) -> pd.DataFrame:
    """Points of each measure, the score and both responses of everybody due at a visit, best score first.

    Returns
    -------
    DataFrame
        `subject_id`, `cadm`, `enzyme_name`, ``points_*``, `tis`, `tis_category`, `tis_max_attainable`, `imacs`,
        `event` (an event that counts as non-response came before).
    """
    seen = improvement_at(group, visit).assign(tis_max_attainable=attainable(group))
    points = [name for name in seen if name.startswith("points_")]
    listed = seen[["enzyme_name", *points, "tis", "tis_category", "tis_max_attainable", "imacs"]]
    listed = listed.assign(
        cadm=is_cadm(group.subjects).reindex(seen.index), event=failed_at(group, visit)
    ).sort_values("tis", ascending=False, kind="stable", na_position="last")
    return listed.rename_axis("subject_id").reset_index()


def profile_by_patient(group: Cohort, disease: pd.DataFrame, doses: pd.DataFrame, *, study, visit: str):
    """What a clinician asks about each patient, one line each.

    Parameters
    ----------
    disease : DataFrame
        From `describe_disease`.
    doses : DataFrame
        From `exposure_by_patient`.

    Returns
    -------
    DataFrame
        Sex and age, disease, antibody, lung disease, reason for being refractory, doses given, score at the visit,
        CDASI and prednisone at baseline and visit, events in words.
    """
    skin = by_visit(group, "cdasi_activity", [study.baseline_visit, visit])
    dose = by_visit(group, "prednisone_mg_day", [study.baseline_visit, visit])
    subjects = disease.reindex(group.ids)
    return pd.DataFrame(
        {
            "who": subjects["sex"].astype(str) + " " + subjects["age"].astype("Int64").astype(str),
            "disease": subjects["cadm_type"].where(is_cadm(subjects), "classic"),
            "antibody": subjects["antibody"],
            "ild": subjects["ild_baseline"],
            "reason": subjects["refractory_reason"],
            "given": doses["given"],
            "tis": improvement_at(group, visit)["tis"].reindex(group.ids).astype(float),
            "cdasi_before": skin[study.baseline_visit],
            "cdasi_after": skin[visit],
            "dose_before": dose[study.baseline_visit],
            "dose_after": dose[visit],
            "events": event_words(group.events, group.subjects).reindex(group.ids),
        }
    ).reset_index()


def event_words(events: pd.DataFrame, subjects: pd.DataFrame) -> pd.Series:
    """Each subject's intercurrent events in words, with the week they came."""
    start = subjects["baseline_date"].reindex(events["subject_id"]).to_numpy()
    weeks = ((events["event_date"] - start).dt.days // 7).astype("Int64").astype(str)
    reason = events["reason"].fillna("").str.replace("_", " ")
    words = events["event"] + reason.map(lambda text: f" ({text})" if text else "") + ", week " + weeks
    return words.groupby(events["subject_id"]).agg("; ".join)
