"""Workbooks that unpack to far more than they weigh are refused before they are opened."""

import zipfile

import openpyxl
import pytest

from pipeline.ending import LimitReached
from pipeline.operating import Operation
from pipeline.workbooks import require_modest


def book(file, *cells: tuple[str, object]):
    made = openpyxl.Workbook()
    for place, value in cells:
        made.active[place] = value
    made.save(file)
    return file


def test_an_ordinary_workbook_passes(tmp_path):
    require_modest(book(tmp_path / "a.xlsx", ("A1", "id"), ("B2", 3)), Operation(), name="a.xlsx")


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "ZZ1048576"])
def test_a_cell_far_from_the_others_is_told(tmp_path, far):
    file = book(tmp_path / "a.xlsx", ("A1", "id"), (far, 3))
    with pytest.raises(
        LimitReached, match=r"a\.xlsx: a sheet .* reaches to row 1,048,576 and column .*cells_limit"
    ):
        require_modest(file, Operation(), name="a.xlsx")


def test_a_long_sheet_of_few_columns_is_not_far(tmp_path):
    file = book(tmp_path / "a.xlsx", *((f"A{n}", n) for n in range(1, 300)))
    require_modest(file, Operation(), name="a.xlsx")


def test_a_zip_bomb_is_told(tmp_path):
    file = book(tmp_path / "a.xlsx", ("A1", "id"))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * 30_000_000)
    assert file.stat().st_size < 100_000
    with pytest.raises(LimitReached, match=r"a\.xlsx unpacks to 29 MB, more than the limit of 10 MB"):
        require_modest(file, Operation(unpacked_limit=10 * 2**20), name="a.xlsx")
