"""The committed example exports, and the clean tables they were made from."""

import csv
import io

import openpyxl
import pytest


def table(file) -> list[dict]:
    """The rows of an export, as text, whatever its kind."""
    if file.suffix == ".xlsx":
        rows = list(openpyxl.load_workbook(file).active.iter_rows(min_row=2, values_only=True))
        return [
            dict(zip(rows[0], ["" if v is None else str(v) for v in row], strict=True)) for row in rows[1:]
        ]
    encoding = "gb18030" if file.name.startswith("lab") else "utf-8-sig"
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode(encoding), newline="")))


@pytest.fixture(scope="session")
def exports(root):
    """Study and file to the committed rows."""
    cache = {}

    def read(study, file):
        if (study, file) not in cache:
            cache[study, file] = table(root / "data" / study / file)
        return cache[study, file]

    return read


@pytest.fixture(scope="session")
def clean_ra():
    """The cohort's tables before any fault was planted."""
    from generate import ra_build

    return ra_build.build()[0]


@pytest.fixture(scope="session")
def clean_dm():
    """The dermatomyositis study's tables before any fault was planted."""
    from generate import dm_build

    return dm_build.build()[0]
