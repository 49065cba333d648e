"""Visit windows: the cases of the clinical reference F.1."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.read import windows
from analysis.study.sections import Visit

COHORT = [
    Visit(id="W00", label="Baseline", target_day=1, window=[-28, 1]),
    Visit(id="W04", label="Week 4", target_day=29, window=[15, 56]),
    Visit(id="W12", label="Week 12", target_day=85, window=[57, 126]),
    Visit(id="W24", label="Week 24", target_day=169, window=[127, 252]),
    Visit(id="W48", label="Week 48", target_day=337, window=[253, 420]),
]
MYOSITIS = [
    Visit(id="W00", label="Baseline", target_day=1, window=[-14, 1]),
    Visit(id="W04", label="Week 4", target_day=29, window=[22, 42]),
    Visit(id="W12", label="Week 12", target_day=85, window=[71, 112]),
]


def rows(days, *, entered=None, predose=None, subject="S1"):
    """Visits of one subject."""
    n = len(days)
    return pd.DataFrame(
        {
            "subject_id": pd.array([subject] * n, dtype="string"),
            "day": pd.array(days, dtype="float64"),
            "entered": pd.array(entered or [None] * n, dtype="string"),
            "predose": pd.array(predose or [None] * n, dtype="boolean"),
        }
    )


def place(visits, planned=COHORT, *, by="window", on_day_one=True):
    return windows.place(visits, planned, by=by, baseline="W00", predose_on_day_one=on_day_one)


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (-29, "UNS"),  # before the first window
        (-28, "W00"),
        (-1, "W00"),
        (1, "W00"),
        (2, "UNS"),  # after the dose, before week 4
        (14, "UNS"),
        (15, "W04"),
        (56, "W04"),
        (57, "W12"),
        (126, "W12"),
        (127, "W24"),
        (252, "W24"),
        (253, "W48"),
        (420, "W48"),
        (421, "UNS"),
    ],
)
def test_day_falls_into_its_window(day, label):
    assert place(rows([day]))["visit_label"].tolist() == [label]


@pytest.mark.parametrize(
    ("day", "label"), [(21, "UNS"), (22, "W04"), (42, "W04"), (43, "UNS"), (70, "UNS"), (71, "W12")]
)
def test_windows_with_gaps_leave_visits_unscheduled(day, label):
    assert place(rows([day]), MYOSITIS)["visit_label"].tolist() == [label]


def test_of_two_equally_near_the_later_counts():
    placed = place(rows([80, 90]))
    assert placed["visit_label"].tolist() == ["UNS", "W12"]
    assert placed["window_status"].tolist() == ["dup_not_used", "in"]


def test_of_two_in_a_window_the_nearer_counts_whatever_the_order():
    assert place(rows([81, 90]))["visit_label"].tolist() == ["W12", "UNS"]
    assert place(rows([90, 81]))["visit_label"].tolist() == ["UNS", "W12"]


def test_baseline_is_the_last_value_before_the_dose():
    assert place(rows([-10, -3, -20]))["visit_label"].tolist() == ["UNS", "W00", "UNS"]


def test_distance_is_counted_in_days_without_a_day_zero():
    # day -1 lies one day before day 1: nearer to it than any other
    assert place(rows([-1, 1]))["visit_label"].tolist() == ["UNS", "W00"]


@pytest.mark.parametrize(
    ("predose", "default", "label", "is_open"),
    [
        (True, None, "W00", False),
        (False, None, "UNS", False),  # post-dose values never become baseline
        (False, True, "UNS", False),
        (None, True, "W00", True),
        (None, None, "UNS", True),
    ],
)
def test_day_one_is_baseline_only_before_the_dose(predose, default, label, is_open):
    placed = place(rows([1], predose=[predose]), on_day_one=default)
    assert (placed["visit_label"][0], bool(placed["open"][0])) == (label, is_open)


def test_entered_label_counts_where_the_study_trusts_labels():
    visits = rows([60, 20, 300], entered=["W04", "W12", "UNS-1"])
    placed = place(visits, by="label")
    assert placed["visit_label"].tolist() == ["W04", "W12", "UNS"]
    assert placed["window_status"].tolist() == ["late", "early", "unscheduled"]


def test_undated_visit_keeps_its_label_unless_a_dated_one_has_it():
    assert place(rows([None], entered=["W12"]))["window_status"].tolist() == ["undated"]
    placed = place(rows([None, 85], entered=["W12", "W12"]))
    assert placed["visit_label"].tolist() == ["UNS", "W12"]


def test_unscheduled_visits_are_numbered_by_date():
    visits = rows([500, 85, 450])
    label = place(visits)["visit_label"]
    assert windows.visit_names(visits, label).tolist() == ["UNS-02", "W12", "UNS-01"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(-60, 500).filter(bool), min_size=1, max_size=12), st.permutations(range(12)))
def test_each_planned_visit_is_used_once_in_any_order_of_rows(days, order):
    placed = place(rows(days))
    used = placed[placed["visit_label"] != "UNS"]
    assert used["visit_label"].is_unique
    shuffled = [days[i] for i in order if i < len(days)]
    again = place(rows(shuffled))

    def chosen(labels, visit_days):
        return sorted((label, day) for label, day in zip(labels, visit_days) if label != "UNS")

    assert chosen(placed["visit_label"], days) == chosen(again["visit_label"], shuffled)


@settings(deadline=None)
@given(st.dates(), st.integers(-400, 400))
def test_study_day_has_no_zero(first, shift):
    day_one = pd.Series([pd.Timestamp(2024, 3, 1)])
    day = windows.study_day(day_one + pd.Timedelta(days=shift), day_one)[0]
    assert day != 0
    assert windows.elapsed_days(day) == shift
