"""No loop of Python goes over patients, visits or cells: with twice the rows nothing is called more often.

Each registered study's export is written once as it is and once with every patient twice, under new ids; a
profile of reading and deriving names every function of the project whose calls grow, and whether pandas makes objects
of texts.
"""

import cProfile
import csv
import io
import pstats
import re
import shutil
from pathlib import Path

import openpyxl
import pytest

from analysis import datasets, read

ID = re.compile(r"[A-Z]{2}-\d{2,4}")
TIMES = 2
MORE = 1.3  # times as many calls are growth, with chance kept apart by MARGIN
MARGIN = 60
OBJECTS = (
    "pandas/core/arrays/arrow/array.py",
    "__iter__",
)  # every id as an object of its own: `isin`, `set`, `list`
BY_NATURE = {
    "analysis/read/sources/excel.py": "a workbook hands its cells over one by one",
    "analysis/read/sources/sides.py": "looks for tables side by side in a workbook, cell by cell",
    "analysis/read/rules.py": "each query has an id, a hash of what it is about",
    "analysis/read/checks/people.py": "names those who share birth date, sex and initials, which every copy does",
}


def encoded(file: Path) -> tuple[str, str]:
    """The text of a file, and its encoding."""
    content = file.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise ValueError(file)


def place_of_ids(rows: list) -> int | None:
    """The column that holds ids of subjects."""
    for place in range(max(map(len, rows[:60]), default=0)):
        held = [str(row[place]) for row in rows[:60] if len(row) > place and row[place]]
        if sum(bool(ID.fullmatch(text)) for text in held) > 5:
            return place
    return None


def again(rows: list) -> list:
    """The rows of the other copies of every patient."""
    place = place_of_ids(rows)
    if place is None:
        return []
    named = [list(row) for row in rows if len(row) > place and row[place] and ID.fullmatch(str(row[place]))]
    return [
        [*row[:place], f"{row[place]}{copy}", *row[place + 1 :]] for copy in range(1, TIMES) for row in named
    ]


def multiply(source: Path, target: Path) -> None:
    """Write an export with every patient TIMES times."""
    target.mkdir(parents=True)
    for file in source.iterdir():
        if file.suffix == ".csv":
            text, encoding = encoded(file)
            rows = list(csv.reader(io.StringIO(text)))
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(rows + again(rows))
            (target / file.name).write_text(out.getvalue(), encoding=encoding)
        elif file.suffix == ".xlsx":
            book = openpyxl.load_workbook(file)
            for sheet in book:
                for row in again([list(row) for row in sheet.iter_rows(values_only=True)]):
                    sheet.append(row)
            book.save(target / file.name)
        else:
            shutil.copy2(file, target / file.name)


def calls(root: Path, name: str) -> tuple[dict[str, int], dict[str, int]]:
    """How often each function of the project was called to read and derive a study, and the rows of each table."""
    folder = root / "params" / name
    study = read.study(folder / "study.yml")
    analysis = read.analysis(folder / "final.yml", study)
    criteria = read.criteria(folder / study.eligibility, study=study)

    def work():
        outcome = read.tables(study, root=root)
        return outcome, datasets.derive(outcome.tables, study=study, analysis=analysis, criteria=criteria)

    profile = cProfile.Profile()
    outcome, _ = profile.runcall(work)
    counted: dict[str, int] = {}
    for (file, _, function), (_, n, *_) in pstats.Stats(profile).stats.items():
        ours = "/src/analysis/" in file
        if ours or (file.endswith(OBJECTS[0]) and function == OBJECTS[1]):
            key = f"analysis/{file.split('/src/analysis/')[1]}:{function}" if ours else ":".join(OBJECTS)
            counted[key] = counted.get(key, 0) + n
    return counted, {table: len(rows) for table, rows in outcome.tables.items()}


@pytest.mark.parametrize("name", ["ra_cohort", "dm_abatacept"])
def test_no_function_is_called_more_often_for_more_patients(root, tmp_path, name):
    multiply(root / "data" / name, tmp_path / "data" / name)
    shutil.copytree(root / "params" / name, tmp_path / "params" / name)
    shutil.copytree(root / "tests" / "assurance", tmp_path / "tests" / "assurance")
    (once, few), (often, many) = calls(root, name), calls(tmp_path, name)
    assert all(many[table] >= 0.99 * TIMES * n for table, n in few.items()), (few, many)
    grown = {
        function: (once.get(function, 0), n)
        for function, n in often.items()
        if n > MORE * once.get(function, 0) and n - once.get(function, 0) > MARGIN
        if function.partition(":")[0] not in BY_NATURE
    }
    assert grown == {}
