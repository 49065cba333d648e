"""The general rooms: each held against a plain second calculation, and saying why where there is nothing to show."""

import numpy as np
import pandas as pd
import pytest
from small_study import ARMS, drawn, rows, small_study

from analysis import results, tables
from analysis.summaries import general

DIRECTIONLESS = {
    "id": "pain",
    "variable": "pain",
    "label": "Pain",
    "unit": "mm",
    "role": "exploratory",
    "visits": ["W12", "W24"],
}
BINARY = {
    **DIRECTIONLESS,
    "id": "flare",
    "variable": "flare",
    "label": "Flare",
    "unit": None,
    "scale": "binary",
}


def study(order=("old", "new")):
    return small_study(groups={**ARMS, "order": list(order)}, endpoints=[DIRECTIONLESS, BINARY])


def trial(n=40, seed=5):
    """Long measures of a trial with two arms, some values missing."""
    draw = np.random.default_rng(seed)
    ids = [f"S{k:02d}" for k in range(n)]
    arm = np.where(np.arange(n) % 2 == 0, "old", "new")
    base = draw.normal(60, 12, n)
    w12 = 0.7 * base + draw.normal(0, 8, n) - 6 * (arm == "new")
    w24 = 0.6 * base + draw.normal(0, 9, n) - 9 * (arm == "new")
    w24[draw.random(n) < 0.15] = np.nan
    wide = {"pain": (base, w12, w24), "flare": (base > 60, w12 > 38, w24 > 30)}
    frames = [
        pd.DataFrame(
            {"subject_id": ids, "visit_id": visit, "variable": name, "value": np.asarray(values, float)}
        )
        for name, columns in wide.items()
        for visit, values in zip(["W00", "W12", "W24"], columns, strict=True)
    ]
    members = {name: pd.Index([i for i, a in zip(ids, arm) if a == name]) for name in ("old", "new")}
    return pd.concat(frames, ignore_index=True), members


@pytest.fixture(scope="module")
def compared():
    measures, members = trial()
    found = general.summarise_comparison(
        measures, members, study=study(), population="ALL", visits=["W00", "W12", "W24"]
    )
    return measures, members, found


def value(found, analysis, visit, statistic, variable="pain", group="new"):
    asked = {
        "analysis": analysis,
        "visit": visit,
        "statistic": statistic,
        "variable": variable,
        "group": group,
    }
    (one,) = found[(found[list(asked)] == pd.Series(asked)).all(axis=1)]["value"]
    return one


def test_the_difference_at_a_visit_is_the_coefficient_of_a_plain_regression(compared):
    measures, members, found = compared
    wide = measures.query("variable == 'pain'").pivot(index="subject_id", columns="visit_id", values="value")
    for visit in ("W12", "W24"):
        known = wide[["W00", visit]].dropna()
        new = known.index.isin(members["new"]).astype(float)
        design = np.column_stack([np.ones(len(known)), known["W00"], new])
        change = known[visit] - known["W00"]
        beta = np.linalg.lstsq(design, change, rcond=None)[0]
        assert value(found, "difference_ancova", visit, "estimate") == pytest.approx(beta[2])
        assert value(found, "difference_ancova", visit, "n") == len(known)


def test_the_model_of_all_visits_compares_the_group_with_the_reference(compared):
    *_, found = compared
    for visit in ("W12", "W24"):
        alone = value(found, "difference_ancova", visit, "estimate")
        assert value(found, "difference_mmrm", visit, "estimate") == pytest.approx(alone, abs=2)
    assert value(found, "difference_mmrm", "W24", "estimate") < 0  # the new drug lowers the pain


