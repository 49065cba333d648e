"""Treatment of the cohort: what was begun at entry, switched after it, and known up to the last contact."""

import numpy as np
import pandas as pd
import pytest

from analysis.summaries import ra


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
    lanes = ra.sequences(COURSES, ENTRY, KNOWN).set_index(["subject_id", "drug"])
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
    known = ra.last_known(subjects, ENTRY.index, until=pd.Timestamp("2024-12-31"))
    assert known["last"].dt.date.astype(str).tolist() == ["2024-05-01", "2024-06-01", "2024-12-31"]
    assert known["followed"].tolist() == [False, False, True]
    assert ra.fates(known, ENTRY, ["a", "b", "c"])["sign"].tolist() == ["†", "L"]


def test_the_drug_of_entry_is_begun_within_the_days_after_it():
    doses = pd.Series([7.5, 7.4, np.nan], index=ENTRY.index)
    found = ra.summarise_entry(COURSES, ENTRY, doses, within_days=28, high_mg=7.5)
    counted = found.set_index("variable")["count"]
    assert counted[["IL6i", "JAKi", "none"]].tolist() == [1, 1, 1]  # c began a day too late
    assert counted[["any_conventional", "glucocorticoid", "glucocorticoid_high"]].tolist() == [1, 2, 1]
    assert found.set_index("variable").loc["IL6i", "with_conventional"] == 1
    assert found.set_index("variable").loc["glucocorticoid", "n_missing"] == 1


def test_switches_are_counted_up_to_the_last_contact_by_why_the_drug_before_was_stopped():
    found = ra.count_switches(COURSES, ENTRY, KNOWN, gap_days=28).set_index("variable")
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
    years = ra.years_difficult(failed, ENTRY)
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
    found = ra.with_derived(people, pd.Series(dtype=float))
    assert found["seropositive"].tolist() == [False, True, pd.NA, True]
    assert found["smoking"].tolist()[0] == "former"
