"""Flow of the patients through the study, as STROBE and CONSORT ask for it."""

from dataclasses import dataclass, field

import pandas as pd

from analysis.figures import layout, style
from analysis.figures.drawn import Drawn, no_data, of_summaries
from analysis.figures.frames import in_order, need
from analysis.figures.wording import count, listed
from analysis.language import semicolons, stops, tr

SIZE = 10.0  # points; the diagram is narrow, so that this is readable on a phone
LINE = 13.0
PAD = 6.0
GAP = 16.0
MAIN, SIDE_LEFT = 0.62, 0.24  # shares of a narrow sheet: width of main boxes, and where side boxes begin
BESIDE = 0.44, 0.47  # of a wide one, where side boxes stand beside the main ones
COUNT_ROOM = 26.0  # points for the counts before the reasons
STEM = 24.0  # points from a box's left edge to the arrow below it


@dataclass(frozen=True, slots=True)
class _Box:
    """A box as it will be drawn: heading lines, lines of (count, text) below, and plain lines."""

    name: object
    parent: object
    heading: list[str]
    entries: list[tuple[str, str]]
    side: bool
    details: list[str] = field(default_factory=list)

    @property
    def height(self) -> float:
        return 2 * PAD + LINE * (len(self.heading) + len(self.entries) + len(self.details))


@of_summaries
def flow_diagram(boxes: pd.DataFrame, *, mark: str | None) -> Drawn:
    """Flow diagram: main boxes from top to bottom, boxes with reasons at their side.

    Parameters
    ----------
    boxes : DataFrame
        ``box`` (id), ``label``, ``n``, ``parent`` (id of the box above; missing for the first) and ``reason``.
        A row without `reason` is a box; a row with one is a line inside the box of that id, which then stands at
        the side, below its parent. A side box may lack its total row. Every number is drawn as given. A main box
        with several main boxes below it splits the diagram into lanes. ``detail``, where there is one, stands below
        the label of a main box.
    mark : str or None
        State of the report, as in `style.sheet`.

    Raises
    ------
    ValueError
        A parent that is no box, no or several first boxes, or a box given twice.

    Examples
    --------
    >>> boxes = pd.DataFrame(
    ...     [
    ...         ("screened", "Screened", 26, None, None),
    ...         ("out", "Not eligible", 6, "screened", None),
    ...         ("out", "Not eligible", 4, "screened", "No active disease"),
    ...         ("out", "Not eligible", 2, "screened", "Consent not given"),
    ...         ("treated", "Treated", 20, "screened", None),
    ...     ],
    ...     columns=["box", "label", "n", "parent", "reason"],
    ... )
    >>> flow_diagram(boxes, mark=None).alt
    'Flow of patients. Screened: n = 26. Not eligible: n = 6 (No active disease 4; Consent not given 2).
    Treated: n = 20.'
    """
    rows = need(boxes, ["box", "label", "n", "parent", "reason"])
    if rows.empty:
        return no_data(tr("flow of patients"), mark=mark)
    _check(rows)
    lanes = _lanes(rows)
    width = style.NARROW if style.is_narrow() else style.WIDTH
    return Drawn(_draw(rows, lanes, width, mark), _alt(rows))


def _check(rows) -> None:
    """The boxes make one tree."""
    totals = rows[rows["reason"].isna()]
    if twice := totals.loc[totals["box"].duplicated(), "box"].tolist():
        raise ValueError(f"boxes given twice: {twice}; a further row of a box needs a reason")
    if strangers := sorted(set(rows["parent"].dropna()) - set(rows["box"])):
        raise ValueError(f"parents that are no box: {strangers}")
    first = totals.loc[totals["parent"].isna(), "box"].tolist()
    if len(first) != 1:
        raise ValueError(f"a flow diagram has one first box (without parent); found {first}")


def _side_boxes(rows) -> set:
    return set(rows.loc[rows["reason"].notna(), "box"])


