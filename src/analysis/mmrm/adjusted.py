"""Small samples: covariance of the coefficients and degrees of freedom of Kenward and Roger (first order).

The covariance of the visits is estimated; taking it as known makes standard errors too small. Kenward and Roger add
what this costs and find degrees of freedom from the expected information of the covariance parameters. Second
derivatives of the covariance are left out: they are zero for an unstructured covariance and for compound symmetry, and
without them the answer depends on the family of covariances alone, not on how its parameters are written (SAS calls
this FIRSTORDER). Everything is computed by pattern of observed visits, so that cost grows with patterns, not subjects.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.mmrm.likelihood import Pattern
from analysis.mmrm.optimise import NotConverged, Optimum

DEPENDENT = 1e-10  # smallest ratio of eigenvalues of the information, each parameter scaled to 1


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Adjusted covariance of the coefficients, and the covariance of the parameters from expected information."""

    covariance: np.ndarray
    parameter_covariance: np.ndarray


def kenward_roger(patterns: Sequence[Pattern], optimum: Optimum) -> Adjustment:
    """The adjustment at a fit by restricted maximum likelihood.

    References
    ----------
    Kenward MG, Roger JH. Biometrics 1997;53:983-97. doi:10.2307/2533558.
    """
    phi, slopes = optimum.solution.phi, coefficient_slopes(patterns, optimum)
    turned = np.einsum("ab,qbc->qac", phi, slopes)
    information = 0.5 * np.einsum("qab,rba->qr", turned, turned)
    for p in patterns:
        inverse, pulled = _pulled(p, optimum)
        flat = pulled.reshape(len(pulled), -1)
        spread = inverse @ _scatter(p.design, phi)
        kept = 0.5 * p.subjects * np.eye(len(spread)) - spread
        information += flat @ np.swapaxes(kept @ pulled, 1, 2).reshape(len(pulled), -1).T
    spent = _inverse((information + information.T) / 2)
    middle = -np.einsum("qab,qbc->ac", slopes, np.einsum("qr,rab->qab", spent, turned))
    for p in patterns:
        inverse, pulled = _pulled(p, optimum)
        weighted = np.einsum("qtu,quv->tv", pulled, np.einsum("qr,ruv->quv", spent, pulled)) @ inverse
        middle += _product(p.design, weighted)
    covariance = phi + 2 * phi @ middle @ phi
    if not (np.diag(covariance) > 0).all():
        raise NotConverged("too few values for the covariance: its cost in precision cannot be told")
    return Adjustment((covariance + covariance.T) / 2, spent)


def coefficient_slopes(patterns: Sequence[Pattern], optimum: Optimum) -> np.ndarray:
    """Sum over subjects of X' V^-1 E V^-1 X for the derivative E of the covariance by each parameter."""
    n_terms = len(optimum.solution.coefficients)
    slopes = np.zeros((len(optimum.jacobian), n_terms, n_terms))
    for p in patterns:
        inverse, pulled = _pulled(p, optimum)
        weights = pulled @ inverse
        crossed = np.einsum("nta,nub->tuab", p.design, p.design, optimize=True)
        slopes += np.tensordot(weights, crossed, axes=2)
    return slopes


def _pulled(pattern, optimum):
    """Inverse covariance of a pattern, and its product with each derivative of the covariance."""
    block = np.ix_(pattern.visits, pattern.visits)
    inverse = np.linalg.inv(optimum.covariance[block])
    return inverse, inverse @ optimum.jacobian[(slice(None), *block)]


def _scatter(design, phi):
    """Sum over subjects of X Phi X'."""
    return np.tensordot(design @ phi, design, axes=((0, 2), (0, 2)))


def _product(design, weights):
    """Sum over subjects of X' W X."""
    return np.tensordot(design, np.einsum("tu,nub->ntb", weights, design), axes=((0, 1), (0, 1)))


def _inverse(information):
    """Inverse of the information; a parameter the data say nothing about ends the fit."""
    size = np.sqrt(np.maximum(np.diag(information), 0))
    if (size == 0).any() or not np.isfinite(size).all():
        raise NotConverged("the data say nothing about a covariance parameter")
    scaled = information / np.outer(size, size)
    values = np.linalg.eigvalsh(scaled)
    if values[0] <= DEPENDENT * values[-1]:
        raise NotConverged("the data cannot tell covariance parameters apart")
    return np.linalg.inv(scaled) / np.outer(size, size)


def joint_scaling(
    patterns: Sequence[Pattern], optimum: Optimum, adjustment: Adjustment, weights: np.ndarray
) -> tuple[float, float]:
    """Scaling of the F statistic and its second degrees of freedom for several contrasts at once (rows of weights).

    Kenward and Roger 1997, section 3; where their expressions have no finite value (few degrees of freedom in a
    balanced design) the F is left as it is.
    """
    phi, n = optimum.solution.phi, len(weights)
    theta = weights.T @ np.linalg.inv(weights @ phi @ weights.T) @ weights
    turned = [theta @ phi @ slope @ phi for slope in coefficient_slopes(patterns, optimum)]
    known = adjustment.parameter_covariance
    traces = np.array([np.trace(one) for one in turned])
    first = float(traces @ known @ traces)
    second = float(np.einsum("qr,qab,rba->", known, np.array(turned), np.array(turned), optimize=True))
    if second <= 0:
        return 1.0, float("inf")
    spread = (first + 6 * second) / (2 * n)
    g = ((n + 1) * first - (n + 4) * second) / ((n + 2) * second)
    below = 3 * n + 2 * (1 - g)
    c1, c2, c3 = g / below, (n - g) / below, (n + 2 - g) / below
    mean = 1 / (1 - second / n)
    variance = 2 / n * (1 + c1 * spread) / ((1 - c2 * spread) ** 2 * (1 - c3 * spread))
    ratio = variance / (2 * mean**2)
    df = 4 + (n + 2) / (n * ratio - 1)
    return float(df / (mean * (df - 2))), float(df)
