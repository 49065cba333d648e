"""Distribution of a score, with its floor and its ceiling."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data
from analysis.figures.frames import need, parts
from analysis.figures.wording import plural
from analysis.thresholds import settle


def score_distribution(
    scores: pd.DataFrame,
    *,
    label: str | Mapping[str, str],
    limits: tuple[float, float] | Mapping[str, tuple[float, float]],
    bins: int = 20,
    mark: str | None,
) -> Drawn:
    """Histogram over the whole range of a score, with how many patients stand at its floor and its ceiling.

    Parameters
    ----------
    scores : DataFrame
        One row per patient: ``value`` and, for several panels, ``variable``. Missing values are left out and counted.
    label : str or mapping of variable to str
        The score, with its unit.
    limits : (float, float) or mapping of variable to (float, float)
        Lowest and highest possible value. A value outside raises ValueError.
    bins : int
        Bars over the range; a number that divides its steps evenly keeps the bars comparable (24 for the HAQ-DI).
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> scores = pd.DataFrame({"value": [0, 0, 1.5, 3, None]})
    >>> score_distribution(scores, label="HAQ-DI (0-3)", limits=(0, 3), mark=None).alt
    'Distribution of HAQ-DI (0-3), n = 4: 2 patients at the floor (0), 1 patient at the ceiling (3), 1 missing.'
    """
    rows = need(scores, ["value"])
    if rows["value"].notna().sum() == 0:
        return no_data("distribution of scores", mark=mark)
    panels = parts(rows, "variable")
    lines = -(-len(panels) // 2)
    sentences = []
    with style.sheet(height=2.7 if len(panels) == 1 else 2.1 * lines, mark=mark) as figure:
        for ax, (variable, part) in zip(layout.panels(figure, len(panels)), panels):
            name = label[variable] if isinstance(label, Mapping) else label  # type: ignore[index]
            ends = limits[variable] if isinstance(limits, Mapping) else limits  # type: ignore[index]
            sentences.append(_panel(ax, part["value"], name, ends, bins))
    return Drawn(figure, " ".join(sentences))


def _panel(ax, values, name, limits, bins) -> str:
    """One histogram, and what it shows in words."""
    low, high = limits
    known = settle(values.dropna().to_numpy(float))
    outside = int(((known < low) | (known > high)).sum())
    if outside:
        raise ValueError(f"{name}: {plural(outside, 'value')} outside {low:g} to {high:g}")
    floor, ceiling = int((known == low).sum()), int((known == high).sum())
    ax.hist(
        known,
        bins=np.linspace(low, high, bins + 1),
        color=style.PRIMARY,
        edgecolor=style.PAPER,
        linewidth=0.8,
    )
    ax.set_xlabel(name)
    ax.set_ylabel("Patients")
    ax.set_xlim(low, high)
    ax.margins(y=0.25)
    ax.yaxis.get_major_locator().set_params(integer=True)
    _end(ax, 0, f"floor {low:g}: {floor}", "left")
    _end(ax, 1, f"ceiling {high:g}: {ceiling}", "right")
    missing = int(values.isna().sum())
    return (
        f"Distribution of {name}, n = {len(known)}: {plural(floor, 'patient')} at the floor ({low:g}), "
        f"{plural(ceiling, 'patient')} at the ceiling ({high:g}), {missing} missing."
    )


def _end(ax, x, text, side):
    """How many stand at one end of the range."""
    ax.annotate(
        text,
        (x, 1),
        (3 if side == "left" else -3, -2),
        xycoords="axes fraction",
        textcoords="offset points",
        ha=side,
        va="top",
        color=style.SOFT,
    )
