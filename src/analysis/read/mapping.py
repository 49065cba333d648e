"""From a source's rows to the rows and raw columns of a tidy table, as the study file maps them."""

import fnmatch
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.columns import nearest
from analysis.language import mark
from analysis.read.cells import Cells, Export, from_texts
from analysis.read.raw import Part, Raw, Verdict
from analysis.read.slips import slips
from analysis.read.text import same_code

if TYPE_CHECKING:
    from analysis.study import Study

_WITH_EXPONENT = re.compile(r"[+-]?\d(?:[.,]\d+)?[eE]\+\d{2,3}")
REPEATED = mark("repeats what another row of the subject gives")


@dataclass(slots=True)
class Chosen:
    """The rows of a block (positions in its source), how many were set aside for which reason, and rows of noise."""

    rows: np.ndarray
    read: int
    aside: dict[str, int] = field(default_factory=dict)
    noise: dict[str, np.ndarray] = field(default_factory=dict)

    def keep(self, keep: np.ndarray, reason: str) -> "Chosen":
        """Set the other rows aside for a reason."""
        dropped = int((~keep).sum())
        aside = {**self.aside, reason: self.aside.get(reason, 0) + dropped} if dropped else self.aside
        return Chosen(self.rows[keep], self.read, aside, self.noise)


def mapping_findings(study: "Study", exports: dict[str, Export]) -> list:
    """Names that the study file gives and the exports do not have: columns, and what `slips` finds."""
    problems = [study.problem(place, text) for place, text in slips(study, exports)]
    for table, blocks in study.tables.items():
        for n, block in enumerate(blocks):
            if block.from_ in exports:
                place = ("tables", table, n)
                found = _unknown(block, exports[block.from_])
                problems += [study.problem((*place, *key), text) for key, text in found]
    return problems


def _wanted(block):
    """Every source column a block asks for, with the key that asks."""
    for name, mapping in block.mapped().items():
        yield from ((("columns", name), column) for column in mapping.source_columns())
    for analyte, result in block.results.items():
        yield from ((("results", analyte), column) for column in result.source_columns())
    rows = block.rows
    yield from ((("rows", "events"), rows.event_column) for _ in [0] if rows.events)
    yield from ((("rows", "once_per"), column) for column in rows.once_per or [])
    for key in ("instance_column", "analysis_flag", "baseline_flag", "derived_column"):
        if column := getattr(rows, key):
            yield ("rows", key), column
    yield from ((("rows", "leave_out"), condition.column) for condition in rows.leave_out)
    if rows.instrument is not None:
        yield ("rows", "instrument"), "redcap_repeat_instrument"


def _unknown(block, export: Export):
    """Each column a block asks for that its source lacks, has twice, or dropped as an identifier."""
    known = list(export.columns)
    for name, mapping in block.mapped().items():
        for pattern in (mapping.count, mapping.unless_ticked):
            if pattern and not fnmatch.filter(known, pattern):
                yield ("columns", name), f"no column of source '{block.from_}' matches '{pattern}'"
    for key, column in _wanted(block):
        if column in export.dropped:
            yield (
                key,
                f"column '{column}' of source '{block.from_}' holds a direct identifier and is dropped at import; "
                "map another column, or give it another name in the export if it identifies nobody",
            )
        elif column in export.doubled:
            yield (
                key,
                f"source '{block.from_}' has two columns named '{column}'; rename one in the export, or name the "
                "row with the right names by `header_row:`",
            )
        elif column not in known:
            yield key, f"source '{block.from_}' has no column '{column}'{nearest(column, known)}"
        elif key == ("columns", "subject_id") and (cut := _cut_number(export.columns[column])):
            yield (
                key,
                f"column '{column}' of source '{block.from_}' holds ids such as {cut}, long numbers whose last digits "
                "a spreadsheet or program has not kept; write them as text where they are exported",
            )


def _cut_number(cells: Cells) -> str | None:
    """The first number with an exponent among cells that are to be ids; None where there is none."""
    found = (str(text) for text in cells.texts if _WITH_EXPONENT.fullmatch(str(text).strip()))
    return next(found, None)


