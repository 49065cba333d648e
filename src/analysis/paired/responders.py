"""Responders by a minimal difference, and their rate under a stated rule for the missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.inputs import check_choice, check_level, check_unique, yes_no
from analysis.language import tr
from analysis.thresholds import settle

from .pairs import match_pairs
from .risk_difference import wilson_limits

MISSING_RULES = ("non_response", "exclude")


@dataclass(frozen=True, slots=True)
class ResponderRate:
    """Share of responders; `n` is the denominator the missing rule gives."""

    estimate: float
    conf_low: float
    conf_high: float
    n_responders: int
    n_non_responders: int
    n_missing: int
    n: int
    missing: str
    confidence_level: float
    method: str


def flag_responders(
    baseline: pd.Series,
    followup: pd.Series,
    *,
    minimal_difference: float,
    higher_is_better: bool,
    failures: Iterable[Any] | None = None,
) -> pd.Series:
    """Who improved by at least the minimal difference.

    Parameters
    ----------
    baseline, followup : Series
        Numbers in one unit, indexed by subject id and paired by it.
    minimal_difference : float
        Smallest improvement that counts, positive, in the instrument's unit.
    higher_is_better : bool
        Direction of improvement of the instrument.
    failures : iterable of ids, optional
        Subjects who count as non-responders whatever was measured: stopped for lack of efficacy or adverse events,
        rescue or prohibited medication before the visit.

    Returns
    -------
    Series of boolean
        One row per subject seen at either visit; NA without a complete pair. Missing is not "no":
        `responder_rate` applies the rule.

    Raises
    ------
    ValueError
        As `match_pairs`; for a minimal difference that is not positive; for failures that are not among the subjects.

    Examples
    --------
    DAS28: 4.4 to 3.2 is an improvement of 1.2, though not in binary floating point.

    >>> before = pd.Series({"a": 4.4, "b": 5.0, "c": 6.1, "d": 5.5})
    >>> after = pd.Series({"a": 3.2, "b": 4.0, "d": 3.0})
    >>> flag_responders(before, after, minimal_difference=1.2, higher_is_better=False, failures=["d"])
    a     True
    b    False
    d    False
    c     <NA>
    dtype: boolean
    """
    if not minimal_difference > 0:
        raise ValueError(f"minimal_difference: expected a positive number, got {minimal_difference}")
    pairs = match_pairs(baseline, followup)
    improvement = pairs.change if higher_is_better else -pairs.change
    flags = (settle(improvement) >= settle(minimal_difference)).astype("boolean")
    flags = flags.reindex(flags.index.append(pd.Index(pairs.unpaired, dtype=flags.index.dtype)))
    return _with_failures(flags, failures)


def _with_failures(flags: pd.Series, failures) -> pd.Series:
    """Failures set to False; unknown ids refused."""
    ids = pd.Index([] if failures is None else list(failures))
    unknown = ids.difference(flags.index)
    if len(unknown):
        few = ", ".join(str(one) for one in unknown[:5])
        raise ValueError(f"failures: {len(unknown)} ids are not among the subjects ({few})")
    return flags.mask(flags.index.isin(ids), False)


def responder_rate(responders: pd.Series, *, missing: str, confidence_level: float = 0.95) -> ResponderRate:
    """Rate of responders with Wilson's interval.

    Parameters
    ----------
    responders : Series of boolean
        One row per subject of the analysis set, NA where unknown.
    missing : {"non_response", "exclude"}
        "non_response": a missing answer is a non-response (the denominator is the analysis set). "exclude": as
        observed. Each is biased in its way; report both, and a multiply imputed rate where many are missing.
    confidence_level : float
        0.95 by default.

    Examples
    --------
    >>> flags = pd.Series([True] * 9 + [False] * 7 + [None] * 4, dtype="boolean")
    >>> rate = responder_rate(flags, missing="non_response")
    >>> rate.estimate, rate.n, round(rate.conf_low, 3), round(rate.conf_high, 3)
    (0.45, 20, 0.258, 0.658)
    >>> responder_rate(flags, missing="exclude").estimate
    0.5625
    """
    check_choice("missing", missing, MISSING_RULES)
    check_level(confidence_level)
    check_unique(responders.index, "responders")
    answers = yes_no(responders, "responders")
    known = answers[~np.isnan(answers)] == 1
    yes, absent = int(known.sum()), len(responders) - len(known)
    n = len(responders) if missing == "non_response" else len(known)
    low, high = wilson_limits(yes, n, confidence_level) if n else (float("nan"), float("nan"))
    rule = (
        tr("missing counted as non-response")
        if missing == "non_response"
        else tr("as observed, missing left out")
    )
    method = tr(
        "responder rate, {rule}, {confidence_level:g} % Wilson score interval",
        rule=rule,
        confidence_level=100 * confidence_level,
    )
    estimate = yes / n if n else float("nan")
    return ResponderRate(
        estimate, low, high, yes, len(known) - yes, absent, n, missing, confidence_level, method
    )
