"""One row per subject and planned visit; laboratory values beside the clinical ones."""

import numpy as np
import pandas as pd
import pytest
from small_study import drawn, long, rows, small_study

from analysis.columns.units import unit_slug
from analysis.datasets import assess_visits, characterise, measure
from analysis.datasets.assessments import detected_or_substituted, spread_labs
from analysis.datasets.subjects import average_readers

PLANNED = ["W00", "W12", "W24"]

LABS = """
subject_id visit_id analyte value_std unit_std censor lod  uln window_status
S1         W00      CRP     12.5      mg/L     .      .    8   in_window
S1         W00      CK      400       U/L      .      .    174 in_window
S1         W12      CRP     0.5       mg/L     left   0.5  8   in_window       # below its limit
S1         W12      CRP     99        mg/L     .      .    8   dup_not_used    # a second sample of the visit
S1         UNS      CRP     70        mg/L     .      .    8   unscheduled     # no planned visit
S2         W00      CRP     .         mg/L     .      .    8   in_window       # not done
S2         W24      CRP     3         mg/L     left   .    8   in_window       # limit known from the value only
S2         W24      HGB     11.2      g/dL     .      .    .   in_window       # no upper limit
"""


def visits():
    return drawn("""
        subject_id visit_id visit_label tjc28 window_status
        S1         W00      W00         12    in_window
        S1         W12      W12         5     in_window
        S1         W12      W12         9     dup_not_used   # second visit in the window, marked
        S1         X1       UNS         3     unscheduled
        S2         W00      W00         .     in_window      # came, not counted
    """)


def test_marked_duplicates_and_unscheduled_visits_are_left_out():
    found = assess_visits({"visits": visits()}, study=small_study())
    assert rows(found, "subject_id", "visit_id", "tjc28") == [
        ["S1", "W00", 12],
        ["S1", "W12", 5],
        ["S2", "W00", None],
    ]


def test_unmarked_duplicates_are_refused_naming_the_subject():
    doubled = visits().assign(window_status="in_window")
    said = r"2 visits share subject and planned visit \(subjects S1\); one must be marked"
    with pytest.raises(ValueError, match=said):
        assess_visits({"visits": doubled}, study=small_study())


def test_visit_label_wins_over_visit_id():
    moved = visits().assign(visit_label=["W00", "W24", "W24", "UNS", "W00"])
    found = assess_visits({"visits": moved}, study=small_study())
    assert found["visit_id"].tolist() == ["W00", "W24", "W00"]


def test_laboratory_results_become_columns_with_their_unit():
    found = assess_visits({"visits": visits(), "labs": drawn(LABS)}, study=small_study())
    by_visit = found.set_index(["subject_id", "visit_id"])
    names = ["tjc28", "crp_mg_l", "crp_uln", "ck_u_l", "ck_uln"]
    assert by_visit.loc[("S1", "W00"), names].tolist() == [12, 12.5, 8, 400, 174]
    assert by_visit.loc[("S1", "W12"), "crp_mg_l"] == 0.25
    assert np.isnan(by_visit.loc[("S2", "W00"), "crp_mg_l"])
    assert "hgb_uln" not in by_visit


def test_a_visit_with_laboratory_values_only_has_a_row_of_its_own():
    found = assess_visits({"visits": visits(), "labs": drawn(LABS)}, study=small_study())
    row = found[found["subject_id"].eq("S2") & found["visit_id"].eq("W24")]
    assert row["hgb_g_dl"].tolist() == [11.2]
    assert row["tjc28"].isna().all()


@pytest.mark.parametrize(
    ("rule", "expected"), [("half", 0.25), ("lod", 0.5), ("sqrt2", 0.5 / np.sqrt(2)), ("zero", 0.0)]
)
def test_results_below_the_limit_are_replaced_by_the_named_rule_only(rule, expected):
    labs = drawn(LABS)
    found = spread_labs(labs, planned=PLANNED, substitution=rule).set_index(["subject_id", "visit_id"])
    assert found.loc[("S1", "W12"), "crp_mg_l"] == pytest.approx(expected, rel=1e-15)
    assert found.loc[("S2", "W24"), "crp_mg_l"] == pytest.approx(6 * expected, rel=1e-15)
    assert found.loc[("S1", "W00"), "crp_mg_l"] == 12.5


