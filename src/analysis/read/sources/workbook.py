"""What a workbook knows of its cells beside their values: calendar, formats, formulas without a value, errors."""

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from xml.etree import ElementTree

Place = tuple[int, int]
PERCENT_FORMATS = {"9", "10"}
MONTH_FORMATS = {"17": "%Y-%m", "27": "%Y-%m", "55": "%Y-%m"}  # numbers that stand for a format without a day
RAISED = {"superscript": "⁰¹²³⁴⁵⁶⁷⁸⁹", "subscript": "₀₁₂₃₄₅₆₇₈₉"}


class Padding(NamedTuple):
    """How an id that is a number is shown: 7 as S-007 has `S-` before it and three digits."""

    before: str
    digits: int
    after: str


@dataclass(frozen=True, slots=True)
class Facts:
    """The year days are counted from, cells shown as per cent, formulas without a value (by the cell's name), errors.

    Places are row and column, counted from 0; `errors` holds what such a cell shows (`#REF!`), `hidden` rows that the
    sheet does not show, `padded` numbers shown with zeros before them (1 as 001, or as S-001), `short` dates of which
    no day or no month is shown (by what is), `raised` texts with digits above or below the line, as those.
    """

    epoch: str | None = None
    percent: frozenset[Place] = frozenset()
    no_value: dict[Place, str] = field(default_factory=dict)
    errors: dict[Place, str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    padded: dict[Place, Padding] = field(default_factory=dict)
    short: dict[Place, str] = field(default_factory=dict)
    raised: dict[Place, str] = field(default_factory=dict)

    @property
    def rows(self) -> set[int]:
        """Rows with a formula without a value, or an error."""
        return {row for row, _ in (*self.no_value, *self.errors)}


def workbook_facts(file: Path, sheet: str) -> Facts:
    """What the workbook knows of the cells of a sheet; of kinds that cannot be looked into, nothing."""
    with file.open("rb") as content:
        start = content.read(8)
    if start.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(file) as parts:
            return _open_xml(parts, sheet) if "xl/workbook.xml" in parts.namelist() else Facts()
    return _binary(file, sheet) if start.startswith(b"\xd0\xcf\x11\xe0") else Facts()


def _binary(file: Path, sheet: str) -> Facts:
    """A workbook of Excel 97 to 2003."""
    import xlrd

    try:
        book = xlrd.open_workbook(str(file), formatting_info=True, logfile=_Nowhere())
    except xlrd.XLRDError:
        return Facts()
    page = book.sheet_by_name(sheet)
    codes = [book.format_map[xf.format_key].format_str for xf in book.xf_list]
    shown = {n for n, code in enumerate(codes) if _is_percent(code)}
    zeros = {n: padding for n, code in enumerate(codes) if (padding := _zeros(code))}
    months = {n: form for n, code in enumerate(codes) if (form := _without_day(code))}
    places = [(row, column) for row in range(page.nrows) for column in range(page.row_len(row))]
    percent = frozenset(place for place in places if page.cell_xf_index(*place) in shown)
    errors = {
        place: xlrd.error_text_from_code.get(page.cell_value(*place), "#VALUE!")
        for place in places
        if page.cell_type(*place) == xlrd.XL_CELL_ERROR
    }
    hidden = frozenset(row for row, info in page.rowinfo_map.items() if info.hidden)
    styled = [(place, page.cell_xf_index(*place)) for place in places] if zeros or months else []
    padded = {place: zeros[style] for place, style in styled if style in zeros}
    short = {place: months[style] for place, style in styled if style in months}
    return Facts("1904" if book.datemode else "1900", percent, {}, errors, hidden, padded, short)


class _Nowhere:
    """Takes what a library prints."""

    def write(self, text: str) -> None:
        """Keep nothing."""


def _open_xml(parts: zipfile.ZipFile, sheet: str) -> Facts:
    """A workbook of Excel 2007 or later."""
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    settings = next((node for node in book.iter() if _name(node) == "workbookPr"), None)
    flag = settings.get("date1904", "0") if settings is not None else "0"
    epoch = "1904" if flag.lower() in ("1", "true", "on") else "1900"
    path = _sheet_path(parts, book, sheet)
    if path is None:
        return Facts(epoch)
    styles, raised, content = _number_styles(parts), _raised_texts(parts), parts.read(path)
    odd = rb'<(?:\w+:)?f[\s>/]|\bt="e"|\bhidden="(?:1|true)"|vertAlign'
    if not any(styles) and not raised and not re.search(odd, content):
        return Facts(epoch)
    return _facts(content, styles, raised, epoch)


def _name(node) -> str:
    """The name of an element without its namespace."""
    return node.tag.rpartition("}")[2]


def _sheet_path(parts: zipfile.ZipFile, book, sheet: str) -> str | None:
    """The part that holds a sheet."""
    links = {
        node.get("Id"): node.get("Target")
        for node in ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    }
    for node in book.iter():
        if _name(node) == "sheet" and node.get("name") == sheet:
            target = next((links.get(value) for key, value in node.items() if key.endswith("}id")), None)
            path = str(PurePosixPath("xl") / target) if target and not target.startswith("/") else target
            path = (path or "").lstrip("/")
            return path if path in parts.namelist() else None
    return None


def _raised_texts(parts: zipfile.ZipFile) -> dict[str, str]:
    """The texts of a workbook with digits above or below the line, by their number."""
    name = "xl/sharedStrings.xml"
    if name not in parts.namelist() or b"vertAlign" not in (content := parts.read(name)):
        return {}
    texts = [node for node in ElementTree.fromstring(content) if _name(node) == "si"]
    return {str(n): text for n, node in enumerate(texts) if (text := _raised(node))}


def _raised(text) -> str | None:
    """A text of runs, its digits above or below the line as such signs; None where it has none."""
    shown, found = "", False
    for run in text:
        inside = {_name(part): part for part in run.iter()}
        written = inside["t"].text or "" if "t" in inside and _name(run) != "rPh" else ""
        place = inside["vertAlign"].get("val", "") if "vertAlign" in inside else ""
        if place in RAISED and re.search("[0-9]", written):
            written, found = written.translate(str.maketrans("0123456789", RAISED[place])), True
        shown += written
    return shown if found else None


class Styles(NamedTuple):
    """The styles that show a number as per cent, that put zeros before it, and that show a date without its day."""

    percent: set[str]
    padded: dict[str, Padding]
    short: dict[str, str]


def _number_styles(parts: zipfile.ZipFile) -> Styles:
    """What the styles of a workbook do with numbers."""
    if "xl/styles.xml" not in parts.namelist():
        return Styles(set(), {}, {})
    tree = ElementTree.fromstring(parts.read("xl/styles.xml"))
    codes = {
        node.get("numFmtId"): node.get("formatCode") or "" for node in tree.iter() if _name(node) == "numFmt"
    }
    formats = next((node for node in tree if _name(node) == "cellXfs"), ())
    used = {str(n): xf.get("numFmtId") for n, xf in enumerate(formats)}
    percent = PERCENT_FORMATS | {code for code, text in codes.items() if _is_percent(text)}
    zeros = {code: padding for code, text in codes.items() if (padding := _zeros(text))}
    months = MONTH_FORMATS | {code: form for code, text in codes.items() if (form := _without_day(text))}
    return Styles(
        {style for style, code in used.items() if code in percent},
        {style: zeros[code] for style, code in used.items() if code in zeros},
        {style: months[code] for style, code in used.items() if code in months},
    )


def _zeros(code: str) -> Padding | None:
    """How a number format of nothing but zeros shows a number, with words before or after them; None for any other.

    Examples
    --------
    >>> _zeros("0000;;"), _zeros('"S-"000'), _zeros("0"), _zeros("0.00"), _zeros('0" mg"')
    (Padding(before='', digits=4, after=''), Padding(before='S-', digits=3, after=''), None, None, None)
    """
    word = r'(?:"[^"]*"|\\.|[-/ ])*'
    found = re.fullmatch(f"({word})(00+)({word})", code.partition(";")[0])
    if not found:
        return None
    before, after = (re.sub(r'"([^"]*)"|\\(.)', r"\1\2", found[n]) for n in (1, 3))
    return Padding(before, len(found[2]), after)


def _without_day(code: str) -> str | None:
    """What a date format shows that shows no day: year and month, or the year; None for any other.

    Examples
    --------
    >>> _without_day("mmm-yy"), _without_day('yyyy"年"m"月"'), _without_day("yyyy"), _without_day("d/m/yy")
    ('%Y-%m', '%Y-%m', '%Y', None)
    >>> _without_day("mm:ss"), _without_day("0.00"), _without_day("[$-409]mmmm yyyy;@")
    (None, None, '%Y-%m')
    """
    bare = re.sub(r'"[^"]*"|\\.|\[[^]]*\]', "", code.partition(";")[0]).lower()
    if not re.fullmatch(r"[-/., ymdhs:e]*", bare) or "y" not in bare or re.search("[dhs]", bare):
        return None
    return "%Y-%m" if "m" in bare else "%Y"


def _is_percent(code: str) -> bool:
    """Whether a number format multiplies by a hundred: a percent sign that is not quoted."""
    return "%" in re.sub(r'"[^"]*"|\\.', "", code)


def _facts(content: bytes, styles: Styles, texts: dict[str, str], epoch: str) -> Facts:
    """What is particular about the cells and rows of a sheet."""
    percent, no_value, errors, hidden, padded, short, raised = set(), {}, {}, set(), {}, {}, {}
    for node in ElementTree.fromstring(content).iter():
        where, kind = node.get("r"), _name(node)
        if kind == "row" and where and node.get("hidden", "0").lower() in ("1", "true"):
            hidden.add(int(where) - 1)
        if kind != "c" or where is None:
            continue
        inside = {_name(part): part for part in node}
        value = inside.get("v")
        if node.get("t") == "e":
            errors[_place(where)] = (value.text if value is not None else None) or "#VALUE!"
        elif "f" in inside and (value is None or not (value.text or node.get("t") == "str")):
            no_value[_place(where)] = where
        elif node.get("t") == "s" and value is not None and value.text in texts:
            raised[_place(where)] = texts[value.text]
        elif node.get("t") == "inlineStr" and "is" in inside and (text := _raised(inside["is"])):
            raised[_place(where)] = text
        elif (style := node.get("s")) and node.get("t", "n") == "n":
            if style in styles.percent:
                percent.add(_place(where))
            elif style in styles.padded:
                padded[_place(where)] = styles.padded[style]
            elif style in styles.short:
                short[_place(where)] = styles.short[style]
    return Facts(epoch, frozenset(percent), no_value, errors, frozenset(hidden), padded, short, raised)


def _place(name: str) -> Place:
    """Row and column of a cell by its name.

    Examples
    --------
    >>> _place("A1"), _place("AB12")
    ((0, 0), (11, 27))
    """
    found = re.fullmatch("([A-Z]+)([0-9]+)", name)
    if found is None:
        raise ValueError(f"'{name}' names no cell of a sheet; cells are named as A1 or AB12")
    column = 0
    for letter in found[1]:
        column = 26 * column + ord(letter) - 64
    return int(found[2]) - 1, column - 1
