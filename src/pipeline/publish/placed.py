"""In which row of its table a result stands, found by the numbers that belong together and by the words beside them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
ROW = re.compile(r"<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<(t[hd])\b([^>]*)>(.*?)</\1>", re.DOTALL)
BODY = re.compile(r"(<tbody\b)|<tr\b[^>]*>(.*?)</tr>", re.DOTALL)
WIDE, HIGH = re.compile(r'colspan="(\d+)"'), re.compile(r'rowspan="(\d+)"')
NUMBER = re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")
IN_A_CELL, IN_A_ROW = 2, 3  # numbers of one result that stand there by no coincidence
SHORT = 3  # signs of a word that may stand in any sentence
APART = frozenset({"n_missing", "confidence_level", "df", "statistic"})  # rarely printed, so no evidence


@dataclass(frozen=True, slots=True)
class Line:
    """One row of values: its number from the head of the table, the words at its head, and each cell under its head."""

    number: int
    names: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What the row is of: the words at its head, and cells that hold words."""
        texts = (text for _, text in self.cells if text[:1].isalpha())
        return tuple(dict.fromkeys((*self.names, *texts)))


def lines_of(html: str) -> list[Line]:
    """The rows of values of an HTML table; rows that only name a group are not counted.

    Examples
    --------
    >>> head = "<tr><th>Step</th><th>Week 4</th></tr>"
    >>> body = '<tr><th scope="rowgroup" colspan="2">Seen</th></tr><tr><th>n/N</th><td>18/20</td></tr>'
    >>> lines_of(f"<table><thead>{head}</thead><tbody>{body}</tbody></table>")
    [Line(number=1, names=('Seen', 'n/N'), cells=(('Week 4', '18/20'),))]
    """
    head, _, body = html.partition("</thead>")
    heads = _heads(ROW.findall(head))
    group, found = "", []
    for start, row in BODY.findall(body):
        group = "" if start else group  # each body of a table is a group of its own, or of none
        cells = CELL.findall(row)
        values = [(place, text) for place, (tag, _, text) in enumerate(cells) if tag == "td"]
        if start:
            continue
        if not values:
            group = _plain(cells[0][2]) if cells else ""
            continue
        names = tuple(
            name for name in (group, *(_plain(text) for tag, _, text in cells if tag == "th")) if name
        )
        under = tuple((heads[place] if place < len(heads) else "", _plain(text)) for place, text in values)
        found.append(Line(len(found) + 1, names, under))
    return found


def lines_that_show(
    lines: Sequence[Line],
    result: Mapping[str, Any],
    siblings: Collection[Mapping[str, Any]],
    named: Mapping[str, str],
    *,
    by_name: bool,
) -> list[Line]:
    """The rows that can be those of a result: none where the table does not show it, several where it cannot be told.

    A row holds the number, and is called by what the result is called. Where no row is called so, it holds three
    numbers of the result, two of them with decimals, or, of a result that is called nothing, a count of ten or more
    and another number in one cell.

    Parameters
    ----------
    lines : sequence of Line
        The rows of a table that shows the result's analysis.
    result : mapping
        Its row of the results table.
    siblings : collection of mapping
        All rows of that table with the same id but for the statistic.
    named : mapping of str to str
        What the result's ``variable``, ``visit`` and ``group`` are called, where they are called anything.
    by_name : bool
        Whether any table of the analysis calls a row by the name; see `are_called`.
    """
    if result["value"] is None:
        return []
    own, values = abs(float(result["value"])), _values(result, siblings)
    name, method = named.get("variable", ""), str(result.get("method") or "").lower()
    judged = []
    for line in lines:
        texts = list(_cells_of(line, lines, named))
        if not any(_is(number, own) for text in texts for number in NUMBER.findall(text)):
            continue
        cells = [_held(text, values) for text in texts]
        held, told = [number for cell in cells for number in cell], _told(line, name)
        enough = len(held) >= IN_A_ROW and sum("." in number for number in held) >= IN_A_CELL
        pair = not name and any(
            len(cell) == IN_A_CELL and cell[0].isdigit() and len(cell[0]) > 1 for cell in cells
        )
        if told if by_name else enough or pair:
            by_method = any(len(word) > SHORT and word.lower() in method for word in line.names)
            judged.append(((told, by_method, len(held)), line))
    best = max((score for score, _ in judged), default=None)
    return [line for score, line in judged if score == best]


