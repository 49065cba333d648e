"""How groups differ without a model: the shift of the changes by ranks, and the odds of yes."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import groups, results
from analysis.inputs import NotEstimable
from analysis.language import tr
from analysis.paired.pairs import settled_change
from analysis.summaries.general.comparison import comparisons
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study

SHIFT, ODDS = "difference_shift", "difference_odds"
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
        limits, Fisher's exact p). Those without a value are left out and counted.
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
                    _odds(two, visit, study, keys)
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
        found = groups.hodges_lehmann_shift(changes[0], changes[1], confidence_level=level)  # type: ignore[arg-type]
        tested = groups.mann_whitney_exact(changes[0], changes[1])
    except NotEstimable as reason:
        yield results.not_estimated(reason, SHOWN, **named)
        return
    values = {name: getattr(found, name) for name in SHOWN[:3]}
    counted = {
        "p_value": tested.p_value,
        "n": found.n + found.reference_n,
        "method": f"{found.method}; {tested.method}",
    }
    yield results.rows_of({**values, **counted, "note": found.note}, **named)


def _odds(two, visit: str, study: "Study", keys: dict) -> Iterator[pd.DataFrame]:
    """The odds of yes in the group over those in the reference."""
    named = {"analysis": ODDS, "unit": "ratio", **keys}
    ours, theirs = (values[visit].dropna() for values in two)
    counts = int(ours.sum()), len(ours), int(theirs.sum()), len(theirs)
    if not counts[1] or not counts[3]:
        yield results.not_estimated(tr("a group has no value at this visit"), SHOWN, **named)
        return
    try:
        found = groups.exact_odds_ratio(*counts, confidence_level=study.statistics.confidence_level)
    except NotEstimable as reason:
        yield results.not_estimated(reason, SHOWN, **named)
        return
    values = {name: getattr(found, name) for name in SHOWN}
    yield results.rows_of({**values, "n": counts[1] + counts[3], "method": found.method}, **named)
