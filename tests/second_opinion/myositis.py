"""Myositis, second implementation: B.1-B.7 of the reference definitions."""

from fractions import Fraction
from itertools import product

from second_opinion.plain import at_least, at_most, below, missing, number

NO_BIOPSY = {
    "upper": "0.7",
    "lower": "0.8",
    "neck": "1.9",
    "legs": "0.9",
    "heliotrope": "3.1",
    "gottron_papules": "2.1",
    "gottron_sign": "3.3",
    "dysphagia": "0.7",
    "jo1": "3.9",
    "enzymes": "1.3",
}
WITH_BIOPSY = {
    "upper": "0.7",
    "lower": "0.5",
    "neck": "1.6",
    "legs": "1.2",
    "heliotrope": "3.2",
    "gottron_papules": "2.7",
    "gottron_sign": "3.7",
    "dysphagia": "0.6",
    "jo1": "3.8",
    "enzymes": "1.4",
    "endomysial": "1.7",
    "perimysial": "1.2",
    "perifascicular": "1.9",
    "rimmed": "3.1",
}
AGE_POINTS = {False: ("1.3", "2.1"), True: ("1.5", "2.2")}
RASH = ("heliotrope", "gottron_papules", "gottron_sign")
WEAKNESS = ("upper", "lower", "neck", "legs")


def iim_score(age, items, biopsy):
    """Sum of weights; an item not done scores 0; None where the age is unknown.

    >>> float(iim_score(40, {"upper": True, "heliotrope": True, "jo1": True}, False))
    9.8
    """
    age = number(age)
    if age is None:
        return None
    weights = WITH_BIOPSY if biopsy else NO_BIOPSY
    young, old = map(Fraction, AGE_POINTS[biopsy])
    score = old if age >= 40 else young if age >= 18 else Fraction(0)
    return score + sum(Fraction(weight) for name, weight in weights.items() if items.get(name) is True)


def iim_category(score, biopsy):
    """Definite, probable, possible or none, by the score cut-offs."""
    if score is None:
        return None
    definite, probable, possible = map(Fraction, ("8.7", "6.7", "6.5") if biopsy else ("7.5", "5.5", "5.3"))
    if score >= definite:
        return "definite"
    return "probable" if score >= probable else "possible" if score >= possible else "none"


def iim_biopsy_needed(items, biopsy):
    """No rash and no biopsy: cannot be classified without one."""
    return not biopsy and not any(items.get(name) is True for name in RASH)


def iim_subgroup(age, items, biopsy):
    """Subgroup of a patient classified at least probable, None for everybody else."""
    category = iim_category(iim_score(age, items, biopsy), biopsy)
    if category not in ("definite", "probable") or iim_biopsy_needed(items, biopsy):
        return None
    rash = any(items.get(name) is True for name in RASH)
    if number(age) < 18:
        return "JDM" if rash else "juvenile_myositis_other"
    if rash:
        return "DM" if any(items.get(name) is True for name in WEAKNESS) else "ADM"
    resistant = items.get("finger_flexors") is True and items.get("no_response") is True
    return "IBM" if resistant or (biopsy and items.get("rimmed") is True) else "PM"


def bohan_peter(weakness, enzymes, emg, biopsy, rash):
    """Disease and level, each None unless every completion of the missing items agrees on it.

    >>> bohan_peter(True, True, True, None, True), bohan_peter(True, True, True, True, None)
    (('DM', 'definite'), (None, 'definite'))
    """
    choices = [(True, False) if item is None else (item,) for item in (weakness, enzymes, emg, biopsy, rash)]
    results = [complete_bohan_peter(sum(items[:4]), items[4]) for items in product(*choices)]
    return tuple(part[0] if len(set(part)) == 1 else None for part in zip(*results, strict=True))


def complete_bohan_peter(count, rash):
    """Level of a patient whose five items are all known."""
    if rash:
        return (
            ("none", "none") if count == 0 else ("DM", {1: "possible", 2: "probable"}.get(count, "definite"))
        )
    return ("PM", {2: "possible", 3: "probable", 4: "definite"}[count]) if count >= 2 else ("none", "none")


