"""Total Improvement Score of each patient as a waterfall."""

from collections.abc import Sequence

import pandas as pd

from analysis.figures import style
from analysis.figures.drawn import Drawn, no_data, of_patients
from analysis.figures.frames import need
from analysis.figures.wording import plural
from analysis.language import commas, mark, paragraph, semicolons, tr
from analysis.numbers import fixed


@of_patients
def tis_waterfall(
    scores: pd.DataFrame,
    *,
    thresholds: Sequence[float],
    label: str = mark("Total Improvement Score (0-100)"),
    show_subjects: bool = False,
    mark: str | None,
) -> Drawn:
    """One bar per patient from the highest score to the lowest, coloured by category.

    A short line shows the highest score a patient could have reached, a diamond under the axis clinically
    amyopathic disease. Patients without a score stand at the right end, marked by a cross.

    Parameters
    ----------
    scores : DataFrame
        One row per patient: ``subject_id``, ``tis`` (0 to 100; missing allowed), ``tis_category`` (none, minimal,
        moderate, major), ``tis_max_attainable`` (0 to 100; missing allowed), ``cadm`` (boolean) and, where known,
        ``event`` (boolean): an event came before that counts as non-response, whatever the score; hatched.
    thresholds : sequence of float
        Lower limits of the categories minimal, moderate, major; drawn as lines.
    label : str
        Label of the axis.
    show_subjects : bool
        Write the subjects' ids under the bars. Not for what leaves the team.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> scores = pd.DataFrame(
    ...     {
    ...         "subject_id": ["01", "02", "03"],
    ...         "tis": [52.5, None, 15.0],
    ...         "tis_category": ["moderate", None, "none"],
    ...         "tis_max_attainable": [92.5, None, 60.0],
    ...         "cadm": [False, False, True],
    ...     }
    ... )
    >>> tis_waterfall(scores, thresholds=(20, 40, 60), mark=None).alt
    'Total Improvement Score (0-100) of 3 patients, from 52.5 down to 15.0: major 0, moderate 1, minimal 0, none 1;
    1 without a score. Thresholds at 20, 40, 60. 1 patient with clinically amyopathic disease.'
    """
    label = tr(label)
    rows = need(scores, ["subject_id", "tis", "tis_category", "tis_max_attainable", "cadm"])
    if rows["tis"].notna().sum() == 0:
        return no_data(label, mark=mark)
    _check_categories(rows)
    ordered = rows.sort_values("tis", ascending=False, kind="stable", na_position="last").reset_index(
        drop=True
    )
    counts = ordered.dropna(subset=["tis"])["tis_category"].value_counts()
    counts = {name: int(counts.get(name, 0)) for name in reversed(style.TIS_CATEGORIES)}  # type: ignore[arg-type]
    with style.sheet(height=4.3 if show_subjects else 3.5, mark=mark) as figure:
        ax = figure.subplots()
        _bars(ax, ordered)
        _limits(ax, thresholds, counts)
        _axes(ax, ordered, label, show_subjects)
        _signs(ax, ordered)
    return Drawn(figure, _alt(ordered, counts, thresholds, label), per_patient=True)


def _check_categories(rows) -> None:
    """Every score has one of the four categories."""
    unknown = int((rows["tis"].notna() & ~rows["tis_category"].isin(list(style.TIS_CATEGORIES))).sum())
    if unknown:
        expected = ", ".join(style.TIS_CATEGORIES)
        raise ValueError(f"{plural(unknown, 'score')} without a known category; expected {expected}")


def _bars(ax, ordered):
    """Bars, attainable maxima, crosses for missing scores, diamonds for amyopathic disease."""
    scored = ordered.dropna(subset=["tis"])
    colors = [style.TIS_CATEGORIES[name] for name in scored["tis_category"]]
    ax.bar(
        scored.index,
        scored["tis"].astype(float),
        color=colors,
        edgecolor=style.SOFT,
        linewidth=0.6,
        width=0.78,
    )
    reach = ordered.dropna(subset=["tis_max_attainable"])
    y = reach["tis_max_attainable"].astype(float)
    ax.hlines(y, reach.index - 0.39, reach.index + 0.39, color=style.INK, linewidth=1.6)
    absent = ordered.index[ordered["tis"].isna()]
    ax.plot(absent, [3.0] * len(absent), "x", color=style.INK, markersize=6)
    amyopathic = ordered.index[_amyopathic(ordered)]
    ax.plot(amyopathic, [-4.5] * len(amyopathic), "D", color=style.INK, markersize=5, clip_on=False)
    failed = scored.index[_failed(scored)]
    heights = scored.loc[failed, "tis"].astype(float).clip(lower=1.5)
    ax.bar(failed, heights, width=0.78, fill=False, hatch="////", edgecolor=style.INK, linewidth=0.9)


