"""What a source hands over: columns of cells with what the source itself knows of them. Nothing is read here yet.

A column keeps each distinct content once and, for every row, which of them it holds; whatever is asked of a column
costs what its distinct contents cost.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import pandas as pd


class Kind(IntEnum):
    """What the source knows of a cell."""

    TEXT = 0  # written by somebody: what it means is open
    NUMBER = 1  # a number of the source; its text has a decimal point
    PERCENT = 2  # a number that the sheet shows as per cent: 0.95 is seen as 95 %
    DATE = 3  # a date or time of the source; its text has the ISO form
    BOOLEAN = 4  # yes or no of the source, as 1 or 0
    NO_VALUE = 5  # a formula whose value was never stored
    MISSING = 6  # a code that the source itself declares missing


@dataclass(frozen=True, slots=True)
class Origin:
    """What a source knows of a whole column.

    `epoch` is the year its numbers count from where they are dates, `calendar` the step of a format that counts other
    than days (Stata's months and years), `labels` say what the codes mean, `missing` what missing codes mean.
    """

    epoch: str | None = None
    calendar: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cells:
    """One column of cells: `texts` and `kinds` of each distinct content, `places` which content each row has."""

    places: np.ndarray
    texts: np.ndarray
    kinds: np.ndarray

    def __len__(self) -> int:
        return len(self.places)

    def take(self, rows: np.ndarray) -> "Cells":
        """The cells of some rows (positions or a mask)."""
        return Cells(self.places[rows], self.texts, self.kinds)

    def where(self, keep: np.ndarray, other: str = "", kind: Kind = Kind.TEXT) -> "Cells":
        """The cells where `keep` holds, elsewhere one content."""
        if keep.all():
            return self
        places = np.where(keep, self.places, len(self.texts))
        return Cells(places, np.append(self.texts, other), np.append(self.kinds, np.uint8(kind)))

    def as_text(self) -> np.ndarray:
        """The text of every row."""
        return self.texts[self.places]

    def shown(self) -> np.ndarray:
        """The text of every row; a formula without a value shows nothing."""
        return np.where(self.kinds == Kind.NO_VALUE, "", self.texts)[self.places]

    def blank(self) -> np.ndarray:
        """Rows whose cell holds nothing."""
        return self.of(np.array([not str(text).strip() for text in self.texts], dtype=bool))

    def of(self, contents: np.ndarray) -> np.ndarray:
        """A mask of rows from a mask of contents."""
        return contents[self.places] if len(contents) else np.zeros(len(self.places), dtype=bool)

    def among(self, codes: Iterable[str]) -> np.ndarray:
        """Rows whose cell is one of these codes, however it is written."""
        from analysis.read.text import same_code

        wanted = {same_code(code) for code in codes}
        return self.of(np.array([same_code(text) in wanted for text in self.texts], dtype=bool))

    def used(self) -> np.ndarray:
        """How many rows hold each content."""
        return np.bincount(self.places, minlength=len(self.texts))

    def contents(self) -> list[str]:
        """The distinct texts that rows show."""
        return self.texts[(self.used() > 0) & (self.kinds != Kind.NO_VALUE)].tolist()


def from_texts(values: Iterable[str], kind: Kind = Kind.TEXT) -> Cells:
    """A column of texts of one kind."""
    places, texts = pd.factorize(np.asarray(values, dtype=object))
    return Cells(places, texts, np.full(len(texts), kind, dtype=np.uint8))


def from_pairs(texts: Iterable[str], kinds: Iterable[int]) -> Cells:
    """A column of texts, each with its kind."""
    texts, kinds = np.asarray(texts, dtype=object), np.asarray(kinds, dtype=np.uint8)
    place, known = pd.factorize(texts)
    both, contents = pd.factorize(place.astype(np.int64) * 16 + kinds)
    return Cells(both, np.asarray(known[contents // 16], dtype=object), (contents % 16).astype(np.uint8))


def constant(text: str, rows: int, kind: Kind = Kind.TEXT) -> Cells:
    """The same content in every row."""
    return Cells(
        np.zeros(rows, dtype=np.intp), np.array([text], dtype=object), np.array([kind], dtype=np.uint8)
    )


def first_filled(columns: list[Cells]) -> Cells:
    """In every row the first of these columns that holds anything."""
    result = columns[-1]
    for cells in reversed(columns[:-1]):
        places = np.where(cells.blank(), result.places + len(cells.texts), cells.places)
        result = Cells(
            places,
            np.concatenate([cells.texts, result.texts]),
            np.concatenate([cells.kinds, result.kinds]),
        )
    return result


def joined(columns: list[Cells], separator: str) -> Cells:
    """The contents of these columns as one text per row; blank where one of them is."""
    known = ~np.any([cells.blank() | cells.of(cells.kinds == Kind.NO_VALUE) for cells in columns], axis=0)
    texts = columns[0].as_text()
    for cells in columns[1:]:
        texts = texts + separator + cells.as_text()
    return from_texts(np.where(known, texts, ""))


@dataclass(frozen=True, slots=True)
class Note:
    """Something a source says of itself as a whole, for the query log."""

    rule: str
    message: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """One source as handed over.

    `rows` are the numbers of its rows as the program that wrote it shows them, `delimiter` that of a text file,
    `origins` what the source knows of whole columns, `noise` why a row is no row of data ("" where it is one), `notes`
    what the source says of itself, `dropped` the direct identifiers that were left out.
    """

    columns: dict[str, Cells]
    rows: np.ndarray
    delimiter: str | None = None
    origins: dict[str, Origin] = field(default_factory=dict)
    noise: np.ndarray | None = None
    notes: tuple[Note, ...] = ()
    dropped: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, name: str) -> bool:
        return name in self.columns

    def origin(self, name: str) -> Origin:
        """What the source knows of a column."""
        return self.origins.get(name, Origin())

    def grouped(self, names: list[str]) -> np.ndarray:
        """A number per row, the same where these columns agree."""
        return (
            pd.DataFrame({name: self.columns[name].places for name in names})
            .groupby(names)
            .ngroup()
            .to_numpy()
        )

    def frame(self) -> pd.DataFrame:
        """Every cell as text."""
        return pd.DataFrame(
            {name: pd.Series(cells.shown(), dtype="string") for name, cells in self.columns.items()}
        )

    @property
    def is_redcap(self) -> bool:
        """Whether the columns are REDCap's."""
        names = self.columns
        return any(
            name.startswith("redcap_") or (name.endswith("_complete") and "record_id" in names)
            for name in names
        )
