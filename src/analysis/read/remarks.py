"""What is told of a block or a source as a whole: several events, flags nobody asked for, decimal commas."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.read.cells import Export
from analysis.read.mapping import Chosen
from analysis.read.parse import NO_ROW, about_column
from analysis.read.raw import Raw

if TYPE_CHECKING:
    from analysis.study import Study

# Columns of CDISC's analysis data that say which records count, the key that honours each, and what it means.
ADAM = {
    "ANL01FL": ("analysis_flag", "marks the records an analysis uses"),
    "ABLFL": ("baseline_flag", "marks the record that is the baseline"),
    "DTYPE": ("derived_column", "marks records that were derived or imputed"),
}


def about_block(
    study: "Study", name: str, block: Any, export: Export, chosen: Chosen, raw: dict[str, Raw]
) -> list[pd.DataFrame]:
    """Doubts about a block as a whole."""
    found = [_several_events(block, export, chosen)] if name == "subjects" else []
    found += _unused_flags(block, export)
    found += _decimal_commas(study, name, raw)
    return [frame for frame in found if frame is not None]


def _several_events(block, export: Export, chosen: Chosen) -> pd.DataFrame | None:
    """A block of subjects that sees rows of several events of a longitudinal project."""
    rows = block.rows
    if rows.events or rows.once_per or "redcap_event_name" not in export:
        return None
    events = sorted(set(export.columns["redcap_event_name"].as_text()[chosen.rows]) - {""})
    if len(events) < 2:
        return None
    text = (
        f"rows of {len(events)} events ({', '.join(events[:4])}{', ...' if len(events) > 4 else ''}) are one row per "
        "subject here; name the event with the subject's forms by `rows: {leave_out: ...}` if others hold them, too"
    )
    return about_column("", "K9", text, block.from_)


def _unused_flags(block, export: Export) -> list[pd.DataFrame]:
    """Flags of CDISC's analysis data that say that not every record counts, and that the block does not look at."""
    if block.rows.once_per:  # what belongs to the subject is the same in every record
        return []
    looked_at = {condition.column for condition in block.rows.leave_out}
    looked_at |= {column for mapping in block.mapped().values() for column in mapping.source_columns()}
    found = []
    for column, (key, meaning) in ADAM.items():
        if column not in export or column in looked_at or getattr(block.rows, key):
            continue
        filled = ~export.columns[column].blank()
        if filled.any() and (key != "analysis_flag" or not filled.all()):
            honour = f"it is not looked at. Honour it by `rows: {{{key}: {column}}}`"
            text = f"column {column} of '{block.from_}' {meaning}; {honour}"
            found.append(about_column("", "C3", text, column))
    return found


def _decimal_commas(study, name: str, raw: dict[str, Raw]) -> list[pd.DataFrame]:
    """Columns of numbers that were read with a decimal comma, each with the reason."""
    declared, found = study.columns(name), []
    for column, cells in raw.items():
        number = column == "value_raw" or (column in declared and declared[column].type in ("int", "float"))
        for part in cells.parts if number else ():
            if part.verdict.decimal == "," and any("," in str(text) for text in part.cells.texts):
                found.append(about_column(column, "N13", f"read with a decimal comma: {part.verdict.why}"))
    return found


def about_sources(exports: dict[str, Export]) -> pd.DataFrame:
    """What sources say of themselves, as entries of the query log."""
    lines = [
        {
            "variable": "",
            "rule_id": note.rule,
            "raw": note.raw,
            "new": "",
            "message": note.message,
            "source": source,
        }
        for source, export in exports.items()
        for note in export.notes
    ]
    names = ["variable", "rule_id", "raw", "new", "message", "source"]
    frame = pd.DataFrame(lines, columns=names, index=np.full(len(lines), NO_ROW))
    return frame.assign(subject_id=pd.NA, visit_id=pd.NA, table="", source_row=np.nan)
