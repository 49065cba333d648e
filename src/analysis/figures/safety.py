"""Adverse events by preferred term, laboratory values before and on treatment."""

from collections.abc import Mapping

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_patients, of_summaries
from analysis.figures.frames import in_order, need, parts, share_check
from analysis.figures.wording import count, listed, plural
from analysis.language import mark, stops, tr
from analysis.numbers import percent
from analysis.thresholds import settle

LINE_IN = 0.26


@of_summaries
def adverse_event_dots(
    events: pd.DataFrame,
    *,
    label: str = mark("Patients with the event (%)"),
    interval: str = mark("{CI}"),
    mark: str | None,
) -> Drawn:
    """Share of patients with each adverse event, one line a term, one dot a group, the most frequent on top.

    Parameters
    ----------
    events : DataFrame
        One row per term and group: ``term``, ``n`` (patients with it), ``share`` (fraction of one) and, where they
        apply, ``group``, ``conf_low``, ``conf_high``.
    label : str
        Label of the axis.
    interval : str
        What the lines are.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> events = pd.DataFrame({"term": ["Nausea", "Headache"], "n": [2, 5], "share": [0.1, 0.25]})
    >>> adverse_event_dots(events, mark=None).alt
    'Adverse events, Patients with the event (%): Headache 5 (25.0 %); Nausea 2 (10.0 %).'
    """
    label, interval = tr(label), tr(interval)
    rows = need(events, ["term", "n", "share"], values=["share"])
    if rows.empty:
        return no_data(tr("adverse events"), mark=mark)
    share_check(rows, ["share"])
    terms = _by_frequency(rows)
    series = parts(rows, "group")
    with style.sheet(height=1.0 + LINE_IN * len(terms), mark=mark) as figure:
        ax = figure.subplots()
        for place, (_, points) in enumerate(series):
            _dots(ax, points, terms, place, len(series))
        _axes(ax, terms, label if "conf_low" not in rows else f"{label}, {interval}")
        _beside(ax, series, terms)
    return Drawn(figure, _events_alt(rows, terms, label))


def _by_frequency(rows) -> list:
    """Terms by their highest share in any group."""
    highest = rows.groupby("term", sort=False, observed=True)["share"].max()
    return highest.sort_values(ascending=False, kind="stable").index.tolist()


def _dots(ax, points, terms, place, groups):
    """One group: dots, with intervals where they are known."""
    lane = {term: number for number, term in enumerate(terms)}
    y = points["term"].map(lane).astype(float) + (place - (groups - 1) / 2) * 0.22
    x, color = 100 * points["share"].astype(float), style.color_of(place)
    if "conf_low" in points:
        ax.hlines(
            y, 100 * points["conf_low"].astype(float), 100 * points["conf_high"].astype(float), color=color
        )
    ax.plot(x, y, style.marker_of(place), color=color, markersize=6, clip_on=False)


def _beside(ax, series, terms):
    """Number of patients at the right of each line; of several groups a column each, headed by its sign."""
    several, right = len(series) > 1, 8.0
    for place, (group, points) in enumerate(series):
        numbers = dict(zip(points["term"], points["n"]))
        texts = [(y, count(numbers[term])) for y, term in enumerate(terms) if term in numbers]
        if not several:
            for y, text in texts:
                _at_right(ax, (1, y), (right, 0), f"n = {text}", ha="left")
            return
        color = style.readable(style.color_of(place))
        head = layout.wrapped(f"{style.sign_of(place)} {tr(str(group))}", style.room(90), size=style.TEXT_PT)
        middle = right + max(layout.text_width(line, style.TEXT_PT) for line in head) / 2
        for y, text in texts:
            _at_right(ax, (1, y), (middle, 0), text, ha="center", color=color)
        above = {"xycoords": "axes fraction", "ha": "center", "va": "bottom", "color": color}
        _at_right(ax, (1, 1), (middle, 2), "\n".join(head), **above)
        right += 2 * (middle - right) + 14


def _at_right(ax, where, offset, text, **look):
    """Text beside the axes, at the height of a line unless said otherwise."""
    usual = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "va": "center"}
    ax.annotate(text, where, offset, annotation_clip=False, **usual | look)


def _axes(ax, terms, label):
    ax.set_ylim(len(terms) - 0.4, -0.6)
    ax.set_xlim(0, None)
    ax.set_yticks(
        range(len(terms)),
        ["\n".join(layout.wrapped(str(t), style.room(190), size=style.TEXT_PT)) for t in terms],
    )
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=True, axis="both")
    ax.set_xlabel(label)


def _events_alt(rows, terms, label):
    texts, several = [], len(parts(rows, "group")) > 1
    for term in terms:
        for group, part in parts(rows[rows["term"] == term], "group"):
            row = part.iloc[0]
            said = tr("{n} ({share})", n=count(row["n"]), share=percent(row["share"]))
            texts.append(f"{term}, {tr(str(group))} {said}" if several else f"{term} {said}")
    return tr("Adverse events, {label}: {listed}.", label=label, listed=listed(texts))


