"""Many faults: kill -9 and inputs changed, at fixed points and at random moments, with nothing lost and nothing stale.

    python benchmarks/faults.py [--points 10] [--kills 160] [--changes 70] [--seed 1] [--minutes 60] [--write]

First every kind of process (command, reader, kernel, fork server, renderer) is killed at so many points of its life,
and the data are replaced, truncated and half written at so many points of a run; then come random strikes.
After each strike the published report must belong together and no process may be left; every few strikes a render is
left to end, and must publish the data as they are then and leave nothing half written. Prints a table, and ends with 1
when anything was wrong. With `--write` its rows take the place of those of the same name in docs/strikes.md.
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
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "docs" / "strikes.md"
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tests" / "faults")]

from harness import (  # noqa: E402  (found through the path above)
    RENDER,
    Victim,
    command_line,
    family,
    faults_of_published,
    make_victim,
    published_version,
    scratch_folders,
)

from pipeline.project import sha256  # noqa: E402

PATIENTS = (3, 60)
CHANGES = ("replaced", "truncated", "half written")
WRONG = ("inconsistent", "stale", "not recovered", "orphans", "left behind", "traceback")
EVERY = 5  # strikes after which a render is left to end
STEP = 0.05  # seconds between two looks
FORKED = ("reader", "kernel", "searcher")  # from the fork server, one after the other
KINDS = ("command", "reader", "kernel", "fork server", "renderer")


@dataclass
class Row:
    """What came of the strikes of one kind."""

    strikes: int = 0
    late: int = 0
    wrong: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WRONG, 0))

    def note(self, kind: str, text: str) -> None:
        """Count one fault, and say it at once."""
        self.wrong[kind] += 1
        print(f"{kind}: {text}", flush=True)


@dataclass(frozen=True)
class Life:
    """When a kind of process is first seen in a run, and how long it lives, in seconds."""

    born: float
    lasts: float


@dataclass
class Pace:
    """How long a whole run took when it was watched, and the last one: a machine is not always as busy."""

    watched: float
    now: float

    @property
    def factor(self) -> float:
        """How many times as long everything takes now."""
        return self.now / self.watched


def at_work(process, forked: list[int]) -> dict[str, int]:
    """Who is at work in a run; `forked` remembers what the fork server has started, for these look alike."""
    found = family(process)
    if pid := found.pop("kernel", None):
        forked += [] if pid in forked else [pid]
        found[FORKED[min(forked.index(pid), len(FORKED) - 1)]] = pid
    return found


def lives(victim: Victim) -> dict[str, Life]:
    """Watch one whole run."""
    process = victim.start(*RENDER)
    began, seen, forked = time.monotonic(), {}, []
    while process.poll() is None:
        now = time.monotonic() - began
        for name in at_work(process, forked):
            born = seen[name].born if name in seen else now
            seen[name] = Life(born, now - born)
        time.sleep(STEP)
    process.communicate()
    return seen


def kill_at(victim: Victim, draw: random.Random, name: str, lived: float, row: Row) -> None:
    """Kill one kind of process when it has lived for so many seconds."""
    victim.write_data(draw.randint(*PATIENTS))
    process, forked = victim.start(*RENDER), []
    while name not in at_work(process, forked) and process.poll() is None:
        time.sleep(STEP)
    time.sleep(lived)
    pid = at_work(process, forked).get(name)
    struck = _kill(pid) if pid else False
    _after_kill(victim, process, row, struck=struck)


def kill_at_random(victim: Victim, draw: random.Random, length: float, row: Row) -> None:
    """Kill the command, or any one of its children, at any moment of a run."""
    victim.write_data(draw.randint(*PATIENTS))
    process = victim.start(*RENDER)
    time.sleep(draw.uniform(0, length))
    others = [pid for pid in victim.processes() if pid != process.pid]
    pid = draw.choice(others) if others and draw.random() < 0.5 else process.pid
    _after_kill(victim, process, row, struck=process.poll() is None and _kill(pid))


def _kill(pid: int) -> bool:
    """Kill; False where the process is gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
        return True
    return False


def _after_kill(victim: Victim, process, row: Row, *, struck: bool) -> None:
    said = process.communicate()[0]
    row.late += not struck
    if "Traceback" in said:
        row.note("traceback", said[-600:])
    if left := victim.wait_for_no_process():
        row.note("orphans", "; ".join(command_line(pid).replace("\0", " ")[:200] for pid in left))


