"""Stop dates of drug courses: one convention inside the project.

Inside, a stop date is the first day without the drug. A source that records the last day taken says so by `stop_dates`,
and its dates are moved by a day once, after they have been checked as written.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd


def as_first_day_without(treatments: pd.DataFrame, sources: Sequence[Any]) -> pd.DataFrame:
    """Move the stop dates of sources that record the last day taken to the next day; months and years stay.

    Parameters
    ----------
    treatments : DataFrame
        The tidy table, with `source`.
    sources : sequence of Source
        The sources of the study file.
    """
    last_day = [source.id for source in sources if source.stop_dates == "last_day_taken"]
    if not last_day or not {"source", "stop_date"} <= set(treatments):
        return treatments
    moved = treatments["source"].isin(last_day)
    if "stop_precision" in treatments:
        moved &= treatments["stop_precision"].isna() | treatments["stop_precision"].eq("D").fillna(False)
    later = pd.to_datetime(treatments["stop_date"]) + pd.Timedelta(1, "D")
    return treatments.assign(stop_date=treatments["stop_date"].mask(moved, later))
