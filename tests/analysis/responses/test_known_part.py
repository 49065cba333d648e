"""A missing component leaves a response open only where it could change the answer."""

import itertools

import numpy as np
import pandas as pd
import pytest

from analysis import responses, scoring
from analysis.responses import rules
from analysis.responses.known_part import COMPONENTS, LARGEST, at_least, score_bounds

CORE = dict(zip(("phga_mm", "ptga_mm", "mmt8", "haq_di", "extramuscular_mm"), (80.0, 80.0, 90.0, 2.25, 60.0)))
BETTER = {"phga_mm": 20, "ptga_mm": 20, "mmt8": 150, "haq_di": 0.5, "ck_u_l": 200}
ENZYME = {"ck_u_l": 6000.0, "ck_uln": 200.0}


def visit(**changed):
    """One patient's visit in myositis, from a bad baseline."""
    return pd.DataFrame([CORE | ENZYME | changed], index=["a"])


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        # 20 + 10 + 32.5 + 10 + 7.5 = 80 known points, extramuscular activity missing: a major response
        (BETTER | {"extramuscular_mm": None}, (True, True, True)),
        # 20 + 10 + 7.5 = 37.5 known points: minimal for sure, the rest is open
        (BETTER | {"mmt8": None, "haq_di": 2.25}, (True, None, None)),
        # no points and one measure missing: at most its own points
        ({"ptga_mm": None}, (False, False, False)),
        ({"phga_mm": None}, (None, False, False)),  # 20 points at most
    ],
)  # fmt: skip
def test_known_points_are_enough_for_a_response(after, expected):
    before, followup = visit(), visit(**after).astype(float)

    found = [rules.total_improvement_score(before, followup, minimum=level).item() for level in (20, 40, 60)]

    assert tuple(None if pd.isna(flag) else flag for flag in found) == expected
    table = scoring.total_improvement_score(*responses.core_set_pair(before, followup))
    assert table["tis"].isna().all()


def test_a_partial_score_is_between_its_bounds_whatever_the_missing_component_is():
    rng = np.random.default_rng(5)
    joints = {name: rng.integers(0, 29, 200) for name in ("tjc28", "sjc28")}
    globals_ = {name: rng.integers(0, 101, 200) for name in ("gh_mm", "ptga_mm", "phga_mm")}
    draws = joints | globals_ | {"crp_mg_l": rng.uniform(0, 80, 200), "esr_mm_h": rng.integers(1, 120, 200)}
    whole = pd.DataFrame(draws).astype(float)
    scores = {
        "cdai": scoring.cdai(*(whole[name] for name in COMPONENTS["cdai"])),
        "sdai": scoring.sdai(*(whole[name] for name in COMPONENTS["sdai"])),
        "das28_esr": scoring.das28_esr(*(whole[name] for name in COMPONENTS["das28_esr"])),
        "das28_crp": scoring.das28_crp(*(whole[name] for name in COMPONENTS["das28_crp"])),
    }
    for (name, value), missing in itertools.product(scores.items(), (*LARGEST, "crp_mg_l", "esr_mm_h")):
        if missing in COMPONENTS[name]:
            low, high = score_bounds(whole.assign(**{missing: np.nan, name: np.nan}), name)
            assert ((low <= value + 1e-9) & (value <= high + 1e-9)).all(), (name, missing)


def arthritis(**changed):
    """One visit in arthritis, with its scores."""
    parts = {
        "tjc28": 2.0,
        "sjc28": 1.0,
        "ptga_mm": 20.0,
        "phga_mm": 20.0,
        "crp_mg_l": 3.0,
        "esr_mm_h": 10.0,
    } | changed
    rows = pd.DataFrame([parts], index=["a"]).astype(float)
    rows = rows.assign(gh_mm=rows["ptga_mm"])
    found = {
        "cdai": scoring.cdai(*(rows[name] for name in COMPONENTS["cdai"])),
        "das28_esr": scoring.das28_esr(*(rows[name] for name in COMPONENTS["das28_esr"])),
    }
    states = {f"{name}_category": scoring.disease_state(value, name) for name, value in found.items()}
    return rows.assign(**found, **states)


@pytest.mark.parametrize(
    ("followup", "expected"),
    [
        ({"phga_mm": None}, None),  # 5 and up to 10 more
        ({"phga_mm": None, "tjc28": 9}, False),  # 12 is above 10, whatever the physician says
        ({"phga_mm": None, "tjc28": 0, "sjc28": 0, "ptga_mm": 0}, True),  # 10 at most
        ({"tjc28": None, "phga_mm": 0, "sjc28": 0, "ptga_mm": 0}, None),
        ({}, True),
    ],
)
def test_low_disease_activity_is_decided_where_the_known_part_decides(followup, expected):
    flag = rules.disease_state(arthritis(), arthritis(**followup), instrument="cdai", at_most="low").item()

    assert (None if pd.isna(flag) else flag) == expected


@pytest.mark.parametrize(
    ("followup", "response", "expected"),
    [
        (
            {"ptga_mm": None},
            "moderate",
            True,
        ),  # from 7.2 to 3.1 at most 4.5: improved by more than 1.2 anyhow
        ({"ptga_mm": None}, "good", None),
        ({"ptga_mm": None, "tjc28": 28, "sjc28": 28, "esr_mm_h": 100}, "moderate", False),
        ({"esr_mm_h": None}, "moderate", None),
    ],
)
def test_eular_response_is_decided_where_best_and_worst_course_agree(followup, response, expected):
    before = arthritis(tjc28=20, sjc28=15, esr_mm_h=60, ptga_mm=70)

    flag = rules.eular_response(before, arthritis(**followup), response=response).item()

    assert (None if pd.isna(flag) else flag) == expected


def test_a_limit_is_reached_for_sure_not_at_all_or_it_is_open():
    low, high = pd.Series([40.0, 10.0, 20.0, np.nan]), pd.Series([50.0, 39.0, 60.0, np.nan])

    assert [None if pd.isna(flag) else flag for flag in at_least(low, high, 40)] == [True, False, None, None]
