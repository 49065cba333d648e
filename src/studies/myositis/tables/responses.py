"""Response rates by strategy, and how two responses agree."""

from collections.abc import Mapping

import pandas as pd

from analysis import numbers
from analysis.tables.rows import pick
from analysis.tables.table import Table
from studies.myositis.tables.grid import count_of, exact_of, grid, share_of


def response_grid(
    rows: pd.DataFrame, labels: Mapping[str, str], *, study, prefix="response", notes=()
) -> Table:
    """Lay out response rates: a block per response, a line per visit, columns by strategy.

    Parameters
    ----------
    rows : DataFrame
        Rows of the analyses ``<prefix>_composite``, ``<prefix>_observed`` and, where it was done,
        ``<prefix>_imputed``.
    labels : mapping of str to str
        Responses to show, in order, with their labels.
    prefix : str
        First part of the analyses' names.
    """
    imputed = rows["analysis"].eq(f"{prefix}_imputed").any()
    lines = [
        (label, visit.label, _cells(rows, name, visit.id, prefix, imputed))
        for name, label in labels.items()
        for visit in study.visits
        if (rows["variable"].eq(name) & rows["visit"].eq(visit.id)).any()
    ]
    spanners = {"Composite, missing is non-response": ["n/N", "% (95 % CI)", "Exact CI"]}
    spanners["As observed"] = ["n/N ", "% (95 % CI) "]
    if imputed:
        spanners["Composite, imputed"] = ["% (95 % CI)  "]
    columns = [name for names in spanners.values() for name in names]
    return grid(lines, stub="Visit", columns=columns, spanners=spanners, notes=notes)


def _cells(rows: pd.DataFrame, name: str, visit: str, prefix: str, imputed: bool) -> list[str]:
    composite, observed, completed = (
        pick(rows, analysis=f"{prefix}_{how}", variable=name, visit=visit)
        for how in ("composite", "observed", "imputed")
    )
    cells = [count_of(composite), share_of(composite), exact_of(composite)]
    return [*cells, count_of(observed), share_of(observed), *([share_of(completed)] if imputed else [])]


def agreement_grid(rows: pd.DataFrame, labels: Mapping[str, str], *, study, notes=()) -> Table:
    """Lay out `agreement_rows`: a block per level of the score, a line per visit."""
    names = {
        "both": "Both",
        "score_only": "TIS only",
        "imacs_only": "IMACS only",
        "neither": "Neither",
        "undecided": "Not decided",
        "n": "All",
    }
    lines = []
    for name, label in labels.items():
        for visit in study.visits:
            found = pick(rows, analysis="tis_imacs", variable=name, visit=visit.id)
            if found:
                lines.append((label, visit.label, [numbers.whole(found[key]) for key in names]))
    return grid(lines, stub="Visit", columns=list(names.values()), notes=notes)


def moments_grid(
    rows: pd.DataFrame, shown: Mapping[tuple[str, str], str], *, digits: int, study, notes=()
) -> Table:
    """Lay out descriptions by visit: a block per analysis and variable, a line per visit.

    Parameters
    ----------
    shown : mapping of (analysis, variable) to str
        What to show, in order, with its label.
    """
    from studies.myositis.tables.grid import mean_of, median_of, range_of

    lines = []
    for (analysis, variable), label in shown.items():
        for visit in study.visits:
            found = pick(rows, analysis=analysis, variable=variable, visit=visit.id)
            if found:
                n = f"{numbers.whole(found['n'])} ({numbers.whole(found.get('n_missing', 0))})"
                cells = [n, mean_of(found, digits), median_of(found, digits), range_of(found, digits)]
                lines.append((label, visit.label, cells))
    columns = ["n (missing)", "Mean (SD)", "Median [IQR]", "Range"]
    return grid(lines, stub="Visit", columns=columns, notes=notes)


def observed_grid(rows: pd.DataFrame, labels: Mapping[str, str], *, analysis: str, study, notes=()) -> Table:
    """Shares as observed: a block per outcome, a line per visit."""
    lines = []
    for name, label in labels.items():
        for visit in study.visits:
            found = pick(rows, analysis=analysis, variable=name, visit=visit.id)
            if found:
                cells = [count_of(found), share_of(found), exact_of(found), numbers.whole(found["n_missing"])]
                lines.append((label, visit.label, cells))
    return grid(lines, stub="Visit", columns=["n/N", "% (95 % CI)", "Exact CI", "Not known"], notes=notes)
