"""Where the files of a study lie. No data frame is needed to say so."""

import importlib.util
from pathlib import Path


class SourceError(ValueError):
    """A source that cannot be read: what, where, and what to do."""


def source_file(source, root: Path) -> Path | None:
    """The file a source is read from; None for databases and REDCap's API."""
    if source.path:
        return Path(root) / source.path
    if source.type != "package":
        return None
    found = importlib.util.find_spec(source.package)
    if found is None:
        raise SourceError(f"source {source.id}: the package {source.package} is not installed")
    package, _, item = source.dataset.partition("/")
    return Path(found.origin).parent / "_data" / package / f"{item}.pkl.compress"
