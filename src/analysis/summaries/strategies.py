"""The mean change at one visit by each way of handling missing values, side by side."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
import pandas as pd

from analysis import missing, mmrm, paired, results
from analysis.inputs import NotEstimable
from analysis.language import mark, semicolons, tr
from analysis.summaries.change import TESTED

if TYPE_CHECKING:
    from analysis.study import Study

AS_RATIO = mark("imputed as the logarithm of the ratio to baseline")
AS_CHANGE = mark("imputed as the change from baseline")


def summarise_strategies(
    courses: Mapping[str, pd.DataFrame],
    *,
    study: "Study",
    visit: str,
    population: str,
    units: Mapping[str, str],
    variables: Mapping[str, str] | None = None,
    completed: Mapping[str, pd.DataFrame] | None = None,
    imputed_as: str = "",
    among: str = "",
) -> pd.DataFrame:
    """Change from baseline at a visit with missing values handled in five ways, and why the ways differ.

    Parameters
    ----------
    courses : mapping of str to DataFrame
        By id: subjects (index) by visits (columns, baseline first), NaN where missing. The visits up to the one
        compared are used, by the mixed model, by the imputation, and for what is carried forward: as the hierarchy and
        the tipping point use them, so that one quantity has one value.
    study : analysis.study.Study
        Confidence level, seed, and how values are imputed (`statistics.imputation`).
    visit : str
        Visit compared with baseline.
    population : str
        Name of the analysis set, for the results.
    units : mapping of str to str
        Unit of each id.
    variables : mapping of str to str, optional
        Variable of each id where it is called otherwise: the study file names variables.
    completed : mapping of str to DataFrame, optional
        By id: the course completed several times over, as `impute_course` gives it, where the study imputes otherwise
        (a score from its components); `imputed_as` says how.
    among : str, optional
        Whom the courses are of where they are not of everybody: a model of everybody gives another value, and the row
        of this one says why.

    Returns
    -------
    DataFrame
        Rows of the analyses ``missing_observed`` (complete pairs), ``missing_mmrm``, ``missing_mi`` (predictive mean
        matching from these visits, Rubin's rules), ``missing_locf`` and ``missing_bocf`` (both discouraged). Estimates
        and intervals; the tests are those of the change itself.
    """
    frames = []
    for name, course in courses.items():
        wide, variable = course.loc[:, :visit], (variables or {}).get(name, name)
        given = None if completed is None else completed[name]
        ways = _ways(wide, visit=visit, study=study, variable=variable, completed=given)
        ways["mi"].setdefault("note", imputed_as or describe_course(study, variable))
        ways["mmrm"]["note"] = ways["mmrm"].get("note") or among
        ways["why"] = explain_difference(wide, visit=visit, model=ways["mmrm"], imputed=ways["mi"])
        keys = {"variable": name, "visit": visit, "population": population, "unit": units[name]}
        frames += [results.rows_of(row, analysis=f"missing_{way}", **keys) for way, row in ways.items()]
    rows = results.stack(frames)
    return rows[~rows["statistic"].isin(TESTED)]


def _ways(wide: pd.DataFrame, *, visit: str, study: "Study", variable: str, completed) -> dict[str, dict]:
    """The change by each way of handling what is missing."""
    level, visits, long = study.statistics.confidence_level, list(wide.columns), long_course(wide)
    locf = missing.derive_locf(long, value="value", visits=visits, carry_baseline=True)
    bocf = missing.derive_bocf(long, value="value", visits=visits)
    ends = {"first": visits[0], "visit": visit, "level": level}
    return {
        "observed": asdict(paired.compare_means(wide[visits[0]], wide[visit], confidence_level=level)),
        "mmrm": _model(long, visits=visits, visit=visit, level=level),
        "mi": _imputed(wide, visit=visit, study=study, variable=variable, completed=completed),
        "locf": _carried(locf, tr("last value carried forward"), **ends),
        "bocf": _carried(bocf, tr("baseline carried forward"), **ends),
    }


def long_course(wide: pd.DataFrame) -> pd.DataFrame:
    """Subjects by visits as rows of `subject_id`, `visit_id` and `value`, missing ones too."""
    named = wide.rename_axis(index="subject_id", columns="visit_id")
    return named.melt(ignore_index=False).reset_index()


def impute_course(wide: pd.DataFrame, *, study: "Study", variable: str) -> pd.DataFrame:
    """The course of those with a baseline value, completed several times over from their own visits.

    The one imputation model of an endpoint, wherever it is imputed: predictive mean matching of the change from
    baseline, or of the logarithm of the ratio to baseline where the study file says so.
    """
    known = wide[wide.iloc[:, 0].notna()]
    usable = known.loc[:, known.notna().any()]
    return complete_course(usable, study=study, variable=variable, n=missing.imputations_needed(usable))


def complete_course(course: pd.DataFrame, *, study: "Study", variable: str, n: int) -> pd.DataFrame:
    """`n` completed copies of a course; the first ones are the same whatever their number."""
    plan = study.statistics.imputation
    impute = missing.impute_ratios if variable in plan.log_ratio else missing.impute_changes
    seed = [study.statistics.seed, crc32(variable.encode())]  # each variable has draws of its own
    return impute(course, n_imputations=n, seed=seed, donors=plan.donors, iterations=plan.iterations)


def describe_course(study: "Study", variable: str) -> str:
    """How `impute_course` imputes a variable, in words."""
    plan = study.statistics.imputation
    how = AS_RATIO if variable in plan.log_ratio else AS_CHANGE
    return tr("{how}, {donors} donors", how=how, donors=plan.donors)


def explain_difference(
    wide: pd.DataFrame, *, visit: str, model: Mapping[str, Any], imputed: Mapping[str, Any]
) -> dict:
    """Why multiple imputation and the mixed model differ: whom they speak of, and what each thinks of those missing.

    Parameters
    ----------
    wide : DataFrame
        Subjects by visits, the first one baseline.
    visit : str
        The visit compared.
    model, imputed : mapping
        `estimate` of both, `se` of the model, `n` of both.

    Returns
    -------
    dict
        `n_seen` and `n_imputed`; `change_seen`: mean change of those seen; `change_model` and `change_imputed`: the
        mean change of those not seen that each way implies, for a mean over subjects is that of both parts; `skewness`
        of the changes seen (G1, adjusted; beyond 1 means are not told by their intervals); `difference` of the two
        estimates, and `difference_se`, the same in standard errors of the model.
    """
    changes = (wide[visit] - wide.iloc[:, 0]).dropna()
    lacking = int(wide.iloc[:, 0].notna().sum()) - len(changes)
    difference = imputed["estimate"] - model["estimate"]
    return {
        "n_seen": len(changes),
        "n_imputed": lacking,
        "change_seen": changes.mean() if len(changes) else np.nan,
        "change_model": _implied(model["estimate"], changes, lacking),
        "change_imputed": _implied(imputed["estimate"], changes, lacking),
        "skewness": changes.skew() if len(changes) > 2 else np.nan,
        "difference": difference,
        "difference_se": difference / model["se"] if model.get("se") else np.nan,
        "n": len(changes) + lacking,
    }


def _implied(estimate: float, seen: pd.Series, lacking: int) -> float:
    """Mean change of those not seen that a mean change of all implies."""
    return (estimate * (len(seen) + lacking) - seen.sum()) / lacking if lacking else np.nan


def mean_change(one: pd.DataFrame, visit: str) -> tuple[float, float]:
    """Mean change of one completed data set from its first visit, and its variance."""
    change = one[visit] - one.iloc[:, 0]
    return float(change.mean()), float(change.var(ddof=1) / len(change))


def _imputed(wide: pd.DataFrame, *, visit: str, study: "Study", variable: str, completed) -> dict:
    """Change over the completed data sets; those that are given, or by the imputation model of the variable."""
    if wide.iloc[:, 0].isna().all() or wide[visit].isna().all():
        return _nothing(tr("not yet: nobody has values at baseline and at the visit"))
    try:
        imputed = impute_course(wide, study=study, variable=variable) if completed is None else completed
    except NotEstimable as reason:
        return _nothing(reason)
    n, level = imputed.index.nunique(), study.statistics.confidence_level
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


def _carried(rows: pd.DataFrame, how: str, *, first: str, visit: str, level: float) -> dict:
    """Change of those whose missing values are filled in one way, with that way in the method."""
    wide = rows.pivot(index="subject_id", columns="visit_id", values="value").reindex(columns=[first, visit])
    found = paired.compare_means(wide[first], wide[visit], confidence_level=level)
    return asdict(found) | {"method": semicolons([how, found.method])}
