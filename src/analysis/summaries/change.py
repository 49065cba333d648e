"""How much did it change: paired comparison of each visit with baseline, by endpoint and group."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import paired, proportions, results
from analysis.summaries.shared import moments, visits_wide

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.sections import Endpoint

TESTED = ("statistic", "df", "p_value")


def summarise_change(
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    tests: bool = True,
    endpoints: "Sequence[Endpoint] | None" = None,
    visits: Collection[str] | None = None,
) -> pd.DataFrame:
    """Compare each visit with baseline for every endpoint and group.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Its baseline visit, endpoints and statistical choices.
    population : str
        Name of the analysis set, for the results.
    tests : bool
        False leaves out the tests: interim reports describe.
    endpoints : sequence, optional
        Endpoints to analyse; those of the study that are not binary by default.
    visits : collection of str, optional
        Visits to analyse; those of each endpoint by default.

    Returns
    -------
    DataFrame
        Rows of the results table: ``summary`` (each visit), ``change_mean`` (paired t), ``change_shift``
        (Hodges-Lehmann), ``change_ranks`` (signed rank), ``improved`` (share with a better value than at
        baseline, Wilson interval) and, for endpoints with a minimal difference, ``improved_minimal`` (share of all
        members who improved by at least as much, missing as not improved). Change is follow-up minus baseline; pairs
        are matched by subject id.
    """
    chosen = [entry for entry in endpoints or study.endpoints if entry.scale != "binary"]
    frames = []
    for entry in chosen:
        after = [visit for visit in entry.visits if visits is None or visit in visits]
        for group, ids in members.items():
            wide = visits_wide(measures, entry.variable, ids, [study.baseline_visit, *after])
            keys = {"variable": entry.id, "population": population, "group": group}
            frames += _visit_summaries(wide, entry, keys)
            baseline = wide[study.baseline_visit]
            for visit in after:
                frames += compare(baseline, wide[visit], entry, study=study, visit=visit, **keys)
                if entry.minimal_difference:
                    rate = share_improved_minimally(
                        baseline,
                        wide[visit],
                        entry,
                        study.statistics.confidence_level,
                        resolution=study.resolution(entry),
                    )
                    named = {"analysis": "improved_minimal", "visit": visit, "unit": "proportion"}
                    frames.append(results.rows_of(rate, **named, **keys))
    rows = results.stack(frames)
    return rows if tests else rows[~rows["analysis"].eq("change_ranks") & ~rows["statistic"].isin(TESTED)]


def _visit_summaries(wide: pd.DataFrame, entry, keys: dict) -> list[pd.DataFrame]:
    return [
        results.rows_of(moments(wide[visit]), analysis="summary", visit=visit, unit=entry.unit or "", **keys)
        for visit in wide.columns
    ]


def compare(
    baseline: pd.Series, followup: pd.Series, entry: "Endpoint", *, study: "Study", **keys: Any
) -> list[pd.DataFrame]:
    """The paired comparisons of one endpoint at one visit in one group, as rows."""
    level, exact_max = study.statistics.confidence_level, study.statistics.exact_max
    unit, resolution = entry.unit or "", study.resolution(entry)
    mean = paired.compare_means(baseline, followup, confidence_level=level)
    shift = paired.hodges_lehmann(
        baseline, followup, confidence_level=level, resolution=resolution, exact_max=exact_max
    )
    ranks = paired.compare_ranks(
        baseline,
        followup,
        zeros=entry.zeros or study.statistics.zeros,
        resolution=resolution,
        exact_max=exact_max,
        continuity_correction=study.statistics.continuity,
    )
    found = [
        results.rows_of(mean, analysis="change_mean", unit=unit, **keys),
        results.rows_of(shift, analysis="change_shift", unit=unit, **keys),
        results.rows_of(ranks, analysis="change_ranks", unit=unit, **keys),
    ]
    if entry.higher_is_better is not None:
        improved = share_improved(baseline, followup, entry, level, resolution=resolution)
        found.append(results.rows_of(improved, analysis="improved", unit="proportion", **keys))
    return found


def share_improved_minimally(
    baseline: pd.Series,
    followup: pd.Series,
    entry: "Endpoint",
    confidence_level: float,
    *,
    resolution: float | None = None,
) -> Any:
    """Share of all members who improved by the minimal difference of the endpoint; missing is not improved."""
    wanted, higher_is_better = entry.minimal_difference, entry.higher_is_better
    if wanted is None or higher_is_better is None:
        raise ValueError(
            f"endpoint {entry.id} needs a minimal_difference, and higher_is_better for its direction"
        )
    pairs = paired.match_pairs(baseline, followup)
    change = paired.settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    known = paired.flag_responders(
        pairs.baseline,
        pairs.baseline + change,
        minimal_difference=wanted.value,
        higher_is_better=higher_is_better,
    )
    everybody = known.reindex(baseline.index)
    return paired.responder_rate(everybody, missing="non_response", confidence_level=confidence_level)


def share_improved(
    baseline: pd.Series,
    followup: pd.Series,
    entry: "Endpoint",
    confidence_level: float,
    *,
    resolution: float | None = None,
) -> dict:
    """Share of complete pairs with a better value at follow-up, with Wilson's interval.

    Changes are rounded to the instrument's step, as for the signed-rank test beside it: noise is no improvement.
    """
    pairs = paired.match_pairs(baseline, followup)
    change = paired.settled_change(pairs.baseline, pairs.followup, resolution=resolution)
    change = change * (1 if entry.higher_is_better else -1)
    share = proportions.wilson(int((change > 0).sum()), len(change), confidence_level=confidence_level)
    return {
        "estimate": share.estimate,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
        "count": int((change > 0).sum()),
        "unchanged": int((change == 0).sum()),
        "worse": int((change < 0).sum()),
        "n": len(change),
        "n_missing": len(pairs.unpaired),
        "method": share.method,
    }
