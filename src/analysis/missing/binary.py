"""Multiple imputation of yes/no outcomes by logistic regression, finite where covariates separate them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.firth import maximise
from analysis.identified import check_independent
from analysis.inputs import (
    NotEstimable,
    check_columns,
    check_finite,
    check_roles,
    check_unique,
    check_whole,
    yes_no,
)
from analysis.language import named


def impute_binary(
    subjects: pd.DataFrame,
    *,
    outcome: str,
    covariates: Sequence[str],
    n_imputations: int,
    seed: int,
    imputation: str = "imputation",
) -> pd.DataFrame:
    """Impute missing answers by the probability that a logistic model gives subjects like them.

    Coefficients are drawn from their approximate posterior: normal about Firth's penalised estimate, with the inverse
    information there, so that neither an empty cell nor a covariate that separates the outcomes sends them to infinity.

    Parameters
    ----------
    subjects : DataFrame
        One row per subject.
    outcome : str
        Yes/no column with gaps.
    covariates : sequence of str
        Complete columns, numbers or text (indicators): baseline, group, the answer at earlier visits.
    n_imputations, seed : int
        How many data sets (see `imputations_needed`), and the seed that fixes them.

    Returns
    -------
    DataFrame
        The data sets one below the other with the original index, a first column `imputation` from 1, the outcome as
        boolean.

    Raises
    ------
    NotEstimable
        Without any answer, or where all answers are the same.

    References
    ----------
    Rubin DB. Multiple Imputation for Nonresponse in Surveys. 1987, section 5.3. Heinze G, Schemper M. Stat Med
    2002;21:2409-19. doi:10.1002/sim.1047.

    Examples
    --------
    >>> cohort = pd.DataFrame({"acr20": [True, False, True, None, False, True], "haq": [0.5, 2, 1, 0.75, 1.75, 1.5]})
    >>> filled = impute_binary(cohort, outcome="acr20", covariates=["haq"], n_imputations=20, seed=1)
    >>> filled.shape, int(filled["acr20"].isna().sum())
    ((120, 3), 0)
    """
    check_whole("n_imputations", n_imputations)
    check_roles(outcome=outcome, covariates=covariates)
    check_columns(subjects, [outcome, *covariates], "subjects")
    check_unique(subjects.index, "subjects")
    check_finite(subjects, covariates)
    answers = yes_no(subjects[outcome], outcome)
    if incomplete := [name for name in covariates if subjects[name].isna().any()]:
        raise ValueError(f"covariates must be complete: impute {incomplete} first or leave them out")
    known = ~np.isnan(answers)
    if not known.any() or np.ptp(answers[known]) == 0:
        raise NotEstimable(
            "{name} does not vary in the {n} answers there are", name=named(outcome), n=int(known.sum())
        )
    design, fitted, root = _fitted(subjects, covariates, answers, known)
    rng = np.random.default_rng(seed)
    filled = []
    for number in range(1, n_imputations + 1):
        drawn = fitted + root @ rng.standard_normal(len(fitted))
        chance = 0.5 * (1 + np.tanh(0.5 * (design[~known] @ drawn)))
        complete = answers.copy()
        complete[~known] = rng.random((~known).sum()) < chance
        one = subjects.assign(**{outcome: complete.astype(bool)})
        one.insert(0, imputation, number)
        filled.append(one)
    return pd.concat(filled)


def _fitted(subjects, covariates, answers, known):
    """Standardised design, penalised coefficients and a root of their covariance."""
    columns = pd.get_dummies(subjects[list(covariates)], drop_first=True, dtype=float).astype(float)
    check_independent((columns[known] - columns[known].mean()).to_numpy(), columns.columns)
    scaled = (columns - columns[known].mean()) / columns[known].std(ddof=0)
    design = np.column_stack([np.ones(len(subjects)), scaled])
    beta = maximise(design[known], answers[known]).coefficients
    probability = 0.5 * (1 + np.tanh(0.5 * (design[known] @ beta)))
    information = (design[known].T * (probability * (1 - probability))) @ design[known]
    return design, beta, np.linalg.cholesky(np.linalg.inv(information))
