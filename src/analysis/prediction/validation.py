"""Optimism of a model judged on the data it was made from."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.prediction.checks import measures
from analysis.prediction.covariates import columns_of, complete_rows, levels_of
from analysis.prediction.logistic import expit
from analysis.prediction.ridge import fit_columns


def correct_optimism(
    subjects: pd.DataFrame, *, outcome: Any, covariates: Any, n_resamples: int, seed: int, penalty: Any = None
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

    Notes
    -----
    The corrected values have no interval. The interval of the apparent value, shifted by the optimism, is too narrow
    with few events per covariate, and a bootstrap around this one (Noma 2021) takes its resamples squared.

    References
    ----------
    Harrell FE, Lee KL, Mark DB. Stat Med 1996;15:361-87.
    doi:10.1002/(SICI)1097-0258(19960229)15:4<361::AID-SIM168>3.0.CO;2-4.
    Noma H, et al. Stat Med 2021;40:5691-701. doi:10.1002/sim.9148.

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
    levels = levels_of(rows, covariates)
    columns = columns_of(rows, covariates, levels)
    model = _Resampled(columns.to_numpy(), values, list(columns), rows[list(levels)].to_numpy(), penalty)
    rng = np.random.default_rng(seed)
    apparent, _ = model.performance(np.arange(len(rows)))
    pairs = [model.refit(rng.integers(0, len(rows), len(rows))) for _ in range(n_resamples)]
    usable = [pair for pair in pairs if pair is not None]
    if len(usable) < max(2, n_resamples / 2):
        raise ValueError(
            f"{n_resamples - len(usable)} of {n_resamples} resamples gave no model: too few events"
        )
    inside, outside = (pd.DataFrame(found) for found in zip(*usable, strict=True))
    optimism = (inside - outside).mean()
    shown = pd.Series(apparent)
    table = pd.DataFrame({"apparent": shown, "optimism": optimism, "corrected": shown - optimism})
    return (
        table.rename_axis("measure")
        .reset_index()
        .assign(
            n=len(rows),
            n_resamples=n_resamples,
            n_failed=n_resamples - len(usable),
            method=f"Bootstrap optimism correction, {n_resamples} resamples, seed {seed}",
        )
    )


class _Resampled:
    """The complete rows as arrays, and the model refitted to samples of them."""

    def __init__(self, columns, values, terms, texts, penalty):
        self.columns, self.values, self.terms, self.texts = columns, values, terms, texts
        self.penalty = penalty
        self.n_levels = [len(set(column)) for column in texts.T]

    def performance(self, drawn):
        """Measures of the model of a sample, in the sample and in the original."""
        sample, outcome = self.columns[drawn], self.values[drawn]
        intercept, slopes, _, _ = fit_columns(sample, outcome, terms=self.terms, penalty=self.penalty)
        inside = measures(outcome, expit(intercept + sample @ slopes))
        return inside, measures(self.values, expit(intercept + self.columns @ slopes))

    def refit(self, drawn):
        """`performance`, or None where the sample lacks an outcome, a level or the spread of a covariate."""
        lost = [len(set(column)) < n for column, n in zip(self.texts[drawn].T, self.n_levels, strict=True)]
        if any(lost) or np.ptp(self.values[drawn]) == 0:
            return None
        try:
            return self.performance(drawn)
        except ValueError:
            return None
