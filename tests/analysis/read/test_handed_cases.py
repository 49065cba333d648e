"""Files that were read wrong once, with the right values typed from their description, and mutations of each."""

import shutil

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from written_exports import outcome, people

OWN = "variables: {adh: {table: subjects, type: float, label: Adherence, unit: '%', range: [0, 100]}}\n"


@pytest.fixture(scope="module")
def cases(root):
    """The folder of the handed files."""
    folder = root.parent / "shared" / "cases" / "reading"
    if not folder.is_dir():
        pytest.skip("the files of ../shared/cases/reading are not here")
    return folder


def handed(cases, tmp_path, file: str, body: str):
    """What a handed file gives."""
    shutil.copy(cases / file, tmp_path / file)
    return outcome(tmp_path, body)


def days(values: pd.Series) -> list[str]:
    """Dates as text."""
    return values.dt.strftime("%Y-%m-%d").fillna("").tolist()


def numbers(values: pd.Series) -> list[float | None]:
    """Numbers, missing ones as None."""
    return [None if np.isnan(value) else value for value in values]


def rules(read, **where) -> list[str]:
    """The rules of the queries at a place."""
    log = read.queries
    for name, value in where.items():
        log = log[log[name] == value]
    return sorted(log["rule_id"])


def test_decimal_comma(cases, tmp_path):
    body = """\
sources: [{id: x, type: csv, path: decimal_comma.csv}]
variables: {w: {table: subjects, type: float, label: W}}
tables: {subjects: [{from: x, columns: {subject_id: id, height_cm: h, w: w, hbv_dna_iu_ml: hbv}}]}
"""
    subjects = handed(cases, tmp_path, "decimal_comma.csv", body).tables["subjects"]
    assert subjects["height_cm"].tolist() == [170.5, 160, 165]
    assert subjects["w"].tolist() == [70.2, 1.234, 60]
    assert subjects["hbv_dna_iu_ml"].tolist() == [0.875, 12.5, 1234.5]


def test_sas_date_without_format(cases, tmp_path):
    body = """\
sources: [{id: x, type: sas, path: sas_date_without_format.xpt}]
ranges: {height_cm: [50, 1000]}
tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: consent, height_cm: h}}]}
"""
    subjects = handed(cases, tmp_path, "sas_date_without_format.xpt", body).tables["subjects"]
    assert days(subjects["consent_date"]) == ["2024-03-05", "2024-03-06", ""]
    assert subjects["height_cm"].tolist() == [170, 999, 165.25]


def test_workbook_of_1904(cases, tmp_path):
    body = """\
sources: [{id: x, type: excel, path: workbook_1904_serials.xlsx}]
tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: consent}}]}
"""
    subjects = handed(cases, tmp_path, "workbook_1904_serials.xlsx", body).tables["subjects"]
    assert days(subjects["consent_date"]) == ["2024-03-05", "2024-03-06"]
    assert subjects["subject_id"].tolist() == ["001", "002"]


def test_full_redcap_export_with_access_group(cases, tmp_path):
    body = """\
sources: [{id: x, type: csv, path: redcap_full_export_with_dag.csv, redcap: true}]
tables:
  subjects:
    - from: x
      columns: {subject_id: record_id, site: redcap_data_access_group, sex: {column: sex, codes: {1: M, 2: F}},
        height_cm: height, consent_date: consent_date}
      checkboxes: [{group: comorb, boxes: [comorbidity_diabetes, comorbidity_ild]}]
  visits:
    - from: x
      rows: {events: {week_0_arm_1: W00, week_4_arm_1: W04}}
      columns: {subject_id: record_id, visit_date: visit_date, pain_mm: pain}
  adverse_events:
    - from: x
      rows: {instrument: adverse_event}
      columns: {subject_id: record_id, term_verbatim: ae_term, start_date: ae_start}
"""
    read = handed(cases, tmp_path, "redcap_full_export_with_dag.csv", body)
    subjects, visits = read.tables["subjects"], read.tables["visits"]
    assert subjects["site"].tolist() == ["site_a", "site_b"]
    assert subjects["sex"].tolist() == ["M", "F"]
    assert subjects["height_cm"].tolist() == [170, 160]
    assert days(subjects["consent_date"]) == ["2024-03-01", "2024-03-02"]
    assert subjects["comorbidity_diabetes"].astype(object).fillna("NA").tolist() == [True, "NA"]
    assert subjects["comorbidity_ild"].astype(object).fillna("NA").tolist() == [False, "NA"]
    assert numbers(visits.loc[visits["subject_id"].eq("1"), "pain_mm"]) == [40, 20]
    assert numbers(visits.loc[visits["subject_id"].eq("2"), "pain_mm"]) == [None]
    assert "NI" in read.queries.query("variable == 'pain_mm'")["raw"].tolist()
    assert len(read.tables["adverse_events"]) == 2
    assert not set(rules(read)) & {"K1", "K2", "K8"}


