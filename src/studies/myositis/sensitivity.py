"""How much the primary result depends on choices: handling of events, enzyme, analysis set, method of comparison."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis import numbers, paired, results, scoring
from analysis.cohort import Cohort
from analysis.datasets.responses import at_visit
from analysis.language import Texts, mark, semicolons
from analysis.responses import core_set_pair
from analysis.tables.cells import count_of, estimate_of, exact_of, share_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.disease import is_cadm
from studies.myositis.response import certainly, count_responders, failed_at, improvement_at, rate, reached

DOUBLED = {name: 2 * span for name, span in scoring.ENZYME_RANGE_XULN.items()}


HALVED = {name: span / 2 for name, span in scoring.ENZYME_RANGE_XULN.items()}


RESPONSE_VARIANTS = Texts(
    {
        "primary": "Primary: composite, missing is non-response",
        "observed": "As observed, events ignored",
        "policy": "Treatment policy: events ignored, missing is non-response",
        "decided": "Composite, as observed otherwise",
        "best": "Composite, missing is response",
        "complete": "Complete scores only: without all six measures, non-response",
        "enzyme_range_doubled": "Range of the enzyme doubled",
        "enzyme_range_halved": "Range of the enzyme halved",
        "enzyme_each_visit": "Most abnormal enzyme of each visit",
        "per_protocol": "Per-protocol set",
        "no_cadm": "Without clinically amyopathic patients",
    }
)


COMPARISONS = Texts(
    {
        "mean": "Mean change, paired t",
        "shift": "Hodges-Lehmann, signed rank (Pratt)",
        "wilcoxon": "Hodges-Lehmann, signed rank (Wilcoxon, zeros dropped)",
        "median": "Median change, sign test",
    }
)


def rescored(group: Cohort, *, visit: str, enzyme_rule: str = "baseline", **settings: Any) -> pd.Series:
    """The Total Improvement Score of everybody due, with other settings for the enzyme."""
    first, now = at_visit(group.wide, group.study.baseline_visit), at_visit(group.wide, visit)
    ids = first.index.intersection(now.index)
    before, after = core_set_pair(first.loc[ids], now.loc[ids], enzyme_rule=enzyme_rule)
    found = scoring.total_improvement_score(before, after, enzyme_rule=enzyme_rule, **settings)
    return found["tis"].reindex(group.due_at(visit))


def response_variants(group: Cohort, *, visit: str, minimum: float, per_protocol: pd.Index) -> Mapping:
    """The primary response under each variant, as counts.

    Returns
    -------
    dict of str to tuple
        Responders and patients counted, by the names of `RESPONSE_VARIANTS`.
    """
    failed, seen = failed_at(group, visit), improvement_at(group, visit)
    response, observed = certainly(seen, minimum), reached(seen["tis"], minimum)
    others = {
        "complete": observed,
        "enzyme_range_doubled": _rescored(group, visit, minimum, enzyme_range_xuln=DOUBLED),
        "enzyme_range_halved": _rescored(group, visit, minimum, enzyme_range_xuln=HALVED),
        "enzyme_each_visit": _rescored(group, visit, minimum, enzyme_rule="each_visit"),
    }
    none, decided = failed & False, response.notna() | failed
    cadm = is_cadm(group.subjects).reindex(response.index)
    kept = response.index.isin(per_protocol)
    return {
        "primary": count_responders(response, failed),
        "observed": count_responders(observed.dropna(), none[observed.notna()]),
        "policy": count_responders(response, none),
        "decided": count_responders(response[decided], failed[decided]),
        "best": count_responders(response.fillna(True), failed),
        **{name: count_responders(found, failed) for name, found in others.items()},
        "per_protocol": count_responders(response[kept], failed[kept]),
        "no_cadm": count_responders(response[~cadm], failed[~cadm]),
    }


def variant_rows(group: Cohort, *, visit: str, minimum: float, per_protocol: pd.Index) -> pd.DataFrame:
    """Rows of the analysis ``sensitivity``, one variable per variant of the primary response.

    ``undecided`` counts those whose response is open: no event before, and known points that do not decide.
    """
    found = response_variants(group, visit=visit, minimum=minimum, per_protocol=per_protocol)
    level = group.study.statistics.confidence_level
    keys = {"analysis": "sensitivity", "visit": visit, "population": group.population}
    everybody = found["primary"][1]
    undecided = {"count": everybody - found["decided"][1], "n": everybody}
    rates = (
        results.rows_of(
            rate(count, total, level=level, method=RESPONSE_VARIANTS[name]),
            variable=name,
            unit="proportion",
            **keys,
        )
        for name, (count, total) in found.items()
    )
    return results.stack([*rates, results.rows_of(undecided, variable="undecided", unit="count", **keys)])


def comparison_rows(group: Cohort, measures: pd.DataFrame, *, visit: str) -> pd.DataFrame:
    """The change of each measure by four methods: rows of the analyses ``compare_mean`` ... ``compare_median``."""
    level, exact_max = group.study.statistics.confidence_level, group.study.statistics.exact_max
    frames = []
    for measure in measures:
        wide = group.numbers(measure.variable, [group.study.baseline_visit, visit]).loc[group.due_at(visit)]
        pair = wide[group.study.baseline_visit], wide[visit]
        common = {"resolution": measure.resolution, "exact_max": exact_max}
        found = {
            "mean": (paired.compare_means(*pair, confidence_level=level), None),
            "shift": (
                paired.hodges_lehmann(*pair, confidence_level=level, **common),
                paired.compare_ranks(*pair, zeros="pratt", **common),
            ),
            "wilcoxon": (
                paired.hodges_lehmann(*pair, confidence_level=level, zeros="drop", **common),
                paired.compare_ranks(*pair, zeros="wilcoxon", **common),
            ),
            "median": (
                paired.median_change(*pair, confidence_level=level, resolution=measure.resolution),
                paired.sign_test(*pair, confidence_level=level, resolution=measure.resolution),
            ),
        }
        for name, (estimate, test) in found.items():
            row = _joined(estimate, test or estimate)
            keys = {"variable": measure.id, "visit": visit, "population": group.population}
            frames.append(results.rows_of(row, analysis=f"compare_{name}", unit=measure.unit, **keys))
    return results.stack(frames)


def _rescored(group, visit, minimum, **settings) -> pd.Series:
    return reached(rescored(group, visit=visit, **settings), minimum)


def _joined(estimate, test) -> dict:
    return {
        "estimate": estimate.estimate,
        "conf_low": estimate.conf_low,
        "conf_high": estimate.conf_high,
        "p_value": test.p_value,
        "confidence_level": estimate.confidence_level,
        "achieved_level": getattr(estimate, "achieved_level", estimate.confidence_level),
        "n_pairs": estimate.n_pairs,
        "n_missing": estimate.n_missing,
        "method": semicolons([estimate.method, test.method]) if test is not estimate else estimate.method,
    }


def variant_grid(rows: pd.DataFrame, labels: Mapping[str, str], *, notes: Sequence[str] = ()) -> Table:
    """The primary response under each variant, one line each."""
    lines = []
    for name, label in labels.items():
        found = pick(rows, analysis="sensitivity", variable=name)
        lines.append((None, label, [count_of(found), share_of(found), exact_of(found)]))
    return grid(
        lines, stub=mark("Analysis"), columns=["n/N", mark("% ({CI})"), mark("Exact CI")], notes=notes
    )


def comparison_grid(
    rows: pd.DataFrame, measures: pd.DataFrame, labels: Mapping[str, str], *, notes: Sequence[str] = ()
) -> Table:
    """The change of each measure by each method: a block per measure, a line per method."""
    lines = []
    for measure in measures:
        for name, label in labels.items():
            found = pick(rows, analysis=f"compare_{name}", variable=measure.id)
            if found:
                cells = [
                    numbers.whole(found["n_pairs"]),
                    estimate_of(found, measure.digits + 1),
                    numbers.p_value(found["p_value"]),
                ]
                lines.append((measure.title, label, cells))
    return grid(lines, stub=mark("Method"), columns=[mark("Pairs"), mark("Change ({CI})"), "p"], notes=notes)
