"""The head of a sheet's table: below titles, on one row or on two under merged groups."""

from dataclasses import dataclass

SEEN = 50  # rows in which a head is looked for


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a head (counted from 0), the name of every column, and what its last row shows."""

    last: int
    names: list[str]
    labels: list[str]


def find_head(grid: list[list], merged: list, header_row: int | None) -> Head:
    """The head of the table in a sheet.

    Without `header_row` it is the first row in which nearly all columns have a text of their own; where cells merged
    over several columns stand above it, their texts go before the names below them.

    Raises
    ------
    ValueError
        If there is no such row; the message names the key `header_row`.
    """
    if header_row is not None and header_row > len(grid):
        raise ValueError(f"header_row is {header_row}, but the sheet has {len(grid)} rows")
    width = max(map(len, grid), default=0)
    groups = _groups(grid, merged, width)
    if header_row is not None:
        last = header_row - 1
    else:
        under = [n for n in groups if n + 1 < len(grid) and n + 1 not in groups and _shown(grid[n + 1])]
        last = under[0] + 1 if under else find_header(grid)
    labels = [str(cell).strip() for cell in grid[last]] if grid else []
    above = [
        row for n, row in sorted(groups.items()) if n < last and all(k in groups for k in range(n, last))
    ]
    down = _merged_down(grid, merged, last)
    names = [_joined([*(row[k] for row in above), labels[k] or down.get(k, "")]) for k in range(len(labels))]
    return Head(last, names, labels)


def _groups(grid: list[list], merged: list, width: int) -> dict[int, list[str]]:
    """Rows with cells merged over some columns, not over nearly all: each group's text over all its columns."""
    found: dict[int, list[str]] = {}
    for (top, left), (bottom, right) in merged:
        if top == bottom and top < SEEN and 1 <= right - left < 0.8 * width - 1 and _shown(grid[top]):
            row = found.setdefault(top, [""] * width)
            row[left : right + 1] = [str(grid[top][left]).strip()] * (right - left + 1)
    return {n: row for n, row in found.items() if _is_text_row(grid[n])}


def _is_text_row(row: list) -> bool:
    """Whether a row shows nothing but texts."""
    return all(isinstance(cell, str) or cell is None for cell in row)


def _merged_down(grid: list[list], merged: list, last: int) -> dict[int, str]:
    """Names that stand in cells merged from a row above down to the last row of the head."""
    return {
        left: str(grid[top][left]).strip()
        for (top, left), (bottom, right) in merged
        if left == right and top < last <= bottom
    }


def _joined(parts: list[str]) -> str:
    """The texts over one column as its name."""
    return " ".join(dict.fromkeys(part for part in parts if part))


def _shown(row: list) -> list[str]:
    """What a row shows."""
    return [str(cell).strip() for cell in row if cell is not None and str(cell).strip()]


def find_header(rows: list[list]) -> int:
    """The header of a sheet: the first row in which nearly all columns have a text of their own.

    A merged title fills one cell of its row, so it has few; a data row usually holds numbers.

    Raises
    ------
    ValueError
        If no row is like that.

    Examples
    --------
    >>> find_header([["Medication", "", ""], ["", "", ""], ["id", "drug", "start"], ["1", "MTX", "2020"]])
    2
    """
    width = max((len(_shown(row)) for row in rows[:SEEN]), default=0)
    for n, row in enumerate(rows[:SEEN]):
        filled = _shown(row)
        if filled and len(filled) >= 0.8 * width and len(set(filled)) == len(filled):
            return n
    raise ValueError("no row looks like a header; name its row by `header_row:`")