def are_called(lines: Iterable[Line], name: str) -> bool:
    """Whether any row is called by a name."""
    return any(_told(line, name) for line in lines)


def _values(result: Mapping[str, Any], siblings: Collection[Mapping[str, Any]]) -> list[float]:
    """The numbers of a result that a table may print."""
    known = [row["value"] for row in siblings if row["value"] is not None and row["statistic"] not in APART]
    known += [result["denominator"]] if result.get("denominator") is not None else []
    return list(dict.fromkeys(abs(float(value)) for value in known))


def _held(text: str, values: Sequence[float]) -> list[str]:
    """The numbers of a cell that are values, each value once."""
    left, found = list(values), []
    for number in NUMBER.findall(text):
        fits = next((value for value in left if _is(number, value)), None)
        if fits is not None:
            left.remove(fits)
            found.append(number)
    return found


def _told(line: Line, name: str) -> int:
    """How well the words of a row are a name: 2 the same, 1 with others, 0 not at all."""
    words = [
        word.lower()
        for word in (*line.names, *(text for _, text in line.cells if not NUMBER.fullmatch(text)))
    ]
    if not name:
        return 0
    return 2 if name.lower() in words else int(any(_names(name.lower(), word) for word in words))


def _cells_of(line: Line, lines: Sequence[Line], named: Mapping[str, str]) -> Iterator[str]:
    """The cells of a row that can be of a result's visit and group: where any row or column is named by one, those."""
    asked = [name for name in (named.get("visit"), named.get("group")) if name]
    heads = {head for each in lines for head, _ in each.cells}
    for name in asked:
        by_rows = any(_names(name, word) for each in lines for word in each.names)
        if by_rows and not any(_names(name, word) for word in line.names):
            return
    columns = [name for name in asked if any(_names(name, head) for head in heads)]
    yield from (text for head, text in line.cells if all(_names(name, head) for name in columns))


def _names(word: str, text: str) -> bool:
    """Whether a text holds a word that no further digit or letter makes another; Chinese has no ends of words."""
    before, after = (r"(?<!\w)" if word[:1].isascii() else ""), (r"(?!\w)" if word[-1:].isascii() else "")
    return re.search(f"{before}{re.escape(word)}{after}", text) is not None


def _is(shown: str, value: float) -> bool:
    """Whether a printed number is a value rounded, or its per cent."""
    text = shown.replace(",", "").lstrip("−-")
    places = len(text.partition(".")[2])
    near = 0.5 * 10**-places + 1e-9
    return abs(float(text) - value) <= near or (
        places > 0 and value <= 1 and abs(float(text) - 100 * value) <= near
    )


def _heads(rows: Sequence[str]) -> list[str]:
    """The head of each column, with what spans it before it.

    Examples
    --------
    >>> _heads(['<th rowspan="2">Visit</th><th colspan="2">Mean</th>', "<th>n</th><th>SD</th>"])
    ['Visit', 'Mean n', 'Mean SD']
    """
    filled: dict[tuple[int, int], str] = {}
    for down, row in enumerate(rows):
        column = 0
        for _, attributes, text in CELL.findall(row):
            while (down, column) in filled:
                column += 1
            for place in range(column, column + _span(WIDE, attributes)):
                filled |= {
                    (down + more, place): _plain(text) if more == 0 else ""
                    for more in range(_span(HIGH, attributes))
                }
            column += _span(WIDE, attributes)
    width = 1 + max((place for _, place in filled), default=-1)
    found = [[filled.get((down, place), "") for down in range(len(rows))] for place in range(width)]
    return [" ".join(filter(None, parts)) for parts in found]


def _span(kind: re.Pattern[str], attributes: str) -> int:
    asked = kind.search(attributes)
    return int(asked[1]) if asked else 1


def _plain(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())
