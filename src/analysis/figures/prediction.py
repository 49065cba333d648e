"""How well a prediction model does: calibration, and net benefit at each threshold."""

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import need, parts, share_check
from analysis.figures.wording import count, listed
from analysis.language import mark, paragraph, stops, tr
from analysis.numbers import fixed, percent


@of_summaries
def calibration(
    bins: pd.DataFrame,
    *,
    outcome: str,
    smooth: pd.DataFrame | None = None,
    interval: str = mark("{CI}"),
    mark: str | None,
) -> Drawn:
    """Observed against predicted probability, with the number of patients in each group of predictions.

    Parameters
    ----------
    bins : DataFrame
        One row per group: ``predicted`` (mean), ``observed`` (share), ``conf_low``, ``conf_high`` (fractions of one)
        and ``n``.
    outcome : str
        What is predicted, for the labels of the axes.
    smooth : DataFrame, optional
        Smooth calibration curves: ``predicted``, ``observed`` (fractions of one), and with several a ``group`` that
        names each.
    interval : str
        What the bars are.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> bins = pd.DataFrame(
    ...     {"predicted": [0.2], "observed": [0.25], "conf_low": [0.15], "conf_high": [0.38], "n": [40]}
    ... )
    >>> calibration(bins, outcome="low disease activity", mark=None).alt
    'Calibration of predicted low disease activity with ...CI: predicted 20.0 %, observed 25.0 % (15.0 % to 38.0 %),
    n = 40.'
    """
    interval = tr(interval)
    columns = ["predicted", "observed", "conf_low", "conf_high"]
    rows = need(bins, [*columns, "n"], values=["predicted", "observed"])
    if rows.empty:
        return no_data("calibration", mark=mark)
    share_check(rows, columns)
    with style.sheet(width=style.NARROW, height=4.6, mark=mark) as figure:
        ax, below = figure.subplots(2, 1, height_ratios=[4, 0.8], sharex=True)
        _calibration(ax, rows, smooth)
        ax.set_ylabel(tr("Observed {outcome} (%)", outcome=outcome))
        below.bar(100 * rows["predicted"], rows["n"].astype(float), width=3, color=style.MUTED)
        for x, n in zip(100 * rows["predicted"], rows["n"]):
            below.annotate(count(n), (x, float(n)), (0, 2), textcoords="offset points", ha="center")
        below.margins(y=0.45)
        below.set_ylabel("n")
        below.set_yticks([])
        below.set_xlabel(tr("Predicted {outcome} (%)", outcome=outcome))
    texts = [
        tr(
            "predicted {predicted}, observed {observed} ({conf_low} to {conf_high}), n = {n}",
            predicted=percent(row.predicted),
            observed=percent(row.observed),
            conf_low=percent(row.conf_low),
            conf_high=percent(row.conf_high),
            n=count(row.n),
        )
        for row in rows.itertuples()
    ]
    said = tr(
        "Calibration of predicted {outcome} with {interval}: {listed}.",
        outcome=outcome,
        interval=interval,
        listed=listed(texts),
    )
    return Drawn(figure, paragraph([said, *_said_of(smooth)]))


def _said_of(smooth) -> list[str]:
    """The ends of each smooth curve in words."""
    if smooth is None:
        return []
    said = []
    for name, curve in parts(smooth, "group"):
        ends = [
            tr("{observed} at {predicted}", observed=percent(row.observed), predicted=percent(row.predicted))
            for row in curve.iloc[[0, -1]].itertuples()
        ]
        first, last = ends
        said.append(
            tr("Smooth curve, {name}: {first} to {last}.", name=tr(str(name)), first=first, last=last)
            if name
            else tr("Smooth curve: {first} to {last}.", first=first, last=last)
        )
    return said


def _calibration(ax, rows, smooth):
    """Points with intervals, the smooth curve, the line of perfect agreement."""
    ax.plot([0, 100], [0, 100], color=style.SOFT, linewidth=1, linestyle=(0, (3, 2)))
    ax.annotate("ideal", (100, 100), (5, 0), textcoords="offset points", va="center", color=style.SOFT)
    if smooth is not None:
        curves = need(smooth, ["predicted", "observed"], values=["predicted", "observed"])
        for (_, curve), line in zip(parts(curves, "group"), ("--", "-", ":"), strict=False):
            ax.plot(
                100 * curve["predicted"],
                100 * curve["observed"].clip(0, 1),
                color=style.COMPARISON,
                linestyle=line,
            )
        if "group" in curves:
            _curve_names(ax, curves)
    observed = 100 * rows["observed"].astype(float)
    low, high = 100 * rows["conf_low"].astype(float), 100 * rows["conf_high"].astype(float)
    ax.errorbar(
        100 * rows["predicted"].astype(float),
        observed,
        yerr=[observed - low, high - observed],
        fmt="o",
        color=style.primary(),
        capsize=3,
        clip_on=False,
    )
    ax.set_xlim(0, 100)
    ax.set_ylim(0, 100)


