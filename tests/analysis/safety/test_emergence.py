"""Which events count: the worked cases C.1 of the reference (first dose 2024-03-10), and an observed cohort."""

import pandas as pd
import pytest

from analysis import safety

COLUMNS = ["start", "stop", "grade", "baseline_grade", "worsened", "counts", "imputed"]
# start | stop | grade | grade before | worsened | counts | start taken as | why
CASES = [
    ("2024-03-10", "", 1, None, "", True, "2024-03-10"),  # day of the first dose, no time
    ("2024-03-09", "", 1, None, "", False, "2024-03-09"),  # the day before
    ("2024-03", "", 1, None, "", True, "2024-03-10"),  # month of the first dose
    ("2024-02", "", 1, None, "", False, "2024-02-01"),  # month before
    ("2024-04", "", 1, None, "", True, "2024-04-01"),  # month after
    ("2024", "", 1, None, "", True, "2024-03-10"),  # year of the first dose
    ("2023", "", 1, None, "", False, "2023-01-01"),  # year before
    ("", "2024-03-01", 1, None, "", False, None),  # start unknown, but over before the first dose
    ("", "2024-03-10", 1, None, "", True, "2024-03-10"),  # start unknown, lasted into treatment
    ("", "2024-03", 1, None, "", True, "2024-03-10"),  # may have lasted into treatment
    ("", "2024-02", 1, None, "", False, None),  # over by the end of February at the latest
    ("", "", 1, None, "", True, "2024-03-10"),  # nothing known
    ("2024-03", "2024-03-05", 1, None, "", False, "2024-03-01"),  # same month, but over before the first dose
    ("2024-04-02", "2023-05-01", 1, None, "", True, "2024-04-02"),  # a stop before the start ends nothing
    ("2024-03", "2024-02-20", 1, None, "", True, "2024-03-10"),  # nor one before every day the start can be
    (
        "2024-03-09",
        "2023-05-01",
        1,
        None,
        "",
        False,
        "2024-03-09",
    ),  # the start alone decides, here against it
    ("2024-01-15", "", 3, 1, "2024-04-02", True, "2024-01-15"),  # pre-existing, worse under treatment
    ("2024-01-15", "", 3, 1, "2024-02-02", False, "2024-01-15"),  # worse before treatment
    ("2024-01-15", "", 3, 1, "2024-12-02", False, "2024-01-15"),  # worse after the window
    ("2024-01-15", "", 3, 1, "", True, "2024-01-15"),  # worse, nobody wrote when
    ("2024-01-15", "", 1, 1, "2024-04-02", False, "2024-01-15"),  # same grade
    ("2024-10-01", "", 1, None, "", False, "2024-10-01"),  # window ends 2024-09-22
    ("2024-09-22", "", 1, None, "", True, "2024-09-22"),  # last day of the window
    ("2024-09-23", "", 1, None, "", False, "2024-09-23"),  # one day late
]


def partial(texts):
    """ISO dates of any precision as a date and how much of it is known."""
    precision = texts.str.len().map({10: "D", 7: "M", 4: "Y"})
    padded = texts + texts.str.len().map({10: "", 7: "-01", 4: "-01-01", 0: ""})
    return pd.to_datetime(padded.where(texts != "")), precision


@pytest.fixture(scope="module")
def derived():
    cases = pd.DataFrame(CASES, columns=COLUMNS)
    (start, start_precision), (stop, stop_precision) = partial(cases["start"]), partial(cases["stop"])
    events = pd.DataFrame(
        {
            "subject_id": "001",
            "start_date": start,
            "start_precision": start_precision,
            "stop_date": stop,
            "stop_precision": stop_precision,
            "ctcae_grade_max": cases["grade"],
            "baseline_grade": cases["baseline_grade"],
            "worsened_date": pd.to_datetime(cases["worsened"].where(cases["worsened"] != "")),
        }
    )
    subjects = pd.DataFrame(
        {"subject_id": ["001"], "first_dose_date": ["2024-03-10"], "last_dose_date": ["2024-08-25"]}
    )
    before = events.copy()
    found = safety.derive_emergence(events, subjects, residual_days=28, worsened="worsened_date")
    pd.testing.assert_frame_equal(events, before)
    return found


