"""Files that are no tables, that unpack without end or have bad names: read as they are, or refused clearly."""

import re

import pytest
from bad_files import HEAD, NAMES, contents, spoilt

from analysis.escape import is_clean
from analysis.read.locate import SourceError
from analysis.read.sources import read_source
from analysis.study.mapping import Source
from pipeline.console import Terminal

BAD = contents()
READ = {  # what is a table all the same: name, rows, first subject
    "workbook of laughs in its list": (1, "T-001"),
    "workbook with noise behind": (1, "T-001"),
    "workbook of a long cell": (1, "x" * 2_000_000),
    "workbook of a cell without a place": (2, "T-001"),
    "workbook of a number too large": (1, "T-001"),
    "workbook of no number": (1, "T-001"),
    "csv of one quote": (1, "T-001,50\n"),
    "csv of a long line": (1, "T-001"),
    "csv of many columns": (1, ""),
    "csv of zeros in a cell": (1, "T-0\x0001"),
    "csv of broken UTF-8": (1, "T-Ã("),
    "csv of old line ends": (1, "T-001"),
    "csv of two marks": (1, "T-001"),
    "csv of UTF-32": (1, "T-001"),
    "csv of UTF-7": (1, "+AGE-"),
    "csv that ends in the middle": (2, "T-001"),
    "csv of a doubled head": (1, "T-002"),
    "csv of an end of file": (2, "T-001"),
    "records of a long number": (1, "T-001"),
    "records of a large power": (1, "T-001"),
    "workbook of a sheet in another folder": (1, "T-001"),
    "workbook of rows backwards": (2, "T-001"),
    "workbook merged beyond its end": (1, "T-001"),
    "workbook that says it is large": (1, "T-001"),
    "workbook of a command": (1, "T-001"),
    "workbook of an array without end": (1, "T-001"),
    "workbook of a day that is none": (1, "T-001"),
    "workbook of a style that is none": (1, "T-001"),
    "workbook of an escaped sign": (1, "T-\x00001"),
    "workbook that includes a file": (1, ""),
    "workbook that asks the net": (1, "T-001"),
    "workbook behind other bytes": (1, "T-001"),
    "sheet of LibreOffice of a blank end": (1, "T-001"),
    "csv of UTF-16 without a mark": (1, "T-001"),
    "csv of a line end without feed": (2, "T-001"),
    **{name: (1, "T-001") for name in BAD if name.endswith(" in a name")},
    "records of marks of records": (2, "T-001"),
    "records of a line separator in a text": (2, "T-\u2028001"),
    "records of a next line in a text": (2, "T-\x85001"),
    "records of UTF-16": (1, "T-001"),
    "records of UTF-32": (1, "T-001"),
    "records of two marks": (1, "T-001"),
    "records of a text that turns": (1, "T-001"),
    "parquet of a name twice": (1, "T-002"),
    "parquet of lists": (1, "T-001"),
}


def source(kind: str, name: str) -> Source:
    return Source.model_validate({"id": "people", "type": kind, "path": name})


def test_there_are_hundreds():
    assert len(BAD) + len(NAMES) >= 380


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_read_as_it_is_or_refused_with_its_name(what, tmp_path):
    kind, content = BAD[what]
    (tmp_path / "people.dat").write_bytes(content)
    if what in READ:
        export = read_source(source(kind, "people.dat"), tmp_path)
        column = next(iter(export.columns.values()))
        assert (len(export), column.texts[column.places[0]]) == READ[what]
        return
    with pytest.raises(SourceError) as refused:
        read_source(source(kind, "people.dat"), tmp_path)
    said = str(refused.value)
    assert "people.dat" in said or "stands twice" in said
    assert not re.search(r"\(\s*\)", said), said


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_good_file_of_a_bad_name_is_read_and_its_absence_is_told_in_plain_text(name, tmp_path, capsys):
    (tmp_path / name).write_bytes(HEAD)
    assert len(read_source(source("csv", name), tmp_path)) == 1
    (tmp_path / name).unlink()
    with pytest.raises(SourceError, match="there is no file") as absent:
        read_source(source("csv", name), tmp_path)
    Terminal().print(absent.value)
    assert is_clean(capsys.readouterr().out.replace("\n", ""))


def test_names_of_columns_are_read_as_they_are_seen_and_the_query_log_says_so(tmp_path):
    (tmp_path / "people.csv").write_bytes("i\u200bd,age,a\u202ege\nT-001,50,51\n".encode())
    export = read_source(source("csv", "people.csv"), tmp_path)
    assert list(export.columns) == ["id", "age"] and export.doubled == ("age",)
    assert [note.rule for note in export.notes] == ["N10"] and "'id', 'age'" in export.notes[0].message


def test_a_file_spoilt_on_its_way_is_read_or_refused_and_nothing_else(tmp_path):
    for name, kind, content in spoilt():
        (tmp_path / name).write_bytes(content)
        try:
            export = read_source(source(kind, name), tmp_path)
        except SourceError as refused:
            assert name in str(refused)
        else:
            assert len(export) and all(isinstance(column, str) for column in export.columns)
