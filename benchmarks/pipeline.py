"""From a fresh clone to six reports: how long, how much of it is setting up, how much memory.

Run with ``.venv/bin/python benchmarks/pipeline.py [--bare] [--renderer embedded]``: clones this checkout's last commit
into a temporary folder and there sets up, renders everything, renders again, and changes one parameter of one study.
Prints a Markdown table. CPU seconds are of all processes: the figure to compare on a machine that does other work, too.

With ``--bare`` the bare stack then runs the same notebooks: the command ``papermill`` for one after the other, then the
renderer for one staged report after the other. It is spared reading and deriving the data, and looking through what
is published.
"""

import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from used import cpu_seconds, memory_in

ROOT = Path(__file__).resolve().parents[1]
STUDY, NOTEBOOK, CHANGE = "ra_auranofin", "data_quality", "listed: 39"  # changes no id that the text names
ENGINE = [words[1] for words in zip(sys.argv, sys.argv[1:]) if words[0] == "--renderer"]
RENDER = (
    "import sys; from pathlib import Path; from pipeline.render import render;"
    "render(Path(sys.argv[1]), to='html', output=Path(sys.argv[2]), engine=(sys.argv[3:] or [None])[0])"
)


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
            time.sleep(0.5)  # the look itself takes time of the machine
    text = log.read_text(encoding="utf-8")
    if process.returncode:
        sys.exit(f"{name} failed:\n{text[-4000:]}")
    return Step(name, time.perf_counter() - begun, cpu_seconds() - used, peak / 1e6, note(text))


def tasks_run(said: str) -> str:
    """How many tasks ran, and which when they are few."""
    done = re.findall(r"^ *\d+/\d+  done +[\d.]+ s  (.+)$", said, re.MULTILINE)
    nothing = "nothing to do" if "Nothing to do" in said else ""
    return nothing or (", ".join(done) if len(done) <= 4 else f"{len(done)} tasks")


def change_parameter(clone: Path) -> None:
    """Give one notebook of one report another parameter."""
    file = clone / "params" / STUDY / "final.yml"
    text = file.read_text(encoding="utf-8")
    given = f"- name: {NOTEBOOK}\n    parameters: {{{CHANGE}}}"
    changed = text.replace(f"- name: {NOTEBOOK}", given)
    if changed == text:
        sys.exit(f"{file} names no notebook {NOTEBOOK}; choose another one to change")
    file.write_text(changed, encoding="utf-8")


def run(clone: Path, *, bare: bool) -> list[Step]:
    """Every step, in the order of a user's first day."""
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", ROOT, clone], check=True)
    render = [str(clone / ".venv" / "bin" / "study"), "render", *words_of_render()]
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
    if bare:
        steps.append(bare_stack(clone))
    change_parameter(clone)
    steps.append(measure("one parameter changed", clone, *render, note=tasks_run))
    return steps


def bare_stack(clone: Path) -> Step:
    """Each notebook by a command of its own, then each report by the renderer alone; in one program of the shell."""
    lines, python = ["set -e"], str(clone / ".venv" / "bin" / "python")
    executed = sorted(clone.glob("build/*/*/notebooks/*.ipynb"))
    for file in executed:
        given = parameters_of(file)
        (clone / "bare" / file.parent.parent.relative_to(clone / "build")).mkdir(parents=True, exist_ok=True)
        made = clone / "bare" / file.relative_to(clone / "build").parent.parent / file.name
        words = [clone / ".venv" / "bin" / "papermill", clone / "notebooks" / file.name, made, "-y", given]
        lines.append(shlex.join(map(str, words)))
    stages = sorted(clone.glob("build/*/*/stage"))
    for stage in stages:
        made = clone / "bare" / stage.parent.relative_to(clone / "build") / "index.html"
        lines.append(shlex.join([python, "-c", RENDER, str(stage), str(made), *ENGINE]))
    return measure(
        "the bare stack",
        clone,
        *("bash", "-c", "\n".join(lines)),
        note=lambda said: f"{len(executed)} notebooks, {len(stages)} reports",
    )


def parameters_of(executed: Path) -> str:
    """What an executed notebook was given, as YAML."""
    cells = json.loads(executed.read_text(encoding="utf-8"))["cells"]
    injected = next(cell for cell in cells if "injected-parameters" in cell["metadata"].get("tags", ()))
    given: dict = {}
    exec("".join(injected["source"]), given)
    return json.dumps({name: value for name, value in given.items() if not name.startswith("__")})


def words_of_render() -> list[str]:
    """What the command line of this program says of renders."""
    return [word for word in sys.argv[1:] if word != "--bare"]


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
        steps = run(Path(folder) / "clone", bare="--bare" in sys.argv)
        loops.append(loop())
    commit = subprocess.run(
        ["git", "-C", ROOT, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
    )
    engine = " ".join(words_of_render()) or ("Quarto" if shutil.which("quarto") else "embedded renderer")
    print(
        f"Commit {commit.stdout.strip()}, {os.cpu_count()} cores, load before {before:.1f}, {engine}, "
        f"Python {sys.version.split()[0]}\nThe machine: ten million additions in plain Python took {loops[0]:.2f} s "
        f"before and {loops[1]:.2f} s after.\n"
    )
    print("| step | seconds | CPU seconds | peak memory, MB | what ran |\n|---|--:|--:|--:|---|")
    for step in steps:
        print(f"| {step.name} | {step.seconds:.1f} | {step.cpu:.1f} | {step.peak_mb:.0f} | {step.note} |")
    named = {step.name: step for step in steps}
    if stack := named.get("the bare stack"):
        ours = named["render all reports"]
        print(
            f"\nThe bare stack takes {stack.seconds / ours.seconds:.1f} times as long "
            f"({stack.seconds:.1f} s against {ours.seconds:.1f} s) and {stack.cpu / ours.cpu:.1f} times the processor."
        )
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"\nLargest single process: {largest:.0f} MB. Memory is that of all processes, shared pages once (PSS)."
    )


if __name__ == "__main__":
    main()
