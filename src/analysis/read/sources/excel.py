"""Sheets of a workbook as they are seen: visible sheets, heads, formulas, per cent, days of its own calendar."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np

from analysis.read.cells import Cells, Export, Kind, Note, Origin, from_pairs
from analysis.read.sources import sides
from analysis.read.sources.delimited import REPEATED_HEAD, doubled_names
from analysis.read.sources.heads import Head, find_head
from analysis.read.sources.workbook import Facts, workbook_facts

DIGITS = 1e15  # a workbook keeps 15 digits of a number
OTHER_TABLE = "belongs to another table of the sheet"


def read_excel(file: Path, sheet: str | None, header_row: int | None, cells: str | None = None) -> Export:
    """A sheet as it is seen; titles above the header are skipped, rows numbered as the sheet numbers them.

    `cells` names the part of the sheet that holds the table (`D1:F20`, `D:F`).

    Raises
    ------
    ValueError
        If the sheet does not exist (its workbook's sheets are named), has no header, or holds tables side by side and
        nobody says which one is meant.
    """
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(str(file))
    if sheet is not None and sheet not in book.sheet_names:
        raise ValueError(f"it has no sheet '{sheet}'; it has {', '.join(book.sheet_names)}")
    visible, hidden = _by_visibility(book)
    name, read, grid = _sheet(book, [sheet] if sheet else (visible or book.sheet_names))
    merged = list(read.merged_cell_ranges or [])
    facts = workbook_facts(file, name)
    if cells:
        grid = sides.cropped(grid, sides.corners(cells))
        merged = [part for part in merged if sides.inside(part, sides.corners(cells))]
    else:
        sides.refuse_side_by_side(grid)
    head = find_head(grid, merged, header_row)
    told = [other for other in hidden if other != name and not sheet]
    text = f"hidden and not read: {', '.join(told)}; read was '{name}'; another is named by `sheet:`"
    notes: tuple[Note, ...] = (Note("X2", text, ", ".join(told)),) if told else ()
    if below := sorted(row + 1 for row in facts.hidden if row > head.last and row < len(grid)):
        shown = f"{', '.join(map(str, below[:6]))}{', ...' if len(below) > 6 else ''}"
        notes += (Note("X5", f"{len(below)} hidden rows are read as the others are: {shown}", name),)
    return _export(_filled_down(grid, merged, head), head, facts, notes)


def _sheet(book, names: list[str]):
    """The first of these sheets that holds anything, with its name and its cells; else the first."""
    if not names:
        raise ValueError("it holds no sheets")
    for name in names:
        read = book.get_sheet_by_name(name)
        if grid := read.to_python(skip_empty_area=False):
            return name, read, grid
    raise ValueError("it holds no cells" if len(names) > 1 else f"its sheet '{names[0]}' holds no cells")


def _by_visibility(book) -> tuple[list[str], list[str]]:
    """Names of the sheets that are seen and of those that are not."""
    kinds = {meta.name: str(meta.visible).rpartition(".")[2] == "Visible" for meta in book.sheets_metadata}
    seen = [name for name in book.sheet_names if kinds.get(name, True)]
    return seen, [name for name in book.sheet_names if not kinds.get(name, True)]


def _filled_down(grid: list[list], merged: list, head: Head) -> list[list]:
    """The grid with cells merged over several rows of the body repeated in each of them, as they are seen."""
    for (top, left), (bottom, right) in merged:
        if top > head.last and left == right and bottom > top:
            for row in range(top + 1, min(bottom + 1, len(grid))):  # the cells below the last row are blank
                grid[row][left] = grid[top][left]
    return grid


def _export(grid: list[list], head: Head, facts: Facts, notes: tuple[Note, ...]) -> Export:
    """The body below a head as columns of cells."""
    columns = [n for n, name in enumerate(head.names) if name]
    filled = [
        n
        for n in range(head.last + 1, len(grid))
        if any(_is_filled(cell) for cell in grid[n]) or n in facts.rows
    ]
    noise = _noise(grid, filled, head, columns)
    made: dict[str, Cells] = {}
    facts = replace(facts, short=_months(grid, facts.short))
    for place in columns:
        cells = [_cell(grid[n][place], (n, place), facts) for n in filled]
        made[head.names[place]] = from_pairs([text for text, _ in cells], [kind for _, kind in cells])
    return Export(
        made if filled else {},
        np.array(filled, dtype=np.intp) + 1,
        origins={name: Origin(epoch=facts.epoch) for name in made},
        noise=noise if (noise != "").any() else None,
        notes=notes,
        doubled=doubled_names([head.names[n] for n in columns]),
    )


def _is_filled(cell) -> bool:
    """Whether a cell shows anything."""
    return cell is not None and str(cell).strip() != ""


def _noise(grid: list[list], filled: list[int], head: Head, columns: list[int]) -> np.ndarray:
    """Why rows below the head are no rows of data: the head once more, or another table further down."""
    noise = np.full(len(filled), "", dtype=object)
    typed, ids = _typed_columns(grid, filled, columns), set[str]()
    for place, n in enumerate(filled):
        shown = [str(cell).strip() for cell in grid[n]]
        there = [name for name in shown if name]
        if len(there) > 1 and all(shown[k] == head.labels[k] for k in columns if shown[k]):
            noise[place] = REPEATED_HEAD
        elif place and _starts_table(
            grid[n], there, head, typed, columns, ids=ids, after_blank=filled[place - 1] < n - 1
        ):
            noise[place:] = OTHER_TABLE
            break
        ids.add(_shape(grid[n][columns[0]]))
    return noise


def _starts_table(
    row: list,
    there: list[str],
    head: Head,
    typed: list[int],
    columns: list[int],
    *,
    ids: set[str],
    after_blank: bool,
) -> bool:
    """Whether a row is the head of another table: texts of their own where numbers or dates stood.

    Without a blank row above it, one of its texts must be what the head has in that column.
    """
    if len(there) < 2 or len(set(there)) < len(there):
        return False
    if any(not isinstance(cell, str) or _is_number(cell) for cell in row if _is_filled(cell)):
        return False
    if (shape := _shape(row[columns[0]])) and shape in ids:
        return False  # one more subject, whatever stands in the other cells
    over_typed = any(_is_filled(row[n]) for n in typed)
    if not after_blank:
        return over_typed and any(
            str(row[n]).strip() == head.labels[n] for n in columns if _is_filled(row[n])
        )
    return over_typed or len({*there} & {*head.labels}) > 1


def _shape(cell) -> str:
    """How an id is written, every digit as 9; nothing where it has no digit, as the names in a head."""
    text = str(cell).strip()
    return re.sub(r"\d", "9", text) if re.search(r"\d", text) else ""


def _typed_columns(grid: list[list], filled: list[int], columns: list[int]) -> list[int]:
    """Columns whose first cells are numbers or dates."""
    first = filled[:20]
    counts = {
        k: (sum(_is_filled(grid[n][k]) for n in first), sum(_is_typed(grid[n][k]) for n in first))
        for k in columns
    }
    return [k for k, (there, typed) in counts.items() if typed and typed >= 0.5 * there]


def _is_typed(cell) -> bool:
    """Whether a cell is a number or a date, or a text that is a number."""
    return (_is_filled(cell) and not isinstance(cell, str)) or _is_number(cell)


def _is_number(cell) -> bool:
    """Whether a cell is a text that is a number."""
    return (
        isinstance(cell, str) and cell.strip().replace(",", ".").replace("-", ".").replace(".", "").isdigit()
    )


def _cell(cell, place: tuple[int, int], facts: Facts) -> tuple[str, Kind]:
    """A cell as text, with its kind."""
    if place in facts.no_value and not _is_filled(cell):
        return f"={facts.no_value[place]}", Kind.NO_VALUE
    if place in facts.errors and not _is_filled(cell):
        return facts.errors[place], Kind.TEXT
    if isinstance(cell, bool):
        return str(int(cell)), Kind.BOOLEAN
    if isinstance(cell, int | float):
        if place in facts.padded and float(cell).is_integer() and cell >= 0:
            before, digits, after = facts.padded[place]
            return f"{before}{int(cell):0{digits}d}{after}", Kind.TEXT if before or after else Kind.NUMBER
        kind = Kind.PERCENT if place in facts.percent else Kind.NUMBER
        return plain_number(float(cell), exact=DIGITS), kind
    if isinstance(cell, datetime | date):
        if place in facts.short and (shown := short_date(cell, facts.short[place])):
            return shown, Kind.TEXT
        return plain_date(cell), Kind.DATE
    if isinstance(cell, time | timedelta):
        return str(cell), Kind.TEXT
    return facts.raised.get(place, str(cell)), Kind.TEXT


def _months(grid: list[list], short: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """The dates shown without a day that have none: all of their column are first days."""
    dates = {place: grid[place[0]][place[1]] for place in short if place[0] < len(grid)}
    dates = {place: cell for place, cell in dates.items() if isinstance(cell, date)}
    real = {place[1] for place, cell in dates.items() if short_date(cell, short[place]) is None}
    return {place: short[place] for place in dates if place[1] not in real}


def short_date(value: date, form: str) -> str | None:
    """The month or year that is shown of its first day, which a program makes of a typed 03/2024; None for other days.

    Examples
    --------
    >>> short_date(date(2024, 3, 1), "%Y-%m"), short_date(date(2024, 3, 5), "%Y-%m"), short_date(date(2024, 1, 1), "%Y")
    ('2024-03', None, '2024')
    """
    first = value.day == 1 and ("%m" in form or value.month == 1)
    return value.strftime(form) if first else None


def plain_number(value: float, *, exact: float = 2.0**53) -> str:
    """A number as text: whole ones without a point, small ones without an exponent.

    A whole number from `exact` on, of which the program that kept it has lost the last digits, has an exponent.

    Examples
    --------
    >>> plain_number(12.0), plain_number(1e-05), plain_number(0.1 + 0.2), plain_number(110101199003077777.0)
    ('12', '0.00001', '0.30000000000000004', '1.10101199003078e+17')
    """
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < exact):
        return str(int(value))
    return f"{value:.15g}" if float(value).is_integer() else np.format_float_positional(value, trim="-")


def plain_date(value: date) -> str:
    """A date or time in ISO form; midnight is a day.

    Examples
    --------
    >>> plain_date(datetime(2024, 3, 5)), plain_date(datetime(2024, 3, 5, 10, 30))
    ('2024-03-05', '2024-03-05T10:30:00')
    """
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == time():
        return value.date().isoformat()
    return value.isoformat()