def test_formulas_without_values(cases, tmp_path):
    body = f"""\
{OWN}sources: [{{id: x, type: excel, path: formulas_without_values.xlsx}}]
tables: {{subjects: [{{from: x, columns: {{subject_id: id, height_cm: h, adh: adh}}}}]}}
"""
    read = handed(cases, tmp_path, "formulas_without_values.xlsx", body)
    assert read.tables["subjects"]["subject_id"].tolist() == ["1", "2"]
    assert numbers(read.tables["subjects"]["adh"]) == [None, 80]
    found = read.queries.query("rule_id == 'X1'")
    assert found["variable"].tolist() == ["adh", "height_cm"]
    assert found["message"].str.contains("formula without a stored value").all()
    assert found["source_row"].tolist() == [2, 2]


def test_hidden_first_sheet(cases, tmp_path):
    body = """\
sources: [{id: x, type: excel, path: hidden_first_sheet.xlsx}]
tables: {subjects: [{from: x, columns: {subject_id: id, height_cm: h}}]}
"""
    read = handed(cases, tmp_path, "hidden_first_sheet.xlsx", body)
    assert read.tables["subjects"]["subject_id"].tolist() == ["9"]
    (found,) = read.queries.query("rule_id == 'X2'").to_dict("records")
    assert "old" in found["message"] and found["source"] == "x"


def test_percent_cells(cases, tmp_path):
    body = f"""\
{OWN}sources: [{{id: x, type: excel, path: percent_cells.xlsx}}]
tables:
  subjects: [{{from: x, columns: {{subject_id: id, adh: adh}}}}]
  visits: [{{from: x, columns: {{subject_id: id, visit_id: {{column: visit, codes: {{base: W00}}}}, visit_date: date,
    fvc_pp: FVC %}}}}]
"""
    read = handed(cases, tmp_path, "percent_cells.xlsx", body)
    assert read.tables["visits"]["fvc_pp"].tolist() == [72.2, 81, 95]
    assert read.tables["subjects"]["adh"].tolist() == [95, 90, 100]


@pytest.mark.parametrize("pattern", ["", 'id_pattern: "P\\\\d+"\n'])
def test_footer_rows(cases, tmp_path, pattern):
    body = f"""\
{pattern}sources: [{{id: x, type: csv, path: footer_rows.csv}}]
tables: {{subjects: [{{from: x, columns: {{subject_id: 编号, height_cm: 身高, consent_date: 同意日期}}}}]}}
"""
    read = handed(cases, tmp_path, "footer_rows.csv", body)
    assert read.tables["subjects"]["subject_id"].tolist() == ["P01", "P02"]
    found = read.queries.query("rule_id == 'K10'")
    assert sorted(found["source_row"]) == [4, 5]
    assert "合计" in found["raw"].tolist()
    assert (
        not read.queries.astype(str).apply(lambda column: column.str.contains("张三")).any().any()
    )  # a person
    lines = read.accounting.query("kind == 'set aside'")
    assert dict(zip(lines["reason"], lines["n"])) == {"no id of this study": 2}


def test_us_words_in_consent(cases, tmp_path):
    body = """\
sources: [{id: x, type: csv, path: consent_us_words.csv}]
tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: consent}}]}
"""
    subjects = handed(cases, tmp_path, "consent_us_words.csv", body).tables["subjects"]
    assert days(subjects["consent_date"]) == ["2024-03-05", "2024-03-06", "2024-05-01"]


