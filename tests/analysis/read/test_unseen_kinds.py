"""The kinds of the handed files in other cells, tables and programs: sheets, remarks, visits, lost formats."""

import re
import sys
import unicodedata
from datetime import datetime

import numpy as np
import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest
import xlwt
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from written_exports import outcome

from analysis.read.text import normalise
from analysis.study import StudyFileError

OWN = "variables: {v: {table: subjects, type: float, label: V}}\n"
SHEET = (
    OWN
    + """\
sources: [{id: x, type: excel, path: x.xlsx%s}]
tables: {subjects: [{from: x, columns: {subject_id: id, v: v}}]}
"""
)


def workbook(folder, rows, *, more="", hide=()):
    """What a sheet gives."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for row in hide:
        book.active.row_dimensions[row].hidden = True
    book.save(folder / "x.xlsx")
    return outcome(folder, SHEET % more)


def found(read, **where):
    """Rule, row and raw value of the queries at a place."""
    log = read.queries
    for name, value in where.items():
        log = log[log[name] == value]
    return sorted(zip(log["rule_id"], log["source_row"], log["raw"]))


def test_an_id_that_is_a_formula_without_a_value_is_no_id(tmp_path):
    read = workbook(tmp_path, [["id", "v"], ["=A3&1", 1], ["A2", 2]])
    assert read.tables["subjects"]["subject_id"].tolist() == ["A2"]
    assert found(read) == [("K5", 2, ""), ("X1", 2, "=A2")]


def test_a_word_for_missing_is_no_id(tmp_path):
    read = outcome(tmp_path, SHEET.replace("excel, path: x.xlsx%s", "csv, path: x.csv"),
                   x="id,v\nA1,1\nNA,2\n-,3\n")  # fmt: skip
    assert read.tables["subjects"]["subject_id"].tolist() == ["A1"]
    assert found(read, rule_id="K5") == [("K5", 3, ""), ("K5", 4, "")]


def test_cells_that_show_an_error_leave_a_trace(tmp_path):
    read = workbook(tmp_path, [["id", "v"], ["A1", "#REF!"], ["A2", 2], ["A3", "#N/A"]])
    assert read.tables["subjects"]["subject_id"].tolist() == ["A1", "A2", "A3"]
    assert found(read) == [("N6", 2, "#REF!"), ("N6", 4, "#N/A")]


def test_old_workbooks_show_errors_too(tmp_path):
    book = xlwt.Workbook()
    page = book.add_sheet("one")
    for row, cells in enumerate([["id", "v"], ["A1", None], ["A2", 2]]):
        for column, cell in enumerate(cells):
            if cell is not None:
                page.write(row, column, cell)
    page.row(1).set_cell_error(1, "#DIV/0!")
    book.save(str(tmp_path / "x.xls"))
    read = outcome(tmp_path, SHEET.replace("x.xlsx%s", "x.xls"))
    assert found(read) == [("N6", 2, "#DIV/0!")]


def test_hidden_rows_are_read_and_told(tmp_path):
    read = workbook(tmp_path, [["id", "v"], ["A1", 1], ["A2", 2], ["A3", 3]], hide=[3])
    assert read.tables["subjects"]["v"].tolist() == [1, 2, 3]
    (note,) = read.queries.query("rule_id == 'X5'")["message"]
    assert note == "1 hidden rows are read as the others are: 3"


SIDE_BY_SIDE = [["id", "v", None, "id", "v"], ["A1", 1, None, "B1", 11], ["A2", 2, None, "B2", 12]]


def test_tables_side_by_side_are_refused_with_the_key_that_tells_them_apart(tmp_path):
    with pytest.raises(StudyFileError, match=r"side by side \(A:B, D:E\); say which one by `cells: A:B`"):
        workbook(tmp_path, SIDE_BY_SIDE)
    left = workbook(tmp_path, SIDE_BY_SIDE, more=", cells: 'A:B'")
    assert left.tables["subjects"]["v"].tolist() == [1, 2]
    right = workbook(tmp_path, SIDE_BY_SIDE, more=", cells: D1:E2")
    assert right.tables["subjects"][["subject_id", "v", "source_row"]].to_numpy().tolist() == [["B1", 11, 2]]


def test_a_longer_table_beside_another_is_refused(tmp_path):
    rows = [["id", "v", None, "drug", "dose"], ["A1", 1, None, "MTX", 15], [None, None, None, "LEF", 20]]
    with pytest.raises(StudyFileError, match="side by side"):
        workbook(tmp_path, rows)


def test_a_blank_column_for_the_looks_parts_nothing(tmp_path):
    rows = [["id", "v", None, "w", "note"], ["A1", 1, None, 2, "x"], ["A2", 2, None, 3, None]]
    assert workbook(tmp_path, rows).tables["subjects"]["v"].tolist() == [1, 2]


def test_cells_that_are_none_are_told(tmp_path):
    with pytest.raises(StudyFileError, match=r"write the columns, or the corners, as D:F or D1:F20"):
        workbook(tmp_path, SIDE_BY_SIDE, more=", cells: left")


def test_another_table_right_below_is_no_part_of_the_first(tmp_path):
    read = workbook(tmp_path, [["id", "v"], ["A1", 1], ["A2", 2], ["id", "drug"], ["A1", "MTX"]])
    assert read.tables["subjects"]["subject_id"].tolist() == ["A1", "A2"]
    assert found(read) == [("X4", 4, ""), ("X4", 5, "")]


@pytest.mark.parametrize(
    ("first", "remark", "shown"),
    [
        ("P01", "n = 2", "N = 2"),
        ("P01", "* p < 0.05", "* P < 0.05"),
        ("P01", "Approved by Dr. Miller", "APPROVED BY …"),
        ("1", "End", "END"),
        ("1", "Source: hospital of Miller", "SOURCE:…"),
    ],
)
def test_remarks_below_a_table_are_no_subjects(tmp_path, first, remark, shown):
    read = workbook(tmp_path, [["id", "v"], [first, 1], [first.replace("1", "2"), 2], [remark, None]])
    assert len(read.tables["subjects"]) == 2
    assert found(read) == [("K10", 4, shown)]


def test_a_subject_without_values_at_the_end_is_a_subject(tmp_path):
    read = workbook(tmp_path, [["id", "v"], ["P01", 1], ["P02", 2], ["P03", None]])
    assert read.tables["subjects"]["subject_id"].tolist() == ["P01", "P02", "P03"]


# ---------------------------------------------------------------- visits that the study does not have
LABELS = """\
sources: [{id: x, type: csv, path: x.csv}]
tables:
  subjects: [{from: x, rows: {once_per: id}, columns: {subject_id: id}}]
  visits: [{from: x, columns: {subject_id: id, visit_id: %s, pain_mm: p}}]