def change_at(victim: Victim, draw: random.Random, how: str, moment: float, row: Row) -> None:
    """Replace, truncate or half write the data at a moment of a run; what is written is whole a little later."""
    victim.write_data(draw.randint(*PATIENTS))
    process = victim.start(*RENDER)
    time.sleep(moment)
    file = victim.file("data", "tiny", "people.csv")
    content = victim.write_data(draw.randint(*PATIENTS))
    if how != "replaced":
        with file.open("r+b") as stream:
            stream.truncate(0 if how == "truncated" else len(content) // 2)
        time.sleep(0.3)
        file.write_bytes(content)
    said = process.communicate()[0]
    if process.returncode != 0:
        row.note("not recovered", f"exit code {process.returncode}: {said[-600:]}")
    if "Traceback" in said:
        row.note("traceback", said[-600:])


def complete(victim: Victim, row: Row) -> float:
    """A render that is left to end publishes the data as they are; the seconds it took."""
    began = time.monotonic()
    process = victim.start(*RENDER)
    said = process.communicate()[0]
    took = time.monotonic() - began
    if process.returncode != 0:
        row.note("not recovered", f"exit code {process.returncode}: {said[-600:]}")
    elif published_version(victim) != sha256(victim.file("data", "tiny", "people.csv")):
        row.note("stale", "the published report is not made from the data as they are")
    if left := [*victim.leftovers(), *scratch_folders(victim)]:
        row.note("left behind", ", ".join(left[:5]))
    return took


def strikes(
    victim: Victim, draw: random.Random, known: dict[str, Life], given, pace: Pace
) -> Iterator[tuple[str, object]]:
    """Every strike, with the name of its row in the table."""
    shares = [(point + 0.5) / given.points for point in range(given.points)]
    for name in given.only or KINDS:
        for share in shares:
            yield (
                f"kill -9 of the {name}",
                lambda row, n=name, s=share: kill_at(victim, draw, n, s * pace.factor * known[n].lasts, row),
            )
    for how in () if given.only else CHANGES:
        for share in shares:
            yield f"data {how}", lambda row, h=how, s=share: change_at(victim, draw, h, s * pace.now, row)
    kinds = ["kill"] * given.kills + ["change"] * given.changes
    draw.shuffle(kinds)
    for kind in kinds:
        if kind == "kill":
            yield "kill -9 at random", lambda row: kill_at_random(victim, draw, 1.05 * pace.now, row)
        else:
            how, share = draw.choice(CHANGES), draw.random()
            yield (
                "data changed at random",
                lambda row, h=how, s=share: change_at(victim, draw, h, s * pace.now, row),
            )


def strike_all(victim: Victim, draw: random.Random, known: dict[str, Life], given) -> dict[str, Row]:
    """Strike, and look after each strike; the table's rows."""
    table: dict[str, Row] = {}
    number, until = 0, time.monotonic() + 60 * given.minutes
    pace = Pace(known["command"].lasts, known["command"].lasts)
    for number, (name, strike) in enumerate(strikes(victim, draw, known, given, pace), 1):
        if time.monotonic() > until:
            break
        row = table.setdefault(name, Row())
        strike(row)  # type: ignore[operator]
        row.strikes += 1
        for problem in faults_of_published(victim):
            row.note("inconsistent", problem)
        if number % EVERY == 0:
            pace.now = complete(victim, row)
        if number % 20 == 0:
            print(f"{time.strftime('%H:%M:%S')} {number} strikes", flush=True)
    if number % EVERY:
        complete(victim, row)
    return table


def told(table: dict[str, Row], *, before: str = "") -> str:
    """The table in Markdown, its rows in the place of those of the same name in the one `before`."""
    head = ("Strike", "Strikes", "Too late", *(name.capitalize() for name in WRONG))
    first = [f"| {' | '.join(head)} |", f"|:--{'|--:' * (len(head) - 1)}|"]
    rows = {line.split("|")[1].strip(): line for line in before.splitlines() if line.startswith("| ")}
    rows.pop(head[0], None)
    for name, row in table.items():
        shown = name[0].upper() + name[1:] if name.startswith("data") else name
        counts = (row.strikes, row.late, *row.wrong.values())
        rows[shown] = f"| {' | '.join([shown, *map(str, counts)])} |"
    return "\n".join([*first, *rows.values()])


def main() -> int:
    """Strike, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10, help="of a process's life, and of a run")
    parser.add_argument(
        "--only", nargs="*", choices=KINDS, help="at fixed points only these processes, and no data"
    )
    parser.add_argument("--kills", type=int, default=160, help="at random moments")
    parser.add_argument("--changes", type=int, default=70, help="at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1000, help="After so many no strike is begun.")
    parser.add_argument("--write", action="store_true", help="Put the rows into docs/strikes.md.")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        victim = make_victim(Path(folder))
        victim.file("operation.toml").write_text("settle = 1\n", encoding="utf-8")
        complete(victim, Row())
        victim.write_data(5)
        known = lives(victim)
        print(
            "seconds from start, and of life:",
            *(f"{n} {k.born:.1f} {k.lasts:.1f};" for n, k in known.items()),
        )
        began = time.monotonic()
        table = strike_all(victim, random.Random(given.seed), known, given)
        kept = len(list(victim.file("runs", "tiny", "interim").iterdir()))
        shutil.rmtree(victim.temp)
    print(
        f"\nseed {given.seed}, {(time.monotonic() - began) / 60:.0f} minutes, {kept} runs kept\n\n{told(table)}"
    )
    if given.write:
        before = KEPT.read_text(encoding="utf-8") if KEPT.is_file() else ""
        KEPT.write_text(told(table, before=before) + "\n", encoding="utf-8")
    return 1 if any(sum(row.wrong.values()) for row in table.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
