"""Intercurrent events: what happened, how the estimand handles it, and who had failed before a visit."""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from analysis import exposure
from analysis.cohort import Cohort
from analysis.membership import among
from analysis.thresholds import settle

DISCONTINUED = "study drug discontinued"


RAISED = "glucocorticoid above baseline"


@cache
def intercurrent(group: Cohort) -> pd.DataFrame:
    """Every intercurrent event of a cohort with its handling, as the study file chooses; see `list_events`."""
    return list_events(group.tables, group.subjects, handling=group.study.settings.intercurrent)


def list_events(
    tables: Mapping[str, pd.DataFrame], subjects: pd.DataFrame, *, handling: Mapping[str, str]
) -> pd.DataFrame:
    """Every intercurrent event with its handling.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        `intercurrent_events` (as recorded) and `treatments` (coded courses).
    subjects : DataFrame
        By subject id, with `baseline_date`, `observed_until`, the disposition and `prednisone_mg_day`.
    handling : mapping of str to str
        ``composite`` or ``hypothetical`` by event, and by reason for discontinuing the study drug.

    Returns
    -------
    DataFrame
        `subject_id`, `event_date`, `event`, `reason` (of a discontinuation), `handling`, `recorded` (False for a
        dose above baseline that only the drug record shows, and an end that only the disposition shows),
        sorted by date.

    Raises
    ------
    KeyError
        An event or a reason that the study file gives no handling for.
    """
    recorded = tables["intercurrent_events"]
    recorded = recorded[among(recorded["subject_id"], subjects.index)]
    reason = subjects["discontinuation_reason"].reindex(recorded["subject_id"]).to_numpy()
    stopped = recorded["event"].eq(DISCONTINUED)
    events = recorded[["subject_id", "event_date", "event"]].assign(
        reason=pd.Series(reason, index=recorded.index).where(stopped), recorded=True
    )
    raised = dose_increases(tables["treatments"], subjects)
    rescued = events[events["event"].eq("rescue glucocorticoid")].groupby("subject_id")["event_date"].min()
    known = raised["event_date"] >= rescued.reindex(raised["subject_id"]).to_numpy()
    raised = raised.loc[~known, ["subject_id", "event_date"]]
    ended = _ended(subjects)
    ended = ended[
        ~among(ended["subject_id"], events.loc[stopped | events["event"].eq("death"), "subject_id"])
    ]
    unrecorded = [raised.assign(event=RAISED), ended.assign(event=DISCONTINUED)]
    both = pd.concat([events, *(e.assign(recorded=False) for e in unrecorded if len(e))], ignore_index=True)
    return both.assign(handling=_handling(both, handling)).sort_values(
        ["event_date", "subject_id"], ignore_index=True
    )


def _ended(subjects: pd.DataFrame) -> pd.DataFrame:
    """Discontinuations of the disposition form: `subject_id`, `event_date`, `reason`."""
    early = subjects["discontinuation_reason"].notna() & subjects["discontinuation_reason"].ne("completed")
    rows = subjects.loc[early.fillna(False), ["discontinuation_date", "discontinuation_reason"]]
    names = {"discontinuation_date": "event_date", "discontinuation_reason": "reason"}
    return rows.rename(columns=names).rename_axis("subject_id").reset_index()


