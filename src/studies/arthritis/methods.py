"""What was done, taken from the parameters: the table of choices and the numbers of the methods text."""

from typing import TYPE_CHECKING

import pandas as pd

from analysis import results
from analysis.columns import in_words
from analysis.columns.settings import value_in_words
from studies.arthritis.settings import Films
from studies.arthritis.words import primary_target

if TYPE_CHECKING:
    from analysis.study import Study

PROPOSED = "proposal*"


PUBLISHED = "published"


MEMORY = "published; partly not yet checked"


VISIT_BY = {
    "window": "by the window the date lies in, windows in the study file",
    "label": "as the form names them",
}
ACUTE_PHASE = {"crp_mg_l": "CRP", "esr_mm_h": "ESR"}
VARIABLES = {
    "disease_duration_years": "disease duration",
    "haq_di": "HAQ-DI",
    "pain_mm": "pain",
    "cdai": "CDAI",
    "prednisone_mg_day": "prednisone",
}


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
    return pd.DataFrame(lines, columns=["topic", "choice", "value", "basis"])


def _entry(criteria: dict) -> list[tuple]:
    from analysis.datasets.difficult import difficult_rule
    from analysis.eligibility.d2t import settings_from

    chosen = settings_from(difficult_rule(criteria)["settings"])
    ongoing, glucocorticoid = value_in_words(chosen.ongoing_counts), value_in_words(chosen.gc_2c)
    said = {
        "Stop reasons that count as failure": value_in_words(chosen.failure_reasons),
        "Exposure before inefficacy counts": f"{chosen.min_exposure_days_inefficacy} days",
        "A drug still taken counts as failed": f"{ongoing}, after {chosen.ongoing_min_days} days",
        "Mechanisms that must have failed": str(chosen.min_moa),
        "Courses of one drug are one course within": f"{chosen.same_drug_gap_days} days",
        "csDMARDs failed": f"by {value_in_words(chosen.csdmard_failed)}; at least {chosen.csdmard_min_failed}",
        "Iguratimod and plant DMARDs count as csDMARD": _yes(chosen.include_cn_dmards),
        "2a: any available score above": value_in_words(chosen.index_for_2a),
        "2a: score not older than": f"{chosen.lookback_days_2a} days",
        "2c: glucocorticoid": f"{glucocorticoid}, {chosen.gc_min_mg_day} mg/day for {chosen.gc_min_days} days",
        "2d: rapid progression": f"{value_in_words(chosen.rrp)}, {chosen.rrp_min} points or more",
        "Access exception": value_in_words(chosen.access_exception),
    }
    return [("Difficult-to-treat RA", name, value, PROPOSED) for name, value in said.items()]


def _outcomes(study) -> list[tuple]:
    chosen = study.settings
    from analysis.scoring.joints import MAX_NOT_ASSESSED

    target, drug = chosen.target, chosen.drug_survival
    return [
        ("Outcomes", "Primary target", primary_target(study), PROPOSED),
        (
            "Outcomes",
            "Denominator at a visit",
            "those whose visit window had closed by the cut-off, or who were seen at the visit",
            PROPOSED,
        ),
        ("Outcomes", "Visits", VISIT_BY[study.visit_by], PROPOSED),
        (
            "Outcomes",
            "Joints that could not be assessed",
            f"count pro-rated where they are at most {100 * MAX_NOT_ASSESSED:g} %, else missing",
            PROPOSED,
        ),
        ("Outcomes", "Thresholds of CDAI, SDAI, DAS28, Boolean remission", "as published", PUBLISHED),
        (
            "Outcomes",
            "DAS28-CRP cut-offs",
            "those of DAS28-ESR; its own in the sensitivity analysis",
            PROPOSED,
        ),
        *_acr(study),
        ("Outcomes", "Important differences", "see the table of patient-reported outcomes", MEMORY),
        (
            "Outcomes",
            "Therapy changed in time",
            f"DMARD begun or ended within {target.within_days} days",
            PROPOSED,
        ),
        (
            "Outcomes",
            "Drug survival",
            f"first {' or '.join(drug.classes)} begun at or after entry",
            PROPOSED,
        ),
        (
            "Outcomes",
            "Rapid radiographic progression",
            f"5 a year, or 5 in {_range(chosen.films)} days",
            PROPOSED,
        ),
    ]


def _acr(study) -> list[tuple]:
    """How ACR responses are judged, where the study has some: each way once."""
    asked = [entry.settings for entry in study.responses if entry.rule == "acr_response"]
    ways = dict.fromkeys((each.get("joints", "28"), each.get("acute_phase", "crp_mg_l")) for each in asked)
    return [
        (
            "Outcomes",
            "ACR response",
            f"{joints} joints, {ACUTE_PHASE[measure]}; a missing one of the five counts as not improved",
            PROPOSED,
        )
        for joints, measure in ways
    ]


def _range(setting: Films) -> str:
    return " to ".join(str(day) for day in setting.window)


def _statistics(study) -> list[tuple]:
    chosen, statistics = study.settings, study.statistics
    cut = " and ".join(f"{100 * share:g} %" for share in chosen.sensitivity.truncate)
    return [
        ("Statistics", "Confidence level", f"{100 * statistics.confidence_level:g} %", PUBLISHED),
        ("Statistics", "Missing response, primary", "non-response", PROPOSED),
        (
            "Statistics",
            "Zero differences in the signed-rank test",
            in_words("zeros", statistics.zeros),
            PROPOSED,
        ),
        (
            "Statistics",
            "Results below the detection limit",
            in_words("lod_substitution", statistics.lod_substitution),
            PROPOSED,
        ),
        (
            "Statistics",
            "Auxiliary variables of the imputation",
            _words(chosen.sensitivity.auxiliary),
            PROPOSED,
        ),
        ("Statistics", "Weights: covariates", _words(chosen.sensitivity.weights), PROPOSED),
        ("Statistics", "Weights: cut at the quantiles", cut, PROPOSED),
        ("Statistics", "Smallest phenotype", f"{100 * chosen.phenotypes.smallest_share:g} %", PROPOSED),
        ("Statistics", "Resamples: stability", str(chosen.phenotypes.n_resamples), PROPOSED),
        ("Statistics", "Resamples: optimism", str(chosen.predictors.n_resamples), PROPOSED),
        ("Statistics", "Seed", str(statistics.seed), PROPOSED),
    ]


def _words(names) -> str:
    return ", ".join(VARIABLES.get(name, name.replace("_", " ")) for name in names)


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def numbers_for_text(study: "Study", criteria: dict) -> pd.DataFrame:
    """Numbers that the methods text states, as rows of the results table, analysis ``method``."""
    from analysis.datasets.difficult import difficult_rule

    rule = difficult_rule(criteria)["settings"]
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
    return results.rows_of(values, analysis="method", variable="choice", unit="count", kind="setting")
