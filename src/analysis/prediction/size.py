"""How many subjects a prediction model needs."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Subjects needed by each of Riley's criteria, the largest of them, and events per parameter at it."""

    for_shrinkage: int
    for_small_optimism: int
    for_overall_risk: int
    n: int
    events_per_parameter: float


def required_size(
    *,
    n_parameters: int,
    prevalence: float,
    r2_cox_snell: float,
    shrinkage: float = 0.9,
    optimism: float = 0.05,
    margin: float = 0.05,
) -> SampleSize:
    """Riley's minimum sample size for a model of a binary outcome.

    Parameters
    ----------
    n_parameters : int
        Candidate parameters (levels of categories count each).
    prevalence, r2_cox_snell : float
        Expected outcome proportion and Cox-Snell R squared of the model.
    shrinkage, optimism, margin : float
        Expected uniform shrinkage, difference of apparent and adjusted Nagelkerke R squared, half width of the
        95 % interval of the overall risk: the values proposed by the authors.

    References
    ----------
    Riley RD, et al. Stat Med 2019;38:1276-96. doi:10.1002/sim.7992. Riley RD, et al. BMJ 2020;368:m441.
    doi:10.1136/bmj.m441.

    Examples
    --------
    >>> required_size(n_parameters=24, prevalence=0.174, r2_cox_snell=0.288).n
    662
    """
    if not 0 < prevalence < 1 or n_parameters < 1:
        raise ValueError("prevalence must lie between 0 and 1 and there must be a parameter")
    null = prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence)
    largest = 1 - math.exp(2 * null)
    if not 0 < r2_cox_snell < largest:
        raise ValueError(f"r2_cox_snell must lie between 0 and its maximum here, {largest:.3f}")
    needed = r2_cox_snell / (r2_cox_snell + optimism * largest)
    first = _for_shrinkage(n_parameters, r2_cox_snell, shrinkage)
    second = _for_shrinkage(n_parameters, r2_cox_snell, needed)
    third = math.ceil((1.96 / margin) ** 2 * prevalence * (1 - prevalence))
    n = max(first, second, third)
    return SampleSize(first, second, third, n, n * prevalence / n_parameters)


def _for_shrinkage(n_parameters, r2, shrinkage):
    """Subjects for an expected uniform shrinkage (Riley 2019, equation 11)."""
    return math.ceil(n_parameters / ((shrinkage - 1) * math.log(1 - r2 / shrinkage)))
