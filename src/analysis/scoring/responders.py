"""Responder rates when some responses are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.scoring.flags import boolean, to_flags


@dataclass(frozen=True, slots=True)
class ResponderRates:
    """Responders among all and among those observed; proportions, not per cent."""

    n: int
    n_observed: int
    n_responders: int
    non_responder_imputation: float
    as_observed: float
    worst_case: float
    best_case: float


def impute_non_response(response: pd.Series, *, disqualified: pd.Series | None = None) -> pd.Series:
    """Non-responder imputation: a missing response, or one after a disqualifying event, is no response.

    Parameters
    ----------
    response : Series of boolean
        True, False or NA by patient.
    disqualified : Series of boolean, optional
        Rescue or prohibited medication, or withdrawal for lack of efficacy or adverse event, before the visit.

    Returns
    -------
    Series of boolean
        Without NA; the index of `response`.

    Raises
    ------
    ValueError
        Different index labels, or a value that is neither yes nor no.

    Examples
    --------
    >>> impute_non_response(pd.Series([True, None, False], dtype="boolean")).tolist()
    [True, False, False]
    """
    responded = to_flags(response, "response") == 1
    if disqualified is not None:
        if not disqualified.index.equals(response.index):
            raise ValueError(
                "disqualified and response do not have the same index; align both to the same patients"
            )
        responded &= to_flags(disqualified, "disqualified") != 1
    return boolean(responded.astype(np.float64), response.index)


def responder_rates(response: Any) -> ResponderRates:
    """Responder rate by non-responder imputation, as observed, and in the worst and the best case.

    Parameters
    ----------
    response : Series or array of boolean
        True, False or NA, one for each patient of the analysis set.

    Returns
    -------
    ResponderRates
        NaN where there is no patient to count.

    References
    ----------
    McGlothlin AE, Lewis RJ. JAMA 2014;312:1342-3. doi:10.1001/jama.2014.13128

    Examples
    --------
    >>> rates = responder_rates(pd.Series([True] * 9 + [False] * 7 + [None] * 4, dtype="boolean"))
    >>> rates.non_responder_imputation, rates.as_observed, rates.best_case
    (0.45, 0.5625, 0.65)
    """
    flags = to_flags(response, "response")
    n, observed, yes = len(flags), int((~np.isnan(flags)).sum()), int((flags == 1).sum())
    share = yes / n if n else np.nan
    return ResponderRates(
        n=n,
        n_observed=observed,
        n_responders=yes,
        non_responder_imputation=share,
        as_observed=yes / observed if observed else np.nan,
        worst_case=share,
        best_case=(yes + n - observed) / n if n else np.nan,
    )
