"""The tables as known on an index date. Rules see nothing else, so none of them can look ahead."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis import drugs, exposure
from analysis.exposure import to_days
from analysis.exposure.intervals import subject_codes

FAILURE_OR_OTHER_REASONS = (
    "primary_inefficacy", "secondary_inefficacy", "adverse_event", "intolerance", "contraindication", "remission",
    "access_cost", "patient_choice", "pregnancy", "surgery", "end_of_trial", "switch_nonmedical", "other",
)  # fmt: skip


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

    def column(self, name: str) -> pd.Series:
        """Give a column of the subjects; an unknown name is refused with the nearest known one."""
        return column(self.subjects, name, table="subjects")

    def truth(self, name: str | None, *, required: bool = True) -> pd.Series:
        """Give a column of the subjects as boolean with NA; all NA where it is not collected and not required."""
        if name is None or (not required and name not in self.subjects):
            return pd.Series(pd.NA, index=self.ids, dtype="boolean")
        return self.column(name).astype("boolean")


def column(frame, name, *, table):
    """Give a column, or say which one may have been meant."""
    if name not in frame:
        near = difflib.get_close_matches(name, map(str, frame.columns), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise KeyError(f"table {table!r} has no column {name!r}{hint}")
    return frame[name]


def indexed(subjects: pd.DataFrame) -> pd.DataFrame:
    """Index the subjects by their id, which must be there and unique."""
    frame = subjects if subjects.index.name == "subject_id" else subjects.set_index("subject_id")
    twice = frame.index[frame.index.duplicated() | frame.index.isna()]
    if len(twice):
        raise ValueError(
            f"{len(twice)} rows of subjects repeat or lack subject_id, first {twice[:3].tolist()}"
        )
    return frame


def index_dates(subjects: pd.DataFrame, columns) -> pd.Series:
    """Give for each subject the first of these dates that is there."""
    names = [columns] if isinstance(columns, str) else list(columns)
    dates = [column(subjects, name, table="subjects") for name in names]
    chosen = dates[0]
    for later in dates[1:]:
        chosen = chosen.where(chosen.notna(), later)
    return pd.to_datetime(chosen).astype("datetime64[s]")


def as_known(tables: Mapping, index_date: pd.Series, *, month_rule="mid", missing_stop="unknown") -> Known:
    """Cut the tables at the index date.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``subjects``; ``treatments``, ``visits`` and ``scores`` where there are any.
    index_date : Series of datetime
        By subject id.
    month_rule, missing_stop
        See `analysis.exposure.courses`.
    """
    subjects = indexed(tables["subjects"])
    index_date = index_date.reindex(subjects.index)
    visits = _visits(tables.get("visits"), index_date)
    return Known(
        subjects=subjects,
        index_date=index_date,
        courses=_courses(tables.get("treatments"), index_date, month_rule, missing_stop),
        visits=visits,
        scores=_scores(tables.get("scores"), visits),
    )


def _courses(treatments, index_date, month_rule, missing_stop):
    """Code and bound the treatments."""
    if treatments is None:
        columns = ["subject_id", "drug", "class", "moa", "start_date", "stop_date", "ongoing", "stop_reason"]
        treatments = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    bounded = exposure.courses(
        coded(treatments), index_date, month_rule=month_rule, missing_stop=missing_stop
    )
    owner = pd.Categorical.from_codes(
        subject_codes(bounded["subject_id"], index_date.index), index_date.index
    )
    return bounded.assign(subject_id=owner)[bounded["used"]]


def coded(treatments: pd.DataFrame) -> pd.DataFrame:
    """Give the treatments with drug, class, mechanism and stop reason as categories, coding the names where needed.

    A class or mechanism that the table brings is kept. A reason that is none of the known ones is unknown.
    """
    frame = treatments
    if not {"drug", "class", "moa"} <= set(frame):
        names = next((name for name in ("drug", "drug_raw") if name in frame), None)
        if names is None:
            raise KeyError("table 'treatments' has neither 'drug' nor 'drug_raw'")
        found = drugs.match(frame[names])
        brought = {name: frame[name] for name in ("class", "moa") if name in frame}
        frame = frame.assign(
            **{
                "drug": found["drug"].fillna(frame[names]),
                "class": found["class"],
                "moa": found["moa"],
                **brought,
            }
        )
    reason = (
        frame["stop_reason"] if "stop_reason" in frame else pd.Series(pd.NA, index=frame.index, dtype="str")
    )
    group = frame["class"].astype("category")
    group = group.cat.add_categories({"unknown"} - set(group.cat.categories)).fillna("unknown")
    drug = frame["drug"].astype("category")
    regions = {name: entry["region"] == "CN" for name, entry in drugs.entries().items()}
    in_china = np.array([*(regions.get(name, False) for name in drug.cat.categories), False])[drug.cat.codes]
    return frame.assign(
        **{
            "drug": drug,
            "class": group,
            "moa": frame["moa"].astype("category"),
            "is_cn_dmard": in_china | (group == "csDMARD_CN").to_numpy(),
            "stop_reason": pd.Categorical(
                reason.where(reason.isin(FAILURE_OR_OTHER_REASONS)), categories=list(FAILURE_OR_OTHER_REASONS)
            ),
        }
    )


def _visits(visits, index_date):
    """Keep the visits dated on or before the index date."""
    if visits is None:
        visits = pd.DataFrame({"subject_id": pd.Series(dtype="str"), "visit_id": pd.Series(dtype="str"),
                               "visit_date": pd.Series(dtype="datetime64[s]")})  # fmt: skip
    subject = subject_codes(visits["subject_id"], index_date.index)
    day = to_days(pd.to_datetime(column(visits, "visit_date", table="visits")))
    index_day = to_days(index_date)[subject]
    past = (day <= index_day) & (day > exposure.to_days([np.datetime64("NaT")])[0])
    return visits.assign(subject=subject, age_days=index_day - day)[past]


def _scores(scores, visits):
    """Keep the scores of those visits, and only where there is a value."""
    columns = ["subject_id", "visit_id", "score", "value"]
    if scores is None:
        return pd.DataFrame(columns=[*columns, "subject", "age_days"]).astype(
            {"value": float, "subject": int, "age_days": int}
        )
    given = scores.loc[scores["value"].notna(), columns]
    return given.merge(
        visits[["subject_id", "visit_id", "subject", "age_days"]], on=["subject_id", "visit_id"]
    )


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
