"""From one Parquet table to the final report: time and memory, from 10,000 to 1,000,000 patients of 10 visits.

Run with ``.venv/bin/python benchmarks/growth.py [--patients N ...]``: for each number it lays out a study of a registry
in a temporary folder (joint counts, assessments by patient and physician, from which CDAI is scored; flow, baseline,
change at nine visits, missing values) and renders its final report from nothing. Prints a Markdown table, and the
exponent of the growth between the smallest and the largest number: 1 where time is linear in the rows.
"""

import argparse
import math
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from used import cpu_seconds, memory_in

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT / "tests")  # not this folder, in which a script has the name of a package

from checkout import COMMAND, Checkout, lay_out  # noqa: E402

WEEKS = (0, 4, 8, 12, 16, 24, 36, 48, 72, 96)
NOTEBOOKS = ("data_quality", "flow", "baseline", "scoring", "change", "missing_values")
STUDY = """\
id: registry
title: A registry of many patients
short_title: Registry
institution: None
design: cohort
planned_n: {patients}
synthetic: true
visit_by: label
visits:
{visits}
baseline_visit: W00
sources:
  - {{id: visits, type: parquet, path: data/registry/visits.parquet}}
tables:
  subjects:
    - from: visits
      rows: {{once_per: id}}
      columns: {{subject_id: id, age: age, sex: {{column: sex, codes: {{F: F, M: M}}}}}}
      constant_columns: {{enrolled: 1}}
  visits:
    - from: visits
      columns: {{subject_id: id, visit_id: visit, tjc28: tjc28, sjc28: sjc28, ptga_mm: ptga, phga_mm: phga}}
populations:
  ALL: {{label: All patients, rule: enrolled}}
primary_population: ALL
baseline_table:
  - {{variable: age, digits: 0}}
  - sex
  - {{variable: cdai, digits: 1}}
endpoints:
  - {{id: cdai, variable: cdai, table: scores, label: CDAI, role: primary, higher_is_better: false,
     visits: [{later}], resolution: 0.1}}
statistics: {{confidence_level: 0.95, exact_max: 1000, zeros: pratt, continuity: false, seed: 1}}
"""
TEXT = """\
---
title: A registry of many patients
bibliography: references.bib
---

# Summary {#sec-summary}

At week 24 CDAI had changed by {{< var change_mean.all.cdai.w24.all.with_ci >}}.

{{< embed notebooks/flow.ipynb#fig-flow >}}

{{< embed notebooks/baseline.ipynb#tbl-baseline >}}

{{< embed notebooks/change.ipynb#tbl-change >}}
"""


def laid_out(folder: Path, patients: int) -> Checkout:
    """The registry: a tenth of the later visits did not take place, one value in fifty is missing."""
    params, sources = folder / "from" / "params", folder / "from" / "reports"
    for place in (params, sources):
        place.mkdir(parents=True)
    visits = "\n".join(f"  - {{id: W{week:02d}, label: Week {week}, week: {week}}}" for week in WEEKS)
    later = ", ".join(f"W{week:02d}" for week in WEEKS[1:])
    study = STUDY.format(patients=patients, visits=visits, later=later)
    (params / "study.yml").write_text(study, encoding="utf-8")
    names = "".join(f"  - name: {name}\n" for name in NOTEBOOKS)
    (params / "final.yml").write_text(f"report: final\nnotebooks:\n{names}", encoding="utf-8")
    (sources / "final.qmd").write_text(TEXT, encoding="utf-8")
    made = lay_out(folder / "checkout", {"registry": (params, sources)})
    made.file("data", "registry").mkdir(parents=True)
    table(patients).to_parquet(made.file("data", "registry", "visits.parquet"), index=False)
    return made


def table(patients: int) -> pd.DataFrame:
    """One row per visit that took place."""
    rng = np.random.default_rng(1)
    person, visit = np.repeat(np.arange(patients), len(WEEKS)), np.tile(np.arange(len(WEEKS)), patients)
    came = (visit == 0) | (rng.random(len(visit)) < 0.9)
    person, visit = person[came], visit[came]
    activity = rng.gamma(4, 0.25, patients)[person] * np.exp(-0.1 * visit) * rng.gamma(9, 1 / 9, len(visit))
    values = {
        "tjc28": np.minimum(28, rng.poisson(8 * activity)).astype(float),
        "sjc28": np.minimum(28, rng.poisson(6 * activity)).astype(float),
        "ptga": np.minimum(100, np.round(50 * activity)),
        "phga": np.minimum(100, np.round(45 * activity)),
    }
    for column in values.values():
        column[rng.random(len(column)) < 0.02] = np.nan
    return pd.DataFrame(
        {
            "id": pd.Series(person).map("P{:07d}".format),
            "age": rng.integers(20, 85, patients)[person],
            "sex": np.where(rng.random(patients) < 0.75, "F", "M")[person],
            "visit": np.array([f"W{week:02d}" for week in WEEKS])[visit],
            **values,
        }
    )


def measured(made: Checkout) -> tuple[float, float, float, int]:
    """Wall time and processor time of a render from nothing, its memory in MB, and the bytes of the page."""
    begun, used, peak = time.perf_counter(), cpu_seconds(), 0
    words = ["render", "--report", "final", "--renderer", "embedded"]
    with (made.root.parent / "said.txt").open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            [*COMMAND, *words], cwd=made.root, env=made.environment(), stdout=said, stderr=subprocess.STDOUT
        )
        while process.poll() is None:
            peak = max(peak, memory_in(made.root))
            time.sleep(0.5)
    if process.returncode:
        sys.exit((made.root.parent / "said.txt").read_text(encoding="utf-8")[-4000:])
    page = made.published("registry", "final") / "index.html"
    return time.perf_counter() - begun, cpu_seconds() - used, peak / 1e6, page.stat().st_size


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--patients", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    found = {}
    print("| patients | seconds | processor seconds | memory of all processes, MB | page, MB |")
    print("|---:|---:|---:|---:|---:|")
    for patients in asked.parse_args().patients:
        with tempfile.TemporaryDirectory() as folder:
            wall, cpu, peak, size = found[patients] = measured(laid_out(Path(folder), patients))
        print(f"| {patients:,} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {size / 1e6:.1f} |", flush=True)
    few, many = min(found), max(found)
    if many > few:
        print(f"\nExponent of the processor time: {math.log(found[many][1] / found[few][1], many / few):.2f}")


if __name__ == "__main__":
    main()
