"""What participants report: change of each measure, and the share that improved by a published difference."""

import pandas as pd

from analysis import paired, proportions
from studies.arthritis.activity import by_visit
from studies.arthritis.settings import ReportedMeasure


def change_of_reported(
    wide: pd.DataFrame, due: pd.DataFrame, *, entries, study, visits: list[str]
) -> pd.DataFrame:
    """Paired change from baseline and share reaching the important difference, per measure and visit.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns.
    due : DataFrame
        Booleans by participant and visit: who is due.
    entries : sequence of ReportedMeasure
        Variables and their important differences.
    study : analysis.study.Study
        Baseline visit and confidence level.
    visits : list of str
        Visits after baseline.

    Returns
    -------
    DataFrame
        `variable`, `visit`, the statistics of `paired.compare_means` (`n_missing`: of those due), and `reached`: how
        many improved by at least `threshold`. `share`, `share_low`, `share_high` (Wilson) are of all due (`n_due`), a
        missing value being no improvement; `seen_share`, `seen_low`, `seen_high` of complete pairs.

    Notes
    -----
    Important differences are anchored on groups: shares are described, never tested against them.
    """
    lines = []
    for entry in entries:
        values = by_visit(wide, entry.variable, due.index, [study.baseline_visit, *visits]).astype(float)
        for visit in visits:
            of_due = values[due[visit]]
            lines.append(_line(of_due[study.baseline_visit], of_due[visit], entry, study) | {"visit": visit})
    return pd.DataFrame(lines)


STRATEGIES = {"missing is non-response": ("share", "n_due"), "as observed": ("seen", "n_pairs")}


def shares_reached(changes: pd.DataFrame, *, strategy: str) -> pd.DataFrame:
    """Who reached the important difference, of `change_of_reported`, by one strategy for missing values.

    Parameters
    ----------
    changes : DataFrame
        From `change_of_reported`; measures without an important difference are left out.
    strategy : {"missing is non-response", "as observed"}
        Of all due, or of complete pairs.

    Returns
    -------
    DataFrame
        `variable`, `visit`, `estimate`, `conf_low`, `conf_high`, `count`, `n`, `method`.
    """
    name, total = STRATEGIES[strategy]
    known = changes[changes["threshold"].notna()]
    return known[["variable", "visit"]].assign(
        estimate=known["share" if name == "share" else "seen_share"],
        conf_low=known[f"{name}_low"],
        conf_high=known[f"{name}_high"],
        count=known["reached"],
        n=known[total],
        method=f"{strategy}; Wilson score interval",
    )


def _line(baseline: pd.Series, followup: pd.Series, entry: ReportedMeasure, study) -> dict:
    from analysis import scoring

    level = study.statistics.confidence_level
    change = paired.compare_means(baseline, followup, confidence_level=level)
    key = entry.difference
    unknown = pd.Series(pd.NA, index=baseline.index, dtype="boolean")
    reached = scoring.reached_difference(baseline, followup, key) if key else unknown
    count, n = int(reached.fillna(False).sum()), int(reached.notna().sum())
    share = proportions.wilson(count, len(baseline), confidence_level=level)
    seen = proportions.wilson(count, n, confidence_level=level)
    return {
        "variable": entry.variable,
        **{name: getattr(change, name) for name in ("n_pairs", "n_missing", "mean_baseline", "sd_baseline")},
        **{name: getattr(change, name) for name in ("mean_followup", "sd_followup")},
        **{name: getattr(change, name) for name in ("estimate", "conf_low", "conf_high", "method")},
        "threshold": float(scoring.important_differences().loc[key, "threshold"]) if key else float("nan"),
        "reached": count,
        "n_due": len(baseline),
        **{
            f"share{end}" if end else "share": getattr(share, name) if key else float("nan")
            for end, name in (("", "estimate"), ("_low", "conf_low"), ("_high", "conf_high"))
        },
        "seen_share": seen.estimate,
        "seen_low": seen.conf_low,
        "seen_high": seen.conf_high,
    }
