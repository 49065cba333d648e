"""One check of what goes into an estimator: level, yes/no, numbers, times, rows; and what data cannot give.

Every statistical package asks here, so that the same mistake gets the same answer everywhere: what is wrong, where,
and what to do. Messages count and name a few subjects, never values of patients.

Two kinds of refusal are kept apart. A `ValueError` or `KeyError` is a mistake in the call. `NotEstimable` says that the
call is right and the data cannot give the estimate (no event, separation, a visit nobody attended): the caller keeps
everything else and writes a row with the reason (`analysis.results.not_estimated`).
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.language import tr

SHOWN = 5


class NotEstimable(ValueError):  # noqa: N818, named after what happened
    """The data cannot give this estimate; the message is the reason, fit for a table.

    Parameters
    ----------
    reason : str
        The English text, a key of the catalogue; tables show it in the report's language.
    **places
        What its named places hold; columns, visits and groups by `analysis.language.named`.

    Examples
    --------
    >>> str(NotEstimable("the outcome does not vary in {n} rows", n=12))
    'the outcome does not vary in 12 rows'
    """

    def __init__(self, reason: str, /, **places: Any):
        super().__init__(tr(reason, **places))


NO_NUMBERS = "mMc"  # durations, dates and complex numbers, which NumPy would turn into floats


def check_level(confidence_level: float) -> None:
    """Refuse a confidence level outside (0, 1), such as 95.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
    ValueError: confidence_level: expected a number between 0 and 1, such as 0.95, got 95
    """
    check_share("confidence_level", confidence_level, example="0.95")


def check_share(name: str, value: Any, *, example: str = "0.05") -> None:
    """Refuse a share, level or probability that does not lie strictly between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not 0 < value < 1:
        raise ValueError(f"{name}: expected a number between 0 and 1, such as {example}, got {value}")