def choose_rows(export: Export, block: Any) -> Chosen:
    """The source rows that make rows of the table, the others counted with their reason."""
    every = np.arange(len(export))
    chosen, rows = Chosen(every, len(export)), block.rows
    if export.noise is not None:
        reasons = sorted(set(export.noise) - {""})
        chosen = Chosen(every, len(export), noise={why: every[export.noise == why] for why in reasons})
        for why in reasons:
            chosen = chosen.keep(export.noise[chosen.rows] != why, why)
    if rows.instrument is not None:
        texts = export.columns["redcap_repeat_instrument"].as_text()[chosen.rows]
        chosen = chosen.keep(texts == rows.instrument, "belongs to another form")
    for condition in rows.leave_out:
        inside = _among(export, condition.column, chosen, condition.in_ or condition.not_in)
        chosen = chosen.keep(~inside if condition.in_ else inside, condition.reason)
    if rows.analysis_flag:
        chosen = chosen.keep(_among(export, rows.analysis_flag, chosen, ["Y"]), "not flagged for analysis")
    if rows.derived_column:
        plain = export.columns[rows.derived_column].blank()[chosen.rows]
        chosen = chosen.keep(plain, "derived, not observed")
    if rows.events:
        known = ~visits_of(export, block).blank()
        if rows.baseline_flag:
            known |= export.columns[rows.baseline_flag].among(["Y"])
        chosen = chosen.keep(known[chosen.rows], "belongs to another event")
    if rows.once_per:
        again = pd.Series(export.grouped(rows.once_per)[chosen.rows]).duplicated().to_numpy()
        chosen = chosen.keep(~again, REPEATED)
    return chosen


def _among(export: Export, name: str, chosen: Chosen, values) -> np.ndarray:
    """Which of the chosen rows hold one of these codes."""
    return export.columns[name].among(values)[chosen.rows]


KINDS = {"int": "number", "float": "number", "date": "date"}


def raw_columns(judge: Any, block: Any, chosen: Chosen, declared: dict) -> dict[str, Raw]:
    """The raw cells of every mapped tidy column, each judged over the whole source."""
    made = {}
    for name, mapping in block.mapped().items():
        measured = name in ("value_raw", "lln", "uln")
        kind = "number" if measured else KINDS.get(declared[name].type, "word")
        part = judge.mapped(mapping, kind)
        if block.rows.once_per and mapping.value is None:
            part = _first_known(judge.export, block.rows.once_per, part)
        made[name] = Raw((part.take(chosen.rows),))
        if mapping.unit_column:
            made[f"__unit__{name}"] = Raw((judge.column(mapping.unit_column).take(chosen.rows),))
    if block.rows.events:
        made["visit_id"] = Raw((Part(visits_of(judge.export, block).take(chosen.rows), Verdict()),))
    if block.rows.baseline_flag:
        made["visit_id"] = Raw((Part(_flagged_baseline(judge, block).take(chosen.rows), Verdict()),))
    return made


def _flagged_baseline(judge, block):
    """The visit of each row, where the rows flagged as baseline belong to the baseline visit."""
    mapping = block.mapped().get("visit_id")
    if block.rows.events or mapping is None:
        cells = visits_of(judge.export, block)
    else:
        cells = judge.mapped(mapping, "word").cells
    flagged = judge.export.columns[block.rows.baseline_flag].among(["Y"])
    return cells.where(~flagged, judge.study.baseline_visit)


def _first_known(export: Export, once: list[str], part: Part) -> Part:
    """Rows that repeat what belongs to the subject: the first that holds anything, else a box that nobody touched."""
    cells, groups, first = part.cells, export.grouped(once), np.full(len(part.cells), np.nan)
    for held in (part.held(), ~cells.blank()):
        there = pd.Series(np.where(held, cells.places, np.nan)).groupby(groups).transform("first").to_numpy()
        first = np.where(np.isnan(first), there, first)
    places = np.where(np.isnan(first), cells.places, np.nan_to_num(first)).astype(np.intp)
    some = pd.Series(part.held()).groupby(groups).transform("any").to_numpy()
    weak = None if part.weak is None else part.weak & ~some
    return Part(type(cells)(places, cells.texts, cells.kinds), part.verdict, weak)


def visits_of(export: Export, block: Any) -> Any:
    """The visit of each row by its event; unscheduled visits numbered by their instance; blank for other events."""
    rows = block.rows
    if not rows.events:
        return from_texts([""] * len(export))
    events = export.columns[rows.event_column]
    exact = {same_code(event): visit for event, visit in rows.events.items()}
    patterns = {event: visit for event, visit in exact.items() if "*" in event}
    named = [_visit(same_code(text), exact, patterns) for text in events.texts]
    visit = np.array(named, dtype=object)[events.places] if named else np.array([], dtype=object)
    if rows.instance_column:
        number = export.columns[rows.instance_column].as_text()
        numbered = (visit == "UNS") & (number != "")
        visit = np.where(numbered, visit + "-" + number, visit)
    return from_texts(visit)


def _visit(event: str, exact: dict[str, str], patterns: dict[str, str]) -> str:
    """The visit of one event, by its name or by a pattern such as `unscheduled*`."""
    if event in exact:
        return exact[event]
    return next((visit for pattern, visit in patterns.items() if fnmatch.fnmatch(event, pattern)), "")
