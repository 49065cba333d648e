"""Reaching the target and losing it again: times, and what leaving the study before it means for them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers, survival
from analysis.inputs import NotEstimable
from analysis.language import capital, mark, tr
from analysis.membership import among
from analysis.tables.cells import share
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

TARGETS = {
    "low disease activity": ("remission", "low"),
    "remission": ("remission",),
}
REACHED, LEFT, CENSORED = "reached", "left", "censored"
AT_ENTRY, LATER = mark("at the target at entry"), mark("reached it later")
MEDIAN = ["median", "median_low", "median_high"]  # what a Kaplan-Meier curve says of the middle


def left_for(subjects: pd.DataFrame, ids: pd.Index, *, reasons: Sequence[str]) -> pd.Series:
    """Who left the study for one of these reasons, by participant; a recorded death is the reason ``death``.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["1", "2"], "discontinuation_reason": ["inefficacy", "lost"]})
    >>> left_for(subjects, pd.Index(["1", "2", "3"]), reasons=["inefficacy"]).tolist()
    [True, False, False]
    """
    known = subjects.set_index("subject_id").reindex(ids)
    left = known["discontinuation_reason"].isin(list(reasons))
    if "death" in reasons and "death_date" in known:
        left = left | known["death_date"].notna()
    return left.fillna(False).astype(bool)


def time_to_target(
    wide: pd.DataFrame, ids: pd.Index, *, instrument: str, study: "Study", left: pd.Series | None = None
) -> pd.DataFrame:
    """Planned weeks to the first visit at which each target was met, of those not at it at baseline.

    A target is only found at a visit. Planned weeks keep the visits of all participants together; with the days on
    which they came, those who came late would be alone at risk at the end and the curve would jump.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, with ``<instrument>_category``.
    ids : Index
        Analysis set.
    instrument : str
        Score whose states count.
    study : analysis.study.Study
        Visits with their weeks; the baseline visit.
    left : Series of bool, optional
        By participant, from `left_for`: who left in a way that makes reaching the target later impossible, or unlike
        that of those who stayed.

    Returns
    -------
    DataFrame
        `subject_id`, `group` (target), `time` (weeks), `event`, and `outcome`: reached, left (before it), or censored.
        Who met the target at baseline, or has no state there, is not at risk and left out; the time of who never met
        it is that of the last visit with a known state.
    """
    state = f"{instrument}_category"
    followed = wide[among(wide["subject_id"], ids) & wide[state].notna()]
    weeks = followed["visit_id"].map({visit.id: visit.week for visit in study.visits})
    gone = pd.Series(False, index=ids) if left is None else left
    frames = []
    for label, states in TARGETS.items():
        met = followed[state].isin(states)
        at_start = followed["visit_id"].eq(study.baseline_visit)
        at_risk = followed.loc[at_start & ~met, "subject_id"]
        visits = followed.assign(week=weeks, met=met.astype("boolean"))
        found = survival.derive_first_event(
            visits[among(visits["subject_id"], at_risk)], event="met", day="week"
        )
        outcome = found["subject_id"].map(gone).map({True: LEFT, False: CENSORED})
        reached = found["event"].fillna(False).astype(bool)
        frames.append(found.assign(group=label, outcome=outcome.mask(reached, REACHED)))
    return pd.concat(frames, ignore_index=True)


def time_to_loss(
    wide: pd.DataFrame,
    ids: pd.Index,
    *,
    instrument: str,
    study: "Study",
    states: Sequence[str] = TARGETS["low disease activity"],
) -> pd.DataFrame:
    """Planned weeks from the first visit at the target to the first later visit away from it: a flare.

    The loss of the target is the definition of this project: no published definition of a flare is applied.

    Parameters
    ----------
    wide, ids, instrument, study
        As in `time_to_target`.
    states : sequence of str
        States that are at the target; by default low disease activity or remission.

    Returns
    -------
    DataFrame
        `subject_id`, `time` (weeks), `event`, `group`, of everybody who was at the target at any visit; who was never
        seen away from it afterwards is censored at the last visit with a known state. The groups keep apart who
        was at the target at entry, before any treatment of this study, and who reached it during follow-up.
    """
    state = f"{instrument}_category"
    known = wide[among(wide["subject_id"], ids) & wide[state].notna()]
    week = known["visit_id"].map({visit.id: visit.week for visit in study.visits})
    visits = known.assign(week=week, away=~known[state].isin(states))
    there = visits[~visits["away"]]
    reached = there.groupby("subject_id")["week"].min()
    at_entry = there.loc[there["visit_id"].eq(study.baseline_visit), "subject_id"]
    after = visits[visits["week"].ge(visits["subject_id"].map(reached))]
    since = after["week"] - after["subject_id"].map(reached)
    found = survival.derive_first_event(
        after.assign(since=since, away=after["away"].astype("boolean")), event="away", day="since"
    )
    return found.assign(group=among(found["subject_id"], at_entry).map({True: AT_ENTRY, False: LATER}))


def incidence_by_group(
    times: pd.DataFrame, *, study: "Study", marks: Sequence[float]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cumulative incidence of reaching the target with leaving as a competing event (Aalen-Johansen), by target.

    Who left for the reasons of the study file cannot reach the target any more, and counts as not having reached it;
    Kaplan-Meier would let them reach it as often as those who stayed.

    Parameters
    ----------
    times : DataFrame
        From `time_to_target`, with `left`.
    study : analysis.study.Study
        Confidence level.
    marks : sequence of float
        Weeks at which the curve is read.

    Returns
    -------
    tuple of DataFrame
        Curves for `figures.kaplan_meier` (``survival`` is one minus the incidence); and per group and time `group`,
        `visit`, `estimate`, `conf_low`, `conf_high`, `n`, `n_missing`, `events` (reached), `left`, `method`.
    """
    curves, read = [], []
    for group, rows in times.dropna(subset=["time"]).groupby("group", sort=False):
        happened = {
            "events": int(rows["outcome"].eq(REACHED).sum()),
            "left": int(rows["outcome"].eq(LEFT).sum()),
        }
        curve, method = _incidence(rows, study.statistics.confidence_level)
        lacking = int(times["group"].eq(group).sum()) - len(rows)
        curves.append(
            pd.DataFrame(
                {
                    "time": curve["time"],
                    "survival": 1 - curve["estimate"],
                    "conf_low": 1 - curve["conf_high"],
                    "conf_high": 1 - curve["conf_low"],
                    "group": group,
                }
            )
        )
        for week in marks:
            before = curve[curve["time"].le(week)].tail(1)
            at = (
                before[["estimate", "conf_low", "conf_high"]].iloc[0].to_dict()
                if len(before)
                else {"estimate": 0.0}
            )
            counted = {"n": len(rows), "n_missing": lacking, **happened, "method": method}
            read.append({"group": group, "visit": f"w{week:.0f}", **at, **counted})
    if not curves:
        return pd.DataFrame(columns=["time", "survival", "conf_low", "conf_high", "group"]), pd.DataFrame()
    return pd.concat(curves, ignore_index=True), pd.DataFrame(read)


