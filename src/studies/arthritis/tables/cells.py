"""Cells that the tables of the rheumatoid arthritis cohort share."""

from analysis import numbers


def share(estimate, low, high) -> str:
    """A fraction of one with its interval, in per cent.

    Examples
    --------
    >>> share(0.45, 0.258, 0.658)
    '45.0 (25.8 to 65.8)'
    """
    return numbers.estimate_interval(estimate, low, high, 1, scale=100)


def of_total(count, total) -> str:
    """A count of a total.

    Examples
    --------
    >>> of_total(9.0, 20.0)
    '9/20'
    """
    return f"{numbers.whole(count)}/{numbers.whole(total)}"


def spread(mean, sd, digits: int) -> str:
    """Mean and standard deviation; a dash where there is no mean.

    Examples
    --------
    >>> spread(12.345, 4.5, 1), spread(None, None, 1)
    ('12.3 (4.5)', '–')
    """
    if mean is None or mean != mean:
        return numbers.MISSING
    return f"{numbers.fixed(mean, digits)} ({numbers.fixed(sd, digits)})"


def quartiles(median, q1, q3, digits: int) -> str:
    """Median and quartiles; a dash where there is no median.

    Examples
    --------
    >>> quartiles(3.0, 1.0, 7.5, 1)
    '3.0 [1.0, 7.5]'
    """
    if median is None or median != median:
        return numbers.MISSING
    return f"{numbers.fixed(median, digits)} [{numbers.fixed(q1, digits)}, {numbers.fixed(q3, digits)}]"
