"""Laboratory results over the visits: change from baseline, and below, within or above the limits of normal."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import paired, results
from analysis.inputs import NotEstimable
from analysis.language import tr

if TYPE_CHECKING:
    from analysis.study import Study

CHANGE, SHIFT = "lab_change", "lab_level_shift"
LEVELS = ("low", "normal", "high")


def results_by_visit(labs: pd.DataFrame, *, visits: Sequence[str]) -> pd.DataFrame:
    """The last result of each subject, analyte and planned visit, with its place against the limits of normal.

    Parameters
    ----------
    labs : DataFrame
        The tidy laboratory results.
    visits : sequence of str
        Planned visits the report may see.

    Returns
    -------
    DataFrame
        `subject_id`, `visit_id`, `analyte`, `value_std` (at the detection limit where it lies beyond), `unit_std`,
        `level`: low, normal, high; missing where the limit on the side in question is not known.
    """
    kept = labs[labs["value_std"].notna() & labs["visit_id"].isin(list(visits))]
    for when in ("sample_day", "sample_date"):
        kept = kept.sort_values(when, kind="stable") if when in kept else kept
    kept = kept.drop_duplicates(["subject_id", "visit_id", "analyte"], keep="last")
    low, high = (kept.get(name, pd.Series(np.nan, index=kept.index)).astype(float) for name in ("lln", "uln"))
    value = kept["value_std"].astype(float)
    level = pd.Series("normal", index=kept.index, dtype="string").mask(high.isna())
    level = level.mask(value.gt(high), "high").mask(value.lt(low), "low")
    return kept.assign(level=level)[["subject_id", "visit_id", "analyte", "value_std", "unit_std", "level"]]


def summarise_laboratory(
    by_visit: pd.DataFrame, members: dict, *, study: "Study", population: str, visits: Sequence[str]
) -> pd.DataFrame:
    """Change and shift of every analyte from the baseline visit to each later one, by group.

    Parameters
    ----------
    by_visit : DataFrame
        As `results_by_visit` gives it.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Baseline visit and confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : sequence of str
        Planned visits the report may see.

    Returns
    -------
    DataFrame
        Rows ``lab_change`` (`paired.compare_means` of those with both results) and ``lab_level_shift`` (how many went
        from each level to each, of those whose level is known at both; the variable is the analyte with both levels).
        A visit at which nobody has both results is a row with the reason.
    """
    frames: list[pd.DataFrame] = []
    after = [visit for visit in visits if visit != study.baseline_visit]
    for analyte, rows in by_visit.groupby("analyte", sort=False):
        unit = str(rows["unit_std"].iloc[0])
        values = rows.pivot(index="subject_id", columns="visit_id", values="value_std")
        levels = rows.pivot(index="subject_id", columns="visit_id", values="level")
        for group, ids in members.items():
            for visit in after:
                keys = {"population": population, "visit": visit, "group": group}
                two = _both(values, ids, study.baseline_visit, visit)
                named = {"analysis": CHANGE, "variable": str(analyte), "unit": unit, **keys}
                frames.append(_change(*two, study.statistics.confidence_level, named))
                frames += _shifts(*_both(levels, ids, study.baseline_visit, visit), str(analyte), keys)
    return results.stack(frames)


def _both(wide: pd.DataFrame, ids: pd.Index, baseline: str, visit: str) -> tuple[pd.Series, pd.Series]:
    """The columns of two visits for some subjects; of a visit nobody has, nothing."""
    there = wide.reindex(index=ids, columns=[baseline, visit])
    return there[baseline], there[visit]


def _change(baseline: pd.Series, followup: pd.Series, level: float, named: dict) -> pd.DataFrame:
    """Mean change of those with both results."""
    shown = ("estimate", "conf_low", "conf_high", "n_pairs")
    if not (baseline.notna() & followup.notna()).any():
        return results.not_estimated(tr("not yet: no result at this visit"), shown, **named)
    try:
        found = paired.compare_means(baseline.astype(float), followup.astype(float), confidence_level=level)
    except NotEstimable as reason:
        return results.not_estimated(reason, shown, **named)
    return results.rows_of(found, **named)


def _shifts(baseline: pd.Series, followup: pd.Series, analyte: str, keys: dict) -> list[pd.DataFrame]:
    """How many went from each level to each."""
    known = baseline.notna() & followup.notna()
    if not known.any():
        return []
    counts = pd.crosstab(baseline[known], followup[known]).reindex(index=LEVELS, columns=LEVELS, fill_value=0)
    total = int(known.sum())
    return [
        results.rows_of(
            {"count": int(counts.loc[first, last]), "n": total},
            analysis=SHIFT,
            variable=f"{analyte} {first} to {last}",
            unit="count",
            **keys,
        )
        for first in LEVELS
        for last in LEVELS
    ]
