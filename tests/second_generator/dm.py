"""Made-up patients of the study in dermatomyositis, and the answers that the definitions give."""

from datetime import date

from second_generator import plain
from second_generator.habits import COMEDICATION, UNKNOWN, day, rows_of

INDEX = date(2021, 6, 1)
NAMED = ("methotrexate", "azathioprine", "tacrolimus", "mycophenolate")
INTOLERANT = {"adverse_event", "intolerance", "contraindication"}
REASONS = ("primary_inefficacy", "adverse_event", "remission", "access_cost", None)
WASHOUT = {
    "rituximab": 180,
    "abatacept": 90,
    "adalimumab": 90,
    "infliximab": 90,
    "tofacitinib": 28,
    "immunoglobulin": 90,
}


def patient(rng):
    """One patient: form, rows of drugs, and expected flags by criterion."""
    form = entry_form(rng)
    background, unchanged = immunosuppressants(rng)
    steroid = glucocorticoid(rng)
    biologics = former(rng)
    unknown = []
    if rng.random() < 0.06:
        ongoing = rng.random() < 0.5
        unknown = rows_of(
            rng,
            rng.choice(UNKNOWN),
            day(300, INDEX),
            300 if ongoing else 100,
            index=INDEX,
            style="one row",
            reason=None if ongoing else rng.choice(("remission", "intolerance")),
        )
    rows = background + steroid + biologics + unknown
    return {
        "form": form,
        "rows": rows,
        "beside": [
            (name, day(rng.randint(1, 900), INDEX)) for name in rng.sample(COMEDICATION, rng.randint(0, 4))
        ],
        "expected": {
            "I1": diagnosis(form),
            "I3": refractory(form, rows),
            "I4": None if None in (form["mg"], form["kg"]) else form["mg"] / form["kg"] < 1.0,
            "I5": stable(unchanged, unknown, rows),
            "I6": washed_out(rows),
        },
    }


def entry_form(rng):
    """Items of Bohan and Peter and of amyopathic disease, some missing, with a class that may contradict them."""
    yes = (True, True, False, None)
    form = {name: rng.choice(yes) for name in ("weakness", "enzymes", "emg", "biopsy")}
    form |= {
        "rash": rng.choice((True, True, True, False, None)),
        "class": rng.choice(("definite", "probable", "possible", "none", None)),
    }
    form |= {
        "months": rng.choice((None, 5, 6, 12)),
        "weak": rng.choice(yes),
        "early": rng.choice((False, False, True, None)),
    }
    form |= {"type": rng.choice(("ADM", "HDM", "premyopathic", "none", None))}
    form |= {
        "improved": rng.choice((None, 2, 3)),
        "worse": rng.choice((None, 2, 3)),
        "attested": rng.choice((None, True, False)),
    }
    return form | {
        "intolerance": rng.choice((False, False, True, None)),
        "mg": rng.choice((None, 20, 59, 60)),
        "kg": rng.choice((None, 60, 60)),
    }


def diagnosis(form):
    """Dermatomyositis by its items; the class on the form where they leave it open and do not rule it out."""
    items = [form[name] for name in ("weakness", "enzymes", "emg", "biopsy")]
    met, possible = (
        sum(item is True or (value and item is None) for item in items) for value in (False, True)
    )
    classic = plain.both(form["rash"], plain.within(met, possible, 2))
    if classic is None:
        possible_classes = attainable(form["rash"], met, possible)
        written = form["class"]
        classic = written in ("definite", "probable") if written in possible_classes else None
    long_enough = None if form["months"] is None else form["months"] >= 6
    opposite = [None if form[name] is None else not form[name] for name in ("weak", "early")]
    amyopathic = plain.both(form["rash"], long_enough, *opposite)
    if amyopathic is None:
        amyopathic = None if form["type"] is None else form["type"] in ("ADM", "HDM")
    return plain.either(classic, amyopathic)


def attainable(rash, met, possible):
    """The classes from the least to the most that the items allow: with a rash one item of four is possible, two
    probable, three definite."""
    classes = ("none", "possible", "probable", "definite")
    least = 0 if rash is not True else min(met, 3)
    most = 0 if rash is False else min(possible, 3)
    return classes[least : most + 1]


