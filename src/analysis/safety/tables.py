"""Adverse event tables: overview, by system organ class and preferred term, by worst grade.

Every count comes twice: subjects (each once per level) and events. Denominators are the subjects of the safety set.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.language import Texts, mark
from analysis.safety.person_time import check_members, event_rates, first_event_rates

RELATED = ("possible", "probable", "definite")
OVERVIEW = Texts(
    {
        "any": "Any adverse event",
        "related_event": "Related",
        "grade_3": "Grade 3 or higher",
        "serious_event": "Serious",
        "serious_related": "Serious and related",
        "stopped": "Leading to permanent discontinuation",
        "interrupted": "Leading to interruption",
        "infection": "Infection",
        "serious_infection": "Serious infection",
        "special_interest": "Of special interest",
        "death": "Death",
    }
)
NOT_CODED = mark("(not coded)")
READ_BY_RATES = {
    "first": "first_dose_date",
    "onset": "onset_date",
    "days": "days_at_risk",
}  # columns, by option


def derive_event_flags(adverse_events: pd.DataFrame, *, missing_grade_is_severe: bool) -> pd.DataFrame:
    """Add one boolean per row of the overview (the keys of `OVERVIEW`); NA where the column it needs is missing.

    Parameters
    ----------
    adverse_events : DataFrame
        Columns of the tidy table: related, ctcae_grade_max, serious, action, soc, aesi, outcome. A column that was
        not collected gives NA for every event.
    missing_grade_is_severe : bool
        Count events without a grade as grade 3 or higher [P]: False in the main table, True in the sensitivity one.

    Notes
    -----
    An infection is an event of a class whose name speaks of infections; a serious one is also serious, whether or not
    the site marked it as of special interest. Of special interest is every event marked with a kind other than "none".

    Examples
    --------
    >>> events = pd.DataFrame({"ctcae_grade_max": [2, 3, None], "serious": [False, True, None]})
    >>> derive_event_flags(events, missing_grade_is_severe=False)["grade_3"].tolist()
    [False, True, <NA>]
    """

    def among(column, values):
        """Whether a category is one of the values; NA where it is missing."""
        if column not in adverse_events:
            return pd.Series(pd.NA, index=adverse_events.index, dtype="boolean")
        held = adverse_events[column]
        return held.isin(list(values)).astype("boolean").mask(held.isna())

    related, serious = among("related", RELATED), among("serious", [True])
    severe = among("ctcae_grade_max", [3, 4, 5])
    infection = _infection(adverse_events)
    fatal, grade_5 = among("outcome", ["fatal"]), among("ctcae_grade_max", [5])
    return adverse_events.assign(
        any=pd.Series(True, index=adverse_events.index, dtype="boolean"),
        related_event=related,
        grade_3=severe.fillna(True) if missing_grade_is_severe else severe,
        serious_event=serious,
        serious_related=serious & related,
        stopped=among("action", ["withdrawn"]),
        interrupted=among("action", ["interrupted"]),
        infection=infection,
        serious_infection=serious & infection,
        special_interest=~among("aesi", ["none"]),
        death=(fatal.fillna(False) | grade_5.fillna(False)).mask(fatal.isna() & grade_5.isna()),
    )


def _infection(adverse_events: pd.DataFrame) -> pd.Series:
    """Whether an event is of a class of infections; NA where it has no class."""
    if "soc" not in adverse_events:
        return pd.Series(pd.NA, index=adverse_events.index, dtype="boolean")
    return adverse_events["soc"].astype("string").str.contains("infection", case=False).astype("boolean")


def summarise_overview(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    confidence_level: float,
    group: str | None = None,
    rows: Mapping[str, Any] | None = None,
    subject: str | Sequence[str] = "subject_id",
    **windows: Any,
) -> pd.DataFrame:
    """Overview table: per row and group, subjects, events and both exposure-adjusted rates.

    Parameters
    ----------
    adverse_events : DataFrame
        Events that count, with the flags of `derive_event_flags`.
    subjects : DataFrame
        The safety set with days at risk (`derive_person_time`).
    group : str, optional
        Column of `subjects`.
    rows : mapping, optional
        Flag column to label; `OVERVIEW` by default.
    **windows
        `first`, `onset`, `days`, `per` as in `first_event_rates`.

    Returns
    -------
    DataFrame
        flag, label, group, n, n_subjects, share, events, events_unknown (events whose flag is unknown, not counted),
        person_years, event_rate, event_rate_low, event_rate_high, and first_person_years, first_rate,
        first_rate_low, first_rate_high.
    """
    rows = OVERVIEW if rows is None else rows
    missing = [flag for flag in rows if flag not in adverse_events]
    if missing:
        raise KeyError(f"adverse_events lacks the flags {missing}: derive them with derive_event_flags")
    ids = (
        [subject] if isinstance(subject, str) else list(subject)
    )  # a frame is copied often: no column too many
    read = {
        *ids,
        group,
        *(windows.get(name, usual) for name, usual in READ_BY_RATES.items()),
    }
    events = adverse_events[[name for name in adverse_events if name in read or name in rows]]
    people = subjects[[name for name in subjects if name in read]]
    parts = [
        _overview_row(events, people, flag, label, group, confidence_level, subject, windows)
        for flag, label in rows.items()
    ]
    return pd.concat(parts, ignore_index=True)


def count_terms(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    levels: Sequence[str] = ("soc", "pt"),
    group: str | None = None,
    subject: str | Sequence[str] = "subject_id",
) -> pd.DataFrame:
    """Count subjects and events by system organ class and preferred term.

    Parameters
    ----------
    levels : sequence of str
        Columns from the widest to the narrowest term. A missing term is shown as "(not coded)".

    Returns
    -------
    DataFrame
        The levels (NA where the row is of a wider level), level, group, n, n_subjects, share, events. First the
        row of all events, then classes in alphabetical order, within each the terms by falling number of subjects
        over all groups.

    Examples
    --------
    >>> events = pd.DataFrame({"subject_id": ["a", "a", "b"], "soc": ["SKIN"] * 3, "pt": ["RASH", "RASH", "ITCH"]})
    >>> count_terms(events, pd.DataFrame({"subject_id": ["a", "b", "c"]}))[["pt", "n_subjects", "events"]].iloc[1:]
         pt  n_subjects  events
    1   NaN           2       3
    2  ITCH           1       1
    3  RASH           1       2
    """
    check_members(adverse_events, subjects, subject)
    coded, arms = _with_arms(adverse_events, subjects, levels, group, subject)
    counted = [
        _count(coded, list(levels[:depth]), arms, subject, ("all", *levels)[depth])
        for depth in range(len(levels) + 1)
    ]
    table = _ordered(pd.concat(counted, ignore_index=True), list(levels))
    return table.rename(columns={"arm": group or "group"})


def count_worst_grades(
    adverse_events: pd.DataFrame,
    subjects: pd.DataFrame,
    *,
    levels: Sequence[str] = ("soc", "pt"),
    grade: str = "ctcae_grade_max",
    group: str | None = None,
    subject: str | Sequence[str] = "subject_id",
    missing_as: int | None = None,
) -> pd.DataFrame:
    """Count subjects by the worst grade they had, per class and term.

    Parameters
    ----------
    missing_as : int, optional
        Grade given to events without one (3 in the sensitivity analysis [P]). Without it a subject whose events
        of that term all lack a grade is counted under "missing".

    Returns
    -------
    DataFrame
        As `count_terms`, with a column `worst_grade` ("1" to "5" or "missing").

    Examples
    --------
    >>> events = pd.DataFrame({"subject_id": ["a", "a"], "pt": ["RASH"] * 2, "ctcae_grade_max": [1, 3]})
    >>> table = count_worst_grades(events, pd.DataFrame({"subject_id": ["a", "b"]}), levels=["pt"])
    >>> table[["pt", "worst_grade", "n_subjects", "share"]].values.tolist()[1]
    ['RASH', '3', 1, 0.5]
    """
    check_members(adverse_events, subjects, subject)
    coded, arms = _with_arms(adverse_events, subjects, levels, group, subject)
    grades = adverse_events[grade].astype(float)
    coded = coded.assign(grade=grades if missing_as is None else grades.fillna(missing_as))
    parts = []
    for depth in range(len(levels) + 1):
        keys = list(levels[:depth])
        worst = (
            coded.groupby([*keys, "arm", subject], observed=True, dropna=False)["grade"].max().reset_index()
        )
        worst = worst.assign(worst_grade=worst["grade"].map("{:.0f}".format).replace("nan", "missing"))
        counted = _count(worst, [*keys, "worst_grade"], arms, subject, ("all", *levels)[depth])
        parts.append(counted.drop(columns="events"))
    table = _ordered(pd.concat(parts, ignore_index=True), list(levels), last=["worst_grade"])
    return table.rename(columns={"arm": group or "group"})


def _overview_row(adverse_events, subjects, flag, label, group, confidence_level, subject, windows):
    """One row of the overview for every group."""
    known = adverse_events[flag].astype("boolean")
    held = adverse_events.loc[known.fillna(False)]
    common = {"confidence_level": confidence_level, "group": group, "subject": subject}
    totals = {name: value for name, value in windows.items() if name in ("days", "per")}
    every = event_rates(held, subjects, **common, **totals)
    first = first_event_rates(held, subjects, **common, **windows)
    arm = adverse_events[subject].map(subjects.set_index(subject)[group]) if group else "all"
    unknown = known.isna().groupby(arm).sum() if group else {"all": known.isna().sum()}
    key = group or "group"
    return pd.DataFrame(
        {
            "flag": flag,
            "label": label,
            key: every[key],
            "n": every["n"],
            "n_subjects": every["n_subjects"],
            "share": every["n_subjects"] / every["n"],
            "events": every["events"],
            "events_unknown": every[key].map(unknown).fillna(0).astype(int),
            "person_years": every["person_years"],
            "event_rate": every["estimate"],
            "event_rate_low": every["conf_low"],
            "event_rate_high": every["conf_high"],
            "first_person_years": first["person_years"],
            "first_rate": first["estimate"],
            "first_rate_low": first["conf_low"],
            "first_rate_high": first["conf_high"],
        }
    )


def _with_arms(adverse_events, subjects, levels, group, subject):
    """Events with their subject's group and named missing terms; subjects per group."""
    arm = subjects.set_index(subject)[group] if group else pd.Series("all", index=subjects[subject])
    named = {level: adverse_events[level].astype(object).fillna(NOT_CODED) for level in levels}
    coded = adverse_events.assign(arm=adverse_events[subject].map(arm), **named)
    return coded[[*levels, "arm", subject]], arm.value_counts().sort_index()


