"""Forest plots: estimates with intervals, one a line, with their numbers beside them."""

import numpy as np
import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import need
from analysis.figures.wording import count, interval_text, listed
from analysis.language import mark, tr

LINE_IN = 0.27
NAME_PT = 7.0  # from the middle of an interval to the name above it, on a narrow screen


@of_summaries
def forest(
    estimates: pd.DataFrame,
    *,
    label: str,
    null: float,
    log: bool,
    limits: tuple[float, float] | None = None,
    sides: tuple[str, str] | None = None,
    digits: int = 2,
    interval: str = mark("{CI}"),
    mark: str | None,
) -> Drawn:
    """One estimate a line with its interval, around a line of no effect, numbers at the right.

    Parameters
    ----------
    estimates : DataFrame
        From top to bottom: ``label``, ``estimate``, ``conf_low``, ``conf_high``, and where they apply ``n`` and
        ``group`` (a heading above the first line of each). A line without an estimate is left out.
    label : str
        The measure of effect, with its unit.
    null : float
        No effect: 1 for ratios, 0 for differences.
    log : bool
        Logarithmic axis, for ratios.
    limits : (float, float), optional
        Ends of the axis; an interval that goes beyond is cut and ends in an arrow.
    sides : (str, str), optional
        What lies on either side of no effect, such as "favours remission".
    digits : int
        Decimals.
    interval : str
        What the lines are.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> estimates = pd.DataFrame(
    ...     {"label": ["Age per 10 years"], "estimate": [0.81], "conf_low": [0.6], "conf_high": [1.1]}
    ... )
    >>> forest(estimates, label="Odds ratio of low disease activity", null=1, log=True, mark=None).alt
    'Odds ratio of low disease activity with ...CI: Age per 10 years 0.81 (0.60 to 1.10). No effect is 1.'
    """
    interval = tr(interval)
    rows = need(estimates, ["label", "estimate", "conf_low", "conf_high"], values=["estimate"])
    if rows.empty:
        return no_data(label, mark=mark)
    lines = _lines(rows)
    names = [_above(lines, index, digits) for index in range(len(lines))] if style.is_narrow() else []
    high = LINE_IN * (1.15 + 0.65 * max(map(len, names)) if names else 1)
    with style.sheet(height=0.85 + high * len(lines), mark=mark) as figure:
        ax = figure.subplots()
        _scale(ax, rows, null, log, limits)
        for y, (_, row) in enumerate(lines):
            if row is not None:
                _estimate(ax, y, row)
        _numbers(ax, lines, digits)
        _axes(ax, lines, names, label, null, interval)
        if sides:
            _sides(ax, sides)
    texts = [f"{tr(str(row['label']))} {interval_text(row, digits=digits)}" for _, row in rows.iterrows()]
    return Drawn(
        figure,
        tr(
            "{label} with {interval}: {listed}. No effect is {null:g}.",
            label=label,
            interval=interval,
            listed=listed(texts),
            null=null,
        ),
    )


def _lines(rows) -> list[tuple[str | None, pd.Series | None]]:
    """Headings and estimates in the order in which they stand."""
    lines: list[tuple[str | None, pd.Series | None]] = []
    open_group = None
    for _, row in rows.iterrows():
        group = row.get("group")
        if group is not None and pd.notna(group) and group != open_group:
            lines.append((tr(str(group)), None))
            open_group = group
        lines.append((None, row))
    return lines


