"""What was done, taken from the parameters: the table of choices and the numbers of the methods text."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.columns import in_words
from analysis.columns.settings import value_in_words
from analysis.language import Texts, ands, commas, mark, ors, tr
from studies.arthritis.settings import Films
from studies.arthritis.words import primary_target

if TYPE_CHECKING:
    from analysis.study import Study

PROPOSED = mark("proposal*")


PUBLISHED = mark("published")


MEMORY = mark("published; partly not yet checked")


VISIT_BY = Texts(
    {
        "window": "by the window the date lies in, windows in the study file",
        "label": "as the form names them",
    }
)
ACUTE_PHASE = {"crp_mg_l": "CRP", "esr_mm_h": "ESR"}
VARIABLES = Texts(
    {
        "age": "age",
        "sex": "sex",
        "disease_duration_years": "disease duration",
        "haq_di": "HAQ-DI",
        "pain_mm": "pain",
        "cdai": "CDAI",
        "prednisone_mg_day": "prednisone",
    }
)


def choices_made(study: "Study", criteria: dict) -> pd.DataFrame:
    """Every choice that changes a result, with its value in this report and what it rests on.

    Parameters
    ----------
    study : analysis.study.Study
        The study file.
    criteria : dict
        The eligibility section.

    Returns
    -------
    DataFrame
        `topic`, `choice`, `value`, `basis`.
    """
    lines = [*_entry(criteria), *_outcomes(study), *_statistics(study)]
    said = [[tr(str(part)) for part in line] for line in lines]
    return pd.DataFrame(said, columns=["topic", "choice", "value", "basis"])


def _entry(criteria: dict) -> list[tuple]:
    from analysis.datasets.difficult import needed_rule
    from analysis.eligibility.d2t import settings_from

    chosen = settings_from(needed_rule(criteria)["settings"])
    ongoing, glucocorticoid = value_in_words(chosen.ongoing_counts), value_in_words(chosen.gc_2c)
    said = {
        mark("Stop reasons that count as failure"): value_in_words(chosen.failure_reasons),
        mark("Exposure before inefficacy counts"): tr(
            "{min_exposure_days_inefficacy} days",
            min_exposure_days_inefficacy=chosen.min_exposure_days_inefficacy,
        ),
        mark("A drug still taken counts as failed"): tr(
            "{ongoing}, after {ongoing_min_days} days",
            ongoing=ongoing,
            ongoing_min_days=chosen.ongoing_min_days,
        ),
        mark("Mechanisms that must have failed"): str(chosen.min_moa),
        mark("Courses of one drug are one course within"): tr(
            "{same_drug_gap_days} days", same_drug_gap_days=chosen.same_drug_gap_days
        ),
        mark("csDMARDs failed"): tr(
            "by {csdmard_failed}; at least {csdmard_min_failed}",
            csdmard_failed=value_in_words(chosen.csdmard_failed),
            csdmard_min_failed=chosen.csdmard_min_failed,
        ),
        mark("Iguratimod and plant DMARDs count as csDMARD"): _yes(chosen.include_cn_dmards),
        mark("2a: any available score above"): value_in_words(chosen.index_for_2a),
        mark("2a: score not older than"): tr(
            "{lookback_days_2a} days", lookback_days_2a=chosen.lookback_days_2a
        ),
        mark("2c: glucocorticoid"): tr(
            "{glucocorticoid}, {gc_min_mg_day} mg/day for {gc_min_days} days",
            glucocorticoid=glucocorticoid,
            gc_min_mg_day=chosen.gc_min_mg_day,
            gc_min_days=chosen.gc_min_days,
        ),
        mark("2d: rapid progression"): tr(
            "{rrp}, {rrp_min} points or more", rrp=value_in_words(chosen.rrp), rrp_min=chosen.rrp_min
        ),
        mark("Access exception"): value_in_words(chosen.access_exception),
    }
    return [(mark("Difficult-to-treat RA"), name, value, PROPOSED) for name, value in said.items()]


def _outcomes(study) -> list[tuple]:
    chosen = study.settings
    from analysis.scoring.joints import MAX_NOT_ASSESSED

    target, drug = chosen.target, chosen.drug_survival
    return [
        (mark("Outcomes"), mark("Primary target"), primary_target(study), PROPOSED),
        (
            mark("Outcomes"),
            mark("Denominator at a visit"),
            mark("those whose visit window had closed by the cut-off, or who were seen at the visit"),
            PROPOSED,
        ),
        (mark("Outcomes"), mark("Visits"), VISIT_BY[study.visit_by], PROPOSED),
        (
            mark("Outcomes"),
            mark("Joints that could not be assessed"),
            tr(
                "count pro-rated where they are at most {max_not_assessed:g} %, else missing",
                max_not_assessed=100 * MAX_NOT_ASSESSED,
            ),
            PROPOSED,
        ),
        (
            mark("Outcomes"),
            mark("Thresholds of CDAI, SDAI, DAS28, Boolean remission"),
            mark("as published"),
            PUBLISHED,
        ),
        (
            mark("Outcomes"),
            mark("DAS28-CRP cut-offs"),
            mark("those of DAS28-ESR; its own in the sensitivity analysis"),
            PROPOSED,
        ),
        *_acr(study),
        (
            mark("Outcomes"),
            mark("Important differences"),
            mark("see the table of patient-reported outcomes"),
            MEMORY,
        ),
        (
            mark("Outcomes"),
            mark("Therapy changed in time"),
            tr("DMARD begun or ended within {within_days} days", within_days=target.within_days),
            PROPOSED,
        ),
        (
            mark("Outcomes"),
            mark("Drug survival"),
            tr("first {classes} begun at or after entry", classes=ors(drug.classes)),
            PROPOSED,
        ),
        (
            mark("Outcomes"),
            mark("Rapid radiographic progression"),
            tr("5 a year, or 5 in {films} days", films=_range(chosen.films)),
            PROPOSED,
        ),
    ]


def _acr(study) -> list[tuple]:
    """How ACR responses are judged, where the study has some: each way once."""
    asked = [entry.settings for entry in study.responses if entry.rule == "acr_response"]
    ways = dict.fromkeys((each.get("joints", "28"), each.get("acute_phase", "crp_mg_l")) for each in asked)
    return [
        (
            mark("Outcomes"),
            mark("ACR response"),
            tr(
                "{joints} joints, {acute_phase}; a missing one of the five counts as not improved",
                joints=joints,
                acute_phase=ACUTE_PHASE[measure],
            ),
            PROPOSED,
        )
        for joints, measure in ways
    ]


def _range(setting: Films) -> str:
    first, last = setting.window
    return tr("{first} to {last}", first=first, last=last)


def _statistics(study) -> list[tuple]:
    chosen, statistics = study.settings, study.statistics
    cut = ands(_percent(share) for share in chosen.sensitivity.truncate)
    return [
        (mark("Statistics"), mark("Confidence level"), _percent(statistics.confidence_level), PUBLISHED),
        (mark("Statistics"), mark("Missing response, primary"), tr("non-response"), PROPOSED),
        (
            mark("Statistics"),
            mark("Zero differences in the signed-rank test"),
            in_words("zeros", statistics.zeros),
            PROPOSED,
        ),
        (
            mark("Statistics"),
            mark("Results below the detection limit"),
            in_words("lod_substitution", statistics.lod_substitution),
            PROPOSED,
        ),
        (
            mark("Statistics"),
            mark("Auxiliary variables of the imputation"),
            _words(chosen.sensitivity.auxiliary),
            PROPOSED,
        ),
        (mark("Statistics"), mark("Weights: covariates"), _words(chosen.sensitivity.weights), PROPOSED),
        (mark("Statistics"), mark("Weights: cut at the quantiles"), cut, PROPOSED),
        (
            mark("Statistics"),
            mark("Smallest phenotype"),
            _percent(chosen.phenotypes.smallest_share),
            PROPOSED,
        ),
        (mark("Statistics"), mark("Resamples: stability"), str(chosen.phenotypes.n_resamples), PROPOSED),
        (mark("Statistics"), mark("Resamples: optimism"), str(chosen.predictors.n_resamples), PROPOSED),
        (mark("Statistics"), mark("Seed"), str(statistics.seed), PROPOSED),
    ]


def _words(names) -> str:
    return commas(VARIABLES.get(name) or tr(name.replace("_", " ")) for name in names)


def _yes(flag: bool) -> str:
    return tr("yes") if flag else tr("no")


def _percent(share: float) -> str:
    return tr("{number} %", number=f"{100 * share:g}")


def numbers_for_text(study: "Study", criteria: dict) -> pd.DataFrame:
    """Numbers that the methods text states, as rows of the results table, analysis ``method``."""
    from analysis.datasets.difficult import needed_rule
    from analysis.design import precision_of_proportion

    rule = needed_rule(criteria)["settings"]
    values = {
        "planned_n": study.planned_n,
        "confidence_percent": 100 * study.statistics.confidence_level,
        "exposure_days": rule["min_exposure_days_inefficacy"],
        "mechanisms": rule["min_moa"],
        "within_days": study.settings.target.within_days,
        "optimism_resamples": study.settings.predictors.n_resamples,
        "stability_resamples": study.settings.phenotypes.n_resamples,
        "predictors": len(study.settings.predictors.covariates),
        "seed": study.statistics.seed,
    }
    width = (
        precision_of_proportion(
            study.planned_n, proportion=0.5, confidence_level=study.statistics.confidence_level
        )
        if study.planned_n
        else None
    )
    return results.stack(
        [
            results.rows_of(values, analysis="method", variable="choice", unit="count", kind="setting"),
            results.rows_of(
                {"width": width}, analysis="method", variable="precision", unit="proportion", kind="setting"
            ),
        ]
    )
