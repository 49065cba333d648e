"""Estimates with their intervals along the visits: means, changes from baseline, response rates."""

from collections.abc import Mapping

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import need, parts, places, share_check
from analysis.figures.wording import at_visit, count, interval_text, listed, shortened
from analysis.language import commas, mark, paragraph, semicolons, tr
from analysis.language import sentences as sentences_of

COLUMNS = ("visit", "n", "estimate", "conf_low", "conf_high")


@of_summaries
def mean_by_visit(
    means: pd.DataFrame,
    *,
    label: str | Mapping[str, str],
    time: str = mark("Visit"),
    interval: str = mark("{CI}"),
    digits: int = 1,
    lines: Mapping[str, Mapping[str, float]] | None = None,
    mark: str | None,
) -> Drawn:
    """Means with intervals by visit, with the number of patients under the axis.

    Parameters
    ----------
    means : DataFrame
        One row per visit (and group, and variable): ``visit``, ``n``, ``estimate``, ``conf_low``, ``conf_high``
        and, where there are several, ``group`` and ``variable`` (a panel each). Numeric visits stand at their
        time as far as there is room, named ones side by side in the order of the frame or of its categories.
        A row without an estimate is left out.
    label : str or mapping of variable to str
        What is measured, with its unit.
    time : str
        Label of the x axis, with its unit.
    interval : str
        What the bars are.
    digits : int
        Decimals in the alternative text.
    lines : mapping of variable to mapping of name to value, optional
        Values to mark by a dashed line with its name, such as the limits of disease states.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> means = pd.DataFrame(
    ...     [(0, 20, 28.3, 25.0, 31.6), (12, 18, 14.1, 11.0, 17.2)],
    ...     columns=["visit", "n", "estimate", "conf_low", "conf_high"],
    ... )
    >>> mean_by_visit(means, label="CDAI (0-76 points)", time="Week", mark=None).alt
    'Mean with ...CI. CDAI (0-76 points): Week 0 28.3 (25.0 to 31.6), n = 20; Week 12 14.1 (11.0 to 17.2), n = 18.'
    """
    time, interval = tr(time), tr(interval)
    rows = need(means, COLUMNS, values=["estimate"])
    if rows.empty:
        return no_data(tr("mean by visit"), mark=mark)
    figure = _draw(rows, label=label, time=time, zero=False, mark=mark, lines=lines or {})
    alt = _alt(rows, tr("Mean with {interval}", interval=interval), label=label, time=time, digits=digits)
    return Drawn(figure, paragraph([alt, _lines_alt(lines, label)]))


@of_summaries
def response_by_visit(
    responses: pd.DataFrame,
    *,
    label: str = mark("Patients with response (%)"),
    time: str = mark("Visit"),
    interval: str = mark("{CI}"),
    mark: str | None,
) -> Drawn:
    """Response rates with intervals by visit, from 0 to 100 %, one series per criterion or group.

    Parameters
    ----------
    responses : DataFrame
        One row per visit (and series): ``visit``, ``n`` (the denominator), ``estimate``, ``conf_low``,
        ``conf_high`` as fractions of one and, where there are several series, ``group``.
    label, time, interval, mark
        As in `mean_by_visit`.

    Examples
    --------
    >>> responses = pd.DataFrame(
    ...     {"visit": [24], "n": [20], "estimate": [0.45], "conf_low": [0.2306], "conf_high": [0.6847]}
    ... )
    >>> response_by_visit(responses, time="Week", mark=None).alt
    'Response rate with ...CI. Patients with response (%): Week 24 45.0 % (23.1 % to 68.5 %), n = 20.'
    """
    label, time, interval = tr(label), tr(time), tr(interval)
    rows = need(responses, COLUMNS, values=["estimate"])
    if rows.empty:
        return no_data(tr("response by visit"), mark=mark)
    share_check(rows, ["estimate", "conf_low", "conf_high"])
    percents = rows.assign(**{name: (100 * rows[name].astype(float)).round(9) for name in COLUMNS[2:]})
    figure = _draw(percents, label=label, time=time, zero=False, mark=mark, limits=(0, 100))
    return Drawn(
        figure,
        _alt(
            rows,
            tr("Response rate with {interval}", interval=interval),
            label=label,
            time=time,
            digits=1,
            share=True,
        ),
    )


