"""What participants report: change of each measure, and the share that improved by a published difference."""

import pandas as pd

from analysis import paired, proportions
from analysis.summaries.ra.activity import by_visit


def change_of_reported(
    wide: pd.DataFrame, ids: pd.Index, *, entries, study, visits: list[str]
) -> pd.DataFrame:
    """Paired change from baseline and share reaching the important difference, per measure and visit.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    ids : Index
        Analysis set.
    entries : sequence of mapping
        `variable` and `difference`: a key of `analysis.scoring.important_differences`.
    study : analysis.study.Study
        Baseline visit and confidence level.
    visits : list of str
        Visits after baseline.

    Returns
    -------
    DataFrame
        `variable`, `visit`, the statistics of `paired.compare_means`, and `reached`, `share`, `share_low`,
        `share_high` (Wilson) of complete pairs with an improvement of at least `threshold`.

    Notes
    -----
    Important differences are anchored on groups: shares are described, never tested against them.
    """
    lines = []
    for entry in entries:
        values = by_visit(wide, entry["variable"], ids, [study.baseline_visit, *visits]).astype(float)
        for visit in visits:
            lines.append(_line(values[study.baseline_visit], values[visit], entry, study) | {"visit": visit})
    return pd.DataFrame(lines)


def _line(baseline: pd.Series, followup: pd.Series, entry: dict, study) -> dict:
    from analysis import scoring

    level = study.statistics.confidence_level
    change = paired.compare_means(baseline, followup, confidence_level=level)
    reached = scoring.reached_difference(baseline, followup, entry["difference"])
    count, n = int(reached.fillna(False).sum()), int(reached.notna().sum())
    share = proportions.wilson(count, n, confidence_level=level)
    return {
        "variable": entry["variable"],
        **{name: getattr(change, name) for name in ("n_pairs", "n_missing", "mean_baseline", "sd_baseline")},
        **{name: getattr(change, name) for name in ("mean_followup", "sd_followup")},
        **{name: getattr(change, name) for name in ("estimate", "conf_low", "conf_high", "method")},
        "threshold": float(scoring.important_differences().loc[entry["difference"], "threshold"]),
        "reached": count,
        "share": share.estimate,
        "share_low": share.conf_low,
        "share_high": share.conf_high,
    }
