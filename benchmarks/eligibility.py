"""How long eligibility takes, and how much memory: 100,000 subjects with 8 drug courses each, both studies' criteria.

    python benchmarks/eligibility.py [number of subjects]

The goal is under 10 s and at most 3 times the memory of the input tables. Memory is the growth of the process while the
assessment runs, sampled every 5 ms (Linux only; elsewhere left out).
"""

import os
import platform
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from analysis import eligibility

ROOT = Path(__file__).resolve().parents[1]
STATM = Path("/proc/self/statm")
DRUGS = [
    "甲氨蝶呤片", "来氟米特片", "硫酸羟氯喹片", "艾拉莫德片", "MTX", "AZA", "吗替麦考酚酯", "益赛普", "修美乐",
    "格乐立", "托珠单抗", "美罗华", "tofacitinib", "baricitinib", "醋酸泼尼松片", "泼尼松", "XYZ-123",
]  # fmt: skip
REASONS = ["primary_inefficacy", "secondary_inefficacy", "adverse_event", "access_cost", "other", None]


def dates(rng, start, days, n):
    """Draw days at random."""
    return np.datetime64(start, "s") + rng.integers(0, days, n).astype("timedelta64[D]")


def tables(n: int, courses: int = 8, seed: int = 20261122) -> dict:
    """Make subjects, treatments, visits and scores that touch every rule."""
    rng = np.random.default_rng(seed)
    subject_id = pd.Series(np.char.add("S-", np.char.zfill(np.arange(n).astype(str), 7)), dtype="str")
    baseline = dates(rng, "2023-01-01", 700, n)
    yes_no = ["d2t_c2b", "d2t_c2c", "d2t_c2d", "d2t_c2e", "d2t_c3_doc", "d2t_c3_pt", "access_restricted"]
    yes_no += ["cs_contraindicated", "prior_failure", "prior_intolerance"]
    subjects = pd.DataFrame(
        {
            "subject_id": subject_id,
            "birth_date": dates(rng, "1945-01-01", 22_000, n),
            "birth_precision": "D",
            "consent_date": baseline - rng.integers(0, 15, n).astype("timedelta64[D]"),
            "baseline_date": baseline,
            "ra_acr1987_n": rng.integers(2, 8, n),
            "ra_2010_score": rng.integers(3, 11, n),
            "willing": True,
            "screen_date": baseline,
            "bp_class": rng.choice(["definite", "probable", "none"], n),
            "cadm_type": rng.choice(["ADM", "none"], n),
            "weight_kg": rng.normal(62, 9, n).round(1),
            "prior_improved_n": rng.integers(0, 6, n),
            "prior_worse_n": rng.integers(0, 4, n),
            "other_ctd": False,
            "other_myopathy": False,
            **{name: pd.array(rng.choice([True, False], n), dtype="boolean") for name in yes_no},
        }
    )
    return {
        "subjects": subjects,
        "treatments": treatments(rng, subject_id, courses),
        "visits": visits(rng, subject_id, baseline),
        "scores": scores(rng, subject_id),
    }


def treatments(rng, subject_id, courses):
    """Draw drug courses, with partial dates, courses still running, and names as clinics write them."""
    m = len(subject_id) * courses
    start = dates(rng, "2016-01-01", 2800, m)
    ongoing = rng.random(m) < 0.25
    stop = start + rng.integers(10, 900, m).astype("timedelta64[D]")
    text = {"role": "prior", "dose_unit": "mg", "route": "PO"}
    return pd.DataFrame(
        {
            "subject_id": subject_id.repeat(courses).reset_index(drop=True),
            "course_id": np.arange(m),
            "drug_raw": pd.Series(rng.choice(DRUGS, m), dtype="str"),
            "dose": rng.choice([5.0, 10.0, 15.0, 20.0], m),
            "frequency": pd.Series(rng.choice(["qd", "qw"], m), dtype="str"),
            "prednisone_mg_day": rng.choice([5.0, 7.5, 10.0, 20.0], m),
            "start_date": start,
            "start_precision": pd.Series(rng.choice(["D", "M", "Y"], m, p=[0.9, 0.08, 0.02]), dtype="str"),
            "stop_date": np.where(ongoing, np.datetime64("NaT", "s"), stop),
            "ongoing": pd.array(ongoing, dtype="boolean"),
            "stop_reason": pd.Series(rng.choice(np.array(REASONS, dtype=object), m), dtype="str"),
            **{name: pd.Series(value, index=range(m), dtype="str") for name, value in text.items()},
        }
    )


def visits(rng, subject_id, baseline):
    """Draw two visits each, with films and globals."""
    m = 2 * len(subject_id)
    day = (baseline[:, None] - np.array([200, 0]).astype("timedelta64[D]")).ravel()
    return pd.DataFrame(
        {
            "subject_id": subject_id.repeat(2).reset_index(drop=True),
            "visit_id": np.tile(["V0", "W00"], len(subject_id)),
            "visit_date": day,
            **{name: rng.integers(0, 40, m).astype(float) for name in ("svdh_total",)},
            **{name: rng.uniform(0, 100, m).round() for name in ("ptga_mm", "phga_mm")},
        }
    )


def scores(rng, subject_id):
    """Draw the four composite scores at baseline."""
    names = ["das28_esr", "das28_crp", "cdai", "sdai"]
    n = len(subject_id)
    owner = subject_id.repeat(4).reset_index(drop=True)
    return pd.DataFrame(
        {
            "subject_id": owner,
            "visit_id": "W00",
            "score": np.tile(names, n),
            "value": rng.uniform(1, 8, 4 * n),
        }
    )


def resident() -> int:
    """Give the memory of this process in bytes."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Peak(threading.Thread):
    """Sample memory until told to stop."""

    def __init__(self):
        super().__init__(daemon=True)
        self.first, self.highest, self.done = resident(), 0, threading.Event()

    def run(self):
        while not self.done.wait(0.005):
            self.highest = max(self.highest, resident())


def measured(work):
    """Run it once; give its result, seconds (wall, processor), and growth of memory in bytes (NaN where unreadable)."""
    peak = Peak() if STATM.exists() else None
    if peak:
        peak.start()
    begin = np.array([time.perf_counter(), time.process_time()])
    result = work()
    seconds = np.array([time.perf_counter(), time.process_time()]) - begin
    if peak:
        peak.done.set()
        peak.join()
    return result, seconds, peak.highest - peak.first if peak else float("nan")


def main(n: int) -> None:
    """Measure and print."""
    print(
        f"Python {platform.python_version()}, pandas {pd.__version__}, numpy {np.__version__}, {os.cpu_count()} cores"
    )
    given = tables(n)
    size = sum(int(table.memory_usage(deep=True).sum()) for table in given.values())
    print(f"{n:,} subjects, {len(given['treatments']):,} courses, input {size / 2**20:.0f} MiB")
    for study in ("ra_cohort", "dm_abatacept"):
        section = yaml.safe_load((ROOT / "params" / study / "eligibility.yml").read_text(encoding="utf-8"))
        found, seconds, grown = measured(lambda section=section: eligibility.assess(given, section))
        counts = ", ".join(f"{status} {count:,}" for status, count in found.status.value_counts().items())
        wall, processor = seconds
        print(f"{study}: assess {wall:.2f} s (processor {processor:.2f} s); {counts}")
        print(f"{study}: memory + {grown / 2**20:.0f} MiB = {grown / size:.2f} x input")
        texts, (wall, processor), _ = measured(found.evidence)
        print(f"{study}: evidence in words, {len(texts):,} rows, {wall:.2f} s (processor {processor:.2f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
