"""Survival curves, forest plots, prediction models, distributions, laboratory values."""

import numpy as np
import pandas as pd
import pytest

from analysis import figures, survival
from analysis.figures import style


def curves_of(*rows, **columns) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["time", "survival", "conf_low", "conf_high"]).assign(**columns)


def risks_of(*rows, **columns) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["time", "n_risk"]).assign(**columns)


KM = {"label": "Still on drug (%)", "time": "Months", "mark": None}


def test_survival_starts_at_one_hundred_per_cent_and_falls_in_steps():
    drawn = figures.kaplan_meier(curves_of((3, 0.8, 0.6, 0.9)), risks_of((0, 20)), **KM)
    step = drawn.figure.axes[0].lines[0]
    assert step.get_drawstyle() == "steps-post"
    assert step.get_ydata().tolist() == [100, 80]


def test_rising_curve_is_one_minus_survival_with_exchanged_limits():
    drawn = figures.kaplan_meier(curves_of((3, 0.8, 0.6, 0.9)), risks_of((0, 20)), falling=False, **KM)
    assert drawn.figure.axes[0].lines[0].get_ydata().tolist() == pytest.approx([0, 20])
    assert "20.0 % (10.0 % to 40.0 %) at 3" in drawn.alt


def test_numbers_at_risk_have_the_colour_of_their_curve_in_whatever_order(text_artists):
    curves = pd.concat([curves_of((3, 0.8, 0.6, 0.9), group="B"), curves_of((3, 0.7, 0.5, 0.8), group="A")])
    risks = pd.concat([risks_of((0, 11), group="A"), risks_of((0, 22), group="B")])
    drawn = figures.kaplan_meier(curves, risks, **KM)
    colors = {text.get_text(): text.get_color() for text in text_artists(drawn)}
    assert colors["22"] == colors["at risk, B"] == colors["B"] == style.readable(style.primary())
    assert colors["11"] == colors["at risk, A"] == colors["A"] == style.readable(style.COMPARISON)


def test_numbers_at_risk_of_other_groups_are_refused():
    curves, risks = curves_of((3, 0.8, 0.6, 0.9), group="A"), risks_of((0, 11), group="B")
    with pytest.raises(ValueError, match=r"numbers at risk of groups \['B'\] for curves of \['A'\]"):
        figures.kaplan_meier(curves, risks, **KM)


def test_curve_of_the_survival_module_is_drawn_as_it_comes():
    time, event = [1, 2, 2, 3, 5, 8], [1, 0, 1, 1, 0, 1]
    result = survival.kaplan_meier(time, event, confidence_level=0.95)
    risks = survival.numbers_at_risk(time, event, times=[0, 4, 8])
    drawn = figures.kaplan_meier(result.curve, risks, **KM)
    assert "At risk: 6 at 0, 2 at 4, 1 at 8" in drawn.alt


@pytest.mark.parametrize(
    ("n_risk", "drawn_to"),
    [([20, 5, 4], 6), ([20, 6, 5], 9), ([4, 3, 1], 9)],  # the last began with fewer than five
)
def test_a_curve_ends_where_fewer_than_five_are_at_risk(n_risk, drawn_to):
    curve = curves_of((3, 0.8, 0.6, 0.9), (6, 0.5, 0.3, 0.7), (9, 0.1, 0.0, 0.4)).assign(n_risk=n_risk)
    drawn = figures.kaplan_meier(curve, risks_of((0, 20)), **KM)
    assert drawn.figure.axes[0].lines[0].get_xdata()[-1] == drawn_to


def estimates_of(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["label", "estimate", "conf_low", "conf_high"])


def test_interval_beyond_the_axis_ends_in_an_arrow():
    frame = estimates_of(("a", 2.0, 0.1, 30.0))
    ax = figures.forest(frame, label="OR", null=1, log=True, limits=(0.2, 5), mark=None).figure.axes[0]
    assert {line.get_marker() for line in ax.lines} >= {"<", ">"}


def test_interval_within_the_axis_has_no_arrow():
    ax = figures.forest(
        estimates_of(("a", 2.0, 0.5, 4.0)), label="OR", null=1, log=True, mark=None
    ).figure.axes[0]
    assert not {line.get_marker() for line in ax.lines} & {"<", ">"}


def test_ratio_of_zero_has_no_place_on_a_logarithmic_axis():
    with pytest.raises(ValueError, match="above zero"):
        figures.forest(estimates_of(("a", 0.0, 0.0, 4.0)), label="OR", null=1, log=True, mark=None)


def test_groups_head_their_lines(texts):
    frame = estimates_of(("Age", 1.2, 0.9, 1.6), ("CRP", 0.8, 0.6, 1.1)).assign(group=["Patient", "Disease"])
    drawn = figures.forest(frame, label="OR", null=1, log=True, mark=None)
    labels = [tick.get_text() for tick in drawn.figure.axes[0].get_yticklabels()]
    assert labels == ["Patient", "Age", "Disease", "CRP"]


def test_difference_is_drawn_on_a_plain_axis():
    ax = figures.forest(
        estimates_of(("a", -2.0, -4.0, 0.5)), label="Difference", null=0, log=False, mark=None
    ).figure.axes[0]
    assert ax.get_xscale() == "linear"
    assert ax.get_xlim()[0] < -4 and ax.get_xlim()[1] > 0.5


def test_laboratory_value_of_zero_is_refused():
    frame = pd.DataFrame({"test": ["CK"], "baseline": [0.0], "worst": [1.0]})
    with pytest.raises(ValueError, match="1 laboratory value not above zero"):
        figures.lab_shift(frame, limits={"ULN": 1}, mark=None)


def test_value_at_the_limit_is_not_above_it():
    frame = pd.DataFrame({"test": ["CK"], "baseline": [1.0], "worst": [1.0]})
    assert (
        "above ULN 0 at baseline and 0 on treatment"
        in figures.lab_shift(frame, limits={"ULN": 1}, mark=None).alt
    )


def test_most_frequent_event_is_on_top():
    frame = pd.DataFrame({"term": ["Rash", "Nausea"], "n": [1, 4], "share": [0.05, 0.2]})
    ax = figures.adverse_event_dots(frame, mark=None).figure.axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["Nausea", "Rash"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_cluster_without_its_size_is_named():
    profiles = pd.DataFrame({"measure": ["CRP"], "cluster": ["A"], "value": [0.9]})
    with pytest.raises(KeyError, match="no row for cluster 'A'"):
        figures.cluster_profiles(profiles, pd.DataFrame({"cluster": ["B"], "n": [3]}), label="z", mark=None)


def test_cell_where_nothing_was_expected_stays_empty(texts):
    gaps = pd.DataFrame(
        [("CRP", "Week 0", 0, 20, 0.0), ("MRI", "Week 0", 0, 0, np.nan), ("MRI", "Week 24", 1, 20, 0.05)],
        columns=["variable", "visit", "n_missing", "n_expected", "share"],
    )
    assert "0/0" not in texts(figures.missing_pattern(gaps, mark=None))
