"""A file is looked at before a library opens it: what it is by its first bytes, and what it would unpack to."""

import math
import re
import zipfile
import zlib
from functools import lru_cache
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
    (b"GIF8", "a picture"),
    (b"II*\0", "a picture"),
    (b"MM\0*", "a picture"),
    (b"\x04\x22\x4d\x18", "an lz4 archive"),
    (b"MSCF\0", "a cab archive"),
    (b"\x1f\x9d", "a compress archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\0\x01\0\0Standard ", "an Access database"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ARROW1\0", "a Feather file"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"\x80\x04\x95", "a pickle of Python"),
    (b"RDX3\n", "data of R"),
    (b"MATLAB 5.0 MAT", "data of MATLAB"),
    (b"{\\rtf", "a text document"),
    (b"-----BEGIN PGP", "an encrypted message"),
    (b"Salted__", "an encrypted file"),
    (b"#!/", "a script"),
    (b"L\0\0\0\x01\x14\x02\0", "a shortcut of Windows"),
    (b"[InternetShortcut]", "a shortcut of Windows"),
    (b"\0\x05\x16\x07", "a note of a Mac beside a file (whose name does not begin with ._)"),
    (b"version https://git-lfs", "a pointer of Git LFS (`git lfs pull` fetches the file)"),
    (b"PAR1", "parquet"),
)
MOST_UNPACKED = 2 << 30  # bytes of all parts of a workbook
MOST_TIMES = 200  # as large as the file, where it is more than
SMALL = 64 << 20
MOST_CELLS = 60_000_000  # of the rectangle that a sheet spans; what opens it makes room for all of them
BYTES = 40  # of memory that a cell takes while a workbook is read
MOST_ALIKE = 100_000  # rows of a sheet of LibreOffice that are kept as one
_ROW = re.compile(rb"<(?:\w+:)?row\b")
_CELL = re.compile(rb"""<(?:\w+:)?c\b[^<]*?\sr\s*=\s*["']([^"']*)["']""")
_NUMBER = re.compile(rb"""[^<]*?\sr\s*=\s*["']([^"']*)["']""")
_ONE_ROW = re.compile(rb"[A-Z]{1,3}([1-9]\d{0,7})(?: [A-Z]{1,3}\1)*")
_OF_LIBRE = re.compile(rb"""<table:(?:covered-)?table-cell\b([^>]*)>""")
_TIMES = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)["']""")
DOCUMENTS = {"word/": "a Word document", "ppt/": "a presentation", "content.xml": "a document of LibreOffice"}


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
        start = content.read(32)
    found = next((name for magic, name in MAGIC if start.startswith(magic)), "")
    if found == "zip":
        _zip(file, kind)
    elif found == "workbook" and kind != "excel":
        raise ValueError("it is a spreadsheet; give it type: excel")
    elif found == "parquet" and kind != "parquet":
        raise ValueError("it is a Parquet file; give it type: parquet")
    elif found.endswith("archive"):
        raise ValueError(f"it is {found}; unpack it, and name the table that is in it")
    elif found not in ("", "workbook", "parquet"):
        raise ValueError(f"it is {found}, not a table")


def _zip(file: Path, kind: str) -> None:
    """A workbook of Excel or LibreOffice, within limits; any other archive is refused."""
    try:
        with zipfile.ZipFile(file) as parts:
            names = parts.namelist()
            if not {"xl/workbook.xml", "xl/workbook.bin", "content.xml"} & set(names):
                raise ValueError(_other_archive(names))
            if kind != "excel":
                raise ValueError("it is a spreadsheet; give it type: excel")
            if len(set(names)) < len(names):
                raise ValueError(
                    "a part of the workbook stands in it twice, of which programs read one or the other"
                )
            size = sum(part.file_size for part in parts.infolist())
            if size > MOST_UNPACKED or size > max(SMALL, MOST_TIMES * file.stat().st_size):
                raise ValueError(
                    f"it unpacks to {size >> 20:,} MB, more than a workbook of its size holds; save it anew"
                )
            for name in names:
                content = parts.read(name)
                if b"sheetData" in content:
                    _sheet(content)
                elif name == "content.xml":
                    _sheets_of_libre(content)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(f"it was cut short or spoilt on its way ({error}); fetch it again") from None
    except RuntimeError:
        raise ValueError("it is protected by a password; save it without one") from None
    except NotImplementedError:
        raise ValueError("its parts are packed in a way of their own; save it anew") from None


def _other_archive(names: list[str]) -> str:
    """What an archive without a workbook is."""
    for start, what in DOCUMENTS.items():
        if any(name.startswith(start) for name in names):
            return f"it is {what}, not a table"
    inside = ", ".join(sorted(names)[:3]) or "nothing"
    return f"it is a zip archive of {inside}; unpack it, and name the table that is in it"


def _sheet(content: bytes) -> None:
    """Refuse a sheet with a cell so far out that no memory holds what lies before it, or with a place twice."""
    numbers: set[int] = set()
    width = 26
    for row in _ROW.split(content)[1:]:
        places = _CELL.findall(row)
        said = _NUMBER.match(row.partition(b">")[0])
        if not places and not said:
            continue
        same = _ONE_ROW.fullmatch(b" ".join(places)) if places else re.fullmatch(rb"([1-9]\d{0,7})", said[1])  # type: ignore[index]
        if same is None or (said and said[1] != same[1]):
            shown = (b", ".join(places[:3]) or said[1]).decode("ascii", "replace")  # type: ignore[index]
            raise ValueError(f"a row of a sheet holds cells that are not of one row ({shown}); save it anew")
        if int(same[1]) in numbers or len(set(places)) < len(places):
            raise ValueError(
                f"row {int(same[1])} of a sheet, or a cell of it, stands in it twice; save it anew"
            )
        numbers.add(int(same[1]))
        if places:
            furthest = max(zip(map(len, places), places, strict=True))[1]
            width = max(width, _column(furthest.rstrip(b"0123456789")))
    _refuse_far(max(numbers, default=0), width)


def _refuse_far(last: int, width: int) -> None:
    if last * width > MOST_CELLS:
        raise ValueError(
            f"a sheet has a cell in row {last:,} and one in column {width:,}, with nothing before them; clear the rows "
            "and columns beyond the table, and save it"
        )
    if last * width * BYTES > _memory():  # what reads workbooks does not come back where memory ends
        raise MemoryError(f"a sheet that spans {last:,} rows and {width:,} columns")


def _sheets_of_libre(content: bytes) -> None:
    """Refuse a document whose rows and cells, kept once with the number of times they stand there, are too many."""
    last = width = 0
    for row in content.split(b"<table:table-row")[1:]:
        head, _, cells = row.partition(b">")
        reach = filled = 0
        for cell in _OF_LIBRE.finditer(cells):
            reach += _times(cell[1])
            filled = reach if b"value-type" in cell[1] else filled
        if not filled:
            continue
        if _times(head) > MOST_ALIKE:
            raise ValueError(
                f"it says that one row stands in it {_times(head):,} times; clear the rows below the table"
            )
        last, width = last + _times(head), max(width, filled)
    _refuse_far(last, width)


def _times(tag: bytes) -> int:
    found = _TIMES.search(tag)
    return int(found[1]) if found else 1


def _memory() -> float:
    """Bytes that this process may hold."""
    try:
        import resource
    except ImportError:  # Windows
        return math.inf
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    return math.inf if limit == resource.RLIM_INFINITY else limit


@lru_cache(maxsize=1 << 15)
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