def test_shares_are_compared_by_newcombe_and_fisher(compared):
    from scipy.stats import fisher_exact

    from analysis.proportions import newcombe_difference

    measures, members, found = compared
    wide = measures.query("variable == 'flare'").pivot(index="subject_id", columns="visit_id", values="value")
    new, old = (wide.loc[members[name], "W12"] for name in ("new", "old"))
    plain = newcombe_difference(int(new.sum()), 20, int(old.sum()), 20)
    assert value(found, "difference_share", "W12", "estimate", "flare") == pytest.approx(plain.estimate)
    assert value(found, "difference_share", "W12", "conf_low", "flare") == pytest.approx(plain.conf_low)
    table = [[new.sum(), 20 - new.sum()], [old.sum(), 20 - old.sum()]]
    assert value(found, "difference_share", "W12", "p_value", "flare") == pytest.approx(
        fisher_exact(table).pvalue
    )


def test_swapping_the_groups_turns_every_difference(compared):
    measures, members, found = compared
    turned = study(order=("new", "old"))
    other = general.summarise_comparison(
        measures, members, study=turned, population="ALL", visits=["W00", "W12", "W24"]
    )
    for analysis, variable in (
        ("difference_ancova", "pain"),
        ("difference_mmrm", "pain"),
        ("difference_share", "flare"),
    ):
        ours = value(found, analysis, "W24", "estimate", variable)
        theirs = value(other, analysis, "W24", "estimate", variable, group="old")
        assert ours == pytest.approx(-theirs, abs=1e-6)


def test_a_visit_that_nobody_has_reached_is_a_row_with_the_reason():
    measures, members = trial()
    early = measures[measures["visit_id"].isin(["W00"])]
    found = general.summarise_comparison(
        early, members, study=study(), population="ALL", visits=["W00", "W12", "W24"]
    )
    assert set(found["status"]) == {"not estimated"}
    assert found["note"].ne("").all()
    assert "difference_mmrm.all.pain.w24.new.estimate" in set(found["result_id"])
    shown = tables.comparison_table(found, study=study(), digits={})
    assert any("Not estimated" in note for note in shown.notes)
    assert general.differences_drawn(found, study=study())["estimate"].isna().all()


def test_the_model_of_means_says_not_yet_before_the_second_visit():
    measures, members = trial()
    early = measures[measures["visit_id"].isin(["W00"])]
    found = general.summarise_model(
        early, members, study=study(), population="ALL", visits=["W00", "W12", "W24"]
    )
    assert found["note"].str.startswith("not yet").all()
    assert general.model_course(found, study=study()).empty
    whole = general.summarise_model(
        measures, members, study=study(), population="ALL", visits=["W00", "W12", "W24"]
    )
    at_baseline = measures.query("variable == 'pain' and visit_id == 'W00'").set_index("subject_id")["value"]
    mean = at_baseline[members["old"]].mean()
    assert value(whole, "model_mean", "W00", "estimate", group="old") == pytest.approx(mean, rel=1e-3)


GRADES = """
subject_id  visit_id  grade  better
A           W00       mild   False
B           W00       none   True
C           W00       .      .
A           W12       none   True
B           W12       none   True
"""


def test_categories_are_counted_of_those_with_a_value():
    own = {
        "grade": {"type": "category", "label": "Grade", "allowed": ["none", "mild", "severe"]},
        "better": {"type": "boolean", "label": "Better"},
    }
    described = small_study(variables=own)
    assessments = drawn(GRADES).astype({"grade": "string", "better": "boolean"})
    wide = general.category_variables(described, assessments, pd.DataFrame({"score": [], "category": []}))
    members = {"all": pd.Index(["A", "B", "C"])}
    found = general.summarise_categories(
        wide, members, study=described, population="ALL", visits=["W00", "W12", "W24"]
    )
    counts = found[found["statistic"].eq("count")].set_index(["variable", "visit"])["value"]
    assert counts["grade none", "W00"] == 1
    assert counts["grade none", "W12"] == 2
    assert counts["grade severe", "W24"] == 0  # a visit nobody has reached, a category nobody has
    assert counts["better yes", "W00"] == 1
    totals = found[found["statistic"].eq("n")].set_index(["variable", "visit"])["value"]
    assert totals["grade none", "W00"] == 2  # C has no value
    levels = {name: general.levels_of(described, name, values) for name, values in wide.items()}
    table = tables.category_table(found, study=described, variables=levels, labels={})
    assert "not yet (0)" in set(table.body["All"])
    bars = general.shares_drawn(found, "grade", study=described, levels=levels["grade"])
    assert rows(bars, "visit", "state", "n")[:2] == [["Baseline", "none", 1], ["Baseline", "mild", 1]]


