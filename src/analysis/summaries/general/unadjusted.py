"""How groups differ without a model: shifts of the changes by ranks, ratios and differences of those who say yes."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import groups, results
from analysis.inputs import NotEstimable
from analysis.language import semicolons, tr
from analysis.paired.pairs import settled_change
from analysis.summaries.general.comparison import comparisons
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study

SHIFT, ODDS = "difference_shift", "difference_odds"
RESPONDERS = {
    ODDS: groups.exact_odds_ratio,
    "ratio_share": groups.risk_ratio,
    "difference_score": groups.miettinen_nurminen_difference,
}
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
        endpoint's resolution first) and, for binary endpoints, ``difference_odds`` (conditional odds ratio with exact
        limits, Fisher's exact p), ``ratio_share`` (ratio of the shares), ``difference_score`` (Miettinen and Nurminen)
        and ``exact_unconditional`` (Boschloo's p). Those without a value are left out and counted in `n_missing`.
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
                frames += (
                    _responders(two, visit, study, keys)
                    if entry.scale == "binary"
                    else _shift(two, visit, entry, study, keys)
                )
    return results.stack(frames)


def _shift(two, visit: str, entry: Any, study: "Study", keys: dict) -> Iterator[pd.DataFrame]:
    """The shift between the changes of two groups."""
    named = {"analysis": SHIFT, "unit": entry.unit or "", **keys}
    known = [values[[study.baseline_visit, visit]].dropna() for values in two]
    changes = [
        settled_change(
            rows[study.baseline_visit].to_numpy(float),
            rows[visit].to_numpy(float),
            resolution=entry.resolution,
        )
        for rows in known
    ]
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
        unit = "proportion" if analysis == "difference_score" else "ratio"
        named = {"analysis": analysis, "unit": unit, **keys}
        try:
            if not counts[1] or not counts[3]:
                raise NotEstimable("a group has no value at this visit")
            found = estimate(*counts, confidence_level=study.statistics.confidence_level)
        except NotEstimable as reason:
            yield results.not_estimated(reason, SHOWN, **named)
            continue
        values = {name: getattr(found, name) for name in SHOWN}
        yield results.rows_of({**values, **counted, "method": found.method}, **named)
    if not counts[1] or not counts[3]:
        return
    try:
        tested = {"p_value": groups.exact_unconditional(*counts), "method": tr("Boschloo's exact test")}
    except NotEstimable as reason:
        yield results.not_estimated(reason, ("p_value",), analysis=UNCONDITIONAL, **keys)
        return
    yield results.rows_of({**tested, **counted}, analysis=UNCONDITIONAL, **keys)
