"""Total Improvement Score and IMACS improvement: the worked patients T1 to T10, bands, thresholds, missing data."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis import scoring

NAN = math.nan
COLUMNS = list(scoring.CORE_SET_COLUMNS)
POINTS = [f"points_{m}" for m in ("phga", "ptga", "mmt8", "haq_di", "enzyme", "extramuscular")]


def visit(phga, ptga, mmt, haq, enzyme, extramuscular, *, name="CK", uln=200.0):
    """One patient's core set as a row; globals in cm as in the worked cases."""
    return [phga * 10, ptga * 10, mmt, haq, name, enzyme, uln, extramuscular * 10]


def frame(*rows):
    return pd.DataFrame(rows, columns=COLUMNS)


LDH = {"name": "LDH", "uln": 250.0}
# id: baseline, follow-up, per cent of range, points, TIS, category, DOI, number improved by 20 %
CASES = {
    "T1": (visit(5, 5, 120, 1.5, 1200, 3), visit(5, 5, 120, 1.5, 1200, 3),
           [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 0, "none", False, 0),
    "T2": (visit(6.0, 6.5, 118, 1.625, 2400, 4.0), visit(3.5, 4.5, 130, 1.0, 600, 2.5),
           [25, 20, 8, 20.833, 60, 15], [15, 5, 10, 7.5, 7.5, 7.5], 52.5, "moderate", True, 5),
    "T3": (visit(8, 8, 90, 2.25, 6000, 6), visit(2, 2.5, 140, 0.5, 180, 1),
           [60, 55, 33.333, 58.333, 194, 50], [20, 10, 32.5, 10, 7.5, 20], 100, "major", True, 6),
    "T4": (visit(5, 5, 120, 1.5, 1200, 3), visit(4.5, 4.5, 123, 1.35, 1050, 2.5),
           [5, 5, 2, 5, 5, 5], [0, 0, 0, 0, 0, 0], 0, "none", False, 0),
    "T5": (visit(5, 5, 120, 1.5, 1200, 3), visit(4.4, 4.4, 124, 1.25, 1040, 2.4),
           [6, 6, 2.667, 8.333, 5.333, 6], [7.5, 2.5, 10, 5, 2.5, 7.5], 35, "minimal", False, 1),
    "T6": (visit(4, 4, 135, 1.0, 300, 2), visit(2, 6, 130, 1.5, 900, 1),
           [20, -20, -3.333, -16.667, -20, 10], [15, 0, 0, 0, 0, 7.5], 22.5, "minimal", False, 2),
    "T7": (visit(6, 6, 150, 0, 100, 6), visit(0, 0, 150, 0, 80, 0),  # amyopathic
           [60, 60, 0, 0, 0.667, 60], [20, 10, 0, 0, 0, 20], 50, "moderate", True, 3),
    "T8": (visit(5, 5, 130, 1.0, 500, 3, **LDH), visit(3.5, 4, 138, 0.75, 250, 2, **LDH),
           [15, 10, 5.333, 8.333, 33.333, 10], [7.5, 2.5, 10, 5, 7.5, 7.5], 40, "moderate", True, 5),
    "T9": (visit(5, 5, 120, 1.5, 1200, 3), visit(3.6, 4.6, 126, 1.5, 900, 3),
           [14, 4, 4, 0, 10, 0], [7.5, 0, 10, 0, 2.5, 0], 20, "minimal", False, 2),
    "T10": (visit(1.1, 5, 120, 1.5, 1200, 3), visit(0.6, 5, 120, 1.5, 1200, 3),  # 5.000000000000001 in binary
            [5, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0], 0, "none", False, 1),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_worked_patients(case):
    before, after, percent, points, tis, category, improved, n_improved = case
    score = scoring.total_improvement_score(frame(before), frame(after)).iloc[0]
    assert [score[p.replace("points", "percent")] for p in POINTS] == pytest.approx(percent, abs=5e-4)
    assert score[POINTS].tolist() == points
    assert (score["tis"], score["tis_category"]) == (tis, category)
    assert scoring.imacs_improvement(frame(before), frame(after)).tolist() == [improved]
    assert scoring.imacs_changes(frame(before), frame(after))["n_improved"].iloc[0] == n_improved


def test_t6_gets_worse_in_three_measures():
    before, after = (frame(v) for v in CASES["T6"][:2])
    changes = scoring.imacs_changes(before, after).iloc[0]
    assert changes["n_worse"] == 3  # PtGA, HAQ, enzyme
    assert not changes["mmt8_worse"]


def test_amyopathic_patients_cannot_pass_fifty():
    before, after = (frame(v) for v in CASES["T7"][:2])
    assert scoring.total_improvement_score(before, after)["tis_max_attainable"].item() == 50
    assert scoring.imacs_changes(before, after)["n_improved"].item() == 3
    assert scoring.imacs_changes(before, after, require_enzyme_abnormal=False)["n_improved"].item() == 4


def test_the_attained_score_is_never_above_the_attainable_one():
    # amyopathic, LDH 0.9 of its limit falling to 0.3: 20 % of the range earn 5 points within the normal range
    before, after = frame(visit(6, 6, 150, 0, 225, 6, **LDH)), frame(visit(0, 0, 150, 0, 75, 0, **LDH))
    found = scoring.total_improvement_score(before, after)
    assert (found["tis"].item(), found["tis_max_attainable"].item()) == (55, 57.5)


def test_a_normal_enzyme_leaves_nothing_to_gain_where_so_chosen():
    before = frame(visit(6, 6, 150, 0, 250, 6, **LDH))  # exactly the upper limit: normal
    above = frame(visit(6, 6, 150, 0, 250.1, 6, **LDH))
    maximum = [
        scoring.total_improvement_score(b, b, normal_enzyme_can_improve=choice)["tis_max_attainable"].item()
        for b, choice in ((before, False), (before, True), (above, False))
    ]
    assert maximum == [50, 57.5, 57.5]
    flagged = [
        scoring.total_improvement_score(b, b)["enzyme_normal_at_baseline"].item() for b in (before, above)
    ]
    assert flagged == [True, False]


BANDS = [(5, 0), (5.01, 1), (15, 1), (15.01, 2), (25, 2), (25.01, 3), (40, 3), (40.01, 4)]
TABLE = {
    "phga": (0, 7.5, 15, 17.5, 20),
    "ptga": (0, 2.5, 5, 7.5, 10),
    "haq_di": (0, 5, 7.5, 7.5, 10),
    "enzyme": (0, 2.5, 5, 7.5, 7.5),
    "extramuscular": (0, 7.5, 12.5, 15, 20),
}
COLUMN_OF = {"phga": "phga_mm", "ptga": "ptga_mm", "haq_di": "haq_di", "extramuscular": "extramuscular_mm"}


@pytest.mark.parametrize(("percent", "band"), BANDS)
@pytest.mark.parametrize("measure", TABLE)
def test_every_band_at_its_limit_and_above(measure, percent, band):
    before = frame(visit(9, 9, 50, 3, 200 * 15, 9))
    if measure == "enzyme":
        after = before.assign(enzyme_u_l=200 * 15 * (1 - percent / 100))
    else:
        column, span = COLUMN_OF[measure], 3 if measure == "haq_di" else 100
        after = before.assign(**{column: before[column] - span * percent / 100})
    score = scoring.total_improvement_score(before, after)
    assert score[f"points_{measure}"].item() == TABLE[measure][band]
    assert score["tis"].item() == TABLE[measure][band]


@pytest.mark.parametrize("maximum", [80, 150])
@pytest.mark.parametrize(
    ("percent", "points"),
    [(-10, 0), (2, 0), (2.01, 10), (10, 10), (10.01, 20), (20, 20), (20.01, 27.5), (30, 27.5), (30.01, 32.5)],
)
def test_every_band_of_muscle_strength(percent, points, maximum):
    before = frame(visit(5, 5, 40, 1, 500, 5))
    after = before.assign(mmt8=40 + maximum * percent / 100)
    assert scoring.total_improvement_score(before, after, mmt_max=maximum)["points_mmt8"].item() == points


@pytest.mark.parametrize(
    ("baseline", "followup", "points"), [(1.1, 0.6, 0), (2.2, 0.7, 7.5), (8.3, 4.3, 17.5)]
)  # 5, 15 and 40 % exactly, above their band in binary
def test_binary_noise_does_not_lift_a_measure_over_its_band(baseline, followup, points):
    before, after = frame(visit(baseline, 5, 120, 1, 500, 5)), frame(visit(followup, 5, 120, 1, 500, 5))
    assert scoring.total_improvement_score(before, after)["points_phga"].item() == points


# Improvements of the whole score at its limits: adult 20, 40, 60, juvenile 30, 45, 70.
@pytest.mark.parametrize(
    ("phga", "mmt", "haq", "extramuscular", "tis", "adult", "juvenile"),
    [
        (6, 4, 0.0, 0, 17.5, "none", "none"),
        (16, 0, 0.18, 0, 20, "minimal", "none"),
        (0, 20, 0.18, 0, 25, "minimal", "none"),
        (16, 0, 0.0, 26, 30, "minimal", "minimal"),
        (26, 20, 0.0, 0, 37.5, "minimal", "minimal"),
        (16, 20, 0.18, 0, 40, "moderate", "minimal"),
        (16, 20, 0.0, 6, 42.5, "moderate", "minimal"),
        (16, 20, 1.3, 0, 45, "moderate", "moderate"),
        (26, 20, 0.0, 41, 57.5, "moderate", "moderate"),
        (41, 20, 0.0, 41, 60, "major", "moderate"),
        (41, 31, 0.0, 26, 62.5, "major", "moderate"),
        (41, 31, 0.18, 26, 67.5, "major", "moderate"),
        (41, 31, 0.5, 26, 70, "major", "major"),
    ],
)
def test_categories_at_and_below_their_limits(phga, mmt, haq, extramuscular, tis, adult, juvenile):
    before = frame(visit(9, 9, 90, 2, 500, 9))
    after = before.assign(
        phga_mm=90 - phga, mmt8=90 + mmt, haq_di=2 - haq, extramuscular_mm=90 - extramuscular
    )
    score = scoring.total_improvement_score(before, after)
    assert (score["tis"].item(), score["tis_category"].item()) == (tis, adult)
    young = scoring.total_improvement_score(before, after, thresholds="juvenile")
    assert young["tis_category"].item() == juvenile


def test_a_missing_measure_leaves_no_total_but_a_lower_bound():
    before = frame(visit(6.0, 6.5, 118, 1.625, 2400, 4.0))
    after = frame(visit(3.5, 4.5, NAN, 1.0, 600, 2.5))
    score = scoring.total_improvement_score(before, after).iloc[0]
    assert math.isnan(score["points_mmt8"]) and math.isnan(score["tis"]) and pd.isna(score["tis_category"])
    assert score["tis_min"] == 42.5


def test_enzyme_without_its_limit_or_name_is_missing():
    before = frame(visit(6, 6, 118, 1.5, 2400, 4), visit(6, 6, 118, 1.5, 2400, 4, uln=NAN))
    after = frame(visit(3, 6, 118, 1.5, 600, 4, name=None), visit(3, 6, 118, 1.5, 600, 4))
    assert scoring.total_improvement_score(before, after)["points_enzyme"].isna().all()


def test_enzyme_names_in_any_case_and_a_changed_upper_limit():
    before = frame(visit(5, 5, 120, 1.5, 1200, 3, name="ck"))
    after = frame(visit(5, 5, 120, 1.5, 1200, 3, name=" CK ", uln=400.0))  # 6 x to 3 x ULN: 20 % of 15
    assert scoring.total_improvement_score(before, after)["percent_enzyme"].item() == pytest.approx(20)


def test_another_enzyme_at_followup_is_refused_unless_each_visit_is_asked_for():
    before = frame(visit(5, 5, 120, 1.5, 1200, 3))
    after = frame(visit(5, 5, 120, 1.5, 250, 3, **LDH))
    for function in (scoring.total_improvement_score, scoring.imacs_improvement):
        with pytest.raises(ValueError, match="another enzyme at follow-up"):
            function(before, after)
    score = scoring.total_improvement_score(before, after, enzyme_rule="each_visit")
    assert score["percent_enzyme"].item() == pytest.approx((6 / 15 - 1 / 3) * 100)


def test_enzyme_range_is_a_parameter():
    before, after = frame(visit(5, 5, 120, 1.5, 1200, 3)), frame(visit(5, 5, 120, 1.5, 600, 3))
    wider = dict(scoring.ENZYME_RANGE_XULN) | {"CK": 30.0}
    default = scoring.total_improvement_score(before, after)
    widened = scoring.total_improvement_score(before, after, enzyme_range_xuln=wider)
    assert default["percent_enzyme"].item() == pytest.approx(20)
    assert widened["percent_enzyme"].item() == pytest.approx(10)
    with pytest.raises(ValueError, match="positive range for LDH"):
        scoring.total_improvement_score(before, after, enzyme_range_xuln=wider | {"LDH": 0})
    with pytest.raises(ValueError, match="unknown muscle enzyme 'GGT'"):
        scoring.total_improvement_score(before, after, enzyme_range_xuln=wider | {"GGT": 3})


def test_rows_are_paired_by_label_and_must_be_the_same():
    before = frame(CASES["T2"][0], CASES["T5"][0]).set_index(pd.Index(["P2", "P5"]))
    after = frame(CASES["T5"][1], CASES["T2"][1]).set_index(pd.Index(["P5", "P2"]))
    assert scoring.total_improvement_score(before, after)["tis"].to_dict() == {"P2": 52.5, "P5": 35}
    with pytest.raises(ValueError, match="do not hold the same patients"):
        scoring.total_improvement_score(before, after.rename(index={"P5": "P6"}))
    with pytest.raises(KeyError, match="enzyme_uln"):
        scoring.total_improvement_score(before, after.drop(columns="enzyme_uln"))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("phga_mm", 101),
        ("mmt8", 151),
        ("haq_di", 3.1),
        ("enzyme_u_l", -1),
        ("enzyme_uln", 0),
        ("ptga_mm", -1),
    ],
)
def test_values_out_of_range_are_refused(column, value):
    before = frame(visit(5, 5, 120, 1.5, 1200, 3))
    with pytest.raises(ValueError, match=rf"{column}: 1 value\(s\) outside"):
        scoring.total_improvement_score(before, before.assign(**{column: float(value)}))


