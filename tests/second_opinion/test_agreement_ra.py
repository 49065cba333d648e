"""Scores and responses of rheumatoid arthritis agree with a second, plain implementation, patient by patient."""

from fractions import Fraction

import pandas as pd
import pytest
from second_opinion import ra
from second_opinion.draws import (
    JOINTS_28,
    MM,
    YES_NO,
    N,
    around,
    assert_same,
    draw,
    frame,
    grid,
    numbers,
    patients,
)

from analysis import scoring

CRP = ("0", "0.2", "0.5", "1", "2.1", "3", "5", "8", "9.9", "10", "10.1", "16", "21", "45.5", "100", "187.4")
ESR = (0, 0.4, 1, 2, 5, 7, 8, 10, 14, 20, 38, 62, 100, 120)


def visit(name):
    """Patients with the components of the composite scores; few joints and small globals are favoured."""
    rng = patients(name)
    return {
        "tjc28": draw(rng, JOINTS_28, (0, 1, 2)),
        "sjc28": draw(rng, JOINTS_28, (0, 1, 2)),
        "ptga_mm": draw(rng, MM, (0, 1, 9, 10, 11, 19, 20, 21)),
        "phga_mm": draw(rng, MM, (0, 8, 16, 18, 27)),
        "crp_mg_l": draw(rng, grid(0, 60, "0.1"), CRP),
        "esr_mm_h": draw(rng, range(121), ESR),
    }


def rows(cases, *names):
    """The patients, one tuple each."""
    return zip(*(cases[name] for name in names), strict=True)


def given(cases, *names):
    """The columns the package is called with."""
    return [numbers(cases[name]) for name in names]


@pytest.mark.parametrize(
    ("name", "columns", "plain", "package"),
    [
        ("das28_esr", ("tjc28", "sjc28", "esr_mm_h", "ptga_mm"), ra.das28_esr, scoring.das28_esr),
        ("das28_crp", ("tjc28", "sjc28", "crp_mg_l", "ptga_mm"), ra.das28_crp, scoring.das28_crp),
        ("das28_esr", ("tjc28", "sjc28", "esr_mm_h"), ra.das28_esr_3, scoring.das28_esr),
        ("das28_crp", ("tjc28", "sjc28", "crp_mg_l"), ra.das28_crp_3, scoring.das28_crp),
    ],
)
def test_das28_and_its_state_agree(name, columns, plain, package):
    cases = visit(f"{name} {len(columns)}")
    expected = [plain(*row) for row in rows(cases, *columns)]
    scores = package(*given(cases, *columns))
    assert_same(name, expected, scores, cases)
    assert_same(
        f"{name} state", [ra.das28_state(s) for s in expected], scoring.disease_state(scores, name), cases
    )


@pytest.mark.parametrize(("name", "own"), [("das28_esr", False), ("das28_crp", False), ("das28_crp", True)])
def test_states_on_the_limits_of_das28_agree(name, own):
    limits = around("2.4", "2.6", "2.9", "3.2", "4.6", "5.1")
    cases = {"score": draw(patients(f"states {name} {own}"), grid(1, 9, "0.01"), limits, share=0.6)}
    cutoffs = "fleischmann2017" if own else "esr"
    states = scoring.disease_state(numbers(cases["score"]), name, crp_cutoffs=cutoffs)
    assert_same("state", [ra.das28_state(score, own) for score in cases["score"]], states, cases)
    low = scoring.low_disease_activity(numbers(cases["score"]), name, crp_cutoffs=cutoffs)
    assert_same("low", [ra.low_activity(s, "2.9" if own else "3.2") for s in cases["score"]], low, cases)


def on_a_limit(cases, limits, rng):
    """Half of the patients get the physician's global with which their index is exactly at, or 1 mm beside, a limit."""
    for row, limit in enumerate(rng.choices(limits, k=N)):
        parts = [cases[name][row] for name in ("tjc28", "sjc28", "ptga_mm", "phga_mm")]
        if None in parts or rng.random() < 0.5:
            continue
        rest = (Fraction(limit) - parts[0] - parts[1]) * 10 - parts[2] + rng.choice((-1, 0, 0, 0, 1))
        if not 0 <= rest <= 100:
            cases["tjc28"][row], cases["sjc28"][row], cases["ptga_mm"][row] = 0, 0, rng.randint(0, 20)
            rest = Fraction(limit) * 10 - cases["ptga_mm"][row]
        if 0 <= rest <= 100:
            cases["phga_mm"][row] = rest
    return cases


