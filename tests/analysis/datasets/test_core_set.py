"""Core set pairs follow the enzyme of baseline; drug courses become prednisone per day."""

import numpy as np
import pytest
from small_study import drawn, rows, small_study

from analysis.datasets import code_treatments
from analysis.datasets.core_set import improvement_scores
from analysis.responses import core_set_pair

PATIENTS = """
subject_id visit_id phga_mm ptga_mm mmt8 haq_di extramuscular_mm ck_u_l ck_uln ldh_u_l ldh_uln
S1         W00      60      60      120  2      30               2000   200    500     250 # CK 10 times its limit
S1         W12      30      40      140  1      10               300    200    900     250 # LDH is the worse one now
S2         W00      60      60      120  2      30               150    200    500     250     # only LDH is abnormal
S2         W12      60      60      120  2      30               150    200    .       250     # LDH not measured
S3         W00      60      60      120  2      30               .      200    .       250     # no enzyme at baseline
S3         W12      60      60      120  2      30               150    200    400     250
S4         W00      60      60      120  2      30               150    200    500     250     # never came again
"""


def pair(**given):
    wide = drawn(PATIENTS)
    before, after = (wide[wide["visit_id"].eq(v)].set_index("subject_id") for v in ("W00", "W12"))
    return core_set_pair(before.loc[after.index], after, **given)


def test_the_enzyme_most_abnormal_at_baseline_is_followed():
    before, after = pair()
    assert rows(before, "enzyme_name", "enzyme_u_l", "enzyme_uln")[:2] == [
        ["CK", 2000, 200],
        ["LDH", 500, 250],
    ]
    assert rows(after, "enzyme_name", "enzyme_u_l")[0] == ["CK", 300]
    assert rows(after, "enzyme_name", "enzyme_u_l")[1] == ["LDH", None]


def test_by_the_other_rule_each_visit_has_its_own_enzyme():
    _, after = pair(enzyme_rule="each_visit")
    assert rows(after, "enzyme_name", "enzyme_u_l")[0] == ["LDH", 900]


def test_without_an_enzyme_at_baseline_there_is_none_to_follow():
    before, after = pair()
    assert before["enzyme_name"].isna()["S3"]
    assert np.isnan(after.loc["S3", "enzyme_u_l"])


def test_improvement_scores_have_a_row_per_patient_seen_after_baseline():
    found = improvement_scores(drawn(PATIENTS), study=small_study())
    assert rows(found, "subject_id", "visit_id") == [["S1", "W12"], ["S2", "W12"], ["S3", "W12"]]
    first = found.iloc[0]
    assert first["enzyme_name"] == "CK"
    assert first["imacs"]
    assert first["tis"] > 60
    assert not found.iloc[1]["imacs"]


def test_a_study_without_the_core_set_has_no_improvement_scores():
    found = improvement_scores(drawn("subject_id visit_id cdai\nS1 W00 20\n"), study=small_study())
    assert len(found) == 0


# ---------------------------------------------------------------- drug courses


@pytest.mark.parametrize(
    ("drug", "dose", "unit", "frequency", "mg_day"),
    [
        ("prednisone", 10, "mg", "once_daily", 10),
        ("泼尼松", 10, "mg", "once_daily", 10),
        ("methylprednisolone", 8, "mg", "once_daily", 10),  # 4 mg stand for 5
        ("methylprednisolone", 4, "mg", "twice_daily", 10),
        ("prednisone", 10, "mg", "every_other_day", 5),
        ("prednisone", 7, "mg", "weekly", 1),
        ("methylprednisolone", 0.5, "g", "once_daily", 625),
        ("dexamethasone", 0.75, "mg", "once_daily", 5),
        ("prednisone", 10, "mg", "once", None),  # a pulse is no daily dose
        ("prednisone", 1, "mg/kg", "once_daily", None),  # nobody's weight is at hand
        ("prednisone", None, "mg", "once_daily", None),
        ("prednisone", 10, "mg", None, None),
        ("methotrexate", 10, "mg", "weekly", None),  # no glucocorticoid
    ],
)
def test_prednisone_equivalent_per_day(drug, dose, unit, frequency, mg_day):
    courses = drawn("drug_raw\nx\n").assign(drug_raw=drug, dose=dose, dose_unit=unit)
    words = None if frequency is None else frequency.replace("_", " ")
    (found,) = rows(code_treatments(courses.assign(frequency=words)), "prednisone_mg_day")
    assert found == [pytest.approx(mg_day) if mg_day is not None else None]


def test_unknown_drugs_stay_and_are_to_be_coded():
    courses = drawn("drug_raw dose dose_unit frequency\nzzyzx 1 mg x\n")
    found = code_treatments(courses)
    assert found["drug"].isna().all()
    assert found["drug_raw"].tolist() == ["zzyzx"]


def test_a_study_without_drug_courses_is_left_as_it_is():
    courses = drawn("subject_id\nS1\n")
    assert code_treatments(courses) is courses
