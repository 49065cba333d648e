"""The cohort that all studies have: members, values, who is due, dates and notes, on a drawn analysis set."""

import pandas as pd
import pytest
from small_study import drawn, small_study

from analysis.cohort import Cohort

SUBJECTS = """
subject_id baseline_date last_contact_date
S1         2024-01-01    .                  # still followed
S2         2024-02-01    2024-03-01
S3         2024-02-01    .                  # not of the set
S4         2024-03-01    .
"""
VISITS = """
subject_id visit_id visit_date pain_mm
S1         W00      2024-01-01 50
S1         W12      2024-03-25 30
S2         W00      2024-02-01 40
S3         W00      2024-02-01 10
S4         W00      2024-03-01 60
S4         W12      2024-05-10 .       # in a window that is still open
"""
NO_SCORES = pd.DataFrame(
    {"subject_id": [], "visit_id": [], "score": [], "value": [], "category": []}, dtype=object
)


def cohort(cut="2024-05-31", **changes) -> Cohort:
    subjects, visits = drawn(SUBJECTS), drawn(VISITS)
    dated = {name: pd.to_datetime(subjects[name]) for name in ("baseline_date", "last_contact_date")}
    subjects = subjects.assign(**dated)
    tables = {
        "subjects": subjects,
        "characteristics": subjects,
        "populations": pd.DataFrame(
            {"subject_id": ["S1", "S2", "S3", "S4"], "FAS": [True, True, False, True]}
        ),
        "assessments": visits.assign(visit_date=pd.to_datetime(visits["visit_date"])),
        "scores": NO_SCORES,
        **changes,
    }
    windows = {"W00": (1, [-28, 1]), "W12": (85, [57, 112]), "W24": (169, [141, 196])}
    planned = [
        {
            "id": name,
            "label": f"Week {int(name[1:])}",
            "week": int(name[1:]),
            "target_day": day,
            "window": window,
        }
        for name, (day, window) in windows.items()
    ]
    study = small_study(
        visits=planned,
        groups=None,
        populations={"FAS": {"label": "Full analysis set", "rule": "enrolled"}},
        primary_population="FAS",
    )
    return Cohort(tables, study, "FAS", data_cut=cut, visits=list(windows))


def test_the_set_has_its_members_and_their_values():
    assert cohort().ids.tolist() == ["S1", "S2", "S4"]
    wide = cohort().numbers("pain_mm", ["W00", "W12"])
    assert wide.loc["S1"].tolist() == [50, 30]
    assert wide.loc["S2"].isna().tolist() == [False, True]
    with pytest.raises(KeyError, match="no column 'pian_mm'"):
        cohort().values("pian_mm")


def test_a_visit_is_due_once_its_window_has_closed_or_when_it_took_place():
    # day 112 of S1 is 2024-04-21, of S2 2024-05-22, of S4 2024-06-20: S4 came before that
    assert cohort("2024-05-21").due_at("W12").tolist() == ["S1", "S4"]
    assert cohort("2024-05-22").due_at("W12").tolist() == ["S1", "S2", "S4"]


def test_without_a_data_cut_the_last_day_recorded_ends_observation():
    assert cohort(cut=None).until == pd.Timestamp("2024-05-10")
    assert cohort(cut=None).due["W12"].tolist() == [True, False, True]
    assert not cohort(cut=None).due["W24"].any()


def test_a_part_of_the_cohort_keeps_its_rules():
    part = cohort().among(pd.Index(["S4", "S3"]))
    assert part.ids.tolist() == ["S4"]
    assert part.members() == {"all": part.ids} or part.members()["all"].tolist() == ["S4"]
    assert part.subjects.index.tolist() == ["S4"]


def test_a_visit_that_did_not_take_place_has_its_target_day():
    dates = cohort().dates["W12"].dt.date.astype(str).to_dict()
    assert dates == {"S1": "2024-03-25", "S2": "2024-04-25", "S4": "2024-05-10"}


def test_who_is_still_followed_is_known_up_to_the_cut_or_the_last_visit():
    until = cohort().subjects["observed_until"].dt.date.astype(str).tolist()
    assert until == ["2024-05-31", "2024-03-01", "2024-05-31"]
    until = cohort(cut=None).subjects["observed_until"].dt.date.astype(str).tolist()
    assert until == ["2024-03-25", "2024-03-01", "2024-05-10"]


def test_notes_name_the_set_and_its_size_where_it_is_not_the_whole_primary_one_and_who_came_early():
    whole = cohort("2024-05-21")
    assert whole.note("As recorded.") == ["As recorded."]
    (note,) = whole.among(whole.ids[:2]).note(who="those with lung disease")
    assert note == "Analysis set: Full analysis set, those with lung disease, n = 2."
    assert cohort("2024-05-21").due_note(["W12"]).endswith("Seen in a window still open: 1 at week 12.")


def test_data_without_dates_make_every_visit_due():
    undated = cohort(
        cut=None,
        subjects=drawn(SUBJECTS)[["subject_id"]],
        characteristics=drawn(SUBJECTS)[["subject_id"]],
        assessments=drawn(VISITS).drop(columns="visit_date"),
    )
    assert undated.until is None
    assert undated.due.all().all()
    assert undated.due_note() == "Every visit is due: the data carry no dates."


def test_visits_end_at_the_last_one_to_be_shown():
    assert cohort().visits_until("W12") == ["W12"]
    with pytest.raises(ValueError, match="no visit 'W36'; the study has W00, W12, W24"):
        cohort().visits_until("W36")
