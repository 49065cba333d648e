"""File formats: text files of unknown encoding and delimiter, spreadsheets with titles, statistical packages."""

import csv
import io
import re
from pathlib import Path

import pandas as pd

ENCODINGS = ("utf-8-sig", "gb18030")


def decode(content: bytes, encoding: str = "auto") -> str:
    r"""Text of a file whose encoding is UTF-8 (with or without mark), UTF-16 (with mark) or GB18030.

    GB18030 is tried only where the bytes are not UTF-8: text in GB18030 that happens to be valid UTF-8 over a
    whole export does not occur, the reverse often does.

    Raises
    ------
    ValueError
        If no encoding fits.

    Examples
    --------
    >>> decode("姓名".encode("gb18030")), decode(b"\xef\xbb\xbfid")
    ('姓名', 'id')
    """
    if encoding != "auto":
        return content.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    for candidate in ENCODINGS:
        try:
            return content.decode(candidate)
        except UnicodeDecodeError:
            continue
    raise ValueError("its text is neither UTF-8 nor GB18030; name the encoding in the study file")


def find_delimiter(text: str) -> str:
    r"""The delimiter of a text file: the one that splits the header into most fields.

    Examples
    --------
    >>> find_delimiter("id;age\n1;30\n"), find_delimiter("id\tage\n")
    (';', '\t')
    """
    header = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return max((",", ";", "\t", "|"), key=header.count)


def read_text_file(file: Path, encoding: str, delimiter: str) -> tuple[pd.DataFrame, int]:
    """A delimited text file, every cell as text, and the number of its first data row.

    Raises
    ------
    ValueError
        If the file is empty, is a spreadsheet in disguise, or a row has more cells than the header.
    """
    content = file.read_bytes()
    if not content.strip():
        raise ValueError("the file is empty")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise ValueError("it is a spreadsheet; give it type: excel")
    text = decode(content, encoding)
    mark = find_delimiter(text) if delimiter == "auto" else delimiter
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
    header, body = rows[0], [row for row in rows[1:] if row]
    for number, row in enumerate(body, 2):
        if len(row) != len(header):
            raise ValueError(f"row {number} has {len(row)} cells, the header {len(header)}")
    return pd.DataFrame(body, columns=header, dtype="string"), 2


def read_excel(file: Path, sheet: str | None, header_row: int | None) -> tuple[pd.DataFrame, int]:
    """A sheet, every cell as text; titles above the header are skipped, merged cells read as their first.

    Raises
    ------
    ValueError
        If the sheet does not exist (its workbook's sheets are named).
    """
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(file))
    if sheet is not None and sheet not in book.sheet_names:
        raise ValueError(f"it has no sheet '{sheet}'; it has {', '.join(book.sheet_names)}")
    rows = book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    start = header_row - 1 if header_row else find_header(rows)
    header = [str(cell).strip() for cell in rows[start]]
    kept = [n for n, name in enumerate(header) if name]
    body = [
        (n, row)
        for n, row in enumerate(rows[start + 1 :], start + 2)
        if any(str(cell).strip() for cell in row)
    ]
    cells = [[_excel_text(row[n]) for n in kept] for _, row in body]
    return pd.DataFrame(cells, columns=[header[n] for n in kept], dtype="string"), start + 2


def find_header(rows: list[list]) -> int:
    """The header of a sheet: the first row in which nearly all columns have a text of their own.

    A merged title fills one cell of its row, so it has few; a data row usually holds numbers.

    Examples
    --------
    >>> find_header([["Medication", "", ""], ["", "", ""], ["id", "drug", "start"], ["1", "MTX", "2020"]])
    2
    """
    width = max((sum(bool(str(cell).strip()) for cell in row) for row in rows[:50]), default=0)
    for n, row in enumerate(rows[:50]):
        filled = [str(cell).strip() for cell in row if str(cell).strip()]
        if filled and len(filled) >= 0.8 * width and len(set(filled)) == len(filled):
            return n
    return 0


def _excel_text(cell) -> str:
    """A spreadsheet cell as text: dates in ISO form, whole numbers without a decimal point."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, bool):
        return str(int(cell))
    return cell.isoformat() if hasattr(cell, "isoformat") else str(cell)


def read_parquet(file: Path) -> pd.DataFrame:
    """A Parquet file."""
    return pd.read_parquet(file)


def read_statistical(file: Path) -> pd.DataFrame:
    """A SAS, SPSS or Stata file with its codes, not its labels; dates as dates.

    Raises
    ------
    ValueError
        If the file's ending is not known.
    """
    import pyreadstat

    readers = {
        ".sas7bdat": pyreadstat.read_sas7bdat,
        ".xpt": pyreadstat.read_xport,
        ".sav": pyreadstat.read_sav,
        ".zsav": pyreadstat.read_sav,
        ".por": pyreadstat.read_por,
        ".dta": pyreadstat.read_dta,
    }
    if file.suffix.lower() not in readers:
        raise ValueError(f"the ending {file.suffix} is not one of {', '.join(readers)}")
    frame, _ = readers[file.suffix.lower()](str(file))
    return frame
