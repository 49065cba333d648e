"""Records as JSON: what programming interfaces of study databases export."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.read.cells import Export
from analysis.read.locate import SourceError
from analysis.read.sources.typed import typed_frame


def read_records(file: Path) -> Export:
    """A list of flat records, or one record a line; numbers keep the digits they were written with.

    Raises
    ------
    SourceError
        What is no list of records, a record within a record, or a name twice in one.
    """
    content = file.read_bytes()
    text = content.decode(json.detect_encoding(content)).lstrip(
        "\ufeff\x1e \t\r\n"
    )  # UTF-8, UTF-16 or UTF-32
    lines = text.startswith("{")
    parts = (line.strip("\x1e \t\r") for line in text.split("\n"))
    records = [_parsed(line) for line in parts if line] if lines else _parsed(text)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise SourceError(f"{file.name} holds no list of records such as [{{...}}, {{...}}]")
    for n, record in enumerate(records, 1):
        if deep := [name for name, value in record.items() if isinstance(value, dict | list)]:
            raise SourceError(
                f"{file.name}: {deep[0]!r} of record {n} is itself a list or a record; export it flat"
            )
    names = list(dict.fromkeys(name for record in records for name in record))
    if records and not names:
        raise SourceError(f"{file.name} holds {len(records)} records without a single name")
    cells = [[record.get(name) for name in names] for record in records]
    return typed_frame(pd.DataFrame(cells, columns=names, dtype=object))


def _parsed(text: str) -> Any:
    """JSON with every number as it stands; NaN is a missing one, and infinity a text that is no number."""
    constants = {"NaN": None, "Infinity": "Infinity", "-Infinity": "-Infinity"}
    return json.loads(
        text, parse_float=_number, parse_int=_number, parse_constant=constants.get, object_pairs_hook=_record
    )


def _number(text: str) -> Decimal | str:
    """A number as it stands; one that no computer counts with (1e999999999) stays the text that it is."""
    return Decimal(text) if len(text) <= 400 and abs(Decimal(text).adjusted()) <= 400 else text


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One record; a name that stands twice would lose a value."""
    record = dict(pairs)
    if len(record) < len(pairs):
        twice = next(name for name, _ in pairs if sum(other == name for other, _ in pairs) > 1)
        raise SourceError(f"the name {twice!r} stands twice in one record")
    return record
