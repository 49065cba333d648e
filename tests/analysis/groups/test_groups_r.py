"""Differences between groups against R (values and script in tests/analysis/r)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import groups, longitudinal, survival

OF_R = json.loads((Path(__file__).parents[1] / "r" / "groups.json").read_text(encoding="utf-8"))
TRIAL = pd.DataFrame(OF_R["trial"])
GIVEN = {"group": "arm", "reference": "a", "confidence_level": 0.95}


def limits(found):
    return [found.conf_low, found.conf_high]


@pytest.mark.parametrize("row", OF_R["counts"], ids=lambda row: "-".join(map(str, row["counts"])))
def test_responders_of_two_groups(row):
    counts = row["counts"]
    assert limits(groups.newcombe(*counts, confidence_level=0.95)) == pytest.approx(row["newcombe"], abs=1e-9)
    score = groups.miettinen_nurminen_difference(*counts, confidence_level=0.95)
    for found, expected in zip(limits(score), row["mn"], strict=True):
        assert expected in ("NA", None) or found == pytest.approx(expected, abs=1e-8)
    assert score.p_value == pytest.approx(row["mn_p"], rel=1e-7)
    ratio = groups.risk_ratio(*counts, confidence_level=0.95)
    for found, expected in zip(limits(ratio), row["ratio"], strict=True):
        assert expected in ("NA", None) or found == pytest.approx(expected, rel=1e-6)
    assert groups.fisher_test(*counts) == pytest.approx(row["fisher_p"], rel=1e-7)
    odds = groups.exact_odds_ratio(*counts, confidence_level=0.95)
    expected = [np.inf if value is None else value for value in row["odds_ratio"]]  # JSON has no infinity
    # fisher.test stops its root finder early: limits are good to about 1e-3
    assert [odds.estimate, *limits(odds)] == pytest.approx(expected, rel=2e-3)
    assert groups.exact_unconditional(*counts) == pytest.approx(row["boschloo"], rel=1e-7)


@pytest.mark.parametrize("name", OF_R["ranks"])
def test_ranks_of_two_groups(name):
    row = OF_R["ranks"][name]
    found = groups.mann_whitney_exact(row["a"], row["b"])
    assert (found.statistic, found.p_value) == pytest.approx((row["W"], row["p"]), rel=1e-7)
    assert found.p_value == pytest.approx(row["coin"], rel=1e-7)
    shift = groups.hodges_lehmann_shift(row["a"], row["b"], confidence_level=0.95)
    if row.get("shift"):
        assert [shift.estimate, *limits(shift)] == pytest.approx(row["shift"], rel=1e-9)


def test_strata():
    found = groups.cochran_mantel_haenszel(TRIAL, response="good", strata="site", **GIVEN)
    expected = OF_R["cmh"]
    assert (found.statistic, found.p_value) == pytest.approx((expected["statistic"], expected["p"]), rel=1e-9)
    assert [found.odds_ratio, found.odds_ratio_low, found.odds_ratio_high] == pytest.approx(
        expected["odds_ratio"], rel=1e-9
    )
    assert [found.estimate, *limits(found)] == pytest.approx(expected["difference"], rel=1e-9)


def test_subgroups_of_means():
    found = groups.subgroup_effects(
        TRIAL, response="y", subgroup="sex", covariates=["base"], family="gaussian", **GIVEN
    )
    table, expected = found.effects.set_index("subgroup"), OF_R["subgroups"]
    columns = ["estimate", "conf_low", "conf_high", "p_value"]
    for level in ("f", "m"):
        assert table.loc[level, columns].tolist() == pytest.approx(expected[level], rel=1e-8)
    assert table.loc["all", columns[:3]].tolist() == pytest.approx(expected["overall"], rel=1e-8)
    assert [found.statistic, found.p_value] == pytest.approx(expected["interaction"], rel=1e-8)


def test_subgroups_of_responders():
    found = groups.subgroup_effects(TRIAL, response="good", subgroup="sex", family="binomial", **GIVEN)
    assert [found.statistic, found.p_value] == pytest.approx(OF_R["subgroups"]["binomial"], rel=1e-7)


@pytest.mark.parametrize("weights", ["equal", "observed"])
def test_least_squares_means_and_their_difference(weights):
    model = longitudinal.ancova(
        TRIAL, response="y", covariates=["base", "sex"], errors="classical", weights=weights, **GIVEN
    )
    expected = OF_R["ancova"]["proportional" if weights == "observed" else "equal"]
    means = model.adjusted_means.set_index("group").loc[["a", "b"]]
    assert means["estimate"].tolist() == pytest.approx(expected["estimate"], rel=1e-9)
    assert means["se"].tolist() == pytest.approx(expected["se"], rel=1e-9)
    row = model.differences.iloc[0]
    assert row["group"] == "b - a"
    columns = ["estimate", "se", "conf_low", "conf_high", "p_value"]
    assert row[columns].tolist() == pytest.approx(OF_R["ancova"]["difference"], rel=1e-8)


def test_log_rank_within_strata():
    given = (TRIAL["time"], TRIAL["event"], TRIAL["arm"])
    for strata, name in ((None, "plain"), (TRIAL["site"], "stratified")):
        found = survival.log_rank(*given, strata=strata)
        assert [found.statistic, found.p_value] == pytest.approx(OF_R["log_rank"][name], rel=1e-8)


@pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
def test_proportional_hazards(transform):
    rows = TRIAL.assign(drug=TRIAL["arm"].eq("b").astype(float))
    table = survival.check_proportional_hazards(
        rows, time="time", event="event", covariates=["drug", "base"], transform=transform
    )
    expected = np.array(OF_R["zph"][transform])
    np.testing.assert_allclose(table[["statistic", "df", "p_value"]], expected, rtol=1e-5)


def test_restricted_means():
    expected = np.array(OF_R["restricted"])
    for arm, row in zip("ab", expected, strict=True):
        part = TRIAL[TRIAL["arm"].eq(arm)]
        found = survival.restricted_mean(part["time"], part["event"], limit=20, confidence_level=0.95)
        assert [found.estimate, found.se] == pytest.approx(row, rel=1e-9)
    both = survival.compare_restricted_means(
        TRIAL["time"], TRIAL["event"], TRIAL["arm"], reference="a", limit=20, confidence_level=0.95
    )
    assert both.estimate == pytest.approx(expected[1, 0] - expected[0, 0], rel=1e-9)
    assert both.se == pytest.approx(np.hypot(*expected[:, 1]), rel=1e-9)


def test_interval_censored_times():
    row = OF_R["interval_censored"]
    found = survival.turnbull(row["left"], row["right"])
    # R gives the curve at the middle of each place; what is common is its height between the places
    heights = sorted({round(value, 6) for value in row["surv"]}, reverse=True)
    ours = [round(value, 6) for value in found.curve["survival"] if value > 0]
    assert ours == pytest.approx(heights, abs=2e-4)
