"""Intercurrent events as a listing, and withdrawals of the drug that other forms contradict."""

from collections.abc import Sequence

import pandas as pd

from analysis import numbers
from analysis.language import mark, tr
from analysis.membership import among
from analysis.tables.grid import grid
from analysis.tables.table import Table
from studies.myositis.words import reason_in_words


def withdrawals(adverse_events: pd.DataFrame, doses: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Adverse events for which the event form says that the study drug was withdrawn, beside the other forms.

    Parameters
    ----------
    adverse_events : DataFrame
        Events with `action` and `start_date`.
    doses : DataFrame
        Doses with `given` and `dose_date`.
    subjects : DataFrame
        By subject id, with `discontinuation_reason`.

    Returns
    -------
    DataFrame
        One row per such event: `subject_id`, `pt`, `ctcae_grade_max`, `serious`, `start_date`, `last_dose` (date),
        `later_doses` (given after the day the event began), `discontinuation_reason` by the disposition form, and
        `contradicted`: doses were given later, or the disposition form says that treatment was completed.
    """
    known = ["subject_id", "pt", "ctcae_grade_max", "serious", "start_date"]
    stopped = adverse_events["action"].eq("withdrawn") & among(adverse_events["subject_id"], subjects.index)
    found = adverse_events.loc[stopped.fillna(False), known].sort_values(["subject_id", "start_date"])
    given = doses[doses["given"].fillna(False).astype(bool)]
    later = [
        int((given["subject_id"].eq(event.subject_id) & (given["dose_date"] > event.start_date)).sum())
        for event in found.itertuples()
    ]
    reason = subjects["discontinuation_reason"].reindex(found["subject_id"]).to_numpy()
    found = found.assign(
        last_dose=given.groupby("subject_id")["dose_date"].max().reindex(found["subject_id"]).to_numpy(),
        later_doses=pd.Series(later, index=found.index, dtype=int),
        discontinuation_reason=pd.Series(reason, index=found.index, dtype="string"),
    )
    contradicted = found["later_doses"].gt(0) | found["discontinuation_reason"].eq("completed").fillna(False)
    return found.assign(contradicted=contradicted.astype(bool)).reset_index(drop=True)


def event_listing(events: pd.DataFrame, start: pd.Series, *, notes: Sequence[str] = ()) -> Table:
    """Intercurrent events in the order they came, with the study day and how the estimand handles them."""
    days = (events["event_date"] - start.reindex(events["subject_id"]).to_numpy()).dt.days + 1
    lines = []
    for row, day in zip(events.to_dict("records"), days, strict=True):
        cells = [
            row["event_date"].date().isoformat(),
            numbers.whole(day),
            tr(row["event"]),
            reason_in_words(row["reason"]),
            tr(row["handling"]),
            tr("recorded") if row["recorded"] else tr("derived"),
        ]
        lines.append((None, row["subject_id"], cells))
    columns = [
        mark("Date"),
        mark("Study day"),
        mark("Event"),
        mark("Reason"),
        mark("Handling"),
        mark("Source"),
    ]
    return grid(lines, stub=mark("Patient"), columns=columns, notes=notes)
