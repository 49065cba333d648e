"""Eligibility in tables: how criteria were judged, who came near, and screening from first contact to enrolment."""

import pandas as pd

from analysis import numbers
from analysis.columns.settings import spoken
from analysis.language import mark, tr
from analysis.tables.frames import frame_table
from analysis.tables.table import Table

TOTALS = mark("Screening")
PARTS = {
    "ineligible_first": mark("Not eligible, by the criterion failed first"),
    "ineligible_any": mark("Not eligible, by each criterion failed (a person may fail several)"),
    "query": mark("Data queried, by each criterion that is open"),
    "adjudicate": mark("To be adjudicated, by each criterion that is open"),
}


def criteria_rules_table(criteria: pd.DataFrame) -> Table:
    """Each criterion as registered and what the program asks for.

    Parameters
    ----------
    criteria : DataFrame
        `criterion`, `text`, `settings` (in words).
    """
    shown = criteria[["criterion", "text", "settings"]]
    return frame_table(
        shown.assign(settings=shown["settings"].replace("", tr("as recorded"))),
        labels={"settings": tr("What is asked for")},
        notes=[tr("Where each value is read, and the rule that judges it, is in the file of criteria.")],
    )


def near_miss_table(near_misses: pd.DataFrame) -> Table:
    """Who failed exactly one criterion, how far from its threshold, and on what evidence.

    Parameters
    ----------
    near_misses : DataFrame
        `subject_id`, `criterion`, `distance`, `unit`, `evidence`.

    Examples
    --------
    >>> near_miss_table(pd.DataFrame({"subject_id": ["a"], "criterion": ["I3"], "distance": [-1.0],
    ...     "unit": ["days"], "evidence": ["364 days (365 asked for)"]})).body.loc["a", "Distance"]
    '−1 day'
    """
    shown = pd.DataFrame(
        {
            "subject_id": near_misses["subject_id"],
            "criterion": near_misses["criterion"],
            "distance": [
                _distance(value, unit) for value, unit in near_misses[["distance", "unit"]].to_numpy()
            ],
            "evidence": [_plain(text) for text in near_misses["evidence"]],
        }
    )
    return frame_table(
        shown,
        notes=[
            tr(
                "Distance: value minus threshold; 0 fails where more, or less, than the threshold is asked for, "
                "or where another part of the criterion failed. d: days."
            )
        ],
    )


def screening_table(screening: pd.DataFrame) -> Table:
    """Counts of screening: the steps, whose parts add up, then by criterion.

    Parameters
    ----------
    screening : DataFrame
        `box`, `label`, `n`, `parent`, `reason` as `analysis.eligibility.flow` counts them.
    """
    counted = screening["reason"].notna()
    groups = screening["box"].where(counted).map(_part)
    steps = screening[~counted].assign(group=tr(TOTALS))
    parts = screening.assign(group=groups)[counted & screening["n"].gt(0)]
    order = pd.CategoricalDtype([tr(TOTALS), *PARTS.values()], ordered=True)
    rows = pd.concat([steps, parts])
    rows = rows.assign(group=rows["group"].astype(order)).sort_values("group", kind="stable")
    body = pd.DataFrame(
        {"n": rows["n"].map(numbers.whole).to_numpy()},
        index=pd.Index(rows["label"].to_numpy(), name=tr("Step")),
    )
    return Table(
        body,
        groups=rows["group"].astype("str").tolist(),
        notes=[tr("Criteria without anybody in a group are left out of it.")],
    )


def _part(box: str) -> str | None:
    return next((label for start, label in PARTS.items() if str(box).startswith(start)), None)


def _distance(value: float, unit: str) -> str:
    if value is None or value != value:
        return numbers.MISSING
    digits = 0 if float(value).is_integer() else 2
    singular = unit[:-1] if abs(value) == 1 and unit in ("days", "years", "mechanisms") else unit
    return tr("{number} {unit}", number=numbers.fixed(value, digits), unit=tr(singular)).strip()


def _plain(text: str) -> str:
    """Evidence without codes, and with one mechanism in the singular."""
    return spoken(str(text)).replace(" 1 mechanisms ", " 1 mechanism ")
