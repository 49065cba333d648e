"""The flow of participants, counted from the same flags as every other number."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.columns.words import WORDS
from analysis.datasets.measures import leading_endpoint
from analysis.language import inside, mark, semicolons, tr
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def count_flow(
    subjects: pd.DataFrame,
    measures: pd.DataFrame,
    populations: pd.DataFrame,
    *,
    study: "Study",
    visits: pd.DataFrame | None = None,
    responses: pd.DataFrame | None = None,
    due: pd.DataFrame | None = None,
    reasons: pd.Series | None = None,
    through_visit: str | None = None,
) -> pd.DataFrame:
    """Boxes of the flow diagram, from screening to the primary analysis.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject on record.
    measures : DataFrame
        Long measurements.
    populations : DataFrame
        Booleans per analysis set.
    study : analysis.study.Study
        Design, groups, visits, endpoints, responses and analysis sets.
    visits : DataFrame, optional
        `subject_id`, `visit_id`, `visit_date`: when who was seen. With it, and with dates of leaving, each visit has
        those who had not left before; without, those with a value.
    responses : DataFrame, optional
        Long responses; where the primary endpoint is one, it says who was assessed.
    due : DataFrame, optional
        Whether each visit (columns) is due for each subject (index) by the data cut.
    reasons : Series, optional
        Why each subject who was not enrolled was not, by subject id.
    through_visit : str, optional
        Last visit that an interim report may see; later ones have no box, for nobody is missing there.

    Returns
    -------
    DataFrame
        `box`, `label`, `n`, `parent`, `reason`, `detail`: one row per box; a row with a `reason` is a part of the box
        of that name, which leaves the flow. `known` is the number with a value of the primary endpoint; `detail` says
        it in words.

    Raises
    ------
    ValueError
        When enrolled and excluded subjects do not add up to those on record, or those who left and those who stayed
        to those enrolled.
    """
    ids = pd.Index(subjects["subject_id"])
    enrolled = _enrolled(subjects)
    rows = _screening(ids, enrolled, reasons) if len(enrolled) < len(ids) else []
    above = rows[0]["box"] if rows else None
    rows.append(_box("enrolled", _entered(study), len(enrolled), above))
    endpoint = leading_endpoint(study)
    followed = _followed(study, through_visit) if endpoint else []
    known = _known(measures, responses, endpoint, study) if endpoint else {}
    gone = _left_before(subjects, visits, followed, study)
    for name, members in _groups(subjects, enrolled, study).items():
        rows += _lane(name, members, known, gone, populations, study=study, visits=followed, due=due)
    boxes = pd.DataFrame(rows, columns=["box", "label", "n", "parent", "reason", "detail", "known"])
    _check(boxes, len(ids))
    return boxes


def _box(box, label, n, parent, *, reason=None, detail=None, known=None) -> dict:
    return {
        "box": box,
        "label": label,
        "n": int(n),
        "parent": parent,
        "reason": reason,
        "detail": detail,
        "known": known,
    }


def _enrolled(subjects: pd.DataFrame) -> pd.Index:
    if "enrolled" not in subjects:
        return pd.Index(subjects["subject_id"])
    return pd.Index(subjects.loc[subjects["enrolled"].astype("boolean").fillna(False), "subject_id"])


def _entered(study) -> str:
    return {"randomised": tr("Randomised"), "single_arm": tr("Enrolled"), "cohort": tr("Enrolled")}[
        study.design
    ]


def _screening(ids: pd.Index, enrolled: pd.Index, reasons: pd.Series | None) -> list[dict]:
    out = ids.difference(enrolled)
    why = pd.Series(mark("no reason recorded"), index=out) if reasons is None else reasons.reindex(out)
    counts = why.fillna(mark("no reason recorded")).value_counts()
    named = ("not_enrolled", tr("Not enrolled"))
    left = [_box(*named, n, "screened", reason=reason) for reason, n in counts.items()]
    return [_box("screened", tr("Screened"), len(ids), None), _box(*named, len(out), "screened"), *left]


def _groups(subjects: pd.DataFrame, enrolled: pd.Index, study) -> dict[str, pd.Index]:
    if study.groups is None:
        return {"": enrolled}
    arm = subjects.set_index("subject_id")[study.groups.variable].reindex(enrolled)
    return {name: arm.index[arm.eq(name)] for name in study.groups.order}


def _followed(study, through_visit) -> list:
    planned = [visit.id for visit in study.visits]
    return study.visits[: planned.index(through_visit) + 1] if through_visit else study.visits


def _known(
    measures: pd.DataFrame, responses: pd.DataFrame | None, endpoint: "Endpoint", study
) -> dict[str, tuple[str, pd.Index]]:
    """By visit: what says that the primary endpoint was assessed, and in whom."""
    values = measures[measures["variable"].eq(endpoint.variable) & measures["value"].notna()]
    found = {
        visit.id: (
            tr("{label} known", label=endpoint.label),
            _people(values, visit.id),
        )
        for visit in study.visits
    }
    primary = next((entry for entry in study.responses if entry.role == "primary"), None)
    if primary is not None and responses is not None:
        of_primary = responses[responses["endpoint"].eq(primary.id) & responses["value"].notna()]
        seen = {visit: _people(of_primary, visit) for visit in primary.visits}
        # one name for one thing at all visits: a score known is its response known
        if not all(_same(found[visit][1], members) for visit, members in seen.items()):
            found |= {visit: (tr("Primary response known"), members) for visit, members in seen.items()}
    return found


def _people(rows: pd.DataFrame, visit: str) -> pd.Index:
    """Who has a row at a visit."""
    return pd.Index(rows.loc[rows["visit_id"].eq(visit), "subject_id"].unique())


def _same(some: pd.Index, others: pd.Index) -> bool:
    """Whether these are the same people."""
    return len(some) == len(others) and bool(among(some, others).all())


def _left_before(
    subjects: pd.DataFrame, visits: pd.DataFrame | None, followed: list, study
) -> pd.DataFrame | None:
    """Who left without completing, before which visit they did, and why; None where leaving was not recorded.

    The visit is the first one planned after the day of leaving that was not, and after which none was, attended.
    """
    if visits is None or not {"visit_date", "visit_id"} <= set(visits):
        return None
    if not {"discontinuation_reason", "baseline_date"} <= set(subjects):
        return None
    people = subjects.set_index("subject_id")
    unknown = pd.Series(pd.NaT, index=people.index, dtype=people["baseline_date"].dtype)
    people = people.assign(
        **{name: people.get(name, unknown) for name in ("death_date", "discontinuation_date")}
    )
    why = people["discontinuation_reason"].mask(people["death_date"].notna(), "death")
    why = why[why.notna() & why.ne("completed")]
    order = {visit.id: place for place, visit in enumerate(study.visits)}
    attended = visits.loc[visits["visit_date"].notna() & visits["visit_id"].isin(order)]
    last = attended["visit_id"].map(order).groupby(attended["subject_id"]).max()
    last = last.reindex(why.index).astype("float64").fillna(-1)
    day = (_end(people) - people["baseline_date"]).dt.days.reindex(why.index) + 1
    planned = pd.Series([visit.target_day for visit in study.visits], dtype="float64").dropna().sort_values()
    by_date = pd.Series(np.searchsorted(planned, day.fillna(-np.inf), side="right"), index=day.index)
    first = pd.concat([last + 1, by_date], axis=1).max(axis=1)
    places = {place: visit.id for visit, place in ((visit, order[visit.id]) for visit in followed)}
    english = WORDS["discontinuation_reason"].english  # results are named by them
    words = {code: english.get(code, code) for code in why.unique()}
    return pd.DataFrame({"visit": first.map(places), "why": why.map(words)}).dropna()


def _end(people: pd.DataFrame) -> pd.Series:
    """The day of leaving: of death or, where it is not known, of discontinuation."""
    return people["death_date"].fillna(people["discontinuation_date"])


def _lane(name, members, known, gone, populations, *, study, visits, due) -> list[dict]:
    """Boxes of one group (or of all) from entry to the primary analysis."""
    rows, parent, staying = [], "enrolled", len(members)
    if name:
        parent = f"arm_{name}"
        label = study.groups.labels.get(name, name)
        if study.design == "randomised":
            label = tr("Allocated to {name}", name=label)
        rows.append(_box(parent, label, len(members), "enrolled"))
    treated = next((key for key, entry in study.populations.items() if entry.rule == "treated"), None)
    if treated and treated in populations:
        box = "_".join(filter(None, ["treated", name]))
        rows.append(_box(box, tr("Received the study drug"), _count(populations, treated, members), parent))
        parent = box
    for visit in visits:
        box = "_".join(filter(None, ["visit", visit.id, name]))
        what, seen = known[visit.id]
        n = int(among(members, seen).sum())
        if gone is None:
            rows.append(_box(box, f"{visit.label}: {what}", n, parent, known=n))
            parent = box
            continue
        out = gone[gone["visit"].eq(visit.id) & among(gone.index, members)]
        rows += _leaving(f"left_{box}", visit, out, parent)
        staying -= len(out)
        waiting = _not_due(due, visit, members[~among(members, gone.index)])
        later = [tr("window still open {waiting}", waiting=waiting)] if waiting else []
        detail = semicolons([tr("{what} in {n}", what=what, n=n), *later])
        at = inside(visit.label)
        label = (
            tr("At {at}", at=at) if visit.id == study.baseline_visit else tr("In the study at {at}", at=at)
        )
        rows.append(_box(box, label, staying, parent, detail=detail, known=n))
        parent = box
    if study.primary_population in populations:
        box = "_".join(filter(None, ["analysed", name]))
        label = tr(
            "Analysed, whoever left included ({label})",
            label=inside(study.populations[study.primary_population].label),
        )
        rows.append(_box(box, label, _count(populations, study.primary_population, members), parent))
    return rows


def _not_due(due: pd.DataFrame | None, visit, staying: pd.Index) -> int:
    """How many of those still taking part need not have been seen yet."""
    return 0 if due is None else int((~due.loc[among(due.index, staying), visit.id]).sum())


def _count(populations: pd.DataFrame, name: str, members: pd.Index) -> int:
    chosen = populations.loc[populations[name].astype("boolean").fillna(False), "subject_id"]
    return int(among(chosen, members).sum())


def _leaving(box: str, visit, out: pd.DataFrame, parent: str) -> list[dict]:
    """The side box of those who left before a visit; none where nobody did."""
    if out.empty:
        return []
    named = (box, tr("Left before {label}", label=inside(visit.label)))
    reasons = [_box(*named, n, parent, reason=why) for why, n in out["why"].value_counts().items()]
    return [_box(*named, len(out), parent), *reasons]


def _check(boxes: pd.DataFrame, on_record: int) -> None:
    excluded = boxes.loc[boxes["reason"].notna() & boxes["box"].eq("not_enrolled"), "n"].sum()
    entered = boxes.loc[boxes["box"].eq("enrolled"), "n"].iloc[0]
    if excluded + entered != on_record:
        raise ValueError(
            f"the flow does not add up: {entered} enrolled and {excluded} excluded of {on_record} subjects on record"
        )
    negative = boxes.loc[boxes["n"] < 0, "label"].tolist()
    if negative:
        raise ValueError(f"the flow does not add up: more left than entered ({', '.join(negative)})")
