"""Time to an event by group: Kaplan-Meier, log-rank test, hazard ratio."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import results, survival
from analysis.inputs import NotEstimable
from analysis.language import tr

if TYPE_CHECKING:
    from analysis.study import Study

MEDIAN = ("median", "conf_low", "conf_high")


def _of_group(subjects: pd.DataFrame, ids, time: str, event: str) -> tuple[pd.Series, pd.Series]:
    """Time and event of a group."""
    people = subjects.set_index("subject_id").reindex(ids)
    return people[time].astype("Float64").astype("float64"), people[event].astype("boolean")


def summarise_times(
    subjects: pd.DataFrame, members: dict, *, pairs: Sequence[Any], study: "Study", population: str
) -> pd.DataFrame:
    """Describe and compare times to events.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    members : dict of str to Index
        Subject ids per group.
    pairs : sequence of (str, str)
        Column of the time and column of whether the event happened.
    study : analysis.study.Study
        Confidence level, groups.
    population : str
        Name of the analysis set, for the results.

    Returns
    -------
    DataFrame
        Rows ``survival`` (n, events, median with its interval; NaN where half have not had the event),
        ``log_rank`` and, against the first group, ``hazard_ratio`` and ``restricted_difference`` (of the mean times up
        to the last time at which both groups were still observed). The variable is that of the event.
    """
    level, frames = study.statistics.confidence_level, []
    for time, event in pairs:
        for name in (time, event):
            if name not in subjects:
                raise KeyError(f"subjects have no column {name!r}, which a time to event names")
        keys = {"variable": event, "population": population}
        for group, ids in members.items():
            frames.append(_described(*_of_group(subjects, ids, time, event), level, {**keys, "group": group}))
        if len(members) > 1:
            frames += _compared(subjects, members, time, event, level, keys)
    return results.stack(frames)


def _described(times, events, level: float, keys: dict) -> pd.DataFrame:
    try:
        found = survival.kaplan_meier(times, events, confidence_level=level)
    except (NotEstimable, ValueError) as reason:
        return results.not_estimated(reason, ("n", *MEDIAN), analysis="survival", **keys)
    row = {
        "n": found.n,
        "n_missing": found.n_missing,
        "n_events": found.events,
        "median": found.median,
        "conf_low": found.median_low,
        "conf_high": found.median_high,
        "method": found.method,
    }
    note = "" if found.median == found.median else tr("half of them have not had the event")
    return results.rows_of(row, analysis="survival", note=note, **keys)


def _compared(subjects, members, time, event, level, keys) -> list[pd.DataFrame]:
    parts = []
    for group, ids in members.items():
        times, events = _of_group(subjects, ids, time, event)
        parts.append(pd.DataFrame({"time": times, "event": events, "group": group}))
    rows = pd.concat(parts).dropna()
    rows = rows.assign(event=rows["event"].astype(bool))
    frames = []
    try:
        test = survival.log_rank(rows["time"], rows["event"], rows["group"])
        frames.append(results.rows_of(test, analysis="log_rank", **keys))
    except NotEstimable as reason:
        frames.append(results.not_estimated(reason, ("statistic", "p_value"), analysis="log_rank", **keys))
    reference, *others = members
    for group in others:
        two = rows[rows["group"].isin([reference, group])]
        frames.append(_restricted(two, group, reference, level, keys))
        two = two.assign(other=two["group"].eq(group).astype(float))
        named = {"analysis": "hazard_ratio", "group": group, **keys}
        try:
            found = survival.cox(
                two, time="time", event="event", covariates=["other"], confidence_level=level
            ).coefficients.set_index("term")
            row = found.loc["other"]
            ratio = {
                "estimate": row["estimate"],
                "conf_low": row["conf_low"],
                "conf_high": row["conf_high"],
                "p_value": row["p_value"],
                "n": len(two),
                "method": tr("Cox model, the group against the reference"),
            }
            frames.append(results.rows_of(ratio, **named))
        except NotEstimable as reason:
            frames.append(
                results.not_estimated(reason, ("estimate", "conf_low", "conf_high", "p_value"), **named)
            )
    return frames


def _restricted(two, group, reference, level, keys: dict) -> pd.DataFrame:
    """Difference of the mean times up to the last time that both groups reach; hazards need not be proportional."""
    named = {"analysis": "restricted_difference", "group": group, **keys}
    shown = ("estimate", "conf_low", "conf_high", "p_value", "limit")
    if two["group"].nunique() < 2:
        return results.not_estimated(tr("nobody of a group has a time and a known state"), shown, **named)
    try:
        found = survival.compare_restricted_means(
            two["time"],
            two["event"],
            two["group"],
            reference=reference,
            limit=float(two.groupby("group")["time"].max().min()),
            confidence_level=level,
        )
    except (NotEstimable, ValueError) as reason:
        return results.not_estimated(reason, shown, **named)
    values = {name: getattr(found, name) for name in shown}
    return results.rows_of({**values, "n": found.n, "method": found.method}, **named)


def curves(
    subjects: pd.DataFrame, members: dict, *, time: str, event: str, study: "Study", marks: int = 6
) -> tuple[Any, Any]:
    """The curves of all groups and the numbers at risk, as the figure reads them.

    Returns
    -------
    (DataFrame, DataFrame)
        Steps (`time`, `survival`, limits, `n_censored`, `group`) and numbers at risk at `marks` times.
    """
    import numpy as np

    labels = study.groups.labels if study.groups else {}
    steps, risks = [], []
    every = subjects[time].astype("Float64").astype("float64")
    last = float(every.max()) if every.notna().any() else 0.0
    step = 10 ** np.floor(np.log10(max(last, 1e-9) / marks)) if last else 1.0
    width = next((step * size for size in (1, 2, 5, 10) if last / (step * size) <= marks), step * 10)
    times = [float(place) for place in np.arange(0, last + width / 2, width) if place <= last]
    for group, ids in members.items():
        mine, events = _of_group(subjects, ids, time, event)
        known = mine.notna() & events.notna()
        if not known.any():
            continue
        name = {"group": labels.get(group, group)} if len(members) > 1 else {}
        found = survival.kaplan_meier(
            mine[known], events[known].astype(bool), confidence_level=study.statistics.confidence_level
        )
        steps.append(found.curve.assign(**name))
        at_risk = survival.numbers_at_risk(mine[known], events[known].astype(bool), times=times)
        risks.append(at_risk.drop(columns="group", errors="ignore").assign(**name))
    columns = ["time", "survival", "conf_low", "conf_high"]
    if not steps:
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=["time", "n_risk"])
    return pd.concat(steps, ignore_index=True), pd.concat(risks, ignore_index=True)
