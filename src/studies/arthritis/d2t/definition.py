"""Difficult-to-treat RA at entry: criteria, sub-items, mechanisms failed, and the result."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis import numbers
from analysis.datasets.difficult import needed_rule
from analysis.eligibility.d2t import settings_from
from analysis.language import Texts, mark, tr
from analysis.tables.table import Table

ITEMS = Texts(
    {  # what an item asks for; where the study chooses a limit, its name stands in braces
        "c1": "1 Failure of treatment",
        "c2": "2 Active or symptomatic disease",
        "c2a": "2a At least moderate disease activity",
        "c2b": "2b Signs or symptoms of active disease",
        "c2c": "2c Glucocorticoids cannot be tapered below {gc_min_mg_day:g} mg/day",
        "c2d": "2d Rapid radiographic progression",
        "c2e": "2e Quality of life reduced by symptoms despite control",
        "c3": "3 Management perceived as problematic",
        "c3_doc": "by the rheumatologist",
        "c3_pt": "by the patient",
        "csdmard_failed": "csDMARD failed before",
        "contraindicated": "csDMARD contraindicated",
        "access_restricted": "Access to treatment restricted",
    }
)


SUB_ITEMS = ("c2a", "c2b", "c2c", "c2d", "c2e")


def item_labels(criteria: dict) -> dict[str, str]:
    """The criteria and sub-items in words, with the limits that the study's criteria set."""
    chosen = settings_from(needed_rule(criteria)["settings"])
    return {name: label.format(gc_min_mg_day=chosen.gc_min_mg_day) for name, label in ITEMS.items()}


def count_items(found: pd.DataFrame, ids: pd.Index, *, labels: dict[str, str]) -> pd.DataFrame:
    """How many meet, do not meet, or cannot be judged by each criterion and sub-item.

    Returns
    -------
    DataFrame
        `variable`, `label`, `n` (of the analysis set), `count` (met), `not_met`, `n_missing` (not decided),
        `proportion` of all `n`, `decided_share` of those decided.
    """
    lines = []
    for item, label in labels.items():
        flags = found[item].reindex(ids).astype("boolean")
        met = int(flags.fillna(False).sum())
        lines.append(
            {
                "variable": item,
                "label": label,
                "n": len(ids),
                "count": met,
                "not_met": int((~flags).fillna(False).sum()),
                "n_missing": int(flags.isna().sum()),
                "proportion": met / len(ids) if len(ids) else float("nan"),
                "decided_share": met / flags.notna().sum() if flags.notna().any() else float("nan"),
            }
        )
    return pd.DataFrame(lines)


def sub_item_flags(found: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """Sub-items of criterion 2 for the figure of combinations, with "not decided" as a set of its own where it occurs.

    A missing answer is not taken for a no: it shows as a set of its own, so that nobody drops out of the figure.

    Examples
    --------
    >>> found = pd.DataFrame({item: pd.array([True, None], dtype="boolean") for item in SUB_ITEMS})
    >>> sub_item_flags(found, found.index)["c2d_open"].tolist()
    [False, True]
    """
    flags = found.reindex(ids)[list(SUB_ITEMS)].astype("boolean")
    undecided = flags.isna().add_suffix("_open").astype("boolean")
    return flags.fillna(False).join(undecided.loc[:, undecided.any()])


def sub_item_labels(flags: pd.DataFrame, *, labels: dict[str, str]) -> dict[str, str]:
    """What the sets of `sub_item_flags` are called, those not decided last."""
    return {
        name: labels[name]
        if name in labels
        else tr("({item} not decided)", item=labels[name.removesuffix("_open")][:2])
        for name in flags
    }


def count_levels(values: pd.Series, ids: pd.Index, *, variable: str, levels: Any) -> pd.DataFrame:
    """How many have each level of a category or count: `variable`, `visit` (the level), `n`, `count`, `proportion`."""
    of_set = values.reindex(ids)
    lines = [
        {
            "variable": variable,
            "visit": str(level),
            "n": len(ids),
            "count": int(of_set.eq(level).sum()),
            "proportion": float(of_set.eq(level).sum()) / len(ids) if len(ids) else float("nan"),
        }
        for level in levels
    ]
    return pd.DataFrame(lines)


def mechanisms_failed(found: pd.DataFrame, *, most: int) -> pd.Series:
    """Mechanisms of action failed for sure, as text, `most` and more together.

    Examples
    --------
    >>> mechanisms_failed(pd.DataFrame({"n_moa": [2.0, 5.0]}), most=4).tolist()
    ['2 mechanisms', '4 or more mechanisms']
    """
    n = found["n_moa"]
    text = n.astype("Int64").astype("string") + " mechanisms"
    return text.mask(n.ge(most), f"{most} or more mechanisms").replace("1 mechanisms", "1 mechanism")


COUNTS = (  # as `mechanisms_failed` writes them
    *(mark("0 mechanisms"), mark("1 mechanism"), mark("2 mechanisms"), mark("3 mechanisms")),
    mark("4 or more mechanisms"),
)


GROUPS = Texts(
    {
        "c1": "Criterion 1",
        "csdmard_failed": "Criterion 1",
        "contraindicated": "Criterion 1",
        "access_restricted": "Criterion 1",
        "c2": "Criterion 2",
        "c2a": "Criterion 2",
        "c2b": "Criterion 2",
        "c2c": "Criterion 2",
        "c2d": "Criterion 2",
        "c2e": "Criterion 2",
        "c3": "Criterion 3",
        "c3_doc": "Criterion 3",
        "c3_pt": "Criterion 3",
    }
)


RESULTS = Texts(
    {
        "yes": "Difficult to treat",
        "yes_access_exception": "Difficult to treat by the access exception",
        "no": "Not difficult to treat",
        "indeterminate": "Not decided",
    }
)


def difficult_table(
    items: pd.DataFrame, mechanisms: pd.DataFrame, results: pd.DataFrame, *, notes: Sequence[str] = ()
) -> Table:
    """Lay out `count_items` and `count_levels`: criteria, mechanisms failed, and the result.

    Parameters
    ----------
    items : DataFrame
        From `count_items`.
    mechanisms, results : DataFrame
        From `count_levels`: number of mechanisms failed; result of the definition.
    notes : sequence of str
        Footnotes.
    """
    ordered = items.set_index("variable").loc[list(GROUPS)].reset_index()
    lines = [
        (
            row["label"],
            [
                numbers.count_percent(row["count"], row["n"]),
                numbers.whole(row["n_missing"]),
                numbers.fixed(row["decided_share"], 1, scale=100),
            ],
        )
        for row in ordered.to_dict("records")
    ]
    blocks = [GROUPS[name] for name in ordered["variable"]]
    for frame, block in (
        (mechanisms, mark("Mechanisms of action failed")),
        (results, mark("Result of the definition")),
    ):
        for row in frame.to_dict("records"):
            label = RESULTS.get(row["visit"]) or tr(row["visit"])
            lines.append((label, [numbers.count_percent(row["count"], row["n"]), *[numbers.MISSING] * 2]))
            blocks.append(block)
    body = pd.DataFrame(
        [cells for _, cells in lines],
        index=[label for label, _ in lines],
        columns=[mark("Met, n (% of all)"), mark("Not decided, n"), mark("Met, % of those decided")],
    )
    return Table(body.rename_axis(mark("Criterion")), groups=blocks, notes=notes)