def test_all_rows_rejected(cases, tmp_path):
    body = """\
sources: [{id: x, type: csv, path: all_rows_rejected.csv}]
tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: consent, hbv_dna_iu_ml: hbv}}]}
"""
    read = handed(cases, tmp_path, "all_rows_rejected.csv", body)
    subjects = read.tables["subjects"]
    assert numbers(subjects["hbv_dna_iu_ml"]) == [100000, None]
    assert rules(read, subject_id="2") == ["N6"]
    assert subjects["consent_date"].dtype == "datetime64[us]" and subjects["consent_date"].isna().all()


def test_old_stata_in_chinese(cases, tmp_path):
    body = """\
sources: [{id: x, type: stata, path: stata114_gbk.dta, encoding: gb18030}]
tables:
  subjects: [{from: x, columns: {subject_id: id}}]
  adverse_events: [{from: x, columns: {subject_id: id, term_verbatim: term}}]
"""
    for said in (
        body,
        body.replace(", encoding: gb18030", ""),
    ):  # without the key the bytes themselves say it
        read = handed(cases, tmp_path, "stata114_gbk.dta", said)
        assert read.tables["subjects"]["subject_id"].tolist() == ["甲1", "乙2"]
        assert read.tables["adverse_events"]["term_verbatim"].tolist() == ["头痛", "恶心"]


# ---------------------------------------------------------------- the same kinds elsewhere


def height(tmp_path, cells: list[str], *, mark: str = ",", **more):
    """Heights (without limits) of one text file, each in quotes."""
    lines = [f'{n}{mark}"{cell}"' for n, cell in enumerate(cells, 1)]
    more.setdefault("more", "")
    more["more"] += "variables: {v: {table: subjects, type: float, label: V}}\n"
    return people(tmp_path, "\n".join([f"id{mark}v", *lines]) + "\n", "subject_id: id, v: v", **more)


@pytest.mark.parametrize(
    ("cells", "mark", "values"),
    [
        (["0,875", "12,500"], ",", [0.875, 12.5]),  # a leading zero tells the column
        (["12,500", "1,250"], ",", [None, None]),  # may be either: refused
        (["12,500", "1,250"], ";", [12.5, 1.25]),  # the file's delimiter tells
        (["12.500", "1.250"], ";", [None, None]),  # a point in such a file may be either
        (["12.500", "1.250"], ",", [12.5, 1.25]),  # a point between commas is a decimal sign
        (["12.500", "1.250"], "\t", [None, None]),
        (["12.500", "0.250"], "\t", [12.5, 0.25]),
        (["0.5", "1,250"], ",", [0.5, 1250]),  # the point is the decimal sign, so the comma is none
        (["1.234,5", "2.000"], ",", [1234.5, 2000]),
        (["0.5", "1,5", "1,250"], ",", [None, None, None]),  # the column contradicts itself
        (["1 234,5", "2,5"], "\t", [1234.5, 2.5]),
        (["1E5", "2.5e-3"], ",", [100000, 0.0025]),
        (["1,5E3", "2,5"], ";", [1500, 2.5]),
        ([".5", "0.25"], ",", [0.5, 0.25]),
        (["1,234,567", "12"], ",", [1234567, 12]),
        (["12 (repeat)", "13"], ",", [12, 13]),
        (["<20", ">90", "50"], ",", [None, None, 50]),  # outside the laboratory a side cannot be kept
        (["ND", "UNK", "n.a.", "5"], ",", [None, None, None, 5]),
    ],
)
def test_numbers_are_read_by_their_column_or_refused(tmp_path, cells, mark, values):
    read = height(tmp_path, cells, mark=mark)
    assert numbers(read.tables["subjects"]["v"]) == values
    refused = sum(value is None for value in values)
    assert len(read.queries.query("variable == 'v' and raw != '' and new not in ['5']")) >= refused


