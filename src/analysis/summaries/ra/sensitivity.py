"""The key result under other choices: missing data, definition of the target, definition of difficult-to-treat RA."""

import numpy as np
import pandas as pd

from analysis import proportions
from analysis.summaries.ra.activity import by_visit
from analysis.summaries.ra.target import target_flags

COMPONENTS = ("tjc28", "sjc28", "ptga_mm", "phga_mm")
CUTOFFS = {
    "SDAI at most 11": "sdai",
    "DAS28-ESR at most 3.2": "das28_esr",
    "DAS28-CRP at most 3.2": "das28_crp",
    "DAS28-CRP at most 2.9 (its own cut-off)": "das28_crp_own_cutoffs",
}


def target_line(label: str, group: str, known: pd.Series, *, level: float, observed: bool = False) -> dict:
    """One analysis of a proportion: missing as non-response, or left out; Wilson's interval."""
    n = int(known.notna().sum()) if observed else len(known)
    count = int(known.fillna(False).sum())
    share = proportions.wilson(count, n, confidence_level=level)
    return {
        "label": label,
        "group": group,
        "count": count,
        "n": n,
        "n_missing": int(known.isna().sum()),
        "estimate": share.estimate,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
    }


def under_missing(
    flags: pd.DataFrame, due: pd.Series, *, visit: str, earlier: list[str], switched: pd.Index, level
):
    """The target at one visit under the ways to treat missing values that need no model.

    Parameters
    ----------
    flags : DataFrame
        Target by participant and visit (boolean with NA).
    due : Series
        Boolean by participant: who is due at the visit.
    visit : str
        The visit.
    earlier : list of str
        Visits that a complete case has, too.
    switched : Index
        Participants with a switch of b/tsDMARD before the visit (composite strategy).
    level : float
        Confidence level.

    Returns
    -------
    list of dict
        `label`, `group`, `count`, `n`, `n_missing`, `estimate`, `conf_low`, `conf_high`.
    """
    of_visit = flags.loc[due[due].index, visit]
    complete = flags.loc[of_visit.index, [*earlier, visit]].notna().all(axis=1)
    composite = of_visit.mask(of_visit.index.isin(switched), False)
    at_start = flags.loc[of_visit.index, earlier[0]].fillna(False).astype(bool)
    group = "Missing values and events"
    return [
        target_line("Primary: missing is non-response", group, of_visit, level=level),
        target_line("As observed", group, of_visit, level=level, observed=True),
        target_line("Complete cases: all visits up to then", group, of_visit[complete], level=level),
        target_line("Missing is response (best case)", group, of_visit.fillna(True), level=level),
        target_line("Switch of b/tsDMARD is non-response", group, composite, level=level),
        target_line("Not at the target at baseline", group, of_visit[~at_start], level=level),
    ]


def imputation_frame(
    wide: pd.DataFrame, persons: pd.DataFrame, ids: pd.Index, *, visits, auxiliary
) -> pd.DataFrame:
    """Components of the CDAI at each visit and auxiliary columns, one row per participant.

    Parameters
    ----------
    wide : DataFrame
        One row per participant and visit.
    persons : DataFrame
        One row per participant with the auxiliary columns.
    ids : Index
        Participants whose visit was due.
    visits : list of str
        Visits whose components enter the chain.
    auxiliary : sequence of str
        Columns that predict missingness or outcome.
    """
    columns = {}
    for visit in visits:
        for component in COMPONENTS:
            columns[f"{component}_{visit}"] = by_visit(wide, component, ids, [visit])[visit].astype(float)
    known = persons.set_index("subject_id").reindex(ids)
    extra = {name: known[name] for name in auxiliary}
    numbers = {
        name: values.astype("Float64").astype(float) if pd.api.types.is_numeric_dtype(values) else values
        for name, values in extra.items()
    }
    return pd.DataFrame({**columns, **numbers}, index=ids)


