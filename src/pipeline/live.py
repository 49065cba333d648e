"""Sources that can change without any file changing are read once, when a run begins; their rows are its input."""

import json
import pickle
from hashlib import sha256
from pathlib import Path


def store_rows(source: dict, file: Path, *, limit: float) -> str:
    """Read all rows of a source into a file of its snapshot, in a process of its own.

    Returns
    -------
    str
        A digest of the rows that does not depend on the order in which they arrived.
    """
    from pipeline.kernels import CallError, call

    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        call("pipeline.live:read_rows", limit=limit, source=json.dumps(source), file=file.as_posix())
    except CallError as error:
        from analysis.read.locate import SourceError

        raise SourceError(str(error)) from None
    return json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))["content"]


def read_rows(*, source: str, file: str) -> None:
    """Read a source, and store its rows as they came, as Parquet for people too, with their number and a digest."""
    from analysis.read.sources import read_source
    from analysis.study.mapping import Source

    export = read_source(Source.model_validate(json.loads(source)), Path("/nonexistent"))
    Path(file).write_bytes(pickle.dumps(export))
    rows = export.frame()
    rows.to_parquet(Path(file).with_suffix(".parquet"), index=False)
    lines = sorted(json.dumps(row, ensure_ascii=False) for row in rows.fillna("").values.tolist())
    content = sha256("\n".join([json.dumps(list(rows.columns)), *lines]).encode()).hexdigest()
    described = json.dumps({"rows": len(rows), "content": content})
    Path(file).with_suffix(".json").write_text(described, encoding="utf-8")
