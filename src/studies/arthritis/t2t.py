"""Treat to target: came on time, reached the target, and was treatment changed where the target was missed?"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers, proportions, scoring
from analysis.language import mark
from analysis.membership import among
from analysis.summaries.shared import by_visit
from analysis.tables.cells import of_total, share
from analysis.tables.table import Table
from studies.arthritis.courses import DMARDS
from studies.arthritis.settings import Target

if TYPE_CHECKING:
    from analysis.study import Study

STEPS = {
    mark("Seen, of those due"): ("seen", "due"),
    mark("Target missed, of those with a known state"): ("missed", "assessed"),
    mark("Change of therapy recorded, of those who missed it"): ("decided", "missed"),
    mark("DMARD begun or stopped within the days allowed, of those who missed it"): ("changed", "missed"),
}


def treatment_changes(treatments: pd.DataFrame, *, classes: Sequence[str] = DMARDS) -> pd.DataFrame:
    """Days on which a DMARD course of these classes was begun or ended, non-medical switches left out.

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses.
    classes : sequence of str
        Classes that count.

    Returns
    -------
    DataFrame
        `subject_id`, `date`.
    """
    medical = ~treatments["switch_nonmedical"].astype("boolean").fillna(False)
    chosen = treatments[treatments["class"].isin(classes) & medical]
    dates = [
        chosen[["subject_id", side]].rename(columns={side: "date"}) for side in ("start_date", "stop_date")
    ]
    found = pd.concat(dates, ignore_index=True)
    return found.assign(date=pd.to_datetime(found["date"])).dropna().drop_duplicates()


def changed_after(visits: pd.DataFrame, changes: pd.DataFrame, *, within_days: int) -> pd.Series:
    """Whether treatment was changed from the day of a visit to so many days later, by the index of the visits.

    Examples
    --------
    >>> visits = pd.DataFrame({"subject_id": ["1", "2"], "visit_date": pd.to_datetime(["2024-01-01"] * 2)})
    >>> changes = pd.DataFrame({"subject_id": ["1", "2"], "date": pd.to_datetime(["2024-01-29", "2024-01-30"])})
    >>> changed_after(visits, changes, within_days=28).tolist()
    [True, False]
    """
    dated = visits[["subject_id", "visit_date"]].reset_index(names="row")
    pairs = dated.merge(changes, on="subject_id")
    after = (pairs["date"] - pd.to_datetime(pairs["visit_date"])).dt.days
    hit = pairs.loc[after.between(0, within_days), "row"]
    return pd.Series(visits.index.isin(hit), index=visits.index)


def summarise_target(
    wide: pd.DataFrame, changes: pd.DataFrame, due: pd.DataFrame, *, study: "Study", setting: Target
) -> pd.DataFrame:
    """The process of treating to target at each visit after baseline but the last, after which nobody is followed.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns, with `visit_date` and the site's `therapy_changed`.
    changes : DataFrame
        From `treatment_changes`.
    due : DataFrame
        Booleans by participant and visit.
    study : analysis.study.Study
        Visits, confidence level.
    setting : Target
        The target is low disease activity or remission by that instrument.

    Returns
    -------
    DataFrame
        Per visit: `due`, `seen`, `assessed` (target known), `missed`, `decided` (of those, change recorded by the
        site), `changed` (a course begun or ended within the days) and shares with Wilson's limits.
    """
    lines = []
    state = f"{setting.instrument}_category"
    for visit in study.visits[:-1]:
        if visit.id == study.baseline_visit or not due[visit.id].any():
            continue
        ids = due.index[due[visit.id]]
        at = wide[wide["visit_id"].eq(visit.id) & among(wide["subject_id"], ids)]
        known = at[at[state].notna()]
        missed = known[~known[state].isin(["remission", "low"])]
        changed = changed_after(missed, changes, within_days=setting.within_days)
        decided = missed["therapy_changed"].astype("boolean").fillna(False)
        line = {"variable": "target", "visit": visit.id, "due": len(ids), "seen": len(at)}
        line |= {"assessed": len(known), "missed": len(missed)}
        line |= {"decided": int(decided.sum()), "changed": int(changed.sum())}
        lines.append(line | _shares(line, study.statistics.confidence_level))
    counted = ["due", "seen", "assessed", "missed", "decided", "changed"]
    shares = [f"{name}_{part}" for name, _ in SHARES for part in ("share", "low", "high")]
    return pd.DataFrame(lines, columns=["variable", "visit", *counted, *shares])


SUSTAINED = {
    "two_visits": (mark("Kept over consecutive visits at least 12 weeks apart"), scoring.TWO_VISITS_DAYS),
    "six_months": (mark("Kept over consecutive visits for at least six months"), scoring.SIX_MONTHS_DAYS),
}


def summarise_sustained(
    wide: pd.DataFrame, due: pd.DataFrame, *, study: "Study", setting: Target
) -> pd.DataFrame:
    """How many kept the target, of those whose visits due after entry lie far enough apart to show it.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit, scores as columns, with `visit_date`.
    due : DataFrame
        Booleans by participant and visit.
    study : analysis.study.Study
        Visits, confidence level.
    setting : Target
        The target is low disease activity or remission by that instrument.

    Returns
    -------
    DataFrame
        Per rule of `SUSTAINED`, and for the target reached at any visit: `n` (whose visits can show it), `count`,
        `n_missing` (a visit with an unknown state decides) and the share with Wilson's limits, of all `n`: a
        participant who left before the time was over, or whose state is not known, has not shown it.

    References
    ----------
    Smolen JS, Landewe RBM, Bergstra SA, et al. Ann Rheum Dis 2023;82:3-18 (glossary: sustained, six months or more).
    """
    weeks = {visit.id: visit.week for visit in study.visits if visit.id != study.baseline_visit}
    later = {name: 7 * week for name, week in weeks.items() if week is not None}
    if lacking := [name for name in weeks if name not in later]:
        raise ValueError(
            f"no `week:` says how far apart the visits {', '.join(lacking)} lie; give it in the study file"
        )
    days = due[list(later)].mul(pd.Series(later)).where(due[list(later)])
    span = (days.max(axis=1) - days.min(axis=1)).fillna(-1)
    seen = wide[wide["visit_id"].isin(list(later)) & wide["visit_date"].notna()]
    state = seen[f"{setting.instrument}_category"].astype("string")
    met = state.isin(["remission", "low"]).astype("boolean").mask(state.isna())
    rows = seen[["subject_id", "visit_date"]].assign(met=met)
    reached = rows["met"].fillna(False).groupby(rows["subject_id"]).any()
    lines = [_kept("ever", due.index[span >= 0], reached.astype("boolean"), study)]
    for name, (_, least) in SUSTAINED.items():
        kept = scoring.sustained_target(rows, "met", min_days=least)["sustained"]
        lines.append(_kept(name, due.index[span >= least], kept, study))
    return pd.DataFrame(lines)


def _kept(name, ids, answer, study):
    """One line: of so many, so many for sure; who was never seen has not shown it."""
    of_set = answer.reindex(ids)
    open_ = int(of_set[of_set.index.isin(answer.index)].isna().sum())
    count = int(of_set.fillna(False).sum())
    line = {"variable": name, "n": len(ids), "count": count, "n_missing": open_}
    if not len(ids):
        return line | dict.fromkeys(("estimate", "conf_low", "conf_high"), float("nan"))
    share = proportions.wilson(count, len(ids), confidence_level=study.statistics.confidence_level)
    limits = {name: getattr(share, name) for name in ("estimate", "conf_low", "conf_high", "method")}
    return line | limits


def sustained_table(kept: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_sustained`: a line per rule."""
    labels = {"ever": mark("Reached at a visit after entry")} | {
        name: text for name, (text, _) in SUSTAINED.items()
    }
    cells = [
        [
            of_total(row["count"], row["n"]),
            share(row["estimate"], row["conf_low"], row["conf_high"]),
            numbers.whole(row["n_missing"]),
        ]
        for row in kept.to_dict("records")
    ]
    columns = ["n/N", mark("% ({CI})"), mark("Not decided")]
    body = pd.DataFrame(cells, index=[labels[name] for name in kept["variable"]], columns=columns)
    return Table(body.rename_axis(mark("Target")), notes=list(notes))