def _lanes(rows) -> list[list]:
    """Main boxes of the trunk, followed by a list per lane where the trunk splits."""
    main = rows[rows["reason"].isna() & ~rows["box"].isin(_side_boxes(rows))]
    below = {name: part["box"].tolist() for name, part in main.groupby("parent", sort=False)}
    trunk = _chain(main.loc[main["parent"].isna(), "box"].iloc[0], below)
    branches = below.get(trunk[-1], [])
    lanes = [trunk, *(_chain(name, below) for name in branches)]
    if any(len(below.get(lane[-1], [])) > 1 for lane in lanes[1:]):
        raise ValueError("a flow diagram splits into lanes once; draw one diagram per lane")
    return lanes


def _chain(name, below: dict) -> list:
    """A box and those under it, up to a split."""
    chain = [name]
    while len(below.get(chain[-1], [])) == 1:
        chain.append(below[chain[-1]][0])
    return chain


def _draw(rows, lanes, width, mark):
    """Lay out trunk and lanes from the top, then size the sheet to them."""
    total = 72 * width - 7.2
    lane_width = total if len(lanes) == 1 else (total - GAP * (len(lanes) - 2)) / (len(lanes) - 1)
    trunk, bottom = _place(rows, lanes[0], left=0, width=total, top=0, inline=False)
    placed, floor = [trunk], bottom
    for number, lane in enumerate(lanes[1:]):
        left = number * (lane_width + GAP)
        boxes, end = _place(rows, lane, left=left, width=lane_width, top=bottom + 1.6 * GAP, inline=True)
        placed.append(boxes)
        floor = max(floor, end)
    with style.sheet(width=width, height=(floor + 8) / 72, mark=mark) as figure:
        figure.set_layout_engine("none")
        ax = figure.add_axes((0, 0, 1, 1))
        ax.set_axis_off()
        ax.set_xlim(-3.6, total + 3.6)
        ax.set_ylim(floor + 4, -4)
        for boxes in placed:
            _paint(ax, boxes)
        _join_lanes(ax, placed)
    return figure


def _place(rows, lane, *, left, width, top, inline):
    """Position of every box of a lane: (box, left, top, width, height of its arrow), and where the lane ends."""
    beside = not inline and not style.is_narrow()
    main, start = (1, (STEM + 16) / width) if inline else BESIDE if beside else (MAIN, SIDE_LEFT)
    placed, y, floor = [], top, top
    for name in lane:
        box = _main(rows, name, width * main)
        y += GAP if placed else 0
        placed.append((box, left, y, width * main, y))
        y += box.height
        for side in _sides(rows, name):
            box = _side(rows, side, width * (1 - start))
            edge, at, y = _aside(box, y, floor) if beside else _below(box, y)
            floor = edge + box.height + 0.5 * GAP
            placed.append((box, left + width * start, edge, width * (1 - start), at))
    return placed, max(y, floor - 0.5 * GAP)


def _below(box, y) -> tuple[float, float, float]:
    """Top of a side box under its main box, height of its arrow, and where the lane goes on."""
    edge = y + 0.7 * GAP
    return edge, edge + box.height / 2, edge + box.height


def _aside(box, y, floor) -> tuple[float, float, float]:
    """The same beside the main boxes: about the arrow, and below the side box before it."""
    at = max(y + 0.7 * GAP, floor + PAD + LINE / 2)
    return max(floor, at - box.height / 2), at, at


def _main(rows, name, width) -> _Box:
    row = rows[(rows["box"] == name) & rows["reason"].isna()].iloc[0]
    detail = row.get("detail")
    details = layout.wrapped(str(detail), width - 2 * PAD, size=SIZE) if pd.notna(detail) else []
    return _Box(name, row["parent"], _heading(row["label"], row["n"], width), [], side=False, details=details)


def _sides(rows, parent) -> list:
    """Side boxes that hang on a box."""
    hanging = rows[(rows["parent"] == parent) & rows["box"].isin(_side_boxes(rows))]
    return in_order(hanging["box"].astype(object))


def _side(rows, name, width) -> _Box:
    part = rows[rows["box"] == name]
    total = part.loc[part["reason"].isna(), "n"]
    heading = _heading(part["label"].iloc[0], total.iloc[0] if len(total) else None, width)
    entries = []
    for _, row in part[part["reason"].notna()].iterrows():
        lines = layout.wrapped(tr(str(row["reason"])), width - 2 * PAD - COUNT_ROOM, size=SIZE)
        entries += [(count(row["n"]), lines[0]), *(("", line) for line in lines[1:])]
    return _Box(name, part["parent"].iloc[0], heading, entries, side=True)


