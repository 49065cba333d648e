"""Kaplan-Meier curves with numbers at risk."""

import numpy as np
import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import need, parts, share_check
from analysis.figures.wording import count, listed
from analysis.language import commas, mark, tr
from analysis.numbers import MISSING, percent

LEAST_AT_RISK = 5  # a step of fewer people at risk says more of one of them than of the curve


@of_summaries
def kaplan_meier(
    curves: pd.DataFrame,
    at_risk: pd.DataFrame,
    *,
    label: str,
    time: str,
    falling: bool = True,
    curve: str = mark("Kaplan-Meier curve"),
    interval: str = mark("{CI}"),
    mark: str | None,
) -> Drawn:
    """Survival as steps with its interval as a band, censored times as ticks, numbers at risk below.

    Parameters
    ----------
    curves : DataFrame
        One row per distinct time: ``time``, ``survival``, ``conf_low``, ``conf_high`` (fractions of one; limits may be
        missing, and where survival is the curve has a gap), and where they apply ``n_risk``, ``n_censored`` and
        ``group``. `curve` of `analysis.survival.kaplan_meier` fits. With ``n_risk`` a curve ends where fewer than
        `LEAST_AT_RISK` are at risk.
    at_risk : DataFrame
        One row per time to print: ``time``, ``n_risk`` and, with groups, ``group``; `numbers_at_risk` fits.
    label, time : str
        Labels of the axes, with units.
    falling : bool
        False draws one minus survival, the share that has had the event, rising from zero.
    curve : str
        What the curve is, for the alternative text.
    interval : str
        What the band is.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> curves = pd.DataFrame(
    ...     {"time": [3, 6], "survival": [0.8, 0.5], "conf_low": [0.6, 0.3], "conf_high": [0.9, 0.7]}
    ... )
    >>> at_risk = pd.DataFrame({"time": [0, 6], "n_risk": [20, 14]})
    >>> kaplan_meier(curves, at_risk, label="Still on drug (%)", time="Months", mark=None).alt
    'Kaplan-Meier curve with ...CI, Still on drug (%): 50.0 % (30.0 % to 70.0 %) at 6 (Months). At risk: 20 at 0,
    14 at 6.'
    """
    curve, interval = tr(curve), tr(interval)
    interval = tr(interval)
    rows = need(curves, ["time", "survival", "conf_low", "conf_high"], values=["time"])
    if rows["survival"].isna().all():
        return no_data(label, mark=mark)
    risks = _matching(need(at_risk, ["time", "n_risk"]), rows)
    share_check(rows, ["survival", "conf_low", "conf_high"])
    rows = _enough_at_risk(rows)
    shown = rows if falling else _rising(rows)
    series = parts(shown, "group")
    with style.sheet(height=3.1 + 0.17 * len(series), mark=mark) as figure:
        ax = figure.subplots()
        ends = [_curve(ax, points, place, group, falling) for place, (group, points) in enumerate(series)]
        _axes(ax, risks, label, time, len(series))
        if len(series) > 1:
            layout.label_ends(ax, [end for end in ends if end is not None])
        layout.counts_below(ax, _risk_rows(risks, [group for group, _ in series]))
    return Drawn(
        figure,
        _alt(series, risks, label, time, _called(rows, curve, interval)),
    )


def _called(rows, curve: str, interval: str) -> str:
    """What the figure shows, with its interval where there is one."""
    return (
        tr("{curve} with {interval}", curve=curve, interval=interval)
        if rows["conf_low"].notna().any()
        else curve
    )


def _matching(risks, rows):
    """Numbers at risk of the same groups as the curves."""
    groups = set(risks["group"]) if "group" in risks else set()
    if "group" not in rows:
        if len(groups) > 1:
            raise ValueError(
                f"numbers at risk of {len(groups)} groups for one curve; give the curves a column 'group'"
            )
        return risks.drop(columns="group", errors="ignore")
    if groups != set(rows["group"]):
        raise ValueError(
            f"numbers at risk of groups {sorted(groups)} for curves of {sorted(set(rows['group']))}"
        )
    return risks


