"""CTCAE grades of laboratory values: both sides of each limit of reference C.2; shift tables."""

import numpy as np
import pandas as pd
import pytest

from analysis import safety

NA = np.nan
# analyte | value | lln | uln | baseline (None: not used) | grade | why
GRADES = [
    ("ALT", 40, NA, 40, None, 0),  # at the upper limit
    ("ALT", 40.1, NA, 40, None, 1),
    ("ALT", 120, NA, 40, None, 1),  # exactly 3.0 times
    ("ALT", 121, NA, 40, None, 2),  # 3.025 times
    ("ALT", 200, NA, 40, None, 2),
    ("ALT", 200.1, NA, 40, None, 3),
    ("ALT", 800, NA, 40, None, 3),
    ("ALT", 800.1, NA, 40, None, 4),
    ("ALT", 0.3, NA, 0.1, None, 1),  # 3 * 0.1 is 0.30000000000000004 in binary
    ("AST", 119, NA, 40, 80, 0),  # raised baseline, below 1.5 times of it
    ("AST", 120, NA, 40, 80, 1),  # exactly 1.5 times
    ("AST", 240, NA, 40, 80, 1),
    ("AST", 241, NA, 40, 80, 2),
    ("AST", 400.1, NA, 40, 80, 3),
    ("AST", 1601, NA, 40, 80, 4),
    ("AST", 121, NA, 40, 40, 2),  # baseline at the limit is normal
    ("AST", 121, NA, 40, NA, NA),  # baseline asked for and missing
    ("CK", 500, NA, 200, None, 1),  # exactly 2.5 times
    ("CK", 501, NA, 200, None, 2),
    ("CK", 1001, NA, 200, None, 3),
    ("CK", 2001, NA, 200, None, 4),
    ("CK", 2001, NA, 200, 1900, 4),  # no rule for a raised baseline
    ("CREA", 100, NA, 100, None, 0),
    ("CREA", 150, NA, 100, None, 1),
    ("CREA", 151, NA, 100, None, 2),
    ("CREA", 300, NA, 100, None, 2),
    ("CREA", 301, NA, 100, None, 3),
    ("CREA", 601, NA, 100, None, 4),
    ("CREA", 91, NA, 100, 60, 2),  # within normal limits, but more than 1.5 times baseline
    ("CREA", 90, NA, 100, 60, 0),
    ("CREA", 181, NA, 100, 60, 3),  # more than 3 times baseline
    ("NEUT", 1.8, 1.8, NA, None, 0),
    ("NEUT", 1.5, 1.8, NA, None, 1),
    ("NEUT", 1.49, 1.8, NA, None, 2),
    ("NEUT", 1.0, 1.8, NA, None, 2),  # exactly 1.0
    ("NEUT", 0.99, 1.8, NA, None, 3),
    ("NEUT", 0.5, 1.8, NA, None, 3),
    ("NEUT", 0.49, 1.8, NA, None, 4),
    ("NEUT", 1.6, NA, NA, None, NA),  # normal or grade 1: the limit decides
    ("NEUT", 0.9, NA, NA, None, 3),  # grade 3 whatever the limit
    ("WBC", 3.0, 4.0, NA, None, 1),
    ("WBC", 2.9, 4.0, NA, None, 2),
    ("WBC", 1.9, 4.0, NA, None, 3),
    ("WBC", 0.9, 4.0, NA, None, 4),
    ("LYM", 0.8, 1.1, NA, None, 1),
    ("LYM", 0.79, 1.1, NA, None, 2),
    ("LYM", 0.49, 1.1, NA, None, 3),
    ("LYM", 0.19, 1.1, NA, None, 4),
    ("PLT", 75, 125, NA, None, 1),
    ("PLT", 74, 125, NA, None, 2),
    ("PLT", 49, 125, NA, None, 3),
    ("PLT", 24, 125, NA, None, 4),
    ("HB", 100, 115, NA, None, 1),
    ("HB", 99, 115, NA, None, 2),
    ("HB", 80, 115, NA, None, 2),
    ("HB", 79, 115, NA, None, 3),
    ("HB", 30, 115, NA, None, 3),  # grade 4 is a clinical decision
    ("HB", NA, 115, NA, None, NA),
    ("ALT", 50, NA, NA, None, NA),  # no limit of normal
]


