"""One small content in every format a study may bring, and the study that reads it."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import xlwt

from analysis import read

HEAD = """\
id: own
title: A study of one's own
short_title: Own
institution: Nowhere
design: cohort
planned_n: 3
synthetic: true
visit_by: label
visits:
  - {id: W00, label: Baseline, week: 0}
  - {id: W04, label: Week 4, week: 4}
baseline_visit: W00
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
"""


def outcome(folder: Path, body: str, **files: str | bytes):
    """What reading gives: `body` completes the study file, `files` are written beside it (x for x.csv)."""
    for name, content in files.items():
        content = content.encode() if isinstance(content, str) else content
        (folder / f"{name}.csv").write_bytes(content)
    (folder / "study.yml").write_text(HEAD + body, encoding="utf-8")
    return read.tables(read.study(folder / "study.yml"), root=folder)


def people(folder: Path, content: str | bytes, columns: str, *, source: str = "", more: str = ""):
    """The subjects of one CSV, `columns` by tidy name."""
    body = f"{more}sources: [{{id: x, type: csv, path: x.csv{source}}}]\n"
    return outcome(folder, f"{body}tables: {{subjects: [{{from: x, columns: {{{columns}}}}}]}}\n", x=content)


# ---------------------------------------------------------------- one content

PEOPLE = pd.DataFrame(
    {
        "id": ["A01", "A02", "A03"],
        "sex": [1.0, 2.0, 2.0],
        "consent": [date(2024, 3, 5), date(2024, 12, 31), None],
        "height": [170.5, 160.0, np.nan],
        "weight": [70.25, np.nan, 60.0],
    }
)
VISITS = pd.DataFrame(
    {
        "id": ["A01", "A01", "A02", "A03"],
        "visit": ["W00", "W04", "W00", "W00"],
        "seen": [date(2024, 3, 6), date(2024, 4, 3), date(2025, 1, 2), None],
        "pain": [40.0, 20.0, np.nan, 0.0],
        "fvc": [81.5, 95.0, 72.25, np.nan],
    }
)
TABLES = """\
tables:
  subjects:
    - from: people
      columns: {subject_id: id, sex: {column: sex, codes: {1: M, 2: F}}, consent_date: consent, height_cm: height,
        weight_kg: weight}
  visits:
    - from: visits
      columns: {subject_id: id, visit_id: visit, visit_date: seen, pain_mm: pain, fvc_pp: fvc}
"""
FRAMES = {"people": PEOPLE, "visits": VISITS}


def _text(value, decimal: str) -> str:
    """A value as a person's program writes it."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, float):
        return f"{value:g}".replace(".", decimal)
    return value.isoformat() if isinstance(value, date) else str(value)


def as_csv(folder: Path, delimiter: str, decimal: str) -> str:
    """Text files of one dialect."""
    for name, frame in FRAMES.items():
        rows = [[_text(value, decimal) for value in row] for row in frame.astype(object).to_numpy().tolist()]
        lines = [delimiter.join(line) for line in [list(frame.columns), *rows]]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return "".join(f"  - {{id: {name}, type: csv, path: {name}.csv}}\n" for name in FRAMES)


def as_xlsx(folder: Path, epoch) -> str:
    """Sheets of one workbook, dates as dates."""
    book = openpyxl.Workbook()
    book.epoch = epoch
    for name, frame in FRAMES.items():
        sheet = book.create_sheet(name)
        sheet.append(list(frame.columns))
        for row in frame.astype(object).to_numpy().tolist():
            sheet.append([None if value is None or value != value else value for value in row])
    del book["Sheet"]
    book.save(folder / "all.xlsx")
    return "".join(f"  - {{id: {name}, type: excel, path: all.xlsx, sheet: {name}}}\n" for name in FRAMES)


def as_xls(folder: Path, dates_1904: bool) -> str:
    """Sheets of an old workbook."""
    book = xlwt.Workbook()
    book.dates_1904 = dates_1904
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for name, frame in FRAMES.items():
        sheet = book.add_sheet(name)
        for k, column in enumerate(frame.columns):
            sheet.write(0, k, column)
        for n, row in enumerate(frame.astype(object).to_numpy().tolist(), 1):
            for k, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write(n, k, value, day)
                elif value is not None and value == value:
                    sheet.write(n, k, value)
    book.save(str(folder / "all.xls"))
    return "".join(f"  - {{id: {name}, type: excel, path: all.xls, sheet: {name}}}\n" for name in FRAMES)


