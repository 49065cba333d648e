"""Patient-reported outcomes, joints, radiographs, steroids and lung agree with a second, plain implementation."""

from fractions import Fraction

import pandas as pd
import pytest
from second_opinion import outcomes
from second_opinion.draws import MM, YES_NO, N, around, assert_same, draw, frame, grid, numbers, patients

from analysis import scoring


def rows(cases):
    """The patients, one tuple each."""
    return zip(*cases.values(), strict=True)


def flags(values):
    """0/1 as False/True."""
    return [None if value is None else bool(value) for value in values]


def haq_forms(name, missing, empty_section):
    """HAQ forms: single items missing, and whole sections left out."""
    rng = patients(name)
    items = {f"haq_{k}": draw(rng, (0, 0, 1, 1, 2, 3), missing=missing) for k in range(1, 21)}
    for section in outcomes.HAQ_SECTIONS:
        for row in range(N):
            if rng.random() < empty_section:
                for k in section:
                    items[f"haq_{k}"][row] = None
    ticks = {name: draw(rng, (0, 0, 0, 1), missing=0.1) for name in scoring.HAQ_AIDS}
    return items, ticks


def plain_haq(items, ticks, **settings):
    """The plain score of every form; an empty tick is not ticked."""
    for row in range(N):
        ticked = {name.split("_")[2] for name, values in ticks.items() if values[row] == 1}
        yield outcomes.haq_di({k: items[f"haq_{k}"][row] for k in range(1, 21)}, ticked, **settings)


@pytest.mark.parametrize(
    "settings",
    [{}, {"alternative": True}, {"min_categories": 7, "require_all_items": True}],
)
def test_haq_di_agrees(settings):
    items, ticks = haq_forms(f"haq {settings}", 0.1, 0.15)
    scores = scoring.haq_di(frame(**items), frame(**ticks), **settings)
    assert_same("haq", list(plain_haq(items, ticks, **settings)), scores, items | ticks)


@pytest.mark.parametrize("form_rounding", [False, True])
def test_rapid3_and_its_state_agree(form_rounding):
    rng = patients(f"rapid3 {form_rounding}")
    items = {f"mdhaq_{letter}": draw(rng, (0, 1, 2, 3), (0,), missing=0.012) for letter in "abcdefghij"}
    cases = items | {"pain_mm": draw(rng, MM, (0, 5, 10)), "ptga_mm": draw(rng, MM, (0, 5, 10))}
    for row in range(0, N, 2):
        limit = rng.choice((30, 60, 120)) + rng.choice((-1, 0, 0, 1))
        done = [cases[name][row] for name in (*items, "pain_mm")]
        function = 0 if None in done else sum(done[:10])
        if None not in done and function % 3 == 0 and 0 <= limit - function * 10 // 3 - done[10] <= 100:
            cases["ptga_mm"][row] = limit - function * 10 // 3 - done[10]
    expected = [outcomes.rapid3(row[:10], *row[10:], form_rounding) for row in rows(cases)]
    assert sum(score in (3, 6, 12) for score in expected) > N / 100
    pain, ptga = numbers(cases["pain_mm"]), numbers(cases["ptga_mm"])
    scores = scoring.rapid3(frame(**items), pain, ptga, form_rounding=form_rounding)
    assert_same("rapid3", expected, scores, cases)
    states = [state and state.replace(" ", "_") for state in map(outcomes.rapid3_state, expected)]
    assert_same("state", states, scoring.rapid3_state(scores), cases)


def levels(name, top):
    """Answers to the five questions of EQ-5D."""
    rng = patients(name)
    return {
        dimension: draw(rng, range(1, top + 1), (1,), missing=0.03)
        for dimension in ("mo", "sc", "ua", "pd", "ad")
    }


def test_eq5d_5l_china_agrees():
    cases = levels("5L", 5)
    expected = [outcomes.eq5d_5l_china(row) for row in rows(cases)]
    assert_same("5L", expected, scoring.eq5d_5l(*map(numbers, cases.values()), value_set="CN"), cases)


