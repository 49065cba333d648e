"""Single patients: paired values before and after, courses over the visits with the mean."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_patients
from analysis.figures.frames import need, parts, places
from analysis.figures.wording import at_visit, count, listed, plural
from analysis.language import commas, mark, stops, tr
from analysis.numbers import fixed
from analysis.thresholds import settle


@of_patients
def paired(
    pairs: pd.DataFrame,
    *,
    label: str,
    lower_is_better: bool,
    means: tuple[float, float],
    expected: float | None = None,
    times: tuple[str, str] = ("Baseline", "Follow-up"),
    digits: int = 1,
    mark: str | None,
) -> Drawn:
    """Each patient's value before and after, the means, and what regression to the mean alone would give.

    Parameters
    ----------
    pairs : DataFrame
        One row per patient: ``baseline``, ``followup``. Rows that lack one of them are left out.
    label : str
        What is measured, with its unit.
    lower_is_better : bool
        Which direction is improvement.
    means : (float, float)
        Mean at baseline and at follow-up of the patients shown.
    expected : float, optional
        Mean expected at follow-up from regression to the mean alone; drawn as a dashed line from the mean at baseline.
    times : (str, str)
        Names of the two visits.
    digits : int
        Decimals of the labels.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> pairs = pd.DataFrame({"baseline": [22, 18, 30], "followup": [12, 18, 31]})
    >>> paired(
    ...     pairs, label="CDASI activity", lower_is_better=True, means=(23.33, 20.33), expected=21.1, mark=None
    ... ).alt
    'CDASI activity of 3 patients at Baseline and Follow-up: 1 improved, 1 unchanged, 1 worsened.
    Mean 23.3 at Baseline, 20.3 at Follow-up; 21.1 expected from regression to the mean alone.'
    """
    rows = need(pairs, ["baseline", "followup"], values=["baseline", "followup"])
    if rows.empty:
        return no_data(label, mark=mark)
    ways = _ways(rows, lower_is_better=lower_is_better)
    with style.sheet(height=3.8, mark=mark) as figure:
        ax = figure.subplots()
        for name, color in _colors().items():
            lines = rows[ways == name][["baseline", "followup"]].to_numpy(float).T
            ax.plot([0, 1], lines, color=color, linewidth=1, alpha=0.75, marker="o", markersize=3.5)
        ax.set_xlim(-0.7 if style.is_narrow() else -0.4, 1.35)
        ax.set_xticks([0, 1], times)
        ax.set_ylabel("\n".join(layout.wrapped(label, 220, size=style.TEXT_PT)))
        _means(ax, means, expected, digits, beside=_directions(rows["baseline"], ways))
    return Drawn(figure, _paired_alt(ways, label, times, means, expected, digits), per_patient=True)


def _colors() -> dict[str, str]:
    """Colour of each direction of change."""
    return {
        mark("improved"): style.primary(),
        mark("unchanged"): style.MUTED,
        mark("worsened"): style.COMPARISON,
    }


def _ways(rows, *, lower_is_better: bool):
    """Direction of each patient's change; exactly equal values are unchanged."""
    change = settle((rows["followup"] - rows["baseline"]).to_numpy(float))
    gain = -change if lower_is_better else change
    return np.select([gain > 0, gain < 0], ["improved", "worsened"], "unchanged")


def _directions(baseline, ways) -> list[tuple[float, float, str, str]]:
    """The name and number of each direction, in its colour, at the middle of where its lines begin."""
    return [
        (
            0.0,
            float(baseline[ways == name].median()),
            tr("{name} ({n})", name=tr(name), n=(ways == name).sum()),
            color,
        )
        for name, color in _colors().items()
        if (ways == name).any()
    ]


def _means(ax, means, expected, digits, *, beside):
    """The line of the means, the line expected, and their numbers beside the axes, with what else stands there."""
    ax.plot([0, 1], means, color=style.INK, linewidth=3, marker="D", markersize=7, zorder=4)
    ends = [(1.0, means[1], tr("mean {means}", means=fixed(means[1], digits)), style.INK)]
    if expected is not None:
        ax.plot([0, 1], [means[0], expected], color=style.INK, linewidth=1.8, linestyle=(0, (4, 2)), zorder=4)
        ends.append(
            (
                1.0,
                expected,
                tr("expected from\nregression to\nthe mean {expected}", expected=fixed(expected, digits)),
                style.INK,
            )
        )
    first = (0.0, means[0], tr("mean {means}", means=fixed(means[0], digits)), style.INK)
    layout.label_ends(ax, [first, *beside], left=True)
    layout.label_ends(ax, ends, lines=2 if expected is not None else 1)


