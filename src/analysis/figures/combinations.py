"""Which criteria patients meet together: an UpSet plot.

References
----------
Lex A, et al. IEEE Trans Vis Comput Graph 2014;20:1983-92. doi:10.1109/TVCG.2014.2346248.
"""

from collections.abc import Mapping

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_patients, of_summaries
from analysis.figures.frames import need
from analysis.figures.wording import count, listed, plural
from analysis.language import ands, tr


@of_patients
def upset(flags: pd.DataFrame, *, labels: Mapping[str, str], most: int = 12, mark: str | None) -> Drawn:
    """Combinations of criteria by number of patients, the most frequent first.

    Parameters
    ----------
    flags : DataFrame
        One row per patient, one boolean column per criterion (missing allowed). A patient with a missing criterion
        belongs to no combination; how many these are is written in the figure.
    labels : mapping of column to str
        The criteria to draw, from top to bottom.
    most : int
        Combinations drawn; how many patients have rarer ones is written in the figure.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> flags = pd.DataFrame({"a": [True, True, False], "b": [True, False, pd.NA]}, dtype="boolean")
    >>> upset(flags, labels={"a": "2a activity", "b": "2b progression"}, mark=None).alt
    'Combinations of criteria. 2a activity: 2; 2b progression: 1. Combinations: 2a activity only 1; 2a activity
    and 2b progression 1. Not shown: 1 patient with a criterion missing.'
    """
    rows = need(flags, list(labels))[list(labels)].astype("boolean")
    whole = rows.dropna()
    counts = whole.value_counts().rename("n").reset_index().astype(dict.fromkeys(labels, bool))
    met = pd.DataFrame({"criterion": list(labels), "n": [int(rows[name].sum()) for name in labels]})
    return upset_of_counts(
        counts, met, labels=dict(labels), missing=len(rows) - len(whole), most=most, mark=mark
    )


@of_summaries
def upset_of_counts(
    combinations: pd.DataFrame,
    met: pd.DataFrame,
    *,
    labels: Mapping[str, str],
    missing: int | None = 0,
    most: int = 12,
    mark: str | None,
) -> Drawn:
    """The same from counts.

    Parameters
    ----------
    combinations : DataFrame
        One row per combination: a boolean column per criterion, and ``n``, the patients with exactly this one. Rows
        without ``n`` are not drawn; how many these are is written in the figure.
    met : DataFrame
        ``criterion`` and ``n``, the patients who meet it at all; missing where it is not told.
    labels : mapping of criterion to str
        The criteria to draw, from top to bottom.
    missing : int or None
        Patients with a criterion missing, who belong to no combination.
    most : int
        Combinations drawn; how many patients have rarer ones is written in the figure.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> counts = pd.DataFrame({"a": [True, True], "b": [False, True], "n": [12, None]})
    >>> met = pd.DataFrame({"criterion": ["a", "b"], "n": [14, None]})
    >>> upset_of_counts(counts, met, labels={"a": "2a activity", "b": "2b progression"}, mark=None).alt
    'Combinations of criteria. 2a activity: 14; 2b progression: –. Combinations: 2a activity only 12. Not shown: 1
    combination whose number is not told.'
    """
    need(combinations, [*labels, "n"])
    if combinations["n"].notna().sum() == 0:
        return no_data(tr("combinations of criteria"), mark=mark)
    ordered = _ordered(combinations, list(labels))
    drawn = ordered[:most]
    notes = _notes(ordered[most:], missing=missing or 0, untold=int(combinations["n"].isna().sum()))
    numbers = dict(zip(met["criterion"], met["n"], strict=True))
    names = ["\n".join(layout.wrapped(text, style.room(140), size=style.TEXT_PT)) for text in labels.values()]
    depth = (0.35 if any("\n" in name for name in names) else 0.27) * len(labels)
    with style.sheet(height=2.5 + depth + 0.18 * len(notes), mark=mark) as figure:
        _draw(figure, drawn, numbers, dict(zip(labels, names)), depth)
        if notes:
            figure.supxlabel("\n".join(notes), size=style.TEXT_PT, color=style.SOFT, x=0.01, ha="left")
    return Drawn(figure, _alt(drawn, numbers, labels, notes))


