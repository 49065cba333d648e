"""The CDISC pilot through the pipeline: another disease and export, the same code; numbers against pandas and R."""

from datetime import date
from statistics import mean, stdev

import pandas as pd
import plain
import pytest

from pipeline.render.checks import check_page, outline

ARMS = {"Placebo": "placebo", "Xanomeline Low Dose": "low", "Xanomeline High Dose": "high"}
WEEKS = (8, 16, 24)
CUT = date(2013, 12, 31)
every_arm = pytest.mark.parametrize("arm", list(ARMS))
every_comparison = pytest.mark.parametrize(("arm", "week"), [(arm, week) for arm in ARMS for week in WEEKS])


@pytest.fixture(scope="module")
def patients(shared_data) -> pd.DataFrame:
    return pd.read_csv(shared_data / "cdisc_adsl.csv", dtype={"USUBJID": str}).set_index("USUBJID")


@pytest.fixture(scope="module")
def scores(shared_data) -> pd.DataFrame:
    """Observed ADAS-Cog totals by patient and week: what was carried forward is not observed."""
    rows = pd.read_csv(shared_data / "cdisc_adas_total.csv")
    observed = rows[rows["DTYPE"].ne("LOCF")]
    assert len(rows) - len(observed) == 222
    return observed.pivot(index="USUBJID", columns="AVISITN", values="AVAL")


@pytest.fixture(scope="module")
def events(shared_data, patients) -> pd.DataFrame:
    """Adverse events from the first dose to the last; an undated one counts unless it had ended before."""
    rows = pd.read_csv(shared_data / "cdisc_adae.csv").join(patients[["TRT01P"]], on="USUBJID")
    within = rows["ASTDT"].ge(rows["TRTSDT"]) & rows["ASTDT"].le(rows["TRTEDT"])
    undated = rows["ASTDT"].isna() & ~rows["AENDT"].lt(rows["TRTSDT"])
    return rows[within | undated]


@pytest.fixture(scope="module")
def numbers(cdisc) -> dict[str, float]:
    return cdisc.values("cdisc_pilot", "final")


def changes(scores, patients, arm: str, week: int) -> pd.DataFrame:
    """Baseline and the week's value of the arm's patients who have both."""
    both = scores.loc[scores.index.isin(patients.index[patients["TRT01P"].eq(arm)]), [0, week]]
    return both.dropna()


def test_the_report_is_published_and_fit_to_be_sent(cdisc):
    for report in ("interim", "final"):
        page = cdisc.page("cdisc_pilot", report)
        assert check_page(page) == []
        assert "4 Safety" in [text for _, text in outline(page).headings]


def test_flow_counts_every_patient(numbers, patients, scores):
    assert numbers["flow.all.enrolled.all.all.n"] == len(patients) == 254
    for label, arm in ARMS.items():
        ids = patients.index[patients["TRT01P"].eq(label)]
        assert numbers[f"flow.all.arm_{arm}.all.all.n"] == len(ids)
        for week in (0, *WEEKS):
            known = scores.loc[scores.index.isin(ids), week].notna().sum()
            assert numbers[f"flow.all.visit_w{week:02}_{arm}.all.all.n"] == known


@every_arm
@pytest.mark.parametrize(
    ("variable", "column"), [("age", "AGE"), ("bmi", "BMIBL"), ("mmse", "MMSETOT"), ("adas_cog", 0)]
)
def test_baseline_numbers(numbers, patients, scores, arm, variable, column):
    people = patients[patients["TRT01P"].eq(arm)]
    values = (people[column] if isinstance(column, str) else scores[column].reindex(people.index)).dropna()
    place = f"baseline.itt.{variable}.all.{ARMS[arm]}"
    found = [numbers[f"{place}.{name}"] for name in ("n", "n_missing", "mean", "sd", "median", "q1", "q3")]
    assert found == pytest.approx(
        [
            len(values),
            len(people) - len(values),
            values.mean(),
            values.std(),
            *values.quantile([0.5, 0.25, 0.75]),
        ],
        rel=1e-9,
    )


@every_arm
def test_a_category_that_an_arm_lacks_shows_none_of_it(numbers, patients, arm):
    people = patients.loc[patients["TRT01P"].eq(arm), "RACE"]
    for race in patients["RACE"].unique():
        slug = "_".join(race.lower().split())
        assert numbers[f"baseline.itt.race.{slug}.{ARMS[arm]}.count"] == people.eq(race).sum()
    kinds = patients.groupby("TRT01P")["RACE"].nunique()
    assert kinds.min() < patients["RACE"].nunique()  # otherwise this test would prove nothing


@every_comparison
def test_change_of_adas_cog_is_of_observed_values_only(numbers, scores, patients, arm, week):
    both = changes(scores, patients, arm, week)
    change = (both[week] - both[0]).tolist()
    place = f"itt.adas_cog.w{week:02}.{ARMS[arm]}"
    found = [
        numbers[f"change_mean.{place}.{name}"] for name in ("estimate", "conf_low", "conf_high", "n_pairs")
    ]
    assert found == pytest.approx([*plain.t_interval(change), len(both)], rel=1e-9)
    columns = [mean(both[0]), stdev(both[0]), mean(both[week]), stdev(both[week])]
    names = ("mean_baseline", "sd_baseline", "mean_followup", "sd_followup")
    assert [numbers[f"change_mean.{place}.{name}"] for name in names] == pytest.approx(columns, rel=1e-9)


