"""Files that unpack to far more than they weigh are refused before a reader opens them."""

import re
import zipfile
from pathlib import Path

from pipeline.ending import LimitReached
from pipeline.operating import Operation

PACKED = (".xlsx", ".xlsm", ".xlsb", ".ods", ".xltx")
ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
FAR = re.compile(rb'<c\b[^>]*?\br="([A-Z]{3})(\d+)"')
BLOCK = 2**20
NEAR = 702  # columns that have a name of one or two letters


def require_modest(file: Path, operation: Operation, *, name: str) -> None:
    """Refuse a workbook that unpacks to too much, or a sheet whose rectangle of cells is too large.

    Raises
    ------
    LimitReached
        With what was found and what the limit is.
    """
    if file.suffix.lower() not in PACKED or not zipfile.is_zipfile(file):
        return
    with zipfile.ZipFile(file) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > operation.unpacked_limit:
            raise LimitReached(
                f"{name} unpacks to {unpacked / 2**20:,.0f} MB, more than the limit of "
                f"{operation.unpacked_limit / 2**20:,.0f} MB (unpacked_limit in operation.toml); export it as CSV"
            )
        for entry in archive.infolist():
            if re.fullmatch(r"xl/worksheets/[^/]+\.xml", entry.filename):
                _require_modest_sheet(archive, entry, operation, name)


def _require_modest_sheet(archive: zipfile.ZipFile, entry, operation: Operation, name: str) -> None:
    rows, columns = _corner(archive, entry)
    if rows * columns > operation.cells_limit:
        raise LimitReached(
            f"{name}: a sheet ({entry.filename}) reaches to row {rows:,} and column {columns:,}, more cells than the "
            f"limit of {operation.cells_limit:,} (cells_limit in operation.toml): a cell far from the others is "
            "filled or formatted; delete the empty rows and columns around the data"
        )


def _corner(archive: zipfile.ZipFile, entry) -> tuple[int, int]:
    """The last row of a sheet and an upper bound of its columns, without taking the cells apart."""
    rows, columns, rest = 0, NEAR, b""
    with archive.open(entry) as stream:
        while block := stream.read(BLOCK):
            text = rest + block
            rows = max([rows, *map(int, ROW.findall(text))])
            for letters, row in FAR.findall(text):
                rows, columns = max(rows, int(row)), max(columns, _number(letters))
            rest = text[-200:]
    return rows, columns


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
