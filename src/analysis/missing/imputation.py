"""Multiple imputation by chained equations with predictive mean matching."""

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.inputs import NotEstimable, check_finite, check_unique, check_whole
from analysis.language import named

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
    if len(measurements) == 0:
        raise NotEstimable("nobody is there whose values could be imputed")
    incomplete = measurements.isna().any(axis=1).sum()
    return max(MINIMUM_IMPUTATIONS, math.ceil(100 * incomplete / len(measurements)))


def impute_by_matching(
    measurements: pd.DataFrame,
    *,
    n_imputations: int,
    seed: int | Sequence[int],
    iterations: int = 10,
    donors: int = 5,
    imputation: str = "imputation",
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
    n_imputations : int
        How many data sets (see `imputations_needed`).
    seed : int or sequence of int
        Fixes them.
    iterations, donors : int
        Cycles of the chain and size of the donor pool (mice has 5 and 5; 10 cycles follow White 2011).

    Returns
    -------
    DataFrame
        The data sets one below the other with the original index and a first column `imputation` from 1.

    Raises
    ------
    ValueError
        A column without any observed value, or an incomplete text column.

    Notes
    -----
    With a fifth of the last values missing at random the pooled 95 % interval of a mean change covered 95 % where
    changes were normal, but 91 % where they were skewed, at 20 and 200 subjects (docs/coverage.md): there analyse the
    logarithm.

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
    _check_imputable(measurements)
    rng = np.random.default_rng(seed)
    incomplete = [name for name in measurements if measurements[name].isna().any()]
    numbers = [name for name in measurements if name in incomplete or _is_number(measurements[name])]
    texts = _indicators(measurements.drop(columns=numbers))
    values = measurements[numbers].to_numpy(float, na_value=np.nan)
    chains = complete_arrays(
        values, rng, texts=texts, n_imputations=n_imputations, iterations=iterations, donors=donors
    )
    filled = []
    for number, chain in enumerate(chains, start=1):
        one = measurements.assign(
            **{name: _as_before(measurements[name], chain[:, j]) for j, name in enumerate(numbers)}
        )
        one.insert(0, imputation, number)
        filled.append(one)
    return pd.concat(filled)


def impute_changes(
    course: pd.DataFrame,
    *,
    n_imputations: int,
    seed: int | Sequence[int],
    iterations: int = 10,
    donors: int = 5,
    imputation: str = "imputation",
) -> pd.DataFrame:
    """Impute a course by the change from baseline, several times over.

    What is borrowed is the change of a similar subject and not its value: among few donors nobody may have begun as
    high as who is to be imputed, and a borrowed value would be a change nobody had (regression to the donors). A value
    that would leave the range seen in the course is set to its end.

    Parameters
    ----------
    course : DataFrame
        Subjects by visits, the first column baseline. A value without a baseline is kept, and lends nothing.
    n_imputations, seed, iterations, donors
        As `impute_by_matching` takes them.

    Returns
    -------
    DataFrame
        As `impute_by_matching` gives it, as values; what was observed stays as it was.

    Examples
    --------
    >>> course = pd.DataFrame({"w00": [10.0, 12.0, 20.0, 40.0], "w24": [8.0, 10.0, 18.0, None]})
    >>> impute_changes(course, n_imputations=1, seed=1)["w24"].tolist()
    [8.0, 10.0, 18.0, 38.0]
    """
    known = course.to_numpy(float)
    low, high = np.nanmin(known, initial=np.inf), np.nanmax(known, initial=-np.inf)
    options = {"n_imputations": n_imputations, "seed": seed, "iterations": iterations, "donors": donors}
    filled = _from_baseline(course.astype(float), imputation=imputation, **options)
    names = list(course.columns)
    return filled.assign(**filled[names].clip(low, high))


def impute_ratios(
    course: pd.DataFrame,
    *,
    n_imputations: int,
    seed: int | Sequence[int],
    iterations: int = 10,
    donors: int = 5,
    imputation: str = "imputation",
) -> pd.DataFrame:
    """Impute a skewed course above 0 by the logarithm of its ratio to baseline, several times over.

    For enzymes and other measurements that change by factors. What is borrowed is the ratio of a similar subject to
    its own baseline, so that a subject who began higher than all donors is not given one of their low values, a few
    very high values do not decide who is alike, and no value is negative.

    Parameters
    ----------
    course : DataFrame
        Subjects by visits, the first column baseline; all values above 0. A value without a baseline is kept, and
        lends nothing.
    n_imputations, seed, iterations, donors
        As `impute_by_matching` takes them.

    Returns
    -------
    DataFrame
        As `impute_by_matching` gives it, on the scale of the measurements; what was observed stays as it was.

    Raises
    ------
    ValueError
        A value of 0 or below, which has no logarithm; a visit without any observed value.

    Examples
    --------
    >>> course = pd.DataFrame({"w00": [2.0, 4.0, 8.0, 30.0], "w24": [1.0, 2.0, 4.0, None]})
    >>> impute_ratios(course, n_imputations=1, seed=1)["w24"].round(6).tolist()
    [1.0, 2.0, 4.0, 15.0]
    """
    if count := int((course <= 0).to_numpy().sum()):
        raise ValueError(f"{count} values are not above 0 and have no logarithm: impute them as they are")
    logs = np.log(course.astype(float))
    options = {"n_imputations": n_imputations, "seed": seed, "iterations": iterations, "donors": donors}
    filled = _from_baseline(logs, imputation=imputation, **options)
    names = list(course.columns)
    known = pd.concat([course.astype(float)] * n_imputations)
    back = known.where(known.notna(), np.exp(filled[names]))
    return back.assign(**{imputation: filled[imputation]})[[imputation, *names]]


def _from_baseline(course: pd.DataFrame, *, imputation: str, **options) -> pd.DataFrame:
    """A course whose later visits are imputed as differences from the first one, given back as values."""
    first, later = course.columns[0], list(course.columns[1:])
    changes = course.assign(**{name: course[name] - course[first] for name in later})
    filled = impute_by_matching(changes, imputation=imputation, **options)
    back = filled.assign(**{name: filled[name] + filled[first] for name in later})
    known = pd.concat([course] * options["n_imputations"])
    back = known.where(known.notna(), back[[first, *later]])
    return back.assign(**{imputation: filled[imputation]})[[imputation, first, *later]]


def _is_number(column):
    """Whether a column holds numbers or booleans."""
    return pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)