def _heading(label, n, width) -> list[str]:
    """Label and count, on one line where they fit."""
    text = str(label) if n is None else f"{label}, n\u00a0=\u00a0{count(n)}"
    return layout.wrapped(text, width - 2 * PAD, size=SIZE, weight="bold")


def _paint(ax, placed) -> None:
    """Boxes with their text, and arrows from each main box to what hangs on it."""
    above = None
    for box, left, top, width, at in placed:
        _frame(ax, box, left, top, width)
        if above is not None:
            stem = above[1] + STEM
            if box.side:
                _arrow(ax, (stem, at), (left, at))
            else:
                _arrow(ax, (stem, above[2] + above[0].height), (stem, top))
        if not box.side:
            above = (box, left, top)


def _frame(ax, box, left, top, width) -> None:
    """One box: outline, bold heading, counts right-aligned before their reasons."""
    from matplotlib.patches import FancyBboxPatch

    ax.add_patch(
        FancyBboxPatch(
            (left, top),
            width,
            box.height,
            boxstyle="round,pad=0,rounding_size=3",
            facecolor="#f6f7f8" if box.side else "#e8f1f5",
            edgecolor=style.SOFT if box.side else style.primary(),
            linewidth=1,
            zorder=2,
        )
    )
    y = top + PAD + LINE / 2
    for line in box.heading:
        ax.text(left + PAD, y, line, size=SIZE, weight="bold", va="center_baseline", zorder=3)
        y += LINE
    for line in box.details:
        ax.text(left + PAD, y, line, size=SIZE, va="center_baseline", zorder=3)
        y += LINE
    for number, line in box.entries:
        ax.text(left + PAD + COUNT_ROOM - 7, y, number, size=SIZE, va="center_baseline", ha="right", zorder=3)
        ax.text(left + PAD + COUNT_ROOM, y, line, size=SIZE, va="center_baseline", zorder=3)
        y += LINE


def _arrow(ax, start, end) -> None:
    ax.annotate(
        "",
        end,
        start,
        arrowprops={"arrowstyle": "-|>", "color": style.SOFT, "shrinkA": 0, "shrinkB": 0, "linewidth": 1.2},
    )


def _join_lanes(ax, placed) -> None:
    """Lines from the end of the trunk to the head of each lane."""
    if len(placed) == 1:
        return
    last = next(entry for entry in reversed(placed[0]) if not entry[0].side)
    bottom = max(top + box.height for box, _, top, *_ in placed[0])
    stem, middle = last[1] + STEM, bottom + 0.8 * GAP
    heads = [(lane[0][1] + STEM, lane[0][2]) for lane in placed[1:]]
    line = {"color": style.SOFT, "linewidth": 1.2, "zorder": 1}
    ax.plot([stem, stem], [last[2] + last[0].height, middle], **line)
    ax.plot([min(stem, *(x for x, _ in heads)), max(x for x, _ in heads)], [middle, middle], **line)
    for x, top in heads:
        _arrow(ax, (x, middle), (x, top))


def _alt(rows) -> str:
    """Every box in the order given, with its reasons."""
    sentences = []
    for name in dict.fromkeys(rows["box"]):
        part = rows[rows["box"] == name]
        total, reasons = part[part["reason"].isna()], part[part["reason"].notna()]
        text = str(part["label"].iloc[0])
        if len(total):
            text = tr("{label}: n = {n}", label=text, n=count(total["n"].iloc[0]))
        if len(reasons):
            said = listed(f"{tr(str(row.reason))} {count(row.n)}" for row in reasons.itertuples())
            text = tr("{label} ({reasons})", label=text, reasons=said)
        details = total["detail"].dropna().astype(str) if "detail" in total else []
        sentences.append(semicolons([text, *details]))
    return tr("Flow of patients. {sentences}.", sentences=stops(sentences))
