"""Summaries of the rheumatoid arthritis cohort: who is due, states, target, times, films, loss."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.results import rows_from
from studies.arthritis.activity import count_states
from studies.arthritis.d2t import ITEMS, count_items, mechanisms_failed
from studies.arthritis.missing import exposure_at_entry, missing_by_visit
from studies.arthritis.radiographic import smallest_detectable_change
from studies.arthritis.recruitment import enrolment_by_month
from studies.arthritis.safety import KINDS, events_under_observation
from studies.arthritis.sensitivity.choices import target_line
from studies.arthritis.settings import DrugSurvival, Target
from studies.arthritis.t2t import changed_after, summarise_target, treatment_changes
from studies.arthritis.time_to_target import curves_by_group, new_courses
from studies.arthritis.time_to_target.reaching import (
    incidence_by_group,
    left_for,
    time_to_loss,
    time_to_target,
)
from studies.arthritis.treatment_history import courses_before, summarise_history


def visit(name, window, week=0.0):
    return SimpleNamespace(id=name, label=name, window=window, week=week, target_day=None)


STUDY = SimpleNamespace(
    visits=[visit("W00", [-28, 1]), visit("W12", [57, 126], 12), visit("W24", [127, 252], 24)],
    baseline_visit="W00",
    statistics=SimpleNamespace(confidence_level=0.95),
)


def table(text, **dtypes):
    """A drawn table; a dash is missing."""
    lines = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)
    return frame.astype(dtypes)


WIDE = table(
    """
    subject_id  visit_id  cdai_category  visit_date  visit_day
    a           W00       high           2024-01-01  1
    a           W12       low            2024-03-25  85
    a           W24       moderate       2024-06-17  169
    b           W00       high           2024-01-01  1
    b           W12       -              2024-03-25  85
    c           W00       low            2024-01-01  1
    c           W12       remission      2024-03-25  85
    """,
    visit_day=float,
).assign(therapy_changed=pd.array([False, False, True, False, False, False, False], dtype="boolean"))
DUE = pd.DataFrame({"W00": True, "W12": True, "W24": [True, True, False]}, index=["a", "b", "c"])


def test_states_of_those_due_add_up_with_the_missing_ones():
    states = count_states(WIDE, DUE, instrument="cdai", visits=["W12", "W24"])
    counted = states.set_index(["visit", "state"])["n"]
    assert counted["W12"].to_dict() == {"remission": 1, "low": 1, "moderate": 0, "high": 0, "missing": 1}
    assert counted["W24"].sum() == 2  # c is not due


def test_time_to_target_leaves_out_who_is_at_it_at_the_start():
    found = time_to_target(WIDE, pd.Index(["a", "b", "c"]), instrument="cdai", study=STUDY)
    reached = found[found["group"].eq("low disease activity")].set_index("subject_id")
    assert sorted(reached.index) == ["a", "b"]
    assert reached.loc["a", ["time", "event"]].tolist() == [12.0, True]
    assert reached.loc["b", ["time", "event"]].tolist() == [0.0, False]


def test_a_flare_is_the_first_visit_away_from_the_target_after_it_was_reached():
    found = time_to_loss(WIDE, pd.Index(["a", "b", "c"]), instrument="cdai", study=STUDY)
    lost = found.set_index("subject_id")
    assert sorted(lost.index) == ["a", "c"]  # b was never seen at the target
    assert lost.loc["a", ["time", "event", "group"]].tolist() == [12.0, True, "reached it later"]
    assert lost.loc["c", ["time", "event", "group"]].tolist() == [12.0, False, "at the target at entry"]


LEAVERS = table(  # a left after the target was met; d died without a reason; what becomes of e is not known
    """
    subject_id  discontinuation_reason  death_date
    a           inefficacy              -
    b           inefficacy              -
    c           lost                    -
    d           -                       2024-05-01
    e           lost                    -
    """
)


def followed(**states):
    """Subjects with the states of week 0, 12 and 24."""
    rows = [
        (name, visit, state)
        for name, course in states.items()
        for visit, state in zip(("W00", "W12", "W24"), course, strict=False)
    ]
    return pd.DataFrame(rows, columns=["subject_id", "visit_id", "cdai_category"])


COURSE = followed(
    a=["high", "low"], b=["high", "high"], c=["low"], d=["high"], e=["high", "high"], f=["high"] * 3
)


def test_leaving_competes_with_the_target_only_before_it_is_reached():
    ids = pd.Index(list("abcdef"))
    left = left_for(LEAVERS, ids, reasons=["inefficacy", "death"])
    assert left[left].index.tolist() == ["a", "b", "d"]
    found = time_to_target(COURSE, ids, instrument="cdai", study=STUDY, left=left)
    low = found[found["group"].eq("low disease activity")].set_index("subject_id")["outcome"]
    assert low.to_dict() == {"a": "reached", "b": "left", "d": "left", "e": "censored", "f": "censored"}


def test_who_left_stays_in_the_denominator_of_the_incidence_but_not_of_kaplan_meier():
    """Of five at risk: d leaves at 0, a reaches it at 12; b leaves and e is lost after 12; f is seen to 24."""
    ids = pd.Index(list("abcdef"))
    left = left_for(LEAVERS, ids, reasons=["inefficacy", "death"])
    found = time_to_target(COURSE, ids, instrument="cdai", study=STUDY, left=left)
    _, read = incidence_by_group(found, study=STUDY, marks=[12.0, 24.0])
    low = read[read["group"].eq("low disease activity")].set_index("visit")
    assert low["estimate"].tolist() == pytest.approx([0.2, 0.2])  # 4/5 x 1/4
    assert low[["n", "events", "left"]].drop_duplicates().to_numpy().tolist() == [[5, 1, 2]]
    _, _, censored = curves_by_group(found, study=STUDY, marks=[12.0])
    assert censored.iloc[0]["estimate"] == pytest.approx(0.25)  # d is not there any more


def test_without_leaving_the_incidence_is_one_minus_kaplan_meier():
    ids = pd.Index(list("abcdef"))
    found = time_to_target(COURSE, ids, instrument="cdai", study=STUDY)
    _, read = incidence_by_group(found, study=STUDY, marks=[12.0, 24.0])
    _, _, censored = curves_by_group(found, study=STUDY, marks=[12.0, 24.0])
    assert read["estimate"].tolist() == pytest.approx(censored["estimate"].tolist())


def test_nobody_at_risk_gives_no_curve_and_no_crash():
    ids = pd.Index(["c"])
    found = time_to_target(COURSE, ids, instrument="cdai", study=STUDY)
    empty = found[found["group"].eq("low disease activity")]
    assert incidence_by_group(empty, study=STUDY, marks=[12.0])[0].empty
    assert curves_by_group(empty, study=STUDY, marks=[12.0])[0].empty


def test_treatment_is_changed_in_time_from_the_visit_to_the_last_day():
    visits = pd.DataFrame({"subject_id": list("abcd"), "visit_date": pd.to_datetime(["2024-01-31"] * 4)})
    changes = pd.DataFrame(
        {
            "subject_id": list("abcd"),
            "date": pd.to_datetime(["2024-01-30", "2024-01-31", "2024-02-28", "2024-02-29"]),
        }
    )
    # the day before, the day of the visit, 28 days after, 29 days after
    assert changed_after(visits, changes, within_days=28).tolist() == [False, True, True, False]


def test_a_non_medical_switch_is_no_change_of_treatment():
    treatments = pd.DataFrame(
        {
            "subject_id": ["a", "b", "c"],
            "class": ["bDMARD", "bDMARD", "GC"],
            "switch_nonmedical": pd.array([True, None, None], dtype="boolean"),
            "start_date": pd.to_datetime(["2024-01-01"] * 3),
            "stop_date": pd.to_datetime([None] * 3),
        }
    )
    assert treatment_changes(treatments)["subject_id"].tolist() == ["b"]


def test_treat_to_target_counts_only_known_states_and_not_the_last_visit():
    changes = pd.DataFrame({"subject_id": ["a"], "date": pd.to_datetime(["2024-06-20"])})
    process = summarise_target(
        WIDE, changes, DUE, study=STUDY, setting=Target(instrument="cdai", within_days=28)
    )
    assert process["visit"].tolist() == ["W12"]
    assert process[["due", "seen", "assessed", "missed"]].to_numpy().tolist() == [[3, 3, 2, 0]]


COURSES = table(
    """
    subject_id  drug        class   moa   start_date  stop_date   stop_reason
    a           adalimumab  bDMARD  TNFi  2024-01-10  2024-03-10  other
    a           adalimumab  bDMARD  TNFi  2024-03-20  2024-07-10  secondary_inefficacy
    a           abatacept   bDMARD  CTLA  2024-08-01  -           -
    b           etanercept  bDMARD  TNFi  2023-06-01  2024-02-01  intolerance
    c           tofacitinib tsDMARD JAKi  2024-02-01  2025-02-01  remission
    """,
    start_date="datetime64[ns]",
    stop_date="datetime64[ns]",
)
PEOPLE = pd.DataFrame(
    {
        "subject_id": ["a", "b", "c"],
        "baseline_date": pd.to_datetime(["2024-01-01"] * 3),
        "last_contact_date": pd.to_datetime(["2024-12-31"] * 3),
    }
)


def test_drug_survival_takes_the_first_new_drug_and_joins_a_pause():
    setting = DrugSurvival(classes=["bDMARD", "tsDMARD"], same_drug_gap_days=28)
    found = new_courses(
        COURSES, PEOPLE, pd.Index(["a", "b", "c"]), until=pd.Timestamp("2024-12-31"), setting=setting
    ).set_index("subject_id")
    assert sorted(found.index) == ["a", "c"]  # b's drug was begun before entry
    assert found.loc["a", "time"] == pytest.approx(182 / 7)
    assert found.loc["a", ["event", "reason"]].tolist() == [True, "inefficacy"]
    # stopped after the last day known: still on the drug
    assert found.loc["c", ["event", "reason"]].tolist() == [False, "censored"]


def test_history_is_cut_at_entry():
    entry = pd.Series(pd.to_datetime(["2024-01-01"] * 3), index=["a", "b", "c"])
    before = courses_before(COURSES.assign(ongoing=pd.array([None] * 5, dtype="boolean")), entry)
    assert before["subject_id"].tolist() == ["b"]
    assert before[["days", "stopped"]].to_numpy().tolist() == [[214.0, "ongoing"]]
    history = summarise_history(before, entry.index).set_index(["level", "variable"])
    assert history.loc[("class", "bDMARD"), ["count", "n", "ongoing"]].tolist() == [1, 3, 1]


def test_smallest_detectable_change_of_readers_who_agree_is_zero():
    first = pd.DataFrame({"svdh_r1": [1.0, 2, 3], "svdh_r2": [1.0, 2, 3]})
    assert smallest_detectable_change(first, first + 2) == 0
    assert np.isnan(smallest_detectable_change(first.head(2), first.head(2)))


def test_mechanisms_failed_are_grouped_at_the_top():
    found = pd.DataFrame({"n_moa": [0.0, 3.0, 4.0, 7.0, np.nan]})
    text = mechanisms_failed(found, most=4)
    assert text.fillna("missing").tolist() == [
        "0 mechanisms",
        "3 mechanisms",
        "4 or more mechanisms",
        "4 or more mechanisms",
        "missing",
    ]


def test_a_missing_sub_item_is_neither_met_nor_not_met():
    found = pd.DataFrame({item: pd.array([True, False, None], dtype="boolean") for item in ITEMS})
    counted = count_items(found, pd.RangeIndex(3), labels=ITEMS).set_index("variable").loc["c2d"]
    assert counted[["n", "count", "not_met", "n_missing"]].tolist() == [3, 1, 1, 1]


def test_missing_counts_only_those_due():
    wide = WIDE.assign(cdai=[20.0, 8, 15, 30, np.nan, 9, 2])
    gaps = missing_by_visit(wide, DUE, entries=[{"variable": "cdai", "label": "CDAI"}], visits=["W12", "W24"])
    assert gaps[["n_missing", "n_expected"]].to_numpy().tolist() == [[1, 3], [1, 2]]


def test_drug_at_entry_is_the_one_taken_or_begun_within_four_weeks():
    entry = pd.Series(pd.to_datetime(["2024-01-01"] * 3), index=["a", "b", "c"])
    # a begins on day 10, b's drug runs over entry, c begins after a month
    assert exposure_at_entry(COURSES, entry, within_days=28).tolist() == ["bDMARD", "bDMARD", "no b/tsDMARD"]


def test_a_line_of_the_target_counts_missing_as_no_response_or_leaves_it_out():
    known = pd.Series(pd.array([True, False, None, None], dtype="boolean"))
    kept = target_line("all", "g", known, level=0.95)
    seen = target_line("seen", "g", known, level=0.95, observed=True)
    assert (kept["count"], kept["n"], seen["n"], seen["n_missing"]) == (1, 4, 2, 2)
    assert (kept["estimate"], seen["estimate"]) == (0.25, 0.5)


def test_a_serious_infection_needs_both():
    events = pd.DataFrame(
        {
            "subject_id": ["a", "a", "a"],
            "start_date": ["2024-02-01"] * 3,
            "serious": pd.array([True, False, None], dtype="boolean"),
            "soc": ["Infections and infestations", "Infections and infestations", "Cardiac disorders"],
        }
    )
    people = pd.DataFrame(
        {"subject_id": ["a"], "enrol_date": ["2024-01-01"], "last_contact_date": ["2024-12-31"]}
    )
    found = events_under_observation(events, people)
    assert found[list(KINDS)].sum().to_dict() == {
        "all": 3,
        "serious": 1,
        "infection": 2,
        "serious_infection": 1,
    }


def test_enrolment_is_unknown_after_the_cut_and_the_plan_stops_at_the_target():
    subjects = pd.DataFrame({"enrol_date": pd.to_datetime(["2023-01-10"])})
    months = enrolment_by_month(subjects, target=10, start="2023-01-01", end="2023-02-28", until="2023-01-31")
    assert months["planned"].tolist()[-1] == 10
    assert months["enrolled"].isna().tolist() == [False, True]


def test_rows_of_a_frame_know_their_fractions():
    frame = pd.DataFrame({"variable": ["c2a"], "count": [3], "proportion": [0.5], "label": ["words"]})
    rows = rows_from(frame, analysis="d2t", population="COHORT").set_index("statistic")
    assert rows["unit"].to_dict() == {"count": "", "proportion": "proportion"}