def _curve_names(ax, curves):
    """What each smooth curve is, at its upper end: the highest on the side of the paper above it, the others behind."""
    ends = [(name, curve.loc[curve["predicted"].idxmax()]) for name, curve in parts(curves, "group")]
    paper = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.5}  # over the line of perfect agreement
    for place, (name, end) in enumerate(sorted(ends, key=lambda end: -end[1]["observed"])):
        ax.annotate(
            tr(str(name)),
            (100 * end["predicted"], 100 * min(end["observed"], 1.0)),
            (-6 if place == 0 else 6, -style.LINE_PT * max(place - 1, 0)),
            textcoords="offset points",
            ha="right" if place == 0 else "left",
            va="center",
            color=style.readable(style.COMPARISON),
            bbox=paper,
        )


@of_summaries
def decision_curve(benefits: pd.DataFrame, *, outcome: str, mark: str | None) -> Drawn:
    """Net benefit of acting on each model, beside acting on everybody and on nobody.

    Parameters
    ----------
    benefits : DataFrame
        One row per model and threshold: ``model``, ``threshold`` (fraction of one), ``net_benefit``. Models named
        "all" and "none" are drawn as references.
    outcome : str
        What is predicted.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> benefits = pd.DataFrame(
    ...     {"model": ["clinical", "clinical"], "threshold": [0.1, 0.4], "net_benefit": [0.31, 0.12]}
    ... )
    >>> decision_curve(benefits, outcome="low disease activity", mark=None).alt
    'Net benefit of predicting low disease activity by threshold probability. clinical: 0.310 at 10.0 %;
    0.120 at 40.0 %.'
    """
    rows = need(benefits, ["model", "threshold", "net_benefit"], values=["net_benefit"])
    if rows.empty:
        return no_data(tr("net benefit"), mark=mark)
    share_check(rows, ["threshold"])
    models = parts(rows, "model")
    with style.sheet(height=3.2, mark=mark) as figure:
        ax = figure.subplots()
        ends = [_benefit(ax, name, points, place) for place, (name, points) in enumerate(models)]
        best = float(rows["net_benefit"].max())
        ax.set_ylim(-0.15 * best, 1.1 * best) if best > 0 else ax.margins(y=0.1)
        ax.set_xlabel(tr("Threshold probability (%)"))
        ax.set_ylabel(tr("Net benefit"))
        _name_benefits(ax, ends)
    return Drawn(figure, _benefit_alt(models, outcome))


_REFERENCES = {"all": (style.MUTED, (0, (4, 2))), "none": (style.SOFT, "-")}


def _benefit(ax, name, points, place):
    """One model, and where its name goes."""
    color, line = _REFERENCES.get(name, (style.color_of(place), "-"))
    x, y = 100 * points["threshold"].astype(float), points["net_benefit"].astype(float)
    ax.plot(x, y, color=color, linestyle=line, linewidth=1.3 if name in _REFERENCES else 2.2)
    return x, y, _called(name), color


def _called(name) -> str:
    """A model, or one of the two lines that need none."""
    return tr("treat {name}", name=name) if name in _REFERENCES else tr(str(name))


def _name_benefits(ax, ends):
    """Names at the right, or where a curve leaves the axes at the bottom."""
    low, inside = ax.get_ylim()[0], []
    for x, y, text, color in ends:
        if y.iloc[-1] >= low:
            inside.append((x.iloc[-1], y.iloc[-1], text, color))
        elif (y >= low).any():
            last = (y >= low).to_numpy().nonzero()[0][-1]
            at = (x.iloc[last], y.iloc[last])
            ax.annotate(text, at, (5, 5), textcoords="offset points", color=style.readable(color))
    if inside:
        layout.label_ends(ax, inside)


def _benefit_alt(models, outcome):
    sentences = []
    for name, points in models:
        ends = [points.iloc[0]] if len(points) == 1 else [points.iloc[0], points.iloc[-1]]
        texts = [
            tr(
                "{net_benefit} at {threshold}",
                net_benefit=fixed(row["net_benefit"], 3),
                threshold=percent(row["threshold"]),
            )
            for row in ends
        ]
        sentences.append(tr("{label}: {value}", label=_called(name), value=listed(texts)))
    return tr(
        "Net benefit of predicting {outcome} by threshold probability. {sentences}.",
        outcome=outcome,
        sentences=stops(sentences),
    )