def test_decimal_key_settles_it(tmp_path):
    undecided = height(tmp_path, ["12,500", "1,250"])
    assert rules(undecided, variable="v") == ["N11", "N11"]
    assert undecided.queries["message"].str.contains("`decimal:`").all()
    assert numbers(height(tmp_path, ["12,500"], source=", decimal: ','").tables["subjects"]["v"]) == [12.5]
    assert numbers(height(tmp_path, ["12,500"], source=", decimal: '.'").tables["subjects"]["v"]) == [12500]


def test_decimal_comma_in_laboratory_results_of_a_workbook(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "crp", "uln"], ["1", "0,875", "5,0"], ["2", "1.250,5", "5,0"]):
        book.active.append(row)
    book.save(tmp_path / "x.xlsx")
    body = """\
sources: [{id: x, type: excel, path: x.xlsx}]
analytes: {CRP: {label: CRP, unit: mg/L, range: [0, 5000]}}
tables:
  subjects: [{from: x, columns: {subject_id: id}}]
  labs: [{from: x, columns: {subject_id: id}, results: {CRP: {column: crp, unit: mg/L, uln_column: uln}}}]
"""
    labs = outcome(tmp_path, body).tables["labs"]
    assert labs["value_std"].tolist() == [0.875, 1250.5]
    assert labs["uln"].tolist() == [5, 5]


def consent(tmp_path, cells: list[str], **more):
    """Consent dates of one text file."""
    lines = [f'{n},"{cell}"' for n, cell in enumerate(cells, 1)]
    columns = "subject_id: id, consent_date: c, birth_date: c"
    return people(tmp_path, "\n".join(["id,c", *lines]) + "\n", columns, **more)


@pytest.mark.parametrize(
    ("cell", "day", "precision"),
    [
        ("UN-MAR-2021", "2021-03-01", "M"),
        ("UNMAR2021", "2021-03-01", "M"),
        ("MAR2021", "2021-03-01", "M"),
        ("03/2021", "2021-03-01", "M"),
        ("UN/03/2021", "2021-03-01", "M"),
        ("UN-UNK-2021", "2021-01-01", "Y"),
        ("UNUNK2021", "2021-01-01", "Y"),
        ("2021-UN-15", "2021-01-01", "Y"),
        ("Mar 5, 2024", "2024-03-05", "D"),
        ("March 5 2024", "2024-03-05", "D"),
        ("5th March 2024", "2024-03-05", "D"),
        ("2024-Mar-05", "2024-03-05", "D"),
        ("05MAR2024:10:30:00", "2024-03-05", "D"),
        ("25/03/2024 10:30 PM", "2024-03-25", "D"),
        ("2024-03-05 12:00 AM", "2024-03-05", "D"),
        ("2024-03-05 10:30:00.000", "2024-03-05", "D"),
        ("5. März 2024", "2024-03-05", "D"),
        ("2024年3月5日 下午2:30", "2024-03-05", "D"),
    ],
)
def test_dates_of_real_exports(tmp_path, cell, day, precision):
    subjects = consent(tmp_path, [cell]).tables["subjects"]
    assert (days(subjects["birth_date"]), subjects["birth_precision"].tolist()) == ([day], [precision])
    known = [day] if precision == "D" else [""]
    assert days(subjects["consent_date"]) == known  # only a day will do for consent


@pytest.mark.parametrize(
    "cell", ["2024-03-05 25:00", "2024-03-05 13:00 PM", "5-Mar-24", "marble 2024", "31/02/2024"]
)
def test_what_is_no_date_is_refused_and_the_subject_stays(tmp_path, cell):
    read = consent(tmp_path, [cell, "2024-01-02"])
    assert days(read.tables["subjects"]["consent_date"]) == ["", "2024-01-02"]
    assert set(rules(read, subject_id="1")) <= {"D4", "D5", "D6"} and rules(read, subject_id="1")