def immunosuppressants(rng):
    """Up to two, of which one may be leflunomide; and for each the days on an unchanged dose up to the index date."""
    rows, unchanged = [], []
    for drug in rng.sample((*NAMED, "leflunomide"), rng.randint(0, 2)):
        length = rng.choice((60, 89, 90, 91, 200))
        ago = length + rng.choice((0, 0, 0, 40))
        reason = rng.choice(REASONS) if ago > length else None
        mine = [
            row | {"dose": 10, "unit": "mg", "words": "qd"}
            for row in rows_of(rng, drug, day(ago, INDEX), length, reason=reason, index=INDEX)
        ]
        same = length if ago == length else 0
        if same and len(mine) > 1 and rng.random() < 0.5:
            change = rng.choice(("amount", "words only"))
            if change == "amount":
                mine = [row | {"dose": 20} for row in mine[:-1]] + [mine[-1]]
                same = (INDEX - mine[-1]["start"]).days
            else:  # 5 mg twice is 10 mg once
                mine = [row | {"dose": 5, "words": "每日2次"} for row in mine[:-1]] + [
                    mine[-1] | {"dose": 0.01, "unit": "g"}
                ]
            if change == "amount" and (mine[-1]["start"] - mine[-2]["stop"]).days == 1:
                same += 1  # the day between belongs to the course that goes on
        rows += mine
        unchanged.append((drug, same))
    return rows, unchanged


def glucocorticoid(rng):
    length = rng.choice((60, 89, 90, 150))
    ago = length + rng.choice((0, 20))
    reason = rng.choice(REASONS) if ago > length else None
    return rows_of(rng, "prednisone", day(ago, INDEX), length, reason=reason, index=INDEX)


def former(rng):
    """Biologics before, at and around the end of their wash-out."""
    rows = []
    for drug in rng.sample((*WASHOUT, "tocilizumab"), rng.choice((0, 0, 1, 2))):
        free = rng.choice((27, 28, 89, 90, 179, 180, 400))
        rows += rows_of(
            rng, drug, day(free + 100, INDEX), 100, reason=rng.choice(REASONS), index=INDEX, style="one row"
        )
    return rows


def refractory(form, rows):
    """Glucocorticoid and immunosuppressant for 90 days, and failure or intolerance; other drugs go to adjudication."""
    seen = plain.known_at(rows, INDEX)
    steroid = [row for row in seen if row["drug"] == "prednisone"]
    named = [row for row in seen if row["drug"] in NAMED]
    others = [row for row in seen if row["drug"] == "leflunomide"]
    unknown = [row for row in seen if plain.kind(row) == "unknown"]
    failing = plain.either(
        None if form["improved"] is None else form["improved"] < 3,
        None if form["worse"] is None else form["worse"] > 2,
    )
    failing = form["attested"] if failing is None else failing
    stops = [stopped_for(chain) for chain in plain.chains(steroid + named, INDEX, gap=1)]
    maybe = [None for row in unknown if row["stop"] is not None and row["reason"] in INTOLERANT]
    reason = plain.either(failing, form["intolerance"], *stops, *maybe)
    strict, wide = (
        plain.both(together(steroid, drugs, unknown), reason) for drugs in (named, named + others)
    )
    return None if strict is False and wide is not False else strict


def stopped_for(chain):
    last = chain[-1]
    if last["stop"] is None:
        return False
    return None if last["reason"] is None else last["reason"] in INTOLERANT


def together(first, second, unknown):
    sure = plain.union(first, INDEX) & plain.union(second, INDEX)
    possible = plain.union(first + unknown, INDEX) & plain.union(second + unknown, INDEX)
    return plain.within(len(sure), len(possible), 90)


def stable(unchanged, unknown, rows):
    """More than 90 days on an unchanged dose of one of the drugs named."""
    if any(days > 90 for drug, days in unchanged if drug in NAMED):
        return True
    if any(row["stop"] is None for row in unknown):
        return None  # 300 days on a drug that may be one
    return None if any(days > 90 for drug, days in unchanged if drug == "leflunomide") else False


def washed_out(rows):
    """Every biologic stopped long enough before; a drug without a rule, or without a code, is asked about."""
    answers = [True]
    for row in rows:
        drug = row["drug"]
        since = 0 if row["stop"] is None else (INDEX - row["stop"]).days
        if drug in WASHOUT:
            answers.append(since >= WASHOUT[drug])
        elif drug == "tocilizumab" or plain.kind(row) == "unknown":
            answers.append(None)
    return plain.both(*answers)
