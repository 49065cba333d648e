"""Patients screened for a cohort of difficult-to-treat rheumatoid arthritis, and what the definitions say of them.

Every rule below is that of the reference (A.1, A.4, A.22, F.2); the section is named where it is used.
"""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from raw_exports.drug_names import BESIDE, BIOLOGIC, CSDMARD, GLUCOCORTICOID, MECHANISM, NOBODY_KNOWS
from raw_exports.plain import DAY, Course, at_least, both, either, opposite, union, years

FAILED = ("primary_inefficacy", "secondary_inefficacy", "adverse_event", "intolerance")
INEFFICACY = FAILED[:2]
NOT_FAILED = ("remission", "access_cost", "patient_choice", "pregnancy", "surgery")
EFFECT = {
    "rituximab": 168,
    "infliximab": 56,
}  # days that one infusion lasts: the label's interval between doses


@dataclass
class Patient:
    """What is true of one person, and what the form holds of it."""

    consent: date
    born: date
    born_written: str  # "day", "month" or "year"
    screened: date
    willing: bool | None
    items: list  # the seven items of 1987: True, False or None
    count: int | None
    joints: tuple | None  # large, small
    rf: float | None
    acpa: float | None
    apr: bool | None
    weeks: int | None
    score: int | None
    courses: list
    beside: list
    depot: date | None
    c2b: bool | None
    c2c: bool | None
    c2e: bool | None
    c3: tuple
    restricted: bool
    contraindicated: bool
    films: tuple | None  # days between, change
    visits: dict


def some(rng, yes=0.5, blank=0.08):
    """A tick box."""
    return None if rng.random() < blank else rng.random() < yes


def patient(rng: random.Random) -> Patient:
    """Draw one person; numbers lie on both sides of every boundary."""
    consent = date(2023, 1, 5) + timedelta(days=rng.randrange(700))
    if consent.day == 1:  # a row that begins on this very day is no history of it
        consent += DAY
    age = rng.choice(
        [17, 18, 18, 19, rng.randint(20, 80), rng.randint(20, 80), rng.randint(20, 80), rng.randint(20, 80)]
    )
    born = (
        date(consent.year - age, consent.month, min(consent.day, 28))
        + rng.choice([0, 1, -1, -90, -200]) * DAY
    )
    items = [some(rng, 0.6, 0.1) for _ in range(7)]
    joints = (
        None
        if rng.random() < 0.08
        else rng.choice([(0, 0), (1, 0), (2, 0), (0, 1), (1, 3), (0, 4), (0, 10), (1, 10), (5, 6)])
    )
    person = Patient(
        consent=consent,
        born=born,
        born_written=rng.choices(["day", "month", "year"], [0.8, 0.15, 0.05])[0],
        screened=consent + rng.choice([0, 0, 0, 1, 5, -1]) * DAY if rng.random() < 0.3 else consent,
        willing=rng.choices([True, False, None], [0.95, 0.03, 0.02])[0],
        items=[None] * 7 if rng.random() < 0.05 else items,
        count=rng.choice([None, rng.randint(2, 7), rng.randint(3, 4)]),
        joints=joints,
        rf=rng.choice([None, 5, 20, 21, 60, 61, 300]),
        acpa=rng.choice([None, 5, 20, 21, 60, 61, 300]),
        apr=some(rng, 0.6),
        weeks=rng.choice([None, 5, 6, 7, 52]),
        score=rng.choice([None, rng.randint(3, 10), rng.randint(5, 6)]),
        courses=[],
        beside=[(rng.choice(BESIDE), consent - rng.randint(0, 400) * DAY) for _ in range(rng.randint(0, 4))],
        depot=consent - rng.choice([100, 200, 517]) * DAY if rng.random() < 0.1 else None,
        c2b=some(rng, 0.2, 0.05),
        c2c=some(rng, 0.5, 0.05),
        c2e=some(rng, 0.2, 0.05),
        c3=(some(rng, 0.75, 0.1), some(rng, 0.6, 0.1)),
        restricted=rng.random() < 0.08,
        contraindicated=rng.random() < 0.06,
        films=rng.choice(
            [None, (182, 3.0), (365, 5.0), (366, 5.0), (365, 4.5), (149, 4.0), (150, 2.5), (200, 1.0)]
        ),
        visits={},
    )
    history(person, rng)
    return person


