"""How fast exports are read: 50,000 subjects and 100,000 visits of 8 columns from CSV, through parsing and all checks.

.venv/bin/python benchmarks/reading.py            cells a second, whole and step by step
"""

import cProfile
import pstats
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from analysis import read

SUBJECTS, VISITS = 50_000, 2
STUDY = """\
id: speed
title: Speed of reading
short_title: Speed
institution: Nowhere
design: cohort
planned_n: 50000
synthetic: true
visit_by: window
day_one: baseline_date
predose_on_day_one: true
visits:
  - {id: W00, label: Baseline, week: 0, target_day: 1, window: [-14, 1]}
  - {id: W12, label: Week 12, week: 12, target_day: 85, window: [57, 126]}
baseline_visit: W00
sources:
  - {id: people, type: csv, path: people.csv}
  - {id: visits, type: csv, path: visits.csv}
tables:
  subjects:
    - from: people
      columns:
        subject_id: id
        sex: {column: sex, codes: {1: M, 2: F}}
        birth_date: birth
        consent_date: consent
        baseline_date: baseline
        height_cm: height
        weight_kg: weight
        site: site
  visits:
    - from: visits
      columns:
        subject_id: id
        visit_id: visit
        visit_date: date
        tjc28: tender
        sjc28: swollen
        ptga_mm: global
        pain_mm: pain
        prednisone_mg_day: prednisone
populations:
  ALL: {label: Everybody, rule: enrolled}
primary_population: ALL
"""


def days(rng, first: str, span: int, n: int) -> np.ndarray:
    """Days drawn from a span."""
    return np.datetime64(first) + rng.integers(0, span, n).astype("timedelta64[D]")


def write(folder: Path) -> int:
    """The export; how many cells it has."""
    rng = np.random.default_rng(20240305)
    ids = np.array([f"P{n:06}" for n in range(SUBJECTS)])
    baseline = days(rng, "2021-01-01", 1000, SUBJECTS)
    people = {
        "id": ids,
        "sex": rng.integers(1, 3, SUBJECTS).astype(str),
        "birth": days(rng, "1940-01-01", 20000, SUBJECTS).astype(str),
        "consent": (baseline - 7).astype(str),
        "baseline": baseline.astype(str),
        "height": np.round(rng.normal(168, 8, SUBJECTS).clip(140, 200), 1).astype(str),
        "weight": np.round(rng.normal(70, 10, SUBJECTS).clip(40, 120), 1).astype(str),
        "site": rng.choice(["north", "south", "west"], SUBJECTS),
    }
    n = SUBJECTS * VISITS
    visit = np.tile(np.arange(VISITS), SUBJECTS)
    tender = rng.integers(0, 29, n)
    visits = {
        "id": np.repeat(ids, VISITS),
        "visit": np.array(["W00", "W12"])[visit],
        "date": (np.repeat(baseline, VISITS) + 84 * visit).astype(str),
        "tender": tender.astype(str),
        "swollen": np.minimum(tender, rng.integers(1, 29, n)).astype(str),
        "global": rng.integers(1, 101, n).astype(str),
        "pain": rng.integers(0, 101, n).astype(str),
        "prednisone": (rng.integers(0, 41, n) / 2).astype(str),
    }
    for name, columns in (("people", people), ("visits", visits)):
        lines = [",".join(columns), *map(",".join, zip(*columns.values()))]
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "study.yml").write_text(STUDY, encoding="utf-8")
    return len(people) * SUBJECTS + len(visits) * n


def main() -> None:
    """Read three times and say the best."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cells = write(folder)
        study = read.study(folder / "study.yml")
        spent, worked = [], []
        for _ in range(3):
            start, work = time.perf_counter(), time.process_time()
            outcome = read.tables(study, root=folder)
            spent.append(time.perf_counter() - start)
            worked.append(time.process_time() - work)
        rows = {table: len(frame) for table, frame in outcome.tables.items() if len(frame)}
        whole, work = min(spent), min(worked)
        print(f"{cells:,} cells in {whole:.2f} s: {cells / whole / 1e6:.2f} million a second; {rows}")
        print(f"{work:.2f} s of processor time: {cells / work / 1e6:.2f} million cells a second of it")
        if "--profile" in sys.argv:
            profile = cProfile.Profile()
            profile.runcall(read.tables, study, root=folder)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
