"""A hundred reports of sites by two workers and by one, in one run.

Run with ``.venv/bin/python benchmarks/sites.py [--sites N] [--patients N]``: lays out a study of so many sites with as
many patients each and renders it from nothing, with ``-n 2`` and with ``-n 1``, one after the other. Prints a Markdown
table with both times and their ratio. It says something on a machine that does nothing else.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[0] = str(ROOT / "tests")  # not this folder, in which a script has the name of a package

from checkout import COMMAND, Checkout  # noqa: E402
from tiny_study import PEOPLE, counting, study_file, write_study  # noqa: E402

TEXT = """\
---
title: A study of many sites
bibliography: references.bib
---

# Summary {#sec-summary}

There were {{< var tiny.all.people.all.all.n >}} subjects,
{{< var tiny.all.people.all.all.mean >}} years old on average.
"""


def laid_out(folder: Path, sites: int, patients: int) -> Checkout:
    """The study: every site with as many patients, aged 20 to 79."""
    keys = [f"site_{number:03d}" for number in range(sites)]
    rows = [f"TS-{n:06d},{keys[n % sites]},{20 + n * 7 % 60}\n" for n in range(sites * patients)]
    named = "".join(f"    {key}: Hospital {key}\n" for key in keys)
    own = PEOPLE.format(more=", site: centre, age: years") + f"sites:\n  named:\n{named}"
    data = {"people.csv": "id,centre,years\n" + "".join(rows)}
    cells = counting(mean='data.tables["subjects"]["age"].mean()')
    return write_study(folder, study=study_file(own), data=data, cells=cells, text=TEXT, reports=("final",))


def seconds(made: Checkout, workers: int) -> tuple[float, float]:
    """Wall time and processor time of a render of everything, from nothing."""
    for place in ("build", "runs", "reports/_site"):
        shutil.rmtree(made.root / place, ignore_errors=True)
    words = ["render", "--renderer", "embedded", "-n", str(workers)]
    begun, used = time.perf_counter(), os.times()
    asked = subprocess.run(
        [*COMMAND, *words], cwd=made.root, env=made.environment(), capture_output=True, text=True, check=False
    )
    if asked.returncode:
        sys.exit(asked.stdout + asked.stderr)
    after = os.times()
    cpu = after.children_user + after.children_system - used.children_user - used.children_system
    return time.perf_counter() - begun, cpu


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sites", type=int, default=100)
    asked.add_argument("--patients", type=int, default=20)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = laid_out(Path(folder), given.sites, given.patients)
        found = {workers: seconds(made, workers) for workers in (2, 1)}
        manifests = list((made.root / "reports" / "_site").rglob("manifest.json"))
        kept = [json.loads(file.read_text("utf-8")) for file in manifests]
    reports = sum("site" in one for one in kept)
    print("| reports of sites | workers | seconds | processor seconds |")
    print("|---:|---:|---:|---:|")
    for workers, (wall, cpu) in sorted(found.items()):
        print(f"| {reports} | {workers} | {wall:.1f} | {cpu:.1f} |")
    print(f"\n2 workers against 1: {found[1][0] / found[2][0]:.2f} x")


if __name__ == "__main__":
    main()