def test_times_agree_with_a_curve_by_hand():
    people = drawn("""
        subject_id  arm  months  relapse
        A           old  1       True
        B           old  2       True
        C           old  3       False
        D           new  2       True
        E           new  4       False
        F           new  5       False
    """).astype({"relapse": "boolean"})
    members = {"old": pd.Index(["A", "B", "C"]), "new": pd.Index(["D", "E", "F"])}
    found = general.summarise_times(
        people, members, pairs=[("months", "relapse")], study=study(), population="ALL"
    )
    by_group = found.query("analysis == 'survival'").pivot(index="group", columns="statistic", values="value")
    assert by_group["n_events"].to_dict() == {"old": 2, "new": 1}
    assert by_group["median"].to_dict() == {"old": 2, "new": pytest.approx(float("nan"), nan_ok=True)}
    steps, at_risk = general.curves(people, members, time="months", event="relapse", study=study())
    old = steps[steps["group"].eq("Old drug")].set_index("time")["survival"]
    assert old[[1.0, 2.0]].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert at_risk.query("group == 'Old drug' and time == 2")["n_risk"].tolist() == [2]


def test_no_event_is_told_and_does_not_stop():
    people = pd.DataFrame(
        {"subject_id": list("ABCD"), "t": [1.0, 2, 3, 4], "e": pd.array([False] * 4, "boolean")}
    )
    members = {"old": pd.Index(["A", "B"]), "new": pd.Index(["C", "D"])}
    found = general.summarise_times(people, members, pairs=[("t", "e")], study=study(), population="ALL")
    test = found[found["analysis"].isin(["log_rank", "hazard_ratio"])]
    assert set(test["status"]) == {"not estimated"}


def test_known_values_are_counted_of_those_who_are_due():
    measures, members = trial(6)
    due = pd.DataFrame(True, index=[f"S{k:02d}" for k in range(6)], columns=["W00", "W12", "W24"])
    due.loc[["S00", "S01"], "W24"] = False
    keys = {"study": study(), "population": "ALL", "visits": ["W00", "W12", "W24"]}
    found = general.known_by_visit(measures, members, due=due, **keys)
    one = found.query("variable == 'pain' and visit == 'W24' and group == 'old'").set_index("statistic")[
        "value"
    ]
    assert one["n_due"] == 2  # of S00, S02, S04 the first is not due yet
    assert one["n"] + one["n_missing"] == 2
    last = general.last_seen(measures, members, **keys)
    assert last[last["statistic"].eq("count")]["value"].sum() == 6
    gaps = general.gaps_drawn(found, study=study())
    assert gaps.query("variable == 'Pain' and visit == 'Week 24'")["n_expected"].tolist() == [4]


def test_rank_correlation_is_that_of_scipy_and_agreement_that_of_bland_and_altman():
    from scipy.stats import spearmanr

    draw = np.random.default_rng(3)
    first = draw.normal(50, 10, 30)
    known = pd.DataFrame({"a": first, "b": first + draw.normal(2, 4, 30), "c": 7.0})
    found = general.correlate(known, variables=["a", "b", "c"], study=study(), population="ALL")
    estimate = found.query("variable == 'a, b' and statistic == 'estimate'")["value"].item()
    assert estimate == pytest.approx(spearmanr(known["a"], known["b"]).statistic)
    assert set(found.query("variable == 'a, c'")["status"]) == {"not estimated"}
    agreed = general.agreement(known["a"], known["b"], study=study(), population="ALL", name="a, b")
    values = agreed.set_index("statistic")["value"]
    difference = known["a"] - known["b"]
    assert values["estimate"] == pytest.approx(difference.mean())
    assert values["upper"] - values["lower"] == pytest.approx(2 * 1.959964 * difference.std(), rel=1e-6)
    shown = tables.pairs_table(results.stack([agreed]), study=study(), labels={"a": "First", "b": "Second"})
    assert shown.body.index.tolist() == ["First and Second"]
    assert tables.pairs_table(results.stack([]), study=study(), labels={}).body.empty


