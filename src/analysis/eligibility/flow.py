"""The flow of participants, counted from the same flags that decide."""

from collections.abc import Sequence

import pandas as pd

from analysis.eligibility.engine import Assessment
from analysis.language import tr
from analysis.membership import among


def flow(
    assessment: Assessment,
    *,
    visits: pd.DataFrame | None = None,
    visit_labels: Sequence[str] = (),
    enrolled: pd.Series | None = None,
) -> pd.DataFrame:
    """Count the boxes of a flow diagram.

    Parameters
    ----------
    assessment : Assessment
    visits : DataFrame, optional
        ``subject_id``, ``visit_label``: a row is a visit with data.
    visit_labels : sequence of str
        Visits to count, in order.
    enrolled : Series of bool, optional
        By subject id: entered the study. Everyone eligible if not given.

    Returns
    -------
    DataFrame
        One row a box, in order: ``box`` (id), ``label``, ``n``, ``parent`` (box it is part of), ``reason``
        (criterion id), ``kind``:

        - "part": the parts of one parent add up to it;
        - "count": one of overlapping counts within its parent, such as exclusion for any reason, or data at a visit.

    Raises
    ------
    ValueError
        Parts that do not add up, a count above its parent, or subjects in `enrolled` who were never screened.

    Examples
    --------
    >>> from analysis.eligibility import assess
    >>> subjects = pd.DataFrame({"subject_id": ["a", "b", "c"], "unwilling": [False, True, None]})
    >>> section = {"index_date": "day", "criteria": [{"id": "E3", "label": "Unwilling", "kind": "exclusion",
    ...     "rule": "is_true", "text": "Unwilling to take part", "settings": {"column": "unwilling"}}]}
    >>> found = assess({"subjects": subjects.assign(day=pd.Timestamp("2024-01-01"))}, section)
    >>> flow(found)[["box", "n", "parent"]].head(4)
                    box  n      parent
    0          screened  3        <NA>
    1        ineligible  1    screened
    2  ineligible_first_E3  1  ineligible
    3    ineligible_any_E3  1  ineligible
    """
    inside = _enrolled(assessment, enrolled)
    boxes: list[tuple] = [
        ("screened", tr("Assessed for eligibility"), len(assessment.flags), None, None, "part")
    ]
    boxes += _ineligible(assessment) + _open(assessment)
    eligible = assessment.status == "eligible"
    taken = eligible & inside
    boxes += [
        ("eligible", tr("Eligible"), int(eligible.sum()), "screened", None, "part"),
        (
            "not_enrolled",
            tr("Eligible, not enrolled"),
            int((eligible & ~inside).sum()),
            "eligible",
            None,
            "part",
        ),
        ("enrolled", tr("Eligible and enrolled"), int(taken.sum()), "eligible", None, "part"),
        (
            "enrolled_otherwise",
            tr("Enrolled without being found eligible"),
            int((inside & ~eligible).sum()),
            "screened",
            None,
            "count",
        ),
    ]
    boxes += _at_visits(taken.index[taken], visits, visit_labels)
    columns = ["box", "label", "n", "parent", "reason", "kind"]
    table = pd.DataFrame(boxes, columns=columns).astype({"parent": "string", "reason": "string"})
    check_flow(table)
    return table


def _enrolled(assessment, enrolled):
    """Give who entered the study, for every screened subject."""
    if enrolled is None:
        return assessment.status == "eligible"
    strange = enrolled.index.difference(assessment.flags.index)
    if len(strange):
        raise ValueError(
            f"{len(strange)} enrolled subjects were never screened, first {strange[:3].tolist()}"
        )
    return enrolled.reindex(assessment.flags.index).fillna(False).astype(bool)


def _ineligible(assessment):
    """Count exclusions, by first reason (parts) and by any reason (counts)."""
    first = assessment.first_failing.value_counts()
    failed = (~assessment.passes).fillna(False).sum()
    rows = [
        (
            "ineligible",
            tr("Not eligible"),
            int((assessment.status == "ineligible").sum()),
            "screened",
            None,
            "part",
        )
    ]
    for prefix, kind, counts in (("first", "part", first), ("any", "count", failed)):
        rows += [
            (
                f"ineligible_{prefix}_{criterion.id}",
                criterion.label,
                int(counts.get(criterion.id, 0)),
                "ineligible",
                criterion.id,
                kind,
            )
            for criterion in assessment.protocol.criteria
        ]
    return rows


def _open(assessment):
    """Count those not decided yet, and by which criterion."""
    rows = []
    for status, label in (("query", tr("Data queried")), ("adjudicate", tr("To be adjudicated"))):
        who = assessment.status == status
        rows.append((status, label, int(who.sum()), "screened", None, "part"))
        undecided = assessment.passes[who].isna().sum()
        rows += [
            (
                f"{status}_{criterion.id}",
                criterion.label,
                int(undecided[criterion.id]),
                status,
                criterion.id,
                "count",
            )
            for criterion in assessment.protocol.criteria
        ]
    return rows


def _at_visits(subjects, visits, visit_labels):
    """Count enrolled subjects with data at each visit."""
    if visits is None:
        return []
    there = (
        visits[among(visits["subject_id"], subjects)]
        .groupby("visit_label", observed=True)["subject_id"]
        .nunique()
    )
    return [
        (
            f"visit_{label}",
            tr("With data at {label}", label=label),
            int(there.get(label, 0)),
            "enrolled",
            None,
            "count",
        )
        for label in visit_labels
    ]


def check_flow(table: pd.DataFrame) -> None:
    """Refuse boxes that do not add up.

    Raises
    ------
    ValueError
        Naming the boxes and the counts.
    """
    n = table.set_index("box")["n"]
    parts = table[table["kind"] == "part"].groupby("parent")["n"].sum()
    wrong = [
        f"{parent}: {n[parent]} is not the sum of its parts, {total}"
        for parent, total in parts.items()
        if n[parent] != total
    ]
    counts = table[table["kind"] == "count"]
    wrong += [
        f"{box}: {count} is more than {parent}, {n[parent]}"
        for box, count, parent in zip(counts["box"], counts["n"], counts["parent"])
        if count > n[parent]
    ]
    if wrong:
        raise ValueError("the flow of participants does not add up: " + "; ".join(wrong))
