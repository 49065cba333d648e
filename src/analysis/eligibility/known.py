"""The tables as known on an index date. Rules see nothing else, so none of them can look ahead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import exposure
from analysis.eligibility.tables import Tables, column, prepare
from analysis.exposure import to_days
from analysis.exposure.dates import MISSING
from analysis.keys import keys

DATES = ("start_date", "stop_date", "start_precision", "stop_precision", "ongoing")


@dataclass(frozen=True, slots=True)
class Known:
    """Subjects, drug courses, visits and scores up to the index date of each subject.

    Attributes
    ----------
    subjects : DataFrame
        Indexed by ``subject_id``.
    index_date : Series of datetime
        By subject.
    courses : DataFrame
        Treatments, coded (``drug``, ``class``, ``moa``, ``is_cn_dmard``) and bounded (`analysis.exposure.courses`);
        courses that begin on or after the index date, or of a subject without one, are left out.
    visits, scores : DataFrame
        Dated on or before the index date; ``subject`` is the position of the subject.
    """

    subjects: pd.DataFrame
    index_date: pd.Series
    courses: pd.DataFrame
    visits: pd.DataFrame
    scores: pd.DataFrame

    @property
    def ids(self) -> pd.Index:
        """Subject ids."""
        return self.subjects.index

    def of_class(self, *classes: str) -> pd.DataFrame:
        """Give the courses of drugs of these classes."""
        return self.courses[self.courses["class"].isin(classes)]

    def other_immunosuppressants(self, named: Any) -> pd.DataFrame:
        """Give the courses of immunosuppressants that a list ending in "etc." does not name."""
        others = self.courses["class"].eq("IS") | self.courses["drug"].eq("leflunomide")
        return self.courses[others & ~self.courses["drug"].isin(list(named))]

    def having(self, courses: pd.DataFrame) -> np.ndarray:
        """Tell which subjects have one of these courses (array by position)."""
        return np.bincount(keys(courses["subject_id"]), minlength=len(self.ids)) > 0

    def column(self, name: str) -> pd.Series:
        """Give a column of the subjects; an unknown name is refused with the nearest known one."""
        return column(self.subjects, name, table="subjects")

    def collected(self, names: Sequence[str]) -> tuple[str, ...]:
        """Give the names if any of them is a column of the subjects; none where the study does not collect them."""
        return tuple(names) if set(names) & set(self.subjects) else ()

    def truth(self, name: str | None, *, required: bool = True) -> pd.Series:
        """Give a column of the subjects as boolean with NA; all NA where it is not collected and not required."""
        if name is None or (not required and name not in self.subjects):
            return pd.Series(pd.NA, index=self.ids, dtype="boolean")
        return self.column(name).astype("boolean")


def as_known(
    tables: Tables | Mapping,
    index_date: pd.Series,
    *,
    month_rule: str = "mid",
    missing_stop: str = "unknown",
    effect_days: Any = None,
) -> Known:
    """Cut the tables at the index date.

    Parameters
    ----------
    tables : Tables, or mapping of str to DataFrame
        ``subjects``; ``treatments``, ``visits`` and ``scores`` where there are any.
    index_date : Series of datetime
        By subject id.
    month_rule, missing_stop, effect_days
        See `analysis.exposure.courses`.
    """
    ready = prepare(tables)
    index_date = index_date.reindex(ready.subjects.index)
    bounded = exposure.courses(
        ready.treatments,
        index_date,
        month_rule=month_rule,
        missing_stop=missing_stop,
        effect_days=effect_days,
    )
    courses = bounded.drop(columns=[name for name in DATES if name in bounded])
    return Known(
        subjects=ready.subjects,
        index_date=index_date,
        courses=courses[courses["used"]],
        visits=_past(ready.visits, index_date),
        scores=_past(ready.scores, index_date),
    )


def _past(rows, index_date):
    """Keep the rows dated on or before the index date, with their age on that date."""
    index_day = to_days(index_date)[rows["subject"].to_numpy()]
    day = rows["day"].to_numpy()
    return rows.assign(age_days=index_day - day)[(day <= index_day) & (day != MISSING)]


def latest(
    rows: pd.DataFrame, value: str, n: int, *, within_days: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Give for each of n subjects the last value on or before the index date, and its age in days (NaN where none).

    Of two values of one day the higher is taken.

    Parameters
    ----------
    rows : DataFrame
        ``subject``, ``age_days``, and the column `value`.
    within_days : float, optional
        Older values are not used.
    """
    usable = rows[rows[value].notna()]
    if within_days is not None:
        usable = usable[usable["age_days"] <= within_days]
    order = np.lexsort((usable[value].to_numpy(dtype=float), -usable["age_days"].to_numpy()))
    newest, age = np.full(n, np.nan), np.full(n, np.nan)
    subject = usable["subject"].to_numpy()[order]
    newest[subject] = usable[value].to_numpy(dtype=float)[order]
    age[subject] = usable["age_days"].to_numpy()[order]
    return newest, age
