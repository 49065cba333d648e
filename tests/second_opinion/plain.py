"""What the plain second implementation stands on: exact decimals and three-valued logic.

Everything in this folder was written from the reference definitions alone, one patient at a time, with the standard
library only. Missing is None. Nothing here is fast, and nothing is shared with the package under test.
"""

from decimal import Decimal, getcontext
from fractions import Fraction
from functools import cache

getcontext().prec = 40


def number(text):
    """A decimal string, integer or None as Fraction or None.

    >>> number("2.7") + number("0.1") == number("2.8")
    True
    """
    return None if text is None else exact(text)


@cache
def exact(text):
    """The Fraction a decimal string or integer stands for."""
    return Fraction(text) if isinstance(text, (int, Fraction)) else Fraction(str(text))


def missing(*values):
    """Whether any value is missing."""
    return any(value is None for value in values)


def all_of(*answers):
    """Kleene AND: one False decides, otherwise one None leaves it open."""
    if any(answer is False for answer in answers):
        return False
    return None if any(answer is None for answer in answers) else True


def any_of(*answers):
    """Kleene OR: one True decides, otherwise one None leaves it open."""
    if any(answer is True for answer in answers):
        return True
    return None if any(answer is None for answer in answers) else False


def opposite(answer):
    """Kleene NOT."""
    return None if answer is None else not answer


def at_most(value, limit):
    """value <= limit, None where the value is missing."""
    return None if value is None else value <= exact(limit)


def at_least(value, limit):
    """value >= limit, None where the value is missing."""
    return None if value is None else value >= exact(limit)


def above(value, limit):
    """value > limit, None where the value is missing."""
    return None if value is None else value > exact(limit)


def below(value, limit):
    """value < limit, None where the value is missing."""
    return None if value is None else value < exact(limit)


@cache
def root(value):
    """Square root of a Fraction as Decimal of 40 digits."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).sqrt()


@cache
def log(value):
    """Natural logarithm of a Fraction as Decimal of 40 digits."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).ln()


def decimal(value):
    """A Fraction as Decimal of 40 digits."""
    return Decimal(value.numerator) / Decimal(value.denominator)


def check(value, low, high):
    """ValueError for a value that is present and outside its range."""
    if value is not None and not low <= value <= high:
        raise ValueError(f"{value} is outside {low}..{high}")
