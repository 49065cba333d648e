"""The kinds of the handed files once more, in files of other programs; the right answers are typed by hand."""

import re
import zipfile
from datetime import date

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
import xlwt
from written_exports import outcome

from analysis.columns.units import factor

OWN = """\
variables:
  v: {table: subjects, type: float, label: V}
  w: {table: subjects, type: float, label: W}
  t: {table: subjects, type: str, label: T}
  share: {table: subjects, type: float, label: Share, unit: "%"}
"""


def subjects(folder, kind: str, file: str, columns: str, *, said: str = "", **files):
    """What the table of subjects gives, read from one file."""
    body = f"{OWN}sources: [{{id: x, type: {kind}, path: {file}{said}}}]\n"
    return outcome(folder, f"{body}tables: {{subjects: [{{from: x, columns: {{{columns}}}}}]}}\n", **files)


def held(read, *columns, table="subjects") -> list[list]:
    """Columns as lists: days as text, missing values as None."""
    found = [read.tables[table][name] for name in columns]
    shown = [c.dt.strftime("%Y-%m-%d") if c.dtype.kind == "M" else c for c in found]
    return [[None if pd.isna(value) else value for value in column.tolist()] for column in shown]


def found(read, *rules) -> list[tuple]:
    """Rule, row and variable of the queries of some rules."""
    log = read.queries[read.queries["rule_id"].isin(rules)]
    return sorted(zip(log["rule_id"], log["source_row"], log["variable"]))


def sheet(folder, rows, *, formats=(), **hidden):
    """A workbook with one sheet of rows; `formats` are pairs of cell and number format."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, code in formats:
        book.active[cell].number_format = code
    book.save(folder / "x.xlsx")


# ---------------------------------------------------------------- decimal commas
@pytest.mark.parametrize(
    ("write", "kind", "file"),
    [
        (lambda frame, file: pyreadstat.write_sav(frame, file), "spss", "x.sav"),
        (lambda frame, file: pyreadstat.write_dta(frame, file), "stata", "x.dta"),
        (lambda frame, file: pyreadstat.write_xport(frame, file), "sas", "x.xpt"),
        (lambda frame, file: frame.to_parquet(file), "parquet", "x.parquet"),
        (lambda frame, file: frame.to_excel(file, index=False), "excel", "x.xlsx"),
        (lambda frame, file: frame.to_csv(file, index=False, sep="\t"), "csv", "x.csv"),
    ],
)
def test_numbers_kept_as_text_by_any_program(tmp_path, write, kind, file):
    frame = pd.DataFrame({"id": ["P1", "P2", "P3"], "v": ["0,875", "12,500", "-1,234"]})
    write(frame, str(tmp_path / file))
    assert held(subjects(tmp_path, kind, file, "subject_id: id, v: v"), "v") == [[0.875, 12.5, -1.234]]


def test_decimal_commas_with_units_and_sides_in_a_long_laboratory_table(tmp_path):
    body = """\
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects: [{from: x, rows: {once_per: id}, columns: {subject_id: id}}]
  labs: [{from: x, columns: {subject_id: id, sample_date: d, analyte: test, value_raw: res, unit_raw: u, uln: uln}}]