def test_unknown_settings_are_refused():
    before = frame(visit(5, 5, 70, 1.5, 1200, 3))
    with pytest.raises(ValueError, match="mmt_max is 80"):
        scoring.total_improvement_score(before, before, mmt_max=100)
    with pytest.raises(ValueError, match="set of thresholds"):
        scoring.total_improvement_score(before, before, thresholds="child")
    with pytest.raises(ValueError, match="enzyme_rule"):
        scoring.total_improvement_score(before, before, enzyme_rule="any")
    with pytest.raises(ValueError, match="unknown muscle enzyme"):
        scoring.total_improvement_score(before.assign(enzyme_name="GGT"), before.assign(enzyme_name="GGT"))


def improved(before, after, **settings):
    return scoring.imacs_improvement(frame(before), frame(after), **settings).iloc[0]


BASE = visit(5, 5, 100, 2.0, 2000, 5)


def test_three_improvements_of_exactly_twenty_per_cent_suffice():
    assert improved(BASE, visit(4, 4, 120, 2.0, 2000, 5))
    assert not improved(BASE, visit(4, 4, 119.9, 2.0, 2000, 5))
    assert not improved(BASE, visit(4, 4, 100, 2.0, 2000, 5))


def test_two_may_be_worse_but_not_three_and_never_strength():
    assert improved(BASE, visit(4, 4, 120, 2.5, 2500, 5))
    assert not improved(BASE, visit(4, 4, 120, 2.5, 2500, 6.25))
    assert improved(BASE, visit(4, 4, 120, 2.5, 2500, 6.2))
    assert not improved(BASE, visit(4, 4, 75, 1.6, 2000, 5))
    assert improved(BASE, visit(4, 4, 75.1, 1.6, 2000, 5))


