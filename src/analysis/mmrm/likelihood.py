"""The restricted likelihood of the marginal model, by pattern of observed visits.

Subjects with the same visits share one inverse. Notation: V covariance of a pattern, X design, r residuals, Phi the
model-based covariance of the coefficients (Laird NM, Ware JH. Biometrics 1982;38:963-74. doi:10.2307/2529876).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Pattern:
    """Subjects seen at the same visits: responses (n, t), design (n, t, p)."""

    visits: np.ndarray
    responses: np.ndarray
    design: np.ndarray


@dataclass(frozen=True, slots=True)
class Solution:
    """Coefficients for one covariance, twice the negative log-likelihood and its derivative by the covariance."""

    coefficients: np.ndarray
    phi: np.ndarray
    deviance: float
    slope: np.ndarray


def group_patterns(responses: np.ndarray, design: np.ndarray) -> tuple[Pattern, ...]:
    """Split a grid of subjects by visits (NaN: not observed) into patterns; subjects never seen drop out."""
    observed = ~np.isnan(responses)
    kinds, member = np.unique(observed, axis=0, return_inverse=True)
    member = member.ravel()
    return tuple(
        Pattern(np.flatnonzero(kind), responses[member == k][:, kind], design[member == k][:, kind])
        for k, kind in enumerate(kinds)
        if kind.any()
    )


def solve(patterns: Sequence[Pattern], covariance: np.ndarray, *, reml: bool) -> Solution:
    """Generalised least squares at a covariance, with the deviance and its slope.

    Raises numpy's LinAlgError where the covariance is not positive definite.
    """
    inverses = [_inverse(covariance[np.ix_(p.visits, p.visits)]) for p in patterns]
    weighted = [inverse @ p.design for p, (inverse, _) in zip(patterns, inverses)]
    information = sum(_flat(p.design).T @ _flat(w) for p, w in zip(patterns, weighted))
    score = sum(_flat(w).T @ p.responses.ravel() for p, w in zip(patterns, weighted))
    phi, log_information = _inverse_scaled(information)
    coefficients = phi @ score
    n_values = sum(p.responses.size for p in patterns)
    free = n_values - len(coefficients) if reml else n_values
    deviance = free * np.log(2 * np.pi) + (log_information if reml else 0.0)
    half = np.linalg.cholesky(phi)
    slope = np.zeros_like(covariance)
    for p, (inverse, log_determinant) in zip(patterns, inverses):
        residuals = p.responses - p.design @ coefficients
        squares = residuals.T @ residuals
        deviance += len(residuals) * log_determinant + np.sum(inverse * squares)
        spread = squares + (_uncertainty(p.design, half) if reml else 0.0)
        slope[np.ix_(p.visits, p.visits)] += len(residuals) * inverse - inverse @ spread @ inverse
    return Solution(coefficients, phi, float(deviance), slope)


def _flat(design):
    """Subjects and visits in one dimension."""
    return design.reshape(-1, design.shape[-1])


def _uncertainty(design, half):
    """Sum over subjects of X Phi X', from a square root of Phi."""
    halved = np.swapaxes(design @ half, 0, 1).reshape(design.shape[1], -1)
    return halved @ halved.T


def _inverse_scaled(matrix):
    """`_inverse` after scaling the diagonal to 1, so that the units of the terms do not matter."""
    size = np.sqrt(np.diag(matrix))
    if not (size > 0).all():
        raise np.linalg.LinAlgError("a term without information")
    inverse, log_determinant = _inverse(matrix / np.outer(size, size))
    return inverse / np.outer(size, size), log_determinant + 2 * float(np.log(size).sum())


def _inverse(matrix):
    """Inverse and log determinant of a positive definite matrix."""
    factor = np.linalg.cholesky(matrix)
    half = np.linalg.inv(factor)
    return half.T @ half, 2 * float(np.log(np.diag(factor)).sum())
