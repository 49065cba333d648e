"""Intervals of proportions: published cases, symmetry, shapes, and what is refused. R's values: test_r_statistics."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import proportions

ONE_SAMPLE = ["clopper_pearson", "wilson", "wilson_corrected", "midp", "jeffreys", "agresti_coull"]
PUBLISHED = [
    # k, n, Wilson, Clopper-Pearson (domain reference, D.7)
    (0, 20, (0, 0.161125), (0, 0.168433)),
    (1, 20, (0.008881, 0.236131), (0.001265, 0.248733)),
    (9, 20, (0.258198, 0.657915), (0.230578, 0.684722)),
    (12, 18, (0.437495, 0.837212), (0.409925, 0.866573)),
    (20, 20, (0.838875, 1), (0.831567, 1)),
    (57, 200, (0.226950, 0.351153), (0.223554, 0.352943)),
]
counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("k", "n", "score", "exact"), PUBLISHED)
def test_published_intervals(k, n, score, exact):
    for interval, expected in ((proportions.wilson(k, n), score), (proportions.clopper_pearson(k, n), exact)):
        assert (interval.conf_low, interval.conf_high) == pytest.approx(expected, abs=6e-7)
        assert interval.estimate == k / n


@pytest.mark.parametrize("name", ONE_SAMPLE)
@given(counts)
def test_intervals_hold_the_estimate_within_0_and_1_and_mirror_for_the_complement(name, count):
    k, n = count
    there, back = getattr(proportions, name)(k, n), getattr(proportions, name)(n - k, n)
    assert 0 <= there.conf_low <= there.estimate + 1e-12
    assert there.estimate - 1e-12 <= there.conf_high <= 1
    assert (there.conf_low, there.conf_high) == pytest.approx(
        (1 - back.conf_high, 1 - back.conf_low), abs=1e-9
    )


@given(counts)
def test_the_midp_interval_lies_within_the_exact_one_and_solves_its_equation(count):
    from scipy.stats import binom

    k, n = count
    midp, exact = proportions.midp(k, n), proportions.clopper_pearson(k, n)
    assert exact.conf_low <= midp.conf_low + 1e-12
    assert midp.conf_high <= exact.conf_high + 1e-12
    if k > 0:
        tail = binom.sf(k, n, midp.conf_low) + binom.pmf(k, n, midp.conf_low) / 2
        assert tail == pytest.approx(0.025, abs=1e-9)
    if k < n:
        tail = binom.cdf(k - 1, n, midp.conf_high) + binom.pmf(k, n, midp.conf_high) / 2
        assert tail == pytest.approx(0.025, abs=1e-9)


@pytest.mark.parametrize("name", ONE_SAMPLE)
def test_series_keep_their_index_and_missing_counts_stay_missing(name):
    k = pd.Series([3, None, 0], index=["a", "b", "c"], dtype="Int64")
    n = pd.Series([10, 10, 0], index=["a", "b", "c"])
    interval = getattr(proportions, name)(k, n)
    one = getattr(proportions, name)(3, 10)
    assert interval.estimate.index.tolist() == ["a", "b", "c"]
    assert interval.conf_low["a"] == one.conf_low
    for values in (interval.estimate, interval.conf_low, interval.conf_high):
        assert values.isna().tolist() == [False, True, True]


def test_arrays_and_one_denominator_for_all():
    interval = proportions.wilson(np.array([0, 5, 10]), 10)
    assert interval.conf_low.shape == (3,)
    assert interval.conf_high[2] == 1


def test_nobody_asked_has_no_proportion():
    assert math.isnan(proportions.wilson(0, 0).estimate)
    assert math.isnan(proportions.newcombe_difference(0, 0, 1, 2).conf_low)
    assert math.isnan(proportions.score_difference(0, 0, 1, 2).conf_low)


@pytest.mark.parametrize(
    ("k", "n", "level", "message"),
    [
        (3, 2, 0.95, "k: 1 counts are larger than n"),
        (-1, 2, 0.95, "k: expected whole numbers"),
        (0.5, 2, 0.95, "k: expected whole numbers"),
        (1, 2, 95, "confidence_level"),
        (pd.Series([1], index=["a"]), pd.Series([2], index=["b"]), 0.95, "share one index"),
    ],
)
def test_impossible_counts_are_refused(k, n, level, message):
    with pytest.raises(ValueError, match=message):
        proportions.wilson(k, n, confidence_level=level)


@pytest.mark.parametrize("name", ["newcombe_difference", "score_difference"])
def test_swapping_the_groups_negates_the_difference(name):
    compute = getattr(proportions, name)
    there, back = compute(8, 20, 2, 25), compute(2, 25, 8, 20)
    assert (there.estimate, there.conf_low, there.conf_high) == pytest.approx(
        (-back.estimate, -back.conf_high, -back.conf_low), abs=1e-9
    )


def test_the_score_limits_are_where_the_score_reaches_its_quantile():
    """The restricted likelihood is maximised here on a grid, plainly."""
    k1, n1, k2, n2 = 8, 20, 2, 20
    for limit in (lambda i: i.conf_low, lambda i: i.conf_high):
        delta = limit(proportions.score_difference(k1, n1, k2, n2))
        p2 = np.linspace(max(0, -delta), min(1, 1 - delta), 2_000_001)[1:-1]
        p1 = p2 + delta
        likelihood = k1 * np.log(p1) + (n1 - k1) * np.log1p(-p1) + k2 * np.log(p2) + (n2 - k2) * np.log1p(-p2)
        p1, p2 = p1[likelihood.argmax()], p2[likelihood.argmax()]
        score = (k1 / n1 - k2 / n2 - delta) / math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        assert abs(score) == pytest.approx(1.959964, abs=1e-5)
