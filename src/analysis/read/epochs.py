"""Numbers where dates are expected: read from the day their source counts from, or not at all.

Excel counts days from 1899-12-30 or 1904-01-01, SAS and Stata days (or seconds, milliseconds) from 1960-01-01, SPSS
seconds from 1582-10-14, Unix seconds (or days, milliseconds) from 1970-01-01. Which step it is shows the size of a
column's numbers; numbers that fit no step, or two, are refused.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np

EPOCHS = ("1900", "1904", "1960", "1582", "1970")
_DAY_0 = {
    "1900": datetime(1899, 12, 30),  # counts a 29 February 1900, which its days before March 1900 do not show
    "1904": datetime(1904, 1, 1),
    "1960": datetime(1960, 1, 1),
    "1582": datetime(1582, 10, 14),
    "1970": datetime(1970, 1, 1),
}
_STEPS = {
    "1900": {"days": 1.0},
    "1904": {"days": 1.0},
    "1960": {"days": 1.0, "seconds": 86400.0, "milliseconds": 86400e3},
    "1582": {"seconds": 86400.0},
    "1970": {"days": 1.0, "seconds": 86400.0, "milliseconds": 86400e3, "nanoseconds": 86400e9},
}
_FIRST, _LAST = datetime(1900, 1, 1), datetime(2101, 1, 1)
_SPAN = (_LAST - _FIRST).days


class Count(NamedTuple):
    """How a column's numbers count: the year they start from and how many of them are a day."""

    epoch: str
    per_day: float

    @property
    def step(self) -> str:
        """What they are: days, seconds, milliseconds or nanoseconds."""
        return next(name for name, per_day in _STEPS[self.epoch].items() if per_day == self.per_day)

    def day(self, value: float) -> date | None:
        """The day of a number; None where it lies outside 1900 to 2100."""
        days = value / self.per_day
        if not abs(days) < 200_000 or (self.epoch == "1900" and days < 61):
            return None
        when = _DAY_0[self.epoch] + timedelta(days=days, seconds=0.5 if self.per_day > 1 else 0)
        return when.date() if _FIRST <= when < _LAST else None


def counting(epoch: str, values: np.ndarray) -> Count | None:
    """How the numbers of a column count from an epoch: the step with which they are days of 1900 to 2100.

    None where that holds for no more than half of them; what lies outside is refused one by one.

    Examples
    --------
    >>> counting("1960", np.array([23440.0, 23441.0])).day(23440)
    datetime.date(2024, 3, 5)
    >>> counting("1960", np.array([2025216000.0])).day(2025216000.0)
    datetime.date(2024, 3, 5)
    >>> counting("1904", np.array([43894.0])).day(43894)
    datetime.date(2024, 3, 5)
    """
    fits = []
    for per_day in _STEPS[epoch].values():
        days = values / per_day
        first = 61 if epoch == "1900" else (_FIRST - _DAY_0[epoch]).days
        inside = (days >= first) & (days < first + _SPAN)
        plausible = per_day == 1.0 or bool((np.abs(values[inside]) >= 1000 * per_day).all())
        if inside.mean() > 0.5 and plausible:
            fits.append((inside.mean(), Count(epoch, per_day)))
    return max(fits, key=lambda fit: fit[0])[1] if fits else None


def month_of(calendar: str, value: float) -> tuple[int, int | None] | None:
    """Year and month of a number of Stata's months or years; None for its other steps.

    Examples
    --------
    >>> month_of("months", 770), month_of("years", 2021)
    ((2024, 3), (2021, None))
    """
    if calendar == "years":
        return int(value), None
    if calendar != "months":
        return None
    year, month = divmod(int(value), 12)
    return 1960 + year, month + 1
