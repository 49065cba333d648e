"""What follows from a subject's dates and measures: age, body mass index, disease duration. Entered values stay."""

from dataclasses import replace

import pandas as pd

from analysis.read.checks.chronology import span
from analysis.read.table import Table
from analysis.thresholds import settle


def completed_years(birth: pd.Series, day: pd.Series) -> pd.Series:
    """Completed years of age on a day; missing where either date is.

    Examples
    --------
    >>> birth = pd.to_datetime(pd.Series(["2006-05-10", "2006-05-11"]))
    >>> completed_years(birth, pd.to_datetime(pd.Series(["2024-05-10", "2024-05-10"]))).tolist()
    [18.0, 17.0]
    """
    before = (day.dt.month * 100 + day.dt.day) < (birth.dt.month * 100 + birth.dt.day)
    years = (day.dt.year - birth.dt.year).astype(float) - before.astype(float)
    return years.where(birth.notna() & day.notna())


def with_derived(table: Table) -> Table:
    """The subjects with age at consent, body mass index and disease duration where these were not entered.

    Age needs a birth date exact enough to be sure of the completed years. Disease duration counts from the diagnosis
    to consent; a diagnosis known to its month or year is placed in the middle of it, as far as it had passed (project
    convention). A diagnosis after consent gives no duration.
    """
    rows = table.rows
    day = _reference_day(rows)
    made = {}
    if day is not None and "birth_date" in rows:
        made["age"] = _age(rows, day)
    if day is not None and "dx_date" in rows:
        first, last = span(rows, "dx_date")
        middle = first + (last.where(last.le(day) | last.eq(first), day) - first) / 2
        made["disease_duration_years"] = (day - middle).dt.days.where(middle.le(day)) / 365.25
    if {"weight_kg", "height_cm"} <= set(rows):
        made["bmi"] = settle(rows["weight_kg"] / (rows["height_cm"] / 100) ** 2)
    fresh = {name: rows[name].fillna(values) if name in rows else values for name, values in made.items()}
    return replace(table, rows=rows.assign(**fresh))


def _reference_day(rows: pd.DataFrame) -> pd.Series | None:
    """The day of consent, or of screening or baseline where consent is not known."""
    given = [name for name in ("consent_date", "screen_date", "baseline_date") if name in rows]
    return rows[given].bfill(axis=1).iloc[:, 0].astype("datetime64[us]") if given else None


def _age(rows: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Completed years where the first and the last possible birthday agree on them."""
    first, last = span(rows, "birth_date")
    oldest, youngest = completed_years(first, day), completed_years(last, day)
    return oldest.where(oldest.eq(youngest))
