"""Comparison with published thresholds, free of binary float noise.

A score that is 2.8 on paper must be 2.8 here: 0.1 + 2.7 is 2.8000000000000003 in binary floating point and
would leave remission. Every comparison with a threshold in this project is made on values rounded to eight
decimals, on both sides, and never on values rounded for display.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

DECIMALS = 8


def settle(value: ArrayLike) -> Any:
    """Round to eight decimals, the precision at which thresholds are compared.

    Parameters
    ----------
    value : float, array or Series
        Any unit. NaN stays NaN; a Series keeps its index.

    Examples
    --------
    >>> 0.1 + 2.7 <= 2.8, bool(settle(0.1 + 2.7) <= 2.8)
    (False, True)
    """
    return np.round(value, DECIMALS)
