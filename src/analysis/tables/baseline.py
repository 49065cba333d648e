"""The table of baseline characteristics."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers
from analysis.columns import in_words
from analysis.columns.decimals import mean_digits
from analysis.language import mark, tr
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study

DEGREES = ("definite", "probable", "possible", "none")
MEAN, COUNT = mark("{label}, mean (SD)"), mark("{label}, n (%)")


def baseline_table(
    rows: pd.DataFrame,
    *,
    study: "Study",
    labels: dict[str, str],
    digits: dict[str, int],
    notes: Sequence[str] = (),
) -> Table:
    """Lay out `summarise_baseline`: the label of a variable and its statistic on one line, a column per group.

    A second statistic, the levels of a category and what is missing stand below, stepped in.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analysis ``baseline``.
    study : analysis.study.Study
        Groups and their labels.
    labels : dict
        Label of each variable, with its unit.
    digits : dict
        Decimals of each variable's own values; means have those of `analysis.columns.decimals.mean_digits`.
    """
    groups = [name for name in rows["group"].unique() if name != "all"]
    columns = [*groups, "all"] if len(groups) > 1 else ["all"]
    lines, blocks = [], []
    for variable in rows["variable"].unique():
        of_variable = rows[rows["variable"].eq(variable)]
        statistic, made = _lines(of_variable, columns, digits.get(variable, 1), variable)
        lines += made
        blocks += [tr(statistic, label=tr(labels.get(variable, variable)))] * len(made)
    sizes = {name: _size(rows, name) for name in columns}
    headers = [_header(study, name, sizes[name]) for name in columns]
    body = pd.DataFrame([cells for _, cells in lines], columns=headers, index=[label for label, _ in lines])
    return Table(body.rename_axis(tr("Characteristic")), groups=blocks, notes=notes)


def _size(rows: pd.DataFrame, group: str) -> int:
    first = rows[
        rows["group"].eq(group) & rows["variable"].eq(rows["variable"].iloc[0]) & rows["visit"].eq("")
    ]
    found = pick(first)
    return int(found["n"] + found["n_missing"])


def _header(study, group: str, size: int) -> str:
    label = tr("All") if group == "all" else study.groups.labels.get(group, group)
    return tr("{label} (n = {n})", label=label, n=size)


def _lines(
    rows: pd.DataFrame, columns: list[str], digits: int, variable: str
) -> tuple[str, list[tuple[str, list[str]]]]:
    """What the first line says beside the label of the variable, and the lines; the first may bear the label."""
    overall = {group: pick(rows, group=group, visit="") for group in columns}
    levels = _in_order(rows.loc[rows["visit"].ne(""), "visit"].drop_duplicates().tolist())
    statistic = COUNT if levels else MEAN
    if levels:
        lines = [
            (_level(level, variable), [_share(pick(rows, group=group, visit=level)) for group in columns])
            for level in levels
        ]
    else:
        lines = [
            ("", [_mean(found, mean_digits(variable, digits)) for found in overall.values()]),
            (
                tr("median [quartiles]"),
                [_median(found, _places(overall, digits)) for found in overall.values()],
            ),
        ]
    missing = [numbers.whole(found["n_missing"]) for found in overall.values()]
    return statistic, lines + ([("missing", missing)] if any(text != "0" for text in missing) else [])


def _in_order(levels: list[str]) -> list[str]:
    """Degrees from the surest to none; other levels as they come."""
    known = [level for level in DEGREES if level in levels]
    return [*known, *(level for level in levels if level not in DEGREES)] if len(known) > 1 else levels


def _level(level: str, variable: str) -> str:
    """The name of a level; none for a thing that is there or not, whose label says it."""
    return "" if level == "True" else tr(in_words(variable, level))


def _share(found: dict) -> str:
    return numbers.count_percent(found["count"], found["n"])


def _mean(found: dict, digits: int) -> str:
    if "mean" not in found:
        return numbers.MISSING
    return f"{numbers.fixed(found['mean'], digits)} ({numbers.fixed(found['sd'], digits)})"


def _places(overall: dict, digits: int) -> int:
    """Decimals of quartiles: one more where so few steps lie between them that rounding would move them."""
    spans = [found["q3"] - found["q1"] for found in overall.values() if "median" in found]
    return digits + (digits > 0 and any(0 < span < 10 * 10**-digits for span in spans))


def _median(found: dict, digits: int) -> str:
    if "median" not in found:
        return numbers.MISSING
    q1, q3 = numbers.fixed(found["q1"], digits), numbers.fixed(found["q3"], digits)
    return f"{numbers.fixed(found['median'], digits)} [{q1}, {q3}]"