def impute_cdai(
    frame: pd.DataFrame, *, seed: int, n_imputations: int | None = None
) -> tuple[pd.DataFrame, int]:
    """Imputed components and how many data sets; a share of incomplete participants sets the number if not given."""
    from analysis import missing

    number = n_imputations or missing.imputations_needed(frame)
    return missing.impute_by_matching(frame, n_imputations=number, seed=seed), number


def cdai_of(imputed: pd.DataFrame, visit: str) -> pd.Series:
    """CDAI from the components of one visit."""
    from analysis import scoring

    return scoring.cdai(*(imputed[f"{component}_{visit}"] for component in COMPONENTS))


def imputed_target(imputed: pd.DataFrame, *, visit: str, level: float) -> dict:
    """Share at the target (CDAI low or remission) over the imputed data sets, pooled by Rubin's rules."""
    from analysis import missing, scoring

    reached = scoring.low_disease_activity(cdai_of(imputed.reset_index(drop=True), visit), "cdai")
    sets = pd.DataFrame({"imputation": imputed["imputation"].to_numpy(), "reached": reached.astype(float)})
    n = int(sets["imputation"].eq(1).sum())
    pooled = missing.pool_imputed(
        sets,
        lambda one: (one["reached"].mean(), one["reached"].mean() * (1 - one["reached"].mean()) / len(one)),
        complete_df=n - 1,
        confidence_level=level,
    )
    return _pooled_line("Multiple imputation of the components", "Missing values and events", pooled, n)


def imputed_change(imputed: pd.DataFrame, *, baseline: str, visit: str, level: float) -> dict:
    """Mean change of CDAI over the imputed data sets, pooled by Rubin's rules."""
    from analysis import missing

    flat = imputed.reset_index(drop=True)
    change = cdai_of(flat, visit) - cdai_of(flat, baseline)
    sets = pd.DataFrame({"imputation": flat["imputation"], "change": change})
    n = int(sets["imputation"].eq(1).sum())
    pooled = missing.pool_imputed(
        sets,
        lambda one: (one["change"].mean(), one["change"].var(ddof=1) / len(one)),
        complete_df=n - 1,
        confidence_level=level,
    )
    return _pooled_line("Multiple imputation of the components", "Mean change of CDAI", pooled, n)


def _pooled_line(label: str, group: str, pooled, n: int) -> dict:
    return {
        "label": label,
        "group": group,
        "n": n,
        "n_missing": 0,
        "estimate": pooled.estimate,
        "conf_low": pooled.conf_low,
        "conf_high": pooled.conf_high,
    }


def weighted_target(known: pd.Series, persons: pd.DataFrame, *, covariates, truncate, level: float) -> dict:
    """Share at the target of those observed, weighted by the inverse probability of having been observed.

    Parameters
    ----------
    known : Series
        Target by participant, NA where not observed.
    persons : DataFrame
        One row per participant with the covariates, complete.
    covariates : sequence of str
        Baseline columns that predict being observed.
    truncate : tuple of float
        Quantiles at which weights are cut.
    level : float
        Confidence level.
    """
    from analysis import weighting

    frame = persons.set_index("subject_id").reindex(known.index)[list(covariates)]
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
    }


def under_cutoffs(wide: pd.DataFrame, due: pd.Series, *, visit: str, level: float) -> list[dict]:
    """The target by other instruments and cut-offs at the same visit; missing is non-response."""
    ids = due[due].index
    lines = []
    for label, instrument in CUTOFFS.items():
        known = target_flags(wide, ids, instrument=instrument, visits=[visit])[visit]
        lines.append(target_line(label, "Definition of the target", known, level=level))
    return lines


def classify_variants(tables, criteria: dict, *, variants) -> dict[str, pd.Series]:
    """Who has difficult-to-treat RA under each variant of the definition named: result by subject id."""
    from analysis import eligibility
    from analysis.datasets.screening import tables_at_screening
    from analysis.summaries.ra.difficult import difficult_rule

    rule = difficult_rule(criteria)
    known = tables_at_screening(tables, tables["assessments"], tables["scores"])
    found = {}
    for name in variants:
        changes = dict(criteria["sensitivity"][name])
        if changes.pop("definition", None) == "stratafit":
            judged = eligibility.d2t_stratafit(known, rule["index_date"], **changes)
        else:
            judged = eligibility.d2t(known, rule["index_date"], settings={**rule["settings"], **changes})
        found[name] = judged["result"]
    return found


