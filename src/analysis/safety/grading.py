"""Laboratory grades by CTCAE version 5.0 (NCI, 27 November 2017).

The limits are those of the clinical reference C.2, which were written down from memory and are to be checked against
the NCI table before a database lock: they are therefore an argument (`rules`), not part of the code. In myositis
CK, AST, ALT and LDH mark the disease: a grade is not an adverse event, and none is made of it here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analysis.shapes import as_numbers, shaped, shared_index
from analysis.thresholds import settle


@dataclass(frozen=True, slots=True)
class LabRule:
    """Limits of grades 1 to 4 of one analyte; None where a grade does not exist.

    `direction` "high": graded when above; a value exactly at a limit belongs to the grade below. "low": graded when
    below; a value exactly at a limit belongs to the better grade. `scale`: "uln" (multiples of the upper limit of
    normal), "baseline" rules are in `above_baseline` and apply as `baseline_use` says; "absolute" limits are in the
    unit of the analyte, the limit of grade 1 being the lower limit of normal.
    """

    direction: str
    limits: tuple[float | None, ...]
    above_baseline: tuple[float | None, ...] = ()
    baseline_use: str = (
        "never"  # "if_abnormal": replaces the rule above a raised baseline; "also": the worse of both
    )


# Grade 1 of the absolute rules is the lower limit of normal itself, hence NaN in the first place.
LIVER = LabRule("high", (1.0, 3.0, 5.0, 20.0), (1.5, 3.0, 5.0, 20.0), "if_abnormal")
CTCAE_V5 = {
    "ALT": LIVER,
    "AST": LIVER,
    "CK": LabRule("high", (1.0, 2.5, 5.0, 10.0)),
    "CREA": LabRule("high", (1.0, 1.5, 3.0, 6.0), (None, 1.5, 3.0, None), "also"),
    "NEUT": LabRule("low", (np.nan, 1.5, 1.0, 0.5)),
    "WBC": LabRule("low", (np.nan, 3.0, 2.0, 1.0)),
    "LYM": LabRule("low", (np.nan, 0.8, 0.5, 0.2)),
    "PLT": LabRule("low", (np.nan, 75.0, 50.0, 25.0)),
    "HB": LabRule("low", (np.nan, 100.0, 80.0, None)),
}


def grade_laboratory(
    value: ArrayLike,
    *,
    analyte: str,
    uln: ArrayLike | None = None,
    lln: ArrayLike | None = None,
    baseline: ArrayLike | None = None,
    rules: Mapping[str, Any] = CTCAE_V5,
) -> Any:
    """Grade laboratory values: 0 (within limits) to 4.

    Parameters
    ----------
    value : float, array or Series
        Standard units: enzymes U/L, creatinine umol/L, haemoglobin g/L, cells 10^9/L.
    analyte : str
        A key of `rules`.
    uln, lln : float, array or Series, optional
        Limits of normal of the laboratory, in the same unit.
    baseline : float, array or Series, optional
        Baseline value for rules that refer to it. ALT and AST above a raised baseline are graded in multiples of
        it (from 1.5 times, that value included); creatinine by the worse of both. None grades against the upper
        limit of normal alone, as for the baseline itself. Where it is given but missing, a rule that refers to it
        gives NaN.
    rules : mapping
        Analyte to `LabRule`.

    Returns
    -------
    float, array or Series
        NaN where the value, or a limit that decides, is missing. A low value may be graded without its lower
        limit of normal from grade 2 on; grade 4 haemoglobin is a clinical decision and is not given.

    Raises
    ------
    KeyError
        For an analyte without rule.
    ValueError
        For a negative value or a limit that is not positive.

    References
    ----------
    Common Terminology Criteria for Adverse Events v5.0. US National Cancer Institute, 27 Nov 2017.

    Examples
    --------
    >>> grade_laboratory(121, analyte="ALT", uln=40), grade_laboratory(120, analyte="ALT", uln=40)
    (2.0, 1.0)
    >>> grade_laboratory(74.0, analyte="PLT", lln=125)
    2.0
    """
    if analyte not in rules:
        raise KeyError(f"no grading rule for {analyte!r}: known are {sorted(rules)}")
    index = shared_index(value=value, uln=uln, lln=lln, baseline=baseline)
    numbers = [as_numbers(argument) for argument in (value, uln, lln, baseline)]
    values, upper, lower, before = np.broadcast_arrays(*numbers)
    _check(values, upper, lower, before)
    rule = rules[analyte]
    with np.errstate(invalid="ignore"):
        if rule.direction == "low":
            grades = _grade_low(values, rule.limits, lower)
        else:
            grades = _grade_high(values, rule, upper, before, compare=baseline is not None)
    grades = np.where(np.isnan(values), np.nan, grades)
    return shaped(grades, index)


def _grade_high(values, rule, upper, before, *, compare):
    """Grade values above multiples of the upper limit of normal, or of the baseline where the rule says so."""
    by_uln = _steps_above(values, rule.limits, upper)
    if not compare or rule.baseline_use == "never":
        return by_uln
    by_baseline = _steps_above(values, rule.above_baseline, before)
    if rule.baseline_use == "also":
        return np.maximum(by_uln, by_baseline)
    at_start = settle(values) == settle(rule.above_baseline[0] * before)
    from_baseline = np.where(at_start, 1.0, by_baseline)
    chosen = np.where(settle(before) > settle(upper), from_baseline, by_uln)
    return np.where(np.isnan(before) | np.isnan(upper), np.nan, chosen)


def _steps_above(values, limits, unit):
    """Highest grade whose limit, a multiple of `unit`, the value exceeds."""
    grade = np.zeros(np.shape(values))
    for step, limit in enumerate(limits, start=1):
        if limit is not None:
            grade = np.where(settle(values) > settle(limit * unit), float(step), grade)
    return np.where(np.isnan(unit), np.nan, grade)


def _grade_low(values, limits, lower):
    """Highest grade whose limit the value is below; grade 1 and 0 need the lower limit of normal."""
    below_normal = np.where(settle(values) < settle(lower), 1.0, 0.0)
    grade = np.where(np.isnan(lower), np.nan, below_normal)
    for step, limit in enumerate(limits[1:], start=2):
        if limit is not None:
            grade = np.where(settle(values) < limit, float(step), grade)
    return grade


def _check(values, upper, lower, before):
    """Values not negative, limits of normal above 0."""
    negative = int((values < 0).sum() + (before < 0).sum())
    if negative:
        raise ValueError(f"laboratory values must not be negative: {negative} are")
    if (upper <= 0).any() or (lower <= 0).any():
        raise ValueError("limits of normal must be above 0")
