"""The dermatomyositis cohort: who is due, which events count, what the strategies make of them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.tables import pick
from studies.myositis.cdasi import regression_rows
from studies.myositis.disease import ANTIBODIES, antibody, is_cadm
from studies.myositis.events import dose_course, failed_before, list_events, with_days_off
from studies.myositis.exposure import (
    describe_bands,
    exposure_by_patient,
    exposure_by_route,
    omitted_by_reason,
    undated,
)
from studies.myositis.imputation import pooled_rate
from studies.myositis.intercurrent import withdrawals
from studies.myositis.response import rate, reached, strategies
from studies.myositis.settings import BeforeSelection


def visit(name, week, target, window):
    return SimpleNamespace(id=name, label=f"Week {week}", week=float(week), target_day=target, window=window)


HANDLING = {
    "rescue glucocorticoid": "composite",
    "death": "composite",
    "inefficacy": "composite",
    "lost": "hypothetical",
}
STUDY = SimpleNamespace(
    visits=[visit("W00", 0, 1, [-14, 1]), visit("W12", 12, 85, [71, 112]), visit("W24", 24, 169, [141, 196])],
    baseline_visit="W00",
    statistics=SimpleNamespace(
        confidence_level=0.95, exact_max=1000, zeros="pratt", continuity=False, seed=1
    ),
    settings=SimpleNamespace(intercurrent=HANDLING),
    populations={"FAS": SimpleNamespace(label="Full analysis set")},
)


def table(text, **dtypes):
    """A drawn table; a dash is missing."""
    lines = [line.split() for line in text.strip().splitlines()]
    frame = pd.DataFrame(lines[1:], columns=lines[0]).replace("-", None)
    return frame.astype(dtypes)


def dated(*days):
    return pd.to_datetime(list(days))


# ---------------------------------------------------------------- intercurrent events
PATIENTS = pd.DataFrame(
    {
        "baseline_date": dated(*["2021-01-01"] * 4),
        "observed_until": dated(*["2021-12-01"] * 4),
        "prednisone_mg_day": [10.0, 10.0, 10.0, 10.0],
        "discontinuation_reason": ["completed", "lost", "inefficacy", None],
        "discontinuation_date": dated("2021-12-01", "2021-06-01", "2021-05-01", None),
    },
    index=pd.Index(["a", "b", "c", "d"], name="subject_id"),
)
NO_EVENTS = pd.DataFrame({"subject_id": [], "event_date": pd.to_datetime([]), "event": []})


def courses(rows):
    frame = pd.DataFrame(rows, columns=["subject_id", "start_date", "stop_date", "prednisone_mg_day"])
    return frame.assign(
        start_date=pd.to_datetime(frame["start_date"]),
        stop_date=pd.to_datetime(frame["stop_date"]),
        ongoing=frame["stop_date"].isna(),
        **{"class": "GC"},
    )


STEADY = [(name, "2020-12-01", None, 10.0) for name in "abcd"]


def events_with(recorded=NO_EVENTS, extra=()):
    tables = {"intercurrent_events": recorded, "treatments": courses([*STEADY, *extra])}
    return list_events(tables, PATIENTS, handling=HANDLING)


def test_a_discontinuation_that_only_the_disposition_shows_is_an_event():
    found = events_with().set_index("subject_id")
    assert found["handling"].to_dict() == {"c": "composite", "b": "hypothetical"}
    assert not found["recorded"].any()


def test_a_dose_above_baseline_that_was_not_recorded_as_rescue_is_found():
    found = events_with(extra=[("a", "2021-03-01", None, 5.0)])
    row = found[found["subject_id"].eq("a")].iloc[0]
    assert (row["event"], row["handling"], row["recorded"]) == (
        "glucocorticoid above baseline",
        "composite",
        False,
    )
    assert row["event_date"] == pd.Timestamp("2021-03-01")


def test_a_recorded_rescue_is_not_found_a_second_time():
    rescue = pd.DataFrame(
        {"subject_id": ["a"], "event_date": dated("2021-03-01"), "event": ["rescue glucocorticoid"]}
    )
    found = events_with(rescue, extra=[("a", "2021-03-01", None, 5.0)])
    assert found["subject_id"].eq("a").sum() == 1


@pytest.mark.parametrize("day", ["2021-05-01", None])
def test_a_rise_before_the_recorded_rescue_or_beside_an_undated_one_is_found(day):
    rescue = pd.DataFrame({"subject_id": ["a"], "event_date": dated(day), "event": ["rescue glucocorticoid"]})
    found = events_with(rescue, extra=[("a", "2021-03-01", None, 5.0)])
    unrecorded = found[found["subject_id"].eq("a") & ~found["recorded"].astype(bool)]
    assert unrecorded["event_date"].tolist() == [pd.Timestamp("2021-03-01")]


def test_an_event_without_a_handling_is_refused():
    unknown = pd.DataFrame({"subject_id": ["a"], "event_date": dated("2021-03-01"), "event": ["pregnancy"]})
    with pytest.raises(KeyError, match="no handling for"):
        events_with(unknown)


def test_failure_counts_from_the_day_of_the_event():
    events = pd.DataFrame(
        {"subject_id": ["a", "b"], "event_date": dated("2021-06-01", "2021-06-02"), "handling": "composite"}
    )
    visit_day = pd.Series(dated("2021-06-01", "2021-06-01"), index=["a", "b"])
    assert failed_before(events, visit_day).tolist() == [True, False]


def test_an_event_that_counts_as_failure_and_has_no_date_counts_at_every_visit():
    events = pd.DataFrame(
        {
            "subject_id": ["undated", "other", "undated_hypothetical"],
            "event_date": dated(None, "2021-07-01", None),
            "handling": ["composite", "composite", "hypothetical"],
        }
    )
    visit_day = pd.Series(
        pd.Timestamp("2021-06-01"), index=["undated", "other", "undated_hypothetical", "none"]
    )
    assert failed_before(events, visit_day).tolist() == [True, False, False, False]


def test_a_withdrawal_is_contradicted_by_a_later_dose_or_by_treatment_completed():
    adverse = pd.DataFrame(
        {
            "subject_id": ["a", "b", "c", "d", "e", "other"],
            "action": ["withdrawn", "withdrawn", "none", "withdrawn", "withdrawn", "withdrawn"],
            "start_date": dated(*["2021-03-01"] * 6),
        }
    ).assign(pt="Rash", ctcae_grade_max=2, serious=False)
    doses = pd.DataFrame(
        {
            "subject_id": ["a", "b", "c", "e"],
            "given": [True, True, True, False],
            "dose_date": dated("2021-03-02", "2021-03-01", "2021-05-01", "2021-05-01"),
        }
    )
    reasons = ["lost", "adverse_event", "completed", "completed", None]
    subjects = pd.DataFrame({"discontinuation_reason": reasons}, index=list("abcde"))
    found = withdrawals(adverse, doses, subjects).set_index("subject_id")
    assert found["later_doses"].to_dict() == {
        "a": 1,
        "b": 0,
        "d": 0,
        "e": 0,
    }  # on the day itself is not later
    assert found["contradicted"].to_dict() == {"a": True, "b": False, "d": True, "e": False}


# ---------------------------------------------------------------- strategies
def test_strategies_differ_only_where_they_should():
    # one responder; one responder after rescue; one non-responder; one missing; one missing after death
    observed = pd.Series([True, True, False, None, None], dtype="boolean")
    failed = pd.Series([False, True, False, False, True], dtype="boolean")
    found = strategies(observed, failed, level=0.95)
    assert (found["composite"]["count"], found["composite"]["n"]) == (1, 5)
    assert (found["observed"]["count"], found["observed"]["n"]) == (2, 3)


def test_no_share_is_made_of_nobody():
    assert "estimate" not in rate(0, 0, level=0.95, method="as observed")


@pytest.mark.parametrize(("score", "answer"), [(39.9, False), (40.0, True), (40 - 1e-12, True), (None, None)])
def test_a_score_reaches_a_limit_at_the_limit(score, answer):
    (found,) = reached(pd.Series([score], dtype="Float64"), 40)
    assert pd.isna(found) if answer is None else found == answer


def test_the_pooled_rate_has_failures_as_non_response_in_every_data_set():
    scores = pd.DataFrame(
        # ten patients twice: b fails whatever the score; c reaches the limit in the second data set only
        {
            "imputation": [1] * 10 + [2] * 10,
            "tis": [50.0, 50.0, 10.0] + [0.0] * 7 + [50.0, 50.0, 45.0] + [0.0] * 7,
        },
        index=list("abcdefghij") * 2,
    )
    failed = pd.Series([False, True] + [False] * 8, index=list("abcdefghij"), dtype="boolean")
    found = pooled_rate(scores, minimum=40, failed=failed, level=0.95)
    assert found["estimate"] == pytest.approx((1 / 10 + 2 / 10) / 2)
    assert 0 < found["conf_low"] < found["estimate"] < found["conf_high"] < 1


def test_a_pooled_rate_without_spread_has_the_estimate_and_no_interval():
    scores = pd.DataFrame({"imputation": [1, 1, 2, 2], "tis": [10.0, 10.0, 10.0, 10.0]}, index=["a", "b"] * 2)
    failed = pd.Series([False, False], index=["a", "b"], dtype="boolean")
    found = pooled_rate(scores, minimum=40, failed=failed, level=0.95)
    assert found["estimate"] == 0
    assert np.isnan(found["conf_low"])
    assert "none, as a rate is 0" in found["method"]


# ---------------------------------------------------------------- glucocorticoid timeline
def test_days_without_a_course_are_days_at_dose_zero():
    course = pd.DataFrame(
        {
            "subject_id": ["a", "a"],
            "start": dated("2021-01-01", "2021-03-01"),
            "stop": dated("2021-02-01", "2021-04-01"),
            "dose": [10.0, 5.0],
        }
    )
    until = pd.Series(dated("2021-05-01"), index=["a"])
    filled = with_days_off(course, until, doubtful=pd.Index([]))
    assert filled["dose"].tolist() == [10.0, 0.0, 5.0, 0.0]
    assert filled["start"].iloc[1:].tolist() == filled["stop"].iloc[:-1].tolist()


def test_a_course_that_stops_before_it_starts_leaves_the_days_around_it_unknown():
    swapped = [("a", "2021-09-01", "2021-06-01", 5.0)]
    first = [("a", "2020-12-01", "2021-06-01", 10.0), ("b", "2020-12-01", "2021-06-01", 10.0)]
    course = dose_course(courses([*first, *swapped]), PATIENTS.loc[["a", "b"]]).set_index("subject_id")
    assert course.loc["b", "dose"].tolist() == [10.0, 0.0]
    assert course.loc["a", "dose"].fillna(-1).tolist() == [10.0, -1]


# ---------------------------------------------------------------- regression to the mean
def test_the_expected_fall_is_the_worked_one():
    pairs = pd.DataFrame({"baseline": [20.0, 18.0, 16.0], "followup": [15.0, 15.0, 15.0]})
    assumed = BeforeSelection(
        **{"mean": 12, "sd": 8, "correlation": 0.7, "cutoff": 14, "correlations": [0.5, 0.9]}
    )
    rows = regression_rows(pairs, assumed=assumed, variable="cdasi_activity", visit="W24", population="FAS")
    found = pick(rows, analysis="regression_to_mean")
    assert found["expected"] == pytest.approx(-2.312530, abs=1e-6)  # reference D.14
    assert found["observed"] == pytest.approx(-3)
    assert found["remainder"] == pytest.approx(-3 + 2.312530, abs=1e-6)
    # above the cutoff -2.31253 x 0.5 / 0.3 and x 0.1 / 0.3; by the baseline mean of 18: -6 x 0.5 and x 0.1
    assert found["expected_most"] == pytest.approx(-2.312530 * 5 / 3, abs=1e-5)
    assert found["expected_least"] == pytest.approx(-0.6)
    assert found["n_below_cutoff"] == 0


@pytest.mark.parametrize(("value", "below"), [(14.0, 1), (14.1, 0)])
def test_a_baseline_at_the_cutoff_was_not_selected_above_it(value, below):
    pairs = pd.DataFrame({"baseline": [20.0, value], "followup": [15.0, 15.0]})
    assumed = BeforeSelection(
        **{"mean": 12, "sd": 8, "correlation": 0.7, "cutoff": 14, "correlations": [0.5, 0.9]}
    )
    rows = regression_rows(pairs, assumed=assumed, variable="cdasi_activity", visit="W24", population="FAS")
    assert pick(rows, analysis="regression_to_mean")["n_below_cutoff"] == below


# ---------------------------------------------------------------- classification
def test_antibodies_are_named_and_untested_patients_are_not_negative():
    flags = table(
        """
        msa_tested  msa_mda5  msa_tif1g
        True        True      True
        True        False     False
        False       -         -
        """
    )
    subjects = flags.assign(**{name: None for name in ANTIBODIES if name not in flags})
    subjects = subjects.replace({"True": True, "False": False})
    assert antibody(subjects).tolist() == [
        "anti-MDA5 + anti-TIF1-gamma",
        "none found",
        "not tested",
    ]


def test_amyopathic_and_hypomyopathic_disease_are_clinically_amyopathic_and_premyopathic_is_not():
    subjects = pd.DataFrame({"cadm_type": ["ADM", "HDM", "premyopathic", "none", None]})
    assert is_cadm(subjects).tolist() == [True, True, False, False, False]


# ---------------------------------------------------------------- doses
DOSES = """
subject_id  dose_date   route  given  dose_mg  planned_mg
a           2021-03-01  IV     True   500      500
a           2021-03-15  IV     False  0        500
a           2021-09-01  SC     True   125      125
b           -           IV     True   750      750
b           2021-04-01  IV     True   750      750
other       2021-04-01  IV     True   750      750
"""


def treated():
    subjects = pd.DataFrame(
        {
            "weight_kg": [50.0, 75.0],
            "first_dose_date": dated("2021-03-01", "2021-03-01"),
            "last_dose_date": dated("2021-09-01", "2021-04-01"),
        },
        index=pd.Index(["a", "b"], name="subject_id"),
    )
    doses = table(DOSES, dose_mg=float, planned_mg=float)
    doses = doses.assign(given=doses["given"].eq("True"), dose_date=pd.to_datetime(doses["dose_date"]))
    return SimpleNamespace(ids=subjects.index, subjects=subjects), doses


def test_infusions_and_injections_are_counted_apart():
    group, doses = treated()
    infused = exposure_by_route(group, doses, route="IV")
    assert infused[["planned", "given", "adherence", "mg", "mg_kg"]].to_numpy().tolist() == [
        [2, 1, 0.5, 500.0, 10.0],
        [2, 2, 1.0, 750.0, 10.0],
    ]
    assert exposure_by_route(group, doses, route="SC")["given"].to_dict() == {"a": 1}
    assert exposure_by_patient(group, doses, cut=None)["omitted"].to_dict() == {"a": 1, "b": 0}


LEFT_OUT = """
subject_id  dose_date   given  not_given_reason
a           2021-03-15  False  infection         # on the list of deviations
a           2021-04-15  False  infection         # a deviation of that day is about a visit
b           2021-03-15  False  supply            # that of the other patient
b           -           False  -                 # a deviation without a date is about no known dose
b           2021-05-15  True   -                 # given, outside its window
other       2021-03-15  False  infection         # not of the set
"""


def test_doses_left_out_are_recorded_where_a_deviation_about_a_dose_has_their_day():
    group, _ = treated()
    doses = table("\n".join(line.split("#")[0] for line in LEFT_OUT.splitlines() if line.strip()))
    doses = doses.assign(given=doses["given"].eq("True"), dose_date=pd.to_datetime(doses["dose_date"]))
    deviations = pd.DataFrame(
        {
            "subject_id": ["a", "a", "b", "b", "other"],
            "deviation_date": dated("2021-03-15", "2021-04-15", None, "2021-05-15", "2021-03-15"),
            "category": ["dose", "visit", "dose", "dose", "dose"],
        }
    )
    found = omitted_by_reason(group, doses, deviations, category="dose").set_index("not_given_reason")
    assert found.loc["infection"].tolist() == [2, 1, 1]
    assert found.loc["supply"].tolist() == [1, 1, 0]
    assert found.loc["not stated"].tolist() == [1, 1, 0]


def test_doses_without_a_date_are_counted_and_weights_named():
    group, doses = treated()
    assert undated(group, doses) == 1
    assert describe_bands(group, doses) == "500 mg at 50.0 to 50.0 kg, 750 mg at 75.0 to 75.0 kg"
