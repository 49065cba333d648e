"""Cells that tables share: a number or an estimate with what belongs to it, a dash where there is none."""

from collections.abc import Mapping
from typing import Any

from analysis import numbers


def share(estimate: float | None, low: float | None, high: float | None) -> str:
    """A fraction of one with its interval, in per cent.

    Examples
    --------
    >>> share(0.45, 0.258, 0.658)
    '45.0 (25.8 to 65.8)'
    """
    return numbers.estimate_interval(estimate, low, high, 1, scale=100)


def of_total(count: float, total: float) -> str:
    """A count of a total.

    Examples
    --------
    >>> of_total(9.0, 20.0)
    '9/20'
    """
    return f"{numbers.whole(count)}/{numbers.whole(total)}"


def spread(mean: float | None, sd: float | None, digits: int) -> str:
    """Mean and standard deviation; a dash where there is no mean.

    Examples
    --------
    >>> spread(12.345, 4.5, 1), spread(None, None, 1)
    ('12.3 (4.5)', '–')
    """
    if mean is None or mean != mean:
        return numbers.MISSING
    return f"{numbers.fixed(mean, digits)} ({numbers.fixed(sd, digits)})"


def quartiles(median: float | None, q1: float | None, q3: float | None, digits: int) -> str:
    """Median and quartiles; a dash where there is no median.

    Examples
    --------
    >>> quartiles(3.0, 1.0, 7.5, 1)
    '3.0 [1.0, 7.5]'
    """
    if median is None or median != median:
        return numbers.MISSING
    return f"{numbers.fixed(median, digits)} [{numbers.fixed(q1, digits)}, {numbers.fixed(q3, digits)}]"


def count_of(found: Mapping[str, float]) -> str:
    """Responders of those counted."""
    return f"{numbers.whole(found['count'])}/{numbers.whole(found['n'])}" if found else numbers.MISSING


def share_of(found: Mapping[str, float]) -> str:
    """A share with its interval, in per cent."""
    if not found or "estimate" not in found:
        return numbers.MISSING
    return numbers.estimate_interval(
        found["estimate"], found.get("conf_low"), found.get("conf_high"), 1, scale=100
    )


def exact_of(found: Mapping[str, float]) -> str:
    """The exact interval of a share, in per cent."""
    return numbers.interval(found.get("exact_low"), found.get("exact_high"), 1, scale=100)


def estimate_of(found: Mapping[str, float], digits: int) -> str:
    """An estimate with its interval; a level that is not reached stands beside it."""
    if not found or "estimate" not in found:
        return numbers.MISSING
    return numbers.estimate_interval(
        found["estimate"],
        found.get("conf_low"),
        found.get("conf_high"),
        digits,
        nominal=found.get("confidence_level"),
        reached=found.get("achieved_level"),
    )


def mean_of(found: Mapping[str, float], digits: int) -> str:
    """Mean (SD)."""
    if "mean" not in found:
        return numbers.MISSING
    return f"{numbers.fixed(found['mean'], digits)} ({numbers.fixed(found.get('sd'), digits)})"


def median_of(found: Mapping[str, float], digits: int) -> str:
    """Median [quartiles]."""
    if "median" not in found:
        return numbers.MISSING
    quartiles = f"{numbers.fixed(found.get('q1'), digits)}, {numbers.fixed(found.get('q3'), digits)}"
    return f"{numbers.fixed(found['median'], digits)} [{quartiles}]"


def range_of(found: Mapping[str, float], digits: int) -> str:
    """Smallest to largest value."""
    return numbers.interval(found.get("min"), found.get("max"), digits)


def limits(row: Mapping[str, Any]) -> tuple[float, float, float]:
    """Lower limit, estimate and upper limit of a row, for the interval drawn beside it (`Table.intervals`)."""
    return row["conf_low"], row["estimate"], row["conf_high"]
