"""Treatment over time, patient by patient: sequences of drugs, doses with administrations."""

import numpy as np
import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_patients
from analysis.figures.frames import in_order, need
from analysis.figures.wording import listed, plural
from analysis.language import paragraph, tr
from analysis.membership import among

ROW_IN = 0.2


@of_patients
def swimmer(
    courses: pd.DataFrame,
    *,
    time: str,
    ends: pd.DataFrame | None = None,
    tick_every: float | None = None,
    show_subjects: bool = False,
    unit: str = "patient",
    mark: str | None,
) -> Drawn:
    """Drug sequences: a lane per patient, a bar per course, an arrow where the course goes on.

    Parameters
    ----------
    courses : DataFrame
        One row per course: ``subject_id``, ``drug`` (drug or class; at most eight), ``start``, ``end`` (numbers on
        the axis `time`) and ``ongoing`` (boolean). A course without an end is drawn to the last time in the frame,
        with a question mark unless it is going on. Lanes come in the order of the frame.
    time : str
        Label of the time axis, with its unit.
    ends : DataFrame, optional
        How observation ended: ``subject_id``, ``time``, ``sign`` (one character) and ``label`` (what the sign means).
    tick_every : float, optional
        Distance of the ticks of the time axis, such as 12 for months.
    show_subjects : bool
        Write the subjects' ids beside the lanes. Not for what leaves the team.
    unit : str
        What a lane is.
    mark : str or None
        State of the report, as in `style.sheet`.

    Examples
    --------
    >>> courses = pd.DataFrame(
    ...     {
    ...         "subject_id": ["1", "1"],
    ...         "drug": ["TNF inhibitor", "JAK inhibitor"],
    ...         "start": [0, 8],
    ...         "end": [7, 20],
    ...         "ongoing": [False, True],
    ...     }
    ... )
    >>> swimmer(courses, time="Months since first b/tsDMARD", mark=None).alt
    'Sequences of drugs in 1 patient, 0 to 20 on the axis "Months since first b/tsDMARD". Courses: TNF inhibitor 1;
    JAK inhibitor 1. 1 course going on.'
    """
    rows = need(courses, ["subject_id", "drug", "start", "end", "ongoing"], values=["subject_id", "start"])
    if rows.empty:
        return no_data(tr("sequences of drugs"), mark=mark)
    drugs, subjects = in_order(rows["drug"]), list(dict.fromkeys(rows["subject_id"]))
    if len(drugs) > len(style.SERIES):
        raise ValueError(
            f"{len(drugs)} drugs are too many to tell apart; group them into {len(style.SERIES)} or fewer"
        )
    lanes = _with_ends(rows)
    with style.sheet(height=max(2.4, 1.1 + min(ROW_IN * len(subjects), 7.5)), mark=mark) as figure:
        ax = figure.subplots()
        _lanes(ax, lanes, drugs, subjects)
        _lane_axes(ax, subjects, time, show_subjects, unit)
        _lane_ends(ax, ends, subjects)
        _ticks(ax, tick_every)
        _names(ax, lanes, drugs, _sign_places(lanes, ends), left=not show_subjects)
    alt = paragraph([_swimmer_alt(lanes, drugs, subjects, time, unit), _ends_alt(ends, subjects)])
    return Drawn(figure, alt, per_patient=True)


def _with_ends(rows):
    """An end for every course, and the sign that stands there."""
    going = rows["ongoing"].astype("boolean").fillna(False).to_numpy(bool)
    unknown = rows["end"].isna().to_numpy() & ~going
    last = rows[["start", "end"]].max().max()
    return rows.assign(end=rows["end"].fillna(last), sign=np.select([going, unknown], ["▸", "?"], ""))


def _lanes(ax, rows, drugs, subjects):
    """Bars and arrows; the lanes from top to bottom."""
    lane = {subject: place for place, subject in enumerate(subjects)}
    for place, drug in enumerate(drugs):
        part = rows[rows["drug"] == drug]
        y, width = part["subject_id"].map(lane), part["end"] - part["start"]
        color = style.color_of(place)
        ax.barh(y, width, left=part["start"], height=0.76, color=color, edgecolor=style.PAPER, linewidth=0.7)
    for _, row in rows[rows["sign"] != ""].iterrows():
        at = (row["end"], lane[row["subject_id"]])
        ax.annotate(row["sign"], at, (1, 0), textcoords="offset points", va="center")


