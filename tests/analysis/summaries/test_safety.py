"""Which adverse events count and how; laboratory grades before and after."""

import pandas as pd
import pytest
from small_study import drawn, rows, small_study

from analysis import summaries

PEOPLE = """
subject_id first_dose_date last_dose_date enrol_date last_contact_date
S1         2024-01-10      2024-03-10     2024-01-01 2024-12-31
S2         2024-01-10      2024-03-10     2024-01-01 2024-12-31
S3         2024-01-10      2024-03-10     2024-01-01 2024-12-31
"""
EVENTS = """
subject_id pt       soc  start_date serious related  ctcae_grade_max
S1         rash     skin 2024-01-09 False   not      1      # the day before the first dose
S1         rash     skin 2024-01-10 False   possible 1      # the day of the first dose
S1         rash     skin 2024-02-01 False   possible 3
S2         nausea   gut  2024-04-07 True    not      3      # 28 days after the last dose
S2         nausea   gut  2024-04-08 True    not      3      # one day later
S9         headache head 2024-02-01 False   not      1      # not of the safety set
"""
SET = pd.Index(["S1", "S2", "S3"])


def tables():
    return {"subjects": drawn(PEOPLE), "adverse_events": drawn(EVENTS)}


def safety_of(*, emergent=True, residual=28):
    study = small_study(safety={"treatment_emergent": emergent, "residual_days": residual})
    return study, summaries.safety_set(tables(), SET, study=study)


def overview(chosen, study, name: str, *columns: str) -> list:
    found = summaries.overview(chosen, study=study)
    return found.loc[found["flag"].eq(name), list(columns)].iloc[0].tolist()


def test_events_count_from_the_first_dose_to_the_last_residual_day():
    _, chosen = safety_of()
    assert rows(chosen.events, "subject_id", "start_date")[0][1] == pd.Timestamp(2024, 1, 10)
    assert len(chosen.events) == 3
    assert len(chosen.excluded) == 2
    assert (
        chosen.rule == "begun or worse from the first dose to 28 days after the last one (treatment-emergent)"
    )
    assert len(safety_of(residual=29)[1].events) == 4
    assert len(safety_of(residual=27)[1].events) == 2


def test_without_study_drug_everything_under_observation_counts():
    _, chosen = safety_of(emergent=False)
    assert len(chosen.events) == 5
    assert "under observation" in chosen.rule


def test_a_subject_without_events_stays_in_the_denominator():
    study, chosen = safety_of()
    assert overview(chosen, study, "any", "n_subjects", "events", "n") == [2, 3, 3]
    assert overview(chosen, study, "serious_event", "n_subjects", "events") == [1, 1]
    assert overview(chosen, study, "grade_3", "n_subjects", "events") == [2, 2]


def test_person_time_runs_to_the_last_residual_day():
    study, chosen = safety_of()
    # 2024-01-10 to 2024-04-07, both days counted: 22 + 29 + 31 + 7 = 89
    assert chosen.subjects["days_at_risk"].tolist() == [89, 89, 89]
    years = 3 * 89 / 365.25
    rate = overview(chosen, study, "any", "person_years", "event_rate")
    assert rate == pytest.approx([years, 100 * 3 / years])


def test_nobody_is_at_risk_after_death_or_the_last_contact():
    study = small_study(safety={"treatment_emergent": True, "residual_days": 28})
    people = tables()["subjects"].assign(
        death_date=pd.to_datetime(["2024-03-15", None, None]),
        last_contact_date=pd.to_datetime(["2024-03-15", "2024-03-20", None]),  # the third is still followed
    )
    chosen = summaries.safety_set({**tables(), "subjects": people}, SET, study=study)
    # 2024-01-10 to 2024-03-15: 22 + 29 + 15; to 2024-03-20; to 28 days after the last dose
    assert chosen.subjects["days_at_risk"].tolist() == [66, 71, 89]
    assert len(chosen.events) == 3  # which events count is a matter of the doses
    cut = summaries.safety_set({**tables(), "subjects": people}, SET, study=study, data_cut="2024-03-01")
    assert cut.subjects["days_at_risk"].tolist() == [52, 52, 52]


def test_notes_say_why_events_do_not_count():
    _, chosen = safety_of()
    who, until = summaries.safety_notes(chosen, label="Safety set")
    assert who.startswith("Safety set, n = 3.")
    assert who.endswith("Recorded events that do not count: 2 (after window: 1; before window: 1).")
    assert until.endswith("the last contact or death, whichever came first.")


