"""Tables that let a reader check the assessment: criteria, near misses, discrepancies of the registration."""

import numpy as np
import pandas as pd

from analysis.columns.settings import settings_in_words
from analysis.eligibility.engine import Assessment
from analysis.eligibility.findings import in_words


def criteria_table(assessment: Assessment) -> pd.DataFrame:
    """Count for each criterion who passes, fails and cannot be decided.

    Returns
    -------
    DataFrame
        One row a criterion: ``criterion``, ``label``, ``kind``, ``text``, ``section``, ``rule``, ``settings`` (in
        words), ``n_pass``, ``n_fail``, ``n_undecided``, ``n_first`` (excluded by it first), ``n_only`` (excluded by
        it alone).
    """
    failed = (~assessment.passes).fillna(False).astype(bool)
    alone = failed.sum(axis=1) == 1
    rows = []
    for criterion in assessment.protocol.criteria:
        passes = assessment.passes[criterion.id]
        rows.append(
            {
                "criterion": criterion.id,
                "label": criterion.label,
                "kind": criterion.kind,
                "text": criterion.text,
                "section": criterion.section,
                "rule": criterion.rule,
                "settings": settings_in_words(criterion.settings, rule=criterion.rule),
                "n_pass": int(passes.fillna(False).sum()),
                "n_fail": int(failed[criterion.id].sum()),
                "n_undecided": int(passes.isna().sum()),
                "n_first": int((assessment.first_failing == criterion.id).sum()),
                "n_only": int((failed[criterion.id] & alone).sum()),
            }
        )
    return pd.DataFrame(rows)


def near_misses(assessment: Assessment) -> pd.DataFrame:
    """List who failed exactly one criterion and has none open, the closest to its threshold first.

    Returns
    -------
    DataFrame
        ``subject_id``, ``criterion``, ``label``, ``distance`` (value minus threshold; NaN where the criterion has
        no number), ``unit``, ``evidence``; by criterion in protocol order, then by size of the distance.
    """
    failed = (~assessment.passes).fillna(False).astype(bool)
    once = (failed.sum(axis=1) == 1) & ~assessment.passes.isna().any(axis=1)
    parts = [
        _near(assessment, criterion, once & failed[criterion.id])
        for criterion in assessment.protocol.criteria
    ]
    return pd.concat(parts, ignore_index=True)


def _near(assessment, criterion, who):
    """List the near misses of one criterion."""
    found = assessment.findings[criterion.id]
    ids = who.index[who]
    margin = pd.Series(np.nan, index=ids) if found.margin is None else found.margin.reindex(ids).astype(float)
    rows = pd.DataFrame(
        {
            "subject_id": ids.to_numpy(),
            "criterion": criterion.id,
            "label": criterion.label,
            "distance": margin.to_numpy(),
            "unit": found.unit,
            "evidence": found.words(ids).array,
        }
    )
    return rows.take(np.lexsort((rows["subject_id"].to_numpy(), np.abs(margin.to_numpy()))))


def discrepancies(assessment: Assessment) -> pd.DataFrame:
    """List where the registration contradicts itself, how it was resolved, and how many participants that concerns.

    Returns
    -------
    DataFrame
        ``id``, ``text``, ``resolution``, ``n`` (missing where it cannot be counted).
    """
    marks = assessment.marks
    rows = []
    for given in assessment.protocol.discrepancies:
        mark = given.get("counted_by")
        if mark is not None and mark not in marks:
            raise KeyError(f"discrepancy {given['id']}: no mark {mark!r}; there are {', '.join(marks)}")
        n = pd.NA if mark is None else int(marks[mark].sum())
        rows.append({"id": given["id"], "text": given["text"], "resolution": given["resolution"], "n": n})
    return pd.DataFrame(rows, columns=["id", "text", "resolution", "n"]).astype({"n": "Int64"})


def marks_table(assessment: Assessment) -> pd.DataFrame:
    """Count what was marked beside the decisions, such as participants whose eligibility rests on an imputed month.

    Returns
    -------
    DataFrame
        ``criterion``, ``mark``, ``n``, ``subjects`` (the first ten ids).
    """
    marks = assessment.marks
    return pd.DataFrame(
        {
            "criterion": [name.split(".")[0] for name in marks],
            "mark": [in_words(pd.Series([name.split(".")[1]])).iloc[0].replace("_", " ") for name in marks],
            "n": [int(marks[name].sum()) for name in marks],
            "subjects": [", ".join(map(str, marks.index[marks[name]][:10])) for name in marks],
        }
    )
