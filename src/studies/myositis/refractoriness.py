"""Why the patients count as refractory, and what had been given before."""

import pandas as pd

from analysis.cohort import Cohort
from analysis.language import Texts
from analysis.membership import among

REFRACTORINESS = Texts(
    {
        "refractory_reason": "Reason",
        "prior_immunosuppressants": "Earlier immunosuppressants, number of drugs",
        "prior_biologics": "Earlier biologics or immunoglobulin, number of drugs",
        "background_immunosuppressants": "Immunosuppressants at baseline, number of drugs",
        "prior_csm_improved": "Core set measures improved on earlier treatment",
        "prior_csm_worse": "Core set measures worse on earlier treatment",
        "prednisone_mg_kg": "Prednisone equivalent, mg/kg/day",
    }
)


IMMUNOSUPPRESSANTS = ("csDMARD", "IS")


def refractoriness(group: Cohort, treatments: pd.DataFrame) -> pd.DataFrame:
    """Why each patient counts as refractory, and what had been given before.

    Returns
    -------
    DataFrame
        By subject id: `refractory_reason`, `prior_immunosuppressants`, `prior_biologics` (distinct drugs before
        baseline), `background_immunosuppressants` (at baseline), `prior_csm_improved`, `prior_csm_worse`,
        `prednisone_mg_kg`.
    """
    subjects = group.subjects
    known = treatments[among(treatments["subject_id"], group.ids)]
    start = subjects["baseline_date"].reindex(known["subject_id"]).to_numpy()
    before = known[known["start_date"] < start]
    at_baseline = before[before["role"].eq("background")]
    suppress = before["class"].isin(IMMUNOSUPPRESSANTS)
    biologic = before["class"].eq("bDMARD") | before["class"].eq("other")
    return pd.DataFrame(
        {
            "refractory_reason": subjects["refractory_reason"],
            "prior_immunosuppressants": _drugs(before[suppress & before["role"].eq("prior")], group.ids),
            "prior_biologics": _drugs(before[biologic], group.ids),
            "background_immunosuppressants": _drugs(
                at_baseline[at_baseline["class"].isin(IMMUNOSUPPRESSANTS)], group.ids
            ),
            "prior_csm_improved": subjects["prior_improved_n"].astype(float),
            "prior_csm_worse": subjects["prior_worse_n"].astype(float),
            "prednisone_mg_kg": subjects["prednisone_mg_day"] / subjects["weight_kg"],
        }
    )


def _drugs(courses: pd.DataFrame, ids: pd.Index) -> pd.Series:
    return courses.groupby("subject_id")["drug"].nunique().reindex(ids, fill_value=0)
