"""Joint sets, patient-reported outcomes, radiographs and classification in rheumatoid arthritis."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import scoring

NAN = math.nan


def examined(joint_set, affected=(), missing=()):
    joints = pd.DataFrame(0.0, index=["S01"], columns=list(scoring.JOINT_SETS[joint_set]))
    joints.loc["S01", list(affected)] = 1
    joints.loc["S01", list(missing)] = NAN
    return joints


FOUR = ["wrist_left", "knee_left", "mcp1_left", "pip1_left"]


def test_joint_sets_have_their_sizes_and_differ_by_the_hips():
    assert {k: len(set(v)) for k, v in scoring.JOINT_SETS.items()} == {"28": 28, "66": 66, "68": 68}
    assert set(scoring.JOINT_SETS["68"]) - set(scoring.JOINT_SETS["66"]) == {"hip_right", "hip_left"}
    assert set(scoring.JOINT_SETS["28"]) < set(scoring.JOINT_SETS["66"])


@pytest.mark.parametrize(
    ("missing", "count", "pro_rated"),
    [
        ([], 4, False),
        (["shoulder_left", "shoulder_right"], 4.307692, True),  # 7.1 %
        (["shoulder_left", "shoulder_right", "elbow_left", "elbow_right"], NAN, False),  # 14.3 %
    ],
)
def test_joints_that_could_not_be_assessed_are_not_zero(missing, count, pro_rated):
    found = scoring.count_joints(examined("28", FOUR, missing), "28").loc["S01"]
    assert found["count"] == pytest.approx(count, abs=5e-7, nan_ok=True)
    assert (found["pro_rated"], found["n_assessed"]) == (pro_rated, 28 - len(missing))


def test_exactly_ten_per_cent_may_be_missing_where_the_limit_is_met():
    joints = examined("28", FOUR, ["knee_right", "wrist_right", "elbow_left"])
    assert math.isnan(scoring.count_joints(joints, "28")["count"].item())
    allowed = scoring.count_joints(joints, "28", max_not_assessed=3 / 28)
    assert allowed["count"].item() == pytest.approx(4 * 28 / 25)


def test_thumb_counts_and_feet_hips_and_end_joints_do_not():
    everything = examined("68")
    outside = [c for c in everything if c.startswith(("mtp", "ankle", "hip", "dip", "toe", "tarsus"))]
    assert scoring.count_joints(everything.assign(pip1_left=1.0), "28")["count"].item() == 1
    found = everything.assign(**dict.fromkeys(outside, 1.0))
    assert scoring.count_joints(found, "28")["count"].item() == 0
    assert scoring.count_joints(found, "68")["count"].item() == len(outside)


def test_joint_counts_refuse_unknown_sets_findings_and_absent_joints():
    with pytest.raises(ValueError, match="unknown joint set '44'"):
        scoring.count_joints(examined("28"), "44")
    with pytest.raises(ValueError, match=r"knee_left: 1 value\(s\) that are neither yes"):
        scoring.count_joints(examined("28").assign(knee_left=2), "28")
    with pytest.raises(KeyError, match="knee_left"):
        scoring.count_joints(examined("28").drop(columns="knee_left"), "28")


def mdhaq(total):
    items = [min(3, max(0, total - 3 * i)) for i in range(10)]
    return pd.DataFrame([items], columns=[f"mdhaq_{c}" for c in "abcdefghij"])


@pytest.mark.parametrize(
    ("total", "pain", "ptga", "score", "state"),
    [
        (0, 0, 0, 0, "near_remission"),
        (1, 15, 10, 2.8333, "near_remission"),
        (5, 20, 23, 5.9667, "low"),
        (10, 45, 40, 11.8333, "moderate"),
        (20, 70, 65, 20.1667, "high"),
        (30, 100, 100, 30, "high"),
    ],
)
def test_rapid3_worked_cases(total, pain, ptga, score, state):
    found = scoring.rapid3(mdhaq(total), pain, ptga)
    assert found.item() == pytest.approx(score, abs=5e-5)
    assert scoring.rapid3_state(found).tolist() == [state]


def test_rapid3_bands_and_rounding_of_the_form():
    scores = [3.0, 3.01, 6.0, 6.01, 12.0, 12.01, NAN]
    states = scoring.rapid3_state(pd.Series(scores))
    assert states.tolist()[:6] == ["near_remission", "low", "low", "moderate", "moderate", "high"]
    assert states.isna().tolist() == [False] * 6 + [True]
    rounded = [scoring.rapid3(mdhaq(t), 0, 0, form_rounding=True).item() for t in (1, 2, 3, 5)]
    assert rounded == [0.3, 0.7, 1.0, 1.7]


def test_rapid3_needs_all_parts():
    assert math.isnan(scoring.rapid3(mdhaq(5).assign(mdhaq_c=NAN), 10, 10).item())
    assert math.isnan(scoring.rapid3(mdhaq(5), NAN, 10).item())
    with pytest.raises(ValueError, match="mdhaq_a: 1 value"):
        scoring.rapid3(mdhaq(5).assign(mdhaq_a=4), 10, 10)


def levels(state):
    return [NAN if c == "N" else int(c) for c in state]


@pytest.mark.parametrize(
    ("state", "value"),
    [
        ("11111", 1.0), ("11211", 0.955), ("21111", 0.934), ("55555", -0.391), ("11121", 0.942), ("21232", 0.702),
        ("22222", 0.734), ("33333", 0.363), ("44444", -0.158), ("12345", 0.335), ("31524", 0.336), ("1111N", NAN),
    ],
)  # fmt: skip
def test_eq5d_5l_china(state, value):
    assert scoring.eq5d_5l(*levels(state), value_set="CN") == pytest.approx(value, abs=0, nan_ok=True)


@pytest.mark.parametrize(
    # as the R package eq5d (tests) and the value set tables of eq5dsuite list them
    ("state", "value"),
    [("11111", 1.0), ("21111", 0.891), ("12345", 0.164), ("22222", 0.581), ("23333", 0.397),
     ("31111", 0.818), ("44444", -0.476),
     ("42343", 0.001), ("41211", 0.562),
     ("53521", 0.0), ("55555", -0.865)],
)  # fmt: skip
def test_eq5d_5l_hong_kong(state, value):
    assert scoring.eq5d_5l(*levels(state), value_set="HK") == value


@pytest.mark.parametrize(
    ("state", "uk", "china"),
    [
        ("11111", 1, 1), ("11221", 0.760, 0.795), ("33221", -0.037, 0.319), ("12321", 0.329, 0.549),
        ("23221", 0.208, 0.466), ("22233", -0.181, 0.220), ("33333", -0.594, -0.149), ("1N111", NAN, NAN),
    ],
)  # fmt: skip
def test_eq5d_3l(state, uk, china):
    assert scoring.eq5d_3l(*levels(state), value_set="UK") == pytest.approx(uk, abs=0, nan_ok=True)
    assert scoring.eq5d_3l(*levels(state), value_set="CN") == pytest.approx(china, abs=0, nan_ok=True)


def test_eq5d_3l_china_mild_case():
    assert scoring.eq5d_3l(1, 1, 2, 1, 1, value_set="CN") == 0.887


@pytest.mark.parametrize("wrong", [0, 6, 1.5])
def test_eq5d_refuses_levels_that_do_not_exist(wrong):
    with pytest.raises(ValueError, match="eq5d_sc: 1 value"):
        scoring.eq5d_5l(1, wrong, 1, 1, 1, value_set="CN")


def test_eq5d_three_level_form_has_no_fourth_level_and_unknown_sets_are_refused():
    with pytest.raises(ValueError, match="outside 1 to 3"):
        scoring.eq5d_3l(4, 1, 1, 1, 1, value_set="UK")
    with pytest.raises(ValueError, match="EQ-5D-5L value set 'UK'"):
        scoring.eq5d_5l(1, 1, 1, 1, 1, value_set="UK")


def test_mean_one_level_change_of_the_chinese_value_set():
    grid = np.array(np.meshgrid(*[range(1, 6)] * 5, indexing="ij")).reshape(5, -1)
    values = scoring.eq5d_5l(*grid, value_set="CN").reshape([5] * 5)
    steps = [np.abs(np.diff(values, axis=axis)).ravel() for axis in range(5)]
    assert sum(map(len, steps)) == 12_500
    assert np.mean(np.concatenate(steps)) == pytest.approx(0.0696, abs=5e-5)


DOMAINS = ["sf36_pf", "sf36_rp", "sf36_bp", "sf36_gh", "sf36_vt", "sf36_sf", "sf36_re", "sf36_mh"]


@pytest.mark.parametrize(
    ("scores", "pcs", "mcs"),
    [
        ([83.29094, 82.50964, 71.32527, 70.84570, 58.31411, 84.30250, 87.39733, 74.98685], 50, 50),
        ([100] * 8, 59.0145, 62.2767),
        ([0] * 8, 22.3709, 10.5590),
        ([45, 37.5, 41, 40, 43.75, 62.5, 58.33333333, 60], 33.5626, 43.1051),
        ([100] * 7 + [NAN], NAN, NAN),
    ],
)
def test_sf36_summaries(scores, pcs, mcs):
    found = scoring.sf36_summary(pd.DataFrame([scores], columns=DOMAINS)).iloc[0]
    assert found["pcs"] == pytest.approx(pcs, abs=5e-5, nan_ok=True)
    assert found["mcs"] == pytest.approx(mcs, abs=5e-5, nan_ok=True)


def test_sf36_norm_based_domain_is_fifty_at_the_mean():
    found = scoring.sf36_summary(pd.DataFrame([[83.29094 + 23.75883 / 2] + [50.0] * 7], columns=DOMAINS))
    assert found["sf36_pf_norm"].item() == pytest.approx(55)


@pytest.mark.parametrize(
    ("answers", "score"),
    [
        ([0] * 6 + [4, 4] + [0] * 5, 52),
        ([4] * 6 + [0, 0] + [4] * 5, 0),
        ([0] * 13, 44),
        ([4] * 13, 8),
        ([2] * 13, 26),
        ([1, 2, NAN, 2, 1, 2, 3, 2, 1, 0, 1, 2, 2], 33.583333),
        ([1, 1, 1, 1, 1, 1, 3] + [NAN] * 6, 39),
        ([1, 1, 1, 1, 1, 1] + [NAN] * 7, NAN),
        ([NAN] * 13, NAN),
    ],
)
def test_facit_fatigue(answers, score):
    items = pd.DataFrame([answers], columns=[f"facit_{i}" for i in range(1, 14)])
    assert scoring.facit_fatigue(items).item() == pytest.approx(score, abs=5e-7, nan_ok=True)


def test_facit_rules_are_parameters():
    items = pd.DataFrame([[1] * 6 + [NAN] * 7], columns=[f"facit_{i}" for i in range(1, 14)])
    assert scoring.facit_fatigue(items, min_answered=6).item() == 39
    full = pd.DataFrame([[0] * 13], columns=[f"facit_{i}" for i in range(1, 14)])
    assert scoring.facit_fatigue(full, positive_items=(1, 2, 3)).item() == 40


@pytest.mark.parametrize(
    ("baseline", "followup", "change", "percent", "mcii", "moderate", "substantial"),
    [
        (60, 40, -20, 33.333, True, True, False),
        (60, 41, -19, 31.667, False, True, False),
        (20, 5, -15, 75, False, True, True),
        (50, 35, -15, 30, False, True, False),
        (50, 35.1, -14.9, 29.8, False, False, False),
        (40, 20, -20, 50, True, True, True),
        (0, 0, 0, NAN, False, pd.NA, pd.NA),
        (NAN, 0, NAN, NAN, pd.NA, pd.NA, pd.NA),
    ],
)
def test_pain_response(baseline, followup, change, percent, mcii, moderate, substantial):
    found = scoring.pain_response(baseline, followup).iloc[0]
    assert found["change_mm"] == pytest.approx(change, nan_ok=True)
    assert found["percent_improvement"] == pytest.approx(percent, abs=5e-4, nan_ok=True)
    assert found[["mcii", "moderate", "substantial"]].tolist() == [mcii, moderate, substantial]


def test_pain_over_100_mm_is_refused():
    with pytest.raises(ValueError, match="followup: 1 value"):
        scoring.pain_response(50, 101)


@pytest.mark.parametrize(
    ("change", "days", "annual", "annualised", "rapid"),
    [
        (3.0, 182, 6.0206, True, True),
        (2.5, 168, 5.4353, True, True),
        (5, 365, 5.0034, True, True),
        (5, 366, 4.9898, False, True),  # not by the annual rate, but within the window of about a year
        (4.99, 366, 4.9798, False, False),
        (5, 431, 4.2372, False, False),
        (5, 430, 4.2471, False, True),
        (NAN, 365, NAN, pd.NA, pd.NA),
    ],
)
def test_radiographic_progression(change, days, annual, annualised, rapid):
    found = scoring.sharp_progression(10, 10 + change, days).iloc[0]
    assert found["change_per_year"] == pytest.approx(annual, abs=5e-5, nan_ok=True)
    assert [found["rapid_annualised"], found["rapid"]] == [annualised, rapid]


def test_window_of_rapid_progression_can_be_left_out():
    assert scoring.sharp_progression(10, 15, 366, rapid_window_days=None)["rapid"].tolist() == [False]


def test_small_changes_and_the_detectable_change():
    found = scoring.sharp_progression(
        pd.Series([10.0] * 3), pd.Series([10, 10.5, 12.6]), 365, smallest_detectable_change=2.5
    )
    assert found["progression"].tolist() == [False, True, True]
    assert found["progression_above_half"].tolist() == [False, False, True]
    assert found["above_sdc"].tolist() == [False, False, True]
    assert scoring.sharp_progression(10, 20, 365)["above_sdc"].tolist() == [pd.NA]
    with pytest.raises(ValueError, match="days: 1 value"):
        scoring.sharp_progression(10, 20, 0)


def test_total_sharp_score():
    assert scoring.svdh_total(280, 168) == 448
    with pytest.raises(ValueError, match="svdh_jsn"):
        scoring.svdh_total(0, 169)


COLUMNS_2010 = [
    "large_joints",
    "small_joints",
    "rf",
    "rf_uln",
    "acpa",
    "acpa_uln",
    "acute_phase_abnormal",
    "weeks",
]


def patient_2010(*values, **others):
    return pd.DataFrame([dict(zip(COLUMNS_2010, values)) | others])


@pytest.mark.parametrize(
    ("values", "points", "total", "answer"),
    [
        ((0, 6, 60, 20, 5, 20, 1, 8), [3, 2, 1, 1], 7, True),  # 60 is three times the limit exactly: low
        ((0, 1, 61, 20, 10, 20, 1, 6), [2, 3, 1, 1], 7, True),
        ((2, 0, 20, 20, 20, 20, 0, 8), [1, 0, 0, 1], 2, False),
        ((1, 3, 30, 20, 70, 20, 0, 3), [2, 3, 0, 0], 5, False),
        ((5, 6, 10, 20, 10, 20, 1, 6), [5, 0, 1, 1], 7, True),
        ((0, 4, 60, 20, 10, 20, 0, 5), [3, 2, 0, 0], 5, False),
        ((3, 2, 21, 20, 20, 20, 1, 6), [2, 2, 1, 1], 6, True),
        ((1, 0, 0, 20, 0, 20, 0, 0), [0, 0, 0, 0], 0, False),
        ((10, 0, 0, 20, 0, 20, 0, 5.9), [1, 0, 0, 0], 1, False),
        ((10, 1, 0, 20, 0, 20, 0, 6), [5, 0, 0, 1], 6, True),  # eleven joints, one of them small
        ((9, 1, 0, 20, 0, 20, 0, 6), [2, 0, 0, 1], 3, False),  # ten joints
    ],
)
def test_2010_criteria(values, points, total, answer):
    found = scoring.acr_eular_2010(patient_2010(*values)).iloc[0]
    assert (
        found[[f"points_{d}" for d in ("joints", "serology", "acute_phase", "duration")]].tolist() == points
    )
    assert (found["score"], found["classified"]) == (total, answer)


def test_2010_missing_domains_are_decided_by_the_range_of_the_score():
    def answer(*values, **others):
        return scoring.acr_eular_2010(patient_2010(*values, **others))["classified"].tolist()[0]

    assert answer(5, 6, 0, 20, 0, 20, 1, NAN) is True  # six already
    assert answer(2, 0, 0, 20, 0, 20, 0, NAN) is False  # two at most
    assert answer(0, 4, 60, 20, 0, 20, 0, NAN) is pd.NA  # five, or six
    assert answer(0, 4, NAN, 20, NAN, 20, 0, 6) is pd.NA
    assert answer(0, 4, 61, 20, NAN, 20, 0, 5) is True  # one serology result is enough
    assert answer(2, 0, 0, 20, 0, 20, 0, 0, erosive=1) is True
    assert answer(2, 0, 0, 20, 0, 20, 0, 0, erosive=NAN) is pd.NA
    assert answer(2, 0, 0, 20, 0, 20, 0, 0, erosive=0) is False


def test_2010_refuses_impossible_values():
    with pytest.raises(ValueError, match="large_joints: 1 value"):
        scoring.acr_eular_2010(patient_2010(11, 0, 0, 20, 0, 20, 0, 0))
    with pytest.raises(ValueError, match="rf_uln: 1 value"):
        scoring.acr_eular_2010(patient_2010(1, 0, 0, 0, 0, 20, 0, 0))


@pytest.mark.parametrize(
    ("items", "answer"),
    [
        ([1, 1, 1, 1, 0, 0, 0], True),
        ([1, 1, 1, 0, 0, 1, 0], True),
        ([1, 1, 1, NAN, NAN, NAN, NAN], pd.NA),
        ([1, 1, 1, 0, 0, 0, 0], False),
        ([1, 1, 0, 0, 0, 0, NAN], False),
        ([1, 1, 1, 1, NAN, NAN, NAN], True),
    ],
)
def test_1987_criteria(items, answer):
    found = scoring.acr_1987(pd.DataFrame([items], columns=list(scoring.ACR_1987_ITEMS)))
    assert found["classified"].tolist() == [answer]