@pytest.mark.parametrize(
    "row", range(len(CASES)), ids=lambda i: f"{i}:{CASES[i][0]}|{CASES[i][1]}|{CASES[i][4]}"
)
def test_worked_case(derived, row):
    _, _, _, _, worsened, counts, imputed = CASES[row]
    found = derived.iloc[row]
    assert found["teae"] == counts, found["teae_reason"]
    assert found["start_imputed"] == pd.Timestamp(imputed) if imputed else pd.isna(found["start_imputed"])
    if worsened and counts:
        assert found["onset_date"] == pd.Timestamp(worsened)


def test_each_placed_date_says_what_was_unknown(derived):
    by_length = {10: "none", 7: "day", 4: "month", 0: "all"}
    assert derived["start_imputation"].tolist() == [by_length[len(case[0])] for case in CASES]


def test_every_event_that_counts_has_an_onset_within_the_window(derived):
    onset = derived.loc[derived["teae"], "onset_date"]
    assert onset.between("2024-03-10", "2024-09-22").all()


def test_time_of_day_decides_only_where_both_are_known():
    subjects = pd.DataFrame(
        {
            "subject_id": ["1"],
            "first_dose_date": ["2024-03-10"],
            "last_dose_date": [None],
            "dosed_at": ["09:30"],
        }
    )
    events = pd.DataFrame(
        {"subject_id": "1", "start_date": "2024-03-10", "start_time": ["09:29", "09:30", None]}
    )
    found = safety.derive_emergence(events, subjects, residual_days=28, first_dose_time="dosed_at")
    assert found["teae"].tolist() == [False, True, True]
    found = safety.derive_emergence(events, subjects, residual_days=28)
    assert found["teae"].tolist() == [True, True, True]


def test_subject_without_first_dose_is_neither_yes_nor_no():
    subjects = pd.DataFrame({"subject_id": ["1"], "first_dose_date": [None], "last_dose_date": [None]})
    events = pd.DataFrame({"subject_id": ["1", "unknown"], "start_date": ["2024-03-10", "2024-03-10"]})
    found = safety.derive_emergence(events, subjects, residual_days=28)
    assert found["teae"].isna().all()
    assert found["teae_reason"].tolist() == ["no window"] * 2


def test_window_is_open_while_treatment_goes_on():
    subjects = pd.DataFrame(
        {"subject_id": ["1"], "first_dose_date": ["2024-03-10"], "last_dose_date": [None]}
    )
    events = pd.DataFrame({"subject_id": ["1"], "start_date": ["2030-01-01"]})
    assert safety.derive_emergence(events, subjects, residual_days=28)["teae"].item()


def test_events_under_observation_of_a_cohort():
    subjects = pd.DataFrame(
        {"subject_id": ["1"], "enrol_date": ["2024-03-10"], "last_contact_date": ["2024-12-31"]}
    )
    events = pd.DataFrame(
        {"subject_id": "1", "start_date": ["2024-03-09", "2024-03-10", "2024-12-31", "2025-01-01"]}
    )
    found = safety.derive_under_observation(events, subjects)
    assert found["under_observation"].tolist() == [False, True, True, False]


def test_wrong_precision_and_doubled_subjects_are_refused():
    subjects = pd.DataFrame(
        {"subject_id": ["1"], "first_dose_date": ["2024-03-10"], "last_dose_date": [None]}
    )
    events = pd.DataFrame({"subject_id": ["1"], "start_date": ["2024-03-09"], "start_precision": ["day"]})
    with pytest.raises(ValueError, match="start_precision must be D, M or Y"):
        safety.derive_emergence(events, subjects, residual_days=28)
    with pytest.raises(ValueError, match="one row each"):
        safety.derive_emergence(events, pd.concat([subjects, subjects]), residual_days=28)


def test_cdisc_pilot_flags_are_reproduced(shared_data):
    # ADaM rule of that study: TRTEMFL is set for starts from the first dose on; no residual period ends it.
    events = pd.read_csv(shared_data / "cdisc_adae.csv").rename(
        columns={"USUBJID": "subject_id", "ASTDT": "start_date"}
    )
    doses = events[["subject_id", "TRTSDT"]].drop_duplicates().assign(last=None)
    dated = events.loc[events["start_date"].notna()]
    found = safety.derive_emergence(dated, doses, residual_days=28, first_dose="TRTSDT", last_dose="last")
    assert (found["teae"] == (found["TRTEMFL"] == "Y")).mean() > 0.99
    assert len(found) > 1000
