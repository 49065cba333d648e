"""The key results with missing values imputed, or those seen weighted for those missing."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from analysis.summaries.shared import by_visit
from studies.arthritis.sensitivity.choices import change_of

# In the order in which `analysis.scoring` takes them; the patient global stands for general health.
COMPONENTS = {
    "cdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm"),
    "sdai": ("tjc28", "sjc28", "ptga_mm", "phga_mm", "crp_mg_l"),
    "das28_esr": ("tjc28", "sjc28", "esr_mm_h", "ptga_mm"),
    "das28_crp": ("tjc28", "sjc28", "crp_mg_l", "ptga_mm"),
}


def imputation_frame(
    wide: pd.DataFrame,
    persons: pd.DataFrame,
    ids: pd.Index,
    *,
    instrument: str,
    visits: list[str],
    auxiliary: Sequence[str],
) -> pd.DataFrame:
    """Components of a score at each visit and auxiliary columns, one row per participant.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit.
    persons : DataFrame
        What is known at baseline, by participant.
    ids : Index
        Participants whose visit was due.
    instrument : str
        The score.
    visits : list of str
        Visits whose components enter the chain.
    auxiliary : sequence of str
        Columns that predict missingness or outcome.
    """
    columns = {}
    for visit in visits:
        for component in COMPONENTS[instrument]:
            columns[f"{component}_{visit}"] = by_visit(wide, component, ids, [visit])[visit].astype(float)
    known = persons.reindex(ids)
    extra = {name: known[name] for name in auxiliary}
    numbers = {
        name: values.astype("Float64").astype(float) if pd.api.types.is_numeric_dtype(values) else values
        for name, values in extra.items()
    }
    return pd.DataFrame({**columns, **numbers}, index=ids)


def impute_score(
    frame: pd.DataFrame, *, seed: int, n_imputations: int | None = None
) -> tuple[pd.DataFrame, int]:
    """Imputed components and how many data sets; a share of incomplete participants sets the number if not given."""
    from analysis import missing

    number = n_imputations or missing.imputations_needed(frame)
    return missing.impute_by_matching(frame, n_imputations=number, seed=seed), number


def score_of(imputed: pd.DataFrame, visit: str, *, instrument: str) -> pd.Series:
    """The score from the components of one visit."""
    from analysis import scoring

    score = getattr(scoring, instrument)
    return score(*(imputed[f"{component}_{visit}"] for component in COMPONENTS[instrument]))


def imputed_target(imputed: pd.DataFrame, *, instrument: str, visit: str, level: float) -> dict:
    """Share at the target (low activity or remission) over the imputed data sets, limits on the logit scale."""
    from analysis import missing, scoring

    reached = scoring.low_disease_activity(
        score_of(imputed.reset_index(drop=True), visit, instrument=instrument), instrument
    )
    shares = reached.astype(float).groupby(imputed["imputation"].to_numpy()).mean()
    n = int(imputed["imputation"].eq(1).sum())
    pooled = missing.pool_shares(shares.to_numpy(), n, confidence_level=level)
    return _pooled_line("Multiple imputation of the components", "Missing values and events", pooled, n)


def imputed_change(
    imputed: pd.DataFrame, *, instrument: str, baseline: str, visit: str, level: float
) -> dict:
    """Mean change of the score over the imputed data sets, pooled by Rubin's rules."""
    from analysis import missing

    flat = imputed.reset_index(drop=True)
    change = score_of(flat, visit, instrument=instrument) - score_of(flat, baseline, instrument=instrument)
    sets = pd.DataFrame({"imputation": flat["imputation"], "change": change})
    n = int(sets["imputation"].eq(1).sum())
    pooled = missing.pool_imputed(
        sets,
        lambda one: (one["change"].mean(), one["change"].var(ddof=1) / len(one)),
        complete_df=n - 1,
        confidence_level=level,
    )
    return _pooled_line("Multiple imputation of the components", change_of(instrument), pooled, n)


def _pooled_line(label: str, group: str, pooled, n: int) -> dict:
    return {
        "label": label,
        "group": group,
        "n": n,
        "n_missing": 0,
        "estimate": pooled.estimate,
        "conf_low": pooled.conf_low,
        "conf_high": pooled.conf_high,
        "method": "multiple imputation by predictive mean matching, Rubin's rules",
    }


def weighted_target(
    known: pd.Series, persons: pd.DataFrame, *, covariates: Sequence[str], truncate: Any, level: float
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
        truncate=tuple(truncate),
    )
    found = weighting.weighted_mean(
        known.astype("Float64").astype(float), weights.weights, confidence_level=level
    )
    return {
        "label": "Weighted by the inverse probability of being observed",
        "group": "Missing values and events",
        "n": int(known.notna().sum()),
        "n_missing": int(known.isna().sum()),
        "estimate": found.estimate,
        "conf_low": found.conf_low,
        "conf_high": found.conf_high,
        "method": "inverse probability of being observed (logistic, stabilised, truncated); sandwich error",
    }
