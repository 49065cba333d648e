"""Delimited text files of unknown encoding and delimiter."""

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis.read.cells import Cells, Export, Note, from_texts
from analysis.read.sources.encoding import decode

REPEATED_HEAD = "repeats the header"
SHORT_ROW = "holds one cell, not the cells of the header"
_BLANK_LINE = re.compile(r"\n[ \t]*\r?\n|^\r?\n|\r(?!\n)")
_STRAY_QUOTE = re.compile(r'[^\n\r,;\t|"]"[^\n\r,;\t|"]|\\"')
_ESCAPED_QUOTE = re.compile(r'\\"(?=[^"\n\r,;\t|])')  # where quotes are doubled, none closes a cell there


def find_delimiter(text: str) -> str:
    r"""The delimiter of a text file: the one that splits the header into most fields.

    Examples
    --------
    >>> find_delimiter("id;age\n1;30\n"), find_delimiter("id\tage\n")
    (';', '\t')
    """
    header = re.sub(r'"[^"]*"', "", text.lstrip().partition("\n")[0])
    return max((",", ";", "\t", "|"), key=header.count)


def read_delimited(file: Path, encoding: str, delimiter: str, header_row: int | None = None) -> Export:
    """A delimited text file; rows are numbered as a spreadsheet shows them, blank lines counted.

    Raises
    ------
    ValueError
        If the file is empty, is a spreadsheet in disguise, or a row has more or fewer cells than the header.
    """
    content = file.read_bytes()
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise ValueError("the file is empty")
    read = decode(content, encoding)
    _refuse_spoilt(read.text)
    text, named = _without_separator_line(read.text)
    if _ESCAPED_QUOTE.search(text):
        text = text.replace('\\"', '""')
    mark = delimiter if delimiter != "auto" else named or find_delimiter(text)
    mark = {"tab": "\t", "\\t": "\t"}.get(mark, mark)
    notes = (Note("X3", read.doubt),) if read.doubt else ()
    if header_row is None and named is None and (quick := _plain_table(text, mark)) is not None:
        return replace(quick, notes=notes)
    rows = _rows(text, mark)
    start = header_row - 1 if header_row else next(n for n, row in enumerate(rows) if row)
    if start >= len(rows):
        raise ValueError(f"header_row is {header_row}, but the file has {len(rows)} rows")
    export = from_rows(rows[start], rows[start + 1 :], first=start + 2 + bool(named), delimiter=mark)
    return Export(export.columns, export.rows, mark, noise=export.noise, notes=notes, doubled=export.doubled)


def _refuse_spoilt(text: str) -> None:
    """Refuse text that was spoilt on its way, is no text, or holds two versions of itself."""
    if "\0\0\0" in text:
        raise ValueError(
            f"it holds {text.count(chr(0)):,} null characters where text should be: it was spoilt on its way, or is "
            "no text; fetch it again"
        )
    if "<<<<<<< " in text and re.search(r"^<{7} .*^={7}$.*^>{7} ", text, re.MULTILINE | re.DOTALL):
        raise ValueError("it holds both sides of a conflict between versions (<<<<<<< to >>>>>>>); settle it")
    if "\x1b$" in text:
        raise ValueError("its text is written in ISO 2022; name it by `encoding:`, such as iso2022_jp")


def _without_separator_line(text: str) -> tuple[str, str | None]:
    """The text without Excel's first line `sep=;`, and the delimiter that line names."""
    match = re.match(r"sep=(.)\r?\n", text)
    return (text[match.end() :], match[1]) if match else (text, None)


