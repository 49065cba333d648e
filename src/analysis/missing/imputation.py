"""Multiple imputation by chained equations with predictive mean matching."""

import math

import numpy as np
import pandas as pd

MINIMUM_IMPUTATIONS = 20
RIDGE = 1e-5  # relative ridge on the cross-product, as in mice: keeps collinear items estimable


def imputations_needed(measurements: pd.DataFrame) -> int:
    """How many imputations: a hundred times the share of incomplete subjects, at least 20.

    References
    ----------
    White IR, Royston P, Wood AM. Stat Med 2011;30:377-99. doi:10.1002/sim.4067.

    Examples
    --------
    >>> imputations_needed(pd.DataFrame({"w24": [3.1] * 7 + [None] * 3}))
    30
    """
    incomplete = measurements.isna().any(axis=1).sum()
    return max(MINIMUM_IMPUTATIONS, math.ceil(100 * incomplete / len(measurements)))


def impute_by_matching(
    measurements: pd.DataFrame,
    *,
    n_imputations,
    seed,
    iterations=10,
    donors=5,
    log_scale=(),
    imputation="imputation",
) -> pd.DataFrame:
    """Impute every missing value with a value observed in a similar subject, several times over.

    Each incomplete column is regressed on all others; the missing value is drawn from the `donors` subjects whose
    prediction is nearest (type 1 matching with Bayesian draws of the coefficients). Impute the components of a
    score (joint counts, log CRP, globals) with the outcome and auxiliary variables, then derive scores and
    responses within each imputed data set. Values stay on their scale, because they are borrowed.

    Parameters
    ----------
    measurements : DataFrame
        One row per subject, numeric or boolean columns. Complete text columns may serve as predictors.
    n_imputations, seed : int
        How many data sets (see `imputations_needed`), and the seed that fixes them.
    iterations, donors : int
        Cycles of the chain and size of the donor pool (mice has 5 and 5; 10 cycles follow White 2011).
    log_scale : sequence of str
        Columns matched by their natural logarithm, for skewed measurements above 0 (enzymes, CRP): on their own
        scale a few high values decide the regression. They are given back on their own scale.

    Returns
    -------
    DataFrame
        The data sets one below the other with the original index and a first column `imputation` from 1.

    Raises
    ------
    ValueError
        A column without any observed value, an incomplete text column, or a value without a logarithm.

    References
    ----------
    van Buuren S. Flexible Imputation of Missing Data. 2nd ed. 2018, algorithm 3.3. doi:10.1201/9780429492259.

    Examples
    --------
    >>> wide = pd.DataFrame({"w00": [5.0, 6.0, 7.0, 5.5, 6.5], "w24": [3.0, 3.5, 4.5, None, 4.0]})
    >>> imputed = impute_by_matching(wide, n_imputations=2, seed=1)
    >>> imputed.shape, bool(imputed["w24"].isin([3.0, 3.5, 4.0, 4.5]).all())
    ((10, 3), True)
    """
    _check_imputable(measurements, log_scale)
    rng = np.random.default_rng(seed)
    incomplete = [name for name in measurements if measurements[name].isna().any()]
    numbers = [name for name in measurements if name in incomplete or _is_number(measurements[name])]
    texts = _indicators(measurements.drop(columns=numbers))
    logged = np.isin(numbers, list(log_scale))
    values = measurements[numbers].to_numpy(float, na_value=np.nan, copy=True)
    values[:, logged] = np.log(values[:, logged])
    targets = sorted((numbers.index(name) for name in incomplete), key=lambda j: np.isnan(values[:, j]).sum())
    filled = []
    for number in range(1, n_imputations + 1):
        chain = _one_chain(values, texts, targets, rng, iterations=iterations, donors=donors)
        chain[:, logged] = np.exp(chain[:, logged])
        one = measurements.assign(
            **{name: _as_before(measurements[name], chain[:, j]) for j, name in enumerate(numbers)}
        )
        one.insert(0, imputation, number)
        filled.append(one)
    return pd.concat(filled)


def _is_number(column):
    """Whether a column holds numbers or booleans."""
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _indicators(texts):
    """Complete text columns as indicators, for use as predictors only."""
    if texts.shape[1] == 0:
        return np.empty((len(texts), 0))
    return pd.get_dummies(texts, drop_first=True, dtype=float).to_numpy()


def _as_before(column, filled):
    """Filled values in the column's own type; what was observed stays as it was to the last digit."""
    filled = pd.Series(filled, index=column.index)
    if pd.api.types.is_bool_dtype(column):
        return filled.astype(column.dtype)
    return filled.where(column.isna(), column.astype(float))


def _check_imputable(measurements, log_scale):
    """Refuse what cannot be imputed by matching numbers."""
    if unknown := sorted(set(log_scale) - set(measurements)):
        raise KeyError(f"there are no columns {unknown} to match on the log scale")
    for name in log_scale:
        if count := int((measurements[name] <= 0).sum()):
            raise ValueError(
                f"{name}: {count} values are not above 0 and have no logarithm; match it as it is"
            )
    empty = [name for name in measurements if measurements[name].isna().all()]
    if empty:
        raise ValueError(f"columns without any observed value cannot be imputed: {empty}")
    texts = [n for n in measurements if measurements[n].isna().any() and not _is_number(measurements[n])]
    if texts:
        raise ValueError(
            f"incomplete text columns cannot be matched: code {texts} as numbers or leave them out"
        )


def _one_chain(values, texts, targets, rng, *, iterations, donors):
    """One imputed data set: start from random observed values, then cycle through the incomplete columns."""
    filled, gaps = values.copy(), np.isnan(values)
    for j in targets:
        filled[gaps[:, j], j] = rng.choice(values[~gaps[:, j], j], gaps[:, j].sum())
    for _ in range(iterations):
        for j in targets:
            others = np.column_stack([np.delete(filled, j, axis=1), texts])
            filled[gaps[:, j], j] = _match(filled[:, j], others, gaps[:, j], rng, donors)
    return filled


def _match(target, others, gap, rng, donors):
    """Values borrowed from the donors whose predicted value is nearest (van Buuren 2018, algorithm 3.3)."""
    spread = others.std(axis=0)
    design = np.column_stack(
        [np.ones(len(others)), (others - others.mean(axis=0)) / np.where(spread > 0, spread, 1)]
    )
    known, response = design[~gap], target[~gap]
    cross = known.T @ known
    inverse = np.linalg.inv(cross + np.diag(np.diag(cross) * RIDGE + np.finfo(float).eps))
    coefficients = inverse @ known.T @ response
    residual_df = max(len(response) - design.shape[1], 1)
    scale = np.sqrt(np.sum((response - known @ coefficients) ** 2) / rng.chisquare(residual_df))
    drawn = coefficients + scale * np.linalg.cholesky(inverse) @ rng.standard_normal(len(coefficients))
    distance = np.abs((design[gap] @ drawn)[:, None] - (known @ coefficients)[None, :])
    pool = min(donors, len(response))
    nearest = np.argpartition(distance, pool - 1, axis=1)[:, :pool]
    return response[nearest[np.arange(gap.sum()), rng.integers(0, pool, gap.sum())]]
