"""Tables read cell by cell with the heads of their columns: what a number is, its column says, not the words beside it.

A number below ``record_id`` is a person, one below ``visit_date`` a day as spreadsheets and statistics programs count
them; a day, a month and a year in three cells are one day, a given and a family name one person.
"""

import csv
import html
import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.share.beside import PERSON
from pipeline.share.spelling import folded

_TABLE = re.compile(r"<(table|w:tbl|pre|textarea)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_SPLIT = re.compile(  # {"columns": ["id", "age"], "data": [[62, 41]]}
    r"\"(?:columns|header|fields)\"\s*:\s*(\[[^\[\]]*\])[^\[\]]{0,200}(?:\"index\"\s*:\s*\[[^\[\]]*\][^\[\]]{0,20})?(\[\s*\[[^{}]*?\]\s*\])"
)
_INSERTED = re.compile(  # INSERT INTO x (subject_id, sex) VALUES (62, 'f')
    r"\(([\w\s,\"'`]{2,200})\)\s*(?:VALUES|=)\s*((?:\([^()]{1,200}\)[,\s]{0,3}){1,99})", re.IGNORECASE
)
_CHOICE = re.compile(r"<(?:select|datalist)\b([^<>]*)>(.*?)</(?:select|datalist)>", re.DOTALL | re.IGNORECASE)
_LIST = re.compile(r"<[uo]l\b[^>]*>(.*?)</[uo]l>", re.DOTALL | re.IGNORECASE)
_LEADS = re.compile(r"[^<>]{0,60}(?:<[^<>]*>\s*){0,4}\Z")  # what stands before a list
_NAMED = re.compile(r"\b(?:name|id)=[\"']?([\w-]+)", re.IGNORECASE)
_OPTION = re.compile(r"<option\b([^<>]*)>([^<>]*)", re.IGNORECASE)
_VALUE = re.compile(r"\bvalue=[\"']?([^\"'<>\s]+)", re.IGNORECASE)
_DRAWN = str.maketrans(
    "│┃║┆┊¦─━═┄" + "┌┬┐├┼┤└┴┘╔╦╗╠╬╣╚╩╝╪╞╡╟╢┏┳┓┣╋┫┗┻┛", "||||||----" + "+" * 32
)  # lines of tables
_ROW = re.compile(r"<(?:tr|w:tr)\b", re.IGNORECASE)
_CELL = re.compile(r"<(?:t[dh]|w:tc)\b[^>]*>", re.IGNORECASE)
_SPAN = re.compile(r"\bcolspan=[\"']?(\d{1,3})")
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"[^A-Za-z0-9\u3400-\u9fff]+|(?<=[a-z])(?=[A-Z])")
_RULE = re.compile(r"[\s|+=-]*[+=-][\s|+=-]*")
_SIGNS = re.compile(r"\W+")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WHOSE = _words(
    "subject patient participant record case pat pt subj usubj screening rand randomisation randomization proband"
    " person study mrn hospital patienten probanden studien teilnehmer fall enrolment enrollment"
)
_WHICH = _words("id no nr num number nummer code key identifier")
_IDS = _words(
    "id subjid usubjid patid patno patnr ptid pid mrn subject patient participant proband teilnehmer fallnummer pat"
    " record sujet paciente paziente pacjent 受试者编号 受试者号 患者编号 患者号 病人编号 病人号 病例号 编号 住院号"
    " 门诊号 病历号 入组号 筛选号 随机号 登记号 就诊号"
) | {said for whose in _WHOSE for which in _WHICH for said in (whose + which, which + whose)}
_DATED = re.compile(r"(?:date|datum|dat|dtc?|dob|birth|birthday|born|fecha|日期|日)$|^(?:date|datum|dob|geb)")
_PARTS = {
    "year": _words("year yr yyyy jahr annee anno ano rok 年 年份"),
    "month": _words("month mon mm monat mois mese mes 月 月份"),
    "day": _words("day dd tag jour giorno dia 日"),
}
_NAMES = {
    "family": _words("family surname last lastname nachname familienname nom apellido cognome 姓 姓氏"),
    "given": _words("given first firstname forename vorname prenom nombre nome rufname 名 名字"),
}
_NUMBER = re.compile(r"-?\d{1,5}(?:\.0*)?")
_NTH = re.compile(r"\bn\s?[°o](?!\w)")
_CASES = _words("case fall caso cas geval")
_NUMBER_WORDS = _WHICH | _words("numero num codigo of the de du del d la le l")
_TWO_WORDS = re.compile(r"\b(subject|patient|participant|record|study) (id|no\.?|number)\b", re.IGNORECASE)
_MOST_COLUMNS, _MOST_WORDS = 400, 12
_LOOKED = 500  # signs before a list in which what leads to it may stand