def _plain_table(text: str, delimiter: str) -> Export | None:
    """A table whose every row has the cells of its header, nothing blank, nothing repeated; None for any other."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    if _is_unusual(text):
        return None
    first = next(csv.reader(io.StringIO(text.partition("\n")[0] + "\n", newline=""), delimiter=delimiter))
    names = [name.strip().lstrip("\ufeff") for name in first]
    try:
        table = arrow.read_csv(
            io.BytesIO(text.encode("utf-8", errors="surrogatepass")),
            read_options=arrow.ReadOptions(
                column_names=[str(n) for n in range(len(names))], block_size=1 << 28
            ),
            parse_options=arrow.ParseOptions(
                delimiter=delimiter, newlines_in_values='"' in text, ignore_empty_lines=False
            ),
            convert_options=arrow.ConvertOptions(
                column_types={str(n): pa.string() for n in range(len(names))},
                strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )
    except (pa.ArrowInvalid, UnicodeEncodeError):
        return None
    columns = [_encoded(table.column(n)) for n in range(len(names))]
    header = [cells.texts[cells.places[0]] for cells in columns]
    lines = text.count("\n") + (not text.endswith("\n"))
    if header != first or (columns[0].places == 0).sum() > 1 or not 2 <= table.num_rows == lines:
        return None
    rows = np.arange(2, table.num_rows + 1)
    return Export(
        {name: cells.take(slice(1, None)) for name, cells in zip(names, columns)},  # type: ignore[arg-type]
        rows,
        delimiter,
        doubled=doubled_names(names),
    )


def _is_unusual(text: str) -> bool:
    """Whether a text has blank lines, quotes inside words, or line ends of their own kind."""
    blank = any(mark in text for mark in ("\n\n", "\n ", "\n\t", "\r")) and _BLANK_LINE.search(text)
    return "\x00" in text or bool(blank) or ('"' in text and bool(_STRAY_QUOTE.search(text)))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Rows of cells, a cell of several lines whole.

    Raises
    ------
    ValueError
        If a quote is never closed, or the lines of one row look like rows of their own, which one has drawn together.
    """
    lines = list(io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=delimiter)
    rows: list[list[str]] = []
    begun = 0
    for row in reader:
        drawn = lines[begun : reader.line_num]
        if len(drawn) > 1 and rows and _are_rows(drawn, delimiter, len(rows[0])):
            raise ValueError(
                f"lines {begun + 1} to {reader.line_num} would be one row: a quote opens in the first and closes in "
                "the last, though each looks like a row; write a quote inside a cell twice, or put it on one line"
            )
        if len(drawn) > 1 and reader.line_num == len(lines) and "".join(drawn).count('"') % 2:
            raise ValueError(f"a quote opens in line {begun + 1} and is never closed")
        begun = reader.line_num
        rows.append(row)
    return rows


def _are_rows(lines: list[str], delimiter: str, width: int) -> bool:
    """Whether lines have the cells of a row each; with two columns also first cells of one make, such as P05 and P06.

    Examples
    --------
    >>> _are_rows(['P5,"open,5', 'P6,close",6'], ",", 3), _are_rows(['P5,"first', 'second, and last",5'], ",", 3)
    (True, False)
    >>> _are_rows(['P5,"open', 'P6,close"'], ",", 2), _are_rows(['P5,"first', 'second, and last"'], ",", 2)
    (True, False)
    """
    if width < 2 or any(line.count(delimiter) != width - 1 for line in lines):
        return False
    makes = {re.sub(r"\d+", "9", line.partition(delimiter)[0].strip('" ')) for line in lines}
    return width > 2 or len(makes) == 1


def _encoded(column) -> Cells:
    """A column of texts, each distinct one once."""
    made = column.combine_chunks().dictionary_encode()
    places = np.asarray(made.indices).astype(np.intp)
    texts = np.array([*made.dictionary.to_pylist()], dtype=object)
    return Cells(places, texts, np.zeros(len(texts), dtype=np.uint8))


def from_rows(
    header: list[str], body: list[list[str]], *, first: int, delimiter: str | None = None
) -> Export:
    """An export from rows of text: blank rows left out, repeated heads marked.

    Raises
    ------
    ValueError
        If a row has more or fewer cells than the header.
    """
    names = [str(name).strip().lstrip("\ufeff") for name in header]
    lengths = np.fromiter(map(len, body), dtype=np.intp, count=len(body))
    below = np.array([0 < len(row) < len(names) and sum(map(bool, row)) < 2 for row in body], dtype=bool)
    wrong = np.flatnonzero((lengths != len(names)) & (lengths > 0) & ~below)
    if len(wrong) and not _only_extra_blanks([body[n] for n in wrong], len(names)):
        n = int(wrong[0])
        raise ValueError(
            f"row {n + first} has {lengths[n]} cells, the header {len(names)}; quote cells that hold the "
            "delimiter, or name it by `delimiter:`, or the row with the names by `header_row:`"
        )
    there = np.flatnonzero(lengths)
    whole = len(there) == len(body) and not len(wrong) and not below.any()
    kept = body if whole else [[*body[n], *[""] * len(names)][: len(names)] for n in there]
    columns = dict(zip(names, map(from_texts, zip(*kept)))) if kept else {}
    repeated = np.zeros(len(kept), dtype=bool)
    if kept and header in kept:
        repeated = np.array([row == header for row in kept])
    noise = np.where(repeated, REPEATED_HEAD, np.where(below[there], SHORT_ROW, "")).astype(object)
    noise = noise if (noise != "").any() else None
    return Export(columns, there + first, delimiter, noise=noise, doubled=doubled_names(names))


def _only_extra_blanks(rows: list[list[str]], width: int) -> bool:
    """Whether rows are longer than the header by empty cells alone."""
    return all(len(row) > width and not any(cell.strip() for cell in row[width:]) for row in rows)


def doubled_names(names: list[str]) -> tuple[str, ...]:
    """Names that head more than one column."""
    return tuple(sorted(name for name, times in Counter(names).items() if name and times > 1))