def cadm(rash, months, weakness, subclinical, reasons_against=()):
    """(subtype, CADM yes/no): hallmark rash, its months, weakness, evidence from enzymes, EMG, MRI or biopsy.

    >>> [cadm(True, 8, False, s) for s in (False, True, None)]
    [('ADM', True), ('HDM', True), (None, True)]
    >>> cadm(True, 5, False, False), cadm(True, 8, True, False)
    (('premyopathic', False), ('classic', False))
    >>> [cadm(True, 8, False, False, reasons) for reasons in ((None, True), (None, False))]
    [('excluded', False), (None, None)]
    """
    if rash is False:
        return "none", False
    if True in reasons_against:
        return ("excluded" if rash is True else None), False
    if None in reasons_against:  # as it would be without them, or excluded
        return None, False if cadm(rash, months, weakness, subclinical)[1] is False else None
    if weakness is True:
        return ("classic" if rash is True else None), False
    if missing(rash, weakness, months):
        return None, False if months is not None and months < 6 else None
    if months < 6:
        return "premyopathic", False
    return {False: "ADM", True: "HDM", None: None}[subclinical], True


def mmt8(neck, sides):
    """0-150 from the neck and {muscle: (left, right)}; one side missing is taken from the other.

    >>> mmt8(6, dict.fromkeys("abcdefg", (9, 9))), mmt8(10, dict.fromkeys("abcdefg", (10, None)))
    (132, 150)
    """
    if neck is None or any(left is None and right is None for left, right in sides.values()):
        return None
    return neck + sum(
        (left if left is not None else right) + (right if right is not None else left)
        for left, right in sides.values()
    )


def mmt8_one_side(neck, muscles):
    """0-80 from the neck and seven muscles of the dominant side."""
    return None if missing(neck, *muscles) else neck + sum(muscles)


ENZYME_RANGE = {"ck": 15, "aldolase": 6, "ldh": 3, "ast": 3, "alt": 3}
BANDS = (5, 15, 25, 40)
MMT_BANDS = (2, 10, 20, 30)
POINTS = {
    "phga_mm": ("0", "7.5", "15", "17.5", "20"),
    "ptga_mm": ("0", "2.5", "5", "7.5", "10"),
    "mmt8": ("0", "10", "20", "27.5", "32.5"),
    "haq_di": ("0", "5", "7.5", "7.5", "10"),
    "enzyme": ("0", "2.5", "5", "7.5", "7.5"),
    "extramuscular_mm": ("0", "7.5", "12.5", "15", "20"),
}
TIS_LIMITS = {"adult": (20, 40, 60), "juvenile": (30, 45, 70)}


def multiple(visit):
    """Enzyme as a multiple of its upper limit of normal."""
    value, limit = number(visit["enzyme_u_l"]), number(visit["enzyme_uln"])
    return None if missing(value, limit) else value / limit


def points_for(measure, percent):
    """Points of one measure for its absolute percentage change; bands closed on the right."""
    limits = MMT_BANDS if measure == "mmt8" else BANDS
    return Fraction(POINTS[measure][sum(percent > limit for limit in limits)])


def measure_range(measure, baseline, mmt_max):
    """What a change is divided by."""
    if measure == "enzyme":
        return None if baseline["enzyme_name"] is None else ENZYME_RANGE[baseline["enzyme_name"].lower()]
    return {"haq_di": 3, "mmt8": mmt_max}.get(measure, 100)


def tis_points(baseline, followup, mmt_max=150):
    """Points per measure; None where a value is missing."""
    points = {}
    for measure in POINTS:
        before, after = value_of(measure, baseline), value_of(measure, followup)
        width = measure_range(measure, baseline, mmt_max)
        if missing(before, after, width):
            points[measure] = None
            continue
        improvement = after - before if measure == "mmt8" else before - after
        points[measure] = points_for(measure, improvement / width * 100)
    return points


def value_of(measure, visit):
    """A core set measure of one visit; the enzyme as multiple of ULN, missing where nobody knows which enzyme it is."""
    if measure == "enzyme":
        return None if visit["enzyme_name"] is None else multiple(visit)
    return number(visit[measure])


def tis(points):
    """Sum of the six, None unless all six are there."""
    return None if missing(*points.values()) else sum(points.values())


def tis_category(total, who="adult"):
    """Highest of minimal, moderate, major that is reached.

    >>> [tis_category(t) for t in (19, 20, 40, 60)], tis_category(44, "juvenile")
    (['none', 'minimal', 'moderate', 'major'], 'minimal')
    """
    if total is None:
        return None
    reached = sum(total >= limit for limit in TIS_LIMITS[who])
    return ("none", "minimal", "moderate", "major")[reached]


