"""Decimals of means: one more than single values have, unless the instrument says nothing by it."""

TENTHS = frozenset({"cdai", "sdai"})  # read off in tenths on scales of 76 and 86 and more: no hundredths


def mean_digits(variable: str, digits: int) -> int:
    """Decimals of a mean, a standard deviation or a mean change.

    Parameters
    ----------
    variable : str
        Name of the variable or score.
    digits : int
        Decimals of its single values.

    Examples
    --------
    >>> mean_digits("tjc28", 0), mean_digits("haq_di", 1), mean_digits("cdai", 1)
    (1, 2, 1)
    """
    return digits if variable in TENTHS and digits else digits + 1
