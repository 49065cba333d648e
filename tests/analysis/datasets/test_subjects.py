"""Facts about subjects that follow from what was recorded, analysis sets, and the flow of participants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_study import ARMS, drawn, long, rows, small_study

from analysis.datasets import complete_subjects, count_flow, flag_populations
from analysis.datasets.flow import _check
from analysis.datasets.subjects import at_screening

BIRTHS = """
subject_id birth_date birth_precision consent_date age_then
S1         2006-03-15 D               2024-03-14   17        # the day before the 18th birthday
S2         2006-03-15 D               2024-03-15   18        # the birthday itself
S3         2006-03-15 D               2024-03-16   18
S4         2004-02-29 D               2022-02-28   17        # born on a leap day: not yet
S5         2004-02-29 D               2022-03-01   18
S6         2004-02-29 D               2024-02-29   20
S7         1980-12-31 D               2024-01-01   43
S8         1980-01-01 Y               2024-01-01   .         # year only: not known to the day
S9         1980-06-01 M               2024-01-01   .         # month only
S10        .          D               2024-01-01   .
S11        1980-06-01 D               .            .
S12        1980-06-01 .               2024-01-01   .         # precision unknown
"""


def test_age_is_in_completed_years_at_consent_and_unknown_from_a_partial_birth_date():
    people = drawn(BIRTHS)
    found = complete_subjects(people)["age"]
    pd.testing.assert_series_equal(found, people["age_then"].astype(float), check_names=False)


@given(
    birth=st.dates(pd.Timestamp(1920, 1, 1).date(), pd.Timestamp(2010, 12, 31).date()),
    days=st.integers(0, 32000),
)
def test_age_is_the_number_of_birthdays_reached(birth, days):
    consent = birth + pd.Timedelta(days=days).to_pytimedelta()
    people = pd.DataFrame({"birth_date": [pd.Timestamp(birth)], "consent_date": [pd.Timestamp(consent)]})
    reached = sum(
        (year, birth.month, birth.day) <= (consent.year, consent.month, consent.day)
        for year in range(birth.year + 1, consent.year + 1)
    )
    assert complete_subjects(people.assign(birth_precision="D"))["age"].tolist() == [reached]


def test_a_recorded_value_is_never_replaced():
    people = drawn(BIRTHS).assign(age=99.0, height_cm=170.0, weight_kg=70.0, bmi=1.0)
    found = complete_subjects(people)
    assert set(found["age"]) == {99.0}
    assert set(found["bmi"]) == {1.0}


def test_body_mass_index_and_duration_of_disease():
    people = drawn("""
        subject_id height_cm weight_kg dx_date    baseline_date
        S1         200       80        2014-01-01 2024-01-01
        S2         .         80        .          2024-01-01
    """)
    found = complete_subjects(people)
    assert found["bmi"].tolist()[0] == 20.0
    assert found["disease_duration_years"].tolist()[0] == pytest.approx(3652 / 365.25)
    assert found.loc[1, ["bmi", "disease_duration_years"]].isna().all()


def test_items_of_1987_are_counted_only_where_all_seven_are_known():
    items = pd.DataFrame({f"acr1987_{k}": pd.array([True, k < 5], "boolean") for k in range(1, 8)})
    items.loc[1, "acr1987_7"] = pd.NA
    found = complete_subjects(items)["ra_acr1987_n"]
    assert found[0] == 7
    assert np.isnan(found[1])
    assert "ra_acr1987_n" not in complete_subjects(items.drop(columns="acr1987_7"))


def test_first_and_last_dose_are_those_that_were_given():
    people = pd.DataFrame({"subject_id": ["S1", "S2"]})
    doses = drawn("""
        subject_id dose_date  given
        S1         2024-01-01 False   # withheld
        S1         2024-01-15 True
        S1         2024-03-01 True
        S1         2024-04-01 .       # not known to be given
    """)
    found = complete_subjects(people, doses)
    assert found.loc[0, ["first_dose_date", "last_dose_date"]].astype(str).tolist() == [
        "2024-01-15",
        "2024-03-01",
    ]
    assert found.loc[1, ["first_dose_date", "last_dose_date"]].isna().all()


def test_unwilling_is_the_opposite_of_willing_and_missing_stays_missing():
    people = pd.DataFrame({"willing": pd.array([True, False, None], "boolean")})
    assert complete_subjects(people)["unwilling"].tolist() == [False, True, pd.NA]


def test_values_of_the_screening_form_become_dated_rows():
    people = drawn("""
        subject_id svdh_prior_date svdh_prior_total screen_date prednisone_screen_mg_day weight_kg
        S1         2023-01-01      20               2024-01-01  10                       70
        S2         .               30               2024-01-01  .                        70
    """)
    found = at_screening(people)
    assert rows(found, "subject_id", "visit_id") == [["S1", "film_prior"], ["S1", "screening"]]
    assert found["prednisone_mg_day"].tolist()[1] == 10


# ---------------------------------------------------------------- analysis sets

PEOPLE = """
subject_id enrolled discontinuation_reason
S1         True     completed
S2         True     lost
S3         True     .
S4         False    .                        # screen failure
S5         .        .                        # not known to be enrolled
"""
VALUES = """
subject_id W00  W12
S1         20   10
S2         20   .      # no follow-up
S3         .    10     # no baseline
S4         20   10     # measured, but never enrolled
"""
DOSES = """
subject_id dose_mg given
S1         500     True
S2         500     False    # prepared, not given
S3         500     True
"""
RULES = (
    "screened",
    "enrolled",
    "treated",
    "has_baseline",
    "has_followup",
    "completed",
    "per_protocol",
    "eligible",
)


def sets(leaves_out=None, *, values=VALUES, **given):
    populations = {rule.upper(): {"label": rule, "rule": rule} for rule in RULES}
    if leaves_out is not None:
        populations["PER_PROTOCOL"]["deviations"] = leaves_out
    study = small_study(populations=populations, primary_population="SCREENED")
    found = flag_populations(drawn(PEOPLE), long(values), study=study, **given).set_index("subject_id")
    return {rule: "".join(id_[1] for id_ in found.index[found[rule.upper()]]) for rule in RULES}


def test_analysis_sets_of_an_observational_study():
    assert sets() == {
        "screened": "12345",
        "eligible": "12345",
        "enrolled": "123",
        "treated": "123",
        "has_baseline": "12",
        "has_followup": "1",
        "completed": "1",
        "per_protocol": "1",
    }


def test_with_a_study_drug_only_those_who_got_it_are_treated():
    found = sets(doses=drawn(DOSES))
    assert (found["treated"], found["has_baseline"], found["has_followup"]) == ("13", "1", "1")


def test_without_a_mark_of_given_a_dose_above_zero_counts():
    doses = drawn(DOSES).drop(columns="given").assign(dose_mg=[500, 0, 500])
    assert sets(doses=doses)["treated"] == "13"


def test_per_protocol_needs_eligibility_and_an_open_query_is_not_eligible():
    status = pd.Series({"S1": "query", "S2": "eligible", "S3": "ineligible"}, dtype="string")
    found = sets(status=status)
    assert (found["eligible"], found["per_protocol"]) == ("2", "")


FOLLOWED = """
subject_id W00  W12
S1         20   10
S2         20   10
S3         20   10
"""
DEVIATIONS = """
subject_id severity
S1         minor
S2         minor
S2         major      # one of the two is enough
S3         .          # not yet classed
"""


@pytest.mark.parametrize(
    ("leaves_out", "left"),
    [
        (None, "1"),  # as the study file has it unless it says otherwise: an open class may be a major one
        (["major"], "13"),
        (["unclassified"], "12"),
        (["minor", "major"], "3"),
        ([], "123"),
    ],
)
def test_per_protocol_leaves_out_who_has_a_deviation_of_the_classes_named(leaves_out, left):
    found = sets(leaves_out, values=FOLLOWED, deviations=drawn(DEVIATIONS))
    assert found["per_protocol"] == left
    assert found["has_followup"] == "123"  # no other set looks at deviations


def test_deviations_without_a_column_of_severity_are_unclassified():
    deviations = drawn(DEVIATIONS).drop(columns="severity")
    kept = [
        sets(named, values=FOLLOWED, deviations=deviations)["per_protocol"] for named in (None, ["major"])
    ]
    assert kept == ["", "123"]


# ---------------------------------------------------------------- flow


def boxes(people=PEOPLE, *, study=None, **given):
    study = study or small_study()
    populations = pd.DataFrame({"subject_id": []})
    people = drawn(people) if isinstance(people, str) else people
    return count_flow(people, long(VALUES), populations, study=study, **given)


def test_everybody_screened_is_enrolled_or_out_with_a_reason():
    found = boxes(reasons=pd.Series({"S4": "too young"})).set_index("box")
    assert found.loc["screened", "n"] == 5
    assert found.loc["enrolled", "n"] == 3
    out = found.loc[["not_enrolled"]]
    assert out["n"].iloc[0] == 2
    assert dict(zip(out["reason"].iloc[1:], out["n"].iloc[1:])) == {"too young": 1, "no reason recorded": 1}


def test_visits_count_enrolled_subjects_with_a_value_of_the_leading_endpoint():
    found = boxes().set_index("box")["n"]
    assert (found["visit_W00"], found["visit_W12"], found["visit_W24"]) == (2, 2, 0)


def test_visits_after_the_last_one_seen_have_no_box():
    assert "visit_W24" not in set(boxes(through_visit="W12")["box"])


LEAVERS = """
subject_id enrolled baseline_date discontinuation_date discontinuation_reason death_date
S1         True     2024-01-01    2024-03-01           lost                   .            # seen later, at week 12
S2         True     2024-01-01    2024-02-01           withdrew               .
S3         True     2024-01-01    2024-02-01           inefficacy             2024-02-10
S4         True     2024-01-01    2024-06-01           completed              .
S5         True     2024-01-01    .                    .                      .
"""
SEEN = """
subject_id visit_id visit_date
S1         W00      2024-01-01
S1         W12      2024-04-20
S2         W00      2024-01-01
S3         W00      2024-01-01
S4         W24      2024-06-01
S5         W00      2024-01-01
"""


def leavers(**given):
    return boxes(drawn(LEAVERS).pipe(dated), visits=drawn(SEEN).pipe(dated), **given).set_index("box")


def dated(frame):
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in frame if name.endswith("_date")})


def test_who_left_stands_beside_the_first_visit_missed():
    found = leavers()
    gone = found.loc[["left_visit_W12"]]
    assert dict(zip(gone["reason"].iloc[1:], gone["n"].iloc[1:], strict=True)) == {"Withdrew": 1, "Death": 1}
    later = found.loc[["left_visit_W24"]]
    assert dict(zip(later["reason"].iloc[1:], later["n"].iloc[1:], strict=True)) == {"Lost to follow-up": 1}
    staying = [found.loc[name, "n"] for name in ("visit_W00", "visit_W12", "visit_W24")]
    assert staying == [5, 3, 2]  # S4 completed, S5 has not left


@pytest.mark.parametrize("lacking", ["death_date", "discontinuation_date"])
def test_a_date_that_a_study_does_not_record_is_not_needed(lacking):
    people = drawn(LEAVERS).pipe(dated).drop(columns=lacking)
    found = boxes(people, visits=drawn(SEEN).pipe(dated)).set_index("box")
    assert found.loc[["left_visit_W12", "left_visit_W24"], "reason"].notna().any()


@pytest.mark.parametrize("lacking", ["visit_date", "discontinuation_reason", "baseline_date"])
def test_without_dates_a_visit_has_those_with_a_value(lacking):
    people, seen = drawn(LEAVERS).pipe(dated), drawn(SEEN).pipe(dated)
    found = boxes(
        people.drop(columns=lacking, errors="ignore"), visits=seen.drop(columns=lacking, errors="ignore")
    )
    assert not found["box"].str.startswith("left_").any()
    assert "Week 12: CDAI known" in set(found["label"])


def test_a_visit_that_is_not_due_yet_is_no_loss():
    due = pd.DataFrame(
        {"W00": True, "W12": True, "W24": [True] * 4 + [False]}, index=["S1", "S2", "S3", "S4", "S5"]
    )
    found = leavers(due=due)
    assert found.loc["visit_W24", "detail"] == "CDAI known in 0; window still open 1"
    assert found.loc["visit_W12", "detail"] == "CDAI known in 3"


def test_the_primary_endpoint_says_who_was_assessed_where_it_is_a_response():
    responses = pd.DataFrame(
        {
            "subject_id": ["S1", "S4"],
            "visit_id": "W12",
            "endpoint": "low",
            "value": pd.array([True, None], "boolean"),
        }
    )
    study = small_study(
        responses=[
            {"id": "low", "label": "Low", "rule": "cdai_low", "visits": ["W12", "W24"], "role": "primary"}
        ]
    )
    found = leavers(responses=responses, study=study)
    assert found.loc["visit_W12", "detail"] == "Primary response known in 1"
    # so it does at a visit at which those with a score are those with a response
    assert found.loc["visit_W24", "detail"] == "Primary response known in 0"
    assert found.loc["visit_W00", "detail"].startswith("CDAI known")


def test_the_flow_ends_with_those_analysed():
    study = small_study()
    sets = pd.DataFrame({"subject_id": ["S1", "S2"], study.primary_population: [True, False]})
    found = count_flow(drawn(PEOPLE), long(VALUES), sets, study=study).iloc[-1]
    assert (found["box"], found["n"]) == ("analysed", 1)


def test_arms_stand_beside_each_other():
    people = drawn(PEOPLE).assign(arm=["old", "new", "new", pd.NA, pd.NA])
    study = small_study(design="randomised", groups=ARMS)
    found = count_flow(people, long(VALUES), pd.DataFrame(), study=study).set_index("box")
    assert found.loc[["arm_old", "arm_new"], "n"].tolist() == [1, 2]
    assert found.loc["arm_new", "label"] == "Allocated to New drug"
    assert found.loc[["visit_W00_old", "visit_W00_new", "visit_W12_new"], "n"].tolist() == [1, 1, 1]
    assert found.loc["visit_W12_new", "parent"] == "visit_W00_new"
    assert found.loc["enrolled", "label"] == "Randomised"
    study = small_study(design="cohort", groups=ARMS)
    found = count_flow(people, long(VALUES), pd.DataFrame(), study=study).set_index("box")
    assert found.loc["arm_new", "label"] == "New drug"


def test_without_screen_failures_the_flow_begins_with_the_enrolled():
    found = boxes("subject_id enrolled\nS1 True\nS2 True\n")
    assert found["box"].iloc[0] == "enrolled"
    assert pd.isna(found["parent"].iloc[0])


def test_a_flow_that_does_not_add_up_is_refused():
    wrong = pd.DataFrame({"box": ["enrolled", "not_enrolled"], "n": [3, 1], "reason": [None, "too young"]})
    with pytest.raises(
        ValueError, match="does not add up: 3 enrolled and 1 excluded of 5 subjects on record"
    ):
        _check(wrong, 5)
