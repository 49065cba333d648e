"""The long table of scores and the registry behind it."""

import numpy as np
import pandas as pd
import pytest

from analysis import columns, scoring
from analysis.scoring import table
from analysis.scoring.ranges import RANGES

NAN = np.nan


def visits(**changed):
    """One complete visit of subject S01, with some values changed."""
    row = {
        "subject_id": "S01",
        "visit_id": "W00",
        "tjc28": 8,
        "sjc28": 6,
        "ptga_mm": 60,
        "phga_mm": 55,
        "gh_mm": 60,
    }
    row |= {"crp_mg_l": 21.0, "esr_mm_h": 38, "pain_mm": 50, "eq_vas": 60, "svdh_erosion": 10, "svdh_jsn": 5}
    row |= dict.fromkeys(scoring.HAQ_ITEMS, 1) | {f"mdhaq_{c}": 1 for c in "abcdefghij"}
    row |= {f"eq5d_{d}": 2 for d in ("mo", "sc", "ua", "pd", "ad")} | {f"facit_{i}": 2 for i in range(1, 14)}
    row |= {f"sf36_{d}": 50 for d in ("pf", "rp", "bp", "gh", "vt", "sf", "re", "mh")}
    row |= {"mmt8_total": 130, "cdasi_activity": 20, "cdasi_damage": 3, "fvc_pp": 80, "dlco_pp": 60}
    return pd.DataFrame([row | changed])


def one(name, **changed):
    return scoring.score_table(visits(**changed), instruments=[name]).iloc[0]


@pytest.mark.parametrize("name", scoring.INSTRUMENTS)
def test_every_instrument_scores_a_complete_visit_within_its_range(name):
    found = one(name)
    instrument = scoring.INSTRUMENTS[name]
    if name.startswith("eq5d_3l"):
        found = one(name, eq5d_version="3L")
    assert found["status"] == "ok"
    assert instrument.low <= found["value"] <= instrument.high
    assert pd.isna(found["category"]) == (instrument.category is None)
    assert found["missing_list"] == ""


@pytest.mark.parametrize("name", scoring.INSTRUMENTS)
def test_every_instrument_says_so_when_nothing_is_there(name):
    blank = dict.fromkeys(scoring.INSTRUMENTS[name].needs, NAN)
    found = one(name, **blank)
    assert found["status"] == "missing_component"
    assert np.isnan(found["value"]) and pd.isna(found["category"])
    assert found["missing_list"].split(",") == list(blank)


@pytest.mark.parametrize("name", scoring.INSTRUMENTS)
def test_every_instrument_sets_a_value_out_of_range_aside(name):
    column = scoring.INSTRUMENTS[name].needs[-1]
    found = one(name, **{column: 100_000})
    assert (found["status"], found["missing_list"]) == ("range_error", column)
    assert np.isnan(found["value"])


def test_values_and_states_are_those_of_the_functions():
    table = scoring.score_table(visits(), instruments=["das28_esr", "das28_crp", "cdai", "sdai"])
    assert table["value"].tolist() == [
        scoring.das28_esr(8, 6, 38, 60), scoring.das28_crp(8, 6, 21, 60), 25.5, scoring.sdai(8, 6, 60, 55, 21),
    ]  # fmt: skip
    assert table["category"].tolist() == ["high"] * 4
    assert table["score"].tolist() == ["das28_esr", "das28_crp", "cdai", "sdai"]


def test_a_rule_that_allows_gaps_gives_a_value_and_names_the_gap():
    found = one("haq_di", haq_1=NAN)
    assert (found["value"], found["status"], found["missing_list"]) == (1.0, "ok", "haq_1")
    found = one("facit_fatigue", facit_3=NAN, facit_9=NAN)
    assert (found["status"], found["missing_list"]) == ("ok", "facit_3,facit_9")
    found = one("boolean_remission_2_0", crp_mg_l=NAN)
    assert (found["value"], found["category"], found["missing_list"]) == (0, "no remission", "crp_mg_l")


def test_an_item_out_of_range_spoils_the_score_even_where_gaps_are_allowed():
    found = one("haq_di", haq_1=7, haq_2=NAN)
    assert (found["status"], found["missing_list"]) == ("range_error", "haq_1,haq_2")


def test_aids_are_used_where_they_are_recorded():
    assert one("haq_di", haq_1=0, haq_2=0, haq_aid_dressing=True)["value"] == 9 / 8
    assert one("haq_di", haq_1=0, haq_2=0, haq_aid_dressing=NAN)["value"] == 7 / 8
    assert one("haq_di_alternative", haq_1=0, haq_2=0, haq_aid_dressing=True)["value"] == 7 / 8
    assert one("haq_di", haq_aid_walking=3)["status"] == "range_error"


def test_a_replaced_esr_is_noted():
    assert one("das28_esr", esr_mm_h=0)["note"] == "ESR below 1 entered as 1"
    assert one("das28_esr", esr_mm_h=1)["note"] == ""
    assert one("das28_esr", esr_mm_h=0, gh_mm=NAN)["note"] == ""