def test_worse_by_exactly_a_quarter_is_a_parameter():
    exactly = visit(4, 4, 120, 2.5, 2500, 6.25)
    assert not improved(BASE, exactly)
    assert improved(BASE, exactly, worse_ge=False)
    assert not improved(BASE, visit(4, 4, 120, 2.51, 2501, 6.3), worse_ge=False)


def test_from_zero_there_is_no_improvement_and_any_increase_is_worse():
    start = visit(0, 0, 100, 0, 2000, 5)
    changes = scoring.imacs_changes(frame(start), frame(visit(0, 0.1, 120, 0.125, 1600, 4))).iloc[0]
    assert (changes["n_improved"], changes["n_worse"]) == (3, 2)
    assert not improved(start, visit(0.1, 0.1, 120, 0.125, 1600, 4))
    assert (
        scoring.imacs_changes(frame(visit(5, 5, 0, 2, 2000, 5)), frame(BASE))["relative_mmt8"].item()
        == np.inf
    )


@pytest.mark.parametrize(
    ("followup", "answer"),
    [
        (visit(4, 4, 120, 2.0, 2000, NAN), True),  # three improved, at most one worse
        (visit(4, 4, NAN, 1.6, 2000, 5), pd.NA),  # strength might be worse
        (visit(4, 4, 100, 2.0, 2000, NAN), pd.NA),  # the third might be improved
        (visit(4, 5, 100, 2.0, 2000, NAN), False),  # at most two improved
        (visit(4, 4, 120, 2.5, NAN, NAN), pd.NA),  # might be three worse
        (visit(4, 4, 75, 1.6, NAN, NAN), False),  # strength is worse
        (visit(NAN, NAN, NAN, NAN, NAN, NAN), pd.NA),
    ],
)
def test_missing_measures_leave_the_answer_open_only_where_they_matter(followup, answer):
    found = improved(BASE, followup)
    assert found is answer or bool(found) == answer


def test_a_normal_enzyme_at_baseline_does_not_count_as_improved():
    before, after = visit(5, 5, 100, 2, 200, 5), visit(4, 4, 100, 2, 100, 5)
    assert not improved(before, after)
    assert improved(before, after, require_enzyme_abnormal=False)
    assert improved(visit(5, 5, 100, 2, 201, 5), visit(4, 4, 100, 2, 100, 5))