"""
    content = "id;d;test;res;u;uln\nP1;05.03.2024;CRP;0,875;mg/L;5,0\nP1;13.03.2024;CRP;<0,5;mg/L;5,0\n"
    content += "P2;14.03.2024;CRP;12,500;mg/L;5,0\nP2;15.03.2024;CRP;1.234 mg/L;mg/L;5,0\n"
    read = outcome(tmp_path, body, x=content)
    # 1.234 in a column of commas is a thousand and more: beyond what is possible, never 1.2
    assert held(read, "value_std", "uln", table="labs") == [[0.875, 0.5, 12.5, None], [5, 5, 5, 5]]
    assert read.tables["labs"]["censor"].tolist()[1] == "left"


# ---------------------------------------------------------------- dates
@pytest.mark.parametrize(
    ("kind", "file", "write", "values", "days"),
    [
        ("sas", "x.xpt", pyreadstat.write_xport, [2025283800.0, 2025369000.0], ["2024-03-05", "2024-03-06"]),
        ("sas", "x.xpt", pyreadstat.write_xport, [-3650.0, 20000.0], ["1950-01-03", "2014-10-04"]),
        ("stata", "x.dta", pyreadstat.write_dta, [2025283800000.0, np.nan], ["2024-03-05", None]),
        ("spss", "x.sav", pyreadstat.write_sav, [13929013800.0, np.nan], ["2024-03-05", None]),
    ],
)
def test_lost_formats_of_times_and_of_days_before_day_zero(tmp_path, kind, file, write, values, days):
    write(pd.DataFrame({"id": ["P1", "P2"], "c": values}), str(tmp_path / file))
    assert held(subjects(tmp_path, kind, file, "subject_id: id, birth_date: c"), "birth_date") == [days]


@pytest.mark.parametrize("form", ["MOYR8", "EDATE10", "ADATE10", "SDATE10", "DATETIME20", "QYR6", "JDATE7"])
def test_every_format_of_spss_is_a_day(tmp_path, form):
    frame = pd.DataFrame({"id": ["P1", "P2"], "c": [13928976000.0, np.nan]})
    pyreadstat.write_sav(frame, str(tmp_path / "x.sav"), variable_format={"c": form})
    read = subjects(tmp_path, "spss", "x.sav", "subject_id: id, consent_date: c")
    assert held(read, "consent_date") == [["2024-03-05", None]]


@pytest.mark.parametrize(("form", "value"), [("%tq", 256.0), ("%th", 128.0), ("%tw", 3337.0)])
def test_steps_of_stata_that_are_neither_day_nor_month_are_refused(tmp_path, form, value):
    frame = pd.DataFrame({"id": ["P1"], "c": [value]})
    pyreadstat.write_dta(frame, str(tmp_path / "x.dta"), variable_format={"c": form})
    read = subjects(tmp_path, "stata", "x.dta", "subject_id: id, birth_date: c")
    assert held(read, "subject_id", "birth_date") == [["P1"], [None]]
    assert found(read, "D6", "D11") != []


@pytest.mark.parametrize(
    "cell",
    ["20240305103000", "20240305T103000", "20240305T1030", "2024年03月05日 10时30分", "2024-03-05 下午3点",
     "Tuesday, March 5, 2024", "Mar 5, 2024 2:30 PM", "05.MAR.2024", "2024-03-05T10:30:00.123456"],
)  # fmt: skip
def test_days_with_times_as_hospitals_write_them(tmp_path, cell):
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, consent_date: c", x=f'id,c\nP1,"{cell}"\n')
    assert held(read, "consent_date") == [["2024-03-05"]]


@pytest.mark.parametrize("cell", ["20241305103000", "20240305T2561", "2024-03-05 25时", "10:30"])
def test_times_that_are_none_are_refused(tmp_path, cell):
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, consent_date: c", x=f"id,c\nP1,{cell}\n")
    assert held(read, "subject_id", "consent_date") == [["P1"], [None]]
    assert len(found(read, "D6", "D11")) == 1


# ---------------------------------------------------------------- workbooks
def test_formulas_without_a_value_in_codes_dates_visits_and_units(tmp_path):
    rows = [
        ["id", "sex", "visit", "seen", "pain", "test", "res", "unit"],
        ["P1", "=1+1", "W00", date(2024, 3, 5), "=10*4", "CRP", 5, "mg/L"],
        ["P1", 2, "W04", "=D2+28", 20, "CRP", 7, "=H2"],
        ["P2", 1, "W00", date(2024, 3, 6), 30, "CRP", "=G2", "mg/L"],
    ]
    sheet(tmp_path, rows)
    body = """\
sources: [{id: x, type: excel, path: x.xlsx}]
tables:
  subjects: [{from: x, rows: {once_per: id}, columns: {subject_id: id}}]
  visits: [{from: x, columns: {subject_id: id, visit_id: visit, visit_date: seen, pain_mm: pain}}]
  labs: [{from: x, columns: {subject_id: id, visit_id: visit, analyte: test, value_raw: res, unit_raw: unit}}]
