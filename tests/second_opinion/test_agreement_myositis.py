"""Scores and classifications of myositis agree with a second, plain implementation, patient by patient."""

from fractions import Fraction

import pandas as pd
import pytest
from second_opinion import myositis
from second_opinion.draws import MM, YES_NO, N, assert_same, draw, frame, grid, numbers, patients

from analysis import scoring

IIM_NAMES = {
    "weak_upper_limbs": "upper",
    "weak_lower_limbs": "lower",
    "weak_neck_flexors": "neck",
    "weak_proximal_legs": "legs",
    "heliotrope": "heliotrope",
    "gottron_papules": "gottron_papules",
    "gottron_sign": "gottron_sign",
    "dysphagia": "dysphagia",
    "anti_jo1": "jo1",
    "enzymes_elevated": "enzymes",
    "biopsy_endomysial": "endomysial",
    "biopsy_perimysial": "perimysial",
    "biopsy_perifascicular_atrophy": "perifascicular",
    "biopsy_rimmed_vacuoles": "rimmed",
    "finger_flexor_weakness": "finger_flexors",
    "no_treatment_response": "no_response",
}


def rows(cases):
    """The patients, one tuple each."""
    return zip(*cases.values(), strict=True)


def truth(value):
    """0/1 as False/True."""
    return None if value is None else bool(value)


def test_2017_criteria_agree():
    rng = patients("iim")
    cases = {"age_at_onset": draw(rng, range(90), (17, "17.9", 18, 39, "39.9", 40), missing=0.05)}
    cases |= {"biopsy_done": draw(rng, YES_NO, missing=0)}
    cases |= {name: draw(rng, (0, 0, 1), missing=0.1) for name in IIM_NAMES}
    got = scoring.iim_2017(frame(**cases))
    assert list(got["category"].cat.categories) == ["not_iim", "possible", "probable", "definite"]
    expected = {"score": [], "category": [], "biopsy_required": [], "subgroup": []}
    for age, biopsy, *answers in rows(cases):
        items = dict(zip(IIM_NAMES.values(), map(truth, answers), strict=True))
        score = myositis.iim_score(age, items, bool(biopsy))
        category = myositis.iim_category(score, bool(biopsy))
        expected["score"].append(score)
        expected["category"].append("not_iim" if category == "none" else category)
        expected["biopsy_required"].append(myositis.iim_biopsy_needed(items, bool(biopsy)))
        expected["subgroup"].append(myositis.iim_subgroup(age, items, bool(biopsy)))
    for name, answers in expected.items():
        assert_same(name, answers, got[name], cases)


def test_bohan_and_peter_agree():
    rng = patients("bohan")
    cases = {
        name: draw(rng, YES_NO, missing=0.15) for name in ("weakness", "enzymes", "emg", "biopsy", "rash")
    }
    got = scoring.bohan_peter(frame(**cases))
    expected = [myositis.bohan_peter(*map(truth, row)) for row in rows(cases)]
    diseases = [None if disease == "none" else disease for disease, _ in expected]
    assert_same("certainty", [level for _, level in expected], got["certainty"], cases)
    assert_same("disease", diseases, got["disease"], cases)


def cadm_expected(rash, months, weakness, early, drug, *tests):
    """Subclinical evidence: any abnormal test; none only where the enzymes are known to be normal."""
    evidence = True if 1 in tests else None if tests[0] is None else False
    return myositis.cadm(truth(rash), months, truth(weakness), evidence, (truth(early), truth(drug)))


def test_amyopathic_disease_agrees():
    rng = patients("cadm")
    cases = {
        "hallmark_rash": draw(rng, (0, 1, 1, 1, 1)),
        "rash_months": draw(rng, range(36), (5, 6, 7)),
        "weakness": draw(rng, YES_NO),
        **{name: draw(rng, (0, 0, 0, 1)) for name in scoring.dermatomyositis.CADM_EXCLUSIONS},
        **{name: draw(rng, (0, 0, 0, 1), missing=0.2) for name in ("enzymes", "emg", "mri", "biopsy")},
    }
    got = scoring.cadm(frame(**cases))
    expected = [cadm_expected(*row) for row in rows(cases)]
    types = ["no_rash" if kind == "none" else kind for kind, _ in expected]
    assert_same("cadm", [answer for _, answer in expected], got["cadm"], cases)
    assert_same("type", types, got["type"], cases)


