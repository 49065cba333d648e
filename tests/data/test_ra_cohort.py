"""The example cohort: who is in it, what it must show, and whether it is plausible."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from data.ra_rules import age, csdmard_failed, day, kinds, n_mechanisms_failed, rapid, spans, union_days

PLANNED = [f"week_{week}_arm_1" for week in (0, 4, 12, 24, 48, 72, 96)]


@pytest.fixture(scope="module")
def cohort(clean_ra):
    from generate import ra_build

    header, *truth = ra_build.truth()
    return SimpleNamespace(tables=clean_ra, truth=pd.DataFrame(truth, columns=header).set_index("record_id"))


@pytest.fixture(scope="module")
def visits(cohort):
    """One row per visit: counts, globals, acute phase, indices, HAQ, quality of life."""
    keys = ["record_id", "redcap_event_name"]
    frames = {
        n: pd.DataFrame(cohort.tables[f"{n}.csv"])
        for n in ("clinical", "joints", "quality_of_life", "function")
    }
    clinical = frames["clinical"][frames["clinical"]["redcap_event_name"].isin(PLANNED)].set_index(keys)
    rest = {n: f[f["redcap_event_name"].isin(PLANNED)].set_index(keys) for n, f in frames.items()}
    number = lambda f: f.apply(pd.to_numeric, errors="coerce")  # noqa: E731
    out = number(clinical[["ptga", "phga", "pain", "gc_mg_day", "das28_esr_entered", "cdai_entered"]])
    for name, stem in (("tjc", "tender28"), ("sjc", "swollen28")):
        boxes = number(rest["joints"][[f"{stem}___{k}" for k in range(1, 29)]])
        out[name] = boxes.sum(axis=1, min_count=28)
    lab = pd.DataFrame(cohort.tables["lab_inflammation.csv"])
    lab["value"] = pd.to_numeric(lab["结果"].str.replace("<", "", regex=False), errors="coerce")
    week = {"基线": 0} | {f"第{w}周": w for w in (4, 12, 24, 48, 72, 96)}
    lab["redcap_event_name"] = lab["访视"].map(week).map(lambda w: f"week_{w:.0f}_arm_1")
    wide = lab.pivot_table(index=["研究编号", "redcap_event_name"], columns="项目", values="value")
    wide.index.names = keys
    out = out.join(wide[["C反应蛋白", "血沉"]].set_axis(["crp", "esr"], axis=1))
    items = number(rest["function"][[f"haq_{k}" for k in range(1, 21)]])
    out["haq_mean_item"] = items.mean(axis=1)
    out["eq_vas"] = number(rest["quality_of_life"][["eq_vas"]])["eq_vas"]
    out["cdai"] = out["tjc"] + out["sjc"] + (out["ptga"] + out["phga"]) / 10
    joints = 0.56 * np.sqrt(out["tjc"]) + 0.28 * np.sqrt(out["sjc"])
    out["das28"] = joints + 0.7 * np.log(out["esr"]) + 0.014 * out["ptga"]
    return out


@pytest.fixture(scope="module")
def entry(cohort, visits):
    """Each screened person with the entry rules worked out plainly."""
    names, courses = kinds(), {}
    for course in cohort.tables["medication.xlsx"]:
        courses.setdefault(course["研究编号"], []).append(course)
    rows = []
    for row in cohort.tables["screening.csv"]:
        index, own = day(row["screening_date"]), courses.get(row["record_id"], [])
        baseline = (
            visits.loc[(row["record_id"], PLANNED[0])]
            if (row["record_id"], PLANNED[0]) in visits.index
            else None
        )
        rows.append({"record_id": row["record_id"], **_judged(row, index, own, baseline, names)})
    return pd.DataFrame(rows).set_index("record_id").join(cohort.truth[["fate", "feature"]])


def _judged(row, index, own, baseline, names):
    cs = union_days(spans(own, {"cs", "cn"}, index, names))
    n_2010 = int(row["ra_2010_score_entered"])
    n_1987 = sum(row[f"acr1987_{k}"] == "1" for k in range(1, 8))
    active = baseline is not None and bool(baseline.cdai > 10 or baseline.das28 > 3.2)
    two_c = row["gc_cannot_taper"] == "1" and baseline is not None and baseline.gc_mg_day >= 7.5
    failed = n_mechanisms_failed(own, index, names)
    steps = csdmard_failed(own, index, names) or row["cs_contraindicated"] == "1"
    return {
        "ra": n_2010 >= 6 or n_1987 >= 4, "age": age(day(row["birth_date"]), index), "cs_days": cs,
        "cs_days_without_cn": union_days(spans(own, {"cs"}, index, names)),
        "all_days": union_days(spans(own, set(names.values()) - {"gc"}, index, names)),
        "n_moa": failed, "c1": failed >= 2 and steps, "a": active, "b": row["d2t_2b"] == "1", "c": two_c,
        "d": rapid(row), "e": row["d2t_2e"] == "1",
        "c3": "1" in (row["d2t_3_doctor"], row["d2t_3_patient"]), "c3_known": row["d2t_3_doctor"] != "",
        "consent": row["consent_date"] != "" and row["consent_date"] <= row["screening_date"],
        "willing": row["willing"] == "1", "exception": row["access_restricted"] == "1",
    }  # fmt: skip


def _c2(entry):
    return entry[["a", "b", "c", "d", "e"]].any(axis=1)


def test_260_are_screened_and_200_enrolled(cohort):
    rows = cohort.tables["screening.csv"]
    assert len({row["record_id"] for row in rows}) == 260
    assert sum(row["enrol_date"] != "" for row in rows) == 200
    assert {row["enrol_date"] != "" for row in rows if row["screen_status"] == "1"} == {True}


def test_every_reason_of_screen_failure_occurs(cohort):
    assert {row["screen_fail_reason"] for row in cohort.tables["screening.csv"]} == {
        "",
        *map(str, range(1, 10)),
    }


def test_enrolment_runs_from_2023_to_2025_and_an_interim_cut_sees_a_part(cohort):
    days = sorted(row["enrol_date"] for row in cohort.tables["screening.csv"] if row["enrol_date"])
    assert days[0][:4] == "2023" and days[-1][:4] == "2025"
    assert 130 < sum(day <= "2025-06-30" for day in days) < 190
    seen = [row["visit_date"] for row in cohort.tables["clinical.csv"] if row["visit_date"]]
    assert 0.4 < np.mean([day <= "2025-06-30" for day in seen]) < 0.8
    assert max(seen) <= "2026-12-31"


def test_all_enrolled_meet_the_entry_criteria(entry):
    enrolled = entry[entry["fate"] == "enrolled"]
    assert enrolled[["ra", "consent", "willing", "c3"]].all(axis=None)
    assert (enrolled["cs_days"] >= 365).all()
    assert _c2(enrolled).all()
    assert (enrolled["c1"] | enrolled["exception"]).all()
    assert (enrolled["age"] >= 18).all() and (enrolled["age"] == 18).sum() == 1


# What each reason must make false, and no other criterion with it.
EXPECTED = {
    "not_classified_ra": lambda e: ~e["ra"],
    "age_below_18": lambda e: e["age"] < 18,
    "age_exactly_18": lambda e: e["age"] == 18,
    "csdmard_under_365_days": lambda e: e["cs_days"] < 365,
    "d2t_criteria_not_met": lambda e: ~(e["c1"] & _c2(e) & e["c3"]),
    "no_valid_consent": lambda e: ~e["consent"],
    "unwilling": lambda e: ~e["willing"],
    "dmard_under_365_days": lambda e: e["all_days"] < 365,
    "d2t_indeterminate": lambda e: ~e["c3_known"],
}
BY_NATURE = {("dmard_under_365_days", "csdmard_under_365_days"), ("dmard_under_365_days", "d2t_criteria_not_met"),
             ("d2t_indeterminate", "d2t_criteria_not_met"), ("unwilling", "no_valid_consent"),
             ("unwilling", "d2t_criteria_not_met")}  # fmt: skip


@pytest.mark.parametrize("reason", EXPECTED)
def test_those_not_enrolled_fail_for_their_reason_alone(entry, reason):
    group = entry[entry["fate"] == reason]
    assert len(group) >= 2
    assert EXPECTED[reason](group).all()
    for other, rule in EXPECTED.items():
        if other != reason and (reason, other) not in BY_NATURE:
            assert not rule(group).any(), other


def _only(entry, feature):
    return entry[entry["feature"] == feature].iloc[0]


def test_boundary_patients_stand_exactly_on_the_boundary(entry, visits):
    assert _only(entry, "cs_364").cs_days == 364
    assert _only(entry, "cs_365").cs_days == 365
    assert _only(entry, "age_18").age == 18
    for feature, gc in (("boundary_2a", 5.0), ("boundary_2c", 7.5)):
        baseline = visits.loc[(entry.index[entry["feature"] == feature][0], PLANNED[0])]
        assert baseline.cdai == 10.0
        assert 3.195 < baseline.das28 < 3.2
        assert baseline.gc_mg_day == gc


def test_definitions_find_their_cases(entry):
    def group(feature):
        return entry[entry["feature"] == feature]

    assert (group("one_moa")["n_moa"] == 1).all() and (group("jak_jak")["n_moa"] == 1).all()
    assert (group("access_exception")["n_moa"] == 1).all()
    assert (group("cn_only")["cs_days_without_cn"] < 365).all()
    assert (group("biosimilar_switch")["n_moa"] == 2).all()
    assert group("gap")["cs_days"].between(302, 302).all()
    for feature, item in (
        ("gc_7_5", "c"),
        ("rapid_progression", "d"),
        ("qol_only", "e"),
        ("signs_only", "b"),
    ):
        assert group(feature)[item].all() and not group(feature)[[x for x in "abcde" if x != item]].any(
            axis=None
        )
    assert (entry["n_moa"] >= 3).sum() > 30


def test_dates_are_in_order(cohort):
    first = {}
    for course in cohort.tables["medication.xlsx"]:
        start = day(course["开始日期"])
        assert not course["停药日期"] or start < day(course["停药日期"])
        first[course["研究编号"]] = min(start, first.get(course["研究编号"], start))
    for row in cohort.tables["screening.csv"]:
        known = [row["birth_date"], row["disease_onset_date"], row["dx_date"]]
        months = [text[: min(map(len, known))] for text in known]
        assert months == sorted(months)
        assert day(row["screening_date"]) >= first.get(row["record_id"], date.min)
    clinical = pd.DataFrame(cohort.tables["clinical.csv"])
    planned = clinical[clinical["redcap_event_name"].isin(PLANNED) & clinical["visit_date"].ne("")]
    ordered = planned.groupby("record_id")["visit_date"].apply(lambda days: days.is_monotonic_increasing)
    assert ordered.all()


def test_steroid_dose_of_each_visit_is_that_of_the_running_course(cohort):
    names, running = kinds(), {}
    for course in cohort.tables["medication.xlsx"]:
        if names[course["药品名称"]] == "gc":
            running.setdefault(course["研究编号"], []).append(course)
    for visit in cohort.tables["clinical.csv"]:
        today = visit["visit_date"]
        doses = [
            float(c["剂量"]) * (1.25 if "甲泼尼龙" in c["药品名称"] else 1)
            for c in running.get(visit["record_id"], [])
            if c["开始日期"] < today and (not c["停药日期"] or c["停药日期"] >= today)
        ]
        assert not today or sum(doses) == float(visit["gc_mg_day"]), (visit["record_id"], today)


def test_index_values_written_on_the_form_follow_from_their_parts(visits):
    written = visits.dropna(subset=["das28_esr_entered", "das28", "cdai_entered", "cdai"])
    assert len(written) > 700
    assert (written["das28_esr_entered"] - written["das28"]).abs().max() < 0.0051
    assert (written["cdai_entered"] - written["cdai"]).abs().max() < 0.051


def test_course_of_activity_is_plausible(visits, cohort):
    enrolled = cohort.truth.index[cohort.truth["fate"] == "enrolled"]
    by_visit = visits[visits.index.get_level_values(0).isin(enrolled)].groupby("redcap_event_name")
    target = by_visit["cdai"].apply(lambda values: (values.dropna() <= 10).mean())
    assert 22 < by_visit["cdai"].mean()[PLANNED[0]] < 30
    assert 0.28 < target["week_48_arm_1"] < 0.44
    assert by_visit["das28"].mean()[PLANNED[0]] - by_visit["das28"].mean()["week_48_arm_1"] > 0.6
    assert by_visit.size()[PLANNED[0]] > by_visit.size()["week_96_arm_1"] > 100


# Published cohorts: globals and counts about 0.6, ESR and CRP weaker, function between.
@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("tjc", "sjc", 0.45, 0.8),
        ("ptga", "pain", 0.7, 0.95),
        ("ptga", "phga", 0.6, 0.93),
        ("crp", "esr", 0.35, 0.8),
        ("sjc", "crp", 0.2, 0.65),
        ("haq_mean_item", "pain", 0.4, 0.85),
        ("eq_vas", "haq_mean_item", -0.85, -0.4),
    ],
)
def test_measures_go_together_as_in_patients(visits, one, other, low, high):
    assert low < visits[one].corr(visits[other]) < high


def test_response_depends_on_what_a_predictor_model_should_find(cohort):
    truth = cohort.truth[cohort.truth["fate"] == "enrolled"]
    response = truth["response"].astype(float)
    assert response.corr(truth["n_mechanisms_failed"].astype(float)) < -0.1
    assert response[truth["phenotype"] == "pauci_inflammatory"].mean() < response.mean() - 0.1


def test_phenotypes_differ_in_cytokines(cohort):
    lab = pd.DataFrame(cohort.tables["lab_immune.csv"])
    base = lab[lab["访视"] == "基线"].assign(
        value=lambda f: pd.to_numeric(f["结果"].str.replace("<", ""), errors="coerce"),
        phenotype=lambda f: f["研究编号"].map(cohort.truth["phenotype"]),
    )
    middle = base.groupby(["项目", "phenotype"])["value"].median().unstack()
    assert middle.loc["白介素6"].idxmax() == "myeloid" and middle.loc["白介素17A"].idxmax() == "lymphoid"
    censored = lab["结果"].str.startswith("<").groupby(lab["项目"]).mean()
    assert 0.1 < censored["白介素17A"] < 0.5


def test_no_form_is_complete_throughout(cohort):
    clinical = pd.DataFrame(cohort.tables["clinical.csv"])
    assert 0.03 < (clinical["visit_done"] == "0").mean() < 0.09
    disposition = pd.DataFrame(cohort.tables["disposition.csv"])["discontinuation_reason"].value_counts()
    assert set(disposition.index) >= {"1", "2", "3", "4", "5", "6", "8"}


def test_events_are_plausible(cohort):
    events = pd.DataFrame(cohort.tables["adverse_events.csv"])
    assert 300 < len(events) < 700 and 0.03 < (events["ae_serious"] == "1").mean() < 0.12
    assert events["ae_pt"].nunique() > 20 and (events["ae_start"].str.len() < 10).any()
    assert (events["ae_grade"] == "5").sum() == (
        pd.DataFrame(cohort.tables["disposition.csv"])["death_date"] != ""
    ).sum()
