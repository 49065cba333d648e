"""Pieces that figures share: counts under the axis, labels at the ends of lines, grids of panels, wrapped text."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from analysis.figures import style
from analysis.figures.wording import at_visit
from analysis.language import tr

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TICK_ROOM_PT = 19.0
MOST_ON_A_LINE = 4  # names of visits on a narrow screen


def panels(
    figure: "Figure", count: int, *, columns: int = 2, sharex: bool = False, sharey: bool = False
) -> list:
    """Axes for small multiples, row by row; one panel fills the figure."""
    columns = min(style.columns(columns), count)
    rows = -(-count // columns)
    grid = figure.subplots(rows, columns, squeeze=False, sharex=sharex, sharey=sharey)
    axes = list(grid.flat)
    for place, spare in enumerate(axes[count:], start=count):
        spare.set_axis_off()
        axes[place - columns].tick_params(labelbottom=True)
    return axes[:count]


def visit_axis(ax: "Axes", where: Mapping, *, label: str, rows: int = 0) -> None:
    """Ticks at the visits, with room for rows of counts between them and the axis label.

    On a narrow screen the names of many visits stand on two lines, for they would run into each other. Where times
    stand side by side for want of room, the label says that they are not to scale.
    """
    if any(not isinstance(visit, str) and visit != place for visit, place in where.items()):
        label = tr("{time} (not to scale)", time=label)
    at, names = list(where.values()), [at_visit(visit) for visit in where]
    if style.is_narrow() and len(at) > MOST_ON_A_LINE:
        names = [name.replace(" ", "\n", 1) for name in names]
    ax.set_xticks(at, names)
    span = max(at) - min(at) or 1.0
    ax.set_xlim(min(at) - 0.08 * span, max(at) + 0.08 * span)
    ax.set_xlabel(label, labelpad=4 + rows * style.LINE_PT)  # below the names, however many lines they take


def counts_below(ax: "Axes", rows: Sequence[tuple[str, str, Mapping[float, Any]]]) -> None:
    """Rows of numbers under the tick labels, each with its name at the left.

    Parameters
    ----------
    rows : sequence of (name, colour, {x: count})
        One row per group.
    """
    more = max((tick.get_text().count("\n") for tick in ax.get_xticklabels()), default=0)
    for place, (name, color, counts) in enumerate(rows):
        drop = -(TICK_ROOM_PT + (place + more) * style.LINE_PT)
        text = {
            "textcoords": "offset points",
            "va": "top",
            "color": style.readable(color),
            "annotation_clip": False,
        }
        ax.annotate(name, (0, 0), (-9, drop), xycoords="axes fraction", ha="right", **text)  # type: ignore[arg-type]
        for x, count in counts.items():
            ax.annotate(
                str(count),
                (x, 0),
                (0, drop),
                xycoords=("data", "axes fraction"),
                ha="center",
                **text,  # type: ignore[arg-type]
            )


def label_ends(
    ax: "Axes", ends: Sequence[tuple[float, float, str, str]], *, lines: float = 1, left: bool = False
) -> None:
    """Names at the right (or left) ends of lines, moved apart where they would overlap.

    Parameters
    ----------
    ends : sequence of (x, y, text, colour)
        The last point of each line (the first one, at the left), in data units.
    lines : float
        Lines of text that two neighbouring names take on average.
    """
    low, high = ax.get_ylim()
    ax.set_ylim(low, high)
    height_pt = 72 * ax.figure.get_size_inches()[1] * 0.7 / ax.get_subplotspec().get_gridspec().nrows  # type: ignore[union-attr]
    gap = 1.15 * lines * style.LINE_PT / height_pt * (high - low)
    ordered = sorted(ends, key=lambda end: end[1])
    heights = apart([end[1] for end in ordered], gap=gap, low=low, high=high)
    side = min(end[0] for end in ordered) if left else max(end[0] for end in ordered)
    for (_, _, text, color), y in zip(ordered, heights):
        ax.annotate(
            text,
            (side, y),
            (-9 if left else 9, 0),
            textcoords="offset points",
            ha="right" if left else "left",
            va="center",
            color=style.readable(color),
            annotation_clip=False,
        )


def apart(values: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Ascending values moved so that neighbours are at least `gap` apart, inside the limits if they fit.

    Examples
    --------
    >>> apart([1.0, 1.2, 5.0], gap=1, low=0, high=6)
    [0.6, 1.6, 5.0]
    """
    blocks: list[list[float]] = []  # [sum of the wanted starts, number of values]
    for place, value in enumerate(values):
        blocks.append([value - place * gap, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, size = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += size
    starts = [total / size for total, size in blocks for _ in range(int(size))]
    moved = [start + place * gap for place, start in enumerate(starts)]
    shift = min(0.0, high - moved[-1])
    shift = max(shift, low - moved[0]) if moved[0] + shift < low else shift
    return [round(value + shift, 12) for value in moved]


def key(ax: "Axes", entries: Sequence[tuple[str, str]], *, columns: int) -> Any:
    """A row of coloured squares with names above the axes, where labels at the marks themselves do not fit."""
    from matplotlib.patches import Patch

    handles = [Patch(facecolor=color, edgecolor=color, label=name) for name, color in entries]
    return ax.figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=columns,
        handlelength=1.0,
        handleheight=1.0,
        columnspacing=1.2,
        handletextpad=0.5,
        borderaxespad=0.2,
    )


def wrapped(text: str, width_pt: float, *, size: float, weight: str = "normal") -> list[str]:
    """Text broken into lines of at most `width_pt` points; Chinese text may break anywhere."""
    lines = [""]
    for piece in _pieces(text):
        longer = lines[-1] + piece
        if lines[-1] and text_width(longer.rstrip(), size, weight) > width_pt:
            lines.append(piece.lstrip())
        else:
            lines[-1] = longer
    return [line.rstrip() for line in lines]


def _pieces(text: str) -> list[str]:
    """Units that stay on one line: words with the space after them, single wide characters."""
    pieces, word = [], ""
    for character in text:
        wide = unicodedata.east_asian_width(character) in "WF"
        if wide and word:
            pieces.append(word)
            word = ""
        word += character
        if wide or character == " ":
            pieces.append(word)
            word = ""
    return [*pieces, word] if word else pieces


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width in points; characters that the font lacks count as full squares."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    plain = "".join(c for c in text if unicodedata.east_asian_width(c) not in "WF")
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    narrow = text_to_path.get_text_width_height_descent(plain, font, False)[0] if plain else 0.0
    return narrow + size * (len(text) - len(plain))