def test_mmt8_of_both_sides_agrees():
    """At most one group may take one side from the other (a reading of B.4: two or more groups missing is NaN)."""
    rng = patients("mmt8")
    cases = {name: draw(rng, range(11), (10,), missing=0.03) for name in scoring.MMT_COLUMNS}
    expected = []
    for neck, *limbs in rows(cases):
        sides = {group: tuple(limbs[2 * group : 2 * group + 2]) for group in range(7)}
        substituted = sum(None in pair for pair in sides.values())
        expected.append(None if substituted > 1 else myositis.mmt8(neck, sides))
    assert_same("mmt8", expected, scoring.mmt8(frame(**cases))["mmt8"], cases)


def test_most_abnormal_enzyme_agrees():
    rng = patients("enzyme")
    pools = {"ck": (200, 170), "ald": (8,), "ldh": (250, 240), "ast": (40, 35), "alt": (40, 50)}
    cases = {}
    for name, limits in pools.items():
        cases[f"{name}_uln"] = draw(rng, limits, missing=0.1)
        multiples = draw(rng, grid(0, 6, "0.05"), ("0.5", 1, 2), missing=0.1)
        cases[f"{name}_u_l"] = [
            None if m is None else Fraction(m) * (limit or limits[0])
            for m, limit in zip(multiples, cases[f"{name}_uln"], strict=True)
        ]
    expected = []
    for row in range(N):
        multiples = {}
        for name, full in zip(pools, myositis.ENZYME_RANGE, strict=True):
            value, limit = cases[f"{name}_u_l"][row], cases[f"{name}_uln"][row]
            multiples[full] = None if value is None or limit is None else value / limit
        chosen = myositis.most_abnormal(multiples)
        expected.append({"aldolase": "ALD"}.get(chosen, chosen and chosen.upper()))
    assert_same("enzyme", expected, scoring.most_abnormal_enzyme(frame(**cases))["enzyme_name"], cases)


TOPS = {"phga_mm": 100, "ptga_mm": 100, "mmt8": 150, "haq_di": 3, "extramuscular_mm": 100}
RANGES = {"CK": 15, "ALD": 6, "LDH": 3, "AST": 3, "ALT": 3}
OF_RANGE = ("0", "0.02", "0.03", "0.05", "0.06", "0.1", "0.15", "0.2", "0.25", "0.3", "0.4", "0.41", "-0.1")
OF_BASELINE = ("0", "0.19", "0.2", "0.21", "-0.24", "-0.25", "-0.26", "0.5")


def core_sets(name, missing):
    """IMACS core sets of two visits, many changes exactly on a limit of the range or of the baseline."""
    rng = patients(name)
    before, after = {}, {}
    pools = {"haq_di": grid(0, 3, "0.125"), "mmt8": range(151)}
    for measure, top in TOPS.items():
        favour = (80, 100, 120, 135, 150) if measure == "mmt8" else (0, 1, 2)
        before[measure] = draw(rng, pools.get(measure, MM), favour, missing=missing)
        after[measure] = draw(rng, pools.get(measure, MM), missing=missing)
        worse = -1 if measure == "mmt8" else 1
        for row in range(N):
            after[measure][row] = moved(rng, before[measure][row], after[measure][row], top, worse)
    names = draw(rng, tuple(RANGES), ("CK",), missing=missing)
    before["enzyme_uln"], after["enzyme_uln"] = (draw(rng, (200, 250, 40), missing=missing) for _ in range(2))
    first = draw(rng, grid(0, 20, "0.05"), ("0.5", "0.9", 1, "1.05", 2), missing=missing)
    second = draw(rng, grid(0, 20, "0.05"), missing=missing)
    for row in range(N):
        second[row] = moved(rng, first[row], second[row], RANGES.get(names[row], 15), 1, top=40)
    before["enzyme_u_l"] = times(first, before["enzyme_uln"])
    after["enzyme_u_l"] = times(second, after["enzyme_uln"])
    before["enzyme_name"], after["enzyme_name"] = names, names
    return before, after


def moved(rng, start, otherwise, width, worse, top=None):
    """A follow-up value at an exact share of the range or of the baseline, where it stays possible."""
    if start is None or otherwise is None or rng.random() < 0.2:
        return otherwise
    whole = (
        Fraction(width) * Fraction(rng.choice(OF_RANGE)),
        Fraction(start) * Fraction(rng.choice(OF_BASELINE)),
    )
    wanted = Fraction(start) - worse * rng.choice(whole)
    return wanted if 0 <= wanted <= (top or width) else otherwise


