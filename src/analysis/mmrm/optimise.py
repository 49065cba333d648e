"""Finding the maximum: quasi-Newton steps with exact gradients, then Newton steps until nothing moves."""

from dataclasses import dataclass

import numpy as np

from analysis.mmrm.likelihood import Solution, Stacked, solve
from analysis.mmrm.structures import STRUCTURES, jacobian, start_values

NEWTON_STEPS = 12
CURVATURE_STEP = 1e-5  # of parameters without unit: logarithms of standard deviations, correlations
GAIN_LEFT = 1e-9  # what the last Newton step gains on the deviance scale
FLATTEST = 1e-8  # smallest acceptable ratio of curvatures: below, a parameter is not identified


@dataclass(frozen=True, slots=True)
class Optimum:
    """A converged fit: covariance of visits, its derivative by the parameters, covariance of the parameters."""

    structure: str
    covariance: np.ndarray
    jacobian: np.ndarray
    parameter_covariance: np.ndarray
    solution: Solution


class NotConverged(Exception):  # noqa: N818, not an error of the user: the next structure is tried
    """Why a structure was left."""


def maximise(structure: str, rows: Stacked, moments: np.ndarray, *, reml: bool) -> Optimum:
    """Fit one covariance structure or say why it does not fit.

    Parameters
    ----------
    structure : str
        A key of `STRUCTURES`.
    moments : array
        Moment estimate of the covariance, the starting point.
    """
    from scipy.optimize import minimize

    n_visits = len(moments)

    def objective(theta):
        """Deviance and gradient; infinite where the covariance is numerically singular."""
        with np.errstate(over="ignore", invalid="ignore"):
            covariance = STRUCTURES[structure](theta, n_visits)
            try:
                solution = solve(rows, covariance, reml=reml)
            except np.linalg.LinAlgError:
                return np.inf, np.zeros_like(theta)
        by_parameter = jacobian(structure, theta, n_visits)
        return solution.deviance, np.einsum("tu,qtu->q", solution.slope, by_parameter)

    start = start_values(structure, moments)
    if not np.isfinite(objective(start)[0]):
        raise NotConverged("no starting value has a finite likelihood")
    with np.errstate(all="ignore"):
        found = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-5, "maxiter": 500})
    theta, curvature = _newton(objective, found.x)
    covariance = STRUCTURES[structure](theta, n_visits)
    return Optimum(
        structure=structure,
        covariance=covariance,
        jacobian=jacobian(structure, theta, n_visits),
        parameter_covariance=2 * np.linalg.inv(curvature),
        solution=solve(rows, covariance, reml=reml),
    )


def _newton(objective, theta):
    """Polish by Newton steps; the curvature at the end must be positive definite."""
    for _ in range(NEWTON_STEPS):
        deviance, gradient = objective(theta)
        curvature = _curvature(objective, theta)
        if not np.isfinite(curvature).all():
            raise NotConverged("the likelihood has no finite curvature")
        values = np.linalg.eigvalsh(curvature)
        if values[0] <= FLATTEST * values[-1]:
            raise NotConverged(
                "the likelihood is flat or has no maximum: a covariance parameter is not identified"
            )
        step = np.linalg.solve(curvature, gradient)
        if gradient @ step < GAIN_LEFT:
            return theta - step, curvature
        scale = 1.0
        while objective(theta - scale * step)[0] > deviance and scale > 1e-4:
            scale /= 2
        theta = theta - scale * step
    raise NotConverged(f"no maximum after {NEWTON_STEPS} Newton steps")


def _curvature(objective, theta):
    """Matrix of second derivatives, by central differences of the exact gradient."""
    steps = np.full(len(theta), CURVATURE_STEP)
    rows = [
        (objective(theta + step * unit)[1] - objective(theta - step * unit)[1]) / (2 * step)
        for step, unit in zip(steps, np.eye(len(theta)))
    ]
    return (np.array(rows) + np.array(rows).T) / 2
