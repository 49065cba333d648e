"""Fitting the model, with simpler covariance structures in reserve."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.identified import check_independent
from analysis.inputs import NotEstimable, check_choice
from analysis.language import Texts, semicolons, tr
from analysis.mmrm.adjusted import Adjustment, kenward_roger
from analysis.mmrm.design import Grid, build
from analysis.mmrm.likelihood import Pattern, condensed, group_patterns, solve, stacked
from analysis.mmrm.optimise import NotConverged, Optimum, maximise
from analysis.mmrm.structures import STRUCTURES

ROUNDING = 1e-12  # residuals below this share of the values are noise of the last digits
INFERENCE = Texts({"kenward_roger": "Kenward-Roger (first order)", "satterthwaite": "Satterthwaite df"})
STANDARD_ERRORS = Texts(
    {
        "adjusted": "adjusted standard errors",  # those of Kenward and Roger
        "model": "model-based standard errors",
        "empirical": "empirical (bias-reduced) standard errors",
    }
)
FALLBACK = ("unstructured", "heterogeneous_toeplitz", "heterogeneous_ar1", "compound_symmetry")


@dataclass(frozen=True, slots=True)
class Mmrm:
    """A fitted model. `coefficients` has term, estimate, se; `covariance` is that of the visits.

    `n_missing` counts subjects without any value, `n_values_missing` the values that the others lack at planned visits.
    `attempts` lists every structure tried with what came of it. `empirical` says whether standard errors are the
    sandwich ones. The fields without display serve `contrast`.
    """

    structure: str
    coefficients: pd.DataFrame
    covariance: pd.DataFrame
    log_likelihood: float
    n_subjects: int
    n_observed: int
    n_values_missing: int
    n_missing: int
    empirical: bool
    attempts: tuple[tuple[str, str], ...]
    method: str
    grid: Grid = field(repr=False)
    patterns: tuple[Pattern, ...] = field(repr=False)
    optimum: Optimum = field(repr=False)
    adjustment: Adjustment | None = field(repr=False)


def fit(
    observations: pd.DataFrame,
    *,
    response: str,
    visits: Sequence[Hashable],
    subject: str | list[str] = "subject_id",
    visit: str = "visit_id",
    group: str | None = None,
    reference: str | None = None,
    covariates: Sequence[str] = (),
    covariates_by_visit: Sequence[str] = (),
    common_baseline: bool = False,
    structures: Sequence[str] = FALLBACK,
    reml: bool = True,
    inference: str | None = None,
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
    inference : {"kenward_roger", "satterthwaite"}, optional
        Standard errors and degrees of freedom. Kenward-Roger's, the default, take into account that the covariance is
        estimated; Satterthwaite's, the default of maximum likelihood, do not and are too narrow with few subjects at a
        visit (docs/coverage.md).

    Returns
    -------
    Mmrm
        A structure is taken when Newton steps reach a maximum with positive curvature. Compound symmetry after a
        failed attempt comes with empirical standard errors (bias-reduced sandwich).

    Raises
    ------
    ValueError
        For frames that are not one row per subject and visit.
    NotEstimable
        For terms that cannot be told apart, a response that does not vary, or when no structure converges.

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
    inference = inference or ("kenward_roger" if reml else "satterthwaite")
    check_choice("inference", inference, INFERENCE)
    if inference == "kenward_roger" and not reml:
        raise ValueError("inference: Kenward-Roger needs restricted maximum likelihood (reml=True)")
    _check_estimable(grid)
    optimum, adjustment, attempts = _first_that_converges(grid, _allowed(structures, grid), reml, inference)
    return _result(grid, optimum, adjustment, attempts, reml)


def _first_that_converges(grid, structures, reml, inference):
    """Try the structures in order; keep what came of each. Responses are centred on the way, for any shift."""
    centre = float(np.nanmean(grid.responses))
    patterns = [condensed(one) for one in group_patterns(grid.responses - centre, grid.design)]
    rows = stacked(patterns, len(grid.visits))
    moments = _moments(grid.responses - centre, grid.design, rows)
    attempts = []
    for structure in structures:
        try:
            _check_pairs(structure, grid)
            optimum = maximise(structure, rows, moments, reml=reml)
            adjustment = kenward_roger(patterns, optimum) if inference == "kenward_roger" else None
        except NotConverged as reason:
            attempts.append((structure, str(reason)))
        else:
            back = np.r_[centre, np.zeros(len(grid.terms) - 1)]
            solution = replace(optimum.solution, coefficients=optimum.solution.coefficients + back)
            return replace(optimum, solution=solution), adjustment, (*attempts, (structure, "converged"))
    raise NotEstimable(
        "no covariance structure converged: {reasons}",
        reasons=semicolons(f"{structure}: {why}" for structure, why in attempts),
    )


def _result(grid, optimum, adjustment, attempts, reml):
    """Collect the fit; compound symmetry as last resort has empirical standard errors."""
    from analysis.mmrm.contrasts import coefficient_covariance

    whole = group_patterns(grid.responses, grid.design)
    empirical = optimum.structure == "compound_symmetry" and len(attempts) > 1
    patterns = whole if empirical else tuple(map(condensed, whole))
    adjustment = None if empirical else adjustment
    covariance = coefficient_covariance(patterns, optimum, adjustment, empirical=empirical)
    visits = pd.Index(grid.visits, name="visit")
    errors = STANDARD_ERRORS["empirical" if empirical else "adjusted" if adjustment else "model"]
    inference = INFERENCE["kenward_roger" if adjustment else "satterthwaite"]
    estimator = tr("restricted maximum likelihood") if reml else tr("maximum likelihood")
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
        n_values_missing=grid.n_missing_rows,
        n_missing=grid.n_missing,
        empirical=empirical,
        attempts=attempts,
        method=tr(
            "MMRM, {replace} covariance, {estimator}, {errors}, {inference}",
            replace=optimum.structure.replace("_", " "),
            estimator=estimator,
            errors=errors,
            inference=inference,
        ),
        grid=grid,
        patterns=patterns,
        optimum=optimum,
        adjustment=adjustment,
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
        raise NotEstimable("{n} values cannot estimate {terms} terms", n=len(rows), terms=rows.shape[1])
    check_independent(rows, grid.terms)
    residuals = values - rows @ np.linalg.lstsq(rows, values, rcond=None)[0]
    if np.abs(residuals).max() <= ROUNDING * np.abs(values).max():
        raise NotEstimable("the response does not vary around its means: there is no covariance to estimate")


def _check_pairs(structure, grid):
    """An unstructured covariance needs each pair of visits in some subjects."""
    seen = (~np.isnan(grid.responses)).astype(int)
    together = seen.T @ seen
    if structure == "unstructured" and (together < 2).any():
        first, second = (grid.visits[i] for i in np.argwhere(together < 2)[0])
        raise NotConverged(f"visits {first} and {second} were seen together in fewer than two subjects")


def _moments(responses, design, rows):
    """Covariance of least-squares residuals over the pairs observed, moved inside the positive definite cone."""
    n_visits = responses.shape[1]
    ordinary = solve(rows, np.eye(n_visits), reml=False).coefficients
    residuals = np.nan_to_num(responses - design @ ordinary)
    seen = (~np.isnan(responses)).astype(float)
    covariance = residuals.T @ residuals / np.maximum(seen.T @ seen, 1)
    floor = 1e-3 * np.diag(covariance).mean()
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), floor))
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    values, vectors = np.linalg.eigh(correlation)
    inside = (vectors * np.maximum(values, 0.05)) @ vectors.T
    scale = np.sqrt(np.diag(inside))
    return inside / np.outer(scale, scale) * np.outer(deviations, deviations)
