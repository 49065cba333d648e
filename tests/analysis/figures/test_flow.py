"""The flow diagram: every number as given, one tree, readable with many reasons."""

from contextlib import nullcontext

import pandas as pd
import pytest

from analysis import figures
from analysis.figures import style

COLUMNS = ["box", "label", "n", "parent", "reason"]
REASONS = (
    "Age below 18 or above 75 years",
    "Fewer than two b/tsDMARDs of different mode of action failed",
    "No sign of active or progressive disease",
    "Management not perceived as problematic by patient or rheumatologist",
    "Other inflammatory arthritis",
    "Active infection, including tuberculosis",
    "Pregnant or breast-feeding",
    "知情同意未签署 (consent not given)",
)


def boxes(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def many() -> pd.DataFrame:
    out = [("out", "Not eligible", n, "screened", reason) for n, reason in enumerate(REASONS, start=1)]
    return boxes(
        ("screened", "Screened", 236, None, None),
        ("out", "Not eligible", 36, "screened", None),
        *out,
        ("enrolled", "Enrolled", 200, "screened", None),
        ("m12", "Seen at month 12", 170, "enrolled", None),
    )


@pytest.fixture(params=[nullcontext, style.narrow], ids=["wide", "narrow"])
def screen(request):
    """A wide sheet or that of a phone."""
    with request.param():
        yield


@pytest.mark.usefixtures("screen")
def test_eight_reasons_stay_inside_their_box_and_nothing_overlaps(text_artists):
    drawn = figures.flow_diagram(many(), mark=None)
    areas = [text.get_window_extent() for text in text_artists(drawn)]
    frames = [
        patch.get_window_extent() for patch in drawn.figure.axes[0].patches if hasattr(patch, "get_boxstyle")
    ]
    frames = [frame for frame in frames if frame.height > 5]
    for area in areas:
        assert any(
            f.x0 <= area.x0 and area.x1 <= f.x1 and f.y0 <= area.y0 and area.y1 <= f.y1 for f in frames
        )
    assert not any(a.overlaps(b) for i, a in enumerate(areas) for b in areas[i + 1 :])
    assert not any(a.overlaps(b) for i, a in enumerate(frames) for b in frames[i + 1 :])


def test_text_is_readable_on_a_phone(text_artists):
    """A page leaves 355 of the 390 CSS pixels of a phone; text of 10 pixels is legible."""
    with style.narrow():
        drawn = figures.flow_diagram(many(), mark=None)
    pixels_per_point = 355 / (72 * drawn.figure.get_size_inches()[0])
    assert min(text.get_fontsize() for text in text_artists(drawn)) * pixels_per_point > 10


def leaving() -> pd.DataFrame:
    rows, above = [("w0", "In the study", 99, None, None)], "w0"
    for week in range(1, 9):
        out, name = f"out{week}", f"w{week}"
        rows += [(out, "Left", 3, above, None), *((out, "Left", 1, above, reason) for reason in REASONS[-3:])]
        rows, above = [*rows, (name, f"In the study at week {week}", 99 - 3 * week, above, None)], name
    return boxes(*rows)


@pytest.mark.usefixtures("screen")
def test_each_arrow_to_the_side_leaves_between_two_main_boxes_and_ends_at_its_box():
    axes = figures.flow_diagram(leaving(), mark=None).figure.axes[0]
    frames = [one.get_bbox() for one in axes.patches if hasattr(one, "get_boxstyle")]
    left = min(frame.x0 for frame in frames)
    sides = [frame for frame in frames if frame.x0 > left]
    flat = [arrow for arrow in axes.texts if arrow.get_text() == "" and arrow.xy[1] == arrow.xyann[1]]
    assert len(flat) == len(sides) == 8
    for arrow, side in zip(flat, sides, strict=True):
        assert arrow.xy[0] == side.x0 and side.y0 < arrow.xy[1] < side.y1
        assert not any(frame.y0 < arrow.xy[1] < frame.y1 for frame in frames if frame.x0 == left)


def test_on_paper_side_boxes_take_no_height_of_their_own():
    wide = figures.flow_diagram(leaving(), mark=None).figure
    with style.narrow():
        narrow = figures.flow_diagram(leaving(), mark=None).figure
    assert wide.get_figheight() < 0.75 * narrow.get_figheight()


def test_side_box_may_lack_its_total(texts):
    drawn = figures.flow_diagram(
        boxes(("a", "Screened", 9, None, None), ("x", "Out", 4, "a", "Too young"), ("b", "In", 5, "a", None)),
        mark=None,
    )
    assert "Out" in texts(drawn)
    assert "Out (Too young 4)" in drawn.alt


def test_numbers_are_drawn_as_given_even_if_they_do_not_add_up(texts):
    """A patient can fail two criteria: the reasons then sum to more than the patients."""
    drawn = figures.flow_diagram(
        boxes(
            ("a", "Screened", 9, None, None),
            ("x", "Out", 4, "a", None),
            ("x", "Out", 3, "a", "Too young"),
            ("x", "Out", 3, "a", "No consent"),
        ),
        mark=None,
    )
    assert texts(drawn).count("3") == 2
    assert "Out, n\u00a0=\u00a04" in texts(drawn)


def test_two_arms_stand_side_by_side():
    drawn = figures.flow_diagram(
        boxes(
            ("r", "Randomised", 303, None, None),
            ("a", "Auranofin", 154, "r", None),
            ("ax", "Lost", 4, "a", "Moved away"),
            ("p", "Placebo", 149, "r", None),
            ("a5", "Month 5", 150, "a", None),
        ),
        mark=None,
    )
    boxes_drawn = [patch for patch in drawn.figure.axes[0].patches if hasattr(patch, "get_boxstyle")]
    left = {(round(box.get_x()), round(box.get_y())) for box in boxes_drawn if box.get_width() > 0}
    tops = [top for _, top in left]
    assert len(tops) - len(set(tops)) == 1


@pytest.mark.parametrize(
    "rows, message",
    [
        ([("a", "A", 1, None, None), ("b", "B", 1, "z", None)], r"parents that are no box: \['z'\]"),
        (
            [("a", "A", 1, None, None), ("b", "B", 1, None, None)],
            r"one first box \(without parent\); found \['a', 'b'\]",
        ),
        ([("a", "A", 1, None, None), ("a", "A", 2, None, None)], r"boxes given twice: \['a'\]"),
    ],
    ids=["unknown parent", "two first boxes", "box twice"],
)
def test_boxes_that_make_no_tree_are_refused(rows, message):
    with pytest.raises(ValueError, match=message):
        figures.flow_diagram(boxes(*rows), mark=None)


def test_lanes_split_only_once():
    rows = [("a", "A", 9, None, None), ("b", "B", 5, "a", None), ("c", "C", 4, "a", None)]
    with pytest.raises(ValueError, match="splits into lanes once"):
        figures.flow_diagram(boxes(*rows, ("d", "D", 2, "b", None), ("e", "E", 3, "b", None)), mark=None)


def test_details_of_a_box_stand_in_it_and_in_the_words_beside_it(texts):
    rows = boxes(("a", "Enrolled", 9, None, None), ("b", "Week 12: still taking part", 8, "a", None))
    drawn = figures.flow_diagram(rows.assign(detail=[None, "CDAI known 7; not yet due 1"]), mark=None)
    assert "CDAI known 7; not yet due 1" in texts(drawn)
    assert drawn.alt.endswith("Week 12: still taking part: n = 8; CDAI known 7; not yet due 1.")
