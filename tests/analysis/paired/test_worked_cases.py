"""The worked cases of the domain reference, part D (improvement there is baseline minus follow-up)."""

import numpy as np
import pandas as pd
import pytest

from analysis import paired

CDASI = (
    [22, 18, 30, 25, 14, 27, 19, 33, 21, 16, 24, 28],
    [12, 15, 18, 25, 10, 20, 19, 20, 15, 18, 14, 21],
)  # A: ties and zeros
DAS28 = (
    [5.66, 6.12, 4.98, 7.03, 5.21, 6.48, 4.75, 5.90, 6.77, 5.35],
    [3.21, 4.90, 4.31, 4.87, 5.05, 3.98, 4.92, 3.64, 4.11, 4.93],
)  # B: no ties
TIED = ([2, 2, 2, -2, 4, 4, -4, 2, 0, 0, 6, 2, -2, 4], [0] * 14)  # C
HAQ = (
    [0.25, 0.125, -0.125, 0.375, 0.5, 0.25, 0, 0.25, -0.25, 0.625, 0.375, 0, 0.125, 0.5, -0.125, 0.25],
    [0] * 16,
)  # D
CASES = {"A": CDASI, "B": DAS28, "C": TIED, "D": HAQ}


def improvement(case):
    """Sides swapped, so that positive is improvement as in the reference."""
    before, after = CASES[case]
    return pd.Series(after, dtype=float), pd.Series(before, dtype=float)


T_CASES = """
  mean      sd        t         df  p           low        high
A 5.833333  4.932883  4.096440  11  0.00177006   2.699129  8.967538
B 1.433000  1.092124  4.149295   9  0.00248699   0.651742  2.214258
C 1.428571  2.765565  1.932778  13  0.0753455   -0.168218  3.025361
D 0.195312  0.249870  3.126629  15  0.00692972   0.062166  0.328459
"""
RANK_CASES = """
  zeros     n   w_up   w_down  two_sided     one_sided    asymptotic   corrected
A wilcoxon  10  54     1       0.00390625    0.001953125  0.006837744  0.007963489
A pratt     10  72     3       0.00390625    0.001953125  0.006548339  -
B wilcoxon  10  53     2       0.005859375   0.0029296875 0.009344113  0.010826921
B pratt     10  53     2       0.005859375   0.0029296875 0.009344113  0.010826921
C wilcoxon  12  60.5   17.5    0.10888671875 0.054443359  0.08343129   0.09086425
C pratt     12  78.5   23.5    0.0947265625  0.047363281  0.07847465   -
D wilcoxon  14  93     12      0.0089111328  0.004455566  0.01038538   0.01137093
D pratt     14  115    18      0.0114746094  0.005737305  0.01154796   -
"""
SHIFT_CASES = """
  zeros  hl      low     high    order  level
A keep   6.0     2.5     9.5     14     0.957520
A drop   7.0     4.0     10.0    9      0.951172
B keep   1.415   0.525   2.380   9      0.951172
C keep   2.0     0.0     3.0     22     0.950562
D keep   0.1875  0.0625  0.3125  30     0.955688
"""
SIGN_CASES = """
  up  down  p
A 9   1     0.021484375
B 9   1     0.021484375
C 9   3     0.145996
D 11  3     0.057373
"""
EFFECT_CASES = """
  d_z       d_z_low   d_z_high  g_z       d_av      d_av_rms  d_rm      es_baseline  rank_biserial
A 1.182540  0.420266  1.914551  1.099715  1.165601  1.150906  1.116654  1.004558     0.963636
B 1.312122  0.433566  2.154207  1.199116  2.026890  2.018309  2.020991  1.855596     0.927273
"""
MCNEMAR_CASES = """
b   c  exact     midp      chi2      corrected
9   2  0.065430  0.038574  0.034808  0.070440
8   1  0.039062  0.021484  0.019631  0.045500
5   0  0.062500  0.031250  0.025347  0.073638
12  3  0.035156  0.021271  0.020137  0.038867
6   6  1         1         1         0.772830
1   0  1         0.5       0.317311  1
"""