"""
    read = outcome(tmp_path, body)
    days = ["2024-03-05", None, "2024-03-06"]
    assert held(read, "visit_date", "pain_mm", table="visits") == [days, [None, 20, 30]]
    assert sorted(held(read, "value_std", table="labs")[0], key=str) == [5, None, None]
    told = [("X1", 2, "pain_mm"), ("X1", 3, "CRP"), ("X1", 3, "visit_date"), ("X1", 4, "CRP")]
    assert found(read, "X1", "U1") == told


def test_a_sheet_without_cells_is_no_table(tmp_path):
    book = openpyxl.Workbook()  # its first sheet stays empty
    page = book.create_sheet("data")
    page.append(["id", "v"])
    page.append(["P1", 5])
    chart = openpyxl.chart.BarChart()
    chart.add_data(openpyxl.chart.Reference(page, min_col=2, min_row=1, max_row=2))
    book.create_chartsheet("chart", 0).add_chart(chart)
    book.save(tmp_path / "x.xlsx")
    assert held(subjects(tmp_path, "excel", "x.xlsx", "subject_id: id, v: v"), "v") == [[5]]


def test_a_sheet_hidden_in_an_old_workbook(tmp_path):
    book = xlwt.Workbook()
    for name, who in (("old", "P9"), ("new", "P1")):
        page = book.add_sheet(name)
        for row, cells in enumerate([["id", "v"], [who, 5]]):
            for column, cell in enumerate(cells):
                page.write(row, column, cell)
    book.get_sheet(0).visibility = 2  # very hidden
    book.set_active_sheet(1)
    book.save(str(tmp_path / "x.xls"))
    read = subjects(tmp_path, "excel", "x.xls", "subject_id: id, v: v")
    assert held(read, "subject_id") == [["P1"]]
    assert found(read, "X2") != []


def test_ids_keep_the_zeros_that_their_program_shows(tmp_path):
    frame = pd.DataFrame({"id": [1.0, 12.0], "sex": [1.0, 2.0]})
    columns = "subject_id: id, sex: {column: sex, codes: {1: M, 2: F}}"
    forms = {"id": "Z3.", "sex": "Z2."}
    pyreadstat.write_xport(frame, str(tmp_path / "x.xpt"), variable_format=forms)
    pyreadstat.write_sav(frame, str(tmp_path / "x.sav"), variable_format={"id": "N3", "sex": "N2"})
    pyreadstat.write_dta(frame, str(tmp_path / "x.dta"), variable_format={"id": "%03.0f", "sex": "%02.0f"})
    zeros = [
        (cell, "0" * digits)
        for column, digits in (("A", 3), ("B", 2))
        for cell in (f"{column}2", f"{column}3")
    ]
    sheet(tmp_path, [["id", "sex"], [1, 1], [12, 2]], formats=zeros)
    book, style = xlwt.Workbook(), xlwt.easyxf(num_format_str="000")
    page = book.add_sheet("x")
    for row, cells in enumerate([["id", "sex"], [1, 1], [12, 2]]):
        for column, cell in enumerate(cells):
            page.write(row, column, cell, *([style] if row and not column else []))
    book.save(str(tmp_path / "x.xls"))
    for kind, ending in (
        ("sas", "xpt"),
        ("spss", "sav"),
        ("stata", "dta"),
        ("excel", "xlsx"),
        ("excel", "xls"),
    ):
        read = subjects(tmp_path, kind, f"x.{ending}", columns)
        assert held(read, "subject_id", "sex") == [["001", "012"], ["M", "F"]], ending


def test_a_number_beside_cells_shown_as_per_cent_may_be_either(tmp_path):
    rows = [
        ["id", "share", "hba1c"],
        ["P1", 0.95, 0.065],
        ["P2", 90, 7],
        ["P3", 0.5, 0.07],
        ["P4", "81 %", 0.5],
    ]
    sheet(tmp_path, rows, formats=[("B2", "0%"), ("C2", "0.0%"), ("C4", "0.0%")])
    body = f"""\
{OWN}analytes: {{HBA1C: {{label: HbA1c, unit: "%", range: [0, 20]}}}}
sources: [{{id: x, type: excel, path: x.xlsx}}]
tables:
  subjects: [{{from: x, columns: {{subject_id: id, share: share}}}}]
  labs: [{{from: x, columns: {{subject_id: id, visit_id: {{value: W00}}}}, results: {{HBA1C: {{column: hba1c,
    unit: "%"}}}}}}]