def test_day_order_is_the_columns(tmp_path):
    assert days(consent(tmp_path, ["13/02/2024", "03/05/2024"]).tables["subjects"]["consent_date"]) == [
        "2024-02-13",
        "2024-05-03",
    ]
    assert days(consent(tmp_path, ["02/13/2024", "03/05/2024"]).tables["subjects"]["consent_date"]) == [
        "2024-02-13",
        "2024-03-05",
    ]
    contrary = consent(tmp_path, ["13/02/2024", "02/14/2024", "2024-05-01"])
    assert days(contrary.tables["subjects"]["consent_date"]) == ["", "", "2024-05-01"]
    assert rules(contrary, variable="consent_date") == ["D10", "D10"]
    assert contrary.queries["message"].str.contains("date_order").any()
    told = consent(tmp_path, ["03/05/2024", "04/05/2024"], source=", date_order: dmy")
    assert days(told.tables["subjects"]["consent_date"]) == ["2024-05-03", "2024-05-04"]
    open_ = consent(tmp_path, ["03/05/2024", "04/05/2024"])
    assert days(open_.tables["subjects"]["consent_date"]) == ["", ""]


def test_offsets_are_shifted_into_the_studys_time_zone(tmp_path):
    cells = ["2024-03-05T23:30:00Z", "2024-03-05T01:00:00+08:00", "2024-03-05T10:00:00"]
    shifted = consent(tmp_path, cells, more="time_zone: Asia/Shanghai\n")
    assert days(shifted.tables["subjects"]["consent_date"]) == ["2024-03-06", "2024-03-05", "2024-03-05"]
    without = consent(tmp_path, cells)
    assert days(without.tables["subjects"]["consent_date"]) == ["", "", "2024-03-05"]
    assert without.queries["message"].str.contains("time_zone").any()


@pytest.mark.parametrize(
    ("cells", "epoch", "expected"),
    [
        (["45356", "45357"], None, ["", ""]),  # a text file has no day 0: refused
        (["45356", "45357"], "1900", ["2024-03-05", "2024-03-06"]),
        (["43894", "43895"], "1904", ["2024-03-05", "2024-03-06"]),
        (["23440", "23441"], "1960", ["2024-03-05", "2024-03-06"]),
        (["2025216000", "2025302400"], "1960", ["2024-03-05", "2024-03-06"]),  # SAS date-times, seconds
        (["13928976000"], "1582", ["2024-03-05"]),
        (["1709596800"], "1970", ["2024-03-05"]),
        (["19787"], "1970", ["2024-03-05"]),
        (["45356", "2024-03-06"], None, ["2024-03-05", "2024-03-06"]),  # beside written dates of those years
        (["23440", "2024-03-06"], None, ["", "2024-03-06"]),  # 1964 by a spreadsheet's count: not near them
        (["20240305", "20240306"], None, ["2024-03-05", "2024-03-06"]),
    ],
)
def test_numbers_are_days_only_where_somebody_names_day_zero(tmp_path, cells, epoch, expected):
    read = consent(tmp_path, cells, source=f", epoch: {epoch}" if epoch else "")
    assert days(read.tables["subjects"]["consent_date"]) == expected
    if "" in expected:
        assert read.queries["message"].str.contains("`epoch:`").any()


@pytest.mark.parametrize(
    ("kind", "ending", "write", "values"),
    [
        ("sas", "xpt", pyreadstat.write_xport, [23440.0, 2021.0]),
        ("stata", "dta", pyreadstat.write_dta, [23440.0, 2021.0]),
        ("spss", "sav", pyreadstat.write_sav, [13928976000.0, 12078288000.0]),
    ],
)
def test_lost_formats_count_from_the_day_of_their_program(tmp_path, kind, ending, write, values):
    write(pd.DataFrame({"id": ["1", "2"], "c": values}), str(tmp_path / f"x.{ending}"))
    body = f"sources: [{{id: x, type: {kind}, path: x.{ending}}}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: c}}]}\n"
    assert days(outcome(tmp_path, body).tables["subjects"]["consent_date"])[0] == "2024-03-05"