# ---------------------------------------------------------------- without a model
@pytest.fixture(scope="module")
def unadjusted():
    measures, members = trial()
    found = general.summarise_unadjusted(
        measures, members, study=study(), population="ALL", visits=["W00", "W12", "W24"]
    )
    return measures, members, found


def test_the_shift_is_the_median_of_all_differences_of_changes_with_mann_whitneys_p(unadjusted):
    from scipy.stats import mannwhitneyu

    measures, members, found = unadjusted
    wide = measures.query("variable == 'pain'").pivot(index="subject_id", columns="visit_id", values="value")
    for visit in ("W12", "W24"):
        change = (wide[visit] - wide["W00"]).dropna()
        new, old = (change[change.index.isin(members[name])].to_numpy() for name in ("new", "old"))
        shift = np.median(np.subtract.outer(new, old))
        assert value(found, "difference_shift", visit, "estimate") == pytest.approx(shift)
        assert value(found, "difference_shift", visit, "n") == len(new) + len(old)
        exact = mannwhitneyu(new, old, method="exact").pvalue
        assert value(found, "difference_shift", visit, "p_value") == pytest.approx(exact)


def test_changes_equal_at_the_endpoints_resolution_tie():
    coarse = small_study(groups={**ARMS}, endpoints=[{**DIRECTIONLESS, "visits": ["W12"], "resolution": 1}])
    values = {"a": (50, 40.4), "b": (50, 39.6), "c": (50, 40.0), "d": (50, 30.0)}
    measures = pd.DataFrame(
        [
            (who, visit, "pain", number)
            for who, two in values.items()
            for visit, number in zip(["W00", "W12"], two)
        ],
        columns=["subject_id", "visit_id", "variable", "value"],
    )
    members = {"old": pd.Index(["a", "b"]), "new": pd.Index(["c", "d"])}
    found = general.summarise_unadjusted(
        measures, members, study=coarse, population="ALL", visits=["W00", "W12"]
    )
    assert value(found, "difference_shift", "W12", "estimate") == -5  # of 0, 0, -10, -10


def test_the_odds_ratio_is_fishers(unadjusted):
    from scipy.stats import fisher_exact
    from scipy.stats.contingency import odds_ratio

    measures, members, found = unadjusted
    wide = measures.query("variable == 'flare'").pivot(index="subject_id", columns="visit_id", values="value")
    new, old = (wide.loc[members[name], "W12"] for name in ("new", "old"))
    table = np.array([[new.sum(), 20 - new.sum()], [old.sum(), 20 - old.sum()]]).astype(int)
    assert value(found, "difference_odds", "W12", "estimate", "flare") == pytest.approx(
        odds_ratio(table, kind="conditional").statistic
    )
    assert value(found, "difference_odds", "W12", "p_value", "flare") == pytest.approx(
        fisher_exact(table).pvalue
    )
    shown = tables.unadjusted_table(found, study=study(), digits={})
    assert list(shown.body.columns)[:2] == ["Group", "n"] and len(shown.body) == 2 + 4 * 2


def test_without_a_later_visit_the_unadjusted_comparison_says_why():
    measures, members = trial()
    early = measures[measures["visit_id"].isin(["W00"])]
    found = general.summarise_unadjusted(
        early, members, study=study(), population="ALL", visits=["W00", "W12"]
    )
    assert set(found["status"]) == {"not estimated"} and found["note"].ne("").all()


