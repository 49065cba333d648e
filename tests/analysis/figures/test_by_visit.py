"""Means, changes, rates and states by visit."""

import numpy as np
import pandas as pd
import pytest

from analysis import figures
from analysis.figures import style
from analysis.figures.layout import apart

NUMBERS = ["visit", "n", "estimate", "conf_low", "conf_high"]


def means(*rows, **columns) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NUMBERS).assign(**columns)


def points(ax) -> list[list[float]]:
    """x of the points of each series."""
    return [list(container[0].get_xdata()) for container in ax.containers]


def test_numeric_visits_stand_at_their_time():
    frame = means((0, 20, 5.0, 4, 6), (12, 20, 4.0, 3, 5), (48, 19, 3.0, 2, 4))
    ax = figures.mean_by_visit(frame, label="DAS28", time="Week", mark=None).figure.axes[0]
    assert points(ax) == [[0, 12, 48]]
    assert ax.get_xlabel() == "Week"


def test_times_that_stand_side_by_side_for_want_of_room_are_said_to_be_not_to_scale():
    frame = means((0, 20, 5.0, 4, 6), (1, 20, 4.0, 3, 5), (96, 19, 3.0, 2, 4))
    ax = figures.mean_by_visit(frame, label="DAS28", time="Week", mark=None).figure.axes[0]
    assert (points(ax), ax.get_xlabel()) == ([[0, 1, 2]], "Week (not to scale)")


def test_named_visits_stand_in_the_order_of_their_categories():
    order = pd.Categorical(["Week 12", "Baseline"], categories=["Baseline", "Week 4", "Week 12"])
    frame = means((0, 20, 5.0, 4, 6), (0, 20, 4.0, 3, 5)).assign(visit=order)
    ax = figures.mean_by_visit(frame, label="DAS28", mark=None).figure.axes[0]
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["Baseline", "Week 12"]
    assert points(ax) == [[1, 0]]


def test_interval_is_drawn_from_low_to_high():
    ax = figures.mean_by_visit(means((0, 20, 5.0, 4.0, 6.5)), label="DAS28", mark=None).figure.axes[0]
    (line,) = ax.containers[0][2][0].get_segments()
    assert line[:, 1].tolist() == [4.0, 6.5]


def test_estimate_without_interval_is_drawn_alone():
    drawn = figures.mean_by_visit(means((0, 1, 5.0, np.nan, np.nan)), label="DAS28", time="Week", mark=None)
    assert drawn.alt.endswith("DAS28: Week 0 5.0, n = 1.")


def test_visit_without_estimate_is_left_out(texts):
    frame = means((0, 20, 5.0, 4, 6), (48, 0, np.nan, np.nan, np.nan))
    assert "48" not in texts(figures.mean_by_visit(frame, label="DAS28", mark=None))


def test_groups_are_named_at_their_lines_and_have_their_own_counts(texts):
    frame = pd.concat(
        [
            means((0, 20, 5.0, 4, 6), (24, 18, 4.0, 3, 5), group="A"),
            means((0, 21, 5.1, 4, 6), (24, 9, 4.0, 3, 5), group="B"),
        ]
    )
    shown = texts(figures.mean_by_visit(frame, label="DAS28", mark=None))
    assert {"A", "B", "n, A", "n, B", "18", "9"} <= set(shown)


def test_each_variable_has_its_panel_and_label(texts):
    frame = pd.concat(
        [means((0, 20, 5.0, 4, 6), variable="cdai"), means((0, 20, 1.0, 0, 2), variable="haq_di")]
    )
    drawn = figures.mean_by_visit(frame, label={"cdai": "CDAI (0-76)", "haq_di": "HAQ-DI (0-3)"}, mark=None)
    assert {"CDAI (0-76)", "HAQ-DI (0-3)"} <= set(texts(drawn))
    assert len(drawn.figure.axes) == 2


def test_variable_without_a_label_is_named():
    frame = means((0, 20, 5.0, 4, 6), variable="cdai")
    with pytest.raises(KeyError, match="nothing is given for the variable 'cdai'"):
        figures.mean_by_visit(frame, label={"sdai": "SDAI"}, mark=None)


def test_rates_are_fractions_not_per_cent():
    with pytest.raises(ValueError, match="estimate: 1 values outside 0 to 1; give shares as fractions"):
        figures.response_by_visit(means((12, 20, 45.0, 0.2, 0.7)), mark=None)


def test_rate_is_drawn_on_a_scale_from_0_to_100():
    ax = figures.response_by_visit(means((12, 20, 0.45, 0.2, 0.7)), mark=None).figure.axes[0]
    assert ax.get_ylim() == (0, 100)
    assert ax.containers[0][0].get_ydata().tolist() == [45]


def test_long_series_are_told_by_their_ends():
    frame = means(*[(week, 20, 5.0, 4, 6) for week in range(0, 56, 4)])
    alt = figures.mean_by_visit(frame, label="DAS28", time="Week", mark=None).alt
    assert "Week 0" in alt and "Week 52" in alt and "Week 24" not in alt


def states(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["visit", "state", "n", "share"])


def test_best_state_is_at_the_bottom_and_bars_reach_one_hundred():
    frame = states(("Week 0", "high", 15, 0.75), ("Week 0", "remission", 5, 0.25))
    ax = figures.state_bars(frame, mark=None).figure.axes[0]
    spans = [(bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches]
    assert spans == [(0, 25), (25, 100)]


def test_state_keeps_its_colour_wherever_it_is_absent():
    from matplotlib.colors import to_hex

    frame = states(("Week 0", "high", 20, 1.0))
    (bar,) = figures.state_bars(frame, mark=None).figure.axes[0].patches
    assert to_hex(bar.get_facecolor()) == style.DISEASE_STATES["high"]


def test_unknown_state_is_named():
    with pytest.raises(
        ValueError, match=r"unknown states \['severe'\]; expected remission, low, moderate, high"
    ):
        figures.state_bars(states(("Week 0", "severe", 1, 1.0)), mark=None)


def test_number_under_a_bar_is_the_sum_of_its_states(texts):
    frame = states(("Week 0", "high", 13, 0.65), ("Week 0", "low", 6, 0.3), ("Week 0", "missing", 1, 0.05))
    assert "20" in texts(figures.state_bars(frame, mark=None))


def test_names_at_the_ends_are_moved_apart_and_stay_inside():
    moved = apart([1.0, 1.0, 1.1], gap=1, low=0, high=3)
    assert np.diff(moved).min() == pytest.approx(1)
    assert moved[0] >= 0 and moved[-1] <= 3


def test_names_far_apart_stay_where_they_are():
    assert apart([1.0, 5.0], gap=1, low=0, high=6) == [1.0, 5.0]


def test_lines_at_limits_are_named_in_the_figure_and_in_words():
    means = pd.DataFrame({"visit": [0, 12], "n": [9, 9], "estimate": [25.0, 15.0], "conf_low": [20.0, 10.0],
                          "conf_high": [30.0, 20.0], "variable": "cdai"})  # fmt: skip
    drawn = figures.mean_by_visit(
        means, label={"cdai": "CDAI"}, time="Week", lines={"cdai": {"low": 10, "moderate": 22}}, mark=None
    )
    shown = [text.get_text() for text in drawn.figure.axes[0].texts]
    assert "low 10" in shown and "moderate 22" in shown
    assert drawn.alt.endswith("Dashed lines: CDAI: low 10; moderate 22.")
