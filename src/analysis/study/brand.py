"""The look of the house: logo, colours and fonts, in the form of Quarto's ``_brand.yml``.

One file at the top of the project, read for pages, PDF, Word and figures alike. Of Quarto's keys those stand here that
the reports use; any other one is refused with its line, so that nobody takes a key for heeded that is not.
"""

# ruff: noqa: RUF012 - pydantic copies a default for every model

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from analysis.study.base import Section

FILE = "_brand.yml"
FOLDER = "reports/_brand"  # where its files lie: they come with every run as the sources of reports do
PICTURES = (".png", ".jpg", ".jpeg")  # what pages, PDF and Word show alike
FONTS = (".ttf", ".otf")
CONTRAST = 4.5  # text on its ground (WCAG 2.2, AA)
DARK_GROUND = "#15191e"  # of pages that are shown dark

Colour = Annotated[str, Field(pattern=r"^(#[0-9A-Fa-f]{6}|[A-Za-z][\w-]*)$")]


def _both(value: Any) -> Any:
    return {"light": value} if isinstance(value, str) else value


def _family(value: Any) -> Any:
    return {"family": value} if isinstance(value, str) else value


def _path(value: Any) -> Any:
    return {"path": value} if isinstance(value, str) else value


class Meta(Section):
    """Whose look it is."""

    name: str | None = None  # name of the house


class Shades(Section):
    """A colour, and another one for dark pages where it is not to be seen there."""

    light: Colour  # on white: #rrggbb, or a name of the palette
    dark: Colour | None = None  # on dark pages


Shade = Annotated[Shades, BeforeValidator(_both)]


class Colours(Section):
    """Colours; what is left out is the project's own."""

    palette: dict[str, Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]] = {}  # names for colours
    foreground: Shade | None = None  # text
    primary: Shade | None = None  # heads of the first screen, links, the large numbers
    secondary: Shade | None = None  # the first series of figures


class Picture(Section):
    """A picture and what it says to those who do not see it."""

    path: str  # PNG or JPEG below reports/_brand/
    alt: str | None = None  # what a screen reader says


Pictured = Annotated[Picture, BeforeValidator(_path)]


class Logo(Section):
    """The logo; the largest one that is given stands on the cover."""

    small: Pictured | None = None
    medium: Pictured | None = None
    large: Pictured | None = None


class FontFile(Section):
    """One file of a font."""

    path: str  # TrueType or OpenType below reports/_brand/
    weight: Literal["normal", "bold", "400", "700"] = "normal"
    style: Literal["normal", "italic"] = "normal"


class Font(Section):
    """A font: its files, or one that every reader's machine has."""

    source: Literal["file", "system"]  # nothing is fetched from the network, so neither google nor bunny
    family: str  # name
    files: list[Annotated[FontFile, BeforeValidator(_path)]] = []


class Family(Section):
    """The font of a kind of text."""

    family: str


Lettered = Annotated[Family, BeforeValidator(_family)]


class Typography(Section):
    """Fonts of the text, of heads and tables, and of code."""

    fonts: list[Font] = []  # fonts that come with the house
    base: Lettered | None = None  # running text
    headings: Lettered | None = None  # heads, tables, captions and figures
    monospace: Lettered | None = None  # code


class Brand(Section):
    """What `_brand.yml` says."""

    meta: Meta = Meta()
    logo: Annotated[
        Logo, BeforeValidator(lambda value: {"medium": value} if isinstance(value, str) else value)
    ] = Logo()
    color: Colours = Colours()
    typography: Typography = Typography()

    def colour(self, role: str, *, dark: bool = False) -> str | None:
        """The colour of a role as #rrggbb; None where the house names none.

        Examples
        --------
        >>> Brand.model_validate({"color": {"palette": {"sea": "#0b5573"}, "primary": "sea"}}).colour("primary")
        '#0b5573'
        """
        shade = getattr(self.color, role)
        name = shade and (shade.dark if dark else shade.light)
        return self.color.palette.get(name, name) if name else None

    @property
    def picture(self) -> Picture | None:
        """The logo that covers show."""
        return self.logo.large or self.logo.medium or self.logo.small

    @property
    def files(self) -> list[str]:
        """Every file it names, relative to the project."""
        fonts = [file.path for font in self.typography.fonts for file in font.files]
        return [*([self.picture.path] if self.picture else []), *fonts]

    def family(self, kind: str) -> str | None:
        """The font's name of a kind of text; None where the house names none."""
        named = getattr(self.typography, kind)
        return named and named.family


def findings(brand: Brand, root: Path) -> list[tuple[tuple, str]]:
    """What is wrong with a brand: places of its file and words for them."""
    return [*_colours(brand), *_fonts(brand), *_files(brand, root)]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours as WCAG 2.2 defines it, 1 to 21.

    Examples
    --------
    >>> round(contrast("#000000", "#ffffff"), 1)
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _colours(brand: Brand):
    from analysis.columns import nearest

    for role in ("foreground", "primary", "secondary"):
        for dark, ground in ((False, "#ffffff"), (True, DARK_GROUND)):
            value = brand.colour(role, dark=dark)
            if value is None:
                continue
            if not value.startswith("#"):
                known = list(brand.color.palette)
                yield ("color", role), f"'{value}' is no colour of the palette{nearest(value, known)}"
            elif (ratio := contrast(value, ground)) < CONTRAST:
                said = f"{value} on {ground} has a contrast of {ratio:.1f}; text needs {CONTRAST} to be read"
                yield ("color", role), said


def _fonts(brand: Brand):
    from analysis.columns import nearest

    known = [font.family for font in brand.typography.fonts]
    for kind in ("base", "headings", "monospace"):
        name = brand.family(kind)
        if name and name not in known:
            said = f"'{name}' is not among typography.fonts{nearest(name, known)}; name it there, source system or file"
            yield ("typography", kind), said
    for place, font in enumerate(brand.typography.fonts):
        if (font.source == "file") != bool(font.files):
            text = "names no files" if font.source == "file" else "has files, so its source is file"
            yield ("typography", "fonts", place), f"{font.family} {text}"


def _files(brand: Brand, root: Path):
    for name in brand.files:
        place: tuple = ("logo",) if brand.picture and name == brand.picture.path else ("typography", "fonts")
        kinds = PICTURES if place == ("logo",) else FONTS
        if not name.startswith(f"{FOLDER}/") or ".." in name:
            yield place, f"{name} does not lie below {FOLDER}/, from where runs take it"
        elif not name.lower().endswith(kinds):
            yield place, f"{name} is none of {', '.join(kinds)}, which pages, PDF and Word show alike"
        elif not (root / name).is_file():
            yield place, f"there is no file {name}"