def test_the_difference_of_mean_times_is_the_difference_of_the_areas():
    people = pd.DataFrame({"subject_id": list("abcdef"), "t": [1.0, 2, 3, 4, 5, 6], "e": [True] * 6})
    members = {"old": pd.Index(list("abc")), "new": pd.Index(list("def"))}
    found = general.summarise_times(people, members, pairs=[("t", "e")], study=study(), population="ALL")
    row = found[found["analysis"].eq("restricted_difference")].set_index("statistic")["value"]
    # to 3, the last time of the old arm: 3 for the new one, (1 + 2 + 3) / 3 for the old one
    assert row["limit"] == 3 and row["estimate"] == pytest.approx(3 - 2)
    shown = tables.restricted_table(found, study=study(), labels={"e": "Relapse"})
    assert shown.body.index.tolist() == ["Relapse"]


# ---------------------------------------------------------------- the laboratory
LABS = drawn(
    """
    subject_id visit_id analyte value_std unit_std lln uln sample_day
    a          W00      ALT     20        U/L      5   40  1
    a          W12      ALT     90        U/L      5   40  80    # an earlier sample of the same visit
    a          W12      ALT     50        U/L      5   40  85    # high
    b          W00      ALT     30        U/L      5   40  1
    b          W12      ALT     3         U/L      5   40  84    # low
    c          W00      ALT     60        U/L      5   40  1
    c          W12      ALT     .         U/L      5   40  84    # no result
    d          W00      ALT     10        U/L      .   .   1     # no limits
    d          W12      ALT     14        U/L      .   .   84
    e          W00      CRP     8         mg/L     .   5   1
    e          UNS-01   CRP     2         mg/L     .   5   30    # in no planned visit
    """
)


def test_laboratory_change_and_shift():
    by_visit = general.results_by_visit(LABS, visits=["W00", "W12"])
    members = {"all": pd.Index(list("abcde"))}
    found = general.summarise_laboratory(
        by_visit, members, study=small_study(), population="ALL", visits=["W00", "W12"]
    )
    alt = found[found["analysis"].eq("lab_change") & found["variable"].eq("ALT")].set_index("statistic")[
        "value"
    ]
    assert alt["n_pairs"] == 3 and alt["estimate"] == pytest.approx(((50 - 20) + (3 - 30) + (14 - 10)) / 3)
    moved = found[found["analysis"].eq("lab_level_shift") & found["statistic"].eq("count")]
    counts = moved.set_index("variable")["value"]
    assert counts["ALT normal to high"] == 1 and counts["ALT normal to low"] == 1 and counts.sum() == 2
    crp = found[found["variable"].eq("CRP")]
    assert set(crp["status"]) == {"not estimated"} and crp["note"].str.startswith("not yet").all()
    change = tables.laboratory_change_table(
        found, study=small_study(), labels={"ALT": "Alanine aminotransferase"}
    )
    assert change.body["n"].tolist()[0] == "3"
    levels = tables.laboratory_level_table(found, study=small_study(), labels={})
    assert levels.body.to_numpy().tolist()[1] == ["All", "Normal", "1", "0", "1"]


def test_without_results_the_laboratory_tables_say_so():
    none = LABS.iloc[:0]
    found = general.summarise_laboratory(
        general.results_by_visit(none, visits=["W00"]), {"all": pd.Index([])}, study=small_study(),
        population="ALL", visits=["W00"],
    )  # fmt: skip
    assert found.empty
    assert "No result" in " ".join(tables.laboratory_level_table(found, study=small_study(), labels={}).notes)


