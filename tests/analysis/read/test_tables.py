"""From sources to tidy tables: types, units, joins, accounting, identifiers, doubles, errors."""

import pandas as pd
import pytest
from declared import faults

from analysis import columns
from analysis.study import StudyFileError


def test_cells_become_typed_columns_in_standard_units(small):
    outcome = small.read()
    visits = outcome.tables["visits"]
    assert visits["ptga_mm"].tolist() == [65, 40, 15, 80, 70, 50]
    assert visits["pain_mm"].fillna(-1).tolist() == [
        70,
        50,
        20,
        80,
        -1,
        60,
    ]  # S2's week-4 form is missing, not 0
    assert visits["visit_id"].tolist() == ["W00", "W04", "W12", "W00", "W04", "W00"]
    assert visits["visit_day"].tolist() == [1, 29, 85, 1, 29, 1]
    labs = outcome.tables["labs"]
    assert labs["value_std"].fillna(-1).tolist() == [0.5, 12, 600, -1]
    assert labs["uln"].tolist() == [8, 8, 180, 8]
    assert labs["censor"].fillna("").tolist() == ["left", "none", "none", ""]
    assert labs["lod"].tolist()[0] == 0.5
    assert labs["missing_reason"].fillna("").tolist() == ["", "", "", "not_done"]
    assert labs["visit_id"].tolist() == ["W00", "W04", "W00", "W00"]
    assert outcome.tables["subjects"]["birth_precision"].tolist() == ["D", "M", "D"]


def test_tables_agree_with_their_declaration(small):
    for name, table in small.read().tables.items():
        assert faults(name, table) == [], name


def test_what_is_not_as_declared_is_told():
    odd = pd.DataFrame({"subject_id": ["1", None], "tjc28": [29.0, 1.5], "visit_id": ["W00", "W12"]})
    odd = odd.astype({"subject_id": "string", "visit_id": "string"})
    assert faults("visits", odd) == [
        "subject_id: is a key and lacks a value",
        "tjc28: holds values above 28",
        "tjc28: holds values that are not whole",
    ]
    assert faults("subjects", pd.DataFrame({"sex": ["F", "X"]}, dtype="string")) == [
        "subject_id is absent",
        "sex: holds values that are none of F, M",
    ]


def test_every_project_table_is_there_even_if_not_collected(small):
    outcome = small.read()
    assert set(columns.TABLES) <= set(outcome.tables)
    assert outcome.tables["doses"].empty and "subject_id" in outcome.tables["doses"]


def test_rows_read_are_rows_used_plus_rows_set_aside(small):
    again, stranger, nobody = (
        "S1,week_0,2024-01-08,12,6.5\n",
        "S9,week_0,2024-01-08,1,1\n",
        ",week_0,2024-01-08,1,1\n",
    )
    visits = again + stranger + nobody + "S2,none,2024-05-01,1,1\nS3,week_4,,,\n"
    outcome = small.read(visits=visits)
    assert small.aside(outcome, "visits", "visits") == {
        "exact duplicate": 1,
        "unknown subject": 1,
        "no subject id": 1,
        "belongs to another event": 1,
        "no entry": 1,
    }
    wide = outcome.accounting.groupby(["table", "source", "kind"])["n"].sum().unstack(fill_value=0)
    assert (wide["read"] == wide["used"] + wide["set aside"]).all()
    assert {"K1", "K4", "K5"} <= set(small.rules(outcome, table="visits"))


def test_direct_identifiers_go_no_further(small):
    outcome = small.read()
    for table in [*outcome.tables.values(), outcome.queries]:
        texts = table.astype("string").fillna("").to_numpy().ravel()
        assert not {"Li", "Wang", "Zhao", "L", "W", "Z"} & set(texts)
        assert not {"name", "initials", "__person__"} & set(table.columns)


def test_mapping_an_identifier_finds_no_such_column(small):
    with pytest.raises(StudyFileError, match=r"column 'name' .* holds a direct identifier and is dropped"):
        small.read(
            study=small.study.replace(
                "subject_id: id\n        sex", "subject_id: id\n        site: name\n        sex"
            ),
        )


