"""Rules about therapy on entry: glucocorticoid dose, stable immunosuppressant, wash-out of earlier drugs."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from analysis import exposure
from analysis.eligibility.findings import Finding, any_of
from analysis.eligibility.known import Known, latest
from analysis.exposure import at_least
from analysis.language import tr
from analysis.references import DrugName, DrugOrMechanism, TreatmentColumn, VisitColumn
from analysis.thresholds import settle


def glucocorticoid_below(
    known: Known,
    *,
    below_mg_kg_day: float = 1.0,
    dose_column: VisitColumn = "prednisone_mg_day",
    weight_column: VisitColumn = "weight_kg",
    lookback_days: float | None = None,
) -> Finding:
    """Judge the glucocorticoid dose per body weight on entry, strictly below a limit.

    Parameters
    ----------
    known : Known
    below_mg_kg_day : float
        Prednisone equivalent, mg per kg and day.
    dose_column : str
        Prednisone equivalent per day, in visits or in treatments. The last visit with a dose counts; where there is
        none, the courses running on the day before the index date; no course and no visit is not known.
    weight_column : str
        In visits (last one) or in subjects, kg.
    lookback_days : float, optional
        Oldest visit used.
    """
    at_visit = _last(known, dose_column, lookback_days)
    dose = at_visit.where(at_visit.notna(), _from_courses(known, dose_column))
    weighed = _last(known, weight_column, None)
    stored = known.subjects[weight_column].astype(float) if weight_column in known.subjects else weighed
    weight = weighed.where(weighed.notna(), stored)
    per_kg = settle(dose / weight.where(weight > 0))
    return Finding(
        flag=(per_kg < settle(below_mg_kg_day)).astype("boolean").mask(per_kg.isna(), pd.NA),
        basis=pd.DataFrame({"prednisone_mg_day": dose, "weight_kg": weight, "mg_kg_day": per_kg}),
        text=(
            tr(
                "{{prednisone_mg_day}} mg prednisone equivalent a day, {{weight_kg}} kg: {{mg_kg_day}} "
                "mg/kg/day (below {below_mg_kg_day:g} asked for)",
                below_mg_kg_day=below_mg_kg_day,
            )
        ),
        margin=per_kg - below_mg_kg_day,
        unit="mg/kg/day",
    )


def _from_courses(known, dose_column):
    """Give the daily dose of the courses running before the index date; NaN if one of them may be a glucocorticoid."""
    courses = known.of_class("GC", "unknown")
    if dose_column not in courses or not known.having(known.of_class("GC")).any():
        return pd.Series(np.nan, index=known.ids)
    dose = courses[dose_column].astype(float).mask(courses["class"] == "unknown")
    given = exposure.dose_at_index(courses, dose, known.index_date)
    return given.where(known.having(known.of_class("GC")))


def _last(known, name, lookback_days):
    """Give the last value of a column of the visits; NaN where the visits do not have it."""
    if name not in known.visits:
        return pd.Series(np.nan, index=known.ids)
    return pd.Series(
        latest(known.visits, name, len(known.ids), within_days=lookback_days)[0], index=known.ids
    )


def stable_immunosuppressant(
    known: Known,
    *,
    immunosuppressants: Sequence[DrugName],
    more_than_days: float = 90,
    dose_columns: Sequence[TreatmentColumn] = ("dose", "dose_unit", "frequency"),
    same_dose: Literal["daily", "each", "written"] = "daily",
    others: Literal["adjudicate", "no"] = "adjudicate",
) -> Finding:
    """Judge background therapy: at least one immunosuppressant at an unchanged dose for more than so many days
    (strict).

    Parameters
    ----------
    known : Known
    immunosuppressants : sequence of str
        Drugs that count (generic names).
    more_than_days : float
        Days up to the index date.
    dose_columns : sequence of str
        Columns of treatments with dose, unit and frequency; see `analysis.exposure.stable_dose_days`.
    same_dose : {"daily", "each", "written"}
        When two doses are the same: equal amount a day (1000 mg twice is 2000 mg once), equal amount as often (1 g is
        1000 mg), or equal words.

    others : {"adjudicate", "no"}
        An immunosuppressant that is not in the list (leflunomide): left to adjudication, for a list that ends in
        "etc.", or none.

    Returns
    -------
    Finding
        NA also where a drug that is not coded, and may be an immunosuppressant, was taken long enough. Mark:
        ``other_immunosuppressant_only`` (stable on one that the list does not name, and on none that it names).
    """
    wanted = (
        known.courses[known.courses["drug"].isin(list(immunosuppressants))],
        known.of_class("unknown"),
        known.other_immunosuppressants(immunosuppressants),
    )
    stable, maybe, unnamed = (_stable(known, rows, dose_columns, same_dose) for rows in wanted)
    best, possible, elsewhere = (
        rows.groupby("subject_id")[["days_min", "days_max"]].max().reindex(known.ids).fillna(0).astype(int)
        for rows in (stable, maybe, unnamed)
    )
    flag = at_least(best, more_than_days, strict=True)
    uncoded = (possible["days_max"] > more_than_days) & ~flag.fillna(False)
    other = (elsewhere["days_max"] > more_than_days) & ~flag.fillna(False)
    left = other & ~uncoded & (flag == False).fillna(False) & (others == "adjudicate")  # noqa: E712 - boolean with NA
    stable = pd.concat(
        [stable, _called(maybe, tr("drug not coded")), _called(unnamed, tr("not in the list"))]
    )
    return Finding(
        flag=flag.mask(uncoded | left | known.index_date.isna(), pd.NA),
        marks=pd.DataFrame({"other_immunosuppressant_only": other}),
        undecided=pd.Series("query", index=known.ids).mask(left, "adjudicate"),
        basis=best.assign(index_date=known.index_date),
        text=(
            tr(
                "{{days_min..days_max}} days on an unchanged dose up to {{index_date}} (more than "
                "{more_than_days:g} asked for): {{details}}",
                more_than_days=more_than_days,
            )
        ),
        details=stable.assign(subject_id=pd.Categorical(stable["subject_id"], categories=known.ids)),
        detail_text=tr("{drug} {days_min..days_max} d"),
        margin=(best["days_min"] - more_than_days).where(best["days_min"] == best["days_max"]),
        unit="days",
    )


def _called(rows, what):
    """Say beside a drug's name why it does not count as it is."""
    return rows.assign(drug=[tr("{name} ({what})", name=str(name), what=what) for name in rows["drug"]])


