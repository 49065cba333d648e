"""Raw columns of a tidy table: the source cells that fill them, judged as whole columns before any cell is read."""

import fnmatch
import re
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.read import calendars, decimals
from analysis.read.cells import Cells, Export, Kind, constant, first_filled, from_texts, joined
from analysis.read.dates import OPEN_CALENDAR, Calendar
from analysis.read.text import COMMON_CODES, REDCAP_CODES

_BOX = re.compile(r"(?P<group>.+?___)(?P<code>.+)|(?P<label>.+ \(choice=)(?P<choice>.+)\)")
TICKED, UNTICKED = ("1", "checked"), ("0", "unchecked")


def _box_of(name: str) -> tuple[str, str] | None:
    """What the names of a group of boxes begin with and what this box stands for, in raw and in labelled exports.

    Examples
    --------
    >>> _box_of("comorb___ni"), _box_of("Comorbidity (choice=Diabetes)"), _box_of("pain")
    (('comorb___', 'ni'), ('Comorbidity (choice=', 'Diabetes'), None)
    """
    match = _BOX.fullmatch(name)
    if match is None:
        return None
    return (match["group"], match["code"]) if match["group"] else (match["label"], match["choice"])


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided for a whole source column.

    `decimal` is its decimal sign (None: open) and `why`, `calendar` how its dates are read, `declared` the codes that
    mean missing, `reasons` what missing codes of the source mean.
    """

    decimal: str | None = "."
    why: str = ""
    calendar: Calendar = OPEN_CALENDAR
    declared: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Cells of one source column with the verdict on it; `weak` marks unticked boxes of a group nobody touched."""

    cells: Cells
    verdict: Verdict
    weak: np.ndarray | None = None

    def held(self) -> np.ndarray:
        """Rows whose cell holds anything but an untouched 0."""
        return ~self.cells.blank() if self.weak is None else ~self.cells.blank() & ~self.weak

    def take(self, rows: np.ndarray) -> "Part":
        """The part for some rows."""
        return replace(self, cells=self.cells.take(rows), weak=None if self.weak is None else self.weak[rows])


