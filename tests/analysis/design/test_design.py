"""Designs: published tables, attained errors by plain sums, boundaries by simulation. R's values: test_r_statistics."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import design


def test_simon_designs_of_the_reference():
    optimal, minimax = design.simon_designs(0.2, 0.5, alpha=0.05, beta=0.2)
    assert (optimal.r1, optimal.n1, optimal.r, optimal.n) == (2, 8, 6, 18)
    assert (optimal.alpha, optimal.power) == pytest.approx((0.0394, 0.8005), abs=6e-5)
    assert (minimax.r1, minimax.n1, minimax.r, minimax.n) == (2, 9, 6, 17)


def test_the_attained_errors_are_those_of_the_plain_sum_over_all_outcomes():
    for plan in design.simon_designs(0.2, 0.5, alpha=0.05, beta=0.2):
        for rate, expected in ((0.2, plan.alpha), (0.5, plan.power)):
            rejected = sum(
                math.comb(plan.n1, a)
                * math.comb(plan.n - plan.n1, b)
                * rate ** (a + b)
                * (1 - rate) ** (plan.n - a - b)
                for a in range(plan.r1 + 1, plan.n1 + 1)
                for b in range(plan.n - plan.n1 + 1)
                if a + b > plan.r
            )
            assert rejected == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"p0": 0.5, "p1": 0.2}, "0 < p0 < p1 < 1"),
        ({"p0": 0.2, "p1": 0.25, "n_max": 30}, "no design up to n_max = 30"),
        ({"p0": 0.2, "p1": 0.5, "alpha": 5}, "alpha, beta"),
    ],
)
def test_impossible_two_stage_designs_are_refused(given, message):
    with pytest.raises(ValueError, match=message):
        design.simon_designs(**({"alpha": 0.05, "beta": 0.2} | given))


@pytest.mark.parametrize(
    ("boundary", "nominal"),
    [
        (design.lan_demets_obrien_fleming([0.5, 1], alpha=0.05, sided=2), (0.003051, 0.048999)),
        (design.lan_demets_pocock([0.5, 1], alpha=0.05, sided=2), (0.031006, 0.027738)),
        (design.obrien_fleming(2, alpha=0.05, sided=2), (0.005166, 0.047993)),
        (
            design.lan_demets_obrien_fleming([1 / 3, 2 / 3, 1], alpha=0.05, sided=2),
            (0.000207, 0.012024, 0.046256),
        ),
    ],
)
def test_nominal_p_of_the_reference(boundary, nominal):
    assert boundary.nominal_p == pytest.approx(nominal, abs=2e-6)
    assert boundary.spent[-1] == pytest.approx(0.05, abs=1e-9)


@pytest.mark.parametrize("sided", [1, 2])
@pytest.mark.parametrize("plan", [design.lan_demets_obrien_fleming, design.lan_demets_pocock])
def test_boundaries_spend_alpha_as_simulated(plan, sided):
    times = np.array([0.3, 0.55, 1.0])
    boundary = plan(times, alpha=0.05, sided=sided)
    steps = np.random.default_rng(3).normal(size=(400_000, 3)) * np.sqrt(np.diff(times, prepend=0))
    z = steps.cumsum(axis=1) / np.sqrt(times)
    crossed = np.maximum.accumulate((np.abs(z) if sided == 2 else z) > boundary.z, axis=1).mean(axis=0)
    assert crossed == pytest.approx(boundary.spent, abs=4 * math.sqrt(0.05 * 0.95 / 400_000))


def test_one_look_is_the_ordinary_test():
    for plan in (design.pocock(1, alpha=0.05, sided=2), design.lan_demets_pocock([1], alpha=0.05, sided=2)):
        assert plan.z[0] == pytest.approx(1.959964, abs=1e-6)


@pytest.mark.parametrize("times", [[], [0.5, 0.5], [0.5, 1.2], [0, 1], [1, 0.5]])
def test_looks_must_rise_within_the_study(times):
    with pytest.raises(ValueError, match="rising shares"):
        design.lan_demets_pocock(times, alpha=0.05, sided=2)


def test_impossible_levels_are_refused():
    with pytest.raises(ValueError, match="sided: expected 1 or 2"):
        design.pocock(2, alpha=0.05, sided=3)
    with pytest.raises(ValueError, match="alpha"):
        design.pocock(2, alpha=1.5, sided=2)
    with pytest.raises(ValueError, match="n_looks"):
        design.pocock(0, alpha=0.05, sided=2)


def test_power_and_size_are_inverse():
    n = design.paired_t_size(effect=0.5, alpha=0.05, power=0.8)
    assert design.paired_t_power(n, effect=0.5, alpha=0.05) == pytest.approx(0.8, abs=1e-9)
    assert design.paired_t_power(math.ceil(n), effect=0.5, alpha=0.05) > 0.8
    assert design.paired_t_power(math.floor(n), effect=0.5, alpha=0.05) < 0.8


def test_power_without_an_effect_is_the_level_and_grows_with_the_effect():
    assert design.paired_t_power(20, effect=0, alpha=0.05) == pytest.approx(0.05)
    powers = [design.paired_t_power(20, effect=effect, alpha=0.05) for effect in (0.1, 0.5, 1, 3, 20)]
    assert all(a < b or b == 1 for a, b in pairwise(powers))
    assert powers[-1] == 1
    assert design.paired_t_power(20, effect=-0.5, alpha=0.05) == powers[1]


def test_large_effects_need_the_smallest_sample_and_none_needs_infinitely_many():
    assert design.paired_t_size(effect=100, alpha=0.05, power=0.5) == 2
    with pytest.raises(ValueError, match="effect of 0"):
        design.paired_t_size(effect=0, alpha=0.05, power=0.8)
    with pytest.raises(ValueError, match="needs more than"):
        design.paired_t_size(effect=1e-6, alpha=0.05, power=0.8)


def test_expected_width_of_the_wilson_interval_is_that_of_the_plain_sum():
    from analysis.proportions import wilson

    intervals = [(k, wilson(k, 20)) for k in range(21)]
    expected = sum(
        math.comb(20, k) * 0.3**k * 0.7 ** (20 - k) * (i.conf_high - i.conf_low) for k, i in intervals
    )
    assert design.precision_of_proportion(20, proportion=0.3) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("call", [design.paired_t_power, design.precision_of_mean_change])
def test_one_patient_is_too_few_to_plan_with(call):
    given = {"effect": 1, "alpha": 0.05} if call is design.paired_t_power else {"sd_change": 1}
    with pytest.raises(ValueError, match="2 or more pairs"):
        call(1, **given)


def test_regression_to_the_mean_is_what_selection_alone_produces():
    random = np.random.default_rng(8)
    first = random.normal(4.5, 1.2, 2_000_000)
    second = 4.5 + 0.6 * (first - 4.5) + random.normal(0, 1.2 * 0.8, first.size)
    for selected, chosen in (("above", first > 5.1), ("below", first < 5.1)):
        expected = design.expected_regression_to_mean(
            mean=4.5, sd=1.2, correlation=0.6, cutoff=5.1, selected=selected
        )
        assert (second - first)[chosen].mean() == pytest.approx(expected, abs=0.01)


def test_a_perfectly_stable_measure_does_not_regress():
    assert design.expected_regression_to_mean(mean=4.5, sd=1.2, correlation=1, cutoff=5.1) == 0


def test_a_cutoff_far_out_stays_finite():
    fall = design.expected_regression_to_mean(mean=0, sd=1, correlation=0, cutoff=60)
    assert fall == pytest.approx(-60.0167, abs=1e-3)


def test_oldham_is_zero_for_equal_spread_and_undefined_for_a_constant_change():
    before = np.array([1.0, 2, 3, 4])
    assert design.oldham_correlation(before, before[[1, 3, 0, 2]]) == pytest.approx(0)
    assert math.isnan(design.oldham_correlation(before, before + 1))
    with pytest.raises(ValueError, match="incomplete pairs"):
        design.oldham_correlation([1, 2, np.nan], [1, 2, 3])
    with pytest.raises(ValueError, match="equal length"):
        design.oldham_correlation([1, 2], [1, 2])
    with pytest.raises(ValueError, match="selected"):
        design.expected_regression_to_mean(mean=0, sd=1, correlation=0, cutoff=0, selected="over")


@pytest.mark.parametrize("first", [0.05, 0.01, 1e-4])
@pytest.mark.parametrize("sided", [1, 2])
def test_a_look_after_one_of_twenty_has_practically_no_alpha_and_costs_none(first, sided):
    looks = design.lan_demets_obrien_fleming([first, 1], alpha=0.05, sided=sided)
    alone = design.lan_demets_obrien_fleming([1], alpha=0.05, sided=sided)
    assert looks.nominal_p[0] < 1e-15
    assert looks.z[-1] == pytest.approx(alone.z[-1], rel=1e-9)
    assert all("practically no alpha" in note for note, z in zip(looks.notes, looks.z) if np.isinf(z))


def test_change_beyond_selection_is_the_t_test_against_the_expected_change():
    from scipy.stats import ttest_1samp

    random = np.random.default_rng(2)
    before = pd.Series(random.normal(25, 5, 30))
    after = before - random.normal(4, 6, 30)
    after[3] = np.nan
    found = design.change_beyond_selection(before, after, expected=-2.5, confidence_level=0.9)
    theirs = ttest_1samp((after - before).dropna(), -2.5)
    limits = theirs.confidence_interval(0.9)
    assert (found.statistic, found.p_value) == pytest.approx((theirs.statistic, theirs.pvalue))
    assert (found.conf_low, found.conf_high) == pytest.approx((limits.low + 2.5, limits.high + 2.5))
    assert found.p_zero == pytest.approx(ttest_1samp((after - before).dropna(), 0).pvalue)
    assert (found.n_pairs, found.n_missing) == (29, 1)


def test_without_spread_there_is_no_test_against_the_expected_change():
    same = pd.Series([10.0, 12, 15])
    found = design.change_beyond_selection(same, same - 3, expected=-1, confidence_level=0.95)
    assert np.isnan([found.p_value, found.p_zero, found.conf_low]).all()
    assert "no spread" in found.note
    with pytest.raises(ValueError, match="a finite change"):
        design.change_beyond_selection(same, same, expected=float("nan"), confidence_level=0.95)


def test_change_beyond_selection_is_r_s_t_test_against_the_expected_change():
    folder = Path(__file__).parents[1] / "r"
    of_r = json.loads((folder / "prediction.json").read_text(encoding="utf-8"))["changes"]
    before, after = (pd.Series(of_r[side], dtype=float) for side in ("before", "after"))
    found = design.change_beyond_selection(before, after, expected=-3.5, confidence_level=0.9)
    for ours, theirs in {
        "estimate": "beyond",
        "conf_low": "low",
        "conf_high": "high",
        "statistic": "statistic",
        "p_value": "p_value",
        "p_zero": "p_zero",
        "df": "df",
    }.items():
        assert getattr(found, ours) == pytest.approx(of_r[theirs], rel=1e-9), ours
