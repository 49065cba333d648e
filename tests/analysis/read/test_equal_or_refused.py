"""Whatever the dialect: every cell comes back equal or is refused, never as another value."""

import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from written_exports import outcome

FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
BODY = """\
sources: [{id: x, type: csv, path: x.csv}]
variables: {v: {table: subjects, type: float, label: V}}
tables: {subjects: [{from: x, columns: {subject_id: id, v: v, consent_date: c}}]}
"""
NUMBERS = st.decimals(min_value=-99999, max_value=99999, places=3, allow_nan=False).map(float)


def written(value: float, decimals: int, comma: bool, grouped: bool) -> str:
    """A number as a program writes it."""
    text = f"{value:{',' if grouped else ''}.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if comma else text


def day_written(when: date, form: str) -> str:
    """A date as a program writes it."""
    return when.strftime(form)


def table(rows: list[tuple[str, str]], delimiter: str):
    """What reading gives of one file with these cells."""
    lines = [delimiter.join([f"S{n}", *(f'"{cell}"' for cell in row)]) for n, row in enumerate(rows)]
    with tempfile.TemporaryDirectory() as folder:
        text = "\n".join([delimiter.join(["id", "v", "c"]), *lines]) + "\n"
        return outcome(Path(folder), BODY, x=text).tables["subjects"]


@FEW
@given(
    st.lists(NUMBERS, min_size=1, max_size=6),
    st.integers(0, 3),
    st.booleans(),
    st.booleans(),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_a_number_is_read_as_written_or_refused(values, decimals, comma, grouped, delimiter):
    # by the rule of the delimiter, a point alone is a decimal sign between commas, a comma alone between semicolons
    grouped = grouped and (comma, delimiter) not in {(True, ","), (False, ";")}
    rows = [(written(value, decimals, comma, grouped), "2024-01-01") for value in values]
    read = table(rows, delimiter)["v"]
    for value, got in zip(values, read):
        assert np.isnan(got) or got == float(f"{value:.{decimals}f}"), (rows, read.tolist())


@FEW
@given(
    st.lists(st.dates(date(1930, 1, 1), date(2099, 12, 31)), min_size=1, max_size=6),
    st.sampled_from(["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d%b%Y", "%b %d, %Y", "%Y%m%d", "%d-%b-%Y",
                     "%Y/%m/%d", "%d %B %Y", "%d%b%Y:10:30:00", "%m/%d/%Y %I:%M %p", "%Y-%m-%dT%H:%M:%S"]),
    st.sampled_from([",", ";", "\t", "|"]),
)  # fmt: skip
def test_a_date_is_read_as_written_or_refused(days, form, delimiter):
    rows = [("1", day_written(when, form)) for when in days]
    read = table(rows, delimiter)["consent_date"]
    for when, got in zip(days, read):
        assert got is None or got != got or got.date() == when, (rows, read.tolist())
    if "%d/" not in form and "/%d" not in form and "%d." not in form:
        assert read.notna().all()  # nothing about these is open


@FEW
@given(
    st.lists(st.text(alphabet="0123456789.,' -/<>eE%HL()MARmar上午:Z+", max_size=10), min_size=1, max_size=8)
)
def test_any_cells_are_read_or_refused_but_never_break(cells):
    rows = [(cell, cell) for cell in cells if '"' not in cell]
    if rows:
        read = table(rows, ",")
        assert len(read) <= len(rows)


# ---------------------------------------------------------------- the same of programs that know their types
TYPED_BODY = """\
sources: [{id: x, type: %s, path: x.%s}]
variables: {v: {table: subjects, type: float, label: V}}
tables: {subjects: [{from: x, columns: {subject_id: id, v: v, consent_date: c, birth_date: b, site: t}}]}
"""
WORDS = st.text(alphabet="abzÄéñ男头痛 0123456789.-/+", min_size=1, max_size=8).map(str.strip)
CELLS = st.tuples(
    st.one_of(st.none(), NUMBERS, st.integers(-(10**6), 10**6).map(float), st.floats(1e-6, 1e-3)),
    st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2099, 12, 31))),
    st.one_of(st.none(), WORDS),
)
PROGRAMS = {
    "excel": ("excel", "xlsx", lambda frame, file: frame.to_excel(file, index=False)),
    "stata": ("stata", "dta", pyreadstat.write_dta),
    "spss": ("spss", "sav", pyreadstat.write_sav),
    "sas": ("sas", "xpt", pyreadstat.write_xport),
    "parquet": ("parquet", "parquet", lambda frame, file: frame.to_parquet(file)),
}


def as_program_has_it(rows: list[tuple], lost: bool, first: date) -> pd.DataFrame:
    """The cells as a program holds them; where the format of the dates is lost, as numbers of days."""
    numbers, days, words = zip(*rows)
    seen = [None if day is None else float((day - first).days) for day in days] if lost else list(days)
    return pd.DataFrame(
        {
            "id": [f"S{n}" for n in range(len(rows))],
            "v": pd.Series(numbers, dtype="float64"),
            "c": pd.Series(seen, dtype="float64" if lost else object),
            "b": pd.Series(seen, dtype="float64" if lost else object),
            "t": pd.Series([word or "" for word in words], dtype=object),
        }
    )


@pytest.mark.parametrize("program", PROGRAMS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(CELLS, min_size=1, max_size=6), lost=st.booleans())
def test_a_cell_of_a_program_comes_back_equal_or_is_refused(program, rows, lost):
    kind, ending, write = PROGRAMS[program]
    first = date(1899, 12, 30) if program == "excel" else date(1960, 1, 1)
    frame = as_program_has_it(rows, lost and program in ("excel", "stata", "sas"), first)
    with tempfile.TemporaryDirectory() as folder:
        write(frame, str(Path(folder) / f"x.{ending}"))
        read = outcome(Path(folder), TYPED_BODY % (kind, ending))
    subjects = read.tables["subjects"].set_index("subject_id").reindex(frame["id"])
    refused = read.queries.groupby(["subject_id", "variable"]).size()
    for who, (number, day, word) in zip(frame["id"], rows):
        row = subjects.loc[who]
        for name, wrote, got in (("v", number, row["v"]), ("consent_date", day, row["consent_date"]),
                                 ("birth_date", day, row["birth_date"]), ("site", word, row["site"])):  # fmt: skip
            if pd.isna(got):
                assert wrote in (None, "") or (who, name) in refused.index, (program, name, wrote)
            elif name == "v":
                assert got == pytest.approx(wrote, rel=1e-12), (program, wrote, got)
            elif name == "site":
                assert got == " ".join(wrote.split()), (program, wrote, got)
            else:
                assert got.date() == wrote, (program, name, wrote, got)