def marked(*kinds, named=("TB", "malignancy")):
    study = small_study(
        safety={"treatment_emergent": True, "residual_days": 28, "special_interest": list(named)}
    )
    found = tables()
    found["adverse_events"] = found["adverse_events"].assign(aesi=list(kinds))
    return study, summaries.safety_set(found, SET, study=study)


def test_special_interest_shows_kinds_without_an_event_and_adds_up_to_the_overview():
    study, chosen = marked("TB", "none", "TB", "VTE", "none", "none")  # the first is before the first dose
    found = summaries.special_interest(chosen, study=study)
    assert rows(found, "label", "n_subjects", "events") == [
        ["Any", 2, 2],
        ["Tuberculosis", 1, 1],
        ["Malignancy", 0, 0],
        ["Venous thromboembolism", 1, 1],  # marked, though the study file does not name it
    ]
    kinds = found[found["flag"].ne("special_interest")]
    assert overview(chosen, study, "special_interest", "events") == [kinds["events"].sum()]
    none = found.set_index("label").loc["Malignancy"]
    assert none["event_rate"] == 0
    assert none["event_rate_high"] == pytest.approx(100 * 3.688879454 / none["person_years"])


def test_special_interest_is_empty_where_it_was_not_collected():
    study, chosen = safety_of()
    assert summaries.special_interest(chosen, study=study).empty


def test_results_have_one_row_per_statistic_with_the_rule_s_words():
    study, chosen = safety_of()
    found = summaries.summarise_safety(chosen, study=study, population="SAF")
    values = dict(zip(found["result_id"], found["value"]))
    assert values["ae_overview.saf.any.all.all.count"] == 2
    assert values["ae_term.saf.skin_rash.all.all.count"] == 1
    assert values["ae_term.saf.skin_rash.all.all.events"] == 2
    assert values["ae_grade.saf.skin.3.all.count"] == 1  # the worst of two
    assert found["result_id"].is_unique


LABS = """
subject_id visit_id analyte value_std lln uln sample_day window_status
S1         W00      ALT     30        .   40  1          in_window
S1         W12      ALT     130       .   40  85         in_window       # above 3 times its limit
S1         .        ALT     50        .   40  40         unscheduled
S1         .        ALT     900       .   40  -5         unscheduled     # before treatment: no consequence of it
S2         W00      ALT     30        .   40  1          in_window       # nothing afterwards
S9         W00      ALT     30        .   40  1          in_window       # not of the set
"""


def test_highest_multiples_pair_baseline_with_the_highest_later_value():
    labs = drawn(LABS)[lambda frame: ~frame["sample_day"].lt(0)]
    found = summaries.highest_multiples(labs, SET, baseline_visit="W00", analytes=["ALT"])
    assert rows(found, "subject_id", "test", "baseline", "worst") == [["S1", "ALT", 0.75, 3.25]]


def test_shifts_leave_out_what_was_before_treatment():
    found = summaries.laboratory_shifts(drawn(LABS), SET, baseline_visit="W00")
    counted = found[found["n"].gt(0)].astype({"baseline_grade": str, "worst_grade": str})
    # 130 is 3.25 times the limit: grade 2; the second subject has no later result
    assert rows(counted, "baseline_grade", "worst_grade", "n") == [["0", "2", 1], ["0", "missing", 1]]


def test_serious_and_fatal_events_are_counted_by_term():
    study = small_study(safety={"treatment_emergent": False, "residual_days": 28})
    events = drawn(EVENTS).assign(
        outcome=["recovered", "recovered", "recovered", "recovered", "fatal", "recovered"]
    )
    given = {"subjects": drawn(PEOPLE), "adverse_events": events}
    chosen = summaries.safety_set(given, SET, study=study)
    found = summaries.summarise_safety(chosen, study=study, population="SAFETY").set_index("result_id")[
        "value"
    ]
    assert found["ae_serious.safety.nausea.all.all.count"] == 1  # one subject
    assert found["ae_serious.safety.nausea.all.all.events"] == 2
    assert found["ae_fatal.safety.nausea.all.all.events"] == 1
    assert not [name for name in found.index if name.startswith("ae_serious.safety.rash")]