def test_spss_user_missing_leaves_a_trace(tmp_path):
    frame = pd.DataFrame({"id": ["1", "2", "3"], "h": [170.0, 999.0, 160.0]})
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "x.sav"),
        missing_ranges={"h": [999]},
        variable_value_labels={"h": {999: "refused"}},
    )
    body = "sources: [{id: x, type: spss, path: x.sav}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, height_cm: h}}]}\n"
    read = outcome(tmp_path, body)
    assert numbers(read.tables["subjects"]["height_cm"]) == [170, None, 160]
    (found,) = read.queries.query("variable == 'height_cm'").to_dict("records")
    assert (found["rule_id"], found["raw"]) == ("N7", "999") and "refused" in found["message"]


@pytest.mark.parametrize(("text", "encoding"), [("Müdigkeit", "cp1252"), ("头痛和恶心", "gb18030")])
def test_western_text_is_not_taken_for_chinese(tmp_path, text, encoding):
    content = f"id,ort\n1,{text}\n2,Fieber\n".encode(encoding)
    read = people(tmp_path, content, "subject_id: id, site: ort")
    assert read.tables["subjects"]["site"].tolist() == [text, "Fieber"]


def test_doubtful_encoding_is_told(tmp_path):
    content = b"id,ort\n1," + "男".encode("gb18030") + b"\n"
    read = people(tmp_path, content, "subject_id: id, site: ort")
    assert "X3" in rules(read) and read.queries["message"].str.contains("`encoding:`").any()


def test_a_blank_never_displaces_a_value(tmp_path):
    content = "id,sex,h,w\n1,M,170,\n1,,,70\n2,F,160,50\n2,F,165,\n"
    read = people(tmp_path, content, "subject_id: id, sex: sex, height_cm: h, weight_kg: w")
    subjects = read.tables["subjects"]
    assert subjects["sex"].tolist() == ["M", "F"]
    assert subjects["height_cm"].tolist() == [170, 165]  # of two values the later
    assert subjects["weight_kg"].tolist() == [70, 50]
    assert rules(read) == ["K2"]


def test_an_untouched_box_never_displaces_a_tick(tmp_path):
    content = "record_id,site,c___1,c___2\n1,A,1,0\n1,A,0,0\n2,B,0,0\n2,B,0,0\n3,C,0,1\n3,C,1,0\n"
    body = """\
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects:
    - {from: x, columns: {subject_id: record_id, site: site},
      checkboxes: [{group: c, boxes: {1: comorbidity_diabetes, 2: comorbidity_ild}}]}
"""
    read = outcome(tmp_path, body, x=content)
    subjects = read.tables["subjects"]
    assert subjects["comorbidity_diabetes"].tolist() == [True, False, True]
    assert subjects["comorbidity_ild"].tolist() == [False, False, False]
    assert rules(read, rule_id="K2") == ["K2", "K2"]  # subject 3 alone: tick against tick


def test_boxes_with_letters_and_zero_as_codes(tmp_path):
    content = "record_id,c___0,c___a\n1,1,0\n2,0,1\n"
    body = """\
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects:
    - from: x
      columns: {subject_id: record_id}
      checkboxes: [{group: c, boxes: {0: comorbidity_diabetes, a: comorbidity_ild}}]
"""
    subjects = outcome(tmp_path, body, x=content).tables["subjects"]
    assert subjects["comorbidity_diabetes"].tolist() == [True, False]
    assert subjects["comorbidity_ild"].tolist() == [False, True]


def test_mapped_identifiers_are_told_by_name(tmp_path):
    from analysis.study import StudyFileError

    with pytest.raises(StudyFileError, match=r"column 'Phone' .* holds a direct identifier"):
        people(tmp_path, "id,Phone\n1,5\n", "subject_id: id, height_cm: Phone")


def test_checkbox_of_a_declared_missing_code_is_no_box(tmp_path):
    content = "record_id,c___1,c___2,c____999,x_complete\n1,1,1,0,2\n2,0,0,1,2\n3,0,0,0,2\n"
    body = """\
missing: ["-999"]
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects:
    - from: x
      columns: {subject_id: record_id, prior_improved_n: {count: "c___*"}}
      checkboxes: [{group: c, boxes: [comorbidity_ild, comorbidity_diabetes]}]
"""
    read = outcome(tmp_path, body, x=content)
    assert numbers(read.tables["subjects"]["prior_improved_n"]) == [2, None, 0]
    assert read.tables["subjects"]["comorbidity_ild"].isna().tolist() == [False, True, False]
    assert set(rules(read, subject_id="2")) == {"N7"}