def _stable(known, courses, dose_columns, same_dose):
    """Count the days on an unchanged dose of these courses; nothing where there are none."""
    if courses.empty:
        return pd.DataFrame({"subject_id": [], "drug": [], "days_min": [], "days_max": []})
    return exposure.stable_dose_days(
        courses, known.index_date, dose_columns=dose_columns, same_dose=same_dose
    )


def washout(
    known: Known, *, days: Mapping[DrugOrMechanism, float], default_days: float | None = None
) -> Finding:
    """Judge the wash-out of every biological or targeted synthetic drug taken before the index date.

    Parameters
    ----------
    known : Known
    days : mapping of str to float
        Days asked for, by generic name or mechanism of action; a drug's own name goes before its mechanism.
    default_days : float, optional
        For drugs in neither; without it their wash-out cannot be judged (NA).

    Returns
    -------
    Finding
        True if each drug was stopped at least so many days before (who never had one: True). A drug still taken has
        0 days.
    """
    wanted = known.courses["class"].isin(["bDMARD", "tsDMARD", "biologic", "unknown"]) | known.courses[
        "drug"
    ].isin(list(days))
    courses = known.courses[wanted]
    since = exposure.washout_days(courses, known.index_date)
    needed = _days_needed(since["drug"], courses, days, default_days)
    short = (~at_least(_margin(since, needed), 0)).mask(needed.isna(), pd.NA)
    owner = pd.Categorical(since["subject_id"], categories=known.ids).codes
    fails = pd.Series(any_of(owner, short, len(known.ids)), index=known.ids)
    details = since.assign(
        needed=needed, subject_id=pd.Categorical(since["subject_id"], categories=known.ids)
    )
    closest = _margin(since, needed).groupby(since["subject_id"], observed=True).min().reindex(known.ids)
    return Finding(
        flag=(~fails).mask(known.index_date.isna(), pd.NA),
        basis=closest.add_prefix("margin_").assign(index_date=known.index_date),
        text=tr("days from last dose to {index_date}: {details}"),
        details=details,
        detail_text=tr("{drug} {days_min..days_max} d ({needed} asked for)"),
        margin=closest["days_min"].where(closest["days_min"] == closest["days_max"]),
        unit="days",
    )


def _days_needed(drug, courses, days, default_days):
    """Give the days asked for of each drug: its own entry, else its mechanism's, else the default."""
    moa = courses.drop_duplicates("drug").set_index("drug")["moa"].astype("str")
    uncoded = courses.loc[courses["class"] == "unknown", "drug"].unique()
    lookup = {name: days.get(name, days.get(moa.get(name), default_days)) for name in drug.unique()}
    lookup |= dict.fromkeys(uncoded)
    return drug.astype("str").map(lookup).astype(float)


def _margin(since, needed):
    """Give days since the last dose minus days asked for, at both extremes."""
    return pd.DataFrame({name: since[name] - needed for name in ("days_min", "days_max")})
