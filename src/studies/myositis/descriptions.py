"""Descriptions of numbers and categories that several tables share."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import numbers, results
from analysis.language import mark
from analysis.summaries.baseline import summarise_baseline
from analysis.summaries.shared import moments
from analysis.tables.cells import count_of, exact_of, mean_of, median_of, range_of, share_of
from analysis.tables.grid import grid
from analysis.tables.rows import pick
from analysis.tables.table import Table

if TYPE_CHECKING:
    from analysis.study import Study


def moments_grid(
    rows: pd.DataFrame,
    shown: Mapping[tuple[str, str], str],
    *,
    digits: int,
    study: "Study",
    notes: Sequence[str] = (),
) -> Table:
    """Lay out descriptions by visit: a block per analysis and variable, a line per visit.

    Parameters
    ----------
    shown : mapping of (analysis, variable) to str
        What to show, in order, with its label.
    """
    lines = []
    for (analysis, variable), label in shown.items():
        for visit in study.visits:
            found = pick(rows, analysis=analysis, variable=variable, visit=visit.id)
            if found:
                n = f"{numbers.whole(found['n'])} ({numbers.whole(found.get('n_missing', 0))})"
                cells = [n, mean_of(found, digits), median_of(found, digits), range_of(found, digits)]
                lines.append((label, visit.label, cells))
    columns = [mark("n (missing)"), mark("Mean (SD)"), mark("Median [quartiles]"), mark("Range")]
    return grid(lines, stub=mark("Visit"), columns=columns, notes=notes)


def observed_grid(
    rows: pd.DataFrame, labels: Mapping[str, str], *, analysis: str, study: "Study", notes: Sequence[str] = ()
) -> Table:
    """Shares as observed: a block per outcome, a line per visit."""
    lines = []
    for name, label in labels.items():
        for visit in study.visits:
            found = pick(rows, analysis=analysis, variable=name, visit=visit.id)
            if found:
                cells = [count_of(found), share_of(found), exact_of(found), numbers.whole(found["n_missing"])]
                lines.append((label, visit.label, cells))
    return grid(
        lines,
        stub=mark("Visit"),
        columns=["n/N", mark("% ({CI})"), mark("Exact CI"), mark("Not known")],
        notes=notes,
    )


UNITS = {"adherence": "proportion", "planned": "count", "given": "count"}


def numbers_rows(
    frame: pd.DataFrame, columns: Sequence[str], *, analysis: str, population: str
) -> pd.DataFrame:
    """Describe number columns of a frame by subject: rows with n, mean, SD, median, quartiles, range and total."""
    return results.stack(
        results.rows_of(
            {**moments(frame[name].astype(float)), "sum": float(frame[name].sum())},
            analysis=analysis,
            variable=name,
            population=population,
            unit=UNITS.get(name, ""),
        )
        for name in columns
    )


def characteristic_rows(frame: pd.DataFrame, names: Sequence[str], *, population: str) -> pd.DataFrame:
    """Describe columns of a frame by subject, numbers and categories, as the baseline table reads them."""
    from types import SimpleNamespace

    lines = [SimpleNamespace(variable=name) for name in names]
    return summarise_baseline(frame, {"all": frame.index}, variables=lines, population=population)