def check_whole(name: str, value: Any, *, least: int = 1) -> None:
    """Refuse a number of resamples, imputations, donors or groups that is not whole or too small.

    Examples
    --------
    >>> check_whole("donors", 0)
    Traceback (most recent call last):
    ValueError: donors: expected a whole number, 1 or more, got 0
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name}: expected a whole number, {least} or more, got {value!r}")


def check_choice(name: str, value: Any, allowed: Iterable) -> None:
    """Refuse a word that is not among the known ones."""
    if value not in allowed:
        raise ValueError(f"{name}: expected one of {', '.join(map(str, allowed))}, got {value!r}")


def check_columns(frame: pd.DataFrame, names: Iterable, what: str = "frame") -> None:
    """Refuse a frame without the columns an estimator needs, naming the nearest known ones."""
    from difflib import get_close_matches

    if not isinstance(frame, pd.DataFrame):
        raise ValueError(f"{what}: expected a DataFrame, got {type(frame).__name__}")
    lacking = [name for name in dict.fromkeys(names) if name not in frame.columns]
    if lacking:
        near = get_close_matches(str(lacking[0]), [str(name) for name in frame.columns], n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; it has {list(frame.columns)[:12]}"
        raise KeyError(f"{what} has no column {', '.join(map(repr, lacking))}{hint}")


def check_roles(**roles: Any) -> None:
    """Refuse a column that is named for two roles, or twice for one: a column or several for each role, or none.

    Examples
    --------
    >>> check_roles(group="arm", strata=["site", "arm"])
    Traceback (most recent call last):
    ValueError: 'arm' is named for group and for strata: a column has one role
    """
    taken: dict = {}
    for role, named in roles.items():
        for name in [named] if isinstance(named, str) else list(named or ()):
            if name in taken:
                places = f"twice for {role}" if taken[name] == role else f"for {taken[name]} and for {role}"
                raise ValueError(f"{name!r} is named {places}: a column has one role")
            taken[name] = role


def subject_keys(subject: str | Sequence[str]) -> list:
    """The columns that together make a subject."""
    return [subject] if isinstance(subject, str) else list(subject)


def check_subjects(frame: pd.DataFrame, keys: list, what: str = "rows") -> None:
    """Refuse rows that name no subject."""
    if nameless := int(frame[keys].isna().any(axis=1).sum()):
        raise ValueError(
            f"{nameless} {what} name no subject ({', '.join(keys)}): give the id or leave them out"
        )


def check_once(frame: pd.DataFrame, keys: list, place: Any) -> None:
    """Refuse a subject that stands twice at one place (visit, position, time)."""
    twice = frame.duplicated([*keys, place])
    if twice.any():
        some = ", ".join(map(str, pd.unique(frame.loc[twice, keys[0]])[:SHOWN]))
        raise ValueError(
            f"{int(twice.sum())} rows repeat a subject and visit ({place!r}; subjects {some}): keep one of each"
        )


def check_unique(index: pd.Index, what: str) -> None:
    """Refuse an index that names a subject twice."""
    if index.has_duplicates:
        repeated = index[index.duplicated()].unique()
        some = ", ".join(str(one) for one in repeated[:SHOWN])
        raise ValueError(
            f"{what}: {len(repeated)} subjects occur more than once ({some}); keep one row of each"
        )


def yes_no(values: ArrayLike, name: str) -> np.ndarray:
    """Floats 0, 1 and NaN of yes/no answers; anything else is refused.

    Examples
    --------
    >>> yes_no(pd.Series([True, None, False]), "event").tolist()
    [1.0, nan, 0.0]
    """
    answers = numbers(values, name, expected="True or False (1 or 0)")
    known = answers[~np.isnan(answers)]
    if not np.isin(known, (0.0, 1.0)).all():
        strange = int((~np.isin(known, (0.0, 1.0))).sum())
        raise ValueError(
            f"{name}: expected True or False (1 or 0), {strange} values are neither: say which of them is yes"
        )
    return answers


def numbers(values: ArrayLike, name: str, *, expected: str = "numbers") -> np.ndarray:
    """Floats of a column, missing as NaN; text, dates, durations and infinite values are refused."""
    try:
        if getattr(getattr(values, "dtype", None), "kind", "f") in NO_NUMBERS:
            raise TypeError
        if isinstance(values, pd.Series):
            found = values.to_numpy(dtype=float, na_value=np.nan)
        else:
            found = pd.Series(np.asarray(values, dtype=object).ravel()).astype("Float64")
            found = found.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        raise ValueError(f"{name}: expected {expected}, got values that are no numbers") from None
    if count := int(np.isinf(found).sum()):
        raise ValueError(f"{name}: {count} values are infinite; mark them as missing or correct them")
    return found


def check_finite(rows: pd.DataFrame, names: Iterable) -> None:
    """Refuse infinite values in the numeric ones of these columns."""
    for name in names:
        if pd.api.types.is_numeric_dtype(rows[name]) and not pd.api.types.is_bool_dtype(rows[name]):
            numbers(rows[name], name)


def check_counts(values: np.ndarray, name: str) -> None:
    """Refuse counts that are negative, fractional or infinite (NaN is missing)."""
    known = values[~np.isnan(values)]
    if (known < 0).any() or (known != np.floor(known)).any() or np.isinf(known).any():
        raise ValueError(f"{name}: expected whole numbers, 0 or more")


def varies(values: ArrayLike, *, relative: float = 1e-12) -> bool:
    """Whether values differ by more than rounding; judged against their own size, never against a fixed number.

    Examples
    --------
    >>> varies([1e-9, 2e-9]), varies([0.1 + 0.2, 0.3])
    (True, False)
    """
    known = np.asarray(values, float)
    known = known[~np.isnan(known)]
    return len(known) > 1 and float(np.ptp(known)) > relative * float(np.abs(known).max())


def ratio_of(logarithm: Any) -> Any:
    """A ratio from its logarithm; one too large for a number is infinite, without a warning.

    Examples
    --------
    >>> float(ratio_of(0.0)), float(ratio_of(1e4)), float(ratio_of(-1e4))
    (1.0, inf, 0.0)
    """
    with np.errstate(over="ignore"):
        return np.exp(logarithm)


def limit_words(confidence_level: float) -> str:
    """The level of an interval in words of a method.

    Examples
    --------
    >>> limit_words(0.95)
    '95 %'
    """
    return f"{100 * confidence_level:g} %"


def is_missing(value: Any) -> bool:
    """Whether a scalar stands for nothing."""
    return value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value))