def _incidence(rows: pd.DataFrame, level: float) -> tuple[pd.DataFrame, str]:
    """The curve of reaching the target; flat at zero where nobody has reached it."""
    try:
        found = survival.cumulative_incidence(rows["time"], rows["outcome"], confidence_level=level)
    except NotEstimable:
        found = None
    if found is not None and REACHED in set(found.curve["reason"]):
        return found.curve[found.curve["reason"].eq(REACHED)], found.method
    flat = pd.DataFrame({"time": sorted(set(rows["time"])), "estimate": 0.0})
    return flat.assign(conf_low=float("nan"), conf_high=float("nan")), mark("Nobody has reached it")


def reaching_table(
    competing: pd.DataFrame, censored: pd.DataFrame, *, reasons: str, notes: Sequence[str] = ()
) -> Table:
    """Lay out who reached each target by when: leaving as a competing event, and below it leaving as censoring.

    Parameters
    ----------
    competing : DataFrame
        What `incidence_by_group` read off.
    censored : DataFrame
        What `curves_by_group` read off, with the median and its limits.
    reasons : str
        Why participants left who count as leaving, in words.
    notes : sequence of str
        Footnotes.
    """
    marks = list(dict.fromkeys(competing["visit"]))
    medians = censored.drop_duplicates("group").set_index("group")
    lines, blocks, index = [], [], []
    for group in dict.fromkeys(competing["group"]):
        for label, frame in (
            (tr("{reasons} competes", reasons=reasons), competing),
            (mark("Censored (Kaplan-Meier)"), censored),
        ):
            found = frame[frame["group"].eq(group)].set_index("visit")
            first = found.iloc[0]
            middle = numbers.MISSING if frame is competing else median_of(medians.loc[group])
            shares = [share(*(found.loc[week].get(name) for name in LIMITS)) for week in marks]
            gone = numbers.MISSING if frame is censored else numbers.whole(first["left"])
            counts = [numbers.whole(first["n"]), numbers.whole(first["events"]), gone]
            lines.append([*counts, *shares, middle])
            blocks.append(capital(tr(group)))
            index.append(label)
    columns = [tr("Week {n}", n=week.lstrip("w")) for week in marks]
    body = pd.DataFrame(
        lines,
        columns=[mark("At risk"), mark("Reached"), mark("Left"), *columns, mark("Median, weeks ({CI})")],
        index=index,
    )
    return Table(
        body.rename_axis(mark("Leaving before it")),
        spanners={mark("Reached by, % ({CI})"): columns},
        groups=blocks,
        notes=notes,
    )


LIMITS = ("estimate", "conf_low", "conf_high")


def median_of(read: pd.Series) -> str:
    """A median time with its interval, as far as the curve has come; a dash where it has not come to the middle.

    Examples
    --------
    >>> median_of(pd.Series({"median": 24.0, "median_low": 12.0, "median_high": float("inf")}))
    '24 (12 to not reached)'
    """
    ends = [read[name] for name in MEDIAN]
    if ends[0] != ends[0] or ends[0] == float("inf"):
        return tr("not reached")
    low, high = (
        f"{end:.0f}" if end == end and end != float("inf") else mark("not reached") for end in ends[1:]
    )
    return tr("{shown} ({low} to {high})", shown=f"{ends[0]:.0f}", low=low, high=high)