def _ordered(combinations, names) -> list[tuple[tuple, int]]:
    """Sets of criteria met together and how many patients have exactly these, most frequent first."""
    told = combinations.dropna(subset="n")
    sets = [tuple(name for name in names if row[name]) for row in told.to_dict("records")]
    return sorted(
        zip(sets, told["n"].astype(int), strict=True), key=lambda entry: (-entry[1], len(entry[0]), entry[0])
    )


def _notes(rare, *, missing: int, untold: int) -> list[str]:
    notes = []
    if rare:
        patients = plural(sum(n for _, n in rare), "patient")
        notes.append(
            tr("Not shown: {patients} in {n}", patients=patients, n=plural(len(rare), "rarer combination"))
        )
    if missing:
        notes.append(tr("Not shown: {missing} with a criterion missing", missing=plural(missing, "patient")))
    if untold:
        notes.append(tr("Not shown: {untold}", untold=plural(untold, "untold combination")))
    return notes


def _draw(figure, drawn, met, labels, depth):
    """Bars of the combinations above, the matrix below, totals of the criteria beside it."""
    heights = [1.75, depth]
    axes = figure.subplots(2, 2, height_ratios=heights, width_ratios=[1, 3.6], sharex="col", sharey="row")
    (corner, bars), (totals, matrix) = axes
    corner.set_axis_off()
    x = range(len(drawn))
    bars.bar(x, [n for _, n in drawn], color=style.primary(), width=0.6)
    for place, (_, n) in enumerate(drawn):
        bars.annotate(str(n), (place, n), (0, 2), textcoords="offset points", ha="center")
    bars.set_title(tr("Patients with exactly this combination"), loc="left")
    bars.tick_params(labelbottom=False, bottom=False, labelleft=False, left=False)
    bars.spines["left"].set_visible(False)
    bars.grid(visible=False)
    bars.margins(y=0.12)
    _matrix(matrix, drawn, labels)
    _totals(totals, met, labels)


def _matrix(ax, drawn, labels):
    """A dot for each criterion a combination contains, joined by a line."""
    rank = {name: place for place, name in enumerate(labels)}
    for place, (members, _) in enumerate(drawn):
        inside = [rank[name] for name in members]
        ax.plot([place] * len(rank), list(rank.values()), "o", color=style.GRID, markersize=7)
        ax.plot([place] * len(inside), inside, "o-", color=style.INK, markersize=7)
    ax.set_xlim(-0.6, len(drawn) - 0.4)
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False, labelleft=False)
    ax.grid(visible=False)


def _totals(ax, met, labels):
    """How many patients meet each criterion at all, growing to the left, with its name."""
    places = range(len(labels))
    widths = [0 if pd.isna(met[name]) else int(met[name]) for name in labels]
    ax.barh(places, widths, color=style.MUTED, height=0.6)
    for place, (name, width) in enumerate(zip(labels, widths)):
        text = count(met[name])
        ax.annotate(text, (width, place), (-3, 0), textcoords="offset points", ha="right", va="center")
    ax.set_yticks(places, list(labels.values()))
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.set_xlim(1.35 * max(1, *widths), 0)
    ax.set_xlabel(tr("Patients meeting it"))
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False)
    ax.grid(visible=False)


def _alt(drawn, met, labels, notes):
    totals = listed(
        tr("{label}: {value}", label=text, value=count(met[name])) for name, text in labels.items()
    )
    texts = [f"{_named(members, labels)} {n}" for members, n in drawn]
    ending = "".join(f" {note}." for note in notes)
    return tr(
        "Combinations of criteria. {totals}. Combinations: {listed}.{ending}",
        totals=totals,
        listed=listed(texts),
        ending=ending,
    )


def _named(members, labels) -> str:
    if not members:
        return "none"
    if len(members) == 1:
        return tr("{labels} only", labels=labels[members[0]])
    return ands(labels[name] for name in members)
