"""Ways of handling missing values side by side, on the eight subjects of the reference's worked case (D.10, D.11)."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import missing, summaries, tables
from analysis.tables.rows import pick

STUDY = SimpleNamespace(statistics=SimpleNamespace(confidence_level=0.95, seed=1))
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


def test_imputation_borrows_values_seen_at_the_visit_and_pools_them():
    rows = handled()
    imputed = missing.impute_by_matching(WORKED, n_imputations=missing.imputations_needed(WORKED), seed=1)
    drawn = imputed.loc["S5", "W24"]
    assert set(drawn) <= set(WORKED["W24"].dropna())
    assert found("mi", rows)["estimate"] == pytest.approx((-42 + (drawn - 27).mean()) / 8)
    assert found("mi", rows)["n"] == 8
    assert found("mi", rows)["n_missing"] == 1


def test_a_skewed_measure_is_imputed_by_its_ratio_to_baseline_and_its_change_is_that_of_the_values():
    rows = summaries.summarise_strategies(
        {"cdasi": WORKED},
        study=STUDY,
        visit="W24",
        population="FAS",
        units={"cdasi": "points"},
        log_ratio=["cdasi"],
    )
    needed = missing.imputations_needed(WORKED)
    drawn = missing.impute_ratios(WORKED, n_imputations=needed, seed=1).loc["S5", "W24"]
    assert found("mi", rows)["estimate"] == pytest.approx((-42 + (drawn - 27).mean()) / 8)
    said = rows.groupby("analysis")["note"].unique().map(list).to_dict()
    assert said.pop("missing_mi") == ["imputed as the logarithm of the ratio to baseline"]
    assert all(note == [""] for note in said.values())
    assert set(handled()["note"]) == {""}


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
