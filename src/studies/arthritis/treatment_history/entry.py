"""Treatment begun at entry, and switches of drug after it."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis import numbers
from analysis.language import Texts, mark, tr
from analysis.membership import among
from analysis.shapes import dates_of
from analysis.tables.table import Table
from analysis.thresholds import settle
from studies.arthritis.courses import MECHANISMS, REASONS, join_courses

SWITCHES = Texts(
    {
        "all": "All switches",
        "inefficacy": "– after inefficacy",
        "intolerance": "– after an adverse event or intolerance",
        "other": "– after another reason",
        "not recorded": "– reason not recorded",
    }
)


ADVANCED = ("bDMARD", "tsDMARD")


CONVENTIONAL = ("csDMARD", "csDMARD_CN")


CONVENTIONAL_BLOCK = mark("Conventional drug taken on the day of entry")


def begun_at_entry(treatments: pd.DataFrame, entry: pd.Series, *, within_days: int) -> pd.DataFrame:
    """The first biological or targeted synthetic drug begun from the day of entry to so many days later [P].

    Parameters
    ----------
    treatments : DataFrame
        Coded drug courses.
    entry : Series of datetime
        Day of entry by subject id; courses of others are left out.
    within_days : int
        In a cohort of treatment failures the next drug starts at entry or soon after it.

    Returns
    -------
    DataFrame
        `moa` and `drug` by subject id; missing where none was begun.
    """
    days = _days_from(treatments["start_date"], treatments["subject_id"], entry)
    chosen = treatments[treatments["class"].isin(ADVANCED) & days.between(0, within_days)]
    first = chosen.sort_values("start_date").drop_duplicates("subject_id").set_index("subject_id")
    return first[["moa", "drug"]].reindex(entry.index)


def taken_at_entry(treatments: pd.DataFrame, entry: pd.Series, *, classes: Any) -> pd.DataFrame:
    """Courses of these classes that ran on the day of entry; one without a stop date ran on.

    Examples
    --------
    >>> treatments = pd.DataFrame({"subject_id": ["1"] * 3, "class": ["csDMARD"] * 3, "drug": ["a", "b", "c"],
    ...     "start_date": pd.to_datetime(["2023-01-01", "2023-01-01", "2024-01-02"]),
    ...     "stop_date": pd.to_datetime([None, "2023-12-31", None])})
    >>> entry = pd.Series(pd.to_datetime(["2024-01-01"]), index=["1"])
    >>> taken_at_entry(treatments, entry, classes=["csDMARD"])["drug"].tolist()
    ['a']
    """
    begun = _days_from(treatments["start_date"], treatments["subject_id"], entry).le(0)
    ended = _days_from(treatments["stop_date"], treatments["subject_id"], entry).lt(0)
    return treatments[treatments["class"].isin(list(classes)) & begun & ~ended]


def summarise_entry(
    treatments: pd.DataFrame, entry: pd.Series, prednisone: pd.Series, *, within_days: int, high_mg: float
) -> pd.DataFrame:
    """Who began which drug at entry, and took which conventional drug and glucocorticoid beside it.

    Parameters
    ----------
    treatments, entry, within_days
        As in `begun_at_entry`.
    prednisone : Series
        Prednisone equivalent at the baseline visit, mg/day, by subject id.
    high_mg : float
        Dose from which glucocorticoids are counted apart, mg/day.

    Returns
    -------
    DataFrame
        `block`, `variable`, `label`, `level` (0 of the block, 1 of a line above), `n` (all), `n_missing`, `count`,
        `proportion` of all, and `with_conventional`: how many of them took a conventional drug on the day of entry
        (missing for those drugs themselves).
    """
    begun = begun_at_entry(treatments, entry, within_days=within_days)
    conventional = taken_at_entry(treatments, entry, classes=CONVENTIONAL)
    beside = pd.Series(entry.index.isin(conventional["subject_id"]), index=entry.index)
    dose = settle(prednisone.reindex(entry.index).astype(float))
    lines = [*_begun_lines(begun), *_conventional_lines(conventional, entry.index)]
    lines += _glucocorticoid_lines(dose, high_mg)
    found = [
        {"block": block, "variable": variable, "label": label, "level": level, **_counts(flags, beside)}
        for block, variable, label, level, flags in lines
    ]
    found = pd.DataFrame(found)
    return found.assign(
        with_conventional=found["with_conventional"].mask(found["block"].eq(CONVENTIONAL_BLOCK))
    )


def _begun_lines(begun: pd.DataFrame) -> list[tuple]:
    block = mark("Biological or targeted synthetic drug begun at entry")
    lines = []
    for mechanism in begun["moa"].value_counts().index:
        of_mechanism = begun["moa"].eq(mechanism).fillna(False)
        lines.append((block, mechanism, MECHANISMS.get(mechanism, mechanism), 0, of_mechanism))
        drugs = begun.loc[of_mechanism, "drug"].value_counts().index
        lines += [(block, drug, drug, 1, begun["drug"].eq(drug).fillna(False)) for drug in drugs]
    return [*lines, (block, "none", mark("None"), 0, begun["moa"].isna())]


def _conventional_lines(courses: pd.DataFrame, ids: pd.Index) -> list[tuple]:
    takers = {drug: set(rows["subject_id"]) for drug, rows in courses.groupby("drug")}
    order = sorted(takers, key=lambda drug: (-len(takers[drug]), drug))
    any_of = set().union(*takers.values())
    lines = [(CONVENTIONAL_BLOCK, "any_conventional", mark("Any"), 0, pd.Series(ids.isin(any_of), index=ids))]
    return lines + [
        (CONVENTIONAL_BLOCK, drug, drug, 1, pd.Series(ids.isin(takers[drug]), index=ids)) for drug in order
    ]


def _glucocorticoid_lines(dose: pd.Series, high_mg: float) -> list[tuple]:
    block = mark("Glucocorticoid at the baseline visit, prednisone equivalent")
    known = dose.notna()
    return [
        (block, "glucocorticoid", mark("Any"), 0, dose.gt(0).astype("boolean").mask(~known)),
        (
            block,
            "glucocorticoid_high",
            tr("{high_mg:g} mg/day or more", high_mg=high_mg),
            1,
            dose.ge(high_mg).astype("boolean").mask(~known),
        ),
    ]


def _counts(flags: pd.Series, beside: pd.Series) -> dict:
    held = flags.astype("boolean")
    yes = held.fillna(False).astype(bool)
    return {
        "n": len(held),
        "n_missing": int(held.isna().sum()),
        "count": int(yes.sum()),
        "proportion": float(yes.mean()) if len(held) else float("nan"),
        "with_conventional": int((yes & beside).sum()),
    }


def count_switches(
    treatments: pd.DataFrame, entry: pd.Series, known: pd.DataFrame, *, gap_days: int
) -> pd.DataFrame:
    """Switches of biological or targeted synthetic drug after entry, by the reason the drug before was stopped for.

    Parameters
    ----------
    treatments, entry
        As in `begun_at_entry`.
    known : DataFrame
        From `history.last_known`; a drug begun after the last contact is not counted.
    gap_days : int
        Courses of one drug this close are one course, as with a biosimilar: no switch.

    Returns
    -------
    DataFrame
        `variable` (reason: inefficacy, intolerance, other, not recorded, and all), `switches`, `count` (participants),
        `n`, `proportion`.
    """
    joined = join_courses(
        treatments[treatments["class"].isin(ADVANCED) & among(treatments["subject_id"], entry.index)],
        gap_days=gap_days,
    ).sort_values(["subject_id", "start_date"])
    before = joined.groupby("subject_id")["stop_reason"].shift()
    first = ~joined.duplicated("subject_id")
    days = _days_from(joined["start_date"], joined["subject_id"], entry)
    seen = joined["start_date"].le(dates_of(joined["subject_id"], known["last"]))
    previous = joined.groupby("subject_id")["start_date"].shift()
    after_entry = _days_from(previous, joined["subject_id"], entry).ge(0)
    switched = joined[~first & days.gt(0) & after_entry & seen]
    stated = before.loc[switched.index].astype("string")
    reason = stated.map(REASONS).fillna("other").mask(stated.isna(), mark("not recorded"))
    named = {"all": pd.Series(True, index=switched.index)}
    named |= {name: reason.eq(name) for name in ("inefficacy", "intolerance", "other", mark("not recorded"))}
    lines = []
    for name, flags in named.items():
        people = switched.loc[flags.astype(bool), "subject_id"].nunique()
        line = {"variable": name, "switches": int(flags.sum()), "count": people, "n": len(entry)}
        lines.append(line | {"proportion": people / len(entry) if len(entry) else float("nan")})
    return pd.DataFrame(lines)


def _days_from(dates: pd.Series, subjects: pd.Series, entry: pd.Series) -> pd.Series:
    """Days from entry, NaN where a date is missing."""
    return (dates.astype("datetime64[us]") - dates_of(subjects, entry)).dt.days


def entry_table(lines: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out `summarise_entry`: a block per kind of drug, mechanisms with their drugs below them.

    Parameters
    ----------
    lines : DataFrame
        Who began or took what.
    notes : sequence of str
        Footnotes.
    """
    rows = lines.to_dict("records")
    cells = [
        [
            numbers.count_percent(row["count"], row["n"]),
            _share_of(row["with_conventional"], row["count"]),
        ]
        for row in rows
    ]
    names = [("– " if row["level"] else "") + tr(row["label"]) for row in rows]
    columns = [mark("n (% of all)"), mark("Of these with a conventional drug, n (%)")]
    body = pd.DataFrame(cells, columns=columns, index=pd.Index(names, name=mark("Treatment")))
    return Table(body, groups=list(lines["block"]), notes=notes)


def _share_of(count: float, total: int) -> str:
    return numbers.MISSING if count != count else numbers.count_percent(count, total)  # type: ignore[arg-type]


def switch_table(switches: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Lay out `count_switches`: a line per reason."""
    cells = [
        [numbers.whole(row["switches"]), numbers.count_percent(row["count"], row["n"])]
        for row in switches.to_dict("records")
    ]
    names = pd.Index([SWITCHES[name] for name in switches["variable"]], name=mark("Switch"))
    columns = [mark("Switches"), mark("Participants, n (%)")]
    return Table(pd.DataFrame(cells, columns=columns, index=names), notes=notes)
