"""Facts about subjects that follow from what was recorded: age, duration of disease, body mass index, first dose."""

import pandas as pd

from analysis.shapes import dates_of

DAYS_A_YEAR = 365.25


def complete_subjects(subjects: pd.DataFrame, doses: pd.DataFrame | None = None) -> pd.DataFrame:
    """Add what can be computed from the recorded columns; a recorded value is never replaced.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    doses : DataFrame, optional
        Doses of the study drug, for the dates of the first and last one given.

    Returns
    -------
    DataFrame
        With, where their sources are there: `age` (completed years at consent), `bmi` (kg/m2),
        `disease_duration_years` (diagnosis to baseline), `unwilling`, `ra_acr1987_n` (only where all seven items are
        known), `first_dose_date`, `last_dose_date`, `rf_positive` and `acpa_positive` (above the upper limit of normal;
        NA where either is not known), `seropositive` (either; NA where neither is known to be and one is not known),
        `female`.
    """
    known = subjects.columns
    added = {
        "age": _age(subjects),
        "bmi": _bmi(subjects),
        "disease_duration_years": _years(subjects, "dx_date", "baseline_date"),
        "unwilling": ~subjects["willing"].astype("boolean") if "willing" in known else None,
        "ra_acr1987_n": _count_1987(subjects),
        "female": subjects["sex"].eq("F").astype("boolean").mask(subjects["sex"].isna())
        if "sex" in known
        else None,
        **_serology(subjects),
        **_dosing(subjects, doses),
    }
    return subjects.assign(**{name: v for name, v in added.items() if v is not None and name not in known})


def _age(subjects: pd.DataFrame) -> pd.Series | None:
    """Completed years; unknown where the birth date is not known to the day."""
    if not {"birth_date", "consent_date"} <= set(subjects.columns):
        return None
    birth, at = pd.to_datetime(subjects["birth_date"]), pd.to_datetime(subjects["consent_date"])
    had_birthday = (at.dt.month > birth.dt.month) | (
        (at.dt.month == birth.dt.month) & (at.dt.day >= birth.dt.day)
    )
    years = at.dt.year - birth.dt.year - (~had_birthday).astype(int)
    whole = (
        subjects["birth_precision"].eq("D").fillna(False) if "birth_precision" in subjects else birth.notna()
    )
    return years.where(whole & birth.notna() & at.notna()).astype(float)


def _bmi(subjects: pd.DataFrame) -> pd.Series | None:
    if not {"height_cm", "weight_kg"} <= set(subjects.columns):
        return None
    return subjects["weight_kg"] / (subjects["height_cm"] / 100) ** 2


def _years(subjects: pd.DataFrame, start: str, end: str) -> pd.Series | None:
    if not {start, end} <= set(subjects.columns):
        return None
    return (pd.to_datetime(subjects[end]) - pd.to_datetime(subjects[start])).dt.days / DAYS_A_YEAR


def _count_1987(subjects: pd.DataFrame) -> pd.Series | None:
    items = [name for name in subjects.columns if name.startswith("acr1987_")]
    if len(items) != 7:
        return None
    return subjects[items].astype("Float64").sum(axis=1, skipna=False).astype("float64")


def above_limit(subjects: pd.DataFrame, name: str) -> pd.Series:
    """Whether a result lies above its upper limit of normal; NA where either is not known.

    Examples
    --------
    >>> subjects = pd.DataFrame({"rf_value": [20.0, 20.1, None], "rf_uln": [20.0, 20.0, 20.0]})
    >>> above_limit(subjects, "rf").tolist()
    [False, True, <NA>]
    """
    value, limit = (subjects[f"{name}_{part}"].astype("Float64") for part in ("value", "uln"))
    return value.round(8).gt(limit.round(8))


def _serology(subjects: pd.DataFrame) -> dict[str, pd.Series]:
    """Rheumatoid factor and anti-citrullinated antibodies as yes or no, where a study has them."""
    there = [name for name in ("rf", "acpa") if {f"{name}_value", f"{name}_uln"} <= set(subjects.columns)]
    found = {f"{name}_positive": above_limit(subjects, name) for name in there}
    either = {"seropositive": found["rf_positive"] | found["acpa_positive"]} if len(there) == 2 else {}
    return found | either


def _dosing(subjects: pd.DataFrame, doses: pd.DataFrame | None) -> dict[str, pd.Series]:
    if doses is None or "dose_date" not in doses:
        return {}
    given = doses[doses["given"].fillna(False).astype(bool)] if "given" in doses else doses
    dates = pd.to_datetime(given["dose_date"]).groupby(given["subject_id"])
    ids = subjects["subject_id"]
    ends = {"first_dose_date": dates.min(), "last_dose_date": dates.max()}
    return {name: dates_of(ids, days) for name, days in ends.items()}


def average_readers(visits: pd.DataFrame) -> pd.DataFrame:
    """Sharp/van der Heijde scores as the mean of the two readers, where the export keeps them apart."""
    added = {}
    for part in ("erosion", "jsn"):
        readers = [f"svdh_{part}_r1", f"svdh_{part}_r2"]
        if set(readers) <= set(visits.columns) and f"svdh_{part}" not in visits:
            added[f"svdh_{part}"] = visits[readers].astype(float).mean(axis=1, skipna=False)
    return visits.assign(**added)


def at_screening(subjects: pd.DataFrame) -> pd.DataFrame:
    """Measurements recorded on the screening form as dated rows, to stand beside the visits in eligibility.

    Returns
    -------
    DataFrame
        `subject_id`, `visit_id`, `visit_date` and `svdh_total`, or `prednisone_mg_day` and `weight_kg`.
    """
    forms = [
        ("film_prior", "svdh_prior_date", {"svdh_prior_total": "svdh_total"}),
        ("film_screening", "svdh_screen_date", {"svdh_screen_total": "svdh_total"}),
        (
            "screening",
            "screen_date",
            {"prednisone_screen_mg_day": "prednisone_mg_day", "weight_kg": "weight_kg"},
        ),
    ]
    rows = [
        subjects[["subject_id", day, *values]]
        .rename(columns={day: "visit_date", **values})
        .assign(visit_id=visit)
        .dropna(subset=["visit_date", next(iter(values.values()))])
        for visit, day, values in forms
        if {day, *values} <= set(subjects.columns)
    ]
    return (
        pd.concat(rows, ignore_index=True)
        if rows
        else pd.DataFrame({"subject_id": pd.Series(dtype="string")})
    )
