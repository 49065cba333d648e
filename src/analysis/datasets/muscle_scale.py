"""Muscle strength entered on the 0-5 scale, where the 0-10 scale is meant: asked about, never converted."""

import pandas as pd

from analysis.language import tr

RULE = "U3"
HIGHEST_OF_FIVE = 5
ENOUGH = 8  # muscles graded at a visit, or totals of a study, from which the scale can be told
FULL, FULL_OF_FIVE = 150, 75  # full strength, and what it gives on the 0-5 scale


def muscle_scale_findings(assessments: pd.DataFrame) -> pd.DataFrame:
    """Visits whose strength looks graded 0 to 5, where full strength gives 75 of 150.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit, with the single muscles or the total (``mmt8_total``, of ``mmt_max``)
        where the study collects them.

    Returns
    -------
    DataFrame
        As `analysis.read.with_queries` takes them: visits at which no muscle is graded above 5; without single
        muscles, totals of exactly 75, or all of them where nobody's total is above. Somebody as weak as that is
        possible, so that the numbers are kept.
    """
    from analysis import scoring

    muscles = [name for name in scoring.MMT_COLUMNS if name in assessments]
    grades = assessments[muscles].astype(float)
    graded = grades.notna().sum(axis=1) >= ENOUGH
    low = graded & (grades.max(axis=1) <= HIGHEST_OF_FIVE)
    most = grades[low].max(axis=1).map("highest grade {:g}".format)
    total = _totals(assessments).where(~graded)
    halved = total[total.eq(FULL_OF_FIVE) | _nobody_above(total)].dropna()
    found = [
        _findings(assessments.loc[most.index], most, tr(
            "no muscle is graded above 5: entered on the 0-5 scale? Full strength is 10 each and 150 in all"
        )),
        _findings(assessments.loc[halved.index], halved.map("total {:g}".format), tr(
            "half of 150, or nobody above it: muscles graded on the 0-5 scale? Full strength is 10 each and 150 in all"
        )),
    ]  # fmt: skip
    return pd.concat([part for part in found if len(part)] or [pd.DataFrame()], ignore_index=True)


def _totals(assessments: pd.DataFrame) -> pd.Series:
    """Totals of strength that are out of 150; NaN for others."""
    if "mmt8_total" not in assessments:
        return pd.Series(float("nan"), index=assessments.index)
    total = assessments["mmt8_total"].astype(float)
    return total.where(assessments["mmt_max"].eq(FULL)) if "mmt_max" in assessments else total


def _nobody_above(total: pd.Series) -> bool:
    """Tell whether enough totals are known and none is above what the 0-5 scale can give."""
    return bool(total.count() >= ENOUGH and total.max() <= FULL_OF_FIVE)


def _findings(rows: pd.DataFrame, raw: pd.Series, message: str) -> pd.DataFrame:
    """One question a row."""
    return pd.DataFrame(
        {
            "table": "visits",
            "subject_id": rows["subject_id"],
            "visit_id": rows["visit_id"],
            "variable": "mmt8",
            "rule_id": RULE,
            "raw": raw,
            "new": "",
            "source": rows.get("source", pd.NA),
            "source_row": rows.get("source_row", float("nan")),
            "message": message,
        }
    )
