"""The example exports as files: reproducible, described, small, and of nobody real."""

import csv
import io
import os
import re
import subprocess
import sys
import zipfile
from datetime import date, timedelta

import pytest

STUDIES = ("ra_cohort", "dm_abatacept")


def _content(file):
    """The bytes; of a workbook those of its members, because compressors differ between machines."""
    if file.suffix != ".xlsx":
        return file.read_bytes()
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name) for name in book.namelist()}


@pytest.fixture(scope="module")
def rerun(root, tmp_path_factory):
    """A run of the generator in a process of its own, with another order of hashing."""
    folder = tmp_path_factory.mktemp("rerun")
    command = [sys.executable, str(root / "tests" / "generate"), str(folder)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    return folder


@pytest.mark.parametrize("study", STUDIES)
def test_the_generator_writes_the_committed_files_again(root, rerun, study):
    written = {file.name: _content(file) for file in (rerun / study).iterdir()}
    committed = {file.name: _content(file) for file in (root / "data" / study).iterdir()}
    assert set(committed) - set(written) == {"README.md"}
    assert [name for name in written if written[name] != committed[name]] == []


def test_workbooks_carry_no_time_of_writing(rerun):
    from generate.write import workbook_bytes

    book = workbook_bytes("t", ["a"], [{"a": "1"}])
    assert book == workbook_bytes("t", ["a"], [{"a": "1"}])
    for file in [io.BytesIO(book), *rerun.rglob("*.xlsx")]:
        with zipfile.ZipFile(file) as opened:
            assert {entry.date_time for entry in opened.infolist()} == {(2026, 1, 1, 0, 0, 0)}
            core = opened.read("docProps/core.xml").decode()
        assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("study", STUDIES)
def test_no_file_exceeds_900_kb(root, study):
    assert [f.name for f in (root / "data" / study).iterdir() if f.stat().st_size > 900_000] == []


@pytest.mark.parametrize("study", STUDIES)
def test_dictionary_describes_every_column_of_every_file(root, exports, study):
    described = {}
    for row in exports(study, "data_dictionary.csv"):
        described.setdefault(row["file"], []).append(row["column"])
    listed = {row["file"] for row in exports(study, "files.csv")}
    assert set(described) == listed
    for file, columns in described.items():
        assert list(exports(study, file)[0]) == columns, file


@pytest.mark.parametrize("study", STUDIES)
def test_dictionary_gives_type_and_use_of_each_column(exports, study):
    rows = exports(study, "data_dictionary.csv")
    assert {row["type"] for row in rows} <= {"str", "int", "float", "date", "bool", "cat"}
    assert [row["column"] for row in rows if not row["label"]] == []
    assert [r["column"] for r in rows if r["type"] in ("bool", "cat") and not r["codes"]] == []
    identifiers = {r["column"] for r in rows if r["identifier"] == "yes"}
    assert {"姓名", "住院号", "patient_name", "hospital_no", "initials"} <= identifiers
    assert [r["column"] for r in rows if r["identifier"] == "yes" and r["tidy"]] == []


@pytest.mark.parametrize("study", STUDIES)
def test_listed_rows_are_there(exports, study):
    for row in exports(study, "files.csv"):
        assert len(exports(study, row["file"])) == int(row["rows"]), row["file"]


@pytest.mark.parametrize("study", STUDIES)
def test_encodings_are_those_of_a_clinic(root, study):
    folder = root / "data" / study
    assert (folder / "screening.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    lab = next(folder.glob("lab*.csv")).read_bytes()
    assert "研究编号" in lab.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        lab.decode("utf-8")


@pytest.mark.parametrize("study", STUDIES)
def test_drug_sheet_has_a_merged_title_above_its_header(root, study):
    import openpyxl

    sheet = openpyxl.load_workbook(root / "data" / study / "medication.xlsx").active
    assert [str(cells) for cells in sheet.merged_cells.ranges] == ["A1:Q1"]
    assert sheet["A2"].value == "研究编号"


@pytest.mark.parametrize("study", STUDIES)
def test_no_identifier_could_belong_to_a_person(root, exports, study):
    number = re.compile(r"(?<!\d)(1[3-9]\d{9}|\d{17}[\dXx]|\d{15})(?!\d)")  # phone, identity card
    for row in exports(study, "files.csv"):
        for record in exports(study, row["file"]):
            assert not number.search(" ".join(record.values())), (row["file"], record)
    for record in exports(study, "screening.csv"):
        assert record["patient_name"].startswith(("测试患者", "测试病例"))
        assert record["hospital_no"].startswith("TEST-")


@pytest.mark.parametrize("study", STUDIES)
def test_first_line_of_the_readme_says_that_nobody_is_described(root, study):
    first = (root / "data" / study / "README.md").read_text(encoding="utf-8").splitlines()[0]
    assert "No real patient is described" in first


@pytest.mark.parametrize("study", STUDIES)
def test_every_planted_fault_stands_where_the_list_says(exports, study):
    faults = exports(study, "dirty_cells.csv")
    assert len(faults) > 50
    for fault in faults:
        row = exports(study, fault["file"])[int(fault["row"]) - 1]
        subject = row.get("record_id", row.get("研究编号"))
        assert subject.strip().upper() == fault["record_id"]
        if fault["column"] in row:
            assert row[fault["column"]] == fault["planted"], fault
            assert fault["clean"] != fault["planted"]


@pytest.mark.parametrize("study", STUDIES)
def test_outside_the_listed_rows_nothing_differs_from_the_clean_tables(exports, request, study):
    clean = request.getfixturevalue({"ra_cohort": "clean_ra", "dm_abatacept": "clean_dm"}[study])
    faults = exports(study, "dirty_cells.csv")
    for file, rows in clean.items():
        listed = {int(f["row"]) for f in faults if f["file"] == file}
        added = {int(f["row"]) for f in faults if f["file"] == file and f["column"] == "(row)"}
        planted = list(enumerate(exports(study, file), start=1))
        kept = [(number, row) for number, row in planted if number not in added]
        assert len(kept) == len(rows), file
        for (number, row), before in zip(kept, rows, strict=True):
            if number not in listed:
                assert row == {name: before.get(name, "") for name in row}, (file, number)


@pytest.mark.parametrize("study", STUDIES)
def test_every_kind_of_outcome_and_every_section_of_the_cleaning_rules_is_planted(exports, study):
    faults = exports(study, "dirty_cells.csv")
    assert {f["expected"] for f in faults} == {"repaired", "rejected", "doubt"}
    assert {"F2.1", "F2.3", "F2.5", "F2.6", "F2.7", "F2.8"} <= {f["f2"] for f in faults}


def test_planted_spreadsheet_days_are_the_clean_dates(exports):
    faults = [f for f in exports("ra_cohort", "dirty_cells.csv") if f["query"] == "D2"]
    assert len(faults) == 3
    for fault in faults:
        assert date(1899, 12, 30) + timedelta(int(fault["planted"])) == date.fromisoformat(fault["clean"])


def test_a_table_read_back_is_the_table_written():
    from generate.write import csv_bytes

    rows = [{"a": "未查", "b": 'x,"y'}, {"a": "1"}]
    text = csv_bytes(["a", "b"], rows, "gb18030").decode("gb18030")
    assert list(csv.DictReader(io.StringIO(text, newline=""))) == [rows[0], {"a": "1", "b": ""}]
