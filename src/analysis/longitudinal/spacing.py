"""First-order autoregressive working correlation over real positions: gaps and unequal steps count."""

from typing import Any

import numpy as np
from statsmodels.genmod.cov_struct import CovStruct

CLOSEST = 0.999


class SpacedAutoregressive(CovStruct):
    """Correlation rho to the power of the distance between positions, in steps of the smallest distance there is.

    Rho solves the estimating equation of the pairwise products of Pearson residuals with equal weights, as geepack does
    with `waves`; the scale is their mean square.
    """

    def initialize(self, model: Any) -> None:
        """Distances of all pairs within subjects, in steps."""
        super().initialize(model)
        self.dep_params = 0.0
        self._distances = [np.abs(t[:, 0][:, None] - t[:, 0][None, :]) for t in model.time_li]
        apart = np.concatenate([d[np.tril_indices(len(d), -1)] for d in self._distances])
        self._step = float(apart.min()) if len(apart) else 1.0
        self._steps = apart / self._step
        self._whole = bool(np.allclose(self._steps, np.round(self._steps)))

    def update(self, params: Any) -> None:
        """Solve for rho at the current coefficients."""
        if not len(self._steps):
            return
        products, squares = [], []
        for i in range(self.model.num_group):
            expected, _ = self.model.cached_means[i]
            residuals = (self.model.endog_li[i] - expected) / np.sqrt(self.model.family.variance(expected))
            squares.append(residuals**2)
            products.append(np.outer(residuals, residuals)[np.tril_indices(len(residuals), -1)])
        scaled = np.concatenate(products) / np.concatenate(squares).mean()
        self.dep_params = self._solve(scaled)

    def _solve(self, scaled):
        """Root of sum d rho^(d - 1) (z - rho^d); a negative rho only where all distances are whole steps."""
        from scipy.optimize import brentq

        lowest = -CLOSEST if self._whole else 1e-9
        steps = np.round(self._steps) if self._whole else self._steps

        def slope(rho):
            return float((steps * np.power(rho, steps - 1) * (scaled - np.power(rho, steps))).sum())

        def distance(rho):
            return float(((scaled - np.power(rho, steps)) ** 2).sum())

        grid = np.linspace(lowest, CLOSEST, 80)
        best = int(np.argmin([distance(rho) for rho in grid]))
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        if slope(low) > 0 > slope(high):
            return float(brentq(slope, low, high, xtol=1e-15, rtol=1e-14))
        return float(grid[best])

    def covariance_matrix(self, endog_expval: Any, index: Any) -> tuple[Any, Any]:
        """Working correlation of one subject."""
        steps = self._distances[index] / self._step
        return np.power(self.dep_params, np.round(steps) if self._whole else steps), True
