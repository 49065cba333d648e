"""Rules any study may use: age, consent, a yes/no field."""

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from analysis.eligibility.findings import Finding
from analysis.eligibility.known import Known
from analysis.exposure import date_bounds
from analysis.language import tr
from analysis.references import SubjectColumn


def age(
    known: Known,
    *,
    birth_column: SubjectColumn = "birth_date",
    precision_column: SubjectColumn | None = "birth_precision",
    at_column: SubjectColumn = "consent_date",
    minimum: int = 18,
    at_minimum: Literal["pass", "adjudicate"],
) -> Finding:
    """Judge completed years of age at a date.

    Parameters
    ----------
    known : Known
    birth_column : str
        Date of birth, or a year, or text YYYY-MM or YYYY.
    precision_column : str, optional
        How much of a datetime is known (D, M, Y); used where the table has it.
    at_column : str
        Date at which age counts.
    minimum : int
        Completed years.
    at_minimum : {"pass", "adjudicate"}
        Exactly the minimum: old enough, or left to adjudication (for a protocol that says both "> 18" and "< 18").

    Returns
    -------
    Finding
        True, False, or NA: to adjudicate at exactly the minimum, to query where a partial birth date leaves it
        open. The flag is decided only if the oldest and the youngest possible age agree. Born on 29 February: a
        year older on 1 March.
    """
    if at_minimum not in ("pass", "adjudicate"):
        raise ValueError(f"at_minimum is {at_minimum!r}; expected 'pass' or 'adjudicate'")
    at = pd.to_datetime(known.column(at_column))
    born = _birth_bounds(known, birth_column, precision_column)
    youngest, oldest = (_completed_years(born[bound], at) for bound in ("latest", "earliest"))
    enough = minimum if at_minimum == "pass" else minimum + 1
    flag = (youngest >= enough).astype("boolean").mask(~(youngest >= enough) & ~(oldest < minimum), pd.NA)
    exact = (youngest == minimum) & (oldest == minimum) & (at_minimum == "adjudicate")
    values = pd.DataFrame({"age_min": youngest, "age_max": oldest, "at": at, "minimum": minimum})
    return Finding(
        flag=flag,
        basis=values,
        text=tr("{{age_min..age_max}} completed years on {{at}}; {minimum} asked for", minimum=minimum),
        marks=pd.DataFrame({"age_is_minimum": exact}),
        undecided=pd.Series("query", index=known.ids).mask(exact, "adjudicate"),
        margin=(youngest - minimum).where(youngest == oldest),
        unit="years",
    )


def _birth_bounds(known, birth_column, precision_column):
    """Bound the date of birth; a column of years is read as years."""
    born = known.column(birth_column)
    if pd.api.types.is_numeric_dtype(born):
        born = born.astype("Int64").astype("str")
    precision = known.subjects.get(precision_column) if precision_column else None
    return date_bounds(born, precision, month_rule="interval")


def _completed_years(born, at):
    """Count birthdays passed by a date."""
    before_birthday = (at.dt.month < born.dt.month) | (
        (at.dt.month == born.dt.month) & (at.dt.day < born.dt.day)
    )
    return at.dt.year - born.dt.year - before_birthday.astype(int)


def under_age(
    known: Known,
    *,
    birth_column: SubjectColumn = "birth_date",
    precision_column: SubjectColumn | None = "birth_precision",
    at_column: SubjectColumn = "consent_date",
    below: int,
) -> Finding:
    """Judge the exclusion "age below": the opposite of `age` with the minimum passing."""
    found = age(
        known,
        birth_column=birth_column,
        precision_column=precision_column,
        at_column=at_column,
        minimum=below,
        at_minimum="pass",
    )
    return Finding(
        flag=~found.flag,
        basis=found.basis,
        text=tr("{{age_min..age_max}} completed years on {{at}}; excluded below {below}", below=below),
        margin=found.margin,
        unit="years",
    )


def consent(
    known: Known,
    *,
    consent_column: SubjectColumn = "consent_date",
    procedure_columns: Sequence[SubjectColumn] = ("baseline_date",),
) -> Finding:
    """Judge informed consent: a signed date, on or before the first study procedure.

    Parameters
    ----------
    known : Known
    consent_column : str
        Date signed. Missing is a question to the site, not a refusal.
    procedure_columns : sequence of str
        Dates of study procedures; the earliest that is there counts. Without any, a signed date is enough.
    """
    signed = pd.to_datetime(known.column(consent_column))
    procedures = pd.DataFrame(
        {name: pd.to_datetime(known.column(name)) for name in procedure_columns}, index=known.ids
    )
    first = procedures.min(axis=1) if len(procedures.columns) else pd.Series(pd.NaT, index=known.ids)
    in_time = (signed <= first) | first.isna()
    days = (first - signed).dt.days
    return Finding(
        flag=in_time.astype("boolean").mask(signed.isna(), pd.NA),
        basis=pd.DataFrame({"consent_date": signed, "first_procedure": first}),
        text=tr("signed {consent_date}; first study procedure {first_procedure}"),
        margin=days,
        unit="days",
    )


def is_true(known: Known, *, column: SubjectColumn) -> Finding:
    """Judge a yes/no column of the subjects as it stands; an empty cell is NA."""
    answer = known.truth(column)
    return Finding(flag=answer, basis=pd.DataFrame({column: answer}), text=f"{column}: {{{column}}}")


def any_true(known: Known, *, columns: Sequence[SubjectColumn]) -> Finding:
    """Judge several yes/no columns of the subjects: True if one is (Kleene OR)."""
    answers = pd.DataFrame({name: known.truth(name) for name in columns}, index=known.ids)
    flag = pd.Series(False, index=known.ids, dtype="boolean")
    for name in answers:
        flag = flag | answers[name]
    return Finding(flag=flag, basis=answers, text="; ".join(f"{name}: {{{name}}}" for name in answers))


def unwilling(
    known: Known,
    *,
    unwilling_column: SubjectColumn | None = None,
    willing_column: SubjectColumn | None = None,
    consent_column: SubjectColumn | None = "consent_date",
) -> Finding:
    """Judge unwillingness to take part; a signed consent answers an empty cell with no.

    Parameters
    ----------
    known : Known
    unwilling_column, willing_column : str, optional
        Yes/no column of subjects, asked one way or the other; a study without either relies on the consent alone.
    consent_column : str, optional
        Date signed; not used if not given.
    """
    said = known.truth(unwilling_column)
    answer = said.where(said.notna(), ~known.truth(willing_column))
    unsigned = pd.Series(False, index=known.ids)
    signed = unsigned if consent_column is None else known.column(consent_column).notna()
    values = pd.DataFrame({"unwilling": answer, "consent_signed": signed.astype("boolean")})
    return Finding(
        flag=answer.mask(answer.isna() & signed, False),
        basis=values,
        text=tr("unwilling: {unwilling}; consent signed: {consent_signed}"),
    )