def times(multiples, limits):
    """Enzyme in U/L; without a limit the value is there all the same."""
    return [
        None if m is None else Fraction(m) * (limit or 200)
        for m, limit in zip(multiples, limits, strict=True)
    ]


def as_frame(visit):
    """One visit as the package is given it."""
    table = frame(**{name: values for name, values in visit.items() if name != "enzyme_name"})
    return table.assign(enzyme_name=pd.Series(visit["enzyme_name"], dtype="str"))


def visits_of(visit):
    """One visit, one patient a time; aldolase by its full name."""
    for row in zip(*visit.values(), strict=True):
        patient = dict(zip(visit, row, strict=True))
        name = patient["enzyme_name"]
        yield patient | {"enzyme_name": {"ALD": "aldolase"}.get(name, name)}


def both_visits(before, after):
    """The patients for a message."""
    return {f"{name}_0": v for name, v in before.items()} | {f"{name}_1": v for name, v in after.items()}


@pytest.mark.parametrize(("who", "missing"), [("adult", 0.012), ("juvenile", 0.1)])
def test_total_improvement_score_agrees(who, missing):
    before, after = core_sets(f"tis {who} {missing}", missing)
    got = scoring.total_improvement_score(as_frame(before), as_frame(after), thresholds=who)
    points = [myositis.tis_points(*pair) for pair in zip(visits_of(before), visits_of(after), strict=True)]
    cases = both_visits(before, after)
    for measure in myositis.POINTS:
        column = (
            f"points_{measure.removesuffix('_mm').removesuffix('_di') if measure != 'haq_di' else 'haq_di'}"
        )
        assert_same(measure, [each[measure] for each in points], got[column], cases)
    totals = [myositis.tis(each) for each in points]
    assert_same("tis", totals, got["tis"], cases)
    assert_same(
        "category", [myositis.tis_category(total, who) for total in totals], got["tis_category"], cases
    )


@pytest.mark.parametrize("normal_enzyme", [False, True])
def test_highest_attainable_score_agrees(normal_enzyme):
    """By default every measure may go to its best value; that a normal enzyme may not is a named choice."""
    before, after = core_sets(f"attainable {normal_enzyme}", 0.04)
    chosen = {} if normal_enzyme else {"normal_enzyme_can_improve": False}
    got = scoring.total_improvement_score(as_frame(before), as_frame(after), **chosen)
    expected = [attainable(visit, normal_enzyme) for visit in visits_of(before)]
    assert_same("attainable", expected, got["tis_max_attainable"], both_visits(before, after))


def attainable(visit, normal_enzyme):
    """The plain ceiling; a normal enzyme counted as if it were 0 already where it may not improve."""
    multiple = myositis.multiple(visit)
    if not normal_enzyme and multiple is not None and multiple <= 1:
        visit = visit | {"enzyme_u_l": 0}
    return myositis.tis_max_attainable(visit)


@pytest.mark.parametrize(("worse_ge", "abnormal"), [(True, True), (False, False)])
def test_imacs_improvement_agrees(worse_ge, abnormal):
    before, after = core_sets(f"imacs {worse_ge} {abnormal}", 0.06)
    settings = {"worse_ge": worse_ge, "require_enzyme_abnormal": abnormal}
    got = scoring.imacs_improvement(as_frame(before), as_frame(after), **settings)
    pairs = zip(visits_of(before), visits_of(after), strict=True)
    expected = [myositis.imacs_improvement(*pair, abnormal, worse_ge) for pair in pairs]
    assert_same("imacs", expected, got, both_visits(before, after))


@pytest.mark.parametrize("points", [4, 5])
def test_cdasi_responders_agree(points):
    rng = patients(f"cdasi {points}")
    before = draw(rng, range(101), (0, 5, 10, 14, 15, 20))
    after = draw(rng, range(101))
    for row, baseline in enumerate(before):
        if baseline is not None and after[row] is not None and rng.random() < 0.7:
            after[row] = max(
                0, rng.choice((baseline - rng.choice((3, 4, 5)), Fraction(baseline) * Fraction(3, 5)))
            )
    cases = {"baseline": before, "followup": after}
    expected = [myositis.cdasi_response(*pair, points) for pair in rows(cases)]
    got = scoring.cdasi_response(*map(numbers, cases.values()), points=points)
    severity = scoring.cdasi_severity(numbers(before))
    for column, answers in enumerate((severity, got["responder_points"], got["responder_percent"])):
        assert_same(f"cdasi {column}", [row[column] for row in expected], answers, cases)