def as_statistical(folder: Path, kind: str, ending: str, write) -> str:
    """Files of a statistical package."""
    for name, frame in FRAMES.items():
        write(frame, str(folder / f"{name}.{ending}"))
    return "".join(f"  - {{id: {name}, type: {kind}, path: {name}.{ending}}}\n" for name in FRAMES)


def as_json(folder: Path, *, lines: bool) -> str:
    """Records, in a list or one a line; what is missing has no name in its record."""
    for name, frame in FRAMES.items():
        rows = frame.astype(object).to_dict("records")
        kept = [
            {key: value for key, value in row.items() if value is not None and value == value} for row in rows
        ]
        texts = [json.dumps(row, default=date.isoformat) for row in kept]
        (folder / f"{name}.json").write_text(
            "\n".join(texts) if lines else f"[{', '.join(texts)}]", encoding="utf-8"
        )
    return "".join(f"  - {{id: {name}, type: json, path: {name}.json}}\n" for name in FRAMES)


def as_parquet(folder: Path) -> str:
    """Parquet files."""
    for name, frame in FRAMES.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return "".join(f"  - {{id: {name}, type: parquet, path: {name}.parquet}}\n" for name in FRAMES)


def as_sql(folder: Path, monkeypatch) -> str:
    """Tables of a database."""
    import sqlalchemy

    address = f"sqlite:///{folder / 'all.db'}"
    monkeypatch.setenv("TEST_OWN_DATABASE", address)
    engine = sqlalchemy.create_engine(address)
    for name, frame in FRAMES.items():
        frame.to_sql(name, engine, index=False)
    engine.dispose()
    line = "  - {{id: {0}, type: sql, url_env: TEST_OWN_DATABASE, query: select * from {0}}}\n"
    return "".join(line.format(name) for name in FRAMES)


WRITERS = {
    "comma": lambda folder, _: as_csv(folder, ",", "."),
    "semicolon": lambda folder, _: as_csv(folder, ";", ","),
    "tab": lambda folder, _: as_csv(folder, "\t", "."),
    "bar": lambda folder, _: as_csv(folder, "|", "."),
    "xlsx 1900": lambda folder, _: as_xlsx(folder, openpyxl.utils.datetime.WINDOWS_EPOCH),
    "xlsx 1904": lambda folder, _: as_xlsx(folder, openpyxl.utils.datetime.MAC_EPOCH),
    "xls 1900": lambda folder, _: as_xls(folder, False),
    "xls 1904": lambda folder, _: as_xls(folder, True),
    "xpt": lambda folder, _: as_statistical(folder, "sas", "xpt", pyreadstat.write_xport),
    "sav": lambda folder, _: as_statistical(folder, "spss", "sav", pyreadstat.write_sav),
    "dta": lambda folder, _: as_statistical(folder, "stata", "dta", pyreadstat.write_dta),
    "json": lambda folder, _: as_json(folder, lines=False),
    "json lines": lambda folder, _: as_json(folder, lines=True),
    "parquet": lambda folder, _: as_parquet(folder),
    "sql": as_sql,
}

REDCAP = """\
record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,redcap_data_access_group,sex,consent,height,weight,people_complete,seen,pain,fvc,visit_complete
A01,screening_arm_1,,,north,1,2024-03-05,170.5,70.25,2,,,,
A01,week_0_arm_1,,,north,,,,,,2024-03-06,40,81.5,2
A01,week_4_arm_1,,,north,,,,,,2024-04-03,20,95,2
A02,screening_arm_1,,,north,2,2024-12-31,160,,2,,,,
A02,week_0_arm_1,,,north,,,,,,2025-01-02,,72.25,2
A03,screening_arm_1,,,south,2,,,60,2,,,,
A03,week_0_arm_1,,,south,,,,,,,0,,2
"""
REDCAP_STUDY = """\
sources: [{id: people, type: csv, path: all.csv, redcap: true}]
tables:
  subjects:
    - from: people
      columns: {subject_id: record_id, sex: {column: sex, codes: {1: M, 2: F}}, consent_date: consent,
        height_cm: height, weight_kg: weight}
  visits:
    - from: people
      rows: {events: {week_0_arm_1: W00, week_4_arm_1: W04}}
      columns: {subject_id: record_id, visit_date: seen, pain_mm: pain, fvc_pp: fvc}
"""