def test_all_missing_columns_are_listed_with_line_and_nearest_name(small):
    study = small.study.replace("tjc28: tender", "tjc28: tendr").replace("column: ptga_cm", "column: ptga_mm")
    with pytest.raises(StudyFileError) as caught:
        small.read(study=study)
    shown = [str(problem) for problem in caught.value.problems]
    assert len(shown) == 2
    assert "did you mean 'tender'" in shown[0] and "study.yml:" in shown[0]
    assert "did you mean 'ptga_cm'" in shown[1]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"lab": "id,date,test,result,unit,uln\n"}, "has a header but no rows"),
        ({"lab": ""}, "the file is empty"),
        ({"lab": "id,id,date,test,result,unit,uln\n1,1,1,1,1,1,1\n"}, "two columns named 'id'"),
        ({"lab": "id,date,test,result,unit,uln\nS1,2024-01-08,CRP\n"}, "row 2 has 3 cells, the header 6"),
        ({"lab": "PK\x03\x04"}, "it was cut short or spoilt on its way"),
    ],
)
def test_wrong_file_is_named_with_what_is_wrong(small, files, message):
    with pytest.raises(StudyFileError, match=message):
        small.read(files=files)


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("labs.csv", r"; did you mean 'lab\.csv'\?"),
        ("blood_count.xlsx", r"; the folder has .*lab\.csv.*\."),
        ("elsewhere/lab.csv", "; neither is its folder\\."),
        ("empty/lab.csv", "; its folder is empty\\."),
    ],
)
def test_missing_file_is_told_with_the_nearest_name_and_what_to_do(small, path, told):
    (small.folder / "empty").mkdir()
    whole = f"there is no file {path}{told} Put the export there, or correct the path$"
    with pytest.raises(StudyFileError, match=whole):
        small.read(study=small.study.replace("path: lab.csv", f"path: {path}"))


def test_later_entry_is_kept_and_the_difference_logged(small):
    outcome = small.read(visits="S1,week_4,2024-02-05,9,4.0\n")
    visits = outcome.tables["visits"]
    assert visits.query("subject_id == 'S1' and visit_id == 'W04'")["tjc28"].tolist() == [9]
    assert visits.query("subject_id == 'S1' and visit_id == 'W04'")["pain_mm"].tolist() == [50]
    (query,) = outcome.queries.query("rule_id == 'K2'").to_dict("records")
    assert (query["variable"], query["raw"], query["new"]) == ("tjc28", "8", "9")
    assert small.aside(outcome, "visits", "visits") == {"superseded by a later entry": 1}


def test_two_visits_in_one_window_keep_their_form(small):
    # the form of week 4 belongs to the visit, on whatever day it counts
    outcome = small.read(visits="S1,week_4,2024-02-07,7,3.5\n")
    used = outcome.tables["visits"].query("subject_id == 'S1' and visit_id == 'W04'")
    assert (used["tjc28"].item(), used["pain_mm"].item()) == (8, 50)
    assert "V4" in small.rules(outcome, subject_id="S1")


def test_form_without_a_visit_becomes_an_undated_visit(small):
    outcome = small.read(forms="S2,week_12,33\n")
    visit = outcome.tables["visits"].query("subject_id == 'S2' and visit_id == 'W12'")
    assert (visit["pain_mm"].item(), visit["window_status"].item()) == (33, "undated")


def test_impossible_values_are_missing_and_logged_never_clipped(small):
    outcome = small.read(visits="S3,week_4,2024-07-01,29,10.1\nS3,week_12,2024-08-26,-9,3.5\n")
    s3 = outcome.tables["visits"].query("subject_id == 'S3' and visit_id != 'W00'")
    assert s3["tjc28"].isna().all()
    assert s3["ptga_mm"].fillna(-1).tolist() == [-1, 35]
    assert small.rules(outcome, subject_id="S3", variable="tjc28") == [
        "N7",
        "R1",
    ]  # declared code; outside 0-28
    assert small.rules(outcome, subject_id="S3", variable="ptga_mm") == ["R1"]


def test_fraction_of_a_joint_is_rejected(small):
    outcome = small.read(visits="S3,week_4,2024-07-01,3.5,1\n")
    assert small.rules(outcome, subject_id="S3", variable="tjc28") == ["R2"]


def test_unknown_code_is_rejected_never_taken_for_the_other(small):
    outcome = small.read(files={"people": small.files["people"].replace("Zhao,Z,2", "Zhao,Z,3")})
    assert outcome.tables["subjects"]["sex"].isna().tolist() == [False, False, True]
    assert small.rules(outcome, subject_id="S3", variable="sex") == ["C1"]


def test_impossible_unit_and_unknown_analyte_are_rejected(small):
    outcome = small.read(lab="S3,2024-06-03,CK,5,mmHg,200\nS3,2024-06-04,XYZ,5,mg/L,\n")
    assert "U1" in small.rules(outcome, subject_id="S3", variable="CK")
    assert outcome.tables["labs"].query("analyte == 'CK' and subject_id == 'S3'")["value_std"].isna().all()
    assert small.aside(outcome, "labs", "lab") == {"unknown analyte": 1}


