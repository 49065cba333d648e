"""No pair, one pair, no change, all the same change, a side missing, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import paired

EMPTY = pd.Series([], dtype=float), pd.Series([], dtype=float)
APART = pd.Series([1.0], index=["a"]), pd.Series([2.0], index=["b"])
ONE = pd.Series([5.0], index=["a"]), pd.Series([4.0], index=["a"])
STILL = pd.Series([4.2] * 6), pd.Series([4.2] * 6)
CONSTANT = pd.Series([1.1, 2.1, 3.1]), pd.Series([3.1, 4.1, 5.1])  # each + 2.0, but for binary noise


@pytest.mark.parametrize("sides", [EMPTY, APART], ids=["empty", "no shared subject"])
def test_without_a_pair_everything_is_missing_and_nothing_fails(sides):
    results = [
        paired.compare_means(*sides),
        paired.compare_ranks(*sides, zeros="pratt"),
        paired.hodges_lehmann(*sides),
        paired.median_change(*sides),
        paired.sign_test(*sides),
        paired.cohen_dz(*sides),
        paired.cohen_dav(*sides),
        paired.rank_biserial(*sides),
        paired.probability_improved(*sides, higher_is_better=True),
        paired.bootstrap_change(*sides, statistic="d_av", seed=1),
    ]
    for result in results:
        assert (result.n_pairs, result.n_missing) == (0, sum(map(len, sides)))
        for name in ("estimate", "conf_low", "conf_high", "p_value"):
            assert math.isnan(getattr(result, name, math.nan)), (type(result), name)
    assert math.isnan(paired.describe_change(*sides).median_change)


def test_one_pair_has_an_estimate_but_no_t_test():
    mean, ranks = paired.compare_means(*ONE), paired.compare_ranks(*ONE, zeros="wilcoxon")
    assert (mean.estimate, mean.df, mean.note) == (-1, 0, "one pair: no spread, no test")
    assert math.isnan(mean.p_value)
    assert math.isnan(mean.conf_low)
    assert (ranks.p_value, ranks.statistic) == (1.0, 0.0)
    shift = paired.hodges_lehmann(*ONE)
    assert (shift.estimate, shift.conf_low, shift.conf_high, shift.achieved_level) == (-1, -1, -1, 0)
    assert shift.note == "1 pairs reach only 0.00 %, not 95 %"


def test_no_change_at_all_is_p_1_for_ranks_and_undefined_for_t():
    mean = paired.compare_means(*STILL)
    assert (mean.estimate, mean.note) == (0, "all changes are equal: no spread, no t test")
    assert math.isnan(mean.p_value)
    for zeros in ("wilcoxon", "pratt"):
        ranks = paired.compare_ranks(*STILL, zeros=zeros)
        assert (ranks.p_value, ranks.n_zero, ranks.n_nonzero) == (1.0, 6, 0)
        assert math.isnan(ranks.z)
    assert paired.compare_ranks(*STILL, zeros="pratt", exact_max=-1).p_value == 1.0
    assert paired.sign_test(*STILL).p_value == 1.0
    assert math.isnan(paired.rank_biserial(*STILL).estimate)
    assert paired.probability_improved(*STILL, higher_is_better=True).estimate == 0.5


def test_the_same_change_in_everybody_gives_no_t_however_it_is_stored():
    mean = paired.compare_means(*CONSTANT)
    assert (mean.sd_change, mean.note) == (0, "all changes are equal: no spread, no t test")
    assert math.isnan(mean.statistic)
    assert math.isnan(paired.cohen_dz(*CONSTANT).estimate)
    assert paired.compare_ranks(*CONSTANT, zeros="wilcoxon").n_tied == 3
    assert math.isnan(paired.bootstrap_change(*CONSTANT, statistic="mean", seed=1).conf_low)


def test_missing_values_and_absent_subjects_are_counted_and_listed():
    #                    a    b     c    d         b and c miss a value, d and e a visit
    before = pd.Series([1.0, None, 3.0, 4.0], index=list("abcd"))
    after = pd.Series([2.0, 2.0, None, 5.0], index=list("abce"))
    pairs = paired.match_pairs(before, after)
    assert (pairs.n_pairs, pairs.n_missing, pairs.unpaired) == (1, 4, ("b", "c", "d", "e"))
    assert paired.compare_means(before, after).n_missing == 4


@pytest.mark.parametrize("dtype", ["Float64", "Int64", "float32", "object"])
def test_any_numeric_column_type_is_read(dtype):
    before = pd.Series([1, 2, 3, 4], dtype=dtype)
    after = pd.Series([2, 4, 3, 7], dtype=dtype)
    assert paired.compare_means(before, after).estimate == 1.5


def test_repeated_subjects_are_refused_by_name():
    before = pd.Series([1.0, 2.0, 3.0], index=["P01", "P02", "P02"])
    with pytest.raises(ValueError, match=r"baseline: 1 subject ids occur more than once \(P02\)"):
        paired.compare_means(before, before)


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (([1.0, 2.0], [2.0, 3.0]), "expected a Series indexed by subject id, got list"),
        ((pd.Series([1.0], index=[None]), ONE[1]), "1 rows have no subject id"),
        ((pd.Series([np.inf], index=["a"]), ONE[1]), "1 infinite values"),
        ((pd.Series(["high"], index=["a"]), ONE[1]), "expected numbers"),
        ((pd.Series([1.0], index=["1"]), pd.Series([1.0], index=[1])), "no subject id occurs on both sides"),
    ],
)
def test_input_that_cannot_be_paired_is_refused(sides, message):
    with pytest.raises(ValueError, match=message):
        paired.match_pairs(*sides)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: paired.compare_means(*ONE, confidence_level=95), "between 0 and 1"),
        (lambda: paired.compare_ranks(*ONE, zeros="drop"), "zeros: expected one of wilcoxon, pratt"),
        (lambda: paired.compare_ranks(*ONE, zeros="pratt", alternative="both"), "alternative"),
        (lambda: paired.hodges_lehmann(*ONE, zeros="pratt"), "zeros: expected one of keep, drop"),
        (lambda: paired.compare_ranks(*ONE, zeros="pratt", resolution=0), "resolution"),
        (lambda: paired.PairedTable(1, -1, 0, 0), "lost: expected a count"),
        (lambda: paired.compare_proportions(*ONE), "expected yes/no"),
        (lambda: paired.bootstrap_change(*ONE, statistic="median", seed=1), "statistic: expected one of"),
    ],
)
def test_unknown_choices_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_results_cannot_be_changed():
    with pytest.raises(AttributeError):
        paired.compare_means(*ONE).estimate = 0


def test_five_changes_are_said_to_be_too_few_for_significance_and_six_are_not():
    sides = pd.Series(np.zeros(6)), pd.Series(np.arange(1.0, 7))
    six = paired.compare_ranks(*sides, zeros="wilcoxon")
    five = paired.compare_ranks(*(side[:5] for side in sides), zeros="wilcoxon")
    assert (six.p_value, six.note) == (0.03125, "")
    assert (five.p_value, five.note) == (0.0625, "5 non-zero changes cannot reach p < 0.05 two-sided")


def test_exactness_changes_at_the_stated_number_of_changes():
    sides = pd.Series(np.zeros(21)), pd.Series(np.arange(-5.0, 16))  # 20 non-zero changes
    tests = {limit: paired.compare_ranks(*sides, zeros="wilcoxon", exact_max=limit) for limit in (19, 20)}
    assert (tests[19].exact, tests[20].exact) == (False, True)
    assert "normal approximation" in tests[19].method
    assert "exact conditional distribution" in tests[20].method
