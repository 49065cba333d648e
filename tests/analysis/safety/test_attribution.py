"""Events by drug in a cohort: windows of exposure with lag, worst-case attribution."""

import pandas as pd
import pytest

from analysis import safety

SUBJECTS = pd.DataFrame(
    {"subject_id": ["1", "2"], "enrol_date": ["2024-01-01"] * 2, "last_contact_date": "2024-12-30"}
)
COURSES = pd.DataFrame(
    [
        # subject | class | start | stop (first day without) | why
        ("1", "csDMARD", "2023-06-01", "2024-02-01"),  # began before enrolment: counted from it
        ("1", "csDMARD", "2024-02-15", "2024-03-01"),  # within the lag of the first: one window
        ("1", "bDMARD", "2024-02-01", None),  # runs on: until the last contact
        ("2", "bDMARD", None, "2024-01-11"),  # start unknown: taken as before enrolment
        ("2", "tsDMARD", "2023-01-01", "2023-06-01"),  # over before enrolment
    ],
    columns=["subject_id", "class", "start_date", "stop_date"],
)


@pytest.fixture
def windows():
    return safety.derive_windows(COURSES, SUBJECTS, by="class", lag_days=30)


def test_windows_are_joined_and_clipped_to_the_observation(windows):
    days = windows.groupby(["subject_id", "class"])["days"].sum().to_dict()
    # 1: 1 Jan to 31 Mar exclusive (1 Mar + 30 d) = 90; 1 Feb to 30 Dec inclusive = 334; 2: 1 Jan to 10 Feb = 40
    assert days == {("1", "csDMARD"): 90, ("1", "bDMARD"): 334, ("2", "bDMARD"): 40}


def test_lag_may_differ_by_drug():
    lags = {"csDMARD": 0, "bDMARD": 90, "tsDMARD": 0}
    windows = safety.derive_windows(COURSES, SUBJECTS, by="class", lag_days=lags)
    days = windows.groupby(["subject_id", "class"])["days"].sum()
    assert days[("1", "csDMARD")] == 31 + 15
    assert days[("2", "bDMARD")] == 100
    with pytest.raises(KeyError, match="names no lag for"):
        safety.derive_windows(COURSES, SUBJECTS, by="class", lag_days={"csDMARD": 0})


def test_event_counts_for_every_drug_whose_window_holds_it(windows):
    events = pd.DataFrame(
        [("1", "2024-02-10"), ("1", "2024-01-10"), ("2", "2024-02-09"), ("2", "2024-02-10")],
        columns=["subject_id", "onset_date"],
    ).assign(onset_date=lambda frame: pd.to_datetime(frame["onset_date"]))
    attributed = safety.attribute_to_courses(events, windows, by="class")
    assert attributed["class"].tolist() == ["bDMARD", "csDMARD", "csDMARD", "bDMARD", "none"]


def test_rate_per_class_uses_its_own_days(windows):
    events = pd.DataFrame(
        {"subject_id": ["1", "1", "2"], "onset_date": pd.to_datetime(["2024-02-10"] * 2 + ["2024-06-01"])}
    )
    attributed = safety.attribute_to_courses(events, windows, by="class")
    table = safety.summarise_attributed(attributed, windows, by="class", confidence_level=0.95).set_index(
        "class"
    )
    assert table["events"].to_dict() == {"bDMARD": 2, "csDMARD": 2}
    assert table.loc["bDMARD", "estimate"] == pytest.approx(100 * 2 / (374 / 365.25))


def test_no_exposure_at_all_leaves_every_event_alone():
    windows = safety.derive_windows(COURSES.tail(1), SUBJECTS, by="class", lag_days=0)
    assert windows.empty
    events = pd.DataFrame({"subject_id": ["1"], "onset_date": pd.to_datetime(["2024-02-10"])})
    assert safety.attribute_to_courses(events, windows, by="class")["class"].tolist() == ["none"]


def test_column_of_that_name_is_refused(windows):
    with pytest.raises(ValueError, match="already has a column"):
        safety.attribute_to_courses(pd.DataFrame({"class": []}), windows, by="class")
