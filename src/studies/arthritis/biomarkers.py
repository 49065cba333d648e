"""Immune markers by visit: results below the detection limit counted, substituted by the stated rule, compared."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import multiplicity, numbers, paired
from analysis.columns import in_words
from analysis.language import mark, tr, with_unit
from analysis.membership import among
from analysis.summaries.shared import moments
from analysis.tables.cells import quartiles
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def marker_values(
    labs: pd.DataFrame, analyte: str, ids: pd.Index, *, visits: list[str], substitution: str
) -> Any:
    """One analyte as a frame of participants by visits, results below the detection limit substituted.

    `substitution` is as in `analysis.datasets.assessments.spread_labs`.
    """
    from analysis.datasets.assessments import spread_labs

    chosen = labs[labs["analyte"].eq(analyte) & among(labs["subject_id"], ids)]
    spread = spread_labs(chosen, planned=visits, substitution=substitution)
    column = next(
        name
        for name in spread
        if name.startswith(f"{analyte.lower()}_") and not name.endswith(("_uln", "_lln"))
    )
    wide = spread.pivot(index="subject_id", columns="visit_id", values=column)
    return wide.reindex(index=ids, columns=visits).astype(float)


def count_censored(labs: pd.DataFrame, analyte: str, ids: pd.Index, *, visits: list[str]) -> pd.Series:
    """Participants with a result below the detection limit, by visit."""
    chosen = labs[labs["analyte"].eq(analyte) & among(labs["subject_id"], ids)]
    below = chosen[chosen["censor"].eq("left").fillna(False)]
    return below.groupby("visit_id")["subject_id"].nunique().reindex(visits, fill_value=0)


def describe_markers(
    labs: pd.DataFrame, ids: pd.Index, *, markers: Sequence[Any], visits: list[str], study: "Study"
) -> pd.DataFrame:
    """n, results below the limit, median and quartiles of each marker at each visit.

    Parameters
    ----------
    labs : DataFrame
        Tidy results.
    ids : Index
        Analysis set.
    markers : sequence of Marker
        Analytes with label and unit.
    visits : list of str
        Visits at which the markers are measured, baseline first.
    study : analysis.study.Study
        `statistics.lod_substitution`.

    Returns
    -------
    DataFrame
        `variable`, `label`, `visit`, `below`, `below_share` and the statistics of `moments`.
    """
    rule, lines = study.statistics.lod_substitution, []
    for marker in markers:
        values = marker_values(labs, marker.analyte, ids, visits=visits, substitution=rule)
        below = count_censored(labs, marker.analyte, ids, visits=visits)
        for visit in visits:
            found = moments(values[visit])
            share = below[visit] / found["n"] if found["n"] else np.nan
            lines.append(
                {
                    "variable": marker.analyte,
                    "label": with_unit(marker.label, marker.unit),
                    "visit": visit,
                    "below": int(below[visit]),
                    "below_share": float(share),
                    **found,
                }
            )
    return pd.DataFrame(lines)


def change_of_markers(
    labs: pd.DataFrame,
    ids: pd.Index,
    *,
    markers: Any,
    visits: list[str],
    study: "Study",
    substitution: str | None = None,
) -> pd.DataFrame:
    """Ratio to baseline per marker and visit (Hodges-Lehmann of the logarithms); signed-rank p adjusted over all.

    Parameters
    ----------
    substitution : str, optional
        Another rule for results below the limit, for the sensitivity analysis; the study's by default.

    Returns
    -------
    DataFrame
        `variable`, `visit`, `n_pairs`, `n_missing`, `estimate`, `conf_low`, `conf_high` (ratio follow-up over
        baseline), `p_value` (signed rank of the logarithms) and `p_adjusted` (Benjamini-Hochberg over all markers and
        visits of the table). There is no interval where too few pairs reach its level.
        Pairs with a value of 0, which has no logarithm, are left out and counted as missing.
    """
    rule, lines = substitution or study.statistics.lod_substitution, []
    for marker in markers:
        values = marker_values(labs, marker.analyte, ids, visits=visits, substitution=rule)
        logs = np.log(values.where(values > 0))
        for visit in visits[1:]:
            lines.append(
                {"variable": marker.analyte, "visit": visit, **_ratio(logs, visits[0], visit, study, rule)}
            )
    found = pd.DataFrame(lines)
    return found.assign(p_adjusted=multiplicity.benjamini_hochberg(found["p_value"].to_numpy()))


def _ratio(logs: pd.DataFrame, baseline: str, visit: str, study, rule: str) -> dict:
    before, after = logs[baseline].round(8), logs[visit].round(8)
    shift = paired.hodges_lehmann(
        before,
        after,
        confidence_level=study.statistics.confidence_level,
        exact_max=study.statistics.exact_max,
    )
    ranks = paired.compare_ranks(
        before, after, zeros=study.statistics.zeros, exact_max=study.statistics.exact_max
    )
    low, high = (
        (shift.conf_low, shift.conf_high)
        if shift.achieved_level >= study.statistics.confidence_level - 1e-9
        else (np.nan, np.nan)
    )
    return {
        "n_pairs": ranks.n_pairs,
        "n_missing": ranks.n_missing,
        "estimate": float(np.exp(shift.estimate)),
        "conf_low": float(np.exp(low)),
        "conf_high": float(np.exp(high)),
        "p_value": ranks.p_value,
        "method": tr(
            "{method}, of logarithms; below the detection limit: {rule}",
            method=shift.method,
            rule=in_words("lod_substitution", rule),
        ),
    }


def marker_table(
    described: pd.DataFrame,
    changes: pd.DataFrame,
    other: pd.DataFrame,
    *,
    study: "Study",
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `describe_markers` and `change_of_markers`: a block per marker, a line per visit.

    Parameters
    ----------
    described, changes, other : DataFrame
        Values; ratios to baseline; ratios under the other rule for results below the limit.
    study : analysis.study.Study
        Labels of the visits.
    notes : sequence of str
        Footnotes.
    """
    labels = {visit.id: visit.label for visit in study.visits}
    ratios = changes.set_index(["variable", "visit"])
    others = other.set_index(["variable", "visit"])
    lines, blocks = [], []
    for row in described.to_dict("records"):
        key = (row["variable"], row["visit"])
        ratio = ["", "", "", ""]
        if key in ratios.index:
            found, second = ratios.loc[key], others.loc[key]
            ratio = [
                numbers.whole(found["n_pairs"]),
                numbers.estimate_interval(found["estimate"], found["conf_low"], found["conf_high"], 2),
                numbers.p_value(found["p_adjusted"]),
                numbers.fixed(second["estimate"], 2),
            ]
        lines.append(
            [
                numbers.whole(row["n"]),
                numbers.count_percent(row["below"], row["n"]),
                quartiles(row.get("median"), row.get("q1"), row.get("q3"), 1),
                *ratio,
            ]
        )
        blocks.append(row["label"])
    columns = [
        "n",
        mark("Below the limit, n (%)"),
        mark("Median [quartiles]"),
        mark("Pairs"),
        mark("Ratio ({CI})"),
        mark("Adjusted p"),
        mark("Ratio, other rule"),
    ]
    body = pd.DataFrame(lines, columns=columns, index=[labels[visit] for visit in described["visit"]])
    spanners = {mark("Compared with baseline"): columns[3:]}
    return Table(body.rename_axis(mark("Visit")), spanners=spanners, groups=blocks, notes=notes)
