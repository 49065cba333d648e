"""Muscle strength entered on the 0-5 scale, where the 0-10 scale is meant: asked about, never converted."""

import pandas as pd

from analysis.language import tr

RULE = "U3"
HIGHEST_OF_FIVE = 5
ENOUGH = 8  # muscles graded at a visit, from which the scale can be told


def muscle_scale_findings(assessments: pd.DataFrame) -> pd.DataFrame:
    """Visits at which no muscle is graded above 5: full strength on the 0-5 scale gives 75 of 150.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit, with the single muscles where the study collects them.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them. Somebody as weak as that is possible, so that the grades are kept.
    """
    from analysis import scoring

    muscles = [name for name in scoring.MMT_COLUMNS if name in assessments]
    if not muscles:
        return pd.DataFrame()
    grades = assessments[muscles].astype(float)
    low = (grades.notna().sum(axis=1) >= ENOUGH) & (grades.max(axis=1) <= HIGHEST_OF_FIVE)
    rows, most = assessments[low], grades[low].max(axis=1)
    return pd.DataFrame(
        {
            "table": "visits",
            "subject_id": rows["subject_id"],
            "visit_id": rows["visit_id"],
            "variable": "mmt8",
            "rule_id": RULE,
            "raw": most.map("highest grade {:g}".format),
            "new": "",
            "source": rows.get("source", pd.NA),
            "source_row": rows.get("source_row", float("nan")),
            "message": tr(
                "no muscle is graded above 5: entered on the 0-5 scale? Full strength is 10 each and 150 in all"
            ),
        }
    )
