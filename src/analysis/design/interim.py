"""Group-sequential boundaries for interim looks.

An interim report without a registered spending plan is descriptive; these boundaries are for studies that have one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from analysis.language import mark, tr

_NODES = 128
_TAIL = 9.0
PRACTICALLY_NONE = mark("practically no alpha is due at this look: no result crosses its boundary")


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Critical values per look. `nominal_p` has as many sides as the design; `spent` is the alpha used so far.

    `notes` has a word per look; a look so early that practically no alpha is due has an infinite z and the level 0.
    """

    information: tuple
    z: tuple
    nominal_p: tuple
    spent: tuple
    sided: int
    alpha: float
    method: str
    notes: tuple = ()


def lan_demets_obrien_fleming(information: Sequence[float], *, alpha: float, sided: int) -> Boundaries:
    """Boundaries that spend alpha as O'Brien and Fleming would: 2 - 2 Phi(z(a/2)/sqrt(t)) on each side.

    Parameters
    ----------
    information : sequence of float
        Share of the final information at each look, rising, the last at most 1; looks need not be equally spaced.
    alpha : float
        Overall level, of both sides together when `sided` is 2.
    sided : {1, 2}
        Two-sided designs spend alpha/2 on each side.

    Raises
    ------
    ValueError
        For information that does not rise within (0, 1], or an impossible level.

    References
    ----------
    Lan KKG, DeMets DL. Discrete sequential boundaries for clinical trials. Biometrika 1983;70:659-663.
    doi:10.1093/biomet/70.3.659

    Examples
    --------
    >>> looks = lan_demets_obrien_fleming([0.5, 1], alpha=0.05, sided=2)
    >>> [round(z, 4) for z in looks.z], [round(p, 4) for p in looks.nominal_p]
    ([2.9626, 1.9686], [0.0031, 0.049])
    """
    from scipy.special import ndtr, ndtri

    def spend(t, one_sided):
        return 2 * ndtr(ndtri(one_sided / 2) / np.sqrt(t))

    return _spending(information, alpha, sided, spend, tr("Lan-DeMets, O'Brien-Fleming type"))


def lan_demets_pocock(information: Any, *, alpha: float, sided: int) -> Boundaries:
    """Boundaries that spend alpha as Pocock would: a log(1 + (e - 1)t) on each side. As `lan_demets_obrien_fleming`.

    Examples
    --------
    >>> looks = lan_demets_pocock([0.5, 1], alpha=0.05, sided=2)
    >>> [round(p, 4) for p in looks.nominal_p]
    [0.031, 0.0277]
    """
    return _spending(
        information, alpha, sided, lambda t, a: a * np.log1p((np.e - 1) * t), tr("Lan-DeMets, Pocock type")
    )


def obrien_fleming(n_looks: int, *, alpha: float, sided: int) -> Boundaries:
    """Classical O'Brien-Fleming boundaries at equally spaced looks: z = c sqrt(K/k).

    O'Brien PC, Fleming TR. Biometrics 1979;35:549-556. doi:10.2307/2530245

    Examples
    --------
    >>> round(obrien_fleming(3, alpha=0.05, sided=2).z[-1], 3)
    2.004
    """
    return _classical(n_looks, alpha, sided, lambda t: 1 / np.sqrt(t), tr("O'Brien-Fleming"))


def pocock(n_looks: int, *, alpha: float, sided: int) -> Boundaries:
    """Classical Pocock boundaries at equally spaced looks: the same z at each.

    Pocock SJ. Biometrika 1977;64:191-199. doi:10.1093/biomet/64.2.191

    Examples
    --------
    >>> round(pocock(3, alpha=0.05, sided=2).z[0], 3)
    2.289
    """
    return _classical(n_looks, alpha, sided, lambda t: np.ones_like(t), tr("Pocock"))


def _spending(information, alpha: float, sided: int, spend, method: str) -> Boundaries:
    """Solve look by look for the z that spends what the function allows."""
    from scipy.special import ndtr

    times = _checked(information, alpha, sided)
    target = sided * spend(np.minimum(times, 1.0), alpha / sided)
    process, bounds = _Process(), []
    for time, due in zip(times, np.diff(target, prepend=0.0), strict=True):
        bounds.append(_bound(process, time, due, sided))
        process = process.advanced(time, min(bounds[-1], _TAIL), sided)
    nominal = sided * ndtr(-np.array(bounds))
    notes = tuple(PRACTICALLY_NONE if np.isinf(bound) else "" for bound in bounds)
    return replace(_boundaries(times, bounds, nominal, target, sided, alpha, method), notes=notes)