def _count(coded, keys, arms, subject, level):
    """Subjects and events per key and group; groups without any get a row with 0."""
    terms = coded[keys].drop_duplicates() if keys else pd.DataFrame(index=[0])
    grid = terms.merge(pd.DataFrame({"arm": arms.index, "n": arms.to_numpy()}), how="cross")
    counted = coded.groupby([*keys, "arm"], observed=True)[subject].agg(n_subjects="nunique", events="size")
    table = grid.merge(counted.reset_index(), how="left", on=[*keys, "arm"])
    whole = {name: table[name].fillna(0).astype(int) for name in ("n_subjects", "events")}
    return table.assign(level=level, **whole, share=whole["n_subjects"] / table["n"])


def _ordered(table, levels, last=()):
    """All events first, classes by alphabet, terms by falling number of subjects over all groups."""
    known = [level for level in levels if level in table]
    total = table.groupby([*known], dropna=False)["n_subjects"].transform("sum")
    order = table.assign(_total=-total)
    by = [*known[:-1], "_total", known[-1], *last, "arm"]
    table = order.sort_values(by, na_position="first", kind="stable")
    columns = [*known, "level", *last, "arm", "n", "n_subjects", "share"]
    return table[[*columns, *(["events"] if "events" in table else [])]].reset_index(drop=True)
