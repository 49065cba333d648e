"""Whether data can tell the terms of a model: columns that others make up, and outcomes that columns separate.

A logistic (or Poisson) likelihood has no maximum when some combination of the columns never goes against the outcome:
the estimate is infinite, and what a program prints is where its iterations stopped. That is a question about the data,
answered by linear programming before anything is fitted, whatever the units.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable
from analysis.language import named

DEPENDENT = 1e-8  # share of a column of length 1 that must be its own
MOVES = 1e-7  # of a direction within the unit box


def dependent_columns(matrix: np.ndarray) -> list[int]:
    """Positions of the columns that those before them make up (or that are empty); columns are scaled to length 1."""
    length = np.linalg.norm(matrix, axis=0)
    triangle = np.linalg.qr(matrix / np.where(length > 0, length, 1), mode="r")
    kept: list[int] = []
    for j in range(matrix.shape[1]):
        if np.linalg.matrix_rank(triangle[:, [*kept, j]], tol=DEPENDENT) > len(kept):  # type: ignore[call-overload]
            kept.append(j)
    return [j for j in range(matrix.shape[1]) if j not in kept]


def check_independent(matrix: np.ndarray, names: Any) -> None:
    """Name the terms that the data cannot tell apart from those before them."""
    if lost := [list(names)[j] for j in dependent_columns(matrix)]:
        raise NotEstimable("terms that the data cannot tell apart from others: {names}", names=named(*lost))


def separated_terms(design: np.ndarray, outcome: np.ndarray, *, family: str = "binomial") -> dict[int, str]:
    """Terms whose estimate is infinite, with its sign ("+", "-", or "+-" where either fits); empty if none is.

    Parameters
    ----------
    design : array
        Rows by columns, the intercept among them, no column made up by others.
    outcome : array
        0 and 1 for binomial; counts for poisson.
    family : {"binomial", "poisson"}

    References
    ----------
    Konis K. Linear programming algorithms for detecting separated data in binary logistic regression models. Thesis,
    Oxford 2007. Albert A, Anderson JA. Biometrika 1984;71:1-10. doi:10.1093/biomet/71.1.1.

    Examples
    --------
    >>> x = np.array([0.0, 1, 2, 3])
    >>> separated_terms(np.column_stack([np.ones(4), x]), np.array([0, 0, 1, 1]))
    {0: '-', 1: '+'}
    >>> separated_terms(np.column_stack([np.ones(4), x]), np.array([0, 1, 0, 1]))
    {}
    """
    scaled = _scaled(design)
    free, tied = _cone(scaled, outcome, family)
    return _infinite(free, tied, scaled)


def monotone_terms(
    design: np.ndarray,
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    strata: ArrayLike | None = None,
) -> dict[int, str]:
    """The same for a Cox model: a direction in which whoever fails is never below anybody at risk then.

    References
    ----------
    Heinze G, Schemper M. Biometrics 2001;57:114-9. doi:10.1111/j.0006-341X.2001.00114.x.
    """
    scaled = _scaled(design - design.mean(axis=0))
    rows = []
    for i in np.flatnonzero(event):
        at_risk = time >= time[i]
        if entry is not None:
            at_risk &= entry < time[i]
        if strata is not None:
            at_risk &= strata == strata[i]
        rows.append(np.unique(scaled[i] - scaled[at_risk], axis=0))
    above = np.unique(np.vstack(rows), axis=0) if rows else np.zeros((0, design.shape[1]))
    return _infinite(above, np.zeros((0, design.shape[1])), scaled)


def _scaled(design):
    """Columns of length 1; a constant column keeps its place."""
    length = np.linalg.norm(design, axis=0)
    return design / np.where(length > 0, length, 1) * np.sqrt(len(design))


def _cone(design, outcome, family):
    """Rows that a direction must not oppose, and rows it must leave alone."""
    if family == "binomial":
        return np.unique(design * (2 * outcome - 1)[:, None], axis=0), np.zeros((0, design.shape[1]))
    return np.unique(-design[outcome == 0], axis=0), np.unique(design[outcome > 0], axis=0)


def _infinite(above, level, design):
    """Which coordinates a direction with above @ b >= 0 and level @ b = 0, other than 0, can have."""
    from scipy.optimize import linprog

    n_terms = design.shape[1]
    if not len(above):
        return {}
    limits = {"A_ub": -above, "b_ub": np.zeros(len(above)), "bounds": [(-1, 1)] * n_terms, "method": "highs"}
    if len(level):
        limits |= {"A_eq": level, "b_eq": np.zeros(len(level))}
    reach = linprog(-above.sum(axis=0), **limits)
    if reach.status != 0 or -reach.fun <= MOVES * len(above):
        return {}
    found = {}
    for j, direction in enumerate(np.eye(n_terms)):
        signs = [
            sign for sign, way in (("+", -1.0), ("-", 1.0)) if -linprog(way * direction, **limits).fun > MOVES
        ]
        if signs:
            found[j] = "".join(signs)
    return found
