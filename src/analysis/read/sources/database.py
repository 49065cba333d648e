"""Databases, REDCap's API, Parquet and data sets of a package."""

import importlib
import io
import os
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.read.cells import Export
from analysis.read.locate import SourceError
from analysis.read.sources.delimited import from_rows
from analysis.read.sources.looked_at import MOST_CELLS
from analysis.read.sources.typed import typed_frame

CELLS_PER_BYTE = 20  # a registry's table has 2; one value repeated for ever has thousands


def read_parquet(file: Path) -> Export:
    """A Parquet file with the types of its columns.

    Raises
    ------
    ValueError
        If it says that it holds more than its bytes can: a few of them may stand for as many rows as one likes.
    """
    import pyarrow.parquet as pq

    with pq.ParquetFile(file) as parquet:
        rows, columns = parquet.metadata.num_rows, parquet.metadata.num_columns
        if rows * columns > max(MOST_CELLS, CELLS_PER_BYTE * file.stat().st_size):
            raise ValueError(f"it says that it holds {rows:,} rows of {columns:,} columns")
        return typed_frame(parquet.read().to_pandas().reset_index(drop=True))


def read_package(source: Any) -> Export:
    """A data set of a Python package; the package's own row names are left out."""
    package = importlib.import_module(source.package)
    frame = package.data(*source.dataset.split("/"))
    return typed_frame(frame.drop(columns="rownames", errors="ignore").reset_index(drop=True))


def read_sql(source: Any) -> Export:
    """A query, through an SQLAlchemy address kept in an environment variable."""
    import sqlalchemy

    address = _secret(source, "url_env")
    try:
        engine = sqlalchemy.create_engine(address)
    except Exception as error:  # a library quotes the part of the address that it stumbled over
        why = str(error) if isinstance(error, ImportError) else type(error).__name__
        raise SourceError(
            f"source {source.id}: with what {source.url_env} holds no database can be asked ({why}); in a password "
            "write @ as %40, : as %3A and / as %2F"
        ) from None
    try:
        with engine.connect() as connection:
            result = connection.execute(sqlalchemy.text(source.query))
            return typed_frame(pd.DataFrame(result.fetchall(), columns=list(result.keys()), dtype=object))
    except sqlalchemy.exc.SQLAlchemyError as error:
        # the message of the driver may hold the address: say only what kind of failure it was
        raise SourceError(f"source {source.id}: the database query failed ({type(error).__name__})") from None
    finally:
        engine.dispose()


def read_redcap_api(source: Any) -> Export:
    """All records of a REDCap project, raw codes, through its API."""
    import csv

    import redcap

    address, token = _secret(source, "url_env"), _secret(source, "token_env")
    try:
        project = redcap.Project(address, token)
    except Exception as error:  # as above
        raise SourceError(
            f"source {source.id}: with what {source.url_env} and {source.token_env} hold no REDCap project can be "
            f"asked ({type(error).__name__}); a token has 32 characters, an address ends in /api/"
        ) from None
    try:
        exported = project.export_records(
            format_type="csv",
            raw_or_label="raw",
            forms=list(source.forms) or None,
            export_data_access_groups=True,
        )
    except redcap.RedcapError as error:
        # a refusal is of this very class; failures to connect are of classes below it and hold the address
        why = f"refused the export ({error})" if type(error) is redcap.RedcapError else "could not be reached"
        raise SourceError(f"source {source.id}: REDCap {why}") from None
    header, *body = csv.reader(io.StringIO(exported, newline=""))
    return from_rows(header, body, first=2, delimiter=",")


def _secret(source, which: str) -> str:
    """An address or token from the environment variable the study file names."""
    name = getattr(source, which)
    if not os.environ.get(name):
        raise SourceError(f"source {source.id}: set the environment variable {name} to its address or token")
    return os.environ[name]
