"""How much is known at each visit, and at which visit each subject was seen last."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.language import tr
from analysis.summaries.shared import visits_wide

if TYPE_CHECKING:
    from analysis.study import Study


def gaps_drawn(rows: pd.DataFrame, *, study: "Study") -> pd.DataFrame:
    """Missing values of all groups together as the figure reads them."""
    names = {visit.id: visit.label for visit in study.visits}
    labels = {entry.id: entry.label for entry in study.endpoints}
    wide = rows.pivot_table(
        index=["variable", "visit"], columns="statistic", values="value", aggfunc="sum", sort=False
    )
    columns = ["variable", "visit", "n_missing", "n_expected", "share"]
    if wide.empty:
        return pd.DataFrame(columns=columns)
    found = wide.reset_index().rename(columns={"n_due": "n_expected"})
    share = found["n_missing"] / found["n_expected"].where(found["n_expected"] > 0)
    found = found.assign(share=share, variable=found["variable"].map(labels), visit=found["visit"].map(names))
    return found[columns]


def known_by_visit(
    measures: pd.DataFrame,
    members: dict,
    *,
    study: "Study",
    population: str,
    visits: Sequence[str],
    due: pd.DataFrame,
) -> pd.DataFrame:
    """Known and missing values of each endpoint at each visit, of those who are due there.

    Returns
    -------
    DataFrame
        Rows ``known``: `n_due`, `n` (known), `n_missing`, by endpoint, visit and group.
    """
    frames = []
    for entry in study.endpoints:
        wanted = [visit for visit in visits if visit == study.baseline_visit or visit in entry.visits]
        for group, ids in members.items():
            values = visits_wide(measures, entry.variable, ids, wanted)
            for visit in wanted:
                asked = due[visit].reindex(ids, fill_value=False).to_numpy(dtype=bool)
                known = values[visit].notna().to_numpy() & asked
                row = {
                    "n_due": int(asked.sum()),
                    "n": int(known.sum()),
                    "n_missing": int((asked & ~known).sum()),
                }
                note = "" if asked.any() else tr("nobody is due yet")
                frames.append(
                    results.rows_of(
                        row,
                        analysis="known",
                        variable=entry.id,
                        visit=visit,
                        group=group,
                        population=population,
                        note=note,
                        denominator=row["n_due"],
                    )
                )
    return results.stack(frames)


def last_seen(
    measures: pd.DataFrame, members: dict, *, study: "Study", population: str, visits: Sequence[str]
) -> pd.DataFrame:
    """At which visit each subject had its last known value of any endpoint.

    Returns
    -------
    DataFrame
        Rows ``last_seen``: `count` by visit and group, of all members; visit ``none`` for those without any value.
    """
    known = measures[
        measures["value"].notna() & measures["variable"].isin([e.variable for e in study.endpoints])
    ]
    order = {visit: place for place, visit in enumerate(visits)}
    place = known.assign(place=known["visit_id"].map(order)).dropna(subset=["place"])
    last = place.groupby("subject_id")["place"].max()
    frames = []
    for group, ids in members.items():
        mine = last.reindex(ids)
        counts = {visit: int(mine.eq(place).sum()) for visit, place in order.items()}
        for visit, count in {**counts, "none": int(mine.isna().sum())}.items():
            frames.append(
                results.rows_of(
                    {"count": count, "n": len(ids)},
                    analysis="last_seen",
                    variable="any endpoint",
                    visit=visit,
                    group=group,
                    population=population,
                    unit="count",
                )
            )
    return results.stack(frames)