def _bound(process: "_Process", time: float, due: float, sided: int) -> float:
    """The z that spends what is due; infinite where that is less than a bound of 9 would spend."""
    from scipy.optimize import brentq

    if _excess(_TAIL, process, time, due, sided) >= 0:
        return float("inf")
    return float(brentq(_excess, 0.0, _TAIL, args=(process, time, due, sided), xtol=1e-12))


def _excess(z: float, process: "_Process", time: float, due: float, sided: int) -> float:
    """Alpha a boundary spends at this look beyond what is due."""
    return process.crossing(time, z, sided) - due


def _classical(n_looks: int, alpha: float, sided: int, shape, method: str) -> Boundaries:
    """Solve for the constant that makes the overall level alpha."""
    from scipy.optimize import brentq
    from scipy.special import ndtr

    if n_looks < 1:
        raise ValueError(f"n_looks: expected 1 or more, got {n_looks}")
    times = _checked(np.arange(1, n_looks + 1) / n_looks, alpha, sided)

    def excess(constant):
        return sum(_crossing(times, constant * shape(times), sided)) - alpha

    bounds = brentq(excess, 0.5, 6.0, xtol=1e-12) * shape(times)
    spent = np.cumsum(_crossing(times, bounds, sided))
    return _boundaries(
        times,
        bounds,
        sided * ndtr(-bounds),
        spent,
        sided,
        alpha,
        tr("{method}, {n_looks} equal looks", method=method, n_looks=n_looks),
    )


def _boundaries(times, bounds, nominal, spent, sided: int, alpha: float, method: str) -> Boundaries:
    """Result with plain floats."""
    values = (tuple(float(value) for value in column) for column in (times, bounds, nominal, spent))
    return Boundaries(*values, sided, alpha, method)  # type: ignore[arg-type, call-arg]


def _checked(information, alpha: float, sided: int) -> np.ndarray:
    """Information times, checked with the level."""
    times = np.asarray(information, dtype=float)
    if (
        times.ndim != 1
        or not len(times)
        or not (times > 0).all()
        or (np.diff(times) <= 0).any()
        or times[-1] > 1 + 1e-9
    ):
        raise ValueError(f"information: expected rising shares in (0, 1], got {information}")
    if sided not in (1, 2):
        raise ValueError(f"sided: expected 1 or 2, got {sided}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: expected a number between 0 and 1, got {alpha}")
    return times


@lru_cache(maxsize=1)
def _gauss_nodes() -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights on [-1, 1]."""
    return np.polynomial.legendre.leggauss(_NODES)


@dataclass(frozen=True, slots=True)
class _Process:
    """Score process under the null that has not crossed yet: its time, and weights on a grid of values.

    Increments are independent and normal, so the weights are carried from look to look by Gauss quadrature
    (Armitage, McPherson, Rowe 1969).
    """

    time: float = 0.0
    grid: np.ndarray = field(default_factory=lambda: np.zeros(1))
    weight: np.ndarray = field(default_factory=lambda: np.ones(1))

    def crossing(self, time: float, bound: float, sided: int) -> float:
        """Probability to cross first at this time."""
        from scipy.special import ndtr

        step, edge = np.sqrt(time - self.time), bound * np.sqrt(time)
        above = ndtr((self.grid - edge) / step)
        below = ndtr((-edge - self.grid) / step) if sided == 2 else 0.0
        return float((self.weight * (above + below)).sum())

    def advanced(self, time: float, bound: float, sided: int) -> "_Process":
        """The process after this look, inside the boundary."""
        nodes, weights = _gauss_nodes()
        step, edge = np.sqrt(time - self.time), bound * np.sqrt(time)
        low = -edge if sided == 2 else -_TAIL * np.sqrt(time)
        grid = low + (nodes + 1) / 2 * (edge - low)
        kernel = np.exp(-(((grid[:, None] - self.grid) / step) ** 2) / 2) / (step * np.sqrt(2 * np.pi))
        return _Process(time, grid, (kernel * self.weight).sum(axis=1) * weights * (edge - low) / 2)


def _crossing(times, bounds, sided: int) -> list[float]:
    """Probability under the null to cross first at each look."""
    process, crossed = _Process(), []
    for time, bound in zip(times, bounds, strict=True):
        crossed.append(process.crossing(time, bound, sided))
        process = process.advanced(time, bound, sided)
    return crossed
