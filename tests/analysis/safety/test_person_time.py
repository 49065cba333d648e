"""Exposure-adjusted incidence: the table C.4 of the reference and R's values on the CDISC pilot."""

import numpy as np
import pandas as pd
import pytest
from worked_cases import EXPOSURE_RATES

from analysis import safety


@pytest.mark.parametrize(("x", "years", "rate", "low", "high"), EXPOSURE_RATES)
def test_rate_of_the_reference(x, years, rate, low, high):
    subjects = pd.DataFrame({"subject_id": ["1"], "days_at_risk": [years * 365.25]})
    events = pd.DataFrame({"subject_id": ["1"] * x}, dtype=object)
    found = safety.event_rates(events, subjects, confidence_level=0.95).iloc[0]
    assert found[["estimate", "conf_low", "conf_high"]].tolist() == pytest.approx([rate, low, high], abs=5e-7)
    assert found["events"] == x


def test_twenty_subjects_of_168_days():
    subjects = pd.DataFrame(
        {
            "subject_id": [str(i) for i in range(20)],
            "first_dose_date": "2024-01-01",
            "last_dose_date": "2024-06-16",
        }
    )
    exposed = safety.derive_person_time(subjects)
    assert exposed["days_at_risk"].sum() == 3360
    found = safety.event_rates(
        pd.DataFrame({"subject_id": list("123")}), exposed, confidence_level=0.95
    ).iloc[0]
    assert found["person_years"] == pytest.approx(9.199179, abs=5e-7)
    assert found[["estimate", "conf_low", "conf_high"]].round(4).tolist() == [32.6116, 6.7253, 95.3050]


def test_first_events_stop_the_clock():
    # subject | first event on day | days at risk | counted | why
    subjects = pd.DataFrame(
        {
            "subject_id": list("abcd"),
            "first_dose_date": "2024-01-01",
            "days_at_risk": [168.0, 168.0, 10.0, 168.0],
        }
    )
    events = pd.DataFrame(
        [
            ("a", "2024-01-31"),  # day 31
            ("a", "2024-01-05"),  # day 5: the first one, although it comes later in the file
            ("b", "2024-01-01"),  # day 1
            ("c", "2024-01-20"),  # after the last day at risk, in the residual period: all 10 days count
        ],
        columns=["subject_id", "onset_date"],
    )
    found = safety.first_event_rates(events, subjects, confidence_level=0.95).iloc[0]
    assert found["events"] == 3
    assert found["person_years"] * 365.25 == pytest.approx(5 + 1 + 10 + 168)


def test_subject_without_known_time_takes_no_part_but_is_counted():
    subjects = pd.DataFrame({"subject_id": ["a", "b"], "days_at_risk": [365.25, np.nan]})
    events = pd.DataFrame({"subject_id": ["a", "b", "b"]})
    found = safety.event_rates(events, subjects, confidence_level=0.95).iloc[0]
    assert found[["n", "n_missing", "events", "person_years"]].tolist() == [2, 1, 1, 1.0]


def test_data_cut_closes_open_and_later_courses():
    subjects = pd.DataFrame(
        {"first_dose_date": ["2024-01-01"] * 3, "last_dose_date": [None, "2024-03-01", "2024-01-05"]}
    )
    found = safety.derive_person_time(subjects, data_cut="2024-01-31")
    assert found["days_at_risk"].tolist() == [31, 31, 5]
    assert np.isnan(safety.derive_person_time(subjects)["days_at_risk"].iloc[0])


def test_impossible_exposure_is_refused():
    backwards = pd.DataFrame({"first_dose_date": ["2024-01-02"], "last_dose_date": ["2024-01-01"]})
    with pytest.raises(ValueError, match="before 'first_dose_date'"):
        safety.derive_person_time(backwards)
    none = pd.DataFrame({"subject_id": ["a"], "days_at_risk": [0.0]})
    with pytest.raises(ValueError, match="no day at risk"):
        safety.event_rates(pd.DataFrame({"subject_id": ["a"]}), none, confidence_level=0.95)
    one = pd.DataFrame({"subject_id": ["a"], "days_at_risk": [1.0]})
    with pytest.raises(ValueError, match="outside the safety set"):
        safety.event_rates(pd.DataFrame({"subject_id": ["z"]}), one, confidence_level=0.95)
    dosed = one.assign(first_dose_date="2024-01-02")
    early = pd.DataFrame({"subject_id": ["a"], "onset_date": ["2024-01-01"]})
    with pytest.raises(ValueError, match="not emergent"):
        safety.first_event_rates(early, dosed, confidence_level=0.95)


@pytest.fixture(scope="module")
def pilot(shared_data):
    subjects = pd.read_csv(shared_data / "cdisc_adsl.csv").query("SAFFL == 'Y'")
    subjects = subjects.rename(columns={"USUBJID": "subject_id", "TRTDUR": "days_at_risk", "TRT01A": "arm"})
    events = pd.read_csv(shared_data / "cdisc_adae.csv").query("TRTEMFL == 'Y' and SAFFL == 'Y'")
    return subjects, events.rename(columns={"USUBJID": "subject_id", "AEBODSYS": "soc", "AEDECOD": "pt"})


def test_cdisc_pilot_equals_r(pilot, r_reference):
    subjects, events = pilot
    rates = safety.event_rates(events, subjects, confidence_level=0.95, group="arm", per=1).set_index("arm")
    terms = safety.count_terms(events, subjects, group="arm")

    def subjects_with(condition):
        return events.loc[condition].groupby("TRTA")["subject_id"].nunique()

    serious, severe = subjects_with(events["AESER"] == "Y"), subjects_with(events["AESEV"] == "SEVERE")
    related = subjects_with(events["AEREL"].isin(["POSSIBLE", "PROBABLE"]))
    rows = [row for row in r_reference["results"] if row["group"] == "adverse_events"]
    assert len(rows) == 3
    for row in rows:
        arm = row["args"]["arm"]
        one, counts = rates.loc[arm], terms.query("arm == @arm").query("events > 0")
        soc = counts.query("level == 'soc'").set_index("soc")
        pt = counts.query("level == 'pt'").groupby("pt")[["n_subjects", "events"]].sum()
        general, skin = (soc.filter(like=name, axis=0).iloc[0] for name in ("GENERAL DIS", "SKIN"))
        found = {
            "N": one["n"],
            "events": one["events"],
            "subjects": one["n_subjects"],
            "serious_events": (events.query("TRTA == @arm")["AESER"] == "Y").sum(),
            "serious_subjects": serious.get(arm, 0),
            "severe_subjects": severe[arm],
            "related_subjects": related[arm],
            "n_soc": len(soc),
            "n_pt": len(pt),
            "person_years": one["person_years"],
            "rate_per_py": one["estimate"],
            "rate_low": one["conf_low"],
            "rate_high": one["conf_high"],
            "soc_general_subjects": general["n_subjects"],
            "soc_general_events": general["events"],
            "soc_skin_subjects": skin["n_subjects"],
            "pt_pruritus_subjects": pt.loc["PRURITUS", "n_subjects"],
            "pt_pruritus_events": pt.loc["PRURITUS", "events"],
            "pt_dizziness_subjects": pt.loc["DIZZINESS", "n_subjects"],
        }
        assert found == pytest.approx(row["result"], rel=row["tol"], abs=1e-9)
