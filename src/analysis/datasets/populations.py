"""Analysis sets: one boolean per subject and set, by the rules the study file names."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis.datasets.measures import leading_endpoint
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study


def flag_populations(
    subjects: pd.DataFrame,
    measures: pd.DataFrame,
    *,
    study: "Study",
    status: pd.Series | None = None,
    doses: pd.DataFrame | None = None,
    deviations: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which subjects belong to which analysis set.

    Parameters
    ----------
    subjects : DataFrame
        One row per screened subject.
    measures : DataFrame
        Long measurements; the leading endpoint decides who has a baseline and a follow-up value.
    study : analysis.study.Study
        Its `populations` name a rule for each set.
    status : Series, optional
        Eligibility status by subject id, for the rules ``eligible`` and ``per_protocol``.
    doses : DataFrame, optional
        Doses of the study drug; the rule ``treated`` needs at least one that was given. Without them it needs the
        date of the first dose, where subjects have one.
    deviations : DataFrame, optional
        Protocol deviations; the rule ``per_protocol`` leaves out who has one of the classes that the set names.

    Returns
    -------
    DataFrame
        `subject_id` and one boolean column per set of the study file.
    """
    flags = _rules(subjects.set_index("subject_id"), measures, study, status, doses)
    chosen = {name: _members(flags, population, deviations) for name, population in study.populations.items()}
    return pd.DataFrame(chosen).rename_axis("subject_id").reset_index()


def _members(flags: dict[str, pd.Series], population, deviations: pd.DataFrame | None) -> pd.Series:
    """The flag of the set's rule; per protocol without those who have a deviation of the classes it names."""
    members = flags[population.rule]
    if population.rule != "per_protocol" or deviations is None:
        return members
    known = deviations["severity"] if "severity" in deviations else pd.Series(pd.NA, index=deviations.index)
    classes = known.astype("string").fillna("unclassified")
    deviating = deviations.loc[classes.isin(population.deviations), "subject_id"]
    return members & ~among(members.index, deviating)


def _rules(subjects, measures, study, status, doses) -> dict[str, pd.Series]:
    ids = subjects.index
    enrolled = _true(subjects.get("enrolled"), ids, default=True)
    treated = enrolled & _treated(subjects, doses)
    has_baseline, has_followup = _assessed(measures, treated, study)
    reason = subjects.get("discontinuation_reason", pd.Series(pd.NA, index=ids))
    eligible = (
        pd.Series(True, index=ids) if status is None else status.reindex(ids).eq("eligible").fillna(False)
    )
    return {
        "screened": pd.Series(True, index=ids),
        "eligible": eligible,
        "enrolled": enrolled,
        "treated": treated,
        "has_baseline": has_baseline,
        "has_followup": has_followup,
        "completed": enrolled & reason.eq("completed").fillna(False).astype(bool),
        "per_protocol": has_followup & eligible,
    }


def _assessed(measures: pd.DataFrame, treated: pd.Series, study) -> tuple[pd.Series, pd.Series]:
    """Who has a baseline value of the leading endpoint, and of those who has a later one; all without endpoints."""
    endpoint = leading_endpoint(study)
    if endpoint is None:
        return treated, treated
    valued = measures[measures["variable"].eq(endpoint.variable) & measures["value"].notna()]
    at_baseline = valued["visit_id"].eq(study.baseline_visit)
    has_baseline = treated & among(treated.index, valued.loc[at_baseline, "subject_id"])
    return has_baseline, has_baseline & among(treated.index, valued.loc[~at_baseline, "subject_id"])


def _true(flags, ids, *, default: bool) -> pd.Series:
    if flags is None:
        return pd.Series(default, index=ids)
    return flags.astype("boolean").fillna(False).astype(bool)


def _treated(subjects: pd.DataFrame, doses):
    """Who has had a dose: by the doses given, else by the date of the first; all where the design has none."""
    if doses is None:
        return subjects["first_dose_date"].notna() if "first_dose_date" in subjects else True
    given = doses["given"].fillna(False).astype(bool) if "given" in doses else doses["dose_mg"].gt(0)
    return among(subjects.index, doses.loc[given, "subject_id"])