def tis_max_attainable(baseline, mmt_max=150):
    """Points if every measure went from here to its best possible value (enzyme to 0); all six are needed."""
    total = Fraction(0)
    for measure in POINTS:
        before, width = value_of(measure, baseline), measure_range(measure, baseline, mmt_max)
        if missing(before, width):
            return None
        room = mmt_max - before if measure == "mmt8" else before
        total += points_for(measure, room / width * 100)
    return total


def imacs_improvement(
    baseline, followup, require_enzyme_abnormal=True, worse_ge=True, mmt_from_zero_improves=True
):
    """Three of six better by 20 %, at most two worse by 25 %, MMT not among these.

    A measure with a missing value may have gone as far either way as the values of its range allow: decided only where
    that makes no difference.
    """
    changes = {measure: relative_improvement(measure, baseline, followup) for measure in POINTS}
    if changes["mmt8"] == RISE_FROM_ZERO:
        changes["mmt8"] = Fraction(100 if mmt_from_zero_improves else 0)
    better = {measure: at_least(change, 20) for measure, change in changes.items()}
    if better["enzyme"] and require_enzyme_abnormal and multiple(baseline) <= 1:
        better["enzyme"] = False
    worse = {measure: (at_most if worse_ge else below)(change, -25) for measure, change in changes.items()}
    for measure in [measure for measure, change in changes.items() if change is None]:
        possible = [
            relative_improvement(measure, first, last)
            for first in completed(measure, baseline)
            for last in completed(measure, followup)
        ]
        gains = [mmt_from_zero_improves if change == RISE_FROM_ZERO else change >= 20 for change in possible]
        enzyme = value_of("enzyme", baseline) if measure == "enzyme" and require_enzyme_abnormal else None
        if not any(gains) or (enzyme is not None and enzyme <= 1):
            better[measure] = False
        if not any(
            change != RISE_FROM_ZERO and (at_most if worse_ge else below)(change, -25) for change in possible
        ):
            worse[measure] = False
    better, worse, strength = list(better.values()), list(worse.values()), worse["mmt8"]
    unknown = worse.count(None)
    if better.count(True) + better.count(None) < 3 or worse.count(True) > 2 or strength is True:
        return False
    certain = better.count(True) >= 3 and worse.count(True) + unknown <= 2 and strength is False
    return True if certain else None


def completed(measure, visit):
    """The visit as it is, or, where the measure is missing, with the lowest and the highest value it can have."""
    if value_of(measure, visit) is not None:
        return [visit]
    if measure == "enzyme":
        return [visit | {"enzyme_name": "CK", "enzyme_u_l": value, "enzyme_uln": 1} for value in (0, 10**9)]
    return [visit | {measure: value} for value in (0, {"haq_di": 3, "mmt8": 150}.get(measure, 100))]


RISE_FROM_ZERO = "rise from zero"


def relative_improvement(measure, baseline, followup):
    """Percent of baseline; from 0 more of a lower-is-better measure is a worsening.

    Of a rise of strength from 0 the reference only says "cannot improve" in a clause about the other measures; it
    is told apart here.
    """
    before, after = value_of(measure, baseline), value_of(measure, followup)
    if missing(before, after):
        return None
    improvement = after - before if measure == "mmt8" else before - after
    if before == 0:
        return Fraction(-100) if improvement < 0 else RISE_FROM_ZERO if improvement > 0 else Fraction(0)
    return improvement / before * 100


def most_abnormal(multiples):
    """Name of the enzyme with the highest multiple of ULN; ties in the order CK, aldolase, LDH, AST, ALT.

    >>> most_abnormal({"ck": None, "ldh": Fraction(2), "ast": Fraction("2.5")})
    'ast'
    """
    known = [(name, multiples.get(name)) for name in ENZYME_RANGE if multiples.get(name) is not None]
    return max(known, key=lambda pair: pair[1])[0] if known else None


def cdasi_response(baseline, followup, points=5):
    """(severity at baseline, decrease of at least the points, decrease of at least 40 %)."""
    severity = None if baseline is None else "mild" if baseline <= 14 else "moderate_severe"
    if missing(baseline, followup):
        return severity, None, None
    decrease = baseline - followup
    return (
        severity,
        decrease >= points,
        None if baseline == 0 else Fraction(decrease, baseline) >= Fraction(2, 5),
    )
