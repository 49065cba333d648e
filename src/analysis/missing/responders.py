"""Responder rates when some responses are missing: as observed, non-responder imputation, worst and best case."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from analysis.language import tr


def flag_nonresponder_imputed(
    response: pd.Series, *, failed: pd.Series | None = None, administrative: pd.Series | None = None
) -> pd.Series:
    """Non-responder imputation: missing, or treatment failed before the visit, counts as no response.

    Parameters
    ----------
    response : Series of boolean with NA
        Observed response, one per subject of the full analysis set.
    failed : Series of boolean, optional
        Stopped for lack of efficacy or adverse event, rescue or prohibited medication before the visit: a
        response seen afterwards does not count. NA is taken as not failed.
    administrative : Series of boolean, optional
        Missing for reasons that say nothing about the treatment: stays missing. Without it nothing stays missing.

    Returns
    -------
    Series of boolean with NA

    Examples
    --------
    >>> flag_nonresponder_imputed(pd.Series([True, False, None], dtype="boolean")).tolist()
    [True, False, False]
    """
    observed = response.astype("boolean")
    excused = _aligned(administrative, observed) & observed.isna()
    imputed = observed.fillna(False) & ~_aligned(failed, observed)
    return imputed.mask(excused)


def summarise_responders(
    response: pd.Series,
    *,
    interval: Callable[..., Any],
    confidence_level: float,
    failed: Any = None,
    administrative: Any = None,
) -> pd.DataFrame:
    """Response rate by strategy, one row each: as observed, non-responder imputation, worst case, best case.

    Parameters
    ----------
    response, failed, administrative
        As in `flag_nonresponder_imputed`. Worst case counts every missing response as failure, best case as
        success; both leave `failed` aside.
    interval : callable
        `interval(events, n, confidence_level=...)` with `conf_low` and `conf_high`, such as `proportions.wilson`.
    confidence_level : float
        Between 0 and 1.

    Returns
    -------
    DataFrame
        strategy, events, n, n_missing, estimate, conf_low, conf_high, method.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> def no_interval(events, n, *, confidence_level):
    ...     return SimpleNamespace(conf_low=float("nan"), conf_high=float("nan"))
    >>> response = pd.Series([True] * 9 + [False] * 7 + [None] * 4, dtype="boolean")
    >>> summarise_responders(response, interval=no_interval, confidence_level=0.95)["estimate"].tolist()
    [0.5625, 0.45, 0.45, 0.65]
    """
    observed = response.astype("boolean")
    strategies = {
        "as observed": observed,
        "non-responder imputation": flag_nonresponder_imputed(
            observed, failed=failed, administrative=administrative
        ),
        "worst case": observed.fillna(False),
        "best case": observed.fillna(True),
    }
    rows = [
        _rate(name, values, n_missing=int(observed.isna().sum()), interval=interval, level=confidence_level)
        for name, values in strategies.items()
    ]
    return pd.DataFrame(rows)


def _rate(name, values, *, n_missing, interval, level):
    """One strategy's rate with its interval; no subject, no rate."""
    n, events = int(values.notna().sum()), int(values.sum())
    limits = interval(events, n, confidence_level=level) if n else None
    return {
        "strategy": name,
        "events": events,
        "n": n,
        "n_missing": n_missing,
        "estimate": events / n if n else float("nan"),
        "conf_low": limits.conf_low if n else float("nan"),
        "conf_high": limits.conf_high if n else float("nan"),
        "method": tr("Response rate, {name}, {level:.0%} interval", name=name, level=level),
    }


def _aligned(flag, observed):
    """A flag on the same subjects with NA as False; absent flags are False for everybody."""
    if flag is None:
        return pd.Series(False, index=observed.index, dtype="boolean")
    if not flag.index.equals(observed.index):
        raise ValueError(
            "failed and administrative must have the index of response: align them by subject first"
        )
    return flag.astype("boolean").fillna(False)
