"""When renders are due: ``Mon 06:00``, ``Mon,Thu 06:00``, ``Mon-Fri 18:30``, ``daily 05:00``, in local time."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.project import UserError

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Every:
    """Days of the week (0 is Monday) and a time of day."""

    days: tuple[int, ...]
    hour: int
    minute: int

    @classmethod
    def parse(cls, text: str) -> "Every":
        """Read such a time.

        Raises
        ------
        UserError
            If it is none.

        Examples
        --------
        >>> Every.parse("Mon-Wed 06:00").days
        (0, 1, 2)
        """
        found = re.fullmatch(r"\s*(?:(?P<days>[A-Za-z,\-]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*", text)
        if not found or int(found["hour"]) > 23 or int(found["minute"]) > 59:
            raise UserError(f"{text!r} is no time; write it as 'Mon 06:00', 'Mon-Fri 18:30' or 'daily 05:00'")
        return cls(_days(found["days"] or "daily"), int(found["hour"]), int(found["minute"]))

    @property
    def is_daily(self) -> bool:
        """Whether every day is one."""
        return len(self.days) == len(DAYS)

    @property
    def names(self) -> list[str]:
        """The days by name."""
        return [DAYS[day] for day in self.days]

    def after(self, moment: datetime) -> datetime:
        """The first due time later than `moment`, which carries its time zone.

        The clock on the wall counts: where summer time begins or ends, the time of day stays.
        """
        for ahead in range(9):
            day = (moment + timedelta(days=ahead)).date()
            due = datetime(day.year, day.month, day.day, self.hour, self.minute).astimezone()
            if day.weekday() in self.days and due > moment:
                return due
        raise ValueError(f"no day of {self.names} within nine days")


def _days(text: str) -> tuple[int, ...]:
    if text.lower() == "daily":
        return tuple(range(7))
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last or first)
        if dash and end < start:
            raise UserError(f"{part!r} ends before it begins; the week begins on Mon")
        found |= set(range(start, end + 1))
    return tuple(sorted(found))


def _day(name: str) -> int:
    for place, day in enumerate(DAYS):
        if day.lower() == name.strip().lower()[:3] and len(name.strip()) >= 3:
            return place
    raise UserError(f"{name!r} is no day; write one of {', '.join(DAYS)}, or daily")
