"""Three-valued logic, days, and the drawing of courses, plainly."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

DAY = timedelta(days=1)


def both(*answers):
    """Kleene's and: no if any is no, unknown if any is unknown, else yes."""
    return False if False in answers else None if None in answers else True


def either(*answers):
    """Kleene's or."""
    return True if True in answers else None if None in answers else False


def opposite(answer):
    """Kleene's not."""
    return None if answer is None else not answer


def at_least(known, open_, needed):
    """Whether a count reaches what is needed: `known` are yes, `open_` more may be."""
    return True if known >= needed else False if known + open_ < needed else None


def years(born: date, on: date) -> int:
    """Completed years of age."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@dataclass(frozen=True)
class Course:
    """One true course: half-open [start, stop); stop None means still given."""

    kind: str  # csDMARD, biologic, GC, IS, unknown
    drug: str
    start: date
    stop: date | None
    reason: str | None = None
    dose: float | None = None
    unit: str = "mg"
    frequency: str | None = None
    infusions: tuple[
        date, ...
    ] = ()  # single infusions; the course lasts until the effect of the last is over
    rows: str = "one"  # one, months, infusions
    doses: tuple = field(default=())  # (from day, dose, unit, frequency) where the dose changes

    def until(self, index: date) -> date:
        """The first day without the drug, at most the index date."""
        return min(self.stop or index, index)

    def days(self, index: date) -> int:
        """Days of exposure before the index date."""
        return max((self.until(index) - self.start).days, 0)


def union(courses, index: date) -> int:
    """Days covered by at least one course before the index date."""
    covered = set()
    for one in courses:
        day = one.start
        while day < one.until(index):
            covered.add(day)
            day += DAY
    return len(covered)


def monthly(one: Course, last_known: date):
    """The course as rows of calendar months, each beginning the day after the last ended."""
    begun = one.start
    end = one.stop or last_known
    while begun < end:
        first_of_next = date(begun.year + begun.month // 12, begun.month % 12 + 1, 1)
        stop = min(first_of_next, end)
        yield begun, stop
        begun = stop


def written_rows(one: Course, rng: random.Random, names: dict, *, last_day: bool, index: date):
    """The rows a program writes for a course: drug as written, start, stop, ongoing, reason, dose, unit, frequency.

    last_day : the program records the last day taken; otherwise the first day without.
    """
    back = DAY if last_day else timedelta(0)
    name = rng.choice(names[one.drug]) if one.drug in names else one.drug
    plain = {"drug": name, "reason": None, "dose": one.dose, "unit": one.unit, "frequency": one.frequency}
    if one.rows == "infusions":
        for n, day in enumerate(one.infusions):
            last = n == len(one.infusions) - 1
            yield plain | {
                "start": day,
                "stop": day,
                "ongoing": False,
                "frequency": "once",
                "reason": one.reason if last else None,
            }
    elif one.rows in (
        "months",
        "months_apart",
    ):  # apart: each row ends the day before the next begins, whatever a stop means
        spans = list(monthly(one, index + 40 * DAY))
        for n, (begun, stop) in enumerate(spans):
            last = n == len(spans) - 1
            running = last and one.stop is None
            yield plain | {
                "start": begun,
                "stop": None if running else stop - (back if last or one.rows == "months" else DAY),
                "ongoing": running,
                "reason": one.reason if last else None,
            }
    else:
        changes = one.doses or ((one.start, one.dose, one.unit, one.frequency),)
        for n, (begun, dose, unit, frequency) in enumerate(changes):
            last = n == len(changes) - 1
            stop = one.stop if last else changes[n + 1][0]
            yield plain | {
                "start": begun,
                "stop": None if stop is None else stop - back,
                "ongoing": stop is None,
                "reason": one.reason if last else None,
                "dose": dose,
                "unit": unit,
                "frequency": frequency,
            }


__all__ = [
    "DAY",
    "Course",
    "at_least",
    "both",
    "either",
    "monthly",
    "opposite",
    "replace",
    "union",
    "written_rows",
    "years",
]
