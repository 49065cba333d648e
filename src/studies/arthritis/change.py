"""Change from baseline of those due: complete pairs, and the mixed model that the estimand asks for."""

import numpy as np
import pandas as pd

from analysis import results
from analysis.inputs import NotEstimable
from analysis.summaries.change import summarise_change
from analysis.summaries.strategies import long_course
from studies.arthritis.activity import by_visit


def change_when_due(
    measures: pd.DataFrame, due: pd.DataFrame, *, study, population: str, visits: list[str], tests: bool
) -> pd.DataFrame:
    """`summarise_change` of those due at each visit: who is not yet due is not missing.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    due : DataFrame
        Booleans by participant and visit (`analysis.due.flag_due`).
    study : analysis.study.Study
        Its endpoints.
    population : str
        Name of the analysis set.
    visits : list of str
        Planned visits the report may show.
    tests : bool
        As in `summarise_change`.

    Returns
    -------
    DataFrame
        Rows of the results table; the ``summary`` at baseline is that of the whole analysis set.
    """
    first, frames = study.baseline_visit, []
    for visit in [visit for visit in visits if visit != first and due[visit].any()]:
        members = {"all": due.index[due[visit]]}
        rows = summarise_change(
            measures, members, study=study, population=population, tests=tests, visits=[visit]
        )
        frames.append(rows[~rows["visit"].eq(first)])
    whole = summarise_change(
        measures, {"all": due.index}, study=study, population=population, tests=tests, visits=[]
    )
    return results.stack([whole, *frames])


def model_change(
    wide: pd.DataFrame, due: pd.DataFrame, *, study, endpoints, visits: list[str]
) -> pd.DataFrame:
    """Mean change from baseline by a mixed model for repeated measures of everybody with a value.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    due : DataFrame
        Booleans by participant and visit.
    study : analysis.study.Study
        Confidence level.
    endpoints : sequence of Endpoint
        Whose change is modelled.
    visits : list of str
        Visits of the model, baseline first.

    Returns
    -------
    DataFrame
        `variable`, `visit`, `estimate`, `conf_low`, `conf_high`, `n` (with a value at any visit), `n_due`,
        `n_missing` (of those due, without a value at the visit), `method`, and `status` with `note` where the model has
        no estimate or interval. No visit after baseline: no rows.
    """
    from analysis import mmrm

    lines = []
    for entry in endpoints:
        values = by_visit(wide, entry.variable, due.index, visits).astype(float)
        try:
            model = mmrm.fit(long_course(values), response="value", visits=visits)
            found = mmrm.change_from_baseline(model, confidence_level=study.statistics.confidence_level)
        except NotEstimable as reason:
            nothing = {"estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan, "method": ""}
            said = {"status": results.NOT_ESTIMATED, "note": str(reason)}
            found = pd.DataFrame([{"visit": visit, **nothing, **said} for visit in visits[1:]])
        for row in found.to_dict("records"):
            missing = values.loc[due[row["visit"]], row["visit"]].isna()
            lines.append(
                {
                    "variable": entry.id,
                    "visit": row["visit"],
                    **{name: float(row[name]) for name in ("estimate", "conf_low", "conf_high")},
                    "n": int(values.notna().any(axis=1).sum()),
                    "n_due": len(missing),
                    "n_missing": int(missing.sum()),
                    "method": row["method"].split("; change")[0],
                    "note": row["note"],
                    "status": row["status"],
                }
            )
    return pd.DataFrame(lines)
