"""Predictors of the target at one year: named beforehand, penalised, and corrected for optimism."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import missing, multiplicity, numbers, prediction, proportions
from analysis.language import Texts, mark
from analysis.tables.table import Table
from studies.arthritis.settings import Predictors

if TYPE_CHECKING:
    from analysis.study import Study


def predictor_frame(subjects: pd.DataFrame, outcome: pd.Series, *, covariates: Sequence[Any]) -> pd.DataFrame:
    """Outcome and covariates by participant, on the scale that the odds ratios are given for.

    Parameters
    ----------
    subjects : DataFrame
        What is known at baseline, by participant.
    outcome : Series
        Boolean with NA by participant of the analysis set.
    covariates : sequence of Covariate
        Variables and their scale.

    Returns
    -------
    DataFrame
        `outcome` and one column per covariate, floats with NaN; booleans as 0 and 1.

    Raises
    ------
    ValueError
        A value of zero or below where a doubling is asked for.
    """
    known = subjects.reindex(outcome.index)
    columns = {"outcome": outcome.astype("boolean")}
    for entry in covariates:
        values = known[entry.variable].astype("Float64").astype("float64")
        values = _log2(values, entry.variable) if entry.log2 else values / entry.per
        columns[entry.variable] = values
    return pd.DataFrame(columns, index=outcome.index)


def _log2(values: pd.Series, name: str) -> pd.Series:
    """Logarithm to base 2: one unit is a doubling."""
    if (values <= 0).any():
        count = int((values <= 0).sum())
        raise ValueError(
            f"{name}: {count} values are not above zero and have no logarithm; take another scale"
        )
    return np.log2(values)


def fit_predictors(frame: pd.DataFrame, *, setting: Predictors, study: "Study") -> dict:
    """Univariable odds, the penalised model, and its performance apparent and corrected for optimism.

    Parameters
    ----------
    frame : DataFrame
        From `predictor_frame`.
    setting : Predictors
        Resamples, groups of the calibration plot, thresholds of the decision curve.
    study : analysis.study.Study
        Confidence level and seed.

    Returns
    -------
    dict
        `univariable` (each predictor by itself, subjects with a value), `model`, `validation`, `calibration`,
        `benefit`, `size` (Riley's criteria at the observed prevalence and Cox-Snell R squared), `n`, `events`,
        `n_imputations`.
        Missing predictors are imputed, inside each resample anew; predictions are those of rows completed without the
        outcome.
    """
    names = [name for name in frame if name != "outcome"]
    level, seed = study.statistics.confidence_level, study.statistics.seed
    known = frame[frame["outcome"].notna()]
    needed = missing.imputations_needed(known[names]) if known[names].isna().any(axis=None) else 0
    options: dict[str, Any] = {
        "outcome": "outcome",
        "covariates": names,
        "n_imputations": needed,
        "seed": seed,
    }
    model = prediction.fit_ridge(frame, **options)
    checked = prediction.validate_ridge(frame, n_resamples=setting.n_resamples, **options)
    outcome = known["outcome"].astype(bool)
    probability = checked.probability
    odds = prediction.univariable_odds(frame, outcome="outcome", covariates=names, confidence_level=level)
    return {
        "univariable": odds.assign(p_adjusted=multiplicity.benjamini_hochberg(odds["p_value"].to_numpy())),
        "model": model,
        "validation": checked,
        "calibration": prediction.calibration_curve(
            outcome,
            probability,
            n_groups=setting.groups,
            interval=proportions.wilson,
            confidence_level=level,
        ),
        # the decision is to escalate early in those unlikely to reach the target: what counts is missing it
        "benefit": prediction.decision_curve(~outcome, 1 - probability, thresholds=setting.thresholds),
        "size": _size(outcome, probability, len(names)),
        "n": len(outcome),
        "events": int(outcome.sum()),
        "n_imputations": needed,
    }


def _size(outcome: pd.Series, probability: pd.Series, n_parameters: int):
    """Sample size that Riley's criteria ask for, at the prevalence and the Cox-Snell R squared seen here."""
    y, p = outcome.to_numpy(float), probability.to_numpy(float)
    prevalence = float(y.mean())
    fitted = float(np.sum(y * np.log(p) + (1 - y) * np.log1p(-p)))
    null = float(np.sum(y * np.log(prevalence) + (1 - y) * np.log1p(-prevalence)))
    r2 = 1 - np.exp(2 * (null - fitted) / len(y))
    return prediction.required_size(n_parameters=n_parameters, prevalence=prevalence, r2_cox_snell=float(r2))


def smooth_lines(validation: Any) -> pd.DataFrame:
    """The smooth calibration curves as `figures.calibration` reads them: as it appears, and corrected for optimism."""
    curves = validation.calibration
    return pd.concat(
        [
            curves[["predicted", name]].rename(columns={name: "observed"}).assign(group=label)
            for name, label in (("apparent", mark("apparent")), ("corrected", mark("corrected for optimism")))
        ],
        ignore_index=True,
    ).dropna()


def benefit_long(benefit: pd.DataFrame) -> pd.DataFrame:
    """Net benefit as `figures.decision_curve` reads it: one row per model and threshold."""
    named = benefit.rename(columns={"everybody": "all", "nobody": "none"})
    return named.melt(
        id_vars="threshold", value_vars=["model", "all", "none"], var_name="name", value_name="net_benefit"
    ).rename(columns={"name": "model"})


MEASURES = Texts(
    {
        "auc": "Area under the ROC curve",
        "brier": "Brier score",
        "scaled_brier": "Scaled Brier score",
        "calibration_intercept": "Calibration in the large",
        "calibration_slope": "Calibration slope",
    }
)


def predictor_table(
    univariable: pd.DataFrame, model: Any, *, labels: dict[str, str], notes: Sequence[str] = ()
) -> Table:
    """Odds ratios one by one and in the penalised model.

    Parameters
    ----------
    univariable : DataFrame
        From `prediction.univariable_odds`, with `p_adjusted`.
    model : analysis.prediction.RidgeModel
        The penalised model; its odds ratios have no interval.
    labels : mapping
        Covariate to label with its unit.
    notes : sequence of str
        Footnotes.
    """
    shrunken = model.coefficients.set_index("term")["odds_ratio"]
    lines = [
        [
            f"{numbers.whole(row['events'])}/{numbers.whole(row['n'])}",
            numbers.estimate_interval(row["estimate"], row["conf_low"], row["conf_high"], 2),
            numbers.p_value(row["p_value"]),
            numbers.p_value(row["p_adjusted"]),
            numbers.fixed(shrunken.get(row["term"]), 2),
        ]
        for row in univariable.to_dict("records")
    ]
    columns = [mark("Events/n"), mark("Odds ratio ({CI})"), "p", mark("Adjusted p"), mark("Odds ratio")]
    index = [labels.get(name, name) for name in univariable["covariate"]]
    body = pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=mark("Predictor")))
    return Table(
        body, spanners={mark("Alone"): columns[:4], mark("Penalised model"): columns[4:]}, notes=notes
    )


def performance_table(performance: pd.DataFrame, *, notes: Sequence[str] = ()) -> Table:
    """Performance as it appears, its optimism, and corrected."""
    lines = [
        [numbers.fixed(row[name], 3) for name in ("apparent", "optimism", "corrected")]
        for row in performance.to_dict("records")
    ]
    index = [MEASURES.get(name, name) for name in performance["measure"]]
    columns = [mark("Apparent"), mark("Optimism"), mark("Corrected")]
    return Table(
        pd.DataFrame(lines, columns=columns, index=pd.Index(index, name=mark("Measure"))), notes=notes
    )
