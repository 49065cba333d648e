"""One line per patient: disease, treatment, course, events."""

import pandas as pd

from analysis import results, scoring
from analysis.datasets.core_set import core_set_pair
from analysis.datasets.responses import at_visit
from studies.myositis.cohort import Cohort, by_visit, improvement_at
from studies.myositis.patients import is_cadm
from studies.myositis.response import failed_at

# What an enzyme within normal limits at baseline can gain in the attainable score; one above them can fall to 0 U/L.
ATTAINABLE = {"nothing": "an enzyme normal at baseline earns nothing", "to_zero": "any enzyme falls to 0 U/L"}


def waterfall_scores(group: Cohort, visit: str, *, study) -> pd.DataFrame:
    """Scores of everybody due at a visit, as the waterfall reads them: who was not seen has none.

    Parameters
    ----------
    group : Cohort
        The patients.
    visit : str
        The visit.
    study : analysis.study.Study
        ``settings.normal_enzyme_gains`` chooses the attainable score, see `attainable`.
    """
    seen = improvement_at(group, visit)
    chosen = attainable(group, study=study)[study.settings.normal_enzyme_gains]
    return pd.DataFrame(
        {
            "tis": seen["tis"].astype(float),
            "tis_category": seen["tis_category"],
            "tis_max_attainable": chosen.reindex(seen.index),
            "cadm": is_cadm(group.subjects).reindex(seen.index),
            "event": failed_at(group, visit),
        }
    ).reset_index()


def attainable(group: Cohort, *, study) -> pd.DataFrame:
    """The highest score each patient's baseline values leave room for, by what a normal enzyme can gain.

    Parameters
    ----------
    group : Cohort
        The patients.
    study : analysis.study.Study
        Its baseline visit.

    Returns
    -------
    DataFrame
        By subject id a column per key of `ATTAINABLE`: ``nothing``, an enzyme within normal limits at baseline earns
        no points (the reading of the criteria taken here: amyopathic disease with normal enzymes can reach 50); or
        ``to_zero``. In the score itself a normal enzyme may still fall and earn points.
    """
    baseline = at_visit(group.wide, study.baseline_visit).reindex(group.ids)
    before, _ = core_set_pair(baseline, baseline)
    return pd.DataFrame(
        {
            name: scoring.total_improvement_score(
                before, before, normal_enzyme_can_improve=name == "to_zero"
            )["tis_max_attainable"]
            for name in ATTAINABLE
        }
    )


def points_by_patient(group: Cohort, visit: str, *, study) -> pd.DataFrame:
    """Points of each measure, the score and both responses of everybody due at a visit, best score first.

    Returns
    -------
    DataFrame
        `subject_id`, `cadm`, `enzyme_name`, ``points_*``, `tis`, `tis_category`, ``attainable_nothing`` and
        ``attainable_to_zero`` (see `attainable`), `imacs`, `event` (an event that counts as non-response came before).
    """
    seen = improvement_at(group, visit)
    points = [name for name in seen if name.startswith("points_")]
    listed = seen[["enzyme_name", *points, "tis", "tis_category", "imacs"]]
    room = attainable(group, study=study).add_prefix("attainable_").reindex(seen.index)
    listed = listed.assign(
        cadm=is_cadm(group.subjects).reindex(seen.index), event=failed_at(group, visit)
    ).join(room)
    ordered = listed.sort_values("tis", ascending=False, kind="stable", na_position="last")
    return ordered.rename_axis("subject_id").reset_index()


def cadm_point_rows(listed: pd.DataFrame, *, visit: str, population: str) -> pd.DataFrame:
    """Where the points of clinically amyopathic patients with a score come from: rows of the analysis ``tis_points``.

    Parameters
    ----------
    listed : DataFrame
        From `points_by_patient`.

    Returns
    -------
    DataFrame
        `n` patients, and `proportion`: the share of their points that the global and extramuscular scales gave.
    """
    scored = listed[listed["cadm"].astype("boolean").fillna(False) & listed["tis"].notna()]
    scales = float(scored[["points_phga", "points_ptga", "points_extramuscular"]].sum().sum())
    total = float(scored["tis"].sum())
    found = {"n": len(scored), "proportion": scales / total if total else float("nan")}
    keys = {"visit": visit, "population": population, "unit": "proportion"}
    return results.rows_of(found, analysis="tis_points", variable="cadm", **keys)


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
