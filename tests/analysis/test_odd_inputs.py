"""Odd inputs of kinds that the walk over all estimators does not make: the right answer, or a refusal that says why."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from estimators import LEVEL, VISITS, World
from scipy import stats

from analysis import (
    categories,
    design,
    groups,
    longitudinal,
    missing,
    mmrm,
    multiplicity,
    paired,
    phenotypes,
    prediction,
    proportions,
    rates,
    survival,
    weighting,
)
from analysis.firth import firth_logistic

WORLD = World()
SUBJECTS, BY_ID, LONG = WORLD.subjects, WORLD.by_id, WORLD.long
IDS = [f"p{place}" for place in range(6)]
BEFORE = pd.Series([1, 2, 3, 4, 5, 6.0], index=IDS)
AFTER = pd.Series([2, 3, 5, 4, 7, 9.0], index=IDS)
TIME, EVENT = np.array([1, 2, 3, 4, 5.0]), np.array([1, 0, 1, 0, 1])
DAYS = pd.Series(pd.date_range("2024-01-01", periods=6), index=IDS)
RARE = pd.DataFrame({"t": TIME, "e": [0, 0, 1, 0, 0], "x": [1, 2, 3, 2, 1.0]})
HUGE = pd.Series([-1e308, 1e308, 1e308], index=IDS[:3])


def fit(rows=LONG, *, visits=VISITS, **options):
    return mmrm.fit(rows, response="y", visits=visits, **options)


def gee(rows=LONG, outcome="y", family="gaussian", correlation="independence", **options):
    return longitudinal.gee(
        rows, outcome=outcome, covariates=["x"], family=family, correlation=correlation, **LEVEL, **options
    )


def ancova(rows=SUBJECTS, covariates=("w00",), response="w24"):
    return longitudinal.ancova(
        rows,
        response=response,
        covariates=list(covariates),
        group="arm",
        reference="a",
        errors="hc3",
        **LEVEL,
    )


def subgroups(rows, subgroup="site"):
    return groups.subgroup_effects(
        rows, response="w24", group="arm", reference="a", subgroup=subgroup, family="gaussian", **LEVEL
    )


def impute(**options):
    return missing.impute_by_matching(BY_ID[["w00", "w24"]], **{"n_imputations": 2, "seed": 1, **options})


REFUSED = {
    "dates as values": (lambda: paired.compare_means(DAYS, AFTER), "expected numbers, got values of type datetime"),
    "complex values": (lambda: paired.compare_means(BEFORE.astype(complex), AFTER), "type complex"),
    "values too large to be squared": (lambda: paired.compare_means(HUGE, -HUGE), "another unit"),
    "averages too large": (lambda: paired.hodges_lehmann(HUGE, -HUGE), "another unit"),
    "a missing id": (lambda: paired.compare_means(BEFORE.rename({"p0": np.nan}), AFTER), "1 rows have no subject id"),
    "ids as text and as numbers": (
        lambda: paired.compare_means(pd.Series([1.0, 2], index=[1, 2]), pd.Series([1.0, 2], index=["1", "2"])),
        "baseline ids are integer, follow-up ids string"),
    "a list for a Series": (lambda: paired.compare_means([1, 2], [2, 3]), "matched by id, never by row order"),
    "a frame for a Series": (lambda: paired.compare_means(BEFORE.to_frame(), AFTER), "got DataFrame"),
    "a step of 0": (lambda: paired.hodges_lehmann(BEFORE, AFTER, resolution=0), "resolution: expected the instrument"),
    "a level as text": (lambda: paired.compare_means(BEFORE, AFTER, confidence_level="0.95"), "confidence_level"),
    "a level that is True": (lambda: paired.compare_means(BEFORE, AFTER, confidence_level=True), "confidence_level"),
    "no resamples": (
        lambda: paired.bootstrap_change(BEFORE, AFTER, statistic="mean", seed=1, n_resamples=0),
        "n_resamples: expected"),
    "a seed as text": (
        lambda: paired.bootstrap_change(BEFORE, AFTER, statistic="mean", seed="x"), "seed: expected a whole number"),
    "half an event": (lambda: proportions.wilson(2.5, 5), "k: expected whole numbers"),
    "a group of nobody": (lambda: groups.newcombe(0, 0, 1, 5, **LEVEL), "a group has nobody in it"),
    "no event for a ratio": (lambda: groups.risk_ratio(0, 5, 0, 5, **LEVEL), "no event in either group"),
    "events without exposure": (lambda: rates.poisson_exact(3, 0.0), "events but no exposure"),
    "a ratio with a missing count": (lambda: rates.rate_ratio(np.nan, 1.0, 3, 1.0), "numbers of both groups"),
    "durations for times": (
        lambda: survival.kaplan_meier(pd.to_timedelta(TIME, "D"), EVENT, **LEVEL), "time: expected numbers"),
    "fewer events than times": (lambda: survival.kaplan_meier(TIME, EVENT[:4], **LEVEL), "got time 5, event 4"),
    "yes and no as text": (lambda: survival.kaplan_meier(TIME, ["yes"] * 5, **LEVEL), "event: expected True or False"),
    "entry after the end": (
        lambda: survival.kaplan_meier(TIME, EVENT, entry=[0, 3, 0, 0, 0], **LEVEL), "entry must come"),
    "nobody": (lambda: survival.kaplan_meier([], [], **LEVEL), "no subject has both"),
    "restricted to nothing": (lambda: survival.restricted_mean(TIME, EVENT, limit=np.nan, **LEVEL), "a time above 0"),
    "intervals the wrong way": (lambda: survival.turnbull([3, 1, 2.0], [1, 2, 5.0]), "1 intervals end before"),
    "a blank reason": (
        lambda: survival.cumulative_incidence(TIME, ["", "a", "b", "censored", "a"], **LEVEL), "1 are blank"),
    "one event of all": (lambda: survival.cox(RARE, time="t", event="e", covariates=["x"], **LEVEL), "separates"),
    "a visit that is not planned": (lambda: fit(visits=["w00", "w24"]), "visits that are not planned: .'w12'"),
    "a visit planned twice": (lambda: fit(visits=["w00", "w12", "w12"]), "different visits"),
    "who changes the group": (
        lambda: fit(LONG.assign(arm=np.where(LONG["visit_id"].eq("w24"), "b", "a")), group="arm", reference="a"),
        "more than one 'arm'"),
    "an unknown reference": (lambda: fit(group="arm", reference="A"), "reference group 'A' is not among"),
    "an unknown structure": (lambda: fit(structures=("unstructurd",)), "unknown covariance structures"),
    "a contrast of an unknown term": (lambda: mmrm.contrast(fit(), {"visit=w25": 1}, **LEVEL), "no terms .'visit=w25'"),
    "a test of no hypothesis": (lambda: mmrm.joint_test(fit(), []), "no hypothesis is given"),
    "positions that are words": (lambda: gee(correlation="ar1", position="visit_id"), "visit_id: expected numbers"),
    "negative counts": (lambda: gee(LONG.assign(f=-1), "f", "poisson"), "f: expected whole numbers"),
    "a level that nobody has": (
        lambda: ancova(SUBJECTS.assign(arm=pd.Categorical(SUBJECTS["arm"], ["a", "b", "c"]))), "arm=c"),
    "a site of each subject": (lambda: ancova(SUBJECTS.assign(site=SUBJECTS["subject_id"]), ["site"]), "cannot tell"),
    "strata of one arm each": (
        lambda: groups.cochran_mantel_haenszel(
            SUBJECTS.assign(arms=SUBJECTS["arm"]), response="good", group="arm", reference="a", strata="arms", **LEVEL),
        "no stratum"),
    "subgroups of one": (lambda: subgroups(SUBJECTS, "subject_id"), "fewer than two levels"),
    "one imputation": (lambda: missing.pool([1.0], [1.0], complete_df=10, **LEVEL), "two or more"),
    "a negative variance": (lambda: missing.pool([1.0, 2], [1.0, -1], complete_df=10, **LEVEL), "not negative"),
    "no degrees of freedom": (lambda: missing.pool([1.0, 2], [1.0, 1], complete_df=0, **LEVEL), "positive degrees"),
    "no donors": (lambda: impute(donors=0), "donors: expected a whole number"),
    "no imputations": (lambda: impute(n_imputations=0), "n_imputations: expected a whole number"),
    "half an imputation": (lambda: impute(n_imputations=2.5), "n_imputations: expected a whole number"),
    "weights of nothing": (lambda: weighting.weighted_mean(BEFORE, BEFORE * 0, **LEVEL), "all weights are 0"),
    "a negative penalty": (
        lambda: prediction.fit_ridge(SUBJECTS, outcome="good", covariates=["x"], penalty=-1.0), "penalty: expected"),
    "no covariates": (lambda: prediction.fit_ridge(SUBJECTS, outcome="good", covariates=[]), "name at least one"),
    "no resamples to validate": (
        lambda: prediction.validate_ridge(SUBJECTS, outcome="good", covariates=["x"], n_resamples=0, seed=1),
        "n_resamples: expected"),
    "a fit that explains nothing": (
        lambda: prediction.required_size(n_parameters=3, prevalence=0.3, r2_cox_snell=0.0), "r2_cox_snell"),
    "a look at the end": (lambda: design.conditional_power(1.2, information=1, critical=1.96), "information"),
    "an endless deviate": (lambda: design.conditional_power(np.inf, information=0.5, critical=1.96), "finite"),
    "more groups than subjects": (
        lambda: phenotypes.divide(phenotypes.gower_distance(BY_ID[["x", "w00"]].iloc[:3]), n_groups=5),
        "cannot make 5"),
    "stability without resamples": (
        lambda: phenotypes.assess_stability(
            phenotypes.gower_distance(BY_ID[["x", "w00"]]), n_groups=2, n_resamples=0, seed=1),
        "n_resamples: expected"),
    "an unknown category": (
        lambda: categories.transitions(pd.DataFrame({"a": ["x"], "b": ["z"]}), categories=["x"]), "not among"),
    "a table that is not square": (lambda: categories.stuart_maxwell(np.ones((2, 3))), "square table"),
    "an outcome that does not vary": (
        lambda: firth_logistic(pd.DataFrame({"i": [1.0] * 5}), pd.Series([True] * 5), **LEVEL), "does not vary"),
}  # fmt: skip


TWO_ROLES = {
    "arm": lambda: groups.cochran_mantel_haenszel(
        SUBJECTS, response="good", group="arm", reference="a", strata="arm", **LEVEL),
    "good": lambda: prediction.fit_ridge(SUBJECTS, outcome="good", covariates=["good"]),
    "later": lambda: missing.impute_binary(SUBJECTS, outcome="later", covariates=["later"], n_imputations=2, seed=1),
    "seen": lambda: weighting.derive_retention_weights(BY_ID, retained="seen", covariates=["seen"], stabilised=True),
    "site": lambda: groups.subgroup_effects(
        SUBJECTS, response="w24", group="arm", reference="a", subgroup="site", covariates=["site"], family="gaussian",
        **LEVEL),
    "event": lambda: survival.cox(SUBJECTS, time="event", event="event", covariates=["x"], **LEVEL),
    "w24": lambda: ancova(covariates=["w24"]),
    "w00": lambda: ancova(covariates=["w00", "w00"]),
    "y": lambda: longitudinal.mixed_model(LONG, response="y", covariates=["y"], random_slope=None, **LEVEL),
    "x": lambda: gee(outcome="x"),
    "visit_id": lambda: fit(group="visit_id"),
}  # fmt: skip


@pytest.mark.parametrize("name", TWO_ROLES)
def test_a_column_has_one_role(name):
    with pytest.raises(ValueError, match=f"'{name}' is named .* a column has one role"):
        TWO_ROLES[name]()


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_in_words(name):
    call, said = REFUSED[name]
    with pytest.raises((ValueError, KeyError), match=said):
        call()


SCORE = stats.chi2.ppf(0.95, 1) * 10 / 9  # the variance of Miettinen and Nurminen is larger by 10 / 9 of 10
PLAIN = paired.compare_means(BEFORE, AFTER)
ANSWERED = {
    "whole numbers with NA": (
        lambda: paired.compare_means(pd.Series([1, 2, 3, pd.NA, 5, 6], index=IDS, dtype="Int64"), AFTER).estimate, 1.8),
    "decimals": (lambda: paired.compare_means(BEFORE.map(lambda x: Decimal(str(x))), AFTER).conf_low, PLAIN.conf_low),
    "categories that are numbers": (
        lambda: paired.compare_means(BEFORE.astype("category"), AFTER).p_value, PLAIN.p_value),
    "yes and no as 1 and 0": (lambda: paired.compare_means(BEFORE > 3, AFTER > 3).estimate, 1 / 6),
    "a thousand million subjects": (lambda: proportions.clopper_pearson(0, 10**9).conf_high, -np.log(0.025) / 1e9),
    "ten million events": (lambda: rates.poisson_exact(10**7, 1.0).conf_high, 10006199.8977),
    "all events in both groups": (
        lambda: groups.miettinen_nurminen_difference(5, 5, 5, 5, **LEVEL).conf_high, SCORE / (5 + SCORE)),
    "one of each without an event": (lambda: groups.exact_unconditional(0, 1, 0, 1), 1.0),
    "restricted beyond the last event": (
        lambda: survival.restricted_mean(TIME, EVENT, limit=50, **LEVEL).estimate, 11 / 3),
    "before anything happened": (
        lambda: survival.survival_at(survival.kaplan_meier(TIME, EVENT, **LEVEL), [0.5])["estimate"].item(), 1.0),
    "a group unknown in one": (lambda: survival.log_rank(TIME, EVENT, ["a", "a", "b", None, "b"]).n_missing, 1),
    "a subject of unknown group": (
        lambda: fit(LONG.assign(arm=LONG["arm"].mask(LONG["subject_id"].eq("S03"))), group="arm").n_missing, 1),
    "more donors than subjects": (lambda: len(impute(donors=1000)), 80),
    "no p values": (lambda: len(multiplicity.holm([])), 0),
    "everybody a responder in each data set": (lambda: missing.pool_shares([1.0, 1, 1], 20, **LEVEL).estimate, 1.0),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERED)
def test_has_the_right_answer(name):
    call, expected = ANSWERED[name]
    assert float(call()) == pytest.approx(float(expected), rel=1e-6)
