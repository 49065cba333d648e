"""Optimism of a model judged on the data it was made from: its performance and its calibration curve."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_whole
from analysis.language import tr
from analysis.prediction.checks import measures, smooth_calibration
from analysis.prediction.development import Development
from analysis.prediction.logistic import expit
from analysis.prediction.ridge import fit_columns

GRID, MIDDLE = (
    41,
    (0.025, 0.975),
)  # points of the calibration curve, and the share of the predictions it covers


@dataclass(frozen=True, slots=True)
class Validation:
    """What `validate_ridge` finds; `probability` are the apparent predictions by subject."""

    performance: pd.DataFrame
    calibration: pd.DataFrame
    probability: pd.Series = field(repr=False)
    n: int
    n_missing: int
    n_imputed: int
    n_resamples: int
    n_failed: int
    mean_error: float
    mean_error_corrected: float
    method: str


def validate_ridge(
    subjects: pd.DataFrame,
    *,
    outcome: ArrayLike,
    covariates: pd.DataFrame,
    n_resamples: int,
    seed: int,
    penalty: Any = None,
    n_imputations: int = 0,
) -> Validation:
    """Harrell's bootstrap: refit in resamples, compare performance there and in the original, subtract the mean.

    Everything that made the model is repeated in each resample: imputation of missing covariates, choice of the
    penalty, fit. Whom to predict is completed without the outcome.

    Parameters
    ----------
    subjects, outcome, covariates, penalty, n_imputations, seed
        As in `fit_ridge`; the penalty is chosen anew in every resample unless given.
    n_resamples : int
        Number of bootstrap samples (200 or more).

    Returns
    -------
    Validation
        `performance`: measure, apparent, optimism, corrected, n, n_resamples, n_failed (resamples without an answer:
        one outcome only, or a level that vanished), method. `calibration`: the smooth calibration curve (lowess of the
        outcome on the prediction, as R's rms has it) at `predicted`: `apparent`, `optimism`, `corrected` observed
        share, over the middle 95 % of the predictions; `mean_error` is its mean distance from the ideal line,
        `mean_error_corrected` that of the corrected curve.

    Notes
    -----
    The corrected values have no interval. The interval of the apparent value, shifted by the optimism, is too narrow
    with few events per covariate, and a bootstrap around this one (Noma 2021) takes its resamples squared.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Stat Med 1996;15:361-87.
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
    Noma H, et al. Stat Med 2021;40:5691-701. doi:10.1002/sim.9148.
    Wahl S, et al. BMC Med Res Methodol 2016;16:144. doi:10.1186/s12874-016-0239-7.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> noise = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd")).assign(y=np.arange(60) % 2)
    >>> noise.loc[:5, "a"] = np.nan
    >>> found = validate_ridge(noise, outcome="y", covariates=list("abcd"), n_resamples=20, seed=1, penalty=0.01,
    ...                        n_imputations=5)
    >>> auc = found.performance.set_index("measure").loc["auc"]
    >>> bool(auc["corrected"] < auc["apparent"]), found.n_imputed
    (True, 6)
    """
    check_whole("n_resamples", n_resamples, least=2)
    data = Development.of(subjects, outcome, covariates, gaps=n_imputations > 0)
    model = _Resampled(data, penalty, n_imputations, seed)
    apparent, curve = model.judged(np.arange(len(data.answers)), model.fitted(data, [seed, 0]))
    rng = np.random.default_rng(seed)
    drawn = [rng.integers(0, len(data.answers), len(data.answers)) for _ in range(n_resamples)]
    usable = [pair for place, rows in enumerate(drawn) if (pair := model.refit(rows, place)) is not None]
    if len(usable) < max(2, n_resamples / 2):
        raise NotEstimable(
            "{n} of {total} resamples gave no model: too few events",
            n=n_resamples - len(usable),
            total=n_resamples,
        )
    counted = {"n_resamples": n_resamples, "n_failed": n_resamples - len(usable)}
    method = (
        tr(
            "Bootstrap optimism correction, {n_resamples} resamples, seed {seed}, {n_imputations} "
            "imputations inside each",
            n_resamples=n_resamples,
            seed=seed,
            n_imputations=n_imputations,
        )
        if data.n_incomplete
        else tr(
            "Bootstrap optimism correction, {n_resamples} resamples, seed {seed}",
            n_resamples=n_resamples,
            seed=seed,
        )
    )
    inside, outside = (pd.DataFrame([pair[side][0] for pair in usable]) for side in (0, 1))
    table = _corrected(pd.Series(apparent), (inside - outside).mean()).rename_axis("measure").reset_index()
    curves = np.array([pair[0][1] - pair[1][1] for pair in usable])
    calibration = _corrected(pd.Series(curve), pd.Series(_mean(curves)))
    calibration.insert(0, "predicted", model.grid)
    return Validation(
        performance=table.assign(n=len(data.answers), **counted, method=method),
        calibration=calibration,
        probability=pd.Series(model.apparent, index=data.index, name="probability"),
        n=len(data.answers),
        n_missing=len(subjects) - len(data.answers),
        n_imputed=data.n_incomplete,
        mean_error=_distance(calibration, "apparent"),
        mean_error_corrected=_distance(calibration, "corrected"),
        method=method,
        **counted,
    )


def _corrected(apparent: pd.Series, optimism: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"apparent": apparent, "optimism": optimism, "corrected": apparent - optimism})


def _mean(curves: np.ndarray) -> np.ndarray:
    """Mean over the resamples whose predictions reach a point of the grid; NaN where fewer than half do."""
    known = (~np.isnan(curves)).sum(axis=0)
    total = np.nansum(curves, axis=0)
    return np.where(known >= len(curves) / 2, total / np.maximum(known, 1), np.nan)


def _distance(calibration: pd.DataFrame, name: str) -> float:
    """Mean distance of a curve from the ideal line, over the grid."""
    return float((calibration[name] - calibration["predicted"]).abs().mean())


class _Resampled:
    """The rows as arrays, the same rows completed for prediction, and the model refitted to samples of them."""

    def __init__(self, data: Development, penalty: Any, n_imputations: int, seed: int):
        self.data, self.penalty = data, penalty
        self.n_imputations, self.seed = n_imputations, seed
        self.predicted = data.completed(np.random.default_rng([seed, 1]), n_imputations, by_outcome=False)
        self.n_levels = [len(set(column)) for column in data.texts.T]
        self.apparent = self.probability(self.fitted(data, [seed, 0]))
        least, most = np.quantile(self.apparent, MIDDLE)
        self.grid = np.linspace(least, most, GRID)

    def fitted(self, sample: Development, seed: list[int]) -> tuple[float, np.ndarray]:
        """Intercept and slopes of the model made from a sample."""
        stacked = sample.completed(np.random.default_rng(seed), self.n_imputations)
        intercept, slopes, _, _ = fit_columns(stacked, terms=self.data.terms, penalty=self.penalty)
        return intercept, slopes

    def probability(self, model: tuple[float, np.ndarray]) -> np.ndarray:
        """Predictions of a model for the original subjects: of the mean log odds over the copies of each."""
        intercept, slopes = model
        return expit(self.predicted.per_subject(intercept + self.predicted.columns @ slopes))

    def judged(self, rows: np.ndarray, model: tuple[float, np.ndarray]) -> tuple[dict, np.ndarray]:
        """Measures and calibration curve of a model in some of the subjects."""
        outcome, probability = self.data.answers[rows], self.probability(model)[rows]
        return measures(outcome, probability), smooth_calibration(outcome, probability, self.grid)

    def refit(self, rows: np.ndarray, place: int) -> tuple | None:
        """Inside and outside of one resample; None where it lacks an outcome, a level or the spread of a covariate."""
        sample = self.data.drawn(rows)
        lost = [len(set(column)) < n for column, n in zip(sample.texts.T, self.n_levels, strict=True)]
        if any(lost) or np.ptp(sample.answers) == 0:
            return None
        try:
            model = self.fitted(sample, [self.seed, 2, place])
        except NotEstimable:
            return None
        return self.judged(rows, model), self.judged(np.arange(len(self.data.answers)), model)
