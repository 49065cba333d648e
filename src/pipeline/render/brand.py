"""The look of the house in the files of a stage: colours, fonts and logo where the templates leave places for them.

A place is ``⟪name|what stands there without a brand⟫``. What was filled in is what both renderers read, so that Quarto
and the embedded renderer, pages, PDF and Word, wear the same.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from analysis import read
from analysis.study.brand import FILE, Brand

PLACE = re.compile("⟪([a-z-]+)\\|(.*?)⟫")
STYLE = "_style"


def stage_brand(source: Path, stage: Path) -> None:
    """Lay the house's look, where there is one, beside a report: its file and what that names."""
    if not (source / FILE).is_file():
        return
    for name in [FILE, *read.brand(source).files]:
        target = stage / STYLE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, target)


def brand_of(stage: Path) -> Brand:
    """The look that was laid beside a report."""
    return read.brand(stage / STYLE)


@dataclass(frozen=True, slots=True)
class FontFace:
    """One file of a font of the house, as a page names it."""

    file: Path
    family: str
    weight: str
    style: str


def faces(stage: Path) -> list[FontFace]:
    """The font files that were laid beside a report."""
    return [
        FontFace(stage / STYLE / file.path, font.family, file.weight, file.style)
        for font in brand_of(stage).typography.fonts
        for file in font.files
    ]


def filled(text: str, brand: Brand) -> str:
    """A file of the look with its places filled.

    Examples
    --------
    >>> filled("color: ⟪primary|#0b5573⟫; font-family: ⟪base|⟫serif", Brand())
    'color: #0b5573; font-family: serif'
    """
    values = dict(_values(brand))
    return PLACE.sub(lambda place: values.get(place[1], place[2]), text)


def _values(brand: Brand) -> Iterator[tuple[str, str]]:
    """What the house says, by the name of its place."""
    for role in ("foreground", "primary"):
        if colour := brand.colour(role):
            yield role, colour
        if colour := brand.colour(role, dark=True):
            yield f"{role}-dark", colour
    for kind in ("base", "headings", "monospace"):
        if name := brand.family(kind):
            yield kind, f"{_quoted(name)}, "
            yield f"{kind}-name", escape(name)
    if logo := brand.picture:
        file, alt = f"{STYLE}/{logo.path}", logo.alt or brand.meta.name or ""
        yield "logo", file
        yield "logo-alt", alt.replace("\\", "").replace('"', "'")
        yield "logo-page", f'<img class="logo" src="{escape(file)}" alt="{escape(alt)}">'
        yield "logo-paper", f"image({_quoted(file)}, height: 11mm)"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "") + '"'
