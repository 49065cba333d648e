"""The data cut: what happened after it is invisible, whatever it says."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CUT = date(2024, 3, 10)


def test_rows_after_the_cut_are_gone_and_counted(small):
    outcome = small.read(as_of=CUT)
    assert sorted(outcome.tables["subjects"]["subject_id"]) == ["S1", "S2"]
    assert outcome.tables["visits"]["visit_date"].max() <= pd.Timestamp(CUT)
    assert small.aside(outcome, "subjects", "people") == {"subject entered after the data cut": 1}
    assert small.aside(outcome, "visits", "visits") == {"after the data cut": 2}
    assert small.aside(outcome, "labs", "lab") == {"after the data cut": 1}


def test_form_goes_with_its_visit(small):
    # week 12 of S1 was on 2024-04-01; its undated form must not stay as a visit of its own
    outcome = small.read(as_of=CUT)
    assert "W12" not in outcome.tables["visits"]["visit_id"].tolist()
    assert small.aside(outcome, "visits", "forms") == {"after the data cut": 2}


def test_course_stopped_after_the_cut_is_ongoing(small):
    rows = small.read(as_of=date(2024, 2, 15)).tables["treatments"].set_index(["subject_id", "drug_raw"])
    course = rows.loc[("S1", "methotrexate")]
    assert course["ongoing"] and pd.isna(course["stop_date"]) and pd.isna(course["stop_reason"])
    assert ("S1", "leflunomide") not in rows.index


def test_course_stopped_on_the_day_of_the_cut_is_stopped(small):
    rows = small.read(as_of=date(2024, 3, 1)).tables["treatments"].query("drug_raw == 'methotrexate'")
    stopped = rows.set_index("subject_id").loc["S1"]
    assert not stopped["ongoing"] and stopped["stop_date"] == pd.Timestamp("2024-03-01")


def test_event_going_on_at_the_cut_has_no_outcome_yet(small):
    events = small.read(as_of=CUT).tables["adverse_events"].set_index("term_verbatim")
    assert events.loc["nausea", "ongoing"] and pd.isna(events.loc["nausea", "outcome"])
    assert "rash" in events.index  # began in March, on an unknown day: may have begun before the cut


def test_death_after_the_cut_is_unknown(small):
    assert small.read(as_of=CUT).tables["subjects"]["death_date"].isna().all()
    assert small.read(as_of=date(2024, 6, 30)).tables["subjects"]["death_date"].notna().sum() == 1


def test_missed_visit_shows_only_once_it_was_due(small):
    # S2 missed week 12, due on 2024-04-29; the row has no date
    missed = {"forms": "S2,week_12,55\n"}
    before = small.read(as_of=date(2024, 4, 28), **missed).tables["visits"]
    after = small.read(as_of=date(2024, 4, 29), **missed).tables["visits"]
    assert before.query("subject_id == 'S2' and visit_id == 'W12'").empty
    assert after.query("subject_id == 'S2' and visit_id == 'W12'")["window_status"].tolist() == ["undated"]


def test_queries_about_rows_after_the_cut_are_invisible_too(small):
    late = "S2,week_12,2024年5月1日,29,99\n"
    with_it, without = small.read(as_of=CUT, visits=late), small.read(as_of=CUT)
    pd.testing.assert_frame_equal(with_it.queries, without.queries)


def test_cut_after_everything_changes_nothing(small):
    cut, whole = small.read(as_of=date(2030, 1, 1)), small.read()
    for name, table in whole.tables.items():
        pd.testing.assert_frame_equal(cut.tables[name], table)
    pd.testing.assert_frame_equal(cut.accounting, whole.accounting)


def later(template: str):
    """Rows of a source dated after the cut, with arbitrary content."""
    days = st.dates(date(2024, 3, 11), date(2025, 12, 31))
    ids = st.sampled_from(["S1", "S2", "S4"])
    numbers = st.one_of(st.integers(-5, 200).map(str), st.sampled_from(["", "<1", "未查", "x"]))
    return st.lists(st.builds(template.format, ids, days, numbers), max_size=3).map("".join)


@settings(deadline=None, max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    visits=later("{0},week_12,{1},{2},{2}\n"),
    lab=later("{0},{1},CRP,{2},mg/L,8\n"),
    drugs=later("{0},drug {2},{1},,1,\n"),
    events=later("{0},event {2},{1},,\n"),
    people=st.sampled_from(["", "S4,Sun,S,1,1970-01-01,2024-04-01,2024-04-03,\n"]),
)
def test_an_interim_does_not_depend_on_what_came_later(small, visits, lab, drugs, events, people):
    before = small.read(as_of=CUT)
    after = small.read(as_of=CUT, visits=visits, lab=lab, drugs=drugs, events=events, people=people)
    for name, table in before.tables.items():
        pd.testing.assert_frame_equal(after.tables[name], table)
    known = after.queries[
        after.queries["rule_id"] != "K4"
    ]  # rows of subjects nobody enrolled are counted at any time
    pd.testing.assert_frame_equal(known.reset_index(drop=True), before.queries)


@pytest.mark.parametrize(
    ("through", "visits"), [("W00", {"W00"}), ("W04", {"W00", "W04"}), ("W12", {"W00", "W04", "W12"})]
)
def test_undated_data_are_cut_by_visit(small, through, visits):
    outcome = small.read(through_visit=through)
    assert set(outcome.tables["visits"]["visit_id"]) == visits
