"""Difficult-to-treat RA of every screened subject, where the study's criteria ask for it, and since when."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

DAYS_A_YEAR = 365.25
EPOCH = pd.Timestamp("1970-01-01")


def difficult_rule(criteria: Mapping) -> dict | None:
    """The criterion that asks for difficult-to-treat RA, with its settings and index date; None where none does."""
    return next((each for each in criteria.get("criteria", []) if each["rule"] == "d2t_eular"), None)


def needed_rule(criteria: Mapping) -> dict:
    """The criterion of `difficult_rule`, for what cannot do without it.

    Raises
    ------
    ValueError
        When no criterion asks for difficult-to-treat RA.
    """
    rule = difficult_rule(criteria)
    if rule is None:
        raise ValueError("no criterion asks for difficult-to-treat RA; give one the rule d2t_eular")
    return rule


def difficult_frames(known: Mapping, *, criteria: Mapping) -> dict[str, pd.DataFrame]:
    """Every screened subject by `analysis.eligibility.d2t`, with the study's own settings.

    Parameters
    ----------
    known : mapping of str to DataFrame
        Tables as eligibility reads them (`screening.tables_at_screening`).
    criteria : mapping
        The study's list of criteria.

    Returns
    -------
    dict of str to DataFrame
        ``difficult``: by subject the answers of the definition, and `d2t_years` (`years_difficult`).
        ``failed_courses``: see `failed_courses`. Empty where no criterion asks.
    """
    from analysis.eligibility.d2t.definition import classify
    from analysis.eligibility.d2t.settings import settings_from
    from analysis.eligibility.known import as_known
    from analysis.eligibility.tables import index_dates, prepare

    rule = difficult_rule(criteria)
    if rule is None:
        return {}
    ready = prepare(known)
    dated = as_known(ready, index_dates(ready.subjects, rule["index_date"]))
    found, courses = classify(dated, settings_from(rule["settings"]))
    start = ready.subjects.get("baseline_date", pd.Series(pd.NaT, index=ready.subjects.index))
    failed = failed_courses(courses)
    found = found.assign(d2t_years=years_difficult(failed, start).reindex(found.index))
    return {"difficult": found.rename_axis("subject_id").reset_index(), "failed_courses": failed}


def failed_courses(courses: pd.DataFrame) -> pd.DataFrame:
    """Every course that counts as failed for sure and has ended: `subject_id`, `moa`, `stop` (day)."""
    sure = courses["failed"].fillna(False).astype(bool) & courses["ended"].fillna(False).astype(bool)
    found = courses[sure & courses["moa"].notna()]
    return pd.DataFrame(
        {
            "subject_id": found["subject_id"].astype(str),
            "moa": found["moa"].astype(str),
            "stop": found["stop_max"].astype(float),
        }
    ).reset_index(drop=True)


def years_difficult(failed: pd.DataFrame, entry: pd.Series) -> pd.Series:
    """Years from the stop of the second failed mechanism of action to entry.

    Difficult-to-treat disease can begin no earlier than that day; when it began is not collected. [P]

    Parameters
    ----------
    failed : DataFrame
        From `failed_courses`; a mechanism has failed on the first stop of one of its drugs.
    entry : Series of datetime
        Day of entry by subject id.

    Returns
    -------
    Series
        By subject id; NaN where fewer than two mechanisms have failed and ended.

    Examples
    --------
    >>> day = (pd.Timestamp("2023-01-01") - EPOCH).days
    >>> failed = pd.DataFrame({"subject_id": ["1"] * 3, "moa": ["TNFi", "TNFi", "JAKi"],
    ...                        "stop": [day - 900.0, day - 800.0, day]})
    >>> years_difficult(failed, pd.Series(pd.to_datetime(["2024-01-01"] * 2), index=["1", "2"])).round(3).tolist()
    [0.999, nan]
    """
    first = failed.groupby(["subject_id", "moa"])["stop"].min().reset_index().sort_values("stop")
    second = first[first.groupby("subject_id").cumcount().eq(1)].set_index("subject_id")["stop"]
    day = (pd.to_datetime(entry) - EPOCH).dt.days.astype(float)
    years = (day - second.reindex(entry.index)) / DAYS_A_YEAR
    return years.where(years.ge(0), np.nan).rename("d2t_years")
