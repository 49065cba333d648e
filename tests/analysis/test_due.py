"""Who is due at a visit: the window has closed, or the visit took place."""

from types import SimpleNamespace

import pandas as pd

from analysis import due


def visit(name, window):
    return SimpleNamespace(id=name, window=window, label=f"Visit {name}")


STUDY = SimpleNamespace(visits=[visit("W00", [-28, 1]), visit("W12", [57, 126]), visit("W24", [127, 252])])
START = pd.Series(pd.to_datetime(["2024-01-01", "2024-01-02", None]), index=["a", "b", "c"])
NOBODY = pd.DataFrame(
    {"subject_id": [], "visit_id": [], "visit_date": pd.to_datetime(pd.Series([], dtype=object))}
)


def seen(*rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "visit_id", "visit_date"])
    return frame.assign(visit_date=pd.to_datetime(frame["visit_date"]))


def test_a_visit_is_due_from_the_day_its_window_closes():
    # day 126 of someone who entered on 1 January 2024 is 5 May 2024
    found = due.flag_due(START, NOBODY, study=STUDY, until="2024-05-05")
    assert found["W12"].tolist() == [True, False, False]
    assert found["W24"].tolist() == [False, False, False]


def test_who_was_seen_in_a_window_still_open_is_due():
    found = due.flag_due(START, seen(("b", "W12", "2024-03-25")), study=STUDY, until="2024-05-05")
    assert found["W12"].tolist() == [True, True, False]
    assert not found["W24"].any()


def test_a_visit_entered_without_a_date_is_not_taken_to_have_taken_place():
    found = due.flag_due(START, seen(("b", "W12", None)), study=STUDY, until="2024-05-05")
    assert found["W12"].tolist() == [True, False, False]


def test_a_visit_marked_as_done_took_place_though_its_date_is_not_known():
    visits = seen(("b", "W12", None), ("c", "W12", None))
    visits = visits.assign(visit_done=pd.array([True, None], dtype="boolean"))
    found = due.flag_due(START, visits, study=STUDY, until="2024-05-05")
    assert found["W12"].tolist() == [True, True, False]


def test_who_left_stays_due():
    found = due.flag_due(START, NOBODY, study=STUDY, until="2024-12-31")
    assert found.loc["a"].all()


def test_nobody_waits_for_a_window_where_there_are_no_dates():
    assert due.flag_closed(START, study=STUDY, until=None).all().all()


def test_a_window_before_day_one_has_no_day_zero():
    early = SimpleNamespace(visits=[visit("SCR", [-28, -1])])
    start = pd.Series(pd.to_datetime(["2024-01-02"]), index=["a"])
    assert due.flag_closed(start, study=early, until="2024-01-01")["SCR"].tolist() == [True]
    assert due.flag_closed(start, study=early, until="2023-12-31")["SCR"].tolist() == [False]


def test_those_seen_early_are_counted_by_visit():
    visits = seen(("a", "W12", "2024-03-25"), ("b", "W12", "2024-03-25"))
    closed = due.flag_closed(START, study=STUDY, until="2024-05-05")
    counted = due.count_early(due.flag_due(START, visits, study=STUDY, until="2024-05-05"), closed)
    assert counted.to_dict() == {"W12": 1}


def test_without_a_data_cut_the_last_day_anybody_was_heard_of_ends_observation():
    subjects = pd.DataFrame({"last_contact_date": pd.to_datetime(["2024-05-01", None])})
    visits = seen(("a", "W24", "2024-05-05"))
    assert due.last_day(subjects, visits, data_cut=None) == pd.Timestamp("2024-05-05")
    assert due.last_day(subjects, visits.assign(visit_date=pd.NaT), data_cut=None) == pd.Timestamp(
        "2024-05-01"
    )
    assert due.last_day(subjects, visits, data_cut="2024-01-31") == pd.Timestamp("2024-01-31")


def test_data_without_dates_have_no_last_day():
    assert due.last_day(pd.DataFrame({"subject_id": ["a"]}), data_cut=None) is None