"""
    read = outcome(tmp_path, body)
    assert held(read, "share") == [[95, 90, None, 81]]
    assert held(read, "value_std", table="labs") == [[6.5, 7, 7, None]]
    assert found(read, "N11") == [("N11", 4, "share"), ("N11", 5, "HBA1C")]


@pytest.mark.parametrize(
    "words",
    ["平均值", "总人数", "均值±标准差", "中位数", "研究者签名", "Grand Total", "Std. Dev", "Median (IQR)", "Mean ± SD",
     "Summe", "Anzahl", "Unterschrift: X", "Moyenne", "N", "n"],
)  # fmt: skip
@pytest.mark.parametrize("ids", [("P01", "P02"), ("1", "2"), ("张001", "李002")])
def test_what_sums_up_below_a_table_is_no_subject(tmp_path, words, ids):
    content = f"id,h\n{ids[0]},170\n{ids[1]},160\n{words},165\n"
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, height_cm: h", x=content)
    assert held(read, "subject_id") == [list(ids)]
    assert found(read, "K10") == [("K10", 4, "subject_id")]


@pytest.mark.parametrize(("signs", "kept"), [(64, True), (65, False), (70_000, False)])
@pytest.mark.parametrize("pattern", ["", "id_pattern: 'P.*'"])
def test_a_text_where_an_id_should_be_is_no_id_however_it_begins(tmp_path, signs, kept, pattern):
    content = f"id,h\nP01,170\n{'P' + '7' * (signs - 1)},160\n"
    body = f"{OWN}sources: [{{id: x, type: csv, path: x.csv}}]\n{pattern}\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, height_cm: h}}]}\n"
    read = outcome(tmp_path, body, x=content)
    assert len(read.tables["subjects"]) == (2 if kept else 1)
    assert found(read, "K10") == ([] if kept else [("K10", 3, "subject_id")])
    shown = read.queries.query("rule_id == 'K10'")["raw"]
    assert shown.str.len().max() < 64 if len(shown) else kept


def test_letters_may_be_ids(tmp_path):
    content = "id,h\nM,170\nN,160\nO,165\n"
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, height_cm: h", x=content)
    assert held(read, "subject_id") == [["M", "N", "O"]]


def test_a_subject_below_a_blank_row_whose_value_is_no_number_stays(tmp_path):
    book = openpyxl.Workbook()
    for cell, value in {
        "A1": "Study X",
        "A3": "id",
        "B3": "v",
        "A4": "P1",
        "B4": 5,
        "A6": "P2",
        "B6": "abc",
    }.items():
        book.active[cell] = value
    book.save(tmp_path / "x.xlsx")
    read = subjects(tmp_path, "excel", "x.xlsx", "subject_id: id, v: v")
    assert held(read, "subject_id", "v") == [["P1", "P2"], [5, None]]
    assert found(read, "N8", "X4") == [("N8", 6, "v")]


# ---------------------------------------------------------------- absence
BOXES = """\
sources: [{id: x, type: csv, path: x.csv%s}]
tables:
  subjects:
    - from: x
      rows: %s
      columns: {subject_id: %s}