def _scale(ax, rows, null, log, limits):
    """Axis limits that show all, or those given."""
    if log and (rows[["estimate", "conf_low", "conf_high"]].min().min() <= 0 or null <= 0):
        raise ValueError("a logarithmic axis needs estimates, limits and no effect above zero")
    if log:
        from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

        ax.set_xscale("log")
        ax.xaxis.set_minor_locator(NullLocator())
        ax.xaxis.set_major_locator(FixedLocator([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ends = np.r_[
        rows[["estimate", "conf_low", "conf_high"]].to_numpy(dtype=float, na_value=np.nan).ravel(), null
    ]
    low, high = (np.nanmin(ends), np.nanmax(ends)) if limits is None else limits
    if limits is None:
        room = 1.08 ** np.sign(np.log(high / low) or 1) if log else 0.05 * (high - low or 1)
        low, high = (low / room, high * room) if log else (low - room, high + room)
    ax.set_xlim(low, high)


def _estimate(ax, y, row):
    """Square and line; an arrow where the interval leaves the axis."""
    left, right = ax.get_xlim()
    low, high = float(row["conf_low"]), float(row["conf_high"])
    ax.plot([max(low, left), min(high, right)], [y, y], color=style.primary(), linewidth=1.6)
    if low < left:
        ax.plot([left], [y], "<", color=style.primary(), clip_on=False)
    if high > right:
        ax.plot([right], [y], ">", color=style.primary(), clip_on=False)
    if left <= row["estimate"] <= right:
        ax.plot([row["estimate"]], [y], "s", color=style.primary(), markersize=6)


def _numbers(ax, lines, digits):
    """Estimates with intervals as a column at the right, and numbers of patients: beside it, or above where narrow."""
    texts = {y: interval_text(row, digits=digits) for y, (_, row) in enumerate(lines) if row is not None}
    second = 22 + max(layout.text_width(text, style.TEXT_PT) for text in texts.values())
    look = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    for y, text in texts.items():
        ax.annotate(text, (1, y), (10, 0), **look)
        if "n" in lines[y][1]:
            place = (10, NAME_PT + style.TEXT_PT / 2) if style.is_narrow() else (second, 0)
            ax.annotate(f"n = {count(lines[y][1]['n'])}", (1, y), place, **look)


def _axes(ax, lines, names, label, null, interval):
    """Names at the left, headings in bold, the line of no effect."""
    ax.axvline(null, color=style.SOFT, linewidth=1, zorder=0.8)
    ax.set_ylim(len(lines) - 0.4, -0.6)
    if names:
        _names_above(ax, lines, names)
    else:
        _names(ax, lines)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False, axis="y")
    ax.grid(visible=True, axis="x")
    ax.set_xlabel(f"{label} ({interval})")


def _above(lines, index, digits) -> list[str]:
    """A name as it stands above its line, beside the column of numbers."""
    heading, row = lines[index]
    numbers = [interval_text(row, digits=digits) for _, row in lines if row is not None]
    beside = 30 + max(layout.text_width(text, style.TEXT_PT) for text in numbers)
    name = heading or tr(str(row["label"]))
    return layout.wrapped(name, 72 * style.NARROW - beside, size=style.TEXT_PT)


def _names_above(ax, lines, names):
    """On a narrow screen names at the left would leave no room for the axis: they stand above their lines."""
    paper = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8}  # no line runs through a name
    look = {
        "xycoords": ("axes fraction", "data"),
        "textcoords": "offset points",
        "va": "bottom",
        "bbox": paper,
    }
    for y, name in enumerate(names):
        weight = "normal" if lines[y][0] is None else "bold"
        ax.annotate("\n".join(name), (0, y), (0, NAME_PT), weight=weight, **look).set_in_layout(False)
    ax.set_yticks([])
    ax.set_ylim(len(lines) - 0.6, -0.9)


def _names(ax, lines):
    """Names at the left of their lines."""
    names = [
        layout.wrapped(heading, style.room(230), size=style.TEXT_PT)
        if heading
        else layout.wrapped(tr(str(row["label"])), style.room(190), size=style.TEXT_PT)
        for heading, row in lines
    ]
    ax.set_yticks(range(len(lines)), ["\n".join(name) for name in names])
    for tick, (heading, _) in zip(ax.get_yticklabels(), lines):
        tick.set_weight("bold" if heading else "normal")


def _sides(ax, sides):
    """What each side means, above the axes."""
    look = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom", "color": style.SOFT}
    ax.annotate(f"← {sides[0]}", (0, 1), (0, 2), ha="left", **look)
    ax.annotate(f"{sides[1]} →", (1, 1), (0, 2), ha="right", **look)
