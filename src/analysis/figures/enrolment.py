"""Recruitment over time against the plan."""

import numpy as np
import pandas as pd

from analysis.figures import style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import need
from analysis.figures.wording import count
from analysis.language import tr


@of_summaries
def recruitment(enrolment: pd.DataFrame, *, target: int, mark: str | None) -> Drawn:
    """Cumulative number of patients enrolled, beside the plan and the number aimed at.

    Parameters
    ----------
    enrolment : DataFrame
        In order of time: ``date``, ``enrolled`` (cumulative) and, where there is one, ``planned`` (cumulative; may
        run on beyond the last patient, with `enrolled` missing).
    target : int
        Number of patients aimed at.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> enrolment = pd.DataFrame(
    ...     {"date": pd.to_datetime(["2023-01-10", "2023-06-30"]), "enrolled": [1, 41], "planned": [0, 50]}
    ... )
    >>> recruitment(enrolment, target=200, mark=None).alt
    'Patients enrolled over time: 1 on 2023-01-10, 41 on 2023-06-30, of 200 aimed at; 50 planned for 2023-06-30.'
    """
    rows = need(enrolment, ["date", "enrolled"])
    seen = rows.dropna(subset=["date", "enrolled"])
    if seen.empty:
        return no_data("recruitment", mark=mark)
    plan = rows.dropna(subset=["date", "planned"]) if "planned" in rows else rows.iloc[:0]
    with style.sheet(height=3.0, mark=mark) as figure:
        ax = figure.subplots()
        _lines(ax, seen, plan, target)
    return Drawn(figure, _alt(seen, plan, target))


def _lines(ax, seen, plan, target):
    """Steps of the enrolled, the plan dashed, the number aimed at as a line with its name."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num

    locator = AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    days = date2num(seen["date"])
    ax.axhline(target, color=style.SOFT, linewidth=1)
    ax.annotate(
        tr("target {target}", target=target),
        (0, target),
        (3, 3),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        va="bottom",
    )
    ax.step(days, seen["enrolled"].astype(float), where="post", color=style.primary(), linewidth=2.2)
    total, top = float(seen["enrolled"].iloc[-1]), 1.12 * max(target, seen["enrolled"].max())
    said = tr("{total} enrolled", total=count(total))
    due = plan.loc[plan["date"] <= seen["date"].iloc[-1], "planned"]
    ahead = due.empty or total >= due.iloc[-1]
    above = ahead and len(seen) > 2 and not 0 <= target - total < 0.09 * top
    _name(ax, days[-1], total, said, style.primary(), drop=0 if ahead else 8, before=above)
    if len(plan):
        x, y = date2num(plan["date"]), plan["planned"].astype(float)
        ax.plot(x, y, color=style.MUTED, linestyle=(0, (4, 2)))
        middle = (x[0] + x[-1]) / 2
        _name(ax, middle, float(np.interp(middle, x, y)), tr("plan"), style.MUTED, drop=8)
    ax.set_ylim(0, top)
    ax.set_ylabel(tr("Patients enrolled (cumulative)"))
    ax.set_xlabel(tr("Date of enrolment"))


def _name(ax, x, y, text, color, *, drop=0, before=False):
    """A name to the right of a point, or on the side of the paper above steps that rise."""
    side = {"ha": "right", "va": "bottom"} if before else {"va": "center"}
    offset = (-8, 2) if before else (6, -drop)
    ax.annotate(text, (x, y), offset, textcoords="offset points", color=style.readable(color), **side)


def _alt(seen, plan, target):
    first, last = seen.iloc[0], seen.iloc[-1]
    text = tr(
        "Patients enrolled over time: {enrolled} on {date:%Y-%m-%d}, {enrolled_2} on {date_2:%Y-%m-%d}, "
        "of {target} aimed at",
        enrolled=count(first["enrolled"]),
        date=first["date"],
        enrolled_2=count(last["enrolled"]),
        date_2=last["date"],
        target=target,
    )
    due = plan[plan["date"] <= last["date"]]
    if due.empty:
        return f"{text}."
    return tr(
        "{text_}; {iloc} planned for {iloc_2:%Y-%m-%d}.",
        text_=text,
        iloc=count(due["planned"].iloc[-1]),
        iloc_2=due["date"].iloc[-1],
    )