def test_stata_months_and_lettered_missing_codes(tmp_path):
    months = pd.DataFrame({"id": ["1", "2"], "c": [770.0, np.nan]})
    pyreadstat.write_dta(months, str(tmp_path / "x.dta"), variable_format={"c": "%tm"})
    body = "sources: [{id: x, type: stata, path: x.dta}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, %s}}]}\n"
    subjects = outcome(tmp_path, body % "birth_date: c").tables["subjects"]
    assert (days(subjects["birth_date"])[0], subjects["birth_precision"].iloc[0]) == ("2024-03-01", "M")
    lettered = pd.DataFrame({"id": ["1", "2"], "h": [170.0, "a"]})
    labels = {"h": {"a": "refused"}}
    pyreadstat.write_dta(
        lettered, str(tmp_path / "x.dta"), missing_user_values={"h": ["a"]}, variable_value_labels=labels
    )
    read = outcome(tmp_path, body % "height_cm: h")
    assert numbers(read.tables["subjects"]["height_cm"]) == [170, None]
    assert "refused" in read.queries.query("rule_id == 'N7'")["message"].item()


def test_codes_may_be_named_by_the_value_labels_of_the_file(tmp_path):
    frame = pd.DataFrame({"id": ["1", "2"], "s": [1.0, 2.0]})
    pyreadstat.write_sav(
        frame, str(tmp_path / "x.sav"), variable_value_labels={"s": {1.0: "Male", 2.0: "Female"}}
    )
    body = "sources: [{id: x, type: spss, path: x.sav}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, sex: {column: s, codes: {Male: M, Female: F}}}}]}"
    assert outcome(tmp_path, body).tables["subjects"]["sex"].tolist() == ["M", "F"]


def test_single_precision_is_what_was_written(tmp_path):
    frame = pd.DataFrame({"id": ["1"], "w": np.array([70.1], dtype=np.float32)})
    frame.to_parquet(tmp_path / "x.parquet")
    body = "sources: [{id: x, type: parquet, path: x.parquet}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, weight_kg: w}}]}\n"
    assert outcome(tmp_path, body).tables["subjects"]["weight_kg"].tolist() == [70.1]


def test_what_stands_below_a_text_table_is_no_subject(tmp_path):
    content = "id,h\n1,170\n2,160\nid,h\n3,165\n签名：张三 2024-03-07,\nMean,165\n合计\n"
    read = people(tmp_path, content, "subject_id: id, height_cm: h")
    assert read.tables["subjects"]["subject_id"].tolist() == ["1", "2", "3"]
    assert sorted(read.queries["source_row"]) == [4, 6, 7, 8]
    lines = read.accounting.query("kind == 'set aside'")
    assert lines["n"].sum() == 4


def test_a_joining_block_never_contradicts_in_silence(tmp_path):
    body = """\
sources: [{id: x, type: csv, path: x.csv}, {id: y, type: csv, path: y.csv}]
tables:
  subjects:
    - {from: x, columns: {subject_id: id, height_cm: h}}
    - {from: y, join: true, columns: {subject_id: id, height_cm: h, weight_kg: w}}
"""
    read = outcome(tmp_path, body, x="id,h\n1,170\n2,\n", y="id,h,w\n1,171,70\n2,160,60\n")
    assert read.tables["subjects"]["height_cm"].tolist() == [170, 160]
    assert rules(read) == ["K2"]


def test_the_first_row_of_a_subject_may_be_blank(tmp_path):
    body = """\
sources: [{id: x, type: csv, path: x.csv}]
tables: {subjects: [{from: x, rows: {once_per: id}, columns: {subject_id: id, height_cm: h, sex: s}}]}
"""
    read = outcome(tmp_path, body, x="id,h,s\n1,,M\n1,170,\n2,160,F\n2,161,F\n")
    assert read.tables["subjects"]["height_cm"].tolist() == [170, 160]
    assert rules(read) == ["K8"] and rules(read, subject_id="2") == ["K8"]
