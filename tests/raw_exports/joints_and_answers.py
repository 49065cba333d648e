"""Visits of a patient with arthritis: what was assessed, and the responses that the definitions give (A.6 to A.13)."""

import random
from decimal import Decimal
from itertools import product
from math import log, sqrt

from raw_exports.plain import both

FIVE = ("ptga", "phga", "pain", "haq", "crp")
CATEGORIES = ((1, 2), (3, 4), (5, 6, 7), (8, 9), (10, 11, 12), (13, 14), (15, 16, 17), (18, 19, 20))


def visit(rng: random.Random, better=1.0) -> dict:
    """One assessment; about one cell in twenty-five was not filled in."""
    severity = rng.random() * better

    def number(top, blank=0.04):
        near = rng.choice([severity, severity, rng.random() * better])
        return None if rng.random() < blank else min(top, round(top * near * rng.random() ** 0.5))

    items = [
        None if rng.random() < 0.02 else min(3, int(4 * severity * rng.random() ** 0.3)) for _ in range(20)
    ]
    if rng.random() < 0.04:
        items = [None] * 20
    crp = (
        None
        if rng.random() < 0.05
        else rng.choice([0.25, 2.1, 9.9, 10.0, 10.1, round(60 * severity * rng.random(), 1)])
    )
    return {
        "tjc": number(28) if rng.random() < 0.8 else rng.choice([0, 1, 2]),
        "sjc": number(28) if rng.random() < 0.8 else rng.choice([0, 1, 2]),
        "ptga": number(100) if rng.random() < 0.85 else rng.choice([0, 10, 15, 20, 21]),
        "phga": number(100) if rng.random() < 0.85 else rng.choice([0, 8, 10]),
        "pain": number(100),
        "items": items,
        "crp": crp,  # 0.25 stands for "< 0.5" (F.2)
        "esr": None if rng.random() < 0.05 else rng.choice([0, 1, 14, rng.randint(2, 100)]),
    }


def haq(items):
    """HAQ-DI without aids: mean of the worst item of each category; six categories are needed (A.13)."""
    worst = []
    for category in CATEGORIES:
        answers = [items[n - 1] for n in category if items[n - 1] is not None]
        if answers:
            worst.append(max(answers))
    return sum(worst) / len(worst) if len(worst) >= 6 else None


def das28(one, acute):
    """DAS28 with four variables (A.6); an ESR below 1 is 1."""
    if None in (one["tjc"], one["sjc"], one["ptga"], one[acute]):
        return None
    joints = 0.56 * sqrt(one["tjc"]) + 0.28 * sqrt(one["sjc"]) + 0.014 * one["ptga"]
    if acute == "esr":
        return round(joints + 0.70 * log(max(one["esr"], 1)), 8)
    return round(joints + 0.36 * log(one["crp"] + 1) + 0.96, 8)


def cdai(one):
    """CDAI: counts and globals of 0-10 (A.7)."""
    if None in (one["tjc"], one["sjc"], one["ptga"], one["phga"]):
        return None
    return float(
        Decimal(one["tjc"]) + Decimal(one["sjc"]) + (Decimal(one["ptga"]) + Decimal(one["phga"])) / 10
    )


def sdai(one):
    """SDAI: CDAI and CRP in mg/dL; with all components at the top of their ranges (F.2) it is 116."""
    if cdai(one) is None or one["crp"] is None:
        return None
    return round(min(cdai(one) + one["crp"] / 10, 116), 8)


def indices(one):
    """What 2a asks: each index with the value it must exceed (A.1)."""
    return [(das28(one, "esr"), 3.2), (cdai(one), 10), (sdai(one), 11), (das28(one, "crp"), 3.2)]


def eular(before, after):
    """EULAR response (A.9): none, moderate, good."""
    if before is None or after is None:
        return None
    fall = round(before - after, 8)
    if fall > 1.2:
        return "good" if after <= 3.2 else "moderate"
    if fall > 0.6:
        return "moderate" if after <= 5.1 else "none"
    return "none"


def acr(before, after, level):
    """ACR20, 50, 70 (A.11): both joint counts and three of five; what is missing of the five is not improved."""
    pairs = {name: (before[name], after[name]) for name in ("tjc", "sjc", "ptga", "phga", "pain", "crp")}
    pairs["haq"] = (haq(before["items"]), haq(after["items"]))
    answers = {name: improved(*pair, level) for name, pair in pairs.items()}
    others = sum(answers[name] is True for name in FIVE) >= 3
    return both(answers["tjc"], answers["sjc"], others)


def improved(before, after, level):
    """At least so many per cent better; from 0 nothing can improve."""
    if before == 0:
        return False
    if before is None or after is None:
        return None
    return round((before - after) / before * 100, 9) >= level


