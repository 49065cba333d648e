"""Change, missing values, imputation and sensitivity of the dermatomyositis study on drawn patients."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.cohort import Cohort
from analysis.study.sections import Imputation
from analysis.summaries.strategies import impute_course
from analysis.tables import pick
from studies.myositis.change import change_rows, measures_shown
from studies.myositis.imputation import describe_imputation, impute_core_set, imputed_scores
from studies.myositis.measures import SKIN
from studies.myositis.missing import known_grid, missing_rows
from studies.myositis.response import TIS_LEVELS
from studies.myositis.sensitivity import RESPONSE_VARIANTS, response_variants
from studies.myositis.tis import (
    cadm_point_rows,
    certain_rows,
    margin_rows,
    points_by_patient,
    waterfall_scores,
)
from studies.myositis.words import visit_windows

CDASI = SKIN[0]


def visit(name, week):
    return SimpleNamespace(id=name, label=f"Week {week}", week=float(week), target_day=1, window=[1, 2])


HANDLINGS = {"composite": "composite", "hypothetical": "hypothetical"}
STUDY = SimpleNamespace(
    visits=[visit("W00", 0), visit("W12", 12), visit("W24", 24)],
    baseline_visit="W00",
    statistics=SimpleNamespace(
        confidence_level=0.95, exact_max=1000, zeros="pratt", continuity=False, seed=1, multiplicity=None
    ),
    populations={"FAS": SimpleNamespace(label="Full analysis set")},
    groups=None,
    endpoints=(),
    settings=SimpleNamespace(intercurrent=HANDLINGS),
    resolution=lambda endpoint: endpoint.resolution,
)
# The eight subjects of the reference's worked case (D.11): two values missing.
WORKED = ["22 17 12", "18 16 15", "30 24 18", "25 - 25", "14 12 10", "27 22 -", "19 20 19", "33 25 20"]
NO_SCORES = pd.DataFrame(
    {"subject_id": [], "visit_id": [], "score": [], "value": [], "category": []}, dtype=object
)
NO_COURSES = pd.DataFrame(
    {
        **dict.fromkeys(["subject_id", "class"], pd.Series(dtype=object)),
        **dict.fromkeys(["start_date", "stop_date"], pd.Series(dtype="datetime64[ns]")),
        "prednisone_mg_day": pd.Series(dtype=float),
        "ongoing": pd.Series(dtype=bool),
    }
)


def cohort_of(long, *, improvement=None, events=(), subjects=None):
    """A cohort without dates of visits, in which everybody is due; events as (subject, handling) on one day."""
    ids = pd.Index(sorted(long["subject_id"].unique()), name="subject_id")
    people = pd.DataFrame(index=ids) if subjects is None else subjects
    day = pd.Timestamp("2021-01-01")
    known = {
        "baseline_date": day,
        "prednisone_mg_day": 10.0,
        "discontinuation_reason": None,
        "discontinuation_date": pd.NaT,
    }
    recorded = pd.DataFrame(list(events), columns=["subject_id", "event"]).assign(event_date=day)
    tables = {
        "subjects": pd.DataFrame({"subject_id": ids, "baseline_date": day}),
        "characteristics": people.assign(**known).reset_index(),
        "populations": pd.DataFrame({"subject_id": ids, "FAS": True}),
        "assessments": long,
        "scores": NO_SCORES,
        "improvement": improvement,
        "intercurrent_events": recorded,
        "treatments": NO_COURSES,
    }
    return Cohort(tables, STUDY, "FAS")


def long_of(lines, variable="cdasi_activity"):
    rows = [
        {
            "subject_id": str(number),
            "visit_id": entry.id,
            variable: float("nan") if text == "-" else float(text),
        }
        for number, line in enumerate(lines)
        for entry, text in zip(STUDY.visits, line.split(), strict=True)
    ]
    return pd.DataFrame(rows)


def test_values_known_are_counted_of_those_due():
    names = [entry.id for entry in STUDY.visits]
    rows = missing_rows(cohort_of(long_of(WORKED)), [CDASI], visits=names)
    assert pick(rows, analysis="known", visit="W12")["count"] == 7
    shown = known_grid(rows, [CDASI], study=STUDY, visits=names).body
    assert shown.loc["CDASI activity, 0-100"].tolist() == ["8/8", "7/8", "7/8"]


def test_a_descriptive_report_keeps_estimates_and_no_tests():
    group = cohort_of(long_of(WORKED))
    described = change_rows(group, [CDASI], visits=["W12", "W24"], tests=False)
    assert not described["statistic"].isin(["p_value", "statistic", "z"]).any()
    assert pick(described, analysis="change_mean", visit="W24")["estimate"] == pytest.approx(-6.0)
    shown = tables.rank_table(described, measures_shown([CDASI], study=STUDY), study=STUDY).body
    assert "Signed rank p" not in shown.columns


def test_the_final_report_shows_the_test_beside_its_estimate():
    rows = change_rows(cohort_of(long_of(WORKED)), [CDASI], visits=["W12", "W24"], tests=True)
    shown = measures_shown([CDASI], study=STUDY)
    change = tables.change_table(rows, shown, study=STUDY).body
    assert list(change.index) == ["Week 12", "Week 24"]
    assert change.loc["Week 24", "Mean change (95 % CI)"].startswith("\u22126.0 (")
    assert change.loc["Week 24", "Pairs (missing)"] == "7 (1)"
    ranks = tables.rank_table(rows, shown, study=STUDY).body
    assert ranks.loc["Week 0", "Signed rank p"] == "–"
    assert ranks.loc["Week 0", "Median [quartiles]"] == "23.5 [18.8, 27.8]"
    assert ranks.loc["Week 24", "dz (95 % CI)"].startswith("\u2212")


# ---------------------------------------------------------------- the score from completed measures
MEASURES = ["phga_mm", "ptga_mm", "mmt8", "haq_di", "enzyme_xuln", "extramuscular_mm"]
BEFORE = dict(zip(MEASURES, [60, 65, 118, 1.625, 12.0, 40], strict=True))  # worked case T2 of the reference
AFTER = dict(zip(MEASURES, [35, 45, 130, 1.0, 3.0, 25], strict=True))


def completed(copies):
    rows = [
        {"subject_id": "T2", "imputation": number, "visit_id": name, **values}
        for number in range(1, copies + 1)
        for name, values in (("W00", BEFORE), ("W24", AFTER))
    ]
    return pd.DataFrame(rows).set_index("subject_id")


COURSES = ["9 6 4", "30 20 12", "1.2 1 -", "4 - 3", "2 1.5 1", "15 9 -", "0.8 0.7 0.9", "55 40 21"]


def study_that_imputes(*logged):
    plan = Imputation(log_ratio=list(logged), donors=3, iterations=5)
    statistics = SimpleNamespace(**{**vars(STUDY.statistics), "imputation": plan})
    return SimpleNamespace(**{**vars(STUDY), "statistics": statistics})


def imputed_enzymes(study):
    """Eight patients whose enzyme is skewed, with the other measures known."""
    long = long_of(COURSES, "enzyme_xuln").assign(
        **{name: AFTER[name] for name in MEASURES if "enzyme" not in name}
    )
    return impute_core_set(replace(cohort_of(long), study=study), visit="W24")


@pytest.mark.parametrize("logged", [[], ["enzyme_xuln"]])
def test_a_core_set_measure_is_imputed_as_wherever_it_is_imputed(logged):
    study = study_that_imputes(*logged)
    wide = long_of(COURSES, "enzyme_xuln").pivot(index="subject_id", columns="visit_id", values="enzyme_xuln")
    expected = impute_course(wide, study=study, variable="enzyme_xuln")
    found = imputed_enzymes(study)
    at_24 = found[found["visit_id"].eq("W24")].sort_values(["imputation", "subject_id"])
    np.testing.assert_allclose(at_24["enzyme_xuln"], expected["W24"], rtol=1e-12)


def test_whether_the_enzyme_is_imputed_as_a_ratio_is_a_setting():
    plain, ratios = (imputed_enzymes(study_that_imputes(*logged)) for logged in ([], ["enzyme_xuln"]))
    assert not np.allclose(plain["enzyme_xuln"], ratios["enzyme_xuln"])


def test_the_score_reads_the_imputed_enzyme_as_a_multiple_of_its_limit_again():
    study = study_that_imputes("enzyme_xuln")
    found = imputed_enzymes(study)
    enzymes = pd.Series("CK", index=pd.Index([str(number) for number in range(8)], name="subject_id"))
    scores = imputed_scores(found, enzymes=enzymes, study=study, visit="W24")
    first = scores[scores["imputation"].eq(1)]["tis"].to_dict()
    # percent of the range of CK, 15 x ULN: 33.3 earn 7.5 points, 0.67 none, 100 or more 7.5; the rest did not change
    assert [first[number] for number in ("0", "1", "4", "6", "7")] == [7.5, 7.5, 2.5, 0.0, 7.5]


def test_the_footnote_says_how_measures_were_imputed():
    said = describe_imputation(study_that_imputes("enzyme_xuln"))
    assert "the change from baseline, 3 donors; muscle enzyme by the logarithm of the ratio" in said
    assert describe_imputation(study_that_imputes()).endswith("3 donors; given back as values.")


def test_the_score_of_a_completed_data_set_is_the_worked_one():
    enzymes = pd.Series(["CK"], index=pd.Index(["T2"], name="subject_id"))
    found = imputed_scores(completed(2), enzymes=enzymes, study=STUDY, visit="W24")
    assert found["imputation"].tolist() == [1, 2]
    assert found["tis"].tolist() == [52.5, 52.5]


# ---------------------------------------------------------------- variants of the primary response
def test_each_variant_changes_what_it_says():
    # a: 50, b: 50 after rescue, c: 10, d: not seen, e: 50 and clinically amyopathic, f: PtGA missing, 40 at least
    ids = pd.Index(list("abcdef"), name="subject_id")
    seen = pd.DataFrame(
        {
            "subject_id": list("abcef"),
            "visit_id": "W24",
            "tis": [50.0, 50.0, 10.0, 50.0, None],
            "tis_min": [50.0, 50.0, 10.0, 50.0, 40.0],
            "tis_max": [50.0, 50.0, 10.0, 50.0, 50.0],
            "imacs": pd.array([True, True, False, True, True], dtype="boolean"),
        }
    )
    subjects = pd.DataFrame({"cadm_type": ["none", "none", "none", "none", "ADM", "none"]}, index=ids)
    group = cohort_of(
        pd.DataFrame({"subject_id": ids, "visit_id": "W00"}),
        improvement=seen,
        events=[("b", "composite")],
        subjects=subjects,
    )
    rescored = pd.Series([50.0, 50.0, 45.0, None, 50.0, None], index=ids)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("studies.myositis.sensitivity.rescored", lambda *_, **__: rescored)
        found = response_variants(group, visit="W24", minimum=40, per_protocol=pd.Index(list("acdef")))
    assert found["primary"] == (3, 6)  # a, e and f
    assert found["observed"] == (3, 4)  # b counts, d and f are left out
    assert found["policy"] == (4, 6)
    assert found["decided"] == (3, 5)  # decided: a, b, c, e, f
    assert found["best"] == (4, 6)  # d and f count as well
    assert found["complete"] == (2, 6)  # f has no score
    assert found["enzyme_each_visit"] == (3, 6)  # c reaches 45
    assert found["per_protocol"] == (3, 5)
    assert found["no_cadm"] == (2, 5)
    assert set(found) == set(RESPONSE_VARIANTS)


CADM = {
    "phga_mm": 60.0,
    "ptga_mm": 60.0,
    "extramuscular_mm": 60.0,
    "mmt8": 150.0,
    "haq_di": 0.0,
    "ldh_u_l": 200.0,
    "ldh_uln": 250.0,
}
ENZYMES = {
    f"{name}_{what}": float("nan") for name in ("ck", "ald", "ldh", "ast", "alt") for what in ("u_l", "uln")
}


def two_patients(gains):
    """One seen at week 24 after an event, one amyopathic and seen at week 12 only; what a normal enzyme can gain."""
    ids = pd.Index(["a", "b"], name="subject_id")
    seen = pd.DataFrame(
        {
            "subject_id": ["a", "b"],
            "visit_id": ["W24", "W12"],
            "tis": [50.0, 20.0],
            "tis_min": [50.0, 20.0],
            "tis_category": ["moderate", "minimal"],
            "enzyme_name": ["CK", "LDH"],
            "points_phga": [20.0, 20.0],
            "points_ptga": [10.0, 0.0],
            "points_mmt8": [20.0, 0.0],
            "points_extramuscular": [0.0, 0.0],
            "imacs": [True, False],
        }
    )
    high = {**CADM, "mmt8": 100.0, "haq_di": 2.0, "ck_u_l": 1200.0, "ck_uln": 200.0, "ldh_u_l": 100.0}
    baseline = pd.DataFrame([{**ENZYMES, **high}, {**ENZYMES, **CADM}]).assign(subject_id=ids, visit_id="W00")
    subjects = pd.DataFrame({"cadm_type": ["none", "HDM"]}, index=ids)
    group = cohort_of(baseline, improvement=seen, subjects=subjects, events=[("a", "composite")])
    return replace(group, study=study_where(gains))


def study_where(gains):
    settings = SimpleNamespace(**vars(STUDY.settings), normal_enzyme_gains=gains)
    return SimpleNamespace(**{**vars(STUDY), "settings": settings})


def test_the_waterfall_has_everybody_due_with_the_attainable_score_and_events_before():
    shown = waterfall_scores(two_patients("nothing"), "W24").set_index("subject_id")
    assert shown["tis"].isna().tolist() == [False, True]
    assert shown["cadm"].tolist() == [False, True]
    assert shown["event"].tolist() == [True, False]
    # a, with room in every measure: all points there are; b, amyopathic: 20 + 10 + 20
    assert shown["tis_max_attainable"].tolist() == [100.0, 50.0]


def test_an_enzyme_normal_at_baseline_gains_points_only_where_the_study_says_so():
    shown = waterfall_scores(two_patients("to_zero"), "W24").set_index("subject_id")
    assert shown["tis_max_attainable"].tolist() == [100.0, 57.5]  # LDH 0.8 of a range of 3: above 25 per cent


def test_points_list_both_attainable_scores():
    listed = points_by_patient(two_patients("nothing"), "W24").set_index("subject_id")
    assert listed.loc["b", ["attainable_nothing", "attainable_to_zero"]].tolist() == [50.0, 57.5]


def test_known_points_that_reach_a_level_without_a_score_are_counted():
    seen = pd.DataFrame(
        {
            "subject_id": ["a", "b"],
            "visit_id": "W24",
            "tis": [None, 60.0],  # who has a score is not asked
            "tis_min": [37.5, 60.0],
        }
    )
    group = cohort_of(pd.DataFrame({"subject_id": ["a", "b"], "visit_id": "W00"}), improvement=seen)
    rows = certain_rows(group, visits=["W24"])
    counts = {name: pick(rows, analysis="tis_certain", variable=name)["count"] for name in TIS_LEVELS}
    assert counts == {"tis_minimal": 1, "tis_moderate": 0, "tis_major": 0}


def test_scores_exactly_at_a_limit_are_told():
    seen = pd.DataFrame(
        {"subject_id": ["a", "b", "c"], "visit_id": "W24", "tis": [40.0, 42.5, None], "tis_min": 40.0}
    )
    group = cohort_of(pd.DataFrame({"subject_id": ["a", "b", "c"], "visit_id": "W00"}), improvement=seen)
    rows = margin_rows(group, visits=["W24"])
    found = {name: pick(rows, analysis="tis_margin", variable=name) for name in TIS_LEVELS}
    assert [(found[name]["count"], found[name]["n"]) for name in TIS_LEVELS] == [(0, 2), (1, 2), (0, 0)]


def test_points_of_amyopathic_patients_are_counted_where_there_is_a_score():
    listed = points_by_patient(two_patients("nothing"), "W12")
    found = pick(cadm_point_rows(listed, visit="W12", population="FAS"), analysis="tis_points")
    assert (found["n"], found["proportion"]) == (1, 1.0)
    nobody = cadm_point_rows(listed[:0], visit="W12", population="FAS")
    assert pd.isna(pick(nobody, analysis="tis_points").get("proportion"))


# ---------------------------------------------------------------- footnotes
def test_the_windows_of_the_visits_are_in_the_methods():
    assert visit_windows(STUDY).endswith("Week 24 days 1 to 2")
