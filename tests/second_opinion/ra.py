"""Rheumatoid arthritis, second implementation: A.4 and A.6-A.11 of the reference definitions.

Globals and pain in mm, CRP in mg/L, all numbers as decimal strings, integers or None.
"""

from decimal import Decimal
from fractions import Fraction

from second_opinion.plain import (
    all_of,
    any_of,
    at_least,
    at_most,
    check,
    decimal,
    log,
    missing,
    number,
    root,
)

DAS28_STATES = (("2.6", "3.2", "5.1"), ("2.4", "2.9", "4.6"))
STATE_LIMITS = {"cdai": ("2.8", "10", "22"), "sdai": ("3.3", "11", "26")}


def joints_term(tjc28, sjc28):
    """0.56 sqrt(TJC28) + 0.28 sqrt(SJC28)."""
    check(tjc28, 0, 28)
    check(sjc28, 0, 28)
    return Decimal("0.56") * root(tjc28) + Decimal("0.28") * root(sjc28)


def das28_esr(tjc28, sjc28, esr, gh):
    """DAS28-ESR with four variables; ESR below 1 counts as 1.

    >>> round(das28_esr(8, 6, 38, 60), 6)
    Decimal('5.656087')
    """
    tjc28, sjc28, esr, gh = map(number, (tjc28, sjc28, esr, gh))
    if missing(tjc28, sjc28, esr, gh):
        return None
    return (
        joints_term(tjc28, sjc28)
        + Decimal("0.70") * log(max(esr, Fraction(1)))
        + Decimal("0.014") * decimal(gh)
    )


def das28_esr_3(tjc28, sjc28, esr):
    """DAS28-ESR with three variables.

    >>> round(das28_esr_3(8, 6, 38), 6)
    Decimal('5.361374')
    """
    tjc28, sjc28, esr = map(number, (tjc28, sjc28, esr))
    if missing(tjc28, sjc28, esr):
        return None
    return (joints_term(tjc28, sjc28) + Decimal("0.70") * log(max(esr, Fraction(1)))) * Decimal(
        "1.08"
    ) + Decimal("0.16")


def das28_crp(tjc28, sjc28, crp, gh):
    """DAS28-CRP with four variables, CRP in mg/L.

    >>> round(das28_crp(8, 6, "21.0", 60), 6)
    Decimal('5.182552')
    """
    tjc28, sjc28, crp, gh = map(number, (tjc28, sjc28, crp, gh))
    if missing(tjc28, sjc28, crp, gh):
        return None
    return (
        joints_term(tjc28, sjc28)
        + Decimal("0.36") * log(crp + 1)
        + Decimal("0.014") * decimal(gh)
        + Decimal("0.96")
    )


def das28_crp_3(tjc28, sjc28, crp):
    """DAS28-CRP with three variables.

    >>> round(das28_crp_3(8, 6, 21), 6)
    Decimal('4.870807')
    """
    tjc28, sjc28, crp = map(number, (tjc28, sjc28, crp))
    if missing(tjc28, sjc28, crp):
        return None
    return (joints_term(tjc28, sjc28) + Decimal("0.36") * log(crp + 1)) * Decimal("1.10") + Decimal("1.15")


def cdai(tjc28, sjc28, ptga_mm, phga_mm):
    """CDAI with globals given in mm.

    >>> cdai(8, 6, 60, 55)
    Fraction(51, 2)
    """
    tjc28, sjc28, ptga_mm, phga_mm = map(number, (tjc28, sjc28, ptga_mm, phga_mm))
    if missing(tjc28, sjc28, ptga_mm, phga_mm):
        return None
    return tjc28 + sjc28 + ptga_mm / 10 + phga_mm / 10


def sdai(tjc28, sjc28, ptga_mm, phga_mm, crp):
    """CDAI plus CRP in mg/dL."""
    clinical, crp = cdai(tjc28, sjc28, ptga_mm, phga_mm), number(crp)
    return None if missing(clinical, crp) else clinical + crp / 10