def _enough_at_risk(rows):
    """The curves as far as enough people are at risk; one that has so few from its start is drawn whole."""
    if "n_risk" not in rows:
        return rows
    first = rows.groupby("group")["n_risk"].transform("max") if "group" in rows else rows["n_risk"].max()
    return rows[rows["n_risk"].ge(LEAST_AT_RISK) | (first < LEAST_AT_RISK)]


def _rising(rows):
    """One minus survival; the limits change places."""
    return rows.assign(
        survival=1 - rows["survival"], conf_low=1 - rows["conf_high"], conf_high=1 - rows["conf_low"]
    )


def _curve(ax, points, place, group, falling):
    """One step curve from time zero, and where its name goes."""
    start, color = 1.0 if falling else 0.0, style.color_of(place)
    time = np.r_[0.0, points["time"].to_numpy(float)]
    survival, low, high = (
        100 * np.r_[start, points[name].to_numpy(dtype=float, na_value=np.nan)]
        for name in ("survival", "conf_low", "conf_high")
    )
    ax.fill_between(time, low, high, step="post", color=color, alpha=0.15, linewidth=0)
    line = ("-", (0, (5, 1.5)), (0, (1.5, 1.2)), (0, (5, 1.5, 1.5, 1.5)))[place % 4]
    ax.step(time, survival, where="post", color=color, linewidth=2, linestyle=line)
    if "n_censored" in points:
        censored = points["n_censored"].to_numpy(float) > 0
        ax.plot(
            time[1:][censored], survival[1:][censored], "|", color=color, markersize=7, markeredgewidth=1.2
        )
    known = np.flatnonzero(np.isfinite(survival[1:]))
    return (time[1:][known[-1]], survival[1:][known[-1]], tr(str(group)), color) if known.size else None


def _axes(ax, risks, label, time, rows):
    ax.set_ylim(0, 102)
    end = max(ax.get_xlim()[1], float(risks["time"].max()))
    ax.set_xlim(-0.04 * end, 1.02 * end)
    ax.set_xticks(sorted(risks["time"].unique()))
    ax.set_ylabel(tr(label))
    ax.set_xlabel(time, labelpad=4 + rows * style.LINE_PT)


def _risk_rows(risks, groups):
    """Numbers at risk, in the order and the colours of the curves."""
    rows, numbers = [], dict(parts(risks, "group"))
    for place, group in enumerate(groups):
        part = numbers[group]
        name = (
            tr("at risk")
            if group is None or len(groups) == 1
            else tr("at risk, {group}", group=tr(str(group)))
        )
        rows.append(
            (name, style.color_of(place), dict(zip(part["time"].astype(float), part["n_risk"].map(count))))
        )
    return rows


def _alt(series, risks, label, time, drawn):
    numbers = dict(parts(risks, "group"))
    sentences = []
    for group, points in series:
        told = points.dropna(subset="survival")
        last = told.iloc[-1] if len(told) else points.iloc[-1]
        limits = (
            tr(
                " ({conf_low} to {conf_high})",
                conf_low=percent(last["conf_low"]),
                conf_high=percent(last["conf_high"]),
            )
            if pd.notna(last["conf_low"])
            else ""
        )
        below = commas(
            tr("{n_risk} at {time:g}", n_risk=count(row.n_risk), time=row.time)
            for row in numbers[group].itertuples()
        )
        at = tr(
            "{survival}{limits} at {time:g} ({time_2})",
            survival=percent(last["survival"]) if len(told) else MISSING,
            limits=limits,
            time=last["time"],
            time_2=time,
        )
        said = tr("{at}. At risk: {below}", at=at, below=below)
        sentences.append(said if group is None else tr("{group}: {said}", group=tr(str(group)), said=said))
    return tr("{drawn}, {label}: {sentences}.", drawn=drawn, label=tr(label), sentences=listed(sentences))
