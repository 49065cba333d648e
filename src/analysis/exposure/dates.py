"""Dates that may be known to the day, the month or the year only."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

EARLIEST, LATEST = (
    -365_250,
    365_250,
)  # day numbers standing for "no lower bound" and "no upper bound": +-1000 years
MISSING = np.iinfo(np.int32).min
WIDTHS = {10: "D", 7: "M", 4: "Y"}


def to_days(dates: ArrayLike) -> np.ndarray:
    """Give dates as whole days since 1970-01-01 (int32); a missing date is the smallest int32.

    Examples
    --------
    >>> to_days(pd.Series(pd.to_datetime(["1970-01-02", None]))).tolist()
    [1, -2147483648]
    """
    values = np.asarray(dates, dtype="datetime64[s]")
    days = values.astype("datetime64[D]").astype(np.int64)
    return np.where(np.isnat(values), MISSING, days).astype(np.int32)


def from_days(days: ArrayLike) -> pd.Series:
    """Give day numbers back as dates; missing and unbounded ones are missing.

    Examples
    --------
    >>> from_days(pd.Series([1, EARLIEST])).tolist()
    [Timestamp('1970-01-02 00:00:00'), NaT]
    """
    numbers = pd.Series(days)
    known = (numbers > EARLIEST) & (numbers < LATEST)
    dates = numbers.where(known, 0).to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    return pd.Series(dates, index=numbers.index).where(known)


def date_bounds(dates: Any, precision: pd.Series | None = None, *, month_rule: str = "mid") -> pd.DataFrame:
    """Bound dates of which only the month or the year may be known.

    Parameters
    ----------
    dates : Series of datetime, or of text YYYY-MM-DD, YYYY-MM, YYYY
        Missing dates stay missing.
    precision : Series of {"D", "M", "Y"}, optional
        For datetimes: how much of each is known; what lies beyond it is ignored. Missing means known to the day.
    month_rule : {"mid", "interval"}
        Month known: taken as the 15th, flagged (default), or bounded by first and last of the month. A convention
        without published source, hence a parameter.

    Returns
    -------
    DataFrame
        With the index of `dates`: ``earliest`` and ``latest`` (datetimes, both included), ``imputed`` (bool; the day
        was set to the 15th). A year alone is bounded by 1 January and 31 December.

    Examples
    --------
    >>> date_bounds(pd.Series(["2024-02-29", "2022-06", "2021"]))
        earliest     latest  imputed
    0 2024-02-29 2024-02-29    False
    1 2022-06-15 2022-06-15     True
    2 2021-01-01 2021-12-31    False
    """
    if month_rule not in ("mid", "interval"):
        raise ValueError(f"month_rule is {month_rule!r}; expected 'mid' or 'interval'")
    written = dates if isinstance(dates, pd.Series) else pd.Series(dates)
    if pd.api.types.is_datetime64_any_dtype(written):
        values, known_to = _of_datetimes(written, precision)
    else:
        values, known_to = _of_text(written)
    first, last = _extremes(values, known_to)
    imputed = (known_to == "M") & (month_rule == "mid") & ~np.isnat(values)
    middle = values.astype("datetime64[M]").astype("datetime64[D]") + np.timedelta64(14, "D")
    bounds = {"earliest": np.where(imputed, middle, first), "latest": np.where(imputed, middle, last)}
    return pd.DataFrame(
        {name: value.astype("datetime64[s]") for name, value in bounds.items()} | {"imputed": imputed},
        index=written.index,
    )


def _of_datetimes(dates, precision):
    """Give datetimes as days, with the precision of each."""
    values = dates.to_numpy().astype("datetime64[D]")
    if precision is None:
        return values, np.full(len(values), "D")
    kinds = pd.Categorical(precision)
    letters = np.array([*map(str, kinds.categories), "D"])
    wrong = ~np.isin(letters, ["D", "M", "Y"])[kinds.codes]
    if wrong.any():
        raise ValueError(
            f"{wrong.sum()} date precisions are none of D, M, Y; first at row {precision.index[wrong][0]!r}"
        )
    return values, letters.astype("U1")[kinds.codes]


def _of_text(dates):
    """Read text dates; their length tells the precision. A date that does not exist is refused."""
    text = dates.astype("str").str.strip()
    width = text.str.len().map(WIDTHS).fillna("D").to_numpy(dtype="U1")
    whole = text + np.select([width == "Y", width == "M"], ["-01-01", "-01"], "")
    read = pd.to_datetime(whole, format="%Y-%m-%d", errors="coerce")
    wrong = (read.isna() & text.notna()).to_numpy()
    if wrong.any():
        raise ValueError(
            f"{wrong.sum()} dates are not written YYYY-MM-DD, YYYY-MM or YYYY, or do not exist; first at row "
            f"{dates.index[wrong][0]!r}. Dates in other forms are read by analysis.read"
        )
    return read.to_numpy().astype("datetime64[D]"), width


def _extremes(values, known_to):
    """Give first and last day that a date may be."""
    first, last = values.copy(), values.copy()
    for code, unit in (("M", "datetime64[M]"), ("Y", "datetime64[Y]")):
        of_kind = known_to == code
        period = values[of_kind].astype(unit)
        first[of_kind] = period.astype("datetime64[D]")
        after = (period + np.timedelta64(1, code)).astype("datetime64[D]")
        last[of_kind] = after - np.timedelta64(1, "D")
    return first, last
