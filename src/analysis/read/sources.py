"""Where rows come from: files, databases, REDCap, packages. Every cell arrives as text, every row with its number."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from analysis.read.formats import read_excel, read_parquet, read_statistical, read_text_file
from analysis.read.locate import SourceError, absence, source_file

ROW = "__row__"  # the row's number in its file, header counted


def read_source(source, root: Path) -> pd.DataFrame:
    """All rows of a source as text, with their row numbers in the column ``__row__``.

    Raises
    ------
    SourceError
        If the file is missing, empty, of another kind, or a database cannot be reached.
    """
    file = source_file(source, root)
    if absent := absence(source, root):
        raise SourceError(f"source {source.id}: {absent}")
    try:
        frame, first_row = _READERS[source.type](source, file)
    except SourceError:
        raise
    except Exception as error:  # whatever a reading library raises about a broken or wrong file
        message = (
            f"source {source.id}: {source.path or source.type} cannot be read as {source.type} ({error})"
        )
        raise SourceError(message) from error
    if frame.empty:
        raise SourceError(f"source {source.id}: {source.path or source.type} has a header but no rows")
    frame.columns = [str(name).strip().lstrip("\ufeff") for name in frame.columns]
    doubled = sorted(set(frame.columns[frame.columns.duplicated()]))
    if doubled:
        raise SourceError(f"source {source.id}: column {', '.join(doubled)} occurs twice in {source.path}")
    return frame.assign(**{ROW: range(first_row, first_row + len(frame))})


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Typed values as text: whole numbers without a decimal point, dates in ISO form, missing as empty."""
    return pd.DataFrame({name: _column_as_text(frame[name]) for name in frame.columns}, index=frame.index)


def _column_as_text(values: pd.Series) -> pd.Series:
    """One typed column as text."""
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "1", False: "0"}).astype("string").fillna("")
    if pd.api.types.is_datetime64_any_dtype(values):
        return values.dt.strftime("%Y-%m-%d").astype("string").fillna("")
    return values.map(_cell_as_text, na_action="ignore").astype("string").fillna("")


def _cell_as_text(value) -> str:
    """One typed value as text."""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _package(source, file: Path) -> tuple[pd.DataFrame, int]:
    """A data set of a Python package; the package's own row names are left out."""
    package = importlib.import_module(source.package)
    frame = package.data(*source.dataset.split("/"))
    return as_text(frame.drop(columns="rownames", errors="ignore")), 1


def _sql(source, file) -> tuple[pd.DataFrame, int]:
    """A query, through an SQLAlchemy address kept in an environment variable."""
    import sqlalchemy

    engine = sqlalchemy.create_engine(_secret(source, "url_env"))
    try:
        with engine.connect() as connection:
            result = connection.execute(sqlalchemy.text(source.query))
            return as_text(pd.DataFrame(result.fetchall(), columns=list(result.keys()), dtype=object)), 1
    except sqlalchemy.exc.SQLAlchemyError as error:
        # the message of the driver may hold the address: say only what kind of failure it was
        raise SourceError(f"source {source.id}: the database query failed ({type(error).__name__})") from None
    finally:
        engine.dispose()


def _redcap_api(source, file) -> tuple[pd.DataFrame, int]:
    """All records of a REDCap project, raw codes, through its API."""
    import io

    import redcap

    address, token = _secret(source, "url_env"), _secret(source, "token_env")
    try:
        exported = redcap.Project(address, token).export_records(
            format_type="csv",
            raw_or_label="raw",
            forms=list(source.forms) or None,
            export_data_access_groups=True,
        )
    except redcap.RedcapError as error:
        # a refusal is of this very class; failures to connect are of classes below it and hold the address
        why = f"refused the export ({error})" if type(error) is redcap.RedcapError else "could not be reached"
        raise SourceError(f"source {source.id}: REDCap {why}") from None
    return pd.read_csv(io.StringIO(exported), dtype=str, keep_default_na=False), 2


def _secret(source, which: str) -> str:
    """An address or token from the environment variable the study file names."""
    name = getattr(source, which)
    if not os.environ.get(name):
        raise SourceError(f"source {source.id}: set the environment variable {name} to its address or token")
    return os.environ[name]


_READERS: dict[str, Callable] = {
    "csv": lambda source, file: read_text_file(file, source.encoding, source.delimiter),
    "excel": lambda source, file: read_excel(file, source.sheet, source.header_row),
    "parquet": lambda source, file: (as_text(read_parquet(file)), 1),
    "sas": lambda source, file: (as_text(read_statistical(file)), 1),
    "spss": lambda source, file: (as_text(read_statistical(file)), 1),
    "stata": lambda source, file: (as_text(read_statistical(file)), 1),
    "sql": _sql,
    "redcap_api": _redcap_api,
    "package": _package,
}
