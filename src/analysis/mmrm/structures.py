"""Covariance structures over visits, each a smooth function of unconstrained parameters.

Every function takes parameters (in the last axis) and the number of visits and works on complex numbers too:
derivatives come from complex steps, exact to rounding (Squire W, Trapp G. SIAM Rev 1998;40:110-2.
doi:10.1137/S003614459631241X).
"""

import numpy as np

COMPLEX_STEP = 1e-30


def unstructured(theta: np.ndarray, n_visits: int) -> np.ndarray:
    """A standard deviation per visit and the direction of each row of the Cholesky factor, its diagonal taken as 1.

    In any unit of the response the parameters but those of the standard deviations are the same, so that nothing that
    is judged by them depends on the unit (Pinheiro JC, Bates DM. Stat Comput 1996;6:289-96, log-Cholesky, rescaled).
    """
    factor = np.zeros((*theta.shape[:-1], n_visits, n_visits), dtype=theta.dtype)
    factor[..., np.arange(n_visits), np.arange(n_visits)] = 1
    factor[(..., *np.tril_indices(n_visits, -1))] = theta[..., n_visits:]
    factor = factor / np.sqrt((factor**2).sum(axis=-1))[..., None]
    return _scaled(theta[..., :n_visits], factor @ np.swapaxes(factor, -1, -2))


def heterogeneous_toeplitz(theta: np.ndarray, n_visits: int) -> np.ndarray:
    """A standard deviation per visit, a correlation per lag (from partial correlations, so that it is valid)."""
    return _scaled(theta[..., :n_visits], _toeplitz(_autocorrelations(np.tanh(theta[..., n_visits:]))))


def heterogeneous_ar1(theta: np.ndarray, n_visits: int) -> np.ndarray:
    """A standard deviation per visit, correlation falling by one factor per visit."""
    return _scaled(theta[..., :n_visits], _falling(theta[..., n_visits], n_visits))


def ar1(theta: np.ndarray, n_visits: int) -> np.ndarray:
    """One standard deviation, correlation falling by one factor per visit."""
    return np.exp(2 * theta[..., 0])[..., None, None] * _falling(theta[..., 1], n_visits)


def compound_symmetry(theta: np.ndarray, n_visits: int) -> np.ndarray:
    """One standard deviation, one correlation between all visits, above its limit of -1 / (visits - 1)."""
    lowest = -1 / (n_visits - 1)
    correlation = (lowest + (1 - lowest) / (1 + np.exp(-theta[..., 1])))[..., None, None]
    return np.exp(2 * theta[..., 0])[..., None, None] * (correlation + (1 - correlation) * np.eye(n_visits))


STRUCTURES = {
    "unstructured": unstructured,
    "heterogeneous_toeplitz": heterogeneous_toeplitz,
    "heterogeneous_ar1": heterogeneous_ar1,
    "ar1": ar1,
    "compound_symmetry": compound_symmetry,
}


def jacobian(structure: str, theta: np.ndarray, n_visits: int) -> np.ndarray:
    """Derivative of the covariance by each parameter: array of parameters by visits by visits."""
    steps = theta + 1j * COMPLEX_STEP * np.eye(len(theta))
    return STRUCTURES[structure](steps, n_visits).imag / COMPLEX_STEP


def start_values(structure: str, covariance: np.ndarray) -> np.ndarray:
    """Parameters near a moment estimate of the covariance."""
    n_visits = len(covariance)
    deviations = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(deviations, deviations)
    neighbours = np.clip(np.diag(correlation, 1).mean(), -0.9, 0.9) if n_visits > 1 else 0.0
    if structure == "unstructured":
        factor = np.linalg.cholesky(correlation)
        directions = factor / np.diag(factor)[:, None]
        return np.concatenate([np.log(deviations), directions[np.tril_indices(n_visits, -1)]])
    common = np.log(np.sqrt(np.mean(deviations**2)))
    if structure == "compound_symmetry":
        lowest = -1 / (n_visits - 1)
        share = np.clip(
            (correlation[np.tril_indices(n_visits, -1)].mean() - lowest) / (1 - lowest), 0.05, 0.95
        )
        return np.array([common, np.log(share / (1 - share))])
    if structure == "ar1":
        return np.array([common, np.arctanh(neighbours)])
    lags = 1 if structure == "heterogeneous_ar1" else n_visits - 1
    return np.concatenate([np.log(deviations), [np.arctanh(neighbours)], np.zeros(lags - 1)])


def _scaled(log_deviations, correlation):
    """Covariance from standard deviations and correlations."""
    deviations = np.exp(log_deviations)
    return deviations[..., :, None] * correlation * deviations[..., None, :]


def _falling(arc, n_visits):
    """Correlation matrix that falls by the tangent of `arc` with each visit."""
    return _toeplitz(np.tanh(arc)[..., None] ** np.arange(n_visits))


def _toeplitz(by_lag):
    """Correlation matrix that depends on the lag alone."""
    visits = np.arange(by_lag.shape[-1])
    return by_lag[..., np.abs(np.subtract.outer(visits, visits))]


def _autocorrelations(partial):
    """Autocorrelations at lags 0, 1, ... from partial ones (Durbin-Levinson)."""
    rho, phi = np.ones_like(partial[..., :1]), partial[..., :0]
    for lag in range(partial.shape[-1]):
        reflection = partial[..., lag : lag + 1]
        ahead = (phi * rho[..., :0:-1]).sum(axis=-1, keepdims=True)
        spread = 1 - (phi * rho[..., 1:]).sum(axis=-1, keepdims=True)
        rho = np.concatenate([rho, ahead + reflection * spread], axis=-1)
        phi = np.concatenate([phi - reflection * phi[..., ::-1], reflection], axis=-1)
    return rho