def _amyopathic(ordered):
    return ordered["cadm"].astype("boolean").fillna(False).to_numpy(bool)


def _failed(ordered):
    """Who had an event before the visit that counts as non-response."""
    if "event" not in ordered:
        return [False] * len(ordered)
    return ordered["event"].astype("boolean").fillna(False).to_numpy(bool)


def _limits(ax, thresholds, counts):
    """The thresholds, and at each of them what is from there on and how many patients reached no more."""
    for name, limit in zip(("minimal", "moderate", "major"), thresholds, strict=True):
        ax.axhline(limit, color=style.SOFT, linewidth=0.9, linestyle=(0, (3, 2)), zorder=0.6)
        _at_height(
            ax, limit, tr("{name} ≥ {limit}: n = {n}", name=tr(name), limit=f"{limit:g}", n=counts[name])
        )
    _at_height(ax, thresholds[0] / 3, tr("{name}: n = {n}", name=tr("none"), n=counts["none"]))


def _at_height(ax, height, text):
    ax.annotate(
        text, (1, height), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center"
    )


def _axes(ax, ordered, label, show_subjects):
    ax.set_ylim(0, 103)
    ax.set_xlim(-0.8, len(ordered) - 0.2)
    ax.set_ylabel(label)
    ids = [str(subject) for subject in ordered["subject_id"]]
    ax.set_xticks(ordered.index if show_subjects else [], ids if show_subjects else [], rotation=90)
    ax.tick_params(axis="x", length=0, pad=20 if show_subjects else 12)


def _signs(ax, ordered):
    """What the lines, diamonds and crosses mean, under the axis."""
    texts = [tr("— highest attainable")] if ordered["tis_max_attainable"].notna().any() else []
    texts += [tr("◆ amyopathic (CADM)")] if _amyopathic(ordered).any() else []
    texts += [tr("× no score")] if ordered["tis"].isna().any() else []
    texts += [tr("//// event before, non-response")] if any(_failed(ordered.dropna(subset=["tis"]))) else []
    side = 1 if style.is_narrow() else 3  # of them stand beside the name of the axis
    ax.set_xlabel(
        tr("Patients (n = {n})   ", n=len(ordered))
        + "   ".join(texts[:side])
        + "".join(f"\n{more}" for more in texts[side:]),
        labelpad=16 if not ax.get_xticks().size else 4,
    )


def _alt(ordered, counts, thresholds, label):
    scored = ordered["tis"].dropna()
    absent, amyopathic = len(ordered) - len(scored), int(_amyopathic(ordered).sum())
    extent = tr(
        "from {max_scored} down to {min_scored}",
        max_scored=fixed(scored.max(), 1),
        min_scored=fixed(scored.min(), 1),
    )
    text = tr(
        "{label} of {n}, {extent}: {counts}",
        label=label,
        n=plural(len(ordered), "patient"),
        extent=extent,
        counts=semicolons(
            [
                commas(f"{tr(name)} {n}" for name, n in counts.items()),
                *([tr("{absent} without a score", absent=absent)] if absent else []),
            ]
        ),
    )
    limits = commas(f"{limit:g}" for limit in thresholds)
    failed = sum(_failed(ordered.dropna(subset=["tis"])))
    marked = (
        tr("{failed} with a score had an event before that counts as non-response.", failed=failed)
        if failed
        else ""
    )
    said = tr(
        "{text_}. Thresholds at {limits}. {amyopathic} with clinically amyopathic disease.",
        text_=text,
        limits=limits,
        amyopathic=plural(amyopathic, "patient"),
    )
    return paragraph([said, marked])
