"""Adverse event tables on drawn events: two arms, one subject without any event."""

import pandas as pd
import pytest

from analysis import safety

SUBJECTS = pd.DataFrame(
    {
        "subject_id": list("abcd"),
        "arm": ["one", "one", "two", "two"],
        "first_dose_date": "2024-01-01",
        "days_at_risk": 365.25,
    }
)
EVENTS = pd.DataFrame(
    [
        # subject | soc | pt | grade | serious | related | action | aesi | outcome | onset | why
        ("a", "SKIN", "RASH", 1, False, "possible", "none", "none", "recovered", "2024-02-01"),  # first rash
        (
            "a",
            "SKIN",
            "RASH",
            3,
            True,
            "probable",
            "withdrawn",
            "none",
            "recovered",
            "2024-03-01",
        ),  # worst rash
        (
            "a",
            "INFECTIONS",
            "PNEUMONIA",
            None,
            True,
            "not",
            "interrupted",
            "infection_serious",
            "fatal",
            "2024-04-01",
        ),
        ("b", "SKIN", "ITCH", 2, False, None, "none", None, "unknown", "2024-02-01"),  # relation not given
        ("c", "SKIN", "ITCH", 2, False, "not", "none", "none", "recovered", "2024-02-01"),
        ("c", None, None, None, False, "unlikely", "none", "none", None, "2024-02-01"),  # not coded, no grade
    ],
    columns=[
        "subject_id",
        "soc",
        "pt",
        "ctcae_grade_max",
        "serious",
        "related",
        "action",
        "aesi",
        "outcome",
        "onset_date",
    ],
)


def test_subjects_count_once_per_level_and_events_every_time():
    table = safety.count_terms(EVENTS, SUBJECTS, group="arm")
    one = table.query("arm == 'one'").set_index(["level", "pt"])
    assert one.loc[("all", slice(None)), ["n_subjects", "events"]].to_numpy().tolist() == [[2, 4]]
    skin = table.query("arm == 'one' and level == 'soc' and soc == 'SKIN'").iloc[0]
    assert skin[["n_subjects", "events", "share"]].tolist() == [2, 3, 1.0]
    assert one.loc[("pt", "RASH"), ["n_subjects", "events", "share"]].tolist() == [1, 2, 0.5]


def test_order_is_classes_by_alphabet_and_terms_by_frequency():
    table = safety.count_terms(EVENTS, SUBJECTS)
    shown = table["pt"].fillna(table["soc"]).fillna("ALL").tolist()
    assert shown == ["ALL", "(not coded)", "(not coded)", "INFECTIONS", "PNEUMONIA", "SKIN", "ITCH", "RASH"]


def test_arm_without_a_term_shows_zero():
    table = safety.count_terms(EVENTS, SUBJECTS, group="arm")
    assert table.query("arm == 'two' and pt == 'RASH'")["n_subjects"].tolist() == [0]
    assert len(table) == 2 * len(safety.count_terms(EVENTS, SUBJECTS))


def test_worst_grade_counts_each_subject_once():
    table = safety.count_worst_grades(EVENTS, SUBJECTS)
    rash = table.query("pt == 'RASH' and n_subjects > 0")
    assert rash[["worst_grade", "n_subjects"]].to_numpy().tolist() == [["3", 1]]
    overall = table.query("level == 'all'").set_index("worst_grade")["n_subjects"]
    assert overall.to_dict() == {"2": 2, "3": 1}  # c has grade 2 and an ungraded event: the known one counts
    pneumonia = table.query("pt == 'PNEUMONIA' and n_subjects > 0")
    assert pneumonia["worst_grade"].tolist() == ["missing"]


def test_missing_grade_counts_as_severe_in_the_sensitivity_table():
    table = safety.count_worst_grades(EVENTS, SUBJECTS, missing_as=3)
    overall = table.query("level == 'all'").set_index("worst_grade")["n_subjects"]
    assert overall.to_dict() == {"2": 1, "3": 2}


