"""Names in a study file that are read off the contents of the exports: identifiers, REDCap forms and events.

An early export need not hold every form or event yet. One that is not there is refused where the export holds another,
close to it, that the study file says nothing of: that is a slip of the pen, and its rows would be left out in silence.
"""

from collections.abc import Iterable, Iterator, Mapping
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
    named = _named(study)
    for table, blocks in study.tables.items():
        for n, block in enumerate(blocks):
            export = exports.get(block.from_)
            if export is not None:
                found = _rows(block, export, named[block.from_])
                yield from (((("tables", table, n, "rows", *key), text)) for key, text in found)


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


def _named(study: "Study") -> dict[str, set[str]]:
    """The forms and events that the blocks of each source name."""
    found: dict[str, set[str]] = {source.id: set() for source in study.sources}
    for blocks in study.tables.values():
        for block in blocks:
            names = [*(block.rows.events or {}), *([block.rows.instrument] if block.rows.instrument else [])]
            found[block.from_] |= {same_code(name) for name in names}
    return found


def _rows(block: "Block", export: Export, named: set[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The form and the events of one block that its export does not hold though it holds one close to them."""
    rows = block.rows
    if rows.instrument and FORM in export:
        yield from ((("instrument",), text) for text in _slip("form", rows.instrument, export, FORM, named))
    if rows.events and rows.event_column in export:
        for event in rows.events:
            found = _slip("event", event, export, rows.event_column, named)
            yield from ((("events", event), text) for text in found)


def _slip(kind: str, name: str, export: Export, column: str, named: Iterable[str]) -> list[str]:
    """What is said of a name that a column does not hold, where it holds one like it that is named nowhere."""
    texts = [str(text) for text in export.columns[column].texts if str(text).strip()]
    if "*" in name or same_code(name) in {same_code(text) for text in texts}:
        return []
    unnamed = [text for text in texts if same_code(text) not in named]
    return [no_such(kind, name, texts)] if nearest(name, unnamed) else []
