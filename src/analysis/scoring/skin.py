"""Skin disease of dermatomyositis: severity and response by CDASI activity."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.scoring.flags import boolean, known
from analysis.scoring.ranges import RANGES
from analysis.scoring.vectors import align, category, check, ordered
from analysis.thresholds import settle

CDASI_SEVERITY = ordered("mild", "moderate_severe")
CDASI_MILD_UP_TO = 14.0
CDASI_POINTS = 5.0
CDASI_PERCENT = 40.0


def cdasi_severity(activity: ArrayLike, *, mild_up_to: float = CDASI_MILD_UP_TO) -> Any:
    """Severity of skin disease by CDASI activity.

    Parameters
    ----------
    activity : float, array or Series
        Total CDASI activity, 0 to 100.
    mild_up_to : float
        Highest mild value: 14 (Stanford), or 19 (UPenn).

    Returns
    -------
    str, Categorical or Series
        "mild" < "moderate_severe"; NA where the score is missing.

    References
    ----------
    Anyanwu CO, Fiorentino DF, Chung L, et al. Br J Dermatol 2015;173:969-74. doi:10.1111/bjd.13915

    Examples
    --------
    >>> cdasi_severity(14), cdasi_severity(15)
    ('mild', 'moderate_severe')
    """
    return category(
        lambda values: np.where(np.isnan(values), -1, settle(values) > mild_up_to).astype(np.int8),
        CDASI_SEVERITY,
        cdasi_activity=activity,
    )


def cdasi_response(
    baseline: ArrayLike, followup: ArrayLike, *, points: float = CDASI_POINTS, percent: float = CDASI_PERCENT
) -> pd.DataFrame:
    """Change of CDASI activity and two responder definitions.

    Parameters
    ----------
    baseline, followup : float, array or Series
        Total CDASI activity, 0 to 100.
    points : float
        Smallest important decrease: 5 (Stanford) or 4 (UPenn).
    percent : float
        Smallest relative decrease: 40, or 50. Both occur in trials (from memory, to be confirmed).

    Returns
    -------
    DataFrame
        ``change``, ``percent_improvement`` (missing from a baseline of 0), ``responder_points``,
        ``responder_percent`` (True, False, NA).

    References
    ----------
    Anyanwu CO, Fiorentino DF, Chung L, et al. Br J Dermatol 2015;173:969-74. doi:10.1111/bjd.13915

    Examples
    --------
    >>> cdasi_response(22, 12).round(2)
       change  percent_improvement  responder_points  responder_percent
    0   -10.0                45.45              True               True
    """
    aligned = align({"baseline": baseline, "followup": followup})
    before, after = (a.astype(np.float64) for a in aligned.arrays.values())
    for name, values in (("baseline", before), ("followup", after)):
        check(name, values, aligned.index, limits=RANGES["cdasi_activity"])
    decrease = settle(before - after)
    relative = settle(
        np.divide(decrease * 100, before, out=np.full(aligned.length, np.nan), where=before > 0)
    )
    columns = {
        "change": after - before,
        "percent_improvement": relative,
        "responder_points": boolean(known(decrease >= points, decrease)),
        "responder_percent": boolean(known(relative >= percent, relative)),
    }
    return pd.DataFrame(columns, index=aligned.index)
