"""Survival: R's values (survival 3.5-3), statsmodels as second implementation, identities and edges."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import survival


def rows_of(r_reference, group):
    rows = [row for row in r_reference["results"] if row["group"] == group]
    assert rows
    return rows


def close(value, reference, tol):
    if reference in ("NA", "NaN", None):
        return bool(np.isnan(value))
    return abs(value - reference) <= max(tol * abs(reference), 1e-9)


@pytest.fixture(scope="module")
def dermatologic(shared_data):
    events = pd.read_csv(shared_data / "cdisc_adtte.csv")
    return events.assign(happened=events["CNSR"] == 0)


def test_curves_equal_r(r_reference, dermatologic):
    for row in rows_of(r_reference, "kaplan_meier"):
        data = row["vectors"] or {"time": dermatologic["AVAL"], "event": dermatologic["happened"]}
        scale = "log-log" if row["method"].endswith("log-log") else "log"
        ours = survival.kaplan_meier(data["time"], data["event"], confidence_level=0.95, interval=scale)
        found = {
            "n": ours.n,
            "events": ours.events,
            "median": ours.median,
            "median_low": ours.median_low,
            "median_high": ours.median_high,
            "rmean": ours.restricted_mean,
        }
        for key in row["result"]:
            if key[0] == "S":
                at = survival.survival_at(ours, float(key[1:])).iloc[0]
                time = key[1:]
                found |= {key: at["estimate"], f"se{time}": at["se"]}
                found |= {f"lo{time}": at["conf_low"], f"hi{time}": at["conf_high"]}
        wrong = {k: (found[k], v) for k, v in row["result"].items() if not close(found[k], v, row["tol"])}
        assert not wrong, (row["id"], wrong)


def test_log_rank_equals_r(r_reference, dermatologic):
    (row,) = rows_of(r_reference, "logrank")
    ours = survival.log_rank(dermatologic["AVAL"], dermatologic["happened"], dermatologic["TRTA"])
    assert close(ours.statistic, row["result"]["chi2"], row["tol"])
    assert ours.df == row["result"]["df"]
    assert close(ours.p_value, row["result"]["p"], row["tol"])


def test_cox_equals_r_with_efron_ties(r_reference, dermatologic):
    (row,) = [row for row in rows_of(r_reference, "cox") if row["method"] == "ttde_efron"]
    arms = dermatologic.assign(low=(dermatologic["TRTAN"] == 54) * 1, high=(dermatologic["TRTAN"] == 81) * 1)
    ours = survival.cox(
        arms, time="AVAL", event="happened", covariates=["low", "high", "AGE"], confidence_level=0.95
    )
    names = {
        "coef": "log_estimate",
        "se": "se",
        "p": "p_value",
        "hr": "estimate",
        "lo": "conf_low",
        "hi": "conf_high",
    }
    table = ours.coefficients.set_index("term")
    found = {
        f"{term}|{short}": table.loc[term, name] for term in table.index for short, name in names.items()
    }
    found |= {"loglik": ours.log_likelihood, "lr_chi2": ours.statistic, "concordance": ours.concordance}
    wrong = {k: (found[k], v) for k, v in row["result"].items() if not close(found[k], v, row["tol"])}
    assert not wrong


def test_breslow_and_exact_ties_of_r_differ_from_ours_by_design(r_reference):
    # Efron is the one method offered; the two other rows of R hold other treatments of ties.
    rows = {row["method"]: row["result"]["low|coef"] for row in rows_of(r_reference, "cox")}
    assert rows["ttde_breslow"] < rows["ttde_efron"] < rows["ttde_exact"]


times_and_events = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=4, max_size=40)


@given(times_and_events)
def test_curve_and_errors_equal_statsmodels(subjects):
    from statsmodels.duration.survfunc import SurvfuncRight

    time, event = (np.array(column) for column in zip(*subjects))
    ours = survival.kaplan_meier(time, event, confidence_level=0.9).curve.query("n_event > 0")
    if not event.any():
        assert ours.empty
        return
    with np.errstate(all="ignore"):
        theirs = SurvfuncRight(time, event.astype(int))
    keep = theirs.n_events > 0
    np.testing.assert_allclose(ours["survival"], theirs.surv_prob[keep], atol=1e-12)
    alive = ours["survival"].to_numpy() > 0
    np.testing.assert_allclose(ours["se"][alive], theirs.surv_prob_se[keep][alive], atol=1e-12)


@given(times_and_events, st.randoms(use_true_random=False))
def test_log_rank_equals_statsmodels_and_ignores_row_order(subjects, random):
    from statsmodels.duration.survfunc import survdiff

    group = np.array([i % 3 for i in range(len(subjects))])
    time, event = (np.array(column) for column in zip(*subjects))
    if not event.any() or len(np.unique(time[event])) < 2 or (time >= np.sort(time[event])[0]).sum() < 6:
        return
    ours = survival.log_rank(time, event, group)
    order = list(range(len(time)))
    random.shuffle(order)
    assert survival.log_rank(time[order], event[order], group[order]).statistic == pytest.approx(
        ours.statistic
    )
    assert ours.groups["observed"].sum() == pytest.approx(ours.groups["expected"].sum())
    try:
        statistic, p_value = survdiff(time, event.astype(int), group)
    except np.linalg.LinAlgError:
        return  # statsmodels cannot invert where a group leaves before the first event
    assert (ours.statistic, ours.p_value) == pytest.approx((statistic, p_value), abs=1e-6)


@given(times_and_events)
def test_single_reason_is_one_minus_kaplan_meier_with_the_same_error(subjects):
    time, event = (np.array(column) for column in zip(*subjects))
    if not event.any():
        return
    reason = np.where(event, "stopped", "censored")
    ours = survival.cumulative_incidence(time, reason, confidence_level=0.95).curve
    curve = survival.kaplan_meier(time, event, confidence_level=0.95).curve
    np.testing.assert_allclose(ours["estimate"], 1 - curve["survival"], atol=1e-12)
    inside = curve["survival"].between(1e-9, 1 - 1e-9)
    np.testing.assert_allclose(ours["se"][inside], curve["se"][inside], atol=1e-9)
    np.testing.assert_allclose(ours["conf_low"][inside], 1 - curve["conf_high"][inside], atol=1e-9)


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.sampled_from(["censored", "a", "b", "c"])), min_size=3, max_size=40
    )
)
def test_reasons_add_up_to_all_stops(subjects):
    time, reason = (np.array(column) for column in zip(*subjects))
    if (reason == "censored").all():
        return
    curves = survival.cumulative_incidence(time, reason, confidence_level=0.95).curve
    whole = survival.kaplan_meier(time, reason != "censored", confidence_level=0.95).curve
    np.testing.assert_allclose(
        curves.groupby("time")["estimate"].sum(), 1 - whole["survival"].to_numpy(), atol=1e-12
    )


def test_variance_of_a_reason_agrees_with_resampling():
    rng = np.random.default_rng(7)
    time = rng.integers(1, 30, 120)
    reason = rng.choice(["inefficacy", "adverse_event", "censored"], 120)

    def at_15(rows):
        curve = survival.cumulative_incidence(time[rows], reason[rows], confidence_level=0.95).curve
        return curve.query("reason == 'inefficacy' and time <= 15")["estimate"].iloc[-1]

    curve = survival.cumulative_incidence(time, reason, confidence_level=0.95).curve
    ours = curve.query("reason == 'inefficacy' and time <= 15")["se"].iloc[-1]
    draws = [at_15(rng.integers(0, 120, 120)) for _ in range(300)]
    assert ours == pytest.approx(np.std(draws), rel=0.15)


def test_delayed_entry_only_counts_those_already_observed():
    # subject | entry | time | event | why
    # 1       | 0     | 2    | yes   | alone under observation at 2
    # 2       | 3     | 5    | yes   | came in after the first event
    # 3       | 3     | 6    | no    | censored
    result = survival.kaplan_meier([2, 5, 6], [1, 1, 0], entry=[0, 3, 3], confidence_level=0.95)
    assert result.curve["n_risk"].tolist() == [1, 2, 1]


def test_median_runs_to_the_middle_of_a_step_at_exactly_one_half():
    assert survival.kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1], confidence_level=0.95).median == 2.5


def test_incomplete_rows_are_counted_and_left_out():
    result = survival.kaplan_meier([1, 2, np.nan, 4], [1, 0, 1, None], confidence_level=0.95)
    assert (result.n, result.n_missing) == (2, 2)


def test_read_beyond_the_last_time_is_unknown():
    result = survival.kaplan_meier([1, 2], [1, 0], confidence_level=0.95)
    assert np.isnan(survival.survival_at(result, 3)["estimate"]).all()
    assert survival.survival_at(result, 0)["estimate"].tolist() == [1.0]


@pytest.mark.parametrize(
    ("time", "event", "message"),
    [
        ([-1, 2], [1, 0], "not negative"),
        ([np.inf, 2], [1, 0], "finite"),
        ([1, 2], [2, 0], "True or False"),
        ([np.nan], [1], "no subject"),
    ],
)
def test_impossible_durations_are_refused(time, event, message):
    with pytest.raises(ValueError, match=message):
        survival.kaplan_meier(time, event, confidence_level=0.95)


def test_series_of_different_subjects_are_refused():
    with pytest.raises(ValueError, match="share one index"):
        survival.kaplan_meier(pd.Series([1, 2]), pd.Series([1, 0], index=[5, 6]), confidence_level=0.95)


def test_comparison_without_events_or_groups_is_refused():
    with pytest.raises(ValueError, match="two groups and an event"):
        survival.log_rank([1, 2], [0, 0], ["a", "b"])
    with pytest.raises(ValueError, match="two groups and an event"):
        survival.log_rank([1, 2], [1, 1], ["a", "a"])


def test_group_that_left_before_the_first_event_takes_no_part():
    time, event = [1, 1, 2, 3, 4, 5], [0, 0, 1, 1, 1, 1]
    with_early = survival.log_rank(time, event, ["early", "early", "a", "b", "a", "b"])
    without = survival.log_rank(time[2:], event[2:], ["a", "b", "a", "b"])
    assert (with_early.statistic, with_early.df) == (pytest.approx(without.statistic), 1)
    with pytest.raises(ValueError, match="only one of the groups"):
        survival.log_rank([1, 2], [0, 1], ["early", "late"])


@pytest.mark.parametrize(
    ("marker", "event", "message"),
    [
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 0, 0, 0], "needs events"),
        ([1, 1, 1, 1, 1, 1], [1, 0, 1, 0, 1, 0], "do not vary"),
        ([0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], "no maximum"),
    ],
)
def test_cox_models_without_an_answer_are_refused(marker, event, message):
    subjects = pd.DataFrame({"time": [6, 5, 4, 3, 2, 1], "event": event, "marker": marker})
    with pytest.raises(ValueError, match=message):
        survival.cox(subjects, time="time", event="event", covariates=["marker"], confidence_level=0.95)


def test_first_event_is_the_first_visit_with_the_flag():
    # subject | day | remission | why
    visits = pd.DataFrame(
        [
            ("in_remission", 0, False),  # not yet
            ("in_remission", 84, True),  # first time
            ("in_remission", 168, True),  # later times do not count
            ("never", 0, False),
            ("never", 90, False),  # censored here
            ("never", 180, pd.NA),  # not assessed
            ("unassessed", 0, pd.NA),  # stays in the frame
        ],
        columns=["subject_id", "day", "remission"],
    )
    found = survival.derive_first_event(visits, event="remission", day="day").set_index("subject_id")
    assert found.loc["in_remission"].tolist() == [84, True]
    assert found.loc["never"].tolist() == [90, False]
    assert found.loc["unassessed"].isna().all()


COURSE = ["start_date", "stop_date", "stop_reason"]


def test_drug_survival_names_why_a_course_ended():
    # start | stop | reason | why
    courses = pd.DataFrame(
        [
            ("2024-01-01", "2024-02-01", "adverse_event"),  # stopped
            ("2024-01-01", None, None),  # running at the cut
            ("2024-01-01", "2024-07-01", "adverse_event"),  # stopped after the cut
            ("2024-01-01", "2024-02-01", None),  # stopped, nobody wrote why
            ("2024-01-01", "2024-02-01", "remission"),  # a good reason
            (None, "2024-02-01", "remission"),  # start unknown
        ],
        columns=COURSE,
    )
    found = survival.derive_drug_survival(courses, data_cut="2024-06-30", not_failure=["remission"])
    assert found["reason"].tolist() == ["adverse_event", "censored", "censored", "unknown", "censored", pd.NA]
    assert found["time"].dropna().tolist() == [31, 181, 181, 31, 31]


def test_course_that_ends_before_it_starts_is_refused():
    courses = pd.DataFrame(
        {"start_date": ["2024-02-01"], "stop_date": ["2024-01-01"], "stop_reason": ["other"]}
    )
    with pytest.raises(ValueError, match="stop before they start"):
        survival.derive_drug_survival(courses, data_cut="2024-06-30")


def test_numbers_at_risk_per_group():
    table = survival.numbers_at_risk([1, 2, 3, 4], [1, 1, 0, 0], times=[0, 2, 4], group=["a", "a", "b", "b"])
    assert table["n_risk"].tolist() == [2, 1, 0, 2, 2, 1]
    assert table["n_event"].tolist() == [0, 2, 2, 0, 0, 0]


def test_nobody_is_at_risk_before_entry():
    table = survival.numbers_at_risk([2, 5, 6], [1, 1, 0], times=[0, 2, 5], entry=[0, 3, 3])
    assert table["n_risk"].tolist() == [1, 1, 2]


OF_R = json.loads((Path(__file__).parent / "r" / "entry.json").read_text(encoding="utf-8"))


def test_who_enters_at_the_time_of_an_event_is_not_at_risk_of_it_in_a_cox_model():
    """As in R, in Kaplan-Meier curves and in the log-rank test; statsmodels takes them as at risk."""
    subjects = pd.DataFrame(OF_R["data"]["wide"])
    assert set(subjects["entry"]) & set(subjects.loc[subjects["event"].eq(1), "time"])
    asked = {"time": "time", "event": "event", "covariates": ["risk", "arm"], "entry": "entry"}
    found = survival.cox(subjects, confidence_level=0.95, **asked)
    for name in ("log_estimate", "se"):
        assert found.coefficients[name].tolist() == pytest.approx(OF_R["cox"][name], rel=1e-6)
    assert found.log_likelihood == pytest.approx(OF_R["cox"]["log_likelihood"])
    assert found.statistic == pytest.approx(OF_R["cox"]["statistic"], rel=1e-6)
    held = survival.check_proportional_hazards(subjects, **asked)
    assert held["statistic"].tolist() == pytest.approx(OF_R["zph"]["statistic"], rel=1e-5)
