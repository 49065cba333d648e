"""How much the primary result depends on choices: handling of events, enzyme, analysis set, method of comparison."""

from collections.abc import Mapping

import pandas as pd

from analysis import missing, paired, results, scoring
from analysis.datasets.core_set import core_set_pair
from analysis.datasets.responses import at_visit
from studies.myositis.cohort import Cohort, by_visit, improvement_at
from studies.myositis.lung import subgroup
from studies.myositis.patients import is_cadm
from studies.myositis.response import failed_at, rate, reached

DOUBLED = {name: 2 * span for name, span in scoring.ENZYME_RANGE_XULN.items()}
HALVED = {name: span / 2 for name, span in scoring.ENZYME_RANGE_XULN.items()}
RESPONSE_VARIANTS = {
    "primary": "Primary: composite, missing is non-response",
    "observed": "As observed, events ignored",
    "policy": "Treatment policy: events ignored, missing is non-response",
    "decided": "Composite, as observed otherwise",
    "best": "Composite, missing is response",
    "partial": "Missing measures earn no points (at least this score)",
    "enzyme_range_doubled": "Range of the enzyme doubled",
    "enzyme_range_halved": "Range of the enzyme halved",
    "enzyme_each_visit": "Most abnormal enzyme of each visit",
    "per_protocol": "Per-protocol set",
    "no_cadm": "Without clinically amyopathic patients",
}
COMPARISONS = {
    "mean": "Mean change, paired t",
    "shift": "Hodges-Lehmann, signed rank (Pratt)",
    "wilcoxon": "Hodges-Lehmann, signed rank (Wilcoxon, zeros dropped)",
    "median": "Median change, sign test",
}


def rescored(group: Cohort, *, study, visit: str, enzyme_rule: str = "baseline", **settings) -> pd.Series:
    """The Total Improvement Score of everybody due, with other settings for the enzyme."""
    first, now = at_visit(group.wide, study.baseline_visit), at_visit(group.wide, visit)
    ids = first.index.intersection(now.index)
    before, after = core_set_pair(first.loc[ids], now.loc[ids], enzyme_rule=enzyme_rule)
    found = scoring.total_improvement_score(before, after, enzyme_rule=enzyme_rule, **settings)
    return found["tis"].reindex(group.due[visit])


def response_variants(group: Cohort, *, study, visit: str, minimum: float, per_protocol: pd.Index) -> Mapping:
    """The primary response under each variant, as counts.

    Returns
    -------
    dict of str to tuple
        Responders and patients counted, by the names of `RESPONSE_VARIANTS`.
    """
    failed, seen = failed_at(group, visit), improvement_at(group, visit)
    response = reached(seen["tis"], minimum)
    others = {
        "partial": reached(seen["tis_min"].where(seen["visit_id"].notna()), minimum),
        "enzyme_range_doubled": _rescored(group, study, visit, minimum, enzyme_range_xuln=DOUBLED),
        "enzyme_range_halved": _rescored(group, study, visit, minimum, enzyme_range_xuln=HALVED),
        "enzyme_each_visit": _rescored(group, study, visit, minimum, enzyme_rule="each_visit"),
    }
    none, decided = failed & False, response.notna() | failed
    cadm = is_cadm(group.subjects).reindex(response.index)
    kept = response.index.isin(per_protocol)
    return {
        "primary": _counts(response, failed),
        "observed": _counts(response.dropna(), none[response.notna()]),
        "policy": _counts(response, none),
        "decided": _counts(response[decided], failed[decided]),
        "best": _counts(response.fillna(True), failed),
        **{name: _counts(found, failed) for name, found in others.items()},
        "per_protocol": _counts(response[kept], failed[kept]),
        "no_cadm": _counts(response[~cadm], failed[~cadm]),
    }


def variant_rows(group: Cohort, *, study, visit: str, minimum: float, per_protocol: pd.Index) -> pd.DataFrame:
    """Rows of the analysis ``sensitivity``, one variable per variant of the primary response."""
    found = response_variants(group, study=study, visit=visit, minimum=minimum, per_protocol=per_protocol)
    level = study.statistics.confidence_level
    return results.stack(
        results.rows_of(
            rate(count, total, level=level, method=RESPONSE_VARIANTS[name]),
            analysis="sensitivity",
            variable=name,
            visit=visit,
            population=group.population,
            unit="proportion",
        )
        for name, (count, total) in found.items()
    )


