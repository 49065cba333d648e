"""The exact signed-rank test and Hodges-Lehmann limits against plain enumeration of all sign patterns, n up to 10."""

from fractions import Fraction
from itertools import combinations_with_replacement, product

import numpy as np
import pandas as pd
import pytest

from analysis import paired

CHANGES = {
    "no ties, no zeros": [1.3, -0.4, 2.2, 3.1, -0.7, 5.0],
    "one zero": [0, 1.3, -0.4, 2.2, 3.1, -0.7],
    "ties across signs": [2, 2, 2, -2, 4, 4, -4, 2],
    "ties and zeros": [0.25, 0.125, -0.125, 0.375, 0.5, 0.25, 0, 0.25, -0.25, 0],
    "nearly all zero": [0, 0, 0, 0, 1],
    "all alike": [2, 2, 2, 2, 2],
    "one change": [-3],
    "ten, all up": list(range(1, 11)),
}


def pair(changes):
    ids = [f"P{row:02d}" for row in range(len(changes))]
    return pd.Series(np.full(len(changes), 16.0), index=ids), pd.Series(changes, index=ids) + 16.0


def midranks(values):
    """Twice the mean rank of each value, by counting."""
    return [2 * sum(b < a for b in values) + sum(b == a for b in values) + 1 for a in values]


def enumerated(changes, zeros, alternative):
    """P value over all sign patterns in whole numbers; ties by counting, zeros as named."""
    kept = [change for change in changes if change != 0] if zeros == "wilcoxon" else list(changes)
    ranks = midranks([abs(change) for change in kept])
    signed = [(rank, change > 0) for rank, change in zip(ranks, kept, strict=True) if change != 0]
    observed, total = sum(rank for rank, up in signed if up), sum(rank for rank, _ in signed)
    sums = [
        sum(rank for (rank, _), up in zip(signed, pattern, strict=True) if up)
        for pattern in product((0, 1), repeat=len(signed))
    ]
    as_extreme = {
        "two-sided": [abs(2 * one - total) >= abs(2 * observed - total) for one in sums],
        "greater": [one >= observed for one in sums],
        "less": [one <= observed for one in sums],
    }[alternative]
    return float(Fraction(sum(as_extreme), len(sums)))


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
@pytest.mark.parametrize("zeros", ["wilcoxon", "pratt"])
@pytest.mark.parametrize("case", CHANGES)
def test_exact_p_is_the_share_of_all_sign_patterns(case, zeros, alternative):
    test = paired.compare_ranks(*pair(CHANGES[case]), zeros=zeros, alternative=alternative)
    assert test.exact
    assert test.p_value == pytest.approx(enumerated(CHANGES[case], zeros, alternative), rel=1e-13)


@pytest.mark.parametrize("seed", range(40))
def test_exact_p_of_random_scores_is_the_share_of_all_sign_patterns(seed):
    random = np.random.default_rng(seed)
    changes = random.integers(-3, 4, size=random.integers(1, 10)).tolist()
    for zeros in ("wilcoxon", "pratt"):
        test = paired.compare_ranks(*pair(changes), zeros=zeros)
        assert test.p_value == pytest.approx(enumerated(changes, zeros, "two-sided"), rel=1e-13)


def plain_interval(changes, level):
    """Walsh averages sorted one by one; limits from the enumerated sum of ranks 1 ... n."""
    n = len(changes)
    sums = sorted(sum(rank for rank, up in zip(range(1, n + 1), pattern, strict=True) if up)
                  for pattern in product((0, 1), repeat=n))  # fmt: skip
    share = [sum(one <= w for one in sums) / 2**n for w in range(n * (n + 1) // 2 + 1)]
    order = max(next(w for w, p in enumerate(share) if p >= (1 - level) / 2 - 1e-12), 1)
    walsh = sorted((a + b) / 2 for a, b in combinations_with_replacement(changes, 2))
    return np.median(walsh), walsh[order - 1], walsh[-order], 1 - 2 * share[order - 1]


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("case", CHANGES)
def test_hodges_lehmann_limits_are_order_statistics_of_the_walsh_averages(case, level):
    shift = paired.hodges_lehmann(*pair(CHANGES[case]), confidence_level=level)
    expected = plain_interval(CHANGES[case], level)
    assert (shift.estimate, shift.conf_low, shift.conf_high, shift.achieved_level) == pytest.approx(
        expected, abs=1e-9
    )


@pytest.mark.parametrize("decimals", [1, 2, 8])
def test_large_samples_give_the_same_walsh_averages_without_forming_them_all(decimals):
    random = np.random.default_rng(decimals)
    changes = np.round(random.normal(1, 2, size=900), decimals)
    walsh = np.sort((changes[:, None] + changes)[np.triu_indices(900)] / 2)
    shift = paired.hodges_lehmann(*pair(changes), resolution=10.0**-decimals)
    n = len(walsh)
    expected = np.median(walsh), walsh[shift.order - 1], walsh[n - shift.order]
    assert (shift.estimate, shift.conf_low, shift.conf_high) == pytest.approx(expected, abs=1e-12)


def test_exact_tail_beyond_the_scaling_block_agrees_with_the_normal_approximation():
    random = np.random.default_rng(7)
    sides = pair(random.normal(0.02, 1, size=950))
    exact = paired.compare_ranks(*sides, zeros="pratt", exact_max=1000)
    normal = paired.compare_ranks(*sides, zeros="pratt", exact_max=300, continuity_correction=True)
    assert (exact.exact, normal.exact) == (True, False)
    assert exact.p_value == pytest.approx(normal.p_value, rel=5e-3)
