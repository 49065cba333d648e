"""Kaplan-Meier curves of the target and its loss, and how long drugs are kept."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from analysis import numbers, survival
from analysis.language import mark, tr
from analysis.membership import among
from analysis.shapes import dates_of
from analysis.tables.cells import share
from analysis.tables.table import Table
from studies.arthritis.courses import REASONS, join_courses
from studies.arthritis.settings import DrugSurvival
from studies.arthritis.time_to_target.reaching import median_of

if TYPE_CHECKING:
    from analysis.study import Study

WEEK = 7.0


def new_courses(
    treatments: pd.DataFrame,
    subjects: pd.DataFrame,
    ids: pd.Index,
    *,
    until: pd.Timestamp,
    setting: DrugSurvival,
) -> pd.DataFrame:
    """First biological or targeted synthetic drug begun at or after entry, one per participant, with weeks on it.

    Parameters
    ----------
    treatments, subjects : DataFrame
        Coded drug courses; `baseline_date` and `last_contact_date`.
    ids : Index
        Analysis set.
    until : Timestamp
        Last day of observation.
    setting : DrugSurvival
        Classes of drugs, gap between courses of one drug, stop reasons that censor.

    Returns
    -------
    DataFrame
        `subject_id`, `class`, `moa`, `drug`, `time` (weeks), `event`, `reason` (inefficacy, intolerance, other
        reason, or censored).
    """
    chosen = treatments[treatments["class"].isin(setting.classes) & among(treatments["subject_id"], ids)]
    joined = join_courses(chosen, gap_days=setting.same_drug_gap_days)
    person = subjects.set_index("subject_id")
    entry = dates_of(joined["subject_id"], person["baseline_date"])
    started = joined[joined["start_date"].ge(entry) & joined["start_date"].le(until)]
    first = started.sort_values("start_date").drop_duplicates("subject_id")
    last = dates_of(first["subject_id"], person["last_contact_date"]).fillna(until).clip(upper=until)
    cut = first.assign(
        stop_date=first["stop_date"].where(first["stop_date"].le(last)),
        stop_reason=first["stop_reason"].astype("object"),
    )
    kept = survival.derive_drug_survival(cut, data_cut=until, not_failure=tuple(setting.not_failure))
    stopped = kept["event"].astype("boolean").fillna(False)
    observed = (last - first["start_date"]).dt.days.clip(lower=0)
    time = kept["time"].astype(float).where(cut["stop_date"].notna(), observed)
    why = kept["stop_reason"].astype("string").map(REASONS).replace("remission", "other reason")
    reason = why.fillna(mark("other reason")).where(stopped, "censored")
    return kept.assign(time=time / WEEK, event=stopped.astype(bool), reason=reason)[
        ["subject_id", "class", "moa", "drug", "time", "event", "reason"]
    ].reset_index(drop=True)


def curves_by_group(
    times: pd.DataFrame, *, study: "Study", marks: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Kaplan-Meier curves, numbers at risk, and what the text says of them.

    Parameters
    ----------
    times : DataFrame
        `time`, `event`, `group`.
    study : analysis.study.Study
        Confidence level.
    marks : sequence of float
        Times at which numbers at risk and the curve are read.

    Returns
    -------
    tuple of DataFrame
        Curves and numbers at risk for `figures.kaplan_meier`; and per group and time `variable`, `group`, `visit`
        (the time), `estimate`, `conf_low`, `conf_high` (one minus survival), `n`, `events`, `median` with its limits.
    """
    curves, risk, read = [], [], []
    for group, rows in times.groupby("group", sort=False):
        usable = rows.dropna(subset=["time", "event"])
        if usable.empty:
            continue
        fitted = survival.kaplan_meier(
            usable["time"], usable["event"].astype(bool), confidence_level=study.statistics.confidence_level
        )
        curves.append(fitted.curve.rename(columns={"estimate": "survival"}).assign(group=group))
        counted = survival.numbers_at_risk(usable["time"], usable["event"].astype(bool), times=list(marks))
        risk.append(counted.assign(group=group))
        for at in survival.survival_at(fitted, list(marks)).itertuples():
            read.append(
                {
                    "group": group,
                    "visit": f"w{at.time:.0f}",
                    "estimate": 1 - at.estimate,
                    "conf_low": 1 - at.conf_high,
                    "conf_high": 1 - at.conf_low,
                    "n": len(usable),
                    "n_missing": len(rows) - len(usable),
                    "events": fitted.events,
                    "median": fitted.median,
                    "median_low": fitted.median_low,
                    "median_high": fitted.median_high,
                    "method": fitted.method,
                }
            )
    if not curves:
        empty = pd.DataFrame(columns=["time", "survival", "conf_low", "conf_high", "group"])
        return empty, pd.DataFrame(columns=["time", "n_risk", "group"]), pd.DataFrame(read)
    return (
        pd.concat(curves, ignore_index=True),
        pd.concat(risk, ignore_index=True),
        pd.DataFrame(read),
    )