def test_cdai_and_its_state_agree_also_on_the_limits():
    columns = ("tjc28", "sjc28", "ptga_mm", "phga_mm")
    cases = on_a_limit(visit("cdai"), ("2.8", "10", "22"), patients("cdai limits"))
    expected = [ra.cdai(*row) for row in rows(cases, *columns)]
    assert sum(score == Fraction("2.8") for score in expected) > N / 100
    scores = scoring.cdai(*given(cases, *columns))
    assert_same("cdai", expected, scores, cases)
    assert_same(
        "state", [ra.index_state(s, "cdai") for s in expected], scoring.disease_state(scores, "cdai"), cases
    )
    remission = scoring.index_remission(scores, "cdai")
    assert_same("remission", [ra.low_activity(s, "2.8") for s in expected], remission, cases)
    low = scoring.low_disease_activity(scores, "cdai")
    assert_same("low", [ra.low_activity(s, "10") for s in expected], low, cases)


def test_sdai_and_its_state_agree_also_on_the_limits():
    columns = ("tjc28", "sjc28", "ptga_mm", "phga_mm", "crp_mg_l")
    rng = patients("sdai limits")
    cases = visit("sdai")
    cases["crp_mg_l"] = draw(rng, range(0, 80), (5, 8, 16), missing=0.1)
    cases = on_a_limit(cases, ("2.8", "2.5", "10.2", "22", "25.5"), rng)
    for row, index in enumerate([ra.cdai(*row) for row in rows(cases, *columns[:4])]):
        limit = rng.choice((Fraction("3.3"), Fraction(11), Fraction(26)))
        if index is not None and 0 <= (limit - index) * 10 <= 100 and rng.random() < 0.7:
            cases["crp_mg_l"][row] = (limit - index) * 10
    expected = [ra.sdai(*row) for row in rows(cases, *columns)]
    assert sum(score == Fraction("3.3") for score in expected) > N / 100
    scores = scoring.sdai(*given(cases, *columns))
    assert_same("sdai", expected, scores, cases)
    assert_same(
        "state", [ra.index_state(s, "sdai") for s in expected], scoring.disease_state(scores, "sdai"), cases
    )
    remission = scoring.index_remission(scores, "sdai")
    assert_same("remission", [ra.low_activity(s, "3.3") for s in expected], remission, cases)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_boolean_remission_agrees(version):
    columns = ("tjc28", "sjc28", "crp_mg_l", "ptga_mm")
    rng = patients(f"boolean {version}")
    cases = {
        "tjc28": draw(rng, (0, 0, 1, 1, 2, 5), missing=0.15),
        "sjc28": draw(rng, (0, 0, 1, 1, 2, 5), missing=0.15),
        "crp_mg_l": draw(rng, CRP, around("10", step="0.1"), missing=0.15),
        "ptga_mm": draw(rng, grid(0, 30, "0.5"), around("10", "20", step="0.1"), missing=0.15),
    }
    expected = [ra.boolean_remission(*row, version) for row in rows(cases, *columns)]
    answers = scoring.boolean_remission(*given(cases, *columns), version=version)
    assert_same("boolean", expected, answers, cases)
    columns = ("tjc28", "sjc28", "ptga_mm")
    expected = [ra.boolean_remission(t, s, 0, p, version) for t, s, p in rows(cases, *columns)]
    without = scoring.boolean_remission_without_crp(*given(cases, *columns), version=version)
    assert_same("boolean without CRP", expected, without, cases)


def test_eular_response_agrees_also_on_its_limits():
    rng = patients("eular")
    after = draw(rng, grid(1, 8, "0.01"), around("3.2", "5.1"), share=0.5)
    steps = draw(rng, grid(-1, "1.99", "0.01"), around("0.6", "1.2"), share=0.6, missing=0)
    before = [None if f is None else f + step for f, step in zip(after, steps, strict=True)]
    gone = draw(rng, YES_NO, missing=0.12)
    before = [None if mark is None else b for b, mark in zip(before, gone, strict=True)]
    cases = {"baseline": before, "followup": after}
    expected = [ra.eular_response(*pair) for pair in rows(cases, *cases)]
    assert_same("eular", expected, scoring.eular_response(*given(cases, *cases)), cases)


def pairs_of_scores(name, top, relative, absolute):
    """Baseline and follow-up, many with exactly a relative or an absolute improvement, or a tenth beside it."""
    rng = patients(name)
    before = draw(rng, grid(0, top, "0.1"), (0, 10, "9.9", "10.1", 20, 22, "22.1", "21.9", 30, 40))
    after = draw(rng, grid(0, top, "0.1"))
    for row, baseline in enumerate(before):
        if baseline is None or after[row] is None or rng.random() < 0.3:
            continue
        baseline = Fraction(baseline)
        share, step = Fraction(rng.choice(relative)), Fraction(rng.choice(absolute))
        wanted = baseline * (1 - share) if rng.random() < 0.5 else baseline - step
        wanted += rng.choice((0, 0, 0, Fraction("0.01"), Fraction("-0.01")))
        if 0 <= wanted <= top:
            after[row] = wanted
    return {"baseline": before, "followup": after}


@pytest.mark.parametrize(("instrument", "top"), [("cdai", 76), ("sdai", 86)])
def test_relative_response_agrees(instrument, top):
    cases = pairs_of_scores(instrument, top, ("0.5", "0.7", "0.85"), (0, 1))
    expected = [ra.relative_response(*pair) for pair in rows(cases, *cases)]
    assert_same("response", expected, scoring.index_response(*given(cases, *cases), instrument), cases)