def told_by_columns(text: str, *, is_plain: bool = False) -> Iterator[tuple[int, str]]:
    r"""What cells say with the heads of their columns: where each table begins, and ids, names and days, one a line.

    Parameters
    ----------
    text : str
        A page, a document of Word, or fields that are set apart by commas, semicolons, tabs, bars or blanks.
    is_plain : bool
        Whether the text has no markup.

    Examples
    --------
    >>> list(told_by_columns("record_id;seen_on\n62;", is_plain=True))
    [(0, 'subject id: 62')]
    >>> list(told_by_columns("<table><tr><th>Day<th>Month<th>Year<tr><td>18<td>6<td>1953</table>"))
    [(0, '1953-6-18')]
    """
    if is_plain and "\n" in text:
        tables = [(0, _printed(text))]
    else:
        tables = [(match.start(), _cells_of(match[0])) for match in _TABLE.finditer(text)]
    tables += [(match.start(), _split(match)) for match in _SPLIT.finditer(text)]
    tables += [(match.start(), _inserted(match)) for match in _INSERTED.finditer(text)]
    tables += [(match.start(), _choice(match)) for match in _CHOICE.finditer(text)]
    tables += [
        (match.start(), _items(text[max(0, match.start() - _LOOKED) : match.start()], match[1]))
        for match in _LIST.finditer(text)
    ]
    for start, rows in tables:
        if said := "\n".join(dict.fromkeys(said_of(rows))):
            yield start, said


def _split(found: re.Match) -> list[list[str]]:
    """The rows of a table whose heads and cells stand apart; none where they are no JSON."""
    try:
        rows = [json.loads(found[1]), *json.loads(found[2])]
        return [[str(cell) for cell in row] for row in rows]
    except ValueError:
        return []


def _inserted(found: re.Match) -> list[list[str]]:
    """The rows of a statement that puts values into named columns."""
    return [found[1].split(","), *(row.split(",") for row in re.findall(r"\(([^()]*)\)", found[2]))]


def _items(before: str, listed: str) -> list[list[str]]:
    """A list as a column below the word that leads to it, or that its first item begins with."""
    leading = _LEADS.search(before)
    lead = re.findall(r"[^\W\d_]+", _TAG.sub(" ", leading[0] if leading else ""))[-1:]
    items = [_TAG.sub("", item).strip() for item in re.split(r"<li\b[^>]*>", listed)[1:]]
    first = re.fullmatch(r"([^\W\d_]+)\s(\d+)", items[0]) if items else None
    if first:
        lead, items[0] = [first[1]], first[2]
    return [[lead[0].lower().removesuffix("s")], *([item] for item in items)] if lead else []


def _choice(found: re.Match) -> list[list[str]]:
    """A list to choose from, as a column below the name of its field."""
    name = _NAMED.search(found[1])
    options = [(_VALUE.search(option[1]), option[2]) for option in _OPTION.finditer(found[2])]
    told = [one for value, shown in options for one in (value[1] if value else "", shown.strip()) if one]
    return [[name[1].removesuffix("s")], *([one] for one in told)] if name else []


def _cells_of(table: str) -> list[list[str]]:
    """The rows of a table of a page or of Word, without their markup; or the lines of what a program has printed."""
    if table[:4].lower() in ("<pre", "<tex"):
        return _printed(html.unescape(_TAG.sub("", table)))
    rows = [
        [cell for match in _CELL.finditer(row) for cell in _wide(row, match)] for row in _ROW.split(table)[1:]
    ]
    return [row for row in rows if row]


def _wide(row: str, cell: re.Match) -> list[str]:
    """The text of a cell, as often as it is columns wide."""
    following = _CELL.search(row, cell.end())
    text = _TAG.sub("", row[cell.end() : following.start() if following else len(row)]).strip()
    columns = _SPAN.search(cell[0])
    return [text] * min(int(columns[1]) if columns else 1, _MOST_COLUMNS)


def _fields_of(text: str) -> list[list[str]]:
    """The rows of a table of fields, by the sign that stands most often in its first lines."""
    lines = text.lstrip("\ufeff\n\r ").splitlines()
    if lines and (named := re.fullmatch(r"sep=(.)", lines[0])):
        lines, signs = lines[1:], named[1]
    else:
        signs = ",;\t"
    between = max(signs, key=lambda sign: sum(line.count(sign) for line in lines[:20]))
    if len(lines) < 2 or not any(between in line for line in lines[:20]):
        return []
    try:
        return list(csv.reader(lines, delimiter=between))
    except csv.Error:
        return [line.split(between) for line in lines]


def _printed(text: str) -> list[list[str]]:
    """The rows of the tables of a text, whatever sets their fields apart."""
    text = text.translate(_DRAWN)
    return [*_fields_of(text), [], *_apart(text), [], *_single(text)]


