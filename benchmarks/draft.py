"""From an unseen export of 10,000 rows to the first report: `study draft` and the first render, in an own checkout.

python benchmarks/draft.py [--rows 10000]
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
STUDY = [sys.executable, "-c", "from pipeline.entry import main; main()"]


def export(rows: int) -> pd.DataFrame:
    """A trial with two arms and five visits, ten measurements, some of them missing."""
    draw = np.random.default_rng(11)
    people = rows // 5
    long = pd.DataFrame(
        {"patient": np.repeat(np.arange(1, people + 1), 5), "week": np.tile([0, 4, 12, 24, 48], people)}
    )
    arm = np.repeat(draw.choice(["placebo", "active"], people), 5)
    values = {
        f"measure_{k}": np.round(draw.normal(50, 10, len(long)) - 0.1 * long["week"], 1) for k in range(8)
    }
    frame = long.assign(
        arm=arm,
        age=np.repeat(draw.integers(20, 80, people), 5),
        sex=np.repeat(draw.choice(["F", "M"], people), 5),
        **values,
        grade=draw.choice(["none", "mild", "severe"], len(long)),
        flare=draw.choice(["yes", "no"], len(long)),
    )
    return frame.mask(
        (draw.random(frame.shape) < 0.05) & ~frame.columns.isin(["patient", "week", "arm", "age", "sex"])
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--rows", type=int, default=10_000)
    rows = asked.parse_args().rows
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "checkout"
        for name in ("src", "notebooks", "reports/_parts"):
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
            )
        for name in ("_quarto.yml", "requirements.lock", "pyproject.toml", "reports/references.bib"):
            shutil.copy2(ROOT / name, folder / name)
        (folder / "params").mkdir()
        export(rows).to_csv(folder / "export.csv", index=False)
        env = {**os.environ, "PYTHONPATH": str(folder / "src"), "NO_COLOR": "1"}
        for words in (
            ["draft", "mine", "export.csv"],
            ["render", "mine", "--report", "final", "--renderer", "embedded"],
        ):
            start, before = time.perf_counter(), os.times()
            done = subprocess.run([*STUDY, *words], cwd=folder, env=env, capture_output=True, text=True)
            after = os.times()
            used = after.children_user + after.children_system - before.children_user - before.children_system
            print(f"study {words[0]:8} {time.perf_counter() - start:6.1f} s wall, {used:6.1f} s of processor")
            if done.returncode:
                sys.exit(done.stdout[-3000:] + done.stderr[-3000:])


if __name__ == "__main__":
    main()
