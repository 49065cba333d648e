"""The key results with missing values imputed, or those seen weighted for those missing."""

from collections.abc import Sequence

import pandas as pd

from analysis import missing, scoring
from analysis.cohort import Cohort
from analysis.language import mark
from analysis.summaries.strategies import mean_change
from studies.arthritis.sensitivity.choices import change_of

# In the order in which `analysis.scoring` takes them; the patient global stands for general health.
COMPONENTS = {
    "cdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm"),
    "sdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm", "crp_mg_l"),
    "das28_esr": ("tjc28", "sjc28", "esr_mm_h", "ptga_mm"),
    "das28_crp": ("tjc28", "sjc28", "crp_mg_l", "ptga_mm"),
}


def complete_scores(cohort: Cohort) -> dict[str, pd.DataFrame]:
    """The course of every score up to the primary visit, completed several times over from imputed components.

    One imputation model for all scores, used wherever a score is imputed: components at all visits up to the primary
    one and auxiliary variables in one chain, predictive mean matching, for those due at the primary visit. A
    score that is known in part keeps its known components.

    Parameters
    ----------
    cohort : Cohort
        The report's datasets; ``settings.sensitivity`` names visits and auxiliary variables, `statistics.imputation`
        how values are matched.

    Returns
    -------
    dict of str to DataFrame
        By instrument: `imputation` and one column per visit, indexed by subject id, as `strategies.impute_course`
        gives a course. A score that was recorded stays as it was. Where nobody is due yet, nobody is in it.
    """
    study, visits = cohort.study, cohort.study.settings.sensitivity.imputed_visits
    plan, primary = study.statistics.imputation, study.settings.primary.visit
    among = cohort.among(cohort.due_at(primary))
    if among.ids.empty:
        return {name: pd.DataFrame(columns=["imputation", *visits], dtype=float) for name in COMPONENTS}
    frame = imputation_frame(among, visits=visits, auxiliary=study.settings.sensitivity.auxiliary)
    imputed = missing.impute_by_matching(
        frame,
        n_imputations=missing.imputations_needed(frame),
        seed=study.statistics.seed,
        donors=plan.donors,
        iterations=plan.iterations,
    )
    return {
        name: _course(imputed, among.numbers(name, visits), instrument=name)
        for name in COMPONENTS
        if _has(imputed, name, visits)
    }


def imputation_frame(cohort: Cohort, *, visits: Sequence[str], auxiliary: Sequence[str]) -> pd.DataFrame:
    """Components of all scores at each visit and auxiliary columns, one row per participant."""
    columns = {}
    for component in dict.fromkeys(name for parts in COMPONENTS.values() for name in parts):
        if component in cohort.wide:
            values = cohort.numbers(component, visits)
            known = values.loc[:, values.notna().any()]
            columns |= {f"{component}_{visit}": known[visit] for visit in known}
    extra = cohort.subjects[list(auxiliary)]
    numbers = {
        name: values.astype("Float64").astype(float) if pd.api.types.is_numeric_dtype(values) else values
        for name, values in extra.items()
    }
    return pd.DataFrame({**columns, **numbers}, index=cohort.ids)


def _has(imputed: pd.DataFrame, instrument: str, visits: Sequence[str]) -> bool:
    """Whether every component of a score was recorded at every visit."""
    return all(f"{component}_{visit}" in imputed for component in COMPONENTS[instrument] for visit in visits)


def _course(imputed: pd.DataFrame, observed: pd.DataFrame, *, instrument: str) -> pd.DataFrame:
    """One score at each visit from the imputed components; what was recorded stays."""
    flat = imputed.reset_index(drop=True)
    scores = {
        visit: score_of(flat, visit, instrument=instrument).astype(float).to_numpy() for visit in observed
    }
    course = pd.DataFrame(scores, index=imputed.index)
    recorded = observed.reindex(imputed.index)
    return recorded.where(recorded.notna(), course).assign(imputation=imputed["imputation"])[
        ["imputation", *observed]
    ]


def score_of(imputed: pd.DataFrame, visit: str, *, instrument: str) -> pd.Series:
    """The score from the components of one visit."""
    score = getattr(scoring, instrument)
    return score(*(imputed[f"{component}_{visit}"] for component in COMPONENTS[instrument]))


def imputed_target(course: pd.DataFrame, *, instrument: str, visit: str, lacking: int, level: float) -> dict:
    """Share at the target (low activity or remission) over the completed courses, limits on the logit scale."""
    reached = scoring.low_disease_activity(course[visit].reset_index(drop=True), instrument)
    shares = reached.astype(float).groupby(course["imputation"].to_numpy()).mean()
    n = course.index.nunique()
    pooled = missing.pool_shares(shares.to_numpy(), n, confidence_level=level)
    return _pooled_line(MI, mark("Missing values and events"), pooled, n, lacking)


def imputed_change(
    course: pd.DataFrame, *, instrument: str, baseline: str, visit: str, lacking: int, level: float
) -> dict:
    """Mean change of the score over the completed courses, pooled by Rubin's rules."""
    n = course.index.nunique()
    pooled = missing.pool_imputed(
        course[["imputation", baseline, visit]],
        lambda one: mean_change(one, visit),
        complete_df=n - 1,
        confidence_level=level,
    )
    return _pooled_line(MI, change_of(instrument), pooled, n, lacking)


MI = mark("Multiple imputation of the components")


def _pooled_line(label: str, group: str, pooled, n: int, lacking: int) -> dict:
    return {
        "label": label,
        "group": group,
        "n": n,
        "n_missing": lacking,
        "estimate": pooled.estimate,
        "conf_low": pooled.conf_low,
        "conf_high": pooled.conf_high,
        "method": mark("multiple imputation by predictive mean matching, Rubin's rules"),
    }


def weighted_target(
    known: pd.Series,
    persons: pd.DataFrame,
    *,
    covariates: Sequence[str],
    truncate: tuple[float, float],
    level: float,
) -> dict:
    """Share at the target of those observed, weighted by the inverse probability of having been observed.

    Parameters
    ----------
    known : Series
        Target by participant, NA where not observed.
    persons : DataFrame
        What is known at baseline, by participant; the covariates complete.
    covariates : sequence of str
        Baseline columns that predict being observed.
    truncate : tuple of float
        Quantiles at which weights are cut.
    level : float
        Confidence level.
    """
    from analysis import weighting

    frame = persons.reindex(known.index)[list(covariates)]
    numeric = frame.apply(
        lambda column: (
            column.astype("Float64").astype(float)
            if pd.api.types.is_numeric_dtype(column)
            else column.astype("object")
        )
    )
    weights = weighting.derive_retention_weights(
        numeric.assign(retained=known.notna()),
        retained="retained",
        covariates=list(covariates),
        stabilised=True,
        truncate=(truncate[0], truncate[1]),
    )
    found = weighting.weighted_mean(
        known.astype("Float64").astype(float), weights.weights, confidence_level=level
    )
    return {
        "label": mark("Weighted by the inverse probability of being observed"),
        "group": mark("Missing values and events"),
        "n": int(known.notna().sum()),
        "n_missing": int(known.isna().sum()),
        "estimate": found.estimate,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "method": mark(
            "inverse probability of being observed (logistic, stabilised, truncated); sandwich error"
        ),
    }
