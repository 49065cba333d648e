"""The patients of a report with what every table about them needs: who was due when, and what happened before."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.datasets.responses import at_visit, with_scores
from analysis.due import flag_due
from studies.myositis.events import intercurrent


@dataclass(frozen=True, slots=True)
class Cohort:
    """One analysis set at a data cut.

    Attributes
    ----------
    population : str
        Name of the analysis set.
    ids : Index
        Its subject ids.
    subjects : DataFrame
        Baseline characteristics, indexed by subject id, and ``observed_until``: last contact, or the data cut for who
        is still followed.
    wide : DataFrame
        One row per subject and planned visit: assessments, scores, and ``enzyme_xuln``, the muscle enzyme that was
        most abnormal at baseline as a multiple of its upper limit of normal.
    improvement : DataFrame
        Total Improvement Score and its parts per subject and visit after baseline.
    events : DataFrame
        Intercurrent events with their handling.
    due : mapping of visit id to Index
        Who could have come: the visit's window has closed by the data cut, or the visit took place. Nobody is counted
        as missing at a visit that still lies ahead.
    dates : mapping of visit id to Series
        Day of the visit by subject id; its target day where it did not take place.
    """

    population: str
    ids: pd.Index
    subjects: pd.DataFrame
    wide: pd.DataFrame
    improvement: pd.DataFrame
    events: pd.DataFrame
    due: Mapping[str, pd.Index]
    dates: Mapping[str, pd.Series]


def cohort(tables, *, study, population: str, cut: str | None) -> Cohort:
    """Bring together one analysis set.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The datasets of a report.
    study : analysis.study.Study
        Its visits, and ``settings.intercurrent``: how each kind of event is handled.
    population : str
        Name of an analysis set.
    cut : str or None
        The data cut; without one every visit counts as due.
    """
    populations = tables["populations"]
    ids = pd.Index(populations.loc[populations[population], "subject_id"], name="subject_id")
    subjects = tables["characteristics"].set_index("subject_id").reindex(ids)
    wide = with_scores(tables["assessments"], tables["scores"])
    wide = with_enzyme(wide[wide["subject_id"].isin(ids)], study=study)
    subjects = subjects.assign(observed_until=_observed_until(subjects, wide, cut))
    dates = {visit.id: _dates(subjects, wide, visit) for visit in study.visits}
    found = tables["improvement"]
    return Cohort(
        population=population,
        ids=ids,
        subjects=subjects,
        wide=wide,
        improvement=found[found["subject_id"].isin(ids)].reset_index(drop=True),
        events=intercurrent(tables, subjects, handling=study.settings.intercurrent),
        due=due_by_visit(subjects, wide, study=study, cut=cut),
        dates=dates,
    )


def due_by_visit(
    subjects: pd.DataFrame, wide: pd.DataFrame, *, study, cut: str | None
) -> dict[str, pd.Index]:
    """Subjects due at each visit, by the rule of `analysis.due`; without a data cut everybody is due."""
    due = flag_due(subjects["baseline_date"], wide, study=study, until=cut)
    return {visit.id: subjects.index[due[visit.id]] for visit in study.visits}


def with_enzyme(wide: pd.DataFrame, *, study) -> pd.DataFrame:
    """The assessments with ``enzyme_xuln``: the most abnormal enzyme of baseline, in multiples of its upper limit."""
    from analysis import scoring

    enzymes = wide[["subject_id", "visit_id", *[name for name in wide if name.endswith(("_u_l", "_uln"))]]]
    baseline = at_visit(enzymes, study.baseline_visit)
    multiples = []
    for visit in study.visits:
        now = at_visit(enzymes, visit.id)
        ids = baseline.index.intersection(now.index)
        followed = scoring.most_abnormal_enzyme(baseline.loc[ids])["enzyme_name"]
        after = scoring.followed_enzyme(now.loc[ids], followed)
        multiple = (after["enzyme_u_l"] / after["enzyme_uln"]).rename("enzyme_xuln")
        multiples.append(multiple.rename_axis("subject_id").reset_index().assign(visit_id=visit.id))
    return wide.merge(pd.concat(multiples), on=["subject_id", "visit_id"], how="left", validate="one_to_one")


def by_visit(group: Cohort, variable: str, visits) -> pd.DataFrame:
    """One variable of the assessments as a frame of subjects by visits; NaN where there is no value."""
    wide = group.wide.pivot(index="subject_id", columns="visit_id", values=variable)
    return wide.reindex(index=group.ids, columns=list(visits)).astype(float)


def visits_until(study, last: str) -> list[str]:
    """Planned visits after baseline up to the last one to be shown."""
    planned = [visit.id for visit in study.visits]
    if last not in planned:
        raise ValueError(f"there is no visit {last!r}; the study has {', '.join(planned)}")
    return planned[planned.index(study.baseline_visit) + 1 : planned.index(last) + 1]


def improvement_at(group: Cohort, visit: str) -> pd.DataFrame:
    """The Total Improvement Score of everybody due at a visit; missing rows are those who were not seen."""
    found = group.improvement[group.improvement["visit_id"].eq(visit)].set_index("subject_id")
    return found.reindex(group.due[visit])


def _observed_until(subjects: pd.DataFrame, wide: pd.DataFrame, cut: str | None) -> pd.Series:
    """Last contact; for who is still followed the data cut, or the last visit where all data are in."""
    last_visit = wide.groupby("subject_id")["visit_date"].max().reindex(subjects.index)
    still = last_visit if cut is None else pd.Series(pd.Timestamp(cut), index=subjects.index)
    return pd.to_datetime(subjects["last_contact_date"].fillna(still))


def _came(wide: pd.DataFrame, visit: str) -> pd.DataFrame:
    rows = at_visit(wide[["subject_id", "visit_id", "visit_date"]], visit)
    return rows[rows["visit_date"].notna()]


def _dates(subjects: pd.DataFrame, wide: pd.DataFrame, visit) -> pd.Series:
    target = subjects["baseline_date"] + pd.to_timedelta((visit.target_day or 1) - 1, unit="D")
    seen = _came(wide, visit.id)["visit_date"].reindex(subjects.index)
    return seen.fillna(target)
