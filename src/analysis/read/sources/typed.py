"""Typed values of packages and databases as cells: numbers, dates and yes/no keep what they are."""

from datetime import date, datetime, time
from decimal import Decimal

import numpy as np
import pandas as pd

from analysis.read.cells import Cells, Export, Kind, from_pairs
from analysis.read.sources.delimited import doubled_names
from analysis.read.sources.excel import plain_date, plain_number


def typed_frame(frame: pd.DataFrame, *, first: int = 1) -> Export:
    """A frame of typed values as an export; rows numbered from `first`."""
    names = [str(name).strip() for name in frame.columns]
    columns = {name: typed_column(frame.iloc[:, n]) for n, name in enumerate(names)}
    return Export(columns, np.arange(first, first + len(frame)), doubled=doubled_names(names))


def typed_column(values: pd.Series, *, single: bool = False) -> Cells:
    """One column of typed values; missing ones are blank.

    `single` marks numbers kept in single precision: 7.1 is then what 7.099999904632568 was written as. Lists and the
    like, which no column of a study can hold, are texts.
    """
    if values.dtype in (np.float16, np.float32) or single:
        values = _shortest(values)
    try:
        places, contents = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # lists
        places, contents = pd.factorize(values.map(str, na_action="ignore"), use_na_sentinel=True)
    if isinstance(values.dtype, pd.StringDtype):
        return _text_cells(places, contents.to_numpy(dtype=object))
    items = contents.tolist() if hasattr(contents, "tolist") else list(contents)
    read = [_cell(item) for item in items]
    blank = len(read)
    places = np.where(places < 0, blank, places)
    made = from_pairs([*(text for text, _ in read), ""], [*(kind for _, kind in read), Kind.TEXT])
    return Cells(made.places[places], made.texts, made.kinds)


def _text_cells(places: np.ndarray, texts: np.ndarray) -> Cells:
    """Texts as cells; a missing one is as blank as an empty one."""
    places = np.where((places < 0) | (texts == "")[places] if len(texts) else places < 0, len(texts), places)
    return Cells(places, np.append(texts, ""), np.full(len(texts) + 1, Kind.TEXT, dtype=np.uint8))


def _shortest(values: pd.Series) -> pd.Series:
    """Numbers of single or half precision as the shortest decimals that mean them."""
    if not pd.api.types.is_float_dtype(values):
        return values
    kept = np.float16 if values.dtype == np.float16 else np.float32
    short = [float(str(value)) for value in values.to_numpy(dtype=kept)]
    return pd.Series(short, index=values.index)


def _cell(value) -> tuple[str, Kind]:
    """A value as text, with its kind."""
    if isinstance(value, bool | np.bool_):
        return str(int(value)), Kind.BOOLEAN
    if isinstance(value, int | float | np.number):
        return plain_number(value), Kind.NUMBER  # type: ignore[arg-type]
    if isinstance(value, Decimal):
        return (
            str(int(value))
            if value == value.to_integral_value() and value.as_tuple().exponent >= 0  # type: ignore[operator]
            else f"{value:f}"
        ), Kind.NUMBER
    if isinstance(value, datetime | date):
        return plain_date(value), Kind.DATE
    if isinstance(value, time):
        return value.isoformat(), Kind.TEXT
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="backslashreplace"), Kind.TEXT
    return str(value), Kind.TEXT
