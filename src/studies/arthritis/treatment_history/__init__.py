"""Treatment before entry by class, mechanism and drug: how long, why stopped; sequences for the figure."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis import numbers
from analysis.language import Texts, mark, tr
from analysis.membership import among
from analysis.tables.cells import quartiles
from analysis.tables.table import Table
from studies.arthritis.courses import DMARDS, MECHANISMS, REASONS, exposure_days, unknown_length

MONTH = 365.25 / 12


FATES = {
    "died": ("†", mark("died")),
    "lost": ("L", mark("lost to follow-up")),
    "withdrew": ("W", mark("consent withdrawn")),
    "inefficacy": ("I", mark("left for inefficacy")),
    "adverse_event": ("A", mark("left for an adverse event")),
}


CLASSES = Texts(
    {
        "csDMARD": "Conventional synthetic",
        "csDMARD_CN": "Plant DMARDs used in China",
        "bDMARD": "Biological",
        "tsDMARD": "Targeted synthetic",
    }
)


STOPS = Texts(
    {
        "inefficacy": "Inefficacy",
        "intolerance": "Adverse event or intolerance",
        "remission": "Remission",
        "other": "Other",
        "unknown": "Not known",
        "ongoing": "Ongoing",
    }
)


def courses_before(treatments: pd.DataFrame, index_date: pd.Series) -> pd.DataFrame:
    """DMARD courses begun before the index date, cut at it, with their length and why they ended.

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses (``class``, ``moa``, ``drug``).
    index_date : Series of datetime
        By subject id; courses of others are left out.

    Returns
    -------
    DataFrame
        The courses with `days` (up to the index date; NaN where a date is not known) and `stopped`: inefficacy,
        intolerance, remission, other, unknown, or ongoing at the index date.
    """
    from analysis import exposure

    wanted = among(treatments["subject_id"], index_date.index) & treatments["class"].isin(DMARDS)
    known = exposure.courses(treatments[wanted].reset_index(drop=True), index_date)
    known = known[known["used"]]
    days = known["stop_max"].sub(known["start_min"]).astype(float)
    reason = known["stop_reason"].astype("string").map(REASONS)
    stated = known["stop_reason"].notna()
    why = reason.mask(reason.isna() & stated, "other").mask(reason.isna() & ~stated, "unknown")
    running = known["ended"].astype("boolean").eq(False).fillna(False)
    return known.assign(
        days=days.mask(unknown_length(known) | days.lt(0)), stopped=why.mask(running, "ongoing")
    )


def summarise_history(courses: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Exposure before entry per class, mechanism and drug.

    Parameters
    ----------
    courses : DataFrame
        From `courses_before`.
    ids : Index
        Analysis set.

    Returns
    -------
    DataFrame
        `level` (class, moa, drug), `variable`, `parent` (class of a mechanism or drug), `n` (analysis set), `count`
        (exposed), `proportion`, `courses`, `median_days`, `q1_days`, `q3_days` (of courses with known length) and one
        column per reason of `STOPS` (courses).
    """
    lines = []
    for level, keys in (("class", ["class"]), ("moa", ["class", "moa"]), ("drug", ["class", "moa", "drug"])):
        for name, group in courses.groupby(keys, dropna=False, sort=False):
            label = "no mechanism stated" if pd.isna(name[-1]) else name[-1]
            lines.append(
                {"level": level, "variable": str(label), "parent": str(name[0]), **_exposure(group, ids)}
            )
    columns = ["level", "variable", "parent", *_exposure(courses.iloc[:0], ids)]
    return pd.DataFrame(lines, columns=columns)


def _exposure(group: pd.DataFrame, ids: pd.Index) -> dict:
    exposed, days = group["subject_id"].nunique(), group["days"].dropna().to_numpy(float)
    q1, median, q3 = np.quantile(days, [0.25, 0.5, 0.75]) if len(days) else (np.nan,) * 3
    reasons = group["stopped"].value_counts()
    return {
        "n": len(ids),
        "count": exposed,
        "proportion": exposed / len(ids) if len(ids) else np.nan,
        "courses": len(group),
        "median_days": float(median),
        "q1_days": float(q1),
        "q3_days": float(q3),
        **{reason: int(reasons.get(reason, 0)) for reason in STOPS},
    }