def test_smallest_important_improvement_of_cdai_agrees():
    cases = pairs_of_scores("cdai mcid", 76, ("0.5",), (1, 6, 12))
    expected = [ra.cdai_minimal_improvement(*pair) for pair in rows(cases, *cases)]
    assert_same("mcid", expected, scoring.cdai_improvement(*given(cases, *cases)), cases)


CORE = {
    "tjc28": 28,
    "sjc28": 28,
    "ptga_mm": 100,
    "phga_mm": 100,
    "pain_mm": 100,
    "haq_di": 3,
    "crp_mg_l": 100,
}
PLAIN_NAMES = {"tjc28": "tjc", "sjc28": "sjc", "crp_mg_l": "apr"}
SHARES = ("0", "0.15", "0.2", "0.25", "0.4", "0.5", "0.5", "0.6", "0.7", "0.75", "0.8", "1", "-0.5", "-2")


def core_set_pairs(name, missing):
    """ACR core sets, many measures improved by exactly 20, 50 or 70 %, and whole patients that respond."""
    rng = patients(name)
    before, after = {}, {}
    usual = rng.choices(SHARES, k=N)
    for measure, top in CORE.items():
        pool = grid(0, 3, "0.125") if measure == "haq_di" else range(top + 1)
        before[measure] = draw(rng, pool, (0, 10, 20), missing=missing, share=0.3 if top > 3 else 0.0)
        after[measure] = draw(rng, pool, missing=missing)
        for row, baseline in enumerate(before[measure]):
            share = Fraction(usual[row] if rng.random() < 0.7 else rng.choice(SHARES))
            if baseline is not None and after[measure][row] is not None and rng.random() < 0.85:
                wanted = baseline * (1 - share)
                if 0 <= wanted <= top:
                    after[measure][row] = wanted
    return before, after


def acr_expected(before, after):
    """The plain answers: percents, levels, ACR-N and hybrid of every patient."""
    for row in range(N):
        first = {PLAIN_NAMES.get(name, name): values[row] for name, values in before.items()}
        second = {PLAIN_NAMES.get(name, name): values[row] for name, values in after.items()}
        percents = ra.acr_percents(first, second)
        levels = [ra.acr_met(percents, limit, first) for limit in (20, 50, 70)]
        yield *levels, ra.acr_n(percents), ra.hybrid_acr(percents)


def test_acr_responses_agree():
    before, after = core_set_pairs("acr", 0.06)
    got = scoring.acr_response(frame(**before), frame(**after), joints="28", acute_phase="crp_mg_l")
    columns = list(zip(*acr_expected(before, after), strict=True))
    cases = {f"{name}_0": v for name, v in before.items()} | {f"{name}_1": v for name, v in after.items()}
    for name, expected in zip(("acr20", "acr50", "acr70", "acr_n", "hybrid_acr"), columns, strict=True):
        assert_same(name, list(expected), got[name], cases)


def test_2010_classification_agrees():
    rng = patients("2010")
    cases = {
        "large_joints": draw(rng, range(11), (0, 1, 2, 8, 10)),
        "small_joints": draw(rng, range(31), (0, 1, 3, 4, 9, 10, 11)),
        "rf": draw(rng, range(120), (20, 21, 60, 61), share=0.6),
        "rf_uln": draw(rng, (20, 15, 14), missing=0.03),
        "acpa": draw(rng, range(120), (20, 21, 51, 60, 61), share=0.6),
        "acpa_uln": draw(rng, (20, 17), missing=0.03),
        "acute_phase_abnormal": draw(rng, YES_NO),
        "weeks": draw(rng, range(30), (5, 6, 7)),
        "erosive": draw(rng, (0, 0, 0, 0, 1)),
    }
    got = scoring.acr_eular_2010(frame(**cases))
    flags = {"acute_phase_abnormal", "erosive"}
    expected = [
        ra.acr_eular_2010(
            *(bool(v) if name in flags and v is not None else v for name, v in zip(cases, row, strict=True))
        )
        for row in rows(cases, *cases)
    ]
    assert_same("score", [total for total, _ in expected], got["score"], cases)
    assert_same("classified", [answer for _, answer in expected], got["classified"], cases)


def test_1987_classification_agrees():
    rng = patients("1987")
    cases = {name: draw(rng, YES_NO, missing=0.15) for name in scoring.ACR_1987_ITEMS}
    expected = [ra.acr_1987([None if v is None else bool(v) for v in row]) for row in rows(cases, *cases)]
    assert_same("classified", expected, scoring.acr_1987(frame(**cases))["classified"], cases)


def test_a_patient_that_differs_is_found():
    cases = {"score": [1, 2]}
    with pytest.raises(AssertionError, match="1 of 2 patients differ"):
        assert_same("score", [Fraction(1), None], pd.Series([1.0, 2.0]), cases)