def test_query_ids_are_stable_and_unique(small):
    one = small.read(visits="S3,week_4,2024-07-01,29,10.1\n").queries
    rows = small.files["visits"].splitlines(keepends=True)
    shuffled = "".join([rows[0], *reversed(rows[1:])])
    other = small.read(files={"visits": shuffled}, visits="S3,week_4,2024-07-01,29,10.1\n").queries
    assert one["query_id"].is_unique
    assert set(one["query_id"]) == set(other["query_id"])


def test_order_of_rows_changes_no_value(small):
    rows = {name: text.splitlines(keepends=True) for name, text in small.files.items()}
    reverse = {name: "".join([lines[0], *reversed(lines[1:])]) for name, lines in rows.items()}
    one, other = small.read().tables, small.read(files=reverse).tables
    for name in ("subjects", "visits", "labs"):
        key = [k for k in ("subject_id", "visit_id", "analyte") if k in one[name]]
        left, right = (
            t.sort_values(key, ignore_index=True).drop(columns="source_row") for t in (one[name], other[name])
        )
        pd.testing.assert_frame_equal(left, right)


def test_files_are_listed_with_their_hash(small):
    files = small.read().files
    assert files["source"].tolist() == ["people", "visits", "forms", "drugs", "lab", "events"]
    assert files["sha256"].str.fullmatch("[0-9a-f]{64}").all()


def test_a_boolean_that_is_neither_yes_nor_no_is_missing(small):
    outcome = small.read(drugs="S3,methotrexate,2024-01-01,,maybe,\n")
    assert outcome.tables["treatments"].query("subject_id == 'S3'")["ongoing"].isna().all()
    assert "C1" in small.rules(outcome, subject_id="S3", variable="ongoing")


def test_partial_date_is_rejected_where_only_a_day_will_do(small):
    outcome = small.read(
        files={"people": small.files["people"].replace("2024-06-01,2024-06-03", "2024-06,2024-06-03")},
    )
    assert outcome.tables["subjects"]["consent_date"].isna().tolist() == [False, False, True]
    assert small.rules(outcome, subject_id="S3", variable="consent_date") == ["D6"]


def test_subject_ids_meet_in_one_spelling(small):
    outcome = small.read(lab=" ｓ3 ,2024-06-04,CRP,9,mg/L,8\n")
    assert outcome.tables["labs"].query("subject_id == 'S3'").shape[0] == 2
    assert "K7" in small.rules(outcome, subject_id="S3", table="labs")


def test_added_queries_take_their_place_in_the_log(small):
    from analysis import read

    log = small.read().queries
    more = pd.DataFrame(
        [{"table": "visits", "subject_id": "S1", "visit_id": "W00", "variable": "das28_stored", "rule_id": "S4",
          "raw": "5.1", "new": "4.9", "source": "visits", "source_row": 2, "message": "differs"}]
    )  # fmt: skip
    both = read.with_queries(log, more)
    assert len(both) == len(log) + 1
    assert set(log["query_id"]) < set(both["query_id"])
    assert both.query("rule_id == 'S4'")["severity"].tolist() == ["warning"]


def test_age_follows_from_birth_and_consent_where_it_is_certain(small):
    people = (
        "S4,A,A,1,2006-06-01,2024-06-01,,\n"  # 18th birthday
        "S5,B,B,1,2006-06-02,2024-06-01,,\n"  # the day before
        "S6,C,C,1,2006-06,2024-06-01,,\n"  # some day of the month: 17 or 18
        "S7,D,D,1,2006-05,2024-06-01,,\n"  # 18 on any day of May
        "S8,E,E,1,2006,2024-06-01,,\n"  # year only
    )
    ages = small.read(people=people).tables["subjects"].set_index("subject_id")["age"]
    assert ages.loc[["S4", "S5", "S7"]].tolist() == [18, 17, 18]
    assert ages.loc[["S6", "S8"]].isna().all()
    assert pd.isna(ages["S2"])  # born in February 1975, consent on 2024-02-01: 49 if born on the 1st, else 48


def test_bmi_and_disease_duration_are_derived_but_never_overwrite(small):
    study = small.study.replace(
        "      same_names: [birth_date]", "      same_names: [birth_date, weight_kg, height_cm, bmi, dx_date]"
    )
    people = """\
id,name,initials,sex,birth_date,consent,baseline,death,weight_kg,height_cm,bmi,dx_date
S1,a,A,1,1980-01-01,2024-01-01,2024-01-08,,80,200,,2023-01-01
S2,b,B,1,1980-01-01,2024-01-01,2024-01-08,,80,200,21.5,2023
S3,c,C,1,1980-01-01,2024-01-01,2024-01-08,,,200,,2024-01-02
"""
    subjects = small.read(study=study, files={"people": people}).tables["subjects"]
    assert subjects["bmi"].fillna(-1).tolist() == [20, 21.5, -1]
    assert subjects["disease_duration_years"].round(2).fillna(-1).tolist() == [1.0, 0.5, -1]
