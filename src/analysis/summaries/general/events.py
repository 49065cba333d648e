"""Adverse events as recorded: how many subjects had any, serious ones, each severity, each term. No time at risk."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.language import tr
from analysis.membership import among

if TYPE_CHECKING:
    from analysis.study import Study

ALL, TERM = "events_recorded", "events_term"
SEVERITIES = ("mild", "moderate", "severe")


def summarise_events(
    events: pd.DataFrame, members: dict, *, study: "Study", population: str, most: int = 30
) -> pd.DataFrame:
    """Count subjects with adverse events, and events, as recorded: nothing is asked of doses or dates.

    Parameters
    ----------
    events : DataFrame
        The tidy adverse events.
    members : dict of str to Index
        Subject ids per group.
    study : analysis.study.Study
        For the names of the groups.
    population : str
        Name of the analysis set, for the results.
    most : int
        So many terms are counted, those of most subjects first.

    Returns
    -------
    DataFrame
        Rows ``events_recorded`` (variables ``any``, ``serious``, ``mild``, ``moderate``, ``severe``, where the export
        has them) and ``events_term`` (the coded term, else the words of the site): `count` subjects of `n`, and
        `events`.
    """
    ids = pd.Index([one for group in members.values() for one in group])
    known = events[among(events["subject_id"], ids)]
    frames: list[pd.DataFrame] = []
    for name, rows in _kinds(known):
        frames += _counted(rows, members, {"analysis": ALL, "variable": name, "population": population})
    named = terms_of(known)
    leading = known.groupby(named)["subject_id"].nunique().sort_values(ascending=False, kind="stable")
    for term in leading.index[:most]:
        rows = known[named.eq(term)]
        frames += _counted(rows, members, {"analysis": TERM, "variable": str(term), "population": population})
    return results.stack(frames)


def terms_of(events: pd.DataFrame) -> pd.Series:
    """What each event is called: its coded term, else the words of the site."""
    none = pd.Series(pd.NA, index=events.index, dtype="string")
    coded, words = events.get("pt", none), events.get("term_verbatim", none)
    return coded.fillna(words).fillna("not named").astype("string").str.strip().str.capitalize()


def _kinds(events: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """All events, the serious ones, and those of each severity, as far as the export says."""
    yield "any", events
    if "serious" in events and events["serious"].notna().any():
        yield "serious", events[events["serious"].eq(True).fillna(False)]
    if "severity" in events and events["severity"].notna().any():
        for severity in SEVERITIES:
            yield severity, events[events["severity"].eq(severity).fillna(False)]


def _counted(rows: pd.DataFrame, members: dict, keys: dict) -> Iterator[pd.DataFrame]:
    """Subjects and events of each group."""
    for group, ids in members.items():
        here = rows[among(rows["subject_id"], ids)]
        counted = {"count": here["subject_id"].nunique(), "n": len(ids), "events": len(here)}
        note = "" if len(ids) else tr("nobody is in the group yet")
        yield results.rows_of(counted, unit="count", group=group, note=note, **keys)