def dose_increases(treatments: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """First day after baseline on which the drug record shows more glucocorticoid than on the day before baseline.

    Returns
    -------
    DataFrame
        `subject_id`, `event_date`, `dose`: one row per subject with such a day.
    """
    steps = dose_course(treatments, subjects)
    if steps.empty:
        return pd.DataFrame({"subject_id": [], "event_date": pd.to_datetime([]), "dose": []})
    start = subjects["baseline_date"].reindex(steps["subject_id"]).to_numpy()
    before = subjects["prednisone_mg_day"].reindex(steps["subject_id"]).to_numpy(float)
    higher = steps[(steps["start"] > start) & (settle(steps["dose"]) > settle(before))]
    first = higher.drop_duplicates("subject_id")
    return first.rename(columns={"start": "event_date"})[["subject_id", "event_date", "dose"]].reset_index(
        drop=True
    )


def dose_course(treatments: pd.DataFrame, subjects: pd.DataFrame) -> pd.DataFrame:
    """Daily glucocorticoid dose, in mg of prednisone, as periods of constant dose up to the last contact.

    Parameters
    ----------
    treatments : DataFrame
        Coded courses with `class`, `start_date`, `stop_date` and `prednisone_mg_day`.
    subjects : DataFrame
        By subject id, with `observed_until`, the end of what is known.

    Returns
    -------
    DataFrame
        `subject_id`, `start`, `stop` (dates, the stop excluded), `dose`, sorted by subject and start, without a gap
        from the first course on. A day without a course has dose 0, but NaN in a subject with a course that stops
        before it starts: when that one was taken is a question to the site.
    """
    given = treatments[treatments["class"].eq("GC") & among(treatments["subject_id"], subjects.index)]
    impossible = (given["stop_date"] < given["start_date"]).fillna(False).astype(bool)
    known = exposure.courses(given[~impossible], subjects["observed_until"], missing_stop="ongoing")
    used = known[known["prednisone_mg_day"].notna() & known["stop_max"].gt(known["start_min"])]
    steps = exposure.dose_steps(used, used["prednisone_mg_day"], subjects.index)
    course = pd.DataFrame(
        {
            "subject_id": subjects.index.take(steps["subject"].to_numpy()),
            "start": exposure.from_days(steps["start"]),
            "stop": exposure.from_days(steps["stop"]),
            "dose": steps["dose"].to_numpy(),
        }
    )
    return with_days_off(
        course, subjects["observed_until"], doubtful=pd.Index(given.loc[impossible, "subject_id"])
    )


def with_days_off(course: pd.DataFrame, until: pd.Series, *, doubtful: pd.Index) -> pd.DataFrame:
    """Fill the time between courses and after the last one, up to the end of observation.

    Parameters
    ----------
    course : DataFrame
        `subject_id`, `start`, `stop`, `dose`.
    until : Series of datetime
        End of observation by subject id.
    doubtful : Index
        Subjects whose days without a course are not known to be without the drug: their dose is NaN there.
    """
    ordered = course.sort_values(["subject_id", "start"], ignore_index=True)
    following = ordered.groupby("subject_id")["start"].shift(-1)
    end = pd.Series(until.reindex(ordered["subject_id"]).to_numpy(), index=ordered.index)
    off = ordered.assign(
        start=ordered["stop"],
        stop=following.fillna(end),
        dose=among(ordered["subject_id"], doubtful).map({True: float("nan"), False: 0.0}),
    )
    both = pd.concat([ordered, off[off["stop"] > off["start"]]], ignore_index=True)
    return both.sort_values(["subject_id", "start"], ignore_index=True)


def failed_before(events: pd.DataFrame, dates: pd.Series) -> pd.Series:
    """Who had an event that counts as non-response on or before a visit; one without a date counts at every visit.

    Parameters
    ----------
    events : DataFrame
        From `intercurrent`.
    dates : Series of datetime
        Day of the visit by subject id.

    Examples
    --------
    >>> events = pd.DataFrame({"subject_id": ["1", "2"], "handling": ["composite", "hypothetical"],
    ...                        "event_date": pd.to_datetime(["2021-05-01", "2021-05-01"])})
    >>> failed_before(events, pd.Series(pd.to_datetime(["2021-06-01"] * 2), index=["1", "2"])).tolist()
    [True, False]
    """
    failures = events[events["handling"].eq("composite")]
    first = failures.groupby("subject_id")["event_date"].min().reindex(dates.index)
    undated = dates.index.isin(failures.loc[failures["event_date"].isna(), "subject_id"])
    return ((first <= dates).fillna(False) | undated).astype("boolean")


def _handling(events: pd.DataFrame, handling) -> list[str]:
    """How each event is handled: a discontinuation by its reason."""
    kinds = events["reason"].fillna(events["event"].replace({RAISED: "rescue glucocorticoid"}))
    if unknown := sorted(set(kinds) - set(handling)):
        raise KeyError(f"settings.intercurrent has no handling for {unknown}; it has {', '.join(handling)}")
    return [handling[kind] for kind in kinds]
