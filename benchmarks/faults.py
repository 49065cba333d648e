"""Many random faults: kill -9 at random moments, and inputs changed at random moments, with nothing lost and
nothing stale.

    python benchmarks/faults.py --kills 200 --changes 100 [--seed 1]

Each round changes the data, starts a render and strikes: the command itself, one of its children, or the data are
replaced, truncated or half written. After each strike the published report must belong together; every few rounds a
render is left to end, and must publish the data as they are then. Prints the figures, and ends with 1 when anything
was wrong.
"""

import argparse
import contextlib
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from harness import (  # noqa: E402  (found through the path above)
    RENDER,
    Victim,
    faults_of_published,
    kill_tree,
    make_victim,
    published_version,
    scratch_folders,
)

PATIENTS = (3, 60)


class Figures:
    """What happened."""

    def __init__(self):
        self.rounds = self.inconsistent = self.stale = self.failed = self.orphans = self.left = 0
        self.moments: list[float] = []
        self.told: list[str] = []

    def note(self, kind: str, text: str) -> None:
        """Count one fault."""
        setattr(self, kind, getattr(self, kind) + 1)
        self.told.append(f"{kind}: {text}")
        print(self.told[-1], flush=True)

    @property
    def wrong(self) -> int:
        """How many faults were found."""
        return self.inconsistent + self.stale + self.failed + self.orphans + self.left


def strike_processes(victim: Victim, draw: random.Random, length: float, figures: Figures) -> None:
    """Kill the command or one of its children at a random moment of a run."""
    victim.write_data(draw.randint(*PATIENTS))
    process = victim.start(*RENDER)
    moment = draw.uniform(0, 1.1 * length)
    figures.moments.append(moment)
    time.sleep(moment)
    others = [pid for pid in victim.processes() if pid != process.pid]
    if others and draw.random() < 0.5:
        with_suppress(lambda: os.kill(draw.choice(others), signal.SIGKILL))
        process.communicate()
    else:
        kill_tree(process)
    if left := victim.wait_for_no_process():
        figures.note("orphans", f"{len(left)} processes outlive the run")


def with_suppress(action) -> None:
    """Do it; a process that is gone already is no matter."""
    with contextlib.suppress(ProcessLookupError):
        action()


def strike_data(victim: Victim, draw: random.Random, length: float, figures: Figures) -> None:
    """Replace, truncate or half write the data at a random moment of a run."""
    victim.write_data(draw.randint(*PATIENTS))
    process = victim.start(*RENDER)
    moment = draw.uniform(0, length)
    figures.moments.append(moment)
    time.sleep(moment)
    file = victim.file("data", "tiny", "people.csv")
    how = draw.choice(["replaced", "truncated", "half written"])
    content = victim.write_data(draw.randint(*PATIENTS))
    if how != "replaced":
        with file.open("r+b") as stream:
            stream.truncate(0 if how == "truncated" else len(content) // 2)
        time.sleep(0.3)
        file.write_bytes(content)
    process.communicate()


def complete(victim: Victim, figures: Figures) -> None:
    """A render that is left to end publishes the data as they are."""
    process = victim.start(*RENDER)
    said = process.communicate()[0]
    if process.returncode != 0:
        figures.note("failed", f"exit code {process.returncode}: {said[-400:]}")
        return
    current = next(
        (digest for digest in victim.versions if digest == sha_of(victim.file("data", "tiny", "people.csv"))),
        None,
    )
    if published_version(victim) != current:
        figures.note("stale", "the published report is not made from the data as they are")
    if left := victim.leftovers():
        figures.note("left", ", ".join(left[:5]))


def sha_of(file: Path) -> str:
    """The SHA-256 of a file."""
    from pipeline.project import sha256

    return sha256(file)


def rounds(victim: Victim, strike, n: int, every: int, draw: random.Random, length: float) -> Figures:
    """Strike so many times."""
    figures = Figures()
    for number in range(1, n + 1):
        strike(victim, draw, length, figures)
        figures.rounds += 1
        for problem in faults_of_published(victim):
            figures.note("inconsistent", problem)
        if number % every == 0 or number == n:
            complete(victim, figures)
            for problem in faults_of_published(victim):
                figures.note("inconsistent", problem)
    return figures


def main() -> int:
    """Run both kinds and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--changes", type=int, default=100)
    parser.add_argument("--every", type=int, default=5, help="rounds after which a render is left to end")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    draw, wrong = random.Random(given.seed), 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        victim = make_victim(Path(folder))
        complete(victim, Figures())
        began = time.monotonic()
        victim.write_data(5)
        complete(victim, Figures())
        length = time.monotonic() - began
        print(f"one run takes {length:.1f} s; seed {given.seed}", flush=True)
        for name, strike, n in (
            ("kill -9", strike_processes, given.kills),
            ("data changed", strike_data, given.changes),
        ):
            found = rounds(victim, strike, n, given.every, draw, length)
            wrong += found.wrong
            print(
                f"{name}: {found.rounds} strikes, inconsistent {found.inconsistent}, stale {found.stale}, "
                f"not recovered {found.failed}, orphans {found.orphans}, leftovers {found.left}",
                flush=True,
            )
        swept = scratch_folders(victim)
        shutil.rmtree(victim.temp)
    print(f"temporary folders left: {len(swept)}")
    return 1 if wrong or swept else 0


if __name__ == "__main__":
    sys.exit(main())
