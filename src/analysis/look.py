"""What the house gives figures to wear: the colour of their first series and a font; chosen once for a process.

Notebooks draw in the look of the report that they belong to, as they speak its language (`analysis.language`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRIMARY = "#0072b2"
INK, PAPER = "#1c2127", "#ffffff"  # of letters and lines, and what they stand on


@dataclass(frozen=True, slots=True)
class Look:
    """Colour as #rrggbb; the font's name and its files, which need not be installed."""

    primary: str = PRIMARY
    family: str | None = None
    files: tuple[Path, ...] = ()


PLAIN = Look()
_worn = [PLAIN]


def worn() -> Look:
    """The look of figures drawn now."""
    return _worn[0]


def wear(said: Mapping[str, Any] | None, root: Path) -> None:
    """Draw from now on as a report's settings say.

    Parameters
    ----------
    said : mapping or None
        ``primary``, ``family``, ``files`` (relative to `root`), each of which may be left out.
    root : Path
    """
    said = said or {}
    files = tuple(root / name for name in said.get("files", ()))
    _worn[0] = Look(said.get("primary") or PRIMARY, said.get("family"), files)
