"""Every score that the assessments allow, long."""

from collections.abc import Mapping

import pandas as pd

from analysis.scoring.possible import possible_scores, with_general_health
from analysis.scoring.ranges import SLACK

KEYS = ["subject_id", "visit_id"]


def derive_scores(assessments: pd.DataFrame, *, computed: Mapping | None = None) -> pd.DataFrame:
    """Score every instrument whose components the study collects.

    Parameters
    ----------
    assessments : DataFrame
        One row per subject and planned visit.
    computed : mapping of str to ComputedScore, optional
        Scores that the export brings computed already, by instrument; they stand in place of what their components
        would give.

    Returns
    -------
    DataFrame
        `analysis.scoring.score_table` of the instruments that have a value at one visit at least.
    """
    from analysis import scoring

    visits = with_general_health(assessments.reset_index(drop=True))
    given = dict(computed or {})
    possible = [name for name in possible_scores(visits.columns) if name not in given]
    tables = [scoring.score_table(visits, instruments=possible)]
    tables += [_as_computed(visits, name, entry) for name, entry in given.items() if entry.column in visits]
    scores = pd.concat(tables, ignore_index=True)
    used = scores.groupby("score")["value"].transform("count") > 0
    return scores[used].reset_index(drop=True)


def _as_computed(visits: pd.DataFrame, name: str, entry) -> pd.DataFrame:
    """A score as the export has it, with the states of the instrument that is named; out of range is no value."""
    from analysis import scoring

    instrument = scoring.INSTRUMENTS[name]
    given = visits[entry.column].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    outside = (given < instrument.low - SLACK) | (given > instrument.high + SLACK)
    values = pd.Series(given, index=visits.index).mask(outside)
    states = scoring.INSTRUMENTS[entry.states].category if entry.states else None
    nothing = pd.Series(pd.NA, index=visits.index, dtype="string")
    status = values.isna().map({True: "missing_component", False: "ok"}).mask(outside, "range_error")
    return (
        visits[KEYS]
        .assign(
            score=pd.Series(name, index=visits.index, dtype="string"),
            value=values,
            category=nothing if states is None else states(values).astype("string"),
            status=status.astype("string"),
            missing_list=pd.Series(entry.column, index=visits.index, dtype="string").where(values.isna(), ""),
            version="as in the export",
            note="computed before the export",
        )
        .astype({"version": "string", "note": "string"})
    )