def _names(ax, rows, drugs, signs, *, left):
    """Each drug beside a bar of it with nothing but paper there: before a first course, else behind a last one."""
    lane = {subject: place for place, subject in enumerate(dict.fromkeys(rows["subject_id"]))}
    ordered = rows.assign(lane=rows["subject_id"].map(lane), at=rows["start"], room=5.0).sort_values("start")
    first, last = (
        ordered.drop_duplicates("lane"),
        ordered.sort_values("end").drop_duplicates("lane", keep="last"),
    )
    beyond = last["subject_id"].map(signs).astype(float)
    last = last.assign(at=np.fmax(last["end"], beyond), room=np.where(beyond.notna(), 18.0, 5.0))
    pitch = 72 * 0.85 * ax.figure.get_figheight() / len(lane)
    used: dict[bool, list[float]] = {True: [], False: []}
    unnamed = []
    for place, drug in enumerate(drugs):
        wanted = (place + 0.5) * len(lane) / len(drugs)  # so that the names are spread over the lanes
        for bars, before in ((first, True), (last, False)) if left else ((last, False),):
            bar = _free(bars[bars["drug"] == drug], used[before], wanted, style.LINE_PT / pitch)
            if bar is not None:
                used[before].append(bar["lane"])
                _name(ax, drug, bar, style.readable(style.color_of(place)), before)
                break
        else:
            unnamed.append((drug, style.color_of(place)))
    if unnamed:
        layout.key(ax, unnamed, columns=2 if style.is_narrow() else 4)


def _sign_places(rows, ends) -> dict:
    """Where the last sign of a lane stands, by subject."""
    own = rows.loc[rows["sign"] != "", ["subject_id", "end"]].set_axis(["subject_id", "time"], axis=1)
    both = own if ends is None else pd.concat([own, ends[["subject_id", "time"]]])
    return both.groupby("subject_id")["time"].max().to_dict()


def _free(bars, used, wanted, apart):
    """The bar nearest the place wanted whose lane is so many from those that have a name."""
    free = bars[[all(abs(lane - other) >= apart for other in used) for lane in bars["lane"]]]
    return None if free.empty else free.loc[(free["lane"] - wanted).abs().idxmin()]


def _name(ax, drug, bar, color, before):
    """The name at one end of a bar, and as much more of the axis as it takes."""
    low, high = ax.get_xlim()
    room = layout.text_width(str(tr(str(drug))), style.TEXT_PT) + bar["room"] + 5
    span = room * (high - low) / (72 * 0.8 * ax.figure.get_figwidth())
    ax.set_xlim(
        min(low, bar["at"] - span) if before else low, high if before else max(high, bar["at"] + span)
    )
    side = {"ha": "right" if before else "left", "va": "center", "color": color}
    offset = (-bar["room"] if before else bar["room"], 0)
    ax.annotate(str(drug), (bar["at"], bar["lane"]), offset, textcoords="offset points", **side)


def _lane_axes(ax, subjects, time, show_subjects, unit):
    ax.set_ylim(len(subjects) - 0.4, -0.6)
    ax.set_yticks(range(len(subjects)) if show_subjects else [], subjects if show_subjects else [])
    ax.tick_params(axis="y", length=0)
    ax.set_ylabel("" if show_subjects else tr("One lane per {unit} (n = {n})", unit=unit, n=len(subjects)))
    ax.set_xlabel(tr("{time}   (▸ going on)", time=time))
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.spines["left"].set_visible(False)


def _lane_ends(ax, ends, subjects):
    """How observation ended, as signs at the ends of lanes, and what they mean under the axis."""
    if ends is None or not len(ends):
        return
    shown = ends[among(ends["subject_id"], subjects)]
    lane = {subject: place for place, subject in enumerate(subjects)}
    for row in shown.itertuples():
        at = (row.time, lane[row.subject_id])
        ax.annotate(row.sign, at, (3, 0), textcoords="offset points", va="center", weight="bold")
    key = "   ".join(f"{sign} {tr(str(label))}" for sign, label in _signs(shown))
    ax.set_xlabel("\n".join([ax.get_xlabel(), *layout.wrapped(key, style.room(420), size=style.TEXT_PT)]))


def _signs(ends):
    return list(ends[["sign", "label"]].drop_duplicates().itertuples(index=False, name=None))


def _ends_alt(ends, subjects):
    if ends is None or not len(ends):
        return ""
    shown = ends[among(ends["subject_id"], subjects)]
    counts = listed(f"{tr(str(label))} {(shown['sign'] == sign).sum()}" for sign, label in _signs(shown))
    return tr("Observation ended: {counts}.", counts=counts) if len(shown) else ""


def _ticks(ax, every):
    if every:
        from matplotlib.ticker import MultipleLocator

        ax.xaxis.set_major_locator(MultipleLocator(every))


def _swimmer_alt(rows, drugs, subjects, time, unit):
    counts = listed(f"{drug} {(rows['drug'] == drug).sum()}" for drug in drugs)
    going, unknown = int((rows["sign"] == "▸").sum()), int((rows["sign"] == "?").sum())
    extent = tr("{min_start:.3g} to {max_end:.3g}", min_start=rows["start"].min(), max_end=rows["end"].max())
    told = {
        "n": plural(len(subjects), unit),
        "extent": extent,
        "time": time,
        "counts": counts,
        "going": plural(going, "course"),
    }
    if not unknown:
        return tr(
            'Sequences of drugs in {n}, {extent} on the axis "{time}". Courses: {counts}. {going} going on.',
            **told,
        )
    return tr(
        'Sequences of drugs in {n}, {extent} on the axis "{time}". Courses: {counts}. {going} going on; '
        "{unknown} with an unknown end.",
        unknown=unknown,
        **told,
    )
