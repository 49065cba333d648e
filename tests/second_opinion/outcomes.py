"""Patient-reported and other outcomes, second implementation: A.5, A.13-A.19 and A.21 of the reference definitions."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from second_opinion.plain import any_of, at_least, decimal, missing, number

HAQ_SECTIONS = ((1, 2), (3, 4), (5, 6, 7), (8, 9), (10, 11, 12), (13, 14), (15, 16, 17), (18, 19, 20))
HAQ_NAMES = ("dressing", "arising", "eating", "walking", "hygiene", "reach", "grip", "activities")


def haq_di(items, helped=(), alternative=False, min_categories=6, require_all_items=False):
    """HAQ-DI from {1..20: answer} and the names of the categories with an aid or help ticked.

    >>> published = dict(enumerate((2, 1, 0, 3, 1, 0, 2, 0, 1, 0, 1, 1, 3, 3, 1, 1, 3, 0, 0, 1), start=1))
    >>> aids = {"dressing", "arising", "hygiene", "walking"}
    >>> haq_di(published, aids), haq_di(published, aids, alternative=True)
    (Fraction(9, 4), Fraction(2, 1))
    """
    scores = []
    for name, numbers in zip(HAQ_NAMES, HAQ_SECTIONS, strict=True):
        answered = [items[n] for n in numbers if items[n] is not None]
        if not answered or (require_all_items and len(answered) < len(numbers)):
            continue
        score = max(answered)
        scores.append(2 if name in helped and not alternative and score < 2 else score)
    return Fraction(sum(scores), len(scores)) if len(scores) >= min_categories else None


def rapid3(items, pain_mm, ptga_mm, form_rounding=False):
    """FN + PN + PTGL from ten MDHAQ items; any part missing gives None."""
    pain, ptga = number(pain_mm), number(ptga_mm)
    if missing(pain, ptga, *items):
        return None
    function = Fraction(sum(items), 3)
    if form_rounding:
        function = Fraction(decimal(function).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return function + pain / 10 + ptga / 10


def rapid3_state(score):
    """Near remission up to 3, low up to 6, moderate up to 12, high above."""
    if score is None:
        return None
    return "near remission" if score <= 3 else "low" if score <= 6 else "moderate" if score <= 12 else "high"


EQ5D_5L_CHINA = (
    (0, 66, 158, 287, 345),
    (0, 48, 116, 210, 253),
    (0, 45, 107, 194, 233),
    (0, 58, 138, 252, 302),
    (0, 49, 118, 215, 258),
)
EQ5D_3L = {
    "uk": (81, 269, ((0, 69, 314), (0, 104, 214), (0, 36, 94), (0, 123, 386), (0, 71, 236))),
    "china": (39, 22, ((0, 99, 246), (0, 105, 208), (0, 74, 193), (0, 92, 236), (0, 86, 205))),
}


def eq5d_5l_china(levels):
    """1 minus the decrements of mobility, self-care, usual activities, pain, anxiety.

    >>> [float(eq5d_5l_china(map(int, state))) for state in ("11111", "55555", "21232", "31524")]
    [1.0, -0.391, 0.702, 0.336]
    """
    levels = list(levels)
    if missing(*levels):
        return None
    return 1 - Fraction(sum(row[level - 1] for row, level in zip(EQ5D_5L_CHINA, levels, strict=True)), 1000)


def eq5d_3l(levels, country):
    """1 minus constant (any problem), decrements and N3 (any level 3).

    >>> [float(eq5d_3l([2, 2, 2, 3, 3], country)) for country in ("uk", "china")]
    [-0.181, 0.22]
    """
    levels = list(levels)
    if missing(*levels):
        return None
    constant, n3, rows = EQ5D_3L[country]
    loss = sum(row[level - 1] for row, level in zip(rows, levels, strict=True))
    loss += constant * any(level > 1 for level in levels) + n3 * any(level == 3 for level in levels)
    return 1 - Fraction(loss, 1000)


SF36_ROWS = {
    "pf": ("83.29094", "23.75883", "0.42402", "-0.22999"),
    "rp": ("82.50964", "25.52028", "0.35119", "-0.12329"),
    "bp": ("71.32527", "23.66224", "0.31754", "-0.09731"),
    "gh": ("70.84570", "20.97821", "0.24954", "-0.01571"),
    "vt": ("58.31411", "20.01923", "0.02877", "0.23534"),
    "sf": ("84.30250", "22.91921", "-0.00753", "0.26876"),
    "re": ("87.39733", "21.43778", "-0.19206", "0.43407"),
    "mh": ("74.98685", "17.75604", "-0.22069", "0.48581"),
}


def sf36_summaries(domains):
    """PCS and MCS from the eight 0-100 domain scores by name.

    >>> [round(float(score), 4) for score in sf36_summaries(dict.fromkeys(SF36_ROWS, 100))]
    [59.0145, 62.2767]
    """
    values = {name: number(domains[name]) for name in SF36_ROWS}
    if missing(*values.values()):
        return None, None
    physical = mental = Decimal(50)
    for name, row in SF36_ROWS.items():
        mean, spread, physical_weight, mental_weight = map(Decimal, row)
        z = (decimal(values[name]) - mean) / spread
        physical, mental = physical + 10 * z * physical_weight, mental + 10 * z * mental_weight
    return physical, mental


def facit_fatigue(answers):
    """Raw answers in form order, items 7 and 8 not reversed; seven of thirteen are needed.

    >>> [float(facit_fatigue(a)) for a in ([0] * 13, [4] * 13, [1] * 6 + [3] + [None] * 6)]
    [44.0, 8.0, 39.0]
    """
    scored = [
        answer if place in (7, 8) else 4 - answer
        for place, answer in enumerate(answers, start=1)
        if answer is not None
    ]
    return Fraction(sum(scored) * 13, len(scored)) if len(scored) >= 7 else None


def svdh_per_year(baseline, followup, days):
    """Annualised change of the van der Heijde score.

    >>> round(float(svdh_per_year(0, 3, 182)), 4)
    6.0206
    """
    baseline, followup, days = number(baseline), number(followup), number(days)
    return None if missing(baseline, followup, days) else (followup - baseline) * Fraction("365.25") / days


def rapid_progression(baseline, followup, days):
    """At least 5 a year, or raw 5 within 300-430 days (A.19)."""
    yearly = svdh_per_year(baseline, followup, days)
    if yearly is None:
        return None
    raw = number(followup) - number(baseline)
    return yearly >= 5 or (raw >= 5 and 300 <= days <= 430)


def count_28(assessed, tender):
    """Joint count pro-rated to 28; None where more than 10 % of the joints could not be assessed."""
    return None if Fraction(28 - assessed, 28) > Fraction(1, 10) else Fraction(tender * 28, assessed)


PREDNISONE_5MG = {
    "prednisone": "5",
    "prednisolone": "5",
    "methylprednisolone": "4",
    "triamcinolone": "4",
    "dexamethasone": "0.75",
    "betamethasone": "0.6",
    "hydrocortisone": "20",
    "cortisone": "25",
}


def prednisone_equivalent(drug, dose):
    """mg of prednisone that equal the dose.

    >>> float(prednisone_equivalent("methylprednisolone", 8)), float(prednisone_equivalent("dexamethasone", "1.5"))
    (10.0, 10.0)
    """
    dose = number(dose)
    return None if dose is None else dose * 5 / Fraction(PREDNISONE_5MG[drug])


def pain_response(baseline, followup):
    """(20 mm better, 30 % better, 50 % better)."""
    baseline, followup = number(baseline), number(followup)
    if missing(baseline, followup):
        return None, None, None
    improvement = baseline - followup
    percent = None if baseline == 0 else improvement / baseline * 100
    return improvement >= 20, at_least(percent, 30), at_least(percent, 50)


def improved_by(baseline, followup, amount, higher_is_better=False):
    """Whether a measure improved by at least the amount (A.20)."""
    baseline, followup = number(baseline), number(followup)
    if missing(baseline, followup):
        return None
    improvement = followup - baseline if higher_is_better else baseline - followup
    return improvement >= Fraction(amount)


def steroid_sparing(baseline, followup):
    """At least 25 %, at least 50 % less, at most 7.5, at most 5 mg, none, more than at baseline (B.9)."""
    baseline, followup = number(baseline), number(followup)
    percent = None if missing(baseline, followup) or baseline == 0 else (baseline - followup) / baseline * 100
    return {
        "reduced_25": at_least(percent, 25),
        "reduced_50": at_least(percent, 50),
        "at_most_7_5": None if followup is None else followup <= Fraction("7.5"),
        "at_most_5": None if followup is None else followup <= 5,
        "free": None if followup is None else followup == 0,
        "increase": None if missing(baseline, followup) else followup > baseline,
    }


def fvc_progression(fvc, dlco, symptoms=None, radiology=None):
    """OMERACT, 2022 physiology and INBUILD from (baseline, follow-up) pairs of percent predicted (B.8)."""
    fvc_relative, fvc_points = decline(fvc)
    dlco_relative, dlco_points = decline(dlco)
    between = None if fvc_relative is None else 5 <= fvc_relative < 10
    large = at_least(fvc_relative, 10)
    return {
        "omeract": any_of(large, both(between, at_least(dlco_relative, 15))),
        "physiology": any_of(at_least(fvc_points, 5), at_least(dlco_points, 10)),
        "inbuild": any_of(large, both(between, any_of(symptoms, radiology))),
    }


def both(left, right):
    """Kleene AND of two."""
    if left is False or right is False:
        return False
    return None if missing(left, right) else True


def decline(pair):
    """Relative decline in percent and decline in points."""
    before, after = map(number, pair)
    if missing(before, after):
        return None, None
    return (before - after) / before * 100, before - after
