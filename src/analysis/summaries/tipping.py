"""How far the missing values would have to lie from what is likely before the conclusion about a change is lost."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import missing, results
from analysis.summaries.shared import visits_wide
from analysis.summaries.strategies import impute_course, mean_change

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint


def summarise_tipping(
    measures: pd.DataFrame,
    ids: pd.Index,
    *,
    study: "Study",
    endpoint: "Endpoint",
    visit: str,
    shifts: Sequence[float],
    population: str,
    completed: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Mean change with the missing values imputed and made worse step by step.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    ids : Index
        Subjects of the analysis set; those without a baseline value are left out and counted.
    study : analysis.study.Study
        Baseline visit, visits in order, seed and confidence level.
    endpoint : Endpoint
        The variable and the direction of improvement.
    visit : str
        Visit compared with baseline.
    shifts : sequence of float
        Amounts, from none to worst, by which imputed values are made worse, in the unit of the endpoint.
    population : str
        Name of the analysis set.
    completed : DataFrame, optional
        The course completed several times over, where the study imputes it otherwise than `impute_course` does.

    Returns
    -------
    DataFrame
        Rows of the analysis ``tipping``: per shift (`group`) the pooled change with interval, p value and whether
        the conclusion holds (1 or 0); and in group ``point`` the first shift at which it does not (NaN where it holds
        throughout), and how many values were imputed.

    Notes
    -----
    Imputed as everywhere else (`strategies.impute_course`) from all visits up to this one, Rubin's rules; a delta
    adjustment (missing not at random) of the values at this visit.
    """
    planned = [entry.id for entry in study.visits]
    wide = visits_wide(measures, endpoint.variable, ids, planned[: planned.index(visit) + 1])
    imputed = impute_course(wide, study=study, variable=endpoint.variable) if completed is None else completed
    absent = wide.loc[imputed.index.unique(), visit].isna()
    level = study.statistics.confidence_level
    table = missing.tipping_point(
        imputed,
        lambda one: mean_change(one, visit),
        column=visit,
        was_missing=absent,
        deltas=[(-1 if endpoint.higher_is_better else 1) * shift for shift in shifts],
        alpha=1 - level,
        complete_df=len(absent) - 1,
        confidence_level=level,
    )
    keys = {"analysis": "tipping", "variable": endpoint.id, "visit": visit, "population": population}
    rows = [
        results.rows_of(
            {
                **{name: row[name] for name in ("estimate", "conf_low", "conf_high", "p_value", "method")},
                "holds": int(row["holds"]),
                "n": len(absent),
            },
            group=f"{shift:g}",
            unit=endpoint.unit or "",
            **keys,
        )
        for shift, (_, row) in zip(shifts, table.iterrows(), strict=True)
    ]
    lost = [shift for shift, holds in zip(shifts, table["holds"], strict=True) if not holds]
    point = {"shift": lost[0] if lost else np.nan, "count": int(absent.sum()), "n": len(absent)}
    return results.stack([*rows, results.rows_of(point, group="point", unit=endpoint.unit or "", **keys)])