@dataclass(frozen=True, slots=True)
class Raw:
    """One raw column: parts that follow each other (one, or one per analyte that has a column of its own)."""

    parts: tuple[Part, ...]

    def blank(self) -> np.ndarray:
        """Rows whose cell holds nothing."""
        return np.concatenate([part.cells.blank() for part in self.parts])

    def as_text(self) -> np.ndarray:
        """The text of every row."""
        return np.concatenate([part.cells.as_text() for part in self.parts])

    def places(self) -> np.ndarray:
        """A number per row, the same where the content is."""
        if len(self.parts) == 1:
            return self.parts[0].cells.places
        starts = np.cumsum([0, *(len(part.cells.texts) for part in self.parts)])
        return np.concatenate([part.cells.places + start for part, start in zip(self.parts, starts)])

    def starts(self) -> list[int]:
        """Where the contents of each part begin among those of all."""
        return [0, *np.cumsum([len(part.cells.texts) for part in self.parts]).tolist()]

    def weak(self) -> np.ndarray | None:
        """Unticked boxes of groups nobody touched; None where the column is no box."""
        marks = [part.weak for part in self.parts]
        return None if marks[0] is None else np.concatenate(marks)

    def declared_missing(self) -> np.ndarray:
        """Rows whose cell holds a code that its source declares missing."""
        return np.concatenate([part.cells.of(part.cells.kinds == Kind.MISSING) for part in self.parts])


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges the columns of one export; what its file says about decimal signs is looked at once."""

    study: Any
    source: Any
    export: Export
    _held: dict = field(default_factory=dict)

    def column(self, name: str, mapping: Any = None) -> Part:
        """One source column with its verdict."""
        cells, origin = self.export.columns[name], self.export.origin(name)
        return Part(cells, self.verdict(cells, origin, mapping))

    def verdict(self, cells: Cells, origin: Any, mapping: Any = None, kind: str = "any") -> Verdict:
        """What is decided for a column that is read as a kind, by the keys of the study file and its own cells."""
        declared = frozenset(self.study.missing) | frozenset(self.source.missing)
        declared |= frozenset(getattr(mapping, "missing", None) or ())
        reasons = dict(origin.missing)
        if self.export.is_redcap:
            known = self._redcap_codes()
            codes = {text for text in map(str.strip, map(str, cells.texts)) if text in known}
            declared, reasons = declared | codes, {**REDCAP_CODES, **reasons}
        verdict = Verdict(declared=declared, reasons=reasons)
        if kind in ("number", "any"):
            given = getattr(mapping, "decimal", None) or self.source.decimal
            decision = self._decimal(cells, given)
            verdict = replace(verdict, decimal=decision.sign, why=decision.why)
        if kind in ("date", "any"):
            calendar = calendars.judge(
                cells,
                origin,
                declared=declared,
                order=getattr(mapping, "date_order", None) or self.source.date_order,
                epoch=getattr(mapping, "epoch", None) or self.source.epoch,
                zone=self.study.time_zone,
            )
            verdict = replace(verdict, calendar=calendar)
        return verdict

    def _redcap_codes(self) -> set[str]:
        """REDCap's codes that mean missing here: those in common use, and those that have a checkbox in the export."""
        if "codes" not in self._held:
            boxes = {box[1].upper() for name in self.export.columns if (box := _box_of(name))}
            self._held["codes"] = COMMON_CODES | (boxes & set(REDCAP_CODES))
        return self._held["codes"]

    def _decimal(self, cells: Cells, given: str | None) -> decimals.Decision:
        """The decimal sign of a column."""
        mark = self.export.delimiter
        found = decimals.signs(cells)
        if given or not (found.comma or found.open_comma or found.open_point):
            return decimals.decide(found, decimals.Decision("", ""), given=given, delimiter=mark)
        if "file" not in self._held:
            every = [decimals.signs(column) for column in self.export.columns.values()]
            self._held["file"] = decimals.of_file(every, mark)
        return decimals.decide(found, self._held["file"], given=None, delimiter=mark)

    def mapped(self, mapping: Any, kind: str = "any") -> Part:
        """The cells of one tidy column over all rows of the source, with the verdict on the kind they are read as."""
        columns, rows = self.export.columns, len(self.export)
        weak = None
        if mapping.value is not None:
            return Part(constant(mapping.value, rows), Verdict())
        if mapping.column is not None:
            cells, weak = self._box(mapping.column)
            origin = self.export.origin(mapping.column)
        elif mapping.first_of is not None:
            cells = first_filled([columns[name] for name in mapping.first_of])
            origin = self.export.origin(mapping.first_of[0])
        elif mapping.all_of is not None:
            cells, origin = joined([columns[name] for name in mapping.all_of], "-"), self.export.origin("")
        elif mapping.row_number:
            cells, origin = from_texts(self.export.rows.astype(str)), self.export.origin("")
        else:
            cells, origin = self._counted(mapping), self.export.origin("")
        if mapping.answered_if is not None:
            cells = cells.where(columns[mapping.answered_if.column].among(mapping.answered_if.in_))
        return Part(cells, self.verdict(cells, origin, mapping, kind), weak)

    def _box(self, name: str) -> tuple[Cells, np.ndarray | None]:
        """The cells of a column; of a checkbox with its group's missing code, and where nobody touched the group."""
        cells, box = self.export.columns[name], _box_of(name)
        if box is None:
            return cells, None
        group = [other for other in self.export.columns if other.startswith(box[0])]
        cells = self._without_missing(cells, group)
        untouched = np.ones(len(cells), dtype=bool)
        for other in group:
            column = self.export.columns[other]
            untouched &= column.blank() | column.among(UNTICKED)
        return cells, untouched & cells.among(UNTICKED)

    def _without_missing(self, cells: Cells, group: list[str]) -> Cells:
        """Cells replaced by the missing-data code that is ticked among their group's boxes."""
        for name in group:
            if (code := self.missing_box(name)) is not None:
                cells = cells.where(~self.export.columns[name].among(TICKED), code, Kind.MISSING)
        return cells

    def missing_box(self, name: str) -> str | None:
        """The missing-data code a checkbox column stands for; None for a box."""
        box = _box_of(name)
        suffix = box[1] if box else ""
        codes = [*REDCAP_CODES, *self.study.missing, *self.source.missing]
        known = {code.lower().replace("-", "_"): code for code in codes} | {
            code.lower(): code for code in codes
        }
        known |= {reason: code for code, reason in REDCAP_CODES.items()}
        return known.get(suffix.lower()) if suffix else None

    def _counted(self, mapping) -> Cells:
        """How many boxes of a group are ticked; blank where any box is neither ticked nor unticked."""
        names = fnmatch.filter(self.export.columns, mapping.count)
        cells = self._ticked([name for name in names if self.missing_box(name) is None])
        cells = self._without_missing(cells, names)
        if mapping.unless_ticked is not None:
            unless = self._ticked(fnmatch.filter(self.export.columns, mapping.unless_ticked))
            cells = cells.where(unless.among(["0"]))
        return cells

    def _ticked(self, names: list[str]) -> Cells:
        """The number of ticked boxes as cells."""
        boxes = [self.export.columns[name] for name in names]
        ticked = np.sum([box.among(TICKED) for box in boxes], axis=0)
        known = np.all([box.among(TICKED) | box.among(UNTICKED) for box in boxes], axis=0)
        places = np.where(known, ticked, len(boxes) + 1)
        texts = np.array([*map(str, range(len(boxes) + 1)), ""], dtype=object)
        return Cells(places.astype(np.intp), texts, np.full(len(texts), Kind.TEXT, dtype=np.uint8))
