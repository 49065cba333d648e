"""One look for all figures: sizes, colours by role, and the mark that stays on a figure until the report is final.

Nothing here is global: the look holds inside `sheet` and is gone after it. The colours are those of Okabe and Ito
and scales made with them; any two of a scale stay apart under the three dichromacies and in greyscale (tested).

References
----------
Okabe M, Ito K. Color Universal Design. 2008. https://jfly.uni-koeln.de/color/.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any

from analysis import fonts, look
from analysis.language import Texts
from analysis.look import INK, PAPER

WIDTH = 6.3  # inches: the text width of an A4 page
NARROW = 4.6  # inches: on a phone of 390 pixels letters of 9 points are then 9.6 pixels high
DPI = 254  # twice the 800 pixels that a figure of that width has on a page
COLOURS = 256  # of a PNG that takes little room
TEXT_PT = 9.0
LINE_PT = 12.5

SOFT, GRID = "#535c66", "#e2e6ea"
COMPARISON, MUTED = "#d55e00", "#767676"
SERIES = (look.PRIMARY, COMPARISON, "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#5d5d5d", "#f0e442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<")
SIGNS = ("●", "■", "▲", "◆", "▼", "✚", "✖", "◀")  # the same in text

Scale = Mapping[str, str]
DISEASE_STATES: Scale = MappingProxyType(
    {"remission": "#0b4f7d", "low": "#5aa5d1", "moderate": "#f7d08a", "high": "#b5431a"}
)
TIS_CATEGORIES: Scale = MappingProxyType(
    {"none": "#dcdcdc", "minimal": "#92c1e0", "moderate": "#4694c7", "major": "#08426b"}
)
MISSING = "#f2f3f4"

_NARROW = ContextVar("whether figures are drawn for a narrow screen", default=False)
MARKS = Texts({"draft": "DRAFT", "interim": "INTERIM", "locked": "NOT FINAL", "synthetic": "SYNTHETIC DATA"})


@contextmanager
def sheet(*, height: float, width: float = WIDTH, mark: str | None) -> Iterator:
    """An empty figure of a size in inches, in the project's look; no wider than a phone's inside `narrow`.

    Parameters
    ----------
    height, width : float
        Inches.
    mark : {"draft", "interim", "locked", "synthetic", "final"} or None
        State of the report, which stands beside the picture: see `mark_text`.
    """
    import matplotlib
    from matplotlib.figure import Figure

    mark_text(mark)
    with matplotlib.rc_context(_look()):
        yield Figure(figsize=(min(width, NARROW) if is_narrow() else width, height), layout="constrained")


@contextmanager
def narrow() -> Iterator[None]:
    """Figures inside the block are drawn for a narrow screen: one column of panels, no wider than `NARROW`."""
    before = _NARROW.set(True)
    try:
        yield
    finally:
        _NARROW.reset(before)


def is_narrow() -> bool:
    """Whether a figure is being drawn for a narrow screen."""
    return _NARROW.get()


def columns(wanted: int) -> int:
    """Columns of panels: those wanted, or one less on a narrow screen.

    Examples
    --------
    >>> with narrow():
    ...     columns(2)
    1
    """
    return max(1, wanted - 1) if is_narrow() else wanted


def room(points: float) -> float:
    """Points across a page, as many as that is of a narrow screen.

    Examples
    --------
    >>> room(190)
    190
    """
    return points * NARROW / WIDTH if is_narrow() else points


def mark_text(mark: str | None) -> str:
    """What a mark says beside the figure; nothing for a final one.

    Examples
    --------
    >>> mark_text("interim"), mark_text(None)
    ('INTERIM', '')
    """
    if mark is None or mark == "final":
        return ""
    if mark not in MARKS:
        raise ValueError(f"mark is {mark!r}; expected one of {', '.join(MARKS)}, final, or None")
    return MARKS[mark]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours as WCAG 2.2 defines it, 1 to 21.

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(color: str) -> str:
    """The colour darkened until text in it reaches a contrast of 4.5 on white, and on a dark page (`dark`).

    Examples
    --------
    >>> readable("#0072b2")
    '#0072b2'
    >>> round(contrast(readable("#e69f00"), "#ffffff"), 1)
    4.9
    """
    from matplotlib.colors import to_hex, to_rgb

    shade = to_rgb(color)
    while contrast(to_hex(shade), PAPER) < 4.75:  # turned over for a dark page it loses up to a twentieth
        shade = tuple(0.97 * channel for channel in shade)  # type: ignore[assignment]
    return to_hex(shade)


def text_on(color: str) -> str:
    """Dark or white text, whichever stands out more on the colour.

    Examples
    --------
    >>> text_on("#0b4f7d"), text_on("#f7d08a")
    ('#ffffff', '#1c2127')
    """
    return max((PAPER, INK), key=lambda ink: contrast(ink, color))


def scale_of(levels: Any) -> Scale:
    """Colours of the levels of a category: those of disease states where they are such, else one per level.

    Examples
    --------
    >>> scale_of(["yes", "no"])["yes"], scale_of(["low", "high"])["high"]
    ('#0072b2', '#b5431a')
    """
    levels = list(levels)
    if levels and set(levels) <= set(DISEASE_STATES):
        return MappingProxyType({level: DISEASE_STATES[level] for level in levels})
    return MappingProxyType({level: color_of(place) for place, level in enumerate(levels)})


def color_of(place: int) -> str:
    """Colour of the series at a place, starting again after the last one; the first is the house's own."""
    place %= len(SERIES)
    return SERIES[place] if place else primary()


def primary() -> str:
    """Colour of the first series, and of what is no series: that of the house, if it has one.

    Examples
    --------
    >>> primary()
    '#0072b2'
    """
    return look.worn().primary


def marker_of(place: int) -> str:
    """Marker of the series at a place, so that colour is never the only difference."""
    return MARKERS[place % len(MARKERS)]


def sign_of(place: int) -> str:
    """The marker of the series at a place as a letter.

    Examples
    --------
    >>> sign_of(0), sign_of(9)
    ('●', '■')
    """
    return SIGNS[place % len(SIGNS)]


def _luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _families() -> list[str]:
    """Fonts in the order in which a glyph is looked for: the house's, the one of the environment, the Chinese one."""
    worn = look.worn()
    own = [worn.family] if worn.family and fonts.known(worn.family, worn.files) else []
    return [*own, "DejaVu Sans", fonts.register()]


def _look() -> dict:
    """Settings of matplotlib that make the look."""
    return {
        "font.family": _families(),
        "font.size": TEXT_PT,
        "text.parse_math": False,  # a dollar sign in a text from data is a dollar sign
        "axes.titlesize": TEXT_PT,
        "axes.labelsize": TEXT_PT,
        "xtick.labelsize": TEXT_PT,
        "ytick.labelsize": TEXT_PT,
        "legend.fontsize": TEXT_PT,
        "text.color": INK,
        "axes.labelcolor": INK,
        "xtick.color": SOFT,
        "ytick.color": SOFT,
        "xtick.labelcolor": INK,
        "ytick.labelcolor": INK,
        "axes.edgecolor": SOFT,
        "axes.linewidth": 0.8,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "grid.color": GRID,
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.6,
        "lines.markersize": 5,
        "legend.frameon": False,
        "figure.facecolor": PAPER,
        "savefig.facecolor": PAPER,
        "figure.constrained_layout.w_pad": 0.06,
        "figure.constrained_layout.h_pad": 0.06,
    }
