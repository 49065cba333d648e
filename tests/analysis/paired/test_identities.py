"""What must hold whatever the data: swap, shift, scale, order of rows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import paired

steps = st.integers(-40, 40)
samples = st.lists(st.tuples(steps, steps), min_size=2, max_size=25)
ESTIMATES = {
    "compare_means": lambda b, a: paired.compare_means(b, a),
    "hodges_lehmann": lambda b, a: paired.hodges_lehmann(b, a),
    "median_change": lambda b, a: paired.median_change(b, a),
    "cohen_dz": lambda b, a: paired.cohen_dz(b, a),
    "hedges_gz": lambda b, a: paired.hedges_gz(b, a),
    "cohen_dav": lambda b, a: paired.cohen_dav(b, a),
    "cohen_dav_rms": lambda b, a: paired.cohen_dav_rms(b, a),
    "rank_biserial": lambda b, a: paired.rank_biserial(b, a),
}


def series(rows):
    frame = pd.DataFrame(rows, columns=["before", "after"], index=[f"P{row:02d}" for row in range(len(rows))])
    return frame["before"] * 0.125, frame["after"] * 0.125


def numbers(result):
    return [result.estimate, result.conf_low, result.conf_high]


def equal(left, right):
    return np.allclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True)


@settings(max_examples=25, deadline=None)
@given(samples)
def test_swapping_the_visits_negates_every_estimate_and_keeps_two_sided_p(rows):
    before, after = series(rows)
    for name, compute in ESTIMATES.items():
        there, back = numbers(compute(before, after)), numbers(compute(after, before))
        assert equal(there, [-back[0], -back[2], -back[1]]), name
    for zeros in ("wilcoxon", "pratt"):
        there, back = (
            paired.compare_ranks(*sides, zeros=zeros) for sides in ((before, after), (after, before))
        )
        assert (there.statistic, there.p_value) == (back.sum_negative, back.p_value)
    assert paired.sign_test(before, after).p_value == paired.sign_test(after, before).p_value
    up = paired.probability_improved(before, after, higher_is_better=True)
    down = paired.probability_improved(before, after, higher_is_better=False)
    assert equal(numbers(up), [1 - down.estimate, 1 - down.conf_high, 1 - down.conf_low])


@settings(max_examples=25, deadline=None)
@given(samples, st.integers(-80, 80))
def test_a_shift_of_the_follow_up_shifts_the_locations(rows, shift):
    before, after = series(rows)
    for name in ("compare_means", "hodges_lehmann", "median_change"):
        moved, still = (numbers(ESTIMATES[name](before, side)) for side in (after + shift * 0.125, after))
        assert equal(moved, np.array(still) + shift * 0.125), name


@settings(max_examples=25, deadline=None)
@given(samples, st.sampled_from([0.5, 4.0, 1000.0]))
def test_a_change_of_unit_scales_locations_and_leaves_tests_and_effect_sizes(rows, factor):
    before, after = series(rows)
    for name, compute in ESTIMATES.items():
        plain, scaled = numbers(compute(before, after)), numbers(compute(before * factor, after * factor))
        unit = factor if name in ("compare_means", "hodges_lehmann", "median_change") else 1
        assert equal(np.array(plain) * unit, scaled), name
    for zeros in ("wilcoxon", "pratt"):
        plain, scaled = (
            paired.compare_ranks(before * unit, after * unit, zeros=zeros).p_value for unit in (1.0, factor)
        )
        assert plain == scaled


@settings(max_examples=30, deadline=None)
@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_rows_on_either_side_does_not_matter(rows, random):
    before, after = series(rows)
    ids = list(before.index)
    random.shuffle(ids)
    mixed, reversed_ = before.reindex(ids), after.reindex(list(reversed(ids)))
    for name, compute in ESTIMATES.items():
        assert equal(numbers(compute(before, after)), numbers(compute(mixed, reversed_))), name
    plain, shuffled = (
        paired.compare_ranks(*sides, zeros="pratt") for sides in ((before, after), (mixed, reversed_))
    )
    assert plain.p_value == shuffled.p_value


def test_pairs_are_matched_by_id_and_not_by_position():
    before = pd.Series([1.0, 2.0, 3.0], index=["a", "b", "c"])
    after = pd.Series([13.0, 12.0, 11.0], index=["c", "b", "a"])
    assert paired.compare_means(before, after).estimate == 10
    assert paired.compare_means(before, after).sd_change == 0


@pytest.mark.parametrize("zeros", ["wilcoxon", "pratt"])
def test_equal_changes_on_paper_tie_in_the_ranks(zeros):
    before, after = pd.Series([3.1, 4.2, 5.3, 1.0]), pd.Series([4.1, 5.2, 4.3, 3.0])  # 1.0, 1.0, -1.0, 2.0
    assert paired.compare_ranks(before, after, zeros=zeros).n_tied == 3


def test_a_change_that_is_binary_noise_is_a_zero():
    before, after = pd.Series([0.1 + 0.2, 1.0, 2.0]), pd.Series([0.3, 2.0, 4.0])
    assert paired.compare_ranks(before, after, zeros="wilcoxon").n_zero == 1


def test_resolution_rounds_changes_to_the_instruments_step():
    before, after = pd.Series([1.000, 2.0, 3.0]), pd.Series([1.004, 2.126, 3.25])
    assert paired.compare_ranks(before, after, zeros="wilcoxon", resolution=0.125).n_zero == 1
    assert paired.hodges_lehmann(before, after, resolution=0.125).estimate == 0.125
