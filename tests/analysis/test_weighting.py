"""Loss to follow-up: tests by hand, weights that restore the whole cohort, edges."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import weighting

NA = np.nan


def no_interval(events, n, *, confidence_level):
    return SimpleNamespace(conf_low=0.0, conf_high=1.0)


def loss(frame):
    return weighting.loss_by_exposure(
        frame, lost="lost", exposure="drug", interval=no_interval, confidence_level=0.95
    )


def test_loss_per_group_and_its_tests():
    two = pd.DataFrame(
        {"drug": ["a"] * 10 + ["b"] * 10, "lost": [True] * 8 + [False] * 2 + [True] * 2 + [False] * 8}
    )
    found = loss(two)
    assert found.groups["estimate"].tolist() == [0.8, 0.2]
    # tables as rare as this one: 0, 1, 2, 8, 9 or 10 of the lost in group a
    assert found.p_value == pytest.approx(2 * (45**2 + 10**2 + 1**2) / math.comb(20, 10))
    three = pd.concat([two, pd.DataFrame({"drug": ["c"] * 10, "lost": [True] * 5 + [False] * 5})])
    found = loss(three)
    assert (found.statistic, found.df) == (pytest.approx(7.2), 2)  # (3^2 + 3^2 + 0) / 5 * 2


def test_missing_rows_are_counted_and_no_test_is_no_test():
    frame = pd.DataFrame(
        {"drug": ["a", "b", None, "a"], "lost": pd.array([False, False, True, None], "boolean")}
    )
    found = loss(frame)
    assert found.n_missing == 2
    assert np.isnan(found.p_value)
    assert "No test" in found.method


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(10)
    n = 400
    activity = rng.normal(size=n)
    seen = rng.random(n) < 1 / (1 + np.exp(-1 + 1.2 * activity))  # active disease leaves
    change = -2 + 0.8 * activity + rng.normal(0, 0.5, n)
    return pd.DataFrame(
        {"activity": activity, "site": rng.choice(list("xy"), n), "seen": seen, "change": change}
    )


def weights_of(cohort, **options):
    options = {"stabilised": True, "covariates": ["activity", "site"]} | options
    return weighting.derive_retention_weights(cohort, retained="seen", **options)


def test_weights_restore_the_whole_cohort(cohort):
    found = weights_of(cohort)
    balance = weighting.covariate_balance(cohort, found, covariates=["activity", "site"]).set_index("term")
    assert abs(balance.loc["activity", "difference"]) > 0.2
    assert abs(balance.loc["activity", "difference_weighted"]) < 0.05
    observed = cohort["change"].where(cohort["seen"])
    weighted = weighting.weighted_mean(observed, found.weights, confidence_level=0.95)
    truth = cohort["change"].mean()
    assert abs(weighted.estimate - truth) < 0.5 * abs(observed.mean() - truth)
    assert weighted.conf_low < truth < weighted.conf_high


def test_stabilised_weights_average_about_one_and_others_the_inverse_share(cohort):
    stabilised, plain = weights_of(cohort), weights_of(cohort, stabilised=False)
    assert stabilised.mean == pytest.approx(1, abs=0.1)
    np.testing.assert_allclose(stabilised.weights, plain.weights * cohort["seen"].mean())
    assert plain.effective_n == pytest.approx(stabilised.effective_n)
    assert plain.effective_n < plain.n_retained


def test_cut_weights_say_so(cohort):
    cut = weights_of(cohort, truncate=(0.05, 0.95))
    assert cut.largest < weights_of(cohort).largest
    assert "cut at quantiles 0.05 and 0.95" in cut.method


def test_lost_and_incomplete_subjects_have_no_weight(cohort):
    holes = cohort.assign(activity=cohort["activity"].where(cohort.index >= 20))
    found = weights_of(holes)
    assert found.n_missing == 20
    assert found.weights.notna().sum() == found.n_retained == holes.loc[20:, "seen"].sum()
    assert found.n_retained + found.n_lost + found.n_missing == len(cohort)


def test_equal_weights_give_the_plain_mean():
    values = pd.Series([1.0, 2, 3, 4, NA])
    found = weighting.weighted_mean(values, pd.Series([2.0] * 5), confidence_level=0.95)
    assert (found.estimate, found.n, found.n_missing) == (2.5, 4, 1)
    assert found.se == pytest.approx(np.sqrt(values.var() * 3 / 4 / 4))
    share = weighting.weighted_mean(
        pd.Series([True, False, None], dtype="boolean"), pd.Series([3.0, 1.0, 1.0]), confidence_level=0.95
    )
    assert share.estimate == 0.75


def test_weights_that_cannot_be_are_refused(cohort):
    with pytest.raises(ValueError, match="nothing to weight"):
        weights_of(cohort.assign(seen=True))
    with pytest.raises(ValueError, match="do not vary"):
        weights_of(cohort.assign(site="x", activity=1.0), covariates=["activity"])
    with pytest.raises(ValueError, match="decides loss completely"):
        weights_of(cohort.assign(gone=cohort["seen"] * 1.0), covariates=["gone"])
    with pytest.raises(ValueError, match="share one index"):
        weighting.weighted_mean(pd.Series([1.0]), pd.Series([1.0], index=[3]), confidence_level=0.95)
    with pytest.raises(ValueError, match="two subjects"):
        weighting.weighted_mean(pd.Series([1.0, NA]), pd.Series([1.0, 1.0]), confidence_level=0.95)
