"""A file is looked at before a library opens it: what it is by its first bytes, and what it would unpack to."""

import math
import re
import zipfile
from pathlib import Path

MAGIC = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstandard archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a rar archive"),
    (b"%PDF", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"SQLite format 3", "an SQLite database"),
    (b"PAR1", "parquet"),
)
MOST_UNPACKED = 2 << 30  # bytes of all parts of a workbook
MOST_TIMES = 200  # as large as the file, where it is more than
SMALL = 64 << 20
MOST_CELLS = 60_000_000  # of the rectangle that a sheet spans; what opens it makes room for all of them
BYTES = 40  # of memory that a cell takes while a workbook is read
_FAR = re.compile(rb'\sr="([A-Z]{2,6})(\d+)"')
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\sr="(\d+)"')


def look_at(file: Path, kind: str) -> None:
    """Refuse a file that is plainly of another make, or would unpack without end.

    Parameters
    ----------
    file : Path
    kind : str
        The type that the study file gives: csv, excel, parquet, ...

    Raises
    ------
    ValueError
        What it is, and what to do.
    """
    with file.open("rb") as content:
        start = content.read(16)
    found = next((name for magic, name in MAGIC if start.startswith(magic)), "")
    if found == "zip":
        _zip(file, kind)
    elif found == "workbook" and kind != "excel":
        raise ValueError("it is a spreadsheet; give it type: excel")
    elif found == "parquet" and kind != "parquet":
        raise ValueError("it is a Parquet file; give it type: parquet")
    elif found.endswith("archive"):
        raise ValueError(f"it is {found}; unpack it, and name the table that is in it")
    elif found.startswith("a"):
        raise ValueError(f"it is {found}, not a table")


def _zip(file: Path, kind: str) -> None:
    """A workbook of Excel or LibreOffice, within limits; any other archive is refused."""
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
            if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(names):
                inside = ", ".join(sorted(names)[:3]) or "nothing"
                raise ValueError(
                    f"it is a zip archive of {inside}; unpack it, and name the table that is in it"
                )
            if kind != "excel":
                raise ValueError("it is a spreadsheet; give it type: excel")
            size = sum(part.file_size for part in parts.infolist())
            if size > MOST_UNPACKED or size > max(SMALL, MOST_TIMES * file.stat().st_size):
                raise ValueError(
                    f"it unpacks to {size >> 20:,} MB, more than a workbook of its size holds; save it anew"
                )
            for name in names:
                if re.match(r"xl/worksheets/[^/]+\.xml$", name):
                    _sheet(parts.read(name))
    except zipfile.BadZipFile as error:
        raise ValueError(f"it was cut short or spoilt on its way ({error}); fetch it again") from None


def _sheet(content: bytes) -> None:
    """Refuse a sheet with a cell so far out that no memory holds what lies before it."""
    far = [(_column(letters), int(row)) for letters, row in set(_FAR.findall(content))]
    last = max([*map(int, _ROW.findall(content)), *(row for _, row in far)], default=0)
    width = max((column for column, _ in far), default=26)
    if last * width > MOST_CELLS:
        raise ValueError(
            f"a sheet has a cell in row {last:,} and one in column {width:,}, with nothing before them; clear the rows "
            "and columns beyond the table, and save it"
        )
    if last * width * BYTES > _memory():  # what reads workbooks does not come back where memory ends
        raise MemoryError(f"a sheet that spans {last:,} rows and {width:,} columns")


def _memory() -> float:
    """Bytes that this process may hold."""
    try:
        import resource
    except ImportError:  # Windows
        return math.inf
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


def _column(letters: bytes) -> int:
    """The number of a column.

    Examples
    --------
    >>> _column(b"AA"), _column(b"XFD")
    (27, 16384)
    """
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
