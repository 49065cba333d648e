"""Ridge logistic likelihood: the one fit on which this package rests."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.inputs import NotEstimable

STEPS = 60
TOLERANCE = 1e-10


@dataclass(frozen=True, slots=True)
class Fit:
    """Intercept first; `information` is that of the unpenalised likelihood."""

    coefficients: np.ndarray
    log_likelihood: float
    information: np.ndarray
    effective_df: float


class NoMaximum(NotEstimable):
    """The likelihood has no maximum: a covariate separates the outcomes."""

    def __init__(self):
        super().__init__("the likelihood has no maximum: a covariate separates the outcomes; use a penalty")


def newton(
    design: Any, outcome: np.ndarray, *, penalty: Any, start: Any = None, weights: np.ndarray | float = 1.0
) -> Fit:
    """Maximise the log-likelihood minus half the penalty times the squared slopes (design with intercept first).

    `weights` are those of the rows: a subject completed several times over counts once.
    """
    ridge = np.diag(np.r_[0.0, np.full(design.shape[1] - 1, float(penalty))])
    beta = np.zeros(design.shape[1]) if start is None else start
    current = _penalised(design, outcome, beta, ridge, weights)
    for _ in range(STEPS):
        probability = expit(design @ beta)
        information = (design.T * (weights * probability * (1 - probability))) @ design
        gradient = design.T @ (weights * (outcome - probability)) - ridge @ beta
        try:
            step = np.linalg.solve(information + ridge, gradient)
        except np.linalg.LinAlgError:
            raise NoMaximum() from None
        if gradient @ step < TOLERANCE:
            break
        scale = 1.0
        while (ahead := _penalised(design, outcome, beta + scale * step, ridge, weights)) < current:
            scale /= 2
            if scale <= 1e-8:
                break
        beta, current = beta + scale * step, ahead
    if gradient @ step >= 1e-6 or np.abs(design @ beta).max() > 30:
        raise NoMaximum()
    likelihood = _penalised(design, outcome, beta, 0 * ridge, weights)
    spent = np.trace(np.linalg.solve(information + ridge, information)) - 1
    return Fit(beta, likelihood, information, float(spent))


def expit(log_odds: np.ndarray) -> Any:
    """Probability from log odds, without overflow."""
    return 0.5 * (1 + np.tanh(0.5 * log_odds))


def _penalised(design, outcome, beta, ridge, weights):
    """Penalised log-likelihood."""
    log_odds = design @ beta
    return float(
        (weights * (outcome * log_odds - np.logaddexp(0, log_odds))).sum() - 0.5 * beta @ ridge @ beta
    )
