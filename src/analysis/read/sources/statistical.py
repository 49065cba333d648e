"""Files of SAS, SPSS and Stata with what they know: encoding, epoch, formats, labels, missing codes."""

import re
import string
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.read.cells import Cells, Export, Kind, Note, Origin, constant, from_pairs
from analysis.read.sources.encoding import decode, known_encoding
from analysis.read.sources.typed import typed_column

EPOCHS = {
    "sas": "1960",
    "spss": "1582",
    "stata": "1960",
}  # what their numbers count from where they are dates
CALENDARS = {"tm": "months", "ty": "years", "tq": "quarters", "tw": "weeks", "th": "half-years"}
BYTES = "ISO-8859-1"  # every byte is a letter: text comes through as it lies in the file


def read_statistical(file: Path, encoding: str, kind: str) -> Export:
    """A SAS, SPSS or Stata file: codes, not labels; dates as dates; rows numbered as observations.

    Raises
    ------
    ValueError
        If the file's ending is not known, a column has no name, or its text is not in the encoding named.
    """
    frame, meta, doubt = _read(file, encoding)
    if not all(isinstance(name, str) for name in frame.columns):
        raise ValueError("a column of it has no name: it was spoilt on its way; fetch it again")
    special = {name: set(codes) for name, codes in (meta.missing_user_values or {}).items()}
    columns, origins = {}, {}
    for name in frame.columns:
        labels = {plain(code): str(label) for code, label in meta.variable_value_labels.get(name, {}).items()}
        missing = _missing_test(meta.missing_ranges.get(name, ()), special.get(name, set()))
        single = meta.readstat_variable_types.get(name) == "float"
        columns[name] = _padded(_column(frame[name], missing, single=single), _digits(meta, name))
        origins[name] = Origin(EPOCHS[kind], _calendar(meta, name), labels, labels)
    return Export(
        columns,
        np.arange(1, len(frame) + 1),
        origins=origins,
        notes=(Note("X3", doubt),) if doubt else (),
    )


def plain(code: Any) -> str:
    """A code as text, whole numbers without a point."""
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _read(file: Path, encoding: str):
    """The frame, its metadata, and what is doubtful about its text."""
    import pyreadstat

    readers: dict[str, Any] = {
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".por": pyreadstat.read_por,
        ".dta": pyreadstat.read_dta,
    }
    ending = file.suffix.lower()
    if ending not in readers:
        raise ValueError(f"the ending {file.suffix} is not one of {', '.join(readers)}")
    more: dict[str, Any] = {} if ending in (".xpt", ".por") else {"user_missing": True}
    if encoding != "auto":
        known_encoding(encoding)
        return *_frame(readers[ending], file, {**more, "encoding": encoding}), ""
    if ending in (".xpt", ".por") or _is_old_stata(file):
        return _by_evidence(readers[ending], file, more)
    try:
        return *_frame(readers[ending], file, more), ""
    except (pyreadstat.ReadstatError, UnicodeDecodeError):
        return _by_evidence(readers[ending], file, more)


def _frame(reader: Any, file: Path, more: dict[str, Any]) -> tuple[pd.DataFrame, Any]:
    """The frame and its metadata; where a date of the file is none of the calendar, all dates as numbers.

    SAS' DTDATE, for one, shows the day of a number of seconds, which the library takes for a number of days.
    """
    try:
        return reader(str(file), **more)
    except (OverflowError, ValueError):
        return reader(str(file), disable_datetime_conversion=True, **more)


def _is_old_stata(file: Path) -> bool:
    """Whether a Stata file is of a version before 14, which says nothing about its encoding."""
    with file.open("rb") as content:
        start = content.read(64)
    old = not start.startswith(b"<stata_dta>") or start[28:31] < b"118"
    return file.suffix.lower() == ".dta" and old


def _by_evidence(reader, file: Path, more: dict):
    """Text of a file that does not say its encoding: its bytes taken together decide."""
    frame, meta = _frame(reader, file, {**more, "encoding": BYTES})
    texts = [
        name
        for name in frame.columns
        if frame[name].dtype == object or pd.api.types.is_string_dtype(frame[name])
    ]
    names = [str(name) for name in frame.columns]
    parts = [*names, *(str(v) for name in texts for v in frame[name].dropna() if isinstance(v, str))]
    content = "\n".join(parts).encode(BYTES, errors="replace")
    if content.isascii():
        return frame, meta, ""
    read = decode(content)
    frame, meta = _frame(reader, file, {**more, "encoding": read.encoding})
    return frame, meta, read.doubt


def _calendar(meta, name: str) -> str | None:
    """The step of a Stata format that counts other than days."""
    return CALENDARS.get(str(meta.original_variable_types.get(name) or "").lstrip("%-").lower()[:2])


def _digits(meta, name: str) -> int:
    """How many digits a format that puts zeros before a number shows (SAS Z3., SPSS N3, Stata %03.0f); 0 for others."""
    code = str(meta.original_variable_types.get(name) or "")
    match = re.fullmatch(r"[ZN](\d+)(?:\.0?)?|%0(\d+)\.0[fg]", code, re.IGNORECASE)
    return int(match[1] or match[2]) if match else 0


def _padded(cells: Cells, digits: int) -> Cells:
    """Whole numbers with the zeros that their program shows before them."""
    if not digits:
        return cells
    pairs = zip(cells.texts, cells.kinds)
    texts = [text.zfill(digits) if kind == Kind.NUMBER and text.isdigit() else text for text, kind in pairs]
    return Cells(cells.places, np.array(texts, dtype=object), cells.kinds)


def _missing_test(ranges, special: set):
    """Whether a value is missing by declaration of its file."""
    limits = [(item["lo"], item["hi"]) for item in ranges or ()]
    if not limits and not special:
        return None

    def test(value) -> bool:
        if value in special:
            return True
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return any(
            (low <= value <= high) if number and not isinstance(low, str) else value == low
            for low, high in limits
        )

    return test


def _column(values: pd.Series, missing, *, single: bool = False) -> Cells:
    """One column; codes the file declares missing keep their code, marked as such."""
    if values.isna().all():
        return constant("", len(values))
    if missing is None and values.dtype != object:
        return typed_column(values, single=single)
    letters = set(string.ascii_uppercase) | set(string.ascii_lowercase) | {"_"}
    items = values.tolist()
    some_number = any(isinstance(v, int | float) and v == v for v in items)
    texts, kinds = [], []
    plain_cells = typed_column(values, single=single)
    shown = plain_cells.as_text()
    given = plain_cells.kinds[plain_cells.places]
    for value, text, kind in zip(items, shown, given):
        is_missing = (missing is not None and text != "" and missing(value)) or (
            missing is None and some_number and isinstance(value, str) and value in letters
        )
        texts.append(f".{text}" if is_missing and text in letters else text)
        kinds.append(Kind.MISSING if is_missing else kind)
    return from_pairs(texts, kinds)