def _indicators(texts):
    """Complete text columns as indicators, for use as predictors only."""
    if texts.shape[1] == 0:
        return np.empty((len(texts), 0))
    return pd.get_dummies(texts, drop_first=True, dtype=float).to_numpy()


def _as_before(column, filled):
    """Filled values in the column's own type."""
    filled = pd.Series(filled, index=column.index)
    return filled.astype(column.dtype) if pd.api.types.is_bool_dtype(column) else filled


def _check_imputable(measurements):
    """Refuse what cannot be imputed by matching numbers."""
    check_unique(measurements.index, "measurements")
    if measurements.columns.has_duplicates:
        raise ValueError("measurements: a column name occurs twice; rename one")
    check_finite(measurements, measurements.columns)
    empty = [name for name in measurements if measurements[name].isna().all()]
    if empty:
        raise NotEstimable(
            "columns without any observed value cannot be imputed: {names}", names=named(*empty)
        )
    texts = [n for n in measurements if measurements[n].isna().any() and not _is_number(measurements[n])]
    if texts:
        raise ValueError(
            f"incomplete text columns cannot be matched: code {texts} as numbers or leave them out"
        )


def complete_arrays(
    values: np.ndarray,
    rng: np.random.Generator,
    *,
    n_imputations: int,
    iterations: int = 10,
    donors: int = 5,
    texts: np.ndarray | None = None,
) -> np.ndarray:
    """Imputed data sets, chain by subject by column: from random observed values on, through the incomplete columns.

    The array below `impute_by_matching`, for what repeats it many times; `texts` are further predictors, complete.
    """
    check_whole("n_imputations", n_imputations)
    check_whole("iterations", iterations)
    check_whole("donors", donors)
    number, gaps = n_imputations, np.isnan(values)
    texts = np.empty((len(values), 0)) if texts is None else texts
    targets = sorted(np.flatnonzero(gaps.any(axis=0)), key=lambda j: gaps[:, j].sum())
    width = values.shape[1] + texts.shape[1]  # of the design: all columns but the target, and the intercept
    drawn = [_draw(values, gaps, targets, rng, width, iterations, donors) for _ in range(number)]
    filled = np.repeat(values[None], number, axis=0)
    for place, j in enumerate(targets):
        filled[:, gaps[:, j], j] = [starts[place] for starts, _ in drawn]
    fixed = np.broadcast_to(texts, (number, *texts.shape))
    for step in range(iterations * len(targets)):
        j = targets[step % len(targets)]
        others = np.concatenate([np.delete(filled, j, axis=2), fixed], axis=2)
        drawn_now = zip(*(steps[step] for _, steps in drawn), strict=True)
        chi_square, normals, picks = (np.array(part) for part in drawn_now)
        filled[:, gaps[:, j], j] = _match(
            values[~gaps[:, j], j], others, gaps[:, j], chi_square, normals, picks, donors
        )
    return filled


def _draw(values, gaps, targets, rng, width, iterations, donors):
    """All that is random in one chain: values to start from; per step a chi-square, normals and picks of a donor."""
    starts = [rng.choice(values[~gaps[:, j], j], gaps[:, j].sum()) for j in targets]
    steps = []
    for _ in range(iterations):
        for j in targets:
            missing = int(gaps[:, j].sum())
            known = len(values) - missing
            steps.append(
                (
                    rng.chisquare(max(known - width, 1)),
                    rng.standard_normal(width),
                    rng.integers(0, min(donors, known), missing),
                )
            )
    return starts, steps


def _match(response, others, gap, chi_square, normals, picks, donors):
    """Values borrowed from the donors whose predicted value is nearest (van Buuren 2018, algorithm 3.3), by chain."""
    spread = others.std(axis=1, keepdims=True)
    scaled = (others - others.mean(axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    design = np.concatenate([np.ones((*others.shape[:2], 1)), scaled], axis=2)
    known = design[:, ~gap]
    cross = known.swapaxes(1, 2) @ known
    diagonal = np.einsum("mii->mi", cross)
    inverse = np.linalg.inv(
        cross + np.eye(cross.shape[1]) * (diagonal * RIDGE + np.finfo(float).eps)[:, None]
    )
    coefficients = inverse @ (known.swapaxes(1, 2) @ response)[..., None]
    predicted = (known @ coefficients)[..., 0]
    scale = np.sqrt(np.sum((response - predicted) ** 2, axis=1) / chi_square)
    drawn = coefficients + scale[:, None, None] * (np.linalg.cholesky(inverse) @ normals[..., None])
    wanted = (design[:, gap] @ drawn)[..., 0]
    return [
        _nearest(response, np.abs(one[:, None] - of_donors[None, :]), picked, donors)
        for one, of_donors, picked in zip(wanted, predicted, picks, strict=True)
    ]


def _nearest(response, distance, picked, donors):
    """The value of the donor picked among the nearest."""
    pool = min(donors, len(response))
    nearest = np.argpartition(distance, pool - 1, axis=1)[:, :pool]
    return response[nearest[np.arange(len(distance)), picked]]
