"""Conditional power at an interim look: how likely the final test succeeds, given what has been seen."""

from dataclasses import dataclass

import numpy as np

from analysis.inputs import check_share, check_whole
from analysis.language import tr


@dataclass(frozen=True, slots=True)
class PowerAtLook:
    """What a look promises of the final test, as rows of the results table take it.

    `conditional_power` if the trend seen so far goes on, `planned_power` if from now on it is as planned (NaN without a
    plan), `predictive_power` over what the data leave open; `statistic` and `n` are those of the look.
    """

    conditional_power: float
    planned_power: float
    predictive_power: float
    statistic: float
    information: float
    critical: float
    n: int
    n_missing: int
    method: str


def conditional_power(
    z: float, *, information: float, critical: float, drift: float | None = None, sided: int = 1
) -> float:
    """Probability that the final z exceeds the critical value, given the interim z.

    Parameters
    ----------
    z : float
        Test statistic at the look, positive in the direction of benefit.
    information : float
        Share of the final information, between 0 and 1.
    critical : float
        Value that the final z must exceed (1.96 for two-sided 0.05, or the boundary of the plan).
    drift : float, optional
        Expected final z; what the plan assumed (z of alpha plus z of power), 0 for no effect. Without it the trend seen
        so far continues: z / sqrt(information).
    sided : {1, 2}
        2 adds the probability of the opposite conclusion.

    References
    ----------
    Lan KKG, Wittes J. Biometrics 1988;44:579-85. doi:10.2307/2531870.

    Examples
    --------
    >>> round(conditional_power(1.2, information=0.5, critical=1.96), 4)
    0.355
    >>> round(conditional_power(1.2, information=0.5, critical=1.96, drift=2.8), 4)
    0.6584
    """
    from scipy.special import ndtr

    check_share("information", information, example="0.5")
    if sided not in (1, 2):
        raise ValueError(f"sided: expected 1 or 2, got {sided}")
    if not np.isfinite([z, critical]).all() or critical <= 0:
        raise ValueError(f"z, critical: expected finite numbers, critical above 0, got {z} and {critical}")
    ahead = z / np.sqrt(information) if drift is None else drift
    centre = z * np.sqrt(information) + ahead * (1 - information)
    spread = np.sqrt(1 - information)
    power = ndtr((centre - critical) / spread)
    return float(power + (ndtr((-critical - centre) / spread) if sided == 2 else 0.0))


def predictive_power(z: float, *, information: float, critical: float) -> float:
    """Conditional power averaged over what the data leave open about the effect (flat prior).

    Parameters as `conditional_power`.

    References
    ----------
    Spiegelhalter DJ, et al. Control Clin Trials 1986;7:8-17. doi:10.1016/0197-2456(86)90003-6.

    Examples
    --------
    >>> round(predictive_power(1.2, information=0.5, critical=1.96), 4)
    0.3963
    """
    from scipy.special import ndtr

    check_share("information", information, example="0.5")
    spread = np.sqrt((1 - information) / information)
    return float(ndtr((z / np.sqrt(information) - critical) / spread))


def power_at_look(
    z: float, *, information: float, critical: float, n: int, n_missing: int = 0, drift: float | None = None
) -> PowerAtLook:
    """Conditional and predictive power at one look, with the subjects that its statistic rests on.

    Parameters
    ----------
    z, information, critical, drift
        As `conditional_power` takes them; `drift` is what the plan assumed.
    n, n_missing : int
        Subjects in the statistic of the look, and those due who are not in it.

    Examples
    --------
    >>> found = power_at_look(1.2, information=0.5, critical=1.96, n=40, drift=2.8)
    >>> round(found.conditional_power, 4), round(found.planned_power, 4), round(found.predictive_power, 4)
    (0.355, 0.6584, 0.3963)
    """
    check_whole("n", n)
    check_whole("n_missing", n_missing, least=0)
    planned = float("nan")
    if drift is not None:
        planned = conditional_power(z, information=information, critical=critical, drift=drift)
    return PowerAtLook(
        conditional_power=conditional_power(z, information=information, critical=critical),
        planned_power=planned,
        predictive_power=predictive_power(z, information=information, critical=critical),
        statistic=float(z),
        information=float(information),
        critical=float(critical),
        n=n,
        n_missing=n_missing,
        method=tr("conditional power by the B-value (Lan and Wittes), predictive power with a flat prior"),
    )
