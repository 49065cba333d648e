"""The entry rules of the cohort, written out plainly a second time to check the example patients against."""

from datetime import date

FAILURE = {"原发无效", "继发无效", "不良反应", "不耐受"}


def day(text):
    """A date; a month alone counts as its 15th."""
    return date.fromisoformat(text if len(text) == 10 else f"{text}-15") if text else None


def kinds():
    """Every written drug name to its mechanism."""
    from generate.ra_drugs import DRUGS

    return {name: entry[0] for entry in DRUGS.values() for name in entry[1]}


def union_days(spans):
    """Days covered by at least one of the half-open spans."""
    return len({n for start, stop in spans for n in range(start.toordinal(), stop.toordinal())})


def spans(courses, mechanisms, index, names):
    found = [c for c in courses if names[c["药品名称"]] in mechanisms and day(c["开始日期"]) < index]
    return [(day(c["开始日期"]), min(day(c["停药日期"]) or index, index)) for c in found]


def n_mechanisms_failed(courses, index, names):
    """Mechanisms with a failed course stopped by the index date (84 days for lack of effect)."""
    failed = set()
    for course in courses:
        stop = day(course["停药日期"])
        if names[course["药品名称"]] in ("cs", "cn", "gc") or stop is None or stop > index:
            continue
        long_enough = (stop - day(course["开始日期"])).days >= 84 or "无效" not in course["停药原因"]
        if course["停药原因"] in FAILURE and long_enough:
            failed.add(names[course["药品名称"]])
    return len(failed)


def csdmard_failed(courses, index, names):
    classical = [c for c in courses if names[c["药品名称"]] in ("cs", "cn") and day(c["开始日期"]) < index]
    reasons = any(c["停药原因"] in FAILURE for c in classical)
    return reasons or any(
        (min(day(c["停药日期"]) or index, index) - day(c["开始日期"])).days >= 84 for c in classical
    )


def age(birth, index):
    return index.year - birth.year - ((index.month, index.day) < (birth.month, birth.day))


def rapid(row):
    """Progression of 5 a year, or of 5 within 300 to 430 days."""
    if not row.get("svdh_prior_date"):
        return False
    days = (day(row["svdh_screen_date"]) - day(row["svdh_prior_date"])).days
    change = float(row["svdh_screen_total"]) - float(row["svdh_prior_total"])
    return change * 365.25 / days >= 5 or (change >= 5 and 300 <= days <= 430)
