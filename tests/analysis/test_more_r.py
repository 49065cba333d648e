"""Competing reasons, weighted means, conditional power and correlation: values of R (tests/analysis/r/more.R)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from estimators import LEVEL, PLAIN, by_statistic

from analysis import design, survival, weighting
from analysis.summaries import general

R = json.loads((Path(__file__).parent / "r" / "more.json").read_text(encoding="utf-8"))
DATA = pd.DataFrame(R["data"])


@pytest.mark.parametrize("reason", R["competing"])
def test_incidence_of_competing_reasons(reason):
    curve = survival.cumulative_incidence(DATA["time"], DATA["reason"], **LEVEL).curve
    own = curve[curve["reason"].eq(reason)]
    at = pd.DataFrame([own[own["time"].le(time)].iloc[-1] for time in R["at"]])
    theirs, limits = R["competing"][reason], R["limits"][reason]
    assert at["estimate"].tolist() == pytest.approx(theirs["estimate"], rel=1e-10)
    # R's error is the infinitesimal jackknife, ours Greenwood's kind: one thing in large samples.
    assert at["se"].tolist() == pytest.approx(theirs["se"], rel=0.02)
    for end in ("conf_low", "conf_high"):
        assert at[end].tolist() == pytest.approx(limits[end], rel=0.02)


def test_weighted_mean_of_those_who_stayed():
    options = {"covariates": ["age", "sex"], "stabilised": True, "truncate": (0.05, 0.95)}
    weights = weighting.derive_retention_weights(DATA[["age", "sex", "stays"]], retained="stays", **options)
    theirs = R["weighted"]
    assert weights.weights.dropna()[:5].tolist() == pytest.approx(theirs["weights_first"], rel=1e-6)
    found = weighting.weighted_mean(DATA["y"], weights.weights, **LEVEL)
    assert found.estimate == pytest.approx(theirs["estimate"], rel=1e-8)
    assert (found.conf_high - found.conf_low) / (2 * 1.959963985) == pytest.approx(theirs["se"], rel=0.02)


def test_power_given_a_look_is_that_of_a_million_remainders():
    """Standard error of the simulated powers: 0.0005."""
    given = {"information": 0.5, "critical": 1.96}
    found = {
        "trend": design.conditional_power(1.2, **given),
        "planned": design.conditional_power(1.2, **given, drift=2.8),
        "predictive": design.predictive_power(1.2, **given),
    }
    assert found == pytest.approx(R["power"], abs=0.002)


def test_rank_correlation_and_agreement():
    shown = {"study": PLAIN, "population": "ALL"}
    correlated = by_statistic(general.correlate(DATA, variables=["age", "y"], **shown))
    assert {name: correlated[name] for name in R["spearman"]} == pytest.approx(R["spearman"], rel=1e-10)
    agreed = by_statistic(general.agreement(DATA["age"], DATA["y"], **shown, name="age, y"))
    assert {name: agreed[name] for name in R["agreement"]} == pytest.approx(R["agreement"], rel=1e-10)
    assert not np.isnan(agreed["conf_high"])