def under_definitions(known: pd.Series, results: dict[str, pd.Series], *, level: float) -> list[dict]:
    """The target among those who have difficult-to-treat RA under each variant; missing is non-response."""
    lines = []
    for name, result in results.items():
        held = result.reindex(known.index).eq("yes").fillna(False)
        lines.append(
            target_line(f"D2T: {name}", "Definition of difficult-to-treat RA", known[held], level=level)
        )
    return lines


def changes_by_method(
    wide: pd.DataFrame, ids: pd.Index, *, study, visit: str, visits: list[str]
) -> list[dict]:
    """Mean change of CDAI from baseline at a visit: observed pairs, mixed model, last value carried forward."""
    from analysis import missing, mmrm, paired

    level, baseline = study.statistics.confidence_level, study.baseline_visit
    values = by_visit(wide, "cdai", ids, visits).astype(float)
    observed = paired.compare_means(values[baseline], values[visit], confidence_level=level)
    long = (
        values.rename_axis("subject_id")
        .reset_index()
        .melt("subject_id", var_name="visit_id", value_name="cdai")
    )
    model = mmrm.fit(long, response="cdai", visits=visits)
    fitted = mmrm.change_from_baseline(model, confidence_level=level).set_index("visit").loc[visit]
    carried = missing.derive_locf(long, value="cdai", visits=visits, carry_baseline=True)
    filled = carried.pivot(index="subject_id", columns="visit_id", values="cdai")
    last = paired.compare_means(filled[baseline], filled[visit], confidence_level=level)
    return [
        _change_line("Observed pairs", observed),
        {
            "label": "Mixed model for repeated measures (MMRM)",
            "group": "Mean change of CDAI",
            "n": int(values.notna().any(axis=1).sum()),
            "n_missing": int(values[visit].isna().sum()),
            **{name: float(fitted[name]) for name in ("estimate", "conf_low", "conf_high")},
            "method": model.method if hasattr(model, "method") else "",
        },
        _change_line("Last value carried forward (discouraged)", last),
    ]


def _change_line(label: str, found) -> dict:
    return {
        "label": label,
        "group": "Mean change of CDAI",
        "n": found.n_pairs,
        "n_missing": found.n_missing,
        **{name: getattr(found, name) for name in ("estimate", "conf_low", "conf_high", "method")},
    }


def expected_regression(
    values: pd.DataFrame, *, baseline: str, stable: tuple[str, str], cutoff: float
) -> dict:
    """Change of a score to expect from regression to the mean alone in those above a cut-off at baseline.

    Parameters
    ----------
    values : DataFrame
        The score by participant and visit.
    baseline : str
        Visit of the selection.
    stable : tuple of str
        Two consecutive late visits; their correlation stands for test and retest [P].
    cutoff : float
        Entry criterion [P].

    Returns
    -------
    dict
        `mean`, `sd` (of the visits after baseline, which stand for the unselected course [P]), `correlation`,
        `estimate` (expected change), `observed` (mean change to the first stable visit in those above the cut-off).
    """
    from analysis.design import expected_regression_to_mean

    later = values.drop(columns=baseline).to_numpy(float)
    pair = values[list(stable)].dropna()
    correlation = float(pair.corr().iloc[0, 1])
    mean, sd = float(np.nanmean(later)), float(np.nanstd(later, ddof=1))
    expected = expected_regression_to_mean(mean=mean, sd=sd, correlation=correlation, cutoff=cutoff)
    above = values[values[baseline] > cutoff]
    return {
        "mean": mean,
        "sd": sd,
        "correlation": correlation,
        "estimate": expected,
        "observed": float((above[stable[0]] - above[baseline]).mean()),
        "n": len(above),
        "n_missing": int(above[stable[0]].isna().sum()),
    }