def history(person: Patient, rng: random.Random) -> None:
    """csDMARDs first, biologics after, glucocorticoid beside; now and then the other way round."""
    index = person.consent
    behaviour = ["one", "one", "months", "months_apart"]
    if not person.contraindicated or rng.random() < 0.3:
        total = rng.choice([200, 300, 364, 365, 366, 400, 900])
        end = index if rng.random() < 0.4 else index - rng.randint(30, 600) * DAY
        begun = end - total * DAY
        for drug in rng.sample(sorted(CSDMARD), rng.choice([1, 1, 2])):
            running = end == index
            reason = None if running else rng.choice(FAILED + NOT_FAILED)
            person.courses.append(
                Course("csDMARD", drug, begun, None if running else end, reason, rows=rng.choice(behaviour))
            )
            begun += rng.choice([0, 30, 60]) * DAY
            if begun >= end:
                break
    when = index - rng.randint(700, 2500) * DAY
    for drug in rng.sample(sorted(BIOLOGIC), rng.choice([0, 1, 2, 2, 3, 3])):
        when += rng.randint(5, 60) * DAY
        if when >= index - 10 * DAY:
            break
        if drug in EFFECT:
            gaps = {"rituximab": [14], "infliximab": [14, 28, 56, 56]}[drug]
            taken = rng.choice([1, len(gaps) + 1]) if drug == "infliximab" else rng.choice([1, 2])
            days = [when]
            for gap in gaps[: taken - 1]:
                days.append(days[-1] + gap * DAY)
            stop = days[-1] + EFFECT[drug] * DAY
            if stop >= index:
                break
            person.courses.append(
                Course(
                    "biologic", drug, when, stop, rng.choice(FAILED), infusions=tuple(days), rows="infusions"
                )
            )
            when = stop
            continue
        # one dose of the others lasts as long as its interval, so that short courses of them are not drawn
        daily = MECHANISM[drug] == "JAKi"
        length = rng.choice([20, 83, 84, 85, 150, 300] if daily else [83, 84, 85, 150, 300])
        stop = when + length * DAY
        if stop >= index:
            person.courses.append(Course("biologic", drug, when, None))
            break
        reason = rng.choice(FAILED * 3 + NOT_FAILED + (None,))
        person.courses.append(
            Course(
                "biologic",
                drug,
                when,
                stop,
                reason,
                rows=rng.choice(["one", "months", "months_apart"]) if daily else "one",
            )
        )
        when = stop
    if rng.random() < 0.5:
        drug = rng.choice(sorted(GLUCOCORTICOID))
        days = rng.choice([60, 83, 84, 85, 200])
        dose = rng.choice([5, 7.5, 10]) * (0.8 if drug == "methylprednisolone" else 1)
        rows = rng.choice(["one", "months", "months_apart"])
        begun = index - days * DAY
        person.courses.append(Course("GC", drug, begun, None, dose=dose, frequency="once daily", rows=rows))
    if rng.random() < 0.08:
        begun = index - rng.randint(100, 900) * DAY
        stop = begun + rng.choice([60, 90, 400]) * DAY
        stop = None if stop >= index else stop
        reason = None if stop is None else rng.choice(FAILED)
        person.courses.append(Course("unknown", rng.choice(NOBODY_KNOWS), begun, stop, reason))


# ---------------------------------------------------------------- what the definitions say


def classified(person: Patient):
    """I1: 1987 or 2010 (A.4); items by their least and most, the total of the form where they leave it open and it
    does not contradict them."""
    yes, open_ = person.items.count(True), person.items.count(None)
    by_1987 = at_least(yes, open_, 4)
    if by_1987 is None and person.count is not None and yes <= person.count <= yes + open_:
        by_1987 = person.count >= 4
    low, high = points_2010(person)
    by_2010 = True if low >= 6 else False if high < 6 else None
    if by_2010 is None and person.score is not None and low <= person.score <= high:
        by_2010 = person.score >= 6
    return either(by_1987, by_2010)


