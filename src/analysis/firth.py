"""Logistic regression with Firth's penalty: finite estimates where a covariate separates the outcomes.

The likelihood is multiplied by the square root of the determinant of its information. Estimates are finite for any data
and less biased in small samples. Limits are those of the profile of the penalised likelihood; Wald limits are far off
exactly where the penalty is needed (Heinze and Schemper 2002).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.identified import check_independent
from analysis.inputs import NotEstimable, check_level, yes_no

STEPS, HALVINGS, SETTLED = 200, 40, 1e-11
FARTHEST = 60.0  # standardised log odds beyond which a limit is called infinite


@dataclass(frozen=True, slots=True)
class FirthFit:
    """Coefficients in the order of the columns and the penalised log-likelihood."""

    coefficients: np.ndarray
    log_likelihood: float


def firth_logistic(design: pd.DataFrame, outcome, *, confidence_level: float) -> pd.DataFrame:
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
    if not len(answers) or np.ptp(answers) == 0:
        raise NotEstimable(f"the outcome does not vary in {len(answers)} rows")
    check_independent(columns, design.columns)
    length = np.linalg.norm(columns, axis=0) / np.sqrt(len(columns))
    scaled = columns / length
    best = maximise(scaled, answers)
    drop = float(ndtri(0.5 + confidence_level / 2) ** 2) / 2
    rows = []
    for j, term in enumerate(design.columns):
        low, high = (_limit(scaled, answers, best, j, way, drop) / length[j] for way in (-1.0, 1.0))
        without = maximise(scaled, answers, fixed=(j, 0.0)).log_likelihood
        statistic = max(2 * (best.log_likelihood - without), 0.0)
        coefficient = best.coefficients[j] / length[j]
        rows.append((term, *np.exp([coefficient, low, high]), coefficient, statistic, chi2.sf(statistic, 1)))
    names = ["term", "estimate", "conf_low", "conf_high", "coefficient", "statistic", "p_value"]
    method = "Firth's penalised logistic regression, profile limits, penalised likelihood ratio test"
    return pd.DataFrame(rows, columns=names).assign(method=method)


def joint_statistic(design: pd.DataFrame, outcome) -> float:
    """Penalised likelihood ratio statistic of all columns but the first (the intercept) together."""
    columns, answers = design.to_numpy(float), yes_no(outcome, "outcome")
    scaled = columns / np.linalg.norm(columns, axis=0) * np.sqrt(len(columns))
    held = (np.arange(1, columns.shape[1]), 0.0)
    return 2 * (
        maximise(scaled, answers).log_likelihood - maximise(scaled, answers, fixed=held).log_likelihood
    )


def maximise(design, outcome, *, fixed=None) -> FirthFit:
    """Maximum of the penalised likelihood, coefficients held where `fixed` = (positions, value) says so."""
    free = np.ones(design.shape[1], dtype=bool)
    beta = np.zeros(design.shape[1])
    if fixed is not None:
        free[fixed[0]], beta[fixed[0]] = False, fixed[1]
    current = _penalised(design, outcome, beta)
    for _ in range(STEPS if free.any() else 0):
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


def _limit(design, outcome, best, j, way, drop):
    """Value of a coefficient at which the profile has fallen by `drop`; infinite where it never does."""
    from scipy.optimize import brentq

    def left(distance):
        at = best.coefficients[j] + way * distance
        return maximise(design, outcome, fixed=(j, at)).log_likelihood - (best.log_likelihood - drop)

    reach = 1.0
    while left(reach) > 0:
        if reach > FARTHEST:
            return way * np.inf
        reach *= 2
    return best.coefficients[j] + way * brentq(left, 0.0, reach, xtol=1e-10)


def _probability(design, beta):
    return 0.5 * (1 + np.tanh(0.5 * (design @ beta)))


def _penalised(design, outcome, beta):
    """Log-likelihood plus half the log determinant of the information."""
    log_odds = design @ beta
    spread = _probability(design, beta)
    spread = spread * (1 - spread)
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
