"""Courses of drugs: classes and mechanisms in words, why courses end, and which are one course."""

import pandas as pd

from analysis.language import Texts

DMARDS = ("csDMARD", "csDMARD_CN", "bDMARD", "tsDMARD")


MECHANISMS = Texts(
    {
        "TNFi": "TNF inhibitor",
        "IL6i": "IL-6 inhibitor",
        "CTLA4Ig": "Abatacept",
        "CD20": "Rituximab",
        "JAKi": "JAK inhibitor",
        "BLyS_APRIL": "Telitacicept",
    }
)


REASONS = {
    "primary_inefficacy": "inefficacy",
    "secondary_inefficacy": "inefficacy",
    "adverse_event": "intolerance",
    "intolerance": "intolerance",
    "contraindication": "intolerance",
    "remission": "remission",
}


def unknown_length(courses: pd.DataFrame) -> pd.Series:
    """Courses whose dates do not tell when they began or how long they lasted."""
    return courses["problem"].astype("string").isin(["start_missing", "stop_before_start"]).fillna(False)


def exposure_days(dates: pd.Series) -> pd.Series:
    """Dates as days since 1970-01-01, by the index of the dates."""
    from analysis.exposure.dates import to_days

    return pd.Series(to_days(pd.to_datetime(dates)), index=dates.index)


def join_courses(courses: pd.DataFrame, *, gap_days: int) -> pd.DataFrame:
    """Courses of one drug that follow each other within so many days as one course, with the last stop reason.

    Examples
    --------
    >>> courses = pd.DataFrame({"subject_id": ["1", "1"], "drug": ["adalimumab"] * 2, "class": ["bDMARD"] * 2,
    ...     "moa": ["TNFi"] * 2, "start_date": pd.to_datetime(["2024-01-01", "2024-02-05"]),
    ...     "stop_date": pd.to_datetime(["2024-02-01", "2024-04-01"]), "stop_reason": ["other", "inefficacy"]})
    >>> join_courses(courses, gap_days=28)[["start_date", "stop_date"]].values.astype("datetime64[D]").tolist()[0]
    [datetime.date(2024, 1, 1), datetime.date(2024, 4, 1)]
    """
    dated = courses.assign(
        start_date=pd.to_datetime(courses["start_date"]), stop_date=pd.to_datetime(courses["stop_date"])
    )
    dated = dated[dated["start_date"].notna()].sort_values(["subject_id", "drug", "start_date"])
    of_drug = dated.groupby(["subject_id", "drug"], sort=False, dropna=False)
    gap = (dated["start_date"] - of_drug["stop_date"].shift()).dt.days
    follows = gap.le(gap_days) | (of_drug.cumcount().gt(0) & of_drug["stop_date"].shift().isna())
    numbered = dated.assign(run=(~follows).cumsum())
    first = numbered.drop_duplicates("run").drop(columns=["stop_date", "stop_reason"])
    last = numbered.drop_duplicates("run", keep="last")[["run", "stop_date", "stop_reason"]]
    return first.merge(last, on="run").drop(columns="run").reset_index(drop=True)
