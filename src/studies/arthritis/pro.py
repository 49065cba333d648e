"""What participants report: change of each measure, and the share that improved by a published difference."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers, paired, proportions
from analysis.language import mark, tr
from analysis.summaries.shared import by_visit
from analysis.tables.cells import limits, of_total, share, spread
from analysis.tables.table import Table
from studies.arthritis.settings import ReportedMeasure

if TYPE_CHECKING:
    from analysis.study import Study


def change_of_reported(
    wide: pd.DataFrame, due: pd.DataFrame, *, entries: Sequence[Any], study: "Study", visits: list[str]
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
        method=tr("{strategy}; Wilson score interval", strategy=strategy),
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


def reported_table(
    changes: pd.DataFrame, *, study: "Study", entries: Sequence[Any], notes: Sequence[str] = ()
) -> Table:
    """Lay out `change_of_reported`: a block per measure, a line per visit.

    Parameters
    ----------
    changes : DataFrame
        Paired changes and shares that reached the important difference.
    study : analysis.study.Study
        Labels of the visits.
    entries : sequence of ReportedMeasure
        Labels and decimals.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    named = {entry.variable: entry for entry in entries}
    lines, blocks = [], []
    for row in changes.to_dict("records"):
        entry = named[row["variable"]]
        digits = max(entry.digits, 1)
        lines.append(
            [
                numbers.whole(row["n_pairs"]),
                spread(row["mean_baseline"], row["sd_baseline"], digits),
                spread(row["mean_followup"], row["sd_followup"], digits),
                numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], digits),
                *_reached_cells(row),
            ]
        )
        blocks.append(
            tr(
                "{label}; important difference {threshold:g}",
                label=entry.label,
                threshold=row["threshold"],
            )
            if entry.difference
            else entry.label
        )
    columns = [
        mark("Pairs"),
        mark("Baseline"),
        mark("Visit"),
        mark("Change ({CI})"),
        "n/N",
        mark("% ({CI})"),
        "n/N ",
        mark("% ({CI}) "),
    ]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in changes["visit"]])
    spanners = {
        mark("Mean (SD)"): columns[1:3],
        mark("Reached it, missing is non-response"): columns[4:6],
        mark("Reached it, as observed"): columns[6:],
    }
    drawn = [limits(row) for row in changes.to_dict("records")]
    return Table(
        body.rename_axis(mark("Visit")),
        spanners=spanners,
        groups=blocks,
        notes=notes,
        intervals={columns[3]: drawn},
    )


def _reached_cells(row: dict) -> list[str]:
    """Who reached the important difference, of those due and of pairs; dashes where there is no such difference."""
    if row["threshold"] != row["threshold"]:
        return [numbers.MISSING] * 4
    return [
        of_total(row["reached"], row["n_due"]),
        share(row["share"], row["share_low"], row["share_high"]),
        of_total(row["reached"], row["n_pairs"]),
        share(row["seen_share"], row["seen_low"], row["seen_high"]),
    ]
