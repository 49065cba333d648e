"""Outcome and covariates as numbers, with the levels of categories remembered for later predictions."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.inputs import NotEstimable, check_columns, check_finite, check_roles, varies, yes_no
from analysis.language import named


def complete_rows(
    subjects: pd.DataFrame, outcome: ArrayLike, covariates: pd.DataFrame, *, gaps: bool = False
) -> tuple[Any, Any]:
    """Rows with outcome and all covariates, the outcome as 0/1; with `gaps` numbers among the covariates may lack."""
    used = list(dict.fromkeys([outcome, *covariates]))
    check_roles(outcome=outcome, covariates=covariates)
    check_columns(subjects, used, "subjects")
    check_finite(subjects, covariates)
    yes_no(subjects[outcome], outcome)
    needed = [outcome, *(name for name in covariates if not (gaps and _is_number(subjects[name])))]
    rows = subjects[used].dropna(subset=needed if gaps else used)
    if empty := [name for name in covariates if rows[name].isna().all() and len(rows)]:
        raise NotEstimable("covariates without any value cannot predict: {names}", names=named(*empty))
    values = rows[outcome].astype(float)
    if values.nunique() < 2:
        raise NotEstimable(
            "the outcome {name} does not vary in {n} complete rows", name=named(outcome), n=len(rows)
        )
    return rows, values.to_numpy()


def levels_of(rows: pd.DataFrame, covariates: pd.DataFrame) -> dict:
    """Levels of the covariates that are text or categories, the reference first."""
    texts = [name for name in covariates if not _is_number(rows[name])]
    return {name: tuple(sorted(rows[name].unique(), key=str)) for name in texts}


def columns_of(rows: pd.DataFrame, covariates: pd.DataFrame, levels: Any) -> pd.DataFrame:
    """Numbers as they are, categories as indicators named column=level; unknown levels are refused."""
    blocks = []
    for name in covariates:
        if name not in levels:
            blocks.append(rows[name].astype(float))
            continue
        strange = set(rows[name].dropna()) - set(levels[name])
        if strange:
            raise ValueError(f"{name!r} has levels the model has not seen: {sorted(strange, key=str)}")
        known = rows[name].notna()
        for level in levels[name][1:]:
            blocks.append((rows[name] == level).astype(float).where(known).rename(f"{name}={level}"))
    return pd.concat(blocks, axis=1)


def standardise(
    columns: np.ndarray, terms: Any, weights: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and standard deviation per column; columns that do not vary are refused by name."""
    mean = np.average(columns, axis=0, weights=weights)
    spread = np.sqrt(np.average((columns - mean) ** 2, axis=0, weights=weights))
    constant = [term for term, column in zip(terms, columns.T) if not varies(column)]
    if constant:
        raise NotEstimable("covariates that do not vary cannot predict: {names}", names=named(*constant))
    return mean, spread


def _is_number(values):
    """Whether a column enters as a number (booleans do)."""
    return pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)