def test_results_above_a_limit_are_not_halved():
    labs = drawn(LABS).assign(censor="right")
    assert detected_or_substituted(labs, substitution="half").tolist()[0] == 12.5


def test_an_unknown_substitution_is_an_error():
    with pytest.raises(
        ValueError, match="lod_substitution is 'third', expected one of half, lod, sqrt2, zero"
    ):
        detected_or_substituted(drawn(LABS), substitution="third")


@pytest.mark.parametrize(
    ("unit", "slug"),
    [("mg/L", "mg_l"), ("10^9/L", "10_9_l"), ("%", "percent"), ("", "value"), (None, "value")],
)
def test_units_end_column_names(unit, slug):
    assert unit_slug(unit) == slug


# ---------------------------------------------------------------- measures


def test_measures_are_long_and_say_why_a_value_is_missing():
    assessed = drawn("""
        subject_id visit_id cdai note
        S1         W00      20.5 a
        S1         W12      .    b
    """)
    found = measure(assessed, study=small_study())
    assert found["variable"].unique().tolist() == ["cdai"]  # a text is no measurement
    assert rows(found, "visit_id", "status") == [["W00", "ok"], ["W12", "missing_component"]]
    assert found["value"].dtype == "float64"


def test_a_score_takes_the_place_of_a_recorded_value_of_the_same_name():
    assessed = drawn("subject_id visit_id cdai\nS1 W00 99\n")
    scores = drawn("""
        subject_id visit_id score value category status
        S1         W00      cdai  20.5  moderate ok
    """)
    found = measure(assessed, study=small_study(), scores=scores)
    assert rows(found, "variable", "value", "category") == [["cdai", 20.5, "moderate"]]


def test_a_study_without_endpoints_counts_everybody_as_assessed():
    from analysis.datasets import count_flow, flag_populations
    from analysis.datasets.measures import leading_endpoint

    study = small_study(
        endpoints=[],
        populations={"FOLLOWED": {"label": "Followed", "rule": "has_followup"}},
        primary_population="FOLLOWED",
    )
    assert leading_endpoint(study) is None
    subjects = drawn("""
        subject_id  enrolled
        A           True
        B           False
    """)
    measures = long("subject_id W00\nA 1")
    populations = flag_populations(subjects, measures, study=study)
    assert rows(populations, "subject_id", "FOLLOWED") == [["A", True], ["B", False]]
    boxes = count_flow(subjects, measures, populations, study=study)
    counted = rows(boxes[boxes["reason"].isna()], "box", "n")
    assert sorted(counted) == [["analysed", 1], ["enrolled", 1], ["not_enrolled", 1], ["screened", 2]]


def test_the_primary_endpoint_leads_and_else_the_first():
    from small_study import CDAI

    from analysis.datasets.measures import leading_endpoint

    pain = {**CDAI, "id": "pain", "variable": "pain_mm", "role": "secondary"}
    assert leading_endpoint(small_study(endpoints=[pain, CDAI])).id == "cdai"
    assert leading_endpoint(small_study(endpoints=[pain, {**CDAI, "role": "secondary"}])).id == "pain"


# ---------------------------------------------------------------- characteristics and readers


def test_characteristics_are_of_baseline_and_every_subject_is_there():
    subjects = drawn("subject_id age\nS1 50\nS2 60\n")
    assessed = drawn("""
        subject_id visit_id age pain_mm
        S1         W00      99  70
        S1         W12      99  10
    """)
    scores = drawn("""
        subject_id visit_id score value
        S1         W00      cdai  20
        S1         W12      cdai  2
    """)
    found = characterise(subjects, assessed, scores, study=small_study())
    assert found["subject_id"].tolist() == ["S1", "S2"]
    assert found["age"].tolist() == [50, 60]  # the subject's record wins
    assert found.loc[0, ["pain_mm", "cdai"]].tolist() == [70, 20]
    assert found.loc[1, ["pain_mm", "cdai"]].isna().all()


def test_film_scores_are_the_mean_of_both_readers_and_missing_without_one():
    films = pd.DataFrame({"svdh_erosion_r1": [10.0, 4.0], "svdh_erosion_r2": [12.0, np.nan]})
    found = average_readers(films)["svdh_erosion"]
    assert found[0] == 11.0
    assert np.isnan(found[1])