@every_comparison
def test_ranks_and_improved_of_adas_cog(numbers, scores, patients, arm, week):
    both = changes(scores, patients, arm, week)
    change = [round(value, 1) + 0.0 for value in both[week] - both[0]]  # the study file's resolution
    place = f"itt.adas_cog.w{week:02}.{ARMS[arm]}"
    statistic, p = plain.signed_rank_pratt(change)
    assert numbers[f"change_ranks.{place}.statistic"] == statistic
    assert numbers[f"change_ranks.{place}.p_value"] == pytest.approx(p, rel=1e-9)
    share = ("estimate", "conf_low", "conf_high")
    better = sum(value < 0 for value in (both[week] - both[0]).round(8))  # lower is better
    assert [numbers[f"improved.{place}.{name}"] for name in share] == pytest.approx(
        plain.wilson(better, len(both)), rel=1e-9
    )


def test_observed_pairs_of_week_24_are_those_r_was_given(numbers, r_reference):
    sample = r_reference["samples"]["cdisc_adas_0_24"]
    pairs = [numbers[f"change_mean.itt.adas_cog.w24.{arm}.n_pairs"] for arm in ARMS.values()]
    total = sum(
        numbers[f"change_mean.itt.adas_cog.w24.{arm}.{name}"] * n
        for arm, n in zip(ARMS.values(), pairs)
        for name in ("estimate",)
    )
    changes_in_r = [after - before for before, after in zip(sample["before"], sample["after"])]
    assert sum(pairs) == len(changes_in_r) == 155
    assert total == pytest.approx(sum(changes_in_r), rel=1e-9)


# ---------------------------------------------------------------- adverse events


@every_arm
def test_adverse_events_under_treatment(numbers, events, patients, arm):
    of_arm = events[events["TRT01P"].eq(arm)]
    rows = {
        "any": of_arm,
        "serious_event": of_arm[of_arm["AESER"].eq("Y")],
        "related_event": of_arm[of_arm["AEREL"].isin(["POSSIBLE", "PROBABLE"])],
    }
    size = patients["TRT01P"].eq(arm).sum()
    for name, chosen in rows.items():
        place = f"ae_overview.safety.{name}.all.{ARMS[arm]}"
        found = [numbers[f"{place}.{what}"] for what in ("count", "events", "n")]
        assert found == [chosen["USUBJID"].nunique(), len(chosen), size]


@every_arm
def test_person_time_and_rate_of_events(numbers, events, patients, arm, r_reference):
    people = patients[patients["TRT01P"].eq(arm)]
    days = (pd.to_datetime(people["TRTEDT"]) - pd.to_datetime(people["TRTSDT"])).dt.days + 1
    years = days.sum() / 365.25
    count = int(events["TRT01P"].eq(arm).sum())
    place = f"ae_event_rate.safety.any.all.{ARMS[arm]}"
    found = [numbers[f"{place}.{name}"] for name in ("person_years", "estimate", "conf_low", "conf_high")]
    limits = plain.garwood(count, years / 100)
    assert found == pytest.approx([years, 100 * count / years, *limits], rel=1e-8)
    (in_r,) = [
        row["result"]
        for row in r_reference["results"]
        if row["group"] == "adverse_events" and row["args"].get("arm") == arm
    ]
    assert found[0] == pytest.approx(in_r["person_years"], rel=1e-9)
    assert numbers[f"ae_overview.safety.any.all.{ARMS[arm]}.n"] == in_r["N"]


@every_arm
def test_classes_and_terms(numbers, events, arm):
    of_arm = events[events["TRT01P"].eq(arm)]
    seen = 0
    for (soc, term), chosen in of_arm.groupby(["AEBODSYS", "AEDECOD"]):
        slug = "_".join("".join(c if c.isalnum() else " " for c in f"{soc} / {term}".lower()).split())
        place = f"ae_term.safety.{slug}.all.{ARMS[arm]}"
        assert numbers[f"{place}.count"] == chosen["USUBJID"].nunique()
        assert numbers[f"{place}.events"] == len(chosen)
        seen += len(chosen)
    assert seen == len(of_arm) > 250


def test_events_left_out_though_marked_emergent_began_after_the_last_dose(cdisc, events, shared_data):
    """R counts every event the source marks; this study's rule ends with the last dose."""
    rows = pd.read_csv(shared_data / "cdisc_adae.csv")
    marked = rows[rows["TRTEMFL"].eq("Y")]
    left_out = marked.loc[marked.index.difference(events.index)]
    assert len(left_out) > 0
    assert (left_out["ASTDT"] > left_out["TRTEDT"]).all()


# ---------------------------------------------------------------- the interim report


def test_interim_knows_nothing_after_its_cut(cdisc):
    assert cdisc.manifest("cdisc_pilot", "interim")["data_cut"] == CUT.isoformat()
    stored = cdisc.built("cdisc_pilot", "interim") / "data"
    dated = 0
    for file in stored.glob("*.parquet"):
        frame = pd.read_parquet(file)
        for name in frame.columns[[kind.kind == "M" for kind in frame.dtypes]]:
            assert not (frame[name] > pd.Timestamp(CUT)).any(), (file.stem, name)
            dated += 1
    assert dated > 5


def test_interim_counts_those_with_a_first_dose_by_the_cut(cdisc, numbers, patients):
    interim = cdisc.values("cdisc_pilot", "interim")
    dosed = patients[patients["TRTSDT"] <= CUT.isoformat()]
    for label, arm in ARMS.items():
        n = "ae_overview.safety.any.all.{}.n".format
        assert interim[n(arm)] == dosed["TRT01P"].eq(label).sum() < numbers[n(arm)]
        assert (
            interim[f"ae_overview.safety.any.all.{arm}.events"]
            < numbers[f"ae_overview.safety.any.all.{arm}.events"]
        )
