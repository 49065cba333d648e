"""How to call every public estimator, and what a change of unit, origin, order or side must do to its answer.

`test_every_estimator.py` walks the packages: a public function that stands neither in `CASES` nor, with a reason, in
`NOT_ESTIMATORS` fails the test, so that a new one cannot be forgotten.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis import (
    categories,
    design,
    groups,
    longitudinal,
    missing,
    mmrm,
    paired,
    phenotypes,
    prediction,
    proportions,
    rates,
    safety,
    survival,
    weighting,
)
from analysis.firth import firth_logistic
from analysis.summaries import general

PACKAGES = (
    "paired", "proportions", "rates", "mmrm", "longitudinal", "survival", "missing", "prediction", "multiplicity",
    "weighting", "design", "phenotypes", "categories", "groups", "numbers", "firth", "identified",
)  # fmt: skip
# Walked not function by function but by what functions ask for and modules import (`test_every_estimator`).
WITHOUT_ESTIMATORS = (
    "cohort", "columns", "datasets", "drugs", "due", "eligibility", "escape", "exposure", "figures", "fonts", "inputs",
    "keys", "kinds", "language", "look", "media", "membership", "progression", "read", "references",
    "responses", "result_ids", "results",
    "safety", "score_limits", "scoring", "shapes", "sites", "study", "summaries", "tables", "thresholds",
)  # fmt: skip
VISITS = ["w00", "w12", "w24"]
PLAIN = SimpleNamespace(
    statistics=SimpleNamespace(confidence_level=0.95)
)  # all that a summary asks of a study
LEVEL = {"confidence_level": 0.95}
LINEAR = ("estimate", "conf_low", "conf_high", "se", "standard_error")


@dataclass(frozen=True)
class World:
    """Subjects with a course `y` (unit and origin `unit`, `shift`), covariates, yes/no answers and times.

    `order` permutes rows, `renamed` gives the subjects each other's ids, `swapped` exchanges baseline with follow-up
    and group with reference.
    """

    unit: float = 1.0
    shift: float = 0.0
    order: int | None = None
    swapped: bool = False
    doubled: bool = False
    renamed: bool = False
    bend: Callable | None = None  # makes the subjects odd

    @property
    def subjects(self) -> pd.DataFrame:
        """Forty subjects, one row each."""
        rng = np.random.default_rng(11)
        n = 40
        x = rng.normal(50, 9, n)
        arm = np.where(np.arange(n) % 2, "b", "a")
        y0 = rng.normal(20, 4, n)
        y1 = 0.8 * y0 + 2 + rng.normal(0, 2, n)
        y2 = 0.6 * y0 + 3 - 2 * (arm == "b") + rng.normal(0, 3, n)
        y1[[3, 17]], y2[[3, 8, 29]] = np.nan, np.nan
        good = rng.random(n) < 1 / (1 + np.exp(-(x - 50) / 9 - 0.7 * (arm == "b")))
        time = np.ceil(rng.exponential(30, n) * np.where(arm == "b", 1.5, 1)) + rng.permutation(n) / 1000
        table = pd.DataFrame(
            {
                "subject_id": [f"S{number:02d}" for number in range(n)],
                "arm": arm,
                "site": np.repeat(["p", "q"], n // 2),
                "x": x * self.unit,
                **dict(zip(VISITS, (y0, y1, y2))),
                "good": good,
                "later": rng.random(n) < 0.5,
                "seen": rng.random(n) < 1 / (1 + np.exp(-1 - (x - 50) / 15)),
                "time": time * self.unit,
                "event": rng.random(n) < 0.7,
            }
        )
        table[VISITS] = table[VISITS] * self.unit + self.shift
        if self.bend is not None:
            table = self.bend(table)
        if self.swapped:
            table = table.assign(arm=table["arm"].map({"a": "b", "b": "a"}))
            table = table.rename(columns={"w00": "w24", "w24": "w00"})
            table = table.rename(columns={"good": "later", "later": "good"})
        return self._arranged(table)

    def _arranged(self, table):
        if self.renamed:
            names = {f"S{number:02d}": f"S{(7 * number + 3) % 40:02d}" for number in range(40)}
            table = table.assign(subject_id=table["subject_id"].map(names))
        if self.doubled:
            table = pd.concat([table, table.head(1)])
        if self.order is not None:
            table = table.sample(frac=1, random_state=self.order)
        return table

    @property
    def by_id(self) -> pd.DataFrame:
        """The subjects indexed by their id."""
        return self.subjects.set_index("subject_id")

    @property
    def third(self) -> pd.DataFrame:
        """Every third subject, indexed by id: for what is slow."""
        rows = self.subjects
        return rows[rows.index % 3 == 0].set_index("subject_id")

    @property
    def long(self) -> pd.DataFrame:
        """One row per subject and visit."""
        kept = dataclasses.replace(self, order=None, doubled=False, renamed=False).subjects
        rows = kept.melt(
            ["subject_id", "arm", "site", "x"], value_vars=VISITS, var_name="visit_id", value_name="y"
        )
        rows = rows.assign(week=rows["visit_id"].map({"w00": 0.0, "w12": 12.0, "w24": 24.0}))
        rng = np.random.default_rng(5)
        chance = 0.3 + 0.2 * (rows["visit_id"].eq("w24") & rows["arm"].eq("b"))
        rows = rows.assign(low=rng.random(len(rows)) < chance, flares=rng.poisson(0.8, len(rows)))
        return self._arranged(rows)

    @property
    def events(self) -> pd.DataFrame:
        """Adverse events: one, two or none of each subject, with a class that was taken and whether it was serious."""
        kept = dataclasses.replace(self, order=None, doubled=False, renamed=False).subjects
        rng = np.random.default_rng(8)
        rows = kept[["subject_id"]].loc[kept.index.repeat(rng.integers(0, 3, 40)[kept.index])]
        onset = pd.Timestamp("2024-01-10") + pd.to_timedelta(rng.integers(0, 60, 120)[: len(rows)], "D")
        rows = rows.assign(onset_date=onset, serious=rng.random(120)[: len(rows)] < 0.3, drug="x")
        return dataclasses.replace(self, doubled=False)._arranged(rows)

    @property
    def at_risk(self) -> pd.DataFrame:
        """Days at risk of each subject, those without a time unknown."""
        rows = self.subjects
        days = np.ceil(rows["time"] / self.unit) + 100
        return rows.assign(first_dose_date=pd.Timestamp("2024-01-01"), days_at_risk=days)

    @property
    def pair(self):
        """Baseline and follow-up, by subject."""
        return self.by_id["w00"], self.by_id["w24"]

    @property
    def answers(self):
        """Yes/no at two visits, by subject."""
        return self.by_id["good"], self.by_id["later"]


@dataclass(frozen=True)
class Case:
    """One estimator: how it is called, and which of its numbers follow the unit, the origin or change sides."""

    call: Callable
    linear: tuple = ()  # times the unit
    inverse: tuple = ()  # over the unit
    located: tuple = ()  # move with the origin
    skip: tuple = ()  # not compared under a change of unit or origin
    flips: tuple = ()  # change sign when sides are exchanged
    exchanged: tuple = ()  # pairs that change places, and sign, when sides are exchanged
    shifts: bool = True  # whether an origin other than 0 makes sense
    doubles: bool = True  # whether a doubled subject or row is refused
    tolerance: float = 1e-6
    unit_free: bool = field(default=False)  # takes no measurement


def paired_case(function, linear=LINEAR, flips=("estimate",), exchanged=("conf_low", "conf_high"), **options):
    """An estimator of two visits."""
    more = {name: options.pop(name) for name in ("located", "skip", "tolerance", "shifts") if name in options}
    return Case(lambda w: function(*w.pair, **options), linear, flips=flips, exchanged=exchanged, **more)


def fit_model(w: World, *, visits=VISITS, **options):
    return mmrm.fit(w.long, response="y", visits=visits, **options)


def gee(w: World, outcome, family, correlation, covariates=("week", "x")):
    return longitudinal.gee(
        w.long,
        outcome=outcome,
        covariates=list(covariates),
        family=family,
        correlation=correlation,
        position="week",
        **LEVEL,
    ).coefficients


def by_time(function, **options):
    return lambda w: function(w.by_id["time"], w.by_id["event"], **options)


def by_group(function, **options):
    return lambda w: function(w.by_id["time"], w.by_id["event"], w.by_id["arm"], **options)


def two_samples(w: World):
    rows = w.by_id
    return rows.loc[rows["arm"].eq("b"), "w24"], rows.loc[rows["arm"].eq("a"), "w24"]


def by_statistic(rows: pd.DataFrame) -> dict:
    """Rows of the results table by statistic."""
    return dict(zip(rows["statistic"], rows["value"]))


def distances(w: World):
    return phenotypes.gower_distance(w.by_id[["x", "w00", "site"]])


EFFECT = ("estimate", "conf_low", "conf_high")
NONE: tuple = ()
CASES = {
    "paired.compare_means": paired_case(
        paired.compare_means, (*LINEAR, "mean_baseline", "mean_followup", "sd_baseline", "sd_followup", "sd_change"),
        located=("mean_baseline", "mean_followup"), flips=("estimate", "statistic"),
    ),
    "paired.compare_ranks": paired_case(paired.compare_ranks, zeros="pratt", flips=NONE, exchanged=NONE),
    "paired.sign_test": paired_case(paired.sign_test, NONE, flips=NONE, exchanged=NONE),
    "paired.hodges_lehmann": paired_case(paired.hodges_lehmann),
    "paired.median_change": paired_case(paired.median_change),
    "paired.describe_change": paired_case(
        paired.describe_change,
        ("mean_baseline", "sd_baseline", "mean_followup", "sd_followup", "mean_change", "sd_change", "median_change",
         "q1_change", "q3_change"),
        located=("mean_baseline", "mean_followup"), flips=("mean_change", "median_change"),
        exchanged=("q1_change", "q3_change"),
    ),
    **{
        f"paired.{name}": paired_case(getattr(paired, name), NONE, flips=("estimate",))
        for name in ("cohen_dz", "standardised_response_mean", "hedges_gz", "cohen_dav", "cohen_dav_rms", "hedges_gav")
    },
    "paired.baseline_effect_size": paired_case(paired.baseline_effect_size, NONE, flips=NONE, exchanged=NONE),
    "paired.cohen_drm": paired_case(paired.cohen_drm, NONE, flips=("estimate",), exchanged=NONE),
    "paired.rank_biserial": paired_case(paired.rank_biserial, NONE),
    "paired.probability_improved": paired_case(
        paired.probability_improved, NONE, flips=NONE, exchanged=NONE, higher_is_better=False
    ),
    "paired.effect_sizes": paired_case(paired.effect_sizes, NONE, flips=NONE, exchanged=NONE),
    "paired.bootstrap_change": Case(
        lambda w: paired.bootstrap_change(*w.pair, statistic="mean", n_resamples=200, seed=1),
        (*EFFECT, "standard_error"),
    ),
    "paired.analyse_endpoints": Case(
        lambda w: paired.analyse_endpoints(
            w.by_id[["w00"]].rename(columns={"w00": "y"}), w.by_id[["w24"]].rename(columns={"w24": "y"}),
            higher_is_better=False, zeros="pratt",
        )[["mean_change", "mean_conf_low", "mean_conf_high", "hl", "hl_conf_low", "hl_conf_high", "t_p_value", "d_z",
           "rank_p_value"]],
        ("mean_change", "mean_conf_low", "mean_conf_high", "hl", "hl_conf_low", "hl_conf_high"),
        flips=("mean_change", "hl", "d_z"),
    ),
    **{
        f"paired.{name}": Case(lambda w, name=name: getattr(paired, name)(*w.answers), unit_free=True, flips=flips)
        for name, flips in (("compare_proportions", ("estimate",)), ("tabulate_pairs", NONE))
    },
    **{
        f"paired.{name}": Case(
            lambda w, name=name: getattr(paired, name)(paired.tabulate_pairs(*w.answers)), unit_free=True, flips=flips
        )
        for name, flips in (
            ("mcnemar_exact", NONE), ("mcnemar_midp", NONE), ("mcnemar_asymptotic", NONE),
            ("agresti_min_difference", ("estimate",)), ("newcombe_difference", ("estimate",)),
            ("tango_difference", ("estimate",)), ("wald_difference", ("estimate",)),
            ("odds_ratio_exact", NONE), ("odds_ratio_midp", NONE),
        )
    },
    "paired.responder_rate": Case(
        lambda w: paired.responder_rate(w.answers[0], missing="non_response", **LEVEL), unit_free=True
    ),
    "design.change_beyond_selection": Case(
        lambda w: design.change_beyond_selection(*w.pair, expected=-2.0 * w.unit, **LEVEL),
        (*LINEAR, "observed", "expected"),
    ),
    "design.power_at_look": Case(
        lambda w: design.power_at_look(1.2, information=0.5, critical=1.96, n=40, drift=2.8), unit_free=True,
        doubles=False),
    "mmrm.fit": Case(lambda w: fit_model(w, group="arm", covariates=["x"]).coefficients.iloc[:-1],
                     ("estimate", "se"), skip=("estimate.0",)),
    "mmrm.contrast": Case(lambda w: mmrm.contrast(fit_model(w), {"visit=w24": 1}, **LEVEL), LINEAR,
                          flips=("estimate",), exchanged=("conf_low", "conf_high")),
    "mmrm.visit_means": Case(lambda w: mmrm.visit_means(fit_model(w), **LEVEL), LINEAR,
                             located=("estimate", "conf_low", "conf_high"), skip=("statistic", "p_value")),
    "mmrm.change_from_baseline": Case(lambda w: mmrm.change_from_baseline(fit_model(w), **LEVEL), LINEAR),
    "mmrm.compare_groups": Case(
        lambda w: mmrm.compare_groups(fit_model(w, group="arm", reference="a"), baseline="w00", **LEVEL), LINEAR),
    "mmrm.joint_test": Case(
        lambda w: mmrm.joint_test(fit_model(w), [{"visit=w12": 1}, {"visit=w24": 1}]), tolerance=1e-5),
    "mmrm.reference_based_difference": Case(
        lambda w: mmrm.reference_based_difference(
            w.third[VISITS], w.third["arm"], reference="a", assumption="jump_to_reference", **LEVEL),
        LINEAR, tolerance=1e-5,
    ),
    "longitudinal.ancova": Case(
        lambda w: longitudinal.ancova(
            w.subjects, response="w24", covariates=["w00", "site"], group="arm", reference="a", errors="hc3", **LEVEL
        ).differences,
        LINEAR, flips=NONE, doubles=False,
    ),
    "longitudinal.compare_group_means": Case(
        lambda w: longitudinal.compare_group_means(*two_samples(w), **LEVEL), LINEAR, doubles=False),
    "longitudinal.compare_group_ranks": Case(
        lambda w: longitudinal.compare_group_ranks(*two_samples(w), resolution_decimals=12), doubles=False),
    "longitudinal.check_normality": Case(lambda w: dict(enumerate(longitudinal.check_normality(w.by_id["w00"]))),
                                         doubles=False),
    "longitudinal.gee": Case(lambda w: gee(w, "low", "binomial", "exchangeable").iloc[1:2]),
    "longitudinal.gee, gaussian": Case(lambda w: gee(w, "y", "gaussian", "ar1", ["week"]).iloc[1:],
                                       (*LINEAR, "coefficient")),
    "longitudinal.gee, poisson": Case(lambda w: gee(w, "flares", "poisson", "ar1").iloc[1:2]),
    "longitudinal.mixed_model": Case(
        lambda w: longitudinal.mixed_model(
            w.long, response="y", covariates=["week", "arm"], random_slope=None, **LEVEL).coefficients.iloc[1:],
        LINEAR, tolerance=1e-4,
    ),
    "survival.kaplan_meier": Case(by_time(survival.kaplan_meier, **LEVEL), ("median", "median_low", "median_high",
                                  "restricted_mean"), shifts=False, doubles=False),
    "survival.survival_at": Case(
        lambda w: survival.survival_at(by_time(survival.kaplan_meier, **LEVEL)(w), [20.5 * w.unit]), ("time",),
        shifts=False, doubles=False),
    "survival.numbers_at_risk": Case(
        lambda w: survival.numbers_at_risk(w.by_id["time"], w.by_id["event"], times=[20.5 * w.unit]), ("time",),
        shifts=False, doubles=False),
    "survival.log_rank": Case(by_group(survival.log_rank), shifts=False, doubles=False),
    "survival.cumulative_incidence": Case(
        lambda w: survival.cumulative_incidence(
            w.by_id["time"], w.by_id["site"].where(w.by_id["event"].eq(1), "censored"), **LEVEL).curve,
        ("time",), shifts=False, doubles=False),
    "survival.cox": Case(
        lambda w: survival.cox(w.subjects, time="time", event="event", covariates=["x", "arm"], **LEVEL).coefficients,
        skip=("estimate.0", "conf_low.0", "conf_high.0", "log_estimate.0", "se.0"), shifts=False, doubles=False,
        tolerance=1e-5),
    "survival.check_proportional_hazards": Case(
        lambda w: survival.check_proportional_hazards(
            w.subjects, time="time", event="event", covariates=["x", "arm"]),
        shifts=False, doubles=False, tolerance=1e-5),
    "survival.restricted_mean": Case(
        lambda w: by_time(survival.restricted_mean, limit=25 * w.unit, **LEVEL)(w), (*LINEAR, "limit"), shifts=False,
        doubles=False),
    "survival.compare_restricted_means": Case(
        lambda w: by_group(survival.compare_restricted_means, reference="a", limit=25 * w.unit, **LEVEL)(w),
        (*LINEAR, "limit"), shifts=False, doubles=False),
    "survival.turnbull": Case(
        lambda w: survival.turnbull(
            w.unit * np.floor(w.by_id["time"] / w.unit / 10) * 10,
            (w.unit * np.ceil(w.by_id["time"] / w.unit / 10) * 10).where(w.by_id["event"].eq(1)),
        ).curve,
        ("left", "right"), shifts=False, doubles=False, tolerance=1e-5),
    "survival.concordance": Case(
        lambda w: {"c": survival.concordance(w.by_id["time"], w.by_id["event"], w.by_id["x"])}, doubles=False),
    "prediction.univariable_odds": Case(
        lambda w: prediction.univariable_odds(w.subjects, outcome="good", covariates=["x", "arm"], **LEVEL),
        skip=("estimate.0", "conf_low.0", "conf_high.0"), doubles=False, tolerance=1e-5),
    "prediction.fit_ridge": Case(
        lambda w: prediction.fit_ridge(w.subjects, outcome="good", covariates=["x", "arm"]).coefficients,
        skip=("coefficient.0", "odds_ratio.0"), doubles=False, tolerance=1e-5),
    "prediction.predict": Case(
        lambda w: prediction.predict(
            prediction.fit_ridge(w.by_id, outcome="good", covariates=["x", "arm"]), w.by_id).sort_index(),
        doubles=False, tolerance=1e-5),
    "prediction.measure_performance": Case(
        lambda w: prediction.measure_performance(w.by_id["good"], w.by_id["x"] / w.unit / 100), doubles=False),
    "prediction.calibration_curve": Case(
        lambda w: prediction.calibration_curve(
            w.by_id["good"], w.by_id["x"] / w.unit / 100, n_groups=4, interval=proportions.wilson, **LEVEL),
        doubles=False),
    "prediction.decision_curve": Case(
        lambda w: prediction.decision_curve(w.by_id["good"], w.by_id["x"] / w.unit / 100, thresholds=[0.3, 0.5]),
        doubles=False),
    "weighting.loss_by_exposure": Case(
        lambda w: weighting.loss_by_exposure(
            w.subjects.assign(lost=~w.subjects["seen"]), lost="lost", exposure="arm", interval=proportions.wilson,
            **LEVEL).groups,
        unit_free=True, doubles=False),
    "weighting.derive_retention_weights": Case(
        lambda w: weighting.derive_retention_weights(
            w.by_id, retained="seen", covariates=["x", "arm"], stabilised=True).weights.sort_index(), tolerance=1e-5),
    "weighting.weighted_mean": Case(
        lambda w: weighting.weighted_mean(w.by_id["w24"], w.by_id["x"] / w.unit, **LEVEL), LINEAR, located=EFFECT,
        doubles=False),
    "weighting.covariate_balance": Case(
        lambda w: weighting.covariate_balance(
            w.by_id,
            weighting.derive_retention_weights(w.by_id, retained="seen", covariates=["x", "arm"], stabilised=True),
            covariates=["x", "arm"])[["difference", "difference_weighted"]],
        tolerance=1e-5),
    "phenotypes.gower_distance": Case(lambda w: distances(w).sort_index().sort_index(axis=1)),
    "phenotypes.standardised_distance": Case(
        lambda w: phenotypes.standardised_distance(w.by_id[["x", "w00"]]).sort_index().sort_index(axis=1)),
    "phenotypes.divide": Case(lambda w: phenotypes.divide(distances(w), n_groups=2).labels.sort_index()),
    "phenotypes.choose_number": Case(lambda w: phenotypes.choose_number(distances(w), candidates=[2, 3])),
    "phenotypes.profile_groups": Case(
        lambda w: phenotypes.profile_groups(
            w.by_id[["w00"]], phenotypes.divide(distances(w), n_groups=2).labels)[["n", "standardised"]]),
    "categories.cochran_q": Case(lambda w: categories.cochran_q(w.by_id[["good", "later", "seen"]]), unit_free=True),
    "categories.friedman": Case(lambda w: categories.friedman(w.by_id[VISITS])),
    "categories.transitions": Case(
        lambda w: categories.transitions(w.by_id[["good", "later"]], categories=[False, True]), unit_free=True),
    "groups.mann_whitney_exact": Case(lambda w: groups.mann_whitney_exact(*two_samples(w)), doubles=False),
    "groups.hodges_lehmann_shift": Case(
        lambda w: groups.hodges_lehmann_shift(*two_samples(w), **LEVEL), EFFECT, doubles=False),
    "groups.cochran_mantel_haenszel": Case(
        lambda w: groups.cochran_mantel_haenszel(
            w.subjects, response="good", group="arm", reference="a", strata="site", **LEVEL),
        unit_free=True, doubles=False),
    "groups.compare_responders": Case(
        lambda w: groups.compare_responders(w.subjects, response="good", group="arm", reference="a", **LEVEL),
        unit_free=True, doubles=False),
    "groups.subgroup_effects": Case(
        lambda w: groups.subgroup_effects(
            w.subjects, response="w24", group="arm", reference="a", subgroup="site", covariates=["w00"],
            family="gaussian", **LEVEL).effects,
        EFFECT, doubles=False),
    "groups.subgroup_effects, binomial": Case(
        lambda w: groups.subgroup_effects(
            w.subjects, response="good", group="arm", reference="a", subgroup="site", covariates=["x"],
            family="binomial", **LEVEL).effects,
        doubles=False, tolerance=1e-5),
    "firth.firth_logistic": Case(
        lambda w: firth_logistic(
            w.by_id[["x"]].assign(b=w.by_id["arm"].eq("b")).astype(float).assign(intercept=1.0), w.by_id["good"],
            **LEVEL).iloc[1:2],
        doubles=False, tolerance=1e-5),
    "missing.count_by_visit": Case(
        lambda w: missing.count_by_visit(w.long, value="y", visits=VISITS, subjects=sorted(set(w.long["subject_id"]))),
        doubles=False),
    "missing.derive_locf": Case(
        lambda w: missing.derive_locf(w.long, value="y", visits=VISITS, carry_baseline=True)
        .sort_values(["subject_id", "visit_id"])["y"].reset_index(drop=True),
        ("value",), located=("value",)),
    "missing.derive_bocf": Case(
        lambda w: missing.derive_bocf(w.long, value="y", visits=VISITS)
        .sort_values(["subject_id", "visit_id"])["y"].reset_index(drop=True),
        ("value",), located=("value",)),
    "rates.poisson_exact": Case(
        lambda w: rates.poisson_exact(12, 40.0 * w.unit, per=w.unit), ("person_years", "per"), shifts=False,
        doubles=False),
    "safety.event_rates": Case(
        lambda w: safety.event_rates(w.events, w.at_risk, group="arm", **LEVEL), unit_free=True),
    "safety.first_event_rates": Case(
        lambda w: safety.first_event_rates(w.events, w.at_risk, group="arm", **LEVEL), unit_free=True),
    "safety.summarise_overview": Case(
        lambda w: safety.summarise_overview(w.events, w.at_risk, group="arm", rows={"serious": "Serious"}, **LEVEL),
        unit_free=True),
    "safety.summarise_attributed": Case(
        lambda w: safety.summarise_attributed(
            w.events, w.at_risk.assign(drug="x", days=w.at_risk["days_at_risk"]), by="drug", **LEVEL),
        unit_free=True, doubles=False),
    "rates.poisson_midp": Case(
        lambda w: rates.poisson_midp(12, 40.0 * w.unit, per=w.unit), ("person_years", "per"), shifts=False,
        doubles=False),
    "summaries.correlate": Case(
        lambda w: by_statistic(general.correlate(
            w.by_id, variables=["w00", "w24"], study=PLAIN, population="ALL"))),
    "summaries.agreement": Case(
        lambda w: by_statistic(general.agreement(*w.pair, study=PLAIN, population="ALL", name="w00, w24")),
        ("estimate", "conf_low", "conf_high", "lower", "upper"), flips=("estimate",),
        exchanged=("conf_low", "conf_high")),
    "rates.rate_ratio": Case(lambda w: rates.rate_ratio(12, 40.0 * w.unit, 9, 50.0 * w.unit), shifts=False,
                             doubles=False),
}  # fmt: skip

# Estimators that answer by subject: their answers change places with the ids.
BY_SUBJECT = (
    "prediction.predict", "weighting.derive_retention_weights", "phenotypes.gower_distance",
    "phenotypes.standardised_distance", "phenotypes.divide", "missing.derive_locf", "missing.derive_bocf",
)  # fmt: skip

# The same over the visits in any order.
OF_VISITS = {
    "mmrm.visit_means": lambda w, visits: mmrm.visit_means(fit_model(w, visits=visits), **LEVEL),
    "mmrm.change_from_baseline": lambda w, visits: mmrm.change_from_baseline(
        fit_model(w, visits=visits), baseline="w00", **LEVEL),
    "mmrm.compare_groups": lambda w, visits: mmrm.compare_groups(
        fit_model(w, visits=visits, group="arm", reference="a"), baseline="w00", **LEVEL),
    "missing.count_by_visit": lambda w, visits: missing.count_by_visit(
        w.long, value="y", visits=visits, subjects=sorted(set(w.long["subject_id"]))),
    "categories.friedman": lambda w, visits: categories.friedman(w.by_id[visits]),
    "categories.cochran_q": lambda w, visits: categories.cochran_q(
        (w.by_id[visits] > 18).where(w.by_id[visits].notna())),
}  # fmt: skip

# What holds the counts of an estimator whose case shows a part of its answer.
WHOLE = {
    "mmrm.fit": lambda w: fit_model(w, group="arm", covariates=["x"]),
    **{
        f"longitudinal.gee{name}": lambda w, outcome=outcome, family=family: longitudinal.gee(
            w.long,
            outcome=outcome,
            covariates=["week", "x"],
            family=family,
            correlation="exchangeable",
            position="week",
            **LEVEL,
        )
        for name, outcome, family in (
            ("", "low", "binomial"),
            (", gaussian", "y", "gaussian"),
            (", poisson", "flares", "poisson"),
        )
    },
    "longitudinal.mixed_model": lambda w: longitudinal.mixed_model(
        w.long, response="y", covariates=["week"], random_slope=None, **LEVEL
    ),
    "longitudinal.ancova": lambda w: longitudinal.ancova(
        w.subjects, response="w24", covariates=["w00"], group="arm", reference="a", errors="hc3", **LEVEL
    ),
    "survival.cumulative_incidence": lambda w: survival.cumulative_incidence(
        w.by_id["time"],
        w.by_id["site"].where(w.by_id["event"].eq(1), "censored").where(w.by_id["event"].notna()),
        **LEVEL,
    ),
    "survival.cox": lambda w: survival.cox(
        w.subjects, time="time", event="event", covariates=["x", "arm"], **LEVEL
    ),
    "survival.turnbull": lambda w: survival.turnbull(
        w.by_id["time"], w.by_id["time"].where(w.by_id["event"].eq(1))
    ),
    "prediction.fit_ridge": lambda w: prediction.fit_ridge(
        w.subjects, outcome="good", covariates=["x", "arm"]
    ),
    "prediction.validate_ridge": lambda w: prediction.validate_ridge(
        w.subjects, outcome="good", covariates=["x"], n_resamples=5, seed=1
    ),
    "weighting.derive_retention_weights": lambda w: weighting.derive_retention_weights(
        w.by_id, retained="seen", covariates=["x", "arm"], stabilised=True
    ),
    "groups.subgroup_effects": lambda w: groups.subgroup_effects(
        w.subjects,
        response="w24",
        group="arm",
        reference="a",
        subgroup="site",
        covariates=["w00"],
        family="gaussian",
        **LEVEL,
    ),
    "groups.subgroup_effects, binomial": lambda w: groups.subgroup_effects(
        w.subjects,
        response="good",
        group="arm",
        reference="a",
        subgroup="site",
        covariates=["x"],
        family="binomial",
        **LEVEL,
    ),
    "weighting.loss_by_exposure": None,  # its groups hold n, itself n_missing
}

MEASURES = ["x", *VISITS]
ODD = {
    "nobody": lambda s: s.iloc[:0],
    "one subject": lambda s: s.iloc[:1],
    "two subjects": lambda s: s.iloc[:2],
    "three subjects": lambda s: s.iloc[:3],
    "all values tied": lambda s: s.assign(**dict.fromkeys(VISITS, 7.0)),
    "all values zero": lambda s: s.assign(**dict.fromkeys(MEASURES, 0.0)),
    "same change in all": lambda s: s.assign(w12=s["w00"] + 1, w24=s["w00"] + 2),
    "no event, nobody responds": lambda s: s.assign(event=False, good=False, later=False, seen=True),
    "one event, one responder": lambda s: s.assign(
        event=s.index == 5, good=s.index == 5, later=s.index == 6, seen=s.index != 5
    ),
    "everybody": lambda s: s.assign(event=True, good=True, later=True, seen=False),
    "all times zero": lambda s: s.assign(time=0.0),
    "all times equal": lambda s: s.assign(time=12.0),
    "one group": lambda s: s.assign(arm="a", site="p"),
    "groups of one": lambda s: s.assign(arm=np.where(s.index == 0, "b", "a")),
    "separated by a number": lambda s: s.assign(good=s["x"] > 50, seen=s["x"] > 45),
    "separated by the group": lambda s: s.assign(good=s["arm"].eq("b"), event=s["arm"].eq("b")),
    "visit nobody attended": lambda s: s.assign(w24=np.nan),
    "visit one attended": lambda s: s.assign(w24=s["w24"].where(s.index == 1)),
    "baseline missing": lambda s: s.assign(w00=np.nan),
    "never both visits": lambda s: s.assign(
        w00=s["w00"].where(s.index % 2 == 0), w24=s["w24"].where(s.index % 2 == 1)
    ),
    "everything missing": lambda s: s.assign(
        **dict.fromkeys(MEASURES, np.nan), good=pd.NA, later=pd.NA, seen=pd.NA, event=pd.NA, time=np.nan
    ),
    "infinite value": lambda s: s.assign(**{name: s[name].mask(s.index == 2, np.inf) for name in MEASURES}),
    "infinite time": lambda s: s.assign(time=s["time"].mask(s.index == 2, np.inf)),
    "status of two": lambda s: s.assign(**{
        name: s[name].astype(int) + (s.index == 4) * 2 for name in ("good", "later", "seen", "event")}),
    "huge values": lambda s: s.assign(**{name: s[name] * 1e60 for name in VISITS}),
    "tiny spread on a large value": lambda s: s.assign(**{name: 1e9 + s[name] * 1e-6 for name in VISITS}),
}  # fmt: skip

COUNTS = "takes counts: no unit, no rows; its identities are tested beside it"
PLANNED = "plans a design: no data"
TEXT = "writes numbers as text"
DRAWS = "its draws follow the order of the rows by design; tested beside it"
NOT_ESTIMATORS = {
    **dict.fromkeys(
        [f"proportions.{n}" for n in ("agresti_coull", "clopper_pearson", "jeffreys", "midp", "newcombe_difference",
                                      "score_difference", "wilson", "wilson_corrected")], COUNTS),
    **dict.fromkeys(
        [f"groups.{n}" for n in ("newcombe", "miettinen_nurminen_difference", "risk_ratio", "exact_odds_ratio",
                                 "fisher_test", "exact_unconditional")], COUNTS),
    **dict.fromkeys(["categories.stuart_maxwell", "categories.bowker"], COUNTS),
    **dict.fromkeys(
        [f"multiplicity.{n}" for n in ("bonferroni", "holm", "hochberg", "hommel", "benjamini_hochberg",
                                       "benjamini_yekutieli", "fixed_sequence", "endpoint_hierarchy")],
        "takes p values: no unit"),
    **dict.fromkeys(
        [f"design.{n}" for n in ("conditional_power", "detectable_effect", "expected_regression_to_mean",
                                 "lan_demets_obrien_fleming", "lan_demets_pocock", "obrien_fleming",
                                 "oldham_correlation",
                                 "paired_t_power", "paired_t_size", "pocock", "precision_of_mean_change",
                                 "precision_of_proportion", "predictive_power", "simon_designs")], PLANNED),
    **dict.fromkeys(
        [f"numbers.{n}" for n in ("amount", "fixed", "whole", "percent", "count_percent", "p_value", "p_text",
                                  "interval", "estimate_interval", "level", "decimals_of")], TEXT),
    **dict.fromkeys(["paired.bootstrap_endpoints", "phenotypes.assess_stability", "prediction.validate_ridge",
                     "missing.impute_binary", "missing.impute_by_matching", "missing.impute_changes",
                     "missing.impute_ratios",
                     "missing.imputations_needed", "missing.pool_imputed", "missing.tipping_point"], DRAWS),
    "paired.match_pairs": "pairs the rows; every estimator of two visits goes through it",
    "paired.settled_change": "a difference without rounding noise; tested beside it",
    "paired.flag_responders": "flags by a threshold in the unit",
    "missing.pool": "takes estimates",
    "missing.pool_shares": "takes estimates",
    "missing.count_patterns": "counts",
    "missing.is_monotone": "a yes or no",
    "missing.flag_nonresponder_imputed": "flags",
    "missing.summarise_responders": "counts",
    "survival.derive_first_event": "reads durations from visits",
    "survival.derive_drug_survival": "reads durations from courses",
    "prediction.required_size": PLANNED,
    "phenotypes.silhouettes": "takes distances; through divide",
    "firth.joint_statistic": "through univariable_odds",
    "firth.maximise": "through firth_logistic",
    **dict.fromkeys(
        [f"summaries.{n}" for n in ("comparisons", "summarise_comparison", "differences_drawn")],
        "rows from the estimators of groups; Fisher's test on counts"),
    **dict.fromkeys(
        [f"summaries.{n}" for n in ("boundaries", "final_level", "count_information", "look_rows")], PLANNED),
    "summaries.course_by_visit": "mean and t interval at each visit, of a study's datasets; tested beside it",
    "summaries.share_improved": "proportions.wilson of complete pairs; tested beside it",
    "summaries.share_improved_minimally": "paired.responder_rate of flagged pairs; tested beside it",
    "identified.dependent_columns": "a list of columns; unit tested in test_separation",
    "identified.check_independent": "a list of columns; unit tested in test_separation",
    "identified.separated_terms": "a list of columns; unit tested in test_separation",
    "identified.monotone_terms": "a list of columns; unit tested in test_separation",
}  # fmt: skip


def flat(found) -> dict[str, float]:
    """Every number of a result by name; those of a frame as column.row."""
    if dataclasses.is_dataclass(found):
        fields = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
        return {name: float(value) for name, value in fields.items() if _number(value)}
    if isinstance(found, pd.Series):
        return {f"value.{place}": float(value) for place, value in enumerate(found) if _number(value)}
    if isinstance(found, pd.DataFrame):
        numbers = found.select_dtypes("number")
        return {
            f"{name}.{place}": float(value) for name in numbers for place, value in enumerate(numbers[name])
        }
    return {str(name): float(value) for name, value in found.items()}


def _number(value) -> bool:
    return isinstance(value, int | float | np.number) and not isinstance(value, bool | np.bool_)