def _mark(ax, lines, estimates):
    """Dashed lines, each with its name at the end that is farther from the means."""
    first, last = float(estimates.iloc[0]), float(estimates.iloc[-1])
    for name, value in lines.items():
        left = abs(value - first) > abs(value - last)
        ax.axhline(value, color=style.SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=1.2)
        ax.annotate(
            f"{tr(name)} {value:g}",
            (0 if left else 1, value),
            (3 if left else -3, 2),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="left" if left else "right",
            color=style.SOFT,
        )
    if lines:
        ax.set_ylim(bottom=0, top=max(ax.get_ylim()[1], 1.08 * max(lines.values())))


def _lines_alt(lines, label):
    """The lines in words."""
    texts = [
        tr(
            "{label}: {value}",
            label=_of(label, variable),
            value=listed(f"{tr(name)} {value:g}" for name, value in named.items()),
        )
        for variable, named in (lines or {}).items()
    ]
    return tr("Dashed lines: {listed}.", listed=semicolons(texts)) if texts else ""


def _of(given, variable):
    """What holds for one variable, of something given once or per variable."""
    if not isinstance(given, Mapping):
        return given
    if variable not in given:
        raise KeyError(f"nothing is given for the variable {variable!r}; it is given for {sorted(given)}")
    return given[variable]


def _draw(rows, *, label, time, zero, mark, limits=None, lines=None):
    """Panels per variable, a series per group in each."""
    panels = parts(rows, "variable")
    groups = max(len(parts(part, "group")) for _, part in panels)
    high = -(-len(panels) // style.columns(2))
    height = (2.9 if len(panels) == 1 else 2.3 * high) + 0.17 * groups * high
    with style.sheet(height=height, mark=mark) as figure:
        for ax, (variable, part) in zip(layout.panels(figure, len(panels)), panels):
            where = places(part["visit"], panels=len(panels))
            _panel(ax, part, where, label=_of(label, variable), time=time, zero=zero, limits=limits)
            _mark(ax, (lines or {}).get(variable, {}), part["estimate"])
    return figure


def _panel(ax, part, where, *, label, time, zero, limits):
    """One variable: its series, counts below, names at the ends."""
    series = parts(part, "group")
    layout.visit_axis(ax, where, label=time, rows=len(series))
    if zero:
        ax.axhline(0, color=style.SOFT, linewidth=1, zorder=1.5)
    counts, ends = [], []
    for place, (group, points) in enumerate(series):
        color = style.color_of(place)
        x = points["visit"].map(where).astype(float)
        aside = x + _aside(place, len(series), where)
        _series(ax, aside, points, place)
        name = "n" if len(series) == 1 else commas(["n", str(group)])
        counts.append((name, color, dict(zip(x, points["n"].map(count)))))
        ends.append((aside.iloc[-1], float(points["estimate"].iloc[-1]), str(group), color))
    ax.set_ylabel("\n".join(layout.wrapped(label, 150, size=style.TEXT_PT)))
    ax.set_ylim(limits) if limits else ax.margins(y=0.12)
    if len(series) > 1:
        layout.label_ends(ax, ends)
    layout.counts_below(ax, counts)


def _series(ax, x, points, place):
    """Points joined by a line, with their intervals."""
    estimate, low, high = (points[name].astype(float) for name in ("estimate", "conf_low", "conf_high"))
    ax.errorbar(
        x,
        estimate,
        yerr=[estimate - low, high - estimate],
        color=style.color_of(place),
        marker=style.marker_of(place),
        capsize=3,
        elinewidth=1.2,
        clip_on=False,
    )


def _aside(place: int, count: int, where: Mapping) -> float:
    """Small shift that keeps the intervals of several groups from covering one another."""
    span = max(where.values()) - min(where.values()) or 1.0
    return (place - (count - 1) / 2) * 0.018 * span


def _alt(rows, what, *, label, time, digits, share=False):
    """Each series point by point, or its first and last point where there are many."""
    sentences = []
    for variable, part in parts(rows, "variable"):
        series = parts(part, "group")
        for group, points in series:
            what_is = _of(label, variable)
            name = what_is if len(series) == 1 else commas([what_is, str(group)])
            texts = [_point(row, time, digits, share) for _, row in points.iterrows()]
            told = shortened(texts, rows=len(rows))
            sentences.append(tr("{label}: {value}", label=name, value=told))
    return sentences_of([what, *sentences])


def _point(row, time, digits, share) -> str:
    """One visit in words."""
    values = interval_text(row, digits=digits, share=share)
    return tr(
        "{visit} {values}, n = {n}", visit=at_visit(row["visit"], time), values=values, n=count(row["n"])
    )
