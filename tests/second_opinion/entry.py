"""Who enters the studies, second implementation: A.1, A.22 and B.10 of the reference definitions.

A course is a dict: drug (generic name), kind (csDMARD, csDMARD_CN, bDMARD, tsDMARD), mechanism, start, stop (dates,
stop None while it goes on) and reason (why it was stopped, None where nobody wrote it down).
"""

from datetime import timedelta
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


def csdmard_year(courses, consent, include_cn=True):
    """At least 365 days on any csDMARD up to consent.

    A course that stops before it starts has a wrong date and lasted nobody knows how long: it is a query (A.22), unless
    the other courses are enough.
    """
    kinds = {"csDMARD", "csDMARD_CN"} if include_cn else {"csDMARD"}
    chosen = [(course["start"], course["stop"]) for course in courses if course["kind"] in kinds]
    sound = [(start, stop) for start, stop in chosen if stop is None or stop >= start]
    if days_covered(sound, consent) >= 365:
        return True
    return False if len(sound) == len(chosen) else None


def dmard_year_missing(courses, consent):
    """E2: less than 365 days on any DMARD up to consent."""
    if any(course["stop"] is not None and course["stop"] < course["start"] for course in courses):
        return None
    return days_covered([(course["start"], course["stop"]) for course in courses], consent) < 365


def seen_from(courses, index):
    """Courses as known on the index date: nothing that starts later, no stop that lies ahead."""
    for course in courses:
        if course["start"] < index:
            over = course["stop"] is not None and course["stop"] <= index
            yield course if over else course | {"stop": None, "reason": None}


LASTS = {"rituximab": 168, "tocilizumab": 28, "abatacept": 28, "adalimumab": 14, "etanercept": 7}


def acts_until(course):
    """The last day a course covers: its stop, or the time one dose lasts by the label, whichever is later."""
    first_day = course.get("row", course["start"])
    return max(course["stop"], first_day + timedelta(days=LASTS.get(course["drug"], 0)))


def joined(courses, gap=28):
    """Courses of one drug so close together are one course (A.1: a biosimilar is not a new course)."""
    result = []
    for course in sorted(courses, key=lambda course: (course["drug"], course["start"])):
        last = result[-1] if result else None
        same = last is not None and last["drug"] == course["drug"] and last["stop"] is not None
        if same and (course["start"] - acts_until(last)).days <= gap:
            result[-1] = course | {"start": last["start"], "row": course["start"]}
        else:
            result.append(course)
    return result


def course_failed(course, index, active, minimum=84):
    """Whether one course was a failure; None where its reason is unknown.

    A drug still taken has failed if taken long enough while criterion 2 is present.
    """
    days = ((min(acts_until(course), index) if course["stop"] else index) - course["start"]).days
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
    for course in joined(seen_from(courses, index)):
        if course["kind"] in ADVANCED:
            failed = course_failed(course, index, active)
            if failed is True:
                sure.add(course["mechanism"])
            if failed is not False:
                possible.add(course["mechanism"])
    return len(sure), len(possible)


def csdmard_failed(courses, index, minimum=84):
    """One csDMARD course with a failure reason, or 84 days of it before a b/tsDMARD was started.

    Readings of A.1, which gives no more than this: the reason counts after any exposure, the 84 days may be those of
    all csDMARDs together before any b/tsDMARD, not only the first, and what failed after the last of them was begun did
    not fail before.
    """
    known = joined(seen_from(courses, index))
    starts = [course["start"] for course in known if course["kind"] in ADVANCED]
    conventional = [course for course in known if course["kind"].startswith("csDMARD")]
    before = [(course["start"], course["stop"]) for course in conventional]
    if starts and days_covered(before, max(starts)) >= minimum:
        return True
    last = max(starts, default=None)
    over = [
        course["reason"]
        for course in conventional
        if course["stop"] and last is not None and course["stop"] <= last
    ]
    return any_of(
        False, *(None if reason is None else reason in INEFFICACY | TOLERABILITY for reason in over)
    )


def active_disease_2a(das28_esr, das28_crp, cdai, sdai):
    """Any available index above its limit of low activity; None where none is available."""
    pairs = ((das28_esr, "3.2"), (das28_crp, "3.2"), (cdai, "10"), (sdai, "11"))
    known = [number(value) > Fraction(limit) for value, limit in pairs if value is not None]
    return any(known) if known else None


def glucocorticoid_2c(mg_day, days, cannot_taper):
    """At least 7.5 mg/day for at least 84 days and the clinician says it cannot be tapered."""
    return all_of(at_least(number(mg_day), "7.5"), at_least(number(days), 84), cannot_taper)


def radiographic_2d(change, days, minimum=150):
    """At least 5 a year, or 5 within 300 to 430 days (A.19); None for an interval of less than 150 days."""
    change, days = number(change), number(days)
    if missing(change, days) or days < minimum:
        return None
    return change * Fraction("365.25") / days >= 5 or (change >= 5 and 300 <= days <= 430)


def symptoms_despite_control_2e(symptoms, *active):
    """2e: symptoms reduce quality of life, and none of the standards of active disease is met."""
    return all_of(symptoms, opposite(any_of(*active)))


def d2t(courses, index, signs, *, contraindicated=False, access_restricted=False):
    """Answer and criteria of one patient.

    ``signs``: 2a, 2b, 2c, 2d, symptoms (2e, but for the control it asks for: where that is lacking another sub-item
    is met), c3_doc, c3_pt, each True, False or None. The access exception needs one mechanism
    that failed (the least A.1 shows in its cases). An answer is given only where the unknown cannot change it.
    """
    second = any_of(*(signs[name] for name in ("2a", "2b", "2c", "2d", "symptoms")))
    third = any_of(signs["c3_doc"], signs["c3_pt"])
    least, most = mechanisms_failed(courses, index, second)
    one, two = (True if least >= k else False if most < k else None for k in (1, 2))
    conventional = any_of(csdmard_failed(courses, index), contraindicated)
    regular = all_of(conventional, two, second, third)
    exception = all_of(conventional, one, opposite(two), access_restricted, second, third)
    answer = "yes" if regular else "yes_access_exception" if exception else None
    if answer is None:
        answer = "no" if regular is False and exception is False else "indeterminate"
    return {"result": answer, "n_moa": least, "n_moa_max": most, "c2": second, "c3": third}


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


def dm_refractory_from(improved, worse, intolerance, overlap):
    """Failure: fewer than three measures improved, or more than two worse; then as above."""
    failure = any_of(below(improved, 3), above(worse, 2))
    return dm_refractory(overlap, failure, None if intolerance is None else bool(intolerance))


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
