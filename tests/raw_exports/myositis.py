"""Patients screened for a study of refractory dermatomyositis, and what the definitions say of them (B.1 to B.10)."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from raw_exports.drug_names import BESIDE, BIOLOGIC, GLUCOCORTICOID, IMMUNOSUPPRESSANT
from raw_exports.plain import DAY, Course, at_least, both, either, opposite, years

WASH_OUT = {"rituximab": 180, "abatacept": 90, "adalimumab": 90, "tofacitinib": 28}
LIMITS = {"ck": 200, "ldh": 250, "ast": 40}
RANGES = {"ck": 15, "ldh": 3, "ast": 3}


@dataclass
class Patient:
    """What is true of one person, and what the form holds of it."""

    baseline: date
    born: date
    items: dict  # weakness, enzymes, emg, biopsy, rash
    written_class: str | None
    skin_months: int | None
    clinical_weakness: bool | None
    early_drug: bool
    written_cadm: str | None
    improved: int | None
    worse: int | None
    attested: bool | None
    intolerant: bool | None
    weight: float
    prednisone: float | None
    courses: list
    beside: list
    signed: date | None
    screened: date
    other_ctd: bool | None
    other_myopathy: bool | None
    visits: dict


def patient(rng: random.Random) -> Patient:
    """Draw one person, on both sides of every boundary."""
    baseline = date(2021, 3, 2) + timedelta(days=rng.randrange(400))

    def some(yes, blank=0.06):
        return None if rng.random() < blank else rng.random() < yes

    if baseline.day == 1:  # a row that begins on this very day is no history of it
        baseline += DAY
    weight = rng.choice([50.0, 60.0, 62.5])
    courses, prednisone = history(baseline, weight, rng)
    return Patient(
        baseline=baseline,
        born=date(baseline.year - rng.choice([17, 18, 18, 30, 55]), baseline.month, min(baseline.day, 28))
        + rng.choice([0, 1, -1, 100]) * DAY,
        items={name: some(0.6) for name in ("weakness", "enzymes", "emg", "biopsy")}
        | {"rash": some(0.85, 0.03)},
        written_class=rng.choice([None, "none", "possible", "probable", "definite"]),
        skin_months=rng.choice([None, 3, 5, 6, 7, 24]),
        clinical_weakness=some(0.5),
        early_drug=rng.random() < 0.1,
        written_cadm=None,
        improved=rng.choice([None, 0, 2, 3, 4]),
        worse=rng.choice([None, 0, 2, 3]),
        attested=some(0.5, 0.2),
        intolerant=some(0.2, 0.05),
        weight=weight,
        prednisone=prednisone,
        courses=courses,
        beside=[(rng.choice(BESIDE), baseline - rng.randint(0, 300) * DAY) for _ in range(rng.randint(0, 3))],
        signed=None if rng.random() < 0.03 else baseline - rng.choice([0, 3, 10]) * DAY,
        screened=baseline - rng.choice([0, 3]) * DAY,
        other_ctd=some(0.05, 0.02),
        other_myopathy=some(0.05, 0.02),
        visits={},
    )


def history(baseline, weight, rng):
    """Glucocorticoid and immunosuppressant, whose dose changes or is written otherwise; a biologic before."""
    courses = []
    together = rng.choice([60, 89, 90, 91, 200])
    dose = rng.choice([5.0, 30.0, weight - 1, weight, weight + 5])
    drug = rng.choice(sorted(GLUCOCORTICOID))
    courses.append(
        Course("GC", drug, baseline - (together + rng.choice([0, 100])) * DAY, None,
               dose=round(dose * (0.8 if drug == "methylprednisolone" else 1), 2), frequency="once daily",
               rows=rng.choice(["one", "months", "months_apart"]))
    )  # fmt: skip
    name = rng.choice(sorted(IMMUNOSUPPRESSANT))
    begun = baseline - together * DAY
    same = rng.random() < 0.6
    changed = baseline - rng.choice([30, 90, 91, 120]) * DAY
    first = (1.0, "g", "twice daily") if name == "mycophenolate" else (50.0, "mg", "twice daily")
    if name == "methotrexate":
        first = (12.5, "mg", "weekly")
    again = {"mycophenolate": (2000.0, "mg", "once daily"), "methotrexate": (12.5, "mg", "weekly")}.get(
        name, (100.0, "mg", "once daily")
    )
    other = (first[0] * 1.5, first[1], first[2])
    doses = ((begun, *first),)
    if changed > begun:
        doses += ((changed, *(again if same else other)),)
    courses.append(
        Course("IS", name, begun, None, doses=doses, dose=first[0], unit=first[1], frequency=first[2])
    )
    if rng.random() < 0.35:
        given = rng.choice(sorted(WASH_OUT))
        free = WASH_OUT[given] + rng.choice([-1, 0, 1, 40])
        stop = baseline - free * DAY
        reason = rng.choice(["adverse_event", "primary_inefficacy", "patient_choice"])
        courses.append(Course("biologic", given, stop - 200 * DAY, stop, reason))
    return courses, dose


def dermatomyositis(one: Patient):
    """I1: Bohan and Peter, definite or probable with the rash, or CADM (B.1)."""
    four = [one.items[name] for name in ("weakness", "enzymes", "emg", "biopsy")]
    by_items = both(one.items["rash"], at_least(four.count(True), four.count(None), 2))
    if by_items is None and one.written_class is not None:
        # the form's class decides where it does not contradict the items
        low, high = four.count(True) if one.items["rash"] else 0, four.count(True) + four.count(None)
        needs = {"definite": range(3, 5), "probable": range(2, 3), "possible": range(1, 2), "none": range(1)}
        if any(low <= n <= high for n in needs[one.written_class]):
            by_items = one.written_class in ("definite", "probable")
    lasting = None if one.skin_months is None else one.skin_months >= 6
    cadm = both(one.items["rash"], lasting, opposite(one.clinical_weakness), not one.early_drug)
    return either(by_items, cadm)


def adult(one: Patient):
    """I2: 18 completed years at consent."""
    return None if one.signed is None else years(one.born, one.signed) >= 18


def refractory(one: Patient):
    """I3: at least 90 days of glucocorticoid and immunosuppressant together, with failure or intolerance (B.10)."""
    index = one.baseline
    gc = next(course for course in one.courses if course.kind == "GC")
    drug = next(course for course in one.courses if course.kind == "IS")
    enough = (index - max(gc.start, drug.start)).days >= 90
    improved = None if one.improved is None else one.improved < 3
    worse = None if one.worse is None else one.worse > 2
    failure = either(improved, worse)
    if failure is None:  # where prior measures leave it open, the investigator's attestation
        failure = one.attested
    return both(enough, either(failure, one.intolerant))


def low_dose(one: Patient):
    """I4: prednisone equivalent below 1 mg/kg/day."""
    return round(one.prednisone / one.weight, 8) < 1


def stable(one: Patient):
    """I5: an immunosuppressant at an unchanged daily amount for more than 90 days."""
    drug = next(course for course in one.courses if course.kind == "IS")
    since = drug.doses[0][0]
    for before, after in zip(drug.doses, drug.doses[1:]):
        if amount(before) != amount(after):
            since = after[0]
    return (one.baseline - since).days > 90


def amount(dose):
    """Milligrams a day."""
    _, number, unit, often = dose
    return round(
        number * {"g": 1000, "mg": 1}[unit] * {"once daily": 1, "twice daily": 2, "weekly": 1 / 7}[often], 8
    )


def washed_out(one: Patient):
    """I6: each earlier biologic stopped long enough ago."""
    return all(
        (one.baseline - course.stop).days >= WASH_OUT[course.drug]
        for course in one.courses
        if course.kind == "biologic"
    )


def consented(one: Patient):
    """I7: signed, and not after the first procedure."""
    return None if one.signed is None else one.signed <= min(one.screened, one.baseline)


def expected(one: Patient) -> dict:
    """The answer to every criterion of the registration."""
    return {
        "I1": dermatomyositis(one),
        "I2": adult(one),
        "I3": refractory(one),
        "I4": low_dose(one),
        "I5": stable(one),
        "I6": washed_out(one),
        "I7": consented(one),
        "E1": one.other_ctd,
        "E2": one.other_myopathy,
    }


# ---------------------------------------------------------------- core set measures and responses


def visit(rng: random.Random, better=1.0) -> dict:
    """One assessment; globals in tenths of a centimetre."""
    ill = rng.random() * better

    def scale(blank=0.03):
        return None if rng.random() < blank else round(min(10, 10 * ill * rng.random() ** 0.4), 1)

    return {
        "phga": scale(),
        "ptga": scale(),
        "extramuscular": scale(),
        "mmt": None if rng.random() < 0.03 else round(150 - 70 * ill * rng.random()),
        "haq": None if rng.random() < 0.03 else round(24 * ill * rng.random()) / 8,
        "ck": None if rng.random() < 0.04 else round(60 + 3000 * ill * rng.random() ** 3),
        "ldh": None if rng.random() < 0.04 else round(150 + 500 * ill * rng.random()),
        "ast": None if rng.random() < 0.04 else round(20 + 120 * ill * rng.random()),
        "cdasi": None if rng.random() < 0.03 else round(40 * ill * rng.random()),
        "prednisone": rng.choice([0, 2.5, 5, 7.5, 10, 20, 30]),
    }


def followed(before: dict):
    """The enzyme most above its limit at baseline, in a fixed order of ties (B.3)."""
    multiples = {name: before[name] / LIMITS[name] for name in LIMITS if before[name] is not None}
    return (
        max(multiples, key=lambda name: (round(multiples[name], 8), -list(LIMITS).index(name)))
        if multiples
        else None
    )


def changes(before: dict, after: dict) -> dict:
    """Absolute improvement of each measure in per cent of its range (B.6); missing ones None."""
    ranges = {"phga": 10, "ptga": 10, "extramuscular": 10, "haq": 3}
    found = {}
    for name, wide in ranges.items():
        pair = before[name], after[name]
        found[name] = None if None in pair else round((pair[0] - pair[1]) / wide * 100, 8)
    pair = before["mmt"], after["mmt"]
    found["mmt"] = None if None in pair else round((pair[1] - pair[0]) / 150 * 100, 8)
    name = followed(before)
    if name is None or after[name] is None:
        found["enzyme"] = None
    else:
        found["enzyme"] = round((before[name] - after[name]) / LIMITS[name] / RANGES[name] * 100, 8)
    return found


POINTS = {
    "phga": (0, 7.5, 15, 17.5, 20), "ptga": (0, 2.5, 5, 7.5, 10), "mmt": (0, 10, 20, 27.5, 32.5),
    "haq": (0, 5, 7.5, 7.5, 10), "enzyme": (0, 2.5, 5, 7.5, 7.5), "extramuscular": (0, 7.5, 12.5, 15, 20),
}  # fmt: skip


def points(name: str, change: float) -> float:
    """Points of one measure; bands are closed on the right."""
    limits = (2, 10, 20, 30) if name == "mmt" else (5, 15, 25, 40)
    return POINTS[name][sum(change > limit for limit in limits)]


def improvement(before, after, minimum):
    """TIS of at least so much: the score, and what its known points decide."""
    found = changes(before, after)
    least = sum(points(name, change) for name, change in found.items() if change is not None)
    if None not in found.values():
        return (least >= minimum,) * 2
    most = least + sum(
        points(name, room(name, before, after)) for name, change in found.items() if change is None
    )
    return None, True if least >= minimum else False if most < minimum else None


TOP = {"phga": 10, "ptga": 10, "extramuscular": 10, "haq": 3, "mmt": 150}


def room(name, before, after):
    """The most a measure of which one value is missing can have improved, in per cent of its range."""
    if name == "enzyme":
        name = followed(before)
        return 100 if name is None else round(before[name] / LIMITS[name] / RANGES[name] * 100, 8)
    best, worst = (TOP[name], 0) if name == "mmt" else (0, TOP[name])
    first = worst if before[name] is None else before[name]
    last = best if after[name] is None else after[name]
    return round(abs(first - last) / TOP[name] * 100, 8)


def skin(before, after):
    """CDASI activity lower by five points or more (B.7)."""
    pair = before["cdasi"], after["cdasi"]
    return (None if None in pair else pair[0] - pair[1] >= 5,) * 2


def imacs(before, after):
    """IMACS definition (B.5): three of six better by 20 %, at most two worse by 25 %, strength not among them."""
    answers = {name: relative(name, before[name], after[name]) for name in TOP}
    name = followed(before)
    answers["enzyme"] = (None, None) if name is None else relative(name, before[name], after[name])
    if name is not None and before[name] <= LIMITS[name]:  # normal at baseline: nothing to improve
        answers["enzyme"] = (False, answers["enzyme"][1])
    better, worse = ([one[side] for one in answers.values()] for side in (0, 1))
    few_worse = opposite(at_least(worse.count(True), worse.count(None), 3))
    weaker = answers["mmt"][1]
    answer = both(at_least(better.count(True), better.count(None), 3), few_worse, opposite(weaker))
    return answer, answer


def relative(name, before, after):
    """Better by 20 %, worse by 25 % of baseline; a value that is missing is tried at both ends of its range."""
    ends = (0, TOP.get(name, 10**9))
    sides = set()
    for first in ends if before is None else (before,):
        for last in ends if after is None else (after,):
            gain = last - first if name == "mmt" else first - last
            if (
                first == 0
            ):  # from nothing nothing lower can improve, and anything is worse; strength only rises
                sides.add((name == "mmt" and gain > 0, gain < 0))
            else:
                share = round(gain / first * 100, 8)
                sides.add((share >= 20, share <= -25))
    return tuple(answers.pop() if len(answers) == 1 else None for answers in map(set, zip(*sides)))


RESPONSES = {
    "tis_minimal": ("total_improvement_score, settings: {minimum: 20}", lambda b, f: improvement(b, f, 20)),
    "tis_moderate": ("total_improvement_score, settings: {minimum: 40}", lambda b, f: improvement(b, f, 40)),
    "tis_major": ("total_improvement_score, settings: {minimum: 60}", lambda b, f: improvement(b, f, 60)),
    "imacs": ("imacs_improvement", imacs),
    "cdasi": ("cdasi_response, settings: {points: 5}", skin),
    "low_dose": (
        "steroid_response, settings: {outcome: low_dose}",
        lambda b, f: (f["prednisone"] <= 7.5,) * 2,
    ),
    "halved": (
        "steroid_response, settings: {outcome: reduced_50}",
        lambda b, f: (None if b["prednisone"] == 0 else f["prednisone"] <= b["prednisone"] / 2,) * 2,
    ),
}
NAMES = IMMUNOSUPPRESSANT | GLUCOCORTICOID | BIOLOGIC
