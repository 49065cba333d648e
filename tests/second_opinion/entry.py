"""Who enters the studies, second implementation: A.1, A.22 and B.10 of the reference definitions.

A course is a dict: drug (generic name), kind (csDMARD, csDMARD_CN, bDMARD, tsDMARD), mechanism, start, stop (dates,
stop None while it goes on) and reason (why it was stopped, None where nobody wrote it down).
"""

from fractions import Fraction

from second_opinion.plain import above, all_of, any_of, at_least, below, missing, number, opposite

INEFFICACY = {"primary_inefficacy", "secondary_inefficacy"}
TOLERABILITY = {"adverse_event", "intolerance"}
ADVANCED = {"bDMARD", "tsDMARD"}


def age_in_years(born, on):
    """Completed years.

    >>> from datetime import date
    >>> age_in_years(date(2006, 5, 10), date(2024, 5, 10)), age_in_years(date(2006, 5, 10), date(2024, 5, 9))
    (18, 17)
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def ra_age(born, consent):
    """pass, adjudicate at exactly 18, fail below; None where a date is missing."""
    if missing(born, consent):
        return None
    age = age_in_years(born, consent)
    return "fail" if age < 18 else "adjudicate" if age == 18 else "pass"


def days_covered(intervals, until):
    """Length of the union of half-open intervals up to a day: the days are simply collected.

    >>> from datetime import date
    >>> mtx = (date(2023, 1, 1), date(2023, 8, 31))
    >>> lef = (date(2023, 6, 1), date(2024, 2, 1))
    >>> days_covered([mtx, lef], date(2024, 2, 1))
    396
    """
    days = set()
    for start, stop in intervals:
        days.update(range(start.toordinal(), min(stop or until, until).toordinal()))
    return len(days)


def csdmard_days(courses, consent, include_cn=True):
    """Days on any csDMARD up to consent; None where a course stops before it starts."""
    kinds = {"csDMARD", "csDMARD_CN"} if include_cn else {"csDMARD"}
    chosen = [(course["start"], course["stop"]) for course in courses if course["kind"] in kinds]
    if any(stop is not None and stop < start for start, stop in chosen):
        return None
    return days_covered(chosen, consent)


def course_failed(course, index, active, minimum=84):
    """Whether one course before the index date was a failure; None where its reason is unknown."""
    days = ((course["stop"] or index) - course["start"]).days
    if course["stop"] is None:
        return False if days < minimum else active
    if course["reason"] is None:
        return None
    if course["reason"] in INEFFICACY:
        return days >= minimum
    return course["reason"] in TOLERABILITY


def mechanisms_failed(courses, index, active):
    """Smallest and largest number of different mechanisms failed."""
    sure, possible = set(), set()
    for course in courses:
        if course["kind"] in ADVANCED and course["start"] <= index:
            failed = course_failed(course, index, active)
            if failed is True:
                sure.add(course["mechanism"])
            if failed is not False:
                possible.add(course["mechanism"])
    return len(sure), len(possible)


def csdmard_failed(courses, index, minimum=84):
    """One csDMARD course with a failure reason, or 84 days of it before a b/tsDMARD was started."""
    starts = [c["start"] for c in courses if c["kind"] in ADVANCED and c["start"] <= index]
    answers = []
    for course in courses:
        if course["kind"].startswith("csDMARD") and course["start"] <= index:
            stop = min(course["stop"] or index, index)
            reason = course["reason"] in INEFFICACY | TOLERABILITY and course["stop"] is not None
            before = any((min(stop, start) - course["start"]).days >= minimum for start in starts)
            unknown = course["stop"] is not None and course["reason"] is None
            answers.append(True if reason or before else None if unknown else False)
    return any_of(*answers)


def active_disease_2a(das28_esr, das28_crp, cdai, sdai):
    """Any available index above its limit of low activity; None where none is available."""
    pairs = ((das28_esr, "3.2"), (das28_crp, "3.2"), (cdai, "10"), (sdai, "11"))
    known = [number(value) > Fraction(limit) for value, limit in pairs if value is not None]
    return any(known) if known else None


def glucocorticoid_2c(mg_day, days, cannot_taper):
    """At least 7.5 mg/day for at least 84 days and the clinician says it cannot be tapered."""
    return all_of(at_least(number(mg_day), "7.5"), at_least(number(days), 84), cannot_taper)


def radiographic_2d(change, days, minimum=150):
    """Annualised change of at least 5 over at least 150 days; None for a shorter interval."""
    change, days = number(change), number(days)
    if missing(change, days) or days < minimum:
        return None
    return change * Fraction("365.25") / days >= 5


def d2t(courses, index, signs, *, contraindicated=None, access_restricted=None):
    """(criterion 1, criterion 2, criterion 3, answer) for one patient.

    ``signs``: 2a, 2b, 2c, 2d, 2e, problem_physician, problem_patient, each True, False or None.
    """
    second = any_of(*(signs[name] for name in ("2a", "2b", "2c", "2d", "2e")))
    third = any_of(signs["problem_physician"], signs["problem_patient"])
    least, most = mechanisms_failed(courses, index, second)
    two = True if least >= 2 else False if most < 2 else None
    conventional = any_of(csdmard_failed(courses, index), contraindicated)
    first = all_of(conventional, two)
    answer = all_of(first, second, third)
    if answer is not True and all_of(conventional, second, third, access_restricted, opposite(two)) is True:
        return first, second, third, "yes_access_exception"
    return first, second, third, {True: "yes", False: "no", None: "indeterminate"}[answer]


def dm_age(born, consent):
    """At least 18 completed years."""
    return None if missing(born, consent) else age_in_years(born, consent) >= 18


def dm_steroid_dose(mg_day, weight_kg):
    """Prednisone equivalent below 1.0 mg/kg/day, strictly.

    >>> dm_steroid_dose(60, 60), dm_steroid_dose(59, 60)
    (False, True)
    """
    mg_day, weight_kg = number(mg_day), number(weight_kg)
    return None if missing(mg_day, weight_kg) else below(mg_day / weight_kg, 1)


def overlap_days(steroids, immunosuppressants, until):
    """Days up to the day given that lie in both unions."""
    both = [set(), set()]
    for days, intervals in zip(both, (steroids, immunosuppressants), strict=True):
        for start, stop in intervals:
            days.update(range(start.toordinal(), min(stop or until, until).toordinal()))
    return len(both[0] & both[1])


def dm_refractory(overlap, failure, intolerance):
    """At least 90 days of both together and failure or intolerance."""
    return all_of(at_least(overlap, 90), any_of(failure, intolerance))


def dm_stable(unchanged_days):
    """Unchanged for more than 90 days, strictly."""
    return above(unchanged_days, 90)


def dm_diagnosis(bohan_peter, cadm, accept_possible=False):
    """Bohan and Peter dermatomyositis at the level required, or CADM."""
    levels = {"definite", "probable"} | ({"possible"} if accept_possible else set())
    known = None if bohan_peter is None else bohan_peter[0] == "DM" and bohan_peter[1] in levels
    return any_of(known, cadm)


WASHOUT_DAYS = {"rituximab": 180, "abatacept": 90, "TNFi": 90, "IVIg": 90, "JAKi": 28}


def dm_washout(days_since):
    """Every previous biologic {name: days since its last dose} has been washed out."""
    return all_of(*(at_least(days, WASHOUT_DAYS[name]) for name, days in days_since.items()))