def test_a_three_level_form_is_not_scored_by_a_five_level_value_set():
    found = one("eq5d_5l_cn", eq5d_version="3L")
    assert (found["status"], found["missing_list"]) == ("missing_component", "eq5d_version")
    assert one("eq5d_3l_uk", eq5d_version="3L")["status"] == "ok"
    assert one("eq5d_5l_cn", eq5d_version="5L")["value"] == 0.734
    assert one("eq5d_5l_cn", eq5d_version=None)["value"] == 0.734


def test_a_level_that_the_form_does_not_have_is_out_of_range():
    assert one("eq5d_3l_uk", eq5d_version="3L", eq5d_mo=4)["status"] == "range_error"


def test_single_muscles_go_before_a_recorded_total():
    nines = dict.fromkeys(scoring.MMT_COLUMNS, 9)
    assert one("mmt8", **nines)["value"] == 135
    assert one("mmt8", **dict.fromkeys(scoring.MMT_COLUMNS, NAN))["value"] == 130
    half = one("mmt8", **nines | {"mmt_biceps_left": NAN})
    assert (half["value"], half["note"]) == (135, "one side taken from the other")
    assert one("mmt8", **nines | {"mmt_neck_flexors": NAN})["status"] == "missing_component"
    assert one("mmt8", **nines | {"mmt_biceps_left": 11})["status"] == "range_error"
    assert one("mmt8", mmt_max=80)["missing_list"] == "mmt_max"
    without_total = visits(**nines).drop(columns="mmt8_total")
    assert scoring.score_table(without_total, instruments=["mmt8"])["value"].tolist() == [135]


def test_rows_keys_and_index_are_kept():
    several = pd.concat([visits(), visits(subject_id="S02", tjc28=None)]).set_axis([7, 3])
    table = scoring.score_table(several, instruments=["cdai", "sdai"])
    assert table.index.tolist() == [7, 3, 7, 3]
    assert table["subject_id"].tolist() == ["S01", "S02"] * 2
    assert table["status"].tolist() == ["ok", "missing_component"] * 2
    assert len(scoring.score_table(several, instruments=[])) == 0
    before = several.copy()
    assert scoring.score_table(several, instruments=["cdai"]) is not several
    pd.testing.assert_frame_equal(several, before)


def test_unknown_instruments_and_absent_columns_are_refused():
    with pytest.raises(ValueError, match=r"unknown instrument 'das28'; did you mean 'das28_"):
        scoring.score_table(visits(), instruments=["das28"])
    with pytest.raises(KeyError, match="gh_mm"):
        scoring.score_table(visits().drop(columns="gh_mm"), instruments=["das28_esr"])


def test_nullable_columns_are_read():
    typed = visits(crp_mg_l=pd.NA).convert_dtypes()
    table = scoring.score_table(typed, instruments=["cdai", "sdai"])
    assert table["status"].tolist() == ["ok", "missing_component"]


def test_every_column_of_an_instrument_is_one_that_a_visit_can_have():
    known = {*columns.TABLES["visits"], *scoring.HAQ_AIDS}
    known |= {f"{code.lower()}_{end}" for code in columns.ANALYTES for end in ("mg_l", "mm_h")}
    named = {name: {*each.needs, *each.uses} - known for name, each in scoring.INSTRUMENTS.items()}
    assert {name: unknown for name, unknown in named.items() if unknown} == {}


def test_a_column_without_limits_is_told_by_name(monkeypatch):
    monkeypatch.delitem(table._LIMITS, "phga_mm")
    with pytest.raises(KeyError, match="instrument cdai: column phga_mm has no limits"):
        one("cdai")


def test_instrument_table_has_a_source_and_a_rule_for_each():
    table = scoring.instrument_table()
    assert table.index.is_unique and len(table) == len(scoring.INSTRUMENTS)
    assert table[["title", "needs", "missing_rule", "certainty", "citation"]].ne("").all(axis=None)


def test_ranges_agree_with_the_declared_columns():
    declared = columns.TABLES["visits"]
    shared = [c for c in RANGES if c in declared]
    assert len(shared) > 60
    wrong = [c for c in shared if (RANGES[c].low, RANGES[c].high) != (declared[c].low, declared[c].high)]
    assert wrong == []
    assert set(scoring.MMT_COLUMNS) <= set(declared)
    assert {f"haq_aid_{c}" for c in columns.HAQ_AIDS[:-1]} <= set(scoring.HAQ_AIDS)
    joints = {f"tj_{joint}" for joint in scoring.JOINT_SETS["68"]} | {
        f"sj_{joint}" for joint in scoring.JOINT_SETS["66"]
    }
    assert joints <= set(declared)


def test_joints_of_the_table_of_visits_can_be_counted():
    examined = pd.DataFrame({f"tj_{joint}": [0.0] for joint in scoring.JOINT_SETS["28"]})
    marked = examined.assign(tj_knee_left=1.0, jna_wrist_left=[True], tj_wrist_left=1.0)
    found = scoring.count_joints(marked, "28", prefix="tj_", not_assessable_prefix="jna_").iloc[0]
    assert found["count"] == pytest.approx(28 / 27) and found["pro_rated"]
    assert scoring.count_joints(marked, "28", prefix="tj_")["count"].item() == 2