def _paired_alt(ways, label, times, means, expected, digits):
    counts = commas(tr("{n} {way}", n=int((ways == way).sum()), way=way) for way in _colors())
    text = tr(
        "{label} of {n} at {times} and {times_2}: {counts}. Mean {means} at {times}, {means_2} at {times_2}",
        label=label,
        n=plural(len(ways), "patient"),
        times=times[0],
        times_2=times[1],
        counts=counts,
        means=fixed(means[0], digits),
        means_2=fixed(means[1], digits),
    )
    if expected is None:
        return f"{text}."
    return tr(
        "{text_}; {expected} expected from regression to the mean alone.",
        text_=text,
        expected=fixed(expected, digits),
    )


@of_patients
def spaghetti(
    values: pd.DataFrame,
    means: pd.DataFrame,
    *,
    label: str | Mapping[str, str],
    time: str = mark("Visit"),
    digits: int = 1,
    mark: str | None,
) -> Drawn:
    """Each patient's course as a thin line, the mean as a thick one, a panel per variable.

    Parameters
    ----------
    values : DataFrame
        One row per patient and visit: ``subject_id``, ``visit``, ``value`` and, for several panels, ``variable``.
    means : DataFrame
        One row per visit: ``visit``, ``n``, ``estimate`` and, for several panels, ``variable``.
    label : str or mapping of variable to str
        What is measured, with its unit.
    time : str
        Label of the x axis, with its unit.
    digits : int
        Decimals in the alternative text.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> values = pd.DataFrame({"subject_id": ["1", "1"], "visit": [0, 12], "value": [120.0, 141.0]})
    >>> means = pd.DataFrame({"visit": [0, 12], "n": [1, 1], "estimate": [120.0, 141.0]})
    >>> spaghetti(values, means, label="MMT-8 (0-150)", time="Week", mark=None).alt
    'Courses of single patients and their mean. MMT-8 (0-150), 1 patient: mean 120.0 at Week 0 (n = 1);
    141.0 at Week 12 (n = 1).'
    """
    time = tr(time)
    rows = need(values, ["subject_id", "visit", "value"], values=["value"])
    averages = need(means, ["visit", "n", "estimate"], values=["estimate"])
    if rows.empty:
        return no_data(tr("courses of single patients"), mark=mark)
    panels = parts(rows, "variable")
    lines = -(-len(panels) // style.columns(2))
    with style.sheet(height=3.2 if len(panels) == 1 else 2.5 * lines, mark=mark) as figure:
        for ax, (variable, part) in zip(layout.panels(figure, len(panels)), panels):
            title = label[variable] if isinstance(label, Mapping) else label  # type: ignore[index]
            where = places(part["visit"], panels=len(panels))
            _courses(ax, part, _only(averages, variable), where, title=title, time=time)
    return Drawn(figure, _courses_alt(panels, averages, label, time, digits), per_patient=True)


def _only(averages, variable):
    """The means of one panel."""
    return averages if variable is None else averages[averages["variable"] == variable]


def _courses(ax, part, averages, where, *, title, time):
    """One panel: courses, mean, numbers of patients."""
    for _, course in part.groupby("subject_id", sort=False):
        at = course.assign(x=course["visit"].map(where).astype(float)).sort_values("x")
        ax.plot(at["x"], at["value"].astype(float), color=style.MUTED, linewidth=0.8, alpha=0.6)
    x = averages["visit"].map(where).astype(float)
    ax.plot(x, averages["estimate"].astype(float), color=style.primary(), linewidth=2.6, marker="o")
    layout.visit_axis(ax, where, label=time, rows=1)
    layout.counts_below(ax, [("n", style.INK, dict(zip(x, averages["n"].map(count))))])
    ax.set_ylabel("\n".join(layout.wrapped(title, 140, size=style.TEXT_PT)))


def _courses_alt(panels, averages, label, time, digits):
    sentences = []
    for variable, part in panels:
        title = label[variable] if isinstance(label, Mapping) else label
        points = [
            tr(
                "{estimate} at {visit} (n = {n})",
                estimate=fixed(row["estimate"], digits),
                visit=at_visit(row["visit"], time),
                n=count(row["n"]),
            )
            for _, row in _only(averages, variable).iterrows()
        ]
        patients = plural(part["subject_id"].nunique(), "patient")
        sentences.append(
            tr("{title}, {patients}: mean {listed}", title=title, patients=patients, listed=listed(points))
        )
    return tr("Courses of single patients and their mean. {sentences}.", sentences=stops(sentences))
