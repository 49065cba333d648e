"""The fixed public scores against every worked case of the clinical definitions, and their thresholds."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import scoring

NAN = math.nan

# TJC28, SJC28, ESR, CRP, GH -> ESR4, CRP4, ESR3, CRP3, state ESR4, state CRP4 by ESR cut-offs, by its own
DAS28_CASES = [
    (4, 5, 7, 7, 50, 3.808236, 4.154698, 3.516895, 3.894168, "moderate", "moderate", "moderate"),
    (5, 6, 8, 8, 51, 4.107664, 4.403056, 3.825157, 4.151962, "moderate", "moderate", "moderate"),
    (8, 6, 38, 21.0, 60, 5.656087, 5.182552, 5.361374, 4.870807, "high", "high", "high"),
    (14, 10, 62, 45.5, 72, 6.877760, 6.330969, 6.499341, 5.949266, "high", "high", "high"),
    (2, 1, 10, 3.0, 20, 2.963769, 2.811026, 3.058471, 2.878128, "low", "low", "low"),
    (1, 0, 14, 2.1, 15, 2.617340, 2.137305, 2.759927, 2.214035, "low", "remission", "remission"),
    (
        0,
        0,
        0,
        0,
        0,
        0.000000,
        0.960000,
        0.160000,
        1.150000,
        "remission",
        "remission",
        "remission",
    ),  # ESR 0 -> 1
    (28, 28, 100, 100, 100, 9.068481, 8.466306, 8.441960, 7.866936, "high", "high", "high"),
]


@pytest.mark.parametrize("case", DAS28_CASES)
def test_das28_worked_cases(case):
    tjc, sjc, esr, crp, gh, esr4, crp4, esr3, crp3, esr_state, crp_state, crp_own = case
    assert scoring.das28_esr(tjc, sjc, esr, gh) == pytest.approx(esr4, abs=5e-7)
    assert scoring.das28_crp(tjc, sjc, crp, gh) == pytest.approx(crp4, abs=5e-7)
    assert scoring.das28_esr(tjc, sjc, esr) == pytest.approx(esr3, abs=5e-7)
    assert scoring.das28_crp(tjc, sjc, crp) == pytest.approx(crp3, abs=5e-7)
    assert scoring.disease_state(scoring.das28_esr(tjc, sjc, esr, gh), "das28_esr") == esr_state
    value = scoring.das28_crp(tjc, sjc, crp, gh)
    assert scoring.disease_state(value, "das28_crp") == crp_state
    assert scoring.disease_state(value, "das28_crp", crp_cutoffs="fleischmann2017") == crp_own


def test_a_crp_in_mg_dl_and_a_scale_in_cm_give_the_known_wrong_values():
    assert scoring.das28_crp(8, 6, 2.1, 60) == pytest.approx(4.477081, abs=5e-7)
    assert scoring.das28_esr(8, 6, 38, 6.0) == pytest.approx(4.900087, abs=5e-7)


def test_missing_general_health_is_missing_and_is_not_the_three_variable_form():
    assert math.isnan(scoring.das28_esr(8, 6, 38, NAN))
    assert math.isnan(scoring.das28_crp(8, 6, 21, pd.NA))


def test_esr_floor_is_a_parameter():
    assert scoring.das28_esr(0, 0, 0.2, 0, esr_floor=0.5) == pytest.approx(0.7 * math.log(0.5))
    assert scoring.das28_esr(0, 0, 0.2, 0) == 0


# TJC28, SJC28, PtGA mm, PhGA mm, CRP mg/L -> CDAI, state, SDAI, state
CDAI_CASES = [
    (0, 1, 10, 8, 5.0, 2.8, "remission", 3.3, "remission"),
    (3, 2, 30, 20, 8.0, 10.0, "low", 10.8, "low"),
    (8, 6, 60, 55, 21.0, 25.5, "high", 27.6, "high"),
    (14, 10, 72, 70, 45.5, 38.2, "high", 42.75, "high"),
    (0, 0, 1, 27, NAN, 2.8, "remission", NAN, pd.NA),  # 0.1 + 2.7 in cm is above 2.8 in binary
    (0, 0, 1, 16, 16.0, 1.7, "remission", 3.3, "remission"),
]


@pytest.mark.parametrize("case", CDAI_CASES)
def test_cdai_and_sdai_worked_cases(case):
    tjc, sjc, ptga, phga, crp, cdai, cdai_state, sdai, sdai_state = case
    value = scoring.cdai(tjc, sjc, ptga, phga)
    assert value == pytest.approx(cdai, abs=1e-9)
    assert scoring.disease_state(value, "cdai") == cdai_state
    value = scoring.sdai(tjc, sjc, ptga, phga, crp)
    assert value == pytest.approx(sdai, abs=1e-9, nan_ok=True)
    assert (
        scoring.disease_state(value, "sdai") is sdai_state
        or scoring.disease_state(value, "sdai") == sdai_state
    )


def test_every_pair_of_globals_on_the_tenth_grid_that_adds_up_to_a_limit_is_inside():
    tenths = np.arange(0, 101)
    ptga, phga = (grid.ravel() for grid in np.meshgrid(tenths, tenths))
    states = scoring.disease_state(scoring.cdai(0, 0, ptga, phga), "cdai")
    assert ((states == "remission") == (ptga + phga <= 28)).all()
    crp = np.arange(0, 331) / 10  # the decimal sum of 3.3 in whole hundredths
    for mm in range(0, 34):
        sdai = scoring.sdai(0, 0, mm, 0, crp)
        assert (
            (scoring.disease_state(sdai, "sdai") == "remission") == (mm * 10 + np.arange(0, 331) <= 330)
        ).all()


@pytest.mark.parametrize(
    ("instrument", "score", "state"),
    [
        ("das28_esr", 2.59, "remission"),
        ("das28_esr", 2.6, "low"),
        ("das28_esr", 2.6 - 1e-9, "low"),  # binary noise below the limit
        ("das28_esr", 3.2, "low"),
        ("das28_esr", 3.2 + 4e-9, "low"),
        ("das28_esr", 3.21, "moderate"),
        ("das28_esr", 5.1, "moderate"),
        ("das28_esr", 5.11, "high"),
        ("das28_crp", 2.6, "low"),
        ("das28_crp", 3.2, "low"),
        ("das28_crp", 5.1, "moderate"),
        ("cdai", 2.8, "remission"),
        ("cdai", 0.1 + 2.7, "remission"),
        ("cdai", 2.81, "low"),
        ("cdai", 10.0, "low"),
        ("cdai", 10.1, "moderate"),
        ("cdai", 22.0, "moderate"),
        ("cdai", 22.1, "high"),
        ("sdai", 3.3, "remission"),
        ("sdai", 3.31, "low"),
        ("sdai", 11.0, "low"),
        ("sdai", 11.01, "moderate"),
        ("sdai", 26.0, "moderate"),
        ("sdai", 26.01, "high"),
    ],
)
def test_states_at_below_and_above_every_cutoff(instrument, score, state):
    assert scoring.disease_state(score, instrument) == state


@pytest.mark.parametrize(
    ("score", "state"),
    [(2.39, "remission"), (2.4, "low"), (2.9, "low"), (2.91, "moderate"), (4.6, "moderate"), (4.61, "high")],
)
def test_the_own_cutoffs_of_das28_crp(score, state):
    assert scoring.disease_state(score, "das28_crp", crp_cutoffs="fleischmann2017") == state


def test_own_crp_cutoffs_leave_other_instruments_alone():
    assert scoring.disease_state(2.5, "das28_esr", crp_cutoffs="fleischmann2017") == "remission"


def test_states_are_ordered_and_missing_stays_missing():
    states = scoring.disease_state(pd.Series([2.0, NAN, 6.0], index=["a", "b", "c"]), "das28_esr")
    assert states.index.tolist() == ["a", "b", "c"]
    assert states.isna().tolist() == [False, True, False]
    assert (states.dropna() > "low").tolist() == [False, True]


def test_unknown_names_are_refused_with_the_nearest_known_one():
    with pytest.raises(ValueError, match=r"unknown instrument 'das28esr'; did you mean 'das28_esr'"):
        scoring.disease_state(3.0, "das28esr")
    with pytest.raises(ValueError, match="unknown crp_cutoffs"):
        scoring.disease_state(3.0, "das28_crp", crp_cutoffs="own")
    with pytest.raises(ValueError, match="version of the Boolean"):
        scoring.boolean_remission(0, 0, 0, 0, version="3.0")


# TJC28, SJC28, CRP mg/L, PtGA mm -> Boolean 1.0, 2.0
@pytest.mark.parametrize(
    ("tjc", "sjc", "crp", "ptga", "first", "second"),
    [
        (1, 1, 10, 10, True, True),
        (1, 1, 10, 15, False, True),
        (0, 0, 2, 20, False, True),
        (0, 0, 2, 21, False, False),
        (2, 0, 2, 0, False, False),
        (0, 1, 10.1, 0, False, False),
        (0, 2, 2, 0, False, False),
        (0, 0, NAN, 10, pd.NA, pd.NA),
        (0, 0, None, 10, pd.NA, pd.NA),
        (3, 0, NAN, 10, False, False),
        (0, 0, 2, NAN, pd.NA, pd.NA),
    ],
)
def test_boolean_remission(tjc, sjc, crp, ptga, first, second):
    assert scoring.boolean_remission(tjc, sjc, crp, ptga, version="1.0") is first
    assert scoring.boolean_remission(tjc, sjc, crp, ptga) is second


@pytest.mark.parametrize(
    ("baseline", "followup", "response"),
    [
        (5.31, 1.30, "good"),
        (5.24, 1.30, "good"),
        (3.6, 3.3, "none"),
        (1.2, 1.8, "none"),
        (4.4, 3.2, "moderate"),  # improvement of exactly 1.2
        (4.41, 3.2, "good"),
        (6.4, 5.2, "none"),
        (6.41, 5.2, "moderate"),
        (6.31, 5.1, "moderate"),
        (6.0, 5.1, "moderate"),
        (5.7, 5.1, "none"),  # improvement of exactly 0.6
        (5.71, 5.1, "moderate"),
        (3.8, 3.2, "none"),
        (3.81, 3.2, "moderate"),
        (7.0, 5.7, "moderate"),
        (5.0, 3.3, "moderate"),
        (NAN, 3.2, pd.NA),
        (5.0, NAN, pd.NA),
    ],
)
def test_eular_response_worked_cases(baseline, followup, response):
    found = scoring.eular_response(baseline, followup)
    assert found is response or found == response


def test_eular_response_agrees_with_r_on_the_boundary_grid(r_reference):
    names = {"No response": "none", "Moderate": "moderate", "Good": "good"}
    grid = [r for r in r_reference["results"] if r["group"] == "eular_response"]
    assert len(grid) >= 30
    for case in grid:
        vectors = case["vectors"]
        found = scoring.eular_response(vectors["baseline"], vectors["followup"])
        assert np.atleast_1d(found).tolist() == [
            names[r] for r in np.atleast_1d(case["result"]["response"])
        ], case["id"]


def test_eular_response_with_the_limits_of_das28_crp():
    assert scoring.eular_response(5.0, 3.0) == "good"
    assert scoring.eular_response(5.0, 3.0, cutoffs="fleischmann2017") == "moderate"
    assert scoring.eular_response(5.0, 2.9, cutoffs="fleischmann2017") == "good"
