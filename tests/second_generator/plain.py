"""Answers by rule of the definitions, one patient at a time: days are collected in sets, unknown is None."""

from datetime import timedelta

from second_generator.habits import DRUGS

FAILING = {"primary_inefficacy", "secondary_inefficacy", "adverse_event", "intolerance"}
LACKING = {"primary_inefficacy", "secondary_inefficacy"}


def both(*flags):
    return False if False in flags else None if None in flags else True


def either(*flags):
    return True if True in flags else None if None in flags else False


def within(low, high, limit):
    """At least the limit: surely, surely not, or open."""
    return True if low >= limit else False if high < limit else None


def known_at(rows, index):
    """Rows begun before the index date; what lies ahead of it is not known."""
    seen = []
    for row in rows:
        if row["start"] < index:
            over = row["stop"] is not None and row["stop"] <= index
            seen.append(row if over else row | {"stop": None, "reason": None})
    return seen


def lasts(row):
    return DRUGS[row["drug"]][2] if row["drug"] in DRUGS else 0


def end_of(row, index):
    """The day after the last one that a row covers."""
    stop = index if row["stop"] is None else row["stop"]
    return min(index, max(stop, row["start"] + timedelta(days=lasts(row))))


def days_of(rows, index):
    """All days that some rows of one drug cover, the day between two of them included."""
    days, reach = set(), None
    for row in sorted(rows, key=lambda each: (each["start"], end_of(each, index))):
        first = (
            row["start"] - timedelta(days=1) if reach and (row["start"] - reach).days == 1 else row["start"]
        )
        end = end_of(row, index)
        days.update(range(first.toordinal(), end.toordinal()))
        reach = end if reach is None else max(reach, end)
    return days


def union(rows, index):
    """Days on any of these drugs."""
    by_drug = {}
    for row in rows:
        by_drug.setdefault(row["drug"], []).append(row)
    return set().union(*(days_of(of_drug, index) for of_drug in by_drug.values())) if by_drug else set()


def kind(row):
    return DRUGS[row["drug"]][0] if row["drug"] in DRUGS else "unknown"


def duration(rows, kinds, index, limit):
    """At least so many days on drugs of some kinds; an uncoded one may be of them."""
    seen = known_at(rows, index)
    sure = union([row for row in seen if kind(row) in kinds], index)
    possible = union([row for row in seen if kind(row) in (*kinds, "unknown")], index)
    return within(len(sure), len(possible), limit)


def chains(rows, index, gap=28):
    """Courses: rows of one drug that follow each other within the gap."""
    found = []
    for row in sorted(rows, key=lambda each: (each["drug"], each["start"])):
        if found and found[-1][0]["drug"] == row["drug"]:
            reach = max(end_of(each, index) for each in found[-1])
            if (row["start"] - reach).days <= gap:
                found[-1].append(row)
                continue
        found.append([row])
    return found


def failed(chain, index, active):
    """Whether a course failed; None where its reason or the activity is not known."""
    last, days = chain[-1], len(days_of(chain, index))
    single = last["stop"] is not None and (last["stop"] - last["start"]).days <= 1
    acting = single and last["reason"] is None and last["start"] + timedelta(days=lasts(last)) > index
    if last["stop"] is None or acting:
        return both(days >= 84, active)
    if last["reason"] is None:
        return None
    return days >= 84 if last["reason"] in LACKING else last["reason"] in FAILING


def difficult(rows, index, cdai, signs, problem):
    """EULAR's difficult-to-treat RA: True, False or None."""
    seen = known_at(rows, index)
    active = either(None if cdai is None else cdai > 10, signs)
    courses = chains([row for row in seen if kind(row) in ("b", "ts", "unknown")], index)
    sure, possible, extra = set(), set(), set()
    for chain in courses:
        answer = failed(chain, index, active)
        drug = chain[0]["drug"]
        if drug not in DRUGS:
            extra |= {drug} if answer is not False else set()
            continue
        sure |= {DRUGS[drug][1]} if answer is True else set()
        possible |= {DRUGS[drug][1]} if answer is not False else set()
    begun = [chain[0]["start"] for chain in courses if chain[0]["drug"] in DRUGS]
    conventional = csdmard_failed(seen, index, max(begun, default=None))
    two = within(len(sure), len(possible) + len(extra), 2)
    return both(conventional, two, active, problem)


def csdmard_failed(seen, index, last_start):
    """A csDMARD stopped for failure before the last b/tsDMARD was begun, or 84 days of them before it."""
    conventional = [row for row in seen if kind(row) == "cs"]
    answers = [False]
    if last_start is not None:
        before = {number for number in union(conventional, index) if number < last_start.toordinal()}
        answers.append(len(before) >= 84)
        for chain in chains(conventional, index):
            stop = chain[-1]["stop"]
            if stop is not None and stop <= last_start:
                reason = chain[-1]["reason"]
                answers.append(None if reason is None else reason in FAILING)
    answer = either(*answers)
    return None if answer is not True and any(kind(row) == "unknown" for row in seen) else answer


def items_then_total(low, high, limit, total):
    """Items decide; the total where they leave it open and could make it."""
    answer = within(low, high, limit)
    if answer is None and total is not None and low <= total <= high:
        return total >= limit
    return answer


def points_2010(form):
    """Least and most points of the 2010 criteria."""
    large, small = form["large"], form["small"]
    joints = (0, 5)
    if large is not None and small is not None:
        many = large + small > 10 and small >= 1
        value = 5 if many else 3 if small >= 4 else 2 if small >= 1 else 1 if large >= 2 else 0
        joints = (value, value)
    tests = [
        0 if value <= 20 else 2 if value <= 60 else 3
        for value in (form["rf"], form["acpa"])
        if value is not None
    ]
    serology = (max(tests), max(tests)) if tests else (0, 3)
    acute = (0, 1) if form["apr"] is None else (int(form["apr"]),) * 2
    weeks = (0, 1) if form["weeks"] is None else (int(form["weeks"] >= 6),) * 2
    return tuple(sum(part[side] for part in (joints, serology, acute, weeks)) for side in (0, 1))


def completed_years(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
