"""How groups differ without a model: shifts of the changes by ranks, ratios and differences of those who say yes."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import groups, results
from analysis.inputs import NotEstimable
from analysis.language import semicolons, tr
from analysis.paired.pairs import settled_change
from analysis.summaries.general.comparison import comparisons
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study

SHIFT, ODDS, IMPROVED = "difference_shift", "difference_odds", "difference_improved"
RESPONDERS = {
    ODDS: groups.exact_odds_ratio,
    "ratio_share": groups.risk_ratio,
    "difference_score": groups.miettinen_nurminen_difference,
}
DIFFERENCES = ("difference_score", IMPROVED)
UNCONDITIONAL = "exact_unconditional"
SHOWN = ("estimate", "conf_low", "conf_high", "p_value")


def summarise_unadjusted(
    measures: pd.DataFrame, members: dict, *, study: "Study", population: str, visits: Collection[str]
) -> pd.DataFrame:
    """Compare the groups on every endpoint at every visit, without a model.

    Parameters
    ----------
    measures : DataFrame
        Long measurements.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        Groups (the first is the reference), endpoints, baseline visit, confidence level.
    population : str
        Name of the analysis set, for the results.
    visits : collection of str
        Visits the report may see.

    Returns
    -------
    DataFrame
        Rows of the results table by endpoint, visit and group (against the reference): ``difference_shift`` (the
        Hodges-Lehmann shift of the changes from baseline, with Mann-Whitney's exact p; changes are rounded to the
        endpoint's resolution first); where the endpoint says what is better, ``difference_improved`` (of the shares
        better than at baseline, Miettinen and Nurminen); and for binary endpoints ``difference_odds`` (conditional
        odds ratio with exact limits, Fisher's exact p), ``ratio_share`` (ratio of the shares), ``difference_score``
        (Miettinen and Nurminen) and ``exact_unconditional`` (Boschloo's p). Those without a value are left out and
        counted in `n_missing`.
    """
    frames: list[pd.DataFrame] = []
    for entry in study.endpoints:
        after = [visit for visit in entry.visits if visit in visits]
        wide = {
            group: visits_wide(measures, entry.variable, ids, [study.baseline_visit, *after])
            for group, ids in members.items()
        }
        for reference, group in comparisons(study):
            for visit in after:
                keys = {"variable": entry.id, "population": population, "visit": visit, "group": group}
                two = wide[group], wide[reference]
                if entry.scale == "binary":
                    frames += _responders(two, visit, study, keys)
                    continue
                changes = [_changes(values, visit, entry, study) for values in two]
                frames += _shift(two, changes, entry, study, keys)
                if entry.higher_is_better is not None:
                    frames += _improved(two, changes, entry, study, keys)
    return results.stack(frames)


def _changes(values: pd.DataFrame, visit: str, entry: Any, study: "Study") -> np.ndarray:
    """Changes from baseline of those with both values, in steps of the endpoint."""
    known = values[[study.baseline_visit, visit]].dropna()
    return settled_change(known[study.baseline_visit], known[visit], resolution=entry.resolution)


def _improved(two, changes, entry: Any, study: "Study", keys: dict) -> Iterator[pd.DataFrame]:
    """The difference between the shares of two groups whose value is better than at baseline."""
    better = [int((change > 0 if entry.higher_is_better else change < 0).sum()) for change in changes]
    counts = better[0], len(changes[0]), better[1], len(changes[1])
    counted = {"n": counts[1] + counts[3], "n_missing": sum(map(len, two)) - counts[1] - counts[3]}
    yield from _of_shares(IMPROVED, groups.miettinen_nurminen_difference, counts, counted, study, keys)


def _shift(two, changes, entry: Any, study: "Study", keys: dict) -> Iterator[pd.DataFrame]:
    """The shift between the changes of two groups."""
    named = {"analysis": SHIFT, "unit": entry.unit or "", **keys}
    level = study.statistics.confidence_level
    try:
        found = groups.hodges_lehmann_shift(changes[0], changes[1], confidence_level=level)
        tested = groups.mann_whitney_exact(changes[0], changes[1])
    except NotEstimable as reason:
        yield results.not_estimated(reason, SHOWN, **named)
        return
    values = {name: getattr(found, name) for name in SHOWN[:3]}
    counted = {
        "p_value": tested.p_value,
        "n": found.n + found.reference_n,
        "n_missing": sum(map(len, two)) - found.n - found.reference_n,
        "method": semicolons([found.method, tested.method]),
    }
    yield results.rows_of({**values, **counted, "note": found.note}, **named)


def _responders(two, visit: str, study: "Study", keys: dict) -> Iterator[pd.DataFrame]:
    """Those who said yes in the group and in the reference: ratios, difference, exact test."""
    ours, theirs = (values[visit].dropna() for values in two)
    lacking = sum(len(values) for values in two) - len(ours) - len(theirs)
    counts = int(ours.sum()), len(ours), int(theirs.sum()), len(theirs)
    counted = {"n": counts[1] + counts[3], "n_missing": lacking}
    for analysis, estimate in RESPONDERS.items():
        yield from _of_shares(analysis, estimate, counts, counted, study, keys)
    if not counts[1] or not counts[3]:
        return
    try:
        tested = {"p_value": groups.exact_unconditional(*counts), "method": tr("Boschloo's exact test")}
    except NotEstimable as reason:
        yield results.not_estimated(reason, ("p_value",), analysis=UNCONDITIONAL, **keys)
        return
    yield results.rows_of({**tested, **counted}, analysis=UNCONDITIONAL, **keys)


def _of_shares(
    analysis: str, estimate, counts, counted: dict, study: "Study", keys: dict
) -> Iterator[pd.DataFrame]:
    """One comparison of the shares of two groups, by how many of how many said yes in each."""
    unit = "proportion" if analysis in DIFFERENCES else "ratio"
    named = {"analysis": analysis, "unit": unit, **keys}
    try:
        if not counts[1] or not counts[3]:
            raise NotEstimable("a group has no value at this visit")
        found = estimate(*counts, confidence_level=study.statistics.confidence_level)
    except NotEstimable as reason:
        yield results.not_estimated(reason, SHOWN, **named)
        return
    values = {name: getattr(found, name) for name in SHOWN}
    yield results.rows_of({**values, **counted, "method": found.method}, **named)
