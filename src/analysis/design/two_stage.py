"""Simon's two-stage designs for a single-arm response rate."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np


@dataclass(frozen=True, slots=True)
class TwoStageDesign:
    """Stop after `n1` with at most `r1` responses; at the end at most `r` of `n` means not promising."""

    r1: int
    n1: int
    r: int
    n: int
    expected_n: float
    stop_early: float
    alpha: float
    power: float
    criterion: str


def simon_designs(p0: float, p1: float, *, alpha: float, beta: float, n_max: int = 100) -> tuple:
    """Simon's optimal and minimax two-stage designs.

    Parameters
    ----------
    p0, p1 : float
        Response rate not worth pursuing, and worth pursuing; 0 < p0 < p1 < 1.
    alpha, beta : float
        Largest probability to pursue at p0, and to drop at p1.
    n_max : int
        Largest total searched; 100 by default.

    Returns
    -------
    (TwoStageDesign, TwoStageDesign)
        "optimal": smallest expected number of patients at p0; "minimax": smallest total, then smallest expected number.
        `expected_n` and `stop_early` are at p0; `alpha` and `power` are those attained.

    Raises
    ------
    ValueError
        For impossible rates or errors, or when no design up to n_max exists.

    References
    ----------
    Simon R. Optimal two-stage designs for phase II clinical trials. Control Clin Trials 1989;10:1-10.
    doi:10.1016/0197-2456(89)90015-9

    Examples
    --------
    Simon's table, p0 = 0.2, p1 = 0.4:

    >>> optimal, minimax = simon_designs(0.2, 0.4, alpha=0.05, beta=0.2)
    >>> (optimal.r1, optimal.n1, optimal.r, optimal.n, round(optimal.expected_n, 1))
    (3, 13, 12, 43, 20.6)
    >>> (minimax.r1, minimax.n1, minimax.r, minimax.n)
    (4, 18, 10, 33)
    """
    if not 0 < p0 < p1 < 1:
        raise ValueError(f"p0, p1: expected 0 < p0 < p1 < 1, got {p0} and {p1}")
    if not (0 < alpha < 1 and 0 < beta < 1):
        raise ValueError(f"alpha, beta: expected numbers between 0 and 1, got {alpha} and {beta}")
    found = list(_candidates(p0, p1, alpha, beta, n_max))
    if not found:
        raise ValueError(
            f"no design up to n_max = {n_max} keeps alpha {alpha:g} and beta {beta:g}; raise n_max"
        )
    optimal = min(found, key=lambda design: (design[4], design[3]))
    minimax = min(found, key=lambda design: (design[3], design[4]))
    return TwoStageDesign(*optimal, "optimal"), TwoStageDesign(*minimax, "minimax")  # type: ignore[call-arg]


def _candidates(p0: float, p1: float, alpha: float, beta: float, n_max: int):
    """Feasible designs by rising total; a first stage above the smallest expected number so far cannot improve it."""
    best, smallest_n = np.inf, n_max
    for n in range(2, n_max + 1):
        for n1 in range(1, n):
            if n > smallest_n and n1 >= best:
                break
            design = _best_bound(n1, n, p0, p1, alpha, beta)
            if design:
                best, smallest_n = min(best, design[4]), min(smallest_n, n)
                yield design


def _best_bound(n1: int, n: int, p0: float, p1: float, alpha: float, beta: float):
    """The feasible stopping bounds with the smallest expected number at p0; None without any."""
    first, under_null = _rejection(n1, n, p0)
    r = (under_null > alpha).sum(axis=1)  # smallest r within alpha: rejection falls with r
    _, under_alternative = _rejection(n1, n, p1)
    power = np.where(r < n, under_alternative[np.arange(n1), np.minimum(r, n)], 0.0)
    feasible = np.flatnonzero(power >= 1 - beta)
    if not len(feasible):
        return None
    r1 = int(feasible.max())  # the latest bound stops most often at p0
    stop = float(first[: r1 + 1].sum())
    expected = n1 + (1 - stop) * (n - n1)
    return r1, n1, int(r[r1]), n, expected, stop, float(under_null[r1, r[r1]]), float(power[r1])


def _rejection(n1: int, n: int, p: float) -> tuple[np.ndarray, np.ndarray]:
    """First-stage probabilities, and P(continue beyond r1 and more than r in all) for r1 (rows, 0 ... n1 - 1) and r."""
    first, second = _binomial(n1, p), _binomial(n - n1, p)
    more_than = np.concatenate([np.cumsum(second[::-1])[::-1], [0.0]])  # P(X2 >= j)
    needed = np.arange(n + 1)[None, :] + 1 - np.arange(n1 + 1)[:, None]
    joint = first[:, None] * more_than[np.clip(needed, 0, n - n1 + 1)]
    beyond = np.cumsum(joint[::-1], axis=0)[::-1]
    return first, beyond[1:]


@lru_cache(maxsize=1024)
def _binomial(n: int, p: float) -> np.ndarray:
    """Binomial probabilities of 0 ... n."""
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    return np.exp(gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1) + xlogy(k, p) + xlog1py(n - k, -p))
