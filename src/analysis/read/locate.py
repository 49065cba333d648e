"""Where the files of a study lie. No data frame is needed to say so."""

import importlib.util
from pathlib import Path
from typing import Any

from analysis.columns import nearest


class SourceError(ValueError):
    """A source that cannot be read: what, where, and what to do."""


KEPT = "outside"  # in a snapshot of a project: what its sources are read from that does not lie in it


def source_file(source: Any, root: Path) -> Path | None:
    """The file a source is read from; None for databases and REDCap's API."""
    if source.path:
        kept = Path(root) / KEPT / source.id / Path(source.path).name
        return kept if kept.is_file() else Path(root) / source.path
    if source.type != "package":
        return None
    found = importlib.util.find_spec(source.package)
    if found is None or found.origin is None:  # no origin: a folder of that name, no package
        raise SourceError(f"source {source.id}: the package {source.package} is not installed")
    package, _, item = source.dataset.partition("/")
    return Path(found.origin).parent / "_data" / package / f"{item}.pkl.compress"


def kept_rows(source: Any, root: Path) -> Path:
    """Where the pipeline's snapshot of a project keeps the rows of a database or of REDCap's API as they were read."""
    return Path(root) / KEPT / source.id / "rows.pickle"


def absence(source: Any, root: Path) -> str | None:
    """What to tell of a source whose file is not there: which, the nearest name, what to do; None when all is well."""
    file = source_file(source, root)
    if file is None or file.is_file():
        return None
    if not source.path:
        return f"the package {source.package} has no data set {source.dataset}"
    there = sorted(entry.name for entry in file.parent.glob("*") if entry.is_file())
    hint = nearest(file.name, there) or (
        f"; the folder has {', '.join(there)}." if there else "; its folder is empty."
    )
    if not file.parent.is_dir():
        hint = "; neither is its folder."
    return f"there is no file {source.path}{hint} Put the export there, or correct the path"