@of_patients
def lab_shift(
    shifts: pd.DataFrame,
    *,
    limits: Mapping[str, float],
    label: tuple[str, str] = (mark("Baseline (× ULN)"), mark("Highest on treatment (× ULN)")),
    mark: str | None,
) -> Drawn:
    """Highest value on treatment against the value at baseline, a panel per test, on logarithmic axes.

    Parameters
    ----------
    shifts : DataFrame
        One row per patient and test: ``test``, ``baseline``, ``worst``, in multiples of the upper limit of normal.
        Rows that lack one of them are left out.
    limits : mapping of name to float
        Lines to draw on both axes, such as {"ULN": 1, "grade 2": 3}.
    label : (str, str)
        Labels of the axes.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> shifts = pd.DataFrame({"test": ["ALT", "ALT"], "baseline": [0.5, 1.2], "worst": [0.8, 3.5]})
    >>> lab_shift(shifts, limits={"ULN": 1, "3 × ULN": 3}, mark=None).alt
    'Laboratory values at baseline and highest on treatment. ALT: 2 patients, 2 rose; above ULN 1 at baseline and 1
    on treatment; above 3 × ULN 0 at baseline and 1 on treatment.'
    """
    rows = need(shifts, ["test", "baseline", "worst"], values=["baseline", "worst"])
    if rows.empty:
        return no_data(tr("laboratory values"), mark=mark)
    if bad := int((rows[["baseline", "worst"]] <= 0).to_numpy().sum()):
        raise ValueError(
            f"{plural(bad, 'laboratory value')} not above zero; a logarithmic axis cannot show them"
        )
    tests = in_order(rows["test"])
    low, high = rows[["baseline", "worst"]].min().min() / 1.3, rows[["baseline", "worst"]].max().max() * 1.3
    lines = -(-len(tests) // style.columns(2))
    with style.sheet(height=3.4 if len(tests) == 1 else 2.8 * lines, mark=mark) as figure:
        for ax, test in zip(layout.panels(figure, len(tests)), tests):
            _shift(ax, rows[rows["test"] == test], limits, (low, high))
            ax.set_title(str(test), loc="left", weight="bold")
        figure.supxlabel(label[0], size=style.TEXT_PT)
        figure.supylabel(label[1], size=style.TEXT_PT)
        _shift_sides(figure.axes[0])
    sentences = [_shift_text(test, rows[rows["test"] == test], limits) for test in tests]
    alt = tr(
        "Laboratory values at baseline and highest on treatment. {sentences}.", sentences=stops(sentences)
    )
    return Drawn(figure, alt, per_patient=True)


def _shift_sides(ax):
    """What the two kinds of point mean, on the side of the line of no change where they lie."""
    rose = {"xy": (0.03, 0.97), "ha": "left", "va": "top", "color": style.readable(style.COMPARISON)}
    fell = {"xy": (0.97, 0.03), "ha": "right", "va": "bottom", "color": style.readable(style.primary())}
    ax.annotate(tr("▲ higher than at baseline"), xycoords="axes fraction", **rose)
    ax.annotate(tr("● not higher"), xycoords="axes fraction", **fell)


def _shift(ax, points, limits, ends):
    """One test: a point per patient, the line of no change, the limits."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(FixedLocator([0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100]))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.plot(ends, ends, color=style.SOFT, linewidth=1)
    for name, limit in limits.items():
        ax.axhline(limit, color=style.SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
        ax.axvline(limit, color=style.SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
        ax.annotate(
            name,
            (1, limit),
            (-2, 2),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
        )
    risen = points["worst"] > points["baseline"]
    for part, color, marker in (
        (points[~risen], style.primary(), "o"),
        (points[risen], style.COMPARISON, "^"),
    ):
        ax.plot(part["baseline"].astype(float), part["worst"].astype(float), marker, color=color, alpha=0.8)
    ax.set_xlim(ends)
    ax.set_ylim(ends)
    ax.grid(visible=False)


def _shift_text(test, points, limits) -> str:
    above = listed(
        tr(
            "above {name} {baseline} at baseline and {worst} on treatment",
            name=name,
            baseline=_above(points["baseline"], limit),
            worst=_above(points["worst"], limit),
        )
        for name, limit in limits.items()
    )
    risen = int((points["worst"] > points["baseline"]).sum())
    return tr(
        "{test}: {n}, {risen} rose; {above}",
        test=test,
        n=plural(len(points), "patient"),
        risen=risen,
        above=above,
    )


def _above(values, limit) -> int:
    """How many values lie above a limit."""
    return int((settle(values.to_numpy(float)) > limit).sum())
