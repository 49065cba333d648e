"""The mean change at one visit by each way of handling missing values, side by side."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from analysis import missing, mmrm, paired, results
from analysis.inputs import NotEstimable
from analysis.summaries.change import TESTED

if TYPE_CHECKING:
    from analysis.study import Study

AS_RATIO = "imputed as the logarithm of the ratio to baseline"


def summarise_strategies(
    courses: Mapping[str, pd.DataFrame],
    *,
    study: "Study",
    visit: str,
    population: str,
    units: Mapping[str, str],
    log_ratio: Collection[str] = (),
) -> pd.DataFrame:
    """Change from baseline at a visit with missing values handled in five ways.

    Parameters
    ----------
    courses : mapping of str to DataFrame
        By variable: subjects (index) by visits (columns, baseline first), NaN where missing. The visits up to the one
        compared are used, by the mixed model, by the imputation, and for what is carried forward: as the hierarchy and
        the tipping point use them, so that one quantity has one value.
    study : analysis.study.Study
        Confidence level and seed.
    visit : str
        Visit compared with baseline.
    population : str
        Name of the analysis set, for the results.
    units : mapping of str to str
        Unit of each variable.
    log_ratio : collection of str
        Variables imputed by the logarithm of their ratio to baseline, being skewed and above 0; the change is that
        of the values themselves.

    Returns
    -------
    DataFrame
        Rows of the analyses ``missing_observed`` (complete pairs), ``missing_mmrm``, ``missing_mi`` (predictive mean
        matching from these visits, Rubin's rules), ``missing_locf`` and ``missing_bocf`` (both discouraged). Estimates
        and intervals; the tests are those of the change itself.
    """
    level, frames = study.statistics.confidence_level, []
    for variable, course in courses.items():
        wide = course.loc[:, :visit]
        visits = list(wide.columns)
        long = long_course(wide)
        carried = {
            "locf": missing.derive_locf(long, value="value", visits=visits, carry_baseline=True),
            "bocf": missing.derive_bocf(long, value="value", visits=visits),
        }
        found = {
            "observed": paired.compare_means(wide[visits[0]], wide[visit], confidence_level=level),
            "mmrm": _model(long, visits=visits, visit=visit, level=level),
            "mi": _imputed(
                wide, visit=visit, seed=study.statistics.seed, level=level, log=variable in log_ratio
            ),
            **{
                name: _carried(rows, first=visits[0], visit=visit, level=level)
                for name, rows in carried.items()
            },
        }
        keys = {"variable": variable, "visit": visit, "population": population, "unit": units[variable]}
        frames += [
            results.rows_of(
                row,
                analysis=f"missing_{name}",
                note=AS_RATIO if name == "mi" and variable in log_ratio else "",
                **keys,
            )
            for name, row in found.items()
        ]
    rows = results.stack(frames)
    return rows[~rows["statistic"].isin(TESTED)]


def long_course(wide: pd.DataFrame) -> pd.DataFrame:
    """Subjects by visits as rows of `subject_id`, `visit_id` and `value`, missing ones too."""
    named = wide.rename_axis(index="subject_id", columns="visit_id")
    return named.melt(ignore_index=False).reset_index()


def impute_course(wide: pd.DataFrame, *, seed: int, log: bool = False) -> pd.DataFrame:
    """The course of those with a baseline value, completed several times over from their own visits.

    With `log` what is imputed is the logarithm of the ratio to baseline, given back as a value.
    """
    known = wide[wide.iloc[:, 0].notna()]
    usable = known.loc[:, known.notna().any()]
    impute = missing.impute_ratios if log else missing.impute_by_matching
    return impute(usable, n_imputations=missing.imputations_needed(usable), seed=seed)


def mean_change(one: pd.DataFrame, visit: str) -> tuple[float, float]:
    """Mean change of one completed data set from its first visit, and its variance."""
    change = one[visit] - one.iloc[:, 0]
    return float(change.mean()), float(change.var(ddof=1) / len(change))


def _imputed(wide: pd.DataFrame, *, visit: str, seed: int, level: float, log: bool) -> dict:
    if wide.iloc[:, 0].isna().all() or wide[visit].isna().all():
        return _nothing("not yet: nobody has values at baseline and at the visit")
    try:
        imputed = impute_course(wide, seed=seed, log=log)
    except NotEstimable as reason:
        return _nothing(reason)
    n = imputed.index.nunique()
    pooled = missing.pool_imputed(
        imputed, lambda one: mean_change(one, visit), complete_df=n - 1, confidence_level=level
    )
    kept = {name: getattr(pooled, name) for name in ("estimate", "conf_low", "conf_high", "method")}
    return {**kept, "n": n, "n_missing": int(wide.loc[imputed.index.unique(), visit].isna().sum())}


def _model(long: pd.DataFrame, *, visits, visit: str, level: float) -> dict:
    """Change by the mixed model, with how it was fitted as the method."""
    try:
        model = mmrm.fit(long, response="value", visits=visits)
    except NotEstimable as reason:
        return _nothing(reason)
    changes = mmrm.change_from_baseline(model, confidence_level=level)
    row = changes[changes["visit"].eq(visit)].iloc[0].to_dict()
    kept = {name: row[name] for name in ("estimate", "conf_low", "conf_high", "se")}
    return {
        **kept,
        "n": model.n_subjects,
        "n_missing": row["n_missing"],
        "method": model.method,
        "note": row["note"],
    }


def _nothing(reason) -> dict:
    """What a strategy gives when the data cannot: no estimate, and why."""
    empty = dict.fromkeys(("estimate", "conf_low", "conf_high"), float("nan"))
    return {**empty, "note": str(reason), "status": results.NOT_ESTIMATED}


def _carried(rows: pd.DataFrame, *, first: str, visit: str, level: float):
    wide = rows.pivot(index="subject_id", columns="visit_id", values="value").reindex(columns=[first, visit])
    return paired.compare_means(wide[first], wide[visit], confidence_level=level)