def drawn(table):
    """Rows of a table drawn as text, numbers as floats."""
    header, *rows = (line.split() for line in table.strip().splitlines())
    names = header if len(header) == len(rows[0]) else ["case", *header]
    return [dict(zip(names, map(cell, row), strict=True)) for row in rows]


def cell(text):
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("row", drawn(T_CASES), ids=lambda row: row["case"])
def test_paired_t(row):
    test = paired.compare_means(*improvement(row["case"]))
    assert test.df == row["df"]
    assert [test.estimate, test.sd_change, test.statistic, test.conf_low, test.conf_high] == pytest.approx(
        [row[key] for key in ("mean", "sd", "t", "low", "high")], abs=6e-7
    )
    assert test.p_value == pytest.approx(row["p"], rel=1e-5)


@pytest.mark.parametrize("row", drawn(RANK_CASES), ids=lambda row: f"{row['case']} {row['zeros']}")
def test_signed_rank(row):
    sides, zeros = improvement(row["case"]), row["zeros"]
    test = paired.compare_ranks(*sides, zeros=zeros)
    assert (test.n_nonzero, test.statistic, test.sum_negative) == (row["n"], row["w_up"], row["w_down"])
    assert test.p_value == pytest.approx(row["two_sided"], abs=6e-11)
    one_sided = paired.compare_ranks(*sides, zeros=zeros, alternative="greater")
    assert one_sided.p_value == pytest.approx(row["one_sided"], abs=6e-10)
    asymptotic = paired.compare_ranks(*sides, zeros=zeros, exact_max=0)
    assert asymptotic.p_value == pytest.approx(row["asymptotic"], abs=6e-9)
    if row["corrected"] != "-":
        corrected = paired.compare_ranks(*sides, zeros=zeros, exact_max=0, continuity_correction=True)
        assert corrected.p_value == pytest.approx(row["corrected"], abs=6e-9)


@pytest.mark.parametrize("row", drawn(SHIFT_CASES), ids=lambda row: f"{row['case']} {row['zeros']}")
def test_hodges_lehmann(row):
    shift = paired.hodges_lehmann(*improvement(row["case"]), zeros=row["zeros"])
    expected = [row[key] for key in ("hl", "low", "high", "order", "level")]
    found = [shift.estimate, shift.conf_low, shift.conf_high, shift.order, shift.achieved_level]
    assert found == pytest.approx(expected, abs=6e-7)


@pytest.mark.parametrize("row", drawn(SIGN_CASES), ids=lambda row: row["case"])
def test_sign_test(row):
    test = paired.sign_test(*improvement(row["case"]))
    assert (test.n_positive, test.n_negative) == (row["up"], row["down"])
    assert test.p_value == pytest.approx(row["p"], abs=6e-7)


@pytest.mark.parametrize("row", drawn(EFFECT_CASES), ids=lambda row: row["case"])
def test_effect_sizes(row):
    sides = improvement(row["case"])
    found = paired.effect_sizes(*sides)
    for name in ("d_z", "g_z", "d_av", "d_av_rms", "d_rm"):
        assert found.loc[name, "estimate"] == pytest.approx(row[name], abs=6e-7), name
    assert found.loc["d_z", ["conf_low", "conf_high"]].tolist() == pytest.approx(
        [row["d_z_low"], row["d_z_high"]], abs=6e-7
    )
    by_baseline = paired.baseline_effect_size(*reversed(sides)).estimate  # the SD is that of the first visit
    assert -by_baseline == pytest.approx(row["es_baseline"], abs=6e-7)
    assert paired.rank_biserial(*sides).estimate == pytest.approx(row["rank_biserial"], abs=6e-7)


def test_interval_of_the_corrected_effect_size_is_the_corrected_interval():
    effect = paired.hedges_gz(*improvement("A"))
    assert (effect.conf_low, effect.conf_high) == pytest.approx((0.390831, 1.780457), abs=2e-6)