@pytest.mark.parametrize(("analyte", "value", "lln", "uln", "baseline", "grade"), GRADES)
def test_grade(analyte, value, lln, uln, baseline, grade):
    found = safety.grade_laboratory(value, analyte=analyte, lln=lln, uln=uln, baseline=baseline)
    assert found == grade or (np.isnan(found) and np.isnan(grade))


def test_a_series_keeps_its_index_and_other_limits_can_be_given():
    values = pd.Series([1.4, NA], index=["x", "y"])
    found = safety.grade_laboratory(values, analyte="NEUT", lln=1.8)
    pd.testing.assert_series_equal(found, pd.Series([2.0, NA], index=["x", "y"]))
    own = {"NEUT": safety.LabRule("low", (NA, 1.2, 1.0, 0.5))}
    assert safety.grade_laboratory(1.4, analyte="NEUT", lln=1.8, rules=own) == 1


def test_what_cannot_be_graded_is_refused():
    with pytest.raises(KeyError, match="no grading rule for 'FERR'"):
        safety.grade_laboratory(1, analyte="FERR")
    with pytest.raises(ValueError, match="negative"):
        safety.grade_laboratory(-1, analyte="ALT", uln=40)
    with pytest.raises(ValueError, match="above 0"):
        safety.grade_laboratory(1, analyte="ALT", uln=0)
    with pytest.raises(ValueError, match="share one index"):
        safety.grade_laboratory(pd.Series([1]), analyte="ALT", uln=pd.Series([1], index=[7]))


LABS = pd.DataFrame(
    [
        # subject | analyte | value | uln | baseline | why
        ("a", "ALT", 30, 40, True),
        ("a", "ALT", 130, 40, False),  # grade 2
        ("a", "ALT", 50, 40, False),  # recovered: the worst counts
        ("b", "ALT", 90, 40, True),  # grade 1 already
        ("b", "ALT", 130, 40, False),  # 1.44 times baseline; 3.25 times the limit
        ("c", "ALT", 30, 40, True),  # nothing afterwards
        ("d", "ALT", 41, 40, False),  # no baseline
        ("a", "FERR", 30, 40, True),  # no rule
    ],
    columns=["subject_id", "analyte", "value_std", "uln", "day_1"],
)


def test_worst_grade_afterwards_against_limits_of_normal():
    worst = safety.derive_worst_grades(LABS, is_baseline="day_1", relative_to_baseline=False).set_index(
        "subject_id"
    )
    assert worst["baseline_grade"].fillna(-1).to_dict() == {"a": 0, "b": 1, "c": 0, "d": -1}
    assert worst["worst_grade"].fillna(-1).to_dict() == {"a": 2, "b": 2, "c": -1, "d": 1}


def test_worst_grade_afterwards_against_a_raised_baseline():
    worst = safety.derive_worst_grades(LABS, is_baseline="day_1", relative_to_baseline=True).set_index(
        "subject_id"
    )
    assert worst["worst_grade"].fillna(-1).to_dict() == {"a": 2, "b": 0, "c": -1, "d": -1}
    assert worst.loc["d", "n_ungraded"] == 1  # no baseline, so no grade


def test_shift_table_holds_every_subject_once():
    worst = safety.derive_worst_grades(LABS, is_baseline="day_1", relative_to_baseline=False)
    table = safety.shift_table(worst, subjects=list("abcde"))
    assert len(table) == 36
    filled = table.query("n > 0").set_index(["baseline_grade", "worst_grade"])["n"].to_dict()
    assert filled == {
        ("0", "2"): 1,
        ("1", "2"): 1,
        ("0", "missing"): 1,
        ("missing", "1"): 1,
        ("missing", "missing"): 1,
    }
    assert table["share"].sum() == pytest.approx(1)


def test_two_baselines_and_strangers_are_refused():
    with pytest.raises(ValueError, match="held twice"):
        safety.derive_worst_grades(
            pd.concat([LABS, LABS.head(1)]), is_baseline="day_1", relative_to_baseline=False
        )
    worst = safety.derive_worst_grades(LABS, is_baseline="day_1", relative_to_baseline=False)
    with pytest.raises(ValueError, match="not among the subjects"):
        safety.shift_table(worst, subjects=["a"])