"""
ROWS = "id,v,p\n1,W00,40\n1,%s,20\n2,W00,50\n2,W04,30\n"


@pytest.mark.parametrize("label", ["W4", "Week 4", "w08"])
def test_rows_of_a_visit_that_the_study_does_not_have_are_a_problem(tmp_path, label):
    read = outcome(tmp_path, LABELS % "v", x=ROWS % label)
    (problem,) = map(str, read.problems)
    assert f"1 rows are of visits that the study does not have: '{label.upper()}' (1 rows)" in problem
    assert "codes:" in problem and "study.yml:" in problem and "visit_id" in problem


@pytest.mark.parametrize(
    ("label", "mapping"),
    [
        ("UNS", "v"),
        ("Unscheduled 2", "v"),
        ("Week 4", "{column: v, codes: {Week 4: UNS, W00: W00, W04: W04}}"),
    ],
)
def test_visits_outside_the_plan_are_none(tmp_path, label, mapping):
    read = outcome(tmp_path, LABELS % mapping, x=ROWS % label)
    assert list(read.problems) == []
    assert len(read.tables["visits"]) == 4


def test_results_of_a_visit_that_the_study_does_not_have_are_a_problem(tmp_path):
    body = (
        LABELS % "v"
        + "  labs: [{from: x, columns: {subject_id: id, visit_id: lv, analyte: {value: CRP}, value_raw: p}}]\n"
    )
    read = outcome(tmp_path, body, x="id,v,p,lv\n1,W00,40,W00\n1,W04,20,Wk4\n")
    (problem,) = map(str, read.problems)
    assert "tables.labs[0].columns.visit_id" in problem and "'WK4' (1 rows)" in problem


# ---------------------------------------------------------------- formats of dates that were lost
def typed(folder, frame, kind, ending, write, **said):
    """The birth dates of a file of a statistical program."""
    write(frame, str(folder / f"x.{ending}"), **said)
    body = f"sources: [{{id: x, type: {kind}, path: x.{ending}}}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, birth_date: c, consent_date: c}}]}\n"
    return outcome(folder, body)


SAS_FORMATS = ["", "MONYY7.", "NLDATE10.", "DATE9.", "YYMMN6.", "WORDDATE.", "JULIAN7.", "QTR.", "E8601DA."]


@pytest.mark.parametrize("form", SAS_FORMATS)
def test_days_of_sas_whatever_their_format(tmp_path, form):
    frame = pd.DataFrame({"id": ["1", "2", "3"], "c": [23440.0, -3650.0, np.nan]})
    said = {"variable_format": {"c": form}} if form else {}
    read = typed(tmp_path, frame, "sas", "xpt", pyreadstat.write_xport, **said)
    shown = read.tables["subjects"]["birth_date"].dt.strftime("%Y-%m-%d").fillna("").tolist()
    assert shown == ["2024-03-05", "1950-01-03", ""]


@pytest.mark.parametrize("form", ["", "DATETIME19.", "NLDATM.", "DTDATE9."])
def test_seconds_of_sas_whatever_their_format(tmp_path, form):
    frame = pd.DataFrame({"id": ["1", "2"], "c": [2025216000.0, 2025302399.0]})
    said = {"variable_format": {"c": form}} if form else {}
    read = typed(tmp_path, frame, "sas", "xpt", pyreadstat.write_xport, **said)
    assert read.tables["subjects"]["birth_date"].dt.strftime("%Y-%m-%d").tolist() == ["2024-03-05"] * 2
    if not form:
        assert set(read.queries.query("rule_id == 'D2'")["message"]) == {
            "a number of seconds counted from 1960"
        }


@pytest.mark.parametrize(("kind", "ending", "write"), [("sas", "xpt", pyreadstat.write_xport),
                                                       ("stata", "dta", pyreadstat.write_dta)])  # fmt: skip
def test_small_numbers_may_be_months_or_days_of_the_study(tmp_path, kind, ending, write):
    # 770 is March 2024 in Stata's months, 9 February 1962 in days; 1, 29 and 85 are days of a study
    for values in ([770.0, 771.0, 772.0], [1.0, 29.0, 85.0]):
        frame = pd.DataFrame({"id": ["1", "2", "3"], "c": values})
        read = typed(tmp_path, frame, kind, ending, write)
        assert read.tables["subjects"]["birth_date"].isna().all()
        assert set(read.queries["rule_id"]) == {"D11"}
        assert read.queries["message"].str.contains("`epoch: 1960`").all()


@pytest.mark.parametrize("encoding", ["big5", "cp1251", "shift_jis"])
def test_text_of_other_scripts_is_refused_or_doubted_but_read_with_the_key(tmp_path, encoding):
    words = {"big5": "臺北榮民總醫院", "cp1251": "Москва", "shift_jis": "頭痛"}
    content = f"id,site\n1,{words[encoding]}\n2,{words[encoding]}\n".encode(encoding)
    body = "sources: [{id: x, type: csv, path: x.csv%s}]\n"
    body += "tables: {subjects: [{from: x, columns: {subject_id: id, site: site}}]}\n"
    try:
        read = outcome(tmp_path, body % "", x=content)
    except StudyFileError as refused:
        assert "`encoding:`" in str(refused)
    else:
        assert "X3" in read.queries["rule_id"].tolist()
    named = outcome(tmp_path, body % f", encoding: {encoding}", x=content)
    assert named.tables["subjects"]["site"].tolist() == [words[encoding]] * 2


NOTES = (
    SHEET.replace("float", "str").replace("excel, path: x.xlsx%s", "csv, path: x.csv").replace("v: v", "v: t")
)


def lines_with(*texts):
    """A file of ids, remarks and numbers, line by line."""
    return "id,t,z\n" + "".join(f"P{n},{text},{n}\n" for n, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (lines_with("a", '"open', "b", 'closed"', "c"), "lines 3 to 5 would be one row: a quote opens"),
        (lines_with("a", '"open', 'closed"'), "lines 3 to 4 would be one row"),
        (lines_with("a", '"open', "b"), "lines 3 to 4 would be one row"),
        (lines_with("a", '"open') + "of another, length, for, once\n", "opens in line 3 and is never closed"),
    ],
)
def test_a_quote_that_nobody_closed_swallows_no_row(tmp_path, content, told):
    with pytest.raises(StudyFileError, match=told):
        outcome(tmp_path, NOTES, x=content)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"of two\nlines, with a comma"', "of two lines, with a comma"),
        ('"said ""no"", twice"', 'said "no", twice'),
        ('"said \\"no\\", twice"', 'said "no", twice'),
        ('"said \\"no\\""', 'said "no"'),
        ('"C:\\new\\"', "C:\\new\\"),
        ('5" long', '5" long'),
    ],
)
def test_quotes_as_programs_write_them(tmp_path, written, text):
    read = outcome(tmp_path, NOTES, x=lines_with("a", written, "b"))
    assert read.tables["subjects"]["v"].tolist() == ["a", text, "b"]


def test_numbers_that_no_number_holds_are_refused(tmp_path):
    cells = ["1e400", "-1e400", "9" * 400, "1e-400", "1e300", "-0"]
    read = outcome(tmp_path, SHEET.replace("excel, path: x.xlsx%s", "csv, path: x.csv"),
                   x="id,v\n" + "".join(f"P{n},{cell}\n" for n, cell in enumerate(cells)))  # fmt: skip
    values = read.tables["subjects"]["v"]
    assert values.tolist()[4:] == [1e300, 0.0]
    assert not np.signbit(values.iloc[5])
    assert values.isna().tolist() == [True] * 4 + [False] * 2
    assert [row for _, row, _ in found(read, rule_id="N8")] == [2, 3, 4, 5]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_a_sign_without_its_mark(tmp_path, encoding):
    read = outcome(tmp_path, NOTES, x=lines_with("M\u00fcller").encode(encoding))
    assert read.tables["subjects"]["v"].tolist() == ["M\u00fcller"]


def test_a_head_in_other_letters_is_named(tmp_path):
    with pytest.raises(StudyFileError, match="no column 'id'; did you mean 'ID'"):
        outcome(tmp_path, NOTES, x="ID,T,Z\nP1,a,1\n")


@pytest.mark.parametrize("sign", "₅①⑴⒈½⓪㉑㊿🄁")
def test_a_footnote_or_an_index_is_no_digit(tmp_path, sign):
    read = outcome(
        tmp_path, SHEET.replace("excel, path: x.xlsx%s", "csv, path: x.csv"), x=f"id,v\nA1,5{sign}\nA2,6\n"
    )
    assert read.tables["subjects"]["v"].isna().tolist() == [True, False]
    assert found(read) == [("N8", 2, f"5{sign}")]


def test_no_other_sign_becomes_a_digit_of_a_number():
    """Digits of other scripts and widths are digits; numerals that are drawings, indices or fractions are none."""
    for sign in map(chr, range(0x80, sys.maxunicode + 1)):
        if unicodedata.category(sign) in ("No", "Nl", "So", "Lo", "Lm", "Sk"):
            assert not re.fullmatch("[0-9]+", normalise(f"5{sign}")), hex(ord(sign))


def written(folder, build):
    """What a sheet gives that `build` has written."""
    book = openpyxl.Workbook()
    build(book.active)
    book.save(folder / "x.xlsx")
    return folder


def test_digits_above_the_line_are_none_of_the_number(tmp_path):
    def build(page):
        page.append(["id", "v"])
        raised = TextBlock(InlineFont(vertAlign="superscript"), "2")
        page.append(["A1", CellRichText("5", raised)])
        page.append(["A2", 6])

    read = outcome(written(tmp_path, build), SHEET % "")
    assert read.tables["subjects"]["v"].isna().tolist() == [True, False]
    assert found(read) == [("N8", 2, "5²")]


def test_a_head_with_digits_below_the_line_keeps_its_name(tmp_path):
    def build(page):
        below = TextBlock(InlineFont(vertAlign="subscript"), "2")
        page.append(["id", CellRichText("CO", below)])
        page.append(["A1", 5])

    read = outcome(written(tmp_path, build), SHEET.replace("v: v}", "v: CO2}") % "")
    assert read.tables["subjects"]["v"].tolist() == [5]


DATES = "sources: [{id: x, type: excel, path: x.xlsx}]\n" \
    "tables: {subjects: [{from: x, columns: {subject_id: id, consent_date: v}}]}\n"  # fmt: skip


@pytest.mark.parametrize("form", ["mmm-yy", "yyyy-mm", 'yyyy"年"m"月"', "[$-409]mmmm yyyy;@"])
@pytest.mark.parametrize("days", [(1, 1), (1, 9)], ids=["typed as months", "days not shown"])
def test_a_month_that_a_program_made_a_day_of_has_none(tmp_path, form, days):
    def build(page):
        page.append(["id", "v"])
        for n, day in enumerate(days):
            page.append([f"A{n}", datetime(2024, 3 + n, day)])
            page.cell(n + 2, 2).number_format = form

    read = outcome(written(tmp_path, build), DATES)
    if days == (1, 1):
        assert read.tables["subjects"]["consent_date"].isna().all()
        assert found(read, rule_id="D6") == [("D6", 2, "2024-03"), ("D6", 3, "2024-04")]
    else:
        assert read.tables["subjects"]["consent_date"].dt.day.tolist() == [1, 9]


@pytest.mark.parametrize(("form", "ids"), [('"S-"000', ["S-007", "S-012"]), ("0000", ["0007", "0012"])])
def test_ids_are_those_that_the_sheet_shows(tmp_path, form, ids):
    def build(page):
        page.append(["id", "v"])
        for n, number in enumerate((7, 12), 2):
            page.append([number, 1])
            page.cell(n, 1).number_format = form

    read = outcome(written(tmp_path, build), SHEET % "")
    assert read.tables["subjects"]["subject_id"].tolist() == ids


CUT = r"holds ids such as 1\.10101[0-9.]*[eE]\+17, long numbers whose last digits"


@pytest.mark.parametrize("program", ["excel", "csv", "spss", "stata", "parquet"])
def test_ids_that_a_program_has_cut_are_refused(tmp_path, program):
    """Two people of a hospital would be one; where a program keeps every digit, they are two."""
    ids, file = [110101199003077758, 110101199003077759], tmp_path / f"x.{program}"
    numbers = pd.DataFrame({"id": np.array(ids, dtype=float), "v": [1.0, 2.0]})
    write = {
        "excel": lambda: pd.DataFrame({"id": ids, "v": [1, 2]}).to_excel(
            file, index=False, engine="openpyxl"
        ),
        "csv": lambda: file.write_text("id,v\n1.10101E+17,1\n1.10101E+17,2\n"),
        "spss": lambda: pyreadstat.write_sav(numbers, str(file)),
        "stata": lambda: pyreadstat.write_dta(numbers, str(file)),
        "parquet": lambda: numbers.to_parquet(file),
    }
    file = file.with_suffix({"excel": ".xlsx", "spss": ".sav", "stata": ".dta"}.get(program, file.suffix))
    write[program]()
    body = SHEET.replace("excel, path: x.xlsx%s", f"{program}, path: {file.name}")
    with pytest.raises(StudyFileError, match=CUT):
        outcome(tmp_path, body)
    if program == "parquet":
        pd.DataFrame({"id": ids, "v": [1.0, 2.0]}).to_parquet(file)
        assert outcome(tmp_path, body).tables["subjects"]["subject_id"].tolist() == [str(n) for n in ids]


def test_columns_of_other_programs_that_are_no_numbers_or_texts(tmp_path):
    """A column that nobody maps stops no file; numbers of half precision are what was written; bytes are shown."""
    frame = pa.table({
        "id": ["A1", "A2"],
        "v": pa.array(np.array([0.1, 7.1], dtype=np.float16)),
        "many": [[1, 2], None],
        "within": [{"a": 1}, {"a": 2}],
        "bytes": [b"abc", "\u00fc".encode("latin-1")],
    })  # fmt: skip
    pq.write_table(frame, tmp_path / "x.parquet")
    body = SHEET.replace("excel, path: x.xlsx%s", "parquet, path: x.parquet").replace(
        "v: v}", "v: v, b: bytes, m: many}"
    ).replace("label: V}", "label: V}, b: {table: subjects, type: str, label: B}, "
              "m: {table: subjects, type: str, label: M}")  # fmt: skip
    subjects = outcome(tmp_path, body).tables["subjects"]
    assert subjects["v"].tolist() == [0.1, 7.1]
    assert subjects["b"].tolist() == ["abc", "\\xfc"]
    assert subjects["m"].fillna("").tolist() == ["[1 2]", ""]
