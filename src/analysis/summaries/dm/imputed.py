"""Multiple imputation of the core set measures, from which the Total Improvement Score follows."""

import numpy as np
import pandas as pd

from analysis import missing, results, scoring
from analysis.summaries.dm.cohort import Cohort, by_visit
from analysis.summaries.dm.measures import CORE_SET
from analysis.summaries.dm.response import TIS_LEVELS, failed_at, reached

DONORS = 3
ITERATIONS = 5
UNIT_LIMIT = 100.0  # upper limit of normal that multiples of it are written with


def impute_core_set(group: Cohort, *, study, visits, donors: int = DONORS) -> pd.DataFrame:
    """Core set measures of all planned visits, completed several times over.

    Each measure is imputed from its own course by predictive mean matching: with twenty patients the six measures of
    five visits cannot be predicted from one another in one model. A choice of this project.

    Parameters
    ----------
    group : Cohort
        The patients; all of them, so no visit may lie ahead.
    study : analysis.study.Study
        Baseline visit and seed.
    visits : sequence of str
        Visits after baseline.
    donors : int
        Size of the donor pool: 3 where mice takes 5, as there are few patients.

    Returns
    -------
    DataFrame
        `imputation`, `visit_id` and one column per measure, indexed by subject id.
    """
    planned = [study.baseline_visit, *visits]
    courses = {measure.variable: _course(group, measure.variable, planned) for measure in CORE_SET}
    needed = missing.imputations_needed(pd.concat(courses, axis=1))
    filled = []
    for place, (variable, wide) in enumerate(courses.items()):
        done = missing.impute_by_matching(
            wide,
            n_imputations=needed,
            seed=study.statistics.seed + place,
            donors=donors,
            iterations=ITERATIONS,
        )
        long = done.set_index("imputation", append=True).rename_axis(columns="visit_id").stack()  # noqa: PD013
        filled.append((np.exp(long) if variable == "enzyme_xuln" else long).rename(variable))
    wide = pd.concat(filled, axis=1)
    return wide.reset_index(["imputation", "visit_id"])


def imputed_scores(completed: pd.DataFrame, *, enzymes: pd.Series, study, visit: str) -> pd.DataFrame:
    """The Total Improvement Score at a visit in each imputed data set.

    Parameters
    ----------
    completed : DataFrame
        From `impute_core_set`.
    enzymes : Series
        Enzyme followed, by subject id.

    Returns
    -------
    DataFrame
        `imputation`, `tis`, indexed by subject id.
    """
    indexed = completed.set_index("imputation", append=True)
    before, after = (_core_set(indexed, enzymes, at) for at in (study.baseline_visit, visit))
    tis = scoring.total_improvement_score(before, after.reindex(before.index))["tis"]
    return tis.reset_index("imputation")


def imputed_rows(group: Cohort, *, study, visits) -> pd.DataFrame:
    """Response rates and mean score with multiple imputation.

    Events that count as non-response do so in every data set; all else that is missing is imputed. Intervals
    of rates are pooled by Rubin's rules on the logit scale.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_imputed`` and ``tis_imputed``.
    """
    after = [visit.id for visit in study.visits if visit.id != study.baseline_visit]
    completed = impute_core_set(group, study=study, visits=after)
    enzymes = scoring.most_abnormal_enzyme(_baseline(group, study))["enzyme_name"]
    level, frames = study.statistics.confidence_level, []
    for visit in visits:
        scores = imputed_scores(completed, enzymes=enzymes, study=study, visit=visit)
        failed = failed_at(group, visit)
        keys = {"visit": visit, "population": group.population}
        for name, minimum in TIS_LEVELS.items():
            row = pooled_rate(scores, minimum=minimum, failed=failed, level=level)
            frames.append(
                results.rows_of(row, analysis="response_imputed", variable=name, unit="proportion", **keys)
            )
        frames.append(
            results.rows_of(
                pooled_mean(scores, level=level),
                analysis="tis_imputed",
                variable="tis",
                unit="points",
                **keys,
            )
        )
    return results.stack(frames)


def pooled_rate(scores: pd.DataFrame, *, minimum: float, failed: pd.Series, level: float) -> dict:
    """Share who reach a score, pooled over imputations."""
    n = len(failed)
    shares = []
    for _, one in scores.groupby("imputation"):
        response = reached(one["tis"], minimum) & ~failed.reindex(one.index)
        shares.append(float(response.sum()) / n)
    low, high, found = _logit_limits(shares, n, level)
    return {
        "estimate": float(np.mean(shares)),
        "conf_low": low,
        "conf_high": high,
        "n": n,
        "n_imputations": len(shares),
        "method": f"events are non-response, else imputed; mean of the rates, interval on the logit scale: {found}",
    }


def _logit_limits(shares: list[float], n: int, level: float) -> tuple[float, float, str]:
    """Limits by Rubin's rules on the logit scale; none where a rate is 0 or 1 in some data set."""
    if min(shares) <= 0 or max(shares) >= 1:
        return float("nan"), float("nan"), "none, as a rate is 0 or 1 in some data set"
    logits = [float(np.log(share / (1 - share))) for share in shares]
    variances = [1 / (n * share * (1 - share)) for share in shares]
    pooled = missing.pool(logits, variances, complete_df=n - 1, confidence_level=level)
    low, high = (float(1 / (1 + np.exp(-limit))) for limit in (pooled.conf_low, pooled.conf_high))
    return low, high, pooled.method


def pooled_mean(scores: pd.DataFrame, *, level: float) -> dict:
    """Mean score, pooled over imputations; values after intercurrent events as they were seen or imputed."""
    parts = [one["tis"] for _, one in scores.groupby("imputation")]
    n = len(parts[0])
    pooled = missing.pool(
        [part.mean() for part in parts],
        [part.var(ddof=1) / n for part in parts],
        complete_df=n - 1,
        confidence_level=level,
    )
    return {
        "estimate": pooled.estimate,
        "conf_low": pooled.conf_low,
        "conf_high": pooled.conf_high,
        "n": n,
        "method": pooled.method,
    }


def _course(group: Cohort, variable: str, visits) -> pd.DataFrame:
    """One measure by visit, the enzyme on the logarithmic scale."""
    wide = by_visit(group, variable, visits)
    return np.log(wide) if variable == "enzyme_xuln" else wide


def _baseline(group: Cohort, study) -> pd.DataFrame:
    rows = group.wide[group.wide["visit_id"].eq(study.baseline_visit)]
    return rows.set_index("subject_id").reindex(group.ids)


def _core_set(one: pd.DataFrame, enzymes: pd.Series, visit: str) -> pd.DataFrame:
    """The frame the score reads; the enzyme as a multiple of a common limit."""
    at = one[one["visit_id"].eq(visit)]
    return at.assign(
        enzyme_name=enzymes.reindex(at.index.get_level_values("subject_id")).to_numpy(),
        enzyme_u_l=at["enzyme_xuln"] * UNIT_LIMIT,
        enzyme_uln=UNIT_LIMIT,
    )
