"""Multiple imputation of the core set measures, from which the Total Improvement Score follows."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from analysis import missing, results, scoring
from analysis.cohort import Cohort
from analysis.language import commas, inside, tr
from analysis.summaries.strategies import complete_course
from studies.myositis.measures import CORE_SET
from studies.myositis.response import TIS_LEVELS, failed_at, reached

if TYPE_CHECKING:
    from analysis.study import Study

UNIT_LIMIT = 100.0  # upper limit of normal that multiples of it are written with


def impute_core_set(group: Cohort, *, visit: str) -> pd.DataFrame:
    """Core set measures at baseline and at a visit, completed several times over.

    Each measure is imputed from its own course up to the visit: with twenty patients the six measures cannot be
    predicted from one another in one model. A choice of this project. It is the imputation model of the measure
    wherever it is imputed (`summaries.strategies`): the same donors, scale, rounds, seed and visits; here for
    everybody, and with as many data sets as the measure needs that has most gaps.

    Parameters
    ----------
    group : Cohort
        The patients; all of them, so the visit may not lie ahead. Seed and ``statistics.imputation`` of its study.
    visit : str
        The visit at which the score is wanted.

    Returns
    -------
    DataFrame
        `imputation`, `visit_id` and one column per measure, indexed by subject id, each on its own scale.
    """
    planned = [entry.id for entry in group.study.visits]
    upto = planned[planned.index(group.study.baseline_visit) : planned.index(visit) + 1]
    courses = {measure.variable: group.numbers(measure.variable, upto) for measure in CORE_SET}
    needed = missing.imputations_needed(pd.concat(courses, axis=1))
    filled = []
    for variable, course in courses.items():
        done = complete_course(course, study=group.study, variable=variable, n=needed)
        ends = done.set_index("imputation", append=True)[[group.study.baseline_visit, visit]]
        filled.append(ends.rename_axis(columns="visit_id").stack().rename(variable))  # noqa: PD013
    return pd.concat(filled, axis=1).reset_index(["imputation", "visit_id"])


def describe_imputation(study: "Study") -> str:
    """The scale of the imputation in words, for a footnote."""
    plan = study.statistics.imputation
    logged = [inside(measure.label) for measure in CORE_SET if measure.variable in plan.log_ratio]
    if not logged:
        return tr(
            "Multiple imputation by predictive mean matching of the change from baseline, {donors} donors; "
            "given back as values.",
            donors=plan.donors,
        )
    return tr(
        "Multiple imputation by predictive mean matching of the change from baseline, {donors} donors; {logged} by the "
        "logarithm of the ratio to baseline; given back as values.",
        donors=plan.donors,
        logged=commas(logged),
    )


def imputed_scores(
    completed: pd.DataFrame, *, enzymes: pd.Series, study: "Study", visit: str
) -> pd.DataFrame:
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


def imputed_rows(group: Cohort, *, visits: Sequence[str]) -> pd.DataFrame:
    """Response rates and mean score with multiple imputation.

    Events that count as non-response do so in every data set; all else that is missing is imputed. Intervals
    of rates are pooled by Rubin's rules on the logit scale.

    Returns
    -------
    DataFrame
        Rows of the results table, analyses ``response_imputed`` and ``tis_imputed``.
    """
    enzymes = scoring.most_abnormal_enzyme(_baseline(group))["enzyme_name"]
    level, frames = group.study.statistics.confidence_level, []
    for visit in visits:
        completed = impute_core_set(group, visit=visit)
        scores = imputed_scores(completed, enzymes=enzymes, study=group.study, visit=visit)
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
    pooled = missing.pool_shares(shares, n, confidence_level=level)
    return {
        "estimate": pooled.estimate,
        "conf_low": pooled.conf_low,
        "conf_high": pooled.conf_high,
        "n": n,
        "n_imputations": len(shares),
        "method": tr(
            "events are non-response, else imputed; mean of the rates, interval on the logit scale: {method}",
            method=pooled.method,
        ),
    }


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


def _baseline(group: Cohort) -> pd.DataFrame:
    rows = group.wide[group.wide["visit_id"].eq(group.study.baseline_visit)]
    return rows.set_index("subject_id").reindex(group.ids)


def _core_set(one: pd.DataFrame, enzymes: pd.Series, visit: str) -> pd.DataFrame:
    """The frame the score reads; the enzyme as a multiple of a common limit."""
    at = one[one["visit_id"].eq(visit)]
    return at.assign(
        enzyme_name=enzymes.reindex(at.index.get_level_values("subject_id")).to_numpy(),
        enzyme_u_l=at["enzyme_xuln"] * UNIT_LIMIT,
        enzyme_uln=UNIT_LIMIT,
    )
