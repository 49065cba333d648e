"""Logistic regression with Firth's penalty: finite estimates where a covariate separates the outcomes.

The likelihood is multiplied by the square root of the determinant of its information. Estimates are finite for any data
and less biased in small samples. Limits are those of the profile of the penalised likelihood; Wald limits are far off
exactly where the penalty is needed (Heinze and Schemper 2002).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.identified import check_independent
from analysis.inputs import NotEstimable, check_level, ratio_of, yes_no
from analysis.language import tr

STEPS, HALVINGS, SETTLED = 200, 40, 1e-11
FARTHEST = 60.0  # standardised log odds beyond which a limit is called infinite


@dataclass(frozen=True, slots=True)
class FirthFit:
    """Coefficients in the order of the columns and the penalised log-likelihood."""

    coefficients: np.ndarray
    log_likelihood: float


def firth_logistic(design: pd.DataFrame, outcome: ArrayLike, *, confidence_level: float) -> pd.DataFrame:
    """Odds ratios with profile limits and penalised likelihood ratio tests.

    Parameters
    ----------
    design : DataFrame
        One column per term, the intercept among them; complete.
    outcome : array or Series
        0/1 or boolean, complete.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    DataFrame
        term, estimate (odds ratio), conf_low, conf_high, coefficient, statistic (likelihood ratio), p_value, method.

    References
    ----------
    Firth D. Biometrika 1993;80:27-38. doi:10.1093/biomet/80.1.27.
    Heinze G, Schemper M. Stat Med 2002;21:2409-19. doi:10.1002/sim.1047.

    Examples
    --------
    Nobody without the marker responded:

    >>> design = pd.DataFrame({"(intercept)": 1.0, "marker": [0.0] * 5 + [1.0] * 5})
    >>> table = firth_logistic(design, [0] * 5 + [1, 1, 1, 0, 0], confidence_level=0.95)
    >>> table["estimate"].round(4).tolist()
    [0.0909, 15.4]
    """
    from scipy.special import ndtri
    from scipy.stats import chi2

    check_level(confidence_level)
    answers, columns = yes_no(outcome, "outcome"), design.to_numpy(float)
    if not np.isfinite(columns).all() or np.isnan(answers).any():
        raise ValueError("design and outcome must be complete and finite: leave the other rows out first")
    if not len(answers) or np.ptp(answers) == 0:
        raise NotEstimable("the outcome does not vary in {n} rows", n=len(answers))
    check_independent(columns, design.columns)
    drop = float(ndtri(0.5 + confidence_level / 2) ** 2) / 2
    rows = []
    for j, term in enumerate(design.columns):
        own, length = _own_part(columns, j)
        best = maximise(own, answers)
        low, high = (_limit(own, answers, best, way, drop) / length for way in (-1.0, 1.0))
        without = maximise(own, answers, fixed=(0, 0.0)).log_likelihood
        statistic = max(2 * (best.log_likelihood - without), 0.0)
        coefficient = best.coefficients[0] / length
        rows.append(
            (term, *ratio_of([coefficient, low, high]), coefficient, statistic, chi2.sf(statistic, 1))
        )
    names = ["term", "estimate", "conf_low", "conf_high", "coefficient", "statistic", "p_value"]
    method = tr("Firth's penalised logistic regression, profile limits, penalised likelihood ratio test")
    return pd.DataFrame(rows, columns=names).assign(method=method)


def joint_statistic(design: pd.DataFrame, outcome: ArrayLike) -> float:
    """Penalised likelihood ratio statistic of all columns but the first (the intercept) together."""
    columns, answers = design.to_numpy(float), yes_no(outcome, "outcome")
    scaled = np.linalg.qr(columns)[0] * np.sqrt(len(columns))
    held = (np.arange(1, columns.shape[1]), 0.0)
    return 2 * (
        maximise(scaled, answers).log_likelihood - maximise(scaled, answers, fixed=held).log_likelihood
    )


def maximise(design: Any, outcome: ArrayLike, *, fixed: Any = None, start: Any = None) -> FirthFit:
    """Maximum of the penalised likelihood, coefficients held where `fixed` = (positions, value) says so."""
    free = np.ones(design.shape[1], dtype=bool)
    beta = np.zeros(design.shape[1]) if start is None else start.copy()
    if fixed is not None:
        free[fixed[0]], beta[fixed[0]] = False, fixed[1]
    current = _penalised(design, outcome, beta)
    for _ in range(STEPS if free.any() and np.isfinite(current) else 0):
        score, information = _score(design, outcome, beta)
        step = np.zeros(len(beta))
        step[free] = np.linalg.solve(information[np.ix_(free, free)], score[free])
        step /= max(1.0, np.abs(step).max() / 5)
        scale = 1.0
        for _ in range(HALVINGS):
            ahead = _penalised(design, outcome, beta + scale * step)
            if ahead >= current:
                break
            scale /= 2
        beta, gain, current = beta + scale * step, ahead - current, ahead
        if abs(gain) < SETTLED and np.abs(scale * step).max() < 1e-9:
            break
    return FirthFit(beta, current)


def _own_part(columns, j):
    """A column's part that the others do not have, at length 1 per row, and the others as orthogonal columns.

    The coefficient of the column is the same, its profile too, and nothing depends on units or origins.
    """
    others = np.linalg.qr(np.delete(columns, j, axis=1))[0]
    own = columns[:, j] - others @ (others.T @ columns[:, j])
    root = np.sqrt(len(columns))
    length = np.linalg.norm(own) / root
    return np.column_stack([own / length, others * root]), length


def _limit(design, outcome, best, way, drop):
    """Value of the first coefficient at which the profile has fallen by `drop`; infinite where it never does."""
    from scipy.optimize import brentq

    state = {"inside": best}

    def left(distance):
        at = best.coefficients[0] + way * distance
        found = maximise(design, outcome, fixed=(0, at), start=state["inside"].coefficients)
        state["last"] = found
        return found.log_likelihood - (best.log_likelihood - drop)

    inside, step = 0.0, 0.25
    while inside < FARTHEST:
        height = left(inside + step)
        if np.isfinite(height) and height <= 0:
            return best.coefficients[0] + way * brentq(left, inside, inside + step, xtol=1e-11)
        if np.isfinite(height):
            inside, state["inside"], step = inside + step, state["last"], step * 1.3
        elif step < 1e-3:
            break
        else:
            step /= 2
    return way * np.inf


def _probability(design, beta):
    return 0.5 * (1 + np.tanh(0.5 * (design @ beta)))


def _penalised(design, outcome, beta):
    """Log-likelihood plus half the log determinant of the information."""
    log_odds = design @ beta
    spread = _probability(design, beta)
    spread = spread * (1 - spread)
    if not spread.max() > 1e-13:
        return -np.inf
    sign, determinant = np.linalg.slogdet((design.T * spread) @ design)
    if sign <= 0:
        return -np.inf
    return float(outcome @ log_odds - np.logaddexp(0, log_odds).sum() + 0.5 * determinant)


def _score(design, outcome, beta):
    """Firth's modified score and the information."""
    probability = _probability(design, beta)
    spread = probability * (1 - probability)
    information = (design.T * spread) @ design
    leverage = spread * np.einsum("ij,jk,ik->i", design, np.linalg.inv(information), design)
    return design.T @ (outcome - probability + leverage * (0.5 - probability)), information