@pytest.mark.parametrize(("country", "value_set"), [("uk", "UK"), ("china", "CN")])
def test_eq5d_3l_agrees(country, value_set):
    cases = levels(f"3L {country}", 3)
    expected = [outcomes.eq5d_3l(row, country) for row in rows(cases)]
    assert_same("3L", expected, scoring.eq5d_3l(*map(numbers, cases.values()), value_set=value_set), cases)


def test_sf36_summaries_agree():
    rng = patients("sf36")
    cases = {f"sf36_{name}": draw(rng, grid(0, 100, "1.25"), missing=0.02) for name in outcomes.SF36_ROWS}
    expected = [
        outcomes.sf36_summaries(dict(zip(outcomes.SF36_ROWS, row, strict=True))) for row in rows(cases)
    ]
    got = scoring.sf36_summary(frame(**cases))
    assert_same("pcs", [physical for physical, _ in expected], got["pcs"], cases)
    assert_same("mcs", [mental for _, mental in expected], got["mcs"], cases)


@pytest.mark.parametrize("missing", [0.1, 0.46])
def test_facit_fatigue_agrees(missing):
    rng = patients(f"facit {missing}")
    cases = {f"facit_{k}": draw(rng, range(5), missing=missing) for k in range(1, 14)}
    expected = [outcomes.facit_fatigue(row) for row in rows(cases)]
    assert_same("facit", expected, scoring.facit_fatigue(frame(**cases)), cases)


def test_radiographic_progression_agrees():
    rng = patients("svdh")
    before = draw(rng, grid(0, 200, "0.5"))
    steps = draw(rng, grid(-10, 30, "0.5"), (0, "0.5", 1, "4.5", 5, "5.5"), missing=0)
    after = [
        None if b is None or b + Fraction(s) < 0 else b + Fraction(s)
        for b, s in zip(before, steps, strict=True)
    ]
    days = draw(
        rng, range(30, 900), (182, 299, 300, 301, 365, 366, 367, 429, 430, 431), missing=0.05, share=0.6
    )
    cases = {"baseline": before, "followup": after, "days": days}
    got = scoring.sharp_progression(*(numbers(values) for values in cases.values()))
    assert_same(
        "per year", [outcomes.svdh_per_year(*row) for row in rows(cases)], got["change_per_year"], cases
    )
    assert_same("rapid", [outcomes.rapid_progression(*row) for row in rows(cases)], got["rapid"], cases)


def test_pro_rated_joint_counts_agree():
    rng = patients("joints")
    joints = scoring.JOINT_SETS["28"]
    share = rng.choices((0, 0.04, 0.1), k=N)
    cases = {
        joint: [None if rng.random() < lost else rng.choice(YES_NO) for lost in share] for joint in joints
    }
    expected = []
    for row in rows(cases):
        seen = [value for value in row if value is not None]
        expected.append(outcomes.count_28(len(seen), sum(seen)))
    assert_same("count", expected, scoring.count_joints(frame(**cases), "28")["count"], cases)


