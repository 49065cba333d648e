"""Responses and targets in rheumatoid arthritis: worked cases and both sides of each threshold."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import scoring

NAN = math.nan


def same(found, expected):
    """Equal, where NA equals NA."""
    return found is expected or (found is not pd.NA and found == expected)


@pytest.mark.parametrize("instrument", ["cdai", "sdai"])
@pytest.mark.parametrize(
    ("baseline", "followup", "response"),
    [
        (40, 20, "minor"),
        (40, 20.01, "none"),
        (40, 12, "moderate"),
        (40, 12.01, "minor"),
        (40, 6, "major"),
        (30, 4.5, "major"),
        (30, 4.6, "moderate"),
        (10, 12, "none"),
        (0, 0, pd.NA),
        (0, 5, pd.NA),
        (NAN, 5, pd.NA),
        (5, NAN, pd.NA),
    ],
)
def test_relative_response(instrument, baseline, followup, response):
    assert same(scoring.index_response(baseline, followup, instrument), response)


@pytest.mark.parametrize(
    ("baseline", "followup", "answer"),
    [
        (30, 18, True),
        (30, 18.1, False),
        (22, 16, True),
        (22, 16.1, False),
        (22.1, 16, False),  # above 22 it takes 12
        (22.1, 10.1, True),
        (10, 4, True),
        (10, 4.1, False),
        (9.9, 8.9, True),
        (9.9, 8.95, False),
        (NAN, 5, pd.NA),
    ],
)
def test_cdai_minimal_important_difference_depends_on_baseline(baseline, followup, answer):
    assert same(scoring.cdai_improvement(baseline, followup), answer)


@pytest.mark.parametrize(
    ("baseline", "followup", "answer"),
    [(10, 12, True), (10, 11.9, False), (0.3, 2.3, True), (10.1, 30, pd.NA), (5, NAN, pd.NA)],
)
def test_cdai_worsening_is_defined_in_low_disease_activity_only(baseline, followup, answer):
    assert same(scoring.cdai_worsening(baseline, followup), answer)


@pytest.mark.parametrize(
    ("score", "instrument", "cutoffs", "answer"),
    [
        (10.0, "cdai", "esr", True),
        (10.1, "cdai", "esr", False),
        (11.0, "sdai", "esr", True),
        (11.01, "sdai", "esr", False),
        (3.2, "das28_esr", "esr", True),
        (3.21, "das28_esr", "esr", False),
        (2.9, "das28_crp", "fleischmann2017", True),
        (2.91, "das28_crp", "fleischmann2017", False),
        (NAN, "cdai", "esr", pd.NA),
        (2.0, "cdai", "esr", True),  # remission is low disease activity
    ],
)
def test_low_disease_activity(score, instrument, cutoffs, answer):
    assert same(scoring.low_disease_activity(score, instrument, crp_cutoffs=cutoffs), answer)
    column = scoring.low_disease_activity(pd.Series([score], index=["x"]), instrument, crp_cutoffs=cutoffs)
    assert same(column.loc["x"], answer) or bool(column.loc["x"]) == answer


@pytest.mark.parametrize(
    ("score", "instrument", "answer"),
    [
        (2.8, "cdai", True),
        (2.81, "cdai", False),
        (3.3, "sdai", True),
        (3.31, "sdai", False),
        (NAN, "sdai", pd.NA),
    ],
)
def test_index_remission(score, instrument, answer):
    assert same(scoring.index_remission(score, instrument), answer)


def test_boolean_remission_without_crp():
    assert scoring.boolean_remission_without_crp(1, 1, 20, version="2.0") is True
    assert scoring.boolean_remission_without_crp(1, 1, 20, version="1.0") is False
    assert scoring.boolean_remission_without_crp(1, 1, NAN, version="1.0") is pd.NA
    assert scoring.boolean_remission_without_crp(2, NAN, NAN, version="1.0") is False


def course(*rows):
    visits = pd.DataFrame(rows, columns=["subject_id", "week", "cdai"])
    dates = pd.Timestamp("2024-01-01") + pd.to_timedelta(visits["week"] * 7, unit="D")
    return visits.assign(visit_date=dates, lda=scoring.low_disease_activity(visits["cdai"], "cdai"))


def test_sustained_low_disease_activity():
    visits = course(
        ("A", 24, 8), ("A", 12, 9),  # 84 days apart, given in any order
        ("B", 12, 9), ("B", 24, 12), ("B", 48, 7),  # interrupted
        ("C", 0, 30), ("C", 12, 25),  # never
        ("D", 0, 9), ("D", 12, NAN), ("D", 24, 9),  # the visit between is unknown
        ("E", 0, 2), ("E", 11, 2.5),  # 77 days
    )  # fmt: skip
    course_84 = scoring.sustained_target(visits, "lda", min_days=scoring.TWO_VISITS_DAYS)
    assert course_84["sustained"].tolist() == [True, False, False, pd.NA, False]
    assert course_84["longest_days"].tolist() == [84, 0, 0, 0, 77]
    assert course_84.loc["B", "first_met"] == visits.loc[2, "visit_date"]  # week 12
    assert pd.isna(course_84.loc["C", "first_met"])
    half_year = scoring.sustained_target(visits, "lda", min_days=scoring.SIX_MONTHS_DAYS)
    assert not half_year["sustained"].fillna(False).any()


def test_sustained_target_needs_dates_and_columns():
    visits = course(("A", 0, 9))
    with pytest.raises(ValueError, match="without a date"):
        scoring.sustained_target(visits.assign(visit_date=pd.NaT), "lda", min_days=84)
    with pytest.raises(KeyError, match="remission"):
        scoring.sustained_target(visits, "remission", min_days=84)


ACR_COLUMNS = ["sjc28", "tjc28", "ptga_mm", "pain_mm", "phga_mm", "haq_di", "crp_mg_l"]
ACR_CASES = [
    ([8, 12, 50, 35, 60, 0.850, 15], [4, 7, 20, 25, 30, 0.350, 10], "ACR20", 46.0564, 46.0564, 41.67),
    ([12, 18, 70, 65, 70, 1.5, 40], [5, 8, 30, 30, 28, 0.75, 22], "ACR50", 54.2683, 54.2683, 53.85),
    ([12, 18, 70, 65, 70, 1.5, 40], [2, 4, 15, 15, 14, 0.375, 10], "ACR70", 78.0865, 78.0865, 76.92),
    ([10, 10, 80, 80, 80, 2.0, 60], [9, 2, 10, 10, 10, 0.25, 5], "none", 75.9524, 19.99, 10.00),
    ([10, 20, 60, 60, 60, 1.5, 5], [6, 12, 40, 40, 40, 1.5, 25], "ACR20", 11.4286, 20.00, 33.33),
    ([10, 20, 50, 50, 50, 1.0, 10], [8, 16, 40, 40, 40, 0.8, 8], "ACR20", 20.0, 20.0, 20.0),
    ([0, 10, 50, 50, 50, 1.0, 10], [0, 2, 10, 10, 10, 0.2, 2], "none", 68.5714, 19.99, 0.0),
]


def acr(before, after, **settings):
    frames = [pd.DataFrame([v], columns=ACR_COLUMNS) for v in (before, after)]
    return scoring.acr_response(*frames, joints="28", acute_phase="crp_mg_l", **settings).iloc[0]


@pytest.mark.parametrize("case", ACR_CASES)
def test_acr_worked_cases(case):
    before, after, level, mean, hybrid, acr_n = case
    found = acr(before, after)
    assert found["acr_level"] == level
    reached = {"none": 0, "ACR20": 1, "ACR50": 2, "ACR70": 3}[level]
    assert found[["acr20", "acr50", "acr70"]].tolist() == [reached >= 1, reached >= 2, reached >= 3]
    assert found["mean_percent"] == pytest.approx(mean, abs=5e-5)
    assert found["hybrid_acr"] == pytest.approx(hybrid, abs=5e-5)
    assert found["acr_n"] == pytest.approx(acr_n, abs=5e-3)


START = [10, 10, 50, 50, 50, 1.0, 10]


@pytest.mark.parametrize("x", [20, 50, 70])
def test_every_acr_level_at_its_threshold_and_below(x):
    part = 1 - x / 100
    at = [v * part for v in START]
    assert acr(START, at)[f"acr{x}"]
    assert not acr(START, [at[0] + 0.01, *at[1:]])[f"acr{x}"]
    assert not acr(START, [at[0], at[1] + 0.01, *at[2:]])[f"acr{x}"]
    assert acr(START, [*at[:5], 1.0, 10])[f"acr{x}"]  # three of five
    assert not acr(START, [*at[:4], 50, 1.0, 10])[f"acr{x}"]  # two of five


def test_missing_measures_in_acr_response():
    better = [2, 2, 10, 10, 10, 0.2, 2]
    assert acr(START, [*better[:5], NAN, NAN])["acr70"]  # three others prove it
    two_left = [*better[:4], NAN, NAN, NAN]
    assert not acr(START, two_left)["acr20"]
    assert acr(START, two_left, missing_of_five="unknown")["acr20"] is pd.NA
    assert acr(START, [NAN, *better[1:]])["acr20"] is pd.NA
    assert not acr(START, [NAN, 10, *better[2:]])["acr20"]  # the other joint count rules it out
    gap = acr(START, [*better[:6], NAN])
    assert (
        math.isnan(gap["mean_percent"])
        and math.isnan(gap["hybrid_acr"])
        and gap["acr_n"] == pytest.approx(80)
    )
    assert math.isnan(acr(START, [*better[:4], NAN, NAN, NAN])["acr_n"])


def test_an_increase_from_zero_is_worse_without_limit():
    found = acr([5, 5, 50, 50, 50, 0, 10], [2, 2, 10, 10, 10, 0.125, 2])
    assert found["percent_haq_di"] == -np.inf
    assert found["acr50"] and found["mean_percent"] == pytest.approx((60 + 60 + 80 * 3 - 100 + 80) / 7)


def test_acr_uses_66_68_joints_and_either_reactant():
    columns = ["tjc68", "sjc66", "ptga_mm", "phga_mm", "pain_mm", "haq_di", "esr_mm_h"]
    before = pd.DataFrame([[40, 30, 50, 50, 50, 1, 40]], columns=columns)
    after = pd.DataFrame([[20, 15, 25, 25, 25, 1, 40]], columns=columns)
    found = scoring.acr_response(before, after, joints="66/68", acute_phase="esr_mm_h")
    assert found["acr_level"].tolist() == ["ACR50"]


def test_acr_refuses_other_rows_columns_and_settings():
    before = pd.DataFrame([START], columns=ACR_COLUMNS)
    with pytest.raises(ValueError, match="same rows"):
        scoring.acr_response(before, before.set_axis(["x"]), joints="28", acute_phase="crp_mg_l")
    with pytest.raises(KeyError, match="tjc68"):
        scoring.acr_response(before, before, joints="66/68", acute_phase="crp_mg_l")
    with pytest.raises(ValueError, match="acute phase reactant"):
        scoring.acr_response(before, before, joints="28", acute_phase="crp")
    with pytest.raises(ValueError, match="missing_of_five"):
        scoring.acr_response(before, before, joints="28", acute_phase="crp_mg_l", missing_of_five="zero")
    with pytest.raises(ValueError, match="pain_mm: 1 value"):
        scoring.acr_response(before, before.assign(pain_mm=101), joints="28", acute_phase="crp_mg_l")


@pytest.mark.parametrize(
    ("baseline", "followup", "key", "answer"),
    [
        (4.4, 3.2, "das28_esr", True),  # exactly 1.2
        (4.39, 3.2, "das28_esr", False),
        (1.5, 1.28, "haq_di", True),
        (1.5, 1.125, "haq_di_mcii", True),
        (1.5, 1.126, "haq_di_mcii", False),
        (20, 24, "facit_fatigue", True),
        (20, 23, "facit_fatigue", False),
        (20, 23, "facit_fatigue_sensitivity", True),
        (0.3, 0.37, "eq5d_5l_cn", True),
        (0.37, 0.3, "eq5d_5l_cn", False),
        (NAN, 1, "rapid3", pd.NA),
    ],
)
def test_important_differences(baseline, followup, key, answer):
    assert same(scoring.reached_difference(baseline, followup, key), answer)


def test_the_table_of_differences_names_source_and_certainty():
    table = scoring.important_differences()
    assert table.index.is_unique
    assert table[["source", "certainty"]].ne("").all(axis=None)
    assert table.loc[["sdai", "cdai", "pain_mm", "rapid3"], "threshold"].tolist() == [13, 12, 20, 3.8]
    with pytest.raises(ValueError, match="did you mean 'haq_di'"):
        scoring.reached_difference(1, 0, "haqdi")


def test_differences_refuse_values_of_another_unit():
    for key, wrong in (("haq_di_mcii", 3.1), ("pain_mm", 101), ("das28_anchor", 40), ("facit_fatigue", 53)):
        with pytest.raises(ValueError, match=r"baseline: 1 value\(s\) outside"):
            scoring.reached_difference(wrong, 1, key)


def test_a_missing_baseline_is_missing_and_not_a_worsening():
    before, after = [NAN, 14, 12, 10, 10, 1, 20], [3, 7, 6, 5, 5, 0.25, 10]
    found = acr(before, after)
    assert math.isnan(found["percent_sjc28"])
    assert [found["acr20"], found["acr50"], found["acr70"]] == [pd.NA, pd.NA, False]  # tender joints: 50 %
    assert found[["acr_n", "mean_percent", "hybrid_acr"]].isna().all()
    assert pd.isna(found["acr_level"])


@pytest.mark.parametrize("place", range(len(ACR_COLUMNS)))
def test_a_measure_without_baseline_leaves_no_mean_and_no_hybrid(place):
    before = [NAN if i == place else v for i, v in enumerate(START)]
    found = acr(before, [2, 2, 10, 10, 10, 0.2, 2])
    assert math.isnan(found[f"percent_{ACR_COLUMNS[place]}"])
    assert found[["mean_percent", "hybrid_acr"]].isna().all()
    assert same(
        found["acr70"], pd.NA if place < 2 else True
    )  # four of the five prove it without the missing one


def test_percentages_are_not_rounded_before_they_are_averaged():
    before, after = [10, 8, 84, 99, 10, 2.875, 68], [15, 28, 76, 99, 8, 1.25, 20]
    found = acr(before, after)
    shares = [8 / 84, 2 / 10, 0, 1.625 / 2.875, 48 / 68]  # of the five; both joint counts are capped or -50 %
    assert found["mean_percent"] == pytest.approx((sum(shares) * 100 - 150) / 7, rel=1e-14)
    assert found["hybrid_acr"] == pytest.approx(0.9476834211945648, rel=1e-13)
    assert found["percent_ptga_mm"] == pytest.approx(800 / 84, rel=1e-15)


def test_percentages_off_a_threshold_by_binary_fractions_only_are_on_it():
    before, after = [10, 10, 3.3, 3.3, 3.3, 1.0, 10], [8, 8, 2.64, 2.64, 2.64, 1.0, 10]
    assert (3.3 - 2.64) * 100 / 3.3 < 20  # in binary arithmetic
    assert acr(before, after)["acr20"]
