"""Time to an event by group: Kaplan-Meier, log-rank test, hazard ratio and whether one holds, restricted means."""

from collections.abc import Iterator, Sequence
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
    subjects: pd.DataFrame,
    members: dict,
    *,
    pairs: Sequence[Any],
    study: "Study",
    population: str,
    strata: pd.DataFrame | None = None,
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
    strata : DataFrame, optional
        Columns that together make a stratum, indexed by subject id; groups are then also compared within strata.

    Returns
    -------
    DataFrame
        Rows ``survival`` (n, events, median with its interval; NaN where half have not had the event),
        ``log_rank`` (and ``log_rank_stratified``) and, against the first group, ``hazard_ratio`` with
        ``proportional_hazards`` (the test that one ratio holds at all times) and ``restricted_difference`` (of the mean
        times up to the last time at which both groups were still observed). The variable is that of the event. Subjects
        without a time, a known state or a stratum are left out and counted in `n_missing`.
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
            frames += _compared(subjects, members, time, event, level, keys, strata)
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


def _compared(subjects, members, time, event, level, keys, strata) -> Iterator[pd.DataFrame]:
    """All groups by the log-rank test, each against the first by the rest."""
    parts = []
    for group, ids in members.items():
        times, events = _of_group(subjects, ids, time, event)
        parts.append(pd.DataFrame({"time": times, "event": events, "group": group}))
    rows = pd.concat(parts)
    yield _tested(rows, None, {"analysis": "log_rank", **keys})
    if strata is not None and len(strata.columns):
        known = strata.reindex(rows.index).astype("string")
        stratum = known.agg(" / ".join, axis=1).where(known.notna().all(axis=1))
        yield _tested(rows, stratum, {"analysis": "log_rank_stratified", **keys})
    reference, *others = members
    for group in others:
        two = rows[rows["group"].isin([reference, group])]
        other = f"group={group}"
        two = two.assign(**{other: two["group"].eq(group).astype(float)})
        named = {"group": group, **keys}
        yield _restricted(two, group, reference, level, keys)
        yield _hazard_ratio(two, other, level, {"analysis": "hazard_ratio", **named})
        yield _proportional(two, other, {"analysis": "proportional_hazards", **named})


def _tested(rows, stratum, named: dict) -> pd.DataFrame:
    """The log-rank test of all groups, within strata where there are some."""
    try:
        test = survival.log_rank(rows["time"], rows["event"], rows["group"], strata=stratum)
        return results.rows_of(test, **named)
    except NotEstimable as reason:
        return results.not_estimated(reason, ("statistic", "p_value"), **named)


def _hazard_ratio(two, other: str, level: float, named: dict) -> pd.DataFrame:
    """The group against the reference by a Cox model."""
    shown = ("estimate", "conf_low", "conf_high", "p_value")
    try:
        found = survival.cox(two, time="time", event="event", covariates=[other], confidence_level=level)
    except NotEstimable as reason:
        return results.not_estimated(reason, shown, **named)
    (line,) = found.coefficients.to_dict("records")
    counted = {"n": found.n, "n_missing": found.n_missing}
    method = tr("Cox model, the group against the reference")
    return results.rows_of({name: line[name] for name in shown} | counted | {"method": method}, **named)


def _proportional(two, other: str, named: dict) -> pd.DataFrame:
    """Whether one hazard ratio holds at all times."""
    shown = ("statistic", "df", "p_value")
    try:
        found = survival.check_proportional_hazards(two, time="time", event="event", covariates=[other])
    except NotEstimable as reason:
        return results.not_estimated(reason, shown, **named)
    line = found.iloc[0]
    counted = {"n": int(line["n"]), "n_missing": len(two) - int(line["n"]), "method": str(line["method"])}
    return results.rows_of({name: float(line[name]) for name in shown} | counted, **named)


def _restricted(two, group, reference, level, keys: dict) -> pd.DataFrame:
    """Difference of the mean times up to the last time that both groups reach; hazards need not be proportional."""
    named = {"analysis": "restricted_difference", "group": group, **keys}
    shown = ("estimate", "conf_low", "conf_high", "p_value", "limit")
    known = two.dropna(subset=["time", "event"])
    if known["group"].nunique() < 2:
        return results.not_estimated(tr("nobody of a group has a time and a known state"), shown, **named)
    try:
        found = survival.compare_restricted_means(
            two["time"],
            two["event"],
            two["group"],
            reference=reference,
            limit=float(known.groupby("group")["time"].max().min()),
            confidence_level=level,
        )
    except (NotEstimable, ValueError) as reason:
        return results.not_estimated(reason, shown, **named)
    values = {name: getattr(found, name) for name in shown}
    counted = {"n": found.n, "n_missing": found.n_missing, "method": found.method}
    return results.rows_of({**values, **counted}, **named)


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