def das28_state(score, own_crp_limits=False):
    """Remission below the first limit, low up to the second, moderate up to the third.

    >>> [das28_state(Fraction(x)) for x in ("2.59", "2.6", "3.2", "5.1", "5.11")]
    ['remission', 'low', 'low', 'moderate', 'high']
    """
    if score is None:
        return None
    remission, low, moderate = map(type(score), DAS28_STATES[own_crp_limits])
    if score < remission:
        return "remission"
    return "low" if score <= low else "moderate" if score <= moderate else "high"


def index_state(score, instrument):
    """CDAI and SDAI: every band closed on the right."""
    if score is None:
        return None
    for limit, state in zip(STATE_LIMITS[instrument], ("remission", "low", "moderate"), strict=True):
        if score <= Fraction(limit):
            return state
    return "high"


def boolean_remission(tjc28, sjc28, crp, ptga_mm, version):
    """ACR/EULAR Boolean; global up to 10 mm (1.0) or 20 mm (2.0), CRP up to 10 mg/L.

    >>> boolean_remission(3, 0, None, 10, "2.0"), boolean_remission(0, 0, None, 10, "2.0")
    (False, None)
    """
    limit = {"1.0": 10, "2.0": 20}[version]
    return all_of(
        at_most(number(tjc28), 1),
        at_most(number(sjc28), 1),
        at_most(number(crp), 10),
        at_most(number(ptga_mm), limit),
    )


def eular_response(baseline, followup):
    """Table of van Gestel 1996.

    >>> [eular_response(b, f) for b, f in (("4.4", "3.2"), ("4.41", "3.2"), ("6.4", "5.2"), ("5.7", "5.1"))]
    ['moderate', 'good', 'none', 'none']
    """
    baseline, followup = number(baseline), number(followup)
    if missing(baseline, followup):
        return None
    improvement = baseline - followup
    large, some = improvement > Fraction("1.2"), improvement > Fraction("0.6")
    if followup <= Fraction("3.2"):
        return "good" if large else "moderate" if some else "none"
    if followup <= Fraction("5.1"):
        return "moderate" if some else "none"
    return "moderate" if large else "none"


def relative_response(baseline, followup):
    """SDAI or CDAI 50/70/85; none below 50 %, None for baseline 0."""
    baseline, followup = number(baseline), number(followup)
    if missing(baseline, followup) or baseline == 0:
        return None
    fraction = (baseline - followup) / baseline
    for limit, name in (("0.85", "major"), ("0.70", "moderate"), ("0.50", "minor")):
        if fraction >= Fraction(limit):
            return name
    return "none"


def cdai_minimal_improvement(baseline, followup):
    """Improvement of 12 above 22, 6 from 10 to 22, 1 below 10.

    >>> pairs = (30, "18"), (30, "18.1"), (22, 16), (10, 4), ("9.9", "8.9"), ("22.1", 16)
    >>> [cdai_minimal_improvement(*pair) for pair in pairs]
    [True, False, True, True, True, False]
    """
    baseline, followup = number(baseline), number(followup)
    if missing(baseline, followup):
        return None
    needed = 12 if baseline > 22 else 6 if baseline >= 10 else 1
    return baseline - followup >= needed


def percent_improvement(baseline, followup):
    """Percent of baseline; from 0 to 0 is 0 %, from 0 to more is minus infinity."""
    if missing(baseline, followup):
        return None
    if baseline == 0:
        return Fraction(0) if followup == 0 else float("-inf")
    return (baseline - followup) / baseline * 100


ACR_FIVE = ("ptga_mm", "phga_mm", "pain_mm", "haq_di", "apr")


def acr_percents(baseline, followup):
    """Percent improvement of the seven core measures, by name."""
    names = ("tjc", "sjc", *ACR_FIVE)
    return {name: percent_improvement(number(baseline[name]), number(followup[name])) for name in names}


