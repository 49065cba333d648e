"""The restricted likelihood of the marginal model, by pattern of observed visits.

Subjects with the same visits share one inverse, and count through their sums of squares and products alone. Notation:
V covariance of a pattern, X design, r residuals, Phi the model-based covariance of the coefficients (Laird NM, Ware JH.
Biometrics 1982;38:963-74. doi:10.2307/2529876).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, slots=True)
class Pattern:
    """Subjects seen at the same visits: responses (rows, t), design (rows, t, p), and how many subjects they are.

    There is a row per subject, or fewer after `condensed`.
    """

    visits: np.ndarray
    responses: np.ndarray
    design: np.ndarray
    subjects: int


@dataclass(frozen=True, slots=True)
class Stacked:
    """The rows of all patterns under one another, with 0 at visits not seen: what the likelihood is computed from.

    `pattern` (rows) says whose they are; `seen` (patterns, visits) and `subjects` (patterns) describe these.
    """

    responses: np.ndarray
    design: np.ndarray
    pattern: np.ndarray
    seen: np.ndarray
    subjects: np.ndarray


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
        Pattern(
            visits=np.flatnonzero(kind),
            responses=responses[member == k][:, kind],
            design=design[member == k][:, kind],
            subjects=int((member == k).sum()),
        )
        for k, kind in enumerate(kinds)
        if kind.any()
    )


def condensed(pattern: Pattern) -> Pattern:
    """The same pattern in as few rows as its columns are different, with the same sums of squares and products.

    The model sees subjects of one pattern only through those sums; the triangle of a QR decomposition keeps them
    without squaring a number.
    """
    flat = np.concatenate([pattern.design.reshape(len(pattern.design), -1), pattern.responses], axis=1)
    different, where = np.unique(flat, axis=1, return_inverse=True)
    if len(flat) <= different.shape[1]:
        return pattern
    triangle: np.ndarray = np.linalg.qr(different, mode="r")  # type: ignore[assignment]
    rows = triangle[:, where.ravel()]
    shape = (len(rows), *pattern.design.shape[1:])
    width = pattern.responses.shape[1]
    return replace(pattern, responses=rows[:, -width:], design=rows[:, :-width].reshape(shape))


def stacked(patterns: Sequence[Pattern], n_visits: int) -> Stacked:
    """All rows in one array each."""
    sizes = [len(p.responses) for p in patterns]
    responses = np.zeros((sum(sizes), n_visits))
    design = np.zeros((sum(sizes), n_visits, patterns[0].design.shape[2]))
    seen = np.zeros((len(patterns), n_visits), dtype=bool)
    start = 0
    for k, (p, size) in enumerate(zip(patterns, sizes, strict=True)):
        responses[start : start + size, p.visits] = p.responses
        design[start : start + size, p.visits] = p.design
        seen[k, p.visits] = True
        start += size
    subjects = np.array([p.subjects for p in patterns])
    return Stacked(responses, design, np.repeat(np.arange(len(patterns)), sizes), seen, subjects)


def solve(rows: Stacked, covariance: np.ndarray, *, reml: bool) -> Solution:
    """Generalised least squares at a covariance, with the deviance and its slope.

    Raises numpy's LinAlgError where the covariance is not positive definite.
    """
    inverses, log_determinants = _inverses(covariance, rows.seen)
    inverse = inverses[rows.pattern]
    weighted = inverse @ rows.design
    n_terms = rows.design.shape[2]
    information = rows.design.reshape(-1, n_terms).T @ weighted.reshape(-1, n_terms)
    score = weighted.reshape(-1, n_terms).T @ rows.responses.ravel()
    phi, log_information = _inverse_scaled(information)
    coefficients = phi @ score
    residuals = rows.responses - rows.design @ coefficients
    turned = (inverse @ residuals[:, :, None])[:, :, 0]
    n_values = int(rows.subjects @ rows.seen.sum(axis=1))
    free = n_values - n_terms if reml else n_values
    deviance = free * np.log(2 * np.pi) + (log_information if reml else 0.0)
    deviance += rows.subjects @ log_determinants + np.sum(residuals * turned)
    slope = np.tensordot(rows.subjects, inverses, axes=1) - turned.T @ turned
    if reml:
        halved = np.swapaxes(weighted @ np.linalg.cholesky(phi), 0, 1).reshape(len(covariance), -1)
        slope -= halved @ halved.T
    return Solution(coefficients, phi, float(deviance), slope)


def _inverses(covariance, seen):
    """Inverse of each pattern's block of the covariance, 0 at visits not seen, and its log determinant."""
    both = seen[:, :, None] & seen[:, None, :]
    blocks = np.where(both, covariance, np.eye(len(covariance)))
    factors = np.linalg.cholesky(blocks)
    halves = np.linalg.inv(factors)
    determinants = 2 * np.log(np.diagonal(factors, axis1=1, axis2=2)).sum(axis=1)
    return np.where(both, np.swapaxes(halves, 1, 2) @ halves, 0.0), determinants


def _inverse_scaled(matrix):
    """Inverse and log determinant, after scaling the diagonal to 1: the units of the terms do not matter."""
    size = np.sqrt(np.diag(matrix))
    if not (size > 0).all():
        raise np.linalg.LinAlgError("a term without information")
    factor = np.linalg.cholesky(matrix / np.outer(size, size))
    half = np.linalg.inv(factor)
    determinant = 2 * float(np.log(np.diag(factor)).sum() + np.log(size).sum())
    return half.T @ half / np.outer(size, size), determinant
