"""Ways of handling missing values side by side, on the eight subjects of the reference's worked case (D.10, D.11)."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import missing, summaries, tables
from analysis.study.sections import Imputation
from analysis.summaries.strategies import complete_course, explain_difference, impute_course
from analysis.tables.rows import pick


def statistics(*log_ratio):
    return SimpleNamespace(confidence_level=0.95, seed=1, imputation=Imputation(log_ratio=list(log_ratio)))


STUDY = SimpleNamespace(statistics=statistics())
WORKED = pd.DataFrame(
    {
        "W00": [22.0, 18, 30, 25, 14, 27, 19, 33],
        "W12": [17, 16, 24, np.nan, 12, 22, 20, 25],
        "W24": [12, 15, 18, 25, 10, np.nan, 19, 20],
    },
    index=[f"S{number}" for number in range(8)],
)


def handled(wide=WORKED):
    return summaries.summarise_strategies(
        {"cdasi": wide}, study=STUDY, visit="W24", population="FAS", units={"cdasi": "points"}
    )


def found(name, rows=None):
    return pick(handled() if rows is None else rows, analysis=f"missing_{name}", variable="cdasi")


def test_each_way_gives_its_worked_change():
    rows = handled()
    assert found("observed", rows)["estimate"] == pytest.approx(-6.0)  # reference D.10
    assert found("observed", rows)["n_pairs"] == 7
    assert found("mmrm", rows)["estimate"] == pytest.approx(-6.390243, abs=1e-6)  # reference D.11
    assert found("mmrm", rows)["se"] == pytest.approx(1.878703, abs=1e-6)  # tests/analysis/r/mmrm.json
    assert found("locf", rows)["estimate"] == pytest.approx(-5.875)  # reference D.10
    assert found("bocf", rows)["estimate"] == pytest.approx(-42 / 8)  # the seven changes and one of 0


def test_imputation_borrows_changes_seen_and_pools_them():
    rows = handled()
    drawn = impute_course(WORKED, study=STUDY, variable="cdasi").loc["S5", "W24"]
    changes = (WORKED["W24"] - WORKED["W00"]).dropna()
    assert set(drawn - 27) <= set(changes)
    assert found("mi", rows)["estimate"] == pytest.approx((-42 + (drawn - 27).mean()) / 8)
    assert found("mi", rows)["n"] == 8
    assert found("mi", rows)["n_missing"] == 1


def test_a_skewed_measure_is_imputed_by_its_ratio_to_baseline_and_its_change_is_that_of_the_values():
    study = SimpleNamespace(statistics=statistics("cdasi_activity"))
    rows = summaries.summarise_strategies(
        {"cdasi": WORKED},
        study=study,
        visit="W24",
        population="FAS",
        units={"cdasi": "points"},
        variables={"cdasi": "cdasi_activity"},
    )
    drawn = impute_course(WORKED, study=study, variable="cdasi_activity").loc["S5", "W24"]
    ratios = (WORKED["W24"] / WORKED["W00"]).dropna()
    assert all(np.isclose(ratios, value / 27).any() for value in drawn)
    assert found("mi", rows)["estimate"] == pytest.approx((-42 + (drawn - 27).mean()) / 8)
    said = rows.groupby("analysis")["note"].unique().map(list).to_dict()
    assert said.pop("missing_mi") == ["imputed as the logarithm of the ratio to baseline, 5 donors"]
    assert all(note == [""] for note in said.values())
    assert "imputed as the change from baseline, 5 donors" in set(handled()["note"])


def test_each_variable_has_draws_of_its_own_and_more_data_sets_begin_with_the_same():
    one, other = (complete_course(WORKED, study=STUDY, variable=name, n=30) for name in ("cdasi", "phga"))
    assert not one.equals(other)
    more = complete_course(WORKED, study=STUDY, variable="cdasi", n=50)
    pd.testing.assert_frame_equal(more[more["imputation"].le(30)], one)


def test_the_difference_of_imputation_and_model_is_that_of_what_they_think_of_those_not_seen():
    why = found("why")
    assert (why["n_seen"], why["n_imputed"], why["change_seen"]) == (7, 1, -6.0)
    assert why["change_model"] == pytest.approx(8 * found("mmrm")["estimate"] + 42)
    assert why["change_imputed"] == pytest.approx(8 * found("mi")["estimate"] + 42)
    assert why["difference"] == pytest.approx((why["change_imputed"] - why["change_model"]) / 8)
    assert why["difference_se"] == pytest.approx(why["difference"] / found("mmrm")["se"])
    # G1 of the changes -10 -3 -12 0 -4 0 -13 by its formula
    changes = np.array([-10, -3, -12, 0, -4, 0, -13.0])
    m2, m3 = (np.mean((changes - changes.mean()) ** power) for power in (2, 3))
    assert why["skewness"] == pytest.approx(m3 / m2**1.5 * np.sqrt(7 * 6) / 5)


def test_skewness_is_that_of_r():
    of_r = json.loads((Path(__file__).parents[1] / "r" / "prediction.json").read_text("utf-8"))["changes"]
    wide = pd.DataFrame({"W00": of_r["before"], "W24": of_r["after"]}, dtype=float)
    same = {"estimate": 1.0, "n": 30}
    found = explain_difference(wide, visit="W24", model=same | {"se": 1.0}, imputed=same)
    assert found["skewness"] == pytest.approx(of_r["skewness"]) == pytest.approx(of_r["e1071"])
    assert (found["n_seen"], found["n_imputed"]) == (28, 2)


def test_a_subject_who_began_above_all_others_is_not_drawn_to_them():
    """Nobody else is above 33: a borrowed value would be a change of -30 or more, a borrowed change is none."""
    high = WORKED.copy()
    high.loc["S5"] = [60.0, 57.0, np.nan]
    values = missing.impute_by_matching(high, n_imputations=20, seed=1).loc["S5", "W24"]
    changes = impute_course(high, study=STUDY, variable="cdasi").loc["S5", "W24"]
    assert (values - 60).max() <= -35
    assert (changes - 60).min() >= -13


def test_with_nothing_missing_every_way_gives_the_same_mean():
    whole = WORKED.fillna({"W12": 24.0, "W24": 20.0})
    rows = handled(whole)
    means = [found(name, rows)["estimate"] for name in tables.strategies.STRATEGIES]
    assert means == pytest.approx([(whole["W24"] - whole["W00"]).mean()] * len(means), abs=1e-6)


def test_no_test_stands_beside_the_ways():
    assert not {"p_value", "statistic", "df"} & set(handled()["statistic"])


def test_the_table_has_a_column_per_way():
    table = tables.strategies_table(handled(), [("cdasi", "CDASI, points", 0)])
    assert list(table.body.columns) == [
        "Pairs",
        "Complete pairs",
        "MMRM",
        "Multiple imputation",
        "LOCF",
        "BOCF",
    ]
    assert table.body.loc["CDASI, points"].tolist()[:2] == [
        "7",
        "−6.0 (−11.1 to −0.9)",
    ]  # t, six degrees of freedom
    assert any("discouraged" in note for note in table.notes)


def test_the_table_of_differences_names_what_is_far_apart():
    rows = handled()
    table = tables.difference_table(rows, [("cdasi", "CDASI, points", 0)])
    assert table.body.loc["CDASI, points"].tolist()[:3] == ["7", "1", "−6.0"]
    assert table.notes[-1] == "More than 0.5 standard errors apart: none."
    far = rows.assign(value=rows["value"].mask(rows["statistic"].eq("difference_se"), -0.8))
    assert tables.difference_table(far, [("cdasi", "CDASI, points", 0)]).notes[-1].endswith("CDASI, points.")


def test_visits_after_the_one_compared_change_nothing_and_the_tipping_point_starts_at_the_same_value():
    rng = np.random.default_rng(3)
    later = WORKED.assign(W48=WORKED["W24"] + rng.normal(size=len(WORKED)))
    first, second = handled(), handled(later)
    pd.testing.assert_frame_equal(first, second)
    long = WORKED.rename_axis(index="subject_id", columns="visit_id").melt(ignore_index=False).reset_index()
    planned = SimpleNamespace(
        statistics=STUDY.statistics, visits=[SimpleNamespace(id=name) for name in WORKED]
    )
    endpoint = SimpleNamespace(id="cdasi", variable="cdasi", unit="points", higher_is_better=False)
    tipped = summaries.summarise_tipping(
        long.assign(variable="cdasi"), WORKED.index, study=planned, endpoint=endpoint, visit="W24", shifts=[0, 5],
        population="FAS",
    )  # fmt: skip
    start = pick(tipped, analysis="tipping", variable="cdasi", group="0")
    assert start["estimate"] == found("mi", first)["estimate"]