def boolean(one, patient_limit):
    """Boolean remission (A.8); any item that fails decides."""

    def within(value, limit):
        return None if value is None else value <= limit

    return both(
        within(one["tjc"], 1),
        within(one["sjc"], 1),
        within(one["crp"], 10),
        within(one["ptga"], patient_limit * 10),
    )


def relative(before, after, level):
    """Relative improvement of an index (A.10); nothing from 0."""
    if before is None or after is None or before == 0:
        return None
    return round((before - after) / before * 100, 8) >= level


def important(before, after):
    """CDAI improved by 12, 6 or 1 point, by where it began (A.10)."""
    if before is None or after is None:
        return None
    needed = 12 if before > 22 else 6 if before >= 10 else 1
    return round(before - after, 8) >= needed


def under(value, limit):
    """A score at most a limit."""
    return None if value is None else value <= limit


def _eular(level, acute):
    wanted = ("good",) if level == "good" else ("good", "moderate")

    def answer(before, after):
        found = eular(das28(before, acute), das28(after, acute))
        return None if found is None else found in wanted

    return answer


def _acr(level):
    def answer(before, after):
        return acr(before, after, level)

    answer.settled = True  # the rule itself says what a missing one of the five counts as
    return answer


RESPONSES = {
    "eular_moderate": ("eular_response, settings: {response: moderate}", _eular("moderate", "esr")),
    "eular_good": ("eular_response, settings: {response: good}", _eular("good", "esr")),
    "eular_crp": (
        "eular_response, settings: {response: moderate, score: das28_crp}",
        _eular("moderate", "crp"),
    ),
    "acr20": ("acr_response, settings: {level: 20}", _acr(20)),
    "acr50": ("acr_response, settings: {level: 50}", _acr(50)),
    "acr70": ("acr_response, settings: {level: 70}", _acr(70)),
    "boolean_1": ('boolean_remission, settings: {version: "1.0"}', lambda b, f: boolean(f, 1)),
    "boolean_2": ('boolean_remission, settings: {version: "2.0"}', lambda b, f: boolean(f, 2)),
    "cdai_low": (
        "disease_state, settings: {instrument: cdai, at_most: low}",
        lambda b, f: under(cdai(f), 10),
    ),
    "cdai_remission": (
        "disease_state, settings: {instrument: cdai, at_most: remission}",
        lambda b, f: under(cdai(f), 2.8),
    ),
    "sdai_remission": (
        "disease_state, settings: {instrument: sdai, at_most: remission}",
        lambda b, f: under(sdai(f), 3.3),
    ),
    "sdai_low": (
        "disease_state, settings: {instrument: sdai, at_most: low}",
        lambda b, f: under(sdai(f), 11),
    ),
    "das28_low": (
        "disease_state, settings: {instrument: das28_esr, at_most: low}",
        lambda b, f: under(das28(f, "esr"), 3.2),
    ),
    "das28_remission": (
        "disease_state, settings: {instrument: das28_esr, at_most: remission}",
        lambda b, f: None if das28(f, "esr") is None else das28(f, "esr") < 2.6,
    ),
    "cdai_minor": (
        "index_response, settings: {instrument: cdai, level: minor}",
        lambda b, f: relative(cdai(b), cdai(f), 50),
    ),
    "cdai_major": (
        "index_response, settings: {instrument: cdai, level: major}",
        lambda b, f: relative(cdai(b), cdai(f), 85),
    ),
    "sdai_moderate": (
        "index_response, settings: {instrument: sdai, level: moderate}",
        lambda b, f: relative(sdai(b), sdai(f), 70),
    ),
    "cdai_mcid": ("cdai_improvement", lambda b, f: important(cdai(b), cdai(f))),
}

GRID = {
    "tjc": [n / 4 for n in range(113)],  # pro-rated counts are no whole numbers
    "sjc": [n / 4 for n in range(113)],
    "ptga": range(0, 101, 4),
    "phga": range(0, 101, 4),
    "crp": (0, 1, 5, 10, 30, 100, 1e9),
    "esr": (1, 5, 15, 40, 150, 1e9),
}  # no upper limit of what was not measured


def known(answer, before, after):
    """The answer if it is the same whatever the missing cells are; at most two are tried."""
    gaps = [
        (which, name) for which, one in (("b", before), ("f", after)) for name in GRID if one[name] is None
    ]
    if not gaps or getattr(answer, "settled", False):
        return answer(before, after)
    if len(gaps) > 2:
        return "not tried"
    answers = set()
    for values in product(*(GRID[name] for _, name in gaps)):
        pair = {"b": dict(before), "f": dict(after)}
        for (which, name), value in zip(gaps, values):
            pair[which][name] = value
        answers.add(answer(pair["b"], pair["f"]))
        if len(answers) > 1:
            return None
    return answers.pop()
