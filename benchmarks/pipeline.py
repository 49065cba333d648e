"""From a fresh clone to six reports: how long, how much of it is setting up, how much memory.

Run with ``.venv/bin/python benchmarks/pipeline.py [--renderer embedded]``: clones this checkout's last commit into a
temporary folder and there sets up, renders everything, renders again, and changes one parameter of one study. Prints a
Markdown table. CPU seconds are of all processes: the figure to compare on a machine that does other work, too.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDY, NOTEBOOK = "ra_auranofin", "baseline"


@dataclass(frozen=True, slots=True)
class Step:
    """One measured command."""

    name: str
    seconds: float
    cpu: float
    peak_mb: float
    note: str


def measure(name: str, folder: Path, *command: str, note=lambda said: "") -> Step:
    """Run a command; wall time, and the memory of all its processes together at its highest."""
    begun, used = time.perf_counter(), cpu_seconds()
    environment = {
        key: value for key, value in os.environ.items() if key not in ("VIRTUAL_ENV", "PYTHONPATH")
    }
    log = folder.parent / "said.txt"
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, memory_in(folder))
            time.sleep(0.1)
    text = log.read_text(encoding="utf-8")
    if process.returncode:
        sys.exit(f"{name} failed:\n{text[-4000:]}")
    return Step(name, time.perf_counter() - begun, cpu_seconds() - used, peak / 1e6, note(text))


def cpu_seconds() -> float:
    """Seconds of processor time of all processes that were started here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def memory_in(folder: Path) -> int:
    """Bytes that the processes at work in a folder hold, what they share counted once; 0 where /proc does not tell."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve().is_relative_to(folder.resolve()):
                rollup = (process / "smaps_rollup").read_text(encoding="utf-8")
                total += 1024 * int(re.search(r"^Pss:\s+(\d+)", rollup, re.MULTILINE)[1])
        except (OSError, TypeError):
            continue  # a process that has just ended
    return total


def tasks_run(said: str) -> str:
    """How many tasks ran, and which when they are few."""
    done = re.findall(r"^ *\d+/\d+  done +[\d.]+ s  (.+)$", said, re.MULTILINE)
    nothing = "nothing to do" if "Nothing to do" in said else ""
    return nothing or (", ".join(done) if len(done) <= 4 else f"{len(done)} tasks")


def change_parameter(clone: Path) -> None:
    """Ask one notebook of one report for another analysis set."""
    file = clone / "params" / STUDY / "final.yml"
    text = file.read_text(encoding="utf-8")
    given = f"- name: {NOTEBOOK}\n    parameters: {{population: ALL}}"
    changed = text.replace(f"- name: {NOTEBOOK}", given)
    if changed == text:
        sys.exit(f"{file} names no notebook {NOTEBOOK}; choose another one to change")
    file.write_text(changed, encoding="utf-8")


def run(clone: Path) -> list[Step]:
    """Every step, in the order of a user's first day."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, clone], check=True)
    render = [str(clone / ".venv" / "bin" / "study"), "render", *sys.argv[1:]]
    steps = [
        measure("set up (make .venv/ready)", clone, "make", "-s", ".venv/ready"),
        measure("render all reports", clone, *render, note=tasks_run),
    ]
    pages = len(list(clone.glob("reports/_site/*/*/index.html")))
    total = sum(step.seconds for step in steps)
    share = f"{pages} reports; set-up {100 * steps[0].seconds / total:.0f} %"
    steps.append(
        Step(
            "**fresh clone to all reports**",
            total,
            sum(step.cpu for step in steps),
            max(step.peak_mb for step in steps),
            share,
        )
    )
    steps.append(measure("again, nothing changed", clone, *render, note=tasks_run))
    change_parameter(clone)
    steps.append(measure("one parameter changed", clone, *render, note=tasks_run))
    return steps


def loop() -> float:
    """Seconds for ten million additions: how fast the machine is just now, which others may share."""
    begun, total = time.perf_counter(), 0
    for number in range(10_000_000):
        total += number
    return time.perf_counter() - begun


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="clone-") as folder:
        before, loops = os.getloadavg()[0], [loop()]
        steps = run(Path(folder) / "clone")
        loops.append(loop())
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
    )
    engine = " ".join(sys.argv[1:]) or ("Quarto" if shutil.which("quarto") else "embedded renderer")
    print(
        f"Commit {commit.stdout.strip()}, {os.cpu_count()} cores, load before {before:.1f}, {engine}, "
        f"Python {sys.version.split()[0]}\nThe machine: ten million additions in plain Python took {loops[0]:.2f} s "
        f"before and {loops[1]:.2f} s after.\n"
    )
    print("| step | seconds | CPU seconds | peak memory, MB | what ran |\n|---|--:|--:|--:|---|")
    for step in steps:
        print(f"| {step.name} | {step.seconds:.1f} | {step.cpu:.1f} | {step.peak_mb:.0f} | {step.note} |")
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"\nLargest single process: {largest:.0f} MB. Memory is that of all processes, shared pages once (PSS)."
    )


if __name__ == "__main__":
    main()