def test_correlation_of_the_visits():
    assert paired.describe_change(*improvement("A")).correlation == pytest.approx(0.554164, abs=6e-7)
    assert paired.describe_change(*improvement("B")).correlation == pytest.approx(-0.186179, abs=6e-7)


@pytest.mark.parametrize("row", drawn(MCNEMAR_CASES), ids=lambda row: f"{row['b']:g}-{row['c']:g}")
def test_mcnemar(row):
    table = paired.PairedTable(kept=4, lost=int(row["c"]), gained=int(row["b"]), never=9)
    found = [
        paired.mcnemar_exact(table).p_value,
        paired.mcnemar_midp(table).p_value,
        paired.mcnemar_asymptotic(table).p_value,
    ]
    assert found == pytest.approx([row["exact"], row["midp"], row["chi2"]], abs=6e-7)
    if (
        row["b"] != row["c"]
    ):  # with b = c the corrected statistic is 0 here as in R, 1/(b + c) in the reference's program
        corrected = paired.mcnemar_asymptotic(table, continuity_correction=True)
        assert corrected.p_value == pytest.approx(row["corrected"], abs=6e-7)


@pytest.mark.parametrize(
    ("gained", "lost", "n", "difference", "low", "high"),
    [
        (9, 2, 50, 0.14, 0.011662, 0.277862),
        (8, 1, 20, 0.35, 0.065990, 0.584532),
        (5, 0, 20, 0.25, 0.048594, 0.468701),
    ],
)
def test_tango(gained, lost, n, difference, low, high):
    interval = paired.tango_difference(paired.PairedTable(0, lost, gained, n - lost - gained))
    assert (interval.estimate, interval.conf_low, interval.conf_high) == pytest.approx(
        (difference, low, high), abs=6e-7
    )


def test_responders_by_the_missing_rule():
    flags = pd.Series([True] * 9 + [False] * 7 + [None] * 4, dtype="boolean")
    nri, observed = (paired.responder_rate(flags, missing=rule) for rule in ("non_response", "exclude"))
    assert (nri.estimate, nri.n, nri.n_missing, observed.estimate, observed.n) == (0.45, 20, 4, 0.5625, 16)
    assert (nri.conf_low, nri.conf_high) == pytest.approx((0.258198, 0.657915), abs=6e-7)


@pytest.mark.parametrize(("after", "responds"), [(3.21, False), (3.20, True), (3.19, True)])
def test_the_minimal_difference_itself_counts_as_response(after, responds):
    flags = paired.flag_responders(
        pd.Series({"a": 4.4}), pd.Series({"a": after}), minimal_difference=1.2, higher_is_better=False
    )
    assert flags["a"] == responds


def test_responders_need_to_be_subjects():
    sides = pd.Series({"a": 4.4}), pd.Series({"a": 3.0})
    with pytest.raises(ValueError, match=r"1 ids are not among the subjects \(z\)"):
        paired.flag_responders(*sides, minimal_difference=1.2, higher_is_better=False, failures=["z"])
    with pytest.raises(ValueError, match="positive"):
        paired.flag_responders(*sides, minimal_difference=0, higher_is_better=False)


def test_roots_satisfy_their_defining_equations():
    from scipy.special import betainc, nctdtr

    ratio = paired.odds_ratio_midp(paired.PairedTable(44, 13, 23, 38))
    for limit, tail in ((ratio.conf_low, 0.025), (ratio.conf_high, 0.975)):
        share = limit / (1 + limit)
        assert (betainc(23, 14, share) + betainc(24, 13, share)) / 2 == pytest.approx(tail, abs=1e-12)
    effect = paired.cohen_dz(*improvement("A"))
    t, root = effect.estimate * np.sqrt(12), np.sqrt(12)
    for limit, below in ((effect.conf_low, 0.975), (effect.conf_high, 0.025)):
        assert nctdtr(11, limit * root, t) == pytest.approx(below, abs=1e-12)