def comparison_rows(group: Cohort, measures, *, study, visit: str) -> pd.DataFrame:
    """The change of each measure by four methods: rows of the analyses ``compare_mean`` ... ``compare_median``."""
    level, exact_max = study.statistics.confidence_level, study.statistics.exact_max
    frames = []
    for measure in measures:
        wide = by_visit(group, measure.variable, [study.baseline_visit, visit]).loc[group.due[visit]]
        pair = wide[study.baseline_visit], wide[visit]
        common = {"resolution": measure.resolution, "exact_max": exact_max}
        found = {
            "mean": (paired.compare_means(*pair, confidence_level=level), None),
            "shift": (
                paired.hodges_lehmann(*pair, confidence_level=level, **common),
                paired.compare_ranks(*pair, zeros="pratt", **common),
            ),
            "wilcoxon": (
                paired.hodges_lehmann(*pair, confidence_level=level, zeros="drop", **common),
                paired.compare_ranks(*pair, zeros="wilcoxon", **common),
            ),
            "median": (
                paired.median_change(*pair, confidence_level=level, resolution=measure.resolution),
                paired.sign_test(*pair, confidence_level=level, resolution=measure.resolution),
            ),
        }
        for name, (estimate, test) in found.items():
            row = _joined(estimate, test or estimate)
            keys = {"variable": measure.id, "visit": visit, "population": group.population}
            frames.append(results.rows_of(row, analysis=f"compare_{name}", unit=measure.unit, **keys))
    return results.stack(frames)


def subgroup_members(subjects: pd.DataFrame) -> dict[tuple[str, str], pd.Index]:
    """Subject ids of each subgroup: clinically amyopathic or classic, antibody, interstitial lung disease.

    Parameters
    ----------
    subjects : DataFrame
        From `describe_disease`.
    """
    cadm, mda5 = is_cadm(subjects), subjects["antibody"].str.contains("MDA5").fillna(False)
    tested, lung = subjects["antibody"].ne("not tested"), subjects["ild_baseline"].eq("yes").fillna(False)
    flags = {
        ("Disease", "clinically amyopathic"): cadm,
        ("Disease", "classic"): ~cadm,
        ("Antibody", "anti-MDA5"): mda5 & tested,
        ("Antibody", "other or none found"): ~mda5 & tested,
        ("Antibody", "not tested"): ~tested,
        ("Interstitial lung disease", "yes"): lung,
        ("Interstitial lung disease", "no"): ~lung,
    }
    return {key: subjects.index[flag.astype(bool).to_numpy()] for key, flag in flags.items()}


def subgroup_rows(group: Cohort, members: Mapping, *, study, visit: str, minimum: float) -> pd.DataFrame:
    """Response and change in each subgroup, descriptive: rows of the analyses ``subgroup_*``."""
    level, frames = study.statistics.confidence_level, []
    for (of, name), ids in members.items():
        part = subgroup(group, ids)
        seen = improvement_at(part, visit)["tis"].astype(float)
        count, total = _counts(reached(seen, minimum), failed_at(part, visit))
        wide = by_visit(part, "cdasi_activity", [study.baseline_visit, visit]).loc[part.due[visit]]
        change = (wide[visit] - wide[study.baseline_visit]).dropna()
        keys = {"visit": visit, "group": f"{of} {name}", "population": group.population}
        numbers = {"median": seen.median(), "n": int(seen.notna().sum()), "n_missing": int(seen.isna().sum())}
        skin = {"mean": change.mean(), "sd": change.std(ddof=1), "n": len(change)}
        share = rate(count, total, level=level, method=RESPONSE_VARIANTS["primary"])
        frames += [
            results.rows_of(
                share, analysis="subgroup_response", variable="tis_moderate", unit="proportion", **keys
            ),
            results.rows_of(numbers, analysis="subgroup_tis", variable="tis", unit="points", **keys),
            results.rows_of(skin, analysis="subgroup_cdasi", variable="cdasi_activity", **keys),
        ]
    return results.stack(frames)


def _rescored(group, study, visit, minimum, **settings) -> pd.Series:
    return reached(rescored(group, study=study, visit=visit, **settings), minimum)


def _counts(response: pd.Series, failed: pd.Series) -> tuple[int, int]:
    """Responders, with events and missing values as non-response, and everybody."""
    imputed = missing.flag_nonresponder_imputed(response, failed=failed)
    return int(imputed.sum()), len(response)


def _joined(estimate, test) -> dict:
    return {
        "estimate": estimate.estimate,
        "conf_low": estimate.conf_low,
        "conf_high": estimate.conf_high,
        "p_value": test.p_value,
        "confidence_level": estimate.confidence_level,
        "achieved_level": getattr(estimate, "achieved_level", estimate.confidence_level),
        "n_pairs": estimate.n_pairs,
        "n_missing": estimate.n_missing,
        "method": f"{estimate.method}; {test.method}" if test is not estimate else estimate.method,
    }