@pytest.mark.parametrize("drug", outcomes.PREDNISONE_5MG)
def test_prednisone_equivalents_agree(drug):
    cases = {"dose": draw(patients(drug), grid(0, 100, "0.25"), (4, 6, 8, 30, 40), n=max(N // 8, 700))}
    expected = [outcomes.prednisone_equivalent(drug, dose) for dose in cases["dose"]]
    assert_same(drug, expected, scoring.prednisone_equivalent(numbers(cases["dose"]), drug), cases)


def pairs(name, pool, shares, steps=(0,)):
    """Baseline and follow-up, many with exactly a relative or an absolute improvement."""
    rng = patients(name)
    before, after = draw(rng, pool, pool[:1]), draw(rng, pool, pool[:1])
    for row, baseline in enumerate(before):
        if baseline is None or after[row] is None or rng.random() < 0.3:
            continue
        share, step = Fraction(rng.choice(shares)), Fraction(rng.choice(steps))
        wanted = baseline * (1 - share) if rng.random() < 0.6 else baseline - step
        after[row] = min(
            max(wanted + rng.choice((0, 0, 0, Fraction("0.1"), Fraction("-0.1"))), pool[0]), pool[-1]
        )
    return {"baseline": before, "followup": after}


def test_pain_responders_agree():
    cases = pairs("pain", MM, ("0.3", "0.5"), (20, 0))
    got = scoring.pain_response(*map(numbers, cases.values()))
    expected = [outcomes.pain_response(*pair) for pair in rows(cases)]
    for column, name in enumerate(("mcii", "moderate", "substantial")):
        assert_same(name, [row[column] for row in expected], got[name], cases)


def test_steroid_sparing_agrees():
    cases = pairs("sparing", grid(0, 60, "1.25"), ("0.25", "0.5", "1"), ("2.5", "-2.5", "0"))
    cases["followup"] = [
        Fraction(5 if mark else "7.5") if low and value is not None else value
        for value, low, mark in zip(
            cases["followup"],
            draw(patients("low"), (0, 0, 1), missing=0),
            draw(patients("mark"), YES_NO, missing=0),
            strict=True,
        )
    ]
    got = scoring.steroid_sparing(*map(numbers, cases.values()))
    expected = [outcomes.steroid_sparing(*pair) for pair in rows(cases)]
    names = {
        "at_most_7_5": "low_dose",
        "at_most_5": "very_low_dose",
        "free": "steroid_free",
        "increase": "increased",
    }
    for name in expected[0]:
        assert_same(name, [row[name] for row in expected], got[names.get(name, name)], cases)


def test_lung_progression_agrees():
    rng = patients("lung")
    fvc = pairs("fvc", grid(40, 120, "0.5"), ("0.05", "0.1", "0.0625"), (5, 3))
    dlco = pairs("dlco", grid(20, 120, "0.5"), ("0.15", "0.14"), (10, 9))
    signs = {"symptoms_worse": draw(rng, YES_NO), "radiology_worse": draw(rng, YES_NO)}
    cases = {
        "fvc0": fvc["baseline"],
        "fvc1": fvc["followup"],
        "dlco0": dlco["baseline"],
        "dlco1": dlco["followup"],
        **signs,
    }
    got = scoring.lung_change(
        frame(fvc_pp=cases["fvc0"], dlco_pp=cases["dlco0"]),
        frame(fvc_pp=cases["fvc1"], dlco_pp=cases["dlco1"], **signs),
    )
    expected = [outcomes.fvc_progression(row[:2], row[2:4], *flags(row[4:])) for row in rows(cases)]
    names = {
        "omeract": "omeract_progression",
        "physiology": "ppf_physiology",
        "inbuild": "inbuild_progression",
    }
    for name, column in names.items():
        assert_same(name, [row[name] for row in expected], got[column], cases)


DIFFERENCES = {
    "haq_di": ("0.22", grid(0, 3, "0.125"), False),
    "facit_fatigue": ("4", grid(0, 52, "1"), True),
}


@pytest.mark.parametrize("key", DIFFERENCES)
def test_important_differences_agree(key):
    amount, pool, higher = DIFFERENCES[key]
    cases = pairs(f"difference {key}", pool, ("0",), (amount, f"-{amount}"))
    expected = [outcomes.improved_by(*pair, amount, higher) for pair in rows(cases)]
    assert_same(key, expected, scoring.reached_difference(*map(numbers, cases.values()), key), cases)


def test_limits_have_both_neighbours():
    assert around("2.6") == (Fraction("2.59"), Fraction("2.6"), Fraction("2.61"))
    assert pd.notna(numbers([1, None])).tolist() == [True, False]
