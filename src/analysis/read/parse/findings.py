"""What is found about the contents of a column, said once for all rows that hold them."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.read import rules

NO_ROW = -1  # names no row: a finding about a whole column or source


class Typed(NamedTuple):
    """A typed column, further columns that belong to it (precision), and the findings."""

    column: pd.Series
    beside: dict[str, pd.Series]
    findings: list[pd.DataFrame]


class Item(NamedTuple):
    """What is found about one content: the rule, what became of it, and in words."""

    content: int
    rule: str
    new: str = ""
    message: str | None = None


def emit(
    places: np.ndarray, texts: np.ndarray, index: Any, variable: str, items: list[Item]
) -> list[pd.DataFrame]:
    """A finding for every row that holds a content something was found about."""
    if not items:
        return []
    order = np.argsort(places, kind="stable")
    ranked = places[order]
    contents = np.array([item.content for item in items])
    first, last = np.searchsorted(ranked, contents), np.searchsorted(ranked, contents, side="right")
    counts = last - first
    if not counts.sum():
        return []
    rows = np.concatenate([order[a:b] for a, b in zip(first, last)])  # type: ignore[call-overload]
    which = np.repeat(np.arange(len(items)), counts)
    said = [item.message or rules.RULES[item.rule].meaning for item in items]
    columns = {
        "variable": variable,
        "rule_id": np.array([item.rule for item in items], dtype=object)[which],
        "raw": np.array([str(texts[item.content]) for item in items], dtype=object)[which],
        "new": np.array([item.new for item in items], dtype=object)[which],
        "message": np.array(said, dtype=object)[which],
    }
    return [pd.DataFrame(columns, index=index[rows])]


def about_column(variable: str, rule: str, message: str, raw: str = "") -> pd.DataFrame:
    """One finding about a whole column, on no row in particular."""
    return rules.finding(pd.Index([NO_ROW]), variable, rule, raw, "", message)


def missing_items(reasons: dict[int, str], labels: dict[int, str] | None = None) -> list[Item]:
    """Words and codes for missing values, with the reason they give; blank cells need no word."""
    made = []
    for n, reason in reasons.items():
        if reason == "declared":
            meaning = (labels or {}).get(n)
            made.append(
                Item(n, "N7", "missing", f"{rules.RULES['N7'].meaning}: {meaning}" if meaning else None)
            )
        elif reason not in ("", "blank"):
            made.append(Item(n, "N6", reason))
    return made


def no_value(text: str) -> str:
    """What is told of a formula without a stored value."""
    cell = text.lstrip("=")
    return f"cell {cell} holds a formula without a stored value; open the workbook, let it calculate, save it"
