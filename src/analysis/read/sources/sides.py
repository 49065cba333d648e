"""Tables side by side in one sheet: found by the blank columns between them, told apart by the cells that are named."""

import re

from analysis.read.sources.heads import find_header

Corners = tuple[int, int, int, int]  # first and last row, first and last column, counted from 0
_CELLS = re.compile(r"\$?([A-Z]{1,3})\$?(\d*):\$?([A-Z]{1,3})\$?(\d*)", re.IGNORECASE)


def corners(cells: str) -> Corners:
    """The rows and columns that `D1:F20` or `D:F` names.

    Raises
    ------
    ValueError
        If it names no cells.

    Examples
    --------
    >>> corners("D1:F20"), corners("A:B")[2:]
    ((0, 19, 3, 5), (0, 1))
    """
    match = _CELLS.fullmatch(cells.strip())
    if not match:
        raise ValueError(
            f"cells: '{cells}' names no cells; write the columns, or the corners, as D:F or D1:F20"
        )
    left, right = sorted((_column(match[1]), _column(match[3])))
    first, last = int(match[2] or 1) - 1, int(match[4] or 1 << 21) - 1
    return first, last, left, right


def _column(letters: str) -> int:
    """A column by its letters, counted from 0."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number - 1


def _letters(column: int) -> str:
    """The letters of a column.

    Examples
    --------
    >>> _letters(0), _letters(27)
    ('A', 'AB')
    """
    text, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def cropped(grid: list[list], part: Corners) -> list[list]:
    """The grid with nothing outside these corners; every cell keeps its place."""
    first, last, left, right = part
    return [
        [cell if first <= n <= last and left <= k <= right else "" for k, cell in enumerate(row)]
        for n, row in enumerate(grid)
    ]


def inside(merged: tuple, part: Corners) -> bool:
    """Whether merged cells lie within these corners."""
    (top, first_column), (bottom, last_column) = merged
    first, last, left, right = part
    return first <= top <= bottom <= last and left <= first_column <= last_column <= right


def refuse_side_by_side(grid: list[list]) -> None:
    """Stop where blank columns part a sheet into tables: columns of one name, or rows only a later one has.

    A blank column inside one table, for the looks of it, parts nothing.

    Raises
    ------
    ValueError
        The message names the tables and the key `cells`.
    """
    tables = [part for part in _between_blanks(grid) if _is_table(grid, part)]
    if len(tables) < 2 or not any(_is_another(grid, tables[0], part) for part in tables[1:]):
        return
    names = [f"{_letters(left)}:{_letters(right)}" for left, right in tables]
    raise ValueError(
        f"the sheet holds tables side by side ({', '.join(names)}); say which one by `cells: {names[0]}`, and read "
        "another as a source of its own"
    )


def _between_blanks(grid: list[list]) -> list[tuple[int, int]]:
    """First and last columns of the parts that wholly blank columns set off."""
    width = max(map(len, grid), default=0)
    there = [any(_shown(row, k, k) for row in grid) for k in range(width)]
    starts = [k for k in range(width) if there[k] and (k == 0 or not there[k - 1])]
    return [(k, next((m for m in range(k, width) if not there[m]), width) - 1) for k in starts]


def _shown(row: list, left: int, right: int) -> list[str]:
    """What a row shows between two columns."""
    cells = (row[k] for k in range(left, min(right + 1, len(row))))
    return [text for cell in cells if cell is not None and (text := str(cell).strip())]


def _head(grid: list[list], part: tuple[int, int]) -> int | None:
    """The row that heads a part; None where no row does."""
    try:
        return find_header([_shown(row, *part) for row in grid])
    except ValueError:
        return None


def _is_table(grid: list[list], part: tuple[int, int]) -> bool:
    """Whether a part has two columns or more, a head, and rows below it."""
    head = _head(grid, part)
    if part[1] == part[0] or head is None:
        return False
    return any(_shown(row, *part) for row in grid[head + 1 :])


def _is_another(grid: list[list], first: tuple[int, int], part: tuple[int, int]) -> bool:
    """Whether a part is another table than the first: it repeats a name of it, or has rows where the first has none."""
    head, own = _head(grid, first) or 0, _head(grid, part) or 0
    if set(_shown(grid[head], *first)) & set(_shown(grid[own], *part)):
        return True
    below = grid[max(head, own) + 1 :]
    return any(_shown(row, *part) and not _shown(row, *first) for row in below)