def last_known(subjects: pd.DataFrame, ids: pd.Index, *, until: pd.Timestamp) -> pd.DataFrame:
    """The day up to which each participant was followed, and how follow-up ended.

    Parameters
    ----------
    subjects : DataFrame
        `last_contact_date`, `death_date`, `discontinuation_reason`.
    ids : Index
        Participants.
    until : Timestamp
        Last day of observation; who has no last contact yet is followed up to it.

    Returns
    -------
    DataFrame
        By participant: `last` (day), `followed` (up to the last day of observation, alive) and `fate`: died, the
        reason recorded for leaving, or missing.

    Examples
    --------
    >>> subjects = pd.DataFrame({"subject_id": ["1", "2"], "discontinuation_reason": ["lost", None],
    ...     "last_contact_date": pd.to_datetime(["2024-03-01", None]), "death_date": pd.to_datetime([None, None])})
    >>> found = last_known(subjects, pd.Index(["1", "2"]), until=pd.Timestamp("2024-06-30"))
    >>> found["followed"].tolist(), found.loc["1", "fate"]
    ([False, True], 'lost')
    """
    person = subjects.set_index("subject_id").reindex(ids)
    died = pd.to_datetime(person["death_date"])
    last = pd.to_datetime(person["last_contact_date"]).fillna(until).clip(upper=until)
    last = last.where(died.isna() | died.ge(last), died)
    fate = person["discontinuation_reason"].astype("object")
    dead = died.notna() | fate.eq("death")
    return pd.DataFrame(
        {"last": last, "followed": last.ge(until) & ~dead, "fate": fate.mask(dead, "died")}, index=ids
    )


def sequences(treatments: pd.DataFrame, index_date: pd.Series, known: pd.DataFrame) -> pd.DataFrame:
    """Courses of biological and targeted synthetic drugs by mechanism, in months from entry, for the swimmer figure.

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses.
    index_date : Series of datetime
        Day of entry (month 0) by subject id.
    known : DataFrame
        From `last_known`: a course is known up to the last contact, and ends there in the figure.

    Returns
    -------
    DataFrame
        `subject_id`, `drug` (mechanism in words), `start`, `end` (months), `ongoing` (still running on the last day
        of observation, in somebody followed until then); participants in the order of their first course, the
        earliest first. Courses without usable dates are left out.
    """
    from analysis import exposure

    wanted = among(treatments["subject_id"], index_date.index) & treatments["class"].isin(
        ["bDMARD", "tsDMARD"]
    )
    cut = known["last"].reindex(index_date.index)
    found = exposure.courses(treatments[wanted].reset_index(drop=True), cut)
    found = found[found["used"] & ~unknown_length(found)]
    entry = found["subject_id"].map(exposure_days(index_date)).astype("float64")
    running = found["ended"].astype("boolean").eq(False).fillna(False).astype(bool)
    drawn = pd.DataFrame(
        {
            "subject_id": found["subject_id"],
            "drug": found["moa"].map(MECHANISMS).fillna(mark("Other")),
            "start": found["start_min"].sub(entry) / MONTH,
            "end": found["stop_max"].sub(entry) / MONTH,
            "ongoing": running & found["subject_id"].map(known["followed"]).astype(bool),
        }
    )
    first = drawn.groupby("subject_id")["start"].transform("min")
    return drawn.assign(first=first).sort_values(["first", "subject_id", "start"]).drop(columns="first")


def fates(known: pd.DataFrame, index_date: pd.Series, ids: pd.Index) -> pd.DataFrame:
    """How follow-up ended before its plan, as the swimmer figure marks it: `subject_id`, `time`, `sign`, `label`."""
    of_drawn = known.reindex(pd.Index(ids).unique())
    ended = of_drawn[of_drawn["fate"].isin(list(FATES))]
    days = (ended["last"] - pd.to_datetime(index_date.reindex(ended.index))).dt.days
    signs = ended["fate"].map(FATES)
    return pd.DataFrame(
        {"subject_id": ended.index, "time": days / MONTH, "sign": signs.str[0], "label": signs.str[1].map(tr)}
    ).reset_index(drop=True)


def history_table(history: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_history`: a block per class, its drugs with their mechanism.

    Parameters
    ----------
    history : DataFrame
        Exposure per class, mechanism and drug.
    notes : sequence of str
        Footnotes.
    """
    lines, blocks = [], []
    for name, label in CLASSES.items():
        of_class = history[history["parent"].eq(name)]
        whole = of_class[of_class["level"].eq("class")]
        parts = of_class[of_class["level"].eq("moa")] if name in ("bDMARD", "tsDMARD") else of_class.iloc[:0]
        drugs = of_class[of_class["level"].eq("drug")].sort_values("count", ascending=False)
        for level, rows in (("any", whole), ("mechanism", parts), ("drug", drugs)):
            for row in rows.sort_values("count", ascending=False).to_dict("records"):
                title = {
                    "any": mark("Any"),
                    "mechanism": tr("Mechanism: {variable}", variable=row["variable"]),
                }.get(level, row["variable"])
                lines.append((title, _exposure_cells(row)))
                blocks.append(label)
    columns = [mark("Exposed, n (%)"), mark("Courses"), mark("Days, median [quartiles]"), *STOPS.values()]
    body = pd.DataFrame([cells for _, cells in lines], index=[label for label, _ in lines], columns=columns)
    return Table(
        body.rename_axis(mark("Drug")),
        spanners={mark("Why the course ended"): columns[3:]},
        groups=blocks,
        notes=notes,
    )


def _exposure_cells(row: dict) -> list[str]:
    return [
        numbers.count_percent(row["count"], row["n"]),
        numbers.whole(row["courses"]),
        quartiles(row["median_days"], row["q1_days"], row["q3_days"], 0),
        *(numbers.whole(row[reason]) for reason in STOPS),
    ]