def characteristics(members, seed=9):
    """A category, a yes/no and a number known of everybody at baseline."""
    draw = np.random.default_rng(seed)
    ids = pd.Index([*members["old"], *members["new"]], name="subject_id")
    return pd.DataFrame(
        {
            "site": draw.choice(["p", "q", "r"], len(ids)),
            "lung": pd.array(draw.random(len(ids)) < 0.4, dtype="boolean"),
            "age": draw.normal(50, 9, len(ids)),
        },
        index=ids,
    )


ASKED = {"population": "ALL", "visits": ["W00", "W12", "W24"]}


def test_differences_in_subgroups_are_those_of_a_plain_regression_in_each_level_with_one_slope():
    measures, members = trial()
    known = characteristics(members)
    found = general.summarise_subgroups(
        measures, known, members, subgroups=["site", "lung"], study=study(), **ASKED
    )
    wide = measures.query("variable == 'pain'").pivot(index="subject_id", columns="visit_id", values="value")
    pairs = wide[["W00", "W24"]].dropna()
    new = pairs.index.isin(members["new"]).astype(float)
    of = pd.get_dummies(known["site"].reindex(pairs.index)).to_numpy(float)
    change = (pairs["W24"] - pairs["W00"]).to_numpy()
    baseline = pairs[["W00"]].to_numpy()
    apart = np.column_stack([of * new[:, None], of, baseline])
    together = np.column_stack([new, of, baseline])
    squares = [np.linalg.lstsq(design, change, rcond=None)[1][0] for design in (together, apart)]
    beta = np.linalg.lstsq(apart, change, rcond=None)[0]
    for place, level in enumerate("pqr"):
        ours = value(found, "difference_subgroup", "W24", "estimate", f"pain site {level}")
        assert ours == pytest.approx(beta[place])
    rest = len(change) - apart.shape[1]
    tested = value(found, "difference_interaction", "W24", "statistic", "pain site")
    assert tested == pytest.approx((squares[0] - squares[1]) / 2 / (squares[1] / rest))
    counted = found[found["analysis"].eq("difference_subgroup") & found["statistic"].eq("n")]
    assert counted[counted["variable"].str.contains("lung")]["value"].sum() == len(pairs)
    assert counted["n_missing"].eq(40 - len(pairs)).all()


def test_the_forest_has_everybody_as_in_the_table_of_differences_and_the_p_value_of_interaction(compared):
    measures, members, everybody = compared
    found = general.summarise_subgroups(
        measures, characteristics(members), members, subgroups=["lung"], study=study(), **ASKED
    )
    drawn = general.subgroups_drawn(found, everybody, study=study(), labels={"lung": "Lung disease"})
    assert drawn["label"].tolist() == ["All", "no", "yes"]
    assert drawn["estimate"][0] == value(everybody, "difference_ancova", "W24", "estimate")
    p_value = value(found, "difference_interaction", "W24", "p_value", "pain lung")
    assert drawn["group"][1] == f"Lung disease (interaction p = {p_value:.3f})"
    shown = tables.subgroup_table(drawn, found, study=study(), digits={"pain": 0}).html()
    assert "Lung disease" in shown and "test of interaction" in shown
    assert general.scale_of_subgroups(found) == {
        "label": "Difference from the reference",
        "null": 0,
        "log": False,
    }


def test_subgroups_of_yes_and_no_are_odds_ratios_of_their_tables():
    measures, members = trial()
    known = characteristics(members)
    found = general.summarise_subgroups(
        measures, known, members, subgroups=["lung"], endpoint="flare", visit="W12", study=study(), **ASKED
    )
    wide = measures.query("variable == 'flare'").pivot(index="subject_id", columns="visit_id", values="value")
    for word, flag in (("no", False), ("yes", True)):
        ids = known.index[known["lung"].eq(flag)]
        a, c = (wide.loc[ids.intersection(members[name]), "W12"] for name in ("new", "old"))
        odds = a.sum() * (1 - c).sum() / ((1 - a).sum() * c.sum())
        ours = value(found, "difference_subgroup", "W12", "estimate", f"flare lung {word}")
        assert ours == pytest.approx(odds)
    assert general.scale_of_subgroups(found)["log"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"subgroups": ["age"]}, "declare a category"),
        ({"subgroups": ["sites"]}, "did you mean 'site'"),
        ({"subgroups": ["site"], "endpoint": "pian"}, "expected one of"),
        ({"subgroups": ["site"], "visit": "W52"}, "expected one of"),
    ],
)
def test_a_subgroup_that_cannot_be_one_is_refused(asked, said):
    measures, members = trial()
    with pytest.raises((KeyError, ValueError), match=said):
        general.summarise_subgroups(
            measures, characteristics(members), members, study=study(), **asked, **ASKED
        )


