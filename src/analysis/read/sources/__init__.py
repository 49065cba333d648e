"""Where rows come from: files, databases, REDCap, packages. Cells are handed over with what their source knows."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from analysis.escape import clean, is_clean
from analysis.read.cells import Export, Note
from analysis.read.locate import SourceError, absence, kept_rows, source_file
from analysis.read.sources import database
from analysis.read.sources.delimited import doubled_names, read_delimited
from analysis.read.sources.excel import read_excel
from analysis.read.sources.looked_at import look_at
from analysis.read.sources.records import read_records
from analysis.read.sources.statistical import read_statistical

__all__ = ["read_source"]


def read_source(source: Any, root: Path) -> Export:
    """All rows of a source as its program shows them, nothing read yet.

    Raises
    ------
    SourceError
        If the file is missing, empty, of another kind, or a database cannot be reached.
    """
    if (rows := kept_rows(source, root)).is_file():
        return pickle.loads(rows.read_bytes())
    file = source_file(source, root)
    if absent := absence(source, root):
        raise SourceError(f"source {source.id}: {absent}")
    place = source.path or source.type
    try:
        if file is not None and source.path:
            look_at(file, source.type)
        export = _READERS[source.type](source, file)
    except (SourceError, MemoryError):
        raise
    except Exception as error:  # whatever a reading library raises about a broken or wrong file
        why = clean(str(error)) or type(error).__name__
        again = "" if isinstance(error, ValueError) else "; save it anew where it was made, or fetch it again"
        message = f"source {source.id}: {place} cannot be read as {source.type} ({why}){again}"
        raise SourceError(message) from error
    if not len(export):
        raise SourceError(f"source {source.id}: {place} has a header but no rows")
    return _with_clean_names(export)


def _with_clean_names(export: Export) -> Export:
    """The export with the names of its columns as they are seen; two that are seen alike are one name twice."""
    seen = {name: name if is_clean(name) else clean(name).strip() for name in export.columns}
    unclean = [name for name, shown in seen.items() if name != shown]
    if not unclean:
        return export
    alike = doubled_names(list(seen.values()))
    shown = ", ".join(repr(seen[name]) for name in unclean[:6])
    text = f"names of {len(unclean)} columns held characters that nobody sees; they are read as {shown}"
    return replace(
        export,
        columns={seen[name]: cells for name, cells in export.columns.items()},
        origins={seen[name]: origin for name, origin in export.origins.items()},
        doubled=tuple(sorted({*(seen.get(name, name) for name in export.doubled), *alike})),
        notes=(*export.notes, Note("N10", text)),
    )


_READERS: dict[str, Callable] = {
    "csv": lambda source, file: read_delimited(file, source.encoding, source.delimiter, source.header_row),
    "excel": lambda source, file: read_excel(file, source.sheet, source.header_row, source.cells),
    "json": lambda source, file: read_records(file),
    "parquet": lambda source, file: database.read_parquet(file),
    "sas": lambda source, file: read_statistical(file, source.encoding, "sas"),
    "spss": lambda source, file: read_statistical(file, source.encoding, "spss"),
    "stata": lambda source, file: read_statistical(file, source.encoding, "stata"),
    "sql": lambda source, file: database.read_sql(source),
    "redcap_api": lambda source, file: database.read_redcap_api(source),
    "package": lambda source, file: database.read_package(source),
}
