"""Enrolment over time against the plan."""

from datetime import date

import pandas as pd


def enrolment_by_month(
    subjects: pd.DataFrame, *, target: int, start: date, end: date, until: date
) -> pd.DataFrame:
    """Cumulative enrolment at the end of each month, and a straight line from no one to the target.

    Parameters
    ----------
    subjects : DataFrame
        `enrol_date` of those enrolled.
    target : int
        Number of participants planned.
    start, end : date
        Planned first and last day of recruitment.
    until : date
        Last day known; enrolment is missing after it, the plan goes on.

    Returns
    -------
    DataFrame
        `date`, `enrolled`, `planned` (both cumulative).

    Examples
    --------
    >>> subjects = pd.DataFrame({"enrol_date": pd.to_datetime(["2023-01-10", "2023-02-20"])})
    >>> enrolment_by_month(subjects, target=4, start="2023-01-01", end="2023-03-31", until="2023-02-28")
            date  enrolled  planned
    0 2023-01-31       1.0      1.0
    1 2023-02-28       2.0      3.0
    2 2023-03-31       NaN      4.0
    """
    first, last, cut = pd.Timestamp(start), pd.Timestamp(end), pd.Timestamp(until)
    dates = pd.to_datetime(subjects["enrol_date"]).dropna()
    months = pd.date_range(first, max(last, cut), freq="ME").union([cut, last]).unique().sort_values()
    enrolled = pd.Series([float((dates <= day).sum()) for day in months]).where(months <= cut)
    passed = ((months - first).days + 1) / ((last - first).days + 1)
    planned = pd.Series(passed).clip(upper=1).mul(target).round()
    return pd.DataFrame({"date": months, "enrolled": enrolled, "planned": planned})
