"""One row per subject and planned visit, laboratory values beside the clinical ones."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.columns.units import unit_slug

if TYPE_CHECKING:
    from analysis.study import Study

KEYS = ["subject_id", "visit_id"]
NOT_USED = ("dup_not_used", "unscheduled")
SUBSTITUTES = {"half": 0.5, "lod": 1.0, "sqrt2": 1 / np.sqrt(2), "zero": 0.0}


def assess_visits(tables: Mapping[str, pd.DataFrame], *, study: "Study") -> pd.DataFrame:
    """Visits that stand for a planned visit, with the laboratory results of that visit as columns.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Needs ``visits``; uses ``labs`` where the study has them.
    study : analysis.study.Study
        Its planned visits, and `statistics.lod_substitution` for results below the detection limit.

    Returns
    -------
    DataFrame
        Key `subject_id`, `visit_id` (a planned visit). Analyte columns carry their unit: ``crp_mg_l``, ``ck_u_l``;
        ``ck_uln`` is the upper limit of normal of that very result.
    """
    visits = tables["visits"]
    if "window_status" in visits:
        visits = visits[~visits["window_status"].isin(NOT_USED)]
    planned = [visit.id for visit in study.visits]
    label = visits["visit_label"] if "visit_label" in visits else visits["visit_id"]
    used = visits.assign(visit_id=label)[label.isin(planned)]
    doubled = used.duplicated(KEYS, keep=False)
    if doubled.any():
        some = ", ".join(sorted(used.loc[doubled, "subject_id"].unique())[:5])
        raise ValueError(
            f"{doubled.sum()} visits share subject and planned visit (subjects {some}); one must be marked"
        )
    labs = tables.get("labs")
    if labs is None:
        return used.reset_index(drop=True)
    if len(labs):
        results = spread_labs(labs, planned=planned, substitution=study.statistics.lod_substitution)
        used = used.merge(results, on=KEYS, how="outer", validate="one_to_one")
    return with_analytes_to_come(used, study=study).reset_index(drop=True)


def with_analytes_to_come(assessments: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """Columns of the analytes that the study collects and of which nobody has a result yet: all missing."""
    names = study.laboratory_columns()
    measured = {name.split("_")[0] for name in names if name in assessments}
    absent = [name for name in names if name.split("_")[0] not in measured]
    empty = pd.DataFrame(np.nan, index=assessments.index, columns=absent)
    return pd.concat([assessments, empty], axis=1) if absent else assessments


def spread_labs(labs: pd.DataFrame, *, planned: list[str], substitution: str) -> pd.DataFrame:
    """Laboratory results of planned visits, one column per analyte, in standard units.

    Parameters
    ----------
    labs : DataFrame
        The tidy table of results.
    planned : list of str
        Visits to keep.
    substitution : {"half", "lod", "sqrt2", "zero"}
        What stands for a result below its detection limit [P]: half of the limit, the limit, the limit divided
        by the square root of 2, or 0.
    """
    used = labs[labs["visit_id"].isin(planned)]
    if "window_status" in used:
        used = used[~used["window_status"].isin(NOT_USED)]
    used = used.assign(value=detected_or_substituted(used, substitution=substitution))
    used = used[used["value"].notna()].drop_duplicates([*KEYS, "analyte"], keep="last")
    slugs = {unit: unit_slug(unit) for unit in used["unit_std"].unique()}
    used = used.assign(column=used["analyte"].str.lower() + "_" + used["unit_std"].map(slugs))
    values = used.pivot(index=KEYS, columns="column", values="value")
    limits = used.assign(column=used["analyte"].str.lower() + "_uln").pivot(
        index=KEYS, columns="column", values="uln"
    )
    return values.join(limits.dropna(axis="columns", how="all")).rename_axis(columns=None).reset_index()


def detected_or_substituted(labs: pd.DataFrame, *, substitution: str) -> pd.Series:
    """Results in standard units, those below the detection limit replaced as the study states."""
    if substitution not in SUBSTITUTES:
        raise ValueError(f"lod_substitution is {substitution!r}, expected one of {', '.join(SUBSTITUTES)}")
    below = labs["censor"].eq("left").fillna(False)
    limit = labs["lod"].fillna(labs["value_std"])
    return labs["value_std"].mask(below, limit * SUBSTITUTES[substitution])
