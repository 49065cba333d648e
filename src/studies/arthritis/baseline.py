"""Baseline characteristics that are not recorded as such: serology, duration of difficult-to-treat disease."""

import numpy as np
import pandas as pd

from studies.arthritis.difficult import difficult_rule

DAYS_PER_YEAR = 365.25


def with_derived(characteristics: pd.DataFrame, difficult_years: pd.Series) -> pd.DataFrame:
    """Characteristics with serology as yes or no and years of difficult-to-treat disease.

    Parameters
    ----------
    characteristics : DataFrame
        One row per participant at baseline, by subject id, with `rf_value`, `acpa_value` and their upper limits.
    difficult_years : Series
        From `years_difficult`.

    Returns
    -------
    DataFrame
        With `rf_positive`, `acpa_positive` (above the upper limit of normal; NA where either is not known),
        `seropositive` (either; NA where neither is known to be and one is not known), `d2t_years`, and `sex` and
        `smoking` in words.
    """
    rf, acpa = (above_limit(characteristics, name) for name in ("rf", "acpa"))
    return characteristics.assign(
        rf_positive=rf,
        acpa_positive=acpa,
        seropositive=rf | acpa,
        d2t_years=difficult_years.reindex(characteristics.index),
    )


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


def failed_courses(tables, criteria: dict) -> pd.DataFrame:
    """Every course before entry that counts as failed for sure and has ended: `subject_id`, `moa`, `stop` (day)."""
    from analysis.datasets.screening import tables_at_screening
    from analysis.eligibility.d2t.definition import classify
    from analysis.eligibility.d2t.settings import settings_from
    from analysis.eligibility.known import as_known
    from analysis.eligibility.tables import index_dates, prepare

    rule = difficult_rule(criteria)
    ready = prepare(tables_at_screening(tables, tables["assessments"], tables["scores"]))
    known = as_known(ready, index_dates(ready.subjects, rule["index_date"]))
    _, courses = classify(known, settings_from(rule["settings"]))
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
    >>> day = (pd.Timestamp("2023-01-01") - pd.Timestamp("1970-01-01")).days
    >>> failed = pd.DataFrame({"subject_id": ["1"] * 3, "moa": ["TNFi", "TNFi", "JAKi"],
    ...                        "stop": [day - 900.0, day - 800.0, day]})
    >>> years_difficult(failed, pd.Series(pd.to_datetime(["2024-01-01"] * 2), index=["1", "2"])).round(3).tolist()
    [0.999, nan]
    """
    first = failed.groupby(["subject_id", "moa"])["stop"].min().reset_index().sort_values("stop")
    second = first[first.groupby("subject_id").cumcount().eq(1)].set_index("subject_id")["stop"]
    epoch = pd.Timestamp("1970-01-01")
    day = (pd.to_datetime(entry) - epoch).dt.days.astype(float)
    years = (day - second.reindex(entry.index)) / DAYS_PER_YEAR
    return years.where(years.ge(0), np.nan).rename("d2t_years")
