"""Disease states and other ordered categories by visit, as stacked bars."""

from collections.abc import Mapping

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import in_order, need, places, share_check
from analysis.figures.wording import at_visit, listed
from analysis.language import commas, mark, tr
from analysis.numbers import percent

SMALLEST_LABELLED = 0.06


@of_summaries
def state_bars(
    states: pd.DataFrame,
    *,
    label: str = mark("Patients (%)"),
    time: str = mark("Visit"),
    scale: Mapping[str, str] = style.DISEASE_STATES,
    mark: str | None,
) -> Drawn:
    """Share of patients in each state by visit, the best state at the bottom, with n under the axis.

    Parameters
    ----------
    states : DataFrame
        One row per visit and state: ``visit``, ``state``, ``n`` (patients in the state) and ``share`` (fraction of
        one). The number under a bar is the sum of its `n`. A state named "missing" is drawn on top, hatched.
    label, time : str
        Labels of the axes.
    scale : mapping of state to colour
        The states in order: `style.DISEASE_STATES` or `style.TIS_CATEGORIES`.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> states = pd.DataFrame(
    ...     {"visit": ["Week 24"] * 2, "state": ["remission", "high"], "n": [5, 15], "share": [0.25, 0.75]}
    ... )
    >>> state_bars(states, mark=None).alt
    'Share of patients by state. Week 24 (n = 20): remission 25.0 %, high 75.0 %.'
    """
    label, time = tr(label), tr(time)
    rows = need(states, ["visit", "state", "n", "share"], values=["share"])
    if rows.empty:
        return no_data(tr("states by visit"), mark=mark)
    share_check(rows, ["share"])
    if unknown := sorted(set(rows["state"]) - {*scale, "missing"}):
        raise ValueError(f"unknown states {unknown}; expected {', '.join(scale)} or missing")
    shares = _wide(rows, "share", scale)
    totals = rows.groupby("visit", observed=True)["n"].sum()
    with style.sheet(height=3.3, mark=mark) as figure:
        _bars(
            figure.subplots(),
            shares,
            totals,
            places(pd.Series(shares.index, dtype=object)),
            scale,
            label,
            time,
        )
    return Drawn(figure, _alt(rows, shares, totals, time))


def _wide(rows, values, scale):
    """Visits down, states across in the order of the scale, zero where a state does not occur."""
    present = set(rows["state"])
    names = [name for name in (*scale, "missing") if name in present]
    table = rows.pivot(index="visit", columns="state", values=values).astype(float)
    return table.reindex(index=in_order(rows["visit"]), columns=names).fillna(0.0)


def _bars(ax, shares, totals, where, scale, label, time):
    bottom = pd.Series(0.0, shares.index)
    for name in shares.columns:
        color = scale.get(name, style.MISSING)
        hatch = "////" if name == "missing" else None
        x = [where[visit] for visit in shares.index]
        look = {"color": color, "edgecolor": style.PAPER if hatch is None else style.MUTED, "hatch": hatch}
        ax.bar(x, 100 * shares[name], bottom=100 * bottom, width=0.72, linewidth=0.8, **look)
        for visit, share in shares[name].items():
            if share >= SMALLEST_LABELLED:
                middle = 100 * (bottom[visit] + share / 2)
                text = percent(share, 0)
                ax.text(where[visit], middle, text, ha="center", va="center", color=style.text_on(color))
        bottom = bottom + shares[name]
    layout.visit_axis(ax, where, label=time, rows=1)
    ax.set_xlim(-0.5, len(where) - 0.5)
    ax.set_ylim(0, 100)
    ax.set_ylabel(label)
    layout.counts_below(ax, [("n", style.INK, {where[visit]: int(totals[visit]) for visit in where})])
    _names(ax, shares, scale)


def _names(ax, shares, scale):
    """Names of the states beside the last bar; one that has no part in it where its part would be."""
    last, colors = shares.iloc[-1], {name: scale.get(name, style.MUTED) for name in shares.columns}
    middles = 100 * (last.cumsum() - last / 2)
    edge = len(shares) - 0.64
    layout.label_ends(ax, [(edge, middles[name], name, color) for name, color in colors.items()])


def _alt(rows, shares, totals, time):
    sentences = []
    for visit in shares.index:
        occurring = set(rows.loc[rows["visit"] == visit, "state"])
        texts = [
            f"{tr(str(name))} {percent(share)}"
            for name, share in shares.loc[visit].items()
            if name in occurring
        ]
        given = {"visit": at_visit(visit, time), "n": int(totals[visit]), "values": commas(texts)}
        sentences.append(tr("{visit} (n = {n}): {values}", **given))
    return tr("Share of patients by state. {listed}.", listed=listed(sentences))