"""
GROUP = "      checkboxes: [{group: c, boxes: [comorbidity_diabetes, comorbidity_ild]}]\n"
MARKS = [[0, 0, 0], [1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 0, 0], [0, 1, 0], [0, 0, 0]]
WHO = ["1", "1", "2", "2", "3", "3", "4", "4"]
KNOWN = [["1", "2", "3", "4"], [True, None, False, False], [False, None, False, True]]


def test_an_untouched_box_displaces_neither_a_tick_nor_no_information(tmp_path):
    lines = [f"{who},e{n},{','.join(map(str, marks))}" for n, (who, marks) in enumerate(zip(WHO, MARKS))]
    content = "\n".join(["record_id,redcap_event_name,c___1,c___2,c___ni", *lines]) + "\n"
    for rows in ("{}", "{once_per: record_id}"):
        read = outcome(tmp_path, BOXES % (", redcap: true", rows, "record_id") + GROUP, x=content)
        assert held(read, "subject_id", "comorbidity_diabetes", "comorbidity_ild") == KNOWN, rows
        assert found(read, "K1", "K2", "K8") == []


def test_boxes_of_a_labelled_export_are_boxes(tmp_path):
    words = ["Unchecked", "Checked"]
    lines = [f"{who},{','.join(words[mark] for mark in marks)}" for who, marks in zip(WHO, MARKS)]
    names = [f"History (choice={name})" for name in ("Diabetes", "ILD", "No information")]
    mapped = f"Record ID, comorbidity_diabetes: {names[0]}, comorbidity_ild: {names[1]}"
    content = "\n".join([f"Record ID,{','.join(names)}", *lines]) + "\n"
    for rows in ("{}", "{once_per: Record ID}"):
        read = outcome(tmp_path, BOXES % ("", rows, mapped), x=content)
        assert held(read, "subject_id", "comorbidity_diabetes", "comorbidity_ild") == KNOWN, rows
        assert found(read, "K2", "K8") == []


def test_boxes_of_a_form_that_joins_yield_in_both_directions(tmp_path):
    head = "record_id,c___1,c___2,c___ni,x_complete\n"
    one = ["1,0,0,0,2", "2,0,0,0,2", "3,0,0,0,2", "4,1,0,0,2", "5,0,0,1,2"]
    two = ["1,1,0,0,2", "2,0,0,1,2", "3,0,0,0,2", "4,0,0,0,2", "5,0,0,0,2"]
    body = BOXES % (", redcap: true", "{}", "record_id") + GROUP
    body += body.partition("subjects:\n")[2].replace("from: x", "from: y\n      join: true")
    body = body.replace("sources: [", "sources: [{id: y, type: csv, path: y.csv, redcap: true}, ")
    read = outcome(tmp_path, body, x=head + "\n".join(one) + "\n", y=head + "\n".join(two) + "\n")
    assert held(read, "comorbidity_diabetes", "comorbidity_ild") == [
        [True, None, False, True, None],
        [False, None, False, False, None],
    ]
    assert found(read, "K2") == []


def test_unreadable_cells_displace_nothing(tmp_path):
    content = "id,h,d\n1,170,\n1,abc,2024-05-06\n2,,2024-01-01\n2,-,xx\n"
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, height_cm: h, death_date: d", x=content)
    assert held(read, "height_cm", "death_date") == [[170, None], ["2024-05-06", "2024-01-01"]]


# ---------------------------------------------------------------- text
@pytest.mark.parametrize(("encoding", "word"), [("euc_kr", "서울대학교"), ("mac_roman", "Müdigkeit")])
def test_text_that_may_be_of_another_script_is_doubted_but_read_with_the_key(tmp_path, encoding, word):
    content = f"id,t\n1,{word}\n2,b\n".encode(encoding)
    assert found(subjects(tmp_path, "csv", "x.csv", "subject_id: id, t: t", x=content), "X3") != []
    said = f", encoding: {encoding}"
    read = subjects(tmp_path, "csv", "x.csv", "subject_id: id, t: t", said=said, x=content)
    assert held(read, "t") == [[word, "b"]]


# ---------------------------------------------------------------- units
@pytest.mark.parametrize(
    ("unit", "target", "analyte", "expected"),
    [
        ("1000/uL", "10^9/L", "WBC", 1), ("10000/uL", "10^9/L", "PLT", 10), ("万/uL", "10^9/L", "PLT", 10),
        ("10^4/uL", "10^9/L", "PLT", 10), ("100/uL", "10^9/L", "WBC", None), ("Thousand/uL", "10^9/L", "WBC", 1),
        ("thou/mcL", "10^9/L", "WBC", 1), ("th/cmm", "10^9/L", "WBC", 1), ("GI/L", "10^9/L", "WBC", 1),
        ("/nL", "10^9/L", "WBC", 1), ("cells/uL", "10^9/L", "CD4", 0.001), ("mm/1st hr", "mm/h", "ESR", 1),
        ("mm/60min", "mm/h", "ESR", 1), ("[iU]/L", "U/L", "ALT", 1), ("mU/mL", "U/L", "CK", 1),
        ("mg%", "mg/L", "CRP", 10), ("gm%", "g/L", "HB", 10), ("mmol/L", "g/L", "HB", None),
    ],
)  # fmt: skip
def test_units_of_real_laboratories(unit, target, analyte, expected):
    assert factor(unit, target, analyte=analyte) == expected


def test_a_formula_of_text_that_was_never_reckoned_is_told_and_an_empty_text_is_none(tmp_path):
    sheet(tmp_path, [["id", "v", "t"], ["P1", "=1+1", "x"], ["P2", 3, "y"]])
    with zipfile.ZipFile(tmp_path / "x.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    page = parts["xl/worksheets/sheet1.xml"].decode()
    for inside, told in (
        ('t="str"><f>1+1</f>', 1),
        ('t="str"><f>1+1</f><v></v>', 0),
    ):  # as openxlsx, as Excel
        changed = re.sub(r'(<c r="B2")[^>]*>.*?</c>', rf"\1 {inside}</c>", page)
        with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as book:
            for name, content in parts.items():
                book.writestr(name, changed if name == "xl/worksheets/sheet1.xml" else content)
        read = subjects(tmp_path, "excel", "x.xlsx", "subject_id: id, v: v")
        assert held(read, "v") == [[None, 3]]
        assert len(found(read, "X1")) == told
