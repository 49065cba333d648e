"""The tables made ready once: subjects indexed, drugs coded, names as categories, visits and scores dated."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis import drugs
from analysis.exposure import to_days
from analysis.exposure.dates import MISSING
from analysis.exposure.intervals import subject_codes
from analysis.language import mark

REASONS = (
    "primary_inefficacy", "secondary_inefficacy", "adverse_event", "intolerance", "contraindication", "remission",
    "access_cost", "patient_choice", "pregnancy", "surgery", "end_of_trial", "switch_nonmedical", "other",
)  # fmt: skip
UNNAMED = mark("(no name recorded)")
NOT_JUDGED = (
    "study", "site", "drug_raw", "brand", "atc", "role", "adherence_pct", "source_row", "import_batch",
    "data_cut",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables made ready by `prepare`.

    Attributes
    ----------
    subjects : DataFrame
        Indexed by ``subject_id``.
    treatments : DataFrame
        ``subject_id``, ``drug``, ``class``, ``moa``, ``stop_reason`` and all other text as categories,
        ``is_cn_dmard``; columns that no rule judges are left out.
    visits, scores : DataFrame
        With ``subject`` (position of the subject) and ``day`` (day number; scores have that of their visit).
    """

    subjects: pd.DataFrame
    treatments: pd.DataFrame
    visits: pd.DataFrame
    scores: pd.DataFrame


def prepare(tables: Tables | Mapping) -> Tables:
    """Make the tables ready; ones that are stay as they are.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``subjects``; ``treatments``, ``visits`` (with ``visit_date``) and ``scores`` where there are any.

    Raises
    ------
    ValueError
        A subject twice, or rows of a subject who is not in the subjects table.
    """
    if isinstance(tables, Tables):
        return tables
    subjects = indexed(tables["subjects"])
    visits = _visits(tables.get("visits"), subjects.index)
    return Tables(
        subjects=subjects,
        treatments=_treatments(tables.get("treatments"), subjects.index),
        visits=visits,
        scores=_scores(tables.get("scores"), visits, subjects.index),
    )


def column(frame: pd.DataFrame, name: str, *, table: pd.DataFrame) -> Any:
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


def index_dates(subjects: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Give for each subject the first of these dates that is there."""
    names = [columns] if isinstance(columns, str) else list(columns)
    dates = [column(subjects, name, table="subjects") for name in names]
    chosen = dates[0]
    for later in dates[1:]:
        chosen = chosen.where(chosen.notna(), later)
    return pd.to_datetime(chosen).astype("datetime64[s]")


def _treatments(treatments, ids):
    """Code the treatments, and hold text as categories."""
    if treatments is None:
        columns = ["subject_id", "drug", "class", "moa", "start_date", "stop_date", "ongoing", "stop_reason"]
        treatments = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    owner = pd.Categorical.from_codes(subject_codes(treatments["subject_id"], ids), ids)
    frame = coded(treatments.assign(subject_id=owner))
    frame = frame.drop(columns=[name for name in NOT_JUDGED if name in frame])
    dates = ("start_date", "stop_date")
    words = [name for name in frame if isinstance(frame[name].dtype, pd.StringDtype) and name not in dates]
    return frame.assign(**{name: frame[name].astype("category") for name in words})


def coded(treatments: pd.DataFrame) -> pd.DataFrame:
    """Give the treatments with drug, class, mechanism and stop reason as categories, coding the names where needed.

    A class or mechanism that the table brings is kept. A drug that is not coded is called by its name as written, and
    its class is unknown: no course is without a drug. A reason that is none of the known ones is unknown.
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
    drug = _called(frame)
    group = frame["class"].astype("str").fillna("unknown")
    regions = {name: entry["region"] == "CN" for name, entry in drugs.entries().items()}
    return frame.assign(
        **{
            "drug": drug.astype("category"),
            "class": pd.Categorical(group, categories=sorted({*group, "unknown"})),
            "moa": frame["moa"].astype("category"),
            "is_cn_dmard": (drug.map(regions).eq(True) | group.eq("csDMARD_CN")).to_numpy(),
            "stop_reason": pd.Categorical(reason.where(reason.isin(REASONS)), categories=list(REASONS)),
        }
    )


def _called(frame):
    """Give what every drug is called: generic name, else the name as written, else that there is none."""
    written = frame["drug_raw"] if "drug_raw" in frame else frame["drug"]
    return frame["drug"].astype("str").fillna(written.astype("str")).fillna(UNNAMED)


def _visits(visits, ids):
    """Date the visits."""
    if visits is None:
        visits = pd.DataFrame({"subject_id": pd.Series(dtype="str"), "visit_id": pd.Series(dtype="str"),
                               "visit_date": pd.Series(dtype="datetime64[s]")})  # fmt: skip
    subject = subject_codes(visits["subject_id"], ids).astype(np.int32)
    day = to_days(pd.to_datetime(column(visits, "visit_date", table="visits")))
    return visits.drop(columns=[name for name in NOT_JUDGED if name in visits]).assign(
        subject=subject, day=day
    )


def _scores(scores, visits, ids):
    """Date the scores that have a value by their visit; one whose visit is not there has no date."""
    if scores is None:
        scores = pd.DataFrame({"subject_id": [], "visit_id": [], "score": [], "value": []}).astype(
            {"value": float}
        )
    given = scores.loc[scores["value"].notna(), ["subject_id", "visit_id", "score", "value"]]
    subject = subject_codes(given["subject_id"], ids).astype(np.int32)
    names, _ = pd.factorize(pd.concat([visits["visit_id"], given["visit_id"]]).astype("str"))
    span = max(len(names), 1)
    of_visit = pd.Index(visits["subject"].to_numpy().astype(np.int64) * span + names[: len(visits)])
    wanted = subject.astype(np.int64) * span + names[len(visits) :]
    first = ~of_visit.duplicated()
    place = of_visit[first].get_indexer(wanted)
    day = np.append(visits["day"].to_numpy()[first], MISSING)[place]
    return given.drop(columns="subject_id").assign(
        score=given["score"].astype("category"), subject=subject, day=day
    )