def _apart(text: str) -> list[list[str]]:
    """The lines of a text as fields that blanks or bars set apart, as programs print tables; without their rules."""
    lines = (line.strip(" \t|") for line in text.splitlines() if not _RULE.fullmatch(line))
    return [re.split(r"\s*\|\s*|\s{2,}|\t", line) if line else [] for line in lines]


def _single(text: str) -> Iterator[list[str]]:
    """Lines whose fields single blanks set apart: a head that names ids, and what has as many fields below it."""
    width = 0
    for line in text.splitlines():
        fields = _TWO_WORDS.sub(r"\1_\2", line).split()
        if fields[:1] in (["#>"], ["##"]):
            fields = fields[1:]
        if len(fields) not in (width, width + 1):  # or with the number of the row before it
            is_head = 2 <= len(fields) <= _MOST_WORDS and any(meaning_of(field) == "id" for field in fields)
            width = len(fields) if is_head else 0
            yield []
        if width:
            yield fields


def said_of(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Statements of the cells below heads that say what they are."""
    head: dict[int, str] = {}
    width = 0
    above: Sequence[str] = ()
    for row in rows:
        if (found := _heads(row, above)) or not row:
            head, width = found, len(row)
            above = row
            continue
        above = row if not head else ()
        if len(row) == width + 1 and width > 1:  # printed with the number of the row before it, or its name
            if head.get(0) == "id" and _NUMBER.fullmatch(_bare(row[0])):
                yield f"subject id: {_bare(row[0])}"
            row = row[1:]
        cells = {place: _bare(row[place]) for place in head if place < len(row)}
        for place, value in cells.items():
            whole = value.partition(".")[0] if _NUMBER.fullmatch(value) else ""
            if head[place] == "id" and value:
                yield f"subject id: {whole or value}"
            if head[place] == "date" and whole:
                yield f"date: {whole}"
        yield from _together(head, cells, ("year", "month", "day"), "-")
        yield from _together(head, cells, ("given", "family"), " ")
        yield from _together(head, cells, ("family", "given"), " ")


def _bare(cell: str) -> str:
    """A cell without its quotes, and without the sign of a formula by which spreadsheets keep zeros."""
    return cell.strip().lstrip("=").strip("\"' \u00a0")


def _heads(row: Sequence[str], above: Sequence[str] = ()) -> dict[int, str]:
    """Which cells of a row say what stands below them, with those above; nothing where the row is none of heads."""
    if len(row) > _MOST_COLUMNS or not any(row) or any(_NUMBER.fullmatch(_bare(cell)) for cell in row):
        return {}
    found = {}
    for place, cell in enumerate(row):
        higher = above[place] if len(above) == len(row) else ""
        if len(cell) <= 40 and (
            meaning := meaning_of(cell) or (meaning_of(f"{higher} {cell}") if higher else "")
        ):
            found[place] = meaning
    first = _bare(row[0])
    of_persons = PERSON.fullmatch(first) if not first.isascii() else first.lower() in _CASES
    if len(row) > 1 and of_persons:  # counts stand in later columns
        found[0] = "id"
    return found


@lru_cache(maxsize=1 << 14)
def meaning_of(head: str) -> str:
    """What the cells below a head are (id, date, a part of a name or of a date); empty where the head does not say."""
    words = [word.lower() for word in _BREAK.split(_bare(head)) if word] if head.isascii() else []
    whole = _SIGNS.sub("", head.lower()).replace("_", "")
    whole = whole.removeprefix("出生") if len(whole) == 3 else whole
    if whole in _IDS or whole.endswith("编号"):
        return "id"
    if len(words) > 2 and words[1] == "of":  # year of birth
        words = words[:1]
    for meaning, names in (*_PARTS.items(), *_NAMES.items()):
        if whole in names or whole in [f"{name}name" for name in names] or (words and words[-1] in names):
            return meaning
        if words and words[0] in names and words[-1] == "name":
            return meaning
    if _DATED.search(whole):
        return "date"
    return "id" if _numbers_people(head) else ""


def _numbers_people(head: str) -> bool:
    """Whether a head is the word for a person and what says number: n° patient, Nr. Patientin, código de paciente."""
    said = re.findall(r"[^\W\d_]+", _NTH.sub(" no ", folded(head)))
    others = [word for word in said if word not in _NUMBER_WORDS]
    return len(others) == 1 and others[0].isascii() and bool(PERSON.fullmatch(others[0]))


def _together(
    head: dict[int, str], cells: dict[int, str], meanings: Sequence[str], between: str
) -> Iterator[str]:
    """What several cells of a row say together, each occurrence of the first with the next of the others."""
    found = [[cells[place] for place in cells if head[place] == meaning] for meaning in meanings]
    if all(found):
        for values in zip(*found, strict=False):
            if all(values):
                yield between.join(values)
