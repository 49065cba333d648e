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


def test_nobody_waits_for_a_window_once_observation_is_over():
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


def test_the_footnote_names_the_cut_and_who_of_the_set_was_seen_early():
    subjects = pd.DataFrame({"subject_id": START.index, "baseline_date": START.to_numpy()})
    subjects = subjects.assign(last_contact_date=pd.Timestamp("2024-05-05"))
    visits = seen(("a", "W24", "2024-05-05"), ("b", "W12", "2024-03-25"))
    keys = {"study": STUDY, "data_cut": None, "shown": ["W12", "W24"]}
    said = due.describe_due_by_cut(subjects, visits, pd.Index(["a", "b"]), **keys)
    assert said.startswith("Data up to 2024-05-05. Due: the visit window had closed by then")
    assert said.endswith("Seen in a window still open: 1 at visit w12, 1 at visit w24.")
    assert due.describe_due_by_cut(subjects, visits, pd.Index(["a"]), **keys).endswith(
        "open: 1 at visit w24."
    )
    undated = visits.drop(columns="visit_date")
    assert due.describe_due_by_cut(subjects, undated, pd.Index(["a"]), **keys).startswith(
        "Every visit is due"
    )
