"""Lines and notes that the tables of a single-arm study share."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import numbers
from analysis.tables.table import Table

ZEROS = {"pratt": "ranked and left out (Pratt)", "wilcoxon": "left out (Wilcoxon)"}
Line = tuple[str | None, str, Sequence[str]]


def grid(
    lines: Sequence[Line],
    *,
    stub: str,
    columns: Sequence[str],
    spanners: Mapping[str, Sequence[str]] | None = None,
    notes: Sequence[str] = (),
) -> Table:
    """A table from its lines, each a block, a row header and the cells.

    Examples
    --------
    >>> grid([("TIS", "Week 24", ["6/20"])], stub="Visit", columns=["n/N"]).body
              n/N
    Visit
    Week 24  6/20
    """
    body = pd.DataFrame(
        [list(cells) for _, _, cells in lines], columns=list(columns), index=[label for _, label, _ in lines]
    )
    blocks = [block for block, _, _ in lines]
    grouped = blocks if any(block is not None for block in blocks) else None
    return Table(body.rename_axis(stub), spanners=spanners or {}, groups=grouped, notes=list(notes))


def footnote(
    group,
    *,
    study,
    visits: Sequence[str] = (),
    subgroup: str = "",
    imputation: str = "values as observed, nothing imputed",
    test: str = "",
    zeros: str = "",
    interval: str = "",
) -> str:
    """What every table states: analysis set, n, visit windows, imputation, test, zero differences, intervals.

    Parameters
    ----------
    group : Cohort
        The patients.
    study : analysis.study.Study
        Labels of its analysis sets, windows of its visits.
    visits : sequence of str
        Visits whose windows are named.
    subgroup : str
        Who of the analysis set `group` is, in words; all of it where empty.
    imputation, test, zeros, interval : str
        What was done, in words; an empty one is left out.
    """
    windows = [
        f"{visit.label} days {numbers.whole(visit.window[0])} to {numbers.whole(visit.window[1])}"
        for visit in study.visits
        if visit.id in visits and visit.window
    ]
    parts = [
        f"Analysis set: {study.populations[group.population].label}{f', {subgroup}' if subgroup else ''}, "
        f"n = {len(group.ids)}",
        f"Visit windows: {', '.join(windows)}" if windows else "",
        f"Missing: {imputation}",
        f"Test: {test}" if test else "",
        f"Zero differences: {ZEROS.get(zeros, zeros)}" if zeros else "",
        f"Intervals: {interval}" if interval else "",
    ]
    return ". ".join(part for part in parts if part) + "."


def count_of(found: Mapping[str, float]) -> str:
    """Responders of those counted."""
    return f"{numbers.whole(found['count'])}/{numbers.whole(found['n'])}" if found else numbers.MISSING


def share_of(found: Mapping[str, float]) -> str:
    """A share with its interval, in per cent."""
    if not found or "estimate" not in found:
        return numbers.MISSING
    return numbers.estimate_interval(
        found["estimate"], found.get("conf_low"), found.get("conf_high"), 1, scale=100
    )


def exact_of(found: Mapping[str, float]) -> str:
    """The exact interval of a share, in per cent."""
    return numbers.interval(found.get("exact_low"), found.get("exact_high"), 1, scale=100)


def estimate_of(found: Mapping[str, float], digits: int) -> str:
    """An estimate with its interval; a level that is not reached stands beside it."""
    if not found or "estimate" not in found:
        return numbers.MISSING
    return numbers.estimate_interval(
        found["estimate"],
        found.get("conf_low"),
        found.get("conf_high"),
        digits,
        nominal=found.get("confidence_level"),
        reached=found.get("achieved_level"),
    )


def mean_of(found: Mapping[str, float], digits: int) -> str:
    """Mean (SD)."""
    if "mean" not in found:
        return numbers.MISSING
    return f"{numbers.fixed(found['mean'], digits)} ({numbers.fixed(found.get('sd'), digits)})"


def median_of(found: Mapping[str, float], digits: int) -> str:
    """Median [quartiles]."""
    if "median" not in found:
        return numbers.MISSING
    quartiles = f"{numbers.fixed(found.get('q1'), digits)}, {numbers.fixed(found.get('q3'), digits)}"
    return f"{numbers.fixed(found['median'], digits)} [{quartiles}]"


def range_of(found: Mapping[str, float], digits: int) -> str:
    """Smallest to largest value."""
    return numbers.interval(found.get("min"), found.get("max"), digits)