def test_flags_are_unknown_where_their_column_is():
    flags = safety.derive_event_flags(EVENTS, missing_grade_is_severe=False)
    assert flags["related_event"].tolist() == [True, True, False, pd.NA, False, False]
    assert flags["grade_3"].tolist() == [False, True, pd.NA, False, False, pd.NA]
    assert flags["special_interest"].tolist() == [False, False, True, pd.NA, False, False]
    assert flags["death"].tolist() == [False, False, True, False, False, pd.NA]
    assert flags["infection"].tolist() == [False, False, True, False, False, pd.NA]
    assert flags["serious_infection"].tolist() == [
        False,
        False,
        True,
        False,
        False,
        False,
    ]  # not serious: neither
    severe = safety.derive_event_flags(EVENTS, missing_grade_is_severe=True)
    assert severe["grade_3"].tolist() == [False, True, True, False, False, True]
    bare = safety.derive_event_flags(EVENTS[["subject_id"]], missing_grade_is_severe=False)
    assert bare["serious_event"].isna().all()


def test_overview_has_both_rates_per_arm():
    flags = safety.derive_event_flags(EVENTS, missing_grade_is_severe=False)
    table = safety.summarise_overview(flags, SUBJECTS, confidence_level=0.95, group="arm")
    assert table["label"].drop_duplicates().tolist() == list(safety.OVERVIEW.values())
    every = table.query("flag == 'any'").set_index("arm")
    assert every["events"].tolist() == [4, 2]
    assert every["n_subjects"].tolist() == [2, 1]
    assert every["event_rate"].tolist() == pytest.approx([200, 100])
    # arm one: first events on day 32 of both; arm two: c on day 32, d 365.25 days without
    assert (every["first_person_years"] * 365.25).tolist() == pytest.approx([64, 32 + 365.25])
    serious = table.query("flag == 'serious_event'").set_index("arm")
    assert serious["events"].tolist() == [2, 0]
    assert serious["event_rate_low"].tolist()[1] == 0
    related = table.query("flag == 'related_event'").set_index("arm")
    assert related["events_unknown"].tolist() == [1, 0]


def test_overview_without_groups_adds_up():
    flags = safety.derive_event_flags(EVENTS, missing_grade_is_severe=False)
    split = safety.summarise_overview(flags, SUBJECTS, confidence_level=0.95, group="arm")
    whole = safety.summarise_overview(flags, SUBJECTS, confidence_level=0.95)
    pd.testing.assert_series_equal(
        split.groupby("flag", sort=False)["events"].sum(), whole.set_index("flag")["events"]
    )
    assert (
        whole["events_unknown"].tolist() == split.groupby("flag", sort=False)["events_unknown"].sum().tolist()
    )


def test_nobody_with_an_event_gives_a_table_of_zeros():
    flags = safety.derive_event_flags(EVENTS.head(0), missing_grade_is_severe=False)
    table = safety.summarise_overview(flags, SUBJECTS, confidence_level=0.95)
    assert table["n_subjects"].eq(0).all()
    assert table["event_rate_high"].iloc[0] == pytest.approx(3.688879 / 4 * 100, rel=1e-6)
    assert safety.count_terms(EVENTS.head(0), SUBJECTS)["events"].tolist() == [0]


def test_events_of_strangers_and_forgotten_flags_are_refused():
    with pytest.raises(ValueError, match="outside the safety set"):
        safety.count_terms(EVENTS, SUBJECTS.head(1))
    with pytest.raises(ValueError, match="more than one row"):
        safety.count_terms(EVENTS, pd.concat([SUBJECTS, SUBJECTS]))
    with pytest.raises(KeyError, match="derive_event_flags"):
        safety.summarise_overview(EVENTS, SUBJECTS, confidence_level=0.95)


def test_kinds_of_special_interest_are_those_named_and_every_other_one_marked():
    kinds = safety.kinds_of_interest(EVENTS, ["malignancy", "TB"])
    assert kinds == ["malignancy", "TB", "infection_serious"]
    flags = safety.derive_special_interest(EVENTS, kinds)
    assert flags["special_malignancy"].tolist() == [False, False, False, pd.NA, False, False]
    assert flags["special_infection_serious"].sum() == 1
