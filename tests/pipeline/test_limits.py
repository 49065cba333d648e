"""`study check`, `draft` and `render` look at the same limits of time, memory and size, and end with the same code."""

import openpyxl
import pytest
from checkout import Checkout
from tiny_study import study_file, write_study

OWN = """\
sources:
  - {id: people, type: excel, path: data/tiny/people.xlsx}
tables:
  subjects:
    - from: people
      columns: {subject_id: id, age: age}
      constant_columns: {enrolled: 1}
"""
STUDY = study_file(OWN)
CELLS = ['study: str = "tiny"  # folder\nreport: str = "interim"  # which']
TEXT = "---\ntitle: A tiny study\nbibliography: references.bib\n---\n\nNothing.\n"
COMMANDS = {
    "check": ("check", "tiny"),
    "render": ("render", "tiny", "--report", "interim", "--renderer", "embedded"),
    "draft": ("draft", "other", "data/tiny/people.xlsx"),
}
EVERY = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory) -> Checkout:
    """The study, its data in a workbook."""
    folder = tmp_path_factory.mktemp("limits")
    return write_study(folder, study=STUDY, data={}, cells=CELLS, text=TEXT, reports=["interim"])


def fill(tiny: Checkout, *cells: tuple[str, object], rows: int = 3) -> None:
    """A workbook of so many people, and these cells."""
    book = openpyxl.Workbook()
    book.active.append(["id", "age"])
    for number in range(rows):
        book.active.append([f"T-{number:05d}", 40])
    for place, value in cells:
        book.active[place] = value
    book.save(tiny.file("data", "tiny", "people.xlsx"))


def ends(tiny: Checkout, command, told: str, *, code: int = 7) -> None:
    """The command ends with this code, says why, and shows no traceback."""
    answer = tiny.study(*command)
    assert told in answer.text
    assert "Traceback" not in answer.text
    assert answer.code == code, answer.text
    assert not any(tiny.file(part, "other").exists() for part in ("data", "params", "reports"))


@EVERY
def test_a_cell_in_the_last_corner_of_a_sheet(tiny, command):
    fill(tiny, ("XFD1048576", 3))
    tiny.file("operation.toml").write_text("settle = 0\n")
    ends(tiny, command, "reaches to row 1,048,576 and column 16,384")


@EVERY
def test_a_sheet_that_needs_too_much_memory(tiny, command):
    fill(tiny, ("ZZ80000", 3))
    tiny.file("operation.toml").write_text("settle = 0\nmemory_limit = '2 G'\n")
    ends(tiny, command, "memory")


@EVERY
def test_reading_that_takes_too_long(tiny, command):
    fill(tiny, rows=60_000)
    tiny.file("operation.toml").write_text("settle = 0\nread_limit = 1\n")
    ends(tiny, command, "reading the data took longer than the limit of 1 seconds")


@pytest.mark.parametrize("command", [COMMANDS["check"], COMMANDS["render"]], ids=["check", "render"])
def test_a_study_file_that_nests_without_end(tiny, command):
    fill(tiny)
    tiny.file("operation.toml").write_text("settle = 0\n")
    file = tiny.file("params", "tiny", "study.yml")
    file.write_text(f"{STUDY}caveats: {'[' * 3000}\n")
    try:
        ends(tiny, command, "maximum depth", code=1 if command[0] == "check" else 2)
    finally:
        file.write_text(STUDY)
