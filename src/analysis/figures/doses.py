"""The dose of one drug over time, a panel per patient, with what was given and what happened beside it."""

from collections.abc import Sequence

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_patients
from analysis.figures.frames import need
from analysis.figures.wording import plural
from analysis.language import commas, paragraph, tr
from analysis.membership import among

CLOSE_PT = 13.0  # events no further apart than this on the page share a place: a bold letter and a space


@of_patients
def dose_timelines(
    doses: pd.DataFrame,
    administrations: pd.DataFrame,
    *,
    label: str,
    time: str,
    given: str,
    reference: float | None = None,
    reference_label: str = "",
    events: pd.DataFrame | None = None,
    top: float | None = None,
    show_subjects: bool = False,
    mark: str | None,
) -> Drawn:
    """Dose of one drug over time, a panel per patient, with ticks where another was given.

    Parameters
    ----------
    doses : DataFrame
        One row per period of constant dose: ``subject_id``, ``start``, ``end`` (numbers on the axis `time`), ``dose``.
        A period whose dose is missing is hatched: what was taken then is not known.
    administrations : DataFrame
        One row per administration: ``subject_id``, ``time``.
    label, time : str
        Labels of the axes, with units.
    given : str
        Name of the drug given at the ticks.
    reference : float, optional
        A dose to draw as a line, such as 7.5 mg per day.
    reference_label : str
        What the line is, said under the axis.
    events : DataFrame, optional
        What happened: ``subject_id``, ``time``, ``sign`` (one character) and ``label``, what the sign means.
    top : float, optional
        Where the axis of doses ends; a higher dose is cut off there and written in figures. To the highest dose
        without it.
    show_subjects : bool
        Head the panels by the subjects' ids instead of running numbers. Not for what leaves the team.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> doses = pd.DataFrame({"subject_id": ["1", "1"], "start": [0, 4], "end": [4, 24], "dose": [20.0, 7.5]})
    >>> given = pd.DataFrame({"subject_id": ["1", "1"], "time": [0, 2]})
    >>> dose_timelines(doses, given, label="Prednisone (mg/day)", time="Week", given="abatacept", mark=None).alt
    'Prednisone (mg/day) over time (Week), a panel for each of 1 patient, highest dose 20; 2 administrations of
    abatacept.'
    """
    periods = need(doses, ["subject_id", "start", "end", "dose"], values=["start", "end"])
    rows = periods.dropna(subset="dose")
    ticks = need(administrations, ["subject_id", "time"], values=["time"])
    label, time = tr(label), tr(time)
    if rows.empty:
        return no_data(label, mark=mark)
    signs = _signs_of(events)
    subjects = list(dict.fromkeys(rows["subject_id"]))
    limit = top or float(rows["dose"].max())
    with style.sheet(height=1.3 + 1.05 * -(-len(subjects) // style.columns(3)), mark=mark) as figure:
        axes = layout.panels(figure, len(subjects), columns=3, sharex=True, sharey=True)
        close = _close(figure, periods)
        for number, (ax, subject) in enumerate(zip(axes, subjects), start=1):
            _dose(ax, _of(rows, subject), _of(ticks, subject), reference)
            _unknown(ax, _of(periods[periods["dose"].isna()], subject))
            _cut_off(ax, _of(rows, subject), top)
            _happened(ax, _of(signs, subject), limit, close)
            ax.set_title(
                str(subject) if show_subjects else tr("Patient {number}", number=number), loc="left", pad=2
            )
        axes[0].set_ylim(-0.12 * limit, 1.12 * limit if events is not None or top else None)
        key = _key(given, reference_label, periods, signs)
        below = [time, *layout.wrapped(key, style.room(430), size=style.TEXT_PT)]
        figure.supxlabel("\n".join(below), size=style.TEXT_PT)
        figure.supylabel(label, size=style.TEXT_PT)
    return Drawn(
        figure,
        _alt(rows, periods, ticks, signs, subjects=subjects, text=(label, time, given)),
        per_patient=True,
    )


def _of(frame: pd.DataFrame, subject) -> pd.DataFrame:
    return frame[frame["subject_id"] == subject]


def _signs_of(events: pd.DataFrame | None) -> pd.DataFrame:
    """Events that can be drawn, with their columns also where there are none."""
    columns = ["subject_id", "time", "sign", "label"]
    if events is None:
        return pd.DataFrame(columns=columns)
    return need(events, columns, values=["time"])


def _dose(ax, periods, ticks, reference):
    """One patient: dose as a filled step, administrations as ticks below zero."""
    for run in _unbroken(periods.sort_values("start")):
        edges = [*run["start"].astype(float), float(run["end"].iloc[-1])]
        ax.stairs(run["dose"].astype(float), edges, baseline=0, fill=True, color=style.primary(), alpha=0.25)
        ax.stairs(run["dose"].astype(float), edges, baseline=None, color=style.primary(), linewidth=1.6)
    if reference is not None:
        ax.axhline(reference, color=style.SOFT, linewidth=0.9, linestyle=(0, (3, 2)))
    for x in ticks["time"].astype(float):
        ax.axvline(x, ymin=0, ymax=0.09, color=style.COMPARISON, linewidth=1.5)


def _unknown(ax, periods):
    """Time in which the dose is not known, hatched."""
    for row in periods.itertuples():
        ax.axvspan(
            row.start, row.end, ymin=0.1, facecolor="none", edgecolor=style.SOFT, hatch="////", linewidth=0
        )


def _cut_off(ax, periods, top):
    """Doses above the end of the axis, in figures."""
    if top is None:
        return
    for row in periods[periods["dose"] > top].itertuples():
        ax.annotate(
            f"↑ {row.dose:g}", (row.start, 0.7 * top), (2, 0), textcoords="offset points", va="center"
        )


def _close(figure, periods):
    """On the axis of time, what `CLOSE_PT` is on the page; the panels take three quarters of its width."""
    span = float(periods["end"].max() - periods["start"].min()) or 1.0
    return CLOSE_PT * span / (72 * 0.75 * figure.get_figwidth() / figure.axes[0].get_gridspec().ncols)


def _happened(ax, signs, limit, close):
    """Events of one patient, as signs along the top; those close together in time share a place."""
    ordered = signs.sort_values("time")
    apart = ordered["time"].astype(float).diff().fillna(0) > close
    for _, near in ordered.groupby(apart.cumsum()):
        for x in near["time"].astype(float):
            ax.axvline(x, ymin=0.1, ymax=0.83, color=style.INK, linewidth=0.7, linestyle=(0, (1, 2)))
        said = " ".join(dict.fromkeys(near["sign"]))
        ax.annotate(said, (near["time"].mean(), limit), ha="center", va="center", weight="bold")


def _key(given: str, reference_label: str, periods: pd.DataFrame, signs: pd.DataFrame) -> str:
    """What ticks, line, hatching and signs mean."""
    texts: Sequence[str] = [
        tr("ticks: {given} given", given=given),
        tr("dashed: {reference_label}", reference_label=reference_label) if reference_label else "",
        tr("hatched: not known") if periods["dose"].isna().any() else "",
        *(f"{sign} {tr(str(meaning))}" for sign, meaning in _meanings(signs)),
    ]
    return "   ".join(text.replace(" ", "\N{NO-BREAK SPACE}") for text in texts if text)


def _meanings(signs: pd.DataFrame) -> list[tuple[str, str]]:
    return list(signs[["sign", "label"]].drop_duplicates().itertuples(index=False, name=None))


def _alt(rows, periods, ticks, signs, *, subjects, text) -> str:
    label, time, given = text
    shown = int(among(ticks["subject_id"], subjects).sum())
    unknown = periods.loc[periods["dose"].isna(), "subject_id"].nunique()
    happened = [
        f"{tr(str(meaning))} {int((signs['label'].eq(meaning) & among(signs['subject_id'], subjects)).sum())}"
        for _, meaning in _meanings(signs)
    ]
    parts = [
        tr(
            "{label} over time ({time}), a panel for each of {n}, highest dose {max_dose:.3g}; {shown} of "
            "{given}.",
            label=label,
            time=time,
            n=plural(len(subjects), "patient"),
            max_dose=rows["dose"].max(),
            shown=plural(shown, "administration"),
            given=given,
        ),
        tr("Dose not known for a time in {unknown}.", unknown=plural(unknown, "patient")) if unknown else "",
        tr("Events: {listed}.", listed=commas(happened)) if happened else "",
    ]
    return paragraph(parts)


def _unbroken(ordered) -> list[pd.DataFrame]:
    """Periods that follow one another without a gap; between them the dose is not known and nothing is drawn."""
    starts, ends = ordered["start"].to_numpy(float), ordered["end"].to_numpy(float)
    wrong = int((starts[1:] < ends[:-1]).sum() + (ends < starts).sum())
    if wrong:
        raise ValueError(
            f"{wrong} dose periods of one patient overlap or end before they start; "
            "add up simultaneous doses and cut the periods first"
        )
    run = (ordered["start"] > ordered["end"].shift()).cumsum()
    return [part for _, part in ordered.groupby(run)]
