"""Workbooks as they are seen: heads on two rows, heads repeated, tables below tables, merged cells, row numbers."""

from datetime import date, datetime

import openpyxl
import pytest
import xlwt
from written_exports import outcome

STUDY = """\
sources: [{id: x, type: excel, path: x.xlsx%s}]
variables: {v: {table: subjects, type: float, label: V}, p: {table: subjects, type: float, label: P, unit: "%%"}}
tables: {subjects: [{from: x, columns: {subject_id: %s}}]}
"""


def sheet(tmp_path, rows, columns="id, v: v", *, merge=(), more="", formats=(), names=("Sheet",)):
    """What a workbook of one sheet (or several) gives."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = names[0]
    for row in rows:
        page.append(row)
    for cells in merge:
        page.merge_cells(cells)
    for cell, code in formats:
        page[cell].number_format = code
    for name in names[1:]:
        book.create_sheet(name).append(["note"])
    book.save(tmp_path / "x.xlsx")
    return outcome(tmp_path, STUDY % (more, columns))


def test_head_repeated_after_a_page_is_no_subject(tmp_path):
    read = sheet(tmp_path, [["id", "v"], ["A1", 1], ["id", "v"], ["A2", 2]])
    assert read.tables["subjects"]["subject_id"].tolist() == ["A1", "A2"]
    (found,) = read.queries.query("rule_id == 'X4'").to_dict("records")
    assert found["source_row"] == 3 and "repeats the header" in found["message"]


def test_head_under_merged_groups_has_both_texts(tmp_path):
    rows = [
        ["id", "Week 0", None, "Week 4", None],
        [None, "pain", "crp", "pain", "crp"],
        ["A1", 40, 3, 20, 2],
    ]
    read = sheet(tmp_path, rows, "id, v: Week 4 pain", merge=["A1:A2", "B1:C1", "D1:E1"])
    assert read.tables["subjects"]["v"].tolist() == [20]
    assert read.tables["subjects"]["source_row"].tolist() == [3]


def test_title_above_groups_is_skipped(tmp_path):
    rows = [["All patients", *[None] * 4], ["id", "Week 0", None, "Week 4", None],
            [None, "pain", "crp", "pain", "crp"], ["A1", 40, 3, 20, 2]]  # fmt: skip
    read = sheet(tmp_path, rows, "id, v: Week 0 crp", merge=["A1:E1", "A2:A3", "B2:C2", "D2:E2"])
    assert read.tables["subjects"]["v"].tolist() == [3]


def test_table_below_is_no_part_of_the_first(tmp_path):
    rows = [["id", "v"], ["A1", 1], ["A2", 2], [None, None], ["drug", "dose"], ["MTX", 15]]
    read = sheet(tmp_path, rows)
    assert read.tables["subjects"]["subject_id"].tolist() == ["A1", "A2"]
    assert sorted(read.queries.query("rule_id == 'X4'")["source_row"]) == [5, 6]


def test_table_below_is_read_by_its_header_row(tmp_path):
    rows = [["drug", "dose"], ["MTX", 15], [None, None], ["id", "v"], ["A1", 1], ["A2", 2]]
    read = sheet(tmp_path, rows, more=", header_row: 4")
    assert read.tables["subjects"]["v"].tolist() == [1, 2]
    assert read.tables["subjects"]["source_row"].tolist() == [5, 6]


def test_blank_rows_keep_the_numbers_of_the_sheet(tmp_path):
    read = sheet(tmp_path, [["id", "v"], ["A1", 1], [None, None], ["A2", 2]])
    assert read.tables["subjects"]["source_row"].tolist() == [2, 4]


def test_id_merged_over_its_visits_holds_for_each(tmp_path):
    read = sheet(tmp_path, [["id", "v"], ["A1", None], [None, 5], ["A2", 2]], merge=["A2:A3"])
    assert read.tables["subjects"].set_index("subject_id")["v"].to_dict() == {"A1": 5, "A2": 2}


def test_small_numbers_and_dates_keep_what_they_are(tmp_path):
    read = sheet(tmp_path, [["id", "v"], ["A1", 1e-05], ["A2", 0.1]])
    assert read.tables["subjects"]["v"].tolist() == [1e-05, 0.1]


@pytest.mark.parametrize(("code", "expected"), [("0%", 95), ("0.00%", 95), ('0"%"', 0.95), ("General", 0.95)])
def test_per_cent_is_what_the_format_shows(tmp_path, code, expected):
    read = sheet(tmp_path, [["id", "p"], ["A1", 0.95]], "id, p: p", formats=[("B2", code)])
    assert read.tables["subjects"]["p"].tolist() == [expected]


def test_no_header_says_by_which_key_to_name_it(tmp_path):
    from analysis.study import StudyFileError

    with pytest.raises(StudyFileError, match="header_row"):
        sheet(tmp_path, [[1, 1, 1], [2, 2, 2], [2, 2, 2]])


@pytest.mark.parametrize("flag", [False, True])
def test_old_workbook_tells_its_epoch_and_per_cent(tmp_path, flag):
    book = xlwt.Workbook()
    book.dates_1904 = flag
    page = book.add_sheet("S")
    for k, name in enumerate(("id", "c", "p")):
        page.write(0, k, name)
    page.write(1, 0, "A1")
    page.write(1, 1, 43894 if flag else 45356)  # a number whose date format was lost
    page.write(1, 2, 0.95, xlwt.easyxf(num_format_str="0%"))
    book.save(str(tmp_path / "x.xls"))
    body = (STUDY % ("", "id, consent_date: c, p: p")).replace("x.xlsx", "x.xls")
    subjects = outcome(tmp_path, body).tables["subjects"]
    assert subjects["consent_date"].dt.date.tolist() == [date(2024, 3, 5)]
    assert subjects["p"].tolist() == [95]


def test_date_and_time_cells_are_their_day(tmp_path):
    rows = [["id", "c"], ["A1", datetime(2024, 3, 5, 10, 30)], ["A2", date(2024, 3, 6)]]
    subjects = sheet(tmp_path, rows, "id, consent_date: c").tables["subjects"]
    assert subjects["consent_date"].dt.date.tolist() == [date(2024, 3, 5), date(2024, 3, 6)]
