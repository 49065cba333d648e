"""Scores that the site recorded, held against the same scores recomputed from their components."""

import pandas as pd

from analysis.language import tr
from analysis.thresholds import settle

KEYS = ["subject_id", "visit_id"]
RULE = "S4"

# Recorded column -> the score it should equal, and the difference that is still rounding (F.2 rule 8).
RECORDED = {
    "das28_stored": ("das28_esr", 0.02),
    "cdai_stored": ("cdai", 0.1),
    "haq_di_stored": ("haq_di", 0.01),
    "eq5d_stored": ("eq5d_5l_cn", 0.001),
    "mmt8_total": ("mmt8", 0.5),
}


def paired_with_recorded(assessments: pd.DataFrame, scores: pd.DataFrame, column: str) -> pd.DataFrame | None:
    """Visits with both a recorded score and the recomputed one; None where the study does not record it.

    Returns
    -------
    DataFrame
        Keys, `recorded`, `recomputed`, `difference` (recorded minus recomputed), `source`, `source_row`.
    """
    name, _ = RECORDED[column]
    if column not in assessments or not scores["score"].eq(name).any():
        return None
    computed = scores.loc[scores["score"].eq(name), [*KEYS, "value"]]
    origin = [place for place in ("source", "source_row") if place in assessments]
    both = assessments[[*KEYS, column, *origin]].merge(computed, on=KEYS).dropna(subset=[column, "value"])
    both = both.rename(columns={column: "recorded", "value": "recomputed"})
    return both.assign(difference=settle(both["recorded"].astype(float) - both["recomputed"]))


def recorded_differences(assessments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Recorded scores that differ from the recomputed ones by more than rounding, as findings for the query log.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them; the recorded value is left as it is.
    """
    frames = []
    for column, (name, tolerance) in RECORDED.items():
        both = paired_with_recorded(assessments, scores, column)
        if both is None or column == "mmt8_total":  # muscle strength is checked when it is read
            continue
        beyond = both[both["difference"].abs() > tolerance]
        frames.append(
            pd.DataFrame(
                {
                    "table": "visits",
                    "subject_id": beyond["subject_id"],
                    "visit_id": beyond["visit_id"],
                    "variable": column,
                    "rule_id": RULE,
                    "raw": beyond["recorded"].map("{:g}".format),
                    "new": beyond["recomputed"].map("{:.4f}".format),
                    "source": beyond.get("source", pd.NA),
                    "source_row": beyond.get("source_row", float("nan")),
                    "message": tr(
                        "the score recorded differs from {name} recomputed by more than {tolerance:g}",
                        name=name,
                        tolerance=tolerance,
                    ),
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
