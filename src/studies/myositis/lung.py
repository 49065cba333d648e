"""Lung function in patients with interstitial lung disease: change and progression."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results, scoring
from analysis.cohort import Cohort
from analysis.datasets.responses import at_visit
from analysis.language import Texts, mark
from studies.myositis.response import rate

if TYPE_CHECKING:
    from analysis.study import Study

LUNG_ANSWERS = Texts(
    {
        "omeract_progression": "Progression, OMERACT",
        "omeract_improvement": "Improvement, OMERACT mirrored",
        "ppf_physiology": "Physiological criterion of progressive fibrosis (2022)",
    }
)


def lung_rows(group: Cohort, *, study: "Study", visits: Sequence[str]) -> pd.DataFrame:
    """Progression and improvement of lung function, as observed.

    Returns
    -------
    DataFrame
        Rows of the analysis ``lung``: one variable per definition, of those with both measurements; and
        ``relative_change`` of FVC and DLCO in per cent of baseline (median and range).
    """
    level, frames = study.statistics.confidence_level, []
    baseline = at_visit(group.wide, study.baseline_visit)
    for visit in (visit for visit in visits if len(group.due_at(visit))):
        now = at_visit(group.wide, visit)
        first, last = (rows.reindex(group.due_at(visit)) for rows in (baseline, now))
        days = (last["pft_date"] - first["pft_date"]).dt.days.astype(float)
        found = scoring.lung_change(first[["fvc_pp", "dlco_pp"]], last[["fvc_pp", "dlco_pp"]], days=days)
        keys = {"visit": visit, "population": group.population}
        for name in LUNG_ANSWERS:
            known = found[name].dropna()
            row = rate(
                int(known.sum()),
                len(known),
                level=level,
                method=mark("as observed"),
                n_missing=len(found) - len(known),
            )
            frames.append(results.rows_of(row, analysis="lung", variable=name, unit="proportion", **keys))
        for name in ("fvc", "dlco"):
            values = found[f"{name}_relative"].dropna()
            row = {"median": values.median(), "min": values.min(), "max": values.max(), "n": len(values)}
            frames.append(
                results.rows_of(
                    row, analysis="relative_change", variable=f"{name}_relative", unit="%", **keys
                )
            )
    return results.stack(frames)
