"""Are the scores complete and plausible: distribution, floor and ceiling, recorded against recomputed."""

import pandas as pd

from analysis.datasets.recorded import RECORDED, paired_with_recorded
from analysis.thresholds import settle


def describe_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Completeness and distribution of each score over all visits.

    Parameters
    ----------
    scores : DataFrame
        Long scores.

    Returns
    -------
    DataFrame
        One row per score: `score`, `label`, `n` (known), `patients` (who have one), `missing` (a component is),
        `out_of_range`,
        `minimum`, `median`, `maximum`, and `floor`, `ceiling`: how many values are the best and the worst the
        score can show (counts).
    """
    from analysis import scoring

    rows = []
    for name, found in scores.groupby("score", sort=False):
        instrument, values = scoring.INSTRUMENTS[name], found["value"].dropna()
        low, high = (
            settle(values).eq(settle(instrument.low)).sum(),
            settle(values).eq(settle(instrument.high)).sum(),
        )
        best, worst = (high, low) if instrument.higher_is_better else (low, high)
        rows.append(
            {
                "score": name,
                "label": instrument.title,
                "n": len(values),
                "patients": found.loc[values.index, "subject_id"].nunique(),
                "missing": int(found["status"].eq("missing_component").sum()),
                "out_of_range": int(found["status"].eq("range_error").sum()),
                "minimum": values.min(),
                "median": values.median(),
                "maximum": values.max(),
                "floor": int(best),
                "ceiling": int(worst),
            }
        )
    columns = [
        "score",
        "label",
        "n",
        "patients",
        "missing",
        "out_of_range",
        "minimum",
        "median",
        "maximum",
        "floor",
        "ceiling",
    ]
    return pd.DataFrame(rows, columns=columns)


def compare_recorded(assessments: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Scores that the site recorded against the same scores recomputed from their components.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit, with recorded scores.
    scores : DataFrame
        Long scores.

    Returns
    -------
    DataFrame
        One row per recorded score: `label`, `n` (visits with both), `agree`, `differ` (beyond `tolerance`),
        `largest` (absolute difference), `tolerance`.
    """
    from analysis import scoring

    rows = []
    for column, (name, tolerance) in RECORDED.items():
        both = paired_with_recorded(assessments, scores, column)
        if both is None:
            continue
        beyond = int((both["difference"].abs() > tolerance).sum())
        rows.append(
            {
                "label": scoring.INSTRUMENTS[name].title,
                "n": len(both),
                "agree": len(both) - beyond,
                "differ": beyond,
                "largest": both["difference"].abs().max(),
                "tolerance": tolerance,
            }
        )
    return pd.DataFrame(rows, columns=["label", "n", "agree", "differ", "largest", "tolerance"])
