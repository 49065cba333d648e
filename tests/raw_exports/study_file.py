"""The files of one export and the study file that says what their columns are, for either disease."""

import random
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from raw_exports.plain import written_rows
from raw_exports.writing import FREQUENCIES, REASONS, columns, write

VISITS = {"W00": "V0", "W12": "V3", "W24": "V6"}  # ours, and what the programs call them
CODED = ", codes: {" + ", ".join(f"{theirs}: {ours}" for ours, theirs in VISITS.items()) + "}"
HEAD = """\
id: raw
title: Raw exports
short_title: Raw
institution: Nowhere
design: cohort
planned_n: 10
synthetic: true
visit_by: label
visits:
  - {{id: W00, label: Baseline, week: 0}}
  - {{id: W12, label: Week 12, week: 12}}
  - {{id: W24, label: Week 24, week: 24}}
baseline_visit: W00
populations: {{ALL: {{label: Everybody, rule: enrolled}}}}
primary_population: ALL
sources:
  - {{id: people, type: csv, path: people.csv{missing}}}
  - {{id: visits, type: csv, path: visits.csv{missing}}}
  - {{id: labs, type: csv, path: labs.csv}}
  - {{id: drugs, type: csv, path: drugs.csv, stop_dates: {stop_dates}}}
"""


def write_export(
    folder: Path,
    files: Mapping[str, list[dict]],
    dialect: dict,
    *,
    scales,
    responses: Mapping,
    constant: str = "",
) -> Path:
    """Write the four files (people, visits, labs, drugs) and the study file; give the study file.

    scales : names of the visual analogue scales, in the dialect's unit.
    constant : values of every visit that no column holds, as the study file writes them.
    """
    for name, rows in files.items():
        write(folder, name, rows, dialect)
    blank = f", missing: [{dialect['blank']}]" if dialect["blank"] else ""
    head = HEAD.format(
        missing=blank, stop_dates="last_day_taken" if dialect["last_day"] else "first_day_without"
    )
    body = "tables:\n" + "".join(_blocks(files, dialect, scales, constant))
    body += "responses:\n" + "".join(
        f"  - {{id: {name}, label: {name}, rule: {rule}, visits: [W12, W24]}}\n"
        for name, (rule, _) in responses.items()
    )
    file = folder / "study.yml"
    file.write_text(head + body, encoding="utf-8")
    return file


def _blocks(files, dialect, scales, constant) -> Iterator[str]:
    """The mapping of each table to its file."""
    unit = f", unit: {'cm' if dialect['cm'] else 'mm'}"
    of_visits = dict.fromkeys(scales, unit) | {"prednisone_mg_day": ", unit: mg/day"}
    measured = [{key: value for key, value in row.items() if key != "visit"} for row in files["visits"]]
    events = ", ".join(f"{theirs}: {ours}" for ours, theirs in VISITS.items())
    rows = f"      rows: {{event_column: {dialect['head']('visit')}, events: {{{events}}}}}\n"
    words = {"stop_reason": _codes(REASONS, dialect), "frequency": _codes(FREQUENCIES, dialect)}
    yield _block("subjects", "people", columns(files["people"], dialect, {}))
    yield _block("visits", "visits", columns(measured, dialect, of_visits) + constant, rows)
    yield _block("labs", "labs", columns(files["labs"], dialect, {"visit_id": CODED}))
    yield _block("treatments", "drugs", columns(files["drugs"], dialect, words))


def _block(table, source, mapped, rows="") -> str:
    return f"  {table}:\n    - from: {source}\n{rows}      columns:\n{mapped}\n"


def _codes(words: Mapping[str, str], dialect: dict) -> str:
    """How the words of a program are read."""
    return (
        ", codes: {"
        + ", ".join(f"{theirs if dialect['cm'] else ours}: {ours}" for ours, theirs in words.items())
        + "}"
    )


def drug_rows(
    who: str, one, names: Mapping, dialect: dict, rng: random.Random, index: date
) -> Iterator[dict]:
    """The drug history of a person, co-medication among it."""
    nothing = {"reason": None, "dose": None, "unit": "mg", "frequency": None, "stop": None, "ongoing": True}
    written = [
        row
        for course in one.courses
        for row in written_rows(course, rng, names, last_day=dialect["last_day"], index=index)
    ]
    written += [nothing | {"drug": name, "start": begun} for name, begun in one.beside]
    for row in written:
        yield drug_row(who, row, dialect, rng)


def drug_row(who: str, row: Mapping, dialect: dict, rng: random.Random) -> dict:
    """One row of the drug file."""
    often, reason = row["frequency"], row["reason"]
    return {
        "subject_id": who,
        "course_id": f"{who}-{rng.randrange(10**9)}",
        "drug_raw": row["drug"],
        "dose": row["dose"],
        "dose_unit": row["unit"],
        "frequency": FREQUENCIES.get(often, often) if dialect["cm"] else often,
        "start_date": row["start"],
        "stop_date": row["stop"],
        "ongoing": row["ongoing"],
        "stop_reason": REASONS.get(reason, reason) if dialect["cm"] else reason,
    }