def share_retained(read: pd.DataFrame) -> pd.DataFrame:
    """What `curves_by_group` read off, as the share without the event.

    Examples
    --------
    >>> read = pd.DataFrame({"estimate": [0.25], "conf_low": [0.125], "conf_high": [0.5]})
    >>> share_retained(read).iloc[0].to_dict()
    {'estimate': 0.75, 'conf_low': 0.5, 'conf_high': 0.875}
    """
    turned = {"estimate": "estimate", "conf_low": "conf_high", "conf_high": "conf_low"}
    return read.assign(**{name: 1 - read[other] for name, other in turned.items()})


def stops_by_reason(courses: pd.DataFrame, *, study: "Study", marks: Any) -> pd.DataFrame:
    """Cumulative incidence of stopping for each reason, the others competing (Aalen-Johansen), at given weeks.

    Returns
    -------
    DataFrame
        `reason`, `visit` (w26, ...), `n`, `events` (stops for the reason in all), `estimate`, `conf_low`,
        `conf_high`, `method`.
    """
    usable = courses.dropna(subset=["time"])
    found = survival.cumulative_incidence(
        usable["time"], usable["reason"], confidence_level=study.statistics.confidence_level
    )
    lines = []
    for reason, curve in found.curve.groupby("reason", sort=True):
        for week in marks:
            before = curve[curve["time"].le(week)]
            last = before.iloc[-1] if len(before) else None
            value = {name: 0.0 if last is None else last[name] for name in ("estimate",)}
            limits = {
                name: float("nan") if last is None else last[name] for name in ("conf_low", "conf_high")
            }
            events = int(usable["reason"].eq(reason).sum())
            lines.append(
                {
                    "reason": reason,
                    "visit": f"w{week:.0f}",
                    "n": len(usable),
                    "events": events,
                    **value,
                    **limits,
                    "method": found.method,
                }
            )
    return pd.DataFrame(lines)


def retention_table(retained: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out `share_retained`: a line per mechanism, a column per time, and the median time on the drug.

    Parameters
    ----------
    retained : DataFrame
        `group`, `visit` (time), `n`, `events`, `estimate`, `conf_low`, `conf_high`, and the median with its limits.
    notes : sequence of str
        Footnotes.
    """
    times = list(dict.fromkeys(retained["visit"]))
    found = retained.set_index(["group", "visit"])
    order = retained.drop_duplicates("group").sort_values("n", ascending=False)
    lines = []
    for row in order.itertuples():
        read = [found.loc[(row.group, time)] for time in times]
        shares = [share(at["estimate"], at["conf_low"], at["conf_high"]) for at in read]
        lines.append([numbers.whole(row.n), numbers.whole(row.events), *shares, median_of(read[0])])
    columns = [tr("Week {n}", n=time.lstrip("w")) for time in times]
    body = pd.DataFrame(
        lines,
        columns=["n", mark("Stopped"), *columns, mark("Median, weeks ({CI})")],
        index=pd.Index(order["group"], name=mark("Mechanism")),
    )
    return Table(body, spanners={mark("Still on the drug, % ({CI})"): columns}, notes=notes)
