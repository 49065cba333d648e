"""Rows of results for the questions that every study asks, on small tables counted by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_study import ARMS, CDAI, drawn, long, rows, small_study

from analysis import summaries
from analysis.summaries.shared import moments

ALL = {"all": pd.Index(["S1", "S2", "S3", "S4"])}
VALUES = """
subject_id W00 W12 W24
S1         20  10  5
S2         30  30  .     # no value at week 24
S3         10  12  9
S4         .   8   7     # no baseline
"""
SHARE = ("estimate", "count", "unchanged", "worse", "n", "n_missing")


def picked(found: pd.DataFrame, *names: str, **keys: str) -> list:
    """Values of statistics of the one result with these keys."""
    for key, value in keys.items():
        found = found[found[key].eq(value)]
    values = dict(zip(found["statistic"], found["value"], strict=True))
    assert len(set(found["result_id"].str.rsplit(".", n=1).str[0])) == 1
    return [values[name] for name in names]


# ---------------------------------------------------------------- who: groups


def people():
    return drawn("subject_id arm\nS1 new\nS2 old\nS3 new\nS4 .\n")


def test_without_groups_there_is_one_called_all():
    populations = drawn("subject_id ALL\nS1 True\nS2 False\nS3 True\n")
    found = summaries.group_members(people(), populations, study=small_study(), population="ALL")
    assert {name: list(ids) for name, ids in found.items()} == {"all": ["S1", "S3"]}


def test_groups_come_in_the_order_of_display():
    populations = drawn("subject_id ALL\nS1 True\nS2 True\nS3 True\nS4 False\n")
    found = summaries.group_members(people(), populations, study=small_study(groups=ARMS), population="ALL")
    assert {name: list(ids) for name, ids in found.items()} == {"old": ["S2"], "new": ["S1", "S3"]}


def test_pooled_groups_are_one():
    populations = pd.DataFrame({"subject_id": people()["subject_id"], "ALL": True})
    found = summaries.group_members(
        people(), populations, study=small_study(groups=ARMS), population="ALL", pooled=True
    )
    assert {name: len(ids) for name, ids in found.items()} == {"all": len(people())}


def test_a_subject_without_a_group_is_an_error_not_a_loss():
    populations = drawn("subject_id ALL\nS1 True\nS4 True\n")
    with pytest.raises(ValueError, match=r"1 subjects of ALL have no arm among .'old', 'new'. \(e\.g\. S4\)"):
        summaries.group_members(people(), populations, study=small_study(groups=ARMS), population="ALL")


def test_an_unknown_analysis_set_names_those_there_are():
    with pytest.raises(KeyError, match="there is no analysis set 'FAS'; the study file defines ALL"):
        summaries.group_members(
            people(), drawn("subject_id ALL\nS1 True\n"), study=small_study(), population="FAS"
        )


# ---------------------------------------------------------------- moments and baseline


def test_moments_of_known_values():
    found = moments(pd.Series([1.0, 2.0, 4.0, np.nan]))
    assert found == {
        "n": 3,
        "n_missing": 1,
        "mean": pytest.approx(7 / 3),
        "sd": pytest.approx(np.sqrt(7 / 3)),
        "median": 2.0,
        "q1": 1.5,
        "q3": 3.0,
        "min": 1.0,
        "max": 4.0,
    }


def test_one_value_has_no_standard_deviation_and_none_has_counts_only():
    assert np.isnan(moments(pd.Series([5.0]))["sd"])
    assert moments(pd.Series([np.nan, np.nan])) == {"n": 0, "n_missing": 2}


def baseline(members=None, **columns):
    table = pd.DataFrame({"age": [50.0, 60.0, np.nan, 40.0], **columns}, index=["S1", "S2", "S3", "S4"])
    members = members or {"old": pd.Index(["S1", "S2"]), "new": pd.Index(["S3", "S4"])}
    wanted = [SimpleNamespace(variable=name) for name in table]
    return summaries.summarise_baseline(table, members, variables=wanted, population="FAS")


def test_baseline_numbers_by_group_and_over_all():
    found = baseline()
    assert found["group"].unique().tolist() == ["old", "new", "all"]
    assert picked(found, "n", "n_missing", "mean", group="old") == [2, 0, 55]
    assert picked(found, "n", "n_missing", "mean", group="new") == [1, 1, 40]
    assert picked(found, "n", "mean", group="all") == [3, 50]


def test_categories_are_shares_of_the_known_and_the_same_in_every_group():
    found = baseline(sex=["F", "M", "F", None])
    sex = found[found["variable"].eq("sex")]
    assert picked(sex, "count", "proportion", "n", group="new", visit="F") == [1, 1.0, 1]
    assert picked(sex, "count", "proportion", group="new", visit="M") == [0, 0.0]  # nobody there, but a line
    assert picked(sex, "n", "n_missing", group="new", visit="") == [1, 1]
    assert picked(sex, "count", "proportion", group="all", visit="F") == [2, pytest.approx(2 / 3)]


def test_yes_or_no_has_one_line_and_unknown_is_not_no():
    found = baseline(smoker=pd.array([True, False, None, True], "boolean"))
    smoker = found[found["variable"].eq("smoker")]
    assert smoker["visit"].unique().tolist() == ["", "True"]
    assert picked(smoker, "count", "n", group="all", visit="True") == [2, 3]
    assert picked(smoker, "n_missing", group="all", visit="") == [1]


def test_ordered_categories_keep_their_order_and_their_empty_levels():
    stage = pd.Categorical(["late", "early", "late", "late"], ["early", "middle", "late"], ordered=True)
    found = baseline(stage=stage)
    lines = found.loc[found["variable"].eq("stage") & found["group"].eq("all"), "visit"].unique().tolist()
    assert lines == ["", "early", "middle", "late"]


def test_a_line_of_the_baseline_table_that_is_not_in_the_data_is_an_error():
    with pytest.raises(KeyError, match="baseline_table names 'bmi', which is not in the data"):
        summaries.summarise_baseline(
            pd.DataFrame({"age": [1.0]}), ALL, variables=[SimpleNamespace(variable="bmi")], population="FAS"
        )


# ---------------------------------------------------------------- change


def change(**given):
    return summaries.summarise_change(
        long(VALUES), ALL, **{"study": small_study(), "population": "FAS", **given}
    )


def test_change_is_of_pairs_matched_by_subject():
    found = change()
    at = {"analysis": "change_mean", "visit": "W12"}
    names = ("estimate", "n_pairs", "n_missing", "mean_baseline", "mean_followup")
    assert picked(found, *names, **at) == [pytest.approx(-8 / 3), 3, 1, 20, pytest.approx(52 / 3)]
    assert picked(found, "estimate", "n_pairs", "n_missing", analysis="change_mean", visit="W24") == [
        -8,
        2,
        2,
    ]
    assert picked(found, "n", "mean", analysis="summary", visit="W12") == [4, 15]


def test_shift_and_ranks_are_those_of_the_same_pairs():
    found = change()
    # differences -10, 0, 2: Walsh averages -10, -5, -4, 0, 1, 2
    assert picked(found, "estimate", "n_pairs", "n_zero", analysis="change_shift", visit="W12") == [-2, 3, 1]
    # Pratt: |d| ranks 3, 1, 2; without the zero's, 2 of 3 + 2 positive
    assert picked(found, "statistic", "p_value", analysis="change_ranks", visit="W12") == [2, 1.0]


def test_improved_is_lower_where_lower_is_better_and_the_other_way_round():
    found = change()
    assert picked(found, *SHARE, analysis="improved", visit="W12") == [pytest.approx(1 / 3), 1, 1, 1, 3, 1]
    better_high = small_study(endpoints=[{**CDAI, "higher_is_better": True}])
    assert picked(change(study=better_high), "count", "worse", analysis="improved", visit="W12") == [1, 1]


def test_who_lacks_a_value_has_not_improved_importantly():
    important = small_study(endpoints=[{**CDAI, "minimal_difference": {"value": 10, "source": "a paper"}}])
    at = {"analysis": "improved_minimal"}
    names = ("n_responders", "n_non_responders", "n_missing", "n", "estimate")
    assert picked(change(study=important), *names, **at, visit="W12") == [1, 2, 1, 4, 0.25]
    assert not change()["analysis"].eq("improved_minimal").any()


def test_a_report_that_only_describes_has_no_test():
    found = change(tests=False)
    assert not {"statistic", "p_value", "df"} & set(found["statistic"])
    assert set(found["analysis"]) == {"summary", "change_mean", "change_shift", "improved"}


def test_a_change_equal_on_paper_to_none_is_no_improvement():
    values = "subject_id W00 W12 W24\nS1 2.8 2.80000000000001 1\nS2 3 2.9 1\nS3 3 3.1 1\n"
    found = summaries.summarise_change(
        long(values), ALL, study=small_study(), population="FAS", visits=["W12"]
    )
    assert picked(found, "count", "unchanged", "worse", analysis="improved", visit="W12") == [1, 1, 1]


def test_only_visits_that_the_report_sees_are_compared():
    assert set(change(visits=["W00", "W12"])["visit"]) == {"W00", "W12"}


def test_binary_endpoints_have_no_change_in_points():
    flare = {**CDAI, "id": "flare", "variable": "flare", "scale": "binary"}
    assert set(change(study=small_study(endpoints=[CDAI, flare]))["variable"]) == {"cdai"}


def test_a_visit_nobody_came_to_has_rows_with_nothing_in_them():
    nobody = "subject_id W00 W12 W24\nS1 20 . .\nS2 30 . .\n"
    found = summaries.summarise_change(long(nobody), ALL, study=small_study(), population="FAS")
    estimate, pairs = picked(found, "estimate", "n_pairs", analysis="change_mean", visit="W12")
    assert np.isnan(estimate)
    assert pairs == 0


def test_rows_of_groups_and_visits_have_ids_of_their_own():
    found = summaries.summarise_change(
        long(VALUES),
        {"old": pd.Index(["S1", "S2"]), "new": pd.Index(["S3", "S4"])},
        study=small_study(groups=ARMS),
        population="FAS",
    )
    assert found["result_id"].is_unique
    assert "change_mean.fas.cdai.w12.old.estimate" in set(found["result_id"])


# ---------------------------------------------------------------- course, visits, responders


def test_course_has_a_t_interval_and_one_value_has_none():
    found = summaries.course_by_visit(long(VALUES), {"all": pd.Index(["S1", "S2"])}, study=small_study())
    assert rows(found, "visit", "n", "estimate") == [[0, 2, 25], [12, 2, 20], [24, 1, 5]]
    # t(0.975, 1) = 12.7062047; the standard error of 20 and 30 is 5
    assert found.loc[0, "conf_low"] == pytest.approx(25 - 12.7062047364 * 5)
    assert np.isnan(found.loc[2, "conf_low"])


def test_course_shows_labels_where_not_every_visit_has_a_week():
    visits = [{"id": "W00", "label": "Baseline", "week": 0}, {"id": "W12", "label": "Twelve"}]
    study = small_study(visits=visits, endpoints=[{**CDAI, "visits": ["W12"]}])
    assert summaries.course_by_visit(long(VALUES), ALL, study=study)["visit"].tolist() == [
        "Baseline",
        "Twelve",
    ]


def test_course_names_groups_by_their_label():
    found = summaries.course_by_visit(long(VALUES), {"old": ALL["all"]}, study=small_study(groups=ARMS))
    assert set(found["group"]) == {"Old drug"}


ASSESSED = """
subject_id visit_id
S1         W00
S1         W12
S2         W00
X9         W00      # not of the analysis set
"""


def test_attendance_counts_who_was_seen_and_who_has_a_value():
    found = summaries.summarise_visits(
        drawn(ASSESSED), long(VALUES), ALL, study=small_study(), population="FAS"
    )
    assert picked(found, "count", "n", "n_missing", variable="visit", visit="W00") == [2, 4, 2]
    assert picked(found, "count", variable="cdai", visit="W12") == [4]
    only = summaries.summarise_visits(
        drawn(ASSESSED), long(VALUES), ALL, study=small_study(), population="FAS", visits=["W00"]
    )
    assert set(only["visit"]) == {"W00"}


def test_attendance_counts_those_due_only():
    due = pd.DataFrame(
        {"W00": True, "W12": [True, True, True, False], "W24": True}, index=["S1", "S2", "S3", "S4"]
    )
    found = summaries.summarise_visits(
        drawn(ASSESSED), long(VALUES), ALL, study=small_study(), population="FAS", due=due
    )
    assert picked(found, "count", "n", "n_missing", variable="cdai", visit="W12") == [3, 3, 0]
    assert picked(found, "n", variable="visit", visit="W00") == [4]


def test_nobody_is_counted_where_no_visits_are_read():
    found = summaries.summarise_visits(
        drawn(ASSESSED).iloc[:0], long(VALUES).iloc[:0], ALL, study=small_study(), population="FAS"
    )
    counts = found[found["statistic"].eq("count")]
    assert counts["value"].isna().all()
    assert set(counts["note"]) == {"The study file reads no visits."}


def test_an_endpoint_has_no_count_where_it_is_not_planned():
    study = small_study(endpoints=[{**CDAI, "visits": ["W12"]}])
    never = long(VALUES).query("visit_id != 'W24'")
    found = summaries.summarise_visits(drawn(ASSESSED), never, ALL, study=study, population="FAS")
    counted = found[found["variable"].eq("cdai")]
    assert set(counted["visit"]) == {"W00", "W12"}


ANSWERS = """
subject_id visit_id endpoint value
S1         W12      low      True
S2         W12      low      False
S3         W12      low      .        # came, not assessed; S4 did not come
"""
LOW = {
    "id": "low",
    "label": "Low disease activity",
    "rule": "disease_state",
    "settings": {"instrument": "cdai", "at_most": "low"},
    "visits": ["W12", "W24"],
}


def answered(drawing):
    """Answers as the datasets hold them: every known one counts as observed."""
    answers = drawn(drawing).astype({"value": "boolean"})
    return answers.assign(observed=answers["value"].notna())


def responders():
    answers = answered(ANSWERS)
    study = small_study(responses=[LOW])
    return study, summaries.summarise_responders(answers, ALL, study=study, population="FAS")


def test_missing_is_non_response_or_left_out_and_never_both():
    _, found = responders()
    names = ("estimate", "count", "n", "n_missing")
    assert picked(found, *names, analysis="response_nri", visit="W12") == [0.25, 1, 4, 2]
    assert picked(found, *names, analysis="response_observed", visit="W12") == [0.5, 1, 2, 2]


def test_who_is_not_due_is_in_no_denominator():
    due = pd.DataFrame({"W12": [True, False, True, True], "W24": False}, index=["S1", "S2", "S3", "S4"])
    found = summaries.summarise_responders(
        answered(ANSWERS), ALL, study=small_study(responses=[LOW]), population="FAS", due=due
    )
    assert picked(found, "count", "n", "n_missing", analysis="response_nri", visit="W12") == [1, 3, 2]
    assert picked(found, "n", "n_missing", analysis="response_observed", visit="W12") == [1, 2]
    assert set(found["visit"]) == {"W12"}  # nobody is due at week 24


def test_an_answer_that_could_not_have_been_yes_is_missing_as_observed():
    answers = answered(ANSWERS).assign(observed=[True, False, False])  # S2 failed with a component unknown
    found = summaries.summarise_responders(answers, ALL, study=small_study(responses=[LOW]), population="FAS")
    assert picked(found, "count", "n", "n_missing", analysis="response_nri", visit="W12") == [1, 4, 2]
    assert picked(found, "count", "n", "n_missing", analysis="response_observed", visit="W12") == [1, 1, 3]


def test_intervals_of_one_of_four():
    _, found = responders()
    # Wilson and Clopper-Pearson for 1 of 4: Newcombe 1998, computed from their formulas
    low, high, exact_low, exact_high = picked(
        found, "conf_low", "conf_high", "exact_low", "exact_high", analysis="response_nri", visit="W12"
    )
    z2 = 1.959963984540054**2
    half = np.sqrt(z2 * (0.25 * 0.75 * 4) + z2**2 / 4)
    assert (low, high) == pytest.approx(((1 + z2 / 2 - half) / (4 + z2), (1 + z2 / 2 + half) / (4 + z2)))
    assert exact_low == pytest.approx(1 - 0.975**0.25)  # 1 - (1 - p)^4 = 0.025
    assert exact_low < low < high < exact_high


def test_a_visit_without_any_answer_is_all_non_response():
    _, found = responders()
    assert picked(found, "count", "n", "n_missing", analysis="response_nri", visit="W24") == [0, 4, 4]
    assert picked(found, "n", analysis="response_observed", visit="W24") == [0]


def test_rates_for_the_figure_are_non_responder_imputed_in_order_of_time():
    study, found = responders()
    drawn_rates = summaries.rates_by_visit(found, study=study)
    assert rows(drawn_rates, "visit", "n", "estimate", "group") == [
        [12, 4, 0.25, "Low disease activity"],
        [24, 4, 0.0, "Low disease activity"],
    ]


# ---------------------------------------------------------------- scores

SCORED = """
subject_id visit_id score value status
S1         W00      cdai  0     ok                    # the best there is
S2         W00      cdai  76    ok                    # the worst
S3         W00      cdai  76    ok
S4         W00      cdai  .     missing_component
S5         W00      cdai  .     range_error
S1         W00      mmt8  150   ok                    # here the highest is the best
"""


def test_scores_are_described_with_floor_and_ceiling_in_their_own_direction():
    found = summaries.describe_scores(drawn(SCORED)).set_index("score")
    assert found.loc["cdai", ["n", "missing", "out_of_range", "floor", "ceiling"]].tolist() == [3, 1, 1, 1, 2]
    assert found.loc["cdai", ["minimum", "median", "maximum"]].tolist() == [0, 76, 76]
    assert found.loc["mmt8", ["floor", "ceiling"]].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("recorded", "agree", "differ"), [(20.1, 1, 0), (20.11, 0, 1), (19.9, 1, 0), (None, 0, 0)]
)
def test_recorded_scores_agree_within_their_rounding(recorded, agree, differ):
    assessed = pd.DataFrame({"subject_id": ["S1"], "visit_id": ["W00"], "cdai_stored": [recorded]})
    scores = drawn("subject_id visit_id score value\nS1 W00 cdai 20\n")
    (found,) = rows(summaries.compare_recorded(assessed, scores), "n", "agree", "differ")
    assert found == [agree + differ, agree, differ]
