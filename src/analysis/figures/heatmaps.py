"""Tables read as colours: profiles of clusters, where data are missing."""

import pandas as pd

from analysis.figures import style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import in_order, need, share_check
from analysis.figures.wording import at_visit, count, listed
from analysis.language import commas, mark, stops, tr
from analysis.numbers import fixed, percent

ROW_IN = 0.3


@of_summaries
def cluster_profiles(
    profiles: pd.DataFrame, clusters: pd.DataFrame, *, label: str, mark: str | None
) -> Drawn:
    """Mean of each measure in each cluster as a heat map, with size and stability of the clusters.

    Parameters
    ----------
    profiles : DataFrame
        One row per measure and cluster: ``measure``, ``cluster``, ``value`` (standardised).
    clusters : DataFrame
        One row per cluster: ``cluster``, ``n`` and, where known, ``stability`` (mean Jaccard index, 0 to 1).
    label : str
        What the colours are, with unit.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> profiles = pd.DataFrame({"measure": ["CRP", "CRP"], "cluster": ["A", "B"], "value": [0.9, -0.6]})
    >>> clusters = pd.DataFrame({"cluster": ["A", "B"], "n": [80, 120], "stability": [0.81, 0.9]})
    >>> cluster_profiles(profiles, clusters, label="Mean z score", mark=None).alt
    'Mean z score by cluster. A (n = 80, Jaccard 0.81): CRP 0.9. B (n = 120, Jaccard 0.90): CRP −0.6.'
    """
    rows = need(profiles, ["measure", "cluster", "value"], values=["value"])
    sizes = need(clusters, ["cluster", "n"])
    if rows.empty:
        return no_data(tr("profiles of clusters"), mark=mark)
    table = _table(rows, "measure", "cluster", "value")
    heads = {name: _head(sizes, name) for name in table.columns}
    reach = float(table.abs().max().max()) or 1.0
    with style.sheet(height=max(2.0, 0.9 + ROW_IN * len(table)), mark=mark) as figure:
        ax = figure.subplots()
        texts = table.map(lambda value: fixed(value, 1))
        _heat(ax, table, texts, cmap="PuOr_r", vmin=-reach, vmax=reach, label=label)
        ax.set_xticklabels(["\n".join([str(name), *head]) for name, head in heads.items()])
    sentences = []
    for name in table.columns:
        values = listed(f"{measure} {fixed(value, 1)}" for measure, value in table[name].dropna().items())
        sentences.append(tr("{name} ({head}): {values}", name=name, head=commas(heads[name]), values=values))
    return Drawn(figure, tr("{label} by cluster. {sentences}.", label=label, sentences=stops(sentences)))


def _head(sizes, name) -> list[str]:
    """Size and stability of a cluster."""
    row = sizes[sizes["cluster"] == name]
    if row.empty:
        raise KeyError(f"the table of clusters has no row for cluster {name!r}")
    stability = row["stability"].iloc[0] if "stability" in row else None
    held = [tr("Jaccard {stability}", stability=fixed(stability, 2))] if pd.notna(stability) else []
    return [tr("n = {n}", n=count(row["n"].iloc[0])), *held]


@of_summaries
def missing_pattern(gaps: pd.DataFrame, *, time: str = mark("Visit"), mark: str | None) -> Drawn:
    """Share of values missing by variable and visit, with the counts in the cells.

    Parameters
    ----------
    gaps : DataFrame
        One row per variable and visit: ``variable``, ``visit``, ``n_missing``, ``n_expected``, ``share`` (missing of
        expected, fraction of one; missing where nothing was expected).
    time : str
        Label of the visits.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> gaps = pd.DataFrame(
    ...     {"variable": ["CRP"], "visit": ["Week 24"], "n_missing": [3], "n_expected": [20], "share": [0.15]}
    ... )
    >>> missing_pattern(gaps, mark=None).alt
    'Values missing by variable and visit. CRP: Week 24 3 of 20 (15.0 %).'
    """
    time = tr(time)
    rows = need(gaps, ["variable", "visit", "n_missing", "n_expected", "share"], values=["share"])
    if rows.empty:
        return no_data(tr("missing values"), mark=mark)
    share_check(rows, ["share"])
    table = _table(rows, "variable", "visit", "share")
    cells = rows.assign(
        text=[f"{count(a)}/{count(b)}" for a, b in zip(rows["n_missing"], rows["n_expected"])]
    )
    texts = _table(cells, "variable", "visit", "text").fillna("")
    with style.sheet(height=max(2.0, 0.9 + ROW_IN * len(table)), mark=mark) as figure:
        ax = figure.subplots()
        _heat(ax, 100 * table, texts, cmap="Blues", vmin=0, vmax=100, label=tr("Missing (%)"))
        ax.set_xticklabels([at_visit(visit) for visit in table.columns])
        ax.set_xlabel(time)
    return Drawn(figure, _gaps_alt(rows, table, time))


def _gaps_alt(rows, table, time):
    sentences = []
    for variable in table.index:
        part = rows[(rows["variable"] == variable) & (rows["n_missing"] > 0)]
        texts = [
            tr(
                "{visit} {n_missing} of {n_expected} ({share})",
                visit=at_visit(row.visit, time),
                n_missing=count(row.n_missing),
                n_expected=count(row.n_expected),
                share=percent(row.share),
            )
            for row in part.itertuples()
        ]
        sentences.append(tr("{label}: {value}", label=str(variable), value=listed(texts) or "none"))
    return tr("Values missing by variable and visit. {sentences}.", sentences=stops(sentences))


def _table(rows, down, across, values):
    """Long to wide, in the order of the frame."""
    wide = rows.pivot(index=down, columns=across, values=values)
    return wide.reindex(index=in_order(rows[down]), columns=in_order(rows[across]))


def _heat(ax, table, texts, *, cmap, vmin, vmax, label):
    """Coloured cells with their text; empty cells stay grey."""
    import matplotlib
    from matplotlib.colors import Normalize, to_hex

    colors, scale = matplotlib.colormaps[cmap], Normalize(vmin, vmax)
    values = table.to_numpy(dtype=float)
    ax.set_facecolor(style.MISSING)
    mesh = ax.pcolormesh(values, cmap=colors, norm=scale, edgecolors=style.PAPER, linewidth=1.5)
    for (row, column), text in _cells(texts):
        value = values[row, column]
        ink = style.INK if value != value else style.text_on(to_hex(colors(scale(value))))
        ax.text(column + 0.5, row + 0.5, text, ha="center", va="center", color=ink)
    ax.set_ylim(len(table), 0)
    ax.set_yticks([place + 0.5 for place in range(len(table))], [str(name) for name in table.index])
    ax.set_xticks([place + 0.5 for place in range(table.shape[1])], [str(name) for name in table.columns])
    ax.tick_params(length=0)
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(mesh, ax=ax, label=label, pad=0.02, aspect=30)
    bar.outline.set_visible(False)
    bar.solids.set(
        rasterized=False, edgecolor="face"
    )  # shapes like the cells, which turn over on a dark page


def _cells(texts):
    """Position and text of each cell."""
    return [
        ((row, column), text) for row, line in enumerate(texts.to_numpy()) for column, text in enumerate(line)
    ]
