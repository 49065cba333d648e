"""Numbers as text: the only place where a value is rounded.

Rounding is half away from zero on the decimal representation (2.675 is 2.68), never Python's half-to-even on
binary floats. Missing values show as a dash, infinite ones (an odds ratio without a limit) as the sign for infinity.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeGuard

from analysis.language import interval_name, tr

MISSING = "–"
MINUS = "\u2212"
INFINITE = "\u221e"


def fixed(value: float | None, digits: int, *, scale: float = 1) -> str:
    """A number with a fixed count of decimals, a true minus sign, and a dash when it is missing.

    With a `scale` it is multiplied as a decimal: 100 times the binary 0.145 would be below 14.5, and 14 and not 15.

    Examples
    --------
    >>> fixed(2.675, 2), fixed(-0.04, 1), fixed(float("nan"), 1), fixed(float("inf"), 1), fixed(0.145, 0, scale=100)
    ('2.68', '0.0', '–', '∞', '15')
    """
    if not _known(value):
        return MISSING
    if math.isinf(value):
        return INFINITE if value > 0 else MINUS + INFINITE
    scaled = Decimal(repr(float(value))) * Decimal(repr(scale))
    rounded = scaled.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    if rounded.is_zero():
        rounded = abs(rounded)
    return str(rounded).replace("-", MINUS)


def whole(value: float | None) -> str:
    """A count.

    Examples
    --------
    >>> whole(1250.0)
    '1250'
    """
    return fixed(value, 0)


def percent(fraction: float | None, digits: int = 1) -> str:
    """A fraction of one as per cent.

    Examples
    --------
    >>> percent(0.45)
    '45.0 %'
    """
    return tr("{number} %", number=fixed(fraction, digits, scale=100)) if _known(fraction) else MISSING


def count_percent(count: int, total: int) -> str:
    """A count with its share of the total, as tables print it; no share of an empty total.

    Examples
    --------
    >>> count_percent(9, 20), count_percent(0, 0)
    ('9 (45.0)', '0')
    """
    return f"{whole(count)} ({fixed(count / total, 1, scale=100)})" if total else whole(count)


def p_value(value: float | None) -> str:
    """A p-value to three decimals, with more when that would hide which side of 0.05 it is on.

    Raises ValueError for a number outside 0 to 1, which is no p-value.

    Examples
    --------
    >>> p_value(0.00041), p_value(0.0123), p_value(0.04996), p_value(1.0)
    ('<0.001', '0.012', '0.04996', '1.000')
    """
    if not _known(value):
        return MISSING
    if not 0 <= value <= 1:
        raise ValueError(f"p_value: expected a number from 0 to 1, got {value}")
    if value < 0.001:
        return "<0.001"
    shown = fixed(value, 3)
    return fixed(value, 5) if shown == "0.050" and value != 0.05 else shown


def p_text(value: float | None) -> str:
    """A p-value with its name and sign, for prose and footnotes.

    Examples
    --------
    >>> p_text(0.0312), p_text(0.00001)
    ('p = 0.031', 'p < 0.001')
    """
    text = p_value(value)
    if text.startswith("<"):
        return tr("p < {value}", value=text.removeprefix("<"))
    return tr("p = {value}", value=text)


def interval(low: float | None, high: float | None, digits: int, *, scale: float = 1) -> str:
    """An interval, its limits joined by a word or sign of the language that cannot be misread as a minus.

    Examples
    --------
    >>> interval(-7.25, -1.0, 1)
    '−7.3 to −1.0'
    """
    if not _known(low) and not _known(high):
        return MISSING
    return tr("{low} to {high}", low=fixed(low, digits, scale=scale), high=fixed(high, digits, scale=scale))


def estimate_interval(
    estimate: Any,
    low: Any,
    high: Any,
    digits: int,
    *,
    scale: float = 1,
    nominal: float | None = None,
    reached: float | None = None,
) -> str:
    """An estimate with its interval in brackets, and the level it reaches where that is below the one in the head.

    Parameters
    ----------
    nominal, reached : float, optional
        Confidence level that the head of the column states, and the exact level of this interval.

    Examples
    --------
    >>> estimate_interval(0.45, 0.258, 0.658, 1, scale=100)
    '45.0 (25.8 to 65.8)'
    >>> estimate_interval(-4.5, -9, -1, 1, nominal=0.95, reached=0.875)
    '−4.5 (−9.0 to −1.0; only 87.5 %)'
    """
    if not _known(estimate):
        return MISSING
    shown, span = fixed(estimate, digits, scale=scale), interval(low, high, digits, scale=scale)
    if nominal is None or not _known(reached) or reached >= nominal - 1e-9:
        return f"{shown} ({span})"
    return tr("{shown} ({span}; only {level})", shown=shown, span=span, level=percent(float(reached)))


def level(confidence_level: float) -> str:
    """What an interval is called.

    Examples
    --------
    >>> level(0.95), level(0.9)
    ('95 % CI', '90 % CI')
    """
    return interval_name(confidence_level)


def amount(shown: str, unit: str | None) -> str:
    """A number that is written already, with its unit; no space before one in Chinese characters.

    Examples
    --------
    >>> amount("5", "points"), amount("5", None)
    ('5 points', '5')
    >>> from analysis.language import speaking
    >>> with speaking("zh"):
    ...     amount("5", "points")
    '5分'
    """
    if not unit:
        return shown
    named = tr(unit)
    told = tr("{shown} {unit}", shown=shown, unit=named)
    return told.replace(" ", "") if "\u4e00" <= named[0] <= "\u9fff" else told


def decimals_of(resolution: float | None, default: int = 1) -> int:
    """Decimals that show one step of an instrument: 1 for 0.5 mm, 3 for 0.125 points.

    Examples
    --------
    >>> decimals_of(1), decimals_of(0.5), decimals_of(0.125), decimals_of(None)
    (0, 1, 3, 1)
    """
    if not resolution:
        return default
    return max(0, -Decimal(repr(float(resolution))).normalize().as_tuple().exponent)  # type: ignore[operator]


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and value == value
