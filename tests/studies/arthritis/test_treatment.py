"""Treatment of the cohort: what was begun at entry, switched after it, and known up to the last contact."""

import numpy as np
import pandas as pd
import pytest

from analysis.datasets import complete_subjects
from analysis.datasets.difficult import years_difficult
from studies.arthritis.d2t import count_work_up
from studies.arthritis.missing import left_by_exposure
from studies.arthritis.treatment_history import fates, last_known, sequences
from studies.arthritis.treatment_history.entry import count_switches, summarise_entry


def table(text):
    """A drawn table; a dash is missing."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)


KNOWN = pd.DataFrame(
    {"last": pd.to_datetime(["2024-12-31", "2024-06-01", "2024-03-01"]), "followed": [True, False, False]},
    index=["a", "b", "c"],
)
ENTRY = pd.Series(pd.to_datetime(["2024-01-01"] * 3), index=["a", "b", "c"])
COURSES = table(
    """
    subject_id  class    drug          moa         start_date  stop_date   stop_reason         ongoing
    a           csDMARD  methotrexate  antifolate  2020-01-01  -           -                   yes
    a           bDMARD   tocilizumab   IL6i        2024-01-01  2024-04-01  adverse_event       no
    a           bDMARD   etanercept    TNFi        2024-05-01  -           -                   yes
    b           tsDMARD  tofacitinib   JAKi        2024-01-29  -           -                   yes
    c           bDMARD   abatacept     CTLA4Ig     2024-01-30  2024-02-15  primary_inefficacy  no
    c           bDMARD   adalimumab    TNFi        2024-03-02  -           -                   yes
    """
).assign(
    start_date=lambda rows: pd.to_datetime(rows["start_date"]),
    stop_date=lambda rows: pd.to_datetime(rows["stop_date"]),
    ongoing=lambda rows: rows["ongoing"].eq("yes").astype("boolean"),
)


def test_a_drug_ends_in_the_figure_where_contact_ends():
    lanes = sequences(COURSES, ENTRY, KNOWN).set_index(["subject_id", "drug"])
    # b was last seen on 1 June: 152 days after entry, the drug still marked as running
    assert lanes.loc[("b", "JAK inhibitor"), "end"] == pytest.approx(152 / (365.25 / 12))
    assert not lanes.loc[("b", "JAK inhibitor"), "ongoing"]
    assert lanes.loc[("a", "TNF inhibitor"), "ongoing"]
    assert ("c", "TNF inhibitor") not in lanes.index  # begun after the last contact


def test_observation_of_the_dead_ends_on_the_day_of_death():
    subjects = pd.DataFrame(
        {
            "subject_id": ["a", "b", "c"],
            "last_contact_date": pd.to_datetime(["2024-12-31", "2024-06-01", None]),
            "death_date": pd.to_datetime(["2024-05-01", None, None]),
            "discontinuation_reason": ["death", "lost", None],
        }
    )
    known = last_known(subjects, ENTRY.index, until=pd.Timestamp("2024-12-31"))
    assert known["last"].dt.date.astype(str).tolist() == ["2024-05-01", "2024-06-01", "2024-12-31"]
    assert known["followed"].tolist() == [False, False, True]
    assert fates(known, ENTRY, ["a", "b", "c"])["sign"].tolist() == ["†", "L"]


def test_the_drug_of_entry_is_begun_within_the_days_after_it():
    doses = pd.Series([7.5, 7.4, np.nan], index=ENTRY.index)
    found = summarise_entry(COURSES, ENTRY, doses, within_days=28, high_mg=7.5)
    counted = found.set_index("variable")["count"]
    assert counted[["IL6i", "JAKi", "none"]].tolist() == [1, 1, 1]  # c began a day too late
    assert counted[["any_conventional", "glucocorticoid", "glucocorticoid_high"]].tolist() == [1, 2, 1]
    assert found.set_index("variable").loc["IL6i", "with_conventional"] == 1
    assert found.set_index("variable").loc["glucocorticoid", "n_missing"] == 1


def test_switches_are_counted_up_to_the_last_contact_by_why_the_drug_before_was_stopped():
    found = count_switches(COURSES, ENTRY, KNOWN, gap_days=28).set_index("variable")
    # a switched after an adverse event; the switch of c lies after the last contact
    assert found["switches"].to_dict() == {
        "all": 1,
        "inefficacy": 0,
        "intolerance": 1,
        "other": 0,
        "not recorded": 0,
    }


def test_difficult_disease_counts_from_the_first_stop_of_the_second_mechanism():
    day = {text: float((pd.Timestamp(text) - pd.Timestamp("1970-01-01")).days) for text in
           ("2020-01-01", "2022-01-01", "2023-01-01", "2024-02-01")}  # fmt: skip
    failed = pd.DataFrame(
        [
            # a: the TNF inhibitor failed in 2020, a second one in 2022, the JAK inhibitor in 2023
            ("a", "TNFi", day["2020-01-01"]),
            ("a", "TNFi", day["2022-01-01"]),
            ("a", "JAKi", day["2023-01-01"]),
            ("b", "TNFi", day["2020-01-01"]),  # one mechanism only
            ("c", "TNFi", day["2020-01-01"]),
            ("c", "JAKi", day["2024-02-01"]),  # after entry: no duration
        ],
        columns=["subject_id", "moa", "stop"],
    )
    years = years_difficult(failed, ENTRY)
    assert years["a"] == pytest.approx(365 / 365.25)
    assert years[["b", "c"]].isna().all()


def test_seropositive_needs_one_result_above_its_limit_and_both_to_be_negative():
    people = pd.DataFrame(
        {
            "rf_value": [20.0, 20.1, None, None],
            "rf_uln": [20.0] * 4,
            "acpa_value": [17.0, 5.0, 5.0, 18.0],
            "acpa_uln": [17.0] * 4,
            "sex": ["F", "M", "F", None],
            "smoking": ["ex", "never", None, "current"],
        },
        index=list("abcd"),
    )
    found = complete_subjects(people)
    assert found["seropositive"].tolist() == [False, True, pd.NA, True]


def test_work_up_says_what_was_found_and_of_whom():
    people = pd.DataFrame(
        {
            "subject_id": ["a", "b", "c"],
            "inflammation_objective": ["yes", "uncertain", None],
            "us_done": pd.array([True, False, None], dtype="boolean"),
            "us_pd_n": [3.0, None, None],
            "bmi": [28.0, 27.99, None],
            "comorbidity_fibromyalgia": pd.array([True, False, False], dtype="boolean"),
            "comorbidity_hbsag": pd.array([True, False, False], dtype="boolean"),
            "comorbidity_hbcab": pd.array([True, True, False], dtype="boolean"),
            "hbv_dna_iu_ml": [20.0, None, None],
            **{
                name: pd.array([True, False, None], dtype="boolean")
                for name in (
                    "mimic_reviewed",
                    "adherence_discussed",
                    "hcv_ab",
                    "education",
                    "nonpharm_exercise",
                )
            },
            "self_efficacy": [30.0, None, None],
        }
    )
    failed = pd.DataFrame({"subject_id": ["a", "a"], "moa": ["TNFi", "JAKi"]})
    begun = pd.Series(["IL6i", "TNFi", None], index=["a", "b", "c"])
    found = count_work_up(people.set_index("subject_id"), failed=failed, begun=begun, obese_bmi=28)
    line = found.set_index("variable")[["count", "n", "n_missing"]].T.to_dict("list")
    assert line["inflammation_uncertain"] == [1, 3, 1]
    assert line["doppler"] == [1, 1, 0]
    assert line["obesity"] == [1, 3, 1]
    assert line["hbv_dna"] == [1, 2, 0]  # of those positive for HBsAg or anti-HBc
    assert line["past_hepatitis_b"] == [1, 3, 0]
    assert line["next_target"] == [2, 2, 0]  # b has no failed mechanism on record


def test_those_who_left_are_counted_for_every_reason():
    subjects = pd.DataFrame(
        {"subject_id": ["a", "b", "c"], "discontinuation_reason": ["inefficacy", "lost", "completed"]}
    )
    exposure = pd.Series(["bDMARD", "tsDMARD", "bDMARD"], index=["a", "b", "c"])
    found = left_by_exposure(subjects, exposure).set_index("exposure")
    assert found.loc["bDMARD", ["n", "inefficacy", "lost", "left"]].tolist() == [2, 1, 0, 1]
    assert found.loc["tsDMARD", "left_share"] == 1
