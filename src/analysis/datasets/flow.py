"""The flow of participants, counted from the same flags as every other number."""

import pandas as pd

from analysis.datasets.measures import leading_endpoint


def count_flow(
    subjects: pd.DataFrame,
    measures: pd.DataFrame,
    populations: pd.DataFrame,
    *,
    study,
    reasons: pd.Series | None = None,
    through_visit: str | None = None,
) -> pd.DataFrame:
    """Boxes of the flow diagram, from screening to the last visit with a value of the primary endpoint.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject on record.
    measures : DataFrame
        Long measurements.
    populations : DataFrame
        Booleans per analysis set.
    study : analysis.study.Study
        Design, groups, visits and endpoints.
    reasons : Series, optional
        Why each subject who was not enrolled was not, by subject id.
    through_visit : str, optional
        Last visit that an interim report may see; later ones have no box, for nobody is missing there.

    Returns
    -------
    DataFrame
        `box`, `label`, `n`, `parent`, `reason`: one row per box; a row with a
        `reason` is a part of the box of that name, which leaves the flow.

    Raises
    ------
    ValueError
        When enrolled and excluded subjects do not add up to those on record.
    """
    ids = pd.Index(subjects["subject_id"])
    enrolled = _enrolled(subjects)
    rows = []
    if len(enrolled) < len(ids):
        rows += _screening(ids, enrolled, reasons)
    start = {
        "box": "enrolled",
        "label": _entered(study),
        "n": len(enrolled),
        "parent": "screened" if rows else None,
    }
    rows.append({**start, "reason": None})
    rows += _arms(subjects, enrolled, measures, study, through_visit)
    boxes = pd.DataFrame(rows)
    _check(boxes, len(ids))
    return boxes


def _enrolled(subjects: pd.DataFrame) -> pd.Index:
    if "enrolled" not in subjects:
        return pd.Index(subjects["subject_id"])
    return pd.Index(subjects.loc[subjects["enrolled"].astype("boolean").fillna(False), "subject_id"])


def _entered(study) -> str:
    return {"randomised": "Randomised", "single_arm": "Enrolled", "cohort": "Enrolled"}[study.design]


def _screening(ids: pd.Index, enrolled: pd.Index, reasons: pd.Series | None) -> list[dict]:
    out = ids.difference(enrolled)
    why = pd.Series("no reason recorded", index=out) if reasons is None else reasons.reindex(out)
    counts = why.fillna("no reason recorded").value_counts()
    screened = {"box": "screened", "label": "Screened", "n": len(ids), "parent": None, "reason": None}
    box = {"box": "not_enrolled", "label": "Not enrolled", "parent": "screened"}
    left = [{**box, "n": int(n), "reason": reason} for reason, n in counts.items()]
    return [screened, {**box, "n": len(out), "reason": None}, *left]


def _arms(subjects: pd.DataFrame, enrolled: pd.Index, measures: pd.DataFrame, study, last) -> list[dict]:
    primary = leading_endpoint(study)
    known = measures[measures["variable"].eq(primary.variable) & measures["value"].notna()]
    groups = {"": enrolled}
    if study.groups is not None:
        arm = subjects.set_index("subject_id")[study.groups.variable].reindex(enrolled)
        groups = {name: arm.index[arm.eq(name)] for name in study.groups.order}
    planned = [visit.id for visit in study.visits]
    visits = study.visits[: planned.index(last) + 1] if last else study.visits
    rows = []
    for name, ids in groups.items():
        parent = "enrolled"
        if name:
            label = f"Allocated to {study.groups.labels.get(name, name)}"
            rows.append(
                {"box": f"arm_{name}", "label": label, "n": len(ids), "parent": parent, "reason": None}
            )
            parent = f"arm_{name}"
        for visit in visits:
            seen = known.loc[
                known["visit_id"].eq(visit.id) & known["subject_id"].isin(ids), "subject_id"
            ].nunique()
            box = "_".join(filter(None, ["visit", visit.id, name]))
            label = f"{visit.label}: {primary.label} known"
            rows.append({"box": box, "label": label, "n": seen, "parent": parent, "reason": None})
            parent = box
    return rows


def _check(boxes: pd.DataFrame, on_record: int) -> None:
    excluded = boxes.loc[boxes["reason"].notna(), "n"].sum()
    entered = boxes.loc[boxes["box"].eq("enrolled"), "n"].iloc[0]
    if excluded + entered != on_record:
        raise ValueError(
            f"the flow does not add up: {entered} enrolled and {excluded} excluded of {on_record} subjects on record"
        )
