"""The rows a model is made from, and those with missing covariates completed several times over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable
from analysis.missing.imputation import complete_arrays
from analysis.prediction.covariates import columns_of, complete_rows, levels_of


@dataclass(frozen=True, slots=True)
class Stacked:
    """Completed rows below each other: the subject (position) each belongs to, and one over the copies of that one."""

    columns: np.ndarray
    outcome: np.ndarray
    subject: np.ndarray
    weights: np.ndarray

    def per_subject(self, values: np.ndarray) -> np.ndarray:
        """The mean of a value over the copies of each subject."""
        return np.bincount(self.subject, self.weights * values)


@dataclass(frozen=True, slots=True)
class Development:
    """Subjects with a known outcome: covariates as numbers (NaN where missing), the outcome as 0 and 1."""

    columns: np.ndarray
    answers: np.ndarray
    terms: tuple[str, ...]
    texts: np.ndarray
    levels: dict
    index: pd.Index

    @classmethod
    def of(
        cls, subjects: pd.DataFrame, outcome: str, covariates: Sequence[str], *, gaps: bool
    ) -> "Development":
        """From a frame; without `gaps` of complete rows only."""
        if not len(covariates):
            raise ValueError("covariates: name at least one, a model without any predicts nothing")
        rows, values = complete_rows(subjects, outcome, list(covariates), gaps=gaps)
        levels = levels_of(rows, covariates)
        columns = columns_of(rows, covariates, levels)
        texts = rows[list(levels)].to_numpy()
        numbers = columns.to_numpy(dtype=float, na_value=np.nan)
        return cls(numbers, values, tuple(columns), texts, levels, rows.index)

    @property
    def n_incomplete(self) -> int:
        """Subjects with a missing covariate."""
        return int(np.isnan(self.columns).any(axis=1).sum())

    def drawn(self, places: np.ndarray) -> "Development":
        """A sample of these subjects, by position."""
        return replace(
            self,
            columns=self.columns[places],
            answers=self.answers[places],
            texts=self.texts[places],
            index=self.index[places],
        )

    def completed(self, rng: np.random.Generator, n_imputations: int, *, by_outcome: bool = True) -> Stacked:
        """Incomplete rows completed by predictive mean matching; each complete one stands once, with weight 1.

        To make a model the outcome helps to impute. To judge a prediction it must not: who is to be predicted has
        none yet, and imputed values that know the outcome would predict it too well.
        """
        n, k = self.columns.shape
        lacking = np.isnan(self.columns).any(axis=1)
        if not lacking.any():
            return Stacked(self.columns, self.answers, np.arange(n), np.ones(n))
        if np.isnan(self.columns).all(axis=0).any():
            raise NotEstimable("a covariate has no value in this sample")
        known = np.column_stack([self.columns, self.answers]) if by_outcome else self.columns
        chains = complete_arrays(known, rng, n_imputations=n_imputations, iterations=5)[:, lacking, :k]
        subject = np.concatenate([np.flatnonzero(~lacking), np.tile(np.flatnonzero(lacking), n_imputations)])
        weights = np.where(np.arange(len(subject)) < n - lacking.sum(), 1.0, 1 / n_imputations)
        rows = np.concatenate([self.columns[~lacking], chains.reshape(-1, k)])
        return Stacked(rows, self.answers[subject], subject, weights)
