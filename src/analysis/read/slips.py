"""Names in a study file that are read off the contents of the exports: identifiers, REDCap forms and events.

An early export need not hold every form or event yet. One that is not there is refused where the export holds another,
close to it, that the study file says nothing of: that is a slip of the pen, and its rows would be left out in silence.
"""

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from analysis.columns import nearest
from analysis.read.cells import Export
from analysis.read.identifiers import same_name
from analysis.read.text import same_code
from analysis.references import no_such

if TYPE_CHECKING:
    from analysis.study import Study
    from analysis.study.mapping import Block

FORM = "redcap_repeat_instrument"


def slips(study: "Study", exports: Mapping[str, Export]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every such name: place and message."""
    yield from _identifiers(study, exports)
    for table, blocks in study.tables.items():
        for n, block in enumerate(blocks):
            export = exports.get(block.from_)
            if export is not None:
                found = _rows(block, export)
                yield from ((("tables", table, n, "rows", *key), text) for key, text in found)  # type: ignore[misc]


def _identifiers(
    study: "Study", exports: Mapping[str, Export]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Columns to drop that no source has."""
    if set(exports) != {block.from_ for blocks in study.tables.values() for block in blocks}:
        return
    columns = [name for export in exports.values() for name in (*export.dropped, *export.columns)]
    for n, name in enumerate(study.identifiers):
        if not any(same_name(name, column) for column in columns):
            yield ("identifiers", n), f"no source has a column '{name}'{nearest(name, columns)}"


def _rows(block: "Block", export: Export) -> Iterator[tuple[tuple[str, ...], str]]:
    """The form and the events of one block that its export does not hold though it holds one close to them."""
    rows = block.rows
    if rows.instrument and FORM in export:
        yield from ((("instrument",), text) for text in _slip("form", [rows.instrument], export, FORM))
    if rows.events and rows.event_column in export:
        yield from ((("events",), text) for text in _slip("event", [*rows.events], export, rows.event_column))


def _slip(kind: str, names: list[str], export: Export, column: str) -> Iterator[str]:
    """What is said of names that a column does not hold, where it holds one like it that is not among them."""
    texts = [str(text) for text in export.columns[column].texts if str(text).strip()]
    there, named = ({same_code(text) for text in part} for part in (texts, names))
    unnamed = [text for text in texts if same_code(text) not in named]
    for name in names:
        if "*" not in name and same_code(name) not in there and _like(name, unnamed):
            yield no_such(kind, name, texts)


def _like(name: str, others: list[str]) -> bool:
    """Whether one of these differs from a name by a slip only; other numbers, as of weeks, are other things."""
    same = [other for other in others if re.findall(r"\d+", other) == re.findall(r"\d+", name)]
    return bool(difflib.get_close_matches(name, same, n=1, cutoff=0.8))