def test_a_subgroup_with_one_level_keeps_a_row_with_the_reason():
    measures, members = trial()
    known = characteristics(members).assign(site="p")
    found = general.summarise_subgroups(measures, known, members, subgroups=["site"], study=study(), **ASKED)
    assert set(found["status"]) == {"not estimated"} and found["note"].str.contains("two levels").all()
    none = general.summarise_subgroups(measures, known, members, subgroups=[], study=study(), **ASKED)
    assert none["note"].tolist() == ["no subgroup is named"]
    assert general.subgroups_drawn(none, none, study=study(), labels={}).empty


def test_shares_within_strata_are_weighted_by_mantel_and_haenszel():
    measures, members = trial()
    known = characteristics(members)
    found = general.summarise_strata(measures, known, members, strata=["site"], study=study(), **ASKED)
    wide = measures.query("variable == 'flare'").pivot(index="subject_id", columns="visit_id", values="value")
    weighted = []
    for site in "pqr":
        ids = known.index[known["site"].eq(site)]
        a, c = (wide.loc[ids.intersection(members[name]), "W24"] for name in ("new", "old"))
        weighted.append((len(a) * len(c) / (len(a) + len(c)), a.mean() - c.mean()))
    weights, differences = np.array(weighted).T
    ours = value(found, "difference_stratified", "W24", "estimate", "flare")
    assert ours == pytest.approx(weights @ differences / weights.sum())
    shown = tables.unadjusted_table(found, study=study(), digits={}).html()
    assert "within strata" in shown
    none = general.summarise_strata(measures, known, members, strata=[], study=study(), **ASKED)
    assert none["note"].tolist() == ["no stratum is named"]


def test_times_are_compared_within_strata_and_one_hazard_ratio_is_tested_for():
    from analysis import survival

    draw = np.random.default_rng(4)
    ids = [f"S{k:02d}" for k in range(60)]
    subjects = pd.DataFrame(
        {"subject_id": ids, "days": np.ceil(draw.exponential(40, 60)), "relapse": draw.random(60) < 0.7}
    )
    subjects.loc[[3, 11], "days"] = np.nan
    members = {"old": pd.Index(ids[:30]), "new": pd.Index(ids[30:])}
    known = pd.DataFrame({"site": draw.choice(["p", "q"], 60)}, index=pd.Index(ids, name="subject_id"))
    found = general.summarise_times(
        subjects, members, pairs=[("days", "relapse")], study=study(), population="ALL", strata=known
    )
    group = np.repeat(["old", "new"], 30)
    plain = survival.log_rank(subjects["days"], subjects["relapse"], group, strata=known["site"].to_numpy())
    stratified = found[found["analysis"].eq("log_rank_stratified")].set_index("statistic")
    assert stratified.loc["p_value", "value"] == pytest.approx(plain.p_value)
    assert stratified.loc["p_value", "n_missing"] == 2
    held = found[found["analysis"].eq("proportional_hazards")].set_index("statistic")
    assert 0 < held.loc["p_value", "value"] < 1 and held.loc["p_value", "n_missing"] == 2
    shown = tables.times_table(found, study=study(), labels={}).html()
    assert "Proportional hazards p" in shown and "within strata" in shown