def points_2010(person: Patient) -> tuple[int, int]:
    """The least and the most points of 2010 that the form allows (A.4)."""
    joints = [0, 5] if person.joints is None else [joint_points(*person.joints)] * 2
    titres = [titre_points(value) for value in (person.rf, person.acpa) if value is not None]
    best = [max(titres)] * 2 if titres else [0, 3]  # "at least one serology result is needed": one is enough
    acute = [0, 1] if person.apr is None else [int(person.apr)] * 2
    lasting = [0, 1] if person.weeks is None else [int(person.weeks >= 6)] * 2
    low, high = (sum(part[k] for part in (joints, best, acute, lasting)) for k in (0, 1))
    return low, high


def joint_points(large: int, small: int) -> int:
    """Points of the joint domain."""
    if large + small > 10 and small >= 1:
        return 5
    if small >= 4:
        return 3
    if small >= 1:
        return 2
    return 1 if large >= 2 else 0


def titre_points(value: float, limit: float = 20) -> int:
    """Points of a titre: above the limit low, above three times the limit high."""
    return 3 if value > 3 * limit else 2 if value > limit else 0


def age_at_consent(person: Patient):
    """Completed years; month or year known: decided only if both ends agree (A.22; the 15th is "for duration")."""
    born = person.born
    if person.born_written == "day":
        return {years(born, person.consent)}
    first_of_next = date(born.year + born.month // 12, born.month % 12 + 1, 1)
    ends = (born.replace(day=1), first_of_next - DAY)
    if person.born_written == "year":
        ends = (date(born.year, 1, 1), date(born.year, 12, 31))
    return {years(end, person.consent) for end in ends}


def old_enough(person: Patient):
    """I2: over 18; exactly 18 is left to adjudication."""
    answers = {True if age > 18 else None if age == 18 else False for age in age_at_consent(person)}
    return answers.pop() if len(answers) == 1 else None


def under_age(person: Patient):
    """E1: younger than 18."""
    answers = {age < 18 for age in age_at_consent(person)}
    return answers.pop() if len(answers) == 1 else None


def consented(person: Patient):
    """I5: consent not after the first procedure."""
    return person.consent <= person.screened


def meanings(person: Patient):
    """What the uncoded drug may be: none of these, or any drug that a rule reads (issue: a drug of unknown class)."""
    known = [one for one in person.courses if one.kind != "unknown"]
    unknown = [one for one in person.courses if one.kind == "unknown"]
    if not unknown:
        return [known]
    one = unknown[0]
    kinds = [None, ("csDMARD", "a csDMARD"), *(("biologic", drug) for drug in (*BIOLOGIC, "a new mechanism"))]
    return [
        known if kind is None else [*known, Course(kind[0], kind[1], one.start, one.stop, one.reason)]
        for kind in kinds
    ]


def over_meanings(person: Patient, answer):
    """The answer if all meanings of the uncoded drug agree, else unknown."""
    answers = {answer(person, courses) for courses in meanings(person)}
    return answers.pop() if len(answers) == 1 else None


def year_of_csdmard(person: Patient, courses):
    """I3: the union of csDMARD courses up to consent is a year (A.22)."""
    return union([one for one in courses if one.kind == "csDMARD"], person.consent) >= 365


def short_dmard(person: Patient, courses):
    """E2: the union of all DMARDs is less than a year."""
    return union([one for one in courses if one.kind in ("csDMARD", "biologic")], person.consent) < 365


def difficult(person: Patient, courses):
    """I4: all three criteria (A.1)."""
    second = active(person, courses)
    first = failed_mechanisms(person, courses, second)
    third = either(*person.c3)
    answer = both(first, second, third)
    if answer is True or not person.restricted:
        return answer
    exception = both(failed_mechanisms(person, courses, second, least=1), second, third)
    return either(answer, exception)


def failed_mechanisms(person: Patient, courses, second, least=2):
    """Criterion 1: mechanisms failed, after a csDMARD failed unless contraindicated."""
    index = person.consent
    biologics = sorted((one for one in courses if one.kind == "biologic"), key=lambda one: one.start)
    yes, maybe = set(), set()
    for one in biologics:
        group = MECHANISM.get(one.drug, one.drug)
        answer = failed(one, index, second)
        if answer is True:
            yes.add(group)
        elif answer is None:
            maybe.add(group)
    enough = at_least(len(yes), len(maybe - yes), least)
    return both(enough, True if person.contraindicated else csdmard_failed(person, courses, biologics))


def failed(one: Course, index: date, second):
    """Whether a course counts as failure (A.1, table of parameters)."""
    long_enough = one.days(index) >= 84
    if one.stop is None:
        return both(long_enough, second)
    if one.reason in INEFFICACY:
        return long_enough
    if one.reason in FAILED:
        return True
    if one.reason is None:  # not known why: any of the reasons
        return None
    return False


def csdmard_failed(person: Patient, courses, biologics):
    """A csDMARD with a reason that is a failure, or 84 days of it and then a biologic (A.1); failed before the last
    biologic began, since the definition says "after failing csDMARD therapy"."""
    index = person.consent
    for one in (course for course in courses if course.kind == "csDMARD"):
        stopped_for_failure = one.stop is not None and one.stop <= index and one.reason in FAILED
        for other in biologics:
            if stopped_for_failure and other is biologics[-1] and one.stop <= other.start:
                return True
            if (min(one.until(index), other.start) - one.start).days >= 84:
                return True
    unknown = any(one.kind == "unknown" for one in person.courses)
    return None if unknown else False  # an uncoded drug leaves open what it could decide (issue, A.1)


def active(person: Patient, courses):
    """Criterion 2: any of 2a to 2e (A.1)."""
    indices = person.visits["W00"]["indices"]
    above = [value > limit for value, limit in indices if value is not None]
    c = stuck(person, courses)
    d = progressed(person)
    # what was not recorded is either; 2e asks that 2a and 2b are absent, so that some answers agree either way
    answers = {
        either(a, b, c, d, both(person.c2e, opposite(a or b)))
        for a in ([any(above)] if above else [True, False])
        for b in ([True, False] if person.c2b is None else [person.c2b])
    }
    return answers.pop() if len(answers) == 1 else None


def stuck(person: Patient, courses):
    """2c: 7.5 mg/day of prednisone or more for 84 days, and the clinician says it cannot be tapered."""
    dose = any(
        one.kind == "GC"
        and one.stop is None
        and round(one.dose * (1.25 if one.drug == "methylprednisolone" else 1), 8) >= 7.5
        and one.days(person.consent) >= 84
        for one in courses
    )
    return both(dose, person.c2c)


def progressed(person: Patient):
    """2d: five points a year between films at least 150 days apart, or five points between films about a year apart."""
    if person.films is None:
        return False  # the form says no
    days, change = person.films
    if days < 150:
        return None  # too close to tell, and the clinician was not asked
    a_year = round(change * 365.25 / days, 8) >= 5
    return a_year or (change >= 5 and 300 <= days <= 430)


def expected(person: Patient) -> dict:
    """The answer to every criterion of the registration."""
    return {
        "I1": classified(person),
        "I2": old_enough(person),
        "I3": over_meanings(person, year_of_csdmard),
        "I4": over_meanings(person, difficult),
        "I5": consented(person),
        "E1": under_age(person),
        "E2": over_meanings(person, short_dmard),
        "E3": person.willing is False,  # who signed and was not asked is not unwilling
    }


def status(answers: dict) -> str:
    """Eligible, ineligible or query (A.22)."""
    wrong = [answers[key] is False for key in answers if key[0] == "I"] + [
        answers[key] is True for key in answers if key[0] == "E"
    ]
    if any(wrong):
        return "ineligible"
    return "query" if None in answers.values() else "eligible"


__all__ = ["Patient", "expected", "patient", "status"]
