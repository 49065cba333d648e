"""From baseline grade to worst grade afterwards: laboratory shift tables."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.safety.grading import CTCAE_V5, grade_laboratory

LABELS = ("0", "1", "2", "3", "4", "missing")


def derive_worst_grades(
    labs: pd.DataFrame,
    *,
    is_baseline: str,
    relative_to_baseline: bool,
    value: str = "value_std",
    rules: Any = CTCAE_V5,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Baseline grade and worst grade afterwards, one row per subject and analyte.

    Parameters
    ----------
    labs : DataFrame
        Results under treatment or observation, scheduled or not: subject_id, analyte, value_std, uln, lln.
    is_baseline : str
        Boolean column: the one result that is the baseline. All other rows are taken as later ones; leave earlier
        ones out first.
    relative_to_baseline : bool
        Grade later values by the rules that refer to a raised baseline (CTCAE v5.0), or all against the limits of
        normal, which keeps both sides of the table on one scale.

    Returns
    -------
    DataFrame
        subject, analyte, baseline_grade, worst_grade (floats, NaN if ungraded), n_results (later ones), n_ungraded.
        Analytes without rule are left out.

    Examples
    --------
    >>> labs = pd.DataFrame({"subject_id": ["1"] * 3, "analyte": ["ALT"] * 3, "value_std": [30, 130, 50],
    ...                      "uln": [40] * 3, "lln": [None] * 3, "day_1": [True, False, False]})
    >>> derive_worst_grades(labs, is_baseline="day_1", relative_to_baseline=True)["worst_grade"].tolist()
    [2.0]
    """
    known = labs.loc[labs["analyte"].isin(list(rules))]
    first = known[is_baseline].fillna(False).astype(bool)
    keys = [subject, "analyte"]
    if known.loc[first].duplicated(keys).any():
        raise ValueError(
            f"{int(known.loc[first].duplicated(keys).sum())} baselines are held twice: choose one each"
        )
    before = known.loc[first].set_index(keys)[value]
    at = pd.MultiIndex.from_frame(known[keys])
    graded = known.assign(
        _first=first, _baseline=before.reindex(at).to_numpy() if relative_to_baseline else float("nan")
    )
    graded = graded.assign(_grade=_grades(graded, value, rules, relative_to_baseline))
    later = graded.loc[~graded["_first"]].groupby(keys)["_grade"]
    table = pd.DataFrame(
        {
            "baseline_grade": graded.loc[graded["_first"]].set_index(keys)["_grade"],
            "worst_grade": later.max(),
            "n_results": later.size(),
            "n_ungraded": later.size() - later.count(),
        }
    )
    counts = table[["n_results", "n_ungraded"]].fillna(0).astype(int)
    return table.assign(**{name: counts[name] for name in counts}).rename_axis(keys).reset_index()


def shift_table(
    worst: pd.DataFrame, *, subjects: Sequence[Any] | None = None, subject: str | Sequence[str] = "subject_id"
) -> pd.DataFrame:
    """Cross the baseline grade with the worst grade afterwards.

    Parameters
    ----------
    worst : DataFrame
        From `derive_worst_grades`.
    subjects : sequence, optional
        Everybody who belongs in the table; those without a result are counted under missing.

    Returns
    -------
    DataFrame
        analyte, baseline_grade, worst_grade (both "0" to "4" or "missing"), n, n_subjects (of the analyte), share:
        every cell, empty ones with 0.

    Examples
    --------
    >>> worst = pd.DataFrame({"subject_id": ["1", "2"], "analyte": ["ALT"] * 2, "baseline_grade": [0.0, 0.0],
    ...                       "worst_grade": [2.0, None]})
    >>> cells = shift_table(worst).query("n > 0")
    >>> cells[["baseline_grade", "worst_grade", "n"]].values.tolist()
    [['0', '2', 1], ['0', 'missing', 1]]
    """
    analytes = sorted(worst["analyte"].unique())
    members = list(worst[subject].unique()) if subjects is None else list(pd.unique(pd.Series(subjects)))
    outside = sorted(set(worst[subject]) - set(members))
    if outside:
        raise ValueError(
            f"{len(outside)} subjects with results are not among the subjects given: {outside[:5]}"
        )
    everybody = pd.MultiIndex.from_product([analytes, members], names=["analyte", subject])
    grades = worst.set_index(["analyte", subject])[["baseline_grade", "worst_grade"]]
    labelled = grades.reindex(everybody if subjects is not None else grades.index).apply(_label).reset_index()
    cells = pd.MultiIndex.from_product([analytes, LABELS, LABELS], names=["analyte", *grades.columns])
    counted = (
        labelled.groupby(["analyte", *grades.columns])
        .size()
        .reindex(cells, fill_value=0)
        .rename("n")
        .reset_index()
    )
    total = counted.groupby("analyte")["n"].transform("sum")
    return counted.assign(n_subjects=total, share=counted["n"] / total)


def _grades(graded, value, rules, relative):
    """Grade each row by its analyte's rule; the baseline itself against the limits of normal."""
    parts = []
    for (analyte, first), rows in graded.groupby(["analyte", "_first"]):
        limits = {name: rows[name].astype(float) for name in ("uln", "lln") if name in rows}
        baseline = rows["_baseline"].astype(float) if relative and not first else None
        parts.append(
            grade_laboratory(
                rows[value].astype(float), analyte=analyte, baseline=baseline, rules=rules, **limits
            )
        )
    return pd.concat(parts) if parts else pd.Series(dtype=float)


def _label(grades):
    """Grades as text, missing ones named."""
    return grades.map("{:.0f}".format).replace("nan", "missing").fillna("missing")