SHARES = (("seen", "due"), ("missed", "assessed"), ("decided", "missed"), ("changed", "missed"))


def _shares(line: dict, level: float) -> dict:
    found = {}
    for name, over in SHARES:
        share = proportions.wilson(line[name], line[over], confidence_level=level)
        found |= {f"{name}_share": share.estimate, f"{name}_low": share.conf_low}
        found |= {f"{name}_high": share.conf_high}
    return found


def reasons_unchanged(
    wide: pd.DataFrame, due: pd.DataFrame, *, study: "Study", instrument: str
) -> pd.DataFrame:
    """Why treatment was not changed at visits that missed the target, as the site recorded it; `n`, `count`: visits."""
    between = [visit.id for visit in study.visits[:-1] if visit.id != study.baseline_visit]
    after = wide[wide["visit_id"].isin(between) & among(wide["subject_id"], due.index)]
    known = after[after[f"{instrument}_category"].notna()]
    missed = known[~known[f"{instrument}_category"].isin(["remission", "low"])]
    kept = missed[~missed["therapy_changed"].astype("boolean").fillna(False)]
    reasons = kept["change_reason"].fillna(mark("not recorded"))
    counts = reasons.value_counts()
    return pd.DataFrame(
        {
            "variable": "unchanged",
            "visit": counts.index,
            "n": len(kept),
            "count": counts.to_numpy(),
            "proportion": counts.to_numpy() / max(len(kept), 1),
            "patients": kept.groupby(reasons)["subject_id"].nunique().reindex(counts.index).to_numpy(),
        }
    )


def target_flags(wide: pd.DataFrame, ids: pd.Index, *, instrument: str, visits: list[str]) -> pd.DataFrame:
    """Low disease activity or remission by participant and visit, NA where not known."""
    states = by_visit(wide, f"{instrument}_category", ids, visits)
    return states.apply(
        lambda column: column.isin(["remission", "low"]).astype("boolean").mask(column.isna())
    )


def target_table(process: pd.DataFrame, *, study: "Study", notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_target`: a line per step, n/N and per cent per visit."""
    labels = {visit.id: visit.label for visit in study.visits}
    lines, blocks = [], []
    for title, (name, over) in STEPS.items():
        rows = process.to_dict("records")
        lines.append(("n/N", [of_total(row[name], row[over]) for row in rows]))
        lines.append(
            (
                mark("% ({CI})"),
                [share(row[f"{name}_share"], row[f"{name}_low"], row[f"{name}_high"]) for row in rows],
            )
        )
        blocks += [title] * 2
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[labels[visit] for visit in process["visit"]],
    )
    early = (
        [] if len(process) else [mark("Not yet: nobody has reached a visit at which the target is judged.")]
    )
    return Table(body.rename_axis(mark("Step")), groups=blocks, notes=[*notes, *early])
