"""Optimism of a model judged on the data it was made from."""

import numpy as np
import pandas as pd

from analysis.prediction.checks import measure_performance
from analysis.prediction.covariates import complete_rows
from analysis.prediction.ridge import fit_ridge, predict

MEASURES = ("auc", "brier", "scaled_brier", "calibration_intercept", "calibration_slope")


def correct_optimism(
    subjects: pd.DataFrame, *, outcome, covariates, n_resamples, seed, penalty=None
) -> pd.DataFrame:
    """Harrell's bootstrap: refit in resamples, compare performance there and in the original, subtract the mean.

    Parameters
    ----------
    subjects, outcome, covariates, penalty
        As in `fit_ridge`; the penalty is chosen anew in every resample unless given.
    n_resamples, seed : int
        Number of bootstrap samples (200 or more) and the seed that fixes them.

    Returns
    -------
    DataFrame
        measure, apparent, optimism, corrected, n, n_resamples, n_failed (resamples without an answer: one outcome
        only, or a level that vanished), method.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Stat Med 1996;15:361-87.
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> noise = pd.DataFrame(rng.normal(size=(60, 4)), columns=list("abcd")).assign(y=np.arange(60) % 2)
    >>> table = correct_optimism(noise, outcome="y", covariates=list("abcd"), n_resamples=20, seed=1, penalty=0.01)
    >>> auc = table.set_index("measure").loc["auc"]
    >>> bool(auc["corrected"] < auc["apparent"])
    True
    """
    rows, values = complete_rows(subjects, outcome, list(covariates))
    rng = np.random.default_rng(seed)
    options = {"outcome": outcome, "covariates": covariates, "penalty": penalty}
    apparent = measure_performance(values, predict(fit_ridge(rows, **options), rows).to_numpy())
    gaps = [_gap(rows, values, rng.integers(0, len(rows), len(rows)), options) for _ in range(n_resamples)]
    usable = [gap for gap in gaps if gap is not None]
    if len(usable) < max(2, n_resamples / 2):
        raise ValueError(
            f"{n_resamples - len(usable)} of {n_resamples} resamples gave no model: too few events"
        )
    optimism = np.nanmean(usable, axis=0)
    shown = np.array([getattr(apparent, measure) for measure in MEASURES])
    return pd.DataFrame(
        {
            "measure": MEASURES,
            "apparent": shown,
            "optimism": optimism,
            "corrected": shown - optimism,
            "n": len(rows),
            "n_resamples": n_resamples,
            "n_failed": n_resamples - len(usable),
            "method": f"Bootstrap optimism correction, {n_resamples} resamples, seed {seed}",
        }
    )


def _gap(rows, values, drawn, options):
    """Performance in the resample minus performance of the same model in the original; None without a model."""
    sample = rows.iloc[drawn].reset_index(drop=True)
    try:
        model = fit_ridge(sample, **options)
        inside = measure_performance(values[drawn], predict(model, sample).to_numpy())
        outside = measure_performance(values, predict(model, rows).to_numpy())
    except ValueError:
        return None
    return [getattr(inside, measure) - getattr(outside, measure) for measure in MEASURES]