def acr_met(percents, limit, baseline=None):
    """Both joint counts and three of five; a missing one of the five counts as not improved.

    Missing joint count: Kleene. A condition known to fail decides, as does a count that was 0 at baseline, from which
    nothing improves by a share; otherwise NA.
    """
    if baseline is not None and any(number(baseline[name]) == 0 for name in ("tjc", "sjc")):
        return False
    others = sum(percents[name] is not None and percents[name] >= limit for name in ACR_FIVE)
    return all_of(at_least(percents["tjc"], limit), at_least(percents["sjc"], limit), others >= 3)


def acr_n(percents):
    """min(TJC %, SJC %, third largest of the five).

    The reference does not say what a missing one of the five does here; as for ACR20 it counts as not improved, so
    it ranks last, and three must be known.
    """
    known = sorted((percents[name] for name in ACR_FIVE if percents[name] is not None), reverse=True)
    if missing(percents["tjc"], percents["sjc"]) or len(known) < 3:
        return None
    return min(percents["tjc"], percents["sjc"], known[2])


def hybrid_acr(percents):
    """Mean of the seven, worsening capped at -100 %, clamped into the band of the ACR status.

    >>> names = ("sjc", "tjc", "ptga_mm", "pain_mm", "phga_mm", "haq_di", "apr")
    >>> before = dict(zip(names, (8, 12, 50, 35, 60, "0.850", 15)))
    >>> after = dict(zip(names, (4, 7, 20, 25, 30, "0.350", 10)))
    >>> round(float(hybrid_acr(acr_percents(before, after))), 4)
    46.0564
    """
    if missing(*percents.values()):
        return None
    mean = sum(Fraction(max(value, -100)) for value in percents.values()) / 7
    if acr_met(percents, 70):
        return max(mean, Fraction(70))
    if acr_met(percents, 50):
        return min(max(mean, Fraction(50)), Fraction("69.99"))
    if acr_met(percents, 20):
        return min(max(mean, Fraction(20)), Fraction("49.99"))
    return min(mean, Fraction("19.99"))


def joint_points(large, small):
    """Joint domain of the 2010 criteria."""
    if missing(large, small):
        return None
    if small >= 1 and large + small > 10:
        return 5
    if small >= 1:
        return 3 if small >= 4 else 2
    return 1 if large >= 2 else 0


def serology_points(rf, rf_uln, acpa, acpa_uln):
    """Best of the results there are; None only where neither was measured."""
    ratios = [value / uln for value, uln in ((rf, rf_uln), (acpa, acpa_uln)) if not missing(value, uln)]
    if not ratios:
        return None
    return 3 if max(ratios) > 3 else 2 if max(ratios) > 1 else 0


def acr_eular_2010(large, small, rf, rf_uln, acpa, acpa_uln, apr_abnormal, weeks, erosions=False):
    """Total (None unless every domain is known) and classification by smallest and largest attainable total.

    Typical erosions classify as well (Kleene OR: not known whether there are any leaves a low total open).

    >>> acr_eular_2010(0, 6, 60, 20, 5, 20, True, 8), acr_eular_2010(0, 4, 60, 20, 10, 20, False, 5)
    ((7, True), (5, False))
    """
    numbers = list(map(number, (large, small, rf, rf_uln, acpa, acpa_uln, weeks)))
    domains = (
        (joint_points(numbers[0], numbers[1]), 5),
        (serology_points(*numbers[2:6]), 3),
        (None if apr_abnormal is None else int(apr_abnormal), 1),
        (None if numbers[6] is None else int(numbers[6] >= 6), 1),
    )
    least = sum(points or 0 for points, _ in domains)
    most = sum(top if points is None else points for points, top in domains)
    total = None if any(points is None for points, _ in domains) else least
    by_points = True if least >= 6 else False if most < 6 else None
    return total, any_of(erosions, by_points)


def acr_1987(items):
    """Four of seven, by smallest and largest attainable count.

    >>> acr_1987([True] * 3 + [None] * 4), acr_1987([True] * 3 + [False] * 4)
    (None, False)
    """
    known = sum(item is True for item in items)
    possible = known + sum(item is None for item in items)
    return True if known >= 4 else False if possible < 4 else None


def low_activity(score, limit):
    """At or below the limit of low disease activity; remission counts."""
    return at_most(number(score), limit)
