"""Many endpoints at once give the numbers of the single functions."""

import numpy as np
import pandas as pd
import pytest

from analysis import paired

IDS = [f"P{row:02d}" for row in range(30)]


@pytest.fixture
def visits():
    """Endpoints with every trouble: ties, zeros, missing, constant, all zero, one pair, none; sides in other orders."""
    random = np.random.default_rng(11)
    before = pd.DataFrame(index=IDS)
    before["continuous"] = random.normal(5, 1, 30)
    before["haq_di"] = random.integers(0, 25, 30) / 8
    before["missing"] = np.where(random.random(30) < 0.3, np.nan, random.normal(50, 10, 30))
    before["still"] = 4.2
    before["constant"] = random.normal(3, 1, 30).round(1)
    before["flat_baseline"] = 5.0
    before["one_pair"] = [1.0] + [np.nan] * 29
    before["none"] = np.nan
    after = before + random.normal(-0.5, 1, before.shape)
    after["haq_di"] = (before["haq_di"] + random.integers(-4, 3, 30) / 8).clip(0, 3)
    after["still"], after["constant"] = 4.2, before["constant"] - 1
    late = pd.DataFrame(1.0, index=["P99"], columns=after.columns)
    return before, pd.concat([after.iloc[::-1, ::-1], late])


def singles(before, after, zeros):
    """The same row from the single functions."""
    mean, ranks = paired.compare_means(before, after), paired.compare_ranks(before, after, zeros=zeros)
    shift, share = (
        paired.hodges_lehmann(before, after),
        paired.probability_improved(before, after, higher_is_better=False),
    )
    row = {
        "n_pairs": mean.n_pairs, "n_missing": mean.n_missing, "n_zero": ranks.n_zero, "n_nonzero": ranks.n_nonzero,
        "mean_baseline": mean.mean_baseline, "sd_baseline": mean.sd_baseline, "mean_followup": mean.mean_followup,
        "sd_followup": mean.sd_followup, "mean_change": mean.estimate, "sd_change": mean.sd_change, "df": mean.df,
        "mean_conf_low": mean.conf_low, "mean_conf_high": mean.conf_high, "t": mean.statistic,
        "t_p_value": mean.p_value,
        "w_positive": ranks.statistic, "w_negative": ranks.sum_negative, "rank_p_value": ranks.p_value,
        "hl": shift.estimate, "hl_conf_low": shift.conf_low, "hl_conf_high": shift.conf_high,
        "hl_level": shift.achieved_level, "rank_exact": float(ranks.exact),
    }  # fmt: skip
    effects = paired.effect_sizes(before, after)
    sizes = {name: effects.loc[name] for name in effects.index}
    sizes |= {"rank_biserial": paired.rank_biserial(before, after), "probability_improved": share}
    for name, size in sizes.items():
        row |= {name: size.estimate, f"{name}_conf_low": size.conf_low, f"{name}_conf_high": size.conf_high}
    return pd.Series(row, dtype=float), mean.note, ranks.note


@pytest.mark.parametrize("zeros", ["wilcoxon", "pratt"])
def test_every_number_is_that_of_the_single_function(visits, zeros):
    before, after = visits
    table = paired.analyse_endpoints(before, after, higher_is_better=False, zeros=zeros)
    assert list(table.index) == list(before.columns)
    for name in before.columns:
        expected, t_note, rank_note = singles(before[name], after[name], zeros)
        found = table.loc[name, expected.index].astype(float)
        pd.testing.assert_series_equal(found, expected, check_names=False, rtol=1e-12, atol=1e-12)
        assert (table.loc[name, "t_note"], table.loc[name, "rank_note"]) == (t_note, rank_note)
    known = {"higher_is_better", "improved", "t_note", "rank_note"}
    assert set(table.columns) == known | set(expected.index)


def test_no_column_changes_the_numbers_of_another(visits):
    before, after = visits
    together = paired.analyse_endpoints(before, after, higher_is_better=False, zeros="pratt")
    for name in before.columns:
        alone = paired.analyse_endpoints(before[[name]], after[[name]], higher_is_better=False, zeros="pratt")
        pd.testing.assert_frame_equal(alone, together.loc[[name]], rtol=1e-13, check_dtype=False)


def test_direction_and_resolution_are_declared_per_endpoint(visits):
    before, after = (side[["continuous", "haq_di"]] for side in visits)
    table = paired.analyse_endpoints(
        before,
        after,
        higher_is_better={"continuous": True, "haq_di": False},
        zeros="pratt",
        resolution={"continuous": 0.5},
    )
    assert table["improved"].to_dict() == {"continuous": False, "haq_di": True}
    expected = paired.compare_ranks(before["continuous"], after["continuous"], zeros="pratt", resolution=0.5)
    assert table.loc["continuous", "rank_p_value"] == expected.p_value
    up = paired.probability_improved(
        before["continuous"], after["continuous"], higher_is_better=True, resolution=0.5
    )
    assert table.loc["continuous", "probability_improved"] == up.estimate


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda b, a: (b.drop(columns="haq_di"), a), r"1 endpoints are on one side only \(haq_di\)"),
        (lambda b, a: (pd.concat([b, b.iloc[:1]]), a), r"1 subject ids occur more than once \(P00\)"),
        (lambda b, a: (b["haq_di"], a), "expected a frame"),
        (lambda b, a: (b.assign(haq_di=np.inf), a), "endpoint haq_di: 30 infinite values"),
        (lambda b, a: (b.assign(haq_di="high"), a), "endpoint haq_di: expected numbers"),
    ],
)
def test_frames_that_cannot_be_paired_are_refused(visits, change, message):
    with pytest.raises(ValueError, match=message):
        paired.analyse_endpoints(*change(*visits), higher_is_better=True, zeros="pratt")


def test_an_endpoint_without_a_direction_is_refused(visits):
    with pytest.raises(ValueError, match=r"higher_is_better: not declared for 7 endpoints"):
        paired.analyse_endpoints(*visits, higher_is_better={"haq_di": False}, zeros="pratt")


def test_batched_bootstrap_gives_the_limits_of_the_single_one(visits):
    before, after = (side[["continuous", "haq_di", "missing", "constant"]] for side in visits)
    table = paired.bootstrap_endpoints(before, after, statistic="d_av", seed=5, n_resamples=499)
    for name in before.columns:
        one = paired.bootstrap_change(before[name], after[name], statistic="d_av", seed=5, n_resamples=499)
        assert table.loc[name, "estimate"] == pytest.approx(one.estimate, nan_ok=True)
        assert table.loc[name, "conf_low"] == pytest.approx(one.conf_low, nan_ok=True)
        assert table.loc[name, "n_pairs"] == one.n_pairs
