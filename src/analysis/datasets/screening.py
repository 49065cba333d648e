"""Eligibility of every screened subject as datasets: one row per subject, per criterion, and the flow's reasons."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.datasets.difficult import difficult_frames
from analysis.datasets.subjects import at_screening
from analysis.language import mark

SVDH = ["svdh_erosion", "svdh_jsn"]


@dataclass(frozen=True, slots=True)
class Screening:
    """What screening found.

    Attributes
    ----------
    status : Series
        eligible, ineligible, query or adjudicate, by subject id.
    reasons : Series
        Why a subject was not enrolled, in words, by subject id.
    frames : dict of str to DataFrame
        Datasets to store: ``eligibility`` (status and flags), ``criteria``, ``evidence``, ``near_misses``, ``marks``,
        ``discrepancies``, ``screening`` (counts that add up); ``difficult`` and ``failed_courses`` where a criterion
        asks for difficult-to-treat RA.
    """

    status: pd.Series | None
    reasons: pd.Series | None
    frames: dict


def screen(
    tables: Mapping[str, pd.DataFrame],
    assessments: pd.DataFrame,
    scores: pd.DataFrame | None,
    *,
    criteria: Mapping[str, Any],
) -> Screening:
    """Judge every subject by the study's criteria; without criteria, keep the reasons the site recorded.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Tidy tables; ``subjects`` completed.
    assessments : DataFrame
        One row per subject and planned visit.
    scores : DataFrame or None
        Long scores.
    criteria : mapping
        The study's list of criteria as read; empty where it has none.
    """
    subjects = tables["subjects"]
    if not criteria:
        recorded = subjects.set_index("subject_id").get("screen_fail_reason")
        return Screening(None, recorded, {})
    from analysis import eligibility

    known = tables_at_screening(tables, assessments, scores)
    found = eligibility.assess(known, criteria)
    labels = {criterion.id: _why(criterion) for criterion in found.protocol.criteria}
    enrolled = subjects.set_index("subject_id")["enrolled"].astype("boolean").fillna(False).astype(bool)
    flags = found.passes.add_prefix("passes_")
    judged = found.subjects.join(flags).rename_axis("subject_id").reset_index()
    frames = {
        "eligibility": judged,
        "criteria": eligibility.criteria_table(found),
        "evidence": found.evidence(),
        "near_misses": eligibility.near_misses(found),
        "marks": eligibility.marks_table(found),
        "discrepancies": eligibility.discrepancies(found),
        "screening": eligibility.flow(found, enrolled=enrolled),
        **difficult_frames(known, criteria=criteria),
    }
    return Screening(found.status, _reasons(found, labels), frames)


def tables_at_screening(
    tables: Mapping[str, pd.DataFrame], assessments: pd.DataFrame, scores: pd.DataFrame | None
) -> dict:
    """The tables as eligibility reads them: assessments as visits, values of the screening form as dated rows."""
    visits = assessments
    if set(SVDH) <= set(assessments.columns):
        visits = visits.assign(svdh_total=visits[SVDH].astype(float).sum(axis=1, skipna=False))
    forms = at_screening(tables["subjects"])
    if len(forms):
        visits = pd.concat([visits, forms], ignore_index=True)
    known = {"subjects": tables["subjects"], "treatments": tables["treatments"], "visits": visits}
    return known if scores is None else {**known, "scores": scores}


def _why(criterion) -> str:
    """The criterion as a reason for being left out."""
    return criterion.label if criterion.kind == "exclusion" else f"not met: {criterion.label}"


def _reasons(found, labels: dict[str, str]) -> pd.Series:
    """First criterion that keeps a subject out, else what is still open, else that nothing was against it."""
    failing = found.first_failing.map(labels).astype("string")
    open_ = found.status.map(
        {"query": mark("data query open"), "adjudicate": mark("for adjudication")}
    ).astype("string")
    return failing.fillna(open_).fillna(mark("eligible, not enrolled"))


def assure(cases: list[Any], *, criteria: Mapping[str, Any]) -> pd.DataFrame:
    """Run patients with known answers through the criteria.

    Parameters
    ----------
    cases : list of mapping
        Files of cases as read.
    criteria : mapping
        The study's list of criteria.

    Returns
    -------
    DataFrame
        `title`, `case`, `reason`, `item`, `expected`, `got`, `agrees`: one row per answer.
    """
    from analysis.eligibility import assurance

    checked = [assurance.check(case, protocol=criteria).assign(title=case["title"]) for case in cases]
    columns = ["title", "case", "reason", "item", "expected", "got", "agrees"]
    return pd.concat(checked, ignore_index=True)[columns] if checked else pd.DataFrame(columns=columns)
