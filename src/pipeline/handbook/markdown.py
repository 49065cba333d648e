"""Markdown that both renderers show alike: tables with captions, text with its special characters kept."""

import re
from collections.abc import Sequence

SPECIAL = re.compile(r"([\\|*_@$<>\[\]{}#~^])")


def plain(text: object) -> str:
    """Text on one line with Markdown's signs as they are; `code` in backticks stays code."""
    pieces = re.split(r"`+([^`]*)`+", " ".join(str(text).split()))
    return "".join(
        code(piece) if place % 2 else SPECIAL.sub(r"\\\1", piece) for place, piece in enumerate(pieces)
    )


def code(text: object) -> str:
    """Text as code, also inside a table."""
    shown = " ".join(str(text).split()).replace("|", "\\|").replace("`", "'")
    return f"`{shown}`" if shown else ""


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, label: str, widths: Sequence[int]
) -> str:
    """A captioned table; `widths` are the columns' shares of the line."""
    rule = "|".join(":" + "-" * max(width, 3) for width in widths)
    lines = [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines) + f"\n\n: {caption} {{#tbl-{label}}}\n"
