"""Made-up patients of the cohort in arthritis, and the answers that the definitions give."""

from datetime import date, timedelta

from second_generator import plain
from second_generator.habits import COMEDICATION, UNKNOWN, day, rows_of

INDEX = date(2024, 6, 3)
REASONS = (None, "primary_inefficacy", "secondary_inefficacy", "adverse_event", "remission", "access_cost")
CONVENTIONAL = ("methotrexate", "leflunomide", "sulfasalazine", "hydroxychloroquine", "iguratimod")
ADVANCED = (
    "etanercept",
    "adalimumab",
    "infliximab",
    "tocilizumab",
    "rituximab",
    "abatacept",
    "tofacitinib",
    "baricitinib",
    "secukinumab",
)
INFUSED = {"infliximab", "tocilizumab", "rituximab", "abatacept"}


def patient(rng):
    """One patient: form, rows of drugs, and expected flags by criterion."""
    rows = history(rng)
    form = entry_form(rng)
    signs = rng.choice((True, False, None))
    cdai = rng.choice((None, 9.9, 10.0, 10.1, 25.0))
    problem = plain.either(
        *(said := (rng.choice((True, True, None, False)), rng.choice((True, None, False))))
    )
    born, precision = birth(rng)
    return {
        "form": form | {"c2b": signs, "c3": said, "cdai": cdai, "born": born, "precision": precision},
        "rows": rows,
        "expected": {
            "I1": classified(form),
            "I2": adult(born, precision, above=True),
            "I3": plain.duration(rows, ("cs",), INDEX, 365),
            "I4": plain.difficult(rows, INDEX, cdai, signs, problem),
            "E1": negated(adult(born, precision, above=False)),
            "E2": negated(plain.duration(rows, ("cs", "b", "ts"), INDEX, 365)),
        },
    }


def negated(flag):
    return None if flag is None else not flag


def history(rng):
    """Courses of a few drugs, around the limits of 84 and 365 days, with co-medication and now and then an unknown."""
    rows = []
    for drug in rng.sample(CONVENTIONAL, rng.randint(1, 3)):
        length = rng.choice((40, 83, 84, 200, 364, 365, 366, 500))
        ago = length + rng.choice((0, 1, 30, 200, 900))
        reason = rng.choice(REASONS) if ago > length else None
        rows += rows_of(rng, drug, day(ago, INDEX), length, reason=reason, index=INDEX)
    for drug in rng.sample(ADVANCED, rng.randint(0, 3)):
        length = rng.choice((14, 83, 84, 85, 150, 300))
        ago = length + rng.choice((0, 10, 100, 400))
        reason = rng.choice(REASONS) if ago > length else None
        style = "infusions" if drug in INFUSED and rng.random() < 0.5 else None
        rows += rows_of(rng, drug, day(ago, INDEX), length, reason=reason, index=INDEX, style=style)
    if rng.random() < 0.08:
        name = rng.choice(UNKNOWN)
        rows += rows_of(
            rng,
            name,
            day(400, INDEX),
            rng.choice((60, 200)),
            reason=rng.choice(REASONS),
            index=INDEX,
            style="one row",
        )
    return rows


def comedication(rng):
    """Names and dates of what is none of the drugs that count."""
    return [(name, day(rng.randint(1, 900), INDEX)) for name in rng.sample(COMEDICATION, rng.randint(0, 4))]


def entry_form(rng):
    """Items of both classifications, some missing, with a total or without, right or wrong."""
    items = [rng.choice((True, True, False, None)) for _ in range(7)]
    form = {
        "large": rng.choice((None, 0, 1, 3)),
        "small": rng.choice((None, 0, 1, 4, 12)),
        "rf": rng.choice((None, 5, 20, 21, 60, 61)),
        "acpa": rng.choice((None, 20, 61)),
        "apr": rng.choice((None, True, False)),
        "weeks": rng.choice((None, 5, 6, 20)),
    }
    nothing = rng.random() < 0.15
    items = [None] * 7 if nothing else items
    return form | {
        "items": items,
        "n": rng.choice((None, rng.randint(0, 7))),
        "total": rng.choice((None, rng.randint(0, 10))),
    }


def classified(form):
    met, possible = (
        sum(item is True or (value and item is None) for item in form["items"]) for value in (False, True)
    )
    by_1987 = plain.items_then_total(met, possible, 4, form["n"])
    by_2010 = plain.items_then_total(*plain.points_2010(form), 6, form["total"])
    return plain.either(by_1987, by_2010)


def birth(rng):
    """A date of birth around the limit of 18 years, known to the day, the month or the year."""
    born = date(INDEX.year - rng.choice((17, 18, 19, 50)), rng.choice((5, 6, 7)), rng.choice((2, 3, 4, 15)))
    return born, rng.choice(("D", "D", "D", "M", "Y"))


def adult(born, precision, *, above):
    """Older than 18 (or at least 18), whatever the days are that are not known."""
    first, last = born, born
    if precision == "M":
        first = born.replace(day=1)
        last = (born.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if precision == "Y":
        first, last = date(born.year, 1, 1), date(born.year, 12, 31)
    oldest, youngest = (plain.completed_years(each, INDEX) for each in (first, last))
    return (
        plain.within(youngest, oldest, 19)
        if (above and oldest < 18) or (above and youngest >= 19)
        else ((None if oldest >= 18 else False) if above else plain.within(youngest, oldest, 18))
    )
