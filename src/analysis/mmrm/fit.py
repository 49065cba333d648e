"""Fitting the model, with simpler covariance structures in reserve."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from analysis.mmrm.design import Grid, build
from analysis.mmrm.likelihood import Pattern, group_patterns, solve
from analysis.mmrm.optimise import NotConverged, Optimum, maximise
from analysis.mmrm.structures import STRUCTURES

FALLBACK = ("unstructured", "heterogeneous_toeplitz", "heterogeneous_ar1", "compound_symmetry")


@dataclass(frozen=True, slots=True)
class Mmrm:
    """A fitted model. `coefficients` has term, estimate, se; `covariance` is that of the visits.

    `attempts` lists every structure tried with what came of it. `empirical` says whether standard errors are the
    sandwich ones. The fields without display serve `contrast`.
    """

    structure: str
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    log_likelihood: float
    n_subjects: int
    n_observed: int
    n_missing: int
    empirical: bool
    attempts: tuple[tuple[str, str], ...]
    method: str
    grid: Grid = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    optimum: Optimum = field(repr=False)


def fit(
    observations: pd.DataFrame,
    *,
    response,
    visits,
    subject="subject_id",
    visit="visit_id",
    group=None,
    reference=None,
    covariates=(),
    covariates_by_visit=(),
    common_baseline=False,
    structures=FALLBACK,
    reml=True,
) -> Mmrm:
    """Fit a mixed model for repeated measures.

    Parameters
    ----------
    observations : DataFrame
        One row per subject and visit; missing visits may be absent rows or missing responses.
    response : str
        The value itself, baseline among the visits (everybody with a baseline contributes), or the change from
        baseline at the later visits with the baseline in `covariates_by_visit`.
    visits : sequence
        Planned visits in order; the first is the reference of the visit terms.
    subject : str or list of str
        Column, or columns together (site and number), that make a subject.
    group, reference : str, optional
        Column of the groups to compare, each with its own course, and the one the others are compared with.
    covariates, covariates_by_visit : sequence of str
        Columns with one effect, and columns with an effect at each visit. Text columns become indicators.
    common_baseline : bool
        Groups share their mean at the first visit (constrained longitudinal data analysis; only where that visit
        lies before randomisation).
    structures : sequence of str
        Covariance structures in the order they are tried: the fallback rule.
    reml : bool
        Restricted maximum likelihood; False for maximum likelihood.

    Returns
    -------
    Mmrm
        A structure is taken when Newton steps reach a maximum with positive curvature. Compound symmetry after a
        failed attempt comes with empirical standard errors (bias-reduced sandwich).

    Raises
    ------
    ValueError
        For frames that are not one row per subject and visit, terms that cannot be told apart, a response that
        does not vary, or when no structure converges.

    References
    ----------
    Mallinckrodt CH, et al. Drug Inf J 2008;42:303-19. doi:10.1177/009286150804200402.

    Examples
    --------
    The eight subjects of the worked case: weeks 0, 12 and 24, two values missing.

    >>> weeks = [[22, 17, 12], [18, 16, 15], [30, 24, 18], [25, None, 25],
    ...          [14, 12, 10], [27, 22, None], [19, 20, 19], [33, 25, 20]]
    >>> wide = pd.DataFrame(weeks, columns=["w00", "w12", "w24"]).rename_axis("subject_id").reset_index()
    >>> long = wide.melt("subject_id", var_name="visit_id", value_name="cdasi")
    >>> model = fit(long, response="cdasi", visits=["w00", "w12", "w24"])
    >>> model.coefficients["estimate"].round(5).tolist(), round(model.log_likelihood, 6)
    ([23.5, -3.33828, -6.39024], -49.507006)
    """
    grid = build(
        observations,
        response=response,
        visits=list(visits),
        subject=subject,
        visit=visit,
        group=group,
        reference=reference,
        covariates=tuple(covariates),
        covariates_by_visit=tuple(covariates_by_visit),
        common_baseline=common_baseline,
    )
    _check_estimable(grid)
    patterns = group_patterns(grid.responses, grid.design)
    optimum, attempts = _first_that_converges(grid, patterns, _allowed(structures, grid), reml)
    return _result(grid, patterns, optimum, attempts, reml)


def _first_that_converges(grid, patterns, structures, reml):
    """Try the structures in order; keep what came of each."""
    moments = _moments(grid, patterns)
    attempts = []
    for structure in structures:
        try:
            _check_pairs(structure, grid)
            optimum = maximise(structure, patterns, moments, reml=reml)
        except NotConverged as reason:
            attempts.append((structure, str(reason)))
        else:
            return optimum, (*attempts, (structure, "converged"))
    raise ValueError(f"no covariance structure converged: {'; '.join(f'{s}: {why}' for s, why in attempts)}")


def _result(grid, patterns, optimum, attempts, reml):
    """Collect the fit; compound symmetry as last resort has empirical standard errors."""
    from analysis.mmrm.contrasts import coefficient_covariance

    empirical = optimum.structure == "compound_symmetry" and len(attempts) > 1
    covariance = coefficient_covariance(patterns, optimum, empirical=empirical)
    visits = pd.Index(grid.visits, name="visit")
    errors = "empirical (bias-reduced) standard errors" if empirical else "model-based standard errors"
    estimator = "restricted maximum likelihood" if reml else "maximum likelihood"
    return Mmrm(
        structure=optimum.structure,
        coefficients=pd.DataFrame(
            {
                "term": grid.terms,
                "estimate": optimum.solution.coefficients,
                "se": np.sqrt(np.diag(covariance)),
            }
        ),
        covariance=pd.DataFrame(optimum.covariance, index=visits, columns=visits),
        log_likelihood=-optimum.solution.deviance / 2,
        n_subjects=len(grid.responses),
        n_observed=int((~np.isnan(grid.responses)).sum()),
        n_missing=grid.n_missing_rows,
        empirical=empirical,
        attempts=attempts,
        method=f"MMRM, {optimum.structure.replace('_', ' ')} covariance, {estimator}, {errors}, Satterthwaite df",
        grid=grid,
        patterns=patterns,
        optimum=optimum,
    )


def _allowed(structures, grid):
    """Known structures; with a single visit they are all the same."""
    unknown = [name for name in structures if name not in STRUCTURES]
    if unknown:
        raise ValueError(f"unknown covariance structures {unknown}: choose from {list(STRUCTURES)}")
    return ("unstructured",) if len(grid.visits) == 1 else tuple(structures)


def _check_estimable(grid):
    """More values than terms, and no term that the others make up."""
    rows = grid.design[~np.isnan(grid.responses)]
    values = grid.responses[~np.isnan(grid.responses)]
    if len(rows) <= rows.shape[1]:
        raise ValueError(f"{len(rows)} values cannot estimate {rows.shape[1]} terms")
    spread = np.linalg.norm(rows, axis=0)
    triangle = np.linalg.qr(
        rows / np.where(spread > 0, spread, 1), mode="r"
    )  # as dependent as the columns of rows
    kept = []
    for j in range(rows.shape[1]):
        if np.linalg.matrix_rank(triangle[:, [*kept, j]], tol=1e-8) > len(kept):
            kept.append(j)
    lost = [name for j, name in enumerate(grid.terms) if j not in kept]
    if lost:
        raise ValueError(f"terms that the data cannot tell apart from others: {lost}")
    residuals = values - rows @ np.linalg.lstsq(rows, values, rcond=None)[0]
    if np.abs(residuals).max() <= 1e-10 * max(np.abs(values).max(), 1e-300):
        raise ValueError("the response does not vary around its means: there is no covariance to estimate")


def _check_pairs(structure, grid):
    """An unstructured covariance needs each pair of visits in some subjects."""
    seen = (~np.isnan(grid.responses)).astype(int)
    together = seen.T @ seen
    if structure == "unstructured" and (together < 2).any():
        first, second = (grid.visits[i] for i in np.argwhere(together < 2)[0])
        raise NotConverged(f"visits {first} and {second} were seen together in fewer than two subjects")


def _moments(grid, patterns):
    """Covariance of least-squares residuals over the pairs observed, moved inside the positive definite cone."""
    n_visits = len(grid.visits)
    ordinary = solve(patterns, np.eye(n_visits), reml=False).coefficients
    residuals = np.nan_to_num(grid.responses - grid.design @ ordinary)
    seen = (~np.isnan(grid.responses)).astype(float)
    covariance = residuals.T @ residuals / np.maximum(seen.T @ seen, 1)
    floor = 1e-3 * np.diag(covariance).mean()
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), floor))
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(correlation)
    inside = (vectors * np.maximum(values, 0.05)) @ vectors.T
    scale = np.sqrt(np.diag(inside))
    return inside / np.outer(scale, scale) * np.outer(deviations, deviations)
